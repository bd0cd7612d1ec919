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
house_ready

# key NAME CLASS ARG... - generated under quorum, put to use.
key() {
	local name=$1 class=$2
	shift 2
	asked officer-1 key generate --name "$name" --class "$class" "$@" > /dev/null &&
	    as_officer officer-1 key activate "$name" > /dev/null
}
# api STATUS CODE PATH - what the interface itself answers.
api() {
	http GET "$3" "$(cat "$house/ci.token")"
	printf '%s %s\n' "$status" "$(jq -r '.code // "none"' <<< "$out")"
	[ "$status $(jq -r '.code // "none"' <<< "$out")" = "$1 $2" ]
}
# shows WORDS PATTERN - a line of the last output is so.
shows() {
	local text=$out
	is 0 "$1" grep -qE "$2" <<< "$text"
	out=$text
}
product() { as_ci inventory product thermostat "$@"; }

holds "a firmware key" house_key firmware
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
    '.keys[1].authorities[0].issued | .total == 7 and .good == 5 and .revoked == 1 and .held == 1 and (.at_least | not)'
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
like "and no more" '[.keys[].name] == ["devices-key"] and .counts.keys.total == 1'
is 0 "for people" product --within P3Y
shows "a line has owner, end and mark" '^firmware +firmware-signing .* release-leads .* expiring$'
shows "a line has the quorum" '^firmware +production-image .* 2 of release-officers$'
shows "a line counts them" '^keys +5 +2 +0$'

# ---- by pages, and what bad input gets
is 0 "a page" api 200 none '/v1/inventory/products/thermostat?limit=2'
http GET '/v1/inventory/products/thermostat?limit=2' "$(cat "$house/ci.token")"
like "two keys, and all counted" '([.keys[].name] == ["answers", "devices-key"]) and .counts.keys.total == 5 and .next == "devices-key"'
http GET '/v1/inventory/products/thermostat?limit=3&cursor=devices-key' "$(cat "$house/ci.token")"
like "the rest" '([.keys[].name] == ["firmware", "next", "root-key"]) and .counts.keys.total == 5 and .next == null'
is 66 "a product line that is none" as_ci inventory product teapot
tells "is said to be none" 'no product line "teapot"'
is 0 "with its code" api 404 not-found /v1/inventory/products/teapot
is 0 "a term that is none" api 400 malformed '/v1/inventory/products/thermostat?within=soon'
is 0 "an empty term" api 422 out-of-range '/v1/inventory/products/thermostat?within=P0D'
is 0 "the longest term" api 200 none '/v1/inventory/products/thermostat?within=P100Y'
is 0 "a longer one" api 422 out-of-range '/v1/inventory/products/thermostat?within=P101Y'
is 0 "a member that is none" api 422 schema '/v1/inventory/products/thermostat?with=P1Y'
is 77 "strangers learn nothing" claviger inventory product thermostat

# ---- gaps
is 0 "what lacks something" as_ci inventory gaps --json
like "the stray key, in two ways" \
    '.total == 1 and ([.gaps[] | .name, .gaps[].gap] == ["stray", "authority", "product"]) and .counts.authority == 1'
mkdir "$house/without"
cp -r "$house/charter/." "$house/without"
rm "$house/without/classes/ocsp-responder.yaml"
is 0 "a class leaves the charter" asked officer-1 charter propose "$house/without" --reason 'over'
is 0 "and nobody answers for its key" as_ci inventory gaps --json
like "which is told, by name" '.total == 3 and (.gaps[0] | .name == "answers" and .owner == null and
    [.gaps[].gap] == ["owner", "recovery", "authority", "end"])'
like "one that is out of use needs an owner still" '.gaps[1] | .name == "older" and [.gaps[].gap] == ["owner"]'
like "and counted" '.counts == {owner: 2, recovery: 1, authority: 2, end: 1, product: 1}'
is 0 "a page of them" as_ci inventory gaps --limit 1 --json
like "one, of three" '([.gaps[].name] == ["answers"]) and .total == 3 and .next == "answers"'
is 0 "the next page" as_ci inventory gaps --limit 2 --cursor answers --json
like "the others" '([.gaps[].name] == ["older", "stray"]) and .next == null'
is 0 "its product line" product --json
like "shows the same in its row" '.counts.lacking == 1 and (.keys[0] | .ends == null and (.gaps | length) == 4)'
is 0 "for people" product
shows "in words" '^answers .*no owner, no recovery, no authority, no end$'
shows "and counted" '^1 keys lack something'
is 0 "gaps for people" as_ci inventory gaps
shows "in words" '^stray .*no authority, no product$'
house_result
