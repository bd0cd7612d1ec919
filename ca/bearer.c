/* bearer - see bearer.h. */
#include "config.h"

#include <string.h>

#include "ca/bearer.h"

#define URN	"urn:device:"

struct bearer {
	const char	*device;
	bool		 named;		/* @device is among those that it names */
	char		*ret;		/* the first other */
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
name_take(struct bearer *b, struct span s)
{
	if (!is_text(s) || s.n >= BEARER_TEXT)
		return;
	if (s.n == strlen(b->device) && memcmp(s.p, b->device, s.n) == 0) {
		b->named = true;
	} else if (b->ret[0] == '\0') {
		memcpy(b->ret, s.p, s.n);
		b->ret[s.n] = '\0';
	}
}

/* Others may have several attributes in one relative name, of any string type. */
static int
attributes_take(struct bearer *b, struct span set)
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
subject_take(struct bearer *b, struct span name)
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
uris_take(struct bearer *b, struct span value)
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
void
bearer_other(const struct tbs *t, const char *device, char ret[BEARER_TEXT])
{
	const struct tbs_extension *san = tbs_extension(t,
	    OID_SUBJECT_ALT_NAME);
	struct bearer b = { .device = device, .ret = ret };

	ret[0] = '\0';
	(void)subject_take(&b, t->subject);
	if (san != NULL)
		(void)uris_take(&b, san->value);
	if (b.named)
		ret[0] = '\0';
}
