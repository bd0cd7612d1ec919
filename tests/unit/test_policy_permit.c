#include "config.h"

#include "tests/unit/ballot.h"

/* --- what is signed, octet for octet --- */

#define RULE	"1111111111111111111111111111111111111111111111111111111111111111"
#define CHARTER	"2222222222222222222222222222222222222222222222222222222222222222"
#define ROOT	"3333333333333333333333333333333333333333333333333333333333333333"
/* SHA-256 of the canonical SIGN_PARAMETERS. */
#define SIGN_HASH "7b94f660143d43855f81af5a01b9b57f0cb5ae5d22891bc8a7f789b7565e97d9"
/* And of the amendment below. */
#define AMEND_HASH "8345b3f88d3307a80724c034267a6a8179654fb721baeed74d27e24a08abeea3"

static json_t *
statement_of(const struct request *r, enum vote v, const json_t *checkpoint)
{
	struct sha256 rule, charter;
	json_t *s = NULL;

	unit_ok(sha256_parse(RULE, &rule, &unit_err));
	unit_ok(sha256_parse(CHARTER, &charter, &unit_err));
	unit_ok(statement_build(r, &charter, "production-image", &rule, v,
	    checkpoint, &s, &unit_err));
	return s;
}

static void
is_octet_for_octet(const json_t *j, const char *want)
{
	struct blob b = { 0 };

	unit_ok(json_canonical(j, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), want);
	blob_done(&b);
}

START_TEST(a_statement_has_these_octets)
{
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	AUTO_JSON *s = statement_of(r, VOTE_APPROVE, NULL);

	is_octet_for_octet(s, "{\"action\":\"key.sign\",\"charter\":\"" CHARTER
	    "\",\"checkpoint\":{},\"created\":\"2026-11-21T08:00:00.000000Z\","
	    "\"expires\":\"2026-11-21T12:00:00.000000Z\",\"format\":"
	    "\"claviger/approval/v1\",\"house\":\"" HOUSE "\",\"key\":\"" HEX_A
	    "\",\"parameters\":\"" SIGN_HASH "\",\"request\":\"" REQ
	    "\",\"requester\":\"ci\",\"rule\":{\"hash\":\"" RULE
	    "\",\"name\":\"production-image\"},\"verdict\":\"approve\"}");
}
END_TEST

START_TEST(a_statement_without_a_key_has_these)
{
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_CHARTER_AMEND,
	    "officer-1", "{'charter':'" HEX_A "','previous':'" HEX_B "'}");
	AUTO_JSON *seen = json_text("{'root':'" ROOT "','size':41}");
	AUTO_JSON *s = statement_of(r, VOTE_REJECT, seen);

	is_octet_for_octet(s, "{\"action\":\"charter.amend\",\"charter\":\""
	    CHARTER "\",\"checkpoint\":{\"root\":\"" ROOT "\",\"size\":41},"
	    "\"created\":\"2026-11-21T08:00:00.000000Z\","
	    "\"expires\":\"2026-11-21T12:00:00.000000Z\",\"format\":"
	    "\"claviger/approval/v1\",\"house\":\"" HOUSE "\",\"key\":\"\","
	    "\"parameters\":\"" AMEND_HASH "\",\"request\":\"" REQ
	    "\",\"requester\":\"officer-1\",\"rule\":{\"hash\":\"" RULE
	    "\",\"name\":\"production-image\"},\"verdict\":\"reject\"}");
}
END_TEST

/* --- requests --- */

static const struct {
	const char	*why, *member, *value;
	enum err_code	 code;
} REQUESTS[] = {
	{ "another format", "format", "'claviger/request/v2'", ESCHEMA },
	{ "a house that is none", "house", "'house_1'", EINPUT },
	{ "a house for a request", "id", "'" HOUSE "'", EINPUT },
	{ "no action of ours", "action", "'key.steal'", ESCHEMA },
	{ "nobody", "requester", "''", ERANGE_ },
	{ "who is no name", "requester", "'Anna B'", EINPUT },
	{ "parameters of another action", "parameters", "{}", ESCHEMA },
	{ "no text", "created", "5", ESCHEMA },
	{ "no time", "created", "'2026-11-21 08:00:00.000000Z'", EINPUT },
	{ "an end before its beginning", "expires",
	    "'2026-11-21T07:00:00.000000Z'", ERANGE_ },
	{ "an end at its beginning", "expires",
	    "'2026-11-21T08:00:00.000000Z'", ERANGE_ },
	{ "a member too many", "more", "true", ESCHEMA },
	{ "a member too few", "expires", NULL, ESCHEMA },
};

START_TEST(a_request_is_read_or_refused)
{
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	AUTO_JSON *j = json_deep_copy(r->json);
	struct request *no = NULL;
	struct err e = { 0 };
	int rc;

	if (REQUESTS[_i].value == NULL)
		json_object_del(j, REQUESTS[_i].member);
	else
		json_object_set_new(j, REQUESTS[_i].member,
		    json_text(REQUESTS[_i].value));
	rc = request_read(j, &no, &e);
	ck_assert_msg(rc == -(int)REQUESTS[_i].code, "%s: %s (%s)",
	    REQUESTS[_i].why, err_code_name(e.code), e.what);
	ck_assert_ptr_null(no);
}
END_TEST

