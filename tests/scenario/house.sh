# shellcheck shell=bash
# house.sh - one house for a scenario: token, TLS, keeper, service, officers.
#
# Sourced by every scenario.  Everything lies in $house, a folder that
# house_new made; what runs was started by id and ends by id.
#
#	house_new                 the folder, a token, TLS, the officers' keys
#	house_up [STORE_URL]      keeper and service run
#	house_found [OFFICER...]  claviger init under the quickstart charter;
#	                          the CI tool gets its token
#	house_key NAME [ENV]      a firmware key, generated under quorum, active
#	house_down                all of it ends
#
# as_ci ARG... and as_officer N ARG... run claviger as somebody; strangers
# use plain claviger.
#
# keeper_as and service_as are words before each program (another user),
# keeper_options the keeper's besides; house_socket is where they meet.
#
# A script that counts its steps uses is, holds, like, and ends with
# house_result.

CLAVIGER_BUILD=${CLAVIGER_BUILD:-${builddir:-$PWD}}
CLAVIGER_SOURCE=${CLAVIGER_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
PATH=$CLAVIGER_BUILD:$PATH

keeper_as=() service_as=() keeper_options=()
failed=0 steps=0

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
	jq -e "$2" > /dev/null 2>&1 <<< "$out" && return
	printf 'not ok - %s: %s\n' "$1" "$out"
	failed=$((failed + 1))
}
# tells WORDS PATTERN - the last output or message contains it.
tells() {
	grep -qE -e "$2" <<< "$out$said" && return
	printf 'not ok - %s: %s%s\n' "$1" "$out" "$said"
	failed=$((failed + 1))
}
house_result() {
	printf '1..%d\n' "$steps"
	[ "$failed" -eq 0 ]
}

softhsm_module() {
	local m
	for m in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
		[ -e "$m" ] && { echo "$m"; return; }
	done
	return 1
}

free_port() {
	local p
	while :; do
		p=$((20000 + RANDOM))
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }
	done
}

make_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

house_new() {
	local n
	house=$(mktemp -d "${TMPDIR:-/tmp}/claviger-house.XXXXXX")
	chmod 700 "$house"
	mkdir -m 700 "$house"/{keeper,service,officers,tokens,charter}
	house_pin=$(openssl rand -hex 8)
	export SOFTHSM2_CONF=$house/softhsm2.conf
	printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
	    "$house/tokens" > "$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label claviger --so-pin "$house_pin" \
	    --pin "$house_pin" > /dev/null
	(umask 077 && printf %s "$house_pin" > "$house/pin")
	cp -r "$CLAVIGER_SOURCE/policy/examples/quickstart/." "$house/charter"
	chmod -R u+w "$house/charter"
	mkdir -p "$house/charter/officers"
	for n in officer-1 officer-2 officer-3 release-lead; do
		make_key "$house/officers/$n.pem"
		openssl pkey -in "$house/officers/$n.pem" -pubout \
		    -out "$house/charter/officers/$n.pub.pem" 2>/dev/null
	done
	house_tls
	house_socket=$house/keeper.sock
	house_port=$(free_port)
	house_public=$(free_port)
	export CLAVIGER_URL=https://127.0.0.1:$house_port
	export CLAVIGER_CA_FILE=$house/anchor.pem
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

# until_true SECONDS COMMAND... - a bounded wait.
until_true() {
	local i=$(($1 * 20))
	shift
	while [ "$i" -gt 0 ]; do
		"$@" > /dev/null 2>&1 && return 0
		sleep 0.05
		i=$((i - 1))
	done
	return 1
}

keeper_up() {
	rm -f "$house_socket"
	"${keeper_as[@]}" claviger-keeper --state "$house/keeper" --socket "$house_socket" \
	    --module "$(softhsm_module)" --token-label claviger --pin-file "$house/pin" \
	    "${keeper_options[@]}" >> "$house/keeper.log" 2>&1 3>&- &
	keeper_pid=$!
	until_true 20 test -S "$house_socket"
}

service_up() {
	local url=${1:-sqlite:$house/service/claviger.db}
	cat > "$house/clavigerd.yaml" <<-YAML
		house.folder: "$house/service"
		keeper.socket: "$house_socket"
		store.url: "$url"
		control.listen: "127.0.0.1:$house_port"
		control.certificate: "$house/server.pem"
		control.key: "$house/server.key"
		public.listen: "127.0.0.1:$house_public"
	YAML
	"${service_as[@]}" clavigerd --config "$house/clavigerd.yaml" >> "$house/service.log" 2>&1 3>&- &
	service_pid=$!
	until_true 20 claviger status
}

house_up() { keeper_up && service_up "$@"; }

# end PID [SIGNAL] - and wait until it has ended.
end() {
	[ -n "${1:-}" ] || return 0
	kill -"${2:-TERM}" "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
	return 0
}

house_stop() {
	end "${service_pid:-}"
	end "${keeper_pid:-}"
	service_pid='' keeper_pid=''
}

house_down() {
	house_stop
	[ -z "${house:-}" ] || rm -rf "$house"
}

as_ci() { CLAVIGER_TOKEN_FILE=$house/ci.token claviger "$@"; }
as_officer() {
	local n=$1
	shift
	claviger "$@" --officer-key "$house/officers/$n.pem"
}

house_found() {
	local n keys=()
	for n in "${@:-officer-1}"; do
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
