#!/bin/bash
# asked.sh - what was asked of people and comes near its end is told: requests
# that nobody answers, handed on when nobody sees to it, and windows with uses
# left; over when they are decided, expired, closed or followed by another.
# With a clock that leaps.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/post.sh
. "$CLAVIGER_SOURCE/tests/lib/post.sh"

post_new
service_settings+=("alerts.every: 1")
cat > "$house/contacts.yaml" <<-YAML
	officer-2: { webhook: "http://127.0.0.1:$hook_port/hook", secret: hook.secret }
	release-lead: { webhook: "http://127.0.0.1:$hook_port/hook", secret: hook.secret }
YAML
mkdir "$house/charter/alerts"
cat > "$house/charter/alerts/asked.yaml" <<-YAML
	why: What nobody answers has to be asked for again.
	watch: [request, window]
	escalate: { after: PT3S, to: release-officers }
YAML
cat > "$house/charter/alerts/used.yaml" <<-YAML
	why: What stops a line is known before it does.
	watch: quota
	after: PT1S
YAML
# alerts FILTER - what the open ones are called that satisfy jq's filter, in order.
alerts() { as_ci alert list --json | jq -c "[.alerts[] | select($1) | .about | .request // .window] | sort"; }
# open_now ID... - alerts about these, and about nothing else that was asked.
open_now() { [ "$(alerts '.watch == "request" or .watch == "window"')" = "$(jq -cn '$ARGS.positional | sort' --args "$@")" ]; }
told_of() { hooks 1+ ".person == \"$1\" and .about.about.$2 == \"$3\" and .occasion == \"$4\" and ($5)"; }
sign() { as_ci sign --product thermostat "$@"; }
image() { head -c 1000 /dev/urandom > "$house/$1"; }
ends() { date -u -d "+$1 minutes" +%Y-%m-%dT%H:%M:%SZ; }

hook_up 204 || die "no web server"
house_ready
holds "a key under quorum" house_key firmware production
holds "a key for the bench" house_key bench development
for i in one two three four; do image "$i"; done

# ---- what is asked for, with four hours each
is 75 "an image is asked for" sign --key firmware --artifact-version 1.0 --no-wait --json "$house/one"
one=$(field request)
holds "one officer of two agrees" approve "$one" officer-1
is 75 "another is" sign --key firmware --artifact-version 2.0 --no-wait --json "$house/two"
two=$(field request)
is 0 "a window" asked officer-1 window open --key bench --by ci --uses 5 --any-digest --until "$(ends 240)"
long=$(field id)
is 0 "is used" sign --key bench --window "$long" "$house/three" -o "$house/sig"
is 0 "another for the same, that ends before it" asked officer-1 window open --key bench --by ci --uses 5 --any-digest --until "$(ends 230)"
short=$(field id)
is 0 "one for a single image" asked officer-1 window open --key firmware --by ci --uses 1 \
    --digest "$(sha256sum "$house/four" | cut -d' ' -f1)" --until "$(ends 235)"
is 0 "is used up" sign --key firmware --artifact-version 0.5 --window "$(field id)" "$house/four" -o "$house/sig"

# ---- a window that is nearly used up, and then is
nearly() { as_ci alert list --json | jq -e --arg w "$spare" --arg used "$1" \
    'any(.alerts[]; .watch == "quota" and .about.window == $w and .what == "\($used) of 5 uses of the window \($w) for the key spare")'; }
used() { image "spare-$1" && sign --key spare --window "$spare" "$house/spare-$1" -o "$house/sig"; }
quotas() { [ "$(as_ci alert list --json | jq '[.alerts[] | select(.watch == "quota")] | length')" -eq "$1" ]; }
holds "another key for the bench" house_key spare development
is 0 "has a window" asked officer-1 window open --key spare --by ci --uses 5 --any-digest --until "$(ends 220)"
spare=$(field id)
for i in 1 2 3; do is 0 "of which some is used" used $i; done
sleep 3
holds "and enough is left" quotas 0
is 0 "four of five" used 4
holds "are told before there is none" until_true 20 nearly 4
is 0 "all five" used 5
holds "are, too" until_true 20 nearly 5
is 0 "it is closed" as_officer officer-1 window close "$spare" --reason "enough"
holds "which is the end of it" until_true 20 quotas 0
holds "with so much time, nothing else is told" open_now
is 0 "a calendar has their ends" as_ci alert calendar --within P1D -o "$house/asked.ics"
calendar() { tr -d '\r' < "$house/asked.ics" | sed -e ':a' -e 'N;$!ba' -e 's/\n //g' | grep "^SUMMARY:" | sort; }
holds "each once, but for what goes on" [ "$(calendar)" = "$(printf 'SUMMARY:%s\n' \
    "the request $one of ci for key.sign with the key firmware\\, with 1 of 2 approvals\\, ends" \
    "the request $two of ci for key.sign with the key firmware\\, with 0 of 2 approvals\\, ends" \
    "the window $long for the key bench ends" | sort)" ]

# ---- forty minutes before
service_stop
keeper_stop
ahead +200m
# What is asked for now, the keeper must not take for a request of the future.
service_as=("${ahead[@]}") keeper_as=("${ahead[@]}")
keeper_start
service_up || die "the service did not start"
holds "in the last hour it is" until_true 20 open_now "$one" "$two" "$long"
holds "the keys' owner hears of a request" until_true 20 told_of release-lead request "$one" alert '.about.watch == "request" and
    .about.about.name == "key.sign firmware" and .about.about.class == "firmware-signing" and .about.about.have == 1 and .about.about.need == 2 and
    (.about.escalated | not) and (.about.remedy | test("claviger approve"))'
holds "and of a window" told_of release-lead window "$long" alert '.about.watch == "window" and .about.about.by == ["ci"] and .about.about.used == 1'
holds "as nobody answers, it is handed on" until_true 20 told_of officer-2 request "$one" alert '.about.escalated'
is 0 "one sees to it" as_officer officer-2 alert ack "$(as_ci alert list --json | jq -r ".alerts[] | select(.about.request == \"$two\") | .id")"
is 0 "the other is rejected" as_officer officer-2 reject "$one" --reason "not today" --yes
holds "which is its end" until_true 10 open_now "$two" "$long"
holds "of which those hear that were told" until_true 10 told_of officer-2 request "$one" over true
is 0 "the window is closed" as_officer officer-1 window close "$long" --reason "enough"
holds "then the end that matters is the other's" until_true 10 open_now "$two" "$short"

# ---- and when it has come
service_stop
ahead +245m
service_as=("${ahead[@]}")
service_up || die "the service did not start"
holds "what has expired is over" until_true 20 open_now
holds "as are windows" until_true 10 told_of release-lead window "$short" over true
expired() { [ "$(as_ci request show "$two" --json | jq -r .state)" = expired ]; }
holds "nobody had answered" until_true 20 expired
house_result
