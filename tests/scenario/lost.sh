#!/bin/bash
# lost.sh - the keeper has done it and journaled it, and the service is killed
# before its event is in the ledger: who asks again under the same
# Idempotency-Key, a job that was started anew too, gets what was made then.
#
# The database lets nobody write until the service is dead, so that it dies just
# there.  engine=postgresql keeps the tables in PostgreSQL.
set -euo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

# A certificate that is no device's: only its Idempotency-Key finds it again.
# shellcheck disable=SC2016
charter_tweak='.profiles.server = {purpose: "A server.", kind: "end-entity", keys: ["ec-p256"],
	subject: [{attribute: "commonName", from: "request", required: true}], validity: {for: "P30D"},
	"key-usage": ["digital-signature"], "extended-key-usage": ["server-auth"], retention: "P0D", "issued-by-root": true}'
house_begin
house_found
for k in trial spare; do key_make $k firmware development; done
key_make anchor ca production
token_for ci; tool=$token
login officer-1; officer=$session
in_an_hour=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
digest() { printf '%064d' "$1"; }

# allowed PATH TOKEN BODY - two officers agree; the request's id to $request.
allowed() {
	ask "$@"
	want 202
	request=$(get .request)
	vote "$request" approve officer-2 "$officer"
	vote "$request" approve officer-3 "$officer"
	want 200
}
allowed /v1/cas "$officer" '{"name":"root","profile":"root","key":"anchor","subject":[["commonName","Root"]]}'
window() { # DIGEST - for one use of it
	allowed /v1/windows "$tool" "{\"keys\":[\"trial\"],\"by\":[\"ci\"],\"uses\":1,\"until\":\"$in_an_hour\",\"digests\":[\"$(digest "$1")\"]}"
}
window 11; named=$request
window 12
window 13; closing=$request
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$house/server.key" -subj "/CN=server" \
    -out "$house/server.csr" 2> /dev/null

# ---- what is asked: NAME, by whom, where, and what
declare -A by path body
what() { by[$1]=$2 path[$1]=$3 body[$1]=$4; }
sign() { printf '{"digest":{"algorithm":"sha-256","value":"%s"}%s}' "$(digest "$1")" "${2:-}"; }
what direct tool /v1/keys/trial/sign "$(sign 10)"
what named tool /v1/keys/trial/sign "$(sign 11 ",\"window\":\"$named\"")"
what covered tool /v1/keys/trial/sign "$(sign 12)"
what certificate tool /v1/cas/root/certificates "$(jq -nc --rawfile c "$house/server.csr" '{profile: "server", subject: [["commonName", "server"]], csr: $c}')"
what suspend officer /v1/keys/spare/suspend '{"reason":"lost"}'
what close officer "/v1/windows/$closing/close" '{"reason":"lost"}'
again() { local who=${by[$1]}; http POST "${path[$1]}" "${!who}" "${2:-${body[$1]}}" -H "Idempotency-Key: lost-$1"; }
askers=()
asks() {
	local who=${by[$1]}
	curl -s -m 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer ${!who}" -H "Idempotency-Key: lost-$1" \
	    -H "Content-Type: application/json" --data-binary "${body[$1]}" -o "$house/$1.first" "$url${path[$1]}" 9>&- &
	askers+=($!)
}
job() { CLAVIGER_TOKEN=$tool claviger sign --key trial --no-wait --quiet --json "$house/image" -o "$house/image.sig" "$@"; }
echo image > "$house/image"
image=$(sha256sum "$house/image" | cut -d' ' -f1)

