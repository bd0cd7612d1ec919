#!/bin/bash
# solvency.sh - what stands above a product line is part of it, what another
# follows ends nothing, and what is short-lived is not overdue from its birth.
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
service_settings+=("alerts.every: 1")
until=$(date -u -d '+16 years' +%Y-%m-%d)
printf 'thermostat: { support-until: "%s" }\nradio: { support-until: "%s" }\n' "$until" "$until" > "$house/charter/products.yaml"
sed -i 's/^  purpose: .*/&\n  proven: P1Y/' "$house/charter/recovery.yaml"
sed 's/^path-length: 0/path-length: 1/; s/^validity: .*/validity: { for: P17Y }/' "$house/charter/profiles/issuing-ca.yaml" > "$house/charter/profiles/mid-ca.yaml"
mkdir "$house/charter/alerts"
printf 'why: Somebody answers for each.\nwatch: gap\nafter: PT1S\n' > "$house/charter/alerts/gaps.yaml"
house_ready
token=$(cat "$house/ci.token")
officer() { as_officer officer-1 "$@"; }
product() { as_ci inventory product "$@"; }
solvency() { as_ci inventory solvency "$@" --json; }
key() { # NAME CLASS ARG...
	asked officer-1 key generate --name "$1" --class "$2" "${@:3}" > /dev/null && officer key activate "$1" > /dev/null
}
authority() { # NAME KEY PROFILE ARG...
	asked officer-1 ca create --name "$1" --profile "$3" --key "$2" --subject O=Example --subject "CN=Example $1" "${@:4}" > /dev/null
}

gauge() { curl -s --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $token" "$url/metrics" | grep -qxF "$1"; }
named() { as_ci alert list --watch gap --limit 100 --json | jq -e "[.alerts[].about.name | select(startswith(\"certificates\"))] | sort == $1" > /dev/null; }

# ---- two lines under one root that names neither
holds "a root's key, of no line" key root-key ca
holds "an authority's, of one" key devices-key ca --product thermostat
holds "another's, of the other" key radio-key ca --product radio
holds "a responder's, of the first" key answers ocsp-responder --product thermostat
holds "a root" authority root root-key root
holds "an authority with a responder" authority devices devices-key issuing-ca --issuer root --responder answers
holds "another without" authority radios radio-key issuing-ca --issuer root
is 0 "the line" product thermostat --json
like "has the root's key, in its place, which others have too" '[.keys[] | [.name, .shared]] ==
    [["answers", null], ["devices-key", null], ["root-key", true]]'
like "with its authority and certificate" '.keys[2] | [.authorities[].name] == ["root"] and (.certificates | length) == 1'
like "all of it is counted" '.counts | .keys.total == 3 and .authorities.total == 2 and .certificates.total >= 2 and .shared == 1'
is 0 "the other line" product radio --json
like "has it too" '[.keys[] | [.name, .shared]] == [["radio-key", null], ["root-key", true]] and .counts.keys.total == 2'
http GET '/v1/inventory/products/thermostat?limit=2' "$token"
like "by pages the same, in one order" '[.keys[].name] == ["answers", "devices-key"] and .next == "devices-key" and .counts.shared == 1'
http GET '/v1/inventory/products/thermostat?limit=2&cursor=devices-key' "$token"
like "where it stands" '[.keys[].name] == ["root-key"] and .next == null and .counts.keys.total == 3 and .counts.authorities.total == 2'
is 0 "a line of a key that is nobody's" as_ci inventory key root-key --json
like "says no line" '.key.products == []'
is 0 "as CSV" product thermostat --format csv -o "$house/line.csv"
out=$(tr -d '\r' < "$house/line.csv")
shows "the key" '^key,root-key,.*,"shared, no restore",'
shows "its authority" '^authority,root,.*,shared,'
shows "its certificate" '^certificate,crt_[a-z0-9]*,.*"O=Example, CN=Example root",.*,shared,'
is 0 "as a bill of materials" product thermostat --format cyclonedx -o "$house/cbom.json"
out=$(cat "$house/cbom.json")
like "the key, the certificate, and that others have them" '[.components[] | select(any(.properties[]?; .name == "claviger:shared" and .value == "true")) |
    .cryptoProperties.assetType] | sort == ["certificate", "related-crypto-material"]'
is 0 "for people" product thermostat
shows "marked" '^root-key .* shared'
is 0 "what ends before its support" solvency thermostat
like "the root's key, which others have too" '[.products[0].runs_out[] | select(.shared and .part == "key") | .name] == ["root-key"]'
like "with subject and issuer of each certificate" '[.products[0].runs_out[] | select(.part == "certificate") | [.issuer, .subject]] |
    index([["root", "O=Example, CN=Example devices"]]) != null and all(.[]; .[0] != null and .[1] != null)'

