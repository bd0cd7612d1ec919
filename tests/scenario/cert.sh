#!/bin/bash
# cert.sh - authorities under quorum, and the certificates of devices: issued by
# the line's tool, found, written to files, made anew, revoked.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
cp "$CLAVIGER_SOURCE/ca/profiles/code-signing-rauc.yaml" "$house/charter/profiles/"
sed 's/^validity: .*/validity: { for: P30D }/' "$CLAVIGER_SOURCE/ca/profiles/matter-dac.yaml" > "$house/charter/profiles/matter-dac.yaml"
mkdir "$house/charter/alerts"
cat > "$house/charter/alerts/authorities.yaml" <<-YAML
	why: What it signed ends with it.
	watch: authority
	class: ca
	before: P1D
YAML
service_options=(--set alerts.every=1)
house_ready
pki=(--crl-url http://pki.example/crl/devices --ocsp-url http://ocsp.example
    --issuer-url http://pki.example/devices.crt --partitions 4)

issue() { # DEVICE CSR ARG...
	local device=$1 csr=$2
	shift 2
	as_ci cert issue --ca devices --profile device --device "$device" --csr "$house/$csr.csr" "$@"
}

# signer PROFILE - a certificate by a profile that an officer looks at.
signer() {
	local issue=(as_officer officer-1 cert issue --ca devices --profile "$1" --csr "$house/$1.csr" --subject O=Example
	    --subject "CN=$1" --no-wait)
	csr "$1"
	out=$("${issue[@]}" --json)
	approve "$(field request)" officer-2 && "${issue[@]}" -o "$house/$1.pem"
}
fit() { # PROFILE PURPOSE - is its certificate for that, says OpenSSL?
	openssl verify -purpose "$2" -CAfile "$house/root.pem" -untrusted "$house/chain.pem" "$house/$1.pem"
}
# bundled PROFILE - signed as RAUC does, and verified as it does.
bundled() {
	openssl cms -sign -in "$house/image" -binary -nosmimecap -outform DER -out "$house/image.cms" -md sha256 \
	    -signer "$house/$1.pem" -inkey "$house/$1.key" -certfile "$house/chain.pem" &&
	    openssl cms -verify -inform DER -in "$house/image.cms" -content "$house/image" -binary -out /dev/null \
	    -CAfile "$house/root.pem"
}

for k in root-key devices-key; do
	is 0 "$k is generated" asked officer-1 key generate --class ca --name "$k"
	holds "$k is put to use" as_officer officer-1 key activate "$k"
done

is 0 "a root under quorum" asked officer-1 ca create --name root --profile root --key root-key \
    --subject O=Example --subject "CN=Example Root" --reason "the anchor" \
    --crl-url http://pki.example/crl/root --issuer-url http://pki.example/root.crt
like "it is active and its own" '.name == "root" and .state == "active" and .issuer == null'
is 65 "a root's name is taken once" as_officer officer-1 ca create --name root --profile root --key root-key \
    --subject O=Example --subject "CN=Another" --no-wait --again
is 0 "an authority below it" asked officer-1 ca create --name devices --profile issuing-ca --issuer root \
    --key devices-key --subject O=Example --subject "CN=Example Devices" "${pki[@]}"
like "the root issued it" '.issuer == "root" and .partitions == 4'
is 65 "what no profile takes is refused" as_officer officer-1 ca create --name x --profile root --key root-key \
    --subject L=Nowhere --no-wait
is 65 "lists that could not be told apart" as_officer officer-1 ca create --name x --profile root --key root-key \
    --subject O=Example --subject CN=X --partitions 2 --no-wait
is 0 "it says what they lack" grep -q "/urls/crl.*5.2.5" <<< "$said"
is 65 "an unknown profile" as_officer officer-1 ca create --name x --profile nothing --key root-key --no-wait

holds "the chain to a file" as_ci ca show devices --chain -o "$house/chain.pem"
piped() { (cd "$house" && as_ci ca show devices --chain -o - | cmp - chain.pem && [ ! -e - ]); }
is 0 "or to standard output" piped
holds "the root to a file" as_ci ca show root -o "$house/root.pem"
is 0 "openssl believes the chain" openssl verify -CAfile "$house/root.pem" "$house/chain.pem"
is 0 "both are listed" as_ci ca list --json
like "by name" '[.cas[].name] == ["devices", "root"]'

csr outside
is 65 "nobody answers for OCSP outside the token" as_officer officer-1 cert issue --ca devices \
    --profile ocsp-responder --csr "$house/outside.csr" --subject "CN=Outside" --no-wait
tells "so it says" '/profile: ocsp-responder is for keys of kind ca in the token'
is 65 "a root certifies no device" as_ci cert issue --ca root --profile device --device T-1 \
    --csr "$house/outside.csr"
tells "and says what to do" '/issued-by-root: .*make an issuing CA below it'
is 65 "an authority without a vendor attests no device" as_officer officer-1 cert issue --ca devices --profile matter-dac \
    --device V-7 --csr "$house/outside.csr" --subject matterVendorId=FFF1 --subject matterProductId=8000 --no-wait
tells "as it is no PAI" 'matter-vid: .*names no vendor, so it is no PAI'
openssl req -new -key "$house/outside.key" -subj /CN=x -addext subjectAltName=DNS:10.0.0.1 -out "$house/address.csr" 2> /dev/null
is 65 "an address is no host" as_officer officer-1 cert issue --ca devices --profile tls-server --csr "$house/address.csr" --no-wait
tells "but an address" 'an address is ip:ADDRESS'
csr one
is 0 "the tool alone issues to a device" issue T-1 one -o "$house/one.pem" --json
like "with what the profile says" '.subject == "CN=T-1, serialNumber=T-1" and .san == ["uri:urn:device:T-1"]'
first=$(field id) serial=$(field serial) answered=$out
is 0 "looked at" as_ci cert show "$first" --json
like "it is what was answered, made of what was written" ". == $answered"
is 0 "openssl believes it" openssl verify -CAfile "$house/root.pem" -untrusted "$house/chain.pem" "$house/one.pem"
is 0 "its key is the request's" cmp <(openssl x509 -in "$house/one.pem" -noout -pubkey) \
    <(openssl pkey -in "$house/one.key" -pubout)
is 0 "it names its CRL" bash -c "openssl x509 -in '$house/one.pem' -noout -ext crlDistributionPoints | grep -q 'http://pki.example/crl/devices/[0-3].crl'"
is 0 "the same request again" issue T-1 one --again --json
like "gives the same certificate" ".id == \"$first\""
is 65 "its key is nobody else's" issue T-2 one
tells "the device that has it is named" 'T-1'
openssl req -new -key "$house/one.key" -subj /CN=door.example -addext subjectAltName=DNS:door.example -out "$house/door.csr" 2> /dev/null
is 65 "nor a server's" as_officer officer-1 cert issue --ca devices --profile tls-server --csr "$house/door.csr" --no-wait
tells "the device is named, too" 'that of device T-1'
is 65 "a device that is none" issue '' one

for n in 2 3 4 5 6; do
	csr "d$n"
	holds "device $n" issue "T-$n" "d$n" -o "$house/d$n.pem"
done

is 0 "a page" as_ci cert list --limit 2
tells "is not all there is" 'There are more: --cursor crt_'
is 0 "the next" as_ci cert list --limit 1000 --cursor "${said##* }"
is 1 "which nothing is behind" grep -q 'There are more' <<< "$said"
is 0 "a page of authorities" as_ci ca list --limit 1
tells "too" 'There are more: --cursor devices$'
is 0 "a page of names" as_ci cert list --subject t- --limit 1 --json
cursor=$(field next)
is 0 "goes on" as_ci cert list --subject t- --cursor "$cursor"
is 65 "not with another name" as_ci cert list --subject one --cursor "$cursor"
tells "which it is no page of" 'cursor: not one of this list'
is 0 "found as subjects are written" as_ci cert list --subject cn=t-3 --json
like "the very one" '[.certificates[].subject | test("T-3")] == [true]'
is 0 "by its long name, too" as_ci cert list --subject commonName=T-3 --json
like "the very one" '.certificates | length == 1'
is 0 "found by subject" as_ci cert list --subject t-3 --json
like "it alone" '[.certificates[].device] == ["T-3"]'
is 65 "not by another attribute" as_ci cert list --subject O=Example
tells "of which it says what can be searched" 'found by how its common name begins .*, not by organizationName; and by san'
is 0 "found by name" as_ci cert list --san uri:urn:device:T-4 --json
like "it alone" '[.certificates[].device] == ["T-4"]'
is 0 "found by device" as_ci cert list --device T-1 --json
like "it alone" "[.certificates[].id] == [\"$first\"]"
is 0 "found by serial number" as_ci cert list --serial "$serial" --json
like "it alone" "[.certificates[].id] == [\"$first\"]"
print=$(openssl x509 -in "$house/one.pem" -outform DER | sha256sum | cut -d' ' -f1)
is 0 "found by fingerprint" as_ci cert list --sha256 "$print" --json
like "it alone" "[.certificates[].id] == [\"$first\"]"
printed=$(openssl x509 -in "$house/one.pem" -noout -serial | cut -d= -f2) colons=$(sed 's/../&:/g; s/:$//' <<< "$serial")
for pasted in "$printed" "0x$serial" "0X$printed" "$colons" "00:${colons^^}"; do
	is 0 "found by $pasted" as_ci cert list --serial "$pasted" --json
	like "it alone" "[.certificates[].id] == [\"$first\"]"
	is 0 "shown by it" as_ci cert show "$pasted" --json
	like "it alone" ".id == \"$first\""
	is 0 "looked at before it is revoked" as_ci cert revoke "$pasted" --dry-run --json
	like "it alone" '.certificates == 1'
done
is 65 "what is no number is none" as_ci cert list --serial "$serial-"
for pasted in "${print^^}" "$(openssl x509 -in "$house/one.pem" -noout -fingerprint -sha256 | cut -d= -f2)"; do
	is 0 "found by $pasted" as_ci cert list --sha256 "$pasted" --json
	like "it alone" "[.certificates[].id] == [\"$first\"]"
done
is 65 "half a fingerprint is none" as_ci cert list --sha256 "${print:32}"
is 64 "no day that is said" as_ci cert list --expires-before yesterday
tells "is told how to be" 'yesterday. is not a time: write 2026-11-21'
is 0 "a day is one" as_ci cert list --expires-before 2099-01-01 --device T-1 --json
like "at its beginning" "[.certificates[].id] == [\"$first\"]"
is 0 "found by expiry" as_ci cert list --expires-before 2099-01-01T00:00:00Z --profile device --limit 4 --json
like "four on a page, and more" '(.certificates | length) == 4 and .next != null'
is 0 "the page behind it" as_ci cert list --expires-before 2099-01-01T00:00:00Z --profile device \
    --cursor "$(field next)" --json
like "the last two" '(.certificates | length) == 2 and .next == null'
is 0 "shown by serial number" as_ci cert show "$serial" --json
like "with its chain" ".id == \"$first\" and (.chain | split(\"BEGIN\") | length) == 3"
for f in pem der chain p7; do
	holds "written as $f" as_ci cert export "$first" --format "$f" -o "$house/one.$f"
done
is 0 "DER is what it says" openssl x509 -inform DER -in "$house/one.der" -noout
is 0 "PKCS #7 has all three" bash -c "[ \$(openssl pkcs7 -inform DER -in '$house/one.p7' -print_certs | grep -c BEGIN) = 3 ]"

head -c 100000 /dev/urandom > "$house/image"
for p in code-signing code-signing-rauc; do
	holds "a certificate for $p" signer "$p"
	is 0 "it is for code" bash -c "openssl x509 -in '$house/$p.pem' -noout -ext extendedKeyUsage | grep -q 'Code Signing'"
	# OpenSSL knows that purpose since 3.2.
	grep -q 'Invalid purpose' <<< "$(fit "$p" codesign 2>&1)" || is 0 "and OpenSSL says so" fit "$p" codesign
done
is 0 "RAUC's purpose" fit code-signing-rauc smimesign
is 0 "RAUC's signature" bundled code-signing-rauc
is 2 "which other code's certificates are not for" fit code-signing smimesign
is 4 "nor their signatures" bundled code-signing

csr anew
is 0 "the device with a new key" issue T-1 anew --json
second=$(field id)
is 0 "the one it had" as_ci cert show "$first" --json
like "is superseded" '.status == "revoked" and .reason == "superseded"'

is 65 "what was asked before and comes late" issue T-1 one --json
tells "hears of what the device has since" "$first.* not valid any more, and the device has another"
is 0 "which stays" as_ci cert show "$second" --json
like "as it was" '.status == "good"'

is 64 "revoking asks first" as_ci cert revoke "$second" --reason key-compromise
tells "and says what it comes to" 'devices +1'
is 0 "a dry run" as_ci cert revoke "$second" --dry-run --json
like "changes nothing" '.devices == 1 and .crl_octets > 30 and .changing == 1'
is 0 "still good" as_ci cert show "$second" --json
like "still good" '.status == "good"'
is 65 "not to be believed from a day to come on" as_ci cert revoke "$second" --invalid-since 2099-01-02T03:04:05Z --yes
tells "is nothing that anybody knows" 'invalid_since: 2099.* lies in the future'
is 0 "revoked for good" as_ci cert revoke "$second" --reason key-compromise --yes --json
is 0 "shown" as_ci cert show "$second" --json
like "as it was revoked" '.status == "revoked" and .reason == "key-compromise"'
for verb in hold release; do
	is 65 "there is no $verb of it any more" as_officer officer-1 cert "$verb" "$second" --yes --no-wait
	tells "which is said" "$second is revoked, for ever"
	is 65 "nor a look at what that would come to" as_officer officer-1 cert "$verb" "$second" --dry-run
done
is 0 "revoked once more" as_ci cert revoke "$second" --reason superseded --yes --json
like "it is so, for the reason that there is" '.status == "revoked" and .reason == "key-compromise"'
is 0 "as it was" as_ci cert show "$second" --json
like "at first" '.reason == "key-compromise"'
is 0 "the one before, which was superseded" as_ci cert revoke "$first" --reason cessation-of-operation --yes --json
like "stays so" '.reason == "superseded"'
is 0 "what its key comes to when others have it" as_ci cert revoke "$first" --reason key-compromise --dry-run --json
like "is a change, of no entry more" '.changing == 1 and .crl_entries == 0'
since=$(date -u -d '1 minute ago' +%Y-%m-%dT%H:%M:%SZ)
is 0 "which is found out later" as_ci cert revoke "$first" --reason key-compromise --invalid-since "$since" --yes --json
like "and is said" '.reason == "key-compromise"'
is 0 "and never less" as_ci cert revoke "$first" --reason superseded --yes --json
like "and stays said" '.reason == "key-compromise"'
is 65 "its key is certified no more" issue T-8 one
tells "by the certificate that says so" "$first of this key was revoked"
is 0 "held" as_ci cert hold "$(openssl x509 -in "$house/d2.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --yes --json
is 0 "one is held" as_ci cert list --status held --json
like "the second device's" '[.certificates[].device] == ["T-2"]'
held=$(jq -r '.certificates[0].id' <<< "$out")
csr round
is 65 "a device on hold gets no other" issue T-2 round --no-wait
tells "and hears which is in its way" "$held of device T-2 is on hold"
is 65 "nor the same again as if nothing were" issue T-2 d2
tells "which is said" "$held.* on hold"
is 0 "it is on hold still" as_ci cert show "$held" --json
like "as it was" '.status == "held"'
is 65 "a key that somebody else has is not certified again" issue T-8 anew
tells "whatever the device" "$second of this key was revoked"
is 65 "nor as another system's authority" as_officer officer-1 ca create --name anew --profile issuing-ca --issuer root \
    --csr "$house/anew.csr" --subject O=Example --subject CN=Anew --no-wait
tells "for the same reason" "/csr: certificate $second of this key was revoked"
csr seventh
is 0 "one more device" issue T-7 seventh --json
seventh=$(field id)
holds "revoked, by nobody's fault" as_ci cert revoke "$seventh" --reason superseded --yes
is 0 "the very same asking gets a new one" issue T-7 seventh --json
like "that is good" ".id != \"$seventh\" and .status == \"good\""
again=$(field id)
is 0 "once" issue T-7 seventh --json
like "not each time" ".id == \"$again\""
is 77 "a tool does not release" as_ci cert release "$held" --yes
is 0 "three revoked" as_ci cert list --status revoked --json
like "two of the first device" '[.certificates[].device] | sort == ["T-1", "T-1", "T-7"]'

# ---- what bad input gets: the rule, and its section
refused() { # WHY WORDS DEVICE CSR ARG...
	local why=$1 words=$2
	shift 2
	is 65 "$why" issue "$@" --no-wait
	is 0 "and the rule is named" grep -qE "$words" <<< "$said"
}
csr cut
openssl req -in "$house/cut.csr" -outform DER 2> /dev/null | head -c 150 > "$house/short.csr"
refused "a request that is cut off" 'the request is cut off: .* octets of .*\(RFC 2986, 4\)' T-5 short
openssl req -in "$house/cut.csr" -outform DER -out "$house/wrong.csr"
printf '\x01\x02\x03' | dd of="$house/wrong.csr" bs=1 seek=$(($(stat -c %s "$house/wrong.csr") - 3)) conv=notrunc 2> /dev/null
refused "a request that another key signed" 'not signed by its own key \(RFC 2986, 4.2\)' T-5 wrong
openssl req -new -newkey rsa:1024 -nodes -keyout "$house/small.key" -subj /CN=x -out "$house/small.csr" 2> /dev/null
refused "a key that is too small" '1024 bits is too small: at least 2048 \(NIST SP 800-131A, 3\)' T-5 small
openssl req -new -newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:3 -nodes -keyout "$house/three.key" -subj /CN=x \
    -out "$house/three.csr" 2> /dev/null
refused "an exponent that is too small" 'below 65537 \(FIPS 186-5, 5.4\)' T-5 three
refused "a subject that the profile does not take" \
    'profile device takes no subject attribute organizationalUnitName, which the request has.*RFC 5280, 4.1.2.6' T-5 cut --subject OU=X
refused "a name that the profile does not take" 'no rule of /san takes dns:a.example.*RFC 5280, 4.2.1.6' T-5 cut --san dns:a.example
refused "an end beyond the profile's" 'profile device, /validity: not_after .*it only shortens.*RFC 5280, 4.1.2.5' T-5 cut \
    --not-after 2090-01-01T00:00:00Z
is 65 "an unknown profile" as_ci cert issue --ca devices --profile devcie --device T-5 --csr "$house/cut.csr" --no-wait
is 0 "and those that there are" grep -qE '/profile: the charter has no profile .devcie.; it has .*device' <<< "$said"
holds "a key for an authority" key_asked brief-key ca
is 0 "one that ends soon" asked officer-1 ca create --name brief --profile issuing-ca --issuer root --key brief-key \
    --subject O=Example --subject CN=Brief --not-after "$(date -u -d '+30 days' +%Y-%m-%dT00:00:00Z)" \
    --crl-url http://pki.example/crl/brief --ocsp-url http://ocsp.example --issuer-url http://pki.example/brief.crt
is 65 "an end beyond the authority's" as_ci cert issue --ca brief --profile device --device T-5 --csr "$house/cut.csr" --no-wait
is 0 "and the rule is named" grep -qE 'profile device, /validity: .* would end at .* and its issuer already at .*RFC 5280, 6.1.3' <<< "$said"

csr below
is 0 "one that may have others below it" as_ci cert issue --ca brief --profile device --device T-20 --csr "$house/below.csr" \
    --not-after "$(date -u -d '+5 days' +%Y-%m-%dT00:00:00Z)" --json
openssl x509 -in <(as_ci ca show brief --json | jq -r .certificate) -noout -serial > "$house/brief.serial"
holds "its certificate is revoked" as_officer officer-1 cert revoke "$(cut -d= -f2 "$house/brief.serial" | tr A-F a-f)" \
    --reason ca-compromise --yes
csr further
is 65 "it issues no more" as_ci cert issue --ca brief --profile device --device T-21 --csr "$house/further.csr" \
    --not-after "$(date -u -d '+5 days' +%Y-%m-%dT00:00:00Z)" --no-wait
tells "and says why" 'of the authority brief is revoked'
holds "a key for one below it" key_asked below-key ca
is 65 "nor is anything below it" as_officer officer-1 ca create --name below --profile issuing-ca --issuer brief --key below-key \
    --subject O=Example --subject CN=Below --not-after "$(date -u -d '+5 days' +%Y-%m-%dT00:00:00Z)" --no-wait
alarmed() { as_ci alert list --json | jq -e '.alerts[] | select(.watch == "authority") |
    .what | test("brief issues nothing: its certificate crt_.* was revoked")'; }
holds "which is an alert" until_true 10 alarmed
is 0 "the root above it goes on" asked officer-1 ca create --name fresh --profile issuing-ca --issuer root --key below-key \
    --subject O=Example --subject CN=Fresh --crl-url http://pki.example/crl/fresh --ocsp-url http://ocsp.example \
    --issuer-url http://pki.example/fresh.crt

# server NAME - a certificate that waits for an officer, for web.key.
server() { as_officer officer-1 cert issue --ca fresh --profile tls-server --csr "$house/$1.csr" --no-wait --json; }
make_key "$house/web.key"
for name in web www; do
	openssl req -new -key "$house/web.key" -subj "/CN=$name.example" -addext "subjectAltName=DNS:$name.example" -out "$house/$name.csr"
done
is 75 "a server's waits" server web
first=$(field request)
is 75 "and another" server www
second=$(field request)
is 0 "an officer agrees to the first" approve "$first" officer-2
is 0 "which is there" server web
holds "somebody else has its key" as_officer officer-1 cert revoke "$(field id)" --reason key-compromise --yes
is 0 "an officer agrees to the second" approve "$second" officer-2
is 77 "which can never be" as_officer officer-1 request wait "$second"
tells "and says why" 'somebody else has the key; make a new one .RFC 5280, 5.3.1'
make_key "$house/gone.key"
openssl req -new -key "$house/gone.key" -subj "/CN=gone.example" -addext "subjectAltName=DNS:gone.example" -out "$house/gone.csr"
is 75 "one more waits" server gone
first=$(field request)
keeper_stop
is 0 "an officer agrees while the keeper is away" approve "$first" officer-2
hindered() { as_officer officer-1 request show "$first" --json | jq -e '.state == "due" and (.reason | test("keeper"))'; }
holds "who asks is told why it is not there" until_true 10 hindered
is 75 "in words, too" as_officer officer-1 request wait "$first" --wait PT1S
tells "of the same" 'approved, but cannot be performed yet: .*keeper'
keeper_start
is 0 "it is there when the keeper is" as_officer officer-1 request wait "$first"
make_key "$house/gone.key"
openssl req -new -key "$house/gone.key" -subj "/CN=gone.example" -addext "subjectAltName=DNS:gone.example" -out "$house/gone.csr"
is 75 "the last waits" server gone
first=$(field request)
is 0 "its authority is retired meanwhile" asked officer-1 ca retire fresh
is 0 "an officer agrees all the same" approve "$first" officer-2
is 65 "which can never be, either" as_officer officer-1 request wait "$first"
tells "and says why" 'fresh is retired and issues no more'

is 0 "retired under quorum" asked officer-1 ca retire devices --reason "over"
csr late
is 65 "a retired one issues no more" issue T-9 late

trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}" --json
like "each certificate was made again" '.ok and .checked.certificates == 18 and .unchecked == []'
house_result
