#!/bin/bash
# rework.sh - devices that get another certificate while the one they have is
# valid: counted, and by whichever authority.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
sed -i 's/rework: { uses: 200, per: P1D }/rework: { uses: 9, per: P1D }/' "$house/charter/classes/ca.yaml"
house_ready
pki_make || die "no authorities"

issue() { # CA DEVICE CSR ARG... - of a device, by its request
	local ca=$1 device=$2 csr=$3
	shift 3
	as_ci cert issue --ca "$ca" --profile device --device "$device" --csr "$house/$csr.csr" "$@"
}
status() { as_ci cert show "$1" --json | jq -r '.status + " " + (.reason // "")'; }

# ---- counted, also when many come at once
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	csr "r$n"
	csr "s$n"
	holds "device $n" issue devices "R-$n" "r$n" --quiet
done
going=()
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	issue devices "R-$n" "s$n" --quiet > /dev/null 2> "$house/s$n.said" && : > "$house/s$n.done" &
	going+=($!)
done
wait "${going[@]}"
is 0 "of twelve at once nine have another" [ "$(ls "$house"/s*.done | wc -l)" = 9 ]
is 0 "and three are told why not" [ "$(grep -l 'the 9 replacements that rule' "$house"/s*.said | wc -l)" = 3 ]
is 0 "nine were replaced" as_ci cert list --status revoked --json
like "as the tables have it" '(.certificates | length) == 9'

trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}" --json
like "with nothing unchecked" '.ok and .unchecked == []'
house_result
