#include "config.h"

#include "tests/unit/ballot.h"

static const struct {
	const char	*why, *member, *value;
	enum err_code	 code;
} FORGED[] = {
	{ "another house", "house", "'" OTHER_HOUSE "'", EHOUSE },
	{ "no house", "house", NULL, EHOUSE },
	{ "another request", "request", "'" OTHER_REQ "'", EPROOF },
	{ "another action", "action", "'key.destroy'", EPROOF },
	{ "another key", "key", "'" HEX_B "'", EPROOF },
	{ "no key", "key", "''", EPROOF },
	{ "other parameters: another digest", "parameters", "'" HEX_A "'",
	    EPROOF },
	{ "a charter of nobody", "charter", "'" HEX_A "'", EPROOF },
	{ "another rule", "rule", "{'name':'production-image','hash':'" HEX_A
	    "'}", EPROOF },
	{ "a rule of another name", "rule", "{'name':'x','hash':'" HEX_A "'}",
	    EPROOF },
	{ "another requester", "requester", "'officer-3'", EPROOF },
	{ "made at another time", "created", "'2026-11-21T07:00:00.000000Z'",
	    EPROOF },
	{ "good for longer", "expires", "'2027-11-21T08:00:00.000000Z'",
	    EPROOF },
	{ "another format", "format", "'claviger/approval/v2'", EPROOF },
	{ "a member too many", "note", "'and so on'", EPROOF },
	{ "a member too few", "expires", NULL, EPROOF },
	{ "a checkpoint without a root", "checkpoint", "{'size':3}", ESCHEMA },
	{ "no checkpoint at all", "checkpoint", NULL, EPROOF },
};

START_TEST(an_approval_is_for_one_request_only)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 h = charter_hash(c);
	struct approval *a[2] = { vote_of_officer(r, c, rule, 1,
	    VOTE_APPROVE) };
	AUTO_JSON *s = NULL;
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW, .approval_n = 2 };
	struct quorum q;

	unit_ok(statement_build(r, &h, rule->name, &rule->hash, VOTE_APPROVE,
	    NULL, &s, &unit_err));
	if (FORGED[_i].value == NULL)
		json_object_del(s, FORGED[_i].member);
	else
		json_object_set_new(s, FORGED[_i].member,
		    json_text(FORGED[_i].value));
	a[1] = vote_by(s, officer_id[0], officer_key[0], NULL);
	unit_fails(quorum_check(&ask, &q, &unit_err), FORGED[_i].code);
	ask.approval_n = 1;
	unit_fails(quorum_add_check(&ask, a[1], &unit_err), FORGED[_i].code);
	votes_free(a, 2);
}
END_TEST

START_TEST(a_checkpoint_is_the_approver_s_own)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 h = charter_hash(c);
	AUTO_JSON *seen = json_text("{'size':7,'root':'" HEX_A "'}"), *s = NULL;
	struct approval *a[2] = { vote_of_officer(r, c, rule, 1,
	    VOTE_APPROVE) };
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW, .approval_n = 2 };
	struct quorum q;

	unit_ok(statement_build(r, &h, rule->name, &rule->hash, VOTE_APPROVE,
	    seen, &s, &unit_err));
	a[1] = vote_by(s, officer_id[0], officer_key[0], NULL);
	unit_ok(quorum_check(&ask, &q, &unit_err));
	votes_free(a, 2);
}
END_TEST

/* The statement is right, and the signature is not by who it says. */
START_TEST(a_signature_is_by_the_officer_s_own_key)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 h = charter_hash(c);
	struct approval *good = vote_of_officer(r, c, rule, 0, VOTE_APPROVE);
	struct approval *a[1];
	AUTO_JSON *s = NULL;
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW, .approval_n = 1 };
	struct quorum q;

	unit_ok(statement_build(r, &h, rule->name, &rule->hash, VOTE_APPROVE,
	    NULL, &s, &unit_err));
	/* officer-2 signs in officer-1's name and with that credential. */
	a[0] = vote_by(s, officer_id[0], officer_key[1], &good->credential);
	unit_fails(quorum_check(&ask, &q, &unit_err), EPROOF);
	ask.approval_n = 0;
	unit_fails(quorum_add_check(&ask, a[0], &unit_err), EPROOF);
	approval_free(a[0]);
	/* officer-2's own credential in officer-1's name. */
	a[0] = vote_by(s, officer_id[0], officer_key[1], NULL);
	unit_fails(quorum_add_check(&ask, a[0], &unit_err), EPROOF);
	ask.approval_n = 1;
	unit_fails(quorum_check(&ask, &q, &unit_err), EQUORUM);
	ck_assert_uint_eq(q.have, 0);
	approval_free(a[0]);
	/* A passkey's proof with a key that is none. */
	json_object_set_new(json_object_get(good->json, "proof"), "type",
	    json_string("passkey"));
	unit_ok(approval_read(good->json, &a[0], &unit_err));
	unit_fails(quorum_check(&ask, &q, &unit_err), EPROOF);
	approval_free(a[0]);
	approval_free(good);
}
END_TEST

