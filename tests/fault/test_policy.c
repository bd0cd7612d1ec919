/*
 * Policy without memory, and with an OpenSSL that fails: a charter, permit or
 * explanation is there whole or not at all, and no quorum is met by accident.
 */
#include "config.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "policy/decide.h"
#include "policy/diff.h"
#include "policy/genesis.h"
#include "policy/simulate.h"
#include "tests/fault/fault.h"
#include "tests/unit/ballot.h"

/* --- OpenSSL: the N-th of these calls fails --- */

static unsigned countdown;	/* 0: nothing fails */
static bool fired;

static bool
due(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	fired = true;
	return true;
}

#define WRAP(type, name, failed, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return due() ? (failed) : __real_##name args; \
	}

WRAP(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
WRAP(int, EVP_DigestVerifyInit, 0, (EVP_MD_CTX *c, EVP_PKEY_CTX **p,
    const EVP_MD *m, ENGINE *e, EVP_PKEY *k), (c, p, m, e, k))
WRAP(int, EVP_DigestVerify, -1, (EVP_MD_CTX *c, const unsigned char *s,
    size_t n, const unsigned char *t, size_t m), (c, s, n, t, m))
WRAP(int, EVP_DigestSignInit, 0, (EVP_MD_CTX *c, EVP_PKEY_CTX **p,
    const EVP_MD *m, ENGINE *e, EVP_PKEY *k), (c, p, m, e, k))
WRAP(int, EVP_DigestSign, 0, (EVP_MD_CTX *c, unsigned char *s, size_t *n,
    const unsigned char *t, size_t m), (c, s, n, t, m))
WRAP(EVP_PKEY *, d2i_PUBKEY, NULL, (EVP_PKEY **k, const unsigned char **p,
    long n), (k, p, n))
WRAP(int, i2d_PUBKEY, 0, (const EVP_PKEY *k, unsigned char **p), (k, p))
WRAP(BIO *, BIO_new_mem_buf, NULL, (const void *p, int n), (p, n))
WRAP(EVP_PKEY *, PEM_read_bio_PUBKEY, NULL, (BIO *b, EVP_PKEY **k,
    pem_password_cb *f, void *u), (b, k, f, u))

/* Each call into OpenSSL fails once, and is never taken for a success. */
static unsigned
each_call(fault_scenario *scenario, void *ctx)
{
	struct err err;
	unsigned nth;
	int rc;

	for (nth = 1;; nth++) {
		memset(&err, 0, sizeof(err));
		fired = false;
		countdown = nth;
		rc = scenario(ctx, &err);
		countdown = 0;
		if (!fired) {
			ck_assert_msg(rc == 0, "no call failed, but: %s",
			    err.what);
			return nth - 1;
		}
		ck_assert_msg(rc < 0 && rc == -(int)err.code,
		    "call %u failed and %d was returned", nth, rc);
		ck_assert_msg(err.what[0] != '\0', "call %u failed without "
		    "words", nth);
	}
}

/* --- scenarios --- */

static int
read_folder(void *ctx, struct err *err)
{
	AUTO(charter) *c = NULL;
	struct findings f;
	int rc;

	findings_init(&f);
	rc = charter_from_files(folder_file, folder_n, &c, &f, err);
	fault_holds((rc == 0) == (c != NULL));
	fault_holds((rc == -ECHARTER) == (f.errors > 0));
	findings_done(&f);
	return rc;
}

START_TEST(a_folder_is_read_whole_or_not)
{
	folder_read("quickstart");
	folder_officers();
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_folder, NULL), 200);
	ck_assert_uint_ge(each_call(read_folder, NULL), 8);
	folder_free();
	officers_free();
}
END_TEST

/* Refusing is the success here; memory must not be blamed on the author. */
static int
refuse_folder(void *ctx, struct err *err)
{
	AUTO(charter) *c = NULL;
	AUTO_JSON *list = NULL;
	struct findings f;
	int rc;

	findings_init(&f);
	rc = charter_from_files(folder_file, folder_n, &c, &f, err);
	fault_holds(c == NULL && rc != 0);
	if (rc == -ECHARTER) {
		fault_holds(f.errors >= 2);
		list = findings_json(&f);
		rc = list != NULL ? 0 : err_set(err, ENOMEMORY, "findings");
	}
	findings_done(&f);
	return rc;
}

