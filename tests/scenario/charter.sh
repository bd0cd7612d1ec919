#!/bin/bash
# charter.sh - the law of a live house: read, checked, compared, tried on the
# past, asked about, and changed, under the law; who leaves it counts no more.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "$(dirname "$0")/../lib/house.sh"

trap house_end EXIT
house_new
for officer in officer-4 officer-5; do
	make_key "$house/officers/$officer.pem"
	openssl pkey -in "$house/officers/$officer.pem" -pubout -out "$house/charter/officers/$officer.pub.pem"
done
sed -i 's/^  officer-3: .*/&\n  officer-4: { officer-key: officers\/officer-4.pub.pem }/
    s/release-officers: .*/release-officers: [officer-1, officer-2, officer-3, officer-4]/' "$house/charter/roster.yaml"
house_up || exit 1
house_found officer-1
holds "a key under quorum" house_key firmware production
holds "another for the bench" house_key bench development
first=$(jq -r .charter <<< "$(as_ci charter who-can firmware --json)")

# copy NAME - the charter's folder once more, to be changed.
copy() { rm -rf "${house:?}/$1" && cp -r "$house/charter" "$house/$1"; }
sign() { as_ci sign --product thermostat "$@"; }
head -c 10000 /dev/urandom > "$house/image"
head -c 10000 /dev/urandom > "$house/image2"

# --- a past to decide again
is 75 "one production image is asked for" sign --key firmware --artifact-version 1.0 --no-wait --json "$house/image"
old=$(field request)
holds "the fourth officer approves" approve "$old" officer-4
holds "a bench image is signed alone" sign --key bench --artifact-version 1.0 "$house/image" -o "$house/sig"
is 77 "nobody else signs production" as_officer officer-1 sign --key firmware --product thermostat "$house/image2"

# --- check
holds "the charter is acceptable" claviger charter check "$house/charter"
tells "with its name" 'acceptable: charter "Quickstart"'
holds "for programs too" claviger charter check "$house/charter" --json
like "with its hash" ".acceptable and .charter == \"$first\""
copy broken
sed -i 's/count: 2, of: release-officers/count: 2, of: release-offices/' "$house/broken/classes/firmware-signing.yaml"
is 65 "a group that is none" claviger charter check "$house/broken"
tells "has file, line and column" 'firmware-signing.yaml:[0-9]+:[0-9]+: error.*release-offices'
is 65 "the same for programs" claviger charter check "$house/broken" --json
like "with a code" '.code == "charter"'
is 65 "it is not compared" as_ci charter diff "$house/broken"
is 65 "nor proposed" as_officer officer-1 charter propose "$house/broken" --no-wait
is 65 "nor tried on the past" as_ci charter simulate "$house/broken"
is 64 "a folder must be named" claviger charter check
is 66 "and be there" claviger charter check "$house/nowhere"
copy locked
sed -i '/name: amend/,/permits/s/count: 2/count: 4/' "$house/locked/access.yaml"
is 65 "a charter that one lost officer would freeze" claviger charter check "$house/locked"
tells "is an error" 'amend-needs-all'

# --- files that are none of a charter's
copy strewn
mkdir -p "$house/strewn/rules/typo" "$house/strewn/.git/rules" "$house/strewn/docs"
for file in README README.md docs/readme.txt .gitignore .git/rules/x.yaml officers/mine.key.pem; do
	echo "not of the charter" > "$house/strewn/$file"
done
is 0 "what explains a charter, or is hidden, or a key, may lie beside it" claviger charter check "$house/strewn"
! grep -q '\[file' <<< "$said" || { echo "not ok - something is said of it: $said"; failed=1; }
echo "not of the charter" > "$house/strewn/stray.txt"
cp "$house/charter/access.yaml" "$house/strewn/access.yaml~"
ln -s /nowhere "$house/strewn/rules/typo/link"
is 0 "another file is warned of" claviger charter check "$house/strewn" --json
like "to programs too" '[.findings[] | select(.code == "file-unread" and .level == "warning") | .where] |
    sort == ["access.yaml~:1:1", "rules/typo/link:1:1", "stray.txt:1:1"]'