START_TEST(a_flipped_bit_verifies_nowhere)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct approval *a[1] = { vote_of_officer(r, c, rule, 0,
	    VOTE_APPROVE) };
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW };
	size_t i;

	for (i = 0; i < a[0]->signature_n; i++) {
		a[0]->signature[i] ^= 1;
		unit_fails(quorum_add_check(&ask, a[0], &unit_err), EPROOF);
		a[0]->signature[i] ^= 1;
	}
	unit_ok(quorum_add_check(&ask, a[0], &unit_err));
	votes_free(a, 1);
}
END_TEST

/* --- time --- */

static const struct {
	const char	*why;
	time_us		 after;		/* NOW */
	int		 check, add;
} TIMES[] = {
	{ "in the minute before it was made: clocks differ", -TIME_S(59), 0,
	    0 },
	{ "more than a minute before it was made", -TIME_S(61), -EPROOF,
	    -EPROOF },
	{ "at once", 0, 0, 0 },
	{ "at its end", TIME_S(4 * 3600), 0, 0 },
	{ "after its end it takes no more approvals", TIME_S(4 * 3600) + 1, 0,
	    -EEXPIRED },
	{ "but may be used for as long as the rule permits",
	    TIME_S(5 * 3600), 0, -EEXPIRED },
	{ "and then no more", TIME_S(5 * 3600) + 1, -EEXPIRED, -EEXPIRED },
};

START_TEST(a_request_has_its_time)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct approval *a[3];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW + TIMES[_i].after };
	struct quorum q;
	struct err e = { 0 };
	int rc;

	(void)votes_of("a0 a1 a2", r, c, rule, a);
	ask.approval_n = 2;
	rc = quorum_check(&ask, &q, &e);
	ck_assert_msg(rc == TIMES[_i].check, "%s: %s", TIMES[_i].why, e.what);
	rc = quorum_add_check(&ask, a[2], &e);
	ck_assert_msg(rc == TIMES[_i].add, "%s: %s", TIMES[_i].why, e.what);
	votes_free(a, 3);
}
END_TEST

START_TEST(another_house_s_request_is_refused)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(OTHER_HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct approval *a[2];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW,
	    .approval_n = votes_of("a0 a1", r, c, rule, a) };
	struct quorum q;

	unit_fails(quorum_check(&ask, &q, &unit_err), EHOUSE);
	votes_free(a, 2);
}
END_TEST

START_TEST(who_asks_is_somebody_of_the_roster)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "mallory",
	    SIGN_PARAMETERS);
	struct approval *a[2];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW,
	    .approval_n = votes_of("a0 a1", r, c, rule, a) };
	struct quorum q;

	unit_fails(quorum_check(&ask, &q, &unit_err), EDENIED);
	votes_free(a, 2);
}
END_TEST

/* The rule lets a request wait for four hours; this one says five. */
START_TEST(a_request_waits_no_longer_than_its_rule_lets_it)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO_JSON *p = json_text(SIGN_PARAMETERS), *j = NULL;
	AUTO(request) *r = NULL;
	struct approval *a[2];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .approval = a, .now = NOW };
	struct quorum q;

	unit_ok(request_build(HOUSE, REQ, ACTION_KEY_SIGN, "ci", p, NOW,
	    NOW + TIME_S(5 * 3600), &j, &unit_err));
	unit_ok(request_read(j, &r, &unit_err));
	ask.request = r;
	ask.approval_n = votes_of("a0 a1", r, c, rule, a);
	unit_fails(quorum_check(&ask, &q, &unit_err), EDENIED);
	votes_free(a, 2);
}
END_TEST

