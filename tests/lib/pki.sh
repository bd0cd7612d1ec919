#!/bin/bash
# pki.sh - authorities in a house, for scenarios; behind house.sh.
#
# $at is where the house publishes, once pki_up has run.

csr() { # NAME [SUBJECT]
	make_key "$house/$1.key"
	openssl req -new -key "$house/$1.key" -subj "${2:-/CN=$1}" -out "$house/$1.csr" 2>/dev/null
}
# device CA NAME - a key and a certificate for it: $house/NAME.key, NAME.pem
device() {
	csr "$2" && as_ci cert issue --ca "$1" --profile device --device "$2" --csr "$house/$2.csr" -o "$house/$2.pem"
}
serial() { openssl x509 -in "$house/$1.pem" -noout -serial | cut -d= -f2 | tr A-F a-f; }
fetch() { curl -sf --max-time 20 -o "$house/${2:-got}" "$at$1"; }
# crl CA - its full list: $house/CA.crl in DER, CA.crl.pem; news CA - the delta
crl() { fetch "/crl/$1/0.crl" "$1.crl" && openssl crl -inform DER -in "$house/$1.crl" -out "$house/$1.crl.pem"; }
news() { fetch "/crl/$1/0.delta.crl" "$1.delta" && openssl crl -inform DER -in "$house/$1.delta" -out "$house/$1.delta.pem"; }
number() { openssl crl -in "$house/$1.pem" -noout -crlnumber | sed 's/.*=0x//'; }
crl_number() { crl "$1" && number "$1.crl"; }
news_number() { news "$1" && number "$1.delta"; }
# above NUMBER COMMAND... - what it prints, in hexadecimal, is more than that.
above() {
	local than=$1
	shift
	[ $((16#$("$@"))) -gt "$than" ]
}

# pki_up KEY... - a house that publishes, founded, with these keys of kind ca.
pki_up() {
	local k
	house_new
	trap house_end EXIT
	house_store
	at=http://127.0.0.1:$public_port
	service_options=(--set "public.url=$at")
	house_ready
	for k; do
		key_asked "$k" ca || die "no key $k"
	done
}

# pki_make ARG... - a root and the authority "devices" in a house that was
# founded; with the arguments for "devices".
pki_make() {
	local k
	for k in root-key devices-key; do
		key_asked "$k" ca || return
	done
	asked officer-1 ca create --name root --profile root --key root-key \
	    --subject O=Example --subject "CN=Example Root" --reason "the anchor" \
	    --crl-url http://pki.example/crl/root --issuer-url http://pki.example/root.crt > "$house/root.json" || return
	asked officer-1 ca create --name devices --profile issuing-ca --issuer root \
	    --key devices-key --subject O=Example --subject "CN=Example Devices" \
	    --crl-url http://pki.example/crl/devices --ocsp-url http://ocsp.example \
	    --issuer-url http://pki.example/devices.crt "$@" > "$house/devices.json"
}

# pki_answers - in a house of pki_up root-key devices-key: the authority
# "devices" with a responder; $house/devices.pem and chain.pem.
pki_answers() {
	key_asked answers ocsp-responder &&
	    asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root > /dev/null &&
	    asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key \
	        --subject O=Example --subject CN=Devices --responder answers > /dev/null &&
	    until_true 10 fetch /ca/devices.crt devices.der &&
	    openssl x509 -inform DER -in "$house/devices.der" -out "$house/devices.pem" &&
	    fetch /ca/devices.pem chain.pem
}
# ocsp_says DEVICE PATTERN ARG... - what openssl, by the clock of $ahead, reads from
# the answer about it has this.
ocsp_says() {
	local name=$1 want=$2 said
	shift 2
	said=$("${ahead[@]}" openssl ocsp -issuer "$house/devices.pem" "$@" -cert "$house/$name.pem" -url "$at/ocsp" -timeout 20 \
	    -CAfile "$house/chain.pem" -verify_other "$house/chain.pem" 2>&1)
	[[ $said == *$want* ]] || { echo "$said"; return 1; }
}
is_good() { ocsp_says "$1" "pem: good" "${@:2}"; }
is_late() { ocsp_says "$1" "trylater" "${@:2}"; }
is_revoked() { ocsp_says "$1" "pem: revoked" "${@:2}"; }

# sql STATEMENT - by somebody who owns the database.
sql() {
	case ${engine:-sqlite} in
	sqlite) sqlite3 -cmd '.timeout 5000' "$house/service/claviger.db" "$1" ;;
	*) psql -qAtX -d "$conninfo" -c "$1" ;;
	esac
}
# octets NAME - its serial number, in a statement.
octets() { case ${engine:-sqlite} in sqlite) echo "x'$(serial "$1")'" ;; *) echo "'\\x$(serial "$1")'::bytea" ;; esac; }
