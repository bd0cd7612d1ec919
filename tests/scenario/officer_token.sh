#!/bin/bash
# officer_token.sh - officers whose keys lie in a token of their own, beside
# others with files of each algorithm: all of them count, all of them verify.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "$(dirname "$0")/../lib/house.sh"

trap house_end EXIT
house_new

# A key of each kind; the first officer's file ends once its token has it.
new_key() {
	local n=$1
	shift
	openssl genpkey "$@" -out "$house/officers/$n.pem" 2> /dev/null
	openssl pkey -in "$house/officers/$n.pem" -pubout -out "$house/charter/officers/$n.pub.pem"
}
new_key officer-2 -algorithm RSA -pkeyopt rsa_keygen_bits:3072
new_key officer-3 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
new_key officer-4 -algorithm ED25519
new_key officer-5 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
sed -i 's/^  officer-3: .*/&\n  officer-4: { officer-key: officers\/officer-4.pub.pem }\n  officer-5: { officer-key: officers\/officer-5.pub.pem }/
    s/release-officers: .*/release-officers: [officer-1, officer-2, officer-3, officer-4, officer-5]/' "$house/charter/roster.yaml"
sed -i '/name: production-image/,/permits/s/count: 2/count: 4/' "$house/charter/classes/firmware-signing.yaml"
# The linter's word: what amends is no weaker, and stands the loss of one; hence five.
sed -i '/name: amend/,/permits/s/count: 2/count: 4/' "$house/charter/access.yaml"

# The officers' token is none of the keeper's: another folder, another PIN.
mkdir -m 700 "$house/cards"
sed "s,$house/tokens,$house/cards," "$SOFTHSM2_CONF" > "$house/cards.conf"
on_card() { SOFTHSM2_CONF=$house/cards.conf "$@"; }
secret_file() { (umask 077 && printf %s "$2" > "$house/$1"); }
secret_file card.pin 87654321
secret_file wrong.pin 11111111
on_card softhsm2-util --init-token --free --label cards --so-pin 12345678 --pin 87654321 > /dev/null
n=0
for officer in officer-1 officer-2 officer-3 officer-4; do
	n=$((n + 1))
	openssl pkcs8 -topk8 -nocrypt -in "$house/officers/$officer.pem" -out "$house/import.pem"
	on_card softhsm2-util --import "$house/import.pem" --token cards --label "$officer" --id "0$n" --pin 87654321 > /dev/null
done
rm "$house/import.pem" "$house/officers/officer-1.pem"
module=$(softhsm_module)
# card OFFICER [PIN_FILE] - its URI, with all that is needed in it.
card() { echo "pkcs11:token=cards;object=$1;type=private?module-path=$module&pin-source=file:$house/${2:-card.pin}"; }
by_card() {
	local officer=$1
	shift
	on_card claviger "$@" --officer-key "$(card "$officer")"
}

house_up || exit 1

# --- the ceremony, by card
holds "the ceremony, with a card" on_card claviger init --charter "$house/charter" --quiet --json \
    --officer-key "$(card officer-1)" --setup-token-file "$house/service/setup-token"
CLAVIGER_FINGERPRINT=$(field fingerprint)
export CLAVIGER_FINGERPRINT
[ "$failed" -eq 0 ] || exit 1
for officer in officer-2 officer-3 officer-4; do
	holds "$officer signs the genesis with a file" as_officer "$officer" genesis sign
	holds "$officer is known by that file" as_officer "$officer" whoami --json
	like "by name" ".id == \"$officer\""
done
holds "officer-1 is known by the card" by_card officer-1 whoami --json
like "by name" '.id == "officer-1"'
holds "and lets the tool in" by_card officer-1 credential issue --for ci -o "$house/ci.token" --quiet
is 75 "and asks for a key" by_card officer-1 key generate --class firmware-signing --name firmware \
    --algorithm ec-p256 --product thermostat --environment production --no-wait --json
req=$(field request)
holds "which RSA and Ed25519 approve" approve "$req" officer-2 officer-4
holds "the key is made" by_card officer-1 request wait "$req"
holds "and active" by_card officer-1 key activate firmware

# --- one signature behind which all four kinds stand
sign() { as_ci sign --key firmware --product thermostat "$@"; }
head -c 100000 /dev/urandom > "$house/image"
is 75 "a signature is asked for" sign --artifact-version 1.0 --no-wait --json "$house/image"
req=$(field request)
like "four are needed" '.approvals.need == 4'

