#!/bin/bash
# alerts.sh - what runs out is told before it does: by the thresholds of the
# charter, to whoever it says; told again until somebody sees to it, handed on
# when nobody does, and over when its cause is gone.  Through a dead mail
# server, a kill, and a clock that leaps.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/post.sh
. "$CLAVIGER_SOURCE/tests/lib/post.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

post_new
at=http://127.0.0.1:$public_port
service_options=(--set "public.url=$at")
service_settings+=("alerts.every: 1")
cat > "$house/contacts.yaml" <<-YAML
	officer-1: { mail: officer-1@localhost }
	officer-2: { mail: officer-2@localhost, webhook: "http://127.0.0.1:$hook_port/hook", secret: hook.secret }
	release-lead:
	  mail: lead@localhost
	  webhook: "http://127.0.0.1:$hook_port/hook"
	  secret: hook.secret
	  syslog: "tls://localhost:$log_port"
YAML
mkdir "$house/charter/alerts"
cat > "$house/charter/alerts/a-authorities.yaml" <<-YAML
	why: What it signed ends with it.
	watch: authority
	class: ca
	before: [PT50S, PT22S]
	repeat: PT3S
	escalate: { after: PT15S, to: release-officers }
YAML
cat > "$house/charter/alerts/b-house.yaml" <<-YAML
	why: Nothing is signed meanwhile.
	watch: [keeper, delivery]
	after: PT1S
	tell: [release-officers, release-leads]
YAML
cat > "$house/charter/alerts/c-tools.yaml" <<-YAML
	why: A line that stops costs more than a message.
	watch: credential
	before: PT20S
	tell: release-tools
	escalate: { after: PT1H, to: release-leads }
YAML
cat > "$house/charter/alerts/d-rest.yaml" <<-YAML
	why: Nothing of it is to be found in a house that is as it should be.
	watch: [gap, quorum, list, checkpoint, quota]
	after: PT1S
YAML
sed -i 's/limit: { uses: 200, per: P1D }/limit: { uses: 5, per: PT40S }/' "$house/charter/classes/firmware-signing.yaml"
# leap DAYS - the service's clock, from its next start on.
leap() {
	ahead "+$1d"
	service_as=("${ahead[@]}")
}
# alerts FILTER - the open and acknowledged ones, those that satisfy jq's filter: ids.
alerts() { as_ci alert list --json | jq -r ".alerts[] | select($1) | .id"; }
raised() { sleep 0.3; [ -n "$(alerts "$1")" ]; }
over() { sleep 0.3; [ -z "$(alerts "$1")" ]; }

smtp_up || die "no mail server"
hook_up 204 || die "no web server"
log_up || die "no gatherer of logs"
house_up || die "the house did not start"
house_found officer-1 officer-2 || die "not founded"
holds "of a house that was just founded, nothing is told" as_ci alert list --json
like "nothing at all" '.alerts == []'

# ---- an authority that ends in some minutes
key_asked root-key ca || die "no key"
ends=$(($(date +%s) + 165))
is 0 "an authority that ends soon" asked officer-1 ca create --name brief --profile root --key root-key \
    --subject O=Example --subject CN=Brief --not-after "$(date -u -d "@$ends" +%Y-%m-%dT%H:%M:%SZ)"
is 0 "is told of by nobody yet" over '.watch == "authority"'

# ---- a token that ends, and one in its place
label=x$(printf '\xc3\xa9%.0s' {1..45})
is 0 "a token with a name that is cut" as_officer officer-1 credential issue --for ci --label "$label" --lifetime PT64S --json
is 0 "a token for a minute" as_officer officer-1 credential issue --for ci --label line-1 --lifetime PT62S --json
holds "is warned of" until_true 70 raised '.watch == "credential" and .about.label == "line-1"'
holds "so is the other, within a character" until_true 20 raised '.watch == "credential" and (.what | test("of ci [(]x[^)]*\u00e9[)] ends"))'
is 0 "another in its place" as_officer officer-1 credential issue --for ci --label line-1 --lifetime P1D --json
holds "ends that" until_true 10 over '.watch == "credential" and .about.label == "line-1"'

