#!/bin/bash
# ca.sh - hierarchies that cross the house's border: authorities of other
# systems below ours, ours below theirs, keys that the token had before; and
# authorities that rest, are renewed and succeeded.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_up || die "the house did not start"
house_found officer-1 officer-2 || die "not founded"

# other NAME CN [EXTENSIONS] - another system's key and request, with openssl.
other() {
	make_key "$house/$1.key"
	openssl req -new -key "$house/$1.key" -subj "/O=Example/CN=$2" -out "$house/$1.csr" 2> /dev/null
}
# serial FILE - of a certificate, as claviger writes it.
serial() { openssl x509 -in "$1" -noout -serial | cut -d= -f2 | tr A-F a-f; }

holds "the root's key" key_asked root-key ca
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key \
    --subject O=Example --subject "CN=Example Root" \
    --crl-url http://pki.example/root --issuer-url http://pki.example/root.crt
lacks() { ! grep -q "Warning: with these URLs" "$house/said"; }
holds "which can certify authorities, and nobody is warned" lacks
holds "the root to a file" as_ci ca show root -o "$house/root.pem"
is 0 "it issues authorities" as_ci ca show root
tells "and how long" '^issues issuing-ca at full length until'
not_told() { ! grep -qE -e "$1" <<< "$out"; }
holds "nothing else" not_told '^issues (device|tls-server|root) '

# ---- a root's key rests, and serves only after a quorum woke it
sub=(ca create --name early --profile issuing-ca --issuer root --csr "$house/early.csr")
other early "Example Early"
holds "any officer lays it to rest" as_officer officer-1 key suspend root-key --reason "in the safe"
is 77 "while it rests nothing is certified" as_officer officer-1 "${sub[@]}" --no-wait
tells "and why is said" 'suspended'
is 75 "one officer does not wake it" as_officer officer-1 key resume root-key --reason "a ceremony" --no-wait --json
req=$(field request)
is 77 "it rests still" as_officer officer-1 "${sub[@]}" --no-wait
holds "two more agree" approve "$req" officer-2 officer-3
is 0 "it is awake" as_officer officer-1 key show root-key --json
like "as any key in use" '.state == "active"'
is 75 "a certificate waits for its own quorum" as_officer officer-1 "${sub[@]}" --no-wait --json
req=$(field request)
holds "the key is laid to rest meanwhile" as_officer officer-1 key suspend root-key
approve "$req" officer-2 officer-3
is 0 "it was agreed to" as_officer officer-1 request show "$req" --json
like "and is not made" '.state != "done"'
is 0 "woken under quorum" asked officer-1 key resume root-key
holds "what was agreed to is made" as_officer officer-1 request wait "$req" --quiet

# ---- another system's authority below ours
other plant "Example Plant"
plant=(ca create --name plant --profile issuing --issuer root --csr "$house/plant.csr")
is 64 "a key and a request" as_officer officer-1 "${plant[@]}" --key root-key --no-wait
is 64 "neither" as_officer officer-1 ca create --name plant --profile issuing-ca --issuer root --no-wait
is 65 "another system's root" as_officer officer-1 ca create --name plant --profile root --csr "$house/plant.csr" --no-wait
is 65 "which publishes by itself" as_officer officer-1 "${plant[@]}" --partitions 4 --no-wait
sed -i '5s/./A/' "$house/plant.csr"
is 65 "a request that its key did not sign" as_officer officer-1 "${plant[@]}" --no-wait
other plant "Example Plant"
is 77 "a tool does not ask for one" as_ci "${plant[@]}" --no-wait
is 0 "a quorum certifies it" asked officer-1 "${plant[@]}" --permit dns:plant.example --exclude dns:secret.plant.example
like "by the root, as the request says" '.ca == "root" and .profile == "issuing-ca" and .subject == "O=Example, CN=Example Plant"'
jq -j .certificate <<< "$out" > "$house/plant.pem"
is 0 "asked again it is the same" as_officer officer-1 "${plant[@]}" --permit dns:plant.example \
    --exclude dns:secret.plant.example -o "$house/again.pem"
is 0 "octet for octet" cmp "$house/plant.pem" "$house/again.pem"
is 0 "openssl believes it" openssl verify -CAfile "$house/root.pem" "$house/plant.pem"
is 0 "its key is the request's" cmp <(openssl x509 -in "$house/plant.pem" -noout -pubkey) \
    <(openssl pkey -in "$house/plant.key" -pubout)
