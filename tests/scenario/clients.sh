#!/bin/bash
# clients.sh - what others wrote believes what is published: nginx staples it,
# GnuTLS and OpenSSL hear it from there, and strongSwan checks by the lists.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

PATH=$PATH:/usr/sbin
command -v nginx > /dev/null && command -v pki > /dev/null || { say "no nginx, or no pki"; exit 77; }
nginx_pid=
finish() { local rc=$?; end "$nginx_pid"; (exit "$rc"); house_end; }
pki_up root-key servers-key
trap finish EXIT

# web LINE - nginx on loopback with the server's certificate and this line.
web_port=$(free_port "$port" "$public_port")
web() {
	[ -z "$nginx_pid" ] || { kill "$nginx_pid"; wait "$nginx_pid" 2>/dev/null; }
	cat > "$house/nginx.conf" <<-CONF
		worker_processes 1; daemon off; pid $house/nginx.pid; error_log $house/nginx.error info;
		events { worker_connections 64; }
		http {
		access_log off; client_body_temp_path $house/t; proxy_temp_path $house/t; fastcgi_temp_path $house/t;
		uwsgi_temp_path $house/t; scgi_temp_path $house/t;
		server {
		listen 127.0.0.1:$web_port ssl; ssl_certificate $house/web.chain; ssl_certificate_key $house/web.key;
		ssl_trusted_certificate $house/chain.pem; ssl_stapling on; $1
		location / { return 200 "ok"; }
		} }
	CONF
	nginx -c "$house/nginx.conf" > /dev/null 2>> "$house/nginx.said" &
	nginx_pid=$!
	until_true 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$web_port"
}
shake() { openssl s_client -connect "127.0.0.1:$web_port" -servername web.example -status -CAfile "$house/root.pem" < /dev/null 2>&1; }
stapled() { shake | grep -q "Cert Status: $1"; }
# gnutls STATUS - as a client that looks at what was stapled.
gnutls() { gnutls-cli --x509cafile="$house/root.pem" --verify-hostname=web.example -p "$web_port" 127.0.0.1 < /dev/null; }
# swan - strongSwan's word on the server's certificate, by the list.
swan() { crl servers && pki --verify --in "$house/web.pem" --cacert "$house/root.pem" --cacert "$house/servers.pem" --crl "$house/servers.crl"; }
online() { pki --verify --in "$house/web.pem" --cacert "$house/root.pem" --cacert "$house/servers.pem" --online; }

is 0 "a responder's key" asked officer-1 key generate --class ocsp-responder --name answers
holds "is put to use" as_officer officer-1 key activate answers
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 0 "an authority for servers" asked officer-1 ca create --name servers --profile issuing-ca --issuer root \
    --key servers-key --subject O=Example --subject CN=Servers --responder answers --deltas
holds "their certificates" as_ci ca show root -o "$house/root.pem"
holds "their certificates" as_ci ca show servers -o "$house/servers.pem"
holds "their certificates" as_ci ca show servers --chain -o "$house/chain.pem"
make_key "$house/web.key"
openssl req -new -key "$house/web.key" -subj /CN=web.example -addext subjectAltName=DNS:web.example -out "$house/web.csr"
issue() { as_officer officer-1 cert issue --ca servers --profile tls-server --csr "$house/web.csr" --no-wait "$@"; }
is 75 "a server's certificate waits for an officer" issue --json
is 0 "who agrees" approve "$(field request)" officer-2
is 0 "here it is" issue -o "$house/web.pem"
cat "$house/web.pem" "$house/servers.pem" > "$house/web.chain"

holds "the list is there" until_true 15 crl servers
is 0 "strongSwan finds nothing on it" swan
is 0 "and says that it looked" grep -q 'certificate status is good' <<< "$said$out"
if [ -e /usr/lib/ipsec/plugins/libstrongswan-curl.so ]; then
	is 0 "strongSwan asks by itself" online
	is 0 "and gets an answer" grep -q 'certificate status is good' <<< "$said$out"
fi
# nginx asks once, and again after five minutes if it was told to try later.
openssl ocsp -issuer "$house/servers.pem" -cert "$house/web.pem" -no_nonce -reqout "$house/web.req"
answer() { curl -sf --data-binary "@$house/web.req" -H 'Content-Type: application/ocsp-request' -o "$house/web.resp" "$at/ocsp"; }
responds() { answer && openssl ocsp -respin "$house/web.resp" -resp_text -noverify 2>&1 | grep -q 'Cert Status: good'; }
holds "the responder has got its certificate" until_true 20 responds
web "ssl_stapling_verify on;" || die "nginx: $(cat "$house/nginx.said")"
holds "it asks the responder that the certificate names, and staples" until_true 20 stapled good
is 0 "GnuTLS takes it" gnutls
holds "the answer in a file" answer
web "ssl_stapling_file $house/web.resp;" || die "nginx: $(cat "$house/nginx.said")"
is 0 "and staples it" stapled good
is 0 "GnuTLS takes it" gnutls

before=$((16#$(crl_number servers)))
is 0 "the certificate is revoked" as_ci cert revoke "$(serial web)" --reason key-compromise --yes --json
holds "a delta says so" until_true 10 above "$((before + 1))" news_number servers
is 0 "and then a full list" as_officer officer-1 ca publish servers
is 1 "strongSwan finds it" swan
is 0 "and says why" grep -q 'certificate was revoked.*key compromise' <<< "$said$out"
if [ -e /usr/lib/ipsec/plugins/libstrongswan-curl.so ]; then
	is 1 "strongSwan asks by itself, and hears it" online
fi
holds "the answer in a file" answer
web "ssl_stapling_file $house/web.resp;" || die "nginx: $(cat "$house/nginx.said")"
is 0 "and staples it" stapled revoked
is 1 "GnuTLS hears it there" gnutls
is 0 "and says why" grep -qi 'revoked' <<< "$out$said"
: > "$house/nginx.error"
web "ssl_stapling_verify on;" || die "nginx: $(cat "$house/nginx.said")"
holds "it hears it too" until_true 20 bash -c "$(declare -f shake); house=$house web_port=$web_port; shake > /dev/null; grep -q 'certificate status \"revoked\"' '$house/nginx.error'"
house_result
