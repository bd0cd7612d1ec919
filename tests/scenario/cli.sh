#!/bin/bash
# cli.sh - the main job as people do it: claviger and claviger-audit from the
# ceremony to the offline proof, with every exit status on the way.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "$(dirname "$0")/../lib/house.sh"
# shellcheck disable=SC2034 # read by keeper_up
makes_ed25519=yes

trap house_end EXIT
house_new

is 69 "a service that is not there is said to be away" claviger status --json
[ "$(field code)" = unreachable ] || { echo "not ok - no code"; failed=1; }

house_up || exit 1

# --- the ceremony
is 69 "before the ceremony there is no genesis" claviger genesis show
cp -r "$house/charter" "$house/broken"
sed -i 's/count: 2/count: 9/' "$house/broken/access.yaml"
is 65 "a broken charter is refused here, with its line" claviger init --charter "$house/broken" \
    --setup-token-file "$house/service/setup-token"
grep -q 'access.yaml:[0-9]*:[0-9]*: error' <<< "$said" || { echo "not ok - no line: $said"; failed=1; }
is 65 "and each finding is told to programs" claviger charter check "$house/broken" --json --quiet
[ "$(jq '.findings | length > 0' <<< "$out")" = true ] || { echo "not ok - no findings: $out"; failed=1; }
printf wrong > "$house/wrong"; chmod 600 "$house/wrong"
is 77 "another token founds no house" claviger init --charter "$house/charter" --setup-token-file "$house/wrong"
house_found officer-1 officer-2
holds "the ceremony, with two officers present" [ -n "${CLAVIGER_FINGERPRINT:-}" ]
is 65 "a house is founded once" claviger init --charter "$house/charter" --setup-token-file "$house/wrong"
holds "who has not signed the genesis is told how" as_ci status
grep -q 'genesis unsigned by' <<< "$out" && grep -q 'claviger genesis sign' <<< "$said" ||
    { echo "not ok - $out$said"; failed=1; }
holds "the third officer signs the genesis later" as_officer officer-3 genesis sign
holds "strangers see that it is ready" claviger status --json
[ "$(field state)" = ready ] || { echo "not ok - state"; failed=1; }
is 77 "another fingerprint is another house" claviger status --fingerprint "$(printf '%064d' 1)"
is 77 "a key of nobody is nobody's login" claviger whoami --officer-key "$house/server.key"

holds "members see that keeper and service share a user" as_ci status --json
like "with a warning" '(.keeper.separated | not) and (.warning | test("promise 1"))'

# --- a key under quorum
holds "a key is generated under quorum and activated" house_key firmware production
holds "it is suspended, quietly" as_officer officer-1 key suspend firmware --quiet
[ -z "$out$said" ] || { echo "not ok - quiet speaks: $out$said"; failed=1; }
req=$(as_officer officer-1 key resume firmware --no-wait --quiet --json 2> /dev/null | jq -r .request)
approve "$req" officer-2 officer-3
holds "its public half is PEM" as_ci key show firmware --json
field public_key > "$house/firmware.pem"
holds "which openssl reads" openssl pkey -pubin -in "$house/firmware.pem" -noout
is 66 "a key that is none" as_ci key show nothing

# --- a signature under two of three
image=$house/image
head -c 300000 /dev/urandom > "$image"
sign() { as_ci sign --key firmware --product thermostat "$@"; }
is 65 "a claim is one line" sign --artifact-version 1.0 --claim $'build=42\nrule           another' --no-wait "$image"
is 65 "and so is a note" sign --artifact-version 1.0 --note $'from the end \u202e' --no-wait "$image"
is 75 "asking, without waiting" sign --artifact-version 1.0 --claim build=42 --note hello --no-wait --json "$image"
req=$(field request)
[ "$(field approvals.need)" = 2 ] || { echo "not ok - need"; failed=1; }
is 75 "asking again is the same request" sign --artifact-version 1.0 --claim build=42 --no-wait --json "$image"
[ "$(field request)" = "$req" ] || { echo "not ok - another request"; failed=1; }
hash=$(as_ci key show firmware --json | jq -r .hash)
is 75 "also where the key is named by its hash" as_ci sign --key "$hash" --product thermostat --artifact-version 1.0 \
    --claim build=42 --no-wait --json "$image"
