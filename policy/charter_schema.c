#include "config.h"

#include <string.h>

#include "base/id.h"
#include "policy/charter_read.h"

#define TEXT_MAX	2000
#define NAMES_MAX	ROSTER_PRINCIPALS
#define RULES_MAX	256

static const char *
wanted(enum json_want w)
{
	switch (w) {
	case WANT_STRING:
		return "text";
	case WANT_INTEGER:
		return "an integer";
	case WANT_BOOL:
		return "true or false";
	case WANT_OBJECT:
		return "names with values";
	case WANT_ARRAY:
		return "a list";
	case WANT_STRINGS:
		return "a list of names";
	case WANT_ANY:
		break;
	}
	return "a value";
}

static int64_t
size_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		return (int64_t)json_string_length(v);
	case JSON_INTEGER:
		return json_integer_value(v);
	case JSON_ARRAY:
		return (int64_t)json_array_size(v);
	case JSON_OBJECT:
		return (int64_t)json_object_size(v);
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		break;
	}
	return 0;
}

static const struct json_row *
find_row(const struct json_row *rows, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static int
check_value(struct reading *r, const struct json_row *row, const json_t *v)
{
	int64_t have;

	if (!json_wanted(v, row->want))
		return note(r, FIND_SCHEMA, "\"%s\": expected %s", row->name,
		    wanted(row->want));
	have = size_of(v);
	if (row->max == 0 || (have >= row->min && have <= row->max))
		return 0;
	if (have == 0 && row->want != WANT_INTEGER)
		return note(r, FIND_SCHEMA, "\"%s\" is empty", row->name);
	return note(r, FIND_SCHEMA, "\"%s\": %lld is not within %lld to %lld",
	    row->name, (long long)have, (long long)row->min,
	    (long long)row->max);
}

/* Exactly these members: the one check that every object goes through. */
static int
check_members(struct reading *r, const json_t *o, const struct json_row *rows,
    size_t n, const char *what)
{
	const struct json_row *row;
	const char *name;
	size_t i, mark;
	json_t *v;

	if (!json_is_object(o))
		return note(r, FIND_SCHEMA, "%s: expected names with values",
		    what);
	json_object_foreach((json_t *)(uintptr_t)o, name, v) {
		row = find_row(rows, n, name);
		mark = path_down(r, name);
		if (row == NULL)
			TRY(note(r, FIND_SCHEMA, "%s has no \"%.64s\"", what,
			    name));
		else
			TRY(check_value(r, row, v));
		path_up(r, mark);
	}
	for (i = 0; i < n; i++)
		if (rows[i].required &&
		    json_object_get(o, rows[i].name) == NULL)
			TRY(note(r, FIND_SCHEMA, "%s lacks \"%s\": %s", what,
			    rows[i].name, rows[i].words));
	return 0;
}

#define CHECK(r, o, rows, what) check_members((r), (o), (rows), NELEM(rows), what)

static int
check_list(struct reading *r, const json_t *list,
    int (*fn)(struct reading *, const json_t *))
{
	size_t i, mark;

	for (i = 0; i < json_array_size(list); i++) {
		mark = path_down_index(r, i);
		TRY(fn(r, json_array_get(list, i)));
		path_up(r, mark);
	}
	return 0;
}

/* Each member's name is a name of ours, each value goes through @fn. */
static int
check_map(struct reading *r, const json_t *o, const char *member,
    int (*fn)(struct reading *, const json_t *))
{
	const json_t *map = json_object_get(o, member);
	const char *name;
	size_t mark = path_down(r, member), inner;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)map, name, v) {
		inner = path_down(r, name);
		if (!name_check(name))
			TRY(note(r, FIND_VALUE, "\"%.64s\" is not a name: "
			    "[a-z0-9][a-z0-9._-]{0,63}", name));
		TRY(fn(r, v));
		path_up(r, inner);
	}
	path_up(r, mark);
	return 0;
}

