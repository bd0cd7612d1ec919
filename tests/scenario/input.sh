#!/bin/bash
# input.sh - what bad input gets: a problem document with its code and a
# sentence, and nothing stored.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$srcdir/tests/lib/house.sh"

house_begin
n=0
# refused WHY STATUS CODE - of the last answer, with a sentence that says what to do.
refused() {
	local why=$1
	[ "$status" = "$2" ] || die "$why: status $status, not $2: $out"
	[ "$(jq -r .code <<<"$out")" = "$3" ] || die "$why: not $3: $out"
	[ "$(jq -r '.detail | length > 8' <<<"$out")" = true ] || die "$why: no sentence: $out"
	[ "$(jq -r .status <<<"$out")" = "$2" ] || die "$why: another status within: $out"
	grep -qi '^content-type: application/problem+json' "$house/headers" || die "$why: not a problem document"
	n=$((n + 1))
}

# Before the house is founded.
http GET /v1/keys "clv_$(printf 'a%.0s' $(seq 43))"
refused "a token before the genesis" 503 no-genesis
grep -qi '^retry-after:' "$house/headers" || die "503 without Retry-After"
http POST /v1/house "setup_wrong" '{"charter":{}}'
refused "founding with another token" 401 unauthenticated
setup=$(cat "$house/service/setup-token")
[ "$(stat -c %a "$house/service/setup-token")" = 600 ] || die "the setup token can be read by others"
http POST /v1/house "$setup" '{"charter":{"language":0}}'
refused "a charter without its parts" 422 charter
http POST /v1/house "$setup" "{\"charter\":$(charter_make | jq -c '.access.rules = []')}"
refused "a charter that nobody can amend" 422 charter
house_found
[ ! -e "$house/service/setup-token" ] || die "the setup token outlived the founding"
http POST /v1/house "$setup" "{\"charter\":$charter}"
refused "founding twice" 409 already-founded

key_make image firmware production
officer=$session
token_for ci; tool=$token
size_before() { http GET '/v1/ledger/events?limit=1' "$officer"; want 200; get .size; }
before=$(size_before)
digest=$(printf '%064d' 1)
good="{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$digest\"}}"

http POST /v1/keys/image/sign "$tool" '{"digest":'
refused "JSON that is cut off" 400 malformed
http POST /v1/keys/image/sign "$tool" "$good$good"
refused "two documents" 400 malformed
http POST /v1/keys/image/sign "$tool" "{\"digest\":{},\"digest\":{}}"
refused "a member twice" 400 malformed
http POST /v1/keys/image/sign "$tool" "{\"digset\":{}}"
refused "an unknown field" 422 schema
http POST /v1/keys/image/sign "$tool" '{}'
refused "a missing field" 422 schema
http POST /v1/keys/image/sign "$tool" '{"digest":"aa"}'
refused "a wrong type" 422 schema
http POST /v1/keys/image/sign "$tool" '[]'
refused "an array" 422 schema
http POST /v1/keys/image/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"${digest:2}\"}}"
refused "a digest that is too short" 400 malformed
http POST /v1/keys/image/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"${digest}00\"}}"
refused "a digest that is too long" 400 malformed
http POST /v1/keys/image/sign "$tool" "{\"digest\":{\"algorithm\":\"md5\",\"value\":\"$digest\"}}"
refused "a digest of another kind" 422 schema
http POST /v1/keys/image/sign "$tool" "$(printf '{"digest":{"algorithm":"sha-256","value":"%s"},"note":"\xff\xfe"}' "$digest")"
refused "text that is not UTF-8" 400 malformed
http POST /v1/keys/image/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$digest\"},\"version\":\"1.2-rc1\"}"
refused "a version that is no version" 400 malformed
http POST /v1/keys/image/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$digest\"},\"content\":\"AAAA\"}"
refused "content that this key does not take" 400 malformed
http POST /v1/keys/nosuch/sign "$tool" "$good"
refused "an unknown key" 404 no-such-key
http GET /v1/requests/req_nosuch "$tool"
refused "an unknown request" 404 not-found
http GET /v1/nothing "$tool"
refused "an unknown path" 404 not-found
http DELETE /v1/keys/image "$tool"
refused "another method" 405 method-not-allowed
grep -qi '^allow: GET, HEAD' "$house/headers" || die "405 without Allow"
http GET '/v1/keys?limit=0' "$tool"
refused "a limit out of bounds" 422 out-of-range
http GET '/v1/keys?limit=1&limit=2' "$tool"
refused "a query name twice" 400 malformed
http GET '/v1/keys?colour=red' "$tool"
refused "an unknown query name" 422 schema
http POST /v1/keys "$officer" '{"name":"Ä","class":"firmware","products":[]}'
refused "a name that is none" 400 malformed
http POST /v1/keys "$officer" '{"name":"k2","class":"nosuch","products":[]}'
refused "an unknown class" 400 malformed
http POST /v1/keys/image/compromise "$officer" '{"since":"yesterday-or-the-day-before"}'
refused "a time that is none" 400 malformed