like "one request, not two" ".request == \"$req\""
head -c 300000 /dev/urandom > "$house/other"
is 76 "another build than the officer's own is not approved" as_officer officer-1 approve "$req" --yes --artifact "$house/other"
is 64 "without a terminal nothing is approved unasked" as_officer officer-1 approve "$req" < /dev/null
unseen() { as_officer officer-1 approve "$req" --yes > /dev/full; }
is 74 "what could not be shown is not signed" unseen
tells "and it is said so" 'nothing was signed'
holds "it waits as before" as_ci request show "$req" --json
like "without an approval" '.approvals.have == 0'
holds "the first officer compares and approves" as_officer officer-1 approve "$req" --yes --artifact "$image"
grep -q 'asserted by the caller' <<< "$out" || { echo "not ok - claims are not marked"; failed=1; }
holds "approving again changes nothing" as_officer officer-1 approve "$req" --yes --json
[ "$(field approvals.have)" = 1 ] || { echo "not ok - one person counted twice"; failed=1; }
is 77 "who owns the tool does not count" as_officer release-lead approve "$req" --yes
is 75 "one of two is not enough" as_ci request wait "$req" --wait PT1S
holds "the second officer approves" as_officer officer-2 approve "$req" --yes
holds "the same line fetches signature and evidence" sign --artifact-version 1.0 --claim build=42 \
    -o "$house/sig" --evidence "$house/evidence" "$image"
holds "openssl accepts it" openssl dgst -sha256 -verify "$house/firmware.pem" -signature "$house/sig" "$image"
holds "raw is r and s" as_ci request wait "$req" --format raw -o "$house/raw"
[ "$(stat -c %s "$house/raw")" = 64 ] || { echo "not ok - raw has another length"; failed=1; }

# --- what is refused is explained
is 77 "an older version is refused" sign --artifact-version 0.9 --json "$image"
[ "$(field code)" = denied ] && [ "$(field explanation.verdict)" = deny ] || { echo "not ok - no explanation"; failed=1; }
is 77 "and for people, with what would pass" sign --artifact-version 0.9 "$image"
grep -q 'to pass' <<< "$said" || { echo "not ok - no way out: $said"; failed=1; }
is 77 "one version is one artifact" sign --artifact-version 1.0 --no-wait "$house/other"

# --- a rejection holds until asked again
is 75 "another version is asked for" sign --artifact-version 1.1 --no-wait --json "$house/other"
req=$(field request)
holds "an officer rejects it" as_officer officer-3 reject "$req" --reason 'not now' --yes
is 77 "rejected stays rejected" sign --artifact-version 1.1 "$house/other"
is 77 "also for who waits" as_ci request wait "$req"
is 75 "until asked again" sign --artifact-version 1.1 --again --no-wait --json "$house/other"
[ "$(field request)" != "$req" ] || { echo "not ok - the same request"; failed=1; }
holds "one may withdraw" as_ci request cancel "$(field request)"

# --- an interrupt ends the waiting, not the request
sign --artifact-version 1.15 --no-wait --json --quiet "$house/other" > "$house/asked" || true
req=$(jq -r .request "$house/asked")
is 130 "waiting may be interrupted" timeout --foreground --preserve-status -s INT 5 \
    env CLAVIGER_TOKEN_FILE="$house/ci.token" claviger request wait "$req"
tells "and how to go on" "No longer waiting; the request stands: claviger request wait $req"
# On a terminal the line renews itself, and never wraps.
is 130 "on a terminal as well" timeout --foreground --preserve-status -s INT 12 script -qec \
    "stty cols 70; CLAVIGER_TOKEN_FILE=$house/ci.token timeout --foreground --preserve-status -s INT 8 claviger request wait $req" \
    /dev/null < /dev/null
tells "with the line" "$req: 0 of 2 approved"
[ "$(tr '\r' '\n' <<< "$out" | awk '/of 2 approved/ { if (length($0) > n) n = length($0) } END { print n }')" -lt 70 ] ||
    { echo "not ok - a line of progress wraps"; failed=1; }
