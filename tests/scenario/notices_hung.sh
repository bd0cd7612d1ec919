#!/bin/bash
# notices_hung.sh - receivers that take a connection and never answer keep nobody
# else waiting: neither when they begin to, nor once that is known.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/post.sh
. "$CLAVIGER_SOURCE/tests/lib/post.sh"

hung_pid=''
hung_end() { local rc=$?; end "$hung_pid"; (exit "$rc"); post_end; }
post_new
trap hung_end EXIT
hung_port=$(free_port "$port" "$public_port" "$smtp_port" "$hook_port" "$log_port")

# What comes in stands, and is never read.
"$python" - "$hung_port" <<-'PY' &
	import socket, sys
	at = socket.create_server(("127.0.0.1", int(sys.argv[1])))
	held = []
	while True:
	    held.append(at.accept())
PY
hung_pid=$!
until_true 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$hung_port" || die "no receiver"

# in_time COMMAND... - before the first of those who hang is given up.
in_time() {
	local end=$((SECONDS + 8))
	while [ $SECONDS -lt $end ]; do
		"$@" > /dev/null 2>&1 && return 0
		sleep 0.05
	done
	return 1
}

hung="http://127.0.0.1:$hung_port"
cat > "$house/contacts.yaml" <<-YAML
	officer-1: { webhook: "$hung/1" }
	officer-2: { webhook: "$hung/2", syslog: "tls://localhost:$hung_port" }
	officer-3: { webhook: "http://127.0.0.1:$hook_port/hook", secret: hook.secret, syslog: "tls://localhost:$log_port" }
YAML
hook_up 204 || die "no web server"
log_up || die "no gatherer of logs"
house_up || die "the house did not start"
house_found officer-1 officer-2 || die "not founded"
head -c 1000 /dev/urandom > "$house/image"

ask() { as_officer officer-1 key generate --class firmware-signing --name "$1" --product thermostat --environment production --no-wait --json; }
tried() { as_ci notice list --json | jq -e '[.notices[] | select(.tries > 0 and .state == "queued" and .channel == "webhook") | .person] | unique == ["officer-1", "officer-2"]'; }
approvers() {
	as_ci sign --key firmware --product thermostat --artifact-version "$1" --no-wait --json "$house/image"
}

holds "a key is asked for" as_officer officer-1 whoami
is 75 "by an officer" ask firmware
req=$(field request)
holds "whose web hook answers is told while another hangs" in_time hooks 1 ".occasion == \"asked\" and .person == \"officer-3\" and .request == \"$req\""
holds "and whose gatherer of logs does" in_time gathered 1 6 asked ".person == \"officer-3\" and .request == \"$req\""
holds "two agree" approve "$req" officer-2 officer-3
is 0 "the key is put to use" as_officer officer-1 key activate firmware
is 75 "a signature is asked for" approvers 1.0
req=$(field request)
holds "of three the one that answers hears at once" in_time hooks 1 ".occasion == \"asked\" and .person == \"officer-3\" and .request == \"$req\""
holds "the others are tried in vain" until_true 40 tried
for version in 2.0 3.0; do
	is 75 "while they hang, another is asked for" approvers $version
	req=$(field request)
	holds "and it is told at once" in_time hooks 1 ".occasion == \"asked\" and .person == \"officer-3\" and .request == \"$req\""
done
# ---- one of them is no contact any more
waits() { as_ci notice list --state queued --json | jq -e --arg who "$1" 'any(.notices[]; .person == $who)'; }
holds "what hangs is kept" waits officer-2
sed -i '/^officer-2/d' "$house/contacts.yaml"
gone() { ! waits officer-2; }
holds "what nobody can get any more is dropped" until_true 20 gone
holds "which the log says" grep -q 'undeliverable: what was queued for officer-2 by webhook' "$house/service.log"
holds "what others may still get is not" waits officer-1
rm "$house/contacts.yaml"
sleep 3
holds "nor where the file is away" waits officer-1
holds "every web hook was signed" genuine
begun=$SECONDS
service_stop
holds "a stop waits for none of them" test $((SECONDS - begun)) -lt 8
house_result
