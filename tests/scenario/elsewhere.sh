#!/bin/bash
# elsewhere.sh - keys that others hold are in the inventory too: by somebody's
# word, beside those of the token, with what nobody has said of them.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
# A procedure that asks for proof, and a class whose entries take a second person.
cat >> "$house/charter/recovery.yaml" <<-YAML

	escrow:
	  purpose: The vendor brings it back from its escrow.
	  steps: [Ask the vendor.]
	  proven: P1Y
YAML
sed -i '/- name: elsewhere/,$ s/^    by: .*/&\n    approvals:\n      - { count: 1, of: release-officers, not: [requester], within: P1D, proof: [officer-key] }\n    permits: { uses: 1, for: PT1H }/' \
    "$house/charter/classes/ca.yaml"
house_ready
officer() { as_officer officer-1 "$@"; }
for n in radio boot; do
	make_key "$house/$n.key"
	openssl pkey -in "$house/$n.key" -pubout -out "$house/$n.pub" 2>/dev/null
done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp521r1 -out "$house/odd.key" 2>/dev/null
openssl req -x509 -key "$house/odd.key" -subj /CN=odd -days 9 -out "$house/odd.crt" 2>/dev/null
spki() { openssl pkey -in "$house/$1.key" -pubout -outform DER 2>/dev/null; }
hash_of() { spki "$1" | sha256sum | cut -d' ' -f1; }
last_year=$(date -u -d '-400 days' +%Y-%m-%d)
last_month=$(date -u -d '-30 days' +%Y-%m-%d)
next_month=$(date -u -d '+30 days' +%Y-%m-%d)

holds "a key of the token" house_key firmware

# ---- an entry
is 0 "a vendor's key is entered" officer key register --name radio --class firmware-signing --at "vendor HSM" \
    --custodian "Radio Ltd" --public "$house/radio.pub" --product thermostat --owner release-leads --recovery escrow \
    --activated "$last_year" --ends "$next_month" --restored "$last_year" --note "signs the radio's image" --json
like "as it was said" '.name == "radio" and .state == "registered" and .at == "vendor HSM" and .custodian == "Radio Ltd" and
    .products == ["thermostat"] and .owner == "release-leads" and .environment == "production"'
like "and no more than that" '.provenance == "asserted" and .elsewhere'
like "with what its public key says" ".algorithm == \"ec-p256\" and .hash == \"$(hash_of radio)\""
is 0 "one of which little is known" officer key register --name cloud --class firmware-signing --at "a cloud" --environment development --json
like "has no hash and no algorithm" '.hash == null and .algorithm == null and .products == []'
is 0 "one of another algorithm, by its certificate" officer key register --name odd --class firmware-signing --at "build server" \
    --public "$house/odd.crt" --product thermostat --json
like "is called other" ".algorithm == \"other\" and .hash == \"$(hash_of odd)\""

# ---- what is refused
is 65 "the name of a key of the token" officer key register --name firmware --class firmware-signing --at x
tells "is taken" 'a key named firmware already'
is 65 "the name of an entry" officer key register --name radio --class firmware-signing --at x --again
is 65 "and a key of the token cannot have it either" officer key generate --name radio --class firmware-signing --no-wait
tells "which is told" 'it lives elsewhere'
is 0 "the public half of a key of the token" bash -c "claviger key show firmware --json --officer-key '$house/officers/officer-1.pem' | jq -r .public_key > '$house/firmware.pub'"
is 65 "is in the inventory already" officer key register --name again --class firmware-signing --at x --public "$house/firmware.pub"
tells "as this house's" 'this house has the key'
is 65 "so is that of an entry" officer key register --name again --class firmware-signing --at x --public "$house/radio.pub"
tells "by its name" 'radio is the entry'
is 65 "a private key" officer key register --name again --class firmware-signing --at x --public "$house/boot.key"
tells "is not read" "private key is nobody's to show"
is 65 "a file of something else" officer key register --name again --class firmware-signing --at x --public "$house/charter/roster.yaml"
is 65 "a class that is none" officer key register --name again --class teapot --at x
is 65 "an owner that is no group" officer key register --name again --class firmware-signing --at x --owner nobody
is 65 "a recovery that is no procedure" officer key register --name again --class firmware-signing --at x --recovery prayer
is 65 "an end before its beginning" officer key register --name again --class firmware-signing --at x --activated "$next_month" --ends "$last_year"
is 65 "a restore that is yet to come" officer key register --name again --class firmware-signing --at x --restored "$next_month"
is 77 "whom no rule lets" as_ci key register --name again --class firmware-signing --at x
is 77 "strangers learn nothing" claviger key show radio
token=$(cat "$house/ci.token")
is 0 "a public key that is none" api 400 malformed POST /v1/keys/register \
    '{"name":"again","class":"firmware-signing","at":"x","public_key":"AAAA"}'
