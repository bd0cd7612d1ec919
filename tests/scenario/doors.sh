#!/bin/bash
# doors.sh - every route as every kind of principal, compared with doors.txt.
#
# The routes come from the OpenAPI document, and so from the route table: a new
# route without its line in doors.txt fails here.  Actions are asked for with
# "prepare", so that each door is tried and nothing behind it is moved.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$srcdir/tests/lib/house.sh"

house_begin --set est.labels="default=root/device devices=root/device"
setup=$(cat "$house/service/setup-token")
house_found
key_make image firmware production
officer=$session
token_for ci; tool=$token
token_for lead; person=$token
token_for auditor; auditor=$token
token_for vendor-1; party=$token
token_for old; revoked=$token
http POST "/v1/credentials/$credential/revoke" "$officer" '{}'
want 200
http POST /v1/credentials "$officer" '{"principal":"old","type":"token","lifetime":"PT1S"}'
want 200
expired=$(get .token)
http POST /v1/keys/register "$officer" '{"name":"vendor-key","class":"firmware","at":"vendor"}'
want 200
http POST /v1/findings "$officer" '{"found":[{"kind":"sealed","form":"jks","place":"file://host/store","n":1}],"gone":[]}'
want 200
http GET /v1/findings "$officer"
want 200
finding=$(get '.findings[0].id')
ask /v1/keys/image/sign "$tool" "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' 1)\"}}"
want 202
request=$(get .request)
key_make anchor ca production
key_make next-anchor ca production
ask /v1/cas "$officer" '{"name":"root","profile":"root","key":"anchor","subject":[["commonName","Root"]]}'
want 202
made=$(get .request)
vote "$made" approve officer-2
want 200
vote "$made" approve officer-3
want 200
[ "$(get .state)" = done ] || die "no authority: $out"
http GET /v1/cas/root "$tool"
want 200
anchor=$(get .certificate | openssl x509 -outform DER | base64 -w0)
csr() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
	    -subj /CN=x -outform DER 2>/dev/null | base64 -w0
}
http POST /v1/cas/root/certificates "$tool" "{\"profile\":\"device\",\"device\":\"1\",\"csr\":\"$(csr)\"}"
want 200
certificate=$(get .id)
content_type=application/x-ndjson http POST '/v1/cas/root/batches?profile=device' "$tool" "" -H 'Idempotency-Key: one'
want 200
batch=$(head -n 1 <<< "$out" | jq -r .batch)
new=$(csr)
enrolled=$(csr)
sleep 1.1

kinds=(none setup tool person officer auditor party revoked expired)
declare -A tokens=([none]='' [setup]=$setup [tool]=$tool [person]=$person \
    [officer]=$officer [auditor]=$auditor [party]=$party [revoked]=$revoked \
    [expired]=$expired)