tells "by its name" 'strewn/stray.txt:1:1: warning: .*\[file-unread\]'
is 0 "also before it is compared" as_ci charter diff "$house/strewn"
tells "by its name" 'strewn/stray.txt:1:1: warning'
for file in classes/radio.yml rules/foo.yaml classes/Radio.YAML roster.yml; do
	copy strewn
	mkdir -p "$house/strewn/rules"
	cp "$house/charter/classes/ca.yaml" "$house/strewn/$file"
	is 65 "$file would be believed to be read" claviger charter check "$house/strewn"
	tells "and is an error" "strewn/$file:1:1: error: .*\[file\]"
done
copy strewn
mv "$house/strewn/access.yaml" "$house/access" && ln -s "$house/access" "$house/strewn/access.yaml"
is 65 "no link is followed out of the folder" claviger charter check "$house/strewn"
tells "and it is said" 'strewn/access.yaml:1:1: error: .*link'
for folder in classes officers; do
	copy strewn
	mv "$house/strewn/$folder" "$house/$folder.away" && ln -s "$house/$folder.away" "$house/strewn/$folder"
	is 65 "nor one to a folder" claviger charter check "$house/strewn"
	tells "and it is said" "strewn/$folder:1:1: error: .*link.*\[file\]"
	rm -rf "$house/$folder.away"
done
copy strewn
ln -s /nowhere "$house/strewn/alerts"
is 65 "not even one that leads nowhere" claviger charter check "$house/strewn"
tells "and it is said" 'strewn/alerts:1:1: error: .*link.*\[file\]'
copy strewn
mkdir "$house/strewn/classes/radio.yaml" && mkfifo "$house/strewn/classes/pipe.yaml"
is 65 "what is called as a file must be one" timeout 20 claviger charter check "$house/strewn"
tells "a folder is none" 'strewn/classes/radio.yaml:1:1: error: .*no file.*\[file\]'
tells "a pipe is none" 'strewn/classes/pipe.yaml:1:1: error: .*no file.*\[file\]'

# --- names that are like others, or that a terminal would obey
copy strewn
sed 's/^class: ca$/class: readmeter\nkind: ca/' "$house/charter/classes/ca.yaml" > "$house/strewn/classes/readmeter.yaml"
holds "a class may be called after a README" claviger charter check "$house/strewn" --json
like "and is of the charter" ".charter != \"$first\""
for file in classes/README.yaml alerts/readme-x.yaml README.yml; do
	copy strewn
	mkdir -p "$house/strewn/alerts"
	echo "not: of the charter" > "$house/strewn/$file"
	is 65 "$file is not passed over" claviger charter check "$house/strewn"
	tells "and is an error" "strewn/$file:1:1: error"
done
copy strewn
touch "$house/strewn/"$'\xff\e[2J\nx' "$house/strewn/classes/"$'\xff.yaml'
is 65 "a name that is not UTF-8 is told to programs" claviger charter check "$house/strewn" --json
like "in what is" '[.findings[].where] | contains(["??[2J\nx:1:1", "classes/?.yaml:1:1"])'
tells "and to people on one line, spelt" 'strewn/\?U\+001B\[2J x:1:1: warning: .*\[file-unread\]'
rm "$house/strewn/classes/"$'\xff.yaml'
is 0 "it may lie beside the charter" claviger charter check "$house/strewn" --json

copy lacking
rm "$house/lacking/recovery.yaml"
is 65 "a file that is missing" claviger charter check "$house/lacking"
tells "has a place as all errors" 'lacking/recovery.yaml:1:1: error: the charter lacks recovery.yaml'

