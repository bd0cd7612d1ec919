#!/bin/sh
# length.sh - no file of C is longer than 600 lines, no function than 60.
set -eu
cd "${srcdir:-.}"

find src policy ca tests -name '*.[ch]' | sort | xargs awk '
FNR == 1 {
	name = ""
}
FNR == 601 {
	print FILENAME ": has more than 600 lines: it is two files"
	bad = 1
}
# A function has its name at column 0, and its braces too.
/^[a-z_][a-z0-9_]*\(/ {
	name = $0
	sub(/\(.*/, "", name)
}
/^\{/ {
	from = FNR
}
/^\}/ {
	if (name != "" && FNR - from - 1 > 60) {
		print FILENAME ":" from ": " name " has " FNR - from - 1 \
		    " lines: it is two functions"
		bad = 1
	}
	name = ""
}
END {
	exit bad
}'
