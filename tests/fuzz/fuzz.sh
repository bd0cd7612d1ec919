#!/bin/sh
# fuzz.sh TARGET... - let each run for FUZZ_SECONDS, from its seeds and from
# what it found before (tests/fuzz/corpus in the build folder).
set -eu

for target; do
	name="${target##*/fuzz_}"
	corpus="tests/fuzz/corpus/$name"
	mkdir -p "$corpus"
	echo "== $target, ${FUZZ_SECONDS:-60} s"
	"./$target" -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=1 \
	    -artifact_prefix="tests/fuzz/corpus/$name-" \
	    "$corpus" "${srcdir:-.}/tests/fuzz/seeds/$name"
done
