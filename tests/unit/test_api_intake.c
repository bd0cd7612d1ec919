/*
 * intake: what a request may look like before anybody acts on it.
 */
#include <stdio.h>
#include "api/intake.h"
#include "tests/unit/unit.h"

#define F(name, value) { name, value, sizeof(name) - 1, sizeof(value) - 1 }
#define HOST_ F("Host", "h")

static const struct {
	const char	*why;
	const char	*uri, *version;
	struct header	 field[4];
	int		 octets;	/* more than the plain spelling takes */
	enum err_code	 want;
} HEADS[] = {
	{ "a plain request is taken", "/v1/keys", "HTTP/1.1",
	    { HOST_ }, 0, OK },
	{ "a field without the space after its colon is ordinary",
	    "/v1/keys", "HTTP/1.1", { HOST_ }, -1, OK },
	{ "one octet less per line is what bare line feeds leave",
	    "/v1/keys", "HTTP/1.1", { HOST_ }, -3, EINPUT },
	{ "octets that nobody sees are folding or a NUL",
	    "/v1/keys", "HTTP/1.1", { HOST_ }, 4, EINPUT },
	{ "two lengths let two readers disagree", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Content-Length", "2"), F("content-length", "2") }, 0,
	    EINPUT },
	{ "a length and a transfer coding too", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Content-Length", "2"),
	    F("Transfer-Encoding", "chunked") }, 0, EINPUT },
	{ "chunks are for the route to take or not", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Transfer-Encoding", "chunked") }, 0, OK },
	{ "any other coding is not undone", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Transfer-Encoding", "gzip, chunked") }, 0, ELENGTH },
	{ "nor is none", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Transfer-Encoding", "") }, 0, ELENGTH },
	{ "HTTP/1.0 knows no chunks", "/v1/keys", "HTTP/1.0",
	    { HOST_, F("Transfer-Encoding", "chunked") }, 0, ELENGTH },
	{ "a length is digits only", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Content-Length", "0x2") }, 0, EINPUT },
	{ "a length has a sane number of digits", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Content-Length", "1234567890123456") }, 0, EINPUT },
	{ "two hosts are nobody's", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("host", "i") }, 0, EINPUT },
	{ "two tokens are nobody's", "/v1/keys", "HTTP/1.1",
	    { F("Authorization", "Bearer a"), F("Authorization", "Bearer b") },
	    0, EINPUT },
	{ "only bearer tokens, names and passwords are known", "/v1/keys",
	    "HTTP/1.1", { HOST_, F("Authorization", "Digest Zm9v") }, 0, EAUTH },
	{ "a name and a password are one word", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Authorization", "Basic a b") }, 0, EAUTH },
	{ "and may be there", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Authorization", "Basic Zm9v") }, 0, OK },
	{ "a bearer token is one word", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Authorization", "Bearer a b") }, 0, EAUTH },
	{ "a token may be there", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Authorization", "bearer clv_a-b_c") }, 0, OK },
	{ "an encoded body would be read twice", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Content-Encoding", "gzip") }, 0, EMEDIA },
	{ "nothing is expected but to go on", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Expect", "tea") }, 0, EINPUT },
	{ "a target has no control characters", "/v1/\001keys", "HTTP/1.1",
	    { HOST_ }, 0, EINPUT },
	{ "nor an escaped NUL", "/v1/keys%00", "HTTP/1.1", { HOST_ }, 0,
	    EINPUT },
	{ "nor a fragment", "/v1/keys#a", "HTTP/1.1", { HOST_ }, 0, EINPUT },
	{ "HTTP/2 is not spoken here", "/v1/keys", "HTTP/2.0", { HOST_ }, 0,
	    EINPUT },
	{ "a field's name has no space", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("X Y", "1") }, 0, EINPUT },
	{ "a field's value has no control character", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("X", "a\001b") }, 0, EINPUT },
	{ "a key that names an attempt has no spaces", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Idempotency-Key", "a b") }, 0, EINPUT },
	{ "and is not empty", "/v1/keys", "HTTP/1.1",
	    { HOST_, F("Idempotency-Key", "\"\"") }, 0, EINPUT },
};

static struct head
head_of(int i)
{
	struct head h = { .method = "GET", .uri = HEADS[i].uri,
	    .version = HEADS[i].version };
	size_t octets = strlen("GET") + strlen(h.uri) + strlen(h.version) + 6;

	while (h.n < 4 && HEADS[i].field[h.n].name != NULL) {
		h.field[h.n] = HEADS[i].field[h.n];
		octets += h.field[h.n].name_n + h.field[h.n].value_n + 4;
		h.n++;
	}
	h.octets = (size_t)((int)octets + HEADS[i].octets);
	return h;
}

START_TEST(a_head_is_taken_or_refused)
{
	struct head h = head_of(_i);
	struct admitted a;
	struct err err = { .code = OK };
	int rc = intake_head(&h, &a, &err);

	ck_assert_msg(rc == -(int)HEADS[_i].want, "%s: %s (%s)", HEADS[_i].why,
	    err_code_name(err.code), err.what);
}
END_TEST

START_TEST(preferences_are_read_and_the_unknown_left_alone)
{
	static const struct { const char *text; unsigned wait; } rows[] = {
		{ "wait=5", 5 }, { "respond-async, wait=7", 7 },
		{ "wait=9;x=1", 9 }, { "wait=x", 0 }, { "wait=-1", 0 },
		{ "wait=99999999999999999999", 86400 }, { "", 0 },
		{ "handling=lenient", 0 },
	};
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		struct head h = { .method = "GET", .uri = "/",
		    .version = "HTTP/1.1", .n = 1, .field = { { "Prefer",
		    rows[i].text, 6, strlen(rows[i].text) } } };
		struct admitted a;

		unit_ok(intake_head(&h, &a, &unit_err));
		ck_assert_uint_eq(a.wait_s, rows[i].wait);
	}
}
END_TEST

START_TEST(an_idempotency_key_may_stand_in_quotes)
{
	struct head h = { .method = "POST", .uri = "/", .version = "HTTP/1.1",
	    .n = 1, .field = { F("Idempotency-Key", "\"k-1\"") } };
	struct admitted a;

	unit_ok(intake_head(&h, &a, &unit_err));
	ck_assert_str_eq(a.idempotency, "k-1");
}
END_TEST

static const struct {
	const char	*why, *text;
	enum err_code	 want;
} QUERIES[] = {
	{ "no query is no query", "", OK },
	{ "known names of the right type", "limit=5&class=ca", OK },
	{ "escapes are undone", "class=c%61", OK },
	{ "an unknown name", "color=red", ESCHEMA },
	{ "the same name twice", "limit=5&limit=5", EINPUT },
	{ "the same name twice, once escaped", "limit=5&%6cimit=5", EINPUT },
	{ "no number", "limit=five", ESCHEMA },
	{ "a number with a sign", "limit=-5", ESCHEMA },
	{ "a number out of bounds", "limit=5000", ERANGE_ },
	{ "a number past all bounds", "limit=99999999999999999999", ESCHEMA },
	{ "half an escape", "class=%4", EINPUT },
	{ "an escaped NUL", "class=a%00b", EINPUT },
	{ "not UTF-8", "class=%ff", EINPUT },
};

START_TEST(a_query_is_taken_or_refused)
{
	AUTO_JSON *o = NULL;
	struct err err = { .code = OK };
	int rc = intake_query(QUERIES[_i].text, &schema_q_keys, &o, &err);

	ck_assert_msg(rc == -(int)QUERIES[_i].want, "%s: %s (%s)",
	    QUERIES[_i].why, err_code_name(err.code), err.what);
}
END_TEST

static const struct {
	const char	*why;
	int		 octets;
	enum err_code	 want;
} PLACES[] = {
	{ "the longest place", 1024, OK },
	{ "a longer one", 1025, ETOOBIG },
};

/* A scan asks for what was told below a place, however long its URI. */
START_TEST(a_value_may_be_as_long_as_a_place)
{
	AUTO_JSON *o = NULL;
	struct err err = { .code = OK };
	char text[1025 + 16];
	int rc;

	(void)snprintf(text, sizeof(text), "under=%0*d", PLACES[_i].octets, 0);
	rc = intake_query(text, &schema_q_findings, &o, &err);
	ck_assert_msg(rc == -(int)PLACES[_i].want, "%s: %s (%s)",
	    PLACES[_i].why, err_code_name(err.code), err.what);
}
END_TEST

static const struct {
	const char	*why, *text;
	bool		 json;
	enum err_code	 want;
} BODIES[] = {
	{ "all that is needed", "{\"name\":\"k\",\"class\":\"c\"}", true, OK },
	{ "nothing where something is needed", "", true, ESCHEMA },
	{ "no JSON", "name=k", true, EINPUT },
	{ "cut off", "{\"name\":\"k\"", true, EINPUT },
	{ "more than one document", "{}{}", true, EINPUT },
	{ "the wrong media type", "{}", false, EMEDIA },
	{ "an array", "[]", true, ESCHEMA },
	{ "an unknown member", "{\"name\":\"k\",\"class\":\"c\",\"x\":1}", true,
	    ESCHEMA },
	{ "a member twice", "{\"name\":\"k\",\"name\":\"k\",\"class\":\"c\"}",
	    true, EINPUT },
	{ "the wrong type", "{\"name\":7,\"class\":\"c\"}", true, ESCHEMA },
	{ "an empty name", "{\"name\":\"\",\"class\":\"c\"}", true, ERANGE_ },
	{ "not UTF-8", "{\"name\":\"\xff\",\"class\":\"c\"}", true, EINPUT },
	{ "a real number", "{\"name\":\"k\",\"class\":1.5}", true, EINPUT },
};

START_TEST(a_body_is_taken_or_refused)
{
	AUTO_JSON *o = NULL;
	struct err err = { .code = OK };
	int rc = intake_body(BODIES[_i].text, strlen(BODIES[_i].text),
	    BODIES[_i].json, &schema_key, &o, &err);

	ck_assert_msg(rc == -(int)BODIES[_i].want, "%s: %s (%s)",
	    BODIES[_i].why, err_code_name(err.code), err.what);
}
END_TEST

static const struct {
	const char	*why, *text;
	const char	*user, *password;	/* NULL: refused */
} BASICS[] = {
	{ "a name and a password", "Y2k6Y2x2X2E=", "ci", "clv_a" },
	{ "a password with a colon", "Y2k6YTpi", "ci", "a:b" },
	{ "nobody's password", "OmE=", "", "a" },
	{ "no password", "Y2k6", "ci", "" },
	{ "no colon", "Y2k=", NULL, NULL },
	{ "no base64", "!!", NULL, NULL },
	{ "base64 without its end", "Y2k6YQ", NULL, NULL },
	{ "a NUL", "Y2k6YQBi", NULL, NULL },
	{ "a name of 65", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE6eA==",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "x" },
	{ "a name of 66", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
	    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhOng=", NULL, NULL },
};

START_TEST(a_name_and_password_are_taken_or_refused)
{
	struct basic b;
	struct err err = { .code = OK };
	int rc = intake_basic(BASICS[_i].text, &b, &err);

	if (BASICS[_i].user == NULL) {
		ck_assert_msg(rc == -EAUTH, "%s", BASICS[_i].why);
		return;
	}
	ck_assert_msg(rc == 0, "%s: %s", BASICS[_i].why, err.what);
	ck_assert_str_eq(b.user, BASICS[_i].user);
	ck_assert_str_eq(b.password, BASICS[_i].password);
}
END_TEST

UNIT_MAIN("api/intake",
	UNIT_ROWS(a_name_and_password_are_taken_or_refused, BASICS)
	UNIT_ROWS(a_head_is_taken_or_refused, HEADS)
	UNIT(preferences_are_read_and_the_unknown_left_alone)
	UNIT(an_idempotency_key_may_stand_in_quotes)
	UNIT_ROWS(a_query_is_taken_or_refused, QUERIES)
	UNIT_ROWS(a_value_may_be_as_long_as_a_place, PLACES)
	UNIT_ROWS(a_body_is_taken_or_refused, BODIES))