as_ci request cancel "$req" > /dev/null

# --- officers' keys on a token of their own
softhsm2-util --init-token --free --label cards --so-pin 12345678 --pin 87654321 > /dev/null
openssl pkcs8 -topk8 -nocrypt -in "$house/officers/officer-2.pem" -out "$house/card.pem"
softhsm2-util --import "$house/card.pem" --token cards --label approval --id 01 --pin 87654321 > /dev/null
rm "$house/card.pem"
printf 87654321 > "$house/card.pin"; chmod 600 "$house/card.pin"
is 75 "a request for a card to approve" sign --artifact-version 1.2 --no-wait --json "$house/other"
req=$(field request)
export CLAVIGER_PKCS11_MODULE
CLAVIGER_PKCS11_MODULE=$(softhsm_module)
holds "an officer approves with a pkcs11: URI" claviger approve "$req" --yes \
    --officer-key "pkcs11:token=cards;object=approval?pin-source=$house/card.pin"
holds "and another with a file" as_officer officer-3 approve "$req" --yes
holds "which makes two" as_ci request wait "$req" -o "$house/sig2"

# --- what was signed before is shown
is 75 "a next version" sign --artifact-version 1.2.1 --no-wait --json "$image"
holds "its approver sees the one before" as_officer officer-1 approve "$(field request)" --yes
grep -q 'before this *version 1.2, ' <<< "$out" || { echo "not ok - nothing before: $out"; failed=1; }

# --- every scheme, and plain openssl
scheme() {
	house_key "dev-$1" development "$1" > /dev/null 2>&1 &&
	    as_ci sign --key "dev-$1" --quiet -o "$house/$1.sig" --evidence "$house/$1.ev" "$image" &&
	    as_ci key show "dev-$1" --json | jq -r .public_key > "$house/$1.pem" &&
	    claviger-audit verify-evidence "$house/$1.ev" --trust "$CLAVIGER_FINGERPRINT" --artifact "$image"
}
holds "ecdsa-sha384" scheme ec-p384
holds "and its signature" openssl dgst -sha384 -verify "$house/ec-p384.pem" -signature "$house/ec-p384.sig" "$image"
holds "rsa-pss-sha256" scheme rsa-3072
holds "and its signature" openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
    -verify "$house/rsa-3072.pem" -signature "$house/rsa-3072.sig" "$image"
holds "ed25519, which signs the content" scheme ed25519
holds "and its signature" openssl pkeyutl -verify -pubin -inkey "$house/ed25519.pem" -rawin -in "$image" -sigfile "$house/ed25519.sig"
# peak COMMAND... - the most memory that it had, in KiB.
peak() {
	CLAVIGER_TOKEN_FILE=$house/ci.token /usr/bin/python3 -c 'import resource, subprocess, sys
r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(r)' "$@"
}
head -c 10 /dev/urandom > "$house/small"
head -c $((5 << 20)) /dev/urandom > "$house/big"
is 0 "a small content" peak claviger sign --key dev-ed25519 --quiet -o "$house/small.sig" "$house/small"
small=$out
is 0 "a content of 5 MiB" peak claviger sign --key dev-ed25519 --quiet -o "$house/big.sig" "$house/big"
# A sanitizer keeps what was given back.
nm -D "$CLAVIGER_BUILD/claviger" 2> /dev/null | grep -E '__(asan|tsan)_' > /dev/null ||
    holds "is sent as it is read, and never held whole" [ $((out - small)) -lt 2048 ]
holds "all of it" openssl pkeyutl -verify -pubin -inkey "$house/ed25519.pem" -rawin -in "$house/big" -sigfile "$house/big.sig"
: > "$house/empty"
holds "and of nothing" as_ci sign --key dev-ed25519 --quiet -o "$house/none.sig" "$house/empty"
is 64 "what is read once alone is refused" as_ci sign --key dev-ed25519 --quiet /dev/null
keeper_stop
head -c 300000 /dev/urandom > "$house/away"
as_ci sign --key dev-ed25519 --quiet -o "$house/away.sig" "$house/away" &
late=$!
sleep 2
keeper_up
wait "$late"; rc=$?
is 0 "and once more where the keeper was away" [ "$rc" -eq 0 ]
holds "all of it" openssl pkeyutl -verify -pubin -inkey "$house/ed25519.pem" -rawin -in "$house/away" -sigfile "$house/away.sig"
echo >> "$house/big"
is 65 "more is not sent" as_ci sign --key dev-ed25519 --quiet "$house/big"
is 64 "ed25519 evidence needs the content" claviger-audit verify-evidence "$house/ed25519.ev" --trust "$CLAVIGER_FINGERPRINT"

