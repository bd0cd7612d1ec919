#!/bin/bash
# expired.sh - what is said of certificates that have ended: revoked still, kept
# on lists for as long as their profile says, with an archive cutoff in OCSP;
# since when they were not to be believed; and of what was never issued.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
# The same but for its retention: it has none.
sed '/^retention/d' "$house/charter/profiles/device.yaml" > "$house/charter/profiles/brief.yaml"
sed -i '/^rules:$/a\  - name: brief\n    why: Soon over.\n    action: [cert.issue]\n    when: { cert.profile: brief }\n    by: [release-tools]\n' \
    "$house/charter/classes/ca.yaml"
# A responder's certificate that is at half of its life while this runs.
sed -i 's/^validity: .*/validity: { for: PT2M }/' "$house/charter/profiles/ocsp-responder.yaml"
at=http://127.0.0.1:$public_port
service_options=(--set "public.url=$at" --set ocsp.unissued-revoked=1 --set ocsp.lifetime=60)
store=
house_ready

device() { # NAME PROFILE SECONDS
	make_key "$house/$1.key"
	openssl req -new -key "$house/$1.key" -subj "/CN=$1" -out "$house/$1.csr" 2>/dev/null
	as_ci cert issue --ca devices --profile "$2" --device "$1" --csr "$house/$1.csr" -o "$house/$1.pem" \
	    --not-after "$(date -u -d "+$3 seconds" +%Y-%m-%dT%H:%M:%SZ)"
}
serial() { openssl x509 -in "$house/$1.pem" -noout -serial | cut -d= -f2; }
id() { serial "$1" | tr A-F a-f; }
list() { curl -sf --max-time 20 "$at/crl/devices/0.crl" | openssl crl -inform DER -noout -text; }
on_list() { list | grep -A9 "Serial Number: $(serial "$1")"; }
off_list() { list > "$house/list" && ! grep -q "Serial Number: $(serial "$1")" "$house/list"; }
ocsp() { # STATUS ARG... - openssl believes the answer, and this is it.
	local want=$1
	shift
	openssl ocsp -issuer "$house/devices.pem" "$@" -url "$at/ocsp" -resp_text \
	    -CAfile "$house/chain.pem" -verify_other "$house/chain.pem" > "$house/ocsp" 2> "$house/ocsp.said"
	grep -q "Response verify OK" "$house/ocsp.said" && grep -q ": $want" "$house/ocsp" && return
	cat "$house/ocsp" "$house/ocsp.said"
	return 1
}
# responders - when each of the responder's certificates ends, the first first.
responders() {
	as_ci cert list --profile ocsp-responder --json |
	    jq -c '[.certificates[].not_after | sub("\\.[0-9]+"; "") | fromdateiso8601] | sort'
}
renewed() { [ "$(responders | jq length)" -gt 1 ]; }
answered_by() { openssl x509 -in "$house/ocsp" -noout -enddate; }
says() { grep -A1 -e "$1" "$house/ocsp"; }
post() { # BODY - the status of a revocation so asked for.
	curl -s -o /dev/null -w '%{http_code}' --cacert "$house/anchor.pem" -d "$1" \
	    -H "Authorization: Bearer $(cat "$house/ci.token")" -H 'Content-Type: application/json' "$url/v1/cas/devices/revoke"
}

for k in root-key devices-key; do
	is 0 "$k is generated" asked officer-1 key generate --class ca --name "$k"
	holds "$k is put to use" as_officer officer-1 key activate "$k"
done
is 0 "a responder's key" asked officer-1 key generate --class ocsp-responder --name answers
holds "is put to use" as_officer officer-1 key activate answers
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 0 "an authority" asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key \
    --subject O=Example --subject CN=Devices --responder answers
holds "its chain" until_true 10 curl -sf -o "$house/chain.pem" "$at/ca/devices.pem"
openssl x509 -in "$house/chain.pem" -out "$house/devices.pem"

