#include "config.h"

#include <string.h>

#include "base/id.h"
#include "policy/charter_read.h"

#define DAY_MINUTES	1440

static const char *const ALGORITHMS[] = { "ec-p256", "ec-p384", "rsa-2048",
    "rsa-3072", "rsa-4096", "ed25519", "aes-128", "aes-256", NULL };
static const char *const STATES[] = { "pre-activation", "active",
    "suspended", "deactivated", "compromised", "destroyed", NULL };
static const char *const PRINCIPALS[] = { "person", "tool", NULL };
static const char *const DIGESTS[] = { "sha-256", "sha-384", "sha-512",
    NULL };
static const char *const DAYS[] = { "mon", "tue", "wed", "thu", "fri", "sat",
    "sun", NULL };

/* Facts whose values are of a closed list: a typing error would otherwise
 * be a rule that never matches. */
static const struct {
	enum fact	 fact;
	const char *const *values;
} CLOSED[] = {
	{ FACT_PRINCIPAL_KIND, PRINCIPALS },
	{ FACT_KEY_ALGORITHM, ALGORITHMS },
	{ FACT_KEY_STATE, STATES },
	{ FACT_DIGEST, DIGESTS },
	{ FACT_WEEKDAY, DAYS },
};

static bool
is_listed(const char *const *list, const char *s)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, s) == 0)
			return true;
	return false;
}

bool
algorithm_known(const char *name)
{
	return is_listed(ALGORITHMS, name);
}

static bool
is_possible(enum fact f, const char *s)
{
	enum action a;
	size_t i;

	if (f == FACT_ACTION)
		return action_from_name(s, &a, NULL) == 0;
	for (i = 0; i < NELEM(CLOSED); i++)
		if (CLOSED[i].fact == f)
			return is_listed(CLOSED[i].values, s);
	return true;
}

static const char *
type_words(enum fact_type t)
{
	switch (t) {
	case FACT_STRING:
	case FACT_SET:
		return "text";
	case FACT_INTEGER:
		return "an integer";
	case FACT_FLAG:
		return "true or false";
	}
	return "a value";
}

/* One value of the fact's type. */
static int
read_value(struct reading *r, const struct match *m, const json_t *j,
    struct match_value *ret)
{
	enum fact_type t = fact_type_of(m->fact);
	bool fits = t == FACT_INTEGER ? json_is_integer(j) :
	    t == FACT_FLAG ? json_is_boolean(j) : json_is_string(j);

	if (!fits)
		return note(r, FIND_SCHEMA, "%s: expected %s", m->name,
		    type_words(t));
	ret->s = json_string_value(j);
	ret->i = json_is_true(j) ? 1 : json_integer_value(j);
	if (ret->s != NULL && !is_possible(m->fact, ret->s))
		return note(r, FIND_VALUE, "%s can never be \"%.64s\"",
		    m->name, ret->s);
	return 0;
}

static int
make_values(struct reading *r, struct match *m, size_t n)
{
	void *p;

	TRY(charter_alloc(r->c, n, sizeof(*m->value), &p, r->err));
	m->value = p;
	m->value_n = n;
	return 0;
}

static int
read_list(struct reading *r, const json_t *j, struct match *m)
{
	size_t i, n = json_array_size(j), mark;

	if (n == 0)
		return note(r, FIND_NEVER_MATCHES,
		    "%s: one of an empty list can never hold", m->name);
	m->op = MATCH_ONE_OF;
	TRY(make_values(r, m, n));
	for (i = 0; i < n; i++) {
		mark = path_down_index(r, i);
		TRY(read_value(r, m, json_array_get(j, i), &m->value[i]));
		path_up(r, mark);
	}
	return 0;
}

/* "HH:MM" from 00:00 to 23:59; -1 for anything else. */
static int64_t
read_minute(const char *s)
{
	int64_t h, m;

	if (s == NULL || strlen(s) != 5 || s[2] != ':' ||
	    strspn(s, "0123456789") != 2 || strspn(s + 3, "0123456789") != 2)
		return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	return h < 24 && m < 60 ? h * 60 + m : -1;
}

