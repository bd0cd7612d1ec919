#!/bin/bash
# many.sh - certificates revoked, held and released by what they have in common:
# first only what it would come to, then all of them, also through a crash.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
many=1100	# certificates: a part of a thousand, and a second

house_new
trap house_end EXIT
house_store
# A profile that knows no device answers one request many times.
cat > "$house/charter/profiles/bulk.yaml" <<'YAML'
purpose: One of many.
kind: end-entity
keys: [ec-p256]
subject:
  - { attribute: commonName, from: request, required: true }
validity: { for: P1Y }
key-usage: [digital-signature]
extended-key-usage: [client-auth]
crl-distribution-point: true
retention: P1Y
YAML
sed -i '/^rules:$/a\  - name: bulk\n    why: Many at once.\n    action: [cert.issue]\n    when: { cert.profile: bulk }\n    by: [release-tools]\n' \
    "$house/charter/classes/ca.yaml"
at=http://127.0.0.1:$public_port
service_options=(--set "public.url=$at")
house_ready

csr() {
	make_key "$house/$1.key"
	openssl req -new -key "$house/$1.key" -subj "/CN=$1" -out "$house/$1.csr" 2>/dev/null
}
device() {
	csr "$1"
	as_ci cert issue --ca devices --profile device --device "$1" --csr "$house/$1.csr" -o "$house/$1.pem"
}
devices() { local d; for d in "$@"; do device "$d" || return; done; }
# bulk N - so many certificates for one request, one after the other.
bulk() {
	local i body
	csr bulk
	body=$(jq -nc --arg c "$(cat "$house/bulk.csr")" \
	    '{profile: "bulk", csr: $c, subject: [["commonName", "bulk"]]}')
	printf '%s' "$body" > "$house/body"
	for i in $(seq "$1"); do
		printf 'url = "%s/v1/cas/devices/certificates"\ndata = "@%s"\noutput = "%s"\n' "$url" "$house/body" /dev/null
		printf 'header = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' "$(cat "$house/ci.token")"
		printf 'cacert = "%s"\nwrite-out = "%%{http_code}\\n"\nnext\n' "$house/anchor.pem"
	done | sed '$d' > "$house/curl"
	curl -s -K "$house/curl" > "$house/codes" && [ "$(grep -c "^200" "$house/codes")" = "$1" ]
}
crl() { curl -sf --max-time 20 -o "$house/crl" "$at/crl/devices/0.crl"; }
entries() { crl && openssl crl -inform DER -in "$house/crl" -noout -text 2>/dev/null | grep -c 'Serial Number:'; }
entries_are() { [ "$(entries)" = "$1" ]; }
statuses() { as_ci cert list --ca devices --profile device --status "$1" --json | jq -r '[.certificates[].device] | sort | join(" ")'; }
change() { local verb=$1; shift; as_ci cert "$verb" --ca devices "$@" --json; }

for k in root-key devices-key; do
	is 0 "$k is generated" asked officer-1 key generate --class ca --name "$k"
	holds "$k is put to use" as_officer officer-1 key activate "$k"
done
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 0 "an authority" asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key \
    --subject O=Example --subject CN=Devices
holds "devices" devices unit-1 unit-2 unit-3 unit-9 unit-10 unit-11
sleep 1
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
is 0 "many" bulk $many
holds "the first list is there" until_true 10 crl

# ---- what it would come to
is 64 "none is not all" change revoke --reason ca-compromise --yes
tells "which is told" 'name certificates, or say what those of devices have in common; --all means every one of them'
is 64 "nor is an expired one" change revoke --expired --yes
is 64 "a name that is empty is none" change revoke "" --yes
tells "neither" 'CERTIFICATE is empty'
for verb in revoke hold release; do
	is 64 "$verb: a range without its ends" change "$verb" --device .. --yes
	is 64 "$verb: without its last" change "$verb" --device unit-1.. --yes
	is 64 "$verb: a device that is empty" change "$verb" --device "" --yes
	is 64 "$verb: all, or what they have in common" change "$verb" --all --device unit-1 --yes
	is 64 "$verb: all, or one" change "$verb" --all 40 --yes
	is 64 "$verb: all of one authority" as_ci cert "$verb" --all --yes
	is 64 "$verb: none at all" change "$verb" --yes
