#!/bin/bash
# others.sh - certificates of other CAs are in the inventory: from files of
# every kind, what is bad told by file and number, each once.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
# Who imports for the CI waits for an officer.
cat >> "$house/charter/access.yaml" <<-YAML

	  - name: watched-certificates
	    why: What the build brings is looked at by an officer.
	    action: [cert.import, crl.import]
	    by: [release-tools]
	    approvals:
	      - { count: 1, of: release-officers, within: P1D, proof: [officer-key] }
	    permits: { uses: 1, for: PT1H }
YAML
sed -i '/- name: other-certificates/,/by:/ s/, release-tools\]/]/' "$house/charter/access.yaml"
mkdir "$house/charter/alerts"
cat > "$house/charter/alerts/certificates.yaml" <<-YAML
	why: What ends is replaced before, and what nobody answers for by nobody.
	watch: certificate
	before: P60D
YAML
cat > "$house/charter/alerts/gaps.yaml" <<-YAML
	why: Somebody answers for each.
	watch: gap
	after: PT1S
YAML
service_settings+=("alerts.every: 1")
house_ready
token=$(cat "$house/ci.token")
officer() { as_officer officer-1 "$@"; }
import() { officer cert import "$@"; }

# ---- a CA of somebody else's
ca=$house/other
mkdir "$ca"
make_key "$ca/ca.key"
openssl req -x509 -new -key "$ca/ca.key" -subj "/O=Other/CN=Other Root" -days 3000 -out "$ca/ca.pem" 2>/dev/null
# issue NAME DAYS [KEY]
issue() {
	[ -n "${3:-}" ] || make_key "$ca/$1.key"
	openssl req -new -key "${3:-$ca/$1.key}" -subj "/O=Other/CN=$1" -out "$ca/$1.csr" 2>/dev/null
	openssl x509 -req -in "$ca/$1.csr" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -CAcreateserial -days "$2" \
	    -extfile <(echo "subjectAltName=DNS:$1") -out "$ca/$1.pem" 2>/dev/null
}
print_of() { openssl x509 -in "$ca/$1.pem" -outform DER | sha256sum | cut -d' ' -f1; }
for n in 1 2 3 4 5 6; do
	issue "host-$n" $((n * 100))
done
openssl x509 -in "$ca/host-3.pem" -outform DER -out "$ca/host-3.der"
openssl crl2pkcs7 -nocrl -certfile "$ca/host-4.pem" -certfile "$ca/ca.pem" -outform DER -out "$ca/two.p7b"
printf 'open sesame\n' > "$ca/pass"
openssl pkcs12 -export -in "$ca/host-5.pem" -inkey "$ca/host-5.key" -passout "file:$ca/pass" -out "$ca/host-5.p12"
openssl pkcs12 -export -nokeys -in "$ca/host-6.pem" -passout pass: -out "$ca/host-6.p12"
{ echo "# a bundle"; cat "$ca/host-1.pem" "$ca/host-1.key" "$ca/host-2.pem"; } > "$ca/bundle.pem"

# ---- what would be
is 0 "a dry run of a bundle" import "$ca/bundle.pem" --product thermostat --dry-run --json
like "says what it would enter" '.entered == 2 and .known == 0 and .bad == [] and .dry_run'
tells "and warns of the private key" 'bundle.pem has 1 private keys'
is 0 "nothing is there yet" officer cert list --elsewhere --json
like "none" '.certificates == []'

# ---- what goes in
is 0 "the bundle" import "$ca/bundle.pem" --product thermostat --owner release-leads --json
like "two" '.entered == 2 and .known == 0 and .private_keys == 1'
is 0 "again" import "$ca/bundle.pem" --product thermostat --owner release-leads --json
like "they are known" '.entered == 0 and .known == 2'
is 0 "a file twice, and one in DER" import "$ca/host-3.der" "$ca/host-3.pem" --product thermostat --json
like "is entered once" '.entered == 1 and .known == 0 and .repeated == 1'
is 0 "PKCS #7" import "$ca/two.p7b" --product thermostat --json
like "all that it has" '.entered == 2'
is 65 "PKCS #12 without its passphrase" import "$ca/host-5.p12"
tells "is told so" 'host-5.p12 +1 +the passphrase'
is 0 "and what to do, to its end" grep -q 'number 1: the passphrase (--passphrase-file) is another, or the file was changed$' <<< "$said"
is 0 "with it" import "$ca/host-5.p12" --passphrase-file "$ca/pass" --product lock --json
like "has one, and a key that nobody reads" '.entered == 1 and .private_keys == 1'
is 0 "one without a passphrase" import "$ca/host-6.p12" --product lock --json
like "has one" '.entered == 1 and .private_keys == 0'
is 0 "no private key came to the service" bash -c "! grep -q 'PRIVATE' '$house/service.log'"
is 0 "another product line, another owner" import "$ca/host-1.pem" --product lock --owner release-officers --json
like "are entered" '.entered == 1'
is 0 "its fingerprint as openssl prints it" officer cert show "$(openssl x509 -in "$ca/host-1.pem" -noout -fingerprint -sha256 | cut -d= -f2)" --json
is 0 "its serial number too" officer cert list --elsewhere --serial "$(openssl x509 -in "$ca/host-1.pem" -noout -serial | cut -d= -f2)" --json
like "it alone" '[.certificates[].owner] == ["release-officers"]'
is 0 "it has both" officer cert show "$(print_of host-1)" --json
like "by somebody's word" '.products == ["thermostat", "lock"] and .owner == "release-officers" and .provenance == "asserted" and
    .issuer == "O=Other, CN=Other Root" and .subject == "O=Other, CN=host-1" and (.authority | not)'
