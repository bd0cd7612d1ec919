/* Who asked: signed by them, whatever became of the request. */
#include "config.h"

#include "tests/unit/bundle.h"

static json_t *
judged(struct world *w, const struct blob *b)
{
	struct audit_options o = { .trust = w->fingerprint };

	return bundle_judge(b->data, b->len, &o);
}

/* A request that a person made and that nobody decided. */
static void
pending_world(struct world *w)
{
	json_t *q;

	world_begin(w);
	world_key(w, "development");
	q = world_request(w, ACTION_KEY_DESTROY, "release-lead", world_json(
	    "{s:s, s:s}", "key", w->key, "key_name", "fw"));
	world_open(w, q, NULL);
	json_decref(q);
}

static const struct {
	const char *why, *path, *value;
} FORGED[] = {
	{ "a request that its requester did not sign",
	    "data/requester_proof", NULL },
	{ "a request whose requester's proof is nothing",
	    "data/requester_proof", "\"yes\"" },
	{ "a signature that is none",
	    "data/requester_proof/proof/signature", "\"MEUCIQDx\"" },
	{ "another's proof", "data/requester_proof/proof/officer",
	    "\"officer-1\"" },
	{ "an approval in the place of a request",
	    "data/requester_proof/statement/verdict", "\"approve\"" },
	{ "a statement about other parameters",
	    "data/requester_proof/statement/parameters",
	    "\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\"" },
};

START_TEST(what_nobody_asked_for_is_found_though_it_was_never_used)
{
	struct world w;
	struct blob b = { 0 }, bad = { 0 };
	json_t *r;
	char *text;

	pending_world(&w);
	bundle_write(&w, 0, NULL, &b);
	r = judged(&w, &b);
	bundle_good(r);
	json_decref(r);
	bundle_forge(&w, &b, "request.opened", FORGED[_i].path,
	    FORGED[_i].value, &bad);
	r = judged(&w, &bad);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(strcmp(bundle_first(r), "approval-proof") == 0, "%s: %s",
	    FORGED[_i].why, text);
	free(text);
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

/* One that was approved, and denied by then. */
static void
denied_world(struct world *w)
{
	struct decision d;
	json_t *q, *data, *facts;

	world_begin(w);
	world_key(w, "production");
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "image", "1.0"));
	world_open(w, q, NULL);
	world_approve(w, q, 0);
	facts = world_facts(w, q, "ci", NULL, &d);
	data = world_json("{s:s, s:s, s:O, s:{s:s}, s:o, s:s}", "request",
	    json_str(q, "id", ""), "action", "key.sign", "parameters",
	    json_object_get(q, "parameters"), "explanation", "verdict",
	    "allow", "facts", facts, "reason", "an older version");
	world_event(w, EVENT_REQUEST_DENIED, "ci", json_str(q, "id", ""), data,
	    NULL);
	json_decref(q);
}

static const struct {
	const char *why, *path, *value;
} MISDENIED[] = {
	{ "another asked", "actor", "\"officer-1\"" },
	{ "another action", "data/action", "\"key.destroy\"" },
	{ "other parameters", "data/parameters/version", "\"2.0\"" },
	{ "another subject", "subject", "\"fw\"" },
	{ "one that nobody opened", "data/request",
	    "\"req_01m7y1f9k630bdzajhk4mykf5s\"" },
};

START_TEST(what_was_approved_is_denied_as_what_it_is)
{
	struct world w;
	struct blob b = { 0 }, bad = { 0 };
	json_t *r;

	denied_world(&w);
	bundle_write(&w, 0, NULL, &b);
	r = judged(&w, &b);
	bundle_good(r);
	json_decref(r);
	bundle_forge(&w, &b, "request.denied", MISDENIED[_i].path,
	    MISDENIED[_i].value, &bad);
	r = judged(&w, &bad);
	ck_assert_msg(strcmp(bundle_first(r), "request") == 0, "%s: %s",
	    MISDENIED[_i].why, bundle_first(r));
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

/* Their own approval, rightly signed, says not that they asked. */
START_TEST(an_approval_is_no_request)
{
	struct world w;
	struct blob b = { 0 }, bad = { 0 };
	json_t *q, *proof, *r;
	char *text;

	world_begin(&w);
	world_key(&w, "development");
	q = world_request(&w, ACTION_KEY_DESTROY, "officer-1", world_json(
	    "{s:s, s:s}", "key", w.key, "key_name", "fw"));
	world_open(&w, q, NULL);
	proof = world_approval(&w, q, 0, VOTE_APPROVE);
	text = json_dumps(proof, 0);
	bundle_write(&w, 0, NULL, &b);
	bundle_forge(&w, &b, "request.opened", "data/requester_proof", text,
	    &bad);
	r = judged(&w, &bad);
	ck_assert_str_eq(bundle_first(r), "approval-proof");
	free(text);
	json_decref(r);
	json_decref(proof);
	json_decref(q);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

/* The charter in force, whose officers let nobody in alone. */
static json_t *
careful(struct world *w)
{
	json_t *doc = world_renamed(w, "Careful"), *rules, *rule;
	size_t i;

	rules = json_object_get(json_object_get(doc, "access"), "rules");
	json_array_foreach(rules, i, rule)
		if (strcmp(json_str(rule, "name", ""), "credentials") == 0) {
			json_object_set_new(rule, "approvals", world_json(
			    "[{s:i, s:s, s:[s], s:s, s:[s]}]", "count", 1,
			    "of", "release-officers", "not", "requester",
			    "within", "P1D", "proof", "officer-key"));
			json_object_set_new(rule, "permits", world_json(
			    "{s:i, s:s}", "uses", 1, "for", "P1D"));
		}
	return doc;
}

#define HASH \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* No keeper performs it, so its permit is made of what the ledger tells. */
START_TEST(what_a_person_asked_for_and_the_service_did_is_judged_with_their_proof)
{
	struct world w;
	struct blob b = { 0 };
	struct decision d;
	json_t *q, *facts, *r;
	const char *id;

	world_begin(&w);
	world_amend_to(&w, careful(&w), 2);
	q = world_request(&w, ACTION_CREDENTIAL_ISSUE, "release-lead",
	    world_json("{s:s, s:s, s:s, s:s}", "principal", "ci", "type",
	    "token", "expires", "2099-01-01T00:00:00.000000Z", "hash", HASH));
	id = json_str(q, "id", "");
	world_open(&w, q, NULL);
	world_approve(&w, q, 0);
	facts = world_facts(&w, q, "release-lead", NULL, &d);
	world_event(&w, EVENT_CREDENTIAL_ISSUED, "release-lead",
	    "cred_01j0000000000000000000000a", world_json("{s:s, s:o, s:{s:s,"
	    " s:s, s:s, s:s, s:s, s:s}}", "request", id, "facts", facts,
	    "credential", "id", "cred_01j0000000000000000000000a", "principal",
	    "ci", "type", "token", "hash", HASH, "created",
	    "2026-11-21T00:00:00.000000Z", "expires",
	    "2099-01-01T00:00:00.000000Z"), NULL);
	bundle_write(&w, 0, NULL, &b);
	r = judged(&w, &b);
	bundle_good(r);
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit/asked",
	UNIT_ROWS(what_was_approved_is_denied_as_what_it_is, MISDENIED)
	UNIT_ROWS(what_nobody_asked_for_is_found_though_it_was_never_used, FORGED)
	UNIT(an_approval_is_no_request)
	UNIT(what_a_person_asked_for_and_the_service_did_is_judged_with_their_proof))
