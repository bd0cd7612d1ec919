#!/bin/bash
# restore.sh - a house backed up, lost and put back; and the officers' word
# where what is put back is older than what the token remembers.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "$(dirname "$0")/../lib/house.sh"

sign() {
	local req
	printf 'image %s' "$1" > "$house/image"
	req=$(as_ci sign --key firmware --product thermostat --artifact-version "$1" --no-wait --json --quiet "$house/image" | jq -r .request)
	approve "$req" officer-1 officer-2 2> /dev/null > /dev/null &&
	    as_ci request wait "$req" -o "$house/sig" --quiet
}

# With engine=postgresql the tables lie in a server of the test's own.
database_up() {
	url=sqlite:$house/service/claviger.db
	[ "${engine:-sqlite}" = postgresql ] || return 0
	pg_up || exit 77
	url=postgresql:$conninfo
}
trap house_end EXIT
house_new
database_up
house_up "$url" || exit 1
house_found officer-1
house_key firmware production 2> /dev/null > /dev/null
is 0 "a signature before the backup" sign 1.0
here=(--house "$house/service" --keeper "$house/keeper" --store "$url")
is 75 "a running house is not backed up" claviger backup -o "$house/backup" "${here[@]}"
until_true 20 as_ci ledger checkpoint -o "$house/seen"
house_stop
echo old > "$house/service/as-of.db-wal"
# As a kill leaves it between the beginning of a segment and its first line.
next=$(tail -qn 1 "$house"/keeper/journal/*.jsonl | jq -s 'map(.n) | max + 1')
head -c 4096 /dev/zero > "$house/keeper/journal/$(printf '%016d' "$next").jsonl"
is 0 "a stopped one is" claviger backup -o "$house/backup" "${here[@]}" --token-folder "$house/tokens"
is 0 "without a replay that was left" jq -e '[.. | strings, (objects | keys[])] | any(test("as-of")) | not' "$house/backup/manifest.json"
rm "$house/service/as-of.db-wal"
nothing_left() { ! compgen -G "$house/backup2*"; }
is 74 "one that fails" claviger backup -o "$house/backup2" "${here[@]:0:4}" --store "sqlite:$house/nowhere.db" --token-folder "$house/tokens"
is 0 "leaves nothing of the token" nothing_left
truncate -s 16G "$house/keeper/large"
for signal in HUP INT TERM; do
	env --default-signal="$signal" claviger backup -o "$house/backup2" "${here[@]}" &
	interrupted=$!
	until_true 20 compgen -G "$house/backup2*" > /dev/null
	kill -s "$signal" "$interrupted"
	wait "$interrupted"
	ended=$?
	is 0 "one that is interrupted ($signal) ends by that" [ "$(kill -l "$ended")" = "$signal" ]
	is 0 "and leaves nothing" nothing_left
done
rm "$house/keeper/large"
mkdir "$house/backup2"
is 65 "what is there already stays" claviger backup -o "$house/backup2" "${here[@]}"
is 0 "as it is" rmdir "$house/backup2"
is 0 "and a retry is whole" claviger backup -o "$house/backup2/" "${here[@]}"
is 0 "with the database it has" [ "$(jq -r .engine "$house/backup/manifest.json")" = "${engine:-sqlite}" ]
is 65 "and never over another backup" claviger backup -o "$house/backup" "${here[@]}"

# --- what one engine wrote goes back to it
case $url in sqlite:*) other=postgresql:dbname=nowhere ;; *) other=sqlite:$house/other.db ;; esac
is 64 "a backup of one engine is none of the other" claviger restore "$house/backup" --house "$house/service6" \
    --keeper "$house/keeper6" --store "$other"
tells "which is said" "a backup of a house on ${engine:-sqlite}"
is 0 "before anything is placed" test ! -e "$house/keeper6" -a ! -e "$house/service6" -a ! -e "$house/other.db"

# --- a path on the command line is relative to where one is, the default to the house
if [ "${engine:-sqlite}" = sqlite ]; then
	cd "$house/officers" || exit 1
	is 0 "a relative path is one from here" claviger backup -o ../backup3 --house ../service --keeper ../keeper --store sqlite:../service/claviger.db
	is 0 "the database is in the backup once" jq -e '.house | keys | any(test("claviger.db")) | not' "$house/backup3/manifest.json"
	is 0 "the default is the house's" claviger backup -o ../backup4 --house ../service --keeper ../keeper
	is 0 "which is the same" cmp "$house/backup3/database" "$house/backup4/database"
	is 66 "a database has to have a folder" claviger restore ../backup3 --house ../service3 --keeper ../keeper3 --store sqlite:nowhere/claviger.db
	is 0 "before anything is placed" test ! -e "$house/keeper3"
	is 0 "it is put where the path says, from here" claviger restore ../backup3 --house ../service3 --keeper ../keeper3 --store sqlite:../third.db
	is 0 "and only there" test -s "$house/third.db" -a ! -e "$house/service3/claviger.db"
	is 0 "or into the house that comes with it" claviger restore ../backup3 --house ../service4 --keeper ../keeper4 --store sqlite:../service4/claviger.db
	is 0 "which is where the default is" claviger restore ../backup3 --house ../service5 --keeper ../keeper5
	is 0 "all the same" test -s "$house/service4/claviger.db" -a -s "$house/service5/claviger.db"
	cd "$OLDPWD" || exit 1
fi

# --- the newest state, on the same token
rm -rf "$house/keeper" "$house/service"
is 0 "a lost house is put back" claviger restore "$house/backup" "${here[@]}"
house_up "$url" || exit 1
is 0 "and signs as before" sign 1.1
house_stop

# --- a backup that was tampered with
cp -r "$house/backup" "$house/forged"
printf x >> "$house/forged/database"
is 76 "a changed backup is refused" claviger restore "$house/forged" "${here[@]}"
for more in house/added keeper/added keeper/charters/added token/added; do
	rm -rf "$house/forged" && cp -r "$house/backup" "$house/forged" && mkdir -p "$house/forged/token"
	: > "$house/forged/$more"
	is 76 "one with a file more ($more) too" claviger restore "$house/forged" "${here[@]}"
	tells "by name" "$more was not backed up"
done
for less in database keeper/ledger.json; do
	rm -rf "$house/forged" && cp -r "$house/backup" "$house/forged" && rm "$house/forged/$less"
	is 76 "one with a file less ($less) too" claviger restore "$house/forged" "${here[@]}"
	tells "by name" "$less was backed up, and is missing"
done
again() { claviger restore "$house/backup" "${here[@]}" && claviger restore "$house/backup" "${here[@]}"; }
cp -a "$house" "$house.kept"
(rm -rf "$house/keeper" "$house/service"; mkdir "$house/service"; again) > "$house.twice" 2>&1 || { echo "not ok - twice in a second: $(cat "$house.twice")"; failed=1; }
rm -rf "$house" "$house.twice" && mv "$house.kept" "$house"

# --- older state than the token remembers
is 65 "older state is refused" claviger restore "$house/backup" "${here[@]}"
is 77 "nobody else proposes it" claviger restore "$house/backup" "${here[@]}" --propose "$house/assent" \
    --reason 'the disk broke' --officer-key "$house/server.key"
is 0 "an officer proposes it" claviger restore "$house/backup" "${here[@]}" --propose "$house/assent" \
    --reason 'the disk broke' --officer-key "$house/officers/officer-1.pem"
is 0 "the files may be placed then" claviger restore "$house/backup" "${here[@]}" --approvals "$house/assent"
keeper_up
carry() { claviger restore --approvals "$house/assent" --keeper-socket "$house/keeper.sock"; }
is 75 "but the keeper wants the others" carry
is 77 "who asked does not count" claviger restore --approve "$house/assent" --yes --officer-key "$house/officers/officer-1.pem"
is 77 "nor does who is no officer of the rule" claviger restore --approve "$house/assent" --yes --officer-key "$house/officers/release-lead.pem"
is 0 "one approves" claviger restore --approve "$house/assent" --yes --officer-key "$house/officers/officer-2.pem"
is 75 "that is one of two" carry
is 0 "another approves" claviger restore --approve "$house/assent" --yes --officer-key "$house/officers/officer-3.pem"
is 0 "the keeper goes on" carry
service_up "$url" > /dev/null
is 0 "and so does the house" until_true 10 as_ci key show firmware
is 0 "which signs again" sign 2.0
is 0 "the hole is recorded" as_ci ledger events --kind house.restored --json
[ "$(jq '.events | length' <<< "$out")" = 1 ] || { echo "not ok - no event: $out"; failed=1; }
as_ci audit export -o "$house/bundle" --quiet > /dev/null
is 0 "and the ledger verifies, with what was seen before" claviger-audit verify "$house/bundle" \
    --trust "$CLAVIGER_FINGERPRINT" --seen "$house/seen"
holds "but says what the restore left out" grep -q "a hole, for which entry .* approved by officer-2, officer-3" <<< "$out"

# --- the same where the newer folder is lost: the halted keeper says what its token knows
house_stop
rm -rf "$house/keeper" "$house/service"
is 0 "files alone are placed freely" claviger restore "$house/backup" "${here[@]}"
keeper_up
is 0 "the halted keeper says what to approve" claviger restore --propose "$house/assent2" --keeper "$house/keeper" \
    --keeper-socket "$house/keeper.sock" --reason 'all lost' --officer-key "$house/officers/officer-1.pem"
claviger restore --approve "$house/assent2" --yes --quiet --officer-key "$house/officers/officer-2.pem" 2> /dev/null
claviger restore --approve "$house/assent2" --yes --quiet --officer-key "$house/officers/officer-3.pem" 2> /dev/null
is 0 "and takes the officers' word" claviger restore --approvals "$house/assent2" --keeper-socket "$house/keeper.sock"
service_up "$url" > /dev/null
is 0 "the house goes on" until_true 10 as_ci key show firmware
is 0 "and signs" sign 3.0

# --- the token's folder is put back with the rest: it has forgotten, and what it
# was put in place of is told instead
officer_asks() {
	claviger restore "$@" --reason 'token lost too' --officer-key "$house/officers/officer-1.pem"
}
agrees() { claviger restore --approve "$2" --yes --quiet --officer-key "$house/officers/$1.pem"; }
whole() { claviger restore "$house/backup" "${here[@]}" --token-folder "$house/tokens" "$@"; }
carry3() { claviger restore --approvals "$house/assent3" --keeper-socket "$house/keeper.sock"; }
holds "a key is suspended after the backup" as_officer officer-1 key suspend firmware --reason 'perhaps stolen'
house_stop
is 65 "an older token is refused like the rest" whole
is 0 "an officer asks" officer_asks "$house/backup" "${here[@]}" --propose "$house/assent3"
is 75 "alone that replaces no token" whole --approvals "$house/assent3"
agrees officer-2 "$house/assent3"
is 75 "nor does one of two" whole --approvals "$house/assent3"
jq -c '.permit.approvals |= . + [.[-1]]' "$house/assent3" > "$house/twice"
is 65 "nor one who is counted twice" whole --approvals "$house/twice"
jq -c '.permit.approvals[0].proof.signature |= (.[0:20] + "AAAA" + .[24:])' "$house/assent3" > "$house/forgery"
is 77 "nor a forged signature" whole --approvals "$house/forgery"
is 65 "nor approvals over another state" whole --approvals "$house/assent2"
is 0 "and nothing was touched" test ! -e "$house/keeper/remembered.json"
agrees officer-3 "$house/assent3"
is 0 "two approvals do" whole --approvals "$house/assent3"
is 65 "once: the next time is older still" whole
keeper_up
is 0 "the keeper has halted, although its token knows nothing" claviger restore --propose "$house/assent4" \
    --keeper "$house/keeper" --keeper-socket "$house/keeper.sock" --reason 'still' --officer-key "$house/officers/officer-1.pem"
is 0 "and takes the officers' word" carry3
is 0 "what it was told is in its journal" test ! -e "$house/keeper/remembered.json"
service_up "$url" > /dev/null
is 0 "the house goes on" until_true 10 as_ci key show firmware --json
is 0 "its key is again what it was at the backup" as_ci key show firmware --json
like "active" '.state == "active"'
is 0 "the hole is recorded" as_ci ledger events --kind house.restored --json
like "once in this ledger, from the backup's end" '.events | length == 1'
is 0 "how the house stands" as_ci status --json
like "it was restored, by the keeper's word" '.backup | .by == "restore" and .principal == null and .provenance == null and .shown > .founded and (.overdue | not)'
keeper_stop
keeper_up
is 0 "and a keeper that starts again is ready" sign 4.0
house_stop

# --- the keeper's folder is gone: nothing here says how far the token is
rm -rf "$house/keeper" "$house/service"
is 65 "a token that may remember more stays" whole
rm -rf "$house/tokens"
is 0 "where there is none, it is put back" whole
rm -rf "$house/keeper" "$house/service"
is 0 "and the same one may be put in its own place" whole

# --- somebody else's house, however long its journal
mv "$house/keeper" "$house/keeper.ours"
mkdir -p "$house/keeper/journal"
sed '1s/"house":"[^"]*"/"house":"house_other"/g' "$house/keeper.ours/journal/0000000000000001.jsonl" |
    head -n 1 > "$house/keeper/journal/0000000000000001.jsonl"
is 77 "a longer backup of another house is refused" claviger restore "$house/backup" "${here[@]}"
tells "and names both" 'of house .* of house_other'
rm -rf "$house/keeper"
is 0 "and put where none is" claviger restore "$house/backup" "${here[@]}"

house_result
