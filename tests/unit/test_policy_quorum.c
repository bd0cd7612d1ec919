#include "config.h"

#include "tests/unit/ballot.h"

#define GENERATE "{'name':'k','class':'firmware-signing','algorithm':" \
	"'ec-p256','scheme':'ecdsa-sha256','environment':'production'," \
	"'products':['lock']}"

static const struct {
	const char	*why, *rule, *requester, *votes;
	int		 rc;
	unsigned	 have;
} VOTES[] = {
	{ "nobody has voted", "production-image", "ci", "", -EQUORUM, 0 },
	{ "one of two", "production-image", "ci", "a0", -EQUORUM, 1 },
	{ "two of two", "production-image", "ci", "a0 a1", 0, 2 },
	{ "the order does not matter", "production-image", "ci", "a2 a0", 0, 2 },
	{ "the same officer twice is one", "production-image", "ci", "a0 a0",
	    -EQUORUM, 1 },
	{ "one outside the group is none", "production-image", "ci", "a0 a3",
	    -EQUORUM, 1 },
	{ "a third adds nothing", "production-image", "ci", "a0 a1 a2", 0, 2 },
	{ "one rejection closes it", "production-image", "ci", "a0 a1 x2",
	    -EREJECTED, 2 },
	{ "a rejection alone", "production-image", "ci", "x1", -EREJECTED, 0 },
	{ "who may not approve may not reject", "production-image", "ci",
	    "a0 a1 x3", 0, 2 },
	{ "a request's signature is no approval", "production-image", "ci",
	    "a0 r1", -EQUORUM, 1 },
	{ "a person's request is signed", "new-key", "officer-1", "r0 a1 a2",
	    0, 2 },
	{ "a person's request that is not", "new-key", "officer-1", "a1 a2",
	    -EPROOF, 2 },
	{ "a person's request signed by another", "new-key", "officer-1",
	    "r1 a1 a2", -EPROOF, 2 },
	{ "who asks does not count", "new-key", "officer-1", "r0 a0 a1",
	    -EQUORUM, 1 },
	{ "who asks does not reject either, but cancels", "new-key",
	    "officer-1", "r0 x0 a1 a2", 0, 2 },
	{ "somebody else of the house asks", "new-key", "release-lead",
	    "r3 a0 a2", 0, 2 },
};

START_TEST(people_are_counted)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    VOTES[_i].rule);
	bool sign = strcmp(VOTES[_i].rule, "production-image") == 0;
	AUTO(request) *r = request_of(HOUSE, REQ, sign ? ACTION_KEY_SIGN :
	    ACTION_KEY_GENERATE, VOTES[_i].requester, sign ? SIGN_PARAMETERS :
	    GENERATE);
	struct approval *a[8];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW + 1,
	    .approval_n = votes_of(VOTES[_i].votes, r, c, rule, a) };
	struct quorum q = { 0 };
	struct err e = { 0 };
	int rc = quorum_check(&ask, &q, &e);

	ck_assert_msg(rc == VOTES[_i].rc, "%s: %d %s", VOTES[_i].why, rc,
	    e.what);
	ck_assert_msg(q.have == VOTES[_i].have && q.need == 2,
	    "%s: %u of %u", VOTES[_i].why, q.have, q.need);
	ck_assert_uint_eq(q.counted_n, q.have);
	votes_free(a, ask.approval_n);
}
END_TEST

START_TEST(a_tool_s_owner_counts_as_asking)
{
	AUTO(charter) *c = charter_but("roster", "tools", "ci",
	    "{'owners':['officer-1']}");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct approval *a[3];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW };
	struct quorum q;

	ask.approval_n = votes_of("a0 a1", r, c, rule, a);
	unit_fails(quorum_check(&ask, &q, &unit_err), EQUORUM);
	ck_assert_uint_eq(q.have, 1);
	a[2] = vote_of_officer(r, c, rule, 2, VOTE_APPROVE);
	ask.approval_n = 3;
	unit_ok(quorum_check(&ask, &q, &unit_err));
	ask.approval_n = 0;
	unit_fails(quorum_add_check(&ask, a[0], &unit_err), EDENIED);
	votes_free(a, 3);
}
END_TEST

/* --- several clauses: each person for one of them, as many as can be --- */

#define CLAUSE(n, group) "{'count':" n ",'of':'" group "'," \
	"'within':'PT4H','proof':['officer-key']}"

