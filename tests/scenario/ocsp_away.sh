#!/bin/bash
# ocsp_away.sh - OCSP while the keeper is away: what must be signed is put off
# before its asker gives up.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

# The connection to a keeper that hangs is made anew while this runs.
service_settings=("keeper.timeout: 5")
pki_up root-key devices-key

# ask DEVICE PATTERN ARG... - what openssl reads from the answer about it has this.
ask() {
	local name=$1 want=$2 said
	shift 2
	said=$(openssl ocsp -issuer "$house/devices.pem" -cert "$house/$name.pem" -url "$at/ocsp" -timeout 20 \
	    -CAfile "$house/chain.pem" -verify_other "$house/chain.pem" "$@" 2>&1)
	[[ $said == *$want* ]] || { echo "$said"; return 1; }
}
is_good() { ask "$1" "pem: good" "${@:2}"; }
is_late() { ask "$1" "trylater" "${@:2}"; }
# within SECONDS COMMAND... - it succeeds, no later.
within() {
	local s=$1 began=$EPOCHREALTIME
	shift
	"$@" && awk -v a="$began" -v b="$EPOCHREALTIME" -v s="$s" 'BEGIN { exit b - a > s }'
}
# many N COMMAND... - so often at once, and all succeed.
many() {
	local n=$1 pids=() p
	shift
	for p in $(seq "$n"); do "$@" & pids+=($!); done
	for p in "${pids[@]}"; do wait "$p" || return; done
}

holds "a responder's key" key_asked answers ocsp-responder
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 0 "an authority with a responder" asked officer-1 ca create --name devices --profile issuing-ca --issuer root \
    --key devices-key --subject O=Example --subject CN=Devices --responder answers
holds "its certificate" until_true 10 fetch /ca/devices.crt devices.der
openssl x509 -inform DER -in "$house/devices.der" -out "$house/devices.pem"
holds "its chain" fetch /ca/devices.pem chain.pem
holds "its list" until_true 10 crl devices
for d in one two three; do holds "device $d" device devices "$d"; done
holds "an answer to a nonce" until_true 10 is_good one
holds "an answer that is kept" is_good one -no_nonce

kill -STOP "$keeper_pid"
is 0 "the keeper hangs: a question with a nonce is told to try later, in seconds" within 7 is_late one
is 0 "the next at once" within 2 is_late one
is 0 "and many" within 2.9 many 20 is_late two -no_nonce
is 0 "what was answered before is answered" within 2 is_good one -no_nonce
is 0 "the list is there" within 2 crl devices
sleep 8
is 0 "while the connection is made anew: at once" within 2 is_late one
kill -CONT "$keeper_pid"
holds "the keeper goes on, and signs" until_true 10 is_good two

keeper_stop KILL
is 0 "the keeper is gone: one may wait for it" within 5 is_late one
is 0 "the next does not" within 2 is_late one
keeper_start
holds "the keeper is back, and signs" until_true 20 is_good three

holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT"
house_result
