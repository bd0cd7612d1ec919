#include "config.h"

#include "base/json.h"
#include "base/yaml.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why;
	const char	*text;
	const char	*canonical;
} READ[] = {
	{ "names and values", "a: b\n", "{\"a\":\"b\"}" },
	{ "integers", "a: 0\nb: -12\nc: 9007199254740991\n",
	    "{\"a\":0,\"b\":-12,\"c\":9007199254740991}" },
	{ "the two booleans", "[true, false]", "[true,false]" },
	{ "quotes make strings of anything",
	    "[\"yes\", 'no', \"1\", '~', \"\", \"2026-11-21\", '1.5']",
	    "[\"yes\",\"no\",\"1\",\"~\",\"\",\"2026-11-21\",\"1.5\"]" },
	{ "what cannot be mistaken needs none",
	    "[P2Y, ec-p256, sha-256, release-officers, a.b, x:y, nothing]",
	    "[\"P2Y\",\"ec-p256\",\"sha-256\",\"release-officers\",\"a.b\","
	    "\"x:y\",\"nothing\"]" },
	{ "lists of mappings", "rules:\n  - name: x\n    uses: 1\n  - {}\n",
	    "{\"rules\":[{\"name\":\"x\",\"uses\":1},{}]}" },
	{ "flow style", "{ a: [1, {b: c}] }", "{\"a\":[1,{\"b\":\"c\"}]}" },
	{ "comments", "# x\na: b # y\n", "{\"a\":\"b\"}" },
	{ "text of several lines", "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
	    "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}" },
	{ "one explicit document", "---\na: b\n...\n", "{\"a\":\"b\"}" },
	{ "UTF-8", "a: \"caf\xc3\xa9 \\u20ac\"\n",
	    "{\"a\":\"caf\xc3\xa9 \xe2\x82\xac\"}" },
	{ "quoted names may be anything of ASCII", "\"yes\": 1\n'2': 2\n",
	    "{\"2\":2,\"yes\":1}" },
};

#define TEXT(s)	s, sizeof(s) - 1

static const struct {
	const char	*why;
	const char	*text;
	size_t		 n;
	const char	*at;
} REFUSED[] = {
	{ "nothing", TEXT(""), "c.yaml:1:1: " },
	{ "comments alone", TEXT("# x\n"), "c.yaml:2:1: " },
	{ "a word", TEXT("word\n"), "c.yaml:1:1: " },
	{ "a name twice", TEXT("a: 1\nb: 2\na: 3\n"), "c.yaml:3:1: " },
	{ "a name twice, quoted", TEXT("{a: 1, \"a\": 2}"), "c.yaml:1:8: " },
	{ "an anchor", TEXT("a: &x 1\n"), "c.yaml:1:4: " },
	{ "an anchor on a list", TEXT("a: &x [1]\n"), "c.yaml:1:4: " },
	{ "an anchor on a mapping", TEXT("a: &x {b: c}\n"), "c.yaml:1:4: " },
	{ "an anchor on a name", TEXT("&x a: 1\n"), "c.yaml:1:1: " },
	{ "an alias", TEXT("b: *x\n"), "c.yaml:1:4: " },
	{ "an alias as a name", TEXT("*x : 1\n"), "c.yaml:1:1: " },
	{ "a tag", TEXT("a: !!str 1\n"), "c.yaml:1:4: " },
	{ "a tag on a list", TEXT("a: !x [1]\n"), "c.yaml:1:4: " },
	{ "the tag that has no name", TEXT("a: ! b\n"), "c.yaml:1:4: " },
	{ "two documents", TEXT("a: b\n---\nc: d\n"), "c.yaml:2:1: " },
	{ "a version directive", TEXT("%YAML 1.1\n---\na: b\n"),
	    "c.yaml:1:1: " },
	{ "a tag directive", TEXT("%TAG ! x\n---\na: b\n"), "c.yaml:1:1: " },
	{ "no value", TEXT("a:\nb: 1\n"), "c.yaml:1:3: " },
	{ "null", TEXT("a: null\n"), "c.yaml:1:4: " },
	{ "a tilde", TEXT("a: ~\n"), "c.yaml:1:4: " },
	{ "yes", TEXT("a: yes\n"), "c.yaml:1:4: " },
	{ "No", TEXT("a: No\n"), "c.yaml:1:4: " },
	{ "off", TEXT("x: 1\na: off\n"), "c.yaml:2:4: " },
	{ "y", TEXT("a: y\n"), "c.yaml:1:4: " },
	{ "True with a capital", TEXT("a: True\n"), "c.yaml:1:4: " },
	{ "a real", TEXT("a: 1.5\n"), "c.yaml:1:4: " },
	{ "a real without its zero", TEXT("a: .5\n"), "c.yaml:1:4: " },
	{ "an exponent", TEXT("a: 1e3\n"), "c.yaml:1:4: " },
	{ "infinity", TEXT("a: -.inf\n"), "c.yaml:1:4: " },
	{ "not a number", TEXT("a: .NaN\n"), "c.yaml:1:4: " },
	{ "octal, as one YAML has it", TEXT("a: 0600\n"), "c.yaml:1:4: " },
	{ "octal, as the other has it", TEXT("a: 0o600\n"), "c.yaml:1:4: " },
	{ "hexadecimal", TEXT("a: 0x10\n"), "c.yaml:1:4: " },
	{ "a plus", TEXT("a: +1\n"), "c.yaml:1:4: " },
	{ "minus zero", TEXT("a: -0\n"), "c.yaml:1:4: " },
	{ "underscores", TEXT("a: 1_000\n"), "c.yaml:1:4: " },
	{ "a number to base 60", TEXT("a: 12:30:45\n"), "c.yaml:1:4: " },
	{ "a date", TEXT("a: 2026-11-21\n"), "c.yaml:1:4: " },
	{ "a version", TEXT("a: 1.2.3\n"), "c.yaml:1:4: " },
	{ "2^53", TEXT("a: 9007199254740992\n"), "c.yaml:1:4: " },
	{ "a merge", TEXT("<<: {a: b}\n"), "c.yaml:1:1: " },
	{ "a name that is a boolean", TEXT("on: 1\n"), "c.yaml:1:1: " },
	{ "a name that is a number", TEXT("7: 1\n"), "c.yaml:1:1: " },
	{ "a name that is a list", TEXT("[a]: 1\n"), "c.yaml:1:1: " },
	{ "a name that is not ASCII", TEXT("caf\xc3\xa9: 1\n"),
	    "c.yaml:1:1: " },
	{ "a name of nothing", TEXT(": 1\n"), "c.yaml:1:1: " },
	{ "an escaped NUL", TEXT("a: \"x\\0y\"\n"), "c.yaml:1:4: " },
	{ "a control character", TEXT("a: \"\\e[0m\"\n"), "c.yaml:1:4: " },
	{ "a control character in a name", TEXT("\"a\\x01\": 1\n"),
	    "c.yaml:1:1: " },
	{ "a tab for indentation", TEXT("a:\n\tb: 1\n"), "c.yaml:2:1: " },
	{ "a bracket that is not closed", TEXT("a: [1\n"), "c.yaml:2:1: " },
	{ "no UTF-8", TEXT("a: \xff\n"), "c.yaml:" },
	{ "a bare NUL", TEXT("a: \0\n"), "c.yaml:" },
	{ "UTF-16", TEXT("\xff\xfe" "a\0:\0"), "c.yaml:" },
	{ "33 deep", TEXT("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"
	    "]]]]]]]]]]]]]]]]"), "c.yaml:1:33: " },
};