static const struct {
	const char	*why, *approvals, *votes;
	int		 rc;
	unsigned	 have;
} CLAUSES[] = {
	{ "one for each of two groups", CLAUSE("1", "release-officers") ","
	    CLAUSE("1", "release-leads"), "a0 a3", 0, 2 },
	{ "two of one group are one of two groups",
	    CLAUSE("1", "release-officers") "," CLAUSE("1", "release-leads"),
	    "a0 a1", -EQUORUM, 1 },
	{ "who is in both moves over for who is in one",
	    CLAUSE("1", "release-officers") "," CLAUSE("1", "pair"), "a0 a2",
	    0, 2 },
	{ "the same in the other order",
	    CLAUSE("1", "pair") "," CLAUSE("1", "release-officers"), "a2 a0",
	    0, 2 },
	{ "one person is not two, though in both",
	    CLAUSE("1", "release-officers") "," CLAUSE("1", "pair"), "a0 a0",
	    -EQUORUM, 1 },
	{ "a chain of three moves", CLAUSE("1", "everybody") ","
	    CLAUSE("1", "release-officers") "," CLAUSE("1", "pair"),
	    "a0 a2 a3", 0, 3 },
	{ "a chain of three, one missing", CLAUSE("1", "everybody") ","
	    CLAUSE("1", "release-officers") "," CLAUSE("1", "pair"),
	    "a2 a3", -EQUORUM, 2 },
	{ "two clauses of one group need two times the people",
	    CLAUSE("1", "pair") "," CLAUSE("1", "pair"), "a0 a1", 0, 2 },
};

static struct charter *
charter_of_clauses(const char *approvals)
{
	AUTO(charter) *shipped = charter_shipped("quickstart");
	AUTO_JSON *j = json_deep_copy(charter_json(shipped)), *list;
	json_t *rule, *groups;
	struct charter *c = NULL;
	char text[800];

	groups = json_object_get(json_object_get(j, "roster"), "groups");
	json_object_set_new(groups, "pair",
	    json_text("['officer-1','officer-2']"));
	json_object_set_new(groups, "everybody", json_text(
	    "['officer-1','officer-2','officer-3','release-lead']"));
	(void)snprintf(text, sizeof(text), "[%s]", approvals);
	list = json_text(text);
	rule = json_array_get(json_object_get(json_object_get(json_object_get(
	    j, "classes"), "firmware-signing"), "rules"), 0);
	json_object_set(rule, "approvals", list);
	/* Amending needs as many people as the strongest class. */
	rule = json_array_get(json_object_get(json_object_get(j, "access"),
	    "rules"), 0);
	json_object_set_new(rule, "approvals", json_text("[{'count':3,'of':"
	    "'everybody','within':'P1D','proof':['officer-key']}]"));
	unit_ok(charter_from_json(j, &c, &unit_err));
	return c;
}

START_TEST(each_person_counts_for_one_clause)
{
	AUTO(charter) *c = charter_of_clauses(CLAUSES[_i].approvals);
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct approval *a[8];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW,
	    .approval_n = votes_of(CLAUSES[_i].votes, r, c, rule, a) };
	struct quorum q = { 0 };
	struct err e = { 0 };
	int rc = quorum_check(&ask, &q, &e);
	AUTO_JSON *may = quorum_may_still(&ask, &q);
	unsigned sum = 0;
	size_t i;

	ck_assert_msg(rc == CLAUSES[_i].rc, "%s: %d %s", CLAUSES[_i].why, rc,
	    e.what);
	ck_assert_msg(q.have == CLAUSES[_i].have, "%s: %u", CLAUSES[_i].why,
	    q.have);
	for (i = 0; i < q.clause_n; i++) {
		ck_assert_uint_le(q.clause[i].have, q.clause[i].need);
		sum += q.clause[i].have;
	}
	ck_assert_uint_eq(sum, q.have);
	ck_assert_int_eq(json_array_size(may) == 0, rc == 0);
	votes_free(a, ask.approval_n);
}
END_TEST

/* --- one more vote --- */

static const struct {
	const char	*why, *rule, *requester, *present, *vote;
	int		 rc;
} ADDED[] = {
	{ "a first approval", "production-image", "ci", "", "a0", 0 },
	{ "a second one", "production-image", "ci", "a0", "a1", 0 },
	{ "the same person again", "production-image", "ci", "a0", "a0",
	    -EEXISTS },
	{ "a change of mind", "production-image", "ci", "a0", "x0", -EEXISTS },
	{ "a rejection", "production-image", "ci", "a0", "x1", 0 },
	{ "somebody outside the group", "production-image", "ci", "", "a3",
	    -EDENIED },
	{ "a rejection from outside", "production-image", "ci", "", "x3",
	    -EDENIED },
	{ "who asks signs", "new-key", "officer-1", "", "r0", 0 },
	{ "who asks approves", "new-key", "officer-1", "r0", "a0", -EDENIED },
	{ "another signs for who asks", "new-key", "officer-1", "", "r1",
	    -EDENIED },
	{ "after the request's signature", "new-key", "officer-1", "r0", "a1",
	    0 },
};

