#!/bin/bash
# rows.sh - what a file's rows say of one thing counts over the whole of it, and
# a page has one product line, so that who may speak of each may send a file of
# several.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
sed -i '$s/release-leads, //' "$house/charter/access.yaml"
cat >> "$house/charter/access.yaml" <<-YAML

	  - name: two-lines
	    why: A factory of two product lines says what it made of each.
	    action: [device.import]
	    when: { device.product: [thermostat, lock] }
	    by: [release-leads]
YAML
service_settings+=("session.lifetime: 60")
house_ready
devices() { as_ci device import "$@" --json; }
# many PREFIX N [PRODUCT] - rows
many() { seq "$2" | sed "s/.*/{\"serial\":\"$1-&\"${3:+,\"product\":\"$3\"}}/"; }

# ---- far apart
{ echo '{"serial":"A-1","product":"thermostat"}'; many B 1200; echo '{"serial":"A-1","product":"lock"}'; } > "$house/far.ndjson"
is 65 "what a file says twice, 1200 rows apart" devices "$house/far.ndjson" --all-or-nothing
like "is told by its line, and nothing is entered" '.entered == 0 and .changed == 0 and [.bad[] | .line] == [1202] and (.bad[0].why | test("\"A-1\""))'
is 0 "so none is there" as_ci device list --json
like "at all" '.devices == []'
is 65 "without --all-or-nothing" devices "$house/far.ndjson"
like "the rest is in" '.entered == 1201 and .changed == 0 and [.bad[].line] == [1202]'
is 0 "the first row" as_ci device show A-1 --json
like "counts" '.product == "thermostat"'
is 65 "the same file again" devices "$house/far.ndjson"
like "changes nothing" '.entered == 0 and .changed == 0 and .known == 1201'
{ many C 700; many C 700; } > "$house/twice.ndjson"
is 0 "each row twice" devices "$house/twice.ndjson" --dry-run
like "would be entered once" '.entered == 700 and .known == 0 and .repeated == 700 and .bad == []'
is 0 "and is" devices "$house/twice.ndjson" --all-or-nothing
like "once" '.entered == 700 and .known == 0 and .repeated == 700'
is 0 "for people" as_ci device import "$house/twice.ndjson"
shows "counted apart" '^700 say what an earlier row says$'
digest=$(printf '%064d' 7)
{ printf '{"serial":"C-1","artifact_digest":"%s","installed_at":"2026-11-20"}\n' "$digest" "$digest"
  printf '{"serial":"C-1","artifact_digest":"%s","installed_at":"2026-11-20","market":"EU"}\n' "$digest"
  printf '{"serial":"C-1","artifact_digest":"%s","installed_at":"2026-11-21"}\n' "$digest"; } > "$house/night.ndjson"
is 65 "reports, one of which differs in its market alone" as_ci device report "$house/night.ndjson" --json
like "each counts once, and that is told" '.entered == 2 and .repeated == 1 and [.bad[].line] == [3]'

