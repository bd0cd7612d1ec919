#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_plain.h"
#include "base/json_scan.h"
#include "base/json_text.h"

#define MEMBERS_ON_STACK	32

/* Where to, and whether an object's members are put in order. */
struct spelling {
	struct blob	*to;
	bool		 sorted;
};
struct member {
	const char	*name;
	const json_t	*value;
};

static int write_value(const json_t *j, int depth, const struct spelling *s,
    struct err *err);

static int
write_integer(json_int_t v, struct blob *ret, struct err *err)
{
	if (v > JSON_INT_MAX || v < -JSON_INT_MAX)
		return err_set(err, EINPUT, "an integer beyond 2^53-1");
	return blob_printf(ret, err, "%lld", (long long)v);
}

static int
write_array(const json_t *a, int depth, const struct spelling *s,
    struct err *err)
{
	size_t i, n = json_array_size(a);

	TRY(blob_put(s->to, "[", 1, err));
	for (i = 0; i < n; i++) {
		if (i > 0)
			TRY(blob_put(s->to, ",", 1, err));
		TRY(write_value(json_array_get(a, i), depth + 1, s, err));
	}
	return blob_put(s->to, "]", 1, err);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name,
	    ((const struct member *)b)->name);
}

/* RFC 8785, 3.2.3 sorts by UTF-16; for ASCII that is by octet. */
static size_t
members_of(const json_t *o, bool sorted, struct member *ret)
{
	json_t *object = (json_t *)(uintptr_t)o;	/* the iterator's type */
	bool follow = true;
	size_t n = 0;
	void *it;

	for (it = json_object_iter(object); it != NULL;
	    it = json_object_iter_next(object, it), n++) {
		ret[n].name = json_object_iter_key(it);
		ret[n].value = json_object_iter_value(it);
		follow &= n == 0 || strcmp(ret[n - 1].name, ret[n].name) < 0;
	}
	/* What was read from a canonical text is in order already. */
	if (sorted && !follow)
		qsort(ret, n, sizeof(ret[0]), compare_names);
	return n;
}

static int
write_members(const struct member *m, size_t n, int depth,
    const struct spelling *s, struct err *err)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			TRY(blob_put(s->to, ",", 1, err));
		if (!json_scan_name(m[i].name))
			return err_set(err, EINPUT,
			    "a name that is not printable ASCII");
		TRY(json_text_put(m[i].name, strlen(m[i].name), s->to, err));
		TRY(blob_put(s->to, ":", 1, err));
		TRY(write_value(m[i].value, depth + 1, s, err));
	}
	return 0;
}

static int
write_object(const json_t *o, int depth, const struct spelling *s,
    struct err *err)
{
	struct member few[MEMBERS_ON_STACK], *all = few;
	size_t n = json_object_size(o);
	int rc;

	if (n > MEMBERS_ON_STACK && (all = calloc(n, sizeof(all[0]))) == NULL)
		return err_set(err, ENOMEMORY, "an object's names");
	n = members_of(o, s->sorted, all);
	rc = blob_put(s->to, "{", 1, err);
	if (rc == 0)
		rc = write_members(all, n, depth, s, err);
	if (rc == 0)
		rc = blob_put(s->to, "}", 1, err);
	if (all != few)
		free(all);
	return rc;
}

static int
write_value(const json_t *j, int depth, const struct spelling *s,
    struct err *err)
{
	if (j == NULL)
		return err_set(err, EINTERNAL, "no JSON value");
	if (depth > JSON_DEPTH && (json_is_object(j) || json_is_array(j)))
		return err_set(err, EINPUT, "nested deeper than %d",
		    JSON_DEPTH);
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return write_object(j, depth, s, err);
	case JSON_ARRAY:
		return write_array(j, depth, s, err);
	case JSON_STRING:
		return json_text_put(json_string_value(j),
		    json_string_length(j), s->to, err);
	case JSON_INTEGER:
		return write_integer(json_integer_value(j), s->to, err);
	case JSON_REAL:
		return err_set(err, EINPUT, "a number that is no integer");
	case JSON_TRUE:
		return blob_put(s->to, "true", 4, err);
	case JSON_FALSE:
		return blob_put(s->to, "false", 5, err);
	case JSON_NULL:
		return blob_put(s->to, "null", 4, err);
	}
	return err_set(err, EINTERNAL, "no JSON type");
}

