#!/bin/bash
# again.sh - who says the same again, after others said otherwise; and what an
# Idempotency-Key stands for then.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
house_ready
token=$(cat "$house/ci.token")
officer() { as_officer officer-1 "$@"; }

# ---- certificates of other CAs: A, B, A
issue() { # NAME - of nobody's CA
	make_key "$house/$1.key"
	openssl req -x509 -new -key "$house/$1.key" -subj "/O=Other/CN=$1" -days 300 -out "$house/$1.pem" 2>/dev/null
}
print_of() { openssl x509 -in "$house/$1.pem" -outform DER | sha256sum | cut -d' ' -f1; }
owned() { as_ci cert show "$(print_of "$1")" --json; }
for n in one m n; do
	issue "$n"
done
cat "$house/m.pem" "$house/n.pem" > "$house/two.pem"
leads() { as_ci cert import "$@" --owner release-leads --product thermostat --json; }
officers() { as_ci cert import "$@" --owner release-officers --json; }
is 0 "a certificate has an owner" leads "$house/one.pem"
is 0 "another is said" officers "$house/one.pem"
is 0 "it is theirs" owned one
like "as was said last" '.owner == "release-officers"'
is 0 "the first words again" leads "$house/one.pem"
like "enter it" '.entered == 1'
is 0 "and it is" owned one
like "as was said last" '.owner == "release-leads"'
is 0 "and back once more" officers "$house/one.pem"
is 0 "it is" owned one
like "the others' again" '.owner == "release-officers"'
is 0 "two of them" leads "$house/two.pem"
is 0 "of which one changes hands" officers "$house/m.pem"
is 0 "the same two again" leads "$house/two.pem"
like "bring the one back" '.entered == 1 and .known == 1'
is 0 "it is" owned m
like "theirs" '.owner == "release-leads"'
is 0 "and again" leads "$house/two.pem"
like "nothing is new" '.entered == 0 and .known == 2'

# ---- devices: the same
row() { printf 'serial,product,batch\nA-1,thermostat,%s\n' "$1" > "$house/$1.csv"; as_ci device import "$house/$1.csv" --json; }
is 0 "a device is of a batch" row first
is 0 "of another" row second
is 0 "and of the first again" row first
like "which is entered" '.changed == 1'
is 0 "it is" as_ci device show A-1 --json
like "of the first" '.batch == "first"'

# ---- a key of its own for each body
keyed() { # STATUS CODE PATH BODY KEY
	http POST "$3" "$token" "$4" -H "Idempotency-Key: $5"
	printf '%s %s\n' "$status" "$out"
	[ "$status $(jq -r '.code // "none"' <<< "$out")" = "$1 $2" ]
}
devices='{"devices":[{"serial":"K-%s","product":"lock"}]}'
other=$(printf '{"certificates":["%s"],"owner":"%%s"}' "$(openssl x509 -in "$house/one.pem" -outform DER | base64 -w0)")
# shellcheck disable=SC2059
body() { printf "$1" "$2"; }
is 0 "a device, under a key" keyed 200 none /v1/devices "$(body "$devices" 1)" k-1
is 0 "the same under it" keyed 200 none /v1/devices "$(body "$devices" 1)" k-1
is 0 "another device under it" keyed 409 conflict /v1/devices "$(body "$devices" 2)" k-1
is 66 "is not entered" as_ci device show K-2
is 0 "under a key of its own" keyed 200 none /v1/devices "$(body "$devices" 2)" k-2
is 0 "also what is known is not another key's" keyed 409 conflict /v1/devices "$(body "$devices" 2)" k-1
is 0 "a certificate, under a key" keyed 200 none /v1/certificates/import "$(body "$other" release-leads)" c-1
is 0 "of another owner under it" keyed 409 conflict /v1/certificates/import "$(body "$other" release-officers)" c-1
is 0 "and under its own" keyed 200 none /v1/certificates/import "$(body "$other" release-officers)" c-2
is 0 "the first body and its key again" keyed 200 none /v1/certificates/import "$(body "$other" release-leads)" c-1
is 0 "it is" owned one
like "done anew" '.owner == "release-leads"'
is 0 "a key of another action" keyed 409 conflict /v1/devices "$(body "$devices" 3)" c-1

# ---- an entry that has ended
register() { officer key register --name vend --class firmware-signing --at "a vendor's HSM" --json; }
is 0 "a key that lives elsewhere" register
is 0 "said again" register
like "is there" '.name == "vend" and .state == "registered"'
is 0 "its entry ends" officer key unregister vend --reason over
is 65 "said once more" register
tells "its name is not used twice" 'has ended.*not used twice'

# ---- what waits is not asked twice
key_asked rest-key firmware-signing || die "no key"
officer key suspend rest-key --reason "over Christmas" > /dev/null || die "not suspended"
resume() { officer key resume rest-key --reason "it is January" --no-wait --json; }
is 75 "to resume it waits" resume
first=$(field request)
is 75 "the same command" resume
is 0 "is the same request" test "$(field request)" = "$first"
is 75 "another reason" officer key resume rest-key --reason "it is needed" --no-wait --json
other=$(field request)
is 0 "is another" test "$other" != "$first"
holds "which is withdrawn" officer request cancel "$other"
is 0 "people agree" approve "$first" officer-2 officer-3
is 0 "it is resumed" officer key show rest-key --json
like "it is" '.state == "active"'
holds "it is suspended again" officer key suspend rest-key --reason "over Easter"
is 75 "and to be resumed" resume
is 0 "is asked anew" test "$(field request)" != "$first"

# ---- lists of requests
seq -f 'L-%.0f,lock' 30 | sed '1i serial,product' > "$house/many.csv"
is 0 "a page of devices" as_ci device import "$house/many.csv" --json
is 0 "its request, in a list" officer request list --action device.import --limit 1 --json
like "has how many, and their hash" '.requests[0] | (.document.parameters | has("devices") | not) and .left_out.devices.count == 30 and
    (.left_out.devices.hash | test("^[0-9a-f]{64}$"))'
first=$(field 'requests[0].request')
next=$(field next)
is 0 "alone" officer request show "$first" --json
like "it has all" '(.document.parameters.devices | length) == 30'
is 0 "the page behind" officer request list --action device.import --limit 1 --cursor "$next" --json
like "is another's" ".requests[0].request < \"$first\" and (.requests[0].document.parameters.devices | length) == 1"
is 0 "for people" officer request list --limit 1
tells "that there are more" '--cursor req_'

# ---- and all of it is in the ledger
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "an audit finds nothing, and makes the tables anew" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json
like "the same" '.findings == [] and (.replay.differences // []) == []'
house_result