# --- profiles of certificates
copy profiled
mkdir -p "$house/profiled/profiles"
cp "$srcdir"/ca/profiles/*.yaml "$house/profiled/profiles/"
holds "every shipped profile is acceptable in a charter" claviger charter check "$house/profiled"
sed -i 's/^validity: .*/validity: { until: "2020-01-01T00:00:00Z" }/' "$house/profiled/profiles/tls-client.yaml"
holds "one that has ended is, too" claviger charter check "$house/profiled"
tells "with a warning" 'profiles/tls-client.yaml:[0-9]+:[0-9]+: warning: /profiles/tls-client/validity/until: .*\[profile-ended\]'
sed -i 's/^validity: .*/validity: { for: P10Y }/' "$house/profiled/profiles/ocsp-responder.yaml"
holds "a responder for ten years is" claviger charter check "$house/profiled"
tells "with a warning, as nobody hears of its revocation" 'profiles/ocsp-responder.yaml:[0-9]+:[0-9]+: warning: /profiles/ocsp-responder/validity/for: .*\[responder-lasts-long\]'
sed -i 's/^keys: .*/keys: [ec-p256]/; s/^key-usage: .*/key-usage: [key-encipherment]/; s/^extended-key-usage: .*/extended-key-usage: ["2.5.29.37.0"]/' "$house/profiled/profiles/tls-client.yaml"
is 65 "any purpose, by its number" claviger charter check "$house/profiled"
tells "has file and line" 'profiles/tls-client.yaml:[0-9]+:[0-9]+: error: /profiles/tls-client/extended-key-usage/0: expected purposes by name.*\[profile\]'
sed -i 's/^extended-key-usage: .*/extended-key-usage: [client-auth]/' "$house/profiled/profiles/tls-client.yaml"
is 65 "keys that cannot do what they are for" claviger charter check "$house/profiled"
tells "have, too" 'profiles/tls-client.yaml:[0-9]+:[0-9]+: error: /profiles/tls-client/key-usage: expected what one of its keys.*\[profile\]'
sed -i 's/extended-key-usage: .*/extended-key-usage: [clientAuth]/' "$house/profiled/profiles/device.yaml"
is 65 "a purpose that is none" claviger charter check "$house/profiled"
tells "has file, line and what was expected" 'profiles/device.yaml:[0-9]+:[0-9]+: error: /profiles/device/extended-key-usage/0: expected a purpose.*\[profile\]'
is 65 "nor is it proposed" as_officer officer-1 charter propose "$house/profiled" --no-wait

# --- diff
holds "the same folder changes nothing" as_ci charter diff "$house/charter"
tells "and says so" '^Nothing changes'
copy without
sed -i '/^  officer-4:/d; s/, officer-4\]/]/' "$house/without/roster.yaml"
rm "$house/without/officers/officer-4.pub.pem"
holds "an officer less is a change" as_ci charter diff "$house/without"
tells "that names the officer" 'officer-4'
copy weaker
sed -i '/name: production-image/,/permits/s/count: 2/count: 1/' "$house/weaker/classes/firmware-signing.yaml"
holds "one approval less is a change" as_ci charter diff "$house/weaker"
tells "marked as weaker" '^!.*production-image'
holds "for programs" as_ci charter diff "$house/weaker" --json
like "with a flag" '[.changes[] | select(.weaker)] | length == 1'
is 77 "strangers see no charter" claviger charter diff "$house/charter"

# --- simulate
holds "the past under the same charter" as_ci charter simulate "$house/charter" --json
like "stays as it was" '.decided >= 4 and .same == .decided and .changed == []'
copy stricter
sed -i '/name: development-image/,/limit/s/by: .*/by: [release-leads]/' "$house/stricter/classes/firmware-signing.yaml"
holds "the past under a stricter one" as_ci charter simulate "$house/stricter" --json
like "has one decision less" '.same == .decided - 1 and (.changed | length) == 1'
like "told with was and now" '.changed[0] | .action == "key.sign" and .was == {verdict: "allow", rule: "development-image"} and .now.verdict == "deny"'
holds "for people" as_ci charter simulate "$house/stricter" --days 1
tells "in a table" 'key.sign +allow +development-image +deny'
is 64 "days are a number" as_ci charter simulate "$house/stricter" --days soon