static int
check_credential(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "type", WANT_STRING, true, 1, 32, "officer-key" },
		{ "spki", WANT_STRING, true, 1, 8192, "the public key" },
	};

	return CHECK(r, j, ROWS, "a credential");
}

static int
check_person(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "credentials", WANT_ARRAY, true, 0, 16, "what proves who they are" },
		{ "party", WANT_STRING, false, 1, 64, "whose person it is" },
	};
	size_t mark;

	TRY(CHECK(r, j, ROWS, "a person"));
	mark = path_down(r, "credentials");
	TRY(check_list(r, json_object_get(j, "credentials"),
	    check_credential));
	path_up(r, mark);
	return 0;
}

static int
check_tool(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "owners", WANT_STRINGS, true, 1, 64, "the persons who answer for it" },
	};

	return CHECK(r, j, ROWS, "a tool");
}

static int
check_group(struct reading *r, const json_t *j)
{
	if (!json_wanted(j, WANT_STRINGS))
		return note(r, FIND_SCHEMA,
		    "a group: expected a list of names");
	return 0;
}

static int
check_roster(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "persons", WANT_OBJECT, true, 1, NAMES_MAX, "who there is" },
		{ "tools", WANT_OBJECT, true, 0, NAMES_MAX, "programs that ask" },
		{ "groups", WANT_OBJECT, true, 1, ROSTER_GROUPS, "who belongs together" },
	};

	TRY(CHECK(r, j, ROWS, "the roster"));
	TRY(check_map(r, j, "persons", check_person));
	TRY(check_map(r, j, "tools", check_tool));
	return check_map(r, j, "groups", check_group);
}

static int
check_clause(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "count", WANT_INTEGER, true, 1, RULE_COUNT, "how many people" },
		{ "of", WANT_STRING, true, 1, 64, "the group they belong to" },
		{ "not", WANT_STRINGS, false, 0, 1, "[requester]: who asks does not count" },
		{ "within", WANT_STRING, true, 1, 32, "how long the request may wait" },
		{ "proof", WANT_STRINGS, true, 1, PROOF__N, "kinds of proof that count" },
	};

	return CHECK(r, j, ROWS, "approvals");
}

static int
check_rule(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "name", WANT_STRING, true, 1, 64, "what it is called" },
		{ "why", WANT_STRING, true, 1, TEXT_MAX, "the reason it exists" },
		{ "action", WANT_STRINGS, true, 1, ACTION__N, "what it allows" },
		{ "when", WANT_OBJECT, false, 1, 32, "conditions on facts" },
		{ "by", WANT_STRINGS, true, 1, 64, "groups that may ask" },
		{ "require", WANT_OBJECT, false, 1, 32, "what must hold besides" },
		{ "approvals", WANT_ARRAY, false, 1, RULE_CLAUSES, "who must agree" },
		{ "limit", WANT_OBJECT, false, 1, 8, "uses in a period" },
		{ "permits", WANT_OBJECT, false, 1, 8, "what an approval is good for" },
		{ "rework", WANT_OBJECT, false, 1, 8, "devices that get a new key, in a period" },
		{ "any-digest", WANT_BOOL, false, 0, 0, "a window without digests" },
		{ "break-glass", WANT_OBJECT, false, 1, 8, "for emergencies" },
	};
	static const struct json_row LIMIT[] = {
		{ "uses", WANT_INTEGER, true, 1, 1000000000, "how many" },
		{ "per", WANT_STRING, true, 1, 32, "in how long" },
	};
	static const struct json_row PERMITS[] = {
		{ "uses", WANT_INTEGER, true, 1, 1000000000, "how many uses" },
		{ "for", WANT_STRING, true, 1, 32, "how long" },
	};
	static const struct json_row GLASS[] = {
		{ "review", WANT_STRING, true, 1, 32, "when the review is due" },
	};
	static const struct {
		const char		*name;
		const struct json_row	*rows;
		size_t			 n;
	} PART[] = { { "limit", LIMIT, NELEM(LIMIT) },
	    { "rework", LIMIT, NELEM(LIMIT) },
	    { "permits", PERMITS, NELEM(PERMITS) },
	    { "break-glass", GLASS, NELEM(GLASS) } };
	const json_t *v;
	size_t i, mark;

	TRY(CHECK(r, j, ROWS, "a rule"));
	for (i = 0; i < NELEM(PART); i++) {
		mark = path_down(r, PART[i].name);
		if (json_is_object(v = json_object_get(j, PART[i].name)))
			TRY(check_members(r, v, PART[i].rows, PART[i].n,
			    PART[i].name));
		path_up(r, mark);
	}
	mark = path_down(r, "approvals");
	TRY(check_list(r, json_object_get(j, "approvals"), check_clause));
	path_up(r, mark);
	return 0;
}