# Refused by its length, before it is read: the body never comes.
status=$(curl -s -m 20 --cacert "$house/service/tls.crt" -o "$house/out" -D "$house/headers" -w '%{http_code}' \
    -H "Authorization: Bearer $tool" -H 'Content-Type: application/json' -H 'Content-Length: 900000000' \
    -H 'Expect:' -X POST "$url/v1/keys/image/sign" </dev/null)
out=$(cat "$house/out")
refused "a body that is too large" 413 too-large
http POST /v1/keys/image/sign "$tool" "$good" -H 'Transfer-Encoding: chunked'
refused "a body in chunks" 411 length-required
http POST /v1/keys/image/sign "$tool" "$good" -H 'Content-Type: text/plain'
refused "two media types" 400 malformed
http POST /v1/keys/image/sign "$tool" "$good" -H 'Content-Encoding: gzip'
refused "an encoded body" 415 media-type

# Credentials.
http GET /v1/keys
refused "no credential" 401 unauthenticated
grep -qi '^www-authenticate: bearer' "$house/headers" || die "401 without WWW-Authenticate"
http GET /v1/keys "clv_$(printf 'a%.0s' $(seq 43))"
refused "a token of another house" 401 unauthenticated
http GET /v1/keys "nonsense"
refused "a token that is none" 401 unauthenticated
openssl req -x509 -key "$house/officers/lead.pem" -subj /CN=lead -days 1 -out "$house/lead.crt" 2>/dev/null
faketime '2020-01-01' openssl req -x509 -key "$house/officers/lead.pem" -subj /CN=lead -days 1 \
    -out "$house/old.crt" 2>/dev/null
http POST /v1/credentials "$officer" "{\"principal\":\"lead\",\"type\":\"tls-client\",\"spki\":\"$(officer_spki lead)\",\"lifetime\":\"P1D\"}"
want 200
http GET /v1/whoami "" "" --cert "$house/lead.crt" --key "$house/officers/lead.pem"
want 200
[ "$(get .id)" = lead ] || die "the client certificate is not lead's: $out"
http GET /v1/whoami "" "" --cert "$house/old.crt" --key "$house/officers/lead.pem"
refused "an expired client certificate" 401 unauthenticated
openssl req -x509 -key "$house/officers/stranger.pem" -subj /CN=lead -days 1 -out "$house/stranger.crt" 2>/dev/null
http GET /v1/whoami "" "" --cert "$house/stranger.crt" --key "$house/officers/stranger.pem"
refused "a certificate with another key" 401 unauthenticated
curl -s --tls-max 1.1 --cacert "$house/service/tls.crt" "$url/healthz" && die "TLS 1.1 was spoken"

# Requests as the HTTP library would let them through.
raw() {
	: > "$house/raw"
	printf '%b' "$1" | openssl s_client -quiet -connect "127.0.0.1:$port" -CAfile "$house/service/tls.crt" \
	    2>/dev/null | tr -d '\r' > "$house/raw" &
	local pid=$!
	for _ in $(seq 1 400); do
		[ -s "$house/raw" ] && break
		sleep 0.05
	done
	kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true
	status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$house/raw")
	sed -n '1,/^$/p' "$house/raw" > "$house/headers"
	out=$(sed '1,/^$/d' "$house/raw")
}
auth="Authorization: Bearer $tool\\r\\n"
# misframed WHY - refused by us, or by the library itself, as newer ones do it.
library=0
misframed() {
	[ "$status" != 400 ] || [[ $out != "<html>"* ]] || {
		library=$((library + 1)) n=$((n + 1))
		return
	}
	refused "$1" 400 malformed
}
raw "POST /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"
misframed "two framings"
raw "POST /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"
misframed "two lengths"
raw "GET /v1/keys HTTP/1.1\nHost: h\nAuthorization: Bearer $tool\n\n"
misframed "bare line feeds"
raw "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X: 1\r\n  2\r\n\r\n"
misframed "a folded line"
raw "GET /v1/keys%00 HTTP/1.1\r\nHost: h\r\n${auth}\r\n"
misframed "a NUL in the target"
raw "GET http://other/v1/keys HTTP/1.1\r\nHost: h\r\n${auth}\r\n"
misframed "another's target"

