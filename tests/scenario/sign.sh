#!/bin/bash
# sign.sh - the main job over HTTP: asked, waiting, approved, signed, proven;
# and everything that may come in between.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$srcdir/tests/lib/house.sh"

house_begin
house_found
key_make image firmware production
key_make trial firmware development
officer=$session
token_for ci; tool=$token
http GET /v1/keys/image "$tool"
want 200
get .public_key > "$house/key.pem"

digest_of() { sha256sum "$1" | cut -d' ' -f1; }
body() { jq -nc --arg d "$1" --arg v "${2:-}" '{digest: {algorithm: "sha-256", value: $d}, product: "thermostat"}
    + (if $v == "" then {} else {version: $v} end)'; }
# asked BODY KEY [IDEMPOTENCY]
asked() { http POST "/v1/keys/$2/sign" "$tool" "$1" -H "Idempotency-Key: ${3:-$RANDOM$RANDOM}"; }
step() { say "- $*"; }

step "under two of three, waited for on the line"
head -c 100000 /dev/urandom > "$house/image-1"
asked "$(body "$(digest_of "$house/image-1")" 1.0)" image job-1
want 202
req=$(get .request)
[ "$(get .approvals.need)" = 2 ] || die "not two: $out"
[ "$(jq -r '.approvals.of[0].officers | join(" ")' <<<"$out")" = "officer-1 officer-2 officer-3" ] ||
    die "who may approve is not told: $out"
asked "$(body "$(digest_of "$house/image-1")" 1.0)" image job-1
want 202
[ "$(get .request)" = "$req" ] || die "asked again, another request: $out"
asked "$(body "$(digest_of "$house/key.pem")" 1.0)" image job-1
want 409 conflict
taken=$(jq -nc --arg id "$req" --arg t "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)" '{id: $id, created: $t}')
http POST /v1/keys/trial/sign "$tool" "$(body "$(digest_of "$house/key.pem")" | jq -c --argjson r "$taken" '.request = $r')"
want 403 denied
vote "$req" approve officer-1
want 200
[ "$(get .state)" = waiting ] || die "one approval was enough: $out"
vote "$req" approve officer-1
want 200
[ "$(get .approvals.have)" = 1 ] || die "one person counted twice: $out"
curl -s -m 30 --cacert "$house/service/tls.crt" -H "Authorization: Bearer $tool" -H 'Prefer: wait=20' \
    "$url/v1/requests/$req" > "$house/waited" &
waiter=$!
sleep 0.2
vote "$req" approve officer-3
want 200
[ "$(get .state)" = done ] || die "not performed with the last approval: $out"
wait $waiter
[ "$(jq -r .state < "$house/waited")" = done ] || die "the waiter was not told: $(cat "$house/waited")"
asked "$(body "$(digest_of "$house/image-1")" 1.0)" image job-1
want 200
get .signature | base64 -d > "$house/sig"
openssl dgst -sha256 -verify "$house/key.pem" -signature "$house/sig" "$house/image-1" >/dev/null ||
    die "openssl does not accept the signature"

step "evidence, receipt, bundle"
http GET "/v1/requests/$req/evidence" "$tool"
want 200
jq -e '.format == "claviger/evidence/v1" and (.permit.approvals | length) == 2' <<<"$out" >/dev/null ||
    die "evidence: $out"
cp "$house/out" "$house/evidence"
http GET "/v1/ledger/events/0" "$officer"
want 200
[ "$(jq -r .event.kind <<<"$out")" = house.founded ] || die "the first event: $out"
http GET /v1/ledger/bundle "$officer"
want 200
[ "$(tail -n 1 "$house/out" | jq -r '.end > 5')" = true ] || die "the bundle has no end"
if [ -x "$builddir/claviger-audit" ]; then
	"$builddir/claviger-audit" verify-evidence "$house/evidence" --trust "$fingerprint" \
	    --artifact "$house/image-1" >/dev/null || die "the evidence does not verify"
	"$builddir/claviger-audit" verify "$house/out" --trust "$fingerprint" >"$house/audit" ||
	    die "the ledger does not verify: $(cat "$house/audit")"
fi

step "another digest for the same version"
asked "$(body "$(printf '%064d' 9)" 1.0)" image job-2
want 409 conflict
asked "$(body "$(printf '%064d' 5)" 2.0)" image job-3
want 202
first=$(get .request)
asked "$(body "$(printf '%064d' 6)" 2.0)" image job-4
want 202
http GET "/v1/requests/$first" "$tool"
[ "$(get .state)" = superseded ] || die "the first is not superseded: $out"
asked "$(body "$(printf '%064d' 9)" 01.0.0)" image job-2b
want 409 conflict
asked "$(body "$(printf '%064d' 15)" 1.9.9)" image job-4a
want 202
lower=$(get .request)
asked "$(body "$(printf '%064d' 16)" 2.00)" image job-4b
want 202
spelt=$(get .request)
for req in "$lower waiting" "$spelt waiting"; do
	http GET "/v1/requests/${req% *}" "$tool"
	[ "$(get .state)" = "${req#* }" ] || die "not ${req#* }: $out"
done
http GET "/v1/requests?state=superseded" "$tool"
[ "$(jq '.requests | length' <<<"$out")" = 2 ] || die "2.00 is not 2.0: $out"
http POST "/v1/requests/$spelt/cancel" "$tool" '{}'
want 200
http POST "/v1/requests/$lower/cancel" "$tool" '{}'
want 200

step "many at once for one version"
# By one curl: as many processes would hardly meet.
for i in {31..54}; do
	[ "$i" = 31 ] || echo next
	printf '%s\n' "url = $url/v1/keys/image/sign" "cacert = $house/service/tls.crt" "output = $house/at-once" \
	    "header = \"Authorization: Bearer $tool\"" 'header = "Content-Type: application/json"' \
	    "header = \"Idempotency-Key: at-once-$i\"" "data = @$house/at-once-$i" \
	    'write-out = "%{http_code}\n"'
	body "$(printf '%064d' "$i")" 3.0 > "$house/at-once-$i"
done > "$house/at-once.conf"
curl -s -m 30 --parallel --parallel-immediate -K "$house/at-once.conf" > "$house/at-once-got"
[ "$(grep -cx 202 "$house/at-once-got")" = 24 ] || die "not all are taken: $(sort "$house/at-once-got" | uniq -c)"
http GET '/v1/requests?state=waiting&limit=100' "$tool"
left=$(jq -r '.requests[] | select(.document.parameters.version == "3.0") | .request' <<<"$out")
[ "$(wc -w <<<"$left")" = 1 ] || die "not one of them waits: $left"

step "what is approved, and waits for the keeper alone, gives way to nothing"
vote "$left" approve officer-1
keeper_stop
vote "$left" approve officer-3
want 200
[ "$(get .state)" = due ] || die "not due: $out"
asked "$(body "$(printf '%064d' 60)" 3.00)" image job-60
want 409 conflict
grep -qF "$left" <<<"$(get .detail)" || die "it does not say which: $out"
keeper_start
ready_wait '"ready"'
performed() { http GET "/v1/requests/$left" "$tool"; [ "$(get .state)" = done ]; }
until_true 30 performed || die "not performed: $out"

step "rejected stays rejected until another attempt"
asked "$(body "$(printf '%064d' 7)")" image job-5
want 202
req=$(get .request)
vote "$req" reject officer-2
want 200
asked "$(body "$(printf '%064d' 7)")" image job-5
want 403 rejected
asked "$(jq -c '.attempt = 2' <<<"$(body "$(printf '%064d' 7)")")" image job-5-2
want 202
http POST "/v1/requests/$(get .request)/cancel" "$officer" '{}'
want 403 denied
req=$(get .request)
http GET '/v1/requests?state=waiting&limit=1' "$tool"
req=$(jq -r '.requests[0].request' <<<"$out")
http POST "/v1/requests/$req/cancel" "$tool" '{"reason":"no more"}'
want 200
[ "$(get .state)" = cancelled ] || die "not cancelled: $out"

step "a proof by who may not, or over something else"
asked "$(body "$(printf '%064d' 8)")" image job-6
want 202
req=$(get .request)
http GET "/v1/requests/$req" "$officer"
view=$out
http POST "/v1/requests/$req/approve" "" "{\"approval\":$(approval "$view" approve lead)}"
want 403
http POST "/v1/requests/$req/approve" "" "{\"approval\":$(approval "$view" reject officer-1)}"
want 403
http POST "/v1/requests/$req/approve" "" \
    "{\"approval\":$(approval "$view" approve officer-1 | jq -c '.proof.officer = "officer-2"')}"
want 403
other=$(jq -c '.document.parameters.digest.value = "'"$(printf '%064d' 4)"'"' <<<"$view")
http POST "/v1/requests/$req/approve" "" "{\"approval\":$(approval "$other" approve officer-1)}"
want 403
http GET "/v1/requests/$req" "$officer"
[ "$(get .approvals.have)" = 0 ] || die "a bad proof counted: $out"

step "alone, within a limit"
for i in 1 2 3 4 5; do
	asked "$(body "$(printf '%064d' "$i")")" trial "trial-$i"
	want 200
done
signature=$(get .signature)
made=$(get .request)
asked "$(body "$(printf '%064d' 5)")" trial trial-5
want 200
[ "$(get .signature)" = "$signature" ] || die "asked again, another signature: $out"
asked "$(body "$(printf '%064d' 6)")" trial trial-6
want 429 limit-reached
[ "$(jq -r '.explanation.reason' <<<"$out")" = limit ] || die "not explained: $out"
http GET '/v1/ledger/events?kind=request.denied' "$officer"
[ "$(jq '.events | length' <<<"$out")" -ge 1 ] || die "the refusal is not recorded: $out"

step "a suspended key refuses even what it has signed"
http POST /v1/keys/trial/suspend "$officer" '{"reason":"odd"}'
want 200
asked "$(body "$(printf '%064d' 5)")" trial trial-5
want 409 key-state
http GET "/v1/requests/$made" "$tool"
want 200
[ "$(get .result.signature)" = null ] || die "the view gives it out: $out"
http GET "/v1/requests/$made/evidence" "$tool"
want 409 key-state
login officer-2
http GET "/v1/requests/$made/evidence" "$session"
want 409 key-state
# Who may take the ledger away has it there already.
http GET "/v1/requests/$made/evidence" "$officer"
want 200

step "a window for several"
ask /v1/windows "$tool" "$(jq -nc --arg u "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" \
    '{keys: ["image"], by: ["ci"], uses: 3, until: $u, any_digest: true}')"
want 202
win=$(get .request)
vote "$win" approve officer-1
vote "$win" approve officer-2
want 200
[ "$(get .state)" = done ] || die "the window did not open: $out"
for i in 11 12 13; do
	asked "$(body "$(printf '%064d' $i)")" image "win-$i"
	want 200
	[ "$(get .request)" = "$win" ] || die "not under the window: $out"
done
asked "$(body "$(printf '%064d' 14)")" image win-14
[ "$status" = 202 ] || [ "$status" = 409 ] || die "a fourth use of three: $status $out"
# Each of its uses says for itself what nobody proved of it.
for i in 11 12; do
	http GET "/v1/requests/$win/evidence?digest=$(printf '%064d' $i)" "$tool"
	want 200
	[ -x "$builddir/claviger-audit" ] || continue
	"$builddir/claviger-audit" verify-evidence "$house/out" --trust "$fingerprint" --json >"$house/audit" ||
	    die "evidence of a window's use does not verify"
	jq -e '.asserted["artifact.product"] == .product and .product != null' "$house/audit" >/dev/null ||
	    die "its product is not listed as asserted: $(cat "$house/audit")"
done

step "a window that is named is that one, or none"
# under STATUS CODE WORDS WINDOW KEY PRODUCT - it does not fit: said, and nothing is asked for.
waiting() { http GET '/v1/requests?state=waiting&limit=100' "$tool"; jq -r '.requests | length' <<<"$out"; }
before=$(waiting)
under() {
	http POST "/v1/keys/$5/sign" "$tool" "$(body "$(printf '%064d' 15)" | jq -c --arg w "$4" --arg p "$6" '.window = $w | .product = $p')" \
	    -H "Idempotency-Key: $RANDOM$RANDOM"
	want "$1" "$2"
	grep -qF -- "$3" <<<"$(get .detail)" || die "it does not say $3: $out"
}
# opened MEMBERS - a window of ci's over the key that two officers open: $win2.
opened() {
	ask /v1/windows "$tool" "$(jq -nc --arg u "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" --argjson more "$1" \
	    '{keys: ["image"], by: ["ci"], uses: 1, until: $u, any_digest: true} + $more')"
	want 202
	win2=$(get .request)
	vote "$win2" approve officer-1
	vote "$win2" approve officer-2
	want 200
}
under 409 used-up "$win" "$win" image thermostat
opened '{"product": "camera", "track": "beta"}'
under 403 denied "product camera" "$win2" image thermostat
under 403 denied "track beta" "$win2" image camera
under 403 denied "this key" "$win2" trial camera
opened '{"by": ["lead"]}'
under 403 denied "not for ci" "$win2" image thermostat
opened '{"digests": ["'"$(printf '%064d' 99)"'"], "any_digest": false}'
under 403 denied "this digest" "$win2" image thermostat
under 404 not-found "no window req_00000000000000000000000000" req_00000000000000000000000000 image thermostat
[ "$(waiting)" = "$before" ] || die "what did not fit its window became a request"
# named WINDOW - what waits as win-19 is asked for again, in that window.
named() { asked "$(body "$(printf '%064d' 19)" | jq -c --arg w "$1" '.window = $w')" image win-19; }
asked "$(body "$(printf '%064d' 19)")" image win-19
want 202
waits=$(get .request)
named "$win2"
want 403 denied
opened '{}'
named "$win2"
want 200
[ "$(get .request)" = "$win2" ] || die "what waits is not signed in the window that was named: $out"
named "$win"
want 200
[ "$(get .request)" = "$win2" ] || die "asked again, another: $out"
http POST "/v1/requests/$waits/cancel" "$tool" '{}'
want 200
asked "$(body "$(printf '%064d' 27)" 7.0)" image win-27
want 202
waits=$(get .request)
opened '{}'
asked "$(body "$(printf '%064d' 28)" 7.0 | jq -c --arg w "$win2" '.window = $w')" image win-28
want 200
vote "$waits" approve officer-1
vote "$waits" approve officer-3
[ "$(get .state)" = denied ] || die "two images are signed as 7.0: $out"
asked "$(body "$(printf '%064d' 27)" 7.0)" image win-27
want 409 conflict
opened '{}'
opened '{"uses": 2}'
asked "$(body "$(printf '%064d' 17)" | jq -c --arg w "$win2" '.window = $w')" image win-17
want 200
[ "$(get .request)" = "$win2" ] || die "not under the window that was named: $out"
asked "$(body "$(printf '%064d' 17)")" image win-17
want 200
[ "$(get .request)" = "$win2" ] || die "asked again, another: $out"
http POST "/v1/windows/$win2/close" "$officer" '{}'
want 200
under 410 expired "was closed" "$win2" image thermostat
[ "$(waiting)" = "$before" ] || die "what did not fit its window became a request"
http POST "/v1/windows/$win/close" "$officer" '{}'
want 200
http GET "/v1/windows/$win" "$tool"
want 200
[ "$(get .state)" = closed ] || die "not closed: $out"
http POST "/v1/windows/$win/close" "$officer" '{}'
want 409 conflict
http GET '/v1/ledger/events?kind=window.closed' "$officer"
jq -e --arg w "$win" '.events[-1] | .subject == $w and .data.entry.op == "close"
    and .data.entry.result.window == $w and .data.entry.rule.name == "close"' <<<"$out" >/dev/null ||
    die "the keeper did not close it: $out"

step "the law changed under the law"
next=$(jq -c '.name = "a house that learned"' <<<"$charter")
http POST /v1/charter/check "$officer" "{\"charter\":$next}"
want 200
[ "$(get .acceptable)" = true ] || die "not acceptable: $out"
ask /v1/charter/amendments "$officer" "{\"charter\":$next}" officer-1
want 202
req=$(get .request)
vote "$req" approve officer-2
vote "$req" approve officer-3
want 200
[ "$(get .state)" = done ] || die "not amended: $out"
# Sessions end with the charter that let them in.
http GET /v1/charter "$officer"
want 401
login officer-1
officer=$session
http GET /v1/charter "$officer"
[ "$(get .charter.name)" = "a house that learned" ] || die "the old charter: $out"
http GET '/v1/charter?history' "$officer"
[ "$(jq '.charters | length' <<<"$out")" = 2 ] || die "history: $out"
http GET "/v1/charter/who-can?key=image&as_of=$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$officer"
want 200

step "gone and back: keeper, then service"
keeper_stop KILL
asked "$(body "$(printf '%064d' 21)")" image gone-1
[ "$status" = 202 ] || [ "$status" = 503 ] || die "without a keeper: $status $out"
http GET /readyz
want 503
grep -qi '^retry-after:' "$house/headers" || die "503 without Retry-After"
keeper_start
ready_wait '"ready"'
service_stop KILL
service_start
ready_wait '"ready"'
http GET /v1/status "$tool"
[ "$(get .fingerprint)" = "$fingerprint" ] || die "another house: $out"
asked "$(body "$(digest_of "$house/image-1")" 1.0)" image job-1
want 200
openssl dgst -sha256 -verify "$house/key.pem" -signature <(get .signature | base64 -d) "$house/image-1" >/dev/null ||
    die "after the restart another signature"
step "all of it, verified by who trusts nobody"
login officer-1
http GET /v1/ledger/bundle "$session"
want 200
cp "$house/out" "$house/bundle"
if [ -x "$builddir/claviger-audit" ]; then
	"$builddir/claviger-audit" verify "$house/bundle" --trust "$fingerprint" \
	    --seen "$house/evidence" >"$house/audit" || die "the ledger does not verify: $(cat "$house/audit")"
	say "$(head -n 12 "$house/audit")"
fi
http GET "/v1/ledger/bundle?since=10" "$session"
want 200
if [ -x "$builddir/claviger-audit" ]; then
	"$builddir/claviger-audit" verify "$house/out" --trust "$fingerprint" >"$house/audit" ||
	    die "the later part does not verify: $(cat "$house/audit")"
fi

http GET /metrics "$tool"
want 200
grep -q '^claviger_signatures_total' "$house/out" || die "no metrics"

step "all of it audited, and the tables made again from the ledger"
login officer-1
http GET /v1/ledger/bundle "$session"
want 200
cp "$house/out" "$house/bundle"
"$builddir/claviger-audit" verify "$house/bundle" --trust "$fingerprint" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json > "$house/report" ||
    die "the audit: $(jq -c '{findings, replay: .replay.differences}' "$house/report")"
jq -e '.replay.ok and .replay.tables.entry > 5 and .entries.shown == .entries.last' "$house/report" >/dev/null ||
    die "the report: $(jq -c '{entries, replay}' "$house/report")"
echo "ok"
