#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <openssl/crypto.h>
#include "api/intake.h"
#include "base/b64.h"

/* Fields that may stand once only: two would let two readers disagree. */
enum once { HOST, LENGTH, CODING, TYPE, AUTHORIZATION, KEY, EXPECT, ENCODING,
	ONCE__N };
static const char *const once_names[] = {
	[HOST] = "Host", [LENGTH] = "Content-Length",
	[CODING] = "Transfer-Encoding", [TYPE] = "Content-Type",
	[AUTHORIZATION] = "Authorization", [KEY] = "Idempotency-Key",
	[EXPECT] = "Expect", [ENCODING] = "Content-Encoding",
};
_Static_assert(NELEM(once_names) == ONCE__N, "a name for each");

static bool
field_is(const struct header *h, const char *name)
{
	return h->name_n == strlen(name) &&
	    strncasecmp(h->name, name, h->name_n) == 0;
}

static int
field_check(const struct header *h, struct err *err)
{
	size_t i;

	if (h->value == NULL || h->name_n == 0)
		return err_set(err, EINPUT, "a header field is incomplete");
	for (i = 0; i < h->name_n; i++)
		if ((unsigned char)h->name[i] <= 0x20 ||
		    (unsigned char)h->name[i] >= 0x7f || h->name[i] == ':')
			return err_set(err, EINPUT,
			    "the name of a header field has an odd character");
	for (i = 0; i < h->value_n; i++)
		if (((unsigned char)h->value[i] < 0x20 && h->value[i] != '\t') ||
		    h->value[i] == 0x7f)
			return err_set(err, EINPUT,
			    "a header field has a control character");
	return 0;
}

/*
 * The section's size tells what the parser has swallowed: between the least
 * that what we see can take, and one space more per field, lies every
 * ordinary client; bare line feeds fall below, folding and NULs above.
 */
static int
size_check(const struct head *h, struct err *err)
{
	size_t i, least;

	if (h->octets == 0)
		return 0;
	if (h->octets > INTAKE_OCTETS)
		return err_set(err, ETOOBIG, "the header section may have %d octets",
		    INTAKE_OCTETS);
	least = strlen(h->method) + strlen(h->uri) + strlen(h->version) + 6;
	for (i = 0; i < h->n; i++)
		least += h->field[i].name_n + h->field[i].value_n + 3;
	if (h->octets < least || h->octets > least + h->n)
		return err_set(err, EINPUT, "the header section holds bare line "
		    "feeds, folded lines, stray white space or NULs");
	return 0;
}

static int
uri_check(const char *uri, struct err *err)
{
	size_t i;

	for (i = 0; uri[i] != '\0'; i++) {
		if (i == INTAKE_URI)
			return err_set(err, ETOOBIG, "the request target may have "
			    "%d octets", INTAKE_URI);
		if ((unsigned char)uri[i] <= 0x20 || (unsigned char)uri[i] >= 0x7f ||
		    strchr("\"<>\\^`{|}#", uri[i]) != NULL)
			return err_set(err, EINPUT, "the request target has an odd "
			    "character");
	}
	if (strstr(uri, "%00") != NULL)
		return err_set(err, EINPUT, "the request target has a NUL");
	return 0;
}

static int
length_read(const struct header *h, size_t *ret, struct err *err)
{
	size_t i, n = 0;

	if (h->value_n == 0 || h->value_n > 15)
		return err_set(err, EINPUT, "Content-Length must be a number");
	for (i = 0; i < h->value_n; i++) {
		if (h->value[i] < '0' || h->value[i] > '9')
			return err_set(err, EINPUT, "Content-Length must be a number");
		n = n * 10 + (size_t)(h->value[i] - '0');
	}
	*ret = n;
	return 0;
}

static int
framing_read(const struct header *const *f, bool chunks, struct admitted *a,
    struct err *err)
{
	if (f[CODING] != NULL && f[LENGTH] != NULL)
		return err_set(err, EINPUT,
		    "Content-Length and Transfer-Encoding exclude each other");
	if (f[CODING] != NULL) {
		if (!chunks || f[CODING]->value_n != 7 || strncasecmp(f[CODING]->value,
		    "chunked", 7) != 0)
			return err_set(err, ELENGTH,
			    "send the body with Content-Length");
		a->chunked = true;
	}
	if (f[ENCODING] != NULL && !(f[ENCODING]->value_n == 8 &&
	    strncasecmp(f[ENCODING]->value, "identity", 8) == 0))
		return err_set(err, EMEDIA, "send the body without Content-Encoding");
	if (f[EXPECT] != NULL && !(f[EXPECT]->value_n == 12 &&
	    strncasecmp(f[EXPECT]->value, "100-continue", 12) == 0))
		return err_set(err, EINPUT, "Expect may ask for 100-continue only");
	if (f[LENGTH] != NULL)
		TRY(length_read(f[LENGTH], &a->length, err));
	return 0;
}

