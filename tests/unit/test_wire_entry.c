#include "config.h"

#include "base/json.h"
#include "tests/unit/unit.h"
#include "wire/entry.h"

#define H0 "0000000000000000000000000000000000000000000000000000000000000000"
#define H1 "1111111111111111111111111111111111111111111111111111111111111111"
#define T1 "2026-11-21T08:15:30.000001Z"
#define HEAD(n, prev, op) \
	"\"charter\":\"" H1 "\",\"n\":" n ",\"op\":\"" op "\",\"prev\":\"" \
	prev "\""

static const struct {
	const char	*why;
	const char	*text;
	enum err_code	 code;
} ROWS[] = {
	{ "the first entry", "{" HEAD("1", "", "found")
	    ",\"result\":{},\"time\":\"" T1 "\"}", OK },
	{ "one in the middle", "{" HEAD("7", H0, "state")
	    ",\"result\":{},\"time\":\"" T1 "\"}", OK },
	{ "not canonical: a blank", "{ " HEAD("1", "", "found")
	    ",\"result\":{},\"time\":\"" T1 "\"}", EINPUT },
	{ "not canonical: names out of order", "{\"time\":\"" T1 "\","
	    HEAD("1", "", "found") ",\"result\":{}}", EINPUT },
	{ "the first entry follows nothing", "{" HEAD("1", H0, "found")
	    ",\"result\":{},\"time\":\"" T1 "\"}", ESCHEMA },
	{ "every other follows one", "{" HEAD("2", "", "found")
	    ",\"result\":{},\"time\":\"" T1 "\"}", ESCHEMA },
	{ "entries count from 1", "{" HEAD("0", "", "found")
	    ",\"result\":{},\"time\":\"" T1 "\"}", ERANGE_ },
	{ "an operation that is none", "{" HEAD("1", "", "burn")
	    ",\"result\":{},\"time\":\"" T1 "\"}", ESCHEMA },
	{ "a founding without its result", "{" HEAD("1", "", "found")
	    ",\"time\":\"" T1 "\"}", ESCHEMA },
	{ "a signature without permit and operation",
	    "{" HEAD("2", H0, "sign") ",\"request\":\"req_1\",\"result\":{},"
	    "\"time\":\"" T1 "\"}", ESCHEMA },
	{ "a closing names its permit and what was closed", "{\"charter\":\"" H1
	    "\",\"n\":2,\"op\":\"close\",\"operation\":{\"op\":\"close\"},"
	    "\"permit\":\"" H0 "\",\"prev\":\"" H0 "\",\"request\":\"req_1\","
	    "\"result\":{\"window\":\"req_2\"},\"time\":\"" T1 "\"}", OK },
	{ "a closing without permit and operation",
	    "{" HEAD("2", H0, "close") ",\"request\":\"req_1\",\"result\":{},"
	    "\"time\":\"" T1 "\"}", ESCHEMA },
	{ "a member that has no place", "{\"a\":1," HEAD("1", "", "found")
	    ",\"result\":{},\"time\":\"" T1 "\"}", ESCHEMA },
	{ "a hash in capitals", "{\"charter\":\""
	    "ABCDEF1111111111111111111111111111111111111111111111111111111111"
	    "\",\"n\":1,\"op\":\"found\",\"prev\":\"\",\"result\":{},"
	    "\"time\":\"" T1 "\"}", ESCHEMA },
	{ "a day that is none", "{" HEAD("1", "", "found")
	    ",\"result\":{},\"time\":\"2026-13-21T08:15:30.000001Z\"}",
	    EINPUT },
	{ "an array", "[]", ESCHEMA },
	{ "nothing", "", EINPUT },
};

START_TEST(an_entry_has_one_shape)
{
	AUTO(entry) *e = NULL;
	struct err err = { 0 };
	int rc = entry_read(ROWS[_i].text, strlen(ROWS[_i].text), &e, &err);

	ck_assert_msg(rc == -(int)ROWS[_i].code, "%s: %s (%s)", ROWS[_i].why,
	    err_code_name(err.code), err.what);
	if (rc == 0) {
		struct sha256 h = sha256_of(ROWS[_i].text,
		    strlen(ROWS[_i].text));

		ck_assert(sha256_equal(&h, &e->hash));
		unit_ok(entry_hash(e->json, &h, &unit_err));
		ck_assert(sha256_equal(&h, &e->hash));
	}
}
END_TEST

static json_t *
sign_members(void)
{
	json_t *j = json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s,s:s,s:s},s:i,"
	    "s:{s:s}}", "request", "req_1", "permit", H0, "rule", "name",
	    "production", "hash", H1, "operation", "op", "sign", "key", H1,
	    "principal", "ci", "use", 3, "result", "signature", "AAEC");

	ck_assert_ptr_nonnull(j);
	return j;
}

