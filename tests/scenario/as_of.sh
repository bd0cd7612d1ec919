#!/bin/bash
# as_of.sh - what the inventory said once, it says again of that time: by replay
# of the ledger, whatever has happened since.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
printf 'thermostat: { support-until: "%s" }\n' "$(date -u -d '+16 years' +%Y-%m-%d)" > "$house/charter/products.yaml"
before=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
house_ready
token=$(cat "$house/ci.token")

# The views that there are, and how each is asked for.
views="key-radio product-thermostat product-lantern product-camera key-firmware key-devices-key device-T-1 gaps solvency"
view() { # NAME [ARG...]
	local name=$1
	shift
	case $name in
	product-*|key-*|device-*) as_ci inventory "${name%%-*}" "${name#*-}" --json "$@" ;;
	*) as_ci inventory "$name" --json "$@" ;;
	esac
}
# moment WORDS - keep what each view says now, or that it says nothing.
moments=()
moment() {
	local at=$house/at/${#moments[@]} v
	mkdir -p "$at"
	for v in $views; do
		view "$v" > "$at/$v" 2> "$at/$v.said"
		echo $? > "$at/$v.rc"
	done
	moments+=("$1")
	date -u +%Y-%m-%dT%H:%M:%S.%6NZ > "$at/time"
}
# the_same AT VIEW - what it said then and what it says of then is one; of views
# that tell their time, of that very microsecond.
the_same() {
	local at=$1 v=$2 then rc
	then=$(jq -r '.time // empty' "$at/$v" 2> /dev/null)
	[ -n "$then" ] || then=$(cat "$at/time")
	view "$v" --as-of "$then" > "$house/again" 2> "$house/again.said"
	rc=$?
	[ "$rc" = "$(cat "$at/$v.rc")" ] || { cat "$house/again.said"; return 1; }
	[ "$rc" -eq 0 ] || return 0
	jq -e --arg of "$then" '.as_of == $of and .ledger.size > 0 and (.ledger.root | length) == 64' "$house/again" > "$house/origin" ||
	    { jq '{as_of, ledger}' "$house/again"; return 1; }
	diff <(jq -S . "$at/$v") <(jq -S 'del(.as_of, .ledger)' "$house/again")
}

# ---- a house lives
moment "nothing is in it"
key() { asked officer-1 key generate --name "$@" > /dev/null; }
holds "a key is made" key firmware --class firmware-signing --product thermostat --environment development
moment "a key that waits"
holds "it is put to use" as_officer officer-1 key activate firmware
for n in 1 2; do
	head -c 1000 /dev/urandom > "$house/image-$n"
	holds "it signs" as_ci sign --key firmware --product thermostat --artifact-version "1.$n" "$house/image-$n" -o "$house/sig"
done
is 0 "a window" asked officer-1 window open --key firmware --by ci --uses 5 --any-digest \
    --until "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
window=$(field id)
moment "a key in use, with a window"
key_asked() {
	asked officer-1 key generate --class "$2" --name "$1" --product lantern > /dev/null && as_officer officer-1 key activate "$1" > /dev/null
}
holds "authorities" pki_make
holds "a device" device devices T-1
first=$(serial T-1)
is 0 "which is of the line of its authority" as_ci inventory device T-1 --json
like "by issuance" '.product == "lantern" and .product_by == "issuance"'
moment "a device with a certificate"
holds "it is revoked" as_ci cert revoke "$first" --reason superseded --yes
moment "which is revoked"
holds "the device gets another" device devices T-1
sed 's/^owner: .*/owner: release-officers/' "$house/charter/classes/firmware-signing.yaml" > "$house/owner"
cp -r "$house/charter" "$house/amended"
cp "$house/owner" "$house/amended/classes/firmware-signing.yaml"
printf 'camera: { support-until: "2036-12-31" }\n' >> "$house/amended/products.yaml"
moment "the device has another"
holds "others answer for the key" asked officer-1 charter propose "$house/amended" --reason "they do now"
holds "and a key is for another line" key eye --class firmware-signing --product camera
holds "and a spare one for the first" key spare --class firmware-signing --product thermostat
moment "others answer for it"
holds "the window is closed" as_officer officer-1 window close "$window" --reason "it is over"
is 75 "the key is compromised" as_officer officer-1 key compromise firmware --since "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --no-wait --json
holds "which a second person agrees to" approve "$(field request)" officer-2
is 0 "it is" as_ci key show firmware --json
like "compromised" '.state == "compromised"'
moment "the key is compromised"
mkdir "$house/lie"
make_key "$house/lie/radio.key"
openssl pkey -in "$house/lie/radio.key" -pubout -out "$house/radio.pub" 2> /dev/null
holds "a vendor's key" as_officer officer-1 key register --name radio --class firmware-signing --at "vendor HSM" --public "$house/radio.pub"
echo '{"serial":"R-1","keys":["radio","firmware"]}' > "$house/made.ndjson"
holds "is in a device" as_officer officer-1 device import "$house/made.ndjson"
holds "and lies about" as_officer officer-1 discover files "$house/lie" --host b-1
moment "a key that has gone out"
rm "$house/lie/radio.key"
holds "its copy is removed" as_officer officer-1 discover files "$house/lie" --host b-1
moment "which is gone"

# ---- each view of each time
for n in "${!moments[@]}"; do
	for v in $views; do
		holds "${moments[n]}: $v" the_same "$house/at/$n" "$v"
	done
done
time=$(jq -r .time "$house/at/2/key-firmware")
is 0 "the key, as of its second moment" view key-firmware --as-of "$time"
like "in use, under its old owner, with its window" '.key.state == "active" and .key.owner == "release-leads" and
    (.windows | length) == 1 and .uses.total == 2'
is 0 "for people" as_ci inventory key firmware --as-of "$time"
shows "of when, and from what" "^as of $time, by the first [0-9]+ events of the ledger$"
is 0 "as a table" as_ci inventory product thermostat --as-of "$time" --format csv
shows "what there was then" '^key,firmware,.*,release-leads,'
is 1 "and nothing of later" grep -q devices <<< "$out"
is 0 "as a bill of materials" as_ci inventory product thermostat --as-of "$time" --format cyclonedx
like "of then" '.metadata.timestamp == "'"$time"'"'

# ---- pages are of one replay
last=$(jq -r .time "$house/at/6/product-thermostat")
sleep 3
http GET "/v1/inventory/products/thermostat?limit=1&as_of=$last" "$token" '' -H 'Prefer: wait=30'
like "a page" '(.keys | length) == 1 and .counts.keys.total == 2 and .next == "firmware"'
size=$(field ledger.size) root=$(field ledger.root)
stamp=$(stat -c %i "$house/service/as-of.db")
http GET "/v1/inventory/products/thermostat?limit=2&cursor=firmware&as_of=$last" "$token"
like "the next, at once" "([.keys[].name] == [\"spare\"]) and .counts.keys.total == 2 and .ledger == {size: $size, root: \"$root\"}"
is 0 "from the same replay" test "$(stat -c %i "$house/service/as-of.db")" = "$stamp"

# ---- what bad input gets
is 0 "before the house" api 422 out-of-range GET "/v1/inventory/products/thermostat?as_of=$before"
http GET "/v1/inventory/products/thermostat?as_of=$before" "$token"
like "is told" '.detail | test("founded at 20.*nothing before")'
is 0 "what is to come" api 422 out-of-range GET '/v1/inventory/keys/firmware?as_of=2999-01-01T00:00:00Z'
http GET '/v1/inventory/keys/firmware?as_of=2999-01-01T00:00:00Z' "$token"
like "is told" '.detail == "/as_of: that is still to come"'
is 0 "what is no time" api 400 malformed GET '/v1/inventory/gaps?as_of=yesterday-afternoon-so'
is 0 "an odd one" api 422 out-of-range GET '/v1/inventory/gaps?as_of=then'
is 65 "nothing of it is the command's to guess" as_ci inventory product thermostat --as-of 2020-01-01
tells "but what a date means" "2020-01-01 is that day's first moment, UTC"
is 64 "no date" as_ci inventory product thermostat --as-of yesterday
is 66 "a key that was not there yet" view key-firmware --as-of "$(cat "$house/at/0/time")"
is 77 "strangers learn nothing" claviger inventory key firmware --as-of "$time"

# ---- two at a time
ask() { # FILE TIME
	curl -s -m 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $token" -o "$house/$1" -D "$house/$1.head" \
	    "$url/v1/inventory/keys/firmware?as_of=$2"
}
both() {
	local one two
	ask one "$1" & one=$!
	ask two "$2" & two=$!
	wait "$one" && wait "$two"
}
sleep 3
holds "two ask for one time" both "$time" "$time"
is 0 "and get it, from one replay" bash -c "jq -se '(.[0] == .[1]) and .[0].as_of' '$house/one' '$house/two'"
sleep 3
holds "two ask for two times" both "$(jq -r .time "$house/at/1/key-firmware")" "$last"
# shellcheck disable=SC2016 # the name is jq's
is 0 "each gets its own, or is told to come again" bash -c "jq -se 'all(.[]; .as_of != null or .code == \"busy\") and any(.[]; .as_of != null)' \
    '$house/one' '$house/two'"
is 0 "and when" bash -c "for f in one two; do ! grep -q '\"busy\"' '$house/'\$f || grep -qi '^retry-after: [1-9]' '$house/'\$f.head; done"
# The command tries again for a while; on a busy machine that may not do.
holds "by the command both do" bash -c ": ; CLAVIGER_TOKEN_FILE='$house/ci.token'; export CLAVIGER_TOKEN_FILE
    view() {
        for _ in 1 2 3 4 5 6; do
            claviger inventory key firmware --as-of \"\$1\" --json > \"\$2\" && return
            [ \$? = 75 ] || return 1
        done
        return 1
    }
    view '$time' '$house/one' & one=\$!
    view '$last' '$house/two' && wait \$one"
is 0 "of their time" test "$(jq -r .as_of "$house/one" "$house/two" | tr '\n' ' ')" = "$time $last "

# ---- nothing is left behind
left() { find "$house/service" -name 'as-of*' | grep -q .; }
"$CLAVIGER_BUILD/tests/lib/csrs" ndjson "${ROWS:-4000}" B > "$house/rows"
holds "a long ledger" as_ci batch submit "$house/rows" --ca devices --profile device -o "$house/results" --quiet
long=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
# begun COMMAND - while it asks, the replay is under way; then the service gets the signal.
begun() {
	local asks
	is 1 "before it begins there is none of it" left
	ask cut "$long" & asks=$!
	until_true 20 left || return
	service_stop "$1"
	wait "$asks"
	return 0
}
service_stop
service_up ${store:+"$store"} || die "the service did not come back"
begun TERM || die "no replay"
is 1 "a service that is stopped meanwhile takes it away" left
is 0 "and who waited is told" jq -e '.code == "busy" and .replaying' "$house/cut"
service_up ${store:+"$store"} || die "the service did not come back"
begun KILL || die "no replay"
is 0 "one that is killed leaves it" left
service_up ${store:+"$store"} || die "the service did not come back"
is 1 "until it starts again" left
is 0 "and then it is made whole" view key-devices-key --as-of "$long"
like "with all of it" ".key.authorities[0].issued.total == $((${ROWS:-4000} + 2))"
is 0 "it is kept for a while" left
service_stop
is 1 "a service that is stopped takes it away" left
house_result