static int
check_rules(struct reading *r, const json_t *holder)
{
	size_t mark = path_down(r, "rules");

	TRY(check_list(r, json_object_get(holder, "rules"), check_rule));
	path_up(r, mark);
	return 0;
}

static int
check_access(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "rules", WANT_ARRAY, true, 1, RULES_MAX, "who may do what besides using keys" },
	};

	TRY(CHECK(r, j, ROWS, "access"));
	return check_rules(r, j);
}

static int
check_procedure(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "purpose", WANT_STRING, true, 1, TEXT_MAX, "what it is for" },
		{ "steps", WANT_STRINGS, true, 1, 64, "what to do, in order" },
		{ "proven", WANT_STRING, false, 1, 32, "how old the last proven restore may be" },
	};
	const char *proven = json_str(j, "proven", NULL);
	size_t mark;
	time_us t;

	TRY(CHECK(r, j, ROWS, "a recovery procedure"));
	if (proven == NULL || (clock_duration(proven, &t, NULL) == 0 && t > 0))
		return 0;
	mark = path_down(r, "proven");
	TRY(note(r, FIND_VALUE, "expected a duration like P1Y, not \"%.32s\"",
	    proven));
	path_up(r, mark);
	return 0;
}

/* Owner and recovery are looked for later, with findings of their own. */
static int
check_class(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "kind", WANT_STRING, true, 1, 64, "what its keys are for" },
		{ "purpose", WANT_STRING, true, 1, TEXT_MAX, "why these keys exist" },
		{ "owner", WANT_STRING, false, 1, 64, "the group that answers for them" },
		{ "recovery", WANT_STRING, false, 1, 64, "a procedure of recovery.yaml" },
		{ "keys", WANT_OBJECT, true, 1, 8, "what its keys are like" },
		{ "rules", WANT_ARRAY, true, 1, RULES_MAX, "who may use them" },
	};
	static const struct json_row KEYS[] = {
		{ "algorithms", WANT_STRINGS, true, 1, 16, "those its keys may have" },
		{ "cryptoperiod", WANT_STRING, true, 1, 32, "how long a key may be used" },
		{ "exportable", WANT_STRING, true, 1, 16, "never or wrapped" },
	};
	const json_t *keys = json_object_get(j, "keys");
	size_t mark;

	TRY(CHECK(r, j, ROWS, "a class"));
	if (json_is_object(keys)) {
		mark = path_down(r, "keys");
		TRY(CHECK(r, keys, KEYS, "keys"));
		path_up(r, mark);
	}
	return check_rules(r, j);
}

static int
check_lists(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "lifetime", WANT_STRING, false, 1, 32, "of an authority's lists, at most" },
		{ "root-lifetime", WANT_STRING, false, 1, 32, "of a root's, at most" },
	};

	return CHECK(r, j, ROWS, "lists");
}