# --- explain
holds "why it would wait" as_ci charter explain --key firmware --product thermostat --artifact-version 1.1 --json
like "by which rule" '.verdict == "wait" and .rule.name == "production-image"'
holds "why it would not" as_ci charter explain --key firmware --product thermostat --artifact-version 1.1 --principal officer-1 --json
like "no rule" '.verdict == "deny"'
holds "in words" as_ci charter explain --key firmware --principal officer-1
tells "with the facts" 'principal'
is 66 "of a key that is none" as_ci charter explain --key nothing
is 65 "of an action that is none" as_ci charter explain --action key.dance --key firmware

# --- a class that keys are of stays
cp -r "$house/charter" "$house/classless"
rm "$house/classless/classes/firmware-signing.yaml"
is 65 "a class with keys cannot be given up" as_officer officer-1 charter propose "$house/classless" --no-wait
tells "and one of them is named" 'key bench is of that class and not destroyed'

# --- propose: the fourth officer leaves
now() { date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }
before=$(now)
is 77 "a tool proposes nothing" as_ci charter propose "$house/without" --no-wait
is 75 "an officer proposes" as_officer officer-1 charter propose "$house/without" --reason 'officer-4 leaves' --no-wait --json
amendment=$(field request)
like "two are needed, and the proposer is none of them" \
    '.approvals.need == 2 and (.approvals.of[0].officers | index("officer-1") | not)'
is 75 "another proposes something else meanwhile" as_officer officer-2 charter propose "$house/weaker" --no-wait --json
late=$(field request)
is 77 "the proposer does not count" as_officer officer-1 approve "$amendment" --yes
holds "one approval" approve "$amendment" officer-2
is 75 "is not enough" as_officer officer-1 request wait "$amendment" --wait PT1S
holds "the charter is still the first" as_ci charter who-can firmware --json
like "by its hash" ".charter == \"$first\""
holds "the fourth officer's own voice still counts" as_officer officer-4 whoami
holds "a second approval" approve "$amendment" officer-3
holds "the amendment is in force" as_officer officer-1 request wait "$amendment" --json
second=$(jq -r .charter <<< "$(as_ci charter who-can firmware --json)")
holds "its history" as_ci charter show --history --json
like "has both" "[.charters[].hash] == [\"$first\", \"$second\"] and \"$first\" != \"$second\""
like "and by which request" ".charters[1].request == \"$amendment\""
is 0 "how long lists may last is shown, though it says nothing" as_ci charter show
tells "for people" '^revocation lists last at most P10D, of roots P190D$'
holds "the first can still be read" as_ci charter show --version "$first" --json
like "with four officers" '.charter.roster.groups["release-officers"] | length == 4'
holds "nothing is left to change" as_ci charter diff "$house/without"
tells "and it says so" '^Nothing changes'

# --- who has left
is 77 "who left is nobody's login" as_officer officer-4 whoami
is 75 "a new request" sign --key firmware --artifact-version 2.0 --no-wait --json "$house/image2"
req=$(field request)
like "names three" '.approvals.of[0].officers == ["officer-1", "officer-2", "officer-3"]'
is 77 "who left approves nothing new" as_officer officer-4 approve "$req" --yes
is 77 "nor what is old" as_officer officer-4 approve "$old" --yes
holds "the old request" as_ci request show "$old" --json
like "lacks what who left had given" '.approvals.of[0] | .have == 0 and .officers == ["officer-1", "officer-2", "officer-3"]'
holds "one who stayed approves it" approve "$old" officer-1
is 75 "which counts alone: who left does not count with it" as_ci request wait "$old" --wait PT1S
holds "two who stayed approve the new one" approve "$req" officer-1 officer-2
holds "which is signed" as_ci request wait "$req" -o "$house/sig2" --evidence "$house/evidence"