is 0 "the certificate itself" bash -c "jq -r .certificate <<< '$out' | openssl x509 -outform DER | sha256sum | grep -q '^$(print_of host-1)'"
is 0 "as a file" officer cert export "$(print_of host-2)" --format der -o "$house/out.der"
is 0 "is the same" cmp "$house/out.der" <(openssl x509 -in "$ca/host-2.pem" -outform DER)

# ---- of versions that say nothing of what they are for
make_key "$ca/old.key"
# Only newer programs have the option, and obey it where no configuration asks for
# extensions; older ones write version 1 then without it.
printf '[req]\ndistinguished_name = dn\n[dn]\n' > "$ca/bare.cnf"
openssl req -x509v1 -new -config "$ca/bare.cnf" -key "$ca/old.key" -subj "/O=Old/CN=Old Root" -days 3000 -out "$ca/old.pem" 2>/dev/null || {
	openssl req -new -key "$ca/old.key" -subj "/O=Old/CN=Old Root" -out "$ca/old.csr" 2>/dev/null
	openssl x509 -req -in "$ca/old.csr" -signkey "$ca/old.key" -days 3000 -out "$ca/old.pem" 2>/dev/null
}
is 0 "it is of version 1" bash -c "openssl x509 -in '$ca/old.pem' -noout -text | grep -q 'Version: 1 '"
is 0 "an old root" import "$ca/old.pem" --product attic --owner release-leads --json
like "goes in" '.entered == 1 and .bad == []'
is 0 "what ends before the support of a line that has nothing else" officer inventory solvency attic --json
like "nobody knows: it has none" '.products | length == 1 and (.[0] | .product == "attic" and (.solvent | not) and .runs_out == [] and [.gaps[].gap] == ["support-until"])'
is 0 "among all lines" officer inventory solvency --json
like "it is not read" '[.products[].product] | index("attic") == null'
is 0 "it is shown" officer cert show "$(print_of old)" --json
like "as what it is: of version 1, and it issued itself" '.version == 1 and .authority and .subject == "O=Old, CN=Old Root"'
is 0 "to people" officer cert show "$(print_of old)"
tells "too" "version +1"
is 0 "others" officer cert show "$(print_of host-1)" --json
like "are of version 3" '.version == 3'

# ---- bad ones
head -c 300 "$ca/host-3.der" > "$ca/cut.der"
{ cat "$ca/host-1.pem"; echo "-----BEGIN CERTIFICATE-----"; echo "AAAA"; echo "-----END CERTIFICATE-----"
  sed '3s/[A-Za-z]/*/' "$ca/host-2.pem"; echo "-----BEGIN CERTIFICATE-----"; } > "$ca/bad.pem"
issue host-7 700
issue host-8 800
is 65 "bad ones among good ones" import "$ca/bad.pem" "$ca/cut.der" "$ca/host-7.pem" --json
like "each by file and number" '[.bad[] | [(.file | split("/")[-1]), .n]] == [["bad.pem", 2], ["bad.pem", 3], ["bad.pem", 4], ["cut.der", 1]]'
like "and the rest is in" '.entered == 1 and .known == 1'
is 65 "all or nothing" import "$ca/host-8.pem" "$ca/bad.pem" --all-or-nothing --json
like "is nothing" '.entered == 0 and .known == 0 and (.bad | length) == 3'
tells "which is told" 'nothing was entered'
is 66 "so it is not there" officer cert show "$(print_of host-8)"
is 0 "without the bad ones" import "$ca/host-8.pem" --all-or-nothing --json
like "it is all" '.entered == 1'
# Two owners' are two pages.
pages() { jq -nc --arg a "$(base64 -w0 "$ca/host-3.der")" --arg b "$(openssl x509 -in "$ca/host-8.pem" -outform DER | base64 -w0)" \
    '{pages: [{certificates: [$a], owner: "release-leads", products: ["attic"]}, {certificates: [$b], owner: "release-officers", products: ["attic"]}]}'; }
