#!/bin/bash
# two_uids.sh - keeper and service under a user each: what the service's user
# cannot reach, who cannot reach the keeper, and that the house works so.
#
# Needs root to become other users; the users are ones that every system has,
# and the group that they share has a number and no name.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "$(dirname "$0")/../lib/house.sh"

[ "$(id -u)" -eq 0 ] || { echo "two users take root to become them: skipped"; exit 77; }
for user in daemon nobody games; do
	id "$user" > /dev/null 2>&1 || { echo "there is no user $user: skipped"; exit 77; }
done
shared=64123
# become USER GROUPS - words that run a command as that user.
keeper_as=(setpriv --reuid daemon --regid "$shared" --clear-groups)
service_as=(setpriv --reuid nobody --regid "$(id -g nobody)" --groups "$shared")
stranger=(setpriv --reuid games --regid "$(id -g games)" --clear-groups)
insider=(setpriv --reuid games --regid "$(id -g games)" --groups "$shared")
keeper_options=(--service-uid nobody)

trap house_end EXIT
house_new

# What each user owns; the folder between is open to pass through.
chmod 711 "$house"
mkdir -m 755 "$house/bin" "$house/run"
install -m 755 "$CLAVIGER_BUILD/claviger-keeper" "$CLAVIGER_BUILD/clavigerd" "$house/bin"
PATH=$house/bin:$PATH
"${service_as[@]}" test -x "$house/bin/clavigerd" ||
    { echo "other users cannot reach $house: skipped"; exit 77; }
chown -R "daemon:$shared" "$house/keeper" "$house/tokens" "$house/run" "$house/pin" "$SOFTHSM2_CONF"
chmod 600 "$SOFTHSM2_CONF"
chown -R nobody "$house/service" "$house/server.key"
house_socket=$house/run/keeper.sock

house_up || exit 1
house_found officer-1 officer-2
holds "the ceremony" [ -n "${CLAVIGER_FINGERPRINT:-}" ]
holds "a key under quorum" house_key firmware production

# --- they are separated, and the status says so
holds "the status for programs" as_ci status --json
like "separated, without a warning" '.keeper.separated and .state == "ready" and (has("warning") | not)'
holds "the status for people" as_ci status
tells "people read it too" '^separated +true'
! grep -q "own uid" <<< "$out" || { echo "not ok - a warning: $out"; failed=1; }
holds "the graphs show it" curl -sS --cacert "$house/anchor.pem" \
    -H "Authorization: Bearer $(cat "$house/ci.token")" "$CLAVIGER_URL/metrics"
tells "as a gauge" '^claviger_keeper_separated 1$'
uid_of() { awk '/^Uid:/{print $2}' "/proc/$1/status"; }
holds "the keeper is its user" [ "$(uid_of "$keeper_pid")" = "$(id -u daemon)" ]
holds "the service is its own" [ "$(uid_of "$service_pid")" = "$(id -u nobody)" ]
holds "the socket is for its group alone" [ "$(stat -c '%U %g %a' "$house_socket")" = "daemon $shared 660" ]

# --- what the service's user cannot do
# closed WORDS FILE - the keeper reads it; the service's user does not.
closed() {
	holds "the keeper's user can read $1" "${keeper_as[@]}" head -c 1 "$2"
	is 1 "the service's cannot read $1" "${service_as[@]}" head -c 1 "$2"
	is 1 "nor write it" "${service_as[@]}" dd if=/dev/null "of=$2" conv=notrunc status=none
}
first() { find "$1" -type f | sort | head -n 1; }
closed "the PIN" "$house/pin"
closed "the token's configuration" "$SOFTHSM2_CONF"
closed "a token's object" "$(first "$house/tokens")"
closed "the journal" "$(first "$house/keeper/journal")"
closed "a charter of the keeper's" "$(first "$house/keeper/charters")"
for folder in tokens keeper keeper/journal; do
	is 2 "nor list $folder" "${service_as[@]}" ls "$house/$folder"
done
is 1 "nor put another socket there" "${service_as[@]}" mv "$house_socket" "$house/run/other.sock"
is 1 "nor end the keeper" "${service_as[@]}" bash -c "kill -TERM $keeper_pid"
is 1 "nor look into its memory" "${service_as[@]}" head -c 1 "/proc/$keeper_pid/mem"
is 1 "nor at its environment" "${service_as[@]}" head -c 1 "/proc/$keeper_pid/environ"
is 74 "nor be a keeper on this token" "${service_as[@]}" env SOFTHSM2_CONF="$SOFTHSM2_CONF" \
    claviger-keeper --state "$house/service/keeper" --socket "$house/service/keeper.sock" \
    --module "$(softhsm_module)" --token-label claviger --pin-file "$house/pin"
tells "for want of the PIN" "$house/pin: Permission denied"
is 1 "and the keeper's user cannot read the service's key" "${keeper_as[@]}" head -c 1 "$house/server.key"
is 2 "nor its folder" "${keeper_as[@]}" ls "$house/service"

# --- who cannot talk to the keeper
knock() { "$@" curl -s -m 5 -o /dev/null --unix-socket "$house_socket" http://keeper/; }
is 7 "a third user does not get to the socket" knock "${stranger[@]}"
turned_away() { grep -c "uid $1 was turned away" "$house/keeper.log"; }
knock "${insider[@]}"
holds "one of the socket's group is turned away by its uid" until_true 5 turned_away "$(id -u games)"
knock env
holds "and so is root" until_true 5 turned_away 0
is 1 "the service's own user is not" turned_away "$(id -u nobody)"
"${insider[@]}" "$house/bin/clavigerd" --set house.folder="$house/none" \
    --set keeper.socket="$house_socket" > /dev/null 2>&1
holds "the house does not notice" as_ci status --json
like "still ready" '.state == "ready"'

# --- and the house works
head -c 100000 /dev/urandom > "$house/image"
sign() { as_ci sign --key firmware --product thermostat "$@"; }
is 75 "a signature is asked for" sign --artifact-version 1.0 --no-wait --json "$house/image"
req=$(field request)
holds "one of three approves" approve "$req" officer-1
is 75 "which is not enough" as_ci request wait "$req" --wait PT1S
holds "two of three approve" approve "$req" officer-3
holds "the signature is there" as_ci request wait "$req" -o "$house/sig" --evidence "$house/evidence"
holds "the key is shown" as_ci key show firmware --json
field public_key > "$house/firmware.pem"
holds "openssl accepts it" openssl dgst -sha256 -verify "$house/firmware.pem" -signature "$house/sig" "$house/image"
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
end "$keeper_pid" KILL
keeper_up
holds "a keeper that was killed comes back under its user" until_true 20 as_ci key show firmware
house_stop
trust=(--trust "$CLAVIGER_FINGERPRINT")
holds "the evidence verifies alone" claviger-audit verify-evidence "$house/evidence" "${trust[@]}" --artifact "$house/image"
holds "the ledger verifies" claviger-audit verify "$house/bundle" "${trust[@]}" --seen "$house/evidence"
is 77 "started by root, the keeper refuses the other user's folder" timeout 10 claviger-keeper \
    --state "$house/keeper" --socket "$house_socket" --module "$(softhsm_module)" \
    --token-label claviger --pin-file "$house/pin"
tells "and says why" 'must belong to the keeper'

house_result
