# shellcheck shell=bash
# house.sh - a house for scenarios and benches: a token of its own, the real
# keeper, the real service, officers with keys of their own; driven by
# claviger as people do it, or by curl.
#
# Sourced; takes builddir and srcdir from the environment.  Everything lies in
# $house, speaks to loopback only, and what runs was started by id and ends by
# id.
#
# With claviger, under the quickstart charter:
#	house_new                 the folder, a token, TLS, the officers' keys
#	house_up [STORE_URL]      keeper and service run
#	house_found OFFICER...    claviger init; the CI tool gets its token
#	house_key NAME [ENV]      a firmware key, generated under quorum, active
#	asked OFFICER ARG...      what needs the quorum; prints the result
#	as_ci ARG...              claviger as the tool
#	as_officer N ARG...       claviger as an officer; strangers use claviger
#	is, holds, like, tells    a step that counts; house_result at the end
#
# With curl, under the charter of charter.jq, which allows more kinds of people:
#	house_begin [ARG...]      all of the above, running; ends by itself
#	house_found               founded over HTTP
#	key_make NAME CLASS ENV   a key, generated under quorum, active
#	http, want, get           ask, expect, read
#	ask, vote, login          as an officer, signed with openssl
#
# house_down ends it all; house_end does so as a script's last deed, and fails
# it where a sanitizer had something to say (KEEP=yes keeps the folder).
#
# File descriptor 9 is the database's: it ends when that is closed.
#
# keeper_as and service_as are words before each program (another user),
# keeper_options and service_options (of service_up) what follows them besides;
# service_settings lines of the service's configuration; house_socket is where
# they meet.

CLAVIGER_BUILD=${CLAVIGER_BUILD:-${builddir:-$PWD}}
CLAVIGER_SOURCE=${CLAVIGER_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
PATH=$CLAVIGER_BUILD:$PATH
keeper_as=() service_as=() ahead=() keeper_options=() service_options=() service_settings=()
house='' keeper_pid='' service_pid='' pg=''
failed=0 steps=0

say() { printf '%s\n' "$*" >&2; }
die() { say "FAIL: $*"; exit 1; }

# ---- steps that count
# is STATUS WORDS COMMAND... - it ends with this status; output in $out, $said.
is() {
	local want=$1 words=$2 got
	shift 2
	steps=$((steps + 1))
	out=$("$@" 2> "$house/said")
	got=$?
	said=$(cat "$house/said")
	if [ "$got" -ne "$want" ]; then
		printf 'not ok %d - %s: %d, not %d\n%s\n%s\n' "$steps" "$words" "$got" "$want" "$out" "$said"
		failed=$((failed + 1))
	else
		printf 'ok %d - %s\n' "$steps" "$words"
	fi
}
# holds WORDS COMMAND... - it succeeds; what it prints does not matter.
holds() {
	local words=$1
	shift
	is 0 "$words" "$@"
}
field() { jq -r ".$1" <<< "$out"; }
# like WORDS FILTER - the last output, as JSON, satisfies jq's filter.
like() {
	[ -n "$out" ] && jq -e "$2" > /dev/null 2>&1 <<< "$out" && return
	printf 'not ok - %s: %s\n' "$1" "$out"
	failed=$((failed + 1))
}
# tells WORDS PATTERN - the last output or message contains it.
tells() {
	grep -qE -e "$2" <<< "$out$said" && return
	printf 'not ok - %s: %s%s\n' "$1" "$out" "$said"
	failed=$((failed + 1))
}
# shows WORDS PATTERN - a step: the last output has it; it stays the last output.
shows() {
	local text=$out
	is 0 "$1" grep -qE "$2" <<< "$text"
	out=$text
}
# api STATUS CODE METHOD PATH [BODY] - what the interface itself answers to $token.
api() {
	http "$3" "$4" "$token" "${5:-}"
	printf '%s %s\n' "$status" "$(jq -r '.code // "none"' <<< "$out")"
	[ "$status $(jq -r '.code // "none"' <<< "$out")" = "$1 $2" ]
}
house_result() {
	printf '1..%d\n' "$steps"
	[ "$failed" -eq 0 ]
}

# ---- the folder and what lies in it
softhsm_module() {
	local m
	for m in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
		[ -e "$m" ] && { echo "$m"; return; }
	done
	die "no libsofthsm2.so"
}

# free_port [NOT...] - a port that was free a moment ago: of sixteen that are this
# script's, and below those that the system lends to whoever connects.
free_port() {
	local p from=$((16384 + $$ % 1000 * 16))
	for p in $(seq "$from" $((from + 15))); do
		[[ " $* " == *" $p "* ]] && continue
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }
	done
	die "no free port"
}

