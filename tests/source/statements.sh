#!/bin/sh
# statements.sh - every statement that the sources run is in src/store/sql, and
# every one there is run by somebody.
set -eu
cd "${srcdir:-.}"
bad=0

defined=$(sed -n 's/^-- name: //p' src/store/sql/*.sql | sort -u)
run=$(find src -name '*.c' -exec cat {} + | tr '\n\t' '  ' |
	grep -oE 'tx_(run|query|one)\([^"();]*"[a-z0-9_]+"' |
	sed 's/.*"\(.*\)"/\1/' | sort -u)
for s in $run; do
	echo "$defined" | grep -qx "$s" || {
		echo "$s: no file of src/store/sql has it" >&2
		bad=1
	}
done
for s in $defined; do
	grep -rqF --include='*.c' "\"$s\"" src || {
		echo "$s: nobody runs it" >&2
		bad=1
	}
done
exit $bad
