#!/bin/bash
# kill_certs.sh - service and keeper are killed at random moments while
# certificates are issued, revoked, held and released, one by one and many at
# once, and while lists are published.
#
# All the while, and after each start: a list's number never goes back, and no
# OCSP answer says good for what an answer called revoked.  Afterwards: one
# certificate for each request, no serial number twice, each list's number one
# above the last, lists and OCSP as they were told; the ledger verifies; replay
# equals the tables.  Once on SQLite, once on PostgreSQL.
#
# KILLS (default 5) says how often, SEED which moments.
set -euo pipefail
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"
# shellcheck source=tests/lib/killed.sh
. "$CLAVIGER_SOURCE/tests/lib/killed.sh"
kills=${KILLS:-5}
RANDOM=${SEED:-$((RANDOM))}
trap 'workers_end; house_down; pg_down' EXIT

back() { # what was revoked is so
	local d
	for d in $(tail -n 3 "$house/revoked" 2>/dev/null); do
		[ "$(ocsp "$d")" != good ] || die "OCSP says good for $d after a crash"
	done
	unbroken
}

each_told() { [ -s "$house/revoked" ] && [ -s "$house/held" ] && [ -s "$house/released" ]; }
round() {
	local i
	house_new
	charter_open
	at=http://127.0.0.1:$public_port
	service_options=(--set "public.url=$at")
	house_up "${1:-}"
	house_found officer-1
	authorities || die "no authorities"
	line 0 & workers+=($!)
	line 1 & workers+=($!)
	watch & workers+=($!)
	for i in $(seq 1 "$kills"); do
		sleep "$((RANDOM % 3)).$((RANDOM % 90 + 10))"
		struck $((RANDOM % 3)) "${1:-}"
		back
	done
	until_true 120 each_told || die "nothing was revoked, held and released"
	workers_end
	unbroken
	check_tables "${1:-}"
	house_down
}

statuses() { certificates "$1" | cut -d' ' -f1 | sort; }
lists_say() { # that all revoked and held are on the lists, and no other
	local p
	for p in 0 1; do
		curl -sf "$at/crl/devices/$p.crl" | openssl crl -inform DER -noout -text | sed -n 's/^ *Serial Number: //p'
	done | tr A-F a-f | sort > "$house/on-lists"
	cmp -s "$house/on-lists" "$house/off"
}
check_tables() {
	local d engine=${1%%:*}
	cat "$house"/issued-* | sort > "$house/issued"
	certificates | sort > "$house/listed"
	cmp "$house/issued" "$house/listed" || die "other certificates than were answered"
	[ -z "$(cut -d' ' -f1 "$house/issued" | uniq -d)" ] || die "a request has two certificates"
	[ -z "$(cut -d' ' -f2 "$house/issued" | sort | uniq -d)" ] || die "a serial number was given twice"
	cmp <(statuses revoked) <(sort "$house/revoked") || die "others are revoked"
	cmp <(statuses held) <(sort "$house/held") || die "others are held"
	cat "$house/revoked" "$house/held" | sort | join - "$house/issued" | cut -d' ' -f2 | sort > "$house/off"
	until_true 20 lists_say || die "the lists say otherwise"
	for d in $(cat "$house/revoked" "$house/held"); do
		[ "$(ocsp "$d")" = revoked ] || die "OCSP: $d is $(ocsp "$d")"
	done
	for d in $(cat "$house/released"); do
		[ "$(ocsp "$d")" = good ] || die "OCSP: $d is $(ocsp "$d")"
	done
	as_officer officer-1 audit export -o "$house/bundle" --quiet > /dev/null
	jq -rs '[.[] | select(.kind == "crl.published") | .data.entry.operation | {s: "\(.key)/\(.partition)", n: .number}] |
	    group_by(.s)[] | map(.n) | join(" ")' <(grep '^{"actor"' "$house/bundle") > "$house/numbers"
	while read -r -a n; do
		for d in $(seq 1 $((${#n[@]} - 1))); do
			[ $((16#${n[d]})) -eq $((16#${n[d - 1]} + 1)) ] || die "list ${n[d]} follows list ${n[d - 1]}"
		done
	done < "$house/numbers"
	ledger_kept "$1"
	echo "${engine:-sqlite}: $(wc -l < "$house/issued") certificates, $(wc -l < "$house/off") revoked or held, through $kills kills"
}

round ""
pg_up || { say "no PostgreSQL: $(cat "$pg.said")"; exit 77; }
round "postgresql:$conninfo"