digest=$(printf '%064d' 2)
soon=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
body_of() {
	case $1 in
	house_found) echo "{\"charter\":$charter}" ;;
	genesis_sign) echo "{\"officer\":\"officer-1\",\"credential\":\"$digest\",\"signature\":\"AA==\"}" ;;
	login_challenge) echo '{"officer":"officer-1"}' ;;
	login) echo "{\"officer\":\"officer-1\",\"credential\":\"$digest\",\"challenge\":\"aaaaaaaaaaaaaaaaaaaa\",\"signature\":\"AA==\"}" ;;
	credential_issue) echo '{"principal":"ci","type":"token","prepare":true}' ;;
	key_generate) echo '{"name":"next","class":"firmware","prepare":true}' ;;
	key_adopt) echo '{"name":"next","class":"firmware","object":"label:other","prepare":true}' ;;
	cert_import) echo "{\"certificates\":[\"$anchor\"],\"prepare\":true}" ;;
	crl_import) echo '{"crl":"AAAA","prepare":true}' ;;
	discovery_report) echo '{"found":[{"kind":"sealed","form":"jks","place":"file://host/other","n":1}],"gone":[],"prepare":true}' ;;
	drill_report) echo "{\"drilled\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"prepare\":true}" ;;
	discovery_dismiss) echo '{"reason":"it may","prepare":true}' ;;
	device_import) echo '{"devices":[{"serial":"next"}],"prepare":true}' ;;
	install_report) echo "{\"installs\":[{\"serial\":\"next\",\"artifact_digest\":\"$digest\",\"installed_at\":\"2026-01-01T00:00:00Z\"}],\"prepare\":true}" ;;
	cert_import_pages) echo "{\"pages\":[{\"certificates\":[\"$anchor\"]}]}" ;;
	device_import_pages) echo '{"pages":[{"devices":[{"serial":"next"}]}]}' ;;
	install_report_pages) echo "{\"pages\":[{\"installs\":[{\"serial\":\"next\",\"artifact_digest\":\"$digest\",\"installed_at\":\"2026-01-01T00:00:00Z\"}]}]}" ;;
	key_register) echo '{"name":"next","class":"firmware","at":"vendor","prepare":true}' ;;
	key_compromise) echo '{"since":"2026-01-01T00:00:00Z","prepare":true}' ;;
	key_sign) echo "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$digest\"},\"prepare\":true}" ;;
	window_open) echo '{"keys":["image"],"by":["ci"],"uses":5,"until":"'"$soon"'","any_digest":true,"prepare":true}' ;;
	request_approve|request_reject) echo '{"approval":{}}' ;;
	request_cancel|alert_ack) echo '{}' ;;
	ca_create) echo '{"name":"next","profile":"root","key":"anchor","subject":[["commonName","Next"]],"prepare":true}' ;;
	ca_rekey) echo '{"name":"next","key":"next-anchor","prepare":true}' ;;
	ca_request) echo '{"subject":[["commonName","Root"]],"prepare":true}' ;;
	# Of the one that may, it is here already: 409.
	ca_import) echo "{\"name\":\"next\",\"certificate\":\"$anchor\",\"prepare\":true}" ;;
	cert_issue) echo "{\"profile\":\"device\",\"device\":\"2\",\"csr\":\"$new\",\"prepare\":true}" ;;
	batch_issue) ;;
	cert_revoke|cert_hold|cert_release) echo "{\"ids\":[\"$certificate\"],\"prepare\":true}" ;;
	*_simpleenroll|*_simplereenroll) echo "$enrolled" ;;
	charter_amend) jq -c '{charter: (.name = "another"), prepare: true}' <<<"$charter" ;;
	charter_check|charter_simulate) echo "{\"charter\":$charter}" ;;
	charter_explain) echo '{"action":"key.sign","key":"image"}' ;;
	*) echo '{"prepare":true}' ;;
	esac
}
path_of() {
	case $1 in
	*'?'*) echo "$1" ;;
	*/.well-known/est/*) echo "${1/\{label\}/devices}" ;;
	/v1/cas/*/batches) echo "${1/\{ca\}/root}?profile=device" ;;
	/v1/cas/*) echo "${1/\{ca\}/root}" ;;
	/v1/artifacts/*) echo "${1/\{digest\}/$digest}" ;;
	/v1/batches/*) echo "${1/\{id\}/$batch}" ;;
	/v1/certificates/*) echo "${1/\{id\}/$certificate}" ;;
	/v1/keys/{key}/csr) echo /v1/keys/anchor/csr ;;
	/v1/keys/{key}/correct|/v1/keys/{key}/unregister) echo "${1/\{key\}/vendor-key}" ;;
	/v1/keys/*) echo "${1/\{key\}/image}" ;;
	/v1/requests/*) echo "${1/\{id\}/$request}" ;;
	/v1/principals/*) echo "${1/\{id\}/ci}" ;;
	/v1/ledger/events/*) echo "${1/\{seq\}/0}" ;;
	/v1/ledger/consistency) echo "$1?from=1&to=2" ;;
	/v1/findings/*) echo "${1/\{id\}/$finding}" ;;
	/v1/inventory/devices) echo "$1?device=1" ;;
	/v1/inventory/keys/*) echo /v1/inventory/keys/anchor ;;
	/v1/inventory/products/*) echo "${1/\{product\}/thermostat}" ;;
	/v1/charter/who-can) echo "$1?key=image" ;;
	*) echo "${1/\{id\}/$request}" ;;
	esac
}

# knock METHOD PATH NAME ACCESS - as each kind of caller, one after another on one line.
knock() {
	local type=application/json kind args=() each=(-s -m 60 --cacert "$CLAVIGER_CA_FILE" -o /dev/null -w ' %{http_code}')
	[ "$4" != enrol ] || type=application/pkcs10
	[ "$3" != batch_issue ] || { type=application/x-ndjson; each+=(-H 'Idempotency-Key: two'); }
	each+=(-X "$1")
	if [ "$1" = POST ]; then
		body_of "$3" > "$house/body"
		each+=(-H "Content-Type: $type" --data-binary "@$house/body")
	fi
	for kind in "${kinds[@]}"; do
		[ ${#args[@]} -eq 0 ] || args+=(--next)
		args+=("${each[@]}")
		[ -z "${tokens[$kind]}" ] || args+=(-H "Authorization: Bearer ${tokens[$kind]}")
		args+=("$url$2")
	done
	# shellcheck disable=SC2046 # the statuses are words
	printf ' %8s' $(curl "${args[@]}")
	printf '\n'
}

http GET /v1/openapi.json
want 200
jq -r '.paths | to_entries[] | .key as $p | .value | to_entries[] |
    [(.key | ascii_upcase), $p, .value.operationId, .value."x-access"] | @tsv' \
    <<<"$out" | LC_ALL=C sort > "$house/routes"
{
	printf '# status of each route for each kind of caller; actions by "prepare"\n'
	printf '%-5s %-34s %-7s' '#' route access
	printf ' %8s' "${kinds[@]}"
	printf '\n'
	while IFS=$'\t' read -r method path name access; do
		printf '%-5s %-34s %-7s' "$method" "$path" "$access"
		knock "$method" "$(path_of "$path")" "$name" "$access"
	done < "$house/routes"
	for path in / /healthz /genesis /checkpoint /metrics /v1/status /v1/keys \
	    /crl/root/0.crl /crl/root/1.crl /ca/root.crt /ca/root.pem /ca/none.crt /ocsp /ocsp/AAAA /ocsp/; do
		status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$public_port$path")
		printf '%-5s %-34s %-7s %8s\n' GET "$path" public "$status"
	done
	status=$(curl -s -o /dev/null -w '%{http_code}' -d '{}' "http://127.0.0.1:$public_port/genesis")
	printf '%-5s %-34s %-7s %8s\n' POST /genesis public "$status"
	status=$(curl -s -o /dev/null -w '%{http_code}' -d '{}' "http://127.0.0.1:$public_port/ocsp")
	printf '%-5s %-34s %-7s %8s\n' POST /ocsp public "$status"
} > "$house/doors.txt"
[ -n "${KEEP_DOORS:-}" ] && cp "$house/doors.txt" "$KEEP_DOORS"
diff -u "$srcdir/tests/scenario/doors.txt" "$house/doors.txt" || die "a door has changed"
echo "ok: $(wc -l < "$house/routes") routes, ${#kinds[@]} kinds of caller"