/* Whatever its parameters are: none has a meaning (for PKCS #10: RFC 5967, 2). */
static bool
type_is(const struct header *h, const char *type)
{
	const size_t n = strlen(type);

	return h != NULL && h->value_n >= n &&
	    strncasecmp(h->value, type, n) == 0 &&
	    (h->value_n == n || strchr(" \t;", h->value[n]) != NULL);
}

/* application/json, alone or with charset=utf-8.  RFC 8259, 11. */
static bool
type_is_json(const struct header *h)
{
	static const char json[] = "application/json";
	const char *p;

	if (h == NULL || strncasecmp(h->value, json, sizeof(json) - 1) != 0)
		return false;
	p = h->value + sizeof(json) - 1;
	p += strspn(p, " \t");
	if (*p == '\0')
		return true;
	if (*p++ != ';')
		return false;
	p += strspn(p, " \t");
	return strcasecmp(p, "charset=utf-8") == 0 ||
	    strcasecmp(p, "charset=\"utf-8\"") == 0;
}

/* One word behind the scheme's name, or NULL.  RFC 9110, 11.4. */
static const char *
credentials_of(const struct header *h, size_t scheme_n)
{
	const char *p = h->value + scheme_n;

	p += strspn(p, " ");
	return *p == '\0' || strlen(p) > 256 ||
	    strpbrk(p, " \t,;\"") != NULL ? NULL : p;
}

static int
authorization_read(const struct header *h, struct admitted *a,
    struct err *err)
{
	if (h == NULL)
		return 0;
	if (strncasecmp(h->value, "Basic ", 6) == 0) {
		a->basic = credentials_of(h, 6);
		return a->basic != NULL ? 0 : err_set(err, EAUTH,
		    "the name and password are not well-formed");
	}
	if (strncasecmp(h->value, "Bearer ", 7) != 0)
		return err_set(err, EAUTH, "Authorization must be \"Bearer TOKEN\"");
	a->bearer = credentials_of(h, 7);
	return a->bearer != NULL ? 0 : err_set(err, EAUTH,
	    "the bearer token is not well-formed");
}

static int
basic_split(const struct blob *text, struct basic *ret, struct err *err)
{
	const char *p = blob_str(text), *colon = strchr(p, ':');
	size_t n = strlen(p), user_n = colon == NULL ? 0 : (size_t)(colon - p);

	if (colon == NULL || n != text->len || user_n >= sizeof(ret->user) ||
	    n - user_n - 1 >= sizeof(ret->password))
		return err_set(err, EAUTH, "Basic must have a principal's id "
		    "and a token of theirs (RFC 7617)");
	memcpy(ret->user, p, user_n);
	ret->user[user_n] = '\0';
	memcpy(ret->password, colon + 1, n - user_n);
	return 0;
}

int
intake_basic(const char *text, struct basic *ret, struct err *err)
{
	struct blob plain = { 0 };
	int rc = b64_decode(text, &plain, err);

	if (rc == 0)
		rc = basic_split(&plain, ret, err);
	else if (rc != -ENOMEMORY)
		rc = err_set(err, EAUTH, "Basic must have base64 (RFC 7617)");
	if (plain.data != NULL)
		OPENSSL_cleanse(plain.data, plain.len);
	blob_done(&plain);
	return rc;
}

/* A token, or the same in quotes (a structured field's string). */
static int
key_read(const struct header *h, struct admitted *a, struct err *err)
{
	const char *p;
	size_t i, n;

	if (h == NULL)
		return 0;
	p = h->value;
	n = h->value_n;
	if (n >= 2 && p[0] == '"' && p[n - 1] == '"') {
		p++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof(a->idempotency))
		return err_set(err, EINPUT, "Idempotency-Key has 1 to %zu octets",
		    sizeof(a->idempotency) - 1);
	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] <= 0x20 || (unsigned char)p[i] >= 0x7f ||
		    p[i] == '"' || p[i] == '\\')
			return err_set(err, EINPUT,
			    "Idempotency-Key has an odd character");
	memcpy(a->idempotency, p, n);
	a->idempotency[n] = '\0';
	return 0;
}

/* Preferences that are not understood are ignored.  RFC 7240, 2. */
static void
prefer_read(const struct header *h, struct admitted *a)
{
	const char *p = h->value, *end;
	unsigned long n;

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t,");
		if (strncasecmp(p, "wait=", 5) == 0 && p[5] >= '0' &&
		    p[5] <= '9' && a->wait_s == 0) {
			n = strtoul(p + 5, (char **)&end, 10);
			if (*end == '\0' || strchr(" \t,;", *end) != NULL)
				a->wait_s = n > 86400 ? 86400 : (unsigned)n;
		}
		p = strchr(p, ',');
	}
}

