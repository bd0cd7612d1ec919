#!/bin/bash
# algorithms.sh - every kind of key that signs, made in the token, used over
# HTTP, and believed by plain openssl.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$srcdir/tests/lib/house.sh"
# shellcheck disable=SC2034 # read by keeper_up
makes_ed25519=yes

charter_tweak='.classes.firmware.keys.algorithms = ["ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "ed25519"]
    | (.classes.firmware.rules[] | select(.name == "development") | .limit.uses) = 1000
    | .classes.hurried = (.classes.firmware | (.rules[] | select(.name == "production") | .permits.for) = "PT3S")
    | .classes.ota = (.classes.firmware | .kind = "ota-encryption" | .keys.algorithms = ["aes-256", "aes-128"]
        | .rules = [.rules[] | select(.name == "make" or .name == "state")])'
house_begin
house_found
head -c 70000 /dev/urandom > "$house/image"
login officer-1
token_for ci; tool=$token

# made NAME ALGORITHM SCHEME [ENVIRONMENT [CLASS]] - 0 unless the token cannot make it.
made() {
	ask /v1/keys "$session" "$(jq -nc --arg n "$1" --arg a "$2" --arg s "$3" --arg e "${4:-development}" --arg c "${5:-firmware}" \
	    '{name: $n, class: $c, environment: $e, algorithm: $a, scheme: $s, products: ["thermostat"]}')" officer-1
	want 202
	local req
	req=$(get .request)
	vote "$req" approve officer-2
	vote "$req" approve officer-3
	want 200
	[ "$(get .state)" = done ] || return 1
	http POST "/v1/keys/$1/activate" "$session" '{}'
	want 200
	http GET "/v1/keys/$1" "$tool"
	want 200
	[ "$(get .scheme)" = "$3" ] || die "$1 has another scheme: $out"
	get .public_key > "$house/$1.pem"
}
# signed NAME DIGEST [content] - to $house/sig.
signed() {
	local value body
	value=$(openssl dgst "-${2/-/}" -r "$house/image" | cut -d' ' -f1)
	body=$(jq -nc --arg a "$2" --arg v "$value" '{digest: {algorithm: $a, value: $v}, product: "thermostat"}')
	if [ -n "${3:-}" ]; then
		base64 -w0 "$house/image" > "$house/image.b64"
		body=$(jq -c --rawfile c "$house/image.b64" '.content = $c' <<<"$body")
	fi
	http POST "/v1/keys/$1/sign" "$tool" "$body"
	want 200
	get .signature | base64 -d > "$house/sig"
}
believed() { "$@" >/dev/null 2>&1 || die "openssl does not believe: $*"; say "- believed: ${*: -1}"; }

made p256 ec-p256 ecdsa-sha256
signed p256 sha-256
believed openssl dgst -sha256 -verify "$house/p256.pem" -signature "$house/sig" "$house/image"
made p384 ec-p384 ecdsa-sha384
signed p384 sha-384
believed openssl dgst -sha384 -verify "$house/p384.pem" -signature "$house/sig" "$house/image"
http POST /v1/keys/p384/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' 1)\"}}"
want 400 malformed
made pss rsa-3072 rsa-pss-sha256
signed pss sha-256
believed openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
    -verify "$house/pss.pem" -signature "$house/sig" "$house/image"
