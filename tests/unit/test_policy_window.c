/* What a window allows, and what it proves of its uses. */
#include "config.h"

#include "policy/window.h"
#include "tests/unit/ballot.h"

#define WINDOW	"'keys':[{'key':'" HEX_A "','key_name':'k'}],'by':['ci']," \
	"'uses':10,'from':'2026-11-21T08:00:00.000000Z'," \
	"'until':'2026-11-21T16:00:00.000000Z'"

static const struct {
	const char	*why, *change;	/* of a good window's parameters */
	enum err_code	 code;
} BOUNDS[] = {
	{ "all that the rule permits", "{'uses':1000000}", OK },
	{ "a use more", "{'uses':1000001}", EDENIED },
	{ "a day", "{'until':'2026-11-22T08:00:00.000000Z'}", OK },
	{ "a microsecond more",
	    "{'until':'2026-11-22T08:00:00.000001Z'}", EDENIED },
	{ "an end before its beginning",
	    "{'until':'2026-11-21T07:59:59.999999Z'}", EDENIED },
	{ "no time at all", "{'until':'2026-11-21T08:00:00.000000Z'}",
	    EDENIED },
};

START_TEST(a_window_stays_within_its_rule)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO_JSON *p = members(WINDOW ",'any_digest':true");
	AUTO_JSON *change = json_text(BOUNDS[_i].change);
	struct err e = { 0 };
	int rc;

	json_object_update(p, change);
	rc = window_bounds(rule_called(c, "firmware-signing",
	    "development-window"), p, &e);
	ck_assert_msg(rc == -(int)BOUNDS[_i].code, "%s: %s", BOUNDS[_i].why,
	    e.what);
}
END_TEST

START_TEST(a_blank_cheque_needs_the_charter_s_word)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *r = rule_called(c, "firmware-signing",
	    "production-window");
	AUTO_JSON *blank = members(WINDOW ",'any_digest':true");
	AUTO_JSON *listed = members(WINDOW ",'digests':['" HEX_A "']");

	unit_fails(window_bounds(r, blank, &unit_err), EDENIED);
	unit_ok(window_bounds(r, listed, &unit_err));
}
END_TEST

#define LISTED	WINDOW ",'digests':['" HEX_B "'],'product':'lock'," \
	"'track':'main'"
#define OPEN	NOW + TIME_S(60)

static const struct {
	const char	*why, *window, *principal, *key, *digest, *product,
			*track;
	time_us		 now;
	enum err_code	 code;
} USES[] = {
	{ "what it is for", LISTED, "ci", HEX_A, HEX_B, "lock", "main", OPEN,
	    OK },
	{ "at its first moment", LISTED, "ci", HEX_A, HEX_B, "lock", "main",
	    NOW, OK },
	{ "before it opens", LISTED, "ci", HEX_A, HEX_B, "lock", "main",
	    NOW - 1, EDENIED },
	{ "at its end", LISTED, "ci", HEX_A, HEX_B, "lock", "main",
	    NOW + TIME_S(8 * 3600), EEXPIRED },
	{ "in its last moment", LISTED, "ci", HEX_A, HEX_B, "lock", "main",
	    NOW + TIME_S(8 * 3600) - 1, OK },
	{ "by somebody else", LISTED, "officer-1", HEX_A, HEX_B, "lock",
	    "main", OPEN, EDENIED },
	{ "with another key", LISTED, "ci", HEX_B, HEX_B, "lock", "main",
	    OPEN, EDENIED },
	{ "of another digest", LISTED, "ci", HEX_A, HEX_A, "lock", "main",
	    OPEN, EDENIED },
	{ "for another product", LISTED, "ci", HEX_A, HEX_B, "gateway",
	    "main", OPEN, EDENIED },
	{ "for no product", LISTED, "ci", HEX_A, HEX_B, NULL, "main", OPEN,
	    EDENIED },
	{ "on another track", LISTED, "ci", HEX_A, HEX_B, "lock", "lts",
	    OPEN, EDENIED },
	{ "any digest", WINDOW ",'any_digest':true", "ci", HEX_A, HEX_A,
	    "lock", "lts", OPEN, OK },
	{ "any digest, no product", WINDOW ",'any_digest':true", "ci", HEX_A,
	    HEX_A, NULL, NULL, OPEN, OK },
};

