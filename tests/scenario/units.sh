#!/bin/bash
# units.sh - systemd takes both units as they are written, and finds them tight.
#
# Exposure is systemd's own measure, in tenths: 100 is a unit without a sandbox.
# What is left of it is what the programs need: sockets, and of the service the
# network.
set -euo pipefail
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
command -v systemd-analyze > /dev/null || { echo "no systemd-analyze"; exit 77; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-units.XXXXXX")
trap 'rm -rf "$dir"' EXIT
die() { echo "FAIL: $*" >&2; exit 1; }

# A unit's programs must be there: those that were built.
for unit in claviger-keeper clavigerd; do
	sed -e "s,@sbindir@,$builddir,g" -e 's,@sysconfdir@,/etc,g' \
	    "$srcdir/contrib/systemd/$unit.service.in" > "$dir/$unit.service"
done
# It may be told of a key that it does not know, and yet all is well.
said=$(systemd-analyze verify --man=no "$dir"/*.service 2>&1) || die "$said"
! grep claviger <<< "$said" || die "it is not content"

tight() { # UNIT EXPOSURE
	systemd-analyze security --no-pager --offline=true --threshold="$2" "$dir/$1.service" > "$dir/said" 2>&1 ||
	    { grep -v '✓' "$dir/said" >&2; die "$1 is open to more than $2"; }
	tail -n 1 "$dir/said"
}
tight claviger-keeper 7
tight clavigerd 15

# The keeper's filter of its own is a system call too, which is in no group that is allowed.
grep -q '^SystemCallFilter=@system-service seccomp$' "$dir/claviger-keeper.service" || die "the keeper could not lock itself in"
echo ok