token=$(cat "$house/ci.token")
is 0 "where a rule asks for approvals" api 400 malformed POST /v1/certificates/import/pages "$(pages)"
http POST /v1/certificates/import/pages "$token" "$(pages)"
like "that is told, and nothing waits" '.detail | test("watched-certificates asks for approvals")'
is 0 "nothing of it" officer cert list --elsewhere --product attic --json
like "is in" '[.certificates[].subject] == ["O=Old, CN=Old Root"]'
two() { jq -nc --arg a "$(base64 -w0 "$ca/host-3.der")" "{pages: [$1, $2 | {certificates: [\$a]} + .]}"; }
http POST /v1/certificates/import/pages "$token" "$(two '{owner: "release-leads"}' '{owner: "release-officers"}')"
like "one of two owners is told by its place" '.code == "malformed" and (.detail | test("^/pages/1/certificates/0: /pages/0 names another owner"))'
http POST /v1/certificates/import/pages "$token" "$(two '{products: ["attic"]}' '{products: ["attic"]}')"
like "one in two pages is, too" '.code == "malformed" and (.detail | test("^/pages/1/certificates/0: .*/pages/0 already"))'
http POST /v1/certificates/import/pages "$token" "$(two '{products: ["attic"]}' '{products: ["loft"]}')"
like "of two product lines it may be" '.code == "malformed" and (.detail | test("asks for approvals"))'
cat "$ca/host-3.der" "$ca/host-4.pem" > "$ca/both"
is 0 "DER and PEM in one file" import "$ca/both" --product thermostat --json
like "are two" '.entered + .known == 2 and .bad == []'
is 65 "a file without a certificate" import "$ca/host-1.key" "$ca/host-2.pem" --json
like "is told, and the rest is in" '.entered + .known == 1 and .private_keys == 1 and ([.bad[] | .file | split("/")[-1]] == ["host-1.key"])'
is 0 "help" claviger cert import --help
for status in 64 66 74; do
	shows "tells what ends with $status" "^ +$status "
done
is 65 "a file of something else" import "$house/charter/roster.yaml"
tells "is told" 'not a certificate'
is 66 "a file that is not there" import "$ca/none.pem"
is 65 "an owner that is no group" import "$ca/host-1.pem" --owner nobody
is 0 "a product that is no name" api 400 malformed POST /v1/certificates/import \
    "{\"certificates\":[\"$(base64 -w0 "$ca/host-3.der")\"],\"products\":[\"A B\"]}"
b64=$(base64 -w0 "$ca/host-3.der")
is 0 "none" api 422 out-of-range POST /v1/certificates/import '{"certificates":[]}'
is 0 "a hundred" api 200 none POST /v1/certificates/import "$(jq -nc --arg c "$b64" '{certificates: [range(100) | $c], dry_run: true}')"
is 0 "one more" api 422 out-of-range POST /v1/certificates/import "$(jq -nc --arg c "$b64" '{certificates: [range(101) | $c]}')"
is 0 "what is no certificate" api 200 none POST /v1/certificates/import '{"certificates":["AAAA","*"],"dry_run":true}'
http POST /v1/certificates/import "$(cat "$house/ci.token")" '{"certificates":["AAAA","*"],"dry_run":true}'
like "is told by its number" '.entered == 0 and [.bad[].n] == [0, 1]'
is 0 "all or nothing, at the interface" api 400 malformed POST /v1/certificates/import '{"certificates":["AAAA"],"all_or_nothing":true}'
is 77 "strangers" claviger cert import "$ca/host-1.pem"

# ---- from tables
for n in 1 2 3 4 5 6 7; do
	issue "row-$n" $((2000 + n))
