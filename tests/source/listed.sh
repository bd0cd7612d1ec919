#!/bin/sh
# listed.sh - every source, test and script is named in a module.am, so that
# it is built, run and distributed.  A folder that lists nothing yet is not
# part of the house yet.
set -eu
cd "${srcdir:-.}"
bad=0

lists=$(find src policy ca tests contrib doc -name module.am -exec cat {} +)
for f in $(find src policy ca tests -name '*.[ch]' -o -path 'tests/*' \
    \( -name '*.sh' -o -name '*.bats' \) | sort); do
	grep -q '\.c\|LDADD\|\.sh' "${f%/*}/module.am" 2>/dev/null || continue
	# A test program is listed without its ending.
	case "$lists" in
	*"$f"*|*"${f%.c}"*) ;;
	*)	echo "$f: no module.am names it" >&2
		bad=1 ;;
	esac
done
exit $bad
