#!/bin/bash
# inventory.sh - one question answered from one place: what does this product
# line depend on, who answers for it, and when does each part end?
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
printf 'thermostat: { support-until: "%s" }\nlock: { support-until: "2036-12-31" }\n' "$(date -u -d '+16 years' +%Y-%m-%d)" > "$house/charter/products.yaml"
sed 's/^validity: .*/validity: { until: "2029-05-06T07:08:09Z" }/' "$house/charter/profiles/device.yaml" > "$house/charter/profiles/fixed.yaml"
sed -i 's/not: thermostat-root/not: root/' "$house/charter/classes/ca.yaml"
house_ready

# key NAME CLASS ARG... - generated under quorum, put to use.
key() {
	local name=$1 class=$2
	shift 2
	asked officer-1 key generate --name "$name" --class "$class" "$@" > /dev/null &&
	    as_officer officer-1 key activate "$name" > /dev/null
}
product() { as_ci inventory product thermostat "$@"; }

holds "a firmware key" house_key firmware
token=$(cat "$house/ci.token")
holds "a root's key" key root-key ca --product thermostat
holds "an authority's key" key devices-key ca --product thermostat --product camera
holds "a responder's key" key answers ocsp-responder --product thermostat
holds "one that was replaced" key older ocsp-responder
is 75 "and is to go out of use" as_officer officer-1 key deactivate older --no-wait --json
holds "which a second person agrees to" approve "$(field request)" officer-2
holds "a key that no rule lets anybody use" key stray firmware-signing --environment staging
is 0 "a key that waits" asked officer-1 key generate --name next --class firmware-signing --product thermostat
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example \
    --subject "CN=Example Root" --crl-url http://pki.example/crl/root --issuer-url http://pki.example/root.crt
is 0 "an authority" asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key \
    --subject O=Example --subject "CN=Example Devices" --crl-url http://pki.example/crl/devices \
    --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices.crt
for n in 1 2 3 4 5 6 7; do
	holds "device $n" device devices "T-$n"
done
holds "one is revoked" as_ci cert revoke "$(serial T-1)" --reason superseded --yes
holds "one is held" as_ci cert hold "$(serial T-2)" --yes

# ---- a product line
is 0 "all that it depends on" product --json
view=$out
like "its keys, by name" '[.keys[].name] == ["answers", "devices-key", "firmware", "next", "root-key"] and .next == null'
like "whose each is, and what is done without it" 'all(.keys[]; .owner == "release-leads" and .recovery == "rotate")'
like "where it lives" 'all(.keys[]; .uri | startswith("pkcs11:"))'
like "by whose leave it is used" '.keys[2].authority[0] == {rule: "production-image", actions: ["key.sign"],
    by: ["release-tools"], verdict: "wait", approvals: [{count: 2, of: "release-officers"}]}'
like "by no rule of another environment" '[.keys[2].authority[].rule] == ["production-image"]'
like "making a key is not using it" '[.keys[].authority[].actions[]] | index("key.generate") == null'
like "since when" '[.keys[] | select(.activated == null) | .name] == ["next"]'
like "and until when: two years on" '.keys[2] | (.ends[:4] | tonumber) - (.activated[:4] | tonumber) == 2'
like "what was never used has no end yet" '.keys[3] | .ends == null and .gaps == [] and .expiring == false'
like "each key's authorities" '[.keys[] | .authorities[] | .name] == ["devices", "root"]'
like "and when they end" 'all(.keys[].authorities[]; .state == "active" and .not_after > "2026")'
like "the authority's own certificate" \
    '.keys[1].certificates | length == 1 and (.[0] | .ca == "root" and .profile == "issuing-ca" and .status == "good")'
like "what it has issued, by status" \
    '.keys[1].authorities[0].issued | .total == 7 and .good == 5 and .revoked == 1 and .held == 1'
like "and what of it ends first: five at most, in that order" '.keys[1].authorities[0].issued.soonest |
    ([.[].device] == ["T-3", "T-4", "T-5", "T-6", "T-7"]) and ([.[].not_after] | . == sort)'
like "all are counted" '.counts.keys.total == 5 and .counts.authorities.total == 2 and .counts.certificates.total == 2'
like "nothing ends within a year, and nothing is lacking" \
    '.counts.keys.expiring == 0 and .counts.keys.ended == 0 and .counts.lacking == 0 and (.looked_until == null)'
