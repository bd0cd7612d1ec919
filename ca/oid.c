#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ca/oid.h"

static const struct {
	enum oid_kind	 kind;
	const char	*name;
	const char	*der;
	size_t		 n;
} ROWS[] = {
#define O(sym, kind, name, der) { kind, name, der, sizeof(der) - 1 },
	OIDS(O)
#undef O
};
_Static_assert(NELEM(ROWS) == OID__N, "a row for each");

struct span
oid_der(enum oid o)
{
	return span_of(ROWS[o].der, ROWS[o].n);
}

const char *
oid_name(enum oid o)
{
	return ROWS[o].name;
}

enum oid_kind
oid_kind(enum oid o)
{
	return ROWS[o].kind;
}

bool
oid_is(struct span content, enum oid o)
{
	return content.n == ROWS[o].n &&
	    memcmp(content.p, ROWS[o].der, content.n) == 0;
}

enum oid
oid_find(struct span content)
{
	int o;

	for (o = 0; o < OID__N; o++)
		if (oid_is(content, (enum oid)o))
			break;
	return (enum oid)o;
}

enum oid
oid_named(enum oid_kind kind, const char *name)
{
	int o;

	for (o = 0; o < OID__N; o++)
		if (ROWS[o].kind == kind && strcmp(ROWS[o].name, name) == 0)
			break;
	return (enum oid)o;
}

int
oid_put(struct der *w, enum oid o)
{
	return der_span(w, DER_OID, oid_der(o));
}

/* One number in base 128 (X.690, 8.19.2). Octets it took; 0: not DER. */
static size_t
arc_read(struct span in, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < in.n && i < 9; i++) {
		if (i == 0 && in.p[0] == 0x80)
			return 0;
		v = v << 7 | (in.p[i] & 0x7f);
		if (in.p[i] < 0x80) {
			*ret = v;
			return i + 1;
		}
	}
	return 0;
}

int
oid_text(struct span content, char ret[OID_TEXT], struct err *err)
{
	size_t took, at = 0;
	uint64_t arc, first;
	int n;

	if (content.n == 0 || content.n > OID_OCTETS)
		return err_set(err, EINPUT, "an object identifier of %zu "
		    "octets", content.n);
	for (; content.n > 0; content = span_of(content.p + took,
	    content.n - took)) {
		if ((took = arc_read(content, &arc)) == 0)
			return err_set(err, EINPUT,
			    "an object identifier is not DER");
		/* The first two are one number (X.690, 8.19.4). */
		first = arc < 80 ? arc / 40 : 2;
		n = at > 0 ? snprintf(ret + at, OID_TEXT - at, ".%llu",
		    (unsigned long long)arc) : snprintf(ret, OID_TEXT,
		    "%llu.%llu", (unsigned long long)first,
		    (unsigned long long)(arc - first * 40));
		at += (size_t)n;
		if (at >= OID_TEXT)
			return err_set(err, EINPUT,
			    "an object identifier is too long");
	}
	return 0;
}

/* The number at @text, in its one spelling. Characters it took; 0: none. */
static size_t
number_read(const char *text, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 18; i++)
		v = v * 10 + (uint64_t)(text[i] - '0');
	*ret = v;
	return i > 1 && text[0] == '0' ? 0 : i;
}

static bool
arc_write(uint64_t arc, unsigned char ret[OID_OCTETS], size_t *n)
{
	size_t octets = 1, i;

	while (octets < 10 && (arc >> (7 * octets)) != 0)
		octets++;
	if (*n + octets > OID_OCTETS)
		return false;
	for (i = 0; i < octets; i++)
		ret[*n + i] = (unsigned char)(((arc >> (7 * (octets - 1 - i))) &
		    0x7f) | (i + 1 < octets ? 0x80 : 0));
	*n += octets;
	return true;
}

int
oid_parse(const char *dotted, unsigned char ret[OID_OCTETS], size_t *ret_n,
    struct err *err)
{
	uint64_t arc = 0, first = 0;
	size_t i, took, n = 0;

	for (i = 0; dotted[0] != '\0'; i++) {
		took = number_read(dotted, &arc);
		if (took == 0 || (dotted[took] != '.' && dotted[took] != '\0')
		    || (i == 0 && arc > 2) || (i == 1 && first < 2 && arc > 39))
			break;
		if (i == 0)
			first = arc;
		else if (!arc_write(i == 1 ? first * 40 + arc : arc, ret, &n))
			break;
		dotted += took;
		if (dotted[0] == '.' && *++dotted == '\0')
			break;
	}
	/* A break leaves text, or ends behind a dot. */
	if (dotted[0] != '\0' || i < 2)
		return err_set(err, EINPUT, "not an object identifier such as "
		    "1.3.6.1.4.1.99, of at most %d octets", OID_OCTETS);
	*ret_n = n;
	return 0;
}