# ---- the database
sql() { if [ "$engine" = sqlite ]; then sqlite3 "$house/service/claviger.db"; else psql -qAtX -d "$conninfo"; fi; }
engine=${engine:-sqlite}
lock() {
	mkfifo "$house/sql"
	sql < "$house/sql" > "$house/sql.said" 9>&- &
	locker=$!
	exec 8> "$house/sql"
	if [ "$engine" = sqlite ]; then echo "BEGIN EXCLUSIVE;"; else echo "BEGIN; LOCK TABLE event IN EXCLUSIVE MODE;"; fi >&8
	echo "SELECT 'held';" >&8
	until_true 20 grep -q held "$house/sql.said" || die "the database is not locked"
}
# What the service had sent must not be taken up once it is free.
unlock() {
	[ "$engine" = sqlite ] || echo "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
	    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend';" >&8
	echo "ROLLBACK;" >&8
	exec 8>&-
	wait "$locker" || true
}

# ---- the crash
# journaled OP [TEXT] - how many such entries there are.  A file may end in zeros.
journaled() { cat "$house"/keeper/journal/* | grep -aF "\"op\":\"$1\"" | grep -acF -- "${2:-}" || true; }
all_journaled() {
	[ "$(journaled sign)" -eq 4 ] && [ "$(journaled certify)" -eq 2 ] && [ "$(journaled state '"to":"suspended"')" -eq 1 ] &&
	    [ "$(journaled close)" -eq 1 ]
}
events() { http GET "/v1/ledger/events?kind=$1&limit=1000" "$officer"; }
lock
for n in direct named covered certificate suspend close; do asks $n; done
job > /dev/null 2>&1 8>&- 9>&- & askers+=($!)
until_true 30 all_journaled ||
    die "the keeper has not done all of it: $(journaled sign) $(journaled certify) $(journaled state '"to":"suspended"') $(journaled close): $(cat "$house"/*.first)"
service_stop KILL
keeper_stop KILL
for a in "${askers[@]}"; do end "$a"; done
unlock
keeper_start
service_start
ready_wait '"ready"'
login officer-1; officer=$session
for k in key.signed:4 cert.issued:1 key.suspended:1 window.closed:1; do
	events "${k%:*}"
	[ "$(jq '[.events[].data | select(.recovered)] | length' <<<"$out")" = "${k#*:}" ] || die "${k%:*}: not lost: $out"
done

# ---- asked again
signature_of() { events key.signed; jq -r --arg d "$1" '.events[].data.entry | select(.operation.digest.value == $d).result.signature' <<<"$out"; }
for n in direct:10 named:11 covered:12; do
	say "- ${n%:*}: its signature is asked for again"
	made=$(signature_of "$(digest "${n#*:}")")
	again "${n%:*}"
	want 200
	[ "$(get .signature)" = "$made" ] || die "another signature than was made: $out"
done
say "- another digest under the same key"
again direct "$(sign 14)"
want 409 conflict
say "- the job is started anew"
made=$(signature_of "$image")
job > "$house/job.said" || die "the job was not answered: $(cat "$house/job.said")"
[ "$(base64 -w0 "$house/image.sig")" = "$made" ] || die "the job got another signature"
say "- the certificate"
events cert.issued
made=$(get '.events[0].data.entry.request')
again certificate
want 200
[ "$(get .request)" = "$made" ] || die "another certificate: $out"
say "- the key is suspended, the window closed"
again suspend
want 200
again close
want 200
all_journaled || die "asking again cost a use: $(journaled sign) signatures, $(journaled certify) certificates"

say "- and no count was spent: five a day, of which two are made"
n=20
one() { http POST /v1/keys/trial/sign "$tool" "$(sign $((n++)))"; }
for _ in 1 2 3; do one; want 200; done
one
want 429 limit-reached

say "- the ledger says so"
until_true 10 is_shown "$officer" || die "no checkpoint covers all: $out"
http GET /v1/ledger/bundle "$officer"
claviger-audit verify "$house/out" --trust "$fingerprint" --json --replay-db "${store:-sqlite:$house/service/claviger.db}" \
    > "$house/verdict" || die "the ledger does not verify, or replay differs: $(jq -c '.findings, .replay' "$house/verdict")"
echo "ok: $engine"