# --- approved, and denied by then: an older version behind a newer one
holds "a key with versions" house_key rising production
head -c 10000 /dev/urandom > "$house/image5"
rising() { as_ci sign --key rising --product thermostat "$@"; }
is 75 "version 5.0 is asked for" rising --artifact-version 5.0 --no-wait --json "$house/image"
older=$(field request)
is 75 "and version 5.1" rising --artifact-version 5.1 --no-wait --json "$house/image5"
newer=$(field request)
as_ci request wait "$older" > "$house/waiter.out" 2> "$house/waiter.err" &
waiter=$!
holds "5.1 is approved" approve "$newer" officer-1 officer-2
holds "and signed" as_ci request wait "$newer" -o "$house/sig5"
holds "then 5.0 is approved" approve "$older" officer-1 officer-3
wait "$waiter"
is 77 "who waited for it is refused" bash -c "exit $?"
is 77 "as is who comes later" as_ci request wait "$older"
tells "with the rule's words" 'rule +production-image'
tells "and the explanation" 'artifact.version'
is 77 "for programs" as_ci request wait "$older" --json
like "the same" '.state == "denied" and .explanation.verdict == "deny" and (.reason | contains("production-image"))'
is 65 "it cannot be cancelled: it has ended" as_ci request cancel "$older"
is 65 "nor approved any more" as_officer officer-2 approve "$older" --yes
holds "the ledger has the refusal" as_ci audit export -o "$house/bundle"
holds "with request, requester and rule" jq -es --arg r "$older" 'map(select(.kind? == "request.denied" and .subject == $r)) |
    length == 1 and .[0].actor == "ci" and .[0].data.request == $r and .[0].data.rule.name == "production-image"' "$house/bundle"
is 77 "asked again, it is asked anew, and refused at once" rising --artifact-version 5.0 --no-wait "$house/image"

# --- who can, then and now
holds "who can now" as_ci charter who-can firmware --json
like "has three officers" "[.rules[] | select(.rule == \"production-image\") | .approvals[0].members] == [[\"officer-1\", \"officer-2\", \"officer-3\"]]"
holds "who could before" as_ci charter who-can firmware --as-of "$before" --json
like "had four" ".charter == \"$first\" and ([.rules[] | select(.rule == \"production-image\") | .approvals[0].members | length] == [4])"
holds "for people" as_ci charter who-can firmware --as-of "$before"
tells "with the rule" 'production-image'
founded=$(as_ci charter show --history --json | jq -r '.charters[0].time')
is 65 "before the house there was no law" as_ci charter who-can firmware --as-of 2020-01-01T00:00:00Z
tells "since when there is one" "founded at $founded: .* as at 2020-01-01T00:00:00"
is 1 "of a time, that is all" grep -q 'first moment' <<< "$said"
is 65 "nor on the morning of its first day" as_ci charter who-can firmware --as-of "${founded%T*}"
tells "and what a date means" "founded at $founded: .*${founded%T*} is that day's first moment, UTC"
holds "at its founding there was" as_ci charter who-can firmware --as-of "$founded" --json
like "the first" ".charter == \"$first\""
is 65 "nobody knows the law to come" as_ci charter who-can firmware --as-of 2999-01-01
tells "and says so" 'still to come'
is 66 "who can with no key" as_ci charter who-can nothing

# --- older amendments
holds "what was proposed under the old charter finds its approvals" approve "$late" officer-1 officer-3
is 65 "and is not adopted" as_officer officer-2 request wait "$late" --wait PT1S
tells "and says why" 'does not follow the charter in force'
is 65 "a charter that was in force before is not asked for" as_officer officer-1 charter propose "$house/charter" --no-wait
tells "and says why" 'was in force before'
is 65 "nor the one that is" as_officer officer-1 charter propose "$house/without" --no-wait
tells "and says why" 'is the charter in force already'
holds "the charter is still the second" as_ci charter show --history --json
like "by its hash" "[.charters[].hash] == [\"$first\", \"$second\"]"

# --- all of it verifies
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
house_stop
trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "evidence under the second charter" claviger-audit verify-evidence "$house/evidence" "${trust[@]}" --artifact "$house/image2" --json
like "knows both" '.ok and .charters == 2'
holds "the ledger verifies, and makes the tables again" claviger-audit verify "$house/bundle" "${trust[@]}" \
    --seen "$house/evidence" --replay-db "sqlite:$house/service/claviger.db"

house_result