make_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

# officer_make OFFICER - a key in officers/, its public half beside it.
officer_make() {
	make_key "$house/officers/$1.pem"
	openssl pkey -in "$house/officers/$1.pem" -pubout -outform DER \
	    -out "$house/officers/$1.der" 2>/dev/null
}

house_folder() {
	house=$(mktemp -d "${TMPDIR:-/tmp}/claviger-house.XXXXXX")
	chmod 700 "$house"
	mkdir -m 700 "$house"/{keeper,service,officers,tokens}
	house_pin=$(openssl rand -hex 8)
	export SOFTHSM2_CONF=$house/softhsm2.conf
	printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
	    "$house/tokens" > "$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label claviger --so-pin "$house_pin" \
	    --pin "$house_pin" > /dev/null
	(umask 077 && printf %s "$house_pin" > "$house/pin")
	house_socket=$house/keeper.sock
	port=$(free_port)
	public_port=$(free_port "$port")
	url=https://127.0.0.1:$port
	export CLAVIGER_URL=$url
	unset CLAVIGER_TOKEN CLAVIGER_TOKEN_FILE CLAVIGER_FINGERPRINT CLAVIGER_CERTIFICATE CLAVIGER_KEY
}

house_tls() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	    -subj "/CN=scenario anchor" -addext "basicConstraints=critical,CA:TRUE" \
	    -keyout "$house/anchor.key" -out "$house/anchor.pem" 2>/dev/null
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=localhost" -keyout "$house/server.key" -out "$house/server.csr" 2>/dev/null
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > "$house/server.ext"
	openssl x509 -req -in "$house/server.csr" -CA "$house/anchor.pem" -CAkey "$house/anchor.key" \
	    -days 2 -extfile "$house/server.ext" -out "$house/server.pem" 2>/dev/null
	chmod 600 "$house/server.key"
}

house_new() {
	local n
	house_folder
	cp -r "$CLAVIGER_SOURCE/policy/examples/quickstart/." "$house/charter"
	chmod -R u+w "$house/charter"
	mkdir -p "$house/charter/officers"
	for n in officer-1 officer-2 officer-3 release-lead; do
		officer_make "$n"
		openssl pkey -in "$house/officers/$n.pem" -pubout \
		    -out "$house/charter/officers/$n.pub.pem" 2>/dev/null
	done
	house_tls
	export CLAVIGER_CA_FILE=$house/anchor.pem
}

# A PostgreSQL of the test's own: $conninfo; it ends with our end of its pipe.
pg_up() {
	pg=$(mktemp -d "${TMPDIR:-/tmp}/claviger-pg.XXXXXX")
	mkfifo "$pg.hold" "$pg.answer"
	sh "$CLAVIGER_SOURCE/tests/lib/postgres.sh" run "$pg" < "$pg.hold" > "$pg.answer" 2> "$pg.said" &
	exec 9> "$pg.hold"
	read -r conninfo < "$pg.answer" && [ -n "$conninfo" ]
}
# pg_ctl ARG... - as the database's owner: it goes, and comes back.
pg_ctl() {
	local bin as=()
	bin=$(dirname "$(find /usr/lib/postgresql -name pg_ctl | sort -V | tail -n 1)")
	[ "$(id -u)" != 0 ] || as=(runuser -u "$(stat -c %U "$pg/data")" --)
	"${as[@]}" "$bin/pg_ctl" -D "$pg/data" "$@" > /dev/null < /dev/null 9>&-
}
pg_stop() { pg_ctl -m immediate stop; }
pg_start() { pg_ctl -l "$pg/data/log" -w -o "-k '$pg' -c listen_addresses= -c max_connections=40" start; }
pg_down() {
	[ -n "$pg" ] || return 0
	exec 9>&-
	rm -f "$pg.hold" "$pg.answer" "$pg.said"
	pg=
}