is 0 "within three years" product --within P3Y --json
like "two keys do" '.counts.keys.expiring == 2 and ([.keys[] | select(.expiring) | .name] == ["answers", "firmware"])'
is 0 "within fifty" product --within P50Y --json
like "so do the certificates that are good" '.keys[1].authorities[0] | .expiring and .issued.expiring == 5'
is 0 "another line has its own part" as_ci inventory product camera --json
like "and what stands above it" '[.keys[] | [.name, .shared]] == [["devices-key", null], ["root-key", true]] and .counts.keys.total == 2 and .counts.shared == 1'
is 0 "for people" product --within P3Y
shows "a line has owner, end and mark" '^firmware +firmware-signing .* release-leads .* expiring$'
shows "a line has the quorum" '^firmware +production-image .* 2 of release-officers$'
shows "a line counts them" '^keys +5 +2 +0$'

# ---- for other programs
is 0 "as JSON, to a file" product --format json -o "$house/line.json"
is 0 "what the interface says" bash -c "jq -e '[.keys[].name] == [\"answers\", \"devices-key\", \"firmware\", \"next\", \"root-key\"]' '$house/line.json'"
is 0 "as CSV" product --format csv -o "$house/line.csv"
is 0 "each line with both its ends" bash -c "[ \$(grep -c $'\r$' '$house/line.csv') = 10 ] && [ \$(wc -l < '$house/line.csv') = 10 ]"
out=$(tr -d '\r' < "$house/line.csv")
shows "its columns" '^part,name,key,class,algorithm,environment,owner,recovery,authority,state,issuer,profile,subject,serial,begins,ends,marks,issued,where,custodian,restored$'
shows "a key" '^key,firmware,[0-9a-f]{64},firmware-signing,ec-p256,production,release-leads,rotate,production-image: 2 of release-officers,active,,,,,20[^,]*,20[^,]*,,,"?pkcs11:'
shows "an authority: its key's owner, and how many it issued" \
    '^authority,devices,[0-9a-f]{64},,,,release-leads,rotate,,active,root,issuing-ca,"O=Example, CN=Example Devices",,20[^,]*,20[^,]*,,7,,,$'
shows "a certificate" '^certificate,crt_[a-z0-9]*,[0-9a-f]{64},,,,release-leads,rotate,,good,root,issuing-ca,"O=Example, CN=Example Devices",[0-9a-f]*,20'
is 0 "as a bill of materials" product --format cyclonedx -o "$house/cbom.json"
out=$(cat "$house/cbom.json")
like "of this product line" '.bomFormat == "CycloneDX" and .specVersion == "1.6" and .metadata.component.name == "thermostat"'
like "each key, with its state and its end" '[.components[] | select(.cryptoProperties.relatedCryptoMaterialProperties.type == "private-key") |
    [.name, .cryptoProperties.relatedCryptoMaterialProperties.state, (.cryptoProperties.relatedCryptoMaterialProperties.expirationDate != null)]] ==
    [["answers", "active", true], ["devices-key", "active", true], ["firmware", "active", true], ["next", "pre-activation", false],
     ["root-key", "active", true]]'
like "each certificate" '[.components[] | select(.cryptoProperties.assetType == "certificate") |
    .cryptoProperties.certificateProperties.subjectName] == ["O=Example, CN=Example Devices", "O=Example, CN=Example Root"]'
like "each algorithm once" '[.components[] | select(.cryptoProperties.assetType == "algorithm") | .name] == ["ec-p256/ecdsa-sha256"]'
like "whose each key is" '[.components[].properties[]? | select(.name == "claviger:owner") | .value] | length == 5 and unique == ["release-leads"]'
# shellcheck disable=SC2016 # the name is jq's
like "nothing refers to what is not there, and the line depends on all" \
    '([.components[]."bom-ref", .metadata.component."bom-ref"]) as $there | ([.dependencies[] | .ref, .dependsOn[]] - $there == []) and
    ([.components[].cryptoProperties | .. | strings | select(startswith("algorithm/") or startswith("public-key/"))] - $there == []) and
    ($there | length == (unique | length)) and (.dependencies[-1].dependsOn | length == 7)'
schema() { python3 "$CLAVIGER_SOURCE/tests/lib/cyclonedx.py" "$house/cbom.json"; }
if [ -n "${CYCLONEDX_SCHEMA:-}" ]; then
	is 0 "as the official schema has it" schema
fi
is 64 "a file is for these" product -o "$house/line.txt"
is 64 "a format that is none" product --format xml

# ---- until when it can be kept up
is 0 "what ends before its support does" as_ci inventory solvency thermostat --json
like "the keys in use, by their cryptoperiod" '.products | length == 1 and (.[0] | (.solvent | not) and
    ([.runs_out[] | select(.part == "key") | .name] | index("firmware")) != null and (.support_until as $s | all(.runs_out[]; .ends < $s)))'