done
der_of() { openssl x509 -in "$ca/$1.pem" -outform DER | base64 -w0; }
{ printf '\xef\xbb\xbfPEM,Team,Lines,Note\r\n'
  printf '"%s",release-leads,table; chart,in quotes\r\n' "$(cat "$ca/row-1.pem")"
  printf '%s,,,in DER\r\n' "$(der_of row-2)"
  printf 'AAAA,,,none\r\n'
  printf '%s,nobody,,whose owner is none\r\n' "$(der_of row-3)"
  printf '%s,Not A Name,,\r\n' "$(der_of row-3)"
  printf ',release-leads,,empty\r\n'
  printf '"%s",,,two\r\n' "$(cat "$ca/row-3.pem" "$ca/row-4.pem")"
  printf '%s,release-officers\r\n' "$(der_of row-3)"
  printf '%s,release-officers,radio,\r\n' "$(der_of row-5)"
} > "$ca/table.csv"
lines=$(wc -l < "$ca/row-1.pem")	# that its row is longer
is 65 "a table without a mapping" import "$ca/table.csv"
tells "is told what it lacks" 'no column is called "certificate"'
map=(--map "certificate=PEM,owner=Team" --map products=Lines)
is 64 "a mapping of what is no member" import "$ca/table.csv" --map serial=PEM
is 65 "a dry run of a table" import "$ca/table.csv" "${map[@]}" --product chart --owner release-officers --dry-run --json
like "says what it would enter" '.entered == 3 and .dry_run'
tells "and which column nobody reads" '"Note" is passed over'
is 65 "bad rows among good ones" import "$ca/table.csv" "${map[@]}" --product chart --owner release-officers --json
like "each by its line" "[.bad[].line] | sort == [$((3 + lines)), $((4 + lines)), $((5 + lines)), $((6 + lines)), $((7 + lines)), $((7 + lines + $(cat "$ca/row-3.pem" "$ca/row-4.pem" | wc -l)))]"
like "by no number" '[.bad[] | select(has("n"))] == [] and .bad_total == 6'
like "with what is wrong" '[.bad[].why] | any(test("no group")) and any(test("more than one")) and any(test("no certificate")) and any(test("not a name")) and any(test("2 fields"))'
like "and the rest is in" '.entered == 3'
is 0 "a row's own owner and product lines" officer cert show "$(print_of row-1)" --json
like "count" '.owner == "release-leads" and .products == ["table", "chart"]'
is 0 "where it has none" officer cert show "$(print_of row-2)" --json
like "the command line's do" '.owner == "release-officers" and .products == ["chart"]'
is 0 "also of one of them" officer cert show "$(print_of row-5)" --json
like "alone" '.owner == "release-officers" and .products == ["radio"]'
{ echo certificate,owner; echo "$(der_of row-6),"; echo "$(der_of row-7),nobody"; } > "$ca/whole"
is 65 "all or nothing of a table" import "$ca/whole" --format csv --all-or-nothing --json
like "knows of the charter" '.entered == 0 and (.bad | length) == 1 and (.bad[0] | .line == 3)'
is 66 "so nothing is there" officer cert show "$(print_of row-6)"
is 64 "and reads no pipe" bash -c "cat '$ca/whole' | claviger cert import - --format csv --all-or-nothing --officer-key '$house/officers/officer-1.pem'"
sed -i 3d "$ca/whole"
is 0 "which a table without it does" bash -c "cat '$ca/whole' | claviger cert import - --format csv --officer-key '$house/officers/officer-1.pem'"
{ echo certificate,products; for n in $(seq 1 20); do echo "$(der_of row-7),of-$n"; done; } > "$ca/wide.csv"
is 0 "more product lines than there are open pages" import "$ca/wide.csv" --json
like "are all entered" '.entered == 20'
is 0 "each" officer cert show "$(print_of row-7)" --json
like "once" '.products | length == 20'

# ---- the same certificate more than once, in a table and over files
for n in 1 2; do
	issue "same-$n" $((2200 + n))
done
{ echo certificate,owner
  for row in 1,release-leads 1,release-officers 1,release-leads 2,release-leads 1,; do echo "$(der_of "same-${row%,*}"),${row#*,}"; done
} > "$ca/same.csv"
is 65 "all or nothing of a table of two owners of one" import "$ca/same.csv" --all-or-nothing --json
like "is nothing" '.entered == 0 and [.bad[].line] == [3]'
is 66 "neither" officer cert show "$(print_of same-1)"
is 65 "the rest of it" import "$ca/same.csv" --json
like "is entered, each once" '.entered == 2 and .known == 0 and .repeated == 2 and [.bad[].line] == [3] and (.bad[0].why | test("another owner"))'
is 0 "it is theirs" officer cert show "$(print_of same-1)" --json
like "whom the first row names" '.owner == "release-leads"'
is 65 "once more" import "$ca/same.csv" --json
like "nothing changes" '.entered == 0 and .known == 2 and .repeated == 2'
is 65 "another owner from the command line, in another file" import "$ca/same.csv" "$ca/same-2.pem" --owner release-officers --dry-run
shows "is told by its file" 'same-2.pem +1 +the same certificate stands before it, with another owner'
shows "and those more than once are counted" '^1 stand there more than once$'
is 0 "another file, later" import "$ca/same-2.pem" --owner release-officers --json
like "has the last word" '.entered == 1'
is 0 "then it is theirs" officer cert show "$(print_of same-2)" --json
like "who were named last" '.owner == "release-officers"'

# ---- names that would be read as others
turned=$(printf 'good\u202e\u200bexe.\u2066')
make_key "$ca/turned.key"
openssl req -new -utf8 -key "$ca/turned.key" -subj "/O=Other/CN=$turned" -out "$ca/turned.csr" 2>/dev/null
openssl x509 -req -in "$ca/turned.csr" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -CAcreateserial -days 2400 \
    -extfile <(echo "subjectAltName=DNS:turned") -out "$ca/turned.pem" 2>/dev/null
is 0 "a name that turns its line round" import "$ca/turned.pem" --product turned --owner release-leads
is 0 "in a list" officer cert list --elsewhere --product turned
shows "is spelt" 'CN=goodU\+202EU\+200Bexe\.U\+2066$'
is 0 "by itself" officer cert show "$(print_of turned)"
shows "too" '^subject +O=Other, CN=goodU\+202EU\+200Bexe\.U\+2066$'
is 0 "for programs" officer cert list --elsewhere --product turned --json
like "it is what it is" ".certificates[0].subject == \"O=Other, CN=$turned\""

