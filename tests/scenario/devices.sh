#!/bin/bash
# devices.sh - what was signed, the devices that run it, and until when their
# product line can be kept up.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
# Who speaks of one product line only.
sed -i '$s/release-leads, //' "$house/charter/access.yaml"
cat >> "$house/charter/access.yaml" <<-YAML

	  - name: one-line
	    why: A factory says what it made, and nothing of what others make.
	    action: [device.import]
	    when: { device.product: [thermostat, valve] }
	    by: [release-leads]

	  - name: one-line-seen
	    why: Bulbs are looked at by an officer.
	    action: [device.import]
	    when: { device.product: bulb }
	    by: [release-leads]
	    approvals:
	      - { count: 1, of: release-officers, not: [requester], within: PT1H, proof: [officer-key, passkey] }
YAML
house_ready
token=$(cat "$house/ci.token")
holds "a key" house_key bench development
for n in 1 2; do
	head -c 1000 /dev/urandom > "$house/image-$n"
	holds "it signs image $n" as_ci sign --key bench --product thermostat --artifact-version "1.$n" "$house/image-$n" -o "$house/sig"
done
hash_of() { sha256sum "$house/$1" | cut -d' ' -f1; }

before=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)

# ---- artifacts
is 0 "what was signed" as_ci artifact list --product thermostat --json
like "the newest first, by which key, under which request" '[.artifacts[] | .version, .key_name, .principal] ==
    ["1.2", "bench", "ci", "1.1", "bench", "ci"] and (.artifacts[0].request | startswith("req_")) and .next == null'
is 0 "of another product line" as_ci artifact list --product teapot --json
like "nothing" '.artifacts == []'
is 0 "a page of one" as_ci artifact list --limit 1 --json
like "goes on" '(.artifacts | length) == 1 and (.next | type) == "string"'
is 0 "behind it" as_ci artifact list --limit 1 --cursor "$(field next)" --json
like "the other" '[.artifacts[].version] == ["1.1"]'
is 0 "one, by its digest" as_ci artifact show "$(hash_of image-1 | tr a-f A-F)" --json
like "with its signatures" '.product == "thermostat" and .version == "1.1" and (.signatures | length) == 1'
is 0 "for people" as_ci artifact show "$(hash_of image-1)"
shows "by which key" '^bench +thermostat +1.1 +ci '
is 66 "what nobody signed" as_ci artifact show "$(printf '%064d' 7)"
is 0 "what is no digest" api 400 malformed GET /v1/artifacts/abc
is 0 "a cursor of another list" api 400 malformed GET '/v1/artifacts?cursor=x'
is 77 "strangers learn nothing" claviger artifact list

