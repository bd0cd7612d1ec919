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
at=http://127.0.0.1:$public_port
service_options=(--set "public.url=$at")
sed -i 's/rework: { uses: 200, per: P1D }/rework: { uses: 10, per: P1D }/' "$house/charter/classes/ca.yaml"
house_ready
pki_make || die "no authorities"

holds "a key for another authority" key_asked brief-key ca
is 0 "which has nothing to do with the first" asked officer-1 ca create --name brief --profile issuing-ca --issuer root \
    --key brief-key --subject O=Example --subject CN=Brief --crl-url http://pki.example/crl/brief \
    --ocsp-url http://ocsp.example --issuer-url http://pki.example/brief.crt

issue() { # CA DEVICE CSR ARG... - of a device, by its request
	local ca=$1 device=$2 csr=$3
	shift 3
	as_ci cert issue --ca "$ca" --profile device --device "$device" --csr "$house/$csr.csr" "$@"
}
status() { as_ci cert show "$1" --json | jq -r '.status + " " + (.reason // "")'; }

# ---- whichever authority
for n in 1 2 3 4 5 6; do
	csr "a$n"
	csr "b$n"
	is 0 "device $n" issue devices "A-$n" "a$n" -o "$house/a$n.pem" --json
	id[n]=$(as_ci cert list --device "A-$n" --json | jq -r '.certificates[0].id')
done
is 0 "a new key by another authority" issue brief A-1 b1 --json
like "is the device's" '.ca == "brief" and .status == "good"'
is 0 "in place of what it had" [ "$(status "${id[1]}")" = "revoked superseded" ]
listed() { crl devices && openssl crl -in "$house/devices.crl.pem" -noout -text | grep -qi "Serial Number: $(serial a1)"; }
holds "which is on its authority's list" until_true 20 listed
is 0 "the same key by another authority" issue brief A-2 a2 --json
like "is one more" '.ca == "brief" and .status == "good"'
is 0 "and what it had stays" [ "$(status "${id[2]}")" = "good " ]
holds "one is on hold" as_ci cert hold "${id[3]}" --yes
is 65 "no other authority goes round that" issue brief A-3 b3 --no-wait
tells "and says what is in its way" "${id[3]} of device A-3 is on hold"
is 65 "nor has it another with the same key" issue brief A-3 a3 --no-wait

holds "a second key for devices" key_asked devices-key-2 ca
is 0 "devices is followed by another" asked officer-1 ca rekey devices --name devices-2 --key devices-key-2 \
    --crl-url http://pki.example/crl/devices-2 --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices-2.crt
is 0 "who asks again" issue devices A-2 a2 --json
like "has the same" ".id == \"${id[2]}\""
is 0 "the same request of the one that follows" issue devices-2 A-2 a2 --json
like "is one more" '.ca == "devices-2"'
is 0 "and what it had stays" [ "$(status "${id[2]}")" = "good " ]
is 0 "a new key of the one that follows" issue devices A-4 b4 --json
like "is the device's" '.ca == "devices-2"'
is 0 "in place of what it had of the first" [ "$(status "${id[4]}")" = "revoked superseded" ]
mkdir "$house/lot"
for n in 2 5 6; do
	csr "A-$n" "/CN=A-$n/serialNumber=A-$n"
	mv "$house/A-$n.csr" "$house/lot/"
done
is 0 "new keys by the batch" as_ci batch submit "$house/lot" --ca brief --profile device -o "$house/lot-out" --json
for n in 2 5 6; do
	is 0 "in place of what device $n had" [ "$(status "${id[n]}")" = "revoked superseded" ]
done
is 0 "of every authority" as_ci cert list --device A-2 --status good --json
like "one is left" '[.certificates[].ca] == ["brief"]'

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
is 0 "and three are told why not" [ "$(grep -l 'the 10 replacements that rule' "$house"/s*.said | wc -l)" = 3 ]
is 0 "those are replaced" as_ci cert list --status revoked --json
like "as the tables have it" '(.certificates | length) == 16'

trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}" --json
like "with nothing unchecked" '.ok and .unchecked == []'
house_result