# ---- what their CA has revoked
mkdir "$ca/db"
touch "$ca/db/index"
echo 1000 > "$ca/db/number"
cat > "$ca/db/conf" <<-CONF
	[ca]
	default_ca = other
	[other]
	database = $ca/db/index
	crlnumber = $ca/db/number
	default_md = sha256
	certificate = $ca/ca.pem
	private_key = $ca/ca.key
	new_certs_dir = $ca/db
	serial = $ca/db/serial
	policy = any
	x509_extensions = leaf
	[leaf]
	basicConstraints = CA:FALSE
	[any]
	commonName = supplied
CONF
echo 01 > "$ca/db/serial"
# since NAME KEY NAME-IN-IT UNTIL: from 2020 on
since() {
	openssl req -new -key "$2" -subj "/CN=$3" -out "$ca/$1.csr" 2>/dev/null
	openssl ca -config "$ca/db/conf" -batch -notext -in "$ca/$1.csr" -startdate 20200101000000Z -enddate "$4" \
	    -out "$ca/$1.pem" > /dev/null 2>&1
}
# revoked NAME REASON; list FILE ARG...
revoked() { openssl ca -config "$ca/db/conf" -revoke "$ca/$1.pem" -crl_reason "$2" 2>/dev/null; }
list() { openssl ca -config "$ca/db/conf" -gencrl -out "$1" "${@:2}" 2>/dev/null; }
# row_is FILTER NAME: it in the list of all
shown() { officer cert show "$(print_of "$1")" --json; }
for n in 1 2 3 4; do
	issue "gone-$n" $((2100 + n))
done
is 0 "a whole CA" import "$ca/gone-1.pem" "$ca/gone-2.pem" "$ca/gone-3.pem" --product crl --json
list "$ca/0.crl" -crldays 30
revoked gone-1 keyCompromise
revoked gone-2 certificateHold
revoked gone-4 superseded
list "$ca/1.crl" -crldays 30
is 0 "a dry run of a list" import --crl "$ca/1.crl" --dry-run --json
like "says what it would revoke" '.lists[0] | .revoked == 1 and .held == 1 and .released == 0 and .dry_run and .list.number == "1001" and .list.entries == 3'
is 0 "nothing is yet" shown gone-1
like "revoked" 'has("status") | not'
is 0 "with its list" import "$ca/gone-3.pem" --product crl --crl "$ca/1.crl" --json
like "what it names" '.known == 1 and (.lists[0] | .revoked == 1 and .held == 1)'
is 0 "one of these" shown gone-1
like "is revoked" '.status == "revoked" and .reason == "key-compromise" and .revoked != null and .provenance == "asserted"'
like "by that list" ".list == \"$(openssl crl -in "$ca/1.crl" -outform DER | sha256sum | cut -d' ' -f1)\""
is 0 "one is held" shown gone-2
like "as yet" '.status == "held" and .reason == "certificate-hold"'
is 0 "one it does not name" shown gone-3
like "is as it was" 'has("status") | not'
is 0 "what comes in later" import "$ca/gone-4.pem" --product crl --crl "$ca/1.crl" --json
like "is named by the same list" '.entered == 1 and (.lists[0] | .revoked == 1 and .held == 0 and .known == 2)'
is 0 "the same once more" import --crl "$ca/1.crl" --json
like "changes nothing" '.lists[0] | .revoked == 0 and .held == 0 and .known == 3 and .state == "done" and (has("request") | not)'
is 0 "entered again with another product line" import "$ca/gone-1.pem" --product also
is 0 "it stays revoked" officer cert list --elsewhere --product also --json
like "also in lists" '[.certificates[].status] == ["revoked"]'
is 0 "for people" officer cert list --elsewhere --product crl
shows "with its status" '^[0-9a-f]{64} .* revoked +O=Other, CN=Other Root'
is 0 "what a product line depends on" as_ci inventory product crl --within P9Y --json
like "does not wait for the end of what is revoked" '[.certificates[] | [.subject[9:], .expiring]] ==
    [["CN=gone-1", false], ["CN=gone-2", false], ["CN=gone-3", true], ["CN=gone-4", false], ["CN=Other Root", true]] and
    .counts.others == {total: 5, expiring: 2, ended: 0} and ([.certificates[] | .shared] == [null, null, null, null, true])'
