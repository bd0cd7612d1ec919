#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "policy/facts.h"

#define CLAIMS	64
#define ELEMENTS 256
#define CLAIM	"claim."

static const struct {
	const char	*name;
	enum fact_type	 type;
} ROWS[] = {
#define F(sym, name, type, words) { name, type },
	FACT_ROWS(F)
#undef F
};
_Static_assert(NELEM(ROWS) == FACT__N, "a row for each fact");

static const char *const PROVENANCE[] = { "proven", "replayed", "asserted" };

struct slot {
	bool		 present;
	struct fact_value v;
	char		*owned;		/* backs v.s */
	char		**elements;	/* back v.set */
};

struct claim {
	char		*name;		/* after "claim." */
	struct slot	 slot;
};

struct facts {
	struct slot	 known[FACT__N];
	struct claim	*claim;
	size_t		 claim_n;
};

const char *
fact_name(enum fact f)
{
	return f == FACT_CLAIM ? CLAIM : ROWS[f].name;
}

enum fact_type
fact_type_of(enum fact f)
{
	return f == FACT_CLAIM ? FACT_STRING : ROWS[f].type;
}

int
fact_from_name(const char *name)
{
	size_t i;

	if (strncmp(name, CLAIM, sizeof(CLAIM) - 1) == 0)
		return name_check(name + sizeof(CLAIM) - 1) ? FACT_CLAIM : -1;
	for (i = 0; i < NELEM(ROWS); i++)
		if (strcmp(ROWS[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *
provenance_name(enum provenance p)
{
	return PROVENANCE[p];
}

int
facts_new(struct facts **ret, struct err *err)
{
	struct facts *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return err_set(err, ENOMEMORY, "gathering facts");
	*ret = f;
	return 0;
}

static void
slot_clear(struct slot *s)
{
	size_t i;

	for (i = 0; s->elements != NULL && i < s->v.set_n; i++)
		free(s->elements[i]);
	free(s->elements);
	free(s->owned);
	memset(s, 0, sizeof(*s));
}

void
facts_clear(struct facts *f)
{
	size_t i;

	for (i = 0; i < FACT__N; i++)
		slot_clear(&f->known[i]);
	for (i = 0; i < f->claim_n; i++) {
		slot_clear(&f->claim[i].slot);
		free(f->claim[i].name);
	}
	free(f->claim);
	f->claim = NULL;
	f->claim_n = 0;
}

void
facts_free(struct facts *f)
{
	if (f == NULL)
		return;
	facts_clear(f);
	free(f);
}

static struct slot *
find_claim(const struct facts *f, const char *claim)
{
	size_t i;

	for (i = 0; i < f->claim_n; i++)
		if (strcmp(f->claim[i].name, claim) == 0)
			return &f->claim[i].slot;
	return NULL;
}

static int
add_claim(struct facts *f, const char *claim, struct slot **ret,
    struct err *err)
{
	struct claim *more;

	if (f->claim_n >= CLAIMS)
		return err_set(err, ERANGE_, "over %d claims", CLAIMS);
	more = reallocarray(f->claim, f->claim_n + 1, sizeof(*more));
	if (more == NULL)
		return err_set(err, ENOMEMORY, "a claim");
	f->claim = more;
	more = &f->claim[f->claim_n];
	memset(more, 0, sizeof(*more));
	if ((more->name = strdup(claim)) == NULL)
		return err_set(err, ENOMEMORY, "a claim");
	f->claim_n++;
	*ret = &more->slot;
	return 0;
}

/* The slot of a fact, emptied: what is said again replaces. */
static int
slot_for(struct facts *f, const char *name, enum fact_type type,
    enum provenance *from, struct slot **ret, struct err *err)
{
	int which = fact_from_name(name);
	struct slot *s;

	if (which < 0)
		return err_set(err, ESCHEMA, "\"%.64s\" is not a fact", name);
	if (fact_type_of((enum fact)which) != type)
		return err_set(err, ESCHEMA, "%.64s is of another type", name);
	if (which == FACT_CLAIM) {
		*from = ASSERTED;
		name += sizeof(CLAIM) - 1;
		if ((s = find_claim(f, name)) == NULL)
			TRY(add_claim(f, name, &s, err));
	} else
		s = &f->known[which];
	slot_clear(s);
	*ret = s;
	return 0;
}

void
facts_drop(struct facts *f, const char *name)
{
	int which = fact_from_name(name);
	struct slot *s = NULL;

	if (which == FACT_CLAIM)
		s = find_claim(f, name + sizeof(CLAIM) - 1);
	else if (which >= 0)
		s = &f->known[which];
	if (s != NULL)
		slot_clear(s);
}

static void
slot_set(struct slot *s, enum fact_type type, enum provenance from)
{
	s->v.type = type;
	s->v.from = from;
	s->present = true;
}

int
facts_str(struct facts *f, const char *name, const char *value,
    enum provenance from, struct err *err)
{
	struct slot *s;

	TRY(slot_for(f, name, FACT_STRING, &from, &s, err));
	if (value == NULL)
		return 0;
	if ((s->owned = strdup(value)) == NULL)
		return err_set(err, ENOMEMORY, "fact %.64s", name);
	s->v.s = s->owned;
	slot_set(s, FACT_STRING, from);
	return 0;
}

int
facts_int(struct facts *f, const char *name, int64_t value,
    enum provenance from, struct err *err)
{
	struct slot *s;

	TRY(slot_for(f, name, FACT_INTEGER, &from, &s, err));
	s->v.i = value;
	slot_set(s, FACT_INTEGER, from);
	return 0;
}

int
facts_flag(struct facts *f, const char *name, bool value,
    enum provenance from, struct err *err)
{
	struct slot *s;

	TRY(slot_for(f, name, FACT_FLAG, &from, &s, err));
	s->v.i = value ? 1 : 0;
	slot_set(s, FACT_FLAG, from);
	return 0;
}

int
facts_set(struct facts *f, const char *name, const char *const *values,
    size_t n, enum provenance from, struct err *err)
{
	struct slot *s;
	size_t i;

	if (n > ELEMENTS)
		return err_set(err, ERANGE_, "%.64s: over %d elements", name,
		    ELEMENTS);
	TRY(slot_for(f, name, FACT_SET, &from, &s, err));
	s->elements = calloc(n + 1, sizeof(*s->elements));
	if (s->elements == NULL)
		return err_set(err, ENOMEMORY, "fact %.64s", name);
	s->v.set = (const char *const *)s->elements;
	for (i = 0; i < n; i++) {
		if ((s->elements[i] = strdup(values[i])) == NULL) {
			slot_clear(s);
			return err_set(err, ENOMEMORY, "fact %.64s", name);
		}
		s->v.set_n = i + 1;
	}
	slot_set(s, FACT_SET, from);
	return 0;
}

int
facts_set_json(struct facts *f, const char *name, const json_t *values,
    enum provenance from, struct err *err)
{
	const char *v[ELEMENTS];
	size_t i, n = json_array_size(values);

	if (!json_is_array(values))
		return err_set(err, ESCHEMA, "%.64s: expected a list", name);
	if (n > ELEMENTS)
		return err_set(err, ERANGE_, "%.64s: over %d elements", name,
		    ELEMENTS);
	for (i = 0; i < n; i++)
		if ((v[i] = json_string_value(json_array_get(values, i)))
		    == NULL)
			return err_set(err, ESCHEMA, "%.64s: expected a list "
			    "of strings", name);
	return facts_set(f, name, v, n, from, err);
}

int64_t
facts_minute(time_us t)
{
	return t / TIME_S(60) % (24 * 60);
}

const char *
facts_weekday(time_us t)
{
	/* 1 January 1970 was a Thursday. */
	static const char *const DAY[] = { "thu", "fri", "sat", "sun", "mon",
	    "tue", "wed" };

	return DAY[t / TIME_S(24 * 3600) % 7];
}

int
facts_time(struct facts *f, time_us now, enum provenance from,
    struct err *err)
{
	if (now < 0)
		return err_set(err, ERANGE_, "a time before 1970");
	TRY(facts_int(f, "time.of-day", facts_minute(now), from, err));
	return facts_str(f, "time.weekday", facts_weekday(now), from, err);
}

const struct fact_value *
facts_get(const struct facts *f, enum fact which, const char *claim)
{
	const struct slot *s;

	s = which == FACT_CLAIM ? find_claim(f, claim) : &f->known[which];
	return s != NULL && s->present ? &s->v : NULL;
}

bool
facts_claimed(const struct facts *f)
{
	return f->claim_n > 0;
}

static json_t *
value_json(const struct fact_value *v)
{
	json_t *a;
	size_t i;

	switch (v->type) {
	case FACT_STRING:
		return json_string(v->s);
	case FACT_INTEGER:
		return json_integer(v->i);
	case FACT_FLAG:
		return json_boolean(v->i);
	case FACT_SET:
		a = json_array();
		for (i = 0; a != NULL && i < v->set_n; i++)
			if (json_array_append_new(a, json_string(v->set[i]))
			    != 0) {
				json_decref(a);
				return NULL;
			}
		return a;
	}
	return NULL;
}

/* Not packed: jansson reads its format once for each fact of each use. */
static json_t *
fact_json(const struct fact_value *v)
{
	AUTO_JSON *j = json_object();

	if (j == NULL || json_object_set_new_nocheck(j, "value",
	    value_json(v)) != 0 || json_object_set_new_nocheck(j, "from",
	    json_string_nocheck(provenance_name(v->from))) != 0)
		return NULL;
	return TAKE(j);
}

static bool
put_json(json_t *j, const char *name, const struct slot *s)
{
	return !s->present ||
	    json_object_set_new(j, name, fact_json(&s->v)) == 0;
}

json_t *
facts_json(const struct facts *f)
{
	AUTO_JSON *j = json_object();
	char name[256];
	size_t i;

	if (j == NULL)
		return NULL;
	for (i = 0; i < FACT__N; i++)
		if (!put_json(j, ROWS[i].name, &f->known[i]))
			return NULL;
	for (i = 0; i < f->claim_n; i++) {
		(void)snprintf(name, sizeof(name), CLAIM "%s",
		    f->claim[i].name);
		if (!put_json(j, name, &f->claim[i].slot))
			return NULL;
	}
	return TAKE(j);
}

static int
provenance_from_name(const char *name, enum provenance *ret, struct err *err)
{
	size_t i;

	for (i = 0; i < NELEM(PROVENANCE); i++)
		if (strcmp(PROVENANCE[i], name) == 0) {
			*ret = (enum provenance)i;
			return 0;
		}
	return err_set(err, ESCHEMA, "\"%.32s\" is not a provenance", name);
}

static int
read_fact(struct facts *f, const char *name, const json_t *j,
    struct err *err)
{
	static const struct json_row ROW[] = {
		{ "value", WANT_ANY, true, 0, 0, "what it is" },
		{ "from", WANT_STRING, true, 1, 16, "where it came from" },
	};
	const json_t *v = json_object_get(j, "value");
	enum provenance from;

	TRY(json_check(j, name, ROW, NELEM(ROW), err));
	TRY(provenance_from_name(json_str(j, "from", ""), &from, err));
	if (json_is_string(v))
		return facts_str(f, name, json_string_value(v), from, err);
	if (json_is_integer(v))
		return facts_int(f, name, json_integer_value(v), from, err);
	if (json_is_boolean(v))
		return facts_flag(f, name, json_is_true(v), from, err);
	return facts_set_json(f, name, v, from, err);
}

int
facts_from_json(const json_t *j, struct facts **ret, struct err *err)
{
	AUTO(facts) *f = NULL;
	const char *name;
	json_t *v;

	if (!json_is_object(j))
		return err_set(err, ESCHEMA, "facts: expected an object");
	TRY(facts_new(&f, err));
	json_object_foreach((json_t *)(uintptr_t)j, name, v)
		TRY(read_fact(f, name, v, err));
	*ret = TAKE(f);
	return 0;
}
