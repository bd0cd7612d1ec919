#!/bin/bash
# known_keys.sh - keys that others can know are not certified: those that share
# a prime with one of ours, and those on a list.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
house_store
sed -i 's/^keys:.*/keys: [ec-p256, rsa-2048]/' "$house/charter/profiles/"{device,issuing-ca}.yaml

csr() { openssl req -new -key "$house/$1.key" -subj "/CN=$1" -out "$house/$1.csr"; }
issue() { as_ci cert issue --ca devices --profile device --device "$1" --csr "$house/${2:-$1}.csr" -o "$house/$1.pem"; }
# sub NAME - another system's authority by its key.
below=(ca create --profile issuing-ca --issuer root --subject O=Example --subject CN=Below --no-wait)
sub() { as_officer officer-1 "${below[@]}" --name "$1" --csr "$house/$1.csr"; }
spki() { openssl pkey -in "$house/$1.key" -pubout -outform DER | sha256sum | cut -d' ' -f1; }

"$CLAVIGER_BUILD/tests/scenario/twins" "$house/one.key" "$house/two.key" "$house/three.key" || die "no keys"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$house/debian.key" 2> /dev/null
make_key "$house/leaked.key"
make_key "$house/fine.key"
for k in one two three debian leaked fine; do csr $k; done
{
	echo "# As openssl-blacklist has it, and by the whole key."
	openssl rsa -in "$house/debian.key" -modulus -noout | sha1sum | cut -c21-40
	spki leaked | tr a-f A-F
} > "$house/refused"
at=(--set "public.url=http://127.0.0.1:$public_port")
service_options=("${at[@]}" --set "keys.refused=$house/refused")
house_ready
for k in root-key devices-key; do
	is 0 "$k is generated" asked officer-1 key generate --class ca --name "$k"
	holds "$k is put to use" as_officer officer-1 key activate "$k"
done
is 0 "a root" asked officer-1 ca create --name root --profile root --key root-key --subject O=Example --subject CN=Root
is 0 "an authority" asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key \
    --subject O=Example --subject CN=Devices

is 0 "an RSA key" issue one
is 65 "its prime in another key" issue two
tells "is why" 'shares a prime'
is 0 "another is certified" issue three
is 0 "the same again" issue one

# Neither of these two is certified yet.
"$CLAVIGER_BUILD/tests/scenario/twins" "$house/four.key" "$house/five.key" "$house/six.key" || die "no keys"
for k in four five; do csr $k; done
prepared() {
	jq -nc --arg d "$1" --rawfile c "$house/$1.csr" '{profile: "device", device: $d, csr: $c, prepare: true}' |
	    curl -sf -o /dev/null --cacert "$house/anchor.pem" -H "Authorization: Bearer $(cat "$house/ci.token")" \
	    -H 'Content-Type: application/json' -d @- "$url/v1/cas/devices/certificates"
}
is 0 "a key that is only asked for" prepared four
is 65 "its prime in another key" issue five
tells "is why" 'shares a prime'
is 0 "the first is asked for again" prepared four
is 0 "and certified" issue four
is 0 "the same again" issue four
is 65 "a key of openssl-blacklist" issue debian
tells "is on the list" 'on the list'
is 65 "a key by its hash" issue leaked
tells "is on the list" 'on the list'
is 0 "a key that is not" issue fine

is 65 "a prime in another system's authority" sub two
tells "is why" 'shares a prime'
is 65 "its key of openssl-blacklist" sub debian
tells "is on the list" 'on the list'
is 65 "or by its hash" sub leaked
tells "is on the list" 'on the list'
is 65 "a device's key is no authority's" sub fine
tells "and whose it is is said" '/csr: this key is in the inventory as that of device fine'
is 77 "who may not ask" as_ci "${below[@]}" --name leaked --csr "$house/leaked.csr"
is 1 "learns nothing of a key" grep -q 'on the list' <<< "$said"

# What came into the inventory from elsewhere is known, too.
for n in 7 8; do
	"$CLAVIGER_BUILD/tests/scenario/twins" "$house/a$n.key" "$house/b$n.key" "$house/c$n.key" || die "no keys"
	for k in a b c; do csr $k$n; done
	openssl req -x509 -new -key "$house/a$n.key" -subj "/CN=a$n" -days 30 -out "$house/a$n.crt"
done
is 0 "a certificate of another CA" as_officer officer-1 cert import "$house/a7.crt" --product thermostat --owner release-officers
is 65 "its prime in another key" issue b7
tells "is why" 'shares a prime'
is 0 "its own key may have one of ours" issue a7
openssl pkey -in "$house/a8.key" -pubout -out "$house/a8.pub"
is 0 "a key that lives elsewhere" as_officer officer-1 key register --name away --class firmware-signing --at "a vendor" \
    --environment production --public "$house/a8.pub"
is 65 "its prime in another key" issue b8
tells "is why" 'shares a prime'
service_stop
service_options=("${at[@]}")
service_up "$store" || die "the service did not start again"
is 65 "after a start, too" issue two
tells "for the same reason" 'shares a prime'
is 0 "what is on no list now is certified" issue debian

echo "00" > "$house/refused"
service_stop
is 65 "a list that is none is not taken" timeout 20 clavigerd --config "$house/clavigerd.yaml" \
    --set "keys.refused=$house/refused"
tells "with its line" 'line 1'
service_up "$store" || die "the service did not start again"
is 0 "the ledger verifies" as_ci audit export -o "$house/bundle"
is 0 "and its replay is the tables" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}" --json
like "with the moduli" '.ok and .replay.ok and .replay.tables.rsa_modulus == 6'
house_result