START_TEST(it_reads_the_strict_subset)
{
	AUTO_JSON *j = NULL;
	struct blob b = { 0 };

	unit_ok(yaml_read("c.yaml", READ[_i].text, strlen(READ[_i].text), &j,
	    NULL, &unit_err));
	unit_ok(json_canonical(j, &b, &unit_err));
	ck_assert_msg(strcmp(blob_str(&b), READ[_i].canonical) == 0,
	    "%s: %s", READ[_i].why, blob_str(&b));
	blob_done(&b);
}
END_TEST

START_TEST(it_refuses_the_rest_with_line_and_column)
{
	AUTO(yaml_marks) *marks = NULL;
	json_t *j = NULL;
	const char *at = REFUSED[_i].at;

	unit_fails(yaml_read("c.yaml", REFUSED[_i].text, REFUSED[_i].n, &j,
	    &marks, &unit_err), EINPUT);
	ck_assert_ptr_null(j);
	ck_assert_ptr_null(marks);
	ck_assert_msg(strncmp(unit_err.what, at, strlen(at)) == 0, "%s: %s",
	    REFUSED[_i].why, unit_err.what);
}
END_TEST

START_TEST(a_file_of_more_than_a_mebibyte_is_too_large)
{
	json_t *j = NULL;

	unit_fails(yaml_read("c.yaml", "", ((size_t)1 << 20) + 1, &j, NULL,
	    &unit_err), ETOOBIG);
}
END_TEST

static const struct {
	const char	*why;
	const char	*pointer;
	const char	*where;
} MARKS[] = {
	{ "the document", "", "c.yaml:1:1" },
	{ "a value", "/class", "c.yaml:1:8" },
	{ "a list", "/rules", "c.yaml:3:3" },
	{ "an element", "/rules/1", "c.yaml:5:5" },
	{ "a value within it", "/rules/1/count", "c.yaml:6:12" },
	{ "one that is not there: the nearest above", "/rules/1/by/0",
	    "c.yaml:5:5" },
	{ "nothing near", "/else", "c.yaml:1:1" },
	{ "an escaped name (RFC 6901, 3)", "/a~1b~0c", "c.yaml:7:10" },
	{ "a name that begins like another", "/rule", "c.yaml:1:1" },
};

START_TEST(it_remembers_where_each_value_stood)
{
	static const char text[] =
	    "class: ca\n"
	    "rules:\n"
	    "  - name: x\n"
	    "    count: 1\n"
	    "  - name: z\n"
	    "    count: 2\n"
	    "\"a/b~c\": 3\n";
	AUTO(yaml_marks) *marks = NULL;
	AUTO_JSON *j = NULL;
	char where[64];

	unit_ok(yaml_read("c.yaml", text, strlen(text), &j, &marks,
	    &unit_err));
	yaml_where(marks, MARKS[_i].pointer, where, sizeof(where));
	ck_assert_msg(strcmp(where, MARKS[_i].where) == 0, "%s: %s",
	    MARKS[_i].why, where);
}
END_TEST

UNIT_MAIN("base/yaml",
	UNIT_ROWS(it_reads_the_strict_subset, READ)
	UNIT_ROWS(it_refuses_the_rest_with_line_and_column, REFUSED)
	UNIT(a_file_of_more_than_a_mebibyte_is_too_large)
	UNIT_ROWS(it_remembers_where_each_value_stood, MARKS))