int
intake_head(const struct head *h, struct admitted *ret, struct err *err)
{
	const struct header *found[ONCE__N] = { NULL };
	struct admitted a = { .length = 0 };
	size_t i, j;

	if (strcmp(h->version, "HTTP/1.1") != 0 &&
	    strcmp(h->version, "HTTP/1.0") != 0)
		return err_set(err, EINPUT, "HTTP/1.1 is spoken here");
	TRY(uri_check(h->uri, err));
	for (i = 0; i < h->n; i++) {
		TRY(field_check(&h->field[i], err));
		if (field_is(&h->field[i], "Prefer"))
			prefer_read(&h->field[i], &a);
		for (j = 0; j < ONCE__N; j++) {
			if (!field_is(&h->field[i], once_names[j]))
				continue;
			if (found[j] != NULL)
				return err_set(err, EINPUT, "%s may stand once only",
				    once_names[j]);
			found[j] = &h->field[i];
		}
	}
	TRY(size_check(h, err));
	TRY(framing_read(found, strcmp(h->version, "HTTP/1.1") == 0, &a,
	    err));
	TRY(key_read(found[KEY], &a, err));
	TRY(authorization_read(found[AUTHORIZATION], &a, err));
	a.json = type_is_json(found[TYPE]);
	a.pkcs10 = type_is(found[TYPE], "application/pkcs10");
	a.ndjson = type_is(found[TYPE], "application/x-ndjson");
	a.crl = type_is(found[TYPE], "application/pkix-crl");
	a.tar = type_is(found[TYPE], "application/x-tar");
	*ret = a;
	return 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Percent-decoding of one name or value.  RFC 3986, 2.1. */
static int
unescape(const char *p, size_t n, char *ret, size_t room, struct err *err)
{
	size_t i, k = 0;
	int hi, lo;

	for (i = 0; i < n; i++) {
		if (k + 1 >= room)
			return err_set(err, ETOOBIG, "a query value is too long");
		if (p[i] != '%') {
			ret[k++] = p[i] == '+' ? ' ' : p[i];
			continue;
		}
		if (i + 2 >= n || (hi = hex_digit(p[i + 1])) < 0 ||
		    (lo = hex_digit(p[i + 2])) < 0 || (hi | lo) == 0)
			return err_set(err, EINPUT, "a query value is badly escaped");
		ret[k++] = (char)(hi << 4 | lo);
		i += 2;
	}
	ret[k] = '\0';
	return 0;
}

static const struct json_row *
row_find(const struct schema *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->rows[i].name, name) == 0)
			return &s->rows[i];
	return NULL;
}

static int
value_read(const struct json_row *row, const char *text, json_t **ret,
    struct err *err)
{
	char *end;
	long long n;

	switch (row->want) {
	case WANT_INTEGER:
		n = strtoll(text, &end, 10);
		if (text[0] < '0' || text[0] > '9' || *end != '\0' ||
		    strlen(text) > 16)
			return err_set(err, ESCHEMA, "%s must be an integer",
			    row->name);
		*ret = json_integer(n);
		break;
	case WANT_BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0 &&
		    text[0] != '\0')
			return err_set(err, ESCHEMA, "%s must be true or false",
			    row->name);
		*ret = json_boolean(strcmp(text, "false") != 0);
		break;
	case WANT_STRING:
	case WANT_OBJECT:
	case WANT_ARRAY:
	case WANT_STRINGS:
	case WANT_ANY:
		errno = 0;
		if ((*ret = json_string(text)) == NULL && errno != ENOMEM)
			return err_set(err, EINPUT, "%s is not UTF-8", row->name);
		break;
	}
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "a query value");
}

static int
pair_read(const char *p, size_t n, const struct schema *s, json_t *to,
    struct err *err)
{
	const char *equals = memchr(p, '=', n);
	size_t name_n = equals != NULL ? (size_t)(equals - p) : n;
	const struct json_row *row;
	char name[64], value[INTAKE_VALUE + 1] = "";
	json_t *v = NULL;

	TRY(unescape(p, name_n, name, sizeof(name), err));
	if (equals != NULL)
		TRY(unescape(equals + 1, n - name_n - 1, value, sizeof(value),
		    err));
	if ((row = row_find(s, name)) == NULL)
		return err_set(err, ESCHEMA, "there is no query parameter \"%.40s\"",
		    name);
	if (json_object_get(to, name) != NULL)
		return err_set(err, EINPUT, "the query parameter %s stands twice",
		    name);
	TRY(value_read(row, value, &v, err));
	return json_set_new(to, name, v, err);
}

int
intake_query(const char *text, const struct schema *s, json_t **ret,
    struct err *err)
{
	AUTO_JSON *o = json_object();
	size_t n;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "a query");
	while (text != NULL && *text != '\0') {
		n = strcspn(text, "&");
		if (n > 0)
			TRY(pair_read(text, n, s, o, err));
		text += n;
		if (*text == '&')
			text++;
	}
	TRY(json_check(o, "query", s->rows, s->n, err));
	*ret = TAKE(o);
	return 0;
}

int
intake_body(const void *p, size_t n, bool json, const struct schema *s,
    json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	if (n == 0) {
		if ((o = json_object()) == NULL)
			return err_set(err, ENOMEMORY, "a body");
	} else {
		if (!json)
			return err_set(err, EMEDIA,
			    "send the body with Content-Type: application/json");
		TRY(json_read(p, n, &o, err));
		if (!json_is_object(o))
			return err_set(err, ESCHEMA, "the body must be an object");
	}
	TRY(json_check(o, "", s->rows, s->n, err));
	*ret = TAKE(o);
	return 0;
}
