# shellcheck shell=bash
# lib.sh - what quickstart and check share: calm words, packages, the build.

say()  { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die()  { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# packages PURPOSE... - the names in contrib/packages for these purposes.
packages() {
	local want=" $* " purpose names
	while read -r purpose names; do
		case $purpose in ''|'#'*) continue ;; esac
		# shellcheck disable=SC2086 # the names are words
		case $want in *" $purpose "*) printf '%s\n' $names ;; esac
	done < "$top/contrib/packages"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null; then sudo "$@"
	else su -c "$(printf '%q ' "$@")"
	fi
}

# install PURPOSE... - ask for root only when something is missing.
install_packages() {
	local missing=() p log
	command -v apt-get >/dev/null || {
		say "This is not a Debian system: please install by hand: $(packages "$@" | xargs)"
		return 0
	}
	for p in $(packages "$@"); do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null |
		    grep -q '^install ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "Installing ${#missing[@]} packages: ${missing[*]}"
	log=$(mktemp)
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >"$log" 2>&1 ||
	    true
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	    --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "the packages could not be installed (see $log)"
	}
	rm -f "$log"
}

# configure_in DIR [OPTION...] - autotools once, then configure out of tree.
configure_in() {
	local dir=$1
	shift
	[ -x "$top/configure" ] && [ "$top/configure" -nt "$top/configure.ac" ] ||
	    (cd "$top" && autoreconf -fi) >"$dir.autoreconf.log" 2>&1 || {
		tail -n 20 "$dir.autoreconf.log" >&2
		die "autoreconf failed"
	}
	rm -f "$dir.autoreconf.log"
	mkdir -p "$dir"
	(cd "$dir" && "$top/configure" -q "$@") >"$dir/configure.out" 2>&1 || {
		tail -n 20 "$dir/configure.out" >&2
		die "configure failed"
	}
}

# make_in DIR TARGET... - quiet unless it fails.
make_in() {
	local dir=$1
	shift
	make -C "$dir" -j"$(nproc)" "$@" >"$dir/make.out" 2>&1 || {
		tail -n 40 "$dir/make.out" >&2
		return 1
	}
}
