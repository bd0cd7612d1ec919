#!/bin/bash
# revocation.sh - revocation reaches whoever asks: lists and OCSP answers over
# plain HTTP, believed by OpenSSL and GnuTLS, and still there while the keeper
# is not.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

pki_up root-key devices-key

checked() { # DEVICE
	crl devices && openssl verify -crl_check -CAfile "$house/root.pem" -untrusted "$house/devices.pem" \
	    -CRLfile "$house/devices.crl.pem" "$house/$1.pem"
}
# ocsp DEVICE STATUS ARG... - openssl believes the answer, and this is it.
ocsp() {
	local name=$1 want=$2
	shift 2
	openssl ocsp -issuer "$house/devices.pem" "$@" -cert "$house/$name.pem" -url "$at/ocsp" \
	    -CAfile "$house/chain.pem" -verify_other "$house/chain.pem" > "$house/ocsp" 2> "$house/ocsp.said"
	grep -q "Response verify OK" "$house/ocsp.said" && grep -q ": $want" "$house/ocsp" && return
	cat "$house/ocsp" "$house/ocsp.said"
	return 1
}
request() { openssl ocsp -issuer "$house/devices.pem" -cert "$house/$1.pem" -no_nonce -reqout "$house/$1.req"; }
got() { # DEVICE STATUS - by GET, as caches do.
	request "$1" && fetch "/ocsp/$(base64 -w0 "$house/$1.req" | sed 's/+/%2B/g;s,/,%2F,g;s/=/%3D/g')" "$1.resp" &&
	    openssl ocsp -respin "$house/$1.resp" -issuer "$house/devices.pem" -cert "$house/$1.pem" \
	    -CAfile "$house/chain.pem" -no_nonce 2>/dev/null | grep -q ": $2"
}
gnutls() { # DEVICE STATUS ARG...
	local name=$1 want=$2
	shift 2
	ocsptool --ask="$at/ocsp" --load-issuer="$house/devices.pem" --load-cert="$house/$name.pem" \
	    --load-trust="$house/root.pem" "$@" > "$house/gnutls" 2>&1
	grep -q "Certificate Status: $want" "$house/gnutls" && grep -q "Success" "$house/gnutls" && return
	cat "$house/gnutls"
	return 1
}
# error STATUS PATH ARG... - who so asks gets this error, RFC 6960, 4.2.1; the
# body comes from standard input where there are arguments.
error() {
	local want=$1 path=$2
	shift 2
	[ $# -eq 0 ] || set -- --data-binary @- -H 'Content-Type: application/ocsp-request' "$@"
	curl -sSg --max-time 10 -D "$house/head" -o "$house/error" -w '%{http_code} %{content_type}\n' "$@" "$at$path" |
	    grep -x '200 application/ocsp-response' && cmp "$house/error" <(printf '\x30\x03\x0a\x01\x0'"$want")
}
octets() { head -c "$1" /dev/zero; }
closes() { grep -qi '^connection: close' "$house/head"; }

is 0 "a responder's key" asked officer-1 key generate --class ocsp-responder --name answers
holds "is put to use" as_officer officer-1 key activate answers
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 75 "an authority without one" as_officer officer-1 ca create --name devices --profile issuing-ca \
    --issuer root --key devices-key --subject O=Example --subject CN=Devices --no-wait --json
waits=$(field request)
tells "is warned of" "Warning: without --responder this house answers no OCSP question about its certificates: somebody else must, at $at/ocsp"
holds "and withdrawn" as_officer officer-1 request cancel "$waits"
is 0 "an authority with a responder" asked officer-1 ca create --name devices --profile issuing-ca --issuer root \
    --key devices-key --subject O=Example --subject CN=Devices --responder answers
fine() { ! grep -q Warning "$house/said"; }
holds "is not" fine
holds "its certificate is published" until_true 10 fetch /ca/devices.crt devices.der
holds "in DER" openssl x509 -inform DER -in "$house/devices.der" -out "$house/devices.pem"
holds "its chain is published" fetch /ca/devices.pem chain.pem
holds "the root's too" fetch /ca/root.crt root.der
openssl x509 -inform DER -in "$house/root.der" -out "$house/root.pem"
holds "both sign a list at once" until_true 10 crl devices
holds "both sign a list at once" until_true 10 crl root
ends() { date -d "$(openssl crl -in "$house/$1.crl.pem" -noout -nextupdate | cut -d= -f2)" +%s; }
is 0 "a root's lives for half a year" test $((($(ends root) - $(date +%s) + 3600) / 86400)) = 180
is 0 "another's for a week" test $((($(ends devices) - $(date +%s) + 3600) / 86400)) = 7
holds "GnuTLS believes it" certtool --verify-crl --load-ca-certificate "$house/devices.pem" --infile "$house/devices.crl.pem"

for d in one two three; do holds "device $d" device devices "$d"; done
is 0 "it names where the service publishes" bash -c "openssl x509 -in '$house/one.pem' -noout -ext crlDistributionPoints,authorityInfoAccess |
    grep -c -e '$at/crl/devices/0.crl' -e '$at/ocsp' -e '$at/ca/devices.crt' | grep -qx 3"
is 0 "OpenSSL finds it on no list" checked one
holds "the responder gets its certificate" until_true 10 ocsp one good
is 65 "its key becomes no authority's, and nobody is asked" as_officer officer-1 ca create --name another --profile issuing-ca --issuer root \
    --key answers --subject O=Example --subject CN=Another --no-wait
tells "which is said" 'answers signs OCSP answers for devices'
is 0 "OpenSSL asks with a nonce" ocsp one good
is 0 "and by SHA-256" ocsp one good -sha256
is 0 "and without a nonce" ocsp one good -no_nonce
is 0 "by GET" got one good
is 0 "GnuTLS asks with a nonce" gnutls one good --nonce
is 0 "and without" gnutls one good --no-nonce
is 0 "two at once" ocsp one good -cert "$house/two.pem"
is 0 "a serial number that nobody issued is unknown" ocsp one unknown -serial 0x77
# refused ARG... - what is asked after device one, together with more, is answered by no status.
refused() {
	! openssl ocsp -issuer "$house/devices.pem" -cert "$house/one.pem" "$@" -no_nonce -noverify -url "$at/ocsp" > "$house/ocsp" 2>&1 &&
	    grep -q 'unauthorized (6)' "$house/ocsp" && ! grep -q -e good -e unknown "$house/ocsp" && return
	cat "$house/ocsp"
	return 1
}
is 0 "one of another authority of the house, asked with it, is not called unknown" \
    refused -issuer "$house/root.pem" -cert "$house/devices.pem"
is 0 "whichever comes first" bash -c "openssl ocsp -issuer '$house/root.pem' -cert '$house/devices.pem' \
    -issuer '$house/devices.pem' -cert '$house/one.pem' -noverify -url '$at/ocsp' 2>&1 | grep 'unauthorized (6)'"
is 0 "nor is one of nobody's" refused -issuer "$house/one.pem" -serial 0x77

request one
curl -s -D "$house/head" -o /dev/null "$at/ocsp/$(base64 -w0 "$house/one.req" | sed 's/+/%2B/g;s,/,%2F,g;s/=/%3D/g')"
for h in 'cache-control: max-age=[0-9]*,public,no-transform,must-revalidate' 'etag: "[0-9a-f]*"' \
    'last-modified: ' 'expires: ' 'content-type: application/ocsp-response'; do
	is 0 "caches are told: $h" grep -qi "^$h" "$house/head"
done
tag=$(sed -n 's/^[Ee][Tt]ag: *//p' "$house/head" | tr -d '\r')
is 0 "what a cache has is not sent again" bash -c "curl -s -o /dev/null -w '%{http_code} %{size_download}' -H 'If-None-Match: $tag' \
    '$at/ocsp/$(base64 -w0 "$house/one.req" | sed 's/+/%2B/g;s,/,%2F,g;s/=/%3D/g')' | grep -qx '304 0'"

is 0 "nonsense is malformed" error 1 /ocsp -H 'X: y' <<< nonsense
is 0 "nothing is malformed" error 1 /ocsp -H 'X: y' < /dev/null
is 0 "as long as may be" error 1 /ocsp -H 'X: y' < <(octets 32768)
is 1 "another may follow" closes
is 0 "longer" error 1 /ocsp -H 'X: y' < <(octets 32769)
is 0 "none follows" closes
is 0 "far longer" error 1 /ocsp -H 'Expect:' < <(octets 2000000)
is 0 "said before it is sent" error 1 /ocsp -H 'Expect: 100-continue' < <(octets 2000000)
is 0 "in chunks" error 1 /ocsp -H 'Transfer-Encoding: chunked' < <(octets 32769)
is 0 "at a path with nothing in it" error 1 /ocsp/ -H 'X: y' < <(octets 2000000)
is 0 "encoded" error 1 /ocsp -H 'Content-Encoding: gzip' < "$house/one.req"
is 0 "with a query" error 1 '/ocsp?a=b' -H 'X: y' < "$house/one.req"
is 0 "nonsense by GET is malformed" error 1 /ocsp/AAAA
for p in /ocsp/ '/ocsp/ab|cd' '/ocsp/%00' '/ocsp/AAAA?a=b' "/ocsp/$(octets 6000 | tr '\0' A)"; do
	is 0 "by GET: ${p:0:20}" error 1 "$p"
done
is 0 "a request in chunks is a request" curl -sf --max-time 10 -D "$house/head" -o "$house/one.resp" --data-binary "@$house/one.req" \
    -H 'Transfer-Encoding: chunked' "$at/ocsp"
is 0 "and the last" closes
is 0 "with its answer" bash -c "openssl ocsp -respin '$house/one.resp' -issuer '$house/devices.pem' -cert '$house/one.pem' \
    -CAfile '$house/chain.pem' -no_nonce 2>/dev/null | grep -q ': good'"
is 0 "another method is HTTP's affair" bash -c "curl -s -o /dev/null -w '%{http_code}' -X PUT '$at/ocsp' | grep -qx 405"
is 0 "and so is what resembles the path" bash -c "curl -s -o /dev/null -w '%{http_code}' '$at/ocspx' | grep -qx 404"
openssl ocsp -issuer "$house/anchor.pem" -cert "$house/server.pem" -no_nonce -reqout "$house/other.req"
is 0 "another's certificate is unauthorized" bash -c "curl -s --data-binary '@$house/other.req' '$at/ocsp' |
    cmp - <(printf '\x30\x03\x0a\x01\x06')"
is 0 "no such list" bash -c "curl -s -o /dev/null -w '%{http_code}' '$at/crl/devices/9.crl' | grep -qx 404"

is 0 "one is superseded" as_ci cert revoke "$(serial one)" --reason superseded --yes --json
is 0 "OCSP says so" ocsp one revoked -no_nonce
is 0 "with the reason" grep -q 'Reason: superseded' "$house/ocsp"
superseded() { crl devices && openssl crl -in "$house/devices.crl.pem" -noout -text | grep -q Superseded; }
holds "and the list" until_true 10 superseded
before=$((16#$(crl_number devices)))
is 0 "somebody has its key" as_ci cert revoke "$(serial one)" --reason key-compromise --yes --json
is 0 "OCSP says so at once" ocsp one revoked -no_nonce
is 0 "with the reason" grep -q 'Reason: keyCompromise' "$house/ocsp"
is 0 "by GET too" got one revoked
is 0 "GnuTLS hears it" gnutls one revoked --no-nonce
holds "a new list comes with a higher number" until_true 10 above "$before" crl_number devices
is 2 "OpenSSL finds it on the list" checked one
is 0 "and not the other" checked two
is 0 "GnuTLS reads the list" bash -c "certtool --crl-info --inder --infile '$house/devices.crl' | grep -qi '$(serial one)'"
before=$((16#$(crl_number devices)))
is 0 "another is held" as_ci cert hold "$(serial two)" --yes --json
is 0 "OCSP says so at once" ocsp two revoked
is 0 "on hold" grep -q 'Reason: certificateHold' "$house/ocsp"
holds "a new list" until_true 10 above "$before" crl_number devices
is 2 "OpenSSL finds it on the list" checked two
before=$((16#$(crl_number devices)))
is 75 "a release waits for a second officer" as_officer officer-1 cert release "$(serial two)" --yes --no-wait --json
is 0 "who agrees" approve "$(field request)" officer-2
is 0 "OCSP says so at once" ocsp two good -no_nonce
holds "a new list" until_true 10 above "$before" crl_number devices
is 0 "without it" checked two
sleep 3
is 0 "and no list without a change" test "$((16#$(crl_number devices)))" -eq $((before + 1))

is 0 "an answer is kept" got two good
keeper_stop KILL
is 0 "without the keeper: the list" checked two
is 0 "and what was answered before" got two good
is 0 "but nothing new" bash -c "openssl ocsp -issuer '$house/devices.pem' -cert '$house/three.pem' -url '$at/ocsp' 2>&1 |
    grep -q trylater"
keeper_start
holds "the keeper is back" until_true 20 ocsp three good
before=$((16#$(crl_number devices)))
service_stop KILL
service_up "$store" || die "the service did not start again"
is 0 "after a crash: the list" checked two
holds "and answers" until_true 10 ocsp one revoked
is 0 "a revocation after it" as_ci cert revoke "$(serial three)" --yes --json
holds "numbers go on" until_true 10 above "$before" crl_number devices
is 0 "OCSP" ocsp three revoked

trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}"
house_result