START_TEST(want_of_memory_is_no_finding)
{
	folder_read("quickstart");
	folder_officers();
	folder_change("classes/firmware-signing.yaml", "count: 2", "count: 9");
	folder_change("access.yaml", "count: 2", "count: 9");
	ck_assert_uint_ge(fault_each(FAULT_ALL, refuse_folder, NULL), 200);
	folder_free();
	officers_free();
}
END_TEST

struct court {
	const struct charter *c;
	const struct rule *rule;
	struct approval *vote[3];
	struct request *request;
};

static int
count_votes(void *ctx, struct err *err)
{
	struct court *w = ctx;
	struct quorum_ask ask = { .charter = w->c, .rule = w->rule,
	    .house = HOUSE, .request = w->request, .approval = w->vote,
	    .approval_n = 2, .now = NOW + 1 };
	struct quorum q = { 0 };
	AUTO_JSON *may = NULL;

	TRY(quorum_check(&ask, &q, err));
	fault_holds(q.have == 2 && q.counted_n == 2);
	ask.approval_n = 1;
	TRY(quorum_add_check(&ask, w->vote[1], err));
	q.clause[0].have = q.counted_n = 0;
	may = quorum_may_still(&ask, &q);
	return may != NULL ? 0 : err_set(err, ENOMEMORY, "who may still");
}

static int
carry_permit(void *ctx, struct err *err)
{
	struct court *w = ctx;
	AUTO(permit) *p = NULL;
	AUTO_JSON *list = json_array(), *j = NULL;
	int rc;

	if (list == NULL || json_array_append(list, w->vote[0]->json) != 0 ||
	    json_array_append(list, w->vote[1]->json) != 0)
		return err_set(err, ENOMEMORY, "a list");
	TRY(permit_build(w->request->json, list, &j, err));
	rc = permit_read(j, &p, err);
	fault_holds((rc == 0) == (p != NULL));
	fault_holds(p == NULL || p->approval_n == 2);
	return rc;
}

static int
sign_statement(void *ctx, struct err *err)
{
	struct court *w = ctx;
	struct sha256 charter = charter_hash(w->c), key;
	AUTO_JSON *s = NULL, *a = NULL;
	struct blob octets = { 0 }, sig = { 0 };
	int rc;

	TRY(statement_build(w->request, &charter, w->rule->name,
	    &w->rule->hash, VOTE_APPROVE, NULL, &s, err));
	TRY(statement_check(s, w->request, &charter, w->rule->name,
	    &w->rule->hash, err));
	key = charter;
	rc = json_canonical(s, &octets, err);
	if (rc == 0)
		rc = proof_sign(officer_key[0], octets.data, octets.len, &sig,
		    err);
	if (rc == 0)
		rc = approval_build(s, "officer-1", &key, sig.data, sig.len,
		    &a, err);
	fault_holds((rc == 0) == (a != NULL));
	blob_done(&octets);
	blob_done(&sig);
	return rc;
}

START_TEST(no_quorum_is_met_by_accident)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	struct court w = { .c = c };

	w.rule = rule_called(c, "firmware-signing", "production-image");
	w.request = request_of(HOUSE, REQ, ACTION_KEY_SIGN, "ci",
	    SIGN_PARAMETERS);
	ck_assert_uint_eq(votes_of("a0 a1", w.request, c, w.rule, w.vote), 2);
	ck_assert_uint_ge(fault_each(FAULT_ALL, count_votes, &w), 10);
	ck_assert_uint_ge(each_call(count_votes, &w), 9);
	ck_assert_uint_ge(fault_each(FAULT_ALL, carry_permit, &w), 10);
	ck_assert_uint_ge(fault_each(FAULT_ALL, sign_statement, &w), 10);
	ck_assert_uint_ge(each_call(sign_statement, &w), 3);
	votes_free(w.vote, 2);
	request_free(w.request);
	officers_free();
}
END_TEST