holds "one that is kept for a year" device kept device 15
holds "one that is not" device dropped brief 15
holds "one that stays good" device fine device 15
holds "one that lasts" device lasting device 3600
holds "the responder gets its certificate" until_true 10 ocsp good -cert "$house/lasting.pem"
by=$(answered_by)
is 1 "one alone" renewed
is 1 "and says nothing of an archive" says 'Archive Cutoff'
is 0 "it is revoked before it ends" as_ci cert revoke "$(id dropped)" --yes
holds "it is on a list" until_true 10 on_list dropped
# The second that it names is the last of its life.
ended() { [ "$(date +%s)" -gt "$(date -d "$(openssl x509 -in "$house/$1.pem" -noout -enddate | cut -d= -f2)" +%s)" ]; }
# On a busy machine it may have ended by now: then that list was the one behind its end.
ended dropped && late=1 || late=
# All have ended; dropped was on a list before.
for n in kept dropped fine; do holds "$n ends" until_true 30 ended "$n"; done

is 0 "what has ended can be revoked" as_ci cert revoke "$(id kept)" --reason key-compromise \
    --invalid-since 2026-01-02T03:04:05Z --yes
holds "it is on a list" until_true 10 on_list kept
is 0 "for its reason" on_list kept
tells "in words" 'Key Compromise'
[ -n "$late" ] || is 0 "what ended is on it once more" on_list dropped
on_list kept > "$house/entry"
is 0 "since when it is invalid" grep -A1 'Invalidity Date' "$house/entry"
tells "to the second" 'Jan +2 03:04:05 2026'
is 0 "OCSP calls it revoked" ocsp revoked -cert "$house/kept.pem"
is 0 "since when it is invalid" says 'Invalidity Date'
tells "to the second" 'Jan +2 03:04:05 2026'
is 0 "with the archive's cutoff" says 'Archive Cutoff'
tells "a year ago" "$(date -u -d '365 days ago' +%Y)"
is 0 "what ended as it was is good" ocsp good -cert "$house/fine.pem"
is 0 "with the cutoff" says 'Archive Cutoff'
is 0 "without retention there is none" ocsp revoked -cert "$house/dropped.pem"
is 1 "as the archive does not say" says 'Archive Cutoff'

is 0 "another change" as_ci cert hold "$(id lasting)" --yes
holds "a new list" until_true 10 on_list lasting
holds "what ended is on no list any more" until_true 10 off_list dropped
is 0 "but for as long as its profile says" on_list kept

is 0 "what nobody issued is revoked" ocsp revoked -serial 0x4177
is 0 "on hold" says 'Reason: certificateHold'
is 0 "since ever" grep 'Revocation Time: Jan  1 00:00:00 1970' "$house/ocsp"
# As OpenSSL calls id-pkix-ocsp-extended-revoke.
is 0 "by leave of the extension" grep '^ *valid: *$' "$house/ocsp"

# Somebody answers for what it issued for as long as that lasts.
is 0 "it issues no more" asked officer-1 ca retire devices

# An answer lives for a minute here, and somebody asked for this one.
is 0 "an answer is asked for" ocsp revoked -cert "$house/kept.pem" -no_nonce
sleep 61
keeper_stop KILL
is 0 "it was made anew before anybody waited for it" ocsp revoked -cert "$house/kept.pem" -no_nonce
is 0 "unlike what nobody asked for" bash -c "openssl ocsp -issuer '$house/devices.pem' -cert '$house/lasting.pem' \
    -url '$at/ocsp' 2>&1 | grep -q trylater"
keeper_start
holds "the keeper is back" until_true 20 ocsp good -cert "$house/fine.pem"
holds "the responder has another certificate" until_true 60 renewed
is 0 "which ends" responders
like "half of the first one's life after it" '(.[1] - .[0]) >= 59 and (.[1] - .[0]) < 115'
other() { ocsp good -cert "$house/fine.pem" && [ "$(answered_by)" != "$by" ]; }
holds "and answers with it" until_true 10 other

for cause in remove-from-crl certificate-hold hold nonsense; do
	is 0 "$cause is no reason to revoke for" post "{\"serials\":[\"$(id fine)\"],\"cause\":\"$cause\"}"
	[ "$out" = 400 ] || [ "$out" = 422 ] || die "$cause: $out"
done
is 0 "the ledger verifies" as_ci audit export -o "$house/bundle"
is 0 "offline" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT"
house_result