START_TEST(a_request_says_what_it_is_about)
{
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	AUTO(request) *w = request_of(HOUSE, REQ, ACTION_WINDOW_CLOSE, "ci",
	    "{'window':'" REQ "'}");
	char hex[SHA256_HEX];

	ck_assert(r->has_key);
	sha256_hex(&r->key, hex);
	ck_assert_str_eq(hex, HEX_A);
	ck_assert_str_eq(request_key_name(r), "k");
	ck_assert_int_eq(r->expires - r->created, TIME_S(4 * 3600));
	ck_assert(!w->has_key);
	ck_assert_ptr_null(request_key_name(w));
}
END_TEST

/* --- approvals and permits --- */

static json_t *
approval_json(size_t officer)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	AUTO(approval) *a = vote_of_officer(r, c, rule_called(c,
	    "firmware-signing", "production-image"), officer, VOTE_APPROVE);

	return json_deep_copy(a->json);
}

static const struct {
	const char	*why, *part, *member, *value;
	enum err_code	 code;
} APPROVALS[] = {
	{ "a verdict that is none", "statement", "verdict", "'maybe'",
	    ESCHEMA },
	{ "no charter", "statement", "charter", NULL, ESCHEMA },
	{ "a kind of proof that is none", "proof", "type", "'password'",
	    ESCHEMA },
	{ "an officer who is no name", "proof", "officer", "'A B'", EINPUT },
	{ "a credential that is no hash", "proof", "credential", "'ab'",
	    ERANGE_ },
	{ "a signature that is no base64", "proof", "signature", "'!!!!'",
	    EINPUT },
	{ "a signature without padding", "proof", "signature", "'QUJDR'",
	    EINPUT },
	{ "no signature", "proof", "signature", NULL, ESCHEMA },
	{ "a member too many", "proof", "more", "1", ESCHEMA },
};

START_TEST(an_approval_is_read_or_refused)
{
	AUTO_JSON *j = approval_json(0);
	json_t *part = json_object_get(j, APPROVALS[_i].part);
	struct approval *no = NULL;
	struct err e = { 0 };
	int rc;

	if (APPROVALS[_i].value == NULL)
		json_object_del(part, APPROVALS[_i].member);
	else
		json_object_set_new(part, APPROVALS[_i].member,
		    json_text(APPROVALS[_i].value));
	rc = approval_read(j, &no, &e);
	ck_assert_msg(rc == -(int)APPROVALS[_i].code, "%s: %s (%s)",
	    APPROVALS[_i].why, err_code_name(e.code), e.what);
	ck_assert_ptr_null(no);
}
END_TEST

static struct permit *
permit_of(const char *order)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO_JSON *all = json_array(), *j = NULL;
	struct permit *p = NULL;
	struct approval *a;

	for (; *order != '\0'; order++) {
		a = vote_of_officer(r, c, rule, (size_t)(*order - '0'),
		    VOTE_APPROVE);
		json_array_append(all, a->json);
		approval_free(a);
	}
	unit_ok(permit_build(r->json, all, &j, &unit_err));
	unit_ok(permit_read(j, &p, &unit_err));
	return p;
}

START_TEST(a_permit_has_one_order)
{
	AUTO(permit) *p = permit_of("201");
	struct sha256 h;
	size_t i;

	ck_assert_uint_eq(p->approval_n, 3);
	for (i = 0; i < 3; i++)
		ck_assert_str_eq(p->approval[i]->officer, officer_id[i]);
	unit_ok(json_hash(permit_json(p), &h, &unit_err));
	ck_assert(sha256_equal(&h, &p->hash));
}
END_TEST

START_TEST(another_order_or_a_double_is_refused)
{
	AUTO(permit) *p = permit_of("01");
	AUTO_JSON *j = json_deep_copy(permit_json(p));
	json_t *list = json_object_get(j, "approvals");
	struct permit *no = NULL;
	json_t *first = json_incref(json_array_get(list, 0));

	json_array_remove(list, 0);
	json_array_append(list, first);
	unit_fails(permit_read(j, &no, &unit_err), EINPUT);
	json_array_insert(list, 0, first);
	json_array_remove(list, 2);
	json_array_insert(list, 1, first);
	unit_fails(permit_read(j, &no, &unit_err), EINPUT);
	json_decref(first);
	ck_assert_ptr_null(no);
}
END_TEST

START_TEST(a_permit_without_approvals_is_one)
{
	AUTO(permit) *p = permit_of("");

	ck_assert_uint_eq(p->approval_n, 0);
	ck_assert_str_eq(p->request->id, REQ);
}
END_TEST

START_TEST(a_permit_of_another_format_is_none)
{
	AUTO(permit) *p = permit_of("0");
	AUTO_JSON *j = json_deep_copy(permit_json(p));
	struct permit *no = NULL;

	json_object_set_new(j, "format", json_string("claviger/permit/v9"));
	unit_fails(permit_read(j, &no, &unit_err), ESCHEMA);
	json_object_del(j, "format");
	unit_fails(permit_read(j, &no, &unit_err), ESCHEMA);
}
END_TEST

UNIT_MAIN("policy/permit",
	UNIT(a_statement_has_these_octets)
	UNIT(a_statement_without_a_key_has_these)
	UNIT_ROWS(a_request_is_read_or_refused, REQUESTS)
	UNIT(a_request_says_what_it_is_about)
	UNIT_ROWS(an_approval_is_read_or_refused, APPROVALS)
	UNIT(a_permit_has_one_order)
	UNIT(another_order_or_a_double_is_refused)
	UNIT(a_permit_without_approvals_is_one)
	UNIT(a_permit_of_another_format_is_none))
