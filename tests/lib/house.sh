# shellcheck shell=bash
# house.sh - a house for tests, driven over HTTP alone: a token of its own, the
# real keeper, the real service, officers with keys of their own, curl.
#
# The caller sets builddir; everything is made in $house, and ends with
# house_end.  Nothing but loopback is spoken to.

house=
say() { printf '%s\n' "$*" >&2; }
die() { say "FAIL: $*"; exit 1; }

# A port that was free a moment ago.
free_port() {
	local p
	for _ in $(seq 1 50); do
		p=$((20000 + RANDOM % 40000))
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }
	done
	die "no free port"
}

softhsm_module() {
	local m
	for m in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
		[ -e "$m" ] && { echo "$m"; return; }
	done
	die "no libsofthsm2.so"
}

officer_make() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$house/officers/$1.pem" 2>/dev/null
	openssl pkey -in "$house/officers/$1.pem" -pubout -outform DER \
	    -out "$house/officers/$1.der" 2>/dev/null
}
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
	jq -ncS --argjson persons "$persons" -f "${srcdir:-.}/tests/lib/charter.jq"
}

token_make() {
	mkdir -p "$house/tokens"
	cat > "$house/softhsm2.conf" <<-CONF
		directories.tokendir = $house/tokens
		objectstore.backend = file
		log.level = ERROR
	CONF
	echo 12345678 > "$house/pin"
	chmod 600 "$house/pin"
	SOFTHSM2_CONF="$house/softhsm2.conf" softhsm2-util --init-token --free \
	    --label house --so-pin 12345678 --pin 12345678 >/dev/null
}

keeper_start() {
	SOFTHSM2_CONF="$house/softhsm2.conf" "$builddir/claviger-keeper" \
	    --state "$house/keeper" --socket "$house/keeper.sock" \
	    --module "$(softhsm_module)" --token-label house \
	    --pin-file "$house/pin" \
	    >>"$house/keeper.log" 2>&1 &
	keeper_pid=$!
	for _ in $(seq 1 100); do
		[ -S "$house/keeper.sock" ] && return
		kill -0 "$keeper_pid" 2>/dev/null || break
		sleep 0.05
	done
	tail -n 20 "$house/keeper.log" >&2
	die "the keeper did not start"
}

service_start() {
	"$builddir/clavigerd" --set house.folder="$house/service" \
	    --set keeper.socket="$house/keeper.sock" \
	    --set control.listen="127.0.0.1:$port" \
	    --set public.listen="127.0.0.1:$public_port" \
	    --set store.url="${store_url:-sqlite:claviger.db}" \
	    "$@" >>"$house/service.log" 2>&1 &
	service_pid=$!
	for _ in $(seq 1 100); do
		curl -s -o /dev/null "http://127.0.0.1:$public_port/healthz" && return
		kill -0 "$service_pid" 2>/dev/null || break
		sleep 0.05
	done
	tail -n 20 "$house/service.log" >&2
	die "the service did not start"
}

end_of() {
	[ -n "${1:-}" ] || return 0
	kill -"${2:-TERM}" "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}
service_stop() { end_of "${service_pid:-}" "${1:-TERM}"; service_pid=; }
keeper_stop() { end_of "${keeper_pid:-}" "${1:-TERM}"; keeper_pid=; rm -f "$house/keeper.sock"; }

# A PostgreSQL of the house's own; it ends with the shell that holds fd 9.
postgres_begin() {
	pg=$(mktemp -d "${TMPDIR:-/tmp}/house-pg.XXXXXX")
	mkfifo "$house/hold" "$house/answer"
	sh "${srcdir:-.}/tests/lib/postgres.sh" run "$pg" <"$house/hold" >"$house/answer" 2>"$house/pg.out" &
	exec 9>"$house/hold"
	read -r conninfo <"$house/answer" || die "no PostgreSQL: $(cat "$house/pg.out")"
	store_url="postgresql:$conninfo"
}

house_begin() {
	house=$(mktemp -d "${TMPDIR:-/tmp}/house.XXXXXX")
	trap house_end EXIT
	if [ "${engine:-sqlite}" != sqlite ]; then
		ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
		    { say "no PostgreSQL is installed"; exit 77; }
		postgres_begin
	fi
	mkdir -p "$house/officers"
	port=$(free_port)
	public_port=$(free_port)
	url="https://127.0.0.1:$port"
	for o in officer-1 officer-2 officer-3 lead auditor vendor-1 stranger; do
		officer_make "$o"
	done
	token_make
	keeper_start
	service_start
	ready_wait '"awaiting-genesis"'
}

house_end() {
	local rc=$?
	trap - EXIT
	service_stop
	keeper_stop
	# What the sanitizers found counts, whoever noticed.
	if grep -qE 'Sanitizer|runtime error' "$house"/*.log 2>/dev/null; then
		grep -hE -A 15 'Sanitizer|runtime error' "$house"/*.log >&2
		rc=1
	fi
	if [ $rc -ne 0 ]; then
		say "--- service"; tail -n 30 "$house/service.log" >&2
		say "--- keeper"; tail -n 30 "$house/keeper.log" >&2
	fi
	exec 9>&-
	[ -n "${KEEP:-}" ] && { say "kept in $house"; exit $rc; }
	rm -rf "$house"
	exit $rc
}

# http METHOD PATH [TOKEN [BODY [curl options...]]] - body to $out, status to $status.
http() {
	local method=$1 path=$2 token=${3:-} body=${4:-} args=()
	shift $(($# < 4 ? $# : 4))
	[ -n "$token" ] && args+=(-H "Authorization: Bearer $token")
	if [ "$method" = POST ]; then
		args+=(-H 'Content-Type: application/json' --data-binary @-)
	fi
	status=$(printf '%s' "$body" | curl -s -m 60 --cacert "$house/service/tls.crt" \
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

ready_wait() {
	for _ in $(seq 1 200); do
		http GET /v1/status
		[ "$(jq -c .state <<<"$out" 2>/dev/null)" = "$1" ] &&
		    { http GET /readyz; [ "$status" = 200 ] && return; }
		sleep 0.05
	done
	die "the house is not $1: $out"
}

house_found() {
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
