#!/bin/bash
# serve.sh - how the service itself behaves: listeners, certificates, signals,
# slow clients, a full queue, requests that run out of time.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$srcdir/tests/lib/house.sh"

charter_tweak='(.classes.firmware.rules[] | select(.name == "production") | .approvals[0].within) = "PT2S"'
house_begin
house_found
key_make image firmware production
key_make trial firmware development
token_for ci; tool=$token
digest() { printf '{"digest":{"algorithm":"sha-256","value":"%064d"}}' "$1"; }

say "- what runs out of time makes room for a new request"
http POST /v1/keys/image/sign "$tool" "$(digest 1)" -H 'Idempotency-Key: late'
want 202
first=$(get .request)
expired() { http GET "/v1/requests/$first" "$tool"; [ "$(get .state)" = expired ]; }
until_true 12 expired || die "it did not expire: $out"
http POST /v1/keys/image/sign "$tool" "$(digest 1)" -H 'Idempotency-Key: late'
want 202
[ "$(get .request)" != "$first" ] || die "the expired request again: $out"

say "- the certificate is read again, and kept where the new one is broken"
serial() { openssl s_client -connect "127.0.0.1:$port" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint; }
was=$(serial)
echo broken > "$house/service/tls.key.new"
cp "$house/service/tls.key" "$house/tls.key"
mv "$house/service/tls.key.new" "$house/service/tls.key"
kill -HUP "$service_pid"
sleep 0.3
[ "$(serial)" = "$was" ] || die "a broken key was taken"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$house/service/tls.key" -out "$house/service/tls.crt" 2>/dev/null
kill -HUP "$service_pid"
is_another() { local now; now=$(serial); [ -n "$now" ] && [ "$now" != "$was" ]; }
until_true 5 is_another || die "the new certificate was not taken"
http GET /healthz
want 200

say "- a stop answers who waits, and ends cleanly"
http POST /v1/keys/image/sign "$tool" "$(digest 2)" -H 'Idempotency-Key: stop'
req=$(get .request)
curl -sv -m 30 --cacert "$house/service/tls.crt" -H "Authorization: Bearer $tool" -H 'Prefer: wait=20' \
    -o "$house/waited" -w '%{http_code}' "$url/v1/requests/$req" > "$house/code" 2> "$house/waiter" &
waiter=$!
until_true 5 grep -qi '^> prefer: wait=20' "$house/waiter" || die "nobody waits: $(cat "$house/waiter")"
sleep 0.4
kill -TERM "$service_pid"
wait "$waiter" || die "the waiter was cut off"
[ "$(cat "$house/code")" = 200 ] || die "the waiter got $(cat "$house/code")"
wait "$service_pid" || die "the service did not end cleanly: $?"
service_pid=

say "- slow clients are cut off, a full queue says busy"
local_port=$(free_port "$port" "$public_port")
service_start --set request.deadline=1 --set workers=2 --set queue=2 --set keeper.timeout=10 \
    --set "local.listen=127.0.0.1:$local_port"
ready_wait '"ready"'
curl -s "http://127.0.0.1:$local_port/healthz" | grep -q alive || die "the local listener is silent"
began=$SECONDS
exec 7<>"/dev/tcp/127.0.0.1/$local_port"
printf 'POST /v1/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{' >&7
cat <&7 >/dev/null || true
exec 7>&-
[ $((SECONDS - began)) -le 6 ] || die "a slow client was kept for $((SECONDS - began)) s"
login officer-1
# ten WHO PATH BODY FILE - at once; their statuses in FILE.
ten() {
	local i
	for i in 1 2 3 4 5 6 a b c d; do
		curl -s -m 20 -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $1" \
		    -H 'Content-Type: application/json' -d "${3//N/$i}" "http://127.0.0.1:$local_port$2" >> "$4" &
	done
	sleep 0.5
}
# all FILE - ten came.
all() { until_true 20 ten_came "$1"; }
ten_came() { [ "$(wc -l < "$1")" = 10 ]; }
kill -STOP "$keeper_pid"
ten "$tool" /v1/keys/trial/sign "$(digest 20 | sed "s/0\"}}/N\"}}/")" "$house/signed"
curl -s -m 8 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $session" "http://127.0.0.1:$local_port/v1/keys" |
    grep -qx 200 || die "signatures that wait for the keeper hold the workers"
