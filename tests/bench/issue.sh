#!/bin/bash
# issue.sh - certificates through the API against the token's own rate.
#
# Each for another device and key, P-256, by a profile, linted, durable in journal
# and ledger, over TLS with keep-alive.  Prints a line of JSON for each number of
# clients, as sign.sh does.  "done" above "requests" means that there were too few:
# the rest was answered with what was there.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"
trap house_down EXIT

token_alone
house_new
sed -i 's/limit: { uses: 20000, per: P1D }/limit: { uses: 1000000, per: P1D }/' "$house/charter/classes/ca.yaml"
house_up
house_found officer-1
pki_make
TOKEN=$(cat "$house/ci.token") ISSUER=devices from=1
export TOKEN ISSUER BODIES=$house/bodies
for clients in 1 8 32; do
	most=$((seconds * (clients < 8 ? 1500 : 6000)))
	"$CLAVIGER_BUILD/tests/lib/csrs" ndjson "$most" B "$from" > "$BODIES"
	from=$((from + most))
	load issue "$clients" issue.lua | jq -c ". + {requests: $most}"
done
