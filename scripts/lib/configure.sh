# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # root, home and lang come from common.sh, services from programs.sh
# Ports and configuration files of a pool on this machine. Sourced after programs.sh.

port_of() { awk -v name="$1" '$1 == name { print $2 }' "$home/etc/ports"; }

# Ports of 127.0.0.1, kept once they are chosen, so that a client's configuration stays true; chosen again where somebody
# else has taken one in the meantime. They lie below those that the kernel gives to outgoing connections.
choose_ports() {
	/usr/bin/python3 - "$home/etc/ports" "${services[@]}" smtp <<-'END'
		import random, socket, sys

		path, names = sys.argv[1], sys.argv[2:]
		try:
		    kept = dict(line.split() for line in open(path))
		except (OSError, ValueError):
		    kept = {}

		def is_free(port):
		    with socket.socket() as s:
		        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		        try:
		            s.bind(("127.0.0.1", port))
		        except OSError:
		            return False
		        return True

		chosen = {}
		for name in names:
		    port = int(kept.get(name, 0))
		    while port == 0 or port in chosen.values() or not is_free(port):
		        port = random.randrange(20000, 30000)
		    chosen[name] = port
		with open(path, "w") as out:
		    out.writelines("%s %d\n" % entry for entry in chosen.items())
	END
}

# Every file is written whole, so that nothing of an earlier version or place stays in it.
write_configuration() {
	local service
	for service in "${services[@]}"; do
		echo "$service tcp://127.0.0.1:$(port_of "$service")"
	done >"$home/etc/directory"
	{
		common_settings
		for service in "${services[@]}"; do service_settings "$service"; done
	} >"$home/etc/bassin.conf"
}

common_settings() {
	cat <<-END
		# Written by scripts/pool; read by every program of this pool.
		home = $home
	END
}

service_settings() {
	cat <<-END

		[$1]
		listen = tcp://127.0.0.1:$(port_of "$1")
		store = $("$root/scripts/cluster" conninfo "$1")
	END
	if ! is_demo; then
		[ "$1" != notifications ] || trial_mail_settings
		return 0
	fi
	case $1 in
	*_intake) echo "places = $root/scripts/sample/places.csv" ;;
	notifications) demo_mail_settings ;;
	esac
}

# A pool to try things in: mail is composed, to be read by `bassin mail list` and `mail show`, and leaves for nobody.
trial_mail_settings() {
	cat <<-END
		mail_mode = hold
		sender_name_fr = Bassin d'essai
		sender_name_en = Trial pool
		sender_address = essai@bassin.example
		sender_postal_address = 100, rue Principale, Magog (Québec)  J1X 0A1
		sender_phone = 819-555-0100
	END
}

# Real mail by a real SMTP server, but to an inbox on this machine, in seconds instead of minutes and whatever the hour. The
# day's mail about tasks alone takes an hour, when the demo has counted its mails.
demo_mail_settings() {
	cat <<-END
		mail_mode = send
		smtp_url = smtp://127.0.0.1:$(port_of smtp)
		sender_name_fr = Chambre de commerce régionale de la Haute-Estrie
		sender_name_en = Haute-Estrie Regional Chamber of Commerce
		sender_address = stages@ccr-estrie.example
		sender_postal_address = 100, rue Principale, bureau 5, Magog (Québec)  J1X 0A1
		sender_phone = 819-555-0123
		postings_wait_ms = 1500
		candidates_wait_ms = 500
		summary_wait_ms = 500
		freed_wait_ms = 500
		tasks_mail_wait_ms = 1500
		tasks_wait_ms = 3600000
		employer_frequency = now
		coordinator_frequency = now
		mail_from_hour = 0
		mail_until_hour = 24
		mail_weekends = yes
		mail_holidays = yes
		retry_unit_ms = 100
	END
}
