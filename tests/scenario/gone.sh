#!/bin/bash
# gone.sh - database, keeper and token go away and come back: 503 with
# Retry-After meanwhile, nothing lost, no restart needed.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
engine=${engine:-sqlite}
# shellcheck source=tests/lib/house.sh
. "$srcdir/tests/lib/house.sh"

# What was signed while its event could not be written is counted, and so is
# what is signed when the same is asked again.
charter_tweak='(.classes.firmware.rules[] | select(.name == "development").limit.uses) = 20'
house_begin
house_found
key_make trial firmware development
token_for ci; tool=$token

# silent - the status says that it does not answer, and of when all else is.
silent() {
	http GET /v1/status "$tool"
	[ "$(get .state) $(get .keeper.ready)" = "keeper-unavailable false" ] || die "$1: status: $out"
	[ "$(get .why)" != null ] || die "$1: the status does not say why: $out"
	jq -e '.keeper.as_of < .time and .keeper.journal.n > 0' <<<"$out" > /dev/null || die "$1: of no time: $out"
}

say "- many ask for the status while the keeper hangs"
# Each held a thread of 32 for keeper.timeout, 30 s, and a read had to wait.
kill -STOP "$keeper_pid"
began=$SECONDS askers=()
for i in $(seq 40); do
	curl -s -m 60 --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $tool" -o "$house/status.$i" "$url/v1/status" &
	askers+=($!)
done
sleep 1
http GET "/v1/keys?limit=1" "$tool"
want 200
wait "${askers[@]}"
silent "a keeper that hangs"
[ $((SECONDS - began)) -lt 15 ] || die "a keeper that hangs: status and read took $((SECONDS - began)) s"
for i in $(seq 40); do
	jq -e '.keeper.as_of' "$house/status.$i" > /dev/null || die "no status: $(cat "$house/status.$i")"
done
kill -CONT "$keeper_pid"

# Only now: a busy machine may need longer to found a house.
service_stop
service_start --set keeper.timeout=2
ready_wait '"ready"'
login officer-1
officer=$session
ask /v1/windows "$tool" "$(jq -nc --arg u "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" \
    '{keys: ["trial"], by: ["ci"], uses: 9, until: $u, any_digest: true, product: "elsewhere"}')"
want 202
win=$(get .request)
vote "$win" approve officer-1
vote "$win" approve officer-2
want 200
close() { http POST "/v1/windows/$win/close" "$officer" '{"reason":"gone"}' -H "Idempotency-Key: close-1"; }

n=0
# asked - a signature over a digest of its own.
asked() {
	n=$((n + 1))
	http POST /v1/keys/trial/sign "$tool" \
	    "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' $n)\"}}" -H "Idempotency-Key: gone-$n"
}
again() {
	http POST /v1/keys/trial/sign "$tool" \
	    "{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$(printf '%064d' $n)\"}}" -H "Idempotency-Key: gone-$n"
}
# away WHAT - what is asked now gets 503 and is told when to come back.
away() {
	asked
	want 503
	grep -qi '^retry-after:' "$house/headers" || die "$1: 503 without Retry-After"
	[ "$(jq -r .code <<<"$out")" = "$2" ] || [ "$(jq -r .code <<<"$out")" = "${3:-$2}" ] ||
	    die "$1: not $2: $out"
	http GET /healthz
	want 200
}
answered() { again; [ "$status" != 503 ]; }
# back WHAT - the same is asked until it succeeds.
back() {
	until_true 20 answered || die "$1: it did not come back: $out"
	[ "$status" = 200 ] || die "$1: $status $out"
}
asked
want 200

say "- the keeper is killed"
keeper_stop KILL
away "no keeper" keeper-unavailable
# Who does not wait is told at once; others try again for twenty seconds.
began=$SECONDS rc=0
echo once > "$house/once"
CLAVIGER_TOKEN=$tool claviger sign --key trial --no-wait --json "$house/once" > "$house/once.out" 2>/dev/null || rc=$?
[ "$rc $(jq -r .code "$house/once.out")" = "69 keeper-unavailable" ] || die "--no-wait: $rc $(cat "$house/once.out")"
[ $((SECONDS - began)) -lt 12 ] || die "--no-wait waited $((SECONDS - began)) s"
close
want 503 keeper-unavailable
http GET "/v1/windows/$win" "$tool"
[ "$(get .state)" = open ] || die "closed without the keeper: $out"
silent "no keeper"
CLAVIGER_TOKEN=$tool claviger status > "$house/status" 2> "$house/said"
grep -q '^keeper answers  *false' "$house/status" || die "people do not see it: $(cat "$house/status")"
grep -q "^keeper as of  *$(get .keeper.as_of | cut -c1-10)" "$house/status" || die "nor since when: $(cat "$house/status")"
grep -q 'The keeper does not answer' "$house/said" || die "nor what that means: $(cat "$house/said")"
keeper_start
back "the keeper"

