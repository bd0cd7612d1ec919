#!/bin/sh
# floors.sh - compare what the sources include with the table of doc/FLOORS:
# rows point down, folders have rows, and includes are in their folder's row.
set -eu
cd "${srcdir:-.}"
export LC_ALL=C

# From inside src/, "keeper/journal.h" is src/keeper; policy/ and ca/ stand
# beside src/.
find src policy ca -name '*.[ch]' | sort | xargs awk '
function complain(where, what) {
	print where ": " what
	bad = 1
}
function folder_of(path) {
	sub("/[^/]*$", "", path)
	return path
}
# The house has a row for "src/x" or for "x"; a nested folder is its parent.
function resident(path) {
	while (path != "") {
		if (("src/" path) in floor)
			return "src/" path
		if (path in floor)
			return path
		if (!sub("/[^/]*$", "", path))
			return ""
	}
	return ""
}
BEGIN {
	table = "doc/FLOORS"
	while ((getline line < table) > 0) {
		row++
		n = split(line, word, " ")
		if (n == 0 || word[1] ~ /^#/)
			continue
		if (word[2] in floor)
			complain(table ":" row, word[2] " has two rows")
		floor[word[2]] = word[1]
		for (i = 3; i <= n; i++)
			listed[word[2] " " word[i]] = row
	}
	for (pair in listed) {
		split(pair, word, " ")
		where = table ":" listed[pair]
		if (!(word[2] in floor))
			complain(where, word[2] " has no row")
		else if (floor[word[2]] >= floor[word[1]])
			complain(where, word[1] " must not look up to " word[2])
	}
}
FNR == 1 {
	here = resident(folder_of(FILENAME))
	if (here == "")
		complain(FILENAME, "its folder has no row in " table)
	files++
}
/^[ \t]*#[ \t]*include[ \t]*"[^"]*\/[^"]*"/ {
	split($0, part, "\"")
	there = resident(folder_of(part[2]))
	if (there == "")
		complain(FILENAME ":" FNR, part[2] " is of no floor")
	else if (there != here && !((here " " there) in listed))
		complain(FILENAME ":" FNR, here " must not include " part[2])
}
END {
	if (files == 0)
		complain("floors.sh", "found no sources")
	exit bad
}'
