# shellcheck shell=bash
# demo.sh - the main job, told in a few calm lines.
# Uses: dir, top, image, and house.sh, lib.sh.

demo_key=thermostat-firmware
demo_product=thermostat
demo_root=thermostat-root
demo_ca=thermostat-devices

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
	demo_key_make firmware-signing "$demo_key" --algorithm ec-p256 \
	    --product "$demo_product" --environment production
}

# demo_asked WORDS ARG... - officer-1 asks, the other two agree, and it is done.
demo_asked() {
	local words=$1 req
	shift
	req=$(claviger "$@" --officer-key "$(officer_key 1)" --no-wait --quiet --json \
	    2>>"$dir/log/demo.log" | field request) || true
	[ -n "$req" ] || die "asking for $words failed (see $dir/log/demo.log)"
	say "Asked for $words ($req)."
	approve 2 "$req"
	approve 3 "$req"
	claviger request wait "$req" --quiet --json >/dev/null
	say "officer-2 and officer-3 approved; it is done."
}

# demo_key_make CLASS NAME ARG... - made under quorum and put to use, unless it is there.
demo_key_make() {
	local class=$1 name=$2 state
	shift 2
	# Its own state stands less deep than those of its history.
	state=$(claviger key show "$name" --json 2>/dev/null | grep '^  "state":' | field state) || true
	[ "$state" != active ] || return 0
	step "The key $name"
	[ -n "$state" ] || demo_asked "the key $name" key generate --class "$class" --name "$name" "$@"
	claviger key activate "$name" --officer-key "$(officer_key 1)" --json >/dev/null
	say "$name was made in the token and is active."
}

# demo_ca_make NAME PROFILE KEY COMMON-NAME ARG... - under quorum, unless it is there.
demo_ca_make() {
	local name=$1 profile=$2 key=$3 cn=$4 at="http://127.0.0.1:$public_port"
	shift 4
	if ! claviger ca show "$name" --json >/dev/null 2>&1; then
		step "The authority $name"
		demo_asked "$name" ca create --name "$name" --profile "$profile" --key "$key" \
		    --subject "O=Claviger Quickstart" --subject "CN=$cn" \
		    --crl-url "$at/crl/$name" --issuer-url "$at/ca/$name.crt" "$@"
	fi
	claviger ca show "$name" -o "$dir/pki/$name.pem" --quiet >/dev/null
}

# A root, and the authority below it that certifies devices.
demo_authorities() {
	mkdir -p "$dir/pki"
	demo_key_make ca root-1 --algorithm ec-p384 --environment root
	demo_key_make ca devices-1 --algorithm ec-p256 --environment production --product "$demo_product"
	demo_key_make ocsp-responder ocsp-1 --algorithm ec-p256 --environment production --product "$demo_product"
	demo_ca_make "$demo_root" root root-1 "Quickstart Root"
	demo_ca_make "$demo_ca" issuing-ca devices-1 "Thermostat Devices" --issuer "$demo_root" \
	    --ocsp-url "http://127.0.0.1:$public_port/ocsp" --responder ocsp-1
}

# One device: its key is its own, its certificate needs no further approval.
demo_device() {
	local p="$dir/pki" device=T-0001
	step "A certificate for the device $device"
	[ -e "$p/$device.key" ] || openssl genpkey -algorithm EC \
	    -pkeyopt ec_paramgen_curve:P-256 -out "$p/$device.key" 2>/dev/null
	[ -e "$p/$device.csr" ] || openssl req -new -key "$p/$device.key" -subj "/CN=$device" \
	    -out "$p/$device.csr" 2>/dev/null
	claviger cert issue --ca "$demo_ca" --profile device --device "$device" \
	    --csr "$p/$device.csr" -o "$p/$device.pem" --quiet --json >/dev/null 2>>"$dir/log/demo.log" ||
	    die "no certificate was issued (see $dir/log/demo.log)"
	say "Issued     $p/$device.pem to the CI tool, within its daily limit."
	openssl verify -CAfile "$p/$demo_root.pem" -untrusted "$p/$demo_ca.pem" "$p/$device.pem" \
	    >/dev/null || die "openssl does not accept the certificate"
	say "Verified   with plain openssl: openssl verify -CAfile $demo_root.pem -untrusted $demo_ca.pem $device.pem"
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
	# On a track of its own: whatever else was signed for the product is newer, or not.
	set -- --key "$demo_key" --product "$demo_product" --artifact-version "1.$version" \
	    --track quickstart --note "quickstart" "$img"
	req=$(claviger sign --no-wait --quiet --json "$@" 2>>"$dir/log/demo.log" | field request) || true
	[ -n "$req" ] || die "asking for the signature failed: $(tail -n 1 "$dir/log/demo.log")"
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

# What the folder's env file says to programs and people.
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
			printf 'export CLAVIGER_DEMO_CA=%q\n' "$demo_ca"
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
			claviger charter explain --action key.sign --key \$CLAVIGER_DEMO_KEY --product \$CLAVIGER_DEMO_PRODUCT --artifact-version 9.0
			claviger ca show \$CLAVIGER_DEMO_CA
			claviger cert issue --ca \$CLAVIGER_DEMO_CA --profile device --device SERIAL --csr CSR
			claviger batch submit FOLDER --ca \$CLAVIGER_DEMO_CA --profile device
			claviger cert list --ca \$CLAVIGER_DEMO_CA
			claviger alert list
			claviger inventory product \$CLAVIGER_DEMO_PRODUCT
			claviger artifact list
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
	say "Nobody hears of requests and alerts here: notify.contacts is not set"
	say "(doc/guide/production.md, \"Telling people\"; claviger status says so, too)."
	say "Here the keeper runs under the service's own uid, so promise 1 is not"
	say "held: doc/guide/production.md shows how two uids keep it."
}