# shown - the keeper has the whole ledger, and is at nothing.
shown() { until_true 10 is_shown "$officer" || die "the checkpoint was lost: $out"; }

say "- the keeper is frozen"
shown
kill -STOP "$keeper_pid"
silent "a keeper that hangs"
kill -CONT "$keeper_pid"
back "the keeper that hung"
kill -STOP "$keeper_pid"
close
want 503 keeper-unavailable
away "a frozen keeper" keeper-unavailable
kill -CONT "$keeper_pid"
back "the frozen keeper"
# It has closed the window, with nobody there to hear of it: the service, which
# waited in vain, greets it anew, and its journal tells; seconds later where the
# entry was still being written at the greeting.  Or it never read of it: where
# it was frozen within an answer, sending that fails first and ends the
# connection.  Then nothing was done, as was said, and who asks again gets it.
closed() { http GET "/v1/windows/$win" "$tool"; [ "$status" = 200 ] && [ "$(get .state)" = closed ]; }
until_true 3 closed || true
if grep -q '"op":"close"' "$house/keeper/journal"/*; then
	closed || die "a closing was lost: $out"
fi
close
want 200
[ "$(get .state)" = closed ] || die "not closed: $out"
http POST "/v1/windows/$win/close" "$officer" '{}'
want 409 conflict
http GET "/v1/ledger/events?kind=window.closed" "$officer"
[ "$(jq -c '[.events[].data | [.entry.op, .reason]]' <<<"$out")" = '[["close","gone"]]' ] ||
    die "closed otherwise than once, by the keeper: $out"

say "- a checkpoint whose answer is lost is shown again"
# What happens needs no keeper, and nothing follows it: only the checkpoint.
for i in 1 2 3; do
	kill -STOP "$keeper_pid"
	ask /v1/windows "$tool" "$(jq -nc --arg u "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" --arg r "night $i" \
	    '{keys: ["trial"], by: ["ci"], uses: 1, until: $u, any_digest: true, reason: $r}')"
	want 202
	sleep 3.5
	kill -CONT "$keeper_pid"
	shown
done

say "- the token is away"
# ready_is STATUS - the probe says so within a few seconds, unasked.
probed() { http GET /readyz; [ "$status" = "$1" ]; }
ready_is() { until_true 10 probed "$1" || die "/readyz: $status, not $1: $out"; }
ready_is 200
mv "$house/tokens" "$house/tokens.away"
ready_is 503
[ "$(get .code)" = token-unavailable ] || die "/readyz: $out"
away "no token" token-unavailable
tokenless() { http GET /v1/status "$officer"; [ "$(get .state)" = token-unavailable ]; }
until_true 5 tokenless || true
[ "$(get .state) $(get .keeper.token.present)" = "token-unavailable false" ] || die "status: $out"
[ "$(get .keeper.token.why)" != null ] || die "status does not say why: $out"
mv "$house/tokens.away" "$house/tokens"
ready_is 200
http GET /v1/status "$officer"
[ "$(get .state) $(get .keeper.token.present)" = "ready true" ] || die "status: $out"
back "the token"

if [ "$engine" = sqlite ]; then
	say "- the database is locked"
	mkfifo "$house/sql"
	sqlite3 "$house/service/claviger.db" >/dev/null <"$house/sql" &
	locker=$!
	exec 8>"$house/sql"
	echo "BEGIN EXCLUSIVE;" >&8
	sleep 0.3
	away "a locked database" store-unavailable ledger-unavailable
	echo "ROLLBACK;" >&8
	exec 8>&-
	wait "$locker" || true
	back "the locked database"
else
	say "- the database is stopped"
	pg_stop
	away "no database" store-unavailable ledger-unavailable
	pg_start
	back "the database"
fi

# Every use that the keeper made has its event, whoever heard of it.
http POST /v1/keys/trial/suspend "$officer" '{}'
want 200
shown
entries=$(get .keeper.journal.n)
http GET "/v1/ledger/events?limit=1000" "$officer"
with=$(jq '[.events[] | select(.data.entry)] | length' <<<"$out")
intents=1
[ $((with + intents)) = "$entries" ] || die "$entries entries, $with events and $intents intents"
twice=$(jq '[.events[] | select(.kind == "key.signed") | .data.entry.operation.digest.value] | length - (unique | length)' <<<"$out")
say "- $with events of $entries entries; signed twice: $twice"
if [ -x "$builddir/claviger-audit" ]; then
	http GET /v1/ledger/bundle "$officer"
	"$builddir/claviger-audit" verify "$house/out" --trust "$fingerprint" >"$house/audit" ||
	    die "the ledger does not verify: $(cat "$house/audit")"
fi
echo "ok: $engine"
