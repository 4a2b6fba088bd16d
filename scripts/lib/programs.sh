# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # root, home and lang come from common.sh, services from programs.sh
# The programs of a pool as processes: where they are, starting, watching and ending them. Sourced after common.sh.

services=(employer_intake learner_intake matching notifications)
operator=ccr-estrie                     # the intermediary's key
bin=$(realpath -m -- "${BASSIN_BIN:-$root/build/bin}")
# Within a part of this pool, not beside: `make demo BASSIN_HOME=var/demo` makes another pool of that folder.
demo_mark=$home/etc/demo
stop_mark=$home/run/stopping            # since `stop` was asked for, until the next start
stop_wait_s=15

is_demo() { [ "${BASSIN_DEMO:-}" = 1 ]; }

program_of() { echo "$bin/bassin-${1//_/-}"; }

have_programs() {
	if [ ! -x "$bin/bassin" ] || [ ! -x "$bin/bassin-verify" ]; then
		die 2 "Rien n'est construit : make build" "Nothing is built: make build"
	fi
}

# The command, as the intermediary unless --as says otherwise.
bassin() { BASSIN_AS=${BASSIN_AS:-$operator} "$bin/bassin" "$@"; }

make_home() {
	mkdir -p "$home"/{etc,run,log}
	(umask 077 && mkdir -p "$home/keys")
	if is_demo; then touch "$demo_mark"; fi
}

# launch NAME COMMAND...: in the background, in a session of its own, so that a Ctrl-C at the terminal reaches only us.
launch() {
	local name=$1
	shift
	(cd "$home" && exec setsid "$@" >>"$home/log/$name.log" 2>&1 </dev/null 9>&-) &
	local pid=$!
	echo $pid >"$home/run/$name.pid"
	# Until it has become the program, pid_of would take it for a stranger.
	until is_running "$name" || ! kill -0 $pid 2>/dev/null; do sleep 0.02; done
}

# The pid of a program that runs; a pid file may be older than the machine's last start, so the command is looked at.
pid_of() {
	local pid
	pid=$(cat "$home/run/$1.pid" 2>/dev/null) || return 1
	case $1 in
	mail-inbox) grep -qzF "$root/scripts/mail-inbox" "/proc/$pid/cmdline" 2>/dev/null ;;
	*) grep -qz "/bassin-${1//_/-}\$" "/proc/$pid/cmdline" 2>/dev/null &&
		grep -qzxF "$home/etc/bassin.conf" "/proc/$pid/cmdline" 2>/dev/null ;;
	esac || return 1
	echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

any_is_running() {
	local service
	for service in "${services[@]}"; do
		if is_running "$service"; then return 0; fi
	done
	return 1
}

someone_died() {
	local service expected=("${services[@]}")
	if is_demo; then expected+=(mail-inbox); fi
	for service in "${expected[@]}"; do
		if ! is_running "$service"; then
			[ -e "$stop_mark" ] || tail -n 3 "$home/log/$service.log" >&2
			return 0
		fi
	done
	return 1
}

terminate() {
	local pid
	if pid=$(pid_of "$1"); then kill -TERM "$pid" 2>/dev/null || true; fi
}

# A service stops within 5 s of SIGTERM; `kill -9` loses nothing either, so it comes after a while.
wait_until_gone() {
	local pid deadline=$((SECONDS + stop_wait_s))
	while pid=$(pid_of "$1"); do
		if [ $SECONDS -ge $deadline ]; then kill -KILL "$pid" 2>/dev/null || true; fi
		sleep 0.1
	done
	rm -f "$home/run/$1.pid"
}