static int
check_alert(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "why", WANT_STRING, true, 1, TEXT_MAX, "the reason it exists" },
		{ "watch", WANT_STRINGS, true, 1, WATCH__N, "what is watched" },
		{ "class", WANT_STRINGS, false, 1, WATCH_CLASSES, "of these classes alone" },
		{ "before", WANT_STRINGS, false, 1, WATCH_BEFORE, "how long before its end" },
		{ "every", WANT_STRING, false, 1, 32, "how long a restored backup proves it" },
		{ "after", WANT_STRING, false, 1, 32, "once it has lasted so long" },
		{ "tell", WANT_STRINGS, false, 1, 64, "groups, instead of the owner" },
		{ "repeat", WANT_STRING, false, 1, 32, "told again so often" },
		{ "escalate", WANT_OBJECT, false, 1, 2, "who when nobody listens" },
	};
	static const struct json_row ESCALATE[] = {
		{ "after", WANT_STRING, true, 1, 32, "so long without an acknowledgement" },
		{ "to", WANT_STRINGS, true, 1, 64, "groups" },
	};
	const json_t *up = json_object_get(j, "escalate");
	size_t mark;

	TRY(CHECK(r, j, ROWS, "an alert"));
	if (!json_is_object(up))
		return 0;
	mark = path_down(r, "escalate");
	TRY(CHECK(r, up, ESCALATE, "escalate"));
	path_up(r, mark);
	return 0;
}

/* A day ends with its last second. */
static int
check_product(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "support-until", WANT_STRING, true, 10, 10, "the last day of its support" },
	};
	const char *day = json_str(j, "support-until", NULL);
	size_t mark;
	time_us t;

	TRY(CHECK(r, j, ROWS, "a product line"));
	if (day == NULL || support_end(day, &t, NULL) == 0)
		return 0;
	mark = path_down(r, "support-until");
	TRY(note(r, FIND_VALUE, "expected a day like 2036-12-31, not "
	    "\"%.32s\"", day));
	path_up(r, mark);
	return 0;
}

static int
check_any(struct reading *r, const json_t *j)
{
	return 0;
}

static int
check_part(struct reading *r, const json_t *j, const char *name,
    int (*fn)(struct reading *, const json_t *))
{
	const json_t *v = json_object_get(j, name);
	size_t mark;

	if (!json_is_object(v))
		return 0;		/* noted already */
	mark = path_down(r, name);
	TRY(fn(r, v));
	path_up(r, mark);
	return 0;
}

int
charter_schema(struct reading *r, const json_t *j)
{
	static const struct json_row ROWS[] = {
		{ "language", WANT_INTEGER, true, 0, 0, "0" },
		{ "name", WANT_STRING, true, 1, 200, "what the house calls it" },
		{ "roster", WANT_OBJECT, true, 0, 0, "roster.yaml" },
		{ "access", WANT_OBJECT, true, 0, 0, "access.yaml" },
		{ "recovery", WANT_OBJECT, true, 0, 256, "recovery.yaml" },
		{ "classes", WANT_OBJECT, true, 1, 64, "classes/*.yaml" },
		{ "profiles", WANT_OBJECT, true, 0, 256, "profiles/*.yaml" },
		{ "alerts", WANT_OBJECT, true, 0, 256, "alerts/*.yaml" },
		{ "products", WANT_OBJECT, false, 1, 1024, "products.yaml" },
		{ "lists", WANT_OBJECT, false, 1, 2, "how long revocation lists may last" },
	};
	size_t mark;

	TRY(CHECK(r, j, ROWS, "the charter"));
	if (json_is_integer(json_object_get(j, "language")) &&
	    json_int(j, "language", -1) != CHARTER_LANGUAGE) {
		mark = path_down(r, "language");
		TRY(note(r, FIND_LANGUAGE, "language %lld is not known here, "
		    "only %d", (long long)json_int(j, "language", -1),
		    CHARTER_LANGUAGE));
		path_up(r, mark);
	}
	TRY(check_part(r, j, "roster", check_roster));
	TRY(check_part(r, j, "access", check_access));
	TRY(check_part(r, j, "lists", check_lists));
	TRY(check_map(r, j, "recovery", check_procedure));
	TRY(check_map(r, j, "classes", check_class));
	TRY(check_map(r, j, "profiles", check_any));
	TRY(check_map(r, j, "products", check_product));
	return check_map(r, j, "alerts", check_alert);
}