# ---- two authorities deep
holds "a key between" key mid-key ca
holds "and one of a line" key deep-key ca --product deep
holds "an authority that may issue authorities" authority mid mid-key mid-ca --issuer root
holds "and one below it" authority deep deep-key issuing-ca --issuer mid
is 0 "the line" product deep --json
like "has both above it" '[.keys[] | [.name, .shared]] == [["deep-key", null], ["mid-key", true], ["root-key", true]] and .counts.authorities.total == 3'

# ---- up to a root of somebody else's
other=$house/other
mkdir "$other"
make_key "$other/root.key"
openssl req -x509 -new -key "$other/root.key" -subj "/O=Other/CN=Other Root" -days 3000 -out "$other/root.pem" 2>/dev/null
holds "a key that another CA is to certify" key sub-key ca --product attic
is 0 "what it is to certify" asked officer-1 ca request --key sub-key --subject O=Example --subject "CN=Example sub"
jq -r .csr <<< "$out" > "$other/sub.csr"
printf 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' > "$other/ext"
openssl x509 -req -in "$other/sub.csr" -CA "$other/root.pem" -CAkey "$other/root.key" -CAcreateserial -days 1000 -extfile "$other/ext" -out "$other/sub.pem" 2>/dev/null
is 0 "taken in" asked officer-1 ca import "$other/sub.pem" --name sub
is 0 "nobody has told of its root" product attic --json
like "so nothing stands above it" '.counts.shared == 0 and .certificates == []'
is 0 "somebody tells" officer cert import "$other/root.pem" --owner release-leads
is 0 "the line" product attic --json
like "has its certificate" '(.certificates | length) == 1 and (.certificates[0] | .shared and .subject == "O=Other, CN=Other Root") and .counts.others.total == 1'
openssl pkey -in "$other/root.key" -pubout -out "$other/root.pub" 2>/dev/null
is 0 "and of its key" officer key register --name other-root --class ca --at "their vault" --public "$other/root.pub" --owner release-leads
is 0 "the line" product attic --json
like "has that, with its certificate" '[.keys[] | [.name, .shared]] == [["other-root", true], ["sub-key", null]] and
    (.keys[0].certificates | length) == 1 and .certificates == [] and .counts.others.total == 0 and .counts.elsewhere.total == 1 and .counts.shared == 1'
is 0 "as a bill of materials" product attic --format cyclonedx -o "$house/cbom.json"
out=$(cat "$house/cbom.json")
like "whose key was made, nobody knows when, but registered" '.components[] | select(.name == "other-root" and
    .cryptoProperties.relatedCryptoMaterialProperties.type == "private-key") | .cryptoProperties.relatedCryptoMaterialProperties.creationDate == null and any(.properties[]; .name == "claviger:registered")'

# ---- whose restore was proven
is 0 "what lacks something" as_ci inventory gaps --json
like "each key, a proof" '[.gaps[] | select(any(.gaps[]; .gap == "restore")) | .name] == ["answers", "deep-key", "devices-key", "mid-key", "radio-key", "root-key", "sub-key"]'
is 0 "a drill" officer drill report --reason "on the spare machine"
is 0 "what lacks something" as_ci inventory gaps --json
like "nothing lacks that" '.counts.restore == 0'
is 0 "the line" product thermostat --json
like "has its day with each key" 'all(.keys[]; .restored != null and .restored_by == "drill")'
is 0 "as CSV" product thermostat --format csv -o "$house/line.csv"
out=$(tr -d '\r' < "$house/line.csv")
shows "too" '^key,devices-key,.*,20[0-9TZ:.-]*$'
holds "a key that was made behind it" key late-key ca --product thermostat
is 0 "what lacks something" as_ci inventory gaps --json
like "is that" '[.gaps[] | select(any(.gaps[]; .gap == "restore")) | .name] == ["late-key"]'
holds "is what /metrics tells" until_true 20 gauge 'claviger_gaps{of="keys",gap="restore"} 1'

# ---- who may use what lives elsewhere
is 0 "an entry" as_ci inventory key other-root --json
like "by the rules of its class" '.key.authority | length > 0 and all(.[]; .rule != null)'
is 0 "of an environment that no rule knows" officer key register --name odd --class firmware-signing --environment staging --at x --owner release-leads
is 0 "it" as_ci inventory key odd --json
like "lacks that" '[.key.gaps[].gap] | index("authority") != null'

