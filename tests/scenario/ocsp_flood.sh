#!/bin/bash
# ocsp_flood.sh - more OCSP questions at once than may wait to be signed for:
# the excess is told to try later (RFC 6960, 4.2.1) and nobody is cut off;
# what was signed before is answered meanwhile.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

# Those in the queue and in the hands of two answerers, and as many more.
waits=$((1024 + 2 * 64)) excess=300
# Each connection has two ends here; programs that run are given the room.
ulimit -n 4096 || { say "no room for so many connections"; exit 77; }
service_settings=("connections: 2048" "connections-per-address: 2048")
pki_up root-key devices-key
holds "an authority with a responder" pki_answers
for d in one two; do holds "device $d" device devices "$d"; done
holds "an answer to a nonce" until_true 10 is_good one
holds "an answer that is kept" is_good two -no_nonce
question() { # DEVICE FILE ARG...
	openssl ocsp -issuer "$house/devices.pem" "${@:3}" -cert "$house/$1.pem" -reqout "$house/$2"
}
holds "a question with a nonce" question one nonce.req -nonce
holds "one without" question two plain.req -no_nonce

# flooded - by a keeper that just froze; what is said of it in $later, $early, $dropped, $meanwhile.
flooded() {
	local said
	kill -STOP "$keeper_pid"
	said=$("$CLAVIGER_BUILD/tests/scenario/flood" "$public_port" "$house/nonce.req" $((waits + excess)) "$house/plain.req")
	kill -CONT "$keeper_pid"
	say "$said"
	read -r _ later _ early _ dropped _ meanwhile <<< "$said"
}
# Where the machine is so slow that the first are given up before the last have
# come, there is no excess: once more.
for _ in 1 2 3 4 5; do
	holds "the keeper signs" until_true 20 is_good one
	flooded
	is 0 "nobody was cut off" [ "$dropped" = 0 ]
	is 0 "and all are told to try later" [ "$later" = $((waits + excess)) ]
	[ "$early" -lt "$excess" ] || break
done
is 0 "the excess at once" [ "$early" -ge "$excess" ]
is 0 "and no other" [ "$early" -le $((waits + excess - 1024)) ]
is 0 "what was signed before is answered while they wait" [ "$meanwhile" -ge 1024 ]
holds "then the keeper signs again" until_true 20 is_good one
house_result
