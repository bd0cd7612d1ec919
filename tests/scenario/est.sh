#!/bin/bash
# est.sh - devices enrol by EST: with curl, with OpenSSL's requests and with
# strongSwan's pki; by name and token, by pinned key, by the certificate that
# they have; at once, or when people have agreed.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

service_settings=('est.labels: "default=devices/device/ci wrapped=devices/device//lines servers=devices/tls-server anchors=root/device"')
pki_up root-key devices-key
asked officer-1 ca create --name root --profile root --key root-key --subject O=Example \
    --subject "CN=Example Root" --crl-url http://pki.example/root --issuer-url http://pki.example/root.crt > "$house/root.json" || die "no root"
asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key \
    --subject O=Example --subject "CN=Example Devices" --crl-url http://pki.example/crl \
    --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices.crt > "$house/devices.json" || die "no authority"
as_ci ca show root -o "$house/root.pem"
as_ci ca show devices -o "$house/devices.pem"
token=$(cat "$house/ci.token")

# csr NAME SUBJECT [ARG...] - with a key of its own, unless it has one.
csr() {
	local name=$1 subject=$2
	shift 2
	[ -e "$house/$name.key" ] || make_key "$house/$name.key"
	openssl req -new -key "$house/$name.key" -subj "$subject" "$@" -outform DER -out "$house/$name.csr" 2>/dev/null
	base64 -w0 "$house/$name.csr" > "$house/$name.b64"
}
# est METHOD PATH [CURL-ARG...] - body to $house/out, status to $status and $out.
est() {
	local method=$1 path=$2
	shift 2
	status=$(curl -s -m 30 --cacert "$CLAVIGER_CA_FILE" -X "$method" -o "$house/out" -D "$house/headers" \
	    -w '%{http_code}' "$@" "$url$path")
	echo "$status $(head -c 200 "$house/out")"
}
enrol() { # NAME PATH [CURL-ARG...]
	local name=$1 path=$2
	shift 2
	est POST "$path" -H 'Content-Type: application/pkcs10' --data-binary @"$house/$name.b64" "$@"
}
by_name=(-u "ci:$token")
# got STATUS WORDS COMMAND... - the request ends with this status.
got() {
	local want=$1 words=$2
	shift 2
	is 0 "$words" "$@"
	[ "${out%% *}" = "$want" ] || {
		printf 'not ok - %s: %s, not %s\n' "$words" "$out" "$want"
		failed=$((failed + 1))
	}
}
header() { # WORDS PATTERN
	grep -qiE -e "$2" "$house/headers" && return
	printf 'not ok - %s: %s\n' "$1" "$(cat "$house/headers")"
	failed=$((failed + 1))
}
# cert_of NAME - the certificate of the last answer, as PEM.
cert_of() {
	base64 -d "$house/out" | openssl pkcs7 -inform DER -print_certs 2>/dev/null |
	    openssl x509 -out "$house/$1.pem" 2>/dev/null
}
believed() { openssl verify -CAfile "$house/root.pem" -untrusted "$house/devices.pem" "$house/$1.pem"; }

# ---- for everybody
for p in /.well-known/est/cacerts /.well-known/est/default/cacerts /default/.well-known/est/cacerts; do
	got 200 "$p" est GET "$p"
	header "its type" '^content-type: application/pkcs7-mime; smime-type=certs-only'
	header "its length" '^content-length: [1-9]'
	is 0 "it has the whole chain" bash -c "[ \$(base64 -d '$house/out' | openssl pkcs7 -inform DER -print_certs | grep -c BEGIN) = 2 ]"
	is 1 "in one line" grep -q . <(tail -n +2 "$house/out")
