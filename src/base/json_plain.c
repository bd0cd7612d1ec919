#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/json_plain.h"
#include "base/json_scan.h"
#include "base/json_text.h"

#define NAME_OCTETS	64	/* longest name that is plain */

struct plain {
	const char	*p;
	const char	*end;
	const char	*last;		/* name before, in this object */
	size_t		 last_n;
	int		 depth;
	struct json_inner *inner;	/* or NULL */
	bool		 sorted;
	bool		 no_memory;
};

static json_t *value(struct plain *s);

static json_t *
made(struct plain *s, json_t *j)
{
	s->no_memory |= j == NULL;
	return j;
}

static bool
at(struct plain *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* Between quotes: the octets of a string stand for themselves. */
static bool
text(struct plain *s, const char **ret, size_t *ret_n)
{
	if (!at(s, '"'))
		return false;
	*ret = s->p;
	*ret_n = json_text_run(s->p, (size_t)(s->end - s->p));
	s->p += *ret_n;
	return at(s, '"');
}

static json_t *
string(struct plain *s)
{
	const char *p;
	size_t n;

	if (!text(s, &p, &n))
		return NULL;
	return made(s, json_stringn_nocheck(p, n));
}

static json_t *
integer(struct plain *s)
{
	const char *from = s->p;
	int64_t v;

	while (s->p < s->end && (*s->p == '-' ||
	    (*s->p >= '0' && *s->p <= '9')))
		s->p++;
	if (!json_scan_integer(from, (size_t)(s->p - from), &v))
		return NULL;
	return made(s, json_integer((json_int_t)v));
}

static json_t *
word(struct plain *s, const char *w, json_t *j)
{
	size_t n = strlen(w);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, w, n) != 0)
		return NULL;
	s->p += n;
	return j;
}

/* By octets, as canonical JSON sorts: does this name follow the one before? */
static bool
follows(const struct plain *s, const char *name, size_t n)
{
	size_t less = n < s->last_n ? n : s->last_n;
	int order = s->last == NULL ? 1 : memcmp(name, s->last, less);

	return order > 0 || (order == 0 && n > s->last_n);
}

static bool
is_inner(const struct plain *s, const char *name)
{
	return s->inner != NULL && s->depth == 2 &&
	    strcmp(name, s->inner->name) == 0;
}

/* One member; a name that is there already adds none, and is not plain. */
static bool
member(struct plain *s, json_t *o)
{
	size_t n, before;
	char name[NAME_OCTETS + 1];
	const char *p, *from;
	json_t *v;

	if (!text(s, &p, &n) || n > NAME_OCTETS || !at(s, ':'))
		return false;
	memcpy(name, p, n);
	name[n] = '\0';
	s->sorted &= follows(s, p, n);
	before = s->sorted ? 0 : json_object_size(o);
	from = s->p;
	if ((v = value(s)) == NULL)
		return false;
	if (is_inner(s, name)) {
		s->inner->p = from;
		s->inner->n = (size_t)(s->p - from);
	}
	s->last = p;
	s->last_n = n;
	if (json_object_set_new_nocheck(o, name, v) != 0) {
		s->no_memory = true;
		return false;
	}
	/* What follows on all before it is new. */
	return s->sorted || json_object_size(o) > before;
}

static bool
element(struct plain *s, json_t *a)
{
	json_t *v = value(s);

	if (v == NULL)
		return false;
	if (json_array_append_new(a, v) == 0)
		return true;
	s->no_memory = true;
	return false;
}

/* Members or elements up to the bracket that closes @j; owns @j. */
static json_t *
filled(struct plain *s, json_t *j, char close,
    bool (*one)(struct plain *, json_t *))
{
	bool good = j != NULL;

	s->p++;
	if (!good || at(s, close))
		return j;
	do {
		good = one(s, j);
	} while (good && at(s, ','));
	if (good && at(s, close))
		return j;
	json_decref(j);
	return NULL;
}

static json_t *
container(struct plain *s)
{
	json_t *j = NULL;

	s->last = NULL;
	s->last_n = 0;
	if (++s->depth <= JSON_DEPTH && *s->p == '{')
		j = filled(s, made(s, json_object()), '}', member);
	else if (s->depth <= JSON_DEPTH)
		j = filled(s, made(s, json_array()), ']', element);
	s->depth--;
	return j;
}

/* NULL: not plain, or no memory. */
static json_t *
value(struct plain *s)
{
	if (s->p == s->end)
		return NULL;
	switch (*s->p) {
	case '{':
	case '[':
		return container(s);
	case '"':
		return string(s);
	case 't':
		return word(s, "true", json_true());
	case 'f':
		return word(s, "false", json_false());
	case 'n':
		return word(s, "null", json_null());
	default:
		return integer(s);
	}
}

int
json_plain(const char *p, size_t n, struct json_inner *inner, json_t **ret,
    bool *ret_sorted, struct err *err)
{
	struct plain s = { .p = p, .end = p + n, .inner = inner,
		.sorted = true };
	json_t *j = NULL;

	if (inner != NULL)
		inner->p = NULL;
	if (n > 0 && (*p == '{' || *p == '['))
		j = value(&s);
	if (j != NULL && s.p < s.end) {
		json_decref(j);
		j = NULL;
	}
	if (s.no_memory)
		return err_set(err, ENOMEMORY, "reading JSON");
	if (j == NULL && inner != NULL)
		inner->p = NULL;
	*ret = j;
	*ret_sorted = s.sorted;
	return 0;
}
