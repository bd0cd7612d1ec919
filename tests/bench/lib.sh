# lib.sh - what the benches with the whole house have in common.
# shellcheck shell=bash
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$PWD}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
seconds=${BENCH_SECONDS:-6}
# As the units run them; BENCH_POLICY=other: as any program.
keeper_as=(chrt "--${BENCH_POLICY:-batch}" 0)
service_as=("${keeper_as[@]}")

# ticks PID - its CPU time so far, in hundredths of a second.
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
# kib PID FIELD - of its memory.
kib() { awk -v w="$2:" '$1 == w {print $2}' "/proc/$1/status"; }
resident() { kib "$1" VmRSS; }
now_us() { echo $(($(date +%s%N) / 1000)); }
ms_since() { echo $((($(now_us) - $1) / 1000)); }
both() { echo $(($("$1" "$service_pid") + $("$1" "$keeper_pid"))); }

# service_again - it starts, in a house that was founded: $ms until it is ready.
service_again() {
	local from
	from=$(now_us)
	service_run --config "$house/clavigerd.yaml" "${service_options[@]}"
	until curl -sf -o /dev/null --cacert "$CLAVIGER_CA_FILE" "$url/readyz"; do sleep 0.005; done
	ms=$(ms_since "$from")
}

# token_alone - what the token does with two threads and nothing around it:
# $token_rate signatures/s and $token_us of CPU for each, 0 where it is not known.
token_alone() {
	local out
	out=$("$CLAVIGER_BUILD/tests/bench/bench_token" 2>/dev/null || true)
	token_rate=$(jq -rs '[.[] | select(.threads == 2) | .per_second] | max // 0' <<<"$out" 2>/dev/null || echo 0)
	token_us=$(jq -rs '[.[] | select(.threads == 2) | .cpu_us] | min // 0' <<<"$out" 2>/dev/null || echo 0)
}

# load NAME CLIENTS SCRIPT - wrk sends, for $seconds; a line says what came of it.
load() {
	local before after out n bad
	before=$(both ticks)
	out=$(wrk -t1 "-c$2" "-d${seconds}s" --latency -s "$CLAVIGER_SOURCE/tests/bench/$3" "$CLAVIGER_URL")
	after=$(both ticks)
	n=$(awk '/requests in/{print $1}' <<<"$out")
	bad=$(awk '/Non-2xx/{print $NF}' <<<"$out")
	jq -nc --arg name "$1" --argjson c "$2" --argjson n "$n" --argjson bad "${bad:-0}" --argjson s "$seconds" \
	    --argjson ticks $((after - before)) --argjson tr "$token_rate" --argjson tu "$token_us" \
	    --argjson kib "$(both resident)" --arg p99 "$(awk '/99%/{print $2}' <<<"$out")" \
	    '{bench: $name, clients: $c, done: $n, per_second: ($n / $s | floor), refused: $bad,
	      cpu_us: ($ticks * 10000 / $n | floor), p99: $p99, resident_kib: $kib,
	      of_token_rate: (if $tr > 0 then $n / $s / $tr * 100 | round / 100 else null end),
	      of_token_cpu: (if $tu > 0 then $ticks * 10000 / $n / $tu * 100 | round / 100 else null end)}'
}
