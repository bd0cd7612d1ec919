#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_plain.h"
#include "base/json_scan.h"

#define NAMES_ON_STACK	32

static int write_value(const json_t *j, int depth, struct blob *ret,
    struct err *err);

/* RFC 8785, 3.2.2.2: the five short escapes, and all else as it stands. */
static char
escape_of(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\f':
		return 'f';
	case '\r':
		return 'r';
	default:
		return '\0';
	}
}

static int
write_string(const char *s, size_t n, struct blob *ret, struct err *err)
{
	size_t i, from = 0;
	char pair[2] = { '\\', '\0' };

	TRY(blob_put(ret, "\"", 1, err));
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		if ((pair[1] = escape_of(c)) == '\0')
			return err_set(err, EINPUT,
			    "control character U+%04X in a string", c);
		TRY(blob_put(ret, s + from, i - from, err));
		TRY(blob_put(ret, pair, 2, err));
		from = i + 1;
	}
	TRY(blob_put(ret, s + from, n - from, err));
	return blob_put(ret, "\"", 1, err);
}

static int
write_integer(json_int_t v, struct blob *ret, struct err *err)
{
	if (v > JSON_INT_MAX || v < -JSON_INT_MAX)
		return err_set(err, EINPUT, "an integer beyond 2^53-1");
	return blob_printf(ret, err, "%lld", (long long)v);
}

static int
write_array(const json_t *a, int depth, struct blob *ret, struct err *err)
{
	size_t i, n = json_array_size(a);

	TRY(blob_put(ret, "[", 1, err));
	for (i = 0; i < n; i++) {
		if (i > 0)
			TRY(blob_put(ret, ",", 1, err));
		TRY(write_value(json_array_get(a, i), depth + 1, ret, err));
	}
	return blob_put(ret, "]", 1, err);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
write_members(const json_t *o, const char **names, int depth,
    struct blob *ret, struct err *err)
{
	json_t *object = (json_t *)(uintptr_t)o;	/* the iterator's type */
	size_t i, n = 0;
	void *it;

	for (it = json_object_iter(object); it != NULL;
	    it = json_object_iter_next(object, it))
		names[n++] = json_object_iter_key(it);
	/* RFC 8785, 3.2.3 sorts by UTF-16; for ASCII that is by octet. */
	qsort(names, n, sizeof(names[0]), compare_names);
	for (i = 0; i < n; i++) {
		if (i > 0)
			TRY(blob_put(ret, ",", 1, err));
		if (!json_scan_name(names[i]))
			return err_set(err, EINPUT,
			    "a name that is not printable ASCII");
		TRY(write_string(names[i], strlen(names[i]), ret, err));
		TRY(blob_put(ret, ":", 1, err));
		TRY(write_value(json_object_get(o, names[i]), depth + 1, ret,
		    err));
	}
	return 0;
}

static int
write_object(const json_t *o, int depth, struct blob *ret, struct err *err)
{
	const char *few[NAMES_ON_STACK], **names = few;
	size_t n = json_object_size(o);
	int rc;

	if (n > NAMES_ON_STACK &&
	    (names = calloc(n, sizeof(names[0]))) == NULL)
		return err_set(err, ENOMEMORY, "an object's names");
	rc = blob_put(ret, "{", 1, err);
	if (rc == 0)
		rc = write_members(o, names, depth, ret, err);
	if (rc == 0)
		rc = blob_put(ret, "}", 1, err);
	if (names != few)
		free(names);
	return rc;
}

static int
write_value(const json_t *j, int depth, struct blob *ret, struct err *err)
{
	if (j == NULL)
		return err_set(err, EINTERNAL, "no JSON value");
	if (depth > JSON_DEPTH && (json_is_object(j) || json_is_array(j)))
		return err_set(err, EINPUT, "nested deeper than %d",
		    JSON_DEPTH);
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return write_object(j, depth, ret, err);
	case JSON_ARRAY:
		return write_array(j, depth, ret, err);
	case JSON_STRING:
		return write_string(json_string_value(j),
		    json_string_length(j), ret, err);
	case JSON_INTEGER:
		return write_integer(json_integer_value(j), ret, err);
	case JSON_REAL:
		return err_set(err, EINPUT, "a number that is no integer");
	case JSON_TRUE:
		return blob_put(ret, "true", 4, err);
	case JSON_FALSE:
		return blob_put(ret, "false", 5, err);
	case JSON_NULL:
		return blob_put(ret, "null", 4, err);
	}
	return err_set(err, EINTERNAL, "no JSON type");
}

int
json_canonical(const json_t *j, struct blob *ret, struct err *err)
{
	size_t from = ret->len;
	int rc = write_value(j, 1, ret, err);

	if (rc != 0 && ret->data != NULL) {
		explicit_bzero(ret->data + from, ret->len - from);
		ret->len = from;
	}
	return rc;
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

/* @ret_canonical: it is known to be that; else it may be. */
static int
read_any(const void *p, size_t n, json_t **ret, bool *ret_canonical,
    struct err *err)
{
	bool sorted;
	json_t *j;

	if (n > JSON_OCTETS)
		return err_set(err, ETOOBIG, "JSON of more than 16 MiB");
	TRY(json_plain(p, n, &j, &sorted, err));
	*ret_canonical = j != NULL && sorted;
	if (j == NULL)
		return read_full(p, n, ret, err);
	*ret = j;
	return 0;
}

int
json_read(const void *p, size_t n, json_t **ret, struct err *err)
{
	bool canonical;

	return read_any(p, n, ret, &canonical, err);
}

int
json_read_canonical(const void *p, size_t n, json_t **ret, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct blob again = { 0 };
	bool same;
	int rc = 0;

	TRY(read_any(p, n, &j, &same, err));
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