static int
read_between(struct reading *r, const json_t *j, struct match *m)
{
	int64_t from = read_minute(json_str(j, "from", NULL));
	int64_t to = read_minute(json_str(j, "to", NULL));

	if (m->fact != FACT_TIME_OF_DAY || json_object_size(j) != 2)
		return note(r, FIND_SCHEMA, "{from, to} is for time.of-day");
	if (from < 0 || to < 0)
		return note(r, FIND_VALUE,
		    "%s: expected two times like \"08:00\"", m->name);
	if (from == to)
		return note(r, FIND_NEVER_MATCHES,
		    "%s: from and to are the same minute", m->name);
	m->op = MATCH_BETWEEN;
	TRY(make_values(r, m, 2));
	m->value[0].i = from;
	m->value[1].i = to;
	return 0;
}

static int
read_bound(struct reading *r, const json_t *v, enum match_op op,
    struct match *m)
{
	if (fact_type_of(m->fact) != FACT_INTEGER || !json_is_integer(v))
		return note(r, FIND_SCHEMA,
		    "%s: below and at-least compare integers", m->name);
	m->op = op;
	TRY(make_values(r, m, 1));
	m->value[0].i = json_integer_value(v);
	if ((op == MATCH_BELOW && m->value[0].i <= 0) ||
	    (op == MATCH_AT_LEAST && m->fact == FACT_TIME_OF_DAY &&
	    m->value[0].i >= DAY_MINUTES))
		return note(r, FIND_NEVER_MATCHES, "%s can never be so",
		    m->name);
	return 0;
}

static int read_match(struct reading *, const json_t *, bool, struct match *);

static int
read_object(struct reading *r, const json_t *j, bool nested, struct match *m)
{
	const json_t *v;

	if (json_object_size(j) == 1) {
		if ((v = json_object_get(j, "not")) != NULL && !nested) {
			m->negate = true;
			return read_match(r, v, true, m);
		}
		if ((v = json_object_get(j, "below")) != NULL)
			return read_bound(r, v, MATCH_BELOW, m);
		if ((v = json_object_get(j, "at-least")) != NULL)
			return read_bound(r, v, MATCH_AT_LEAST, m);
	}
	if (json_object_get(j, "from") != NULL)
		return read_between(r, j, m);
	return note(r, FIND_SCHEMA, "%s: expected one of {not: ...}, "
	    "{below: N}, {at-least: N}, {from: ..., to: ...}", m->name);
}

static int
read_match(struct reading *r, const json_t *j, bool nested, struct match *m)
{
	if (json_is_array(j))
		return read_list(r, j, m);
	if (json_is_object(j))
		return read_object(r, j, nested, m);
	m->op = MATCH_EQUAL;
	TRY(make_values(r, m, 1));
	return read_value(r, m, j, &m->value[0]);
}

/* The words that mean something in "require" only. */
static bool
read_need(const char *s, struct match *m)
{
	if (s == NULL)
		return false;
	if (strcmp(s, "present") == 0)
		m->op = NEED_PRESENT;
	else if (strcmp(s, "increasing") == 0 && m->fact == FACT_VERSION)
		m->op = NEED_INCREASING;
	else if (strcmp(s, "of-key") == 0 && m->fact == FACT_PRODUCT)
		m->op = NEED_OF_KEY;
	else
		return false;
	return true;
}

int
match_build(struct reading *r, const char *fact, const json_t *j, bool need,
    struct match *ret)
{
	int which = fact_from_name(fact);

	if (which < 0)
		return note(r, FIND_VALUE, "\"%.64s\" is not a fact", fact);
	ret->fact = (enum fact)which;
	ret->name = fact;
	ret->claim = which == FACT_CLAIM ? strchr(fact, '.') + 1 : NULL;
	ret->wanted = j;
	if (which == FACT_COUNT_RULE && !need)
		return note(r, FIND_VALUE, "count.rule is known only when "
		    "the rule is: use limit");
	if (need && read_need(json_string_value(j), ret))
		return 0;
	return read_match(r, j, false, ret);
}
