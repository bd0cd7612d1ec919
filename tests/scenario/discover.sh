#!/bin/bash
# discover.sh - what lies where nobody looks is found, told once, and over when
# it is entered, dismissed or gone: files, endpoints, tokens.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
service_settings+=("alerts.every: 1")
house_ready
officer() { as_officer officer-1 "$@"; }
scan() { officer discover "$@"; }

# ---- a folder
lie=$house/lie
mkdir -p "$lie/deep/er" "$lie/shut"
make_key "$lie/deep/er/build.key"
openssl req -x509 -new -key "$lie/deep/er/build.key" -subj /CN=build -days 300 -out "$lie/build.pem" 2>/dev/null
openssl pkcs8 -topk8 -in "$lie/deep/er/build.key" -passout pass:secret -out "$lie/shrouded.key"
ln -s /etc/ssl "$lie/link"
here=file://b-1$(realpath "$lie")
print=$(openssl x509 -in "$lie/build.pem" -outform DER | sha256sum | cut -d' ' -f1)
spki=$(openssl pkey -in "$lie/deep/er/build.key" -pubout -outform DER | sha256sum | cut -d' ' -f1)

is 0 "a dry run asks nobody" env -u CLAVIGER_URL claviger discover files "$lie" --host b-1 --dry-run --json
like "and shows all" ".dry_run and .looked_at == 3 and ([.found[] | [.kind, .form, .place, .encrypted]] | sort) ==
    ([[\"certificate\", \"pem\", \"$here/build.pem\", null], [\"private-key\", \"pkcs8\", \"$here/shrouded.key\", true],
    [\"private-key\", \"$(grep -q 'EC PRIV' "$lie/deep/er/build.key" && echo sec1 || echo pkcs8)\", \"$here/deep/er/build.key\", false]] | sort)"
like "with what is public of them" "any(.found[]; .fingerprint == \"$spki\" and .algorithm == \"ec-p256\" and .der == null) and
    any(.found[]; .fingerprint == \"$print\")"
is 0 "the key's octets are in nothing that is told" bash -c "! grep -qF '$(sed -n 2p "$lie/deep/er/build.key")' <<< '$out'"
is 0 "nobody was told" officer discover list --json
like "of anything" '.findings == []'
is 0 "it is told" scan files "$lie" --host b-1 --json
like "three are new" '.new == 3 and .told == 0 and .known == 0 and .gone == 0'
is 0 "again" scan files "$lie" --host b-1 --json
like "nothing is" '.new == 0 and .told == 3'
is 0 "a part of it" scan files "$lie/deep" --host b-1 --json
like "is there, and the rest not gone" '.new == 0 and .told == 1 and .gone == 0'
is 0 "a list for people" officer discover list
shows "a line each" "^private-key +pkcs8 +true +open .*$here/shrouded.key"
is 0 "narrowed" officer discover list --kind certificate --under "$here" --json
like "to one" '.findings | length == 1 and .[0].subject == "CN=build" and .[0].not_after != null'
cert=$(jq -r '.findings[0].id' <<< "$out")
id_of() { officer discover list --json | jq -r ".findings[] | select(.place == \"$here/$1\") | .id"; }

# ---- what becomes of it
is 0 "a certificate is entered" officer discover import "$cert" --product thermostat --owner release-officers
is 0 "so it is taken" officer discover show "$cert" --json
like "by itself" '.state == "taken"'
is 0 "and known from then on" scan files "$lie" --host b-1 --json
like "one is" '.known == 1 and .told == 2'
is 65 "a key cannot be" officer discover import "$(id_of shrouded.key)"
tells "so, and how it is" "claviger key register"
is 0 "one is dismissed" officer discover dismiss "$(id_of shrouded.key)" --reason "a test's"
is 0 "which lasts" scan files "$lie" --host b-1 --json
like "while it lies there" '.new == 0 and .told == 2'
is 65 "once" officer discover dismiss "$(id_of shrouded.key)" --reason again
is 64 "with a reason" officer discover dismiss "$cert"
is 0 "a key that lives elsewhere" officer key register --name build --class firmware-signing --at "the build host" \
    --public <(openssl pkey -in "$lie/deep/er/build.key" -pubout)
is 0 "is taken, too" officer discover list --state taken --json
like "with the certificate" '.findings | length == 2'
is 0 "it is there no more" officer key unregister build
is 0 "so it is open again" officer discover list --state open --json
like "it alone" "[.findings[].place] == [\"$here/deep/er/build.key\"]"
rm "$lie/deep/er/build.key" "$lie/shrouded.key"
is 0 "what is away" scan files "$lie" --host b-1 --json
like "is gone" '.gone == 2 and .known == 1'
is 0 "of another host" scan files "$lie" --host b-2 --json
like "nothing is said" '.gone == 0 and .known == 1'

# ---- and all of it is in the ledger
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "an audit finds nothing, and makes the tables anew" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}"
house_result
