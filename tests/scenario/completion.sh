#!/bin/bash
# completion.sh - make install puts completion where each shell looks for it
# by itself, and make uninstall takes it away.
set -euo pipefail
builddir=${builddir:-$PWD}
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-completion.XXXXXX")
trap 'rm -rf "$dir"' EXIT
die() { echo "FAIL: $*" >&2; exit 1; }

# make_all WHAT - for the three shells, as a package would.
make_all() {
	local shell targets=()
	for shell in bash zsh fish; do targets+=("$1-${shell}completionDATA"); done
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$builddir" DESTDIR="$dir" prefix=/usr datarootdir=/usr/share \
	    "${targets[@]}" > "$dir/said" 2>&1 || die "make $1: $(cat "$dir/said")"
	rm "$dir/said"
}
make_all install
share=$dir/usr/share
for program in claviger claviger-audit; do
	for file in "bash-completion/completions/$program" "zsh/site-functions/_$program" \
	    "fish/vendor_completions.d/$program.fish"; do
		[ -s "$share/$file" ] || die "not installed: $file: $(find "$dir" -type f)"
	done
	head -n 1 "$share/zsh/site-functions/_$program" | grep -qx "#compdef $program" || die "zsh would not load _$program"
	! command -v zsh > /dev/null || zsh -n "$share/zsh/site-functions/_$program" || die "zsh does not read _$program"
	! command -v fish > /dev/null || fish -n "$share/fish/vendor_completions.d/$program.fish" || die "fish does not read $program"
done

# bash loads the file of a command's name when the command is completed first.
offered() { # PROGRAM FUNCTION WORD
	bash -c '. "$1"; COMP_WORDS=("$2" "$4"); COMP_CWORD=1; COMP_LINE="$2 $4"; COMP_POINT=${#COMP_LINE}
	    complete -p "$2" > /dev/null && "$3" "$2" "$4" "$2" && echo "${COMPREPLY[@]}"' _ \
	    "$share/bash-completion/completions/$1" "$@"
}
[[ " $(offered claviger _claviger char) " == *" charter "* ]] || die "bash does not complete claviger char"
[[ " $(offered claviger-audit _claviger_audit verify-e) " == *" verify-evidence "* ]] || die "bash does not complete claviger-audit"

make_all uninstall
[ -z "$(find "$dir" -type f)" ] || die "left behind: $(find "$dir" -type f)"
echo ok