is 0 "the longest place" api 403 denied POST /v1/keys/register \
    "{\"name\":\"again\",\"class\":\"firmware-signing\",\"at\":\"$(printf '%0200d' 0)\"}"
is 0 "a longer one" api 422 out-of-range POST /v1/keys/register \
    "{\"name\":\"again\",\"class\":\"firmware-signing\",\"at\":\"$(printf '%0201d' 0)\"}"
is 0 "a member that is none" api 422 schema POST /v1/keys/register '{"name":"again","class":"firmware-signing","at":"x","uri":"x"}'

# ---- under approval
is 75 "a class may ask for a second person" officer key register --name partner-ca --class ca --at "partner" --ends "$next_month" --no-wait --json
waits=$(field request)
is 0 "meanwhile its name" officer key register --name other-ca --class firmware-signing --at "partner"
holds "who agrees" approve "$waits" officer-2
is 0 "the entry is there" officer key show partner-ca --json
like "by that request" ".request == \"$waits\" and .class == \"ca\""

# ---- corrections
is 0 "the vendor has proven its escrow" officer key correct radio --restored "$last_month" --product lock --json
like "which is added to what was said" '.restored > "2026" and .products == ["thermostat", "lock"] and .custodian == "Radio Ltd"'
is 0 "nobody knows the custodian after all" officer key correct radio --unset custodian --unset note --json
like "so none is told" '.custodian == null and .note == null and .at == "vendor HSM"'
is 0 "the public key becomes known" officer key correct cloud --public "$house/boot.pub" --json
like "with its algorithm" ".hash == \"$(hash_of boot)\" and .algorithm == \"ec-p256\""
is 0 "it may be said twice" officer key correct cloud --public "$house/boot.pub"
is 65 "and is another key's then" officer key correct cloud --public "$house/odd.crt" --json
tells "which is told" 'is another'
is 75 "two corrections wait for a second person" officer key correct partner-ca --at "one" --no-wait --json
one=$(field request)
is 75 "each of what there is" officer key correct partner-ca --at "other" --no-wait --json
holds "one of them comes first" approve "$(field request)" officer-2
holds "the other is approved, too" approve "$one" officer-2
is 0 "but is not put over it" officer key show partner-ca --json
like "unseen" '.at == "other"'
is 65 "its requester learns why" officer request wait "$one"
tells "and what to do" 'corrected meanwhile, by req_.*ask again'
is 66 "no entry" officer key correct teapot --at x
is 66 "nor is a key of the token" officer key correct firmware --at x
token=$(as_officer officer-1 login --json 2> /dev/null | jq -r '.token // empty')
is 0 "what cannot be taken back" api 400 malformed POST /v1/keys/radio/correct '{"unset":["at"]}'