static int
spell(const json_t *j, bool sorted, struct blob *ret, struct err *err)
{
	struct spelling s = { ret, sorted };
	size_t from = ret->len;
	int rc = write_value(j, 1, &s, err);

	if (rc != 0 && ret->data != NULL) {
		explicit_bzero(ret->data + from, ret->len - from);
		ret->len = from;
	}
	return rc;
}

int
json_canonical(const json_t *j, struct blob *ret, struct err *err)
{
	return spell(j, true, ret, err);
}

int
json_put(const json_t *j, struct blob *ret, struct err *err)
{
	return spell(j, false, ret, err);
}

int
json_hash(const json_t *j, struct sha256 *ret, struct err *err)
{
	struct blob text = { 0 };
	int rc = json_canonical(j, &text, err);

	if (rc == 0)
		*ret = sha256_of(text.data, text.len);
	blob_done(&text);
	return rc;
}

bool
json_hashes(const json_t *list, const json_t *hashes)
{
	const json_t *one;
	const char *want;
	struct sha256 h;
	char hex[SHA256_HEX];
	size_t i;

	if (!json_is_array(list) || !json_is_array(hashes) ||
	    json_array_size(list) != json_array_size(hashes))
		return false;
	json_array_foreach(list, i, one) {
		want = json_string_value(json_array_get(hashes, i));
		if (want == NULL || json_hash(one, &h, NULL) != 0)
			return false;
		sha256_hex(&h, hex);
		if (strcmp(want, hex) != 0)
			return false;
	}
	return true;
}

/* Octets of all strings and names in it. */
static size_t
octets_of(const json_t *j)
{
	size_t n = json_string_length(j), i;
	const char *name;
	json_t *v;

	json_array_foreach(j, i, v)
		n += octets_of(v);
	json_object_foreach((json_t *)(uintptr_t)j, name, v)
		n += strlen(name) + octets_of(v);
	return n;
}

/* Any spelling, and the words for what is refused. */
static int
read_full(const void *p, size_t n, json_t **ret, struct err *err)
{
	json_error_t e;
	size_t octets;
	json_t *j;

	/* First: it bounds the depth of the parser's recursion. */
	TRY(json_scan(p, n, &octets, err));
	errno = 0;
	j = json_loadb(p, n, JSON_REJECT_DUPLICATES, &e);
	/*
	 * Of most allocations that fail it says only that the text is bad;
	 * and where a string's buffer could not grow it drops a character
	 * and says nothing (jansson 2.14).
	 */
	if (j != NULL ? octets_of(j) != octets : errno == ENOMEM) {
		json_decref(j);
		return err_set(err, ENOMEMORY, "reading JSON");
	}
	if (j == NULL)
		return err_set(err, EINPUT, "%d:%d: %s", e.line, e.column,
		    e.text);
	*ret = j;
	return 0;
}

static int
read_known(const void *p, size_t n, struct json_inner *inner, json_t **ret,
    bool *ret_canonical, struct err *err)
{
	bool sorted;
	json_t *j;

	if (n > JSON_OCTETS)
		return err_set(err, ETOOBIG, "JSON of more than 16 MiB");
	TRY(json_plain(p, n, inner, &j, &sorted, err));
	*ret_canonical = j != NULL && sorted;
	if (j == NULL)
		return read_full(p, n, ret, err);
	*ret = j;
	return 0;
}

int
json_read_known(const void *p, size_t n, json_t **ret, bool *ret_canonical,
    struct err *err)
{
	return read_known(p, n, NULL, ret, ret_canonical, err);
}

int
json_read(const void *p, size_t n, json_t **ret, struct err *err)
{
	bool canonical;

	return json_read_known(p, n, ret, &canonical, err);
}

int
json_read_inner(const void *p, size_t n, struct json_inner *inner,
    json_t **ret, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct blob again = { 0 };
	bool same;
	int rc = 0;

	TRY(read_known(p, n, inner, &j, &same, err));
	if (!same) {
		rc = json_canonical(j, &again, err);
		same = rc == 0 && again.len == n &&
		    memcmp(again.data, p, n) == 0;
		blob_done(&again);
	}
	TRY(rc);
	if (!same)
		return err_set(err, EINPUT, "JSON that is not canonical");
	*ret = TAKE(j);
	return 0;
}

int
json_read_canonical(const void *p, size_t n, json_t **ret, struct err *err)
{
	return json_read_inner(p, n, NULL, ret, err);
}
