#!/bin/bash
# held_before.sh - what another system had on hold, when its authority was taken
# in, is released or revoked here: lists, deltas, OCSP answers and audit say so.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

pki_up
officer() { as_officer officer-1 "$@"; }

# ---- the other system: its authority, three certificates and its last list
make_key "$house/kept.key"
openssl req -new -x509 -key "$house/kept.key" -subj "/O=Example/CN=Example Kept" -days 5475 \
    -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$house/kept.pem" 2> /dev/null
for n in 1001 1002 1003 1004; do
	csr "d$n"
	openssl x509 -req -in "$house/d$n.csr" -CA "$house/kept.pem" -CAkey "$house/kept.key" -set_serial "0x$n" -days 3000 \
	    -extfile <(echo "crlDistributionPoints=URI:$at/crl/kept/0.crl") -out "$house/d$n.pem" 2> /dev/null
done
printf 'R\t401121000000Z\t261101000000Z,%s\t%s\tunknown\t/CN=x\n' superseded 1001 certificateHold 1002 certificateHold 1003 \
    certificateHold 1004 > "$house/index.txt"
echo 03E8 > "$house/crlnumber"
printf '%s\n' "[ca]" "default_ca=d" "[d]" "database=$house/index.txt" "crlnumber=$house/crlnumber" "default_md=sha256" \
    "default_crl_days=30" "crl_extensions=x" "[x]" "authorityKeyIdentifier=keyid:always" > "$house/ca.cnf"
holds "its last list" openssl ca -gencrl -config "$house/ca.cnf" -keyfile "$house/kept.key" -cert "$house/kept.pem" -out "$house/last.crl"

# ---- the authority comes here
openssl pkcs8 -topk8 -nocrypt -in "$house/kept.key" -out "$house/kept.p8"
softhsm2-util --import "$house/kept.p8" --token claviger --label "Kept CA" --id 01a6 --pin "$(cat "$house/pin")" > /dev/null
is 0 "its key is adopted" asked officer-1 key adopt --class ca --name kept-key --object "Kept CA"
holds "and put to use" officer key activate kept-key
holds "a key for answers" key_asked kept-ocsp ocsp-responder
is 0 "it is taken in" asked officer-1 ca import "$house/kept.pem" --name kept --deltas --responder kept-ocsp --crl "$house/last.crl"
both() { crl kept && news kept && cat "$house/kept.crl.pem" "$house/kept.delta.pem" > "$house/both.pem"; }
holds "full list and delta come" until_true 20 both
# full SERIAL - what OpenSSL says with the full list alone; told SERIAL - and with the delta.
full() { openssl verify -crl_check -CAfile "$house/kept.pem" -CRLfile "$house/kept.crl.pem" "$house/d$1.pem"; }
told() {
	openssl verify -crl_check -extended_crl -use_deltas -CAfile "$house/kept.pem" -CRLfile "$house/kept.crl.pem" \
	    -CRLfile "$house/both.pem" "$house/d$1.pem"
}
newer() { until_true 10 above "$1" news_number kept && both; }
answered() {
	openssl ocsp -issuer "$house/kept.pem" -serial "0x$1" -url "$at/ocsp" -CAfile "$house/kept.pem" \
	    -verify_other "$house/kept.pem" > "$house/ocsp" 2>&1
	grep -q "Response verify OK" "$house/ocsp" && grep -q "0x$1: $2" "$house/ocsp" && return
	cat "$house/ocsp"
	return 1
}
is 2 "what was on hold is on the list" full 1002
holds "and in answers" until_true 20 answered 1002 revoked
is 0 "as on hold" grep -q certificateHold "$house/ocsp"

# ---- released
is 66 "a serial number alone is none of ours" officer cert release 1002 --yes
tells "and how to mean it is told" '--ca'
is 64 "without --yes it is only said what it would come to" officer cert release --ca kept 1002
dry() { officer cert release --ca kept 1002 --dry-run --json; }
is 0 "which is" dry
like "an entry less" '.certificates == 1 and .changing == 1 and .crl_entries == -1'
is 65 "what is revoked stays so" officer cert release --ca kept 1001 --yes
tells "which is told" 'stays revoked'
is 66 "what was on no list is none" officer cert release --ca kept 1005 --yes
before=$((16#$(news_number kept)))
is 75 "a release waits for a second officer" officer cert release --ca kept 0x1002 --yes --no-wait --json
is 0 "who agrees" approve "$(field request)" officer-2
is 0 "then it is good" dry
like "and there is nothing to do" '.certificates == 1 and .changing == 0'
holds "a delta comes" newer "$before"
is 2 "the full list is as it was" full 1002
is 0 "with the delta OpenSSL hears that it is free" told 1002
is 0 "because it is taken off" bash -c "grep -A4 'Serial Number: 1002' <(openssl crl -in '$house/kept.delta.pem' -noout -text) | grep -q 'Remove From CRL'"
holds "OCSP says good" answered 1002 good
is 2 "the others stay" told 1003
before=$((16#$(crl_number kept)))
is 0 "a full list" officer ca publish kept
holds "is there" until_true 10 above "$before" crl_number kept
is 0 "and does not have it" full 1002
is 2 "but the others" full 1004

# ---- revoked for good, and held again
before=$((16#$(news_number kept)))
is 0 "one on hold is revoked" officer cert revoke --ca kept 1003 --reason key-compromise --yes --json
like "for good" '.status == "revoked"'
holds "a delta comes" newer "$before"
is 0 "with the reason" bash -c "grep -A4 'Serial Number: 1003' <(openssl crl -in '$house/kept.delta.pem' -noout -text) | grep -q 'Key Compromise'"
holds "as OCSP says" answered 1003 revoked
is 0 "it, too" grep -q keyCompromise "$house/ocsp"
is 65 "and is not released" officer cert release --ca kept 1003 --yes
is 0 "what was released can be held again" officer cert hold --ca kept 1002 --yes --json
like "as any other" '.status == "held"'
holds "as OCSP says" answered 1002 revoked
is 75 "and released once more" officer cert release --ca kept 1002 --yes --no-wait --json
is 0 "by the same rule" approve "$(field request)" officer-2
holds "OCSP hears it" until_true 10 answered 1002 good

service_stop
service_up "$store" || die "the service did not start again"
holds "after a start it is so, too" until_true 20 answered 1002 good
is 0 "the ledger verifies" as_ci audit export -o "$house/bundle"
is 0 "and its replay is the tables" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json
like "with what was changed" '.ok and .replay.ok and .replay.tables.ca_listed == 4'
house_result
