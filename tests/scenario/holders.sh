#!/bin/bash
# holders.sh - a key that is another device's gets no certificate: not by what its
# factory said, nor by a certificate that another CA gave that device.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
house_ready
holds "authorities" pki_make
officer() { as_officer officer-1 "$@"; }
issue() { as_ci cert issue --ca devices --profile device --device "$1" --csr "$house/$2.csr" --json; }
spki() { openssl pkey -in "$house/$1.key" -pubout -outform DER | sha256sum | cut -d' ' -f1; }
factory() { printf '%s\n' "$1" | officer device import - --product thermostat --json; }
for k in own named late odd two maker urn plain chip old; do csr $k; done

# ---- what the factory said
is 0 "a key by its hash" factory "{\"serial\":\"T-1\",\"keys\":[\"$(spki own)\",\"shared\"]}"
is 65 "is certified for no other device" issue T-2 own
tells "which is told" 'as that of device T-1'
tells "and by whose word" 'by what its factory said'
is 0 "but for its own" issue T-1 own
openssl pkey -in "$house/named.key" -pubout -out "$house/named.pub"
is 0 "a key that lives elsewhere" officer key register --name provisioned --class firmware-signing --at "a factory" \
    --environment production --public "$house/named.pub"
is 0 "that was put into a device, by its name" factory '{"serial":"T-3","keys":["provisioned"]}'
is 65 "is that device's" issue T-4 named
tells "too" 'as that of device T-3'
is 0 "what the factory says of a device anew" factory "{\"serial\":\"T-3\",\"keys\":[\"$(spki late)\"]}"
is 0 "counts alone" issue T-4 named
is 65 "from then on" issue T-5 late
tells "for what it named last" 'as that of device T-3'
is 0 "a row that leaves keys out" factory '{"serial":"T-3","batch":"B7"}'
is 65 "leaves them as they were" issue T-5 late
is 0 "one key in two devices" factory "{\"serial\":\"T-6\",\"keys\":[\"$(spki two)\"]}"
is 0 "as another row says" factory "{\"serial\":\"T-7\",\"keys\":[\"$(spki two)\"]}"
is 65 "is certified for neither" issue T-6 two
is 65 "of them" issue T-7 two

# ---- what another CA certified
other() { # NAME SUBJECT [EXTENSION]
	openssl req -x509 -new -key "$house/$1.key" -subj "$2" -days 30 ${3:+-addext "$3"} -out "$house/$1.crt"
	officer cert import "$house/$1.crt" --product thermostat --owner release-officers
}
is 0 "a certificate with a device's serial number" other maker "/O=Maker/CN=any+serialNumber=M-1"
is 65 "its key" issue M-2 maker
tells "is that device's" 'as that of device M-1'
tells "by that certificate" 'by certificate [0-9a-f]{64} of another CA'
is 0 "and may have one of ours for it" issue M-1 maker
is 0 "a factory that gives the key to another" factory "{\"serial\":\"M-3\",\"keys\":[\"$(spki chip)\"]}"
is 0 "says more than a certificate by anybody" other chip "/O=Maker/CN=any+serialNumber=CHIP-1"
is 0 "which does not hold it back" issue M-3 chip
is 0 "a certificate with a device's URN" other urn /CN=any subjectAltName=URI:urn:device:U-1,DNS:u1.example
is 65 "its key" issue U-2 urn
tells "is that device's" 'as that of device U-1'
is 0 "and may have one of ours" issue U-1 urn
is 0 "a certificate that names no device" other plain /CN=any
is 0 "holds nobody back" issue P-1 plain
# Of version 1, where openssl still makes them.
openssl req -new -key "$house/old.key" -subj /CN=old | openssl x509 -req -signkey "$house/old.key" -out "$house/old.crt" 2>/dev/null
is 0 "an old certificate" officer cert import "$house/old.crt" --product thermostat --owner release-officers
is 0 "neither" issue P-2 old

# ---- what another CA says that somebody else has
openssl ecparam -genkey -name prime256v1 -noout -out "$house/partner.key"
openssl req -x509 -new -key "$house/partner.key" -subj /O=Partner/CN=CA -days 300 -addext keyUsage=critical,keyCertSign,cRLSign -out "$house/partner.pem"
csr leaked /O=Partner/CN=leaked
openssl x509 -req -in "$house/leaked.csr" -CA "$house/partner.pem" -CAkey "$house/partner.key" -set_serial 0x77 -days 30 -out "$house/leaked.crt" 2>/dev/null
is 0 "a certificate of a partner's" officer cert import "$house/partner.pem" "$house/leaked.crt" --product thermostat --owner release-officers
printf 'R\t%s\t%s,keyCompromise\t77\tunknown\t/O=Partner/CN=leaked\n' "$(date -u -d '+30 days' +%y%m%d%H%M%SZ)" \
    "$(date -u -d '-1 hour' +%y%m%d%H%M%SZ)" > "$house/index.txt"
echo 01 > "$house/crlnumber"
printf '%s\n' "[ca]" "default_ca=d" "[d]" "database=$house/index.txt" "crlnumber=$house/crlnumber" "default_md=sha256" "default_crl_days=30" > "$house/ca.cnf"
openssl ca -gencrl -config "$house/ca.cnf" -keyfile "$house/partner.key" -cert "$house/partner.pem" -out "$house/partner.crl" 2>/dev/null
csr thing /CN=thing
cp "$house/leaked.key" "$house/thing.key"
openssl req -new -key "$house/thing.key" -subj /CN=thing -out "$house/thing.csr"
is 0 "which is revoked as leaked" officer cert import --crl "$house/partner.crl"
is 65 "its key is certified for no device" issue L-1 thing
tells "and why is said" 'another CA revoked its certificate [0-9a-f]{64} of this key because somebody else has the key'

# ---- rows of a batch, and those who show the key by EST, come by the same way
row() { jq -c -n --rawfile c "$house/$1.csr" '{csr: $c}'; }
csr twin "/CN=T-8/serialNumber=T-8"
is 0 "another device's key" factory "{\"serial\":\"T-9\",\"keys\":[\"$(spki twin)\"]}"
row twin > "$house/rows.ndjson"
is 65 "in a batch" as_ci batch submit "$house/rows.ndjson" --ca devices --profile device -o "$house/results"
holds "is refused, too" grep -q 'as that of device T-9' "$house/results"

service_stop
service_up "$store" || die "the service did not start again"
is 65 "after a start" issue T-2 own
is 0 "the ledger verifies" as_ci audit export -o "$house/bundle"
is 0 "and its replay is the tables" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json
like "with the keys of devices" '.ok and .replay.ok and .replay.tables.device_key == 7'
house_result
