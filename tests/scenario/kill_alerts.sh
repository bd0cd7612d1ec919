#!/bin/bash
# kill_alerts.sh - the service is killed at random moments while alerts and
# notices of requests are delivered, by mail through a real server and by signed
# web hook; now and then a receiver refuses, hangs or is away.
#
# Afterwards: each alert, each end of one, each request that waits and each end
# of a request was delivered to each who is to hear of it, by each channel that he
# has, and so was all that is called sent; nothing is queued, nothing was given
# up.  It may have come twice.
#
# engine=postgresql keeps the tables in PostgreSQL.
#
# KILLS (default 6) says how often, SEED which moments.
set -euo pipefail
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
# shellcheck source=tests/lib/post.sh
. "$CLAVIGER_SOURCE/tests/lib/post.sh"
# shellcheck source=tests/lib/killed.sh
. "$CLAVIGER_SOURCE/tests/lib/killed.sh"
kills=${KILLS:-6} seed=${SEED:-$RANDOM}
RANDOM=$seed
hung=()
ended() {
	local rc=$?
	set +e
	[ $rc -eq 0 ] || say "the moments were those of SEED=$seed"
	goes_on
	workers_end
	(exit $rc)
	post_end
}

# ---- the weather
hangs() { hung+=("$@"); kill -STOP "$@"; }
goes_on() { [ ${#hung[@]} -eq 0 ] || kill -CONT "${hung[@]}" 2> /dev/null || true; hung=(); }
foul() {
	case $((RANDOM % 4)) in
	0) end "$smtp_pid" ;;
	1) hook_up 500 off ;;
	2) hangs "$smtp_pid" ;;
	# shellcheck disable=SC2046
	3) hangs $(pgrep -P "$nginx_pid") ;;
	esac
}
fair() {
	goes_on
	kill -0 "$smtp_pid" 2> /dev/null || smtp_up || die "no mail server"
	hook_up 204 || die "no web server"
}

# ---- what there is to tell
next_month=$(date -u -d '+20 days' +%Y-%m-%d)
alerted() { as_ci alert list --watch key --json | jq -e --arg n "$1" 'any(.alerts[]; .name == $n)' > /dev/null; }
# unregistered NAME - also where the answer to that was lost: once more it is refused.
unregistered() { as_officer officer-1 key unregister "$1" || as_ci key show "$1" --json | jq -e '.state == "ended"' > /dev/null; }
# Keys elsewhere that end soon, a third of which then are there no more.
keys() {
	local i=0
	while [ ! -e "$house/stop" ]; do
		i=$((i + 1))
		insist as_officer officer-1 key register --name "k$i" --class firmware-signing --at "vendor HSM" --ends "$next_month" || return
		echo "k$i" >> "$house/registered"
		[ $((i % 3)) -eq 0 ] || continue
		insist alerted "k$i" || return
		insist unregistered "k$i" || return
		echo "k$i" >> "$house/unregistered"
	done
}
# What ends before it was seen is told to nobody (0013).
asked_of() { as_ci notice list --limit 1000 --json | jq -e --arg r "$1" 'any(.notices[]; .request == $r)' > /dev/null; }
asks() { # VERSION - $req
	local rc=0
	as_ci sign --key firmware --product thermostat --artifact-version "$1" --no-wait --json "$house/image" > "$house/ask.said" || rc=$?
	[ $rc -eq 75 ]
}
# Each may have been heard before the kill.
has_ended() { [ "$(as_ci request show "$1" --json | jq -r .state)" != waiting ]; }
taken_back() { as_ci request cancel "$1" || has_ended "$1"; }
agreed_to() {
	approve "$1" officer-1 || true
	approve "$1" officer-2 || true
	has_ended "$1"
}
# A third waits on, a third is taken back, a third is agreed to.
requests() {
	local i=0 req
	while [ ! -e "$house/stop" ]; do
		i=$((i + 1))
		head -c 100 /dev/urandom > "$house/image"
		insist asks "1.$i" || return
		req=$(jq -r .request "$house/ask.said")
		[ $((i % 3)) -ne 0 ] || continue
		insist asked_of "$req" || return
		if [ $((i % 3)) -eq 1 ]; then insist taken_back "$req"; else insist agreed_to "$req"; fi || return
	done
}