like "the authority, and the last day on which it issues devices in full" '[.products[0].runs_out[] | select(.name == "devices") | [.part, .profile]] |
    index([["authority", null]]) != null and index([["issuing", "device"]]) != null'
like "its certificate under its key" 'any(.products[0].runs_out[]; .part == "certificate" and .key == "devices-key")'
like "the soonest to act on first, ninety days ahead" '.products[0].runs_out | ([.[].act_by] == ([.[].act_by] | sort)) and
    all(.[]; ((.ends[:19] + "Z" | fromdate) - (.act_by[:19] + "Z" | fromdate)) == 7776000)'
is 0 "the authority itself" as_ci ca show devices --json
like "issues by a profile with an end until then" '.certificates[0].issues_until.fixed | startswith("2029-05-06T07:08:09")'
is 0 "of all lines" as_ci inventory solvency --json
like "one without a date is a gap" '[.products[] | [.product, .solvent, .gaps[0].gap]] ==
    [["camera", false, "support-until"], ["lock", false, "nothing-serves-it"], ["thermostat", false, null]]'
is 0 "for people" as_ci inventory solvency lock
shows "that nothing serves it" '^product line lock, supported until 2036-12-31T23:59:59.*: nothing serves it$'
holds "a key for it, which has no end before it is used" asked officer-1 key generate --name lock-key --class ca --product lock
is 0 "for people" as_ci inventory solvency lock
shows "that nothing ends" '^product line lock, supported until 2036-12-31T23:59:59.*: nothing ends before$'
is 66 "a line that is none" as_ci inventory solvency teapot
is 0 "the next page" api 200 none GET '/v1/inventory/solvency?limit=1&cursor=lock'
is 0 "no page at all" api 422 out-of-range GET '/v1/inventory/solvency?limit=0'
is 0 "too large a page" api 422 out-of-range GET '/v1/inventory/solvency?limit=101'

# ---- by pages, and what bad input gets
is 0 "a page" api 200 none GET '/v1/inventory/products/thermostat?limit=2'
http GET '/v1/inventory/products/thermostat?limit=2' "$(cat "$house/ci.token")"
like "two keys, and all counted" '([.keys[].name] == ["answers", "devices-key"]) and .counts.keys.total == 5 and .next == "devices-key"'
http GET '/v1/inventory/products/thermostat?limit=3&cursor=devices-key' "$(cat "$house/ci.token")"
like "the rest" '([.keys[].name] == ["firmware", "next", "root-key"]) and .counts.keys.total == 5 and .next == null'
is 66 "a product line that is none" as_ci inventory product teapot
tells "is said to be none" 'no product line "teapot"'
is 0 "with its code" api 404 not-found GET /v1/inventory/products/teapot
is 0 "a term that is none" api 400 malformed GET '/v1/inventory/products/thermostat?within=soon'
is 0 "an empty term" api 422 out-of-range GET '/v1/inventory/products/thermostat?within=P0D'
is 0 "the longest term" api 200 none GET '/v1/inventory/products/thermostat?within=P100Y'
is 0 "a longer one" api 422 out-of-range GET '/v1/inventory/products/thermostat?within=P101Y'
is 0 "a member that is none" api 422 schema GET '/v1/inventory/products/thermostat?with=P1Y'
is 77 "strangers learn nothing" claviger inventory product thermostat

# ---- one key
head -c 1000 /dev/urandom > "$house/image"
head -c 1000 /dev/urandom > "$house/image2"
holds "a key for the bench" house_key bench development
for n in 1 2; do
	holds "it signs" as_ci sign --key bench --product thermostat --artifact-version "1.$n" "$house/image" -o "$house/sig" --again
done
is 75 "an image waits" as_ci sign --key firmware --product thermostat --artifact-version 1.0 --no-wait "$house/image2"
is 0 "a window" asked officer-1 window open --key bench --by ci --uses 5 --any-digest \
    --until "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
window=$(field id)
is 0 "the key for the bench" as_ci inventory key bench --json
like "who may use it" '.who_can.principals.ci == ["key.sign", "window.open"]'
like "the window on it" ".windows | length == 1 and (.[0] | .id == \"$window\" and .uses == 5 and .used == 0 and .any_digest)"
like "who may close it" '.windows[0].end | length == 1 and (.[0] | .action == "window.close" and .rules[0].rule == "close-window" and
    .rules[0].by == ["release-leads", "release-officers", "release-tools"] and .rules[0].approvals == [])'