# --- a client certificate, pinned by its key
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ci \
    -keyout "$house/ci.key" -out "$house/ci.pem" 2> /dev/null
is 77 "a certificate of nobody" claviger whoami --certificate "$house/ci.pem" --tls-key "$house/ci.key"
holds "is pinned" as_officer officer-1 credential issue --for ci --type tls-client --client-certificate "$house/ci.pem" --json
id=$(field credential.id)
holds "and known" claviger whoami --certificate "$house/ci.pem" --tls-key "$house/ci.key"
holds "until it is revoked" as_officer officer-1 credential revoke "$id" --reason 'test'
is 77 "then no more" claviger whoami --certificate "$house/ci.pem" --tls-key "$house/ci.key"

# --- a window
soon=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
sum=$(sha256sum "$image" | cut -d' ' -f1)
echo "another image" > "$house/another"
is 65 "a window for nobody whom the charter knows" as_officer officer-1 window open --key firmware --by ci --by cj --uses 3 --until "$soon" \
    --digest "$sum" --no-wait --json
tells "is not asked for, and says whom" '/by: cj is not on the roster'
is 75 "a window is asked for" as_officer officer-1 window open --key firmware --by ci --uses 3 --until "$soon" \
    --digest "$sum" --digest "$(sha256sum "$house/another" | cut -d' ' -f1)" --no-wait --json
waiting=$(field request)
# renamed FROM TO - the table says so, as a service could that lies.
renamed() {
	sqlite3 "$house/service/claviger.db" "UPDATE request SET document = replace(document, '\"key_name\":\"$1\"', '\"key_name\":\"$2\"') WHERE id = '$waiting'"
}
renamed firmware harmless
is 76 "a key that is shown under another name is agreed to by nobody" as_officer officer-2 approve "$waiting" --yes
tells "and both names are said" '"firmware", not "harmless"'
renamed harmless firmware
approve "$waiting" officer-2 officer-3 2> /dev/null > /dev/null
holds "it is shown with what is left" as_ci window show "$waiting" --json
window=$(field id)
holds "its first image is signed" sign --artifact-version 1.2.2 --quiet -o "$house/w1.sig" --evidence "$house/w1.ev" "$image"
holds "its second too" sign --artifact-version 1.2.3 --quiet -o "$house/w2.sig" --evidence "$house/w2.ev" "$house/another"
is 65 "the same octets are no other version" sign --artifact-version 9.9 --quiet -o "$house/w3.sig" "$house/another"
holds "the first has its own evidence" claviger-audit verify-evidence "$house/w1.ev" --trust "$CLAVIGER_FINGERPRINT" --artifact "$image"
holds "and the second" claviger-audit verify-evidence "$house/w2.ev" --trust "$CLAVIGER_FINGERPRINT" --artifact "$house/another"
holds "and closed early" as_officer officer-1 window close "$window"
is 65 "only once" as_officer officer-1 window close "$window"
grep -q 'closed already' <<< "$said" || { echo "not ok - nothing says that it is closed: $said"; failed=1; }
grep -qE 'because|time\.of-day' <<< "$said" && { echo "not ok - policy, which let it through, is explained: $said"; failed=1; }
is 65 "one that is named gives nothing either" sign --window "$window" --artifact-version 1.2.4 --no-wait "$image"
tells "and says so" 'was closed'
is 75 "and gives nothing out: officers are asked" sign --artifact-version 1.2.4 --no-wait "$image"
holds "the keeper has closed it" as_ci ledger events --kind window.closed --json
like "as its entry says" ".events[0].data.entry | .op == \"close\" and .result.window == \"$window\""

