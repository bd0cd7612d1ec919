#!/bin/sh
# replay.sh - feed every fuzz target its seeds; each must have some.
set -eu
bad=0

for target in $FUZZ_TARGETS; do
	seeds="${srcdir:-.}/tests/fuzz/seeds/${target##*/fuzz_}"
	if "./$target" "$seeds"/*; then
		echo "$target: $(ls "$seeds" | wc -l) inputs"
	else
		echo "$target: FAILED on $seeds" >&2
		bad=1
	fi
done
exit $bad