done
got 200 "in lines, where the label says so" est GET /wrapped/.well-known/est/cacerts
is 0 "of 64" bash -c "[ \$(head -n 1 '$house/out' | tr -d '\n' | wc -c) = 64 ]"
got 404 "a label that is not there" est GET /.well-known/est/nobody/cacerts
tells "says which" 'not-found: .*"nobody"'
header "as text" '^content-type: text/plain'
got 200 "what a request should have" est GET /.well-known/est/csrattrs
header "its type" '^content-type: application/csrattrs'
is 0 "names the curve" bash -c "base64 -d '$house/out' | openssl asn1parse -inform DER | grep -q prime256v1"
got 404 "no keys are made here" est POST /.well-known/est/serverkeygen -d x
got 405 "cacerts is not posted to" est POST /.well-known/est/cacerts -d x

# ---- by name and token
csr one /CN=E-1
got 401 "nobody" enrol one /.well-known/est/simpleenroll
header "how to come in" '^www-authenticate: Basic realm='
tells "what is missing" 'unauthenticated: '
got 401 "another's name" enrol one /.well-known/est/simpleenroll -u "publisher:$token"
got 401 "no token of ours" enrol one /.well-known/est/simpleenroll -u ci:secret
got 401 "no password at all" enrol one /.well-known/est/simpleenroll -H 'Authorization: Basic !!'
got 401 "a name that is too long" enrol one /.well-known/est/simpleenroll -u "$(printf 'a%.0s' $(seq 80)):x"
got 401 "elsewhere a name does not count" est GET /v1/keys "${by_name[@]}"
got 200 "the tool enrols a device" enrol one /.well-known/est/simpleenroll "${by_name[@]}"
header "as certificates" '^content-type: application/pkcs7-mime; smime-type=certs-only'
header "its length" '^content-length: [1-9]'
holds "there is one" cert_of one
holds "openssl believes it" believed one
is 0 "it is the device's" bash -c "openssl x509 -in '$house/one.pem' -noout -subject -nameopt RFC2253 | grep -q 'serialNumber=E-1,CN=E-1'"
cp "$house/out" "$house/first"
got 200 "the same request, a bearer token" enrol one /default/.well-known/est/simpleenroll -H "Authorization: Bearer $token"
is 0 "the same certificate" cmp "$house/first" "$house/out"
sed 's/.\{20\}/& \n/g' "$house/one.b64" > "$house/spaced.b64"
got 200 "white space wherever" enrol spaced /.well-known/est/default/simpleenroll "${by_name[@]}"
is 0 "the same certificate" cmp "$house/first" "$house/out"

csr early /CN=E-6
csr newer /CN=E-6
got 200 "a device enrols" enrol early /.well-known/est/simpleenroll "${by_name[@]}"
got 200 "and anew" enrol newer /.well-known/est/simpleenroll "${by_name[@]}"
got 409 "what was asked before and comes late is refused" enrol early /.well-known/est/simpleenroll "${by_name[@]}"
tells "since the device has another" 'is not valid any more, and the device has another'
got 200 "which it keeps" enrol newer /.well-known/est/simpleenroll "${by_name[@]}"

# ---- what is refused
got 415 "another type" est POST /.well-known/est/simpleenroll -H 'Content-Type: application/json' --data-binary @"$house/one.b64" "${by_name[@]}"
cp "$house/one.csr" "$house/der.b64"
got 400 "bare DER" enrol der /.well-known/est/simpleenroll "${by_name[@]}"
header "as text" '^content-type: text/plain'
: > "$house/empty.b64"
got 400 "nothing" enrol empty /.well-known/est/simpleenroll "${by_name[@]}"
head -c 66000 /dev/zero | tr '\0' 'A' > "$house/large.b64"
got 413 "too much, said before it is sent" enrol large /.well-known/est/simpleenroll "${by_name[@]}" -H 'Expect: 100-continue'
head -c 300 "$house/one.csr" | head -c -20 | base64 -w0 > "$house/cut.b64"
got 400 "a request that is cut off" enrol cut /.well-known/est/simpleenroll "${by_name[@]}"
csr small /CN=E-2
openssl genrsa -out "$house/small.key" 1024 2>/dev/null
csr small /CN=E-2
got 400 "a small key" enrol small /.well-known/est/simpleenroll "${by_name[@]}"
csr nobody /O=Nobody
got 400 "a subject without a device" enrol nobody /.well-known/est/simpleenroll "${by_name[@]}"
tells "says so" 'names no device'
csr both /CN=E-3/serialNumber=E-4
got 400 "a subject with two" enrol both /.well-known/est/simpleenroll "${by_name[@]}"
cp "$house/one.key" "$house/twin.key"
csr twin /CN=E-5
got 409 "another device's key" enrol twin /.well-known/est/simpleenroll "${by_name[@]}"
got 404 "an unknown label" enrol one /.well-known/est/nobody/simpleenroll "${by_name[@]}"

