# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the scripts share: where things are, and speaking French or English. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# BASSIN_LANG decides, else the locale; anything but French is English.
case ${BASSIN_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
fr*) lang=fr ;;
*) lang=en ;;
esac
export BASSIN_LANG=$lang

# The pool's folder, absolute: it ends up in configuration files and in the socket's path.
home=$(realpath -m -- "${BASSIN_HOME:-$root/var}")
export BASSIN_HOME=$home

# quoted TEXT: as a person may paste it into a shell, whatever blanks are in it.
quoted() { printf '%q' "$1"; }

# say FRENCH ENGLISH
say() {
	if [ "$lang" = fr ]; then printf '%s\n' "$1"; else printf '%s\n' "$2"; fi
}

# die STATUS FRENCH ENGLISH
die() {
	local status=$1
	say "$2" "$3" >&2
	exit "$status"
}

is_root() { [ "$(id -u)" -eq 0 ]; }