made pkcs1 rsa-2048 rsa-pkcs1-sha256
signed pkcs1 sha-256
believed openssl dgst -sha256 -verify "$house/pkcs1.pem" -signature "$house/sig" "$house/image"
if made ed ed25519 ed25519; then
	signed ed sha-256 content
	believed openssl pkeyutl -verify -pubin -inkey "$house/ed.pem" -rawin -in "$house/image" -sigfile "$house/sig"
	http POST /v1/keys/ed/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' 1)\"},\"content\":\"AAAA\"}"
	want 403
	http POST /v1/keys/ed/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' 1)\"}}"
	want 400 malformed

	say "- ed25519 under two approvals: its asker brings the content twice"
	made two ed25519 ed25519 production || die "one, but no other"
	cli() { CLAVIGER_TOKEN=$tool CLAVIGER_CA_FILE=$house/service/tls.crt CLAVIGER_FINGERPRINT=$fingerprint claviger "$@"; }
	fails() { # STATUS COMMAND...
		local rc=0
		"${@:2}" > "$house/cli.out" 2> "$house/cli.err" || rc=$?
		[ "$rc" = "$1" ] || die "${*:2}: $rc, not $1: $(cat "$house/cli.out" "$house/cli.err")"
	}
	two() { cli sign --key two --product thermostat -o "$house/sig" "$@" "$house/image"; }
	fails 75 two --artifact-version 1 --no-wait --json
	req=$(jq -r .request "$house/cli.out")
	warned=$(grep -c 'warning performing' "$house/service.log" || true)
	vote "$req" approve officer-1; vote "$req" approve officer-2
	want 200
	[ "$(get .state) $(get .awaits)" = "due content" ] || die "approved, but: $out"
	fails 75 cli request wait "$req"
	grep -q 'claviger sign again' "$house/cli.err" || die "what to do is not told: $(cat "$house/cli.err")"
	http GET "/v1/requests/$req" "$tool" "" -H 'Prefer: wait=20' -m 5
	want 200
	other=$(jq -c '.document.parameters | {digest, product, version, content: "AAAA"}' <<<"$out")
	http GET /v1/ledger/bundle "$session"
	idem=$(jq -r --arg r "$req" 'select(.kind? == "request.opened" and .subject == $r) | .data.idempotency' "$house/out")
	# The service looks at what is due each second: who comes meanwhile comes again.
	once_more() {
		http POST /v1/keys/two/sign "$tool" "$other" -H "Idempotency-Key: $idem"
		[ "$status" != 503 ]
	}
	until_true 10 once_more || true
	want 403 bad-proof
	http GET "/v1/requests/$req" "$tool"
	[ "$(get .state)" = due ] || die "another image ended it: $out"
	sleep 3
	[ "$(grep -c 'warning performing' "$house/service.log" || true)" = "$warned" ] || die "it is warned of: $(tail "$house/service.log")"
	fails 0 two --artifact-version 1 --no-wait --evidence "$house/evidence"
	believed openssl pkeyutl -verify -pubin -inkey "$house/two.pem" -rawin -in "$house/image" -sigfile "$house/sig"
	cp "$house/sig" "$house/sig-once"
	fails 0 two --artifact-version 1 --no-wait
	cmp -s "$house/sig" "$house/sig-once" || die "asked again, another signature"
	claviger-audit verify-evidence "$house/evidence" --trust "$fingerprint" --artifact "$house/image" > /dev/null ||
	    die "the evidence does not verify"

	say "- who has asked may leave it at that, as long as the content is awaited"
	fails 75 two --artifact-version 1.5 --no-wait --json
	req=$(jq -r .request "$house/cli.out")
	vote "$req" approve officer-1; vote "$req" approve officer-2
	[ "$(get .state) $(get .awaits)" = "due content" ] || die "approved, but: $out"
	http POST "/v1/requests/$req/cancel" "$session" '{}'
	want 403 denied
	fails 0 cli request cancel "$req"
	http GET "/v1/requests/$req" "$tool"
	[ "$(get .state) $(get .awaits)" = "cancelled null" ] || die "cancelled, but: $out"
	fails 65 cli request cancel "$req"
	fails 75 two --artifact-version 1.5 --no-wait --json
	[ "$(jq -r .request "$house/cli.out")" != "$req" ] || die "cancelled, and asked again the same"
	fails 0 cli request cancel "$(jq -r .request "$house/cli.out")"

	say "- what nobody brings in time is ended"
	made late ed25519 ed25519 production hurried || die "no key"
	fails 75 cli sign --key late --product thermostat --artifact-version 1 --no-wait --json "$house/image"
	req=$(jq -r .request "$house/cli.out")
	vote "$req" approve officer-1; vote "$req" approve officer-2
	[ "$(get .state) $(get .awaits)" = "due content" ] || die "approved, but: $out"
	ended() { http GET "/v1/requests/$req" "$tool"; [ "$(get .state)" = expired ]; }
	until_true 20 ended || die "it is not ended: $out"

	say "- and claviger sign, which waits, by itself"
	(two --artifact-version 2 > "$house/waiting.out" 2>&1; echo $? > "$house/waiting.rc") &
	waiter=$!
	is_asked() {
		http GET '/v1/requests?state=waiting&action=key.sign' "$tool"
		req=$(jq -r '[.requests[] | select(.document.parameters.version == "2")][0].request // empty' <<<"$out")
		[ -n "$req" ]
	}
	until_true 10 is_asked || die "nothing is asked for: $out"
	vote "$req" approve officer-2; vote "$req" approve officer-3
	wait "$waiter"
	[ "$(cat "$house/waiting.rc")" = 0 ] || die "who waited: $(cat "$house/waiting.out")"
	believed openssl pkeyutl -verify -pubin -inkey "$house/two.pem" -rawin -in "$house/image" -sigfile "$house/sig"