# ---- by the certificate that it has
mine=(--cert "$house/one.pem" --key "$house/one.key")
names=(-addext subjectAltName=URI:urn:device:E-1)
cp "$house/one.key" "$house/again.key"
csr again /CN=E-1/serialNumber=E-1 "${names[@]}"
got 401 "a certificate of ours does not enrol" enrol again /.well-known/est/simpleenroll "${mine[@]}"
csr other /CN=E-9/serialNumber=E-9 -addext subjectAltName=URI:urn:device:E-9
got 400 "nor renew another's" enrol other /.well-known/est/simplereenroll "${mine[@]}"
csr bare /CN=E-1/serialNumber=E-1
got 400 "nor without its alternative names" enrol bare /.well-known/est/simplereenroll "${mine[@]}"
csr brief /CN=E-1 "${names[@]}"
got 400 "nor with less of its subject" enrol brief /.well-known/est/simplereenroll "${mine[@]}"
got 401 "nor under a label of another CA" enrol again /.well-known/est/anchors/simplereenroll "${mine[@]}"
got 401 "nor where nobody asks for devices" enrol again /wrapped/.well-known/est/simplereenroll "${mine[@]}"
openssl req -x509 -key "$house/one.key" -subj /CN=E-1/serialNumber=E-1 "${names[@]}" -days 2 -out "$house/self.pem" 2>/dev/null
got 401 "nor one that it made itself" enrol again /.well-known/est/simplereenroll --cert "$house/self.pem" --key "$house/one.key"
got 200 "it renews its own" enrol again /.well-known/est/simplereenroll "${mine[@]}"
holds "there is one" cert_of renewed
holds "openssl believes it" believed renewed
is 1 "it is another" cmp -s "$house/one.pem" "$house/renewed.pem"
got 200 "by the old one, whose answer may have been lost" enrol again /.well-known/est/simplereenroll "${mine[@]}"
cert_of same
is 0 "the same certificate" cmp "$house/renewed.pem" "$house/same.pem"
csr other-again /CN=E-1/serialNumber=E-1 "${names[@]}"
got 401 "and nothing else, for it is superseded" enrol other-again /.well-known/est/simplereenroll "${mine[@]}"
mine=(--cert "$house/renewed.pem" --key "$house/one.key")
got 200 "the same request by the new one" enrol again /.well-known/est/simplereenroll "${mine[@]}"
cert_of same
is 0 "the same certificate" cmp "$house/renewed.pem" "$house/same.pem"
make_key "$house/rolled.key"
csr rolled /CN=E-1/serialNumber=E-1 "${names[@]}"
got 200 "with a new key" enrol rolled /.well-known/est/simplereenroll "${mine[@]}"
cert_of rolled
as_ci cert revoke "$(openssl x509 -in "$house/rolled.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --yes > /dev/null
mine=(--cert "$house/rolled.pem" --key "$house/rolled.key")
got 401 "a revoked one renews nothing" enrol rolled /.well-known/est/simplereenroll "${mine[@]}"
csr never /CN=E-77/serialNumber=E-77 -addext subjectAltName=URI:urn:device:E-77
got 409 "the tool renews only what there is" enrol never /.well-known/est/simplereenroll "${by_name[@]}"