is 0 "its names are constrained" openssl x509 -in "$house/plant.pem" -noout -ext nameConstraints,basicConstraints
tells "critically" 'Name Constraints: critical'
tells "to what is permitted" 'DNS:plant.example'
tells "and it issues no authority" 'pathlen:0'
is 0 "it is no authority of the house" as_ci ca list --json
like "but the root alone" '[.cas[].name] == ["root"]'
is 0 "it is one of its certificates" as_ci cert list --serial "$(serial "$house/plant.pem")" --json
like "which the root issued" '[.certificates[] | .ca + " " + .status] == ["root good"]'

for host in door.plant.example bank.example door.secret.plant.example; do
	make_key "$house/door.key"
	openssl req -new -x509 -key "$house/door.key" -subj /CN=door -addext "subjectAltName=DNS:$host" \
	    -addext basicConstraints=critical,CA:false -CA "$house/plant.pem" -CAkey "$house/plant.key" \
	    -out "$house/$host.pem" 2> /dev/null
done
below=(openssl verify -CAfile "$house/root.pem" -untrusted "$house/plant.pem")
holds "what it issues is believed below the root" "${below[@]}" "$house/door.plant.example.pem"
is 2 "but no foreign name" "${below[@]}" "$house/bank.example.pem"
is 2 "nor an excluded one" "${below[@]}" "$house/door.secret.plant.example.pem"

openssl req -new -key "$house/officers/officer-1.pem" -subj /O=Example/CN=X -out "$house/x.csr" 2> /dev/null
is 65 "a name that is an authority's" as_officer officer-1 ca create --name root --profile issuing-ca --issuer root \
    --csr "$house/x.csr" --no-wait
is 0 "revoked like any other" as_officer officer-1 cert revoke "$(serial "$house/plant.pem")" \
    --reason ca-compromise --yes --json

# ---- ours below another system's root
make_key "$house/partner.key"
openssl req -new -x509 -key "$house/partner.key" -subj "/O=Partner/CN=Partner Root" -days 7300 \
    -addext keyUsage=critical,keyCertSign,cRLSign -out "$house/partner.pem" 2> /dev/null
printf '%s\n' basicConstraints=critical,CA:true,pathlen:0 keyUsage=critical,keyCertSign,cRLSign \
    subjectKeyIdentifier=hash authorityKeyIdentifier=keyid > "$house/partner.ext"
# signed NAME - by the partner's root, for its request.
signed() {
	openssl x509 -req -in "$house/$1.csr" -CA "$house/partner.pem" -CAkey "$house/partner.key" -days 5475 \
	    -extfile "$house/partner.ext" -out "$house/$1.pem" 2> /dev/null
}
holds "a key for a line" key_asked line-key ca
line=(ca request --key line-key --subject O=Example --subject "CN=Example Line" --reason "for the partner")
bare=(ca create --name bare --profile issuing-ca --issuer root --key line-key --subject O=Example --subject CN=Bare --no-wait --json)
is 75 "one without a URL" as_officer officer-1 "${bare[@]}"
waits=$(field request)
tells "is warned of" 'Warning: with these URLs it can issue nothing by the profiles .*device.*, whose certificates name one that it lacks'
holds "and withdrawn" as_officer officer-1 request cancel "$waits"
is 75 "one with all of them" as_officer officer-1 "${bare[@]}" --crl-url http://pki.example/bare --ocsp-url http://ocsp.example --issuer-url http://pki.example/bare.crt
waits=$(field request)
holds "is not" lacks
holds "and withdrawn" as_officer officer-1 request cancel "$waits"
is 77 "a tool does not ask others" as_ci "${line[@]}" --no-wait
is 65 "without a subject" as_officer officer-1 ca request --key line-key --no-wait
is 0 "a quorum asks for it" asked officer-1 "${line[@]}"
jq -j .csr <<< "$out" > "$house/line.csr"
is 0 "openssl believes the request" openssl req -in "$house/line.csr" -verify -noout -subject
tells "and reads its subject" 'O ?= ?Example, ?CN ?= ?Example Line'
is 0 "it is the same to a file" as_officer officer-1 "${line[@]}" -o "$house/again.csr"
is 0 "octet for octet" cmp "$house/line.csr" "$house/again.csr"
signed line
# limited CA FILE EXTENSION... - signed as well, with these besides.
limited() {
	local ca=$1 file=$2
	shift 2
	cat "$house/partner.ext" - <<< "$(printf '%s\n' "$@")" > "$house/limited.ext"
	openssl x509 -req -in "$house/$ca.csr" -CA "$house/partner.pem" -CAkey "$house/partner.key" -days 5475 \
	    -extfile "$house/limited.ext" -out "$house/$file.pem" 2> /dev/null
}
holds "with what nobody knows, critical" limited line odd 1.2.3.4=critical,ASN1:NULL
is 65 "it is not taken in" as_officer officer-1 ca import "$house/odd.pem" --name line --no-wait
tells "and why is said" 'critical extension that is not known here: 1.2.3.4 .RFC 5280, 4.2.'
is 75 "whose OCSP URL is another's" as_officer officer-1 ca import "$house/line.pem" --name elsewhere --crl-url http://pki.example/line \
    --ocsp-url http://ocsp.example --issuer-url http://pki.example/line.crt --no-wait