/* --- amendments between approval and use --- */

START_TEST(an_approval_outlives_an_amendment_that_leaves_its_rule)
{
	AUTO(charter) *old = charter_shipped("quickstart");
	AUTO(charter) *new = charter_but("roster", "groups", "release-leads",
	    "['release-lead','officer-1']");
	const struct rule *rule = rule_called(old, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 earlier = charter_hash(old);
	struct approval *a[2];
	struct quorum_ask ask = { .charter = new, .house = HOUSE, .request = r,
	    .rule = rule_called(new, "firmware-signing", "production-image"),
	    .approval = a, .now = NOW,
	    .approval_n = votes_of("a0 a1", r, old, rule, a) };
	struct quorum q;

	unit_fails(quorum_check(&ask, &q, &unit_err), EPROOF);
	ask.earlier = &earlier;
	ask.earlier_n = 1;
	unit_ok(quorum_check(&ask, &q, &unit_err));
	votes_free(a, 2);
}
END_TEST

START_TEST(an_approval_does_not_outlive_its_rule)
{
	AUTO(charter) *old = charter_shipped("quickstart"), *new = NULL;
	AUTO_JSON *j = json_deep_copy(charter_json(old));
	const struct rule *rule = rule_called(old, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 earlier = charter_hash(old);
	struct approval *a[2];
	struct quorum_ask ask = { .house = HOUSE, .request = r, .approval = a,
	    .now = NOW, .earlier = &earlier, .earlier_n = 1,
	    .approval_n = votes_of("a0 a1", r, old, rule, a) };
	struct quorum q;

	json_object_set_new(json_array_get(json_object_get(json_object_get(
	    json_object_get(j, "classes"), "firmware-signing"), "rules"), 0),
	    "why", json_string("Another reason."));
	unit_ok(charter_from_json(j, &new, &unit_err));
	ask.charter = new;
	ask.rule = rule_called(new, "firmware-signing", "production-image");
	unit_fails(quorum_check(&ask, &q, &unit_err), EPROOF);
	votes_free(a, 2);
}
END_TEST

START_TEST(who_has_left_counts_no_more)
{
	AUTO(charter) *old = charter_shipped("quickstart"), *new = NULL;
	AUTO_JSON *j = json_deep_copy(charter_json(old));
	const struct rule *rule = rule_called(old, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct sha256 earlier = charter_hash(old);
	json_t *roster = json_object_get(j, "roster");
	struct approval *a[2];
	struct quorum_ask ask = { .house = HOUSE, .request = r, .approval = a,
	    .now = NOW, .earlier = &earlier, .earlier_n = 1,
	    .approval_n = votes_of("a0 a1", r, old, rule, a) };
	struct quorum q;

	json_object_del(json_object_get(roster, "persons"), "officer-1");
	json_object_set_new(json_object_get(roster, "groups"),
	    "release-officers",
	    json_text("['officer-2','officer-3','release-lead']"));
	json_object_set_new(json_object_get(roster, "tools"), "ci",
	    json_text("{'owners':['officer-3']}"));
	unit_ok(charter_from_json(j, &new, &unit_err));
	ask.charter = new;
	ask.rule = rule_called(new, "firmware-signing", "production-image");
	unit_fails(quorum_check(&ask, &q, &unit_err), EQUORUM);
	ck_assert_uint_eq(q.have, 1);
	ck_assert_str_eq(q.counted[0], "officer-2");
	votes_free(a, 2);
}
END_TEST

UNIT_MAIN("policy/approval",
	UNIT_ROWS(an_approval_is_for_one_request_only, FORGED)
	UNIT(a_checkpoint_is_the_approver_s_own)
	UNIT(a_signature_is_by_the_officer_s_own_key)
	UNIT(a_flipped_bit_verifies_nowhere)
	UNIT_ROWS(a_request_has_its_time, TIMES)
	UNIT(another_house_s_request_is_refused)
	UNIT(who_asks_is_somebody_of_the_roster)
	UNIT(a_request_waits_no_longer_than_its_rule_lets_it)
	UNIT(an_approval_outlives_an_amendment_that_leaves_its_rule)
	UNIT(an_approval_does_not_outlive_its_rule)
	UNIT(who_has_left_counts_no_more))
