# shellcheck shell=bash
# demo.sh - the main job, told in a few calm lines.
# Uses: dir, top, image, and house.sh, lib.sh.

demo_key=thermostat-firmware
demo_product=thermostat

# client ARG... - claviger as the CI tool; officer N ARG... - as an officer.
client_env() {
	export CLAVIGER_URL="https://127.0.0.1:$port" CLAVIGER_CA_FILE="$dir/tls/anchor.pem"
	export CLAVIGER_PUBLIC_URL="http://127.0.0.1:$public_port"
	[ ! -e "$dir/fingerprint" ] || CLAVIGER_FINGERPRINT=$(cat "$dir/fingerprint")
	export CLAVIGER_FINGERPRINT
	[ ! -e "$dir/ci.token" ] || export CLAVIGER_TOKEN_FILE="$dir/ci.token"
}
officer_key() { echo "$dir/officers/officer-$1.pem"; }
approve() { claviger approve "$2" --officer-key "$(officer_key "$1")" --yes >/dev/null; }
# field NAME - the first string member of that name in JSON, without a JSON tool.
field() { grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | sed 's/^[^:]*: *"//; s/"$//'; }

demo_officers() {
	local n
	cp -r "$top/policy/examples/quickstart" "$dir/charter.new"
	mkdir -p "$dir/charter.new/officers"
	for n in 1 2 3 lead; do
		[ "$n" = lead ] && n=release-lead || n=officer-$n
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		    -out "$dir/officers/$n.pem" 2>/dev/null
		openssl pkey -in "$dir/officers/$n.pem" -pubout -out "$dir/charter.new/officers/$n.pub.pem"
	done
	mv "$dir/charter.new" "$dir/charter"
}

# The ceremony: the house gets its charter, its keys and its fingerprint.
demo_found() {
	[ -d "$dir/charter" ] || demo_officers
	client_env
	if [ ! -e "$dir/fingerprint" ]; then
		step "Ceremony"
		claviger init --charter "$dir/charter" --setup-token-file "$dir/service/setup-token" \
		    --officer-key "$(officer_key 1)" --officer-key "$(officer_key 2)" \
		    --officer-key "$(officer_key 3)" --json > "$dir/init.json" \
		    2>>"$dir/log/demo.log" || {
			tail -n 5 "$dir/log/demo.log" >&2
			die "the ceremony failed"
		}
		field fingerprint < "$dir/init.json" > "$dir/fingerprint.new"
		mv "$dir/fingerprint.new" "$dir/fingerprint"
		client_env
		say "The house is founded; three officers have signed its genesis."
		say "Fingerprint $CLAVIGER_FINGERPRINT"
	fi
	if [ ! -e "$dir/ci.token" ]; then
		claviger credential issue --for ci --type token --lifetime P90D \
		    --officer-key "$(officer_key 1)" --json | field token > "$dir/ci.token.new"
		[ -s "$dir/ci.token.new" ] || die "no credential for the CI tool was issued"
		mv "$dir/ci.token.new" "$dir/ci.token"
		client_env
		say "The CI tool has its bearer token."
	fi
	claviger key show "$demo_key" --json >/dev/null 2>&1 || demo_generate
}

demo_generate() {
	local req
	step "A firmware-signing key"
	req=$(claviger key generate --class firmware-signing --name "$demo_key" --algorithm ec-p256 \
	    --product "$demo_product" --environment production --officer-key "$(officer_key 1)" \
	    --no-wait --quiet --json 2>>"$dir/log/demo.log" | field request) || true
	[ -n "$req" ] || die "asking for the key failed"
	say "Asked for $demo_key ($req); waiting for two officers."
	approve 2 "$req"
	say "officer-2 approved."
	approve 3 "$req"
	say "officer-3 approved."
	claviger request wait "$req" --quiet --json >/dev/null
	claviger key activate "$demo_key" --officer-key "$(officer_key 1)" --json >/dev/null
	say "The key was made in the token and is active."
}