# ---- the authority again: between its thresholds there is time for what is asked then
holds "its owner is told before it ends" until_true 110 told 1+ '.to == "lead@localhost" and (.subject | test("^Alert: authority brief"))'
is 0 "officers are not told" told 0 '.to == "officer-1@localhost" and (.subject | test("^Alert: authority brief"))'
id=$(alerts '.watch == "authority"')
is 0 "nothing else is" over '.watch != "authority" and .watch != "credential"'
is 1 "before it has ended" test "$(date +%s)" -ge "$ends"
holds "of what it is" told 1+ '.text | test("^Alert: the certificate of the authority brief ends on 20..-..-.., in [0-9]+ (seconds|minutes?)")'
holds "what is to be done" told 1+ ".text | test(\"to do +renew it [(]claviger ca renew[)].*\") and test(\"claviger alert ack $id\")"
is 0 "one looks at it" as_ci alert show "$id" --json
like "by which rule, and who hears" '.state == "open" and .rule == "a-authorities" and (.told_groups - if .escalated then ["release-officers"] else [] end) == ["release-leads"] and
    .threshold_seconds == 50 and .name == "brief" and .about.class == "ca"'
is 77 "who does not hear of it cannot see to it" as_ci alert ack "$id"
tells "and is told why" "only who is told"
holds "it is told again" until_true 20 told 2+ '.to == "lead@localhost" and (.subject | test("^Alert: authority brief"))'
holds "then it is handed on" until_true 40 hooks 1+ ".person == \"officer-2\" and .occasion == \"alert\" and .alert == \"$id\" and .about.escalated and .about.about.name == \"brief\""
holds "in words" until_true 10 told 1+ '.to == "officer-1@localhost" and (.text | test("^Nobody has seen to this: the certificate of the authority brief"))'
holds "a nearer threshold is news" until_true 60 bash -c "[ \"\$(claviger alert show '$id' --json --officer-key '$house/officers/officer-1.pem' | jq .threshold_seconds)\" -lt 50 ]"
is 0 "somebody sees to it" as_officer officer-1 alert ack "$id" --note "it may end" --json
like "and says so" '.state == "acknowledged" and .acknowledged_by == "officer-1" and .note == "it may end"'
is 65 "one does" as_officer officer-2 alert ack "$id"
tells "and others hear who" "officer-1 has acknowledged"
holds "its end is news for all that" until_true 60 bash -c "claviger alert show '$id' --json --officer-key '$house/officers/officer-1.pem' | jq -e '.threshold_seconds == 0 and .state == \"open\"'"
holds "told as such" until_true 10 told 1+ '.to == "lead@localhost" and (.text | test("brief ends on 20..-..-.., [0-9]+ seconds? ago"))'
is 0 "it is retired" asked officer-1 ca retire brief --reason "it has ended"
holds "that is its end" until_true 10 over '.watch == "authority"'
holds "of which those hear that were told" until_true 10 told 1 '.to == "lead@localhost" and (.text | test("Over: the certificate of the authority brief ends[.]"))'
holds "and logs are gathered of" until_true 10 gathered 1+ 4 alert ".alert == \"$id\" and .person == \"release-lead\" and .about.about.name == \"brief\""
holds "its end, too" until_true 10 gathered 1 5 over ".alert == \"$id\""
holds "also whom it was handed on to" until_true 10 hooks 1 ".person == \"officer-2\" and .occasion == \"over\" and .alert == \"$id\""
is 66 "what is over is past" as_officer officer-1 alert show alr_01m7xvyy4462zbt2wj5gb22r41
is 0 "and is shown" as_ci alert list --state over --json
like "with its end" "[.alerts[] | select(.watch == \"authority\")] | length == 1 and .[0].id == \"$id\" and .[0].over != null"
is 0 "in graphs" grep -qx 'claviger_alerts{watch="authority",state="open"} 0' \
    <(curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" "$url/metrics")

# ---- the service's own certificate
cp "$house/server.pem" "$house/server.was"
echo nothing > "$house/server.pem"
holds "a certificate that cannot be read again is told of" until_true 20 raised '.watch == "tls" and (.what | test("cannot be read again"))'
holds "in words, and without a day" until_true 20 told 1+ '.text | test("^Alert: the service.s own certificate cannot be read again[.]\n")'
cp "$house/server.was" "$house/server.pem"
holds "until it can" until_true 20 over '.watch == "tls"'

# ---- what lives elsewhere
is 0 "a key in a vendor's HSM" as_officer officer-1 key register --name radio --class firmware-signing --at "vendor HSM" \
    --owner release-officers --ends "$(date -u -d '+20 days' +%Y-%m-%dT%H:%M:%SZ)"
holds "is warned of, too" until_true 20 told 1 '.to == "officer-1@localhost" and (.text | test("Alert: the time of the key radio ends on 20..-..-.., in (19|20) days"))'
is 0 "by who owns it" told 0 '.to == "lead@localhost" and (.text | test("key radio"))'
is 0 "until it is there no more" as_officer officer-1 key unregister radio
holds "which is the end of it" until_true 20 over '.name == "radio"'
faketime -f -60d openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 65 -subj /CN=partner \
    -keyout "$house/partner.key" -out "$house/partner.pem" 2> /dev/null
is 0 "another CA's certificate" as_officer officer-1 cert import "$house/partner.pem" --owner release-officers
holds "is warned of, too" until_true 20 told 1 '.to == "officer-1@localhost" and (.text | test("Alert: the certificate of CN=partner, issued elsewhere by CN=partner, ends"))'

# ---- a fleet of another CA's: told by its number, and in nobody's way
of_partner() { faketime -f -60d openssl req -x509 -key "$house/partner.key" -days "$1" -subj "/CN=$2" 2> /dev/null; }
for i in {1..60}; do of_partner 65 "f$i"; done > "$house/fleet.pem"
fleet=$(grep -c BEGIN "$house/fleet.pem")
of_partner 66 ota > "$house/ota.pem"
is 0 "many, with one owner" as_officer officer-1 cert import "$house/fleet.pem" --owner release-leads
is 0 "and another, with another" as_officer officer-1 cert import "$house/ota.pem" --owner release-officers
holds "the other is told by itself" until_true 20 raised '.watch == "certificate" and (.what | test("the certificate of CN=ota,"))'
holds "and the many as one" until_true 20 raised '.watch == "certificate" and .about.certificates == '"$fleet"' and
    (.what | test("^'"$fleet"' certificates issued elsewhere by themselves, of release-leads, the first of which [(]CN=f[0-9]+[)] ends$"))'
is 0 "none of them by itself" over '.what | test("the certificate of CN=f")'
{ of_partner 3650 f1; of_partner 3650 f2; } > "$house/next.pem"
is 0 "two go on" as_officer officer-1 cert import "$house/next.pem" --owner release-leads
holds "then they are fewer, and still one" until_true 20 raised ".about.certificates == $((fleet - 2))"
is 0 "a calendar has them by their day" bash -c "claviger alert calendar --within P30D --officer-key '$house/officers/officer-1.pem' |
    sed -z 's/\r\n //g' | grep -qx 'SUMMARY:[0-9]* certificates issued elsewhere by themselves.*first of which (CN=f[0-9]*) ends.'"
is 0 "nothing was left out" bash -c "claviger status --json --officer-key '$house/officers/officer-1.pem' | jq -e '.alerts.not_whole == null'"
is 0 "as graphs show" grep -qx 'claviger_look_partial{watch="certificate"} 0' \
    <(curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" "$url/metrics")

# ---- a limit that is nearly used
signed() { head -c 100 /dev/urandom > "$house/image"; as_ci sign --key bench --quiet -o "$house/image.sig" "$house/image"; }
holds "a key for development" house_key bench development
is 0 "an image of five" signed
is 0 "and another" signed
is 0 "and a third" signed
is 0 "are not yet too many" over '.watch == "quota"'
is 0 "a fourth" signed
holds "is told of before there can be no more" until_true 20 raised '.watch == "quota" and
    .what == "ci: 4 of 5 uses by the rule development-image with the key bench in 40 seconds"'
holds "to who owns such keys" until_true 10 told 1+ '.to == "lead@localhost" and (.text | test("rule development-image with the key bench"))'

# ---- the keeper, and a mail server that is away
end "$smtp_pid"
keeper_stop KILL
holds "a keeper that is away" until_true 20 raised '.watch == "keeper" and (.what | test("^the keeper did not answer: "))'
id=$(alerts '.watch == "keeper"')
is 0 "somebody sees to that" as_officer officer-1 alert ack "$id"
holds "mails that nobody takes" until_true 20 raised '.watch == "delivery" and .name == "mail"'
holds "are told another way" until_true 20 hooks 1 '.person == "officer-2" and .occasion == "alert" and .about.watch == "keeper"'
service_stop KILL
service_up || die "the service did not start again"
sleep 3
is 0 "it is the same after a kill, and seen to" raised ".id == \"$id\" and .state == \"acknowledged\""
smtp_up || die "no mail server"
holds "and are told when somebody takes mail" until_true 40 told 1 '.to == "officer-1@localhost" and (.text | test("Alert: ") and test("watch +keeper"))'
holds "several in one mail, whose head says what they are" until_true 20 told 1+ '.subject | test("^[0-9]+ notices: [0-9]+ alerts? [[]house_")'
keeper_start
holds "the keeper is back" until_true 20 over '.watch == "keeper"'
holds "and mails arrive" until_true 40 over '.watch == "delivery"'
cp "$house/contacts.yaml" "$house/contacts.good"
printf 'ci: { mail: "no address" }\n' > "$house/contacts.yaml"
holds "a file of contacts that cannot be taken" until_true 20 raised '.watch == "delivery" and .name == "contacts" and (.what | test("no mail address"))'
holds "is told to those before it" until_true 20 told 1+ '.text | test("contacts.yaml:1.*no mail address")'
cp "$house/contacts.good" "$house/contacts.yaml"
holds "until it can" until_true 20 over '.watch == "delivery"'
holds "every web hook was signed" genuine

# ---- by now the first images are long ago
holds "so that there is room for more" until_true 60 over '.watch == "quota"'

# ---- a calendar
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7000 -utf8 -subj "/CN=turned$(printf '\xe2\x80\xae')around" \
    -keyout "$house/turned.key" -out "$house/turned.pem" 2> /dev/null
is 0 "a name that would turn its line round" as_officer officer-1 cert import "$house/turned.pem" --owner release-officers
is 0 "all that ends, for a calendar" as_ci alert calendar --within P20Y -o "$house/all.ics"
is 0 "whole" bash -c "head -n 1 '$house/all.ics' | grep -q '^BEGIN:VCALENDAR' && tail -n 1 '$house/all.ics' | grep -q '^END:VCALENDAR'"
is 0 "each line ends as it must, and is short" bash -c "! grep -qvP '^[^\r]{0,75}\r\$' '$house/all.ics'"
is 0 "the key's end is there" grep -q '^SUMMARY:the cryptoperiod of the key root-key ends' "$house/all.ics"
is 0 "and that of the name" grep -q '^SUMMARY:the certificate of CN=turned around' "$house/all.ics"
is 0 "which turns nothing" bash -c "! grep -q \$'\\xe2\\x80\\xae' '$house/all.ics'"
is 0 "a revocation list's" grep -q '^SUMMARY:the .*revocation list of the authority [a-z]* ends' "$house/all.ics"
is 0 "and the token's" grep -q '^SUMMARY:the token of ci (line-1) ends' "$house/all.ics"
is 0 "each once" bash -c "[ \$(grep -c ^UID: '$house/all.ics') -eq \$(grep ^UID: '$house/all.ics' | sort -u | wc -l) ]"
is 0 "within a day there is less" bash -c "claviger alert calendar --within PT1H --officer-key '$house/officers/officer-1.pem' | grep -c ^BEGIN:VEVENT | grep -qx 0"
calendar_as() { curl -s --cacert "$house/anchor.pem" -o "$house/fed.ics" -w '%{http_code}' -u "$1" "$url/v1/calendar?within=P20Y"; }
holds "a calendar program reads it with a name and a token" [ "$(calendar_as "ci:$(cat "$house/ci.token")")" = 200 ]
holds "and gets the same" [ "$(grep -c ^UID "$house/fed.ics")" = "$(grep -c ^UID "$house/all.ics")" ]
holds "not with another's name" [ "$(calendar_as "officer-1:$(cat "$house/ci.token")")" = 401 ]
holds "and is asked for both" grep -qi '^www-authenticate: basic' <(curl -si --cacert "$house/anchor.pem" "$url/v1/calendar")
holds "nothing else is read so" [ "$(curl -s --cacert "$house/anchor.pem" -o /dev/null -w '%{http_code}' -u "ci:$(cat "$house/ci.token")" "$url/v1/alerts")" = 401 ]
is 22 "a time that is none" curl -sf --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" "$url/v1/calendar?within=P1000Y"

# ---- another CA's list: one as long as a leap, and one until then
faketime -f -60d openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3000 -subj "/CN=Far CA" \
    -keyout "$house/far.key" -out "$house/far.pem" 2> /dev/null
: > "$house/index.txt"
echo 01 > "$house/crlnumber"
printf '%s\n' "[ca]" "default_ca=d" "[d]" "database=$house/index.txt" "crlnumber=$house/crlnumber" "default_md=sha256" \
    "crl_extensions=x" "[x]" "authorityKeyIdentifier=keyid:always" > "$house/far.cnf"
far_list() { "${@:2}" openssl ca -gencrl -config "$house/far.cnf" -keyfile "$house/far.key" -cert "$house/far.pem" -crldays "$1" -out "$house/far.crl" 2> /dev/null; }
is 0 "another CA" as_officer officer-1 cert import "$house/far.pem" --owner release-leads
holds "makes a list" far_list 30
is 0 "which is entered" as_officer officer-1 cert import --crl "$house/far.crl"
is 0 "and is no news" over '.watch == "list"'

# ---- a clock that leaps
holds "a key of two years" house_key firmware
key_asked anchor-key ca && key_asked things-key ca || die "no keys"
is 0 "a root" asked officer-1 ca create --name anchor --profile root --key anchor-key --subject O=Example --subject CN=Anchor
is 0 "an authority for twelve years" asked officer-1 ca create --name things --profile issuing-ca --issuer anchor --key things-key \
    --subject O=Example --subject CN=Things --not-after "$(date -u -d '+4380 days' +%Y-%m-%dT%H:%M:%SZ)"
holds "which gives devices ten" device things one
silent='.watch == "gap" and (.about.what | test("^the authority things has no responder, and its certificates name '"$at"'/ocsp for OCSP"))'
holds "that they name this house for OCSP, where nobody answers, is told" until_true 20 raised "$silent"
holds "of a root, whose certificates name nobody, it is not" over '.watch == "gap" and (.about.what | test("authority (anchor|brief) has no responder"))'
holds "a key that answers" key_asked answers ocsp-responder
is 65 "one that signs firmware cannot" as_officer officer-1 ca renew things --responder firmware --no-wait
tells "and why" 'firmware is a key of kind firmware-signing'
is 66 "nor can one that is none" as_officer officer-1 ca renew things --responder nobody --no-wait
is 0 "it is renewed with a responder" asked officer-1 ca renew things --responder answers --not-after "$(date -u -d '+4380 days' +%Y-%m-%dT%H:%M:%SZ)"
like "which it has" '.responder == "answers"'
holds "and the alert is over" until_true 20 over "$silent"
as_ci ca show things -o "$house/things.pem"
answered() { openssl ocsp -issuer "$house/things.pem" -cert "$house/one.pem" -url "$at/ocsp" -noverify 2>&1 | grep "one.pem: good"; }
holds "for it is answered" until_true 20 answered
service_stop
leap 715
service_up || die "the service did not start"
# By web hook: the mail server's certificate has ended by then.
# news SECONDS-FROM TO FILTER - release-lead was told once, so long before its end.
news_of() { hooks 1 ".person == \"release-lead\" and .occasion == \"alert\" and ($3) and (.about.ends != null) and
    ((.about.ends | sub(\"[.][0-9]+Z\"; \"Z\") | fromdate) - (.created | sub(\"[.][0-9]+Z\"; \"Z\") | fromdate) | . > $1 and . < $2)"; }
holds "two years on it is warned of" until_true 20 news_of 1200000 1300000 '.about.watch == "key" and .about.about.name == "firmware"'
holds "so it is of a list of another CA that none has followed" until_true 20 hooks 1 '.person == "release-lead" and .occasion == "alert" and
    .about.watch == "list" and (.about.about.what | test("^the revocation list 01 of CN=Far CA, another CA, is the newest that was entered; the next was due on 20"))'
holds "it makes another" far_list 900 "${ahead[@]}"
is 0 "which is entered" as_officer officer-1 cert import --crl "$house/far.crl"
holds "and that is over" until_true 20 hooks 1 '.occasion == "over" and .about.watch == "list"'
is 0 "devices have time" hooks 0 '.about.watch == "devices"'
service_stop
leap 3570
service_up || die "the service did not start"
holds "of devices one is told how many" until_true 20 news_of 6800000 7000000 '.about.watch == "devices" and
    (.about.about.what | test("^1 certificate of devices [(]authority things, profile device[)], the first of which ends"))'
holds "and of an authority, since when it gives them less" news_of -260000000 -10000000 '.about.watch == "issuing" and
    (.about.about.what | test("^the time in which the authority things can issue for the profile device at its full length ends$"))'
is 0 "an authority's own certificate is an authority's" hooks 0 '.about.about.what | test("the certificate crt_")'
service_stop
service_as=()
service_up || die "the service did not start"
holds "today there is nothing to warn of" until_true 10 over '.watch == "key"'
is 0 "the list is for people" as_ci alert list
is 64 "a state that is none" as_ci alert list --state
is 65 "a watch that is none" as_ci alert list --watch keys
tells "and says so" '"keys" is watched'
house_result
