/*
 * The interface's own parts with no memory left at any moment: what comes in is
 * refused or read whole, and what goes out is whole or says 503.
 */
#include "config.h"

#include "api/handle.h"
#include "api/server.h"
#include "tests/fault/fault.h"
#include "tests/unit/unit.h"

/* The n-th of the routes: its path with every parameter as "a1". */
static void
path_of(const struct route *r, char ret[256])
{
	const char *from = r->path;

	while (*from != '\0') {
		if (*from != '{') {
			*ret++ = *from++;
			continue;
		}
		memcpy(ret, "a1", 2);
		ret += 2;
		from = strchr(from, '}') + 1;
	}
	*ret = '\0';
}

static int
find_all(void *ctx, struct err *err)
{
	for (size_t i = 0; i < ROUTE__N; i++) {
		struct route_match m = { 0 };
		const char *allow = NULL;
		char path[256];

		path_of(&routes[i], path);
		TRY(route_find(routes[i].method == METHOD_GET ? "GET" : "POST",
		    path, routes[i].at, &m, &allow, err));
		fault_holds(m.route != NULL);
	}
	return 0;
}

static int
read_query(void *ctx, struct err *err)
{
	AUTO_JSON *q = NULL;
	int rc = intake_query("since=1&limit=20&kind=key.signed&subject=a%2Fb",
	    &schema_q_events, &q, err);

	fault_holds((rc == 0) == (q != NULL));
	fault_holds(rc != 0 || json_object_size(q) == 4);
	return rc;
}

static int
read_body(void *ctx, struct err *err)
{
	static const char text[] = "{\"digest\":{\"algorithm\":\"sha-256\","
	    "\"value\":\"00112233445566778899aabbccddeeff00112233445566778899"
	    "aabbccddeeff\"},\"product\":\"camera\",\"version\":\"1.0\"}";
	AUTO_JSON *b = NULL;
	int rc = intake_body(text, sizeof(text) - 1, true, &schema_sign, &b,
	    err);

	fault_holds((rc == 0) == (b != NULL));
	fault_holds(rc != 0 || json_object_size(b) == 3);
	return rc;
}

/* The document is large: every 61st of its allocations stands for all. */
START_TEST(the_document_is_whole_or_there_is_none)
{
	AUTO_JSON *all = NULL;
	bool failed = true;
	unsigned nth;

	fault_begin();
	unit_ok(openapi_build(&all, &unit_err));
	for (nth = 1; failed; nth += 61) {
		AUTO_JSON *doc = NULL;
		struct err why = { .code = OK };
		int rc;

		fault_arm(FAULT_MEMORY, nth);
		rc = openapi_build(&doc, &why);
		failed = fault_disarm();
		ck_assert_msg(rc == 0 ? json_equal(doc, all) :
		    why.code == ENOMEMORY && doc == NULL, "call %u: %s", nth,
		    why.what);
	}
	ck_assert_uint_gt(nth, 1000);
}
END_TEST

START_TEST(what_comes_in_is_read_whole_or_refused)
{
	(void)fault_each(FAULT_ALL, find_all, NULL);
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_query, NULL), 5);
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_body, NULL), 10);
}
END_TEST

/* Is the reply one that may leave: whole JSON, of the status that it states? */
static bool
is_whole(const struct exchange *x)
{
	json_error_t e;
	json_t *j = x->reply.n == 0 ? NULL :
	    json_loadb(x->reply.octets, x->reply.n, 0, &e);
	bool well = j != NULL && (json_object_get(j, "code") == NULL ||
	    json_int(j, "status", 0) == x->reply.status);

	json_decref(j);
	return well;
}

static const char many[] = "{\"keys\":[{\"name\":\"a\",\"products\":[\"b\","
    "\"c\"]},{\"name\":\"d\",\"state\":\"active\",\"more\":{\"e\":1}}]}";

START_TEST(what_goes_out_is_whole)
{
	json_t *answer = json_loads(many, 0, NULL);
	struct err why = { .code = EDENIED, .what = "rule x" };
	unsigned nth, spared = 0;
	bool failed = true;

	fault_begin();
	for (nth = 1; failed; nth++) {
		struct exchange x = { .reply = { .fd = -1 } };
		struct err e = { .code = OK };
		int rc;

		fault_arm(FAULT_MEMORY, nth);
		rc = reply_json(&x, 200, json_incref(answer), &e);
		failed = fault_disarm();
		ck_assert(rc == 0 ? is_whole(&x) : e.code == ENOMEMORY &&
		    x.reply.status == 0);
		reply_done(&x.reply);
	}
	ck_assert_uint_gt(nth, 2);
	for (nth = 1, failed = true; failed; nth++) {
		struct exchange x = { .reply = { .fd = -1 } };

		fault_arm(FAULT_MEMORY, nth);
		reply_problem(&x, &why, answer);
		failed = fault_disarm();
		ck_assert(is_whole(&x));
		ck_assert(x.reply.status == 403 || x.reply.status == 503);
		spared += x.reply.status == 503;
		reply_done(&x.reply);
	}
	ck_assert_uint_gt(spared, 0);
	json_decref(answer);
}
END_TEST

START_TEST(a_line_for_an_EST_client_has_its_status)
{
	static const char line[] = "denied: rule x\n";
	struct err why = { .code = EDENIED, .what = "rule x" };
	unsigned nth, spared = 0;
	bool failed = true;

	fault_begin();
	for (nth = 1; failed; nth++) {
		struct exchange x = { .reply = { .fd = -1 }, .match = {
		    .route = &routes[ROUTE_GET_est_cacerts_AT_CONTROL] } };

		fault_arm(FAULT_MEMORY, nth);
		reply_problem(&x, &why, NULL);
		failed = fault_disarm();
		ck_assert_int_eq(x.reply.status, 403);
		ck_assert(x.reply.octets == NULL ? x.reply.n == 0 :
		    strcmp(x.reply.octets, line) == 0 &&
		    x.reply.n == sizeof(line) - 1);
		spared += x.reply.octets == NULL;
		reply_done(&x.reply);
	}
	ck_assert_uint_gt(spared, 0);
}
END_TEST

static int
read_basic(void *ctx, struct err *err)
{
	struct basic b = { .user = "" };
	int rc = intake_basic("Y2k6Y2x2X2E=", &b, err);

	fault_holds(rc == 0 ? strcmp(b.password, "clv_a") == 0 :
	    err->code == ENOMEMORY);
	return rc;
}

START_TEST(a_password_is_read_or_memory_is_out)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_basic, NULL), 1);
}
END_TEST

static int
begin_as_of(void *ctx, struct err *err)
{
	struct as_of a = { .path = NULL };
	int rc = as_of_init(&a, NULL, "/nonexistent", NULL, NULL, err);

	fault_holds((rc == 0) == (a.path != NULL));
	as_of_stop(&a);
	return rc;
}

START_TEST(a_replay_is_prepared_or_memory_is_out)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, begin_as_of, NULL), 1);
}
END_TEST

UNIT_MAIN("fault/api",
	UNIT(a_replay_is_prepared_or_memory_is_out)
	UNIT(a_line_for_an_EST_client_has_its_status)
	UNIT(a_password_is_read_or_memory_is_out)
	UNIT(what_comes_in_is_read_whole_or_refused)
	UNIT(the_document_is_whole_or_there_is_none)
	UNIT(what_goes_out_is_whole))