START_TEST(an_entry_reads_as_it_was_made)
{
	AUTO(entry) *e = NULL, *back = NULL;
	struct entry_head head = { 6, sha256_of("6", 1) };
	struct sha256 charter = sha256_of("c", 1), key;
	struct blob line = { 0 }, sig = { 0 };

	unit_ok(entry_make(&head, TIME_S(1), ENTRY_SIGN, &charter,
	    sign_members(), &e, &unit_err));
	unit_ok(entry_line(e, &line, &unit_err));
	unit_ok(entry_read(line.data, line.len, &back, &unit_err));
	ck_assert(sha256_equal(&e->hash, &back->hash));
	ck_assert_uint_eq(back->n, 7);
	ck_assert(sha256_equal(&back->prev, &head.hash));
	ck_assert(sha256_equal(&back->charter, &charter));
	ck_assert_int_eq(back->time, TIME_S(1));
	ck_assert_int_eq(back->op, ENTRY_SIGN);
	ck_assert_str_eq(back->request, "req_1");
	ck_assert_str_eq(back->rule, "production");
	ck_assert(back->has_permit && sha256_is_zero(&back->permit));
	ck_assert_int_eq(back->use, 3);
	ck_assert(back->permit_document == NULL && back->facts == NULL);
	ck_assert(entry_key(back, &key) && key.o[0] == 0x11);
	unit_ok(entry_signature(back, &sig, &unit_err));
	ck_assert_mem_eq(sig.data, "\0\1\2", 3);
	blob_done(&line);
	blob_done(&sig);
}
END_TEST

START_TEST(a_member_that_has_no_place_is_not_written)
{
	AUTO(entry) *e = NULL;
	struct entry_head head = { 0 };
	struct sha256 charter = sha256_of("c", 1);
	json_t *j = sign_members();

	(void)json_object_set_new(j, "because", json_string("I can"));
	unit_fails(entry_make(&head, 0, ENTRY_SIGN, &charter, j, &e,
	    &unit_err), ESCHEMA);
	unit_fails(entry_make(&head, 0, ENTRY_SIGN, &charter, NULL, &e,
	    &unit_err), ESCHEMA);
	unit_ok(entry_make(&head, 0, ENTRY_FOUND, &charter,
	    json_pack("{s:{}}", "result"), &e, &unit_err));
	unit_fails(entry_signature(e, NULL, &unit_err), ESCHEMA);
}
END_TEST

/* Five entries, each a microsecond after the one before. */
static json_t *
chain(void)
{
	struct entry_head head = { 0 };
	struct sha256 charter = sha256_of("c", 1);
	json_t *all = json_array();
	time_us last = 0;
	int i;

	for (i = 0; i < 5; i++) {
		AUTO(entry) *e = NULL;

		unit_ok(entry_make(&head, TIME_S(1) + i, ENTRY_STATE, &charter,
		    json_pack("{s:{s:i}}", "result", "i", i), &e, &unit_err));
		unit_ok(entry_check_next(e, &head, &last, &unit_err));
		(void)json_array_append(all, e->json);
	}
	ck_assert_uint_eq(head.n, 5);
	return all;
}

static int
count(void *ctx, const struct entry *e, struct err *err)
{
	unsigned *n = ctx;

	if (++*n != e->n)
		return err_set(err, EINTERNAL, "out of order");
	return *n == 4 ? err_set(err, ELIMIT, "enough") : 0;
}

START_TEST(a_chain_holds_from_any_head_of_it)
{
	AUTO_JSON *all = chain(), *rest = json_array();
	struct entry_head head = { 0 }, at2;
	time_us last = 0, last2;
	unsigned n = 0;
	size_t i;

	unit_ok(entry_check_chain(rest, &head, &last, NULL, NULL, &unit_err));
	for (i = 0; i < 2; i++)
		(void)json_array_append(rest, json_array_get(all, i));
	unit_ok(entry_check_chain(rest, &head, &last, NULL, NULL, &unit_err));
	at2 = head;
	last2 = last;
	(void)json_array_clear(rest);
	for (; i < 5; i++)
		(void)json_array_append(rest, json_array_get(all, i));
	unit_ok(entry_check_chain(rest, &at2, &last2, NULL, NULL, &unit_err));
	ck_assert_uint_eq(at2.n, 5);
	memset(&head, 0, sizeof(head));
	unit_fails(entry_check_chain(all, &head, NULL, count, &n, &unit_err),
	    ELIMIT);
	ck_assert_uint_eq(n, 4);
}
END_TEST

static const char *const BREAKS[] = {
	"an entry left out", "two exchanged", "a result changed",
	"a charter changed", "one twice", "a time set back", "none at all"
};

START_TEST(a_broken_chain_is_seen)
{
	AUTO_JSON *all = chain();
	json_t *two = json_array_get(all, 2);
	struct entry_head head = { 0 };
	time_us last = 0;

	switch (_i) {
	case 0:
		(void)json_array_remove(all, 2);
		break;
	case 1:
		json_incref(two);
		(void)json_array_remove(all, 2);
		(void)json_array_insert_new(all, 3, two);
		break;
	case 2:
		(void)json_object_set_new(json_object_get(two, "result"), "i",
		    json_integer(9));
		break;
	case 3:
		(void)json_object_set_new(two, "charter", json_string(H0));
		break;
	case 4:
		(void)json_array_insert(all, 2, two);
		break;
	case 5:
		last = TIME_S(2);
		break;
	default:
		json_decref(all);
		all = json_string("all of them");
		unit_fails(entry_check_chain(all, &head, &last, NULL, NULL,
		    &unit_err), ESCHEMA);
		return;
	}
	ck_assert_msg(entry_check_chain(all, &head, &last, NULL, NULL,
	    &unit_err) == -(int)EVERIFY, "%s", BREAKS[_i]);
}
END_TEST

UNIT_MAIN("wire/entry",
	UNIT_ROWS(an_entry_has_one_shape, ROWS)
	UNIT(an_entry_reads_as_it_was_made)
	UNIT(a_member_that_has_no_place_is_not_written)
	UNIT(a_chain_holds_from_any_head_of_it)
	UNIT_ROWS(a_broken_chain_is_seen, BREAKS))
