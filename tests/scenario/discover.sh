#!/bin/bash
# discover.sh - what lies where nobody looks is found, told once, and over when
# it is entered, dismissed or gone: files, endpoints, tokens.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

house_new
trap house_end EXIT
service_settings+=("alerts.every: 1")
mkdir "$house/charter/alerts"
printf 'why: It is to be found at once.\nwatch: finding\nafter: PT1S\n' > "$house/charter/alerts/findings.yaml"
house_ready
officer() { as_officer officer-1 "$@"; }
scan() { officer discover "$@"; }
# alerts FILTER - the ids of those that satisfy it; raised, over FILTER - there are some, or none.
alerts() { officer alert list --json | jq -r ".alerts[] | select($1) | .id"; }
raised() { [ -n "$(alerts "$1")" ]; }
over() { [ -z "$(alerts "$1")" ]; }

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

holds "a key that lies about is told of" until_true 10 raised ".watch == \"finding\" and .what == \"a private key lies at $here/deep/er/build.key, not encrypted\""
is 0 "so is one that is encrypted" raised ".what == \"a private key lies at $here/shrouded.key\""
is 0 "certificates by their number" raised '.what == "1 certificate of file://b-1 is in no inventory"'

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
is 0 "is found all the same" scan files "$lie" --host b-1 --json
like "as it was" '.new == 0 and .known == 1 and .told == 2'
is 0 "and open" officer discover list --state open --json
like "by its name" "[.findings[] | [.place, .of]] == [[\"$here/deep/er/build.key\", {key: \"build\", at: \"the build host\"}]]"
is 0 "for people" officer discover list --state open
shows "too" "$here/deep/er/build.key +build "
holds "and so it is told of" until_true 10 raised ".what == \"the key build, said to be at the build host, lies at $here/deep/er/build.key, not encrypted\""
openssl pkcs8 -topk8 -nocrypt -in "$lie/deep/er/build.key" -out "$lie/second.key"
is 0 "a second copy" scan files "$lie" --host b-1 --json
like "is news, though the inventory has its key" '.new == 1 and .known == 1 and .told == 2'
rm "$lie/second.key"
is 0 "until it is away" scan files "$lie" --host b-1 --json
like "it alone" '.gone == 1 and .told == 2'
is 0 "its entry ends" officer key unregister build
is 0 "so nobody says where it should be" officer discover list --state open --json
like "but its certificate is in the inventory" "[.findings[] | [.place, .of]] == [[\"$here/deep/er/build.key\", {certificate: \"$print\"}]]"
holds "by which it is told" until_true 10 raised ".what == \"the key of the certificate $print lies at $here/deep/er/build.key, not encrypted\""
mv "$lie/deep/er/build.key" "$house/build.was"
rm "$lie/shrouded.key"
is 0 "what another has told" as_officer officer-2 discover files "$lie" --host b-1
tells "stays" "not seen: 2 were told by others and stay"
is 0 "what is away" scan files "$lie" --host b-1 --json
like "is gone" '.gone == 2 and .known == 1 and .others == 0'
holds "which is the end of it" until_true 10 over '.watch == "finding"'
is 0 "of another host" scan files "$lie" --host b-2 --json
like "nothing is said" '.gone == 0 and .known == 1'

