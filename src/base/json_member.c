#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/json.h"
#include "base/json_memory.h"

#define STRING_MAX	65536
#define ELEMENTS_MAX	1024
#define ROWS_MAX	32	/* of a schema */

static const char *
want_text(enum json_want w)
{
	switch (w) {
	case WANT_STRING:
		return "a string";
	case WANT_INTEGER:
		return "an integer";
	case WANT_BOOL:
		return "true or false";
	case WANT_OBJECT:
		return "an object";
	case WANT_ARRAY:
		return "an array";
	case WANT_STRINGS:
		return "an array of strings";
	case WANT_ANY:
		return "a value";
	}
	return "a value";
}

static bool
all_strings(const json_t *a)
{
	size_t i;

	for (i = 0; i < json_array_size(a); i++)
		if (!json_is_string(json_array_get(a, i)))
			return false;
	return json_is_array(a);
}

bool
json_wanted(const json_t *v, enum json_want w)
{
	switch (w) {
	case WANT_STRING:
		return json_is_string(v);
	case WANT_INTEGER:
		return json_is_integer(v);
	case WANT_BOOL:
		return json_is_boolean(v);
	case WANT_OBJECT:
		return json_is_object(v);
	case WANT_ARRAY:
		return json_is_array(v);
	case WANT_STRINGS:
		return all_strings(v);
	case WANT_ANY:
		return true;
	}
	return false;
}

/* What a row bounds: a value, octets or elements; -1: nothing. */
static int64_t
measure(const json_t *v, enum json_want w, int64_t *otherwise,
    const char **unit)
{
	*unit = "";
	switch (w) {
	case WANT_INTEGER:
		*otherwise = JSON_INT_MAX;
		return json_integer_value(v);
	case WANT_STRING:
		*unit = " octets";
		*otherwise = STRING_MAX;
		return (int64_t)json_string_length(v);
	case WANT_OBJECT:
	case WANT_ARRAY:
	case WANT_STRINGS:
		*unit = " elements";
		*otherwise = ELEMENTS_MAX;
		return (int64_t)(w == WANT_OBJECT ? json_object_size(v) :
		    json_array_size(v));
	case WANT_BOOL:
	case WANT_ANY:
		break;
	}
	*otherwise = 0;
	return 0;
}

static int
check_size(const json_t *v, const char *where, const struct json_row *r,
    struct err *err)
{
	int64_t have, max;
	const char *unit;
	size_t i;

	have = measure(v, r->want, &max, &unit);
	if (r->max != 0 || r->min < 0)
		max = r->max;
	if (r->want == WANT_BOOL || r->want == WANT_ANY)
		return 0;
	if (have < r->min || have > max)
		return err_set(err, ERANGE_,
		    "%s/%s: %lld%s, expected %lld to %lld", where, r->name,
		    (long long)have, unit, (long long)r->min, (long long)max);
	for (i = 0; r->want == WANT_STRINGS && i < json_array_size(v); i++)
		if (json_string_length(json_array_get(v, i)) > STRING_MAX)
			return err_set(err, ERANGE_,
			    "%s/%s/%zu: over %d octets", where, r->name, i,
			    STRING_MAX);
	return 0;
}

/* The row of this name, or n: few begin alike. */
static size_t
row_of(const char *name, const struct json_row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (rows[i].name[0] == name[0] &&
		    strcmp(rows[i].name, name) == 0)
			break;
	return i;
}

/* Each member to its row: what is asked of it later is not looked up again. */
static int
sort_members(const json_t *o, const char *where, const struct json_row *rows,
    size_t n, const json_t **ret, struct err *err)
{
	json_t *object = (json_t *)(uintptr_t)o;	/* the iterator's type */
	size_t i;
	void *it;

	for (it = json_object_iter(object); it != NULL;
	    it = json_object_iter_next(object, it)) {
		i = row_of(json_object_iter_key(it), rows, n);
		if (i == n)
			return err_set(err, ESCHEMA, "%s/%.64s: unknown name",
			    where, json_object_iter_key(it));
		ret[i] = json_object_iter_value(it);
	}
	return 0;
}

static int
check_value(const json_t *v, const char *where, const struct json_row *r,
    struct err *err)
{
	if (v == NULL && r->required)
		return err_set(err, ESCHEMA, "%s/%s: is missing", where,
		    r->name);
	if (v == NULL)
		return 0;
	if (!json_wanted(v, r->want))
		return err_set(err, ESCHEMA, "%s/%s: expected %s", where,
		    r->name, want_text(r->want));
	return check_size(v, where, r, err);
}

