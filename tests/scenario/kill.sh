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
# shellcheck source=tests/lib/killed.sh
. "$CLAVIGER_SOURCE/tests/lib/killed.sh"
kills=${KILLS:-6}
RANDOM=${SEED:-$((RANDOM))}
trap 'house_down; pg_down' EXIT

# ask N - image N under two of three, killed or not; the signature to sig-N.
ask() {
	head -c 1000 /dev/urandom > "$house/image-$1"
	until_true 60 is_signed "$1"
}
is_signed() {
	local req
	as_ci sign --key image --product thermostat --artifact-version "1.$1" --no-wait \
	    --quiet --json -o "$house/sig-$1" "$house/image-$1" > "$house/ask-$1" 2>> "$house/ask.log" && return 0
	req=$(jq -r '.request // empty' "$house/ask-$1" 2>/dev/null) || req=
	# Each by itself: one may have been heard before the kill.
	[ -z "$req" ] || approve "$req" officer-1 || true
	[ -z "$req" ] || approve "$req" officer-2 || true
	return 1
}

round() {
	local i
	house_new
	house_up "${1:-}"
	house_found officer-1
	house_key image production
	house_key trial development
	window_wide trial || die "no window"
	signing trial $((kills * 2))
	for i in $(seq 1 "$kills"); do
		(ask "$i") &
		asking=$!
		sleep "0.$((RANDOM % 90 + 10))"
		struck $((RANDOM % 3)) "${1:-}"
		wait "$asking" || die "image $i was not signed after all"
	done
	signed_all
	bundle_whole
	answers_kept
	check_images
	check_ledger "${1:-}"
	house_down
}

check_images() {
	local n
	for n in $(seq 1 "$kills"); do
		grep -qF "$(base64 -w0 < "$house/sig-$n")" "$house/ledger" || die "the signature of image $n is not in the ledger"
	done
}

check_ledger() {
	local engine=${1%%:*}
	ledger_kept "$1"
	# Two keys were generated: an intent precedes each and has no event.
	[ "$(jq -rs '[.[] | .data.entry.n // empty] | (length == (unique | length)) and (max - length == 2)' \
	    <(grep '^{"actor"' "$house/bundle"))" = true ] || die "a journal entry has no event, or two"
	echo "${engine:-sqlite}: $(wc -l < "$house/answers") answers through $kills kills, all in a ledger that verifies"
}

round ""
pg_up || { say "no PostgreSQL: $(cat "$pg.said")"; exit 77; }
round "postgresql:$conninfo"
