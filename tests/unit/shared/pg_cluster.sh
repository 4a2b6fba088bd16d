#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A private PostgreSQL for one test program: makes it, says "FOLDER PID", keeps it until its standard input ends, and
# removes it.
# The test holds the other end of that pipe, so the cluster goes however the test ends. Arguments: postgres settings.
set -euo pipefail
bin=/usr/lib/postgresql/15/bin
dir=$(mktemp -d /tmp/bassin-test-XXXXXX)
cd /
as_owner=()
if [ "$(id -u)" = 0 ]; then
	chown postgres: "$dir"
	as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
pid=
remove() {
	# Again and again: one that has just begun does not hear it yet.
	while [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; do
		timeout 0.2 tail --pid="$pid" -f /dev/null || true
	done
	rm -rf "$dir"
}
trap remove EXIT
trap '' INT TERM PIPE

# --no-sync is about initdb alone: the server itself runs with fsync on.
"${as_owner[@]}" "$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
	--data-checksums --no-sync >"$dir/log" 2>&1
"${as_owner[@]}" "$bin/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" \
	-c shared_buffers=32MB -c log_min_messages=panic "$@" >>"$dir/log" 2>&1 </dev/null &
pid=$!
until "$bin/pg_isready" -q -h "$dir" -U postgres; do
	kill -0 "$pid" 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
	read -r -t 0.05 || [ $? -gt 128 ] || exit 1   # the test is gone
done
echo "$dir $pid"
exec >/dev/null 2>&1
while read -r _; do :; done
