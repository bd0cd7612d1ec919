# shellcheck shell=bash
# killed.sh - service and keeper are killed at random moments under load, and
# what must be so afterwards; for scenarios and the soak, behind house.sh and
# pki.sh.
#
#	window_wide KEY           any digest of it may be signed by ci, a million times
#	signing KEY SECONDS [MS]  clients sign until then; their answers in $house/answers
#	line FROM, watch          workers: issue and revoke, read OCSP and lists
#	batch_line PROFILE [FILE] a batch until it is through
#	struck VICTIM [STORE]     one or both are killed and come back
#	certificates [STATUS]     "device serial" of those that the house has
#	pages MEMBER ARG...       a list of claviger's, to its end, a row a line
#	workers_end, signed_all   the workers' and the clients' end
#	unbroken                  nobody has complained
#	bundle_whole, answers_kept, ledger_kept STORE
#
# A worker's complaint is a line in $house/broken, and ends the script.

workers=()

die() {
	local f
	echo "FAILED: $*" >&2
	for f in "$house"/*.log "$house/said"; do
		[ ! -e "$f" ] || { echo "-- $f"; tail -n 6 "$f"; } >&2
	done
	exit 1
}
workers_end() {
	local w
	[ -z "$house" ] || touch "$house/stop" 2>/dev/null || true
	for w in "${workers[@]}"; do wait "$w" || echo "a worker ended with $?" >> "$house/broken"; done
	workers=()
}

unbroken() { [ ! -e "$house/broken" ] || die "$(cat "$house/broken")"; }

# struck VICTIM [STORE] - 0 is the keeper, 1 the service, 2 both.
struck() {
	[ "$1" -eq 1 ] || end "$keeper_pid" KILL
	[ "$1" -eq 0 ] || end "$service_pid" KILL
	[ "$1" -eq 1 ] || keeper_up || die "the keeper did not come back"
	[ "$1" -eq 0 ] || service_up "${2:-}" || die "the service did not come back"
}

# ---- signing
window_wide() {
	asked officer-1 window open --key "$1" --by ci --uses 1000000 --any-digest \
	    --until "$(date -u -d '+23 hours' +%Y-%m-%dT%H:%M:%SZ)" > "$house/window.json"
}
signing() {
	CLAVIGER_TOKEN_FILE=$house/ci.token "$CLAVIGER_BUILD/tests/scenario/load" "$1" 4 \
	    "$2" "$house/answers" ${3:+"$3"} > "$house/load.out" 2> "$house/load.log" &
	load_pid=$!
}
signed_all() { wait "$load_pid" || die "a client was refused: $(cat "$house/load.log")"; }

# ---- certificates
# Nobody waits for people here but the authorities' making.
charter_open() {
	sed -i '/^rules:$/a\  - name: any-change\n    why: What is killed is not approved.\n    action: [cert.release]\n    by: [release-tools]\n' \
	    "$house/charter/classes/ca.yaml"
}
# authorities - a root and "devices" of two partitions, with a responder.
authorities() {
	local k
	for k in root-key devices-key; do
		key_asked "$k" ca || return
	done
	key_asked answers ocsp-responder &&
	    asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root > /dev/null &&
	    asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key --partitions 2 \
		--subject O=Example --subject CN=Devices --responder answers > /dev/null &&
	    until_true 20 curl -sf -o "$house/chain.pem" "$at/ca/devices.pem" &&
	    openssl x509 -in "$house/chain.pem" -out "$house/devices.pem"
}

heard() { "$@" >> "$house/insist.log" 2>&1; }
# insist COMMAND... - until it is answered; who was cut off asks again.
insist() {
	until_true 40 heard "$@" && return
	echo "never answered: $*" >> "$house/broken"
	return 1
}

# What an answer said is written down behind it.  $breath: seconds between two.
line() { # FROM - devices FROM, FROM+2 ...: each issued, then as its number says.
	local i=$1 s
	while [ ! -e "$house/stop" ]; do
		i=$((i + 2))
		csr "d$i"
		insist as_ci cert issue --ca devices --profile device --device "d$i" --csr "$house/d$i.csr" \
		    -o "$house/d$i.pem" || return
		s=$(serial "d$i")
		echo "d$i $s" >> "$house/issued-$1"
		ocsp "d$i" > /dev/null || true	# good, and kept so
		case $((i % 8)) in
		0|1) insist as_ci cert revoke "$s" --yes || return; echo "d$i" >> "$house/revoked" ;;
		2|3) insist as_ci cert hold "$s" --yes || return; echo "d$i" >> "$house/held" ;;
		4|5) insist as_ci cert hold "$s" --yes || return
		    insist as_ci cert release "$s" --yes || return; echo "d$i" >> "$house/released" ;;
		6) insist as_ci cert revoke --ca devices --device "d$i..d$i" --yes || return
		    echo "d$i" >> "$house/revoked" ;;
		esac
		sleep "${breath:-0}"
	done
}
ocsp() { # DEVICE - its status, believed, or nothing.
	local said
	said=$(openssl ocsp -issuer "$house/devices.pem" -cert "$house/$1.pem" -url "$at/ocsp" -no_nonce -timeout 5 \
	    -CAfile "$house/chain.pem" -verify_other "$house/chain.pem" 2>&1) || true
	grep -q "Response verify OK" <<< "$said" && sed -n "s/^.*$1.pem: //p" <<< "$said"
}
list_number() { # PARTITION - of its list, in decimal, or nothing.
	local hex file=$house/list-$BASHPID
	curl -sf --max-time 5 -o "$file" "$at/crl/devices/$1.crl" || { rm -f "$file"; return 0; }
	hex=$(openssl crl -inform DER -in "$file" -noout -crlnumber | sed 's/.*=0x//')
	rm -f "$file"
	echo $((16#$hex))
}
watch() {
	local last=(0 0) p n d
	while [ ! -e "$house/stop" ]; do
		for p in 0 1; do
			n=$(list_number $p)
			[ -z "$n" ] || [ "$n" -ge "${last[p]}" ] || echo "list $p went back from ${last[p]} to $n" >> "$house/broken"
			last[p]=${n:-${last[p]}}
		done
		d=$(shuf -n 1 "$house/revoked" 2>/dev/null) || d=
		[ -z "$d" ] || [ "$(ocsp "$d")" != good ] || echo "OCSP says good for $d" >> "$house/broken"
		echo >> "$house/watched"
		sleep "${breath:-0.05}"
	done
}
pages() { # MEMBER ARG... - "claviger ARG..." lists it
	local page next='' member=$1
	shift
	while true; do
		page=$(as_ci "$@" ${next:+--cursor "$next"} --limit 1000 --json) || return
		jq -c ".${member}[]" <<< "$page"
		next=$(jq -r '.next // empty' <<< "$page")
		[ -n "$next" ] || return 0
	done
}
certificates() { # [STATUS] - "device serial" of those there are
	pages certificates cert list --ca devices --profile device ${1:+--status "$1"} | jq -r '"\(.device) \(.serial)"'
}
# The batch's client: killed, it is started again; else it goes on by itself.
batch_line() { # PROFILE [FILE] - the rows in the file of that name
	local rows=$house/${2:-$1}
	for _ in $(seq 1 300); do
		CLAVIGER_TOKEN_FILE=$house/ci.token claviger batch submit "$rows" --ca devices --profile "$1" \
		    -o "$rows.results" --quiet --patience PT2M 2>> "$house/line.log" &
		echo $! > "$house/client.pid"
		wait $! && return
		sleep 0.1
	done
	return 1
}

# ---- afterwards
# whole - a bundle ends with the newest checkpoint; does that cover all there is?
whole() { as_officer officer-1 audit export -o "$house/bundle" --json | jq -e '.beyond == 0'; }
bundle_whole() { until_true 60 whole || die "no checkpoint comes to cover the last events"; }

# answers_kept - every answer is in the ledger, with the very same signature.
answers_kept() {
	local n
	grep '"kind":"key.signed"' "$house/bundle" |
	    jq -r '.data.entry | "\(.operation.digest.value) \(.result.signature)"' | sort > "$house/ledger"
	sort "$house/answers" > "$house/answered"
	n=$(comm -23 "$house/answered" "$house/ledger" | wc -l)
	[ "$n" -eq 0 ] || die "$n answers are not in the ledger"
	n=$(cut -d' ' -f1 "$house/ledger" | sort | uniq -d | wc -l)
	[ "$n" -eq 0 ] || die "$n digests were signed twice"
}
# ledger_kept STORE - it verifies, and replay equals the tables.
ledger_kept() {
	claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" --json \
	    --replay-db "${1:-sqlite:$house/service/claviger.db}" > "$house/verdict" ||
	    { jq -c '.findings, .replay' "$house/verdict"; die "the ledger does not verify, or replay differs"; }
}