# ---- what came of it: "OCCASION WHAT PERSON CHANNEL" each
delivered() {
	cut -d' ' -f2- "$house/hooks" | jq -r '"\(.occasion) \(.request // .about.about.name) \(.person) webhook"'
	# Each of several in one mail; an end names what ended.
	mails | jq -r '(.to | sub("@.*"; "")) as $who | .text | split("\n---\n\n")[] | . as $t |
	    (if test("^(Alert|Nobody has seen)") then "alert" elif test("^Over: ") then "over" elif test("^Half of") then "reminder"
	     elif test("and you may agree or reject") then "asked" else "outcome" end) as $o |
	    "\($o) \(if $o == "alert" or $o == "over" then (capture("of the key (?<n>[^ ]+) ends").n // "?")
		else (capture("request show (?<r>req_[0-9a-z]+)").r // "?") end) \($who) mail"'
}
# sent - what the house calls sent.
sent() {
	{ pages alerts alert list; pages alerts alert list --state over; } | jq -c '{(.id): .name}' | jq -cs add > "$house/names"
	pages notices notice list --state sent | jq -r --slurpfile n "$house/names" \
	    'select(.channel != "syslog") | "\(.occasion) \(.request // $n[0][.alert]) \(.person) \(.channel)"'
}
# each OCCASION PERSON/CHANNEL... < WHAT
each() {
	local what to occasion=$1
	shift
	while read -r what; do
		for to; do echo "$occasion $what ${to%/*} ${to#*/}"; done
	done
}
# due - what was to be told, by what was answered and what became of it.
due() {
	local officers=(officer-1/mail officer-2/mail officer-2/webhook officer-3/webhook) lead=(release-lead/mail release-lead/webhook)
	grep -vxFf "$house/unregistered" "$house/registered" | each alert "${officers[@]}" "${lead[@]}"
	each over "${officers[@]}" "${lead[@]}" < "$house/unregistered"
	pages requests request list > "$house/requests"
	jq -r 'select(.requester == "ci" and .state == "waiting") | .id' "$house/requests" | each asked "${officers[@]}"
	jq -r 'select(.requester == "ci" and .state != "waiting") | .id' "$house/requests" | each outcome "${lead[@]}"
}
settled() { as_ci status --json | jq -e '.notices.queued == 0'; }
# One look after the last of what there is to tell.
looked() { [ -z "$(comm -13 <(pages alerts alert list --watch key | jq -r .name | sort) <(grep -vxFf "$house/unregistered" "$house/registered" | sort))" ] &&
    [ -z "$(comm -12 <(pages alerts alert list --watch key | jq -r .name | sort) <(sort "$house/unregistered"))" ]; }
# lost FILE - those of it that never came, to $house/lost; are there any?
lost() {
	delivered | sort > "$house/came"
	sort -u "$house/came" > "$house/delivered"
	comm -23 <(sort -u "$1") "$house/delivered" > "$house/lost"
	[ -s "$house/lost" ]
}
all_due() { due > "$house/due" && ! lost "$house/due"; }
check() {
	until_true 30 looked || die "not every key has its alert"
	until_true 100 settled || die "notices are queued still: $(as_ci status --json | jq -c .notices)"
	[ "$(as_ci status --json | jq .notices.failed)" -eq 0 ] || die "notices were given up"
	# What was agreed to last may be done a moment later.
	until_true 20 all_due || die "never delivered: $(wc -l < "$house/lost"), the first: $(head -n 1 "$house/lost")"
	sent > "$house/sent"
	! lost "$house/sent" || die "called sent, and never delivered: $(head -n 1 "$house/lost")"
	genuine || die "a web hook was not signed"
	bundle_whole
	ledger_kept "$store"
}

post_new
trap ended EXIT
service_settings+=("alerts.every: 1")
hook="webhook: \"http://127.0.0.1:$hook_port/hook\", secret: hook.secret"
cat > "$house/contacts.yaml" <<-YAML
	officer-1: { mail: officer-1@localhost }
	officer-2: { mail: officer-2@localhost, $hook }
	officer-3: { $hook }
	release-lead: { mail: release-lead@localhost, $hook }
YAML
mkdir "$house/charter/alerts"
cat > "$house/charter/alerts/keys.yaml" <<-YAML
	why: A vendor takes weeks to make another.
	watch: key
	before: P30D
	tell: [release-officers, release-leads]
YAML
house_store
smtp_up || die "no mail server"
hook_up 204 || die "no web server"
house_ready
house_key firmware
touch "$house"/{registered,unregistered}
for w in keys requests; do
	"$w" & workers+=($!)
done
for i in $(seq 1 "$kills"); do
	if [ $((i % 2)) -eq 0 ]; then foul; else fair; fi
	sleep "$((RANDOM % 2)).$((RANDOM % 90 + 10))"
	struck $((RANDOM % 4 > 0 ? 1 : 2)) "$store"
	unbroken
done
fair
sleep 1
workers_end
unbroken
check
echo "${engine:-sqlite}: $(wc -l < "$house/due") alerts, requests and ends were told through $kills kills, $(($(wc -l < "$house/came") - $(wc -l < "$house/delivered"))) of all twice"
