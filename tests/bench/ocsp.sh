#!/bin/bash
# ocsp.sh - OCSP answers from memory, by GET and by POST, against nginx with one
# worker serving a file of the same size, in one run.
# And answers to a nonce, which nobody can have made beforehand, against a bare
# OCSP_basic_sign with a key in memory.
#
# Prints a line of JSON for each: rate, CPU of the server for each, and both as
# a ratio to nginx's, where there is an nginx.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
clients=32
nginx_pid='' base='{}' bare=0
finish() { end "$nginx_pid"; house_down; }
trap finish EXIT

# measure NAME PID URL [REQUEST]
measure() {
	local before after out n
	before=$(ticks "$2")
	out=$(REQUEST=${4:-} wrk -t1 "-c$clients" "-d${seconds}s" ${4:+-s "$CLAVIGER_SOURCE/tests/bench/ocsp.lua"} "$3")
	after=$(ticks "$2")
	n=$(awk '/requests in/{print $1}' <<<"$out")
	jq -nc --arg name "$1" --argjson n "$n" --argjson s "$seconds" --argjson ticks $((after - before)) \
	    --argjson bare "${5:-0}" --argjson octets "$octets" --argjson bad "$(awk '/Non-2xx/{n = $NF} END {print n + 0}' <<<"$out")" --argjson base "$base" \
	    '{bench: "ocsp", what: $name, octets: $octets, per_second: ($n / $s | floor), refused: $bad,
	      cpu_us: ($ticks * 100000 / $n | round / 10),
	      of_nginx_rate: (if $base.per_second then $n / $s / $base.per_second * 100 | round / 100 else null end)}
	      + if $bare > 0 then {of_bare_sign_rate: ($n / $s / $bare * 100 | round / 100)} else {} end'
}

house_new
service_options=(--set "public.url=http://127.0.0.1:$public_port" --set connections-per-address=1024)
house_up
house_found officer-1
for key in root-key devices-key; do
	key_asked "$key" ca
done
key_asked answers ocsp-responder
asked officer-1 ca create --name root --profile root --key root-key --subject O=Bench --subject CN=Root > /dev/null
asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key --subject O=Bench \
    --subject CN=Devices --responder answers > /dev/null
make_key "$house/d.key"
openssl req -new -key "$house/d.key" -subj /CN=d -out "$house/d.csr" 2>/dev/null
as_ci cert issue --ca devices --profile device --device d --csr "$house/d.csr" -o "$house/d.pem" --quiet > /dev/null
as_ci ca show devices -o "$house/devices.pem" --quiet > /dev/null
openssl ocsp -issuer "$house/devices.pem" -cert "$house/d.pem" -no_nonce -reqout "$house/d.req"
at=http://127.0.0.1:$public_port/ocsp
get=$at/$(base64 -w0 "$house/d.req" | sed 's/+/%2B/g;s,/,%2F,g;s/=/%3D/g')
answered() { curl -sf -o "$house/d.resp" "$get" && [ "$(stat -c %s "$house/d.resp")" -gt 100 ]; }
until_true 15 answered
octets=$(stat -c %s "$house/d.resp")

if command -v nginx > /dev/null; then
	mkdir "$house/www" && cp "$house/d.resp" "$house/www/d.ors"
	other=$(free_port "$port" "$public_port")
	cat > "$house/nginx.conf" <<-CONF
		worker_processes 1; daemon off; pid $house/nginx.pid; error_log $house/nginx.error;
		events { worker_connections 1024; }
		http {
			access_log off; sendfile on; keepalive_requests 100000000; open_file_cache max=16;
			client_body_temp_path $house; proxy_temp_path $house; fastcgi_temp_path $house;
			uwsgi_temp_path $house; scgi_temp_path $house;
			server { listen 127.0.0.1:$other; root $house/www; }
		}
	CONF
	nginx -c "$house/nginx.conf" 2> /dev/null &
	nginx_pid=$!
	until_true 10 curl -sf -o /dev/null "http://127.0.0.1:$other/d.ors"
	base=$(measure "nginx, a file" "$(pgrep -P "$nginx_pid")" "http://127.0.0.1:$other/d.ors")
	printf '%s\n' "$base"
fi
measure GET "$service_pid" "$get"
measure POST "$service_pid" "$at" "$house/d.req"
openssl ocsp -issuer "$house/devices.pem" -cert "$house/d.pem" -nonce -reqout "$house/d.nonce"
bare=$("$CLAVIGER_BUILD/tests/bench/bench_ocsp" | awk '{print $(NF - 1)}')
measure "POST with a nonce, signed on demand" "$service_pid" "$at" "$house/d.nonce" "$bare"
