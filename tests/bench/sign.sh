#!/bin/bash
# sign.sh - signatures through the API against the token's own rate.
#
# P-256 under an open window: TLS keep-alive, journal and ledger durable.
# Prints a line of JSON for each number of clients: rate, CPU of service and
# keeper per signature, both as a ratio to the token alone in the same run.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
trap house_down EXIT

token_alone
house_new
house_up
house_found officer-1
house_key bench development
house_stop
from=$(now_us)
keeper_up
keeper_ms=$(ms_since "$from")
service_again
printf '{"bench":"start","keeper_ms":%d,"service_ms":%d,"idle_kib":%d}\n' "$keeper_ms" "$ms" "$(both resident)"
asked officer-1 window open --key bench --by ci --uses 1000000 --any-digest \
    --until "$(date -u -d '+12 hours' +%Y-%m-%dT%H:%M:%SZ)" > /dev/null
TOKEN=$(cat "$house/ci.token") KEY=bench
export TOKEN KEY RUN=0
for clients in 1 8 32; do
	RUN=$((RUN + 1))
	load sign "$clients" sign.lua
done