is 65 "an older list" import --crl "$ca/0.crl" --json
like "is refused" '.lists == [] and (.bad[0].why | test("not newer than 1001"))'
sed -i "/$(openssl x509 -in "$ca/gone-2.pem" -noout -serial | cut -d= -f2)/d" "$ca/db/index"
openssl crl -in "$ca/1.crl" -outform DER -out "$ca/1.der"
list "$ca/2.crl" -crldays 30
is 0 "a newer one" import --crl <(cat "$ca/2.crl") --json
like "releases what it holds no more" '.lists[0] | .released == 1 and .revoked == 0 and .known == 2 and .list.number == "1002"'
is 0 "which is" shown gone-2
like "as it was" 'has("status") | not'
is 65 "the one before" import --crl "$ca/1.der"
tells "does not come back" 'not newer than 1002'
list "$ca/3.crl" -crlsec 1
sleep 2
is 0 "one that is overdue" import --crl "$ca/3.crl"
tells "is taken with a warning" '3.crl was good until .*revoked since is not on it'
shows "and told" '3.crl +1003 '
make_key "$ca/rogue.key"
openssl req -x509 -new -key "$ca/rogue.key" -subj "/O=Other/CN=Other Root" -days 3000 -out "$ca/rogue.pem" 2>/dev/null
list "$ca/rogue.crl" -keyfile "$ca/rogue.key" -cert "$ca/rogue.pem" -crldays 30
dd if=/dev/zero of="$ca/1.der" bs=1 count=4 seek=$(($(stat -c %s "$ca/1.der") - 8)) conv=notrunc 2>/dev/null
is 65 "lists that are none of it" import --crl "$ca/1.der" --crl "$ca/rogue.crl" --crl "$ca/host-1.pem" --crl "$ca/table.csv" --json
like "are told each" '.lists == [] and ([.bad[].file | split("/")[-1]] == ["1.der", "rogue.crl", "host-1.pem", "table.csv"]) and
    (.bad[0].why | test("not signed by the authority")) and (.bad[2].why | test("no revocation list"))'
make_key "$ca/none.key"
openssl req -x509 -new -key "$ca/none.key" -subj "/CN=nobody" -days 3000 -out "$ca/none.pem" 2>/dev/null
list "$ca/none.crl" -keyfile "$ca/none.key" -cert "$ca/none.pem" -crldays 30
is 65 "a list of a CA that is not there" import --crl "$ca/none.crl"
tells "is told what it lacks" 'no certificate of CN=nobody is in the inventory'
is 0 "which is entered with it" import "$ca/none.pem" --crl "$ca/none.crl" --json
like "at once" '.entered == 1 and (.lists | length) == 1'
is 64 "nothing at all" import
token=$(officer login --json 2> /dev/null | jq -r '.token // empty')
is 0 "no octets" api 422 out-of-range POST /v1/crls/import '{"crl":""}'
is 0 "what is no list" api 400 malformed POST /v1/crls/import '{"crl":"AAAA"}'
token=$(cat "$house/ci.token")
is 77 "strangers" claviger cert import --crl "$ca/2.crl"
is 0 "what was said of it" officer ledger events --kind crl.imported --json
like "is in the ledger" '(.events | length) == 5'

# ---- under approval
issue host-9 900
is 75 "the build's wait" as_ci cert import "$ca/host-9.pem" --product thermostat --no-wait --json
like "which is told" '(.waiting | length) == 1 and .entered == 0'
waits=$(jq -r '.waiting[0]' <<< "$out")
is 66 "it is not there yet" officer cert show "$(print_of host-9)"
holds "an officer agrees" approve "$waits" officer-1
is 0 "then it is there" officer cert show "$(print_of host-9)" --json
like "by that request" ".request == \"$waits\""
is 0 "the build asks again" as_ci cert import "$ca/host-9.pem" --product thermostat --no-wait --json
like "and it is known" '.known == 1'

list "$ca/built.crl" -crldays 30
is 75 "so does its list" as_ci cert import --crl "$ca/built.crl" --no-wait --json
waits=$(jq -r '.waiting[0]' <<< "$out")
is 0 "who approves sees" officer request show "$waits" --json
like "whose it is, and of when" '.document.parameters | .issuer_name == "O=Other, CN=Other Root" and .number == "1006" and .this_update != null and .entries == 2'
is 0 "for people" officer request show "$waits"
shows "too" '^its number +1006$'
list "$ca/newer.crl" -crldays 30
is 0 "meanwhile a newer one" import --crl "$ca/newer.crl"
holds "is taken, and the other approved" approve "$waits" officer-1
is 65 "which is ended" as_ci request wait "$waits"
tells "by the newer" 'not newer than 1007'

# ---- many, by pages
mkdir "$ca/many"
for n in $(seq 1 230); do
	issue "many-$n" $((1000 + n)) "$ca/ca.key"
	cat "$ca/many-$n.pem"
