#!/bin/bash
# batch_kill.sh - service, keeper and client are killed at random moments while
# a batch is submitted.
#
# Afterwards: every row has its certificate and no row two; no serial number is
# there twice; the ledger verifies; replay equals the tables. By a profile of devices, and by one that
# knows no devices, where nothing but the batch tells what was issued before.
#
# engine=postgresql keeps the tables in PostgreSQL.
#
# KILLS (default 6) says how often, ROWS (600) of how many, SEED which moments.
set -euo pipefail
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"
# shellcheck source=tests/lib/killed.sh
. "$CLAVIGER_SOURCE/tests/lib/killed.sh"
kills=${KILLS:-6} rows=${ROWS:-600}
RANDOM=${SEED:-$((RANDOM))}
trap 'house_down; pg_down' EXIT

round() { # PROFILE
	local i victim n
	"$CLAVIGER_BUILD/tests/lib/csrs" ndjson "$rows" "${1:0:1}" > "$house/$1"
	batch_line "$1" &
	line_pid=$!
	for i in $(seq 1 "$kills"); do
		sleep "0.$((RANDOM % 90 + 10))"
		victim=$((RANDOM % 4))
		case $victim in
		[012]) struck $victim "$store" ;;
		3) kill -KILL "$(cat "$house/client.pid")" 2>/dev/null || true ;;
		esac
	done
	wait "$line_pid" || die "the line gave up: $(cat "$house/line.log")"
	n=$(jq -r 'select(.outcome == "done") | .serial' "$house/$1.results" | sort -u | wc -l)
	[ "$n" -eq "$rows" ] || die "$1: $n of $rows rows have a serial number of their own"
}

# Each CSR once, and what the client was told is what the ledger has.
check() {
	bundle_whole
	ledger_kept "$store"
	grep '"kind":"cert.issued"' "$house/bundle" |
	    jq -r '.data.entry.permit_document.request.parameters | select(.batch) | .csr' | sort > "$house/issued"
	[ "$(wc -l < "$house/issued")" -eq $((2 * rows)) ] || die "$(wc -l < "$house/issued") certificates for $((2 * rows)) requests"
	[ -z "$(uniq -d "$house/issued")" ] || die "a request has two certificates"
	for b in $(as_officer officer-1 batch list --json | jq -r '.batches[].id'); do
		[ "$(as_officer officer-1 batch show "$b" --json | jq -c '[.done, .waiting, .failed]')" = "[$rows,0,0]" ] ||
		    die "$b is counted otherwise"
	done
}

house_new
cat > "$house/charter/profiles/plain.yaml" <<'YAML'
purpose: Identifies something that is no device of ours.
kind: end-entity
keys: [ec-p256]
subject:
  - { attribute: commonName, from: csr }
  - { attribute: serialNumber, from: csr }
validity: { for: P1Y }
key-usage: [digital-signature]
extended-key-usage: [client-auth]
crl-distribution-point: true
authority-information-access: [ocsp, issuer]
retention: P0D
YAML
sed -i 's/cert.profile: device }/cert.profile: [device, plain] }/' "$house/charter/classes/ca.yaml"
house_store
house_up "$store"
house_found officer-1 officer-2
pki_make || die "no authorities"
round device
round plain
check
echo "$((2 * rows)) certificates through $((2 * kills)) kills, one for each request, in a ledger that verifies"