# ---- more than anybody reads
mkdir "$house/many"
dummy() { for ((i = 0; i < $1; i++)); do printf -- '-----BEGIN ENCRYPTED PRIVATE KEY-----\n%064d\n-----END ENCRYPTED PRIVATE KEY-----\n' 0; done; }
dummy 50 > "$house/many/keys"
is 0 "fifty keys on a host" scan files "$house/many" --host b-3 --json
like "are as many findings" '.new == 50'
fifty() { [ "$(alerts '.name | startswith("file://b-3/")' | wc -l)" = 50 ]; }
holds "and alerts" until_true 15 fifty
dummy 51 > "$house/many/keys"
is 0 "one more" scan files "$house/many" --host b-3 --json
like "is one" '.new == 1 and .told == 50'
holds "and they are one alert" until_true 15 raised '.what == "51 private keys of file://b-3 are in no inventory"'
is 0 "by itself" officer alert show "$(alerts '.what == "51 private keys of file://b-3 are in no inventory"')"
shows "it says what to do, to its end" '^to do .* say why it is as it should be \(claviger discover dismiss\); .* \(claviger key correct, unregister\)$'
is 0 "alone" over '.name | startswith("file://b-3/")'
cp "$house/build.was" "$house/many/own"
is 0 "one whose key is known among them" scan files "$house/many" --host b-3 --json
like "is one more" '.new == 1 and .told == 51'
holds "and told alone" until_true 15 raised ".what | startswith(\"the key of the certificate $print lies at file://b-3/\")"
is 0 "not counted with them" raised '.what == "51 private keys of file://b-3 are in no inventory"'
rm "$house/many/keys" "$house/many/own"
is 0 "all of them away" scan files "$house/many" --host b-3 --json
like "are gone" '.gone == 52'
is 0 "an empty folder has nothing to tell" scan files "$house/many" --host b-3 --json
like "twice" '.gone == 0'

# ---- more of one kind than is looked at hides none of another
mkdir "$house/stores" "$house/last"
for ((i = 0; i < 2001; i++)); do printf '\xfe\xed\xfe\xed' > "$house/stores/$i.jks"; done
dummy 1 > "$house/last/key"
is 0 "thousands of key stores" scan files "$house/stores" --host a-0 --json
like "are as many findings" '.new == 2001'
is 0 "a key behind them" scan files "$house/last" --host z-9 --json
like "is one" '.new == 1'
holds "and told of all the same" until_true 20 raised '.name | startswith("file://z-9/")'
rm "$house/last/key"
rm -r "${house:?}/stores"/*
is 0 "the key stores away" scan files "$house/stores" --host a-0 --json
like "are gone" '.gone == 2001'
is 0 "and the key" scan files "$house/last" --host z-9 --json
like "is, too" '.gone == 1'

# ---- a credential's key
mkdir "$house/desk"
cp "$house/officers/officer-1.pem" "$house/desk/"
is 0 "a copy of an officer's key" scan files "$house/desk" --host desk --json
holds "that is told as what it is" until_true 10 raised '.what | test("^the approval key of officer-1 lies at file://desk/.*/officer-1[.]pem, not encrypted")'
is 0 "in the list, too" officer discover list --under file://desk --json
like "as whose" '.findings | length == 1 and .[0].of.principal == "officer-1" and .[0].of.proof == "officer-key"'
is 0 "and for people" officer discover list --under file://desk
shows "by a name" 'credential of officer-1'
rm "$house/desk/officer-1.pem"
is 0 "it is taken away" scan files "$house/desk" --host desk --json
like "and gone" '.gone == 1'

# ---- an endpoint
tls_port=$(free_port "$port" "$public_port")
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=shown -addext subjectAltName=DNS:localhost \
    -keyout "$house/shown.key" -out "$house/shown.pem" 2>/dev/null
openssl s_server -accept "127.0.0.1:$tls_port" -cert "$house/shown.pem" -key "$house/shown.key" -quiet > /dev/null 2>&1 &
server=$!
{ echo "# what we serve"; echo "127.0.0.1:$tls_port # here"; echo; echo "127.0.0.1:1"; } > "$house/endpoints"
until_true 10 bash -c "exec 2> /dev/null; : < /dev/tcp/127.0.0.1/$tls_port" || die "no TLS server"
is 74 "a list of endpoints, of which one does not answer" scan tls --list "$house/endpoints" --each PT5S --json
like "is told of all the same, and of which" ".looked_at == 1 and .new == 1 and [.passed[].place] == [\"tls://127.0.0.1:1\"]"
is 0 "it is there" officer discover list --under "tls://127.0.0.1:$tls_port" --json
for under in "tls://127.0.0.1" "tls://127.0.0.1:$tls_port/"; do
	is 0 "also under $under" officer discover list --under "$under" --json
	like "whole parts alone" '.findings | length == 1'
done
is 0 "under half a name" officer discover list --under "tls://127.0.0"
tells "there is nothing" "There are none"
tells "and nobody may have looked" "Nothing was ever told of tls://127[.]0[.]0,"
is 0 "as it was shown" officer discover list --under "tls://127.0.0.1:$tls_port" --json
like "with its subject" '.findings | length == 1 and .[0].subject == "CN=shown" and .[0].form == "tls" and .[0].state == "open"'
is 0 "another chain" bash -c "kill $server; wait $server 2>/dev/null; true"
is 74 "one that does not answer" scan tls "127.0.0.1:$tls_port" --each PT2S --json
like "is not taken for gone" '.looked_at == 0 and .gone == 0 and (.passed | length) == 1'
openssl s_server -accept "127.0.0.1:$tls_port" -cert "$lie/build.pem" -key "$house/build.was" -www -msg > "$house/asked" 2>&1 &
server=$!
holds "it shows another, which is known" until_true 10 bash -c "[ \"\$(claviger discover tls '127.0.0.1:$tls_port' --json --officer-key '$house/officers/officer-1.pem' | jq '.gone == 1 and .known == 1')\" = true ]"
is 0 "who was asked" test -s "$house/asked"
: > "$house/asked"
{ echo "127.0.0.1:$tls_port"; echo "  # none"; echo "bad line here"; } > "$house/slip"
is 65 "a slip at the end of a list" scan tls --list "$house/slip"
tells "is told by file and line" 'slip:3: bad line here: expected HOST:PORT'
is 1 "before anybody is" test -s "$house/asked"
kill "$server"
wait "$server" 2> /dev/null
# ---- one that is old: TLS 1.0 alone, and a key that nobody would take
openssl req -x509 -newkey rsa:1024 -sha1 -nodes -days 30 -subj /CN=old -keyout "$house/old.key" -out "$house/old.pem" 2>/dev/null
for version in 1 1_1; do
	openssl s_server -accept "127.0.0.1:$tls_port" -cert "$house/old.pem" -key "$house/old.key" "-tls$version" \
	    -cipher DEFAULT:@SECLEVEL=0 -quiet > /dev/null 2> "$house/old.said" &
	server=$!
	until_true 10 bash -c "exec 2> /dev/null; : < /dev/tcp/127.0.0.1/$tls_port" || die "no TLS server"
	is 0 "a server that speaks TLS $version alone" scan tls "127.0.0.1:$tls_port" --dry-run --json
	like "shows what it has" ".found | length == 1 and .[0].fingerprint == \"$(openssl x509 -in "$house/old.pem" -outform DER | sha256sum | cut -d' ' -f1)\""
	kill "$server"
	wait "$server" 2> /dev/null
done
is 65 "what is no endpoint" scan tls "127.0.0.1"
is 64 "no endpoint" scan tls

# ---- a token that is not the house's
module=$(softhsm_module)
mkdir "$house/factory"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$house/factory" > "$house/factory.conf"
in_factory() { SOFTHSM2_CONF=$house/factory.conf "$@"; }
in_factory softhsm2-util --init-token --free --label factory --so-pin 12345678 --pin 87654321 > /dev/null || die "no token"
in_factory softhsm2-util --import "$house/shown.key" --token factory --label "line 1" --id 0a1b --pin 87654321 > /dev/null || die "no key"
printf 87654321 > "$house/factory.pin"
chmod 600 "$house/factory.pin"
look() { in_factory officer discover token --module "$module" --token factory --pin-file "$house/factory.pin" "$@"; }
is 0 "a token of another" look --json
like "has a key that is in no inventory" '.looked_at == 1 and .new == 1'
is 0 "it is there" officer discover list --kind token-key --json
like "by its place and its public half" ".findings | length == 1 and (.[0].place | test(\"^pkcs11:token=factory;serial=[0-9a-f]+;id=%0A%1B;object=line%201;type=private\$\")) and
    .[0].form == \"pair\" and .[0].algorithm == \"ec-p256\" and .[0].fingerprint == \"$(openssl pkey -in "$house/shown.key" -pubout -outform DER | sha256sum | cut -d' ' -f1)\""
is 0 "an entry of it" officer key register --name line-1 --class firmware-signing --at factory --public <(openssl pkey -in "$house/shown.key" -pubout)
is 0 "and it is known" look --json
like "from then on" '.new == 0 and .known == 1'
take_out() { for type in privkey pubkey; do in_factory pkcs11-tool --module "$module" --login --pin 87654321 --token-label factory --delete-object --type $type --id "$1" > /dev/null 2>&1 || return 1; done; }
put_in() { in_factory softhsm2-util --import "$1" --token factory --label "$2" --id "$3" --pin 87654321 > /dev/null; }
token_place=$(officer discover list --kind token-key --json | jq -r .findings[0].place)
holds "its object is taken out" take_out 0a1b
is 74 "a look without a PIN" in_factory officer discover token --module "$module" --token factory --json
like "does not say so" '.gone == 0'
is 0 "another's look" in_factory as_officer officer-2 discover token --module "$module" --token factory --pin-file "$house/factory.pin" --json
like "neither" '.gone == 0 and .others == 1'
is 0 "a whole look" look
shows "does, and where to read which" '1 gone' 'discover list --state absent'
is 0 "the entry is named" officer discover list --json
like "with where it should be" "[.findings[] | select(.kind == \"token-key\") | [.state, .place, .of]] == [[\"absent\", \"$token_place\", {key: \"line-1\", at: \"factory\"}]]"
holds "and told" until_true 10 raised ".watch == \"finding\" and .what == \"the key line-1, said to be at factory, is in its token no more: $token_place\""
is 0 "another look" look --json
like "has no news" '.new == 0 and .known == 0 and .gone == 0'
is 65 "it is not dismissed" officer discover dismiss "$(officer discover list --state absent --json | jq -r .findings[0].id)" --reason "we know"
tells "but its entry mended" "claviger key correct"
holds "it is there again" put_in "$house/shown.key" "line 1" 0a1b
is 0 "and seen" look --json
like "and known" '.new == 0 and .known == 1'
holds "so that is over" until_true 10 over '.what | test("line-1")'
is 0 "a key that was entered first" officer key register --name line-2 --class firmware-signing --at factory --public <(openssl pkey -in "$house/build.was" -pubout)
holds "and then put in" put_in "$house/build.was" "line 2" 0a2b
is 0 "is known" look --json
like "at its first look" '.new == 0 and .known == 2'
is 0 "and no news" look --json
like "at its second" '.new == 0 and .known == 2'
holds "it is taken out" take_out 0a2b
is 0 "and missed" look --json
like "it alone" '.known == 1 and .gone == 1'
holds "by its name" until_true 10 raised '.what | startswith("the key line-2, said to be at factory, is in its token no more: ")'
is 0 "the officers say where it is" officer key correct line-2 --at "the vault"
holds "so nobody misses it" until_true 10 over '.what | test("line-2")'
is 0 "nor finds it" officer discover list --state absent --json
like "absent" '.findings == []'
in_token="pkcs11:token=factory;object=ghost;type=private"
is 0 "a key of which only its name is known" officer key register --name ghost --class firmware-signing --at "$in_token"
is 0 "that nobody has ever put there" look --json
like "is missed" '.missing == 1 and .new == 0 and .gone == 0'
is 0 "as absent" officer discover list --state absent --json
like "with who says that it is there" ".findings | length == 1 and .[0].of == {key: \"ghost\", at: \"$in_token\"} and .[0].form == \"missing\""
holds "and told" until_true 10 raised '.what | startswith("the key ghost, said to be at pkcs11:") and test("is not in its token: pkcs11:token=factory;serial=[0-9a-f]+;object=ghost;type=private")'
is 0 "again" look --json
like "it is no news" '.missing == 1'
make_key "$house/ghost.key"
holds "it is put in" put_in "$house/ghost.key" ghost 0a3b
is 0 "and seen" look --json
like "by its name" '.missing == 0'
holds "so that is over" until_true 10 over '.what | test("the key ghost, said")'
is 0 "a key that was seen there" officer discover list --state taken --kind token-key --json
like "under a serial number" '[.findings[] | select(.of == null and .entry == null)] | length == 1'
without_pin() { in_factory officer discover token --module "$module" --token factory "$@"; }
is 0 "without a PIN" without_pin --json
like "what is not seen is not gone" '.gone == 0 and [.passed[].why] == ["only what is public was seen, without --pin-file"]'
is 77 "another PIN" bash -c "printf 1 > '$house/factory.pin'; SOFTHSM2_CONF='$house/factory.conf' claviger discover token --module '$module' --token factory --pin-file '$house/factory.pin' --dry-run"
is 66 "a token that is not there" in_factory claviger discover token --module "$module" --token none --dry-run

# ---- another token of that label, in its place
rm -rf "$house/factory/"*
in_factory softhsm2-util --init-token --free --label factory --so-pin 12345678 --pin 87654321 > /dev/null || die "no token"
printf 87654321 > "$house/factory.pin"
is 0 "a token that was made anew" look --json
is 0 "has neither" officer discover list --state absent --json
like "of its entries" '[.findings[].of.key] | sort == ["ghost", "line-1"]'
holds "they are put back" put_in "$house/shown.key" "line 1" 0a1b
holds "both" put_in "$house/ghost.key" ghost 0a3b
is 0 "into the new one" look --json
is 0 "so none is missed" officer discover list --state absent --json
like "any more" '.findings == []'

# ---- the house's own token
on_token() { pkcs11-tool --module "$module" --login --pin "$house_pin" --token-label claviger "$@" > /dev/null 2>&1; }
holds "a key of the house" house_key firmware
is 0 "the house's own token" officer discover house
shows "and its keys agree" '^The token and the house agree'
is 0 "somebody puts a key there" on_token --keypairgen --key-type EC:prime256v1 --label $'str\xe4y' --id 01a5
is 0 "and takes one away" on_token --delete-object --type privkey \
    --id "$(officer key show firmware --json | jq -r .uri | sed 's/.*;id=\([^;?]*\).*/\1/; s/%//g')"
is 0 "both are seen, though its name is not UTF-8" officer discover house --json
like "as what nobody knows, and what is held no more" 'any(.strays[]; .label == "str?y") and [.absent[].name] == ["firmware"]'
is 0 "for people" officer discover house
shows "a line each" '^str.y ' '^firmware '
holds "and told" until_true 10 raised '(.what | test("no key of the house, labelled .str.y.")) and .watch == "finding"'
is 0 "both" raised '.what == "the token holds the key firmware no more"'
is 0 "it is taken away" on_token --delete-object --type privkey --id 01a5
is 0 "both halves" on_token --delete-object --type pubkey --id 01a5
is 0 "somebody looks" officer discover house --json
like "and it is away" 'all(.strays[]; .label != "str?y")'
holds "so that is over" until_true 10 over '.what | test("str.y")'

# ---- and all of it is in the ledger
holds "the bundle is exported" as_ci audit export -o "$house/bundle"
is 0 "an audit finds nothing, and makes the tables anew" claviger-audit verify "$house/bundle" --trust "$CLAVIGER_FINGERPRINT" \
    --replay-db "${store:-sqlite:$house/service/claviger.db}"
house_result