done > "$ca/many.pem"
is 0 "more than two pages" import "$ca/many.pem" --product many --json
like "all" '.entered == 230'
cursor=
seen=$(while :; do
	page=$(officer cert list --elsewhere --product many --limit 100 --json ${cursor:+--cursor "$cursor"})
	jq -r '.certificates[] | .subject' <<< "$page"
	cursor=$(jq -r '.next // empty' <<< "$page")
	[ -n "$cursor" ] || break
done)
is 0 "a list misses none" test "$(sort -u <<< "$seen" | wc -l)" = 230
is 0 "the soonest end first" test "$(head -n 1 <<< "$seen")" = "O=Other, CN=many-1"
is 0 "what ends before a day" officer cert list --elsewhere --expires-before "$(date -u -d '+250 days' +%Y-%m-%dT%H:%M:%SZ)" --json
like "two" '[.certificates[].subject] == ["O=Other, CN=host-1", "O=Other, CN=host-2"]'
is 0 "and what does not" officer cert list --elsewhere --product thermostat --expires-after "$(date -u -d '+250 days' +%Y-%m-%dT%H:%M:%SZ)" --json
like "the others" '[.certificates[].subject] == ["O=Other, CN=host-3", "O=Other, CN=host-4", "O=Other, CN=host-9", "O=Other, CN=Other Root"]'
is 0 "by serial number" officer cert list --elsewhere --serial "$(openssl x509 -in "$ca/host-2.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --json
like "one" '[.certificates[].subject] == ["O=Other, CN=host-2"]'
is 0 "for people" officer cert list --elsewhere --product lock
shows "a line each" '^[0-9a-f]{64} .* O=Other, CN=Other Root +O=Other, CN=host-6$'
is 65 "by what others' certificates are not found" officer cert list --elsewhere --subject host
is 0 "nor ours by theirs" api 400 malformed GET '/v1/certificates?product=lock'
is 0 "a cursor of another list" api 400 malformed GET '/v1/certificates?elsewhere=true&cursor=crt_1'
is 65 "two ways at a time" officer cert list --elsewhere --product lock --serial 01
is 64 "they are not revoked here" officer cert revoke "$(print_of host-1)" --yes

# ---- gaps
gaps() { as_ci inventory gaps --json "$@"; }
raised() { as_ci alert list --limit 1000 --json | jq -e ".alerts | any($1)" > /dev/null; }
for n in 1 2 3 4; do
	make_key "$ca/old-$n.key"
	since "old-$n" "$ca/old-$n.key" "old-$n" "$(date -u -d '-200 days' +%Y%m%d000000Z)"
done
for n in 1 2; do
	since "soon-$n" "$ca/none.key" "soon-$n" "$(date -u -d '+30 days' +%Y%m%d000000Z)"
done
is 0 "some that have ended" import "$ca"/old-[1-4].pem "$ca"/soon-[12].pem --owner release-leads --json
like "may still be entered" '.entered == 6'
revoked old-2 superseded
revoked soon-2 superseded
list "$ca/4.crl" -crldays 30
openssl x509 -req -in "$ca/old-3.csr" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -CAcreateserial -days 2300 -extfile <(echo basicConstraints=CA:FALSE) -out "$ca/new-3.pem" 2>/dev/null
openssl req -new -key "$ca/old-4.key" -subj "/CN=another name" -out "$ca/new-4.csr" 2>/dev/null
openssl x509 -req -in "$ca/new-4.csr" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -CAcreateserial -days 2301 -extfile <(echo basicConstraints=CA:FALSE) -out "$ca/new-4.pem" 2>/dev/null
is 0 "of which one is revoked" import "$ca/new-3.pem" "$ca/new-4.pem" --owner release-leads --crl "$ca/4.crl"
is 0 "and two go on, by name and by key" gaps --limit 1
like "so one has no successor" '.certificates | length == 1 and .[0].subject == "CN=old-1" and [.[0].gaps[].gap] == ["successor"]'
shown=$(jq -r .next_certificate <<< "$out")
is 0 "then come those without an owner" gaps --limit 1000 --cursor "$shown"
like "each once" '(.certificates | map(.fingerprint) | unique | length) == (.certificates | length) and all(.certificates[]; .owner != null or .gaps[0].gap == "owner")'
like "then those of an owner that serve no product line" '([.certificates[] | select(.owner != null) | .subject] | contains(["CN=old-3", "CN=another name"])) and
    all(.certificates[]; (.products == []) == any(.gaps[]; .gap == "product")) and any(.certificates[]; .owner == null and .products == [])'
like "all of them" "(.certificates | map(.subject[9:]) | contains([\"CN=many-1\", \"CN=many-230\", \"CN=host-3\"])) and .next_certificate == null and .gaps == []"
like "but those that are revoked" '.certificates | all(.[]; .status == null) and (map(.subject) | any(test("gone-4")) | not) and (map(.subject) | any(test("gone-3")))'
all=$(jq '.certificates | length' <<< "$out") unowned=$(jq '[.certificates[] | select(.owner == null)] | length' <<< "$out")
cursor=$shown
told=$(while :; do
	page=$(gaps --limit 100 --cursor "$cursor")
	jq -r '.certificates[].fingerprint' <<< "$page"
	cursor=$(jq -r '.next_certificate // empty' <<< "$page")
	[ -n "$cursor" ] || break
done)
is 0 "by pages none is missing" test "$(sort -u <<< "$told" | wc -l)/$(wc -l <<< "$told")" = "$all/$all"
is 0 "for people" as_ci inventory gaps --limit 2
tells "it says how to go on" 'there are more certificates: --cursor owner//[1-9]'
shows "behind what lacks what" 'no successor +O=Other, CN=Other Root +CN=old-1$'
is 65 "a cursor of something else" gaps --cursor owner/
holds "those without an owner are told, as one" until_true 20 raised '.watch == "gap" and (.about.what | test("^[0-9]+ certificates of other CAs lack an owner$")) and .about.certificates == '"$unowned"
holds "so are those without a product line" until_true 5 raised '.watch == "gap" and .about.gap == "product" and .about.certificates == '$((all - unowned))
holds "and those without a successor" until_true 5 raised '.watch == "gap" and .about.what == "1 certificate of other CAs lacks a successor: ended within a year and not revoked"'
holds "the end of what is good is told" until_true 5 raised '.watch == "certificate" and (.about.name | test("soon-1"))'
make_key "$ca/soon-3.key"
since soon-3 "$ca/soon-3.key" soon-3 "$(date -u -d '+20 days' +%Y%m%d000000Z)"
is 0 "one that ends soon" import "$ca/soon-3.pem" --owner release-leads --json
holds "is told" until_true 10 raised '.watch == "certificate" and (.about.name | test("soon-3"))'
make_key "$ca/next-3.key"
openssl req -new -key "$ca/next-3.key" -subj "/CN=soon-3" -out "$ca/next-3.csr" 2>/dev/null
openssl x509 -req -in "$ca/next-3.csr" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -CAcreateserial -days 400 -extfile <(echo basicConstraints=CA:FALSE) -out "$ca/next-3.pem" 2>/dev/null
is 0 "the next of its name" import "$ca/next-3.pem" --owner release-leads --json
unraised() { ! raised "$@"; }
holds "ends the alert by itself" until_true 10 unraised '.watch == "certificate" and (.about.name | test("soon-3"))'
is 1 "that of what is revoked is not" raised '.watch == "certificate" and (.about.name | test("soon-2"))'

