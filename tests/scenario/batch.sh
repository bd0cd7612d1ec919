#!/bin/bash
# batch.sh - certificates by the batch: streamed over HTTP, and by claviger.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
house_ready
pki_make --partitions 4 || die "no authorities"
csrs=$CLAVIGER_BUILD/tests/lib/csrs
tool=$(cat "$house/ci.token")

# send KEY FILE [curl ARG...] - a batch of devices, by curl; results in $out.
send() {
	local key=$1 file=$2
	shift 2
	status=$(curl -s -m 120 --retry 30 --retry-delay 1 --retry-max-time 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" \
	    -H "Content-Type: ${content_type:-application/x-ndjson}" -H "Idempotency-Key: $key" \
	    --data-binary "@$file" -o "$house/out" -w '%{http_code}' "$@" \
	    "$url/v1/cas/devices/batches?profile=${profile:-device}")
	out=$(cat "$house/out")
}
line() { jq -c "$1" "$house/out" | grep -vx null | head -n 1; }
counted() { jq -c 'select(has("end")) | [.end, .rows, .done, .waiting, .failed]' "$house/out"; }
# sent WORDS STATUS COUNTS KEY FILE [curl ARG...] - send, and what is said of it.
sent() {
	local words=$1 want=$2 counts=$3
	shift 3
	send "$@"
	is 0 "$words" [ "$status $(counted)" = "$want $counts" ]
	[ "$status $(counted)" = "$want $counts" ] || { echo "$status $(counted)"; head -c 600 "$house/out"; }
}
serials() { jq -r 'select(.outcome == "done") | .serial' "$house/out"; }

# ---- over HTTP
"$csrs" ndjson 300 B > "$house/b"
sent "300 rows" 200 '[true,300,300,0,0]' one "$house/b"
batch=$(line .batch | tr -d '"')
is 0 "come in their order" [ "$(jq -r 'select(.outcome) | "\(.row) \(.name)"' "$house/out" | md5sum)" = "$(seq 1 300 | sed 's/.*/& B-&/' | md5sum)" ]
serials > "$house/first"
is 0 "each with a serial number of its own" [ "$(sort -u "$house/first" | wc -l)" = 300 ]
sent "again" 200 '[true,300,300,0,0]' one "$house/b"
is 0 "the same certificates" cmp <(serials) "$house/first"
head -n 100 "$house/b" > "$house/part"
sent "a part of it" 200 '[true,100,100,0,0]' one "$house/part"
is 0 "has the same ones" cmp <(serials) <(head -n 100 "$house/first")
sent "in chunks" 200 '[true,300,300,0,0]' one "$house/b" -H 'Transfer-Encoding: chunked'
is 0 "the same once more" cmp <(serials) "$house/first"
is 0 "shown" as_ci batch show "$batch" --json
like "with its counts" '.done == 300 and .waiting == 0 and .failed == 0 and .requester == "ci" and .ca == "devices"'
is 0 "listed" as_ci batch list --json
like "alone" "[.batches[].id] == [\"$batch\"]"
is 0 "its certificates" as_ci cert list --batch "$batch" --limit 200 --json
like "by the page" '(.certificates | length) == 200 and .next != null'
is 0 "the page behind" as_ci cert list --batch "$batch" --limit 200 --cursor "$(field next)" --json
like "has the rest" '(.certificates | length) == 100 and .next == null'
is 65 "one filter at a time" as_ci cert list --batch "$batch" --device B-1

"$csrs" tar 20 T > "$house/t.tar"
content_type=application/x-tar sent "a tar" 200 '[true,20,20,0,0]' two "$house/t.tar"
is 0 "with its files' names" [ "$(line 'select(.row == 3) | .name')" = '"T-3.csr"' ]
head -c 9000 "$house/t.tar" > "$house/cut.tar"
content_type=application/x-tar send three "$house/cut.tar"
is 0 "a tar that ends early" [ "$(line 'select(.end == false) | [.code, .done < 20]')" = '["malformed",true]' ]
content_type=application/x-tar send three "$house/b"
is 0 "what is no tar" [ "$(line 'select(.end == false) | [.code, .rows]')" = '["malformed",0]' ]

# ---- a line that is cut: what came before, and the rest when it is sent again
"$csrs" ndjson 400 C > "$house/c"
send cut "$house/c" -N --max-time 0.4 --retry 0
serials > "$house/before"
# The service ends what it has begun; the client does not wait for that.
sent "after the line was cut" 200 '[true,400,400,0,0]' cut "$house/c"
cut=$(line .batch | tr -d '"')
is 0 "what came before is the beginning" cmp <(serials | head -n "$(wc -l < "$house/before")") "$house/before"
is 0 "counted" as_ci batch show "$cut" --json
like "each once" '.done == 400'
senders=()
for n in 1 2 3; do
	curl -s -m 120 --retry 30 --retry-delay 1 --retry-max-time 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" \
	    -H 'Content-Type: application/x-ndjson' -H 'Idempotency-Key: at-once' --data-binary "@$house/c" -o "$house/out.$n" "$url/v1/cas/devices/batches?profile=device" &
	senders+=($!)
done
wait "${senders[@]}"
sent "asked for by four at once" 200 '[true,400,400,0,0]' at-once "$house/c"
is 0 "the devices have one certificate each" as_ci cert list --device C-1 --json
like "as before" '(.certificates | length) == 1'

# ---- one request for two devices, side by side: one of them has it
"$csrs" ndjson 4 Q | jq -c '.device = .name, .device = "\(.name)-too"' > "$house/q"
sent "four requests, each for two devices" 200 '[true,8,4,0,4]' pairs "$house/q"
is 0 "a conflict for the other" [ "$(jq -r 'select(.outcome == "refused") | .status' "$house/out" | tr '\n' ' ')" = "409 409 409 409 " ]
is 0 "in words of a batch" [ "$(jq -r 'select(.outcome == "refused") | .detail' "$house/out" | grep -c 'the batch has a certificate of this request for')" = 4 ]
is 0 "one certificate for each request" [ "$(serials | sort -u | wc -l)" = 4 ]

# ---- rows that are refused leave the rest alone
{
	head -n 1 "$house/b"
	echo 'no json'
	echo '[]'
	echo
	echo '{"name":"no csr"}'
	echo '{"csr":"AAAA","name":"no request"}'
	echo '{"csr":"AAAA","spare":1}'
	printf '{"csr":"%s"}\n' "$(head -c 40000 /dev/zero | base64 -w0)"
	sed -n 2p "$house/b"
} > "$house/bad"
sent "bad rows" 200 '[true,8,2,0,6]' bad "$house/bad"
is 0 "each has its problem in its place" [ "$(jq -r 'select(.outcome == "refused") | "\(.row) \(.code)"' "$house/out" | tr '\n' ' ')" = \
    "2 malformed 3 schema 4 schema 5 malformed 6 schema 7 too-large " ]
bad=$(line .batch | tr -d '"')
is 0 "the service knows" as_ci batch show "$bad" --json
like "how many of them were requests" '.failed == 1'
counts_in() { grep -ao '"batch.counted"' "$1" | wc -l; }
holds "the ledger is exported" as_ci audit export -o "$house/before-again"
sent "the same again" 200 '[true,8,2,0,6]' bad "$house/bad"
holds "and once more" as_ci audit export -o "$house/after-again"
is 1 "it tells of refusals" [ "$(counts_in "$house/before-again")" = 0 ]
is 0 "writes nothing" [ "$(counts_in "$house/after-again")" = "$(counts_in "$house/before-again")" ]
yes x 2> /dev/null | head -n 10000 > "$house/junk"
sent "ten thousand rows of junk" 200 '[true,10000,0,0,10000]' junk "$house/junk"
yes x 2> /dev/null | head -n 50000 > "$house/junk"
send junk "$house/junk"
is 0 "more are not read to their end" [ "$(line 'select(.end == false) | [.code, .failed > 10000, .failed < 10300]')" = '["limit-reached",true,true]' ]

# ---- what the route refuses whole
refused() { # WORDS STATUS CODE KEY FILE [curl ARG...]
	local words=$1 want=$2 code=$3
	shift 3
	send "$@"
	is 0 "$words" [ "$status $(jq -r .code "$house/out")" = "$want $code" ]
}
profile=tls-server refused "another profile under the same key" 409 conflict one "$house/part"
profile=none refused "a profile that is not there" 400 malformed four "$house/part"
content_type=application/json refused "another type" 415 media-type four "$house/part"
refused "a key that is none" 400 malformed 'a b' "$house/part"
refused "a body that is encoded" 415 media-type four "$house/part" -H 'Content-Encoding: gzip'
tool=none refused "somebody unknown" 401 unauthenticated four "$house/part"

# ---- what is sent in long does not lie in memory
# What a sanitizer keeps of what was freed grows with whatever is done: it sees fewer.
many=3000
if nm -D "$CLAVIGER_BUILD/clavigerd" 2> /dev/null | grep -E '__(asan|tsan)_' > /dev/null; then many=500; fi
peak() { awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$service_pid/status"; }
"$csrs" ndjson "$many" V > "$house/v"
before=$(peak)
sent "$many rows" 200 "[true,$many,$many,0,0]" long "$house/v"
after=$(peak)
if [ "$many" = 500 ]; then
	echo "# memory: $before MiB, then $after MiB, sanitized"
else
	# What SQLite keeps of its file grows with it, up to 16 MiB; the rows alone would be more than the rest.
	most=14
	[ "${engine:-sqlite}" = sqlite ] || most=6
	is 0 "take no more memory than 400 did: $before MiB, then $after" [ $((after - before)) -le $most ]
fi

# ---- one CSR for two devices
"$csrs" ndjson 40 K | jq -c '., (.device = "other-\(.name)"), .' > "$house/k"
sent "each CSR in three rows, the second for another device" 200 '[true,120,80,0,40]' twice "$house/k"
is 0 "the first of them decides" [ "$(jq -r 'select(.outcome) | .outcome' "$house/out" | paste -sd ' ' | tr ' ' '\n' | paste -d ' ' - - - | sort -u)" = "done refused done" ]
is 0 "and the third gets what the first got" [ "$(serials | sort | uniq -c | awk '$1 == 2' | wc -l)" = 40 ]
is 0 "the second is told whose it is" [ "$(line 'select(.outcome == "refused") | [.code, (.detail | test("the batch has a certificate of this request for K-1$"))]')" = '["conflict",true]' ]
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=two.example -addext "subjectAltName=DNS:two.example" 2>/dev/null |
    jq -Rsc '{csr: .}, {csr: ., not_after: "2026-12-24T00:00:00Z"}' > "$house/k"
profile=tls-server sent "while the first waits for people" 200 '[true,2,0,1,1]' twice-waiting "$house/k"
is 0 "it is the first that waits" [ "$(line 'select(.row == 1) | .outcome')" = '"waiting"' ]
is 0 "and the second is told of it in the batch's words" [ "$(line 'select(.row == 2) | [.code, (.detail | test("an earlier row of this batch has the same CSR, and asks for something else .req_"))]')" = '["conflict",true]' ]

# ---- a token that is revoked meanwhile
token_new() {
	as_officer officer-1 credential issue --for ci -o "$house/$1.token" --quiet --json > "$house/more" || die "no token"
	tool=$(cat "$house/$1.token")
}
token_end() { as_officer officer-1 credential revoke "$(jq -r .credential.id "$house/more")" > /dev/null; }
token_new first
"$csrs" ndjson 3000 R > "$house/r"
: > "$house/out"
send revoked "$house/r" -N &
sender=$!
begun() { [ "$(grep -c '"row"' "$house/out")" -gt 0 ]; }
until_true 30 begun || die "no row came"
token_end || die "not revoked"
wait "$sender"
is 0 "a token that is revoked issues no more rows" [ "$(line 'select(.end == false) | [.code, .rows > 0, .rows < 3000]')" = \
    '["unauthenticated",true,true]' ]
token_new second
mkfifo "$house/fifo"
curl -s -m 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" -H 'Content-Type: application/x-ndjson' -T - \
    -X POST -H 'Idempotency-Key: half' -o "$house/out" -w '%{http_code}' "$url/v1/cas/devices/batches?profile=device" \
    < "$house/fifo" > "$house/status" &
sender=$!
exec 6> "$house/fifo"
unnamed() { [ "$(find "/proc/$service_pid/fd" -lname "$house/service/*(deleted)" | wc -l)" = 1 ]; }
is 0 "the rows lie in the house's folder" until_true 20 unnamed
send second "$house/b" --retry 0
is 0 "nobody has two under way" [ "$status $(jq -r .code "$house/out")" = "503 busy" ]
head -n 5 "$house/r" >&6
sleep 1
token_end || die "not revoked"
exec 6>&-
wait "$sender"
is 0 "one revoked while the rows came begins none" [ "$(cat "$house/status") $(jq -r .code "$house/out")" = "401 unauthenticated" ]
tool=$(cat "$house/ci.token")

# ---- rows that wait, and come
for n in 1 2 3; do
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj "/CN=www$n.example" \
	    -addext "subjectAltName=DNS:www$n.example" 2>/dev/null | jq -Rsc --arg n "www$n" '{csr: ., name: $n}'
done > "$house/w"
profile=tls-server sent "rows that people approve" 200 '[true,3,0,3,0]' wait "$house/w"
waiting=$(line .batch | tr -d '"')
is 0 "wait" as_ci batch show "$waiting" --json
like "as is shown" '.waiting == 3 and .done == 0'
jq -r 'select(.request) | .request' "$house/out" > "$house/requests"
profile=tls-server sent "again" 200 '[true,3,0,3,0]' wait "$house/w"
is 0 "they are the same requests" cmp <(jq -r 'select(.request) | .request' "$house/out") "$house/requests"
while read -r r; do approve "$r" officer-2; done < "$house/requests"
profile=tls-server sent "approved" 200 '[true,3,3,0,0]' wait "$house/w"
is 0 "done" as_ci batch show "$waiting" --json
like "as is shown" '.waiting == 0 and .done == 3'
is 0 "what revoking the batch would be" as_ci cert revoke --ca devices --batch "$waiting" --reason superseded --dry-run --json
like "its certificates" '.certificates == 3 and .changing == 3'
case $waiting in *0) other=${waiting%?}1 ;; *) other=${waiting%?}0 ;; esac
is 66 "nothing of a batch of others" as_ci cert revoke --ca devices --batch "$other" --reason superseded --dry-run --json

# ---- by claviger
mkdir "$house/line"
"$csrs" tar 12 L | tar x -C "$house/line"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$house/line/secret.pem" 2>/dev/null
submit() { as_ci batch submit "$@" --ca devices --profile device; }
is 0 "a folder" submit "$house/line" --json
like "whole" '.rows == 12 and .done == 12 and .failed == 0'
is 0 "certificates lie beside their requests" cmp <(openssl x509 -in "$house/line/L-7.crt" -noout -pubkey) \
    <(openssl req -inform DER -in "$house/line/L-7.csr" -noout -pubkey)
is 1 "a private key was never sent" grep -q PRIVATE "$house/line/.claviger-batch/rows.ndjson"
"$csrs" tar 3 M | tar x -C "$house/line"
head -c 200000 /dev/zero > "$house/line/large.der"
long=$(printf 'a%.0s' {1..196}).csr
cp "$house/line/L-1.csr" "$house/line/$long"
is 0 "more of them" submit "$house/line" --json
like "come into the same batch" '.rows == 15 and .done == 15'
tells "but one whose name is too long" "Of a name over 199 octets, and left here: $long; 1 in all"
tells "and one that is too large" 'Too large for a request, and left here: large.der; 1 in all'
is 0 "which stays" test -f "$house/line/large.der"
is 65 "a spool is of one profile" as_ci batch submit "$house/line" --ca devices --profile tls-server
echo junk > "$house/line/junk.csr"
is 65 "a bad one" submit "$house/line" --json
like "does not stop the rest" '.rows == 16 and .done == 15 and .failed == 1'
is 0 "a tar from standard input" bash -c "'$csrs' tar 4 S | CLAVIGER_TOKEN_FILE=$house/ci.token claviger batch submit - \
    --spool '$house/spool' --ca devices --profile device -o '$house/certs/'"
is 0 "four files" [ "$(find "$house/certs" -name 'S-?.crt' | wc -l)" = 4 ]
mkdir "$house/same"
echo mine > "$house/same/twin.crt"
"$csrs" ndjson 2 W | jq -c '.name = "twin"' > "$house/twins"
twins() { submit "$house/twins" --spool "$house/twins.spool" -o "$house/same/" --json; }
is 0 "two of one name" twins
is 0 "and again" twins
is 0 "what was there stays" [ "$(cat "$house/same/twin.crt")" = mine ]
is 0 "each has a file of its own" [ "$(cd "$house/same" && echo *)" = "twin.1.crt twin.2.crt twin.crt" ]
is 1 "with its own certificate" cmp -s "$house/same/twin.1.crt" "$house/same/twin.2.crt"
is 64 "which needs a spool" submit -
is 69 "nobody there" submit "$house/b" --url https://127.0.0.1:1 --patience PT1S
is 0 "goes on later" submit "$house/b" -o "$house/lines"
is 0 "with all of it" [ "$(jq -r 'select(.outcome == "done") | .row' "$house/lines" | wc -l)" = 300 ]

head -n 3 "$house/b" > "$house/grows"
is 0 "a file" submit "$house/grows" -o "$house/lines"
sed -n 4,5p "$house/b" >> "$house/grows"
is 0 "that has grown" submit "$house/grows" -o "$house/lines"
is 0 "gives what is new" [ "$(jq -r 'select(.outcome == "done") | .row' "$house/lines" | wc -l)" = 5 ]
tail -n 5 "$house/b" > "$house/grows"
is 65 "another in its place" submit "$house/grows" -o "$house/lines"

# ---- whoever reads slowly does not keep the service
curl -sN -m 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" -H 'Content-Type: application/x-ndjson' \
    -H 'Idempotency-Key: slow' --data-binary "@$house/r" "$url/v1/cas/devices/batches?profile=device" | sleep 30 &
sleeper=$!
sleep 4
began=$SECONDS
service_stop
is 0 "the service ends beside a slow reader" [ $((SECONDS - began)) -lt 25 ]
kill "$sleeper"
service_up ${store:+"$store"} || die "the service did not start again"

holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "the ledger verifies offline" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" --json
like "and every certificate was made again" '.ok and .unchecked == []'
house_result
