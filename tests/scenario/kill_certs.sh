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
kills=${KILLS:-5}
RANDOM=${SEED:-$((RANDOM))}
workers=()
trap 'workers_end; house_down; pg_down' EXIT

die() {
	echo "FAILED: $*" >&2
	for f in "$house"/*.log "$house/said"; do echo "-- $f" >&2; tail -n 6 "$f" >&2; done
	exit 1
}
workers_end() {
	local w
	[ -z "$house" ] || touch "$house/stop" 2>/dev/null || true
	for w in "${workers[@]}"; do wait "$w" || { failed=1; echo "a worker ended with $?" >> "$house/broken"; }; done
	workers=()
}

# Nobody waits for people here but the authorities' making.
charter_open() {
	sed -i '/^rules:$/a\  - name: any-change\n    why: What is killed is not approved.\n    action: [cert.release]\n    by: [release-tools]\n' \
	    "$house/charter/classes/ca.yaml"
}
asked() { # OFFICER ARG... - asked, agreed to, done.
	local who=$1 said req
	shift
	said=$(as_officer "$who" "$@" --no-wait --quiet --json 2>> "$house/asked.log") && return
	req=$(jq -r '.request // empty' <<< "$said")
	[ -n "$req" ] && approve "$req" officer-2 officer-3
}
authorities() {
	local k
	for k in root-key devices-key; do
		asked officer-1 key generate --class ca --name "$k" && as_officer officer-1 key activate "$k" > /dev/null || return
	done
	asked officer-1 key generate --class ocsp-responder --name answers &&
	    as_officer officer-1 key activate answers > /dev/null &&
	    asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root &&
	    asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key --partitions 2 \
		--subject O=Example --subject CN=Devices --responder answers &&
	    until_true 20 curl -sf -o "$house/chain.pem" "$at/ca/devices.pem" &&
	    openssl x509 -in "$house/chain.pem" -out "$house/devices.pem"
}

# insist COMMAND... - until it is answered; who was cut off asks again.
insist() {
	local i
	for i in $(seq 1 150); do
		"$@" >> "$house/insist.log" 2>&1 && return
		sleep 0.2
	done
	echo "never answered: $*" >> "$house/broken"
	return 1
}
serial() { openssl x509 -in "$house/$1.pem" -noout -serial | cut -d= -f2 | tr A-F a-f; }

# What an answer said is written down behind it.
line() { # FROM - devices FROM, FROM+2 ...: each issued, then as its number says.
	local i=$1 s
	while [ ! -e "$house/stop" ]; do
		i=$((i + 2))
		make_key "$house/d$i.key"
		openssl req -new -key "$house/d$i.key" -subj "/CN=d$i" -out "$house/d$i.csr"
		insist as_ci cert issue --ca devices --profile device --device "d$i" --csr "$house/d$i.csr" \
		    -o "$house/d$i.pem" || return
		s=$(serial "d$i")
		echo "d$i $s" >> "$house/issued-$1"
		ocsp "d$i" > /dev/null || true	# good, and kept so
		case $((i % 8)) in
		0|1) insist as_ci cert revoke "$s" --yes || return; echo "d$i" >> "$house/revoked" ;;
		2|3) insist as_ci cert hold "$s" --yes || return; echo "d$i" >> "$house/held" ;;
		4|5) insist as_ci cert hold "$s" --yes || return
		    insist as_ci cert release "$s" --yes || return; echo "d$i" >> "$house/released" ;;
		6) insist as_ci cert revoke --ca devices --device "d$i..d$i" --yes || return
		    echo "d$i" >> "$house/revoked" ;;
		esac
	done
}
ocsp() { # DEVICE - its status, believed, or nothing.
	local me=$BASHPID
	openssl ocsp -issuer "$house/devices.pem" -cert "$house/$1.pem" -url "$at/ocsp" -no_nonce -timeout 5 \
	    -CAfile "$house/chain.pem" -verify_other "$house/chain.pem" 2> "$house/ocsp-$me" |
	    sed -n "s/^.*$1.pem: //p" > "$house/status-$me"
	grep -q "Response verify OK" "$house/ocsp-$me" && cat "$house/status-$me"
}
number() { # PARTITION - of its list, in decimal, or nothing.
	local hex me=$BASHPID
	curl -sf --max-time 5 -o "$house/list-$me" "$at/crl/devices/$1.crl" || return 0
	hex=$(openssl crl -inform DER -in "$house/list-$me" -noout -crlnumber | sed 's/.*=0x//')
	echo $((16#$hex))
}
watch() {
	local last=(0 0) p n d
	while [ ! -e "$house/stop" ]; do
		for p in 0 1; do
			n=$(number $p)
			[ -z "$n" ] || [ "$n" -ge "${last[p]}" ] || echo "list $p went back from ${last[p]} to $n" >> "$house/broken"
			last[p]=${n:-${last[p]}}
		done
		d=$(shuf -n 1 "$house/revoked" 2>/dev/null) || d=
		[ -z "$d" ] || [ "$(ocsp "$d")" != good ] || echo "OCSP says good for $d" >> "$house/broken"
		sleep 0.05
	done
}

back() { # STORE - both run again, and say nothing that is not so.
	local d
	[ -z "$keeper_dead" ] || keeper_up || die "the keeper did not come back"
	[ -z "$service_dead" ] || service_up "$1" || die "the service did not come back"
	for d in $(tail -n 3 "$house/revoked" 2>/dev/null); do
		[ "$(ocsp "$d")" != good ] || die "OCSP says good for $d after a crash"
	done
	[ ! -e "$house/broken" ] || die "$(cat "$house/broken")"
}

round() {
	local i victim
	failed=0
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
		victim=$((RANDOM % 3)) keeper_dead='' service_dead=''
		[ $victim -eq 1 ] || { end "$keeper_pid" KILL; keeper_dead=yes; }
		[ $victim -eq 0 ] || { end "$service_pid" KILL; service_dead=yes; }
		back "${1:-}"
	done
	workers_end
	[ ! -e "$house/broken" ] && [ "$failed" -eq 0 ] || die "$(cat "$house/broken")"
	check_tables "${1:-sqlite:$house/service/claviger.db}"
	house_down
}

statuses() { as_ci cert list --ca devices --profile device --status "$1" --limit 1000 --json | jq -r '.certificates[].device' | sort; }
lists_say() { # that all revoked and held are on the lists, and no other
	local p
	for p in 0 1; do
		curl -sf "$at/crl/devices/$p.crl" | openssl crl -inform DER -noout -text | sed -n 's/^ *Serial Number: //p'
	done | tr A-F a-f | sort > "$house/on-lists"
	cmp -s "$house/on-lists" "$house/off"
}
check_tables() {
	local d
	cat "$house"/issued-* | sort > "$house/issued"
	as_ci cert list --ca devices --profile device --limit 1000 --json | jq -r '.certificates[] | "\(.device) \(.serial)"' |
	    sort > "$house/listed"
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
	claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" --replay-db "$1" --json > "$house/verdict" ||
	    { jq -c '.findings, .replay' "$house/verdict"; die "the ledger does not verify"; }
	echo "${1%%:*}: $(wc -l < "$house/issued") certificates, $(wc -l < "$house/off") revoked or held, through $kills kills"
}

round ""
pg_up || { say "no PostgreSQL: $(cat "$pg.said")"; exit 77; }
round "postgresql:$conninfo"
