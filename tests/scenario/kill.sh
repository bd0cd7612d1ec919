#!/bin/bash
# kill.sh - service and keeper are killed at random moments while clients sign.
#
# Afterwards: every answer that a client received is in the ledger; every
# journal entry has its event; nothing was used twice; the ledger verifies;
# replay equals the tables.  Once on SQLite, once on PostgreSQL.
#
# KILLS (default 6) says how often, SEED which moments.
set -euo pipefail
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
kills=${KILLS:-6}
RANDOM=${SEED:-$((RANDOM))}
trap 'house_down; pg_down' EXIT

die() { echo "FAILED: $*" >&2; for f in "$house"/*.log; do echo "-- $f" >&2; tail -n 6 "$f" >&2; done; exit 1; }

# The window that the clients sign under, and one-use requests beside it.
open_window() {
	as_officer officer-1 window open --key trial --by ci --uses 1000000 --any-digest \
	    --until "$(date -u -d '+6 hours' +%Y-%m-%dT%H:%M:%SZ)" --no-wait --quiet --json \
	    > "$house/window.json" || [ $? -eq 75 ]
	approve "$(jq -r .request "$house/window.json")" officer-2 officer-3
}

# ask N - image N under two of three, killed or not; the signature to sig-N.
ask() {
	local req
	head -c 1000 /dev/urandom > "$house/image-$1"
	for _ in $(seq 1 60); do
		as_ci sign --key image --product thermostat --artifact-version "1.$1" --no-wait \
		    --quiet --json -o "$house/sig-$1" "$house/image-$1" > "$house/ask-$1" 2>> "$house/ask.log" && return 0
		req=$(jq -r '.request // empty' "$house/ask-$1" 2>/dev/null) || req=
		# Each by itself: one may have been heard before the kill.
		[ -z "$req" ] || approve "$req" officer-1 || true
		[ -z "$req" ] || approve "$req" officer-2 || true
		sleep 0.2
	done
	return 1
}

round() {
	local i victim n
	house_new
	house_up "${1:-}"
	house_found officer-1
	house_key image production
	house_key trial development
	open_window
	CLAVIGER_TOKEN_FILE=$house/ci.token "$CLAVIGER_BUILD/tests/scenario/load" trial 4 \
	    $((kills * 2)) "$house/answers" > "$house/load.out" 2> "$house/load.log" &
	load_pid=$!
	for i in $(seq 1 "$kills"); do
		(ask "$i") &
		asking=$!
		sleep "0.$((RANDOM % 90 + 10))"
		victim=$((RANDOM % 3))
		[ $victim -eq 1 ] || end "$keeper_pid" KILL
		[ $victim -eq 0 ] || end "$service_pid" KILL
		[ $victim -eq 1 ] || keeper_up || die "the keeper did not come back"
		[ $victim -eq 0 ] || service_up "${1:-}" || die "the service did not come back"
		wait "$asking" || die "image $i was not signed after all"
	done
	wait "$load_pid" || die "a client was refused: $(cat "$house/load.log")"
	check_answers
	check_ledger "${1:-sqlite:$house/service/claviger.db}"
	house_down
}

# whole - a bundle ends with the newest checkpoint; does that cover all there is?
whole() { as_officer officer-1 audit export -o "$house/bundle" --json | jq -e '.beyond == 0'; }

# Every answer is in the ledger, with the very same signature.
check_answers() {
	local n missing
	until_true 60 whole || die "no checkpoint comes to cover the last events"
	grep '"kind":"key.signed"' "$house/bundle" |
	    jq -r '.data.entry | "\(.operation.digest.value) \(.result.signature)"' | sort > "$house/ledger"
	sort "$house/answers" > "$house/answered"
	missing=$(comm -23 "$house/answered" "$house/ledger" | wc -l)
	[ "$missing" -eq 0 ] || die "$missing answers are not in the ledger"
	n=$(cut -d' ' -f1 "$house/ledger" | sort | uniq -d | wc -l)
	[ "$n" -eq 0 ] || die "$n digests were signed twice"
	for n in $(seq 1 "$kills"); do
		grep -qF "$(base64 -w0 < "$house/sig-$n")" "$house/ledger" || die "the signature of image $n is not in the ledger"
	done
}

check_ledger() {
	claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" --replay-db "$1" --json > "$house/verdict" ||
	    { jq -c '.findings, .replay' "$house/verdict"; die "the ledger does not verify, or replay differs"; }
	# Two keys were generated: an intent precedes each and has no event.
	[ "$(jq -rs '[.[] | .data.entry.n // empty] | (length == (unique | length)) and (max - length == 2)' \
	    <(grep '^{"actor"' "$house/bundle"))" = true ] || die "a journal entry has no event, or two"
	echo "${1%%:*}: $(wc -l < "$house/answers") answers through $kills kills, all in a ledger that verifies"
}

round ""
pg_up || { say "no PostgreSQL: $(cat "$pg.said")"; exit 77; }
round "postgresql:$conninfo"
