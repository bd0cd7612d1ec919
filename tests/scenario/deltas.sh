#!/bin/bash
# deltas.sh - a CA that has deltas tells what was revoked by those: OpenSSL
# believes full list and delta together, GnuTLS reads both, and what was
# released is taken off again.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

pki_up root-key things-key

# told WANT DEVICE - what OpenSSL says with the full list and the delta; full
# WANT DEVICE - with the full list alone.
full() { openssl verify -crl_check -CAfile "$house/root.pem" -untrusted "$house/things.pem" -CRLfile "$house/things.crl.pem" "$house/$1.pem"; }
told() {
	openssl verify -crl_check -extended_crl -use_deltas -CAfile "$house/root.pem" -untrusted "$house/things.pem" \
	    -CRLfile "$house/things.crl.pem" -CRLfile "$house/both.pem" "$house/$1.pem"
}
both() { crl things && news things && cat "$house/things.crl.pem" "$house/things.delta.pem" > "$house/both.pem"; }
shown() { openssl crl -in "$house/things.$1.pem" -noout -text; }
newer() { until_true 10 above "$1" news_number things && both; }
# heard DEVICE - OpenSSL says soon that it is revoked, whichever delta tells it.
revoked() { both && { told "$1" > /dev/null 2>&1; [ $? -eq 2 ]; }; }
heard() { until_true 10 revoked "$1"; }

is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 64 "deltas to lists without a place" as_officer officer-1 ca create --name x --profile issuing-ca --issuer root \
    --key things-key --subject O=Example --subject CN=X --ocsp-url http://ocsp.example --deltas --no-wait
is 0 "an authority with deltas" asked officer-1 ca create --name things --profile issuing-ca --issuer root \
    --key things-key --subject O=Example --subject CN=Things --deltas