static int
tell(void *ctx, struct err *err)
{
	const struct charter *c = ctx;
	AUTO(facts) *f = NULL, *again = NULL;
	AUTO_JSON *why = NULL, *plain = NULL, *who = NULL, *leave = NULL;
	struct decision d;

	TRY(facts_new(&f, err));
	TRY(facts_str(f, "principal.id", "ci", PROVEN, err));
	TRY(facts_str(f, "key.environment", "production", PROVEN, err));
	TRY(facts_str(f, "key.class", "firmware-signing", PROVEN, err));
	TRY(facts_str(f, "claim.ticket", "A-7", ASSERTED, err));
	TRY(facts_set(f, "key.products", (const char *const[]){ "a", "b" }, 2,
	    PROVEN, err));
	TRY(facts_time(f, NOW, PROVEN, err));
	policy_decide(c, ACTION_KEY_SIGN, NULL, f, &d);
	fault_holds(d.verdict == DENY && d.why == WHY_REQUIRE);
	why = decision_explain(&d, f);
	plain = facts_json(f);
	if (why == NULL || plain == NULL)
		return err_set(err, ENOMEMORY, "an explanation");
	TRY(facts_from_json(plain, &again, err));
	TRY(policy_authority(c, f, &leave, err));
	fault_holds(json_array_size(leave) == 1);
	return policy_who_can(c, f, &who, err);
}

static int
compare(void *ctx, struct err *err)
{
	struct charter **c = ctx;
	AUTO_JSON *diff = NULL;
	int rc = charter_diff(c[0], c[1], &diff, err);

	fault_holds((rc == 0) == (diff != NULL));
	return rc;
}

START_TEST(what_is_told_is_told_whole)
{
	AUTO(charter) *a = charter_shipped("quickstart");
	AUTO(charter) *b = charter_shipped("connected-products");
	struct charter *both[2] = { a, b };

	ck_assert_uint_ge(fault_each(FAULT_ALL, tell, a), 50);
	ck_assert_uint_ge(fault_each(FAULT_ALL, compare, both), 50);
	officers_free();
}
END_TEST

static int
simulate(void *ctx, struct err *err)
{
	const struct charter *c = ctx;
	AUTO_JSON *past = NULL, *answer = NULL;

	TRY(json_build(&past, err, "[{s:s, s:{s:{s:s, s:s}, s:{s:s, s:s}}, "
	    "s:s}]", "id", "1", "facts",
	    "action", "value", "house.read", "from", "proven",
	    "principal.id", "value", "ci", "from", "proven",
	    "verdict", "deny"));
	TRY(policy_simulate(c, past, &answer, err));
	fault_holds(json_array_size(json_object_get(answer, "changed")) == 1);
	return 0;
}

START_TEST(the_past_is_decided_again_or_not)
{
	AUTO(charter) *c = charter_shipped("quickstart");

	ck_assert_uint_ge(fault_each(FAULT_ALL, simulate, c), 20);
	officers_free();
}
END_TEST

struct birth {
	const struct charter *c;
	struct blob spki;
};

static int
found(void *ctx, struct err *err)
{
	struct birth *w = ctx;
	AUTO_JSON *j = NULL, *token = NULL, *sig = NULL;
	AUTO(genesis) *g = NULL;
	struct sha256 law = charter_hash(w->c);

	TRY(json_build(&token, err, "{s:s, s:s, s:s, s:s}", "label", "l",
	    "manufacturer", "m", "model", "o", "serial", "s"));
	TRY(genesis_build(HOUSE, NOW, &law, w->spki.data, w->spki.len,
	    w->spki.data, w->spki.len, token, &j, err));
	TRY(genesis_read(j, &g, err));
	TRY(genesis_sign(g, "officer-1", officer_key[0], &sig, err));
	return genesis_signature_check(g, w->c, sig, err);
}

START_TEST(a_genesis_is_signed_and_believed_or_not)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	struct birth w = { .c = c };

	unit_ok(proof_spki_of(officer_key[0], &w.spki, &unit_err));
	ck_assert_uint_ge(fault_each(FAULT_ALL, found, &w), 20);
	ck_assert_uint_ge(each_call(found, &w), 8);
	blob_done(&w.spki);
	officers_free();
}
END_TEST

UNIT_MAIN("fault/policy",
	tcase_set_timeout(tc, 900);
	UNIT(a_folder_is_read_whole_or_not)
	UNIT(want_of_memory_is_no_finding)
	UNIT(no_quorum_is_met_by_accident)
	UNIT(what_is_told_is_told_whole)
	UNIT(the_past_is_decided_again_or_not)
	UNIT(a_genesis_is_signed_and_believed_or_not))