START_TEST(each_use_is_one_that_the_window_is_for)
{
	char text[2000];
	struct sha256 key;
	struct window_use use = { .key = &key, .now = USES[_i].now,
	    .principal = USES[_i].principal, .digest = USES[_i].digest,
	    .product = USES[_i].product, .track = USES[_i].track };
	struct err e = { 0 };
	int rc;

	(void)snprintf(text, sizeof(text), "{%s}", USES[_i].window);
	AUTO(request) *w = request_of(HOUSE, REQ, ACTION_WINDOW_OPEN,
	    "officer-1", text);
	unit_ok(sha256_parse(USES[_i].key, &key, &unit_err));
	rc = window_use_check(w, &use, &e);
	ck_assert_msg(rc == -(int)USES[_i].code, "%s: %s", USES[_i].why,
	    e.what);
}
END_TEST

/* People read names; the hash is what signs. */
START_TEST(a_window_is_for_keys_by_their_names)
{
	AUTO(request) *w = request_of(HOUSE, REQ, ACTION_WINDOW_OPEN,
	    "officer-1", "{" LISTED "}");
	struct sha256 key;
	struct window_use use = { .key = &key, .principal = "ci",
	    .digest = HEX_B, .product = "lock", .track = "main", .now = OPEN };

	unit_ok(sha256_parse(HEX_A, &key, &unit_err));
	use.key_name = "k";
	unit_ok(window_use_check(w, &use, &unit_err));
	use.key_name = "k2";
	unit_fails(window_use_check(w, &use, &unit_err), EPROOF);
	use.key_name = NULL;
	unit_ok(window_use_check(w, &use, &unit_err));
	/* Nor where its own name stands beside. */
	AUTO(request) *two = request_of(HOUSE, REQ, ACTION_WINDOW_OPEN,
	    "officer-1", "{'keys':[{'key':'" HEX_A
	    "','key_name':'k2'},{'key':'" HEX_A "','key_name':'k'}],'by':['ci'],"
	    "'uses':5,'from':'2026-11-21T08:00:00.000000Z',"
	    "'until':'2026-11-21T16:00:00.000000Z','digests':['" HEX_B "']}");
	use.key_name = "k";
	unit_fails(window_use_check(two, &use, &unit_err), EPROOF);
}
END_TEST

START_TEST(a_signature_s_request_is_no_window)
{
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 key = r->key;
	struct window_use use = { .key = &key, .principal = "ci",
	    .digest = HEX_B, .now = OPEN };

	unit_fails(window_use_check(r, &use, &unit_err), EDENIED);
}
END_TEST

static const struct {
	const char	*why, *window, *fact;
	size_t		 approvals;	/* clauses of its rule */
	bool		 proves;
} PROVES[] = {
	{ "a product that was approved", LISTED, "artifact.product", 1, true },
	{ "a track that was", LISTED, "artifact.track", 1, true },
	{ "no window names a version", LISTED, "artifact.version", 1, false },
	{ "nobody approved it", LISTED, "artifact.product", 0, false },
	{ "a window for any", WINDOW ",'any_digest':true", "artifact.product",
	    1, false },
	{ "another fact of that name", LISTED, "claim.product", 1, false },
};

START_TEST(a_window_proves_what_it_was_approved_for_alone)
{
	char text[2000];
	struct rule rule = { .approvals_n = PROVES[_i].approvals };
	AUTO(request) *sign = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);

	(void)snprintf(text, sizeof(text), "{%s}", PROVES[_i].window);
	AUTO(request) *w = request_of(HOUSE, REQ, ACTION_WINDOW_OPEN,
	    "officer-1", text);
	ck_assert_msg(window_proves(w, &rule, PROVES[_i].fact) ==
	    PROVES[_i].proves, "%s", PROVES[_i].why);
	ck_assert(!window_proves(sign, &rule, PROVES[_i].fact));
}
END_TEST

UNIT_MAIN("policy/window",
	UNIT_ROWS(a_window_stays_within_its_rule, BOUNDS)
	UNIT(a_blank_cheque_needs_the_charter_s_word)
	UNIT_ROWS(each_use_is_one_that_the_window_is_for, USES)
	UNIT(a_window_is_for_keys_by_their_names)
	UNIT(a_signature_s_request_is_no_window)
	UNIT_ROWS(a_window_proves_what_it_was_approved_for_alone, PROVES))