# ---- reading
is 0 "all that live elsewhere" officer key list --elsewhere --json
like "by name" '[.keys[].name] == ["cloud", "odd", "other-ca", "partner-ca", "radio"] and .next == null'
is 0 "a page" officer key list --elsewhere --limit 2 --json
like "and where it goes on" '[.keys[].name] == ["cloud", "odd"] and .next == "odd"'
is 0 "behind it" officer key list --elsewhere --limit 5 --cursor odd --json
like "are the others" '[.keys[].name] == ["other-ca", "partner-ca", "radio"] and .next == null'
is 0 "of one product line" officer key list --elsewhere --product lock --json
like "one" '[.keys[].name] == ["radio"]'
is 0 "the keys of the token" officer key list --json
like "are without them" '[.keys[].name] == ["firmware"]'
is 0 "by its public key" officer key show "$(hash_of radio)" --json
like "it is the same" '.name == "radio"'
is 0 "for people" officer key show radio
shows "where it is" '^at +vendor HSM$'
is 0 "a list for people" officer key list --elsewhere
shows "a line each" '^radio +firmware-signing +vendor HSM .* registered +20'
product() { as_ci inventory product thermostat "$@"; }
is 0 "what a product line depends on" product --json
like "in one order with the keys of the token" '[.keys[].name] == ["firmware", "odd", "radio"]'
like "counted apart" '.counts.keys.total == 1 and .counts.elsewhere == {total: 2, expiring: 1, ended: 0}'
like "what ends soon is marked" '.keys[2] | .expiring and .gaps == [] and .certificates == []'
like "and what nobody has said" '[.keys[1].gaps[].gap] == ["owner", "recovery", "end", "activated"]'
is 0 "a line that only others hold keys for" as_ci inventory product lock --json
like "is known" '[.keys[].name] == ["radio"] and .counts.keys.total == 0'
http GET '/v1/inventory/products/thermostat?limit=2' "$(cat "$house/ci.token")"
like "a page of both" '[.keys[].name] == ["firmware", "odd"] and .next == "odd" and .counts.elsewhere.total == 2'
http GET '/v1/inventory/products/thermostat?limit=2&cursor=odd' "$(cat "$house/ci.token")"
like "and the next" '[.keys[].name] == ["radio"] and .next == null'
is 0 "for people" product
shows "with its place" '^radio +firmware-signing +vendor HSM .*expiring$'
shows "and counted" '^elsewhere +2 +1 +0$'
is 0 "as CSV" product --format csv -o "$house/line.csv"
out=$(tr -d '\r' < "$house/line.csv")
shows "with place, custodian and restore" '^key,odd,[0-9a-f]{64},firmware-signing,other,production,,,production-image: 2 of release-officers,registered,.*,"?no owner, no recovery, no end, no activated"?,,build server,,$'
is 0 "as a bill of materials" product --format cyclonedx -o "$house/cbom.json"
out=$(cat "$house/cbom.json")
like "with its place and no state that nobody knows" '[.components[] | select(.name == "radio") | .cryptoProperties.relatedCryptoMaterialProperties] |
    length == 1 and (.[0] | .securedBy.mechanism == "vendor HSM" and .state == null and .expirationDate != null)'
like "as somebody's word" '[.components[] | select(.name == "radio") | .properties[] | select(.name == "claviger:provenance") | .value] == ["asserted"]'
if [ -n "${CYCLONEDX_SCHEMA:-}" ]; then
	is 0 "as the official schema has it" python3 "$CLAVIGER_SOURCE/tests/lib/cyclonedx.py" "$house/cbom.json"
fi
is 0 "one of them" as_ci inventory key radio --json
like "nobody can use" '.key.name == "radio" and .who_can.rules == [] and .windows == [] and .uses.total == 0'
like "nor end, but for its entry" '[.key.end[] | del(.rules)] == [{outside: "destroy", at: "vendor HSM", owner: "release-leads"}, {action: "key.unregister"}] and
    (.key.end[1].rules | length) == 1'
like "and has gone nowhere yet" '.counts == {copies: 0, devices: 0} and .key.copies == [] and .key.devices == []'
is 0 "for people" as_ci inventory key radio
shows "where it is" '^at +vendor HSM$'
shows "and how it ends" '^the key +\(have it destroyed: vendor HSM\) .*release-leads'

# ---- where it has gone
mkdir "$house/lie"
cp "$house/radio.key" "$house/lie/one.key"
cp "$house/radio.key" "$house/lie/two.key"
openssl req -x509 -key "$house/radio.key" -subj /CN=radio -days 90 -out "$house/radio.crt" 2> /dev/null
holds "its private half lies about" officer discover files "$house/lie" --host b-1
is 0 "its certificate is entered" officer cert import "$house/radio.crt" --product thermostat
for n in 1 2 3; do
	echo "{\"serial\":\"R-$n\",\"product\":\"thermostat\",\"keys\":[\"radio\"]}"
