#!/bin/bash
# lists.sh - revocation lists of other CAs that are too long for an event: read
# from a file, what they change entered by stretches, and in the ledger.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
# Who imports for the CI waits for an officer.
cat >> "$house/charter/access.yaml" <<-YAML

	  - name: watched-lists
	    why: What the build brings is looked at by an officer.
	    action: crl.import
	    by: [release-tools]
	    approvals:
	      - { count: 1, of: release-officers, within: P1D, proof: [officer-key] }
	    permits: { uses: 1, for: PT1H }
YAML
sed -i '/- name: other-certificates/,/by:/ s/, release-tools\]/]/' "$house/charter/access.yaml"
house_ready
officer() { as_officer officer-1 "$@"; }
import() { officer cert import "$@"; }
# whole TOKEN FILE [QUERY] - the list by itself.
whole() {
	status=$(curl -s -m 120 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $1" -H "Content-Type: ${type:-application/pkix-crl}" \
	    --data-binary "@$2" -o "$house/out" -w '%{http_code}' "$url/v1/crls/import/whole${3:-}")
	out=$(cat "$house/out")
}

# ---- a CA with 27,000 on its list, of which 7,200 are here
"$CLAVIGER_BUILD/tests/lib/certs" make 7213 "$house" 27000 || die "no certificates"
head -n 7202 "$house/certs.csv" > "$house/some.csv"
is 0 "the list is longer than an event" test "$(wc -c < "$house/ca.crl")" -gt 700000
is 0 "some of what a CA issued" import "$house/some.csv" --product line --owner release-leads --json
like "is in" '.entered == 7201'
is 0 "what its list would bring" import --crl "$house/ca.crl" --dry-run --json
like "is counted to the end" '.lists[0] | .revoked == 7200 and .known == 0 and .list.entries == 27000'
is 0 "the list" import --crl "$house/ca.crl" --json
like "is taken" '.lists[0] | .revoked == 7200 and .held == 0 and .released == 0 and (.more | not)'
is 0 "by two events" officer ledger events --kind crl.imported --json
like "which have what it changes here, and not the list" '[.events[].data | [(.changes | length), has("crl")]] | sort == [[200, false], [7000, false]]'
like "and leave what another list has revoked since" 'all(.events[].data; .looked_again)'
is 0 "one of those" officer cert list --elsewhere --product line --limit 1000 --json
like "are revoked, by that list" "[.certificates[] | select(.authority | not)] | length > 990 and all(.[]; .status == \"revoked\" and .list == \"$(sha256sum "$house/ca.crl" | cut -d' ' -f1)\")"
is 0 "the same again" import --crl "$house/ca.crl" --json
like "changes nothing" '.lists[0] | .revoked == 0 and .known == 7200'
{ echo "-----BEGIN X509 CRL-----"; base64 "$house/ca.crl"; echo "-----END X509 CRL-----"; } > "$house/ca.pem"
head -n 1 "$house/certs.csv" > "$house/late.csv"
sed -n 7203,7212p "$house/certs.csv" >> "$house/late.csv"
is 0 "what comes in later, and the list in PEM" import "$house/late.csv" --product late --crl "$house/ca.pem" --json
like "is revoked" '.entered == 10 and (.lists[0] | .revoked == 10 and .known == 7200)'

# ---- who waits
sed -n 7213,7214p "$house/certs.csv" > "$house/rows"
{ head -n 1 "$house/certs.csv"; cat "$house/rows"; } > "$house/last.csv"
is 0 "two more" import "$house/last.csv" --product last
is 75 "the build's wait" as_ci cert import --crl "$house/ca.crl" --no-wait --json
req=$(jq -r '.waiting[0]' <<< "$out" | grep -o 'req_[0-9a-z]*')
is 75 "as the same request" as_ci cert import --crl "$house/ca.crl" --no-wait --json
like "when they are asked for again" ".waiting[0] | test(\"$req\")"
holds "one agrees" approve "$req" officer-2
is 0 "those" officer cert list --elsewhere --product last --json
like "are revoked then" '.certificates | length == 2 and all(.[]; .status == "revoked")'

# ---- what is none
ci=$(cat "$house/ci.token")
whole "$ci" "$house/some.csv"
is 0 "what is no list" test "$status" = 400
head -c 700000 "$house/ca.crl" > "$house/cut"
whole "$ci" "$house/cut"
is 0 "half of one" test "$status" = 400
cp "$house/ca.crl" "$house/other.crl"
printf '\001' | dd of="$house/other.crl" bs=1 seek=$(($(wc -c < "$house/ca.crl") - 1)) conv=notrunc 2> /dev/null
whole "$ci" "$house/other.crl" '?dry_run=true'
is 0 "one that its CA did not sign" test "$status" = 400
: > "$house/empty"
whole "$ci" "$house/empty"
is 0 "nothing" test "$status" = 400
type=application/json whole "$ci" "$house/late.csv"
is 0 "one that is called something else" test "$status" = 415
whole "none" "$house/late.csv"
is 0 "a stranger's" test "$status" = 401
is 77 "who is nobody here" claviger cert import --crl "$house/ca.crl"
truncate -s $((64 * 1024 * 1024 + 1)) "$house/large"
whole "$ci" "$house/large"
is 0 "one that is too long" test "$status" = 413
is 65 "and its sender is told" import --crl "$house/large"

# ---- and all of it is in the ledger
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "an audit finds nothing, and makes the tables anew" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}"
house_result