ten "$session" /v1/keys/trial/suspend '{"reason":"N"}' "$house/codes"
curl -s -m 8 "http://127.0.0.1:$local_port/healthz" | grep -q alive || die "healthz waits for workers"
kill -CONT "$keeper_pid"
all "$house/signed"
all "$house/codes"
grep -q 200 "$house/signed" || die "nobody's signature came: $(sort "$house/signed" | uniq -c)"
grep -q 200 "$house/codes" || die "nobody was served: $(sort "$house/codes" | uniq -c)"
# What has come while the service stood still is there at once: more than two
# workers take, and two may wait.
kill -STOP "$service_pid"
for i in $(seq 40); do
	curl -s -m 20 -o /dev/null -w '%{http_code}\n' -D "$house/busy.$i" -H "Authorization: Bearer $session" \
	    "http://127.0.0.1:$local_port/v1/keys" >> "$house/burst" &
done
sleep 1.5
kill -CONT "$service_pid"
forty_came() { [ "$(wc -l < "$house/burst")" = 40 ]; }
until_true 20 forty_came
grep -q 503 "$house/burst" || die "nobody was told that it is busy: $(sort "$house/burst" | uniq -c)"
grep -q 200 "$house/burst" || die "nobody was served of many: $(sort "$house/burst" | uniq -c)"
grep -qi '^retry-after:' "$house"/busy.* || die "busy without Retry-After"

say "- neither what is announced nor a few large bodies keep others out"
service_stop
local_port=$(free_port "$port" "$public_port")
service_start --set request.deadline=10 --set body-memory=16 --set "local.listen=127.0.0.1:$local_port"
ready_wait '"ready"'
local_url=http://127.0.0.1:$local_port
# large FD OCTETS: send so many of a body of 4 MiB.
large() {
	eval "exec $1<>/dev/tcp/127.0.0.1/$local_port"
	{ printf 'POST /v1/house HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 4194304\r\n\r\n'
	    head -c "$2" /dev/zero; } >&"$1"
}
status() { curl -s -m 20 -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @- "$local_url$1"; }
for fd in 11 12 13 14 15 16; do large $fd 1; done
[ "$(head -c 4194304 /dev/zero | status /v1/house)" = 409 ] || die "announced bodies took the room"
large 17 4194303
large 18 4128767
sleep 0.5
[ "$(head -c 4194304 /dev/zero | status /v1/house)" = 503 ] || die "large bodies took more than half of the room"
[ "$(head -c 4000 /dev/zero | status /v1/login/challenges)" = 400 ] || die "large bodies kept a small one out"
for fd in 11 12 13 14 15 16 17 18; do eval "exec $fd>&-"; done

say "- no plain HTTP but on loopback"
if "$builddir/clavigerd" --set house.folder="$house/third" --set local.listen=0.0.0.0:0 \
    --set control.listen= --set public.listen= 2>"$house/err"; then
	die "the local listener left loopback"
fi
grep -q 'not a loopback address' "$house/err" || die "unclear: $(cat "$house/err")"
"$builddir/clavigerd" --set house.folder="$house/third" --check-config | grep -q '^workers: 32$' ||
    die "--check-config does not say the settings"
if "$builddir/clavigerd" --set house.folder="$house/third" --set est.labels=devices=one --check-config \
    >/dev/null 2>"$house/err"; then
	die "--check-config takes labels that the service does not"
fi
grep -q 'est.labels: "devices=one"' "$house/err" || die "unclear: $(cat "$house/err")"
grep -q setup-token-file <<< "$("$builddir/clavigerd" --help)" || die "--help does not name every setting"
echo ok