# house_store - $store: the URL of a PostgreSQL of its own where $engine says so;
# "" is SQLite.
house_store() {
	store=
	[ "${engine:-sqlite}" != sqlite ] || return 0
	pg_up || { say "no PostgreSQL: $(cat "$pg.said")"; exit 77; }
	store=postgresql:$conninfo
}

house_begin() {
	local o
	house_folder
	trap house_end EXIT
	house_store
	# The service makes its own certificate.
	export CLAVIGER_CA_FILE=$house/service/tls.crt
	for o in officer-1 officer-2 officer-3 lead auditor vendor-1 stranger; do
		officer_make "$o"
	done
	keeper_start
	service_start "$@"
	ready_wait '"awaiting-genesis"'
}

# ahead OFFSET - $ahead: words before a program whose clock is ahead, by "+20h".
ahead() {
	ahead=(env 'LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1' "FAKETIME=$1" FAKETIME_NO_CACHE=1
	    "ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0")
}

# ---- programs: start, end
# until_true SECONDS COMMAND... - a wait that the clock bounds: SECONDS are for a
# machine that has nothing else to do, and one that has is given many times as long.
patience=8
until_true() {
	local end=$((SECONDS + $1 * patience))
	shift
	until "$@" > /dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# makes_ed25519=yes before it, where such keys will be made: SoftHSM leaks with
# them, which the leak checker must know.
keeper_up() {
	local knows=()
	[ -z "${makes_ed25519:-}" ] || knows=(env ASAN_OPTIONS=fast_unwind_on_malloc=0
	    LSAN_OPTIONS="suppressions=$CLAVIGER_SOURCE/tests/lib/softhsm.supp:print_suppressions=0")
	rm -f "$house_socket"
	"${keeper_as[@]}" "${knows[@]}" claviger-keeper --state "$house/keeper" --socket "$house_socket" \
	    --module "$(softhsm_module)" --token-label claviger --pin-file "$house/pin" \
	    "${keeper_options[@]}" >> "$house/keeper.log" 2>&1 3>&- 9>&- &
	keeper_pid=$!
	until_true 20 test -S "$house_socket"
}
keeper_start() { keeper_up || die "the keeper did not start"; }

# service_run ARG... - clavigerd, in the background.
service_run() {
	"${service_as[@]}" clavigerd "$@" >> "$house/service.log" 2>&1 3>&- 9>&- &
	service_pid=$!
}

service_up() {
	cat > "$house/clavigerd.yaml" <<-YAML
		house.folder: "$house/service"
		keeper.socket: "$house_socket"
		store.url: "${1:-sqlite:$house/service/claviger.db}"
		control.listen: "127.0.0.1:$port"
		control.certificate: "$house/server.pem"
		control.key: "$house/server.key"
		public.listen: "127.0.0.1:$public_port"
	YAML
	printf '%s\n' "${service_settings[@]}" >> "$house/clavigerd.yaml"
	service_run --config "$house/clavigerd.yaml" "${service_options[@]}"
	until_true 20 claviger status
}

# service_start [ARG...] - configured by its command line alone.
service_start() {
	service_run --set house.folder="$house/service" \
	    --set keeper.socket="$house_socket" \
	    --set control.listen="127.0.0.1:$port" \
	    --set public.listen="127.0.0.1:$public_port" \
	    --set store.url="${store:-sqlite:claviger.db}" "$@"
	until_true 20 curl -sf "http://127.0.0.1:$public_port/healthz" ||
	    die "the service did not start"
}

house_up() { keeper_up && service_up "$@"; }

# end PID [SIGNAL] - and wait until it has ended.
end() {
	[ -n "${1:-}" ] || return 0
	kill -"${2:-TERM}" "$1" 2>/dev/null || true
	kill -CONT "$1" 2>/dev/null || true # a test that failed may have left it frozen
	wait "$1" 2>/dev/null || true
	return 0
}

service_stop() { end "$service_pid" "${1:-TERM}"; service_pid=; }
keeper_stop() { end "$keeper_pid" "${1:-TERM}"; keeper_pid=; rm -f "$house_socket"; }
house_stop() {
	service_stop
	[ -z "$keeper_pid" ] || keeper_stop
}

house_down() {
	house_stop
	pg_down
	[ -n "${KEEP:-}" ] && [ -n "$house" ] && { say "kept in $house"; return; }
	[ -z "$house" ] || rm -rf "$house"
}

house_end() {
	local rc=$? log
	trap - EXIT
	[ -n "$house" ] || exit $rc
	house_stop
	# What the sanitizers found counts, whoever noticed.
	if grep -qE 'Sanitizer|runtime error' "$house"/*.log 2>/dev/null; then
		grep -hE -A 15 'Sanitizer|runtime error' "$house"/*.log >&2
		rc=1
	fi
	if [ $rc -ne 0 ] && [ $rc -ne 77 ]; then
		for log in service keeper; do
			say "--- $log"
			tail -n 30 "$house/$log.log" >&2 2>/dev/null || true
		done
	fi
	house_down
	exit $rc
}

# ---- people, with claviger
as_ci() { CLAVIGER_TOKEN_FILE=$house/ci.token claviger "$@"; }
as_officer() {
	local n=$1
	shift
	claviger "$@" --officer-key "$house/officers/$n.pem"
}

# The ceremony: by claviger with these officers present, or with none over HTTP.
house_found() {
	if [ $# -gt 0 ]; then
		found_by_cli "$@"
	else
		found_by_http
	fi
}

found_by_cli() {
	local n keys=()
	for n in "$@"; do
		keys+=(--officer-key "$house/officers/$n.pem")
	done
	claviger init --charter "$house/charter" --quiet --json "${keys[@]}" \
	    --setup-token-file "$house/service/setup-token" > "$house/init.json" || return
	CLAVIGER_FINGERPRINT=$(jq -r .fingerprint "$house/init.json")
	export CLAVIGER_FINGERPRINT
	as_officer officer-1 credential issue --for ci -o "$house/ci.token" --quiet > /dev/null
}

# approve REQUEST OFFICER... - with their keys.
approve() {
	local req=$1 n
	shift
	for n in "$@"; do
		as_officer "$n" approve "$req" --yes --quiet --json > "$house/approve.json" 2>> "$house/approve.log" || return
	done
}

# asked OFFICER ARG... - an officer asks claviger, two others agree; prints the result.
asked() {
	local who=$1 req said
	shift
	said=$(as_officer "$who" "$@" --no-wait --json 2> "$house/said") && { echo "$said"; return; }
	req=$(jq -r '.request // empty' <<< "$said")
	[ -n "$req" ] || { cat "$house/said" >&2; return 1; }
	approve "$req" officer-2 officer-3 || return
	# On a busy machine the keeper may take longer than an approval waits for it.
	as_officer "$who" request wait "$req" --quiet > /dev/null 2>> "$house/approve.log"
	said=$(as_officer "$who" request show "$req" --json) || return
	[ "$(jq -r .state <<< "$said")" = done ] || { echo "$said" >&2; return 1; }
	jq -c .result <<< "$said"
}
# key_asked NAME CLASS - a key of that class, generated under quorum, active.
key_asked() {
	asked officer-1 key generate --class "$2" --name "$1" > /dev/null && as_officer officer-1 key activate "$1" > /dev/null
}

# house_ready - up on $store and founded, or it is no use to go on.
house_ready() {
	house_up ${store:+"$store"} || die "the house did not start"
	house_found officer-1 officer-2 || die "not founded"
}

house_key() {
	local req
	as_officer officer-1 key generate --class firmware-signing --name "$1" \
	    --algorithm "${3:-ec-p256}" --product thermostat --environment "${2:-production}" \
	    --no-wait --quiet --json > "$house/generate.json" || [ $? -eq 75 ] || return 1
	req=$(jq -r .request "$house/generate.json")
	approve "$req" officer-2 officer-3 || return
	as_officer officer-1 request wait "$req" --quiet > /dev/null || return
	as_officer officer-1 key activate "$1" --json > /dev/null
}

# ---- people, with curl and openssl
officer_spki() { base64 -w0 "$house/officers/$1.der"; }
officer_hash() { sha256sum "$house/officers/$1.der" | cut -d' ' -f1; }

# sign_octets OFFICER < octets > base64
sign_octets() {
	openssl dgst -sha256 -sign "$house/officers/$1.pem" -binary | base64 -w0
}

# The test's charter: see charter.jq for what it allows.
charter_make() {
	local o persons='{}'
	for o in officer-1 officer-2 officer-3 lead auditor vendor-1; do
		persons=$(jq -c --arg o "$o" --arg s "$(officer_spki "$o")" \
		    '.[$o] = {credentials: [{type: "officer-key", spki: $s}]}' <<<"$persons")
	done
	persons=$(jq -c '."vendor-1".party = "acme"' <<<"$persons")
	jq -ncS --argjson persons "$persons" -f "$CLAVIGER_SOURCE/tests/lib/charter.jq"
}

# http METHOD PATH [TOKEN [BODY [curl options...]]] - body to $out, status to $status.
# $content_type: another than JSON.
http() {
	local method=$1 path=$2 token=${3:-} body=${4:-} args=()
	shift $(($# < 4 ? $# : 4))
	[ -n "$token" ] && args+=(-H "Authorization: Bearer $token")
	if [ "$method" = POST ]; then
		args+=(-H "Content-Type: ${content_type:-application/json}" --data-binary @-)
	fi
	status=$(printf '%s' "$body" | curl -s -m 60 --cacert "$CLAVIGER_CA_FILE" \
	    -X "$method" -o "$house/out" -D "$house/headers" -w '%{http_code}' \
	    "${args[@]}" "$@" "$url$path")
	out=$(cat "$house/out" 2>/dev/null)
}
# want STATUS [CODE] - of the last answer.
want() {
	[ "$status" = "$1" ] || die "${FUNCNAME[1]}: status $status, not $1: $out"
	[ -z "${2:-}" ] || [ "$(jq -r .code <<<"$out")" = "$2" ] ||
	    die "${FUNCNAME[1]}: not $2: $out"
}
get() { jq -r "$1" <<<"$out"; }

house_is() {
	http GET /v1/status
	[ "$(jq -c .state <<< "$out" 2> /dev/null)" = "$1" ] || return
	http GET /readyz
	[ "$status" = 200 ]
}
ready_wait() { until_true 20 house_is "$1" || die "the house is not $1: $out"; }

# is_shown TOKEN - the newest checkpoint covers all that happened.
is_shown() {
	http GET /v1/status "$1"
	[ "$status" = 200 ] && [ "$(get .checkpoint_size)" = "$(get .counts.events)" ]
}

found_by_http() {
	charter=$(charter_make | jq -cS "${charter_tweak:-.}")
	http POST /v1/house "$(cat "$house/service/setup-token")" "{\"charter\":$charter}"
	want 201
	fingerprint=$(get .fingerprint)
	house_id=$(get .genesis.house)
	genesis=$(jq -cS .genesis <<<"$out")
	ready_wait '"ready"'
}

# login OFFICER - the session's token to $session.
login() {
	local challenge doc
	http POST /v1/login/challenges "" "{\"officer\":\"$1\"}"
	want 200
	challenge=$(get .challenge)
	doc=$(jq -ncS --arg h "$house_id" --arg o "$1" --arg c "$challenge" \
	    '{format: "claviger/login/v1", house: $h, officer: $o, challenge: $c}')
	http POST /v1/login "" "$(jq -nc --arg o "$1" --arg h "$(officer_hash "$1")" \
	    --arg c "$challenge" --arg s "$(printf '%s' "$doc" | sign_octets "$1")" \
	    '{officer: $o, credential: $h, challenge: $c, signature: $s}')"
	want 200
	session=$(get .token)
}

# statement VIEW VERDICT - the canonical STATEMENT of a view.
statement() {
	jq -cS --arg v "$2" --arg p "$(jq -cS .document.parameters <<<"$1" |
	    tr -d '\n' | sha256sum | cut -d' ' -f1)" '{
		format: "claviger/approval/v1", house: .document.house, verdict: $v,
		request: .document.id, action: .document.action,
		key: (.document.parameters.key // ""), parameters: $p,
		charter: .charter, rule: {name: .rule.name, hash: .rule.hash},
		requester: .document.requester, created: .document.created,
		expires: .document.expires, checkpoint: {}}' <<<"$1"
}
# approval VIEW VERDICT OFFICER - the APPROVAL.
approval() {
	local s
	s=$(statement "$1" "$2")
	jq -nc --argjson s "$s" --arg o "$3" --arg h "$(officer_hash "$3")" \
	    --arg g "$(printf '%s' "$s" | sign_octets "$3")" \
	    '{statement: $s, proof: {type: "officer-key", officer: $o, credential: $h, signature: $g}}'
}

# ask PATH TOKEN BODY [OFFICER] - prepared and signed by the officer, if one is named.
ask() {
	local body=$3 view
	if [ -n "${4:-}" ]; then
		http POST "$1" "$2" "$(jq -c '.prepare = true' <<<"$body")"
		want 200
		view=$out
		body=$(jq -c --argjson v "$view" --argjson p "$(approval "$view" request "$4")" \
		    '.request = {seal: $v.seal, id: $v.document.id, created: $v.document.created,
		     expires: $v.document.expires} | .requester_proof = $p' <<<"$body")
	fi
	http POST "$1" "$2" "$body"
}

# vote REQUEST VERDICT OFFICER [TOKEN]
vote() {
	local view
	http GET "/v1/requests/$1" "${4:-$session}"
	want 200
	view=$out
	http POST "/v1/requests/$1/$2" "" \
	    "$(jq -nc --argjson a "$(approval "$view" "$2" "$3")" '{approval: $a, reason: "as shown"}')"
}

# token_for PRINCIPAL [SESSION] - a bearer token to $token.
token_for() {
	http POST /v1/credentials "${2:-$session}" \
	    "{\"principal\":\"$1\",\"type\":\"token\",\"lifetime\":\"P1D\"}"
	want 200
	token=$(get .token)
	credential=$(get .credential.id)
}

# key_make NAME CLASS ENVIRONMENT - generated under quorum and active.
key_make() {
	login officer-1
	ask /v1/keys "$session" "$(jq -nc --arg n "$1" --arg c "$2" --arg e "$3" \
	    '{name: $n, class: $c, environment: $e, algorithm: "ec-p256", products: ["thermostat"]}')" officer-1
	want 202
	local req
	req=$(get .request)
	vote "$req" approve officer-2
	want 200
	vote "$req" approve officer-3
	want 200
	[ "$(get .state)" = done ] || die "key $1 was not made: $out"
	http POST "/v1/keys/$1/activate" "$session" '{}'
	want 200
}
