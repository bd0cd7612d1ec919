/* bearer - see bearer.h. */
#include "config.h"

#include <string.h>

#include "ca/bearer.h"

#define URN	"urn:device:"

typedef void bearer_fn(void *ctx, struct span name);

struct bearer {
	bearer_fn	*each;
	void		*ctx;
};

static bool
is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n > 0;
}

/* What no device of ours can be called is no device's name. */
static void
name_take(const struct bearer *b, struct span s)
{
	if (is_text(s) && s.n < BEARER_TEXT)
		b->each(b->ctx, s);
}

static bool
is_name(const char *name, struct span s)
{
	return s.n == strlen(name) && memcmp(s.p, name, s.n) == 0;
}

static void
name_copy(struct span s, char ret[BEARER_TEXT])
{
	memcpy(ret, s.p, s.n);
	ret[s.n] = '\0';
}

/* Others may have several attributes in one relative name, of any string type. */
static int
attributes_take(const struct bearer *b, struct span set)
{
	struct span pair, oid, value;
	unsigned tag;

	while (set.n > 0) {
		TRY(der_take(&set, DER_SEQUENCE, "an attribute", &pair, NULL));
		TRY(der_take(&pair, DER_OID, "its type", &oid, NULL));
		TRY(der_next(&pair, "its value", &tag, &value, NULL));
		if (oid_is(oid, OID_SERIAL_NUMBER))
			name_take(b, value);
	}
	return 0;
}

static int
subject_take(const struct bearer *b, struct span name)
{
	struct span list, set;

	TRY(der_take(&name, DER_SEQUENCE, "a name", &list, NULL));
	while (list.n > 0) {
		TRY(der_take(&list, DER_SET, "a relative name", &set, NULL));
		TRY(attributes_take(b, set));
	}
	return 0;
}

static int
uris_take(const struct bearer *b, struct span value)
{
	const size_t n = strlen(URN);
	struct span list, one;
	unsigned tag;

	TRY(der_take(&value, DER_SEQUENCE, "alternative names", &list, NULL));
	while (list.n > 0) {
		TRY(der_next(&list, "an alternative name", &tag, &one, NULL));
		if (tag == DER_CONTEXT(6) && one.n > n &&
		    memcmp(one.p, URN, n) == 0)
			name_take(b, span_of(one.p + n, one.n - n));
	}
	return 0;
}

/* What is not well-formed ends the reading: others' certificates may be odd. */
static void
each_name(const struct tbs *t, const struct bearer *b)
{
	const struct tbs_extension *san = tbs_extension(t,
	    OID_SUBJECT_ALT_NAME);

	(void)subject_take(b, t->subject);
	if (san != NULL)
		(void)uris_take(b, san->value);
}

struct other {
	const char	*device;
	bool		 named;		/* @device is among those that it names */
	char		*ret;		/* the first other */
};

static void
other_take(void *ctx, struct span name)
{
	struct other *o = ctx;

	if (is_name(o->device, name))
		o->named = true;
	else if (o->ret[0] == '\0')
		name_copy(name, o->ret);
}

void
bearer_other(const struct tbs *t, const char *device, char ret[BEARER_TEXT])
{
	struct other o = { .device = device, .ret = ret };

	ret[0] = '\0';
	each_name(t, &(struct bearer){ other_take, &o });
	if (o.named)
		ret[0] = '\0';
}

static void
all_take(void *ctx, struct span name)
{
	struct bearer_list *l = ctx;

	for (unsigned i = 0; i < l->n; i++)
		if (is_name(l->name[i], name))
			return;
	if (l->n < BEARER_MOST)
		name_copy(name, l->name[l->n++]);
}

void
bearer_all(const struct tbs *t, struct bearer_list *ret)
{
	ret->n = 0;
	each_name(t, &(struct bearer){ all_take, ret });
}