# refused STATUS WORDS PATTERN URI - no approval, and a sentence that says why.
refused() {
	is "$1" "$2" on_card claviger approve "$req" --yes --officer-key "$4" < /dev/null
	tells "$2, with a reason" "$3"
	! grep -qE '87654321|11111111' <<< "$out$said" || { echo "not ok - a PIN is shown: $said"; failed=1; }
}
refused 77 "a wrong PIN" "officer key: the key's token refused the PIN" "$(card officer-1 wrong.pin)"
refused 66 "a key that the token does not have" 'no private key fits' "$(card nobody)"
refused 66 "a token that is not there" "no such token" "pkcs11:token=none;object=officer-1?module-path=$module&pin-source=$house/card.pin"
refused 69 "a module that is not there" 'module-path in the URI' "pkcs11:token=cards;object=officer-1?module-path=$house/none.so"
refused 74 "a PIN file that is not there" 'none.pin' "$(card officer-1 none.pin)"
refused 65 "a PIN from a command" 'command is not run' "pkcs11:token=cards;object=officer-1?module-path=$module&pin-source=%7Ccat%20$house/card.pin"
refused 65 "a URI with an unknown attribute" 'attributes' "pkcs11:token=cards;colour=red?module-path=$module"
chmod 644 "$house/wrong.pin"
refused 77 "a PIN that others can read" 'chmod 600' "$(card officer-1 wrong.pin)"
holds "nothing of that counted" as_ci request show "$req" --json
like "no approval" '.approvals.have == 0'

holds "without a module-path p11-kit knows the modules" on_card env -u CLAVIGER_PKCS11_MODULE claviger whoami --json \
    --officer-key "pkcs11:token=cards;object=officer-1?pin-source=file:$house/card.pin"
like "by name" '.id == "officer-1"'
holds "the card approves (P-256)" by_card officer-1 approve "$req" --yes
for officer in officer-2 officer-3; do
	holds "$officer approves with a file" approve "$req" "$officer"
done
is 75 "three of four are not enough" as_ci request wait "$req" --wait PT1S
holds "officer-4 approves with a file" approve "$req" officer-4
holds "the signature is there" as_ci request wait "$req" -o "$house/sig" --evidence "$house/files"

# --- and once more with every key on the card
head -c 100000 /dev/urandom > "$house/image2"
is 75 "another is asked for" sign --artifact-version 1.1 --no-wait --json "$house/image2"
req=$(field request)
for officer in officer-1 officer-2 officer-3 officer-4; do
	holds "$officer approves with a card" by_card "$officer" approve "$req" --yes
done
holds "the second signature is there" as_ci request wait "$req" -o "$house/sig2" --evidence "$house/cards.evidence"

# --- who has neither service nor token verifies all of it
holds "the key is shown" as_ci key show firmware --json
field public_key > "$house/firmware.pem"
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
house_stop
trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "openssl accepts the first" openssl dgst -sha256 -verify "$house/firmware.pem" -signature "$house/sig" "$house/image"
holds "and the second" openssl dgst -sha256 -verify "$house/firmware.pem" -signature "$house/sig2" "$house/image2"
holds "evidence of four kinds of key" claviger-audit verify-evidence "$house/files" "${trust[@]}" --artifact "$house/image" --json
like "verifies" '.ok'
holds "evidence from the card" claviger-audit verify-evidence "$house/cards.evidence" "${trust[@]}" --artifact "$house/image2"
holds "names all four" jq -e '[.permit.approvals[].proof.officer] | sort == ["officer-1", "officer-2", "officer-3", "officer-4"]' "$house/files"
for i in 0 1 2 3; do
	jq -c --argjson i "$i" '.permit.approvals[$i].proof.signature |= (if startswith("A") then "B" else "A" end) + .[1:]' \
	    "$house/files" > "$house/bent"
	is 76 "approval $((i + 1)) with a bent proof does not" claviger-audit verify-evidence "$house/bent" "${trust[@]}" --artifact "$house/image"
done
holds "the ledger verifies" claviger-audit verify "$house/bundle" "${trust[@]}" --seen "$house/files" --seen "$house/cards.evidence"

house_result
