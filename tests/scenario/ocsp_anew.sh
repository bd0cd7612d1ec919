#!/bin/bash
# ocsp_anew.sh - OCSP answers that were asked for are made anew before they end
# though nobody asks again, also by a service that starts in between; and no
# longer than three of their lives after the last asked.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

# Clang's AddressSanitizer and libfaketime wait for each other at start.
ahead +1h
timeout 20 "${ahead[@]}" claviger-keeper --help > /dev/null 2>&1 || { say "no clock to move"; exit 77; }
ahead=()
pki_up root-key devices-key
holds "an authority with a responder" pki_answers
for d in one two three; do holds "device $d" device devices "$d"; done
holds "one is asked for" until_true 10 is_good one -no_nonce
is 0 "and two" is_good two -no_nonce
made() { sql "SELECT made FROM ocsp_kept WHERE serial = $(octets "$1")"; }
kept() { [ -n "$(made "$1")" ]; }
holds "one is kept" until_true 5 kept one
holds "and two" until_true 5 kept two

# leap HOURS - keeper and service end and start again, by a clock so far ahead;
# $one, $two and $three: when the answers of before were made.
leap() {
	one=$(made one) two=$(made two) three=$(made three)
	holds "a certificate" device devices "at-$1"
	service_stop KILL
	keeper_stop
	ahead "+$1h"
	keeper_as=("${ahead[@]}") service_as=("${ahead[@]}")
	keeper_start
	service_up "$store" || die "the service did not start again"
}
# A keeper whose service died before it was shown the last entry may refuse the
# first of them, by the new clock: that one is tried again a second later, and
# not after the minute that one waits whom the keeper refuses for good.
is_anew() { [ "$(made "$1")" -gt "${!1}" ]; }

leap 12
holds "a question with a nonce is answered" until_true 20 is_good one
sleep 2
is 1 "in half of its life no answer is made anew" is_anew one
leap 20
is 0 "in its last quarter it is, after a start, and nobody asks" until_true 20 is_anew one
is 0 "and so is the other" until_true 20 is_anew two
leap 40
is 0 "what was made for nobody is, too" until_true 20 is_anew two
leap 60
is 0 "as long as somebody wanted it within three days" until_true 20 is_anew one
is 0 "and so is the other" until_true 20 is_anew two
is 0 "a third is asked for" is_good three -no_nonce
holds "and kept" until_true 5 kept three
leap 80
is 0 "which is made anew" until_true 20 is_anew three
is 1 "and the others no more" is_anew one
is 1 "neither" is_anew two
keeper_stop KILL
is 0 "without the keeper all are given until they end" is_good one -no_nonce
is 0 "the third longer" is_good three -no_nonce
house_result
