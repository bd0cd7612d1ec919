#!/bin/bash
# soak.sh - the whole house under load for a long time.
#
# Clients sign, issue, revoke, submit batches and read OCSP answers and lists.
# For the first half service and keeper are killed at random moments; then they
# run on undisturbed.  Afterwards: everything answered is in the ledger, it
# verifies, replay equals the tables, and neither program's memory nor number of
# open files has grown: over each run of a program that lasted a minute, the
# last quarter's middle is compared with the first's.  Their maxima are told, too: a
# snapshot takes for a moment as much again, and one quarter has one, the other not.
#
# SOAK_SECONDS (3600) says how long, SEED which moments; engine=postgresql keeps
# the tables in PostgreSQL.  Says how far it is, and at the end a line of JSON.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"
# shellcheck source=tests/lib/killed.sh
. "$CLAVIGER_SOURCE/tests/lib/killed.sh"
seconds=${SOAK_SECONDS:-3600} kills=0 breath=0.5
RANDOM=${SEED:-$((RANDOM))}
[ "$seconds" -ge 180 ] && [ "$seconds" -le 80000 ] || { say "SOAK_SECONDS is 180 to 80000: a window ends within a day"; exit 64; }
trap 'workers_end; house_down; pg_down' EXIT

# Few enough that the bundle can be audited on the machine that ran it.
pause=$((seconds * 4 * 1000 / 100000))
[ "$pause" -gt 50 ] || pause=50

batches() { # rows for devices of their own, twenty at a time
	local from=1 rows
	while [ ! -e "$house/stop" ]; do
		rows=rows-$from
		"$CLAVIGER_BUILD/tests/lib/csrs" ndjson 20 batch "$from" > "$house/$rows"
		batch_line device "$rows" || { echo "$rows is not through: $(tail -n 1 "$house/line.log")" >> "$house/broken"; return; }
		jq -r 'select(.outcome == "done") | .serial' "$house/$rows.results" >> "$house/batched"
		rm -rf "${house:?}/$rows" "$house/$rows".*
		from=$((from + 20))
		sleep 5
	done
}
# sample - program, process, second, KiB resident, open files.
sample() {
	local p
	for p in keeper:$keeper_pid service:$service_pid; do
		echo "${p%:*} ${p#*:} $SECONDS $(resident "${p#*:}") $(find "/proc/${p#*:}/fd" -mindepth 1 | wc -l)"
	done >> "$house/samples"
}
lines() { cat "$@" 2>/dev/null | wc -l; }
progress() {
	say "soak: $((SECONDS - began)) s of $seconds: $kills kills, $(lines "$house/answers") signatures," \
	    "$(lines "$house"/issued-* "$house/batched") certificates, $(lines "$house/revoked") revoked, $(lines "$house/watched") rounds of reading;" \
	    "$(tail -n 2 "$house/samples" | awk '{printf "%s%s %d KiB, %d files", s, $1, $4, $5; s = "; "}')"
}

# growth - of each run that lasted: [{program, seconds, kib, most_kib, files}], first and last quarter's middle and maximum.
growth() {
	jq -cRn '[inputs | split(" ") | {program: .[0], pid: .[1], at: (.[2] | tonumber), kib: (.[3] | tonumber), files: (.[4] | tonumber)}]
	    | group_by(.pid) | map({program: .[0].program, from: .[0].at, seconds: (.[-1].at - .[0].at), s: .} | select(.seconds >= 60)
		| (.from + .seconds / 4) as $a | (.from + .seconds * 3 / 4) as $b
		| [.s[] | select(.at <= $a)] as $first | [.s[] | select(.at >= $b)] as $last
		| {program, seconds, kib: [$first, $last | map(.kib) | sort[length / 2 | floor]], most_kib: [$first, $last | map(.kib) | max], files: [$first, $last | map(.files) | max]})' "$house/samples"
}
# Permits are kept up to a number, and each use and certificate in a few hundred octets; what is lost with each request shows.
steady() { jq -e 'length >= 2 and all(.[]; .kib[1] <= .kib[0] * 1.25 + 16384 and .files[1] <= .files[0] + 16)' > /dev/null <<< "$1"; }

# certificates_kept - what was issued and revoked, as answered, is so in the tables, which replay makes of the ledger.
certificates_kept() {
	certificates | cut -d' ' -f2 | sort > "$house/listed"
	certificates revoked | sort > "$house/revoked.listed"
	cat "$house"/issued-* | sort > "$house/issued"
	{ cut -d' ' -f2 "$house/issued"; cat "$house/batched"; } | sort > "$house/serials"
	[ -z "$(uniq -d "$house/serials")" ] || die "a serial number was given twice"
	[ -z "$(comm -23 "$house/serials" "$house/listed")" ] || die "certificates are not in the ledger"
	sort "$house/revoked" | join - "$house/issued" > "$house/off"
	[ -z "$(comm -23 "$house/off" "$house/revoked.listed")" ] || die "revocations are not in the ledger"
}

house_new
charter_open
sed -i '/uses: 20000/d' "$house/charter/classes/ca.yaml"
house_store
at=http://127.0.0.1:$public_port
service_options=(--set "public.url=$at")
house_ready
authorities || die "no authorities"
house_key trial development || die "no key"
window_wide trial || die "no window"
began=$SECONDS
signing trial "$seconds" "$pause"
for from in 0 1; do line $from & workers+=($!); done
watch & workers+=($!)
batches & workers+=($!)
told=$SECONDS next=$((began + 10)) gap=$((seconds < 600 ? seconds / 20 : 30))
while [ $((SECONDS - began)) -lt "$seconds" ]; do
	sleep 1
	unbroken
	if [ "$SECONDS" -ge $next ] && [ $((SECONDS - began)) -lt $((seconds / 2)) ]; then
		struck $((RANDOM % 3)) "$store"
		kills=$((kills + 1)) next=$((SECONDS + RANDOM % gap + 5))
	fi
	sample
	[ "$SECONDS" -lt $((told + 30)) ] || { told=$SECONDS; progress; }
done
workers_end
unbroken
signed_all
progress
grown=$(growth)
bundle_whole
answers_kept
certificates_kept
ledger_kept "$store"
jq -nc --arg engine "${engine:-sqlite}" --argjson seconds "$seconds" --argjson kills "$kills" --argjson signed "$(lines "$house/answers")" \
    --argjson issued "$(lines "$house/serials")" --argjson revoked "$(lines "$house/off")" --argjson watched "$(lines "$house/watched")" \
    --argjson events "$(grep -c '^{"actor"' "$house/bundle")" --argjson grown "$grown" --argjson steady "$(steady "$grown" && echo true || echo false)" \
    '{soak: $engine, seconds: $seconds, kills: $kills, signatures: $signed, certificates: $issued, revoked: $revoked, rounds_of_reading: $watched,
      events: $events, verified: true, replay_equal: true, runs: $grown, steady: $steady}'
steady "$grown" || die "a program has grown"
