#!/bin/bash
# issuing.sh - an authority that is too short for what it is there to issue is
# told of before it has issued anything.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
service_settings+=("alerts.every: 1")
printf 'thermostat: { support-until: "%s" }\n' "$(date -u -d '+90 days' +%Y-%m-%d)" > "$house/charter/products.yaml"
sed 's/^validity: .*/validity: { for: P200D }/' "$house/charter/profiles/issuing-ca.yaml" > "$house/charter/profiles/brief-ca.yaml"
sed 's/^validity: .*/validity: { for: P30D }/' "$house/charter/profiles/device.yaml" > "$house/charter/profiles/month.yaml"
sed -i 's/cert.profile: device }/cert.profile: [device, month] }/' "$house/charter/classes/ca.yaml"
house_ready
told() { as_ci alert list --watch issuing --limit 100 --json | jq -e "[.alerts[].subject] == $1" > /dev/null; }

for k in root-key devices-key; do
	is 0 "a key" asked officer-1 key generate --name "$k" --class ca --product thermostat
	holds "in use" as_officer officer-1 key activate "$k"
done
authority() { # NAME KEY PROFILE ARG...
	asked officer-1 ca create --name "$1" --profile "$3" --key "$2" --subject O=Example --subject "CN=$1" \
	    --crl-url "http://pki.example/$1.crl" --issuer-url "http://pki.example/$1.crt" "${@:4}"
}
is 0 "a root" authority root root-key root
is 0 "an authority for 200 days, with a profile of ten years" authority devices devices-key brief-ca --issuer root --ocsp-url http://ocsp.example
is 0 "its last day for devices" as_ci ca show devices --json
like "is over" '.certificates[0].issues_until.device < (now | todate)'
holds "which is told" until_true 10 told '["devices"]'
is 0 "the alert" as_ci alert list --watch issuing --json
like "says by which profile" '.alerts[0].about.what | test("profile device at its full length ends")'
is 0 "and what ends before the support does" as_ci inventory solvency thermostat --json
like "has it" '[.products[0].runs_out[] | select(.part == "issuing") | [.name, .profile]] == [["devices", "device"]]'
csr T-1
is 0 "one that fits" as_ci cert issue --ca devices --profile month --device T-1 --csr "$house/T-1.csr"
holds "is what it issues from then on" until_true 10 told '[]'
is 0 "so nothing ends" as_ci inventory solvency thermostat --json
like "before the support" '[.products[0].runs_out[] | select(.part == "issuing")] == []'
house_result