done > "$house/made.ndjson"
echo "{\"serial\":\"R-3\",\"product\":\"thermostat\",\"keys\":[\"radio\",\"$(hash_of radio)\"]}" >> "$house/made2.ndjson"
is 0 "a factory puts it into devices" officer device import "$house/made.ndjson"
is 0 "into one of them twice" officer device import "$house/made2.ndjson"
is 0 "so" as_ci inventory key radio --json
like "its copies are told" "[.key.copies[] | .place, .state] == [\"file://b-1$(realpath "$house/lie")/one.key\", \"open\", \"file://b-1$(realpath "$house/lie")/two.key\", \"open\"]"
like "and what ends each" '.key.copies[0] | .end == [{outside: "remove", at: .place}]'
like "and its devices, once each" '[.key.devices[].serial] == ["R-1", "R-2", "R-3"] and (.key.devices[0].product) == "thermostat"'
like "all of which are counted" '.counts == {copies: 2, devices: 3} and (.key.more_copies or .key.more_devices | not)'
like "and are to be given another" '[.key.end[] | select(.outside == "replace")] == [{outside: "replace", devices: 3}]'
like "its certificate is its issuer's to revoke" '.key.certificates | length == 1 and .[0].end == [{outside: "revoke", issuer: "CN=radio"}]'
is 0 "for people" as_ci inventory key radio
shows "where a copy lies" '^file://b-1/.*/one.key +private-key +.* +open '
shows "which device has it" '^R-2 +thermostat'
shows "whom to ask" '^a certificate +\(ask CN=radio to revoke [0-9a-f]{16}[.]{3}\)'
shows "what becomes of the devices" '^in devices +\(give 3 of them another key\)'
token=$(cat "$house/ci.token")
http GET '/v1/inventory/keys/radio?cursor=device:R-1' "$token"
like "a page of devices" '[.key.devices[].serial] == ["R-2", "R-3"] and (.key | has("copies") | not) and (has("counts") | not)'
is 0 "a cursor of no copy" api 400 malformed GET '/v1/inventory/keys/radio?cursor=copy:x'
rm "$house/lie/two.key"
holds "one is removed" officer discover files "$house/lie" --host b-1
is 0 "and is told" as_ci inventory key radio --json
like "no more" '.counts.copies == 1 and (.key.copies | length) == 1'

# ---- gaps
is 0 "what lacks something" as_ci inventory gaps --json
like "in one order" '[.gaps[].name] == ["cloud", "odd", "other-ca", "partner-ca"] and .total == 4'
like "an owner, a recovery, an end, a product line, a public key, and since when" \
    '[.gaps[2].gaps[].gap] == ["owner", "recovery", "end", "product", "public-key", "activated"] and .counts.activated == 4 and .counts["public-key"] == 2'
is 0 "the recovery was proven too long ago" officer key correct radio --restored "$last_year"
is 0 "what lacks something" as_ci inventory gaps --json
like "has one more" '.counts.restore == 1 and (.gaps[4] | .name == "radio" and [.gaps[].gap] == ["restore"])'
is 0 "or never" officer key correct radio --unset restored
is 0 "what lacks something" as_ci inventory gaps --json
like "is the same" '.counts.restore == 1'
is 0 "where no proof is asked for" officer key correct radio --recovery rotate
is 0 "what lacks something" as_ci inventory gaps --json
like "there is none lacking" '.counts.restore == 0 and .total == 4'
is 0 "a page of gaps" as_ci inventory gaps --limit 1 --cursor cloud --json
like "one" '[.gaps[].name] == ["odd"] and .next == "odd"'
is 65 "a cursor that was none" as_ci inventory gaps --cursor 'bogus!!'
tells "is refused" '/cursor: not one of this list'
token=$(cat "$house/ci.token")
is 0 "of a product line too" api 400 malformed GET '/v1/inventory/products/thermostat?cursor=bogus!!'
is 0 "for people" as_ci inventory gaps
shows "in words" '^odd .*no owner, no recovery, no end, no activated$'

# ---- an entry ends
is 0 "the vendor destroyed it" officer key unregister radio --reason "destroyed there" --json
like "which is told" '.state == "ended" and .reason == "destroyed there"'
is 65 "it is corrected no more" officer key correct radio --at x
is 65 "nor ended" officer key unregister radio
tells "being ended" 'has ended'
is 65 "its name is not given again" officer key register --name radio --class firmware-signing --at x --again
is 0 "its public key may be" officer key register --name radio-2 --class firmware-signing --at "another vendor" --public "$house/radio.pub" --json
is 0 "by which the living one is found" officer key show "$(hash_of radio)" --json
like "the new one" '.name == "radio-2"'
is 0 "what a product line depends on" product --json
like "has no mark of the ended one" '[.keys[] | select(.name == "radio")][0] | (.expiring | not) and (.ended | not) and .gaps == []'
is 0 "those that ended" officer key list --elsewhere --state ended --json
like "one" '[.keys[].name] == ["radio"]'

# ---- and all of it is in the ledger
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "an audit finds nothing, and makes the tables anew" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json
like "the same" '.findings == [] and (.replay.differences // []) == []'
is 0 "what happened" officer ledger events --kind key.corrected --json
like "each correction" '(.events | length) == 8'
house_result