# kept_out WHY REQUEST - whoever refuses it, the library or we: a refusal, the
# connection's end, and nothing of what follows on it.  Ours is a problem document.
kept_out() {
	local why=$1 rc=0
	printf '%b' "$2GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n" |
	    timeout 10 openssl s_client -quiet -connect "127.0.0.1:$port" -CAfile "$house/service/tls.crt" \
	    2>/dev/null | tr -d '\r\0' > "$house/raw" || rc=$?
	[ "$rc" != 124 ] || die "$why: the connection stays"
	! grep -q '^alive' "$house/raw" || die "$why: what follows was answered"
	n=$((n + 1))
	# Not even a status line: the library hung up.
	[ -s "$house/raw" ] || { library=$((library + 1)); return 0; }
	! grep '^HTTP/1' "$house/raw" | grep -qv '^HTTP/1\.[01] \(4..\|501\|505\) ' || die "$why: $(cat "$house/raw")"
	if grep -qi '^content-type: application/problem+json' "$house/raw"; then
		[ "$(grep -c '^HTTP/1' "$house/raw")" = 1 ] || die "$why: more than one answer: $(cat "$house/raw")"
		[ "$(sed '1,/^$/d' "$house/raw" | jq -r '.code | length > 3')" = true ] || die "$why: no code"
	else
		library=$((library + 1))
	fi
}
post="POST /v1/keys/image/sign HTTP/1.1\r\nHost: h\r\n${auth}Content-Type: application/json\r\n"
whole=${good//\"/\\x22}
octets=${#good}
for length in "+$octets" "-$octets" "0x$(printf %x "$octets")" "$octets, $octets" "$octets;" "" \
    "  $octets  " "99999999999999999999999" "$(printf '%030d' "$octets")" "$octets.0" "1e2" "${octets}a"; do
	kept_out "a length of \"$length\"" "${post}Content-Length: $length\r\n\r\n$whole"
done
for coding in chunked identity gzip "chunked, chunked" "gzip, chunked" xchunked ""; do
	kept_out "a length and a coding \"$coding\"" \
	    "${post}Content-Length: $octets\r\nTransfer-Encoding: $coding\r\n\r\n$whole"
	kept_out "a coding \"$coding\"" \
	    "${post}Transfer-Encoding: $coding\r\n\r\n$(printf %x "$octets")\r\n$whole\r\n0\r\n\r\n"
done
kept_out "a NUL in a field" "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X: a\0b\r\n\r\n"
kept_out "a NUL in a name" "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X\0: a\r\n\r\n"
kept_out "a bare carriage return" "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X: a\rb\r\n\r\n"
kept_out "a space before the colon" "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X : a\r\n\r\n"
kept_out "a field without a colon" "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X\r\n\r\n"
kept_out "a field that begins with a fold" "GET /v1/keys HTTP/1.1\r\n X: y\r\nHost: h\r\n${auth}\r\n"
kept_out "no host" "GET /v1/keys HTTP/1.1\r\n${auth}\r\n"
kept_out "two hosts" "GET /v1/keys HTTP/1.1\r\nHost: h\r\nHost: h\r\n${auth}\r\n"
kept_out "another version" "GET /v1/keys HTTP/1.2\r\nHost: h\r\n${auth}\r\n"
kept_out "HTTP/2" "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
kept_out "no version" "GET /v1/keys\r\n\r\n"
kept_out "a target of \"*\"" "OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
kept_out "a tunnel" "CONNECT h:1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
for target in "/v1//keys" "/v1/../v1/keys" "/v1/%2e%2e/v1/keys" "/v1/keys#x" "/v1/keys|x" "/v1/ke ys" "" "v1/keys" \
    "/v1/keys?limit=%00" "/$(printf 'a%.0s' $(seq 5000))"; do
	kept_out "a target ${target:0:20}" "GET $target HTTP/1.1\r\nHost: h\r\n${auth}Connection: close\r\n\r\n"
done
kept_out "a field of 40,000 octets" "GET /v1/keys HTTP/1.1\r\nHost: h\r\n${auth}X: $(printf 'a%.0s' $(seq 40000))\r\n\r\n"
# What the library answers by itself it answers with a page of its own: doc/design/0010.
say "- $library of them by the library itself"

# None of it left a trace, but the two credentials and what they were asked for.
http GET "/v1/ledger/events?since=$before&limit=1000" "$officer"
want 200
left=$(jq -r '[.events[].kind] | unique | join(" ")' <<<"$out")
[ "$left" = "credential.issued" ] || die "bad input left events: $left"

# A taken port is said clearly, and a second service on the same house refused.
if "$builddir/clavigerd" --set house.folder="$house/other" --set control.listen="127.0.0.1:$port" \
    --set public.listen= 2>"$house/err"; then
	die "two services share a port"
fi
grep -q "port $port .*is taken" "$house/err" || die "the taken port is not named: $(cat "$house/err")"
if "$builddir/clavigerd" --set house.folder="$house/service" 2>"$house/err"; then
	die "two services share a house"
fi
grep -q "another clavigerd" "$house/err" || die "unclear: $(cat "$house/err")"
echo "ok: $n refusals"
