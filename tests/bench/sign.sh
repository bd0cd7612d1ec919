#!/bin/bash
# sign.sh - signatures through the API against the token's own rate.
#
# P-256 under an open window: TLS keep-alive, journal and ledger durable.
# Prints a line of JSON for each number of clients: rate, CPU of service and
# keeper per signature, both as a ratio to the token alone in the same run.
set -euo pipefail
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$PWD}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
seconds=${BENCH_SECONDS:-6}
trap house_down EXIT

# ticks PID - its CPU time so far, in hundredths of a second.
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
resident() { awk '/^VmRSS/{print $2}' "/proc/$1/status"; }

token=$("$CLAVIGER_BUILD/tests/bench/bench_token" 2>/dev/null || true)
token_rate=$(jq -rs '[.[] | select(.threads == 2) | .per_second] | max // 0' <<<"$token" 2>/dev/null || echo 0)
token_us=$(jq -rs '[.[] | select(.threads == 2) | .cpu_us] | min // 0' <<<"$token" 2>/dev/null || echo 0)

house_new
began=$(date +%s%N)
house_up
ready=$((($(date +%s%N) - began) / 1000000))
house_found officer-1
house_key bench development
printf '{"bench":"start","ms":%d,"idle_kib":%d}\n' "$ready" \
    $(($(resident "$service_pid") + $(resident "$keeper_pid")))
as_officer officer-1 window open --key bench --by ci --uses 1000000 --any-digest \
    --until "$(date -u -d '+12 hours' +%Y-%m-%dT%H:%M:%SZ)" --no-wait --quiet --json > "$house/window.json" || [ $? -eq 75 ]
approve "$(jq -r .request "$house/window.json")" officer-2 officer-3
TOKEN=$(cat "$house/ci.token") KEY=bench
export TOKEN KEY RUN=0
for clients in 1 8 32; do
	RUN=$((RUN + 1))
	before=$(($(ticks "$service_pid") + $(ticks "$keeper_pid")))
	out=$(wrk -t1 "-c$clients" "-d${seconds}s" --latency -s "$CLAVIGER_SOURCE/tests/bench/sign.lua" "$CLAVIGER_URL")
	after=$(($(ticks "$service_pid") + $(ticks "$keeper_pid")))
	n=$(awk '/requests in/{print $1}' <<<"$out")
	bad=$(awk '/Non-2xx/{print $NF}' <<<"$out")
	jq -nc --argjson c "$clients" --argjson n "$n" --argjson bad "${bad:-0}" --argjson s "$seconds" \
	    --argjson ticks $((after - before)) --argjson tr "$token_rate" --argjson tu "$token_us" \
	    --argjson kib $(($(resident "$service_pid") + $(resident "$keeper_pid"))) \
	    --arg p99 "$(awk '/99%/{print $2}' <<<"$out")" \
	    '{bench: "sign", clients: $c, per_second: ($n / $s | floor), refused: $bad,
	      cpu_us: ($ticks * 10000 / $n | floor), p99: $p99, resident_kib: $kib,
	      of_token_rate: (if $tr > 0 then $n / $s / $tr * 100 | round / 100 else null end),
	      of_token_cpu: (if $tu > 0 then $ticks * 10000 / $n / $tu * 100 | round / 100 else null end)}'
done