like "how often it signed, by whom, and when last" '.uses | .total == 2 and (.by | length) == 1 and
    (.by[0] | .principal == "ci" and .rule == "development-image" and .count == 2) and .last == .by[0].last'
like "what would end it: one officer, or a quorum" '[.key.end[] | [.action, .rules[0].rule, .rules[0].approvals[0].count]] ==
    [["key.suspend", "suspend", null], ["key.deactivate", "retire", 1], ["key.compromise", "retire", 1], ["key.destroy", "resume-or-destroy", 2]]'
like "nothing waits" '.requests == [] and (.more_requests | not)'
is 0 "the firmware key" as_ci inventory key firmware --json
like "what waits for it" '.requests | length == 1 and (.[0] | .action == "key.sign" and .requester == "ci" and .state == "waiting" and
    .approvals == {have: 0, need: 2})'
like "it was never used, and no window is open" '.uses.total == 0 and .uses.last == null and .windows == []'
is 0 "an authority's key" as_ci inventory key devices-key --json
like "what it issued" '.uses | .total == 7 and .by[0].principal == "ci" and .by[0].rule == "device-certificate"'
like "its certificate is its issuer's to revoke" '.key.certificates[0] | .crl_entries == 1 and .crl_octets > 30 and
    .end[0].action == "cert.revoke" and [.end[0].rules[].rule] == ["revoke"]'
like "it is retired under quorum" '.key.authorities[0].end[0] | .action == "ca.retire" and .rules[0].approvals[0].count == 2'
is 0 "for people" as_ci inventory key bench
shows "the window" "^$window +development-window .* true$"
shows "how it is closed" "^a window +claviger window close $window +close-window .* none$"
shows "how the key is stopped" '^the key +claviger key suspend bench +suspend .* none$'
shows "how it is retired" '^the key +claviger key deactivate bench +retire .* 1 of release-officers$'
shows "by whom it was used" '^ci +development-image +2 '
is 0 "its certificate, for people" as_ci inventory key devices-key
shows "how it is revoked" '^a certificate +claviger cert revoke crt_[a-z0-9]* --reason REASON --yes +revoke '
is 66 "a key that is none" as_ci inventory key teapot
is 0 "with its code" api 404 no-such-key GET /v1/inventory/keys/teapot
is 0 "a term that is none" api 400 malformed GET '/v1/inventory/keys/firmware?within=soon'
is 0 "by its hash as well" api 200 none GET "/v1/inventory/keys/$(jq -r '.keys[2].hash' <<< "$view")"
holds "the window is closed" as_ci window close "$window"
is 0 "the key" as_ci inventory key bench --json
like "has none any more" '.windows == []'

# ---- one device
mkdir "$house/line"
csr T-9
cp "$house/T-9.csr" "$house/line"
holds "a device of a batch" as_ci batch submit "$house/line" --ca devices --profile device
mv "$house/T-9.key" "$house/first.key"
holds "and with another key" device devices T-9
is 0 "all it was given" as_ci inventory device T-9 --json
like "in the order of time, and which superseded which" '.certificates | length == 2 and .[0].superseded_by == .[1].id and
    .[1].superseded_by == null and .[0].reason == "superseded" and .[1].status == "good"'
like "its keys" '(.keys | length == 2) and .keys[0].certificates == [.certificates[0].id] and .keys[1].spki == .certificates[1].spki'
like "the batch that brought the first" '.batches | length == 1 and (.[0] | .requester == "ci" and .ca == "devices")'
is 0 "within fifty years" as_ci inventory device T-9 --within P50Y --json
like "only what is not superseded ends" '[.certificates[].expiring] == [false, true]'
is 0 "for people" as_ci inventory device T-9
shows "what took its place" '^crt_[a-z0-9]* +devices +device +revoked +superseded .* crt_'
shows "its batch" '^bat_'
is 66 "a device that is none" as_ci inventory device T-99
is 0 "with its code" api 404 not-found GET '/v1/inventory/devices?device=T-99'
is 0 "no device at all" api 422 schema GET /v1/inventory/devices
is 0 "a term that is none" api 422 out-of-range GET '/v1/inventory/devices?device=T-9&within=P0D'

# ---- what is counted: a window that its pace uses up, and limits that renew themselves
holds "a key of the line for the bench" key bench-2 firmware-signing --environment development --product thermostat
is 0 "a window" asked officer-1 window open --key bench-2 --by ci --uses 3 --any-digest \
    --until "$(date -u -d '+20 hours' +%Y-%m-%dT%H:%M:%SZ)"
