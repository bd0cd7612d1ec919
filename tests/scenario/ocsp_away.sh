#!/bin/bash
# ocsp_away.sh - OCSP while the keeper is away: what must be signed is put off
# before its asker gives up, and what was signed outlives the service.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

# The connection to a keeper that hangs is made anew while this runs.
service_settings=("keeper.timeout: 5")
pki_up root-key devices-key

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

holds "an authority with a responder" pki_answers
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

kept() { [ "$(sql 'SELECT count(*) FROM ocsp_kept')" = "$1" ]; }
again() { # SIGNAL - the service ends by it, and starts again.
	service_stop "$1"
	service_up "$store" || die "the service did not start again"
}
for d in four five six; do holds "device $d" device devices "$d"; done
is 0 "one is revoked" as_ci cert revoke "$(serial three)" --reason key-compromise --yes --json
for d in two four five six; do is 0 "device $d is asked for" is_good "$d" -no_nonce; done
is 0 "what is revoked, too" is_revoked three -no_nonce
is 0 "and by SHA-256, which is another answer" ocsp_says four "pem: good" -no_nonce -sha256
holds "they are kept" until_true 5 kept 7
keeper_stop KILL
again TERM
is 0 "the service starts without the keeper: the list is there" crl devices
is 0 "and what was answered before" within 2 is_good one -no_nonce
is 0 "with what was revoked" is_revoked three -no_nonce
is 0 "to a nonce it must be signed" within 5 is_late one
is 0 "and in a spelling that nobody asked in" within 2 is_late one -no_nonce -sha256
is 0 "one is revoked meanwhile" as_ci cert revoke "$(serial two)" --yes --json
is 0 "which is not called good" is_late two -no_nonce
sql "UPDATE ocsp_kept SET ends = ends + 1000000 WHERE serial = $(octets five)" # a second
sql "UPDATE ocsp_kept SET signature = $(octets five) WHERE serial = $(octets six)"
again KILL
is 0 "nor after a crash" is_late two -no_nonce
is 0 "another is good" is_good four -no_nonce
is 0 "by SHA-256, too" ocsp_says four "pem: good" -no_nonce -sha256
is 0 "nobody makes one last longer" is_late five -no_nonce
is 0 "or signs one" is_late six -no_nonce
is 0 "the metrics tell where they came from" bash -c "curl -sk --cacert '$house/anchor.pem' '$url/metrics' \
    -H 'Authorization: Bearer $(cat "$house/ci.token")' | grep -x 'claviger_ocsp_answers_total{from=\"store\"} 2'"
keeper_start
holds "the keeper is back, and signs" until_true 20 is_revoked two -no_nonce
holds "anew what was not believed" is_good six -no_nonce
again TERM
keeper_stop KILL
again TERM
is 0 "without it once more: what was revoked is" is_revoked two -no_nonce
is 0 "and the other is good" is_good six -no_nonce
keeper_start
holds "the keeper is back, and signs" until_true 20 is_good one

kill -STOP "$keeper_pid"
again TERM
is 0 "a service that starts before a keeper that hangs gives what there is" within 2 is_good one -no_nonce
is 0 "what must be signed is late in seconds" within 7 is_late one
is 0 "then at once" within 2 is_late two
kill -CONT "$keeper_pid"
holds "the keeper goes on, and signs" until_true 20 is_good one

holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT"
house_result