demo_image() {
	[ -z "$image" ] || { echo "$image"; return; }
	local f
	for f in /usr/lib/u-boot/qemu_arm64/u-boot.bin /usr/lib/u-boot/*/u-boot.bin; do
		[ -r "$f" ] && { echo "$f"; return; }
	done
	die "no u-boot.bin was found: name an image with --image FILE"
}

demo_main_job() {
	local img version req out="$dir/signed"
	img=$(demo_image)
	mkdir -p "$out"
	version=$(cat "$dir/version" 2>/dev/null || echo 0)
	version=$((version + 1))
	echo "$version" > "$dir/version"	# before asking: a run that was cut off is not continued
	step "Signing $(basename "$img") as $demo_product 1.$version under 2 of 3"
	set -- --key "$demo_key" --product "$demo_product" --artifact-version "1.$version" \
	    --note "quickstart" "$img"
	req=$(claviger sign --no-wait --quiet --json "$@" 2>>"$dir/log/demo.log" | field request) || true
	[ -n "$req" ] || die "asking for the signature failed"
	say "Asked      $req, SHA-256 $(sha256sum "$img" | cut -c 1-16)..."
	say "Waiting    for two release officers."
	approve 1 "$req"
	say "Approved   by officer-1: one of two."
	approve 2 "$req"
	say "Approved   by officer-2: two of two."
	claviger sign --quiet --json "$@" -o "$out/image.sig" --evidence "$out/image.evidence" >/dev/null
	say "Signed     $out/image.sig"
	demo_verify "$img" "$out"
}

demo_verify() {
	local img=$1 out=$2
	claviger key show "$demo_key" --json | pem_of_key > "$out/key.pem"
	openssl dgst -sha256 -verify "$out/key.pem" -signature "$out/image.sig" "$img" >/dev/null ||
	    die "openssl does not accept the signature"
	say "Verified   with plain openssl: openssl dgst -sha256 -verify key.pem -signature image.sig"
	claviger-audit verify-evidence "$out/image.evidence" --trust "$CLAVIGER_FINGERPRINT" \
	    --artifact "$img" >/dev/null
	say "Evidence   verified offline: both approvals, the rule, the key, the ledger."
	claviger audit export -o "$out/ledger.bundle" --quiet >/dev/null
	claviger-audit verify "$out/ledger.bundle" --trust "$CLAVIGER_FINGERPRINT" \
	    --seen "$out/image.evidence" >/dev/null
	say "Ledger     verified offline, every decision taken again."
}

# The PEM of "public_key" in JSON, without a JSON tool.
pem_of_key() { field public_key | sed 's/\\n/\n/g'; }

house_env() {
	{
		printf 'export PATH=%q:"$PATH"\n' "$dir/build"
		printf 'export CLAVIGER_URL=%q\n' "https://127.0.0.1:$port"
		printf 'export CLAVIGER_CA_FILE=%q\n' "$dir/tls/anchor.pem"
		printf 'export CLAVIGER_PUBLIC_URL=%q\n' "http://127.0.0.1:$public_port"
		if [ -e "$dir/fingerprint" ]; then
			printf 'export CLAVIGER_TOKEN_FILE=%q\n' "$dir/ci.token"
			printf 'export CLAVIGER_FINGERPRINT=%q\n' "$(cat "$dir/fingerprint")"
			printf 'export CLAVIGER_OFFICERS=%q\n' "$dir/officers"
			printf 'export CLAVIGER_DEMO_KEY=%q\n' "$demo_key"
			printf 'export CLAVIGER_DEMO_PRODUCT=%q\n' "$demo_product"
		fi
	} > "$dir/env.new"
	mv "$dir/env.new" "$dir/env"
}

house_next() {
	step "What next"
	if [ -e "$dir/fingerprint" ]; then
		cat <<-TXT
			. $dir/env
			claviger status
			claviger key show \$CLAVIGER_DEMO_KEY
			claviger sign --key \$CLAVIGER_DEMO_KEY --product \$CLAVIGER_DEMO_PRODUCT --artifact-version 2.0 --no-wait IMAGE
			claviger approve REQ --officer-key \$CLAVIGER_OFFICERS/officer-3.pem
			claviger charter explain --action key.sign --key \$CLAVIGER_DEMO_KEY
		TXT
	else
		cat <<-TXT
			. $dir/env
			claviger init --charter FOLDER --setup-token-file $dir/service/setup-token
			(examples of charters are in policy/examples)
		TXT
	fi
	say
	say "The service goes on running.  To end it: contrib/quickstart stop --dir $dir"
	say "Here the keeper runs under the service's own uid, so promise 1 is not"
	say "held: doc/guide/production.md shows how two uids keep it."
}
