#!/bin/bash
# at_once.sh - one Idempotency-Key, asked under by many at the same time: one
# use is made, and counted; whoever asks for something else is refused.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
house_ready
token=$(cat "$house/ci.token")
holds "a key that asks nobody" house_key bench development
holds "a key under quorum" house_key firmware production

# body NUMBER [MORE] - an image's, as JSON.
body() { printf '{"digest":{"algorithm":"sha-256","value":"%064x"}%s}' "$1" "${2:-}"; }
# at_once KEY IDEMPOTENCY-KEY BODY... - all asked at the same moment; in many, "STATUS REQUEST SIGNATURE" of each.
at_once() {
	local key=$1 name=$2 n=0
	shift 2
	rm -f "$house"/many.*
	for b in "$@"; do
		n=$((n + 1))
		[ "$n" = 1 ] || echo next
		printf '%s\n' "url = \"$url/v1/keys/$key/sign\"" "cacert = \"$CLAVIGER_CA_FILE\"" "silent" "max-time = 60" \
		    "header = \"Authorization: Bearer $token\"" "header = \"Content-Type: application/json\"" \
		    "header = \"Idempotency-Key: $name\"" "data = \"${b//\"/\\\"}\"" "output = \"$house/many.$n\"" \
		    "dump-header = \"$house/many.$n.head\""
	done > "$house/curl.many"
	curl --parallel --parallel-immediate --parallel-max 50 --config "$house/curl.many" || return
	for n in $(seq $#); do
		tr -d '\r' < "$house/many.$n.head" | awk 'NR == 1 { s = $2 } tolower($1) == "retry-after:" { r = $2 } END { printf "%s %s ", s, r == "" ? "-" : r }'
		jq -r '"\(.request // "-") \(.signature // .code)"' "$house/many.$n"
	done > "$house/many"
	cat "$house/many"
}
# journaled NUMBER - how many signatures of it the keeper made.  A file may end in zeros.
journaled() { cat "$house"/keeper/journal/* | grep -aF '"op":"sign"' | grep -acF "$(printf %064x "$1")"; }
# all of these statuses, and answers alike where it was done
only() { ! grep -vE "^($1) " "$house/many"; }
done_as_one() { [ "$(awk '$1 == 200 { print $3, $4 }' "$house/many" | sort -u | wc -l)" = 1 ]; }
busy_says_when() { ! awk '$1 == 503 && ($2 != 1 || $4 != "busy")' "$house/many" | grep .; }
same() { for _ in $(seq 16); do body "$1" "${2:-}"; echo; done; }

for i in 1 2 3 4 5 6; do
	mapfile -t bodies < <(same $((100 + i)))
	is 0 "sixteen ask for the same ($i)" at_once bench "S$i" "${bodies[@]}"
	holds "it is done or under way" only '200|503'
	holds "as one request, with one signature" done_as_one
	holds "who comes meanwhile is told when to ask again" busy_says_when
	is 0 "the keeper" journaled $((100 + i))
	holds "used the key once" [ "$out" = 1 ]
	is 0 "asked once more" at_once bench "S$i" "${bodies[0]}"
	holds "it is answered, and its key let go" only 200
done

for i in 1 2 3; do
	mapfile -t bodies < <(for j in $(seq 8); do body $((1000 + 100 * i + j)); echo; done)
	is 0 "eight ask for other things under one key ($i)" at_once bench "D$i" "${bodies[@]}"
	holds "the others are refused" only '200|409'
	holds "but one" [ "$(grep -c '^200 ' "$house/many")" = 1 ]
	is 0 "afterwards" at_once bench "D$i" "${bodies[@]}"
	holds "it is the same" [ "$(cut -d' ' -f1 "$house/many" | sort | uniq -c | xargs)" = "1 200 7 409" ]
done

# ---- where officers are asked
mapfile -t bodies < <(same 2000 ',"product":"thermostat","version":"1.0"')
is 0 "sixteen ask for what needs approvals" at_once firmware Q1 "${bodies[@]}"
holds "it waits, or is under way" only '202|503'
holds "in one request" [ "$(awk '$1 == 202 { print $3 }' "$house/many" | sort -u | wc -l)" = 1 ]
is 0 "the requests that wait" as_officer officer-1 request list --action key.sign --json
like "are one" '.requests | map(select(.state == "waiting")) | length == 1'

# ---- under a window
is 0 "a window" asked officer-1 window open --key bench --by ci --uses 50 --any-digest --until "$(date -u -d '+2 hours' +%Y-%m-%dT%H:%M:%SZ)"
window=$(field id)
named() { body "$1" ",\"window\":\"$window\"${2:-}"; } # NUMBER [MORE]
mapfile -t bodies < <(for j in $(seq 8); do named $((3000 + j)); echo; done)
is 0 "eight ask for other things under one key" at_once bench W1 "${bodies[@]}"
holds "and one has it" [ "$(cut -d' ' -f1 "$house/many" | sort | uniq -c | xargs)" = "1 200 7 409" ]
mapfile -t bodies < <(same 3100 ",\"window\":\"$window\"")
is 0 "sixteen ask for the same" at_once bench W2 "${bodies[@]}"
holds "it is done or under way" only '200|503'
holds "with one signature" done_as_one
is 0 "the keeper" journaled 3100
holds "used the key once" [ "$out" = 1 ]

# ---- and what is said of the image there is what is asked, as well
release() { named "$1" ",\"product\":\"$2\",\"track\":\"$3\",\"version\":\"$4\""; } # NUMBER PRODUCT TRACK VERSION
is 0 "a version" at_once bench W3 "$(release 3200 thermostat stable 1.0)"
holds "is signed" only 200
first=$(cut -d' ' -f4 "$house/many")
is 0 "the same again" at_once bench W3 "$(release 3200 thermostat stable 1.0)"
holds "is answered" [ "$(cut -d' ' -f1,4 "$house/many")" = "200 $first" ]
for other in "thermostat stable 2.0" "thermostat beta 1.0" "lock stable 1.0"; do
	# shellcheck disable=SC2086
	is 0 "as $other" at_once bench W3 "$(release 3200 $other)"
	holds "it is something else" only 409
done
is 0 "or without a version" at_once bench W3 "$(named 3200)"
holds "as well" only 409

# ---- what is refused, or fails, lets its key go
is 0 "a request that is refused" at_once bench R1 "$(body 4000 ',"window":"req_00000000000000000000000000"')"
is 0 "leaves its key free" at_once bench R1 "$(body 4001)"
holds "for the next" only 200
mapfile -t bodies < <(same 4100)
keeper_stop
is 0 "sixteen ask while the keeper is away" at_once bench K1 "${bodies[@]}"
holds "it fails" only 503
keeper_start
ready_wait '"ready"'
is 0 "with it back" at_once bench K1 "${bodies[0]}"
holds "it is done" only 200
is 0 "the keeper" journaled 4100
holds "used the key once" [ "$out" = 1 ]
house_result