like "it shows where deltas are" ".urls.delta == \"$at/crl/things\""
holds "its certificate" as_ci ca show things -o "$house/things.pem"
holds "the root's" as_ci ca show root -o "$house/root.pem"
holds "a full list and a delta come by themselves" until_true 15 both
is 0 "the full list says where deltas are" grep -A4 'X509v3 Freshest CRL: $' <(shown crl)
is 0 "by its URL" grep -q "URI:$at/crl/things/0.delta.crl" <(shown crl)
is 1 "a delta does not" grep -q 'Freshest' <(shown delta)
is 0 "it says what it is to" grep -A1 -q 'Delta CRL Indicator: critical' <(shown delta)
is 0 "and is of the same scope" grep -A2 -q 'Issuing Distribution Point: critical' <(shown delta)
is 0 "numbers are one series" test "$((16#$(news_number things)))" -eq $((16#$(crl_number things) + 1))
is 0 "a cache keeps it for a minute" bash -c "curl -sD - -o /dev/null '$at/crl/things/0.delta.crl' | grep -iq 'cache-control: max-age=[1-6]\?[0-9],'"
is 0 "a root without deltas has none" bash -c "curl -s -o /dev/null -w '%{http_code}' '$at/crl/root/0.delta.crl' | grep -qx 404"
holds "its list names none" until_true 10 crl root
is 1 "its list names none" grep -q Freshest <(openssl crl -in "$house/root.crl.pem" -noout -text)

holds "how they stand" as_ci ca show things --json
like "a full list and a delta" '[.lists[] | [.partition, .kind, .number, .entries, .late]] == [[0, "full", 1, 0, false], [0, "delta", 2, 0, false]]'
is 0 "also for people" bash -c "grep -q '^0 *delta *2 ' <<< '$(as_ci ca show things)'"
holds "and in the status" as_ci status --json
like "that no list is late" '.revocation.lists == 3 and .revocation.late == 0 and .revocation.warning == null'
metric() { curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" "$url/metrics" | grep "^claviger_crl_$1"; }
is 0 "graphs have the number" grep -qx 'claviger_crl_number{ca="things"} 2' <(metric number)
is 0 "what is late" grep -qx 'claviger_crl_late{ca="root"} 0' <(metric late)
ends=$(($(metric next_update | sed -n 's/.*things"} //p') - $(date +%s)))
is 0 "and when the first ends" test "$ends" -gt 86000 -a "$ends" -le 86400

for d in one two three; do holds "device $d" device things "$d"; done
is 0 "OpenSSL takes the delta, and finds nothing" told one
before=$((16#$(news_number things))) whole=$(crl_number things)
is 0 "one is revoked" as_ci cert revoke "$(serial one)" --reason key-compromise --yes --json
holds "a delta is published at once" newer "$before"
is "$((16#$whole))" "and no full list" bash -c "exit $((16#$(crl_number things)))"
is 2 "OpenSSL hears it by the delta" told one
is 0 "it is not on the full list" full one
is 0 "another is as it was" told two
is 0 "GnuTLS reads the delta" bash -c "certtool --crl-info --inder --infile '$house/things.delta' | grep -qi '$(serial one)'"
is 0 "and believes it" certtool --verify-crl --load-ca-certificate "$house/things.pem" --infile "$house/things.delta.pem"
before=$((16#$(news_number things)))
is 0 "another is held" as_ci cert hold "$(serial two)" --yes --json
holds "a delta" newer "$before"
is 2 "OpenSSL hears it" told two
is 2 "and still of the first" told one
before=$((16#$(news_number things))) whole=$((16#$whole))
is 0 "an officer has a full list published" as_officer officer-1 ca publish things --json
like "it is done" '.lists | length == 1 and .[0].state == "done" and .[0].partition == 0'
is 0 "it is there at once" above "$before" crl_number things
holds "and holds what is held" both
is 2 "so a full list alone tells" full two
is 65 "there is one list" as_officer officer-1 ca publish things --partition 1
is 77 "not everybody may" as_ci ca publish things
is 0 "of a CA without deltas, too" as_officer officer-1 ca publish root
before=$((16#$(crl_number things)))
is 75 "a release waits for a second officer" as_officer officer-1 cert release "$(serial two)" --yes --no-wait --json
is 0 "who agrees" approve "$(field request)" officer-2
holds "a delta" newer "$before"
is 0 "OpenSSL hears that it is free" told two
is 2 "by the delta" full two
is 0 "because it is taken off" bash -c "grep -i -A4 '$(serial two)' <(openssl crl -in '$house/things.delta.pem' -noout -text) | grep -q 'Remove From CRL'"
before=$((16#$(news_number things)))
sleep 3
is 0 "and no delta without a change" test "$((16#$(news_number things)))" -eq "$before"

# ---- a renewed authority goes on where its first certificate ends
holds "a key for what ends soon" key_asked brief-key ca
ends=$(($(date +%s) + 20))
is 0 "an authority that ends soon" asked officer-1 ca create --name brief --profile issuing-ca --issuer root \
    --key brief-key --subject O=Example --subject CN=Brief --not-after "$(date -u -d "@$ends" +%Y-%m-%dT%H:%M:%SZ)"
holds "its certificate" as_ci ca show brief -o "$house/brief.pem"
served() { fetch /ca/brief.crt brief.crt && openssl x509 -inform DER -in "$house/brief.crt" | cmp -s - "$house/$1.pem"; }
chained() { fetch /ca/brief.pem chain && openssl x509 -in "$house/chain" | cmp -s - "$house/$1.pem"; }
holds "it is served" until_true 10 served brief
is 0 "it is renewed" asked officer-1 ca renew brief
holds "its new certificate" as_ci ca show brief -o "$house/brief-2.pem"
is 1 "is another" cmp -s "$house/brief.pem" "$house/brief-2.pem"
holds "and served without a restart" until_true 10 served brief-2
is 0 "also in the chain" chained brief-2
holds "a device below it" device brief short
holds "its first certificate ends" until_true 30 bash -c "[ \$(date +%s) -gt $ends ]"
before=$((16#$(crl_number brief)))
is 0 "after the old end one is revoked" as_ci cert revoke "$(serial short)" --yes --json
holds "a list is published" until_true 10 above "$before" crl_number brief
is 0 "graphs still have the authority" grep -q 'ca="brief"' <(metric late)

service_stop
service_settings=('crl.lifetime: 864001')
service_up "$store" || die "the service did not start again"
holds "settings beyond the charter" as_ci status --json
like "are told at once" '.revocation.warning | test("crl.lifetime is 864001 s, and the charter lets a list of .* last 864000 s")'
is 65 "no list is signed so" as_officer officer-1 ca publish things
is 0 "but a root's" as_officer officer-1 ca publish root
service_settings=('crl.lifetime: 864000')
service_stop KILL
service_up "$store" || die "the service did not start again"
is 0 "after a crash: both lists" both
is 0 "a list that lasts as long as it may" as_officer officer-1 ca publish things
holds "how things stand" as_ci status --json
like "nothing is in the way" '.revocation.warning == null'
is 2 "and what they say" told one
before=$((16#$(news_number things)))
is 0 "a revocation after it" as_ci cert revoke "$(serial three)" --yes --json
holds "numbers go on" newer "$before"
holds "and it is told" heard three
keeper_stop KILL
is 0 "without the keeper: both lists" both
keeper_start
before=$((16#$(news_number things)))
holds "one more device" until_true 20 device things four
is 0 "and its end" as_ci cert revoke "$(serial four)" --yes --json
holds "a delta to a list that the keeper signed before it was killed" newer "$before"
holds "and it is told" heard four
if [ -n "$store" ]; then
	before=$((16#$(news_number things)))
	holds "the database stops" pg_stop
	is 0 "without it: both lists" both
	is 2 "and what they say" told four
	holds "it is back" pg_start
	holds "one more device" until_true 20 device things five
	is 0 "and its end" as_ci cert revoke "$(serial five)" --yes --json
	holds "numbers go on" newer "$before"
	holds "and it is told" heard five
fi

trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}"
house_result