# ---- by a pinned key
make_key "$house/line.key"
openssl req -x509 -key "$house/line.key" -subj /CN=line -days 2 -out "$house/line.pem" 2>/dev/null
as_officer officer-1 credential issue --for ci --type tls-client --client-certificate "$house/line.pem" > /dev/null
csr two /CN=E-20
got 200 "the line's certificate enrols a device" enrol two /.well-known/est/simpleenroll --cert "$house/line.pem" --key "$house/line.key"

# ---- by a password, once
# password ARG... - a fresh one to $once.
password() {
	is 0 "a password is given" as_officer officer-1 credential issue --for ci --type enrolment --lifetime P7D "$@" --json
	once=$(field token)
}
csr lone /CN=E-40
csr lost /CN=E-41
csr swan /CN=E-30/serialNumber=E-30 -addext subjectAltName=URI:urn:device:E-30
csr waiting /CN=wait.example -addext subjectAltName=DNS:wait.example
password
got 401 "it is for its principal" enrol lone /.well-known/est/simpleenroll -u "publisher:$once"
got 401 "it is no token" est GET /v1/keys -H "Authorization: Bearer $once"
got 400 "what is refused does not use it up" enrol both /.well-known/est/simpleenroll -u "ci:$once"
got 409 "nor does what conflicts" enrol twin /.well-known/est/simpleenroll -u "ci:$once"
got 401 "it renews nothing" enrol again /.well-known/est/simplereenroll -u "ci:$once"
got 200 "it enrols a device" enrol lone /.well-known/est/simpleenroll -u "ci:$once"
cp "$house/out" "$house/first"
got 200 "the same request again" enrol lone /.well-known/est/simpleenroll -u "ci:$once"
is 0 "the same certificate" cmp "$house/first" "$house/out"
got 401 "another request" enrol lost /.well-known/est/simpleenroll -u "ci:$once"
tells "why" 'used for another request'
password --device E-41
got 401 "another device than its own" enrol swan /.well-known/est/simpleenroll -u "ci:$once"
got 200 "its own" enrol lost /.well-known/est/simpleenroll -u "ci:$once"
cert_of lost
as_ci cert revoke "$(openssl x509 -in "$house/lost.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --reason superseded --yes > /dev/null
got 401 "and no other when that is revoked" enrol lost /.well-known/est/simpleenroll -u "ci:$once"
tells "why" 'not valid any more'
csr gone /CN=E-42
password
as_officer officer-1 credential revoke "$(field credential.id)" > /dev/null
got 401 "a revoked one" enrol gone /.well-known/est/simpleenroll -u "ci:$once"
password
got 202 "where people are asked" enrol waiting /servers/.well-known/est/simpleenroll -u "ci:$once"
got 202 "it may ask again" enrol waiting /servers/.well-known/est/simpleenroll -u "ci:$once"
got 401 "with nothing else" enrol gone /.well-known/est/simpleenroll -u "ci:$once"
is 0 "what waits" as_ci request list --state waiting --json
as_ci request cancel "$(jq -r '.requests[0].request // .requests[0].id' <<< "$out")" > /dev/null
is 65 "a token is for no device" as_officer officer-1 credential issue --for ci --device E-1