else
	say "- this token makes no ed25519"
fi

say "- a key that only seals"
ask /v1/keys "$session" '{"name":"sealer","class":"ota","algorithm":"aes-256","environment":"production"}' officer-1
want 202
req=$(get .request)
vote "$req" approve officer-2; vote "$req" approve officer-3
[ "$(get .state)" = done ] || die "no aes key: $out"
http GET /v1/keys/sealer "$tool"
want 200
[ "$(get .public_key)" = null ] && [ "$(get .kcv)" != null ] || die "an aes key with another face: $out"
http POST /v1/keys/sealer/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' 1)\"}}"
want 403 denied

say "- a scheme that the key cannot have is refused, and so is a taken name"
ask /v1/keys "$session" '{"name":"odd","class":"firmware","algorithm":"ec-p256","scheme":"rsa-pss-sha256","environment":"development"}' 
[ "$status" != 200 ] && [ "$status" != 202 ] || die "an odd scheme was taken: $out"
ask /v1/keys "$session" '{"name":"p256","class":"firmware","environment":"development"}'
want 409 exists

say "- a life: suspended, resumed under quorum, retired, compromised, destroyed"
http POST /v1/keys/p384/suspend "$session" '{"reason":"a doubt"}'
want 200
ask /v1/keys/p384/resume "$session" '{"reason":"it was nothing"}' officer-1
want 202
req=$(get .request)
vote "$req" approve officer-2; vote "$req" approve officer-3
[ "$(get .state)" = done ] || die "not resumed: $out"
signed p384 sha-384
http POST /v1/keys/p384/deactivate "$session" '{"reason":"its time is over"}'
want 200
http POST /v1/keys/p384/activate "$session" '{}'
want 409 key-state
http POST /v1/keys/p384/compromise "$session" "{\"since\":\"$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)\",\"reason\":\"foreseen\"}"
want 422 out-of-range
http POST /v1/keys/p384/compromise "$session" "{\"since\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"reason\":\"found on a laptop\"}"
want 200
ask /v1/keys/p384/destroy "$session" '{"reason":"the end"}' officer-1
want 202
req=$(get .request)
vote "$req" approve officer-2; vote "$req" approve officer-3
[ "$(get .state)" = done ] || die "not destroyed: $out"
http GET /v1/keys/p384 "$session"
[ "$(get .state)" = destroyed ] || die "the key lives: $out"
[ "$(jq -r '[.history[].state] | join(" ")' <<<"$out")" = \
    "pre-activation active suspended active deactivated compromised destroyed" ] || die "history: $out"
http GET /v1/ledger/bundle "$session"
want 200
if [ -x "$builddir/claviger-audit" ]; then
	"$builddir/claviger-audit" verify "$house/out" --trust "$fingerprint" >"$house/audit" ||
	    die "the ledger does not verify: $(cat "$house/audit")"
fi
echo ok