START_TEST(a_vote_is_taken_or_not)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    ADDED[_i].rule);
	bool sign = strcmp(ADDED[_i].rule, "production-image") == 0;
	AUTO(request) *r = request_of(HOUSE, REQ, sign ? ACTION_KEY_SIGN :
	    ACTION_KEY_GENERATE, ADDED[_i].requester, sign ? SIGN_PARAMETERS :
	    GENERATE);
	struct approval *a[8], *more[1];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW,
	    .approval_n = votes_of(ADDED[_i].present, r, c, rule, a) };
	struct err e = { 0 };
	int rc;

	(void)votes_of(ADDED[_i].vote, r, c, rule, more);
	rc = quorum_add_check(&ask, more[0], &e);
	ck_assert_msg(rc == ADDED[_i].rc, "%s: %s", ADDED[_i].why, e.what);
	votes_free(a, ask.approval_n);
	votes_free(more, 1);
}
END_TEST

/* --- who may still, who could ever --- */

START_TEST(it_says_who_may_still_approve)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "new-key");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_GENERATE,
	    "officer-1", GENERATE);
	struct approval *a[2];
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .now = NOW,
	    .approval_n = votes_of("r0 a1", r, c, rule, a) };
	AUTO_JSON *may = NULL, *want = json_text("[{'group':"
	    "'release-officers','need':2,'have':1,'officers':['officer-3']}]");
	struct quorum q;

	unit_fails(quorum_check(&ask, &q, &unit_err), EQUORUM);
	may = quorum_may_still(&ask, &q);
	ck_assert(json_equal(may, want));
	votes_free(a, 2);
}
END_TEST

START_TEST(it_says_whether_a_quorum_can_ever_be)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "new-key");
	const struct roster *ro = charter_roster(c);
	const struct principal *one = roster_find(ro, "officer-1");
	const struct principal *two = roster_find(ro, "officer-2");
	const struct principal *lead = roster_find(ro, "release-lead");

	ck_assert(quorum_possible(c, rule, one, NULL));
	ck_assert(!quorum_possible(c, rule, one, two));
	ck_assert(quorum_possible(c, rule, lead, two));
	ck_assert(quorum_possible(c, rule, NULL, two));
}
END_TEST

/* --- the cache --- */

struct cache {
	struct sha256	 name;
	unsigned	 asked, told;
	bool		 lies;
};

static bool
cache_known(void *ctx, const struct sha256 *proof)
{
	struct cache *k = ctx;

	k->asked++;
	return k->told > 0 && sha256_equal(proof, &k->name);
}

static void
cache_remember(void *ctx, const struct sha256 *proof)
{
	struct cache *k = ctx;

	k->told++;
	k->name = *proof;
}

START_TEST(a_proof_is_verified_once)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	const struct rule *rule = rule_called(c, "firmware-signing",
	    "production-image");
	AUTO(request) *r = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	struct cache k = { .asked = 0 };
	struct approval *a[1] = { vote_of_officer(r, c, rule, 0,
	    VOTE_APPROVE) };
	struct quorum_ask ask = { .charter = c, .rule = rule, .house = HOUSE,
	    .request = r, .approval = a, .approval_n = 1, .now = NOW,
	    .known = cache_known, .remember = cache_remember, .ctx = &k };
	struct quorum q;

	unit_fails(quorum_check(&ask, &q, &unit_err), EQUORUM);
	unit_fails(quorum_check(&ask, &q, &unit_err), EQUORUM);
	ck_assert_uint_eq(k.asked, 2);
	ck_assert_uint_eq(k.told, 1);
	/* Another signature is another name, and a bad one is not remembered. */
	a[0]->signature[a[0]->signature_n - 1] ^= 1;
	unit_fails(quorum_check(&ask, &q, &unit_err), EPROOF);
	ck_assert_uint_eq(k.told, 1);
	votes_free(a, 1);
}
END_TEST

UNIT_MAIN("policy/quorum",
	UNIT_ROWS(people_are_counted, VOTES)
	UNIT(a_tool_s_owner_counts_as_asking)
	UNIT_ROWS(each_person_counts_for_one_clause, CLAUSES)
	UNIT_ROWS(a_vote_is_taken_or_not, ADDED)
	UNIT(it_says_who_may_still_approve)
	UNIT(it_says_whether_a_quorum_can_ever_be)
	UNIT(a_proof_is_verified_once))