# ---- when people have agreed
csr server /CN=host.example -addext subjectAltName=DNS:host.example
got 202 "a server waits" enrol server /servers/.well-known/est/simpleenroll "${by_name[@]}"
header "when to ask again" '^retry-after: [1-9]'
got 202 "and still" enrol server /servers/.well-known/est/simpleenroll "${by_name[@]}"
is 0 "it is one request" as_ci request list --state waiting --json
like "one" '.requests | length == 1'
req=$(jq -r '.requests[0].request // .requests[0].id' <<< "$out")
holds "an officer agrees" approve "$req" officer-2
got 200 "asked again, it has it" enrol server /servers/.well-known/est/simpleenroll "${by_name[@]}"
holds "there is one" cert_of server
holds "openssl believes it" believed server
as_ci cert revoke "$(openssl x509 -in "$house/server.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --reason superseded --yes > /dev/null
got 202 "once that is revoked, the same request is one more" enrol server /servers/.well-known/est/simpleenroll "${by_name[@]}"
is 0 "it waits" as_ci request list --state waiting --json
req=$(jq -r '.requests[0].request // .requests[0].id' <<< "$out")
holds "an officer agrees" approve "$req" officer-2
got 200 "and it has another" enrol server /servers/.well-known/est/simpleenroll "${by_name[@]}"
cp "$house/server.pem" "$house/server-1.pem"
cert_of server
is 1 "of its own" cmp -s "$house/server-1.pem" "$house/server.pem"
got 200 "which it gets again" enrol server /servers/.well-known/est/simpleenroll "${by_name[@]}"
cp "$house/server.pem" "$house/server-2.pem"
cert_of server
is 0 "the very same" cmp "$house/server-2.pem" "$house/server.pem"
as_ci cert revoke "$(openssl x509 -in "$house/server.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --reason superseded --yes > /dev/null
password
got 202 "a password for what has ended" enrol server /servers/.well-known/est/simpleenroll -u "ci:$once"
got 202 "is good until it has brought something" enrol server /servers/.well-known/est/simpleenroll -u "ci:$once"
is 0 "it waits" as_ci request list --state waiting --json
req=$(jq -r '.requests[0].request // .requests[0].id' <<< "$out")
holds "an officer agrees" approve "$req" officer-2
got 200 "and brings it" enrol server /servers/.well-known/est/simpleenroll -u "ci:$once"
cert_of server
is 1 "a third one" cmp -s "$house/server-2.pem" "$house/server.pem"
as_ci cert revoke "$(openssl x509 -in "$house/server.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)" --reason superseded --yes > /dev/null
got 401 "and no more" enrol server /servers/.well-known/est/simpleenroll -u "ci:$once"
csr rejected /CN=no.example -addext subjectAltName=DNS:no.example
got 202 "another waits" enrol rejected /servers/.well-known/est/simpleenroll "${by_name[@]}"
is 0 "it is the only one" as_ci request list --state waiting --json
req=$(jq -r '.requests[0].request // .requests[0].id' <<< "$out")
holds "an officer refuses" as_officer officer-2 reject "$req" --reason "not ours" --yes
got 403 "and so it is" enrol rejected /servers/.well-known/est/simpleenroll "${by_name[@]}"
tells "says who" 'rejected: .*not ours'

# ---- strongSwan's client
# swan LABEL NAME [ARG...] - its certificate to NAME.pem.
swan() {
	local label=$1 name=$2
	shift 2
	pki --est --url "$url/$label" --in "$house/$name.csr" --cacert "$CLAVIGER_CA_FILE" --cacert "$house/root.pem" \
	    --cacert "$house/devices.pem" --outform pem "$@" > "$house/$name.pem"
}
if command -v pki > /dev/null; then
	is 0 "pki --estca" bash -c "cd '$house' && pki --estca --url '$url/default' --cacert '$CLAVIGER_CA_FILE' --caout swan-ca --outform pem"
	is 0 "has the root" bash -c "cat '$house'/swan-ca* | openssl x509 -noout"
	csr swan /CN=E-30/serialNumber=E-30 -addext subjectAltName=URI:urn:device:E-30
	is 0 "pki --est enrols" swan default swan --userpass "ci:$token"
	holds "openssl believes it" believed swan
	csr swan2 /CN=E-30/serialNumber=E-30 -addext subjectAltName=URI:urn:device:E-30
	is 0 "and renews" swan default swan2 --cert "$house/swan.pem" --key "$house/swan.key"
	holds "openssl believes it" believed swan2
	csr patient /CN=patient.example -addext subjectAltName=DNS:patient.example
	swan servers patient --userpass "ci:$token" --interval 1 2> "$house/patient.log" &
	patient=$!
	until_true 20 bash -c "CLAVIGER_TOKEN_FILE='$house/ci.token' claviger request list --state waiting --json | grep -q req_"
	is 0 "it waits for people" as_ci request list --state waiting --json
	req=$(jq -r '.requests[0].request // .requests[0].id' <<< "$out")
	holds "an officer agrees" approve "$req" officer-3
	wait "$patient"
	is 0 "and it has its certificate: $(cat "$house/patient.log")" test -s "$house/patient.pem"
	holds "openssl believes it" believed patient
