#!/bin/bash
# hung.sh - a keeper that hangs holds up who needs it, and no worker of the
# service: more such requests than there are workers, and reads are answered.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

many=12 quota=10
# shellcheck disable=SC2034 # read by keeper_up
makes_ed25519=yes
house_new
trap house_end EXIT
house_store
sed -i "s/rework: { uses: 200, per: P1D }/rework: { uses: $quota, per: P1D }/" "$house/charter/classes/ca.yaml"
service_settings=("workers: 4" "keeper.timeout: 120" "est.labels: default=devices/device/ci")
house_ready
pki_make || die "no authorities"
holds "a firmware key" house_key firmware
tool=$(cat "$house/ci.token")

# begin NAME PATH BODY - asked in the background; its status comes to $house/NAME.status.
declare -A going=()
begin() {
	curl -s -m 200 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" -H "Content-Type: application/json" \
	    --data-binary "$3" -o "$house/$1.answer" -D "$house/$1.headers" -w '%{http_code}\n' "$url$2" > "$house/$1.status" &
	going[$1]=$!
}
# statuses - of those that ended, each once with its number: "200 12".
statuses() { sort "$house"/*.status | uniq -c | awk '{ print $2, $1 }' | paste -sd, -; }
# end_all WORDS STATUSES - a step: all that were begun end, and with these.
end_all() {
	# None that came again: without a name it would wait for the programs, too.
	[ "${#going[@]}" -eq 0 ] || wait "${going[@]}"
	going=()
	is 0 "$1" ended "$2"
	rm -f "$house"/*.status
}
ended() { [ "$(statuses)" = "$1" ] || { statuses; return 1; }; }
# read_on - reads one after the other, for as long as a burst needs to get in.
read_on() {
	local i
	for i in $(seq 40); do
		as_ci cert list --device D-1 --json > /dev/null || return
		sleep 0.05
	done
}

# ---- devices that get another certificate by one rule
for n in $(seq "$many"); do
	csr "a$n"
	csr "b$n"
	holds "device $n" as_ci cert issue --ca devices --profile device --device "D-$n" --csr "$house/a$n.csr" --quiet
done
kill -STOP "$keeper_pid"
anew() { begin "b$1" /v1/cas/devices/certificates "$(jq -nc --rawfile c "$house/b$1.csr" --arg d "D-$1" '{profile: "device", device: $d, csr: $c}')"; }
for n in $(seq "$many"); do anew "$n"; done
is 0 "the keeper hangs: what is read is answered" read_on
is 0 "while as many new certificates as the rule allows wait for it" ended "503 $((many - quota))"
is 0 "and the others are told to come again" [ "$(grep -lix $'retry-after: 1\r' "$house"/b*.headers | wc -l)" = $((many - quota)) ]
kill -CONT "$keeper_pid"
end_all "it goes on, and those are issued" "200 $quota,503 $((many - quota))"
for n in $(seq "$many"); do grep -q '"code":"busy"' "$house/b$n.answer" && anew "$n"; done
end_all "those that come again are too many" "409 $((many - quota))"

# ---- devices that enrol by EST
# enrol NAME - as begin, but that its answer comes to $house/NAME.p7.
enrol() {
	base64 -w0 "$house/$1.csr" > "$house/$1.b64"
	curl -s -m 200 --cacert "$CLAVIGER_CA_FILE" -u "ci:$tool" -H "Content-Type: application/pkcs10" --data-binary @"$house/$1.b64" \
	    -o "$house/$1.p7" -w '%{http_code}\n' "$url/.well-known/est/simpleenroll" > "$house/$1.status" &
	going[$1]=$!
}
# others_answer - what needs no keeper does, also of EST.
others_answer() {
	local p
	for p in /healthz /metrics /v1/keys /v1/cas /v1/requests /v1/status /v1/openapi.json /.well-known/est/cacerts /.well-known/est/csrattrs; do
		curl -sf -m 5 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" -o /dev/null "$url$p" || { echo "$p"; return 1; }
	done
	read_on
}
for n in before $(seq "$many"); do csr "e$n" "/CN=E-$n"; done
enrol ebefore
end_all "a device enrols" "200 1"
kill -STOP "$keeper_pid"
for n in $(seq "$many"); do enrol "e$n"; done
sleep 1
is 0 "the keeper hangs, and more enrol than there are workers: all else is answered" others_answer
is 0 "while none of them is" ended ""
mv "$house/ebefore.p7" "$house/before.p7"
enrol ebefore
wait "${going[ebefore]}"
is 0 "who has enrolled gets the answer once more" cmp "$house/before.p7" "$house/ebefore.p7"
kill -CONT "$keeper_pid"
end_all "it goes on, and they have enrolled" "200 $((many + 1))"
has_own() {
	local n
	for n in $(seq "$many"); do
		base64 -d "$house/e$n.p7" | openssl pkcs7 -inform DER -print_certs | openssl x509 -noout -subject | grep -q "E-$n$" || return
	done
}
is 0 "each with a certificate of its own" has_own

# ---- images that are asked for as the version that is being signed
image() { jq -nc --arg v "$(printf '%064x' "$1")" '{digest: {algorithm: "sha-256", value: $v}, product: "thermostat", version: "1.0"}'; }
http POST /v1/keys/firmware/sign "$tool" "$(image 1)"
want 202
req=$(get .request)
holds "one approves it" approve "$req" officer-2
kill -STOP "$keeper_pid"
as_officer officer-3 approve "$req" --yes --quiet > /dev/null 2>> "$house/approve.log" &
last=$!
is_due() { [ "$(as_ci request show "$req" --json | jq -r .state)" = due ]; }
is 0 "with the last approval it is due" until_true 20 is_due
sleep 0.5
for n in $(seq 2 "$((many + 1))"); do
	begin "v$n" /v1/keys/firmware/sign "$(image "$n")"
done
is 0 "the keeper hangs: what is read is answered" read_on
end_all "another image for its version is refused" "409 $many"
is 0 "while it is being signed" is_due
kill -CONT "$keeper_pid"
wait "$last"
is 0 "the keeper goes on: the last approval is answered" [ $? = 0 ]
is_done() { [ "$(as_ci request show "$req" --json | jq -r .state)" = "done" ]; }
is 0 "and it is signed" until_true 20 is_done

# ---- what people agree to, and what an officer does alone
waits=6
declare -a agreed=() pids=()
for n in $(seq "$waits"); do
	holds "key $n" house_key "spare-$n" testing
	as_officer officer-1 key generate --class firmware-signing --name "born-$n" --product thermostat --environment testing \
	    --no-wait --quiet --json > "$house/generate.json"
	agreed+=("$(jq -r .request "$house/generate.json")")
	holds "one agrees to another" approve "${agreed[-1]}" officer-2
done
kill -STOP "$keeper_pid"
for n in $(seq "$waits"); do
	as_officer officer-3 approve "${agreed[n - 1]}" --yes --quiet > /dev/null 2>> "$house/approve.log" & pids+=($!)
	as_officer officer-1 key suspend "spare-$n" --quiet > /dev/null 2>> "$house/approve.log" & pids+=($!)
done
are_due() { for n in "${agreed[@]}"; do [ "$(as_ci request show "$n" --json | jq -r .state)" = "$1" ] || return; done; }
is 0 "the keeper hangs: with the last approvals they are due" until_true 20 are_due due
sleep 1
is 0 "and what is read is answered" read_on
kill -CONT "$keeper_pid"
all_well=yes
for n in "${pids[@]}"; do wait "$n" || all_well=no; done
is 0 "it goes on: all are answered" [ "$all_well" = yes ]
is 0 "when they are done" are_due "done"
is_suspended() { [ "$(as_ci key show "spare-$waits" --json | jq -r .state)" = suspended ]; }
is 0 "and suspended" is_suspended

# ---- what Ed25519 signs, which its asker brings when people have agreed
holds "a key that signs whole images" house_key whole production ed25519
head -c 5000 /dev/urandom > "$house/image"
image_sign() { as_ci sign --key whole --product thermostat --artifact-version 1.0 --track "$@" --no-wait --json "$house/image"; }
agreed=() pids=()
for n in $(seq "$waits"); do
	is 75 "image $n is asked for" image_sign "t$n"
	agreed+=("$(jq -r .request <<< "$out")")
	holds "and agreed to" approve "${agreed[-1]}" officer-2 officer-3
done
kill -STOP "$keeper_pid"
# bring TRACK - again where the service just looked at what is due.
bring() {
	local rc=75
	while [ "$rc" = 75 ]; do
		rc=0
		image_sign "$1" -o "$house/sig.$1" > /dev/null 2>> "$house/sign.log" || rc=$?
	done
	return "$rc"
}
for n in $(seq "$waits"); do bring "t$n" & pids+=($!); done
sleep 1
is 0 "the keeper hangs, and more bring their image than there are workers: all else is answered" others_answer
kill -CONT "$keeper_pid"
for n in "${pids[@]}"; do wait "$n" || all_well=no; done
is 0 "it goes on, and each has its signature" [ "$all_well" = yes ]
is 0 "and all is done" are_due "done"

# ---- a service that ends: the keeper has two minutes by keeper.timeout
csr late
kill -STOP "$keeper_pid"
begin late /v1/cas/devices/certificates "$(jq -nc --rawfile c "$house/late.csr" '{profile: "device", device: "D-late", csr: $c}')"
sleep 1
has_ended() { ! kill -0 "$service_pid" || grep -q '^State:.Z' "/proc/$service_pid/status"; }
kill -TERM "$service_pid"
is 0 "the keeper hangs: the service ends all the same" until_true 30 has_ended
end_all "and who waits for the keeper is told" "503 1"
kill -CONT "$keeper_pid"
service_stop
service_up "$store" || die "the service did not start again"
has_late() { [ "$(as_ci cert list --device D-late --json | jq '.certificates | length')" = 1 ]; }
is 0 "what the keeper did then is known after the next start" until_true 20 has_late

holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT"
house_result
