#!/bin/bash
# amended.sh - what becomes of requests and windows whose rule an amendment has
# changed, of what was approved for a key that has moved on, and of a past that
# is decided again.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "$(dirname "$0")/../lib/house.sh"

trap house_end EXIT
house_new
house_up || exit 1
house_found officer-1 officer-2
holds "a key under quorum" house_key firmware production
holds "another, to be ended" house_key old production
sign() { as_ci sign --key firmware --product thermostat "$@"; }
for i in 1 2 3; do head -c 1000 /dev/urandom > "$house/image$i"; done
digest() { sha256sum "$house/image$1" | cut -d' ' -f1; }
firmware=$house/charter/classes/firmware-signing.yaml
# amend SED - the charter's next, in force.
amend() { sed -i "$1" "$firmware" && asked officer-1 charter propose "$house/charter" --reason test; }

# ---- requests
is 75 "a production image is asked for" sign --artifact-version 1.0 --no-wait --json "$house/image1"
before=$(field request)
holds "one officer approves" approve "$before" officer-1
is 75 "the end of a key is asked for" as_officer officer-1 key destroy old --no-wait --json
ending=$(field request)
holds "the rule is amended" amend 's/A production image leaves only/Every production image leaves only/'
is 65 "nobody can vote on the rule before" as_officer officer-3 approve "$before" --yes
tells "and is told why" 'the charter has changed the rule production-image since'
is 65 "its asker is told, too" as_ci request wait "$before" --wait PT1S
tells "in words" 'changed the rule production-image since: ask anew'
is 75 "who asks again asks anew" sign --artifact-version 1.0 --no-wait --json "$house/image1"
after=$(field request)
holds "another request" [ "$before" != "$after" ]
holds "that finds its approvals" approve "$after" officer-1 officer-2
holds "and its signature" as_ci request wait "$after" -o "$house/sig"
holds "what falls under other rules waits on" [ "$(as_officer officer-1 request show "$ending" --json | jq -r .state)" = waiting ]
is 75 "another waits" sign --artifact-version 2.0 --no-wait --json "$house/image2"
unseen=$(field request)
holds "the rule is amended again" amend 's/Every production image leaves only/No production image leaves but/'
ended() { [ "$(as_ci request show "$unseen" --json | jq -r .state)" = expired ]; }
holds "what nobody looks at ends, too" until_true 30 ended

# ---- windows
is 75 "a window is asked for" as_officer officer-1 window open --key firmware --by ci --product thermostat --uses 10 \
    --until "$(date -u -d '+2 hours' +%Y-%m-%dT%H:%M:%SZ)" --digest "$(digest 2)" --digest "$(digest 3)" --no-wait --json
window=$(field request)
holds "and approved" approve "$window" officer-2 officer-3
holds "it signs" as_ci sign --key firmware --product thermostat --artifact-version 2.0 "$house/image2" -o "$house/sig2"
holds "a window may last an hour only from now on" amend '/name: production-window/,/permits/s/for: PT24H/for: PT1H/'
is 75 "what the window permits no more is asked for" sign --artifact-version 3.0 --no-wait --json "$house/image3"
like "under the rule for one image" '.rule.name == "production-image"'

# ---- a key that has moved on
is 75 "the same key's resumption is asked for" bash -c "as() { claviger \"\$@\" --officer-key '$house/officers/officer-1.pem'; }; as key suspend old --quiet > /dev/null; as key resume old --no-wait --json"
resuming=$(field request)
asked officer-1 key deactivate old > /dev/null
holds "two agree when it is deactivated" approve "$resuming" officer-2 officer-3
is 77 "then it never can be" as_officer officer-1 request wait "$resuming" --wait PT1S

# ---- the past, decided again
holds "the past under the charter in force" as_ci charter simulate "$house/charter" --json
like "what a key's state refused is no decision" '[.changed[] | select(.was.verdict == "deny")] == []'

bundle() { as_ci audit export -o "$house/bundle" --json | jq -e '.beyond == 0'; }
holds "the bundle is exported" until_true 30 bundle
house_stop
holds "and verifies, and makes the tables again" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "sqlite:$house/service/claviger.db"
house_result
