#!/bin/bash
# ocsp_revoked.sh - whose status changes, and was asked for, has the next OCSP
# answer signed at once and unasked: the next to ask need not wait for the
# keeper, who may be gone by then.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

service_settings=("keeper.timeout: 5")
pki_up root-key devices-key
holds "an authority with a responder" pki_answers
for d in one two three four five; do holds "device $d" device devices "$d"; done

# made NAME - when its newest answer was; forms NAME - of how many since $then.
made() { sql "SELECT max(made) FROM ocsp_kept WHERE serial = $(octets "$1")"; }
forms() { sql "SELECT count(*) FROM ocsp_kept WHERE serial = $(octets "$1") AND made > $then"; }
is_anew() { [ "$(forms "$1")" = "$2" ]; }
kept() { [ -n "$(made "$1")" ]; }
# past NAME - its answer is of a second that is over, which is $then.
past() {
	holds "it is kept" until_true 5 kept "$1"
	then=$(made "$1")
	sleep 1.1
}
change() { as_ci cert "$1" "$(serial "$2")" "${@:3}" --yes --quiet; }

holds "one is asked for" until_true 10 is_good one -no_nonce
holds "by SHA-256, too" ocsp_says one "pem: good" -no_nonce -sha256
holds "and two" is_good two -no_nonce
past two
is 0 "one is revoked" change revoke one --reason key-compromise
is 0 "and answers are signed unasked, in each form that was asked for" until_true 10 is_anew one 2
is 0 "a third is revoked, which nobody asked for" change revoke three
is 0 "two is held" change hold two
is 0 "which is signed, too" until_true 10 is_anew two 1
is 1 "what nobody asked for is not" kept three
past two
is 75 "to release it two must agree" as_officer officer-1 cert release "$(serial two)" --yes --no-wait --json
is 0 "and do" approve "$(field request)" officer-2
is 0 "and signed" until_true 10 is_anew two 1

keeper_stop KILL
is 0 "without the keeper: one is revoked" is_revoked one -no_nonce
is 0 "also by SHA-256" ocsp_says one "pem: revoked" -no_nonce -sha256
is 0 "two is good again" is_good two -no_nonce
is 0 "the third must be signed" is_late three -no_nonce
service_stop
service_up "$store" || die "the service did not start again"
is 0 "nor does a service that starts without it need it: revoked" is_revoked one -no_nonce
is 0 "and good" is_good two -no_nonce
keeper_start

# ---- what could not be signed in time
holds "the keeper signs again" until_true 20 is_good four -no_nonce
holds "and for another" is_good five -no_nonce
past five
kill -STOP "$keeper_pid"
is 0 "the keeper hangs: one is revoked" change revoke four
is 0 "which is called good by nobody" is_late four -no_nonce
kill -CONT "$keeper_pid"
is 0 "once it goes on the answer is signed" until_true 30 is_anew four 1
keeper_stop KILL
is 0 "while it is away another is" change revoke five
service_stop KILL
service_up "$store" || die "the service did not start again"
is 0 "a service that starts later calls it good no more" is_late five -no_nonce
service_stop KILL
service_up "$store" || die "the service did not start again"
keeper_start
is 0 "and has the answer signed when the keeper is back" until_true 20 is_anew five 1
keeper_stop KILL
is 0 "it is revoked" is_revoked five -no_nonce
is 0 "and so is the one before" is_revoked four -no_nonce
house_result