# ---- in the inventory
is 0 "a vendor's key" officer key register --name radio --class firmware-signing --at vendor --public <(openssl pkey -in "$ca/ca.key" -pubout) --product many
is 0 "has what bears it" as_ci inventory key radio --json
like "all of them, by another's CA" '(.key.certificates | length) == 231 and all(.key.certificates[]; .elsewhere and (.end | length) <= 1 and all(.end[]; .outside == "revoke"))'
is 0 "what the line of both depends on" as_ci inventory product many --json
like "has each once, with its key" '(.keys[] | select(.name == "radio") | .certificates | length) == 231 and .certificates == [] and
    .counts.certificates.total == 231 and .counts.others == {total: 0, expiring: 0, ended: 0}'
http GET '/v1/inventory/products/many?limit=1&cursor=radio' "$token"
like "counts the same" '.counts.certificates.total == 231 and .counts.others.total == 0'
is 0 "what a product line depends on" as_ci inventory product thermostat --within P250D --json
like "those that name it, with their end" '[.certificates[] | [.subject[9:], .expiring]] ==
    [["CN=host-1", true], ["CN=host-2", true], ["CN=host-3", false], ["CN=host-4", false], ["CN=host-9", false]]'
like "counted" '.counts.others == {total: 5, expiring: 2, ended: 0} and (.more_certificates | not)'
like "their CA's under its key, which is known by now" '[.keys[] | select(.shared) | .name] == ["radio"] and
    any(.keys[] | select(.shared) | .certificates[]; .subject == "O=Other, CN=Other Root")'
is 0 "a line that only they name" as_ci inventory product lock --json
like "is known" '[.keys[] | [.name, .shared]] == [["radio", true]] and .counts.others.total == 3'
like "with what each lacks that is in force" 'all(.certificates[]; .status != null or .ended or
    ([.gaps[].gap] == (if .owner == null then ["owner"] else [] end)))'
like "and one at least does" 'any(.certificates[]; [.gaps[]?.gap] == ["owner"])'
is 0 "for people" as_ci inventory product lock
shows "a line each" '^[0-9a-f]{64} +O=Other, CN=Other Root .* O=Other, CN=host-6$'
shows "with what it lacks" ' no owner '
shows "counted" '^others +3 '
is 0 "as CSV" as_ci inventory product lock --format csv -o "$house/line.csv"
out=$(tr -d '\r' < "$house/line.csv")
shows "a row each" "^certificate,$(print_of host-5),[0-9a-f]{64},,,,,,,,\"O=Other, CN=Other Root\",,\"O=Other, CN=host-5\""
is 0 "of a line whose key bears them" as_ci inventory product many --format csv -o "$house/line.csv"
is 0 "each is there once" test "$(grep -c '^certificate,' "$house/line.csv")" = 231
is 0 "as a bill of materials" as_ci inventory product lock --format cyclonedx -o "$house/cbom.json"
out=$(cat "$house/cbom.json")
like "with who issued each" '[.components[] | select(.cryptoProperties.assetType == "certificate") | .cryptoProperties.certificateProperties.issuerName // empty] ==
    ["O=Other, CN=Other Root", "O=Other, CN=Other Root", "O=Other, CN=Other Root"]'
if [ -n "${CYCLONEDX_SCHEMA:-}" ]; then
	is 0 "as the official schema has it" python3 "$CLAVIGER_SOURCE/tests/lib/cyclonedx.py" "$house/cbom.json"
fi

# ---- and all of it is in the ledger
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "an audit finds nothing, and makes the tables anew" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}"
house_result