# ---- certificates among the gaps
make_key "$other/leaf.key"
openssl req -x509 -new -key "$other/leaf.key" -subj "/O=Other/CN=leaf" -days 30 -out "$other/leaf.pem" 2>/dev/null
is 0 "one of another CA, of no owner and no line" officer cert import "$other/leaf.pem"
is 0 "what lacks something" as_ci inventory gaps --json
like "counts certificates, too" '.certificate_counts | .total == 2 and .owner == 1 and .product == 2 and .successor == null and (.at_least | not)'
is 0 "for people" as_ci inventory gaps
shows "in words" '^[0-9]+ keys and 2 certificates of other CAs in all$'
holds "and /metrics" until_true 20 gauge 'claviger_gaps{of="certificates",gap="product"} 2'
holds "their alerts have names of their own" until_true 20 named '["certificates of other CAs: no owner", "certificates of other CAs: no product"]'

# ---- devices
for n in 1 2 3; do
	holds "device $n" device devices "T-$n"
done
holds "one has a later one" device devices T-1
is 0 "what ends before the support" solvency thermostat
like "devices' certificates, by authority and profile: each device once" '[.products[0].runs_out[] | select(.part == "devices")] | length == 1 and (.[0] |
    .name == "devices" and .profile == "device" and .count == 3 and (.at_least | not) and .key == "devices-key" and (.overdue | not))'
is 0 "of the other line" solvency radio
like "none" '[.products[0].runs_out[] | select(.part == "devices")] == []'
is 0 "for people" as_ci inventory solvency thermostat
shows "as a number" '^20[^ ]* +20[^ ]* +devices +devices +devices-key +device +3 +false'

# ---- what another follows, and what is short
# leaf NAME DAYS PRODUCT - of another CA, of one subject and a key of its own.
leaf() {
	make_key "$other/$1.key"
	openssl req -new -key "$other/$1.key" -subj "/O=Other/CN=web" -out "$other/$1.csr" 2>/dev/null
	openssl x509 -req -in "$other/$1.csr" -CA "$other/root.pem" -CAkey "$other/root.key" -CAcreateserial -days "$2" -out "$other/$1.pem" 2>/dev/null
	officer cert import "$other/$1.pem" --product web --owner release-leads > /dev/null
}
print_of() { openssl x509 -in "$other/$1.pem" -outform DER | sha256sum | cut -d' ' -f1; }
holds "a certificate of another CA" leaf first 40
is 0 "alone" product web --json
like "is soon to end" '.counts.others.expiring == 1'
holds "and a later one" leaf second 300
is 0 "the line" product web --json
like "has one that ends" '.counts.others == {total: 2, expiring: 1, ended: 0} and ([.certificates[] | select(.followed) | .id] == ["'"$(print_of first)"'"])'
like "and its CA's key, with others" '[.keys[] | [.name, .shared]] == [["other-root", true]]'
holds "its authority is fetched" until_true 10 fetch /ca/devices.crt devices.der
openssl x509 -inform DER -in "$house/devices.der" -out "$house/devices.pem"
holds "and those above" fetch /ca/devices.pem chain.pem
is 0 "an answer is asked for" until_true 20 is_good T-2
is 0 "the responder has a certificate" product thermostat --json
like "of two weeks" '[.keys[] | select(.name == "answers") | .certificates[]] | length == 1'
is 0 "what ends before the support" solvency thermostat
like "is to be acted on a day before: more than a third of its life means nothing" '[.products[0].runs_out[] | select(.part == "certificate" and .key == "answers")] |
    length == 1 and (.[0] | (.overdue | not) and ((.ends[:19] + "Z" | fromdate) - (.act_by[:19] + "Z" | fromdate)) == 86400)'
service_stop
keeper_stop
ahead +13d
service_as=("${ahead[@]}") keeper_as=("${ahead[@]}")
keeper_start
service_up ${store:+"$store"} || die "the service did not start again"
two() { product thermostat --json > "$house/two.json" && jq -e '[.keys[] | select(.name == "answers") | .certificates[]] | length == 2' "$house/two.json" > /dev/null; }
holds "it is renewed by itself" until_true 40 two
out=$(cat "$house/two.json")
like "the first is followed and has no mark" '[.keys[] | select(.name == "answers") | .certificates[] | [.followed, .expiring]] == [[null, true], [true, false]]'
like "it is not counted as one that ends" '.counts.certificates.ended == 0'
is 0 "what ends before the support" solvency thermostat
like "has the second alone, and nothing of it is overdue" '[.products[0].runs_out[] | select(.part == "certificate" and .key == "answers") | .overdue] == [false]'
house_result