int
json_rows(const json_t *o, const char *where, const struct json_row *rows,
    size_t n, const json_t **ret, struct err *err)
{
	const json_t *v[ROWS_MAX] = { NULL };
	size_t i;

	assert(n <= ROWS_MAX);
	if (!json_is_object(o))
		return err_set(err, ESCHEMA, "%s: expected an object",
		    where[0] == '\0' ? "/" : where);
	TRY(sort_members(o, where, rows, n, v, err));
	for (i = 0; i < n; i++)
		TRY(check_value(v[i], where, &rows[i], err));
	if (ret != NULL)
		memcpy(ret, v, n * sizeof(v[0]));
	return 0;
}

int
json_check(const json_t *o, const char *where, const struct json_row *rows,
    size_t n, struct err *err)
{
	return json_rows(o, where, rows, n, NULL, err);
}

const char *
json_str(const json_t *o, const char *name, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s == NULL ? otherwise : s;
}

int64_t
json_int(const json_t *o, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(o, name);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool
json_flag(const json_t *o, const char *name, bool otherwise)
{
	const json_t *v = json_object_get(o, name);

	return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

int
json_need_str(const json_t *o, const char *name, const char **ret,
    struct err *err)
{
	const char *s = json_str(o, name, NULL);

	if (s == NULL)
		return err_set(err, ESCHEMA, "%s: expected a string", name);
	*ret = s;
	return 0;
}

int
json_need_int(const json_t *o, const char *name, int64_t *ret,
    struct err *err)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_integer(v))
		return err_set(err, ESCHEMA, "%s: expected an integer", name);
	*ret = json_integer_value(v);
	return 0;
}

int
json_need_hash(const json_t *o, const char *name, struct sha256 *ret,
    struct err *err)
{
	return json_as_hash(json_object_get(o, name), name, ret, err);
}

int
json_as_hash(const json_t *v, const char *name, struct sha256 *ret,
    struct err *err)
{
	const char *s = json_string_value(v);

	if (s == NULL || sha256_parse(s, ret, NULL) != 0)
		return err_set(err, ESCHEMA,
		    "%s: expected a SHA-256 in hexadecimal", name);
	return 0;
}

int
json_build(json_t **ret, struct err *err, const char *fmt, ...)
{
	unsigned before = json_shortages();
	json_error_t e;
	json_t *j;
	va_list ap;

	va_start(ap, fmt);
	j = json_vpack_ex(&e, 0, fmt, ap);
	va_end(ap);
	if (j != NULL && json_shortages() == before) {
		*ret = j;
		return 0;
	}
	json_decref(j);
	if (json_shortages() != before)
		return err_set(err, ENOMEMORY, "building JSON");
	switch (json_error_code(&e)) {
	case json_error_invalid_utf8:
		return err_set(err, EINPUT, "%s", e.text);
	case json_error_null_value:
		/* A NULL string is a caller's; a NULL value was not made. */
		if (strncmp(e.text, "NULL string", 11) == 0)
			return err_set(err, EINPUT, "%s", e.text);
		return err_set(err, ENOMEMORY, "building JSON");
	default:
		return err_set(err, EINTERNAL, "building JSON \"%s\": %s", fmt,
		    e.text);
	}
}

int
json_set_new(json_t *o, const char *name, json_t *v, struct err *err)
{
	/* It steals @v, and fails for NULL. */
	if (json_object_set_new(o, name, v) != 0)
		return err_set(err, ENOMEMORY, "member %s", name);
	return 0;
}

int
json_set_str(json_t *o, const char *name, const char *s, struct err *err)
{
	json_t *v;

	/* NULL is for want of memory or of UTF-8. */
	errno = 0;
	v = json_string(s);
	if (v == NULL && errno != ENOMEM)
		return err_set(err, EINPUT, "%s: not UTF-8", name);
	return json_set_new(o, name, v, err);
}

int
json_set_int(json_t *o, const char *name, int64_t v, struct err *err)
{
	return json_set_new(o, name, json_integer(v), err);
}

int
json_set_ascii(json_t *o, const char *name, const char *s, struct err *err)
{
	return json_set_new(o, name, json_string_nocheck(s), err);
}

int
json_set_hash(json_t *o, const char *name, const struct sha256 *h,
    struct err *err)
{
	char hex[SHA256_HEX];

	sha256_hex(h, hex);
	return json_set_ascii(o, name, hex, err);
}

int
json_set_time(json_t *o, const char *name, time_us t, struct err *err)
{
	char text[TIME_TEXT];

	clock_text(t, text);
	return json_set_ascii(o, name, text, err);
}

int
json_set_b64(json_t *o, const char *name, const void *p, size_t n,
    struct err *err)
{
	char *text = b64_encode(p, n);
	int rc = json_set_ascii(o, name, text, err);

	free(text);
	return rc;
}

bool
json_has(const json_t *list, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (json_is_string(one) &&
		    strcmp(json_string_value(one), text) == 0)
			return true;
	return false;
}

int
json_join(json_t *list, const json_t *more, struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(more, i, one)
		if (!json_has(list, json_string_value(one)) &&
		    json_array_append(list, one) != 0)
			return err_set(err, ENOMEMORY, "a list");
	return 0;
}