window=$(field id)
is 0 "what is counted" as_ci inventory solvency thermostat --json
like "the window, that nobody has used" '.products[0] | [.quotas[] | select(.part == "window")] | length == 1 and (.[0] |
    .used == 0 and .limit == 3 and .left == 3 and .lasts and .used_up == null and .ends != null)'
like "the authority's limit: it renews itself, and nobody comes near" '.products[0] | [.quotas[] | select(.part == "limit" and .key == "devices-key")] |
    length == 1 and (.[0] | .principal == "ci" and .name == "device-certificate" and .lasts and (.near | not) and .used == .recent and
    .expected >= .used and .left == .limit - .used and .per_seconds > 0 and .used_up == null)'
like "nothing of it runs out" '.products[0] | .more_quotas == false and ([.runs_out[] | select(.projected)] == [])'
for n in 1 2; do
	head -c 1000 /dev/urandom > "$house/image.$n"
	holds "two of three are used" as_ci sign --key bench-2 --window "$window" --product thermostat --artifact-version "7.$n" "$house/image.$n" -o "$house/sig.$n"
done
is 0 "what is counted" as_ci inventory solvency thermostat --json
like "the window is used up before its end, if it goes on so" '.products[0] | .solvent == false and ([.quotas[] | select(.part == "window")] | length == 1 and
    (.[0] | .used == 2 and .left == 1 and (.lasts | not) and .used_up < .ends))'
like "which is told as what is expected, with the day to act" '.products[0] | [.runs_out[] | select(.part == "window")] | length == 1 and
    (.[0] | .projected and .key == "bench-2" and .act_by < .ends)'
is 0 "for people" as_ci inventory solvency thermostat
shows "with the pace that it follows from" "^window +$window +bench-2 +2 +3 "
shows "and the limit with its period" '^limit +device-certificate +devices-key +ci +[0-9]+ +[0-9]+ +(1 day|24 hours) +[0-9]+ *$'
holds "the window is closed" as_ci window close "$window"
is 0 "what is counted" as_ci inventory solvency thermostat --json
like "has no window any more" '[.products[0] | .quotas[], .runs_out[] | select(.part == "window")] == []'

# ---- gaps
is 0 "what lacks something" as_ci inventory gaps --json
like "the stray key, in two ways" \
    '.total == 1 and ([.gaps[] | .name, .gaps[].gap] == ["stray", "authority", "product"]) and .counts.authority == 1'
mkdir "$house/without"
cp -r "$house/charter/." "$house/without"
sed -i '/- name: answer/,/^$/d' "$house/without/classes/ocsp-responder.yaml"
is 0 "a class loses the rule by which its keys are used" asked officer-1 charter propose "$house/without" --reason 'over'
is 0 "and its key lacks that" as_ci inventory gaps --json
like "which is told, by name" '.total == 2 and (.gaps[0] | .name == "answers" and .owner == "release-leads" and
    [.gaps[].gap] == ["authority"])'
like "and counted" '.counts | .authority == 2 and .end == 0 and .product == 1 and .owner == 0'
is 0 "a page of them" as_ci inventory gaps --limit 1 --json
like "one, of two" '([.gaps[].name] == ["answers"]) and .total == 2 and .next == "answers"'
is 0 "the next page" as_ci inventory gaps --limit 2 --cursor answers --json
like "the other" '([.gaps[].name] == ["stray"]) and .next == null'
is 0 "its product line" product --json
like "shows the same in its row" '.counts.lacking == 1 and (.keys[0].gaps | length) == 1'
is 0 "for people" product
shows "in words" '^answers .*no authority'
shows "and counted" '^1 keys lack something'
is 0 "gaps for people" as_ci inventory gaps
shows "in words" '^stray .*no authority, no product$'

# ---- an authority that another follows ends nothing
ends_at() { jq -c --arg name "$1" '[.products[].runs_out[] | select(.name == $name or .key == $name) | .part] | unique' <<< "$out"; }
is 0 "before" as_ci inventory solvency thermostat --json
is 0 "its key counts" test "$(ends_at devices-key)" = '["authority","certificate","devices","issuing","key"]'
holds "another key" key devices-key-2 ca --product thermostat
is 0 "a successor" asked officer-1 ca rekey devices --name devices-2 --key devices-key-2 --crl-url http://pki.example/devices-2 \
    --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices-2.crt
is 0 "behind it" as_ci inventory solvency thermostat --json
first=$(ends_at devices-key) second=$(ends_at devices-key-2)
is 0 "the first counts no more, nor do its key and certificate: what devices have of it does" test "$first" = '["devices"]'
is 0 "the second does, and is to issue as much as the first" test "$second" = '["authority","certificate","issuing","key"]'
house_result