# ---- of several product lines
lead() { as_officer release-lead device import "$@" --json; }
printf 'serial,product\nG-4,thermostat\nG-5,lock\nG-6,thermostat\nG-7,lock\n' > "$house/two.csv"
is 0 "a factory's file of two lines" lead "$house/two.csv" --dry-run
like "would be entered" '.entered == 4'
is 0 "by a rule of one line at a time" lead "$house/two.csv" --all-or-nothing
like "is entered" '.entered == 4 and .waiting == []'
is 0 "each" as_ci device show G-7 --json
like "of its line" '.product == "lock"'
printf 'serial,product\nG-8,thermostat\nG-9,camera\n' > "$house/three.csv"
is 77 "a line of others" lead "$house/three.csv" --all-or-nothing
is 66 "keeps all of it out" as_ci device show G-8
# ---- several pages, all of them or none
many O 1100 thermostat > "$house/three.ndjson"
is 0 "three pages" lead "$house/three.ndjson" --all-or-nothing
like "go in" '.entered == 1100 and .known == 0'
is 0 "and once more" lead "$house/three.ndjson" --all-or-nothing
like "are known" '.entered == 0 and .known == 1100'
token=$(cat "$house/ci.token")
# Nothing is looked at before: what the client finds out, another may undo meanwhile.
pages() { printf '{"pages":[%s]}' "$(IFS=,; echo "$*")"; }
page() { printf '{"devices":[{"serial":"%s","product":"%s"}]}' "$1" "$2"; }
is 0 "pages of which the last is bad" api 400 malformed POST /v1/devices/pages "$(pages "$(page Q-1 lock)" '{"devices":[{"serial":""}]}')"
is 66 "are none of them in" as_ci device show Q-1
is 0 "one that is no page" api 422 schema POST /v1/devices/pages "$(pages "$(page Q-1 lock)" 7)"
is 0 "one that asks for more than its rows" api 422 schema POST /v1/devices/pages "$(pages "$(page Q-1 lock)" '{"devices":[{"serial":"Q-2"}],"dry_run":true}')"
is 0 "none" api 422 out-of-range POST /v1/devices/pages '{"pages":[]}'
is 0 "one more than may be" api 422 out-of-range POST /v1/devices/pages "$(pages $(for n in $(seq 33); do page "R-$n" lock; echo; done))"
is 66 "none of these" as_ci device show R-1
http POST /v1/devices/pages "$token" "$(pages "$(page Q-1 lock)" "$(page Q-2 thermostat)")"
like "two that are allowed are told each" '.state == "done" and ([.pages[].entered] == [1, 1]) and ([.pages[].request] | unique | length) == 2'
is 0 "and are there" as_ci device show Q-2
# Of two that speak of one device the later would count, and once more the earlier.
batch() { printf '{"devices":[{"serial":"%s","batch":"%s"}]}' "$1" "$2"; }
http POST /v1/devices/pages "$token" "$(pages "$(batch T-1 A)" "$(batch T-2 A)" "$(batch T-1 B)")"
like "a device in two pages is told by its place" '.code == "malformed" and (.detail | test("^/pages/2/devices/0: .*/pages/0 "))'
is 66 "and nothing is in" as_ci device show T-2
is 0 "though both say the same" api 400 malformed POST /v1/devices/pages "$(pages "$(batch T-1 A)" "$(batch T-1 A)")"
is 0 "twice in one page" api 200 none POST /v1/devices/pages "$(pages '{"devices":[{"serial":"T-1"},{"serial":"T-1"}]}' "$(batch T-2 A)")"
ran() { printf '{"installs":[{"serial":"T-1","artifact_digest":"%s","installed_at":"2026-11-%s"}]}' "$digest" "$1"; }
http POST /v1/installs/pages "$token" "$(pages "$(ran 20)" "$(ran 20T00:00:00Z)")"
like "a report in two in another spelling of its day" '.code == "malformed" and (.detail | test("^/pages/1/installs/0: "))'
is 0 "two of one device" api 200 none POST /v1/installs/pages "$(pages "$(ran 20)" "$(ran 21)")"
# sent TOKEN FILE - the answer to a body of FILE, and how much of it was read for that.
sent() {
	curl -s -m 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -H 'Expect: 100-continue' \
	    --expect100-timeout 30 --data-binary "@$2" -o "$house/out" -w '%{http_code} %{size_upload}' "$url$path"
}
is 0 "the publisher is none who may" as_officer officer-1 credential issue --for publisher -o "$house/publisher.token" --quiet
head -c 12000000 /dev/zero | tr '\0' ' ' > "$house/long"
for path in /v1/devices/pages /v1/installs/pages /v1/certificates/import/pages; do
	is 0 "of a stranger's $path" test "$(sent none "$house/long")" = "401 0"
	is 0 "of one's who may not, nothing is read" test "$(sent "$(cat "$house/publisher.token")" "$house/long")" = "403 0"
done
path=/v1/devices/pages
is 0 "whoever may is read to the end" test "$(sent "$token" "$house/long")" = "400 12000000"
seq 16001 | sed 's/.*/{"serial":"P-&","product":"thermostat"}/' > "$house/large.ndjson"
is 65 "more than one transaction has" lead "$house/large.ndjson" --all-or-nothing
tells "is told" 'one transaction of 32 pages and 12 MiB at most'
is 66 "and none of it is in" as_ci device show P-1
{ echo serial,product; for n in $(seq 40); do echo "H-$n,of-$((n % 20))"; done; } > "$house/wide.csv"
is 0 "more lines than there are open pages" devices "$house/wide.csv"
like "are all entered" '.entered == 40'
{ many J 1 lock; many K 499 thermostat; echo '{"serial":"K-500","product":"camera"}'; many L 500 thermostat; } > "$house/denied.ndjson"
is 77 "where a line is refused behind others" lead "$house/denied.ndjson"
like "what went in is told, and up to where it is all" '.entered == 1000 and .sent_to_line == 500'
tells "to people too" 'up to line 500 all was sent, and some behind it'

# ---- what takes longer than a session
slowly() { { many LA 600 lock; sleep 65; many LB 500 lock; } | as_officer officer-1 device import - --json; }
is 0 "rows that come for longer than an officer's session lasts" slowly
like "are all entered" '.entered == 1100'

house_result
