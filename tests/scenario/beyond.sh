#!/bin/bash
# beyond.sh - a product line with more certificates than an answer has: views and
# exports have all of them, and what is only counted is said to be.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
until=$(date -u -d '+16 years' +%Y-%m-%d)
printf 'line: { support-until: "%s" }\nradio: { support-until: "%s" }\n' "$until" "$until" > "$house/charter/products.yaml"
house_ready
token=$(cat "$house/ci.token")
officer() { as_officer officer-1 "$@"; }

# ---- one line with certificates of many keys, one whose key is in very many
mkdir "$house/one"
"$CLAVIGER_BUILD/tests/lib/certs" make 2200 "$house" || die "no certificates"
"$CLAVIGER_BUILD/tests/lib/certs" make 1200 "$house/one" 0 "$house/one/key.pem" || die "no certificates"
is 0 "what a CA issued, and what it revoked" officer cert import "$house/certs.csv" --product line --owner release-leads --crl "$house/ca.crl" --json
like "is in" '.entered == 2201 and .lists[0].revoked == 220'
is 0 "what another issued" officer cert import "$house/one/certs.csv" --product radio --owner release-leads --json
like "is in" '.entered == 1201'
is 0 "a vendor's key, which bears them" officer key register --name radio-key --class firmware-signing --at vendor --public "$house/one/key.pem" --product radio

# ---- what stops it
head -n 251 "$house/certs.csv" > "$house/some.csv"
truncate -s 65M "$house/long.pem"
mkdir "$house/folder"
is 66 "a file that is not there" officer cert import "$house/some.csv" "$house/none.pem" --product late --json
is 65 "one that is too long" officer cert import "$house/some.csv" "$house/long.pem" --product late --json
is 74 "one that is a folder" officer cert import "$house/some.csv" "$house/folder" --product late
is 66 "a list that is not there" officer cert import "$house/some.csv" --crl "$house/none.crl" --product late
is 66 "keeps the others back" as_ci inventory product late
printf 'title\nx\n' > "$house/titles.csv"
is 65 "what nobody sees before it is read" officer cert import "$house/some.csv" "$house/titles.csv" --product late --json
like "is told with what went in before" '.stopped and .entered == 200 and .bad == []'
is 65 "what nobody sees before it is read" officer cert import "$house/some.csv" "$house/titles.csv" --product late
tells "to people too" 'stopped before the end'
shows "with what was there" '^0 entered, 200 were there'
is 0 "without it" officer cert import "$house/some.csv" --product late --json
like "it goes on" '.entered == 50 and .known == 200'

# ---- the line's own
http GET '/v1/inventory/products/line' "$token"
like "an answer has a thousand, and says how to go on" '(.certificates | length) == 1000 and .more_certificates and (.next_certificate | test("/"))'
next=$(jq -r .next_certificate <<< "$out")
http GET "/v1/inventory/products/line?cursor=$next" "$token"
like "with certificates alone" '(.certificates | length) == 1000 and .more_certificates and .counts == null and .keys == []'
is 0 "what follows nothing" api 400 malformed GET '/v1/inventory/products/line?cursor=12/odd'
is 0 "of a line that is none" api 404 not-found GET "/v1/inventory/products/teapot?cursor=$next"
is 0 "for a program" as_ci inventory product line --json
like "all are there, once, and none is behind" '(.certificates | length) == 2201 and ([.certificates[].id] | unique | length) == 2201 and
    (.more_certificates | not) and .next_certificate == null and .counts.others.total == 2201'
is 0 "for people" as_ci inventory product line
table=$out
is 0 "a line each" test "$(grep -c '^[0-9a-f]\{64\} ' <<< "$table")" = 2201
is 0 "with what a list says of it" test "$(grep -c '^[0-9a-f]\{64\} .* revoked ' <<< "$table")" = 220
is 0 "as CSV" as_ci inventory product line --format csv -o "$house/line.csv"
is 0 "a row each" test "$(grep -c '^certificate,' "$house/line.csv")" = 2201
is 0 "with that too" test "$(grep -c '^certificate,.*,revoked,' "$house/line.csv")" = 220
is 0 "as a bill of materials" as_ci inventory product line --format cyclonedx -o "$house/cbom.json"
out=$(jq '[.components[] | select(.cryptoProperties.assetType == "certificate")]' "$house/cbom.json")
like "a component each" 'length == 2201'
like "and that" '[.[] | select(any(.properties[]; .name == "claviger:status" and .value == "revoked"))] | length == 220'
sleep 1
is 0 "as of a while ago" as_ci inventory product line --as-of "$(date -u +%FT%TZ)" --json
like "no fewer" '(.certificates | length) == 2201 and .as_of != null'

# ---- those of one key
is 0 "a line whose key bears them" as_ci inventory product radio --json
like "has each under its key" '.keys | length == 1 and (.[0].certificates | length) == 1200 and (.[0].more_certificates | not)'
like "and the CA's by itself" '(.certificates | length) == 1'
is 0 "as CSV" as_ci inventory product radio --format csv -o "$house/radio.csv"
is 0 "a row each" test "$(grep -c '^certificate,' "$house/radio.csv")" = 1201
is 0 "for people" as_ci inventory product radio
shows "how far they are counted is told" '^Of the certificates of one key 1000 are counted\.$'
is 0 "the key itself" as_ci inventory key radio-key --json
like "has them" '(.key.certificates | map(.id) | unique | length) == 1200 and .key.next_certificate == null'
is 0 "what follows nothing" api 400 malformed GET '/v1/inventory/keys/radio-key?cursor=odd'

# ---- until when it can be kept up
is 0 "what ends before its support does" as_ci inventory solvency line --json
like "is listed as far as it is told, and the rest counted" '.products[0] | (.runs_out | length) == 1000 and .unlisted == 981 and
    .listed_until == .runs_out[-1].act_by'
is 0 "of the key's line" as_ci inventory solvency radio --json
like "as much" '.products[0] | (.runs_out | length) == 1000 and .unlisted == 201'
is 0 "for people" as_ci inventory solvency radio
shows "in words" '^and 201 certificates more, none to be acted on before 20[0-9TZ:.-]*: claviger inventory product radio$'
house_result
