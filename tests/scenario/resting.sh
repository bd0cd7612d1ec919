#!/bin/bash
# resting.sh - what is revoked while the key that signs the list rests: whoever
# revokes is told so, people are warned, and the list comes when the key is
# woken.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

service_settings+=("alerts.every: 1")
house_new
trap house_end EXIT
house_store
mkdir -p "$house/charter/alerts"
cat > "$house/charter/alerts/lists.yaml" <<-YAML
	why: What is revoked is to be known.
	watch: list
	after: PT1S
YAML
at=http://127.0.0.1:$public_port
service_options=(--set "public.url=$at")
house_ready
for k in root-key devices-key; do key_asked "$k" ca || die "no key $k"; done
holds "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
holds "an authority below it" asked officer-1 ca create --name devices --profile issuing-ca --issuer root \
    --key devices-key --subject O=Example --subject CN=Devices
holds "the root signs a list" until_true 10 crl root
holds "and the authority" until_true 10 crl devices
holds "its certificate" as_ci ca show devices -o "$house/devices.pem"
holds "a device's" device devices one
sleep 1

# shown CA FILTER - its list, as it is served.
shown() { as_ci ca show "$1" --json | jq -e ".lists[0] | $2" > /dev/null; }
warned() { as_ci status --json | jq -e ".revocation | $1" > /dev/null; }
alarmed() { as_ci alert list --watch list --json | jq -e ".alerts | $1" > /dev/null; }
lists() { crl "$1" && openssl crl -inform DER -in "$house/$1.crl" -noout -text | grep -qi "Serial Number: $(serial "$2")"; }

holds "the root's key is laid to rest" as_officer officer-1 key suspend root-key
sleep 2
is 0 "no revocation waits: the list is as it should be" shown root '.late == false and .untold == 0 and .waits == null'
is 0 "and nobody is warned" warned '.late == 0 and .untold == 0 and .warning == null'

before=$((16#$(crl_number root)))
is 0 "the authority is revoked meanwhile" as_ci cert revoke "$(serial devices)" --reason ca-compromise --yes --json
like "and whoever did it is told which key its list waits for" '.status == "revoked" and
    .waits == { key_name: "root-key", state: "suspended" } and (.warning | test("no revocation list tells this yet.*root-key is suspended"))'
is 0 "people, too" as_ci cert revoke "$(serial devices)" --reason ca-compromise --yes
tells "in words" 'root-key is suspended'
holds "its list is late" until_true 10 shown root '.late == true and .untold == 1 and .waits == "its key root-key is suspended"'
is 0 "people see it" as_ci ca show root
tells "and why" 'its key root-key is suspended'
is 0 "the house's status warns" warned '.late == 1 and .untold == 1 and (.warning | test("of root: its key root-key is suspended"))'
is 0 "and the service's log" grep -q 'root: certificates revoked.*1 more; its key root-key is suspended' "$house/service.log"
holds "an alert is raised" until_true 10 alarmed 'length == 1 and .[0].name == "root" and .[0].about.untold == 1 and
    (.[0].about.what | test("no list tells so yet: 1; the first, of root: its key root-key is suspended"))'
is 1 "no list has it" lists root devices

service_stop KILL
service_up "$store" || die "the service did not start again"
holds "a service that starts anew warns again" until_true 10 warned '.untold == 1 and .late == 1'

is 0 "a device's, whose list is signed" as_ci cert revoke "$(serial one)" --yes --json
like "waits for no key" '.waits == null and .warning == null'
holds "is on it" until_true 10 lists devices one
is 0 "which is not late" shown devices '.late == false and .untold == 0'

is 0 "the root's key is woken" asked officer-1 key resume root-key
woken=$(date +%s%N)
holds "its list comes at once" until_true 10 lists root devices
is 0 "within seconds" test $((($(date +%s%N) - woken) / 1000000)) -lt 8000
is 0 "with a higher number" above "$before" crl_number root
is 0 "it is not late any more" shown root '.late == false and .untold == 0 and .waits == null'
is 0 "the status warns of nothing" warned '.late == 0 and .untold == 0 and .warning == null'
holds "and the alert is over" until_true 10 alarmed 'length == 0'
is 0 "to say it once more" as_ci cert revoke "$(serial devices)" --reason ca-compromise --yes --json
like "waits for no key" '.waits == null'

is 75 "the authority's key is given up" as_officer officer-1 key deactivate devices-key --no-wait --json
holds "as another agrees" approve "$(field request)" officer-2
device2=$(as_ci cert list --ca devices --json | jq -r '.certificates[0].serial')
is 0 "what it issued is revoked" as_ci cert revoke "$device2" --reason key-compromise --yes --json
like "and no list will ever say so" '.waits.state == "deactivated" and (.warning | test("none can"))'

trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}"
house_result