done
for body in '{"filter":{}}' '{"filter":{"expired":true}}' '{"filter":{"device":"unit-1"},"all":true}' '{"ids":[],"all":true}' \
    '{"filter":{"device":""}}' '{"filter":{"profile":"bulk","by":""}}'; do
	out=$(curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" -d "$body" \
	    -H 'Content-Type: application/json' "$url/v1/cas/devices/revoke")
	like "the interface refuses it too: $body" '.code == "malformed" and (.detail | test("/all|is empty"))'
done
is 0 "all of an authority" change revoke --all --dry-run
like "are counted" ".certificates == $many + 6 and .changing == .certificates and .devices == 6 and .beyond == 0"
like "by profile" "[.profiles[] | [.profile, .certificates]] | sort == [[\"bulk\", $many], [\"device\", 6]]"
is 0 "a range: shorter ones come first" change revoke --device unit-9..unit-11 --dry-run
like "three" '.certificates == 3 and .devices == 3'
is 0 "one device" change revoke --device unit-9 --dry-run
like "one" '.certificates == 1 and .devices == 1'
is 0 "what was issued before" change revoke --issued-before "$before" --dry-run
like "the devices" '.certificates == 6'
is 0 "and since" change revoke --issued-since "$before" --profile bulk --dry-run
like "the many" ".certificates == $many and .devices == 0"
spki=$(openssl pkey -in "$house/unit-2.key" -pubout -outform DER | sha256sum | cut -d' ' -f1)
is 0 "one key" change hold --key "$spki" --dry-run
like "one device's" '.certificates == 1 and .crl_octets == 49'
is 0 "what a tool asked for" change revoke --by ci --dry-run
like "is all" ".certificates == $many + 6"
is 66 "another asked for none" change revoke --by officer-1 --dry-run
# release BODY - what the tool, which no rule lets release, is told.
release() {
	curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" -H 'Content-Type: application/json' \
	    -d "$1" -w '\n{"http":%{http_code}}' "$url/v1/cas/devices/release" | jq -sc 'add | del(.instance) |
	    walk(if type == "object" then del(.["time.of-day"]) else . end)'
}
out=$(release '{"filter":{"device":"unit-1"}}') refused=$out
like "whom no rule lets is refused where certificates are so" '.http == 403 and (.type | endswith("denied"))'
for body in '{"filter":{"device":"unit-0"}}' '{"filter":{"device":"unit-0"},"dry_run":true}' '{"serials":["40"]}'; do
	out=$(release "$body")
	is 0 "and in the same words where none is" test "$out" = "$refused"
done
is 64 "without --yes nothing is done" change revoke --device unit-1
is 65 "of an authority, by serial number" as_ci cert revoke unit-1 --ca devices --yes
is 64 "a filter goes with an authority" as_ci cert revoke --profile device --yes
is 64 "something is named" as_ci cert revoke --yes
is 0 "nothing was" statuses revoked
[ -z "$out" ] || die "revoked: $out"

# ---- all of them, through a crash
is 0 "what it would come to" change revoke --profile bulk --reason superseded --dry-run
like "entries" ".crl_entries == $many and .changing == $many"
grows=$(jq '.partitions[0].grows_to' <<< "$out")
(change revoke --profile bulk --reason superseded --yes --no-wait > /dev/null 2>&1) &
asking=$!
until_true 10 bash -c '[ "$(CLAVIGER_TOKEN_FILE="$1" claviger cert list --status revoked --limit 1 --json | jq ".certificates | length")" = 1 ]' - "$house/ci.token"
service_stop KILL
wait $asking
service_up "$store" || die "the service did not start again"
holds "what was begun is finished by itself" until_true 30 entries_are $many
crl
size=$(stat -c %s "$house/crl")
is 0 "the list grew to what was said" test $((size > grows ? size - grows : grows - size)) -le 16
is 0 "again" change revoke --profile bulk --reason superseded --dry-run
like "nothing would change" ".changing == 0 and .unchanged == $many and .crl_octets == 0"
is 0 "for a compromise" change revoke --profile bulk --reason key-compromise --dry-run
like "all would, and the list grows by none" ".changing == $many and .unchanged == 0 and .crl_octets == 0"
is 0 "a hold of them would change nothing" change hold --profile bulk --dry-run
like "either" ".changing == 0 and .unchanged == $many"
is 65 "nor is it asked for" change hold --profile bulk --yes
is 0 "again for good, as somebody has the keys" change revoke --profile bulk --reason key-compromise --yes
like "they are so" ".certificates == $many and .status == \"revoked\" and .reason == \"key-compromise\""
compromised() { crl && [ "$(openssl crl -inform DER -in "$house/crl" -noout -text | grep -c 'Key Compromise')" = "$many" ]; }
holds "and the list says so" until_true 30 compromised

# ---- what people agreed to is what is done
is 65 "who was never on hold is not released" as_officer officer-1 cert release --ca devices --device unit-1..unit-9 --yes --no-wait
tells "and nobody is asked" 'none of these certificates is on hold: there is nothing to release'
is 0 "a range is held" change hold --device unit-1..unit-9 --note "a lost pallet" --yes
is 0 "all of it" statuses held
[ "$out" = "unit-1 unit-2 unit-3 unit-9" ] || die "held: $out"
is 75 "its release waits" as_officer officer-1 cert release --ca devices --device unit-1..unit-9 --yes --no-wait --json
req=$(field request)
like "for so many" '.document.parameters.selection | .certificates == 4 and (.parts | length) == 1'
holds "another device" device unit-8
is 0 "is held meanwhile" change hold --device unit-8 --yes
is 0 "an officer sees what it is about" as_officer officer-2 request show "$req"
tells "the range" 'up to +unit-9'
is 0 "the release is agreed to" approve "$req" officer-2
is 0 "who came later stays held" statuses held
[ "$out" = "unit-8" ] || die "held: $out"

is 75 "another release waits" as_officer officer-1 cert release --ca devices --device unit-7..unit-9 --yes --no-wait --json
req=$(field request)
is 0 "what it is about is revoked meanwhile" change revoke --device unit-8 --yes
holds "and it is agreed to" approve "$req" officer-2
is 0 "who asked" as_officer officer-1 request show "$req" --json
like "hears what there is" '.result | .certificates == 2 and .statuses == {"good": 1, "revoked": 1}'

is 0 "the ledger verifies" as_ci audit export -o "$house/bundle"
is 0 "and its replay is the tables" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json
like "all of it" '.ok and .replay.ok and .replay.tables.request_parts == 7'
house_result
