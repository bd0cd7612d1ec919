#!/bin/bash
# drill.sh - a backup that nobody restores proves nothing: who restored one on
# another machine says so, and is believed for as long as the charter says.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
service_settings+=("alerts.every: 1")
mkdir -p "$house/charter/alerts"
cat > "$house/charter/alerts/backup.yaml" <<-YAML
	why: What cannot be restored is no backup.
	watch: backup
	every: PT15S
	before: [PT1S]
YAML
house_ready
token=$(cat "$house/ci.token")
alert() { as_ci alert list --json | jq -r '.alerts[] | select(.watch == "backup") | .id'; }
raised() { as_ci alert list --json | jq -e '[.alerts[] | select(.watch == "backup")] | length == 1' > /dev/null; }
over() { as_ci alert list --json | jq -e '[.alerts[] | select(.watch == "backup")] == []' > /dev/null; }

is 0 "how the house stands" as_ci status --json
like "and nobody would hear: there are no contacts" '(.unheard | test("^alerts and requests reach nobody: .*notify.contacts")) and .notices == null'
founded=$(field backup.founded)
fingerprint=$(field fingerprint)
like "its backup was never restored, and is to be a quarter of a minute after the founding" '.backup | .shown == null and .by == null and .provenance == null and
    ((.due[:19] + "Z" | fromdate) - (.founded[:19] + "Z" | fromdate) | . >= 14 and . <= 16)'
holds "that is told" until_true 45 raised
is 0 "to people" as_ci alert show "$(alert)"
shows "in words" 'no backup of the house was ever restored'
is 0 "how it stands" as_ci status
shows "that nobody hears of it" '^warning +alerts and requests reach nobody: '
overdue() { as_ci status | grep -qE '^restore overdue +true$'; }
holds "and is overdue" until_true 5 overdue

# ---- who says it
is 77 "a tool's word is none" as_ci drill report --json
is 77 "a stranger's neither" claviger drill report
is 65 "what is to come was not" as_officer officer-1 drill report --at "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
tells "and says so" 'lies in the future'
is 65 "nor was there a backup before the house" as_officer officer-1 drill report --at 2020-01-01
tells "and says so" 'before the house was founded'
is 0 "no time at all" api 422 schema POST /v1/drills '{}'
is 0 "an officer's is" as_officer officer-1 drill report --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --reason 'on another machine: verified' --json
like "and done" '.state == "done" and .drilled != null'
request=$(field request)
holds "which ends the alert" until_true 10 over
is 0 "how it stands" as_ci status --json
like "by whose word, and that it is one" ".backup | .by == \"drill\" and .principal == \"officer-1\" and .provenance == \"asserted\" and .request == \"$request\" and
    (.overdue | not) and .shown >= .founded"
is 0 "an older drill is told too" as_officer officer-2 drill report --at "$founded"
is 0 "how it stands" as_ci status --json
like "the newest counts" '.backup.principal == "officer-1"'
is 0 "the ledger has both" as_ci ledger events --kind drill.reported --json
like "with who said it, and why" '[.events[].actor] == ["officer-1", "officer-2"]'
holds "and it holds for as long as the charter says" until_true 45 raised
is 0 "to people" as_ci alert show "$(alert)"
shows "in words" 'the proof that a backup of the house can be restored ends'

# ---- nobody has to believe the tables
is 0 "the ledger" as_ci audit export -o "$house/bundle"
is 0 "is verified" claviger-audit verify "$house/bundle" --trust "$fingerprint"
house_result