fi

# ---- when another authority has taken over
csr keeps /CN=E-50/serialNumber=E-50 -addext subjectAltName=URI:urn:device:E-50
got 200 "a device enrols" enrol keeps /.well-known/est/simpleenroll "${by_name[@]}"
cert_of keeps
cp "$house/keeps.pem" "$house/keeps-1.pem"
csr waits /CN=E-51/serialNumber=E-51 -addext subjectAltName=URI:urn:device:E-51
got 200 "another, too" enrol waits /.well-known/est/simpleenroll "${by_name[@]}"
holds "a second key for devices" key_asked devices-key-2 ca
is 0 "devices is followed by another" asked officer-1 ca rekey devices --name devices-2 --key devices-key-2 \
    --crl-url http://pki.example/crl/devices-2 --ocsp-url http://ocsp.example --issuer-url http://pki.example/devices-2.crt
got 200 "the same request has the same answer" enrol keeps /.well-known/est/simpleenroll "${by_name[@]}"
cert_of keeps
is 0 "the very certificate" cmp "$house/keeps-1.pem" "$house/keeps.pem"
for n in 2 3; do
	rm "$house/keeps.b64" "$house/keeps.csr"
	cp "$house/keeps.key" "$house/keeps.old"
	make_key "$house/keeps.key"
	csr keeps /CN=E-50/serialNumber=E-50 -addext subjectAltName=URI:urn:device:E-50
	mine=(--cert "$house/keeps-$((n - 1)).pem" --key "$house/keeps.old")
	got 200 "it renews ($n)" enrol keeps /.well-known/est/simplereenroll "${mine[@]}"
	cert_of "keeps-$n"
done
got 200 "whoever lost the answer asks again" enrol keeps /.well-known/est/simplereenroll "${mine[@]}"
cp "$house/keeps-3.pem" "$house/keeps-first.pem"
cert_of keeps-3
is 0 "and has the same" cmp "$house/keeps-first.pem" "$house/keeps-3.pem"
csr late /CN=E-50/serialNumber=E-50 -addext subjectAltName=URI:urn:device:E-50
got 401 "but nothing else with what was renewed" enrol late /.well-known/est/simplereenroll "${mine[@]}"
is 0 "what the first issued for another key" as_ci cert list --device E-50 --json
like "went as the second renewed it" '[.certificates[] | select(.ca == "devices") | .reason] == ["superseded"]'
id=$(as_ci cert list --device E-51 --json | jq -r '.certificates[0].id')
as_ci cert hold "$id" --yes > /dev/null
csr waits /CN=E-51/serialNumber=E-51 -addext subjectAltName=URI:urn:device:E-51 -addext basicConstraints=CA:FALSE
got 409 "what is on hold of the first holds for the second" enrol waits /.well-known/est/simpleenroll "${by_name[@]}"
tells "and is named" "$id of device E-51 is on hold"
is 75 "to release it takes two" as_officer officer-1 cert release "$id" --yes --no-wait --json
holds "and so it is released" approve "$(field request)" officer-2
got 200 "then the second has the same key certified" enrol waits /.well-known/est/simpleenroll "${by_name[@]}"
is 0 "beside the first" as_ci cert list --device E-51 --status good --json
like "by both" '[.certificates[].ca] | sort == ["devices", "devices-2"]'

is 0 "the ledger is taken out" as_officer officer-1 audit export -o "$house/bundle" --quiet
is 0 "and every password was used once" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT"

house_result