# --- the charter
holds "a folder is checked without a service" env -u CLAVIGER_URL claviger charter check "$house/charter"
sed -i 's/^name: .*/name: Amended/' "$house/charter/charter.yaml"
holds "what would change is said" as_ci charter diff "$house/charter"
grep -q Amended <<< "$out" || { echo "not ok - no change"; failed=1; }
is 75 "an amendment waits" as_officer officer-1 charter propose "$house/charter" --no-wait --json
approve "$(field request)" officer-2 officer-3 2> /dev/null > /dev/null
holds "and is in force" as_ci charter show --history --json
[ "$(jq '.charters | length' <<< "$out")" = 2 ] || { echo "not ok - charters: $out"; failed=1; }
holds "who can use a key" as_ci charter who-can firmware
holds "why it would be refused" as_ci charter explain --action key.sign --key firmware --product thermostat --artifact-version 0.1
holds "what it would have decided" as_ci charter simulate "$house/charter"
is 75 "a signature under the new charter" sign --artifact-version 1.3 --no-wait --json "$image"
approve "$(field request)" officer-1 officer-3 2> /dev/null > /dev/null
holds "with evidence of the amendment" as_ci request wait "$(field request)" --evidence "$house/evidence2" -o "$house/sig3"

# --- a suspended key
holds "one officer suspends" as_officer officer-1 key suspend firmware --reason test
is 77 "a suspended key gives nothing out" sign --artifact-version 1.0 --claim build=42 "$image"
is 77 "nor to who waits for what it signed" as_ci request wait "$req" -o "$house/late.sig"
tells "and says why" 'key is not active'
is 0 "and nothing is written" test ! -e "$house/late.sig"
holds "explain says what the charter alone does not" as_ci charter explain --key firmware --product thermostat --artifact-version 9.0
tells "that it is suspended" 'refused: key firmware is suspended'
is 66 "and who is not there" as_ci charter explain --key firmware --principal nobody
tells "by name" 'nobody in the roster is called nobody'

# --- an officer's key that others can read
cp "$house/officers/officer-1.pem" "$house/open.pem"
chmod 644 "$house/open.pem"
is 77 "is not used" claviger whoami --officer-key "$house/open.pem"
tells "and says what to do" 'chmod 600'
chmod 600 "$house/open.pem"
is 0 "until it is its owner's alone" claviger whoami --officer-key "$house/open.pem"

# --- offline
trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
holds "and since a time" as_ci audit export -o "$house/bundle2" --since now
holds "a checkpoint is kept" until_true 20 as_ci ledger checkpoint -o "$house/seen"
holds "one event, with its proof" as_ci ledger show 3
house_stop
holds "evidence verifies alone" claviger-audit verify-evidence "$house/evidence" "${trust[@]}" --artifact "$image"
holds "also through an amendment" claviger-audit verify-evidence "$house/evidence2" "${trust[@]}" --artifact "$image" --json
[ "$(field ok)" = true ] && [ "$(field charters)" = 2 ] || { echo "not ok - charters"; failed=1; }
is 76 "not for another artifact" claviger-audit verify-evidence "$house/evidence" "${trust[@]}" --artifact "$house/other"
is 76 "nor under another fingerprint" claviger-audit verify-evidence "$house/evidence" --trust "$(printf '%064d' 1)"
holds "the ledger verifies offline" claviger-audit verify "$house/bundle" "${trust[@]}" --seen "$house/evidence" --seen "$house/evidence2"
is 76 "not with a changed event" claviger-audit verify <(sed 's/"actor":"officer-2"/"actor":"officer-9"/' "$house/bundle") "${trust[@]}"
is 65 "a file that is no checkpoint is bad input" claviger-audit verify "$house/bundle" "${trust[@]}" --seen "$image"
tells "and named" 'is no checkpoint'
is 65 "nor is JSON without one" claviger-audit verify "$house/bundle" "${trust[@]}" --seen "$house/init.json"
is 76 "nor cut short" claviger-audit verify <(head -n -3 "$house/bundle") "${trust[@]}"
is 64 "a command that is none" claviger sing
grep -q 'did you mean "sign"' <<< "$said" || { echo "not ok - no suggestion"; failed=1; }

house_result