# ---- devices from a factory
cat > "$house/day.ndjson" <<-JSON
	{"serial":"T-1","batch":"B7","market":"EU","keys":["bench"],"made_at":"2026-11-20"}
	{"serial":"T-2","batch":"B7","market":"US"}
	{"serial":"T-3"
	{"serial":"T-4","batch":"B8","colour":"red"}

	{"serial":"C-1","product":"camera","batch":"B7","made_at":"2026-11-20T08:00:00Z"}
	{"serial":"T-2","market":"EU"}
JSON
devices() { as_ci device import "$@" --json; }
{ printf '\xef\xbb\xbf'
  for when in "$(date -u -d '+2 minutes' +%FT%TZ)" "$(date -u -d '+39 hours' +%F)" "$(date -u -d '+14 hours' +%F)" "$(date -u -d '+30 seconds' +%FT%TZ)"; do
	printf '{"serial":"A-%s","product":"camera","made_at":"%s"}\n' "${when//:/.}" "$when"
  done; } > "$house/ahead.ndjson"
is 65 "what is made in the future is not, though clocks differ, and a day begins elsewhere first" devices "$house/ahead.ndjson" --dry-run
like "each told by its line, behind a mark of UTF-8" '.entered == 2 and [.bad[].line] == [1, 2] and all(.bad[]; .why | test("/made_at: it lies in the future"))'
is 65 "all or nothing" devices "$house/day.ndjson" --product thermostat --all-or-nothing
like "is nothing, and what the service finds bad is told too" '.entered == 0 and .changed == 0 and [.bad[].line] == [3, 4, 7]'
is 0 "so there is none" as_ci device list --json
like "at all" '.devices == []'
is 65 "a day's devices, some rows of which are bad" devices "$house/day.ndjson" --product thermostat
like "each told by its line, and the rest is in" '.entered == 3 and .changed == 0 and [.bad[].line] == [3, 4, 7]'
grep -v 'T-3\|T-4\|"US"' "$house/day.ndjson" > "$house/good.ndjson"
is 0 "the good ones again" devices "$house/good.ndjson" --product thermostat
like "one of which says something new" '.entered == 0 and .changed == 1 and .known == 2'
is 0 "and once more" devices "$house/good.ndjson" --product thermostat
like "nothing is new" '.entered == 0 and .changed == 0 and .known == 3'
is 0 "one of them" as_ci device show T-2 --json
like "what a row left out stays" '.product == "thermostat" and .batch == "B7" and .market == "EU" and .entered == ["factory"] and .certificates == []'
usa() { echo '{"serial":"T-2","market":"US"}' | as_ci device import - --json; }
is 0 "what was said before is said again" usa
like "and counts" '.changed == 1'
is 0 "the same file as before that" devices "$house/good.ndjson" --product thermostat
like "counts again: it is not so any more" '.entered == 0 and .changed == 1 and .known == 2'
is 0 "and so does the line behind it" usa
like "which was done before" '.changed == 1'
printf 'SN,LOT,Land,Secrets\r\nT-5,"B ""9""",EU,bench; other\r\nT-6,B8,,\r\n"T-7,B8\r\n' > "$house/line.csv"
is 65 "a factory's own table" devices "$house/line.csv" --map serial=SN,batch=LOT,market=Land --map keys=Secrets --product thermostat
like "but for the row that does not end" '.entered == 2 and [.bad[].line] == [4]'
is 0 "one of these" as_ci device show T-5 --json
like "as the table has it" '.batch == "B \"9\"" and .injected == ["bench", "other"]'
printf 'serial,batch,market\nT-5,B 9,EU\nT-51,B,9,EU\nT-52,B9\n' > "$house/shifted.csv"
is 65 "rows of other lengths than their titles" devices "$house/shifted.csv" --product thermostat --dry-run
like "are bad" '[.bad[] | .line, .why] == [3, "it has 4 fields, its titles are 3", 4, "it has 2 fields, its titles are 3"]'
printf ' serial ,Lot,batch\r\nT-5,x,"B ""9"""\r\n' > "$house/blank.csv"
is 0 "titles with spaces around them" devices "$house/blank.csv" --dry-run
like "are found" '.known == 1'
tells "and a column that is not used is told" 'the column "Lot" is passed over'
is 0 "but for --quiet" devices "$house/blank.csv" --dry-run --quiet
is 1 "where it is not" grep -q 'passed over' <<< "$said"
mv "$house/blank.csv" "$house/BLANK.CSV"
is 0 "a name in capitals" devices "$house/BLANK.CSV" --dry-run
like "is of a table too" '.known == 1'
printf 'serial,batch,market,batch \nT-5,B1,EU,B2\n' > "$house/equal.csv"
is 65 "two titles that are the same" devices "$house/equal.csv"
tells "are told" 'two columns are called "batch"'
is 0 "where they are not used" devices "$house/equal.csv" --map batch=market --dry-run
is 65 "a column that is not there" devices "$house/line.csv" --map serial=Serial
tells "is told" 'no column is called "Serial"'
is 64 "a member that is none" devices "$house/line.csv" --map colour=SN
is 64 "standard input twice" devices - --all-or-nothing
from_pipe() { devices --all-or-nothing --format ndjson <(echo '{"serial":"P-1"}'); }
is 64 "a pipe twice" from_pipe
{ seq 500 | sed 's/.*/{"serial":"L-&","product":"lamp"}/'; printf '{"serial":"M-1"}\n{"serial":"M-1","batch":"B1"}\n'; } > "$house/pages.ndjson"
is 65 "all or nothing, where a later page is bad" devices "$house/pages.ndjson" --all-or-nothing
like "is nothing, by its line" '.entered == 0 and [.bad[].line] == [502]'
is 0 "none of the page before" as_ci device list --product lamp --json
like "is in" '.devices == []'
head -n 501 "$house/pages.ndjson" > "$house/whole.ndjson"
is 0 "all or nothing, and no row is bad" devices "$house/whole.ndjson" --all-or-nothing --product lamp
like "is all" '.entered == 501 and .known == 0'
is 66 "a file that is not there" devices "$house/none.csv"
is 0 "by batch" as_ci device list --batch B7 --json
like "in their order" '[.devices[].serial] == ["C-1", "T-1", "T-2"] and .next == null'
is 0 "by product line, a page" as_ci device list --product thermostat --limit 2 --json
like "of two" '[.devices[].serial] == ["T-1", "T-2"] and .next == "T-2"'
is 0 "the next" as_ci device list --product thermostat --limit 2 --cursor T-2 --json
like "the rest" '[.devices[].serial] == ["T-5", "T-6"] and .next == null'
is 0 "by market" as_ci device list --market EU --json
like "those that are for it" '[.devices[].serial] == ["T-1", "T-5"]'
is 65 "by two of these" as_ci device list --market EU --batch B7
is 0 "for people" as_ci device show T-1
shows "what is in it" '^keys injected +bench$'
rows() { seq "$1" | sed 's/.*/{"serial":"N-&"}/'; }
lines() { # STATUS CODE QUERY - the lines of $house/rows
	content_type=application/x-ndjson http POST "/v1/devices$3" "$token" "$(cat "$house/rows")"
	echo "$out"
	[ "$status $(jq -r '.code // "none"' <<< "$out")" = "$1 $2" ]
}
rows 500 > "$house/rows"
is 0 "as many as a page may have" lines 200 none '?product=lock&dry_run=true'
like "would be entered" '.entered == 500 and .dry_run'
rows 501 > "$house/rows"
is 0 "one more" lines 422 out-of-range ''
printf '{"serial":"N-1"}\nno\n{"serial":"N-2"}\n' > "$house/rows"
is 0 "a line that is none" lines 200 none ''
like "is told by its number" '.entered == 2 and [.bad[].row] == [2]'
is 0 "all or nothing, at the interface" lines 400 malformed '?all_or_nothing=true'
is 0 "a query beside a body" api 400 malformed POST '/v1/devices?dry_run=true' '{"devices":[{"serial":"x"}]}'
is 77 "strangers" claviger device import "$house/good.ndjson"

# ---- a factory that speaks of its own lines only
lead() { as_officer release-lead device import "$@" --json; }
echo '{"serial":"F-1"}' > "$house/line.ndjson"
is 0 "what it makes" lead "$house/line.ndjson" --product valve
is 0 "said again" lead "$house/line.ndjson" --product valve
like "is known" '.known == 1'
is 77 "is not what others make" lead "$house/line.ndjson" --product camera
is 0 "which it need not name again" lead "$house/line.ndjson"
echo '{"serial":"F-8"}' > "$house/line.ndjson"
is 77 "nor of no line" lead "$house/line.ndjson"
echo '{"serial":"F-1"}' > "$house/line.ndjson"
is 77 "but policy sees that something leaves" lead "$house/line.ndjson" --product thermostat
echo '{"serial":"C-1"}' > "$house/line.ndjson"
is 77 "and a camera stays one" lead "$house/line.ndjson" --product thermostat
is 0 "of which the tool that speaks of all" as_ci device show C-1 --json
like "has the line" '.product == "camera"'
token=$(as_officer release-lead login --json 2> /dev/null | jq -r '.token // empty')
page() { api 403 denied POST /v1/devices "{\"devices\":[$1]}"; }
is 0 "a page of two lines is of none" page '{"serial":"F-2","product":"thermostat"},{"serial":"F-3","product":"valve"}'
is 0 "also where what it says of another's is so" page '{"serial":"F-9","product":"valve"},{"serial":"C-1","product":"camera"}'
is 0 "or names no line" page '{"serial":"F-9","product":"valve"},{"serial":"C-1","market":"EU"}'
token=$(cat "$house/ci.token")
echo '{"serial":"F-7"}' > "$house/line.ndjson"
is 75 "what an officer must see" lead "$house/line.ndjson" --product bulb --no-wait
req=$(as_ci request list --state waiting --json | jq -r '.requests[0].id')
is 0 "comes to another line meanwhile" as_ci device import "$house/line.ndjson" --product camera
is 0 "who agrees then" as_officer officer-1 approve "$req" --yes
is 0 "agrees to what is so no more" as_ci device show F-7 --json
like "it stays where it came to" '.product == "camera"'
is 0 "the request" as_ci request show "$req" --json
like "has ended, and says why" '.state != "done" and (tostring | test("another product line"))'
is 0 "who may speak of all" as_ci charter explain --action device.import --product thermostat --json
like "is told by which rule" '.verdict == "allow" and .rule.name == "devices"'

# ---- what runs on them
report() { # SERIAL IMAGE TIME [MARKET] - a line
	printf '{"serial":"%s","artifact_digest":"%s","installed_at":"%s"%s}\n' "$1" "$(hash_of "$2")" "$3" "${4:+,\"market\":\"$4\"}"
}
head -c 100 /dev/urandom > "$house/stray"
{ report T-1 image-2 2026-11-22T08:00:00Z EU; report T-1 image-1 2026-11-21T08:00:00Z EU; report T-2 image-1 2026-11-21T08:00:00Z
  report R-9 stray 2026-11-21T08:00:00Z AT; report T-5 image-1 2126-01-01T00:00:00Z; } > "$house/night.ndjson"
is 65 "a night's reports" as_ci device report "$house/night.ndjson" --json
like "what nobody signed or knows is told, and entered" ".entered == 4 and .unknown_artifacts == [\"$(hash_of stray)\"] and .unknown_devices == 1"
like "the future is not" '[.bad[].line] == [5]'
head -n 4 "$house/night.ndjson" > "$house/again.ndjson"
is 0 "once more" as_ci device report "$house/again.ndjson" --json
like "is nothing new" '.entered == 0 and .known == 4 and .unknown_artifacts == []'
is 65 "a cursor of no device" as_ci device list --cursor 'bogus!!'
tells "is refused" '/cursor: not one of this list'
is 0 "a device" as_ci inventory device T-1 --json
like "runs what was installed last, whichever was told first" '.firmware | .version == "1.2" and .key_name == "bench" and .known and .market == "EU" and
    (.signature | startswith("req_"))'
like "by whose leave each came to it" '([.grants[] | [.action, .requester]] | unique) ==
    [["device.import", "ci"], ["install.report", "ci"], ["key.sign", "ci"]] and (.grants | length) == 4 and (.more_grants | not)'
like "and what ran before" '[.installed[].version] == ["1.2", "1.1"] and (.more_installed | not)'

# ---- what the maker of its chip certified
openssl ecparam -genkey -name prime256v1 -noout -out "$house/chip.key" 2>/dev/null
openssl req -x509 -new -key "$house/chip.key" -subj "/O=Chips/CN=chip/serialNumber=T-1" -days 900 -out "$house/chip.pem" 2>/dev/null
is 0 "another CA's certificate that names a device" as_officer officer-1 cert import "$house/chip.pem" --owner release-leads --product thermostat
is 0 "the device" as_ci inventory device T-1 --json
like "has it" '(.others | length) == 1 and (.others[0] | (.subject | test("CN=chip")) and .owner == "release-leads") and (.more_others | not)'
like "and its key" '.others[0] as $c | .keys | any(.spki == $c.spki and .certificates == [$c.fingerprint])'
is 0 "for people" as_ci inventory device T-1
shows "whose it is" 'O=Chips, CN=chip'
is 0 "those of the device" as_ci cert list --elsewhere --device T-1 --json
like "are found" '.certificates | length == 1'
is 0 "those of another" as_ci cert list --elsewhere --device T-2 --json
like "are none" '.certificates == []'
is 0 "by the market where it was seen" as_ci device list --market AT --json
like "one that no factory spoke of" '[.devices[].serial] == ["R-9"] and .devices[0].firmware.market == "AT" and .devices[0].market == null'
is 0 "by either" as_ci device list --market EU --json
like "each once" '([.devices[].serial] | index("T-1")) != null and ([.devices[].serial] | length) == ([.devices[].serial] | unique | length)'
is 0 "one that was only reported" as_ci device show R-9 --json
like "is marked so" '.entered == ["report"] and (.firmware.known | not)'
is 0 "for people" as_ci device show T-1
shows "its firmware" '^firmware +1.2$'
is 0 "the product line" as_ci inventory product thermostat --json
like "how many run what" '.devices | .devices == 4 and (.at_least | not) and ([.firmware[] | [.version, .devices]] | sort) == [[null, 2], ["1.1", 1], ["1.2", 1]]'
content_type=application/x-ndjson http POST "/v1/installs" "$token" "$(report T-6 image-2 2026-11-22)"
is 0 "a platform's own words" bash -c "jq -e '.entered == 1' <<< '$out'"
is 77 "strangers" claviger device report "$house/again.ndjson"

# ---- devices that nobody has said a line of: their authority serves one
key_asked() {
	asked officer-1 key generate --class "$2" --name "$1" --product lantern > /dev/null && as_officer officer-1 key activate "$1" > /dev/null
}
holds "an authority for lanterns alone" pki_make
holds "a lantern" device devices W-1
holds "another" device devices W-2
holds "a bulb, as its factory says, which gets a certificate there" device devices W-3
printf '{"serial":"W-3","product":"bulb"}\n' > "$house/bulb.ndjson"
is 0 "or comes to say" devices "$house/bulb.ndjson"
is 0 "a lantern, of which nobody said what it is" as_ci inventory device W-1 --json
like "is of the line of who issued to it" '.product == "lantern" and .product_by == "issuance" and .entered == ["issuance"]'
is 0 "the bulb" as_ci inventory device W-3 --json
like "is what its factory says" '.product == "bulb" and .product_by == "factory"'
is 0 "lanterns, by pages" as_ci device list --product lantern --limit 1 --json
like "the first" '[.devices[].serial] == ["W-1"] and .next == "W-1"'
is 0 "and the next" as_ci device list --product lantern --limit 1 --cursor W-1 --json
like "the other" '[.devices[] | .serial, .product_by] == ["W-2", "issuance"] and .next == null'
content_type=application/x-ndjson http POST "/v1/installs" "$token" "$(report W-2 image-2 2026-11-22)"
is 0 "one tells what it runs" bash -c "jq -e '.entered == 1' <<< '$out'"
is 0 "the line" as_ci inventory product lantern --json
like "counts both" '.devices | .devices == 2 and ([.firmware[] | [.version, .devices]] | sort) == [[null, 1], ["1.2", 1]]'
is 0 "for people" as_ci inventory device W-1
shows "whence that is known" '^which says +issuance$'

# ---- what stops in the middle
stops() { # behind its second page; the answer to that may be lost
	{ seq 1001 | sed 's/.*/{"serial":"S-&","product":"stopped"}/'
	  until_true 20 as_ci device show S-1000 > /dev/null 2>&1
	  kill "$service_pid"
	  while as_ci device list > /dev/null 2>&1; do sleep 0.1; done; } | devices -
}
is 69 "a service that stops in the middle" stops
like "what went in is told, and how far" '.entered >= 500 and .sent_to_line == .entered'
tells "to people too" 'up to line [0-9]+ all was sent'
service_up ${store:+"$store"} || die "the service did not start again"

# ---- a line that nobody knows may be a slip of the keyboard
is 0 "a look at a misspelled line" as_ci device import "$house/good.ndjson" --product thermostta --dry-run
tells "tells which was meant" 'nothing else names the product line "thermostta": was "thermostat" meant\?'
echo '{"serial":"X-1"}' > "$house/slip.ndjson"
is 0 "whoever enters it all the same" as_ci device import "$house/slip.ndjson" --product termostat
tells "is told" 'nothing else names the product line "termostat": was "thermostat" meant\?'
is 0 "once" as_ci device import "$house/slip.ndjson" --product termostat --again
is 1 "since then a device names it" grep -q 'nothing else' "$house/said"
is 0 "a new line is like no other" as_ci device import <(echo '{"serial":"X-2"}') --product anemometer
tells "so nothing is guessed" 'names the product line "anemometer"$'
is 0 "of a known one" as_ci device import <(echo '{"serial":"X-3"}') --product thermostat
is 1 "nothing is said" grep -q 'nothing else' "$house/said"
is 0 "a key elsewhere" as_officer officer-1 key register --name far --class firmware-signing --at x --product thermostats
tells "too" '"thermostats": was "(thermostat|termostat)" meant\?'
token=$(cat "$house/ci.token")
http POST /v1/devices "$token" '{"devices":[{"serial":"X-4","product":"thermometer"}],"dry_run":true}'
like "programs have it as such" '.unknown_products == [{product: "thermometer"}] or .unknown_products[0].nearest != null'
is 0 "an image of a line that is not its key's" as_ci sign --key bench --product thermostatt --artifact-version 9.1 "$house/image-1" -o "$house/sig"
tells "three" '"thermostatt": was '
is 0 "every line" as_ci inventory product --json
like "that anything names, once" '([.products[].product] | . == (. | unique)) and .next == null and
    ([.products[].product] | contains(["anemometer", "camera", "termostat", "thermostat", "thermostats"]))'
like "with what does" '.products[] | select(.product == "thermostat") | .keys == 1 and .tracks == 0 and .elsewhere == 0 and .devices > 3 and .nearest == null'
like "and which was meant, where devices alone do" '.products[] | select(.product == "termostat") | .keys == 0 and .devices == 1 and .nearest == "thermostat" and (.at_least | not)'
is 0 "for people" as_ci inventory product
shows "a line each" '^termostat +(no|false) .* thermostat$'
http GET '/v1/inventory/products?limit=2&cursor=t' "$token"
like "a page" '[.products[].product] == ["termostat", "thermostat"] and .next == "thermostat"'
is 64 "no file without a line" as_ci inventory product --format csv
is 0 "as of before all that" as_ci inventory product --as-of "$before" --json
like "there was nothing of it" '[.products[].product] | index("termostat") == null'

# ---- under approval
cp -r "$house/charter" "$house/asking"
sed -i '/- name: devices/,/by:/s/^    by: .*/&\n    approvals:\n      - { count: 1, of: release-officers, not: [requester], within: PT4H, proof: [officer-key] }/' "$house/asking/access.yaml"
is 0 "a charter under which somebody looks at devices" asked officer-1 charter propose "$house/asking" --reason 'trust'
printf 'serial,batch\nA-1,A\nA-1,B\nA-2,A\n' > "$house/asked.csv"
is 65 "a file waits, but for its bad row" devices "$house/asked.csv" --no-wait
waits=$(field 'waiting[0]' | grep -o 'req_[0-9a-z]*')
devices "$house/asked.csv" --wait PT60S > "$house/waited" 2> /dev/null &
waiting=$!
holds "an officer looks at it" approve "$waits" officer-2
wait "$waiting"
is 0 "who waited learns what went in, and what did not" jq -e '.entered + .known == 2 and [.bad[].line] == [3]' "$house/waited"

house_result