tells "is warned of" 'Warning: without --responder this house answers no OCSP question about its certificates: somebody else must, at http://ocsp.example'
is 0 "what came back is taken in" asked officer-1 ca import "$house/line.pem" --name line \
    --crl-url http://pki.example/line --ocsp-url http://ocsp.example --issuer-url http://pki.example/line.crt
like "as an authority of the house" '.imported and .state == "active" and .issuer == null'
is 0 "it is shown" as_ci ca show line
tells "that no authority stands below it" '^authorities below +0$'
tells "how long it issues to devices" '^issues device at full length until'
holds "and to no authority" not_told '^issues issuing-ca '
urls=(--crl-url http://pki.example/line --ocsp-url http://ocsp.example --issuer-url http://pki.example/line.crt)
is 65 "under another name it is not, and nobody is asked" as_officer officer-1 ca import "$house/line.pem" --name line-2 "${urls[@]}" --no-wait
tells "since it is here" 'the authority line has it already'
is 65 "nor once more" as_officer officer-1 ca import "$house/line.pem" --name line "${urls[@]}" --reason again --no-wait
tells "since it is here" 'the authority line has it already'
cp "$house/line.pem" "$house/line-1.pem"
signed line
is 65 "nor its next certificate under another name" as_officer officer-1 ca import "$house/line.pem" --name line-2 "${urls[@]}" --no-wait
tells "and under which it is" 'are the authority line; take its next certificate in under that name'
is 65 "nor with other URLs" as_officer officer-1 ca import "$house/line.pem" --name line --crl-url http://pki.example/other --no-wait
tells "which it keeps" 'keeps its URLs and partitions'
mv "$house/line-1.pem" "$house/line.pem"

# ---- a key that somebody else has, as its CA's list says
holds "another key" key_asked leaked-key ca
is 0 "the partner is asked to certify it" asked officer-1 ca request --key leaked-key --subject O=Example --subject "CN=Leaked"
jq -j .csr <<< "$out" > "$house/leaked.csr"
signed leaked
is 0 "and what came back is entered as another CA's" as_officer officer-2 cert import "$house/leaked.pem"
printf 'R\t401121000000Z\t261101000000Z,CACompromise\t%s\tunknown\t/CN=x\n' "$(openssl x509 -in "$house/leaked.pem" -noout -serial | cut -d= -f2)" > "$house/index.txt"
echo 01 > "$house/crlnumber"
printf '%s\n' "[ca]" "default_ca=d" "[d]" "database=$house/index.txt" "crlnumber=$house/crlnumber" "default_md=sha256" \
    "default_crl_days=30" > "$house/ca.cnf"
openssl ca -gencrl -config "$house/ca.cnf" -keyfile "$house/partner.key" -cert "$house/partner.pem" -out "$house/leaked.crl" 2> /dev/null
is 0 "the partner's root is entered, too" as_officer officer-2 cert import "$house/partner.pem"
is 0 "the partner's list says that others have it" as_officer officer-2 cert import --crl "$house/leaked.crl"
signed leaked
is 65 "no certificate of it is taken in, and nobody is asked" as_officer officer-1 ca import "$house/leaked.pem" --name leaked --no-wait
tells "and why is said" "another CA's certificate [0-9a-f]{64} of its key was revoked because somebody else has the key"

for n in dev door; do
	make_key "$house/$n.key"
	openssl req -new -key "$house/$n.key" -subj /CN=x -out "$house/$n.csr" 2> /dev/null
done
is 0 "it issues" as_ci cert issue --ca line --profile device --device L-1 --csr "$house/dev.csr" -o "$house/dev.pem"
is 0 "below the partner's root" openssl verify -CAfile "$house/partner.pem" -untrusted "$house/line.pem" "$house/dev.pem"

# ---- what theirs lets ours be for
holds "a key for code" key_asked code-key ca
is 0 "a quorum asks for its certificate" asked officer-1 ca request --key code-key --subject O=Example --subject "CN=Example Code"
jq -j .csr <<< "$out" > "$house/code.csr"
holds "it is for code alone" limited code code extendedKeyUsage=codeSigning
taken=(--crl-url http://pki.example/code --ocsp-url http://ocsp.example --issuer-url http://pki.example/code.crt)
is 0 "it is taken in" asked officer-1 ca import "$house/code.pem" --name code "${taken[@]}"
coded() { as_ci cert issue --ca code --profile device --device "$1" --csr "$house/door.csr" -o "$house/coded.pem"; }
is 65 "it issues to no client" coded C-1
tells "as its purposes say" 'eku-issuer:.*RFC 5280 4.2.1.12.*1.3.6.1.5.5.7.3.2'
holds "again, and policies must be there" limited code coded policyConstraints=critical,requireExplicitPolicy:0
is 0 "it is renewed so" asked officer-1 ca import "$house/coded.pem" --name code "${taken[@]}"
is 65 "it issues nothing without" coded C-1
tells "as it asks" 'policy-issuer:.*RFC 5280 4.2.1.11'

# ---- an authority and a signer that the token had before
pin=$(cat "$house/pin")
on_token() { pkcs11-tool --module "$(softhsm_module)" --token-label claviger --login --pin "$pin" "$@" > /dev/null 2>&1; }
holds "a key made by other means" on_token --keypairgen --key-type EC:prime256v1 --label "Old CA" --id 01a4
holds "its public half" on_token --read-object --type pubkey --label "Old CA" --output-file "$house/old.der"
openssl pkey -pubin -inform DER -in "$house/old.der" -out "$house/old.pub"
holds "its certificate, by the partner" openssl x509 -new -force_pubkey "$house/old.pub" -subj "/O=Example/CN=Old CA" \
    -CA "$house/partner.pem" -CAkey "$house/partner.key" -days 5475 -extfile "$house/partner.ext" -out "$house/old.pem"
old=(--crl-url http://pki.example/old --ocsp-url http://ocsp.example --issuer-url http://pki.example/old.crt)
is 66 "of a key that the house does not have" as_officer officer-1 ca import "$house/old.pem" --name old "${old[@]}" --no-wait
adopt=(key adopt --class ca --name old-key --object "Old CA")
is 77 "a tool takes in no key" as_ci "${adopt[@]}" --no-wait
is 0 "it is taken in under quorum" asked officer-1 "${adopt[@]}" --reason "from the old system"
like "as one that others may have too" '.exclusive == false and .exportable == "never" and .state == "pre-activation"'
holds "it is put to use" as_officer officer-1 key activate old-key
is 0 "and its certificate taken in" asked officer-1 ca import "$house/old.pem" --name old "${old[@]}"
is 0 "it issues" as_ci cert issue --ca old --profile device --device O-1 --csr "$house/door.csr" -o "$house/dev2.pem"
is 0 "below the partner's root" openssl verify -CAfile "$house/partner.pem" -untrusted "$house/old.pem" "$house/dev2.pem"

# ---- an authority that another system kept, with its lists: ours are newer
holds "a key that the other system had" other kept "Example Kept"
holds "its certificate" signed kept
openssl pkcs8 -topk8 -nocrypt -in "$house/kept.key" -out "$house/kept.p8"
softhsm2-util --import "$house/kept.p8" --token claviger --label "Kept CA" --id 01a6 --pin "$pin" > /dev/null
# listed NAME NUMBER EXTENSION KEY CERTIFICATE [ARG...] - a list that openssl ca makes, PEM; number in hexadecimal.
listed() {
	printf 'R\t401121000000Z\t261101000000Z,%s\t%s\tunknown\t/CN=%s\n' keyTime,20261020000000Z 1001 lost \
	    unspecified 0A gone > "$house/index.txt"
	echo "$2" > "$house/crlnumber"
	printf '%s\n' "[ca]" "default_ca=d" "[d]" "database=$house/index.txt" "crlnumber=$house/crlnumber" "default_md=sha256" \
	    "default_crl_days=30" "crl_extensions=x" "[x]" "$3" > "$house/ca.cnf"
	openssl ca -gencrl -config "$house/ca.cnf" -keyfile "$house/$4.key" -cert "$house/$5.pem" -out "$house/$1.crl" "${@:6}" 2> /dev/null
}
aki=authorityKeyIdentifier=keyid:always
holds "its newest list" listed kept 03E8 $aki kept kept
holds "one of the partner's" listed partner 03E8 $aki partner partner
openssl ecparam -genkey -name prime256v1 -noout -out "$house/thief.key" 2> /dev/null
openssl req -new -x509 -key "$house/thief.key" -subj "/O=Example/CN=Example Kept" -out "$house/thief.pem" 2> /dev/null
holds "one that another key signed" listed thief 03E8 basicConstraints=CA:false thief thief
holds "a delta" listed delta 03E8 2.5.29.27=critical,ASN1:INTEGER:3 kept kept
holds "an indirect one" listed indirect 03E8 issuingDistributionPoint=critical,indirectCRL:TRUE kept kept
holds "one with something that must be known" listed odd 03E8 1.2.3.4=critical,ASN1:NULL kept kept
holds "one whose number is too long" listed long 80AABBCCDDEEFF00112233445566778899AABBCC $aki kept kept
holds "one that has ended" listed ended 03E8 $aki kept kept -crl_lastupdate 261001000000Z -crl_nextupdate 261101000000Z
holds "one of a day to come" listed early 03E8 $aki kept kept -crl_lastupdate 361001000000Z -crl_nextupdate 371001000000Z
holds "one for a place" listed shard 03E8 "issuingDistributionPoint=critical,fullname:URI:http://old.example/1.crl" kept kept
openssl crl -in "$house/kept.crl" -outform DER -out "$house/kept.der" 2> /dev/null
head -c 200 "$house/kept.der" > "$house/cut.crl"
is 0 "the key is adopted" asked officer-1 key adopt --class ca --name kept-key --object "Kept CA"
holds "and put to use" as_officer officer-1 key activate kept-key
holds "a key for answers" key_asked kept-ocsp ocsp-responder
# itself NAME USAGE - the kept authority's certificate, self-signed.
itself() {
	openssl req -new -x509 -key "$house/kept.key" -subj "/O=Example/CN=Example Kept" -days 5475 \
	    -addext "keyUsage=critical,$2" -out "$house/$1.pem" 2> /dev/null
}
holds "a certificate of its own" itself own keyCertSign,cRLSign
openssl x509 -in "$house/own.pem" -outform DER -out "$house/own.der"
{ head -c -1 "$house/own.der"; tail -c 1 "$house/own.der" | tr '\000-\377' '\001-\377\000'; } |
    openssl x509 -inform DER -out "$house/forged.pem"
holds "one whose key signs no lists" itself mute keyCertSign
for wrong in mute:'cRLSign is missing .RFC 5280, 4.2.1.3' forged:'not signed by the key that it names .RFC 5280, 6.1.3'; do
	is 65 "no certificate that is ${wrong%%:*}" as_officer officer-1 ca import "$house/${wrong%%:*}.pem" --name kept --no-wait
	tells "and why is said" "${wrong#*:}"
done
kept=(ca import "$house/kept.pem" --name kept --crl-url http://pki.example/kept --partitions 2 --deltas --responder kept-ocsp)
for wrong in partner:'another authority' thief:'not signed by' delta:'a delta' indirect:'indirect' odd:'critical' long:'21 octets' cut:'.' \
    ended:'good until 2026-11-01' early:'yet to come' shard:'one of several'; do
	is 65 "no list that is ${wrong%%:*}" as_officer officer-1 "${kept[@]}" --crl "$house/${wrong%%:*}.crl" --no-wait
	tells "and why is said" "${wrong#*:}"
done
head -c 700001 /dev/zero > "$house/large.crl"
is 65 "no list that is too large" as_officer officer-1 "${kept[@]}" --crl "$house/large.crl" --no-wait
tells "and what to do" 'crl-number'
head -c 700000 /dev/zero > "$house/large.crl"
is 65 "one as large as can be is read" as_officer officer-1 "${kept[@]}" --crl "$house/large.crl" --no-wait
tells "and is none" 'a revocation list'
is 64 "a list and a number" as_officer officer-1 "${kept[@]}" --crl "$house/kept.crl" --crl-number 1000 --no-wait
for wrong in 3e8 -1 007 1000000000000000000000000000000000000000000000000; do
	is 65 "no number $wrong" as_officer officer-1 "${kept[@]}" --crl-number "$wrong" --no-wait
done
is 75 "one for a place may be the only one" as_officer officer-1 "${kept[@]}" --crl "$house/shard.crl" --only-list --no-wait --json
is 0 "which who agrees is shown" as_officer officer-1 request show "$(field request)"
tells "with the list" '^its only list +true'
tells "and its number" '^lists above +03e8'
as_officer officer-1 request cancel "$(sed -n 's/^request  *//p' <<< "$out")" > /dev/null
is 75 "its list waits for approvals" as_officer officer-1 "${kept[@]}" --crl "$house/kept.der" --no-wait --json
req=$(field request)
is 0 "officers see what they approve" as_officer officer-2 request show "$req" --json
like "the number, and which list it is of" ".document.parameters | .crl_number == \"03e8\" and .crl == \"$(sha256sum < "$house/kept.der" | cut -d' ' -f1)\""
holds "two agree" approve "$req" officer-2 officer-3
is 0 "it is the same list as PEM" as_officer officer-1 "${kept[@]}" --crl "$house/kept.crl" --json
like "told in decimal" '.imported and .crl_number == "1000"'
is 0 "what the other system revoked" as_ci ca show kept --json
like "is counted" '.revoked_before == 2'
is 65 "the number is told once" as_officer officer-1 "${kept[@]}" --crl-number 5 --no-wait
# numbered CONDITION - of the lists of the authority that was kept elsewhere: full and delta of both partitions.
numbered() { as_ci ca show kept --json | jq -e "[.lists[].number] | $1" > /dev/null; }
holds "each list begins above it, and each delta above its list" until_true 20 numbered '. == [1001, 1002, 1001, 1002]'
curl -sf "http://127.0.0.1:$public_port/crl/kept/0.crl" -o "$house/new.der"
is 0 "openssl believes it" openssl crl -inform DER -in "$house/new.der" -CAfile "$house/kept.pem" -verify -noout -crlnumber
tells "and reads a higher number" '0x0?3E9'
is 0 "what the other system revoked is on it" openssl crl -inform DER -in "$house/new.der" -noout -text
tells "by its serial number" 'Serial Number: 1001'
tells "with its reason" 'Key Compromise'
tells "and since when it was not to be believed" 'Oct 20 00:00:00 2026 GMT'
tells "the other one too" 'Serial Number: 0A'
curl -sf "http://127.0.0.1:$public_port/crl/kept/1.crl" -o "$house/second.der"
is 1 "but not on the list of another partition" grep -q 'Serial Number' <(openssl crl -inform DER -in "$house/second.der" -noout -text)
is 66 "nobody changes that here" as_officer officer-1 cert revoke 1001 --reason superseded --yes
tells "and is told how to mean it" 'is meant with --ca'
is 65 "but what is revoked stays so" as_officer officer-1 cert revoke --ca kept 1001 --reason superseded --yes
tells "which is told" 'stays revoked'
is 0 "nor by asking the service" curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" \
    -d '{"serials":["1001"],"cause":"superseded"}' -H "Content-Type: application/json" -H "Idempotency-Key: listed" \
    "$url/v1/cas/kept/revoke"
tells "which says it, too" 'is on the list that kept came with, and stays revoked'
cat "$house/partner.pem" "$house/kept.pem" > "$house/kept.chain"
# answered SERIAL STATUS - openssl believes the answer for a certificate of the other system.
answered() {
	openssl ocsp -issuer "$house/kept.pem" -serial "$1" -url "http://127.0.0.1:$public_port/ocsp" \
	    -CAfile "$house/kept.chain" -verify_other "$house/kept.chain" > "$house/ocsp" 2>&1
	grep -q "Response verify OK" "$house/ocsp" && grep -q "$1: $2" "$house/ocsp" && return
	cat "$house/ocsp"
	return 1
}
holds "OCSP answers" until_true 20 answered 0x1001 revoked
is 0 "with the reason" grep -q keyCompromise "$house/ocsp"
is 0 "the other one is revoked" answered 0x0A revoked
is 0 "a third is nothing that it knows" answered 0x1002 unknown
is 0 "people see it" as_ci ca show kept
tells "where they began" 'CRLs above +1000'
big=730750818665451459101842416358141509827966271000
holds "another that the other system had" other far "Example Far"
holds "its certificate" signed far
openssl pkcs8 -topk8 -nocrypt -in "$house/far.key" -out "$house/far.p8"
softhsm2-util --import "$house/far.p8" --token claviger --label "Far CA" --id 01a7 --pin "$pin" > /dev/null
is 0 "the key is adopted" asked officer-1 key adopt --class ca --name far-key --object "Far CA"
holds "and put to use" as_officer officer-1 key activate far-key
far=(ca import "$house/far.pem" --name far --crl-url http://pki.example/far)
is 65 "a number that leaves no room" as_officer officer-1 "${far[@]}" --crl-number $big --no-wait
is 0 "its number alone" asked officer-1 "${far[@]}" --crl-number 1000000000000000000000000000000000000
far_number() { as_ci ca show far --json | jq -e '.lists[0].number == "1000000000000000000000000000000000001"' > /dev/null; }
holds "its list is above that, however far" until_true 10 far_number

# ---- names are within the constraints of every authority above, not of the issuer alone
for n in fenced inner; do holds "a key for $n" key_asked "$n-key" ca; done
fence=(--crl-url http://pki.example/fenced --ocsp-url http://ocsp.example --issuer-url http://pki.example/fenced.crt)
is 0 "a root for the plant's hosts" asked officer-1 ca create --name fenced --profile root --key fenced-key \
    --subject O=Example --subject "CN=Fenced Root" --permit uri:.plant.example "${fence[@]}"
inner=(ca create --name inner --profile issuing-ca --issuer fenced --key inner-key --subject O=Example --subject CN=Inner
    --crl-url http://pki.example/inner --ocsp-url http://ocsp.example --issuer-url http://pki.example/inner.crt)
is 65 "none below it permits more" as_officer officer-1 "${inner[@]}" --permit uri:.example --no-wait
tells "and why is said" 'it would permit uri:.example.*RFC 5280'
is 0 "one below it says nothing of names" asked officer-1 "${inner[@]}"
make_key "$house/i.key"
openssl req -new -key "$house/i.key" -subj /CN=x -out "$house/i.csr" 2> /dev/null
is 65 "it names no device that the root does not permit" as_ci cert issue --ca inner --profile device --device I-1 \
    --csr "$house/i.csr" -o "$house/i.pem"
tells "and why is said" 'uri:urn:device:.* is in no permitted constraint of the authorities above.*RFC 5280'

# ---- renewed, and followed by another key
holds "a key for devices" key_asked devices-key ca
is 0 "an authority below the root" asked officer-1 ca create --name devices --profile issuing-ca --issuer root \
    --key devices-key --subject O=Example --subject "CN=Example Devices" --not-after 2041-01-01T00:00:00Z --exclude dns:secret.example \
    --crl-url http://pki.example/devices --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices.crt
like "that ends in 2041" '.not_after | startswith("2041-01-01")'
jq -j .certificate <<< "$out" > "$house/devices-1.pem"
for n in 1 2 3 4; do
	make_key "$house/d$n.key"
	openssl req -new -key "$house/d$n.key" -subj /CN=x -out "$house/d$n.csr" 2> /dev/null
done
device() { as_ci cert issue --ca devices --profile device --device "D-$1" --csr "$house/d$1.csr" -o "$house/d$1.pem" --json; }
is 0 "it issues" device 1
is 77 "a tool does not renew it" as_ci ca renew devices --no-wait
is 0 "a quorum renews it" asked officer-1 ca renew devices
like "by its name, with another certificate" '.name == "devices" and (.not_after | startswith("2041-01-01") | not)'
jq -j .certificate <<< "$out" > "$house/devices-2.pem"
is 1 "of another serial number" cmp "$house/devices-1.pem" "$house/devices-2.pem"
is 0 "with the same key" cmp <(openssl x509 -in "$house/devices-1.pem" -noout -pubkey) <(openssl x509 -in "$house/devices-2.pem" -noout -pubkey)
is 0 "and the same constraints" openssl x509 -in "$house/devices-2.pem" -noout -ext nameConstraints
tells "that were approved" 'DNS:secret.example'
is 0 "it issues still" device 2
for ca in 1 2; do
	for d in 1 2; do
		holds "certificate $d is good below $ca" openssl verify -CAfile "$house/root.pem" -untrusted "$house/devices-$ca.pem" "$house/d$d.pem"
	done
done
is 0 "both are shown" as_ci ca show devices --json
like "the newer is current" '[.certificates[] | .current] == [true, false]'
like "and each says how long it issues" '[.certificates[].issues_until.device | .[0:4]] == ["2031", "2031"] or
    ([.certificates[].issues_until.device] | length == 2 and .[0] > .[1])'
is 65 "a root is not renewed by others" as_officer officer-1 ca renew line --no-wait
holds "a second key for devices" key_asked devices-key-2 ca
rekey=(ca rekey devices --name devices-2 --key devices-key-2 --crl-url http://pki.example/devices-2
    --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices-2.crt)
is 65 "not by its own key" as_officer officer-1 ca rekey devices --name devices-2 --key devices-key --no-wait
is 0 "a successor under quorum" asked officer-1 "${rekey[@]}"
like "of the same subject, by another key" '.succeeds == "devices" and .subject == "O=Example, CN=Example Devices" and .key_name == "devices-key-2"'
jq -j .certificate <<< "$out" > "$house/devices-3.pem"
is 0 "who asks the first" device 3
like "gets it from the second" '.ca == "devices-2"'
holds "below the root" openssl verify -CAfile "$house/root.pem" -untrusted "$house/devices-3.pem" "$house/d3.pem"
is 0 "who asked the first before" device 1
like "gets the same again" '.ca == "devices" and .status == "good"'
is 0 "the first says so" as_ci ca show devices
tells "in words" 'issues instead +devices-2'
is 0 "what the first issued is revoked by it" as_officer officer-1 cert revoke "$(serial "$house/d1.pem")" --yes --json
holds "a key for a third" key_asked third-key ca
third=(ca create --name third --profile issuing-ca --issuer root --key third-key --subject O=Example --ocsp-url http://ocsp.example)
is 65 "no other has its name" as_officer officer-1 "${third[@]}" --subject "CN=EXAMPLE  devices" \
    --crl-url http://pki.example/third --issuer-url http://pki.example/third.crt --no-wait
tells "as clients compare it" 'authority devices-?2? has this name, and another key: it must be its own .RFC 5280, 4.1.2.6'
is 65 "nor its issuer's" as_officer officer-1 "${third[@]}" --subject "CN=Example Root" \
    --crl-url http://pki.example/third --issuer-url http://pki.example/third.crt --no-wait
other namesake "Example Devices"
is 65 "nor has another system's" as_officer officer-1 ca create --name theirs --profile issuing-ca --issuer root \
    --csr "$house/namesake.csr" --no-wait
is 65 "nor publishes where it does" as_officer officer-1 "${third[@]}" --subject "CN=Third" \
    --crl-url http://pki.example/devices-2 --issuer-url http://pki.example/third.crt --no-wait
tells "which is said of the list" '/urls/crl: authority devices-2 publishes there'
is 65 "nor where its certificate is" as_officer officer-1 "${third[@]}" --subject "CN=Third" \
    --crl-url http://pki.example/third --issuer-url http://pki.example/devices-2.crt --no-wait
tells "which is said of that" '/urls/issuer: authority devices-2 publishes there'
is 0 "the successor is retired" asked officer-1 ca retire devices-2
is 0 "and the first issues again" device 4
like "itself" '.ca == "devices"'
is 0 "somebody else has its key" as_officer officer-1 cert revoke "$(serial "$house/devices-2.pem")" --reason key-compromise --yes
is 65 "it is not certified again" as_officer officer-1 ca renew devices --no-wait
tells "with what to do instead" 'claviger ca rekey'
openssl x509 -in "$house/devices-2.pem" -noout -pubkey > "$house/devices.pub"
holds "the partner certifies it" openssl x509 -new -force_pubkey "$house/devices.pub" -subj "/O=Example/CN=By Partner" \
    -CA "$house/partner.pem" -CAkey "$house/partner.key" -days 5475 -extfile "$house/partner.ext" -out "$house/by-partner.pem"
is 65 "nor is that taken in" as_officer officer-1 ca import "$house/by-partner.pem" --name by-partner --no-wait
tells "and why is said" 'certificate crt_[0-9a-z]* of its key was revoked because somebody else has the key'

holds "a signer made by other means" on_token --keypairgen --key-type EC:prime256v1 --label "Old signer" --id 01a5
service_stop
service_up || die "the service did not come back"
strays() { [ "$(as_officer officer-1 status --json | jq -c '.keeper.strays | map(.label)')" = "$1" ]; }
is 0 "and says what the token holds besides" until_true 10 strays '["Old signer"]'
is 0 "for people, too" as_officer officer-1 status
tells "by its label" 'Old signer'
is 0 "it is taken in by its id" asked officer-1 key adopt --class firmware-signing --name old-signer --object 0x01a5 --product thermostat
holds "and put to use" as_officer officer-1 key activate old-signer
keeper_stop
keeper_up || die "the keeper did not come back"
is 0 "what was taken in is no stray" until_true 10 strays '[]'
is 0 "what was revoked before is on lists still" grep -q 'Serial Number: 1001' <(curl -s "http://127.0.0.1:$public_port/crl/kept/0.crl" |
    openssl crl -inform DER -noout -text)
holds "lists go on" as_officer officer-1 ca publish kept --partition 1
holds "from where they were" until_true 10 numbered '.[2] > 1002 and .[0] > 1000'
sign=(sign --key old-signer --product thermostat --artifact-version 1.0 "$house/root.pem")
is 75 "it signs under its class's rule" as_ci "${sign[@]}" --no-wait --json
holds "when two have agreed" approve "$(field request)" officer-1 officer-2
is 0 "with evidence" as_ci "${sign[@]}" -o "$house/sig" --evidence "$house/evidence"
trust=(--trust "$CLAVIGER_FINGERPRINT")
is 0 "which verifies alone" claviger-audit verify-evidence "$house/evidence" "${trust[@]}" --artifact "$house/root.pem"
tells "that others may sign with it" 'it is not exclusive'
is 0 "also for machines" claviger-audit verify-evidence "$house/evidence" "${trust[@]}" --artifact "$house/root.pem" --json
like "by a member" '.exclusive == false'

holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}" --replay-db "sqlite:$house/service/claviger.db" --json
like "with nothing unchecked, and so do the tables" '.ok and .unchecked == [] and .replay.ok'
like "and what is not exclusive is named" '.not_exclusive == ["old-key", "kept-key", "far-key", "old-signer"]'

house_result
