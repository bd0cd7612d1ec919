# embed.awk - turn the files of src/store/sql into one C table.
#
# awk -f embed.awk FILE... > sql_table.c
#
# Statement files (NOUN.sql, NOUN.sqlite.sql, NOUN.postgresql.sql) are cut at
# their "-- name:" headings; migrations are taken whole, comments and all.
# Every name must have a text for both engines, once.

function fail(words) {
	print FILENAME ":" FNR ": " words > "/dev/stderr"
	failed = 1
	exit 1
}

function quote(line,	i, c, out) {
	# No gsub: implementations differ on backslashes in what they put.
	out = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\\" || c == "\"")
			out = out "\\"
		out = out (c == "\t" ? "\\t" : c)
	}
	return "\n\t\"" out "\\n\""
}

function put(kind, key, e, line) {
	if (e == "sqlite" || e == "both")
		text[kind, key, "sqlite"] = text[kind, key, "sqlite"] quote(line)
	if (e == "postgresql" || e == "both")
		text[kind, key, "postgresql"] = text[kind, key, "postgresql"] quote(line)
}

function claim(kind, key, e,	i, j) {
	if ((kind, key, e) in seen || ((kind, key, "both") in seen) ||
	    (e == "both" && (((kind, key, "sqlite") in seen) ||
	    ((kind, key, "postgresql") in seen))))
		fail(key " is there twice")
	seen[kind, key, e] = 1
	for (i = n[kind]; i > 0 && names[kind, i] > key; i--)
		;
	if (i > 0 && names[kind, i] == key)
		return
	for (j = n[kind]++; j > i; j--)
		names[kind, j + 1] = names[kind, j]
	names[kind, i + 1] = key
}

FNR == 1 {
	base = FILENAME
	sub(/.*\//, "", base)
	engine = "both"
	if (base ~ /\.sqlite\.sql$/)
		engine = "sqlite"
	else if (base ~ /\.postgresql\.sql$/)
		engine = "postgresql"
	sub(/(\.sqlite|\.postgresql)?\.sql$/, "", base)
	migration = FILENAME ~ /migrations\//
	name = ""
	if (migration) {
		if (base !~ /^[0-9][0-9][0-9][0-9]-[a-z0-9-]+$/)
			fail("a migration is called NNNN-words.sql")
		name = base
		claim("m", name, engine)
	}
}

migration { put("m", name, engine, $0); next }

/^-- name: / {
	name = $3
	if (NF != 3 || name !~ /^[a-z][a-z0-9_]*$/)
		fail("a heading is: -- name: noun_verb")
	claim("s", name, engine)
	next
}

/^--/ || /^[ \t]*$/ { next }

name == "" { fail("a statement needs a heading: -- name: noun_verb") }

{
	if (done[name, engine])
		fail(name ": one statement under a heading")
	line = $0
	if (sub(/;[ \t]*$/, "", line))
		done[name, engine] = 1
	put("s", name, engine, line)
}

function both(kind, key) {
	if (text[kind, key, "sqlite"] == "" ||
	    text[kind, key, "postgresql"] == "") {
		print key ": needs a text for both engines" > "/dev/stderr"
		failed = 1
		exit 1
	}
	return text[kind, key, "sqlite"] "," text[kind, key, "postgresql"]
}

END {
	if (failed)
		exit 1
	print "/* Made by src/store/embed.awk from src/store/sql. */"
	print "#include \"store/sql.h\"\n"
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
	print "const struct sql_statement sql_statements[] = {"
	for (i = 1; i <= n["s"]; i++)
		print "{ \"" names["s", i] "\", {" both("s", names["s", i]) " } },"
	print "};\nconst size_t sql_statements_n = " n["s"] ";\n"
	print "const struct sql_migration sql_migrations[] = {"
	for (i = 1; i <= n["m"]; i++) {
		key = names["m", i]
		if (substr(key, 1, 4) + 0 != i) {
			print key ": migrations are numbered without a gap" > "/dev/stderr"
			exit 1
		}
		print "{ " i ", \"" key "\", {" both("m", key) " } },"
	}
	print "};\nconst size_t sql_migrations_n = " n["m"] ";"
}
