/* Whatever is changed in a bundle is found. */
#include "config.h"

#include "tests/unit/bundle.h"

/* ---- every field, changed by a stranger: nobody signs it anew ---- */

/* Change the @n-th value below @j; how many there were before it in *at. */
static bool
flip(json_t *parent, const char *name, size_t index, json_t *j, size_t n,
    size_t *at)
{
	const char *k;
	json_t *v, *other = NULL;
	size_t i;

	json_object_foreach(j, k, v)
		if (flip(j, k, 0, v, n, at))
			return true;
	json_array_foreach(j, i, v)
		if (flip(j, NULL, i, v, n, at))
			return true;
	if (json_is_object(j) || json_is_array(j) || (*at)++ != n)
		return false;
	if (json_is_string(j)) {
		char *s = strdup(json_string_value(j));
		size_t last = strlen(s);

		if (last == 0)
			other = json_string("x");
		else {
			s[last - 1] = s[last - 1] == 'a' ? 'b' : 'a';
			other = json_string(s);
		}
		free(s);
	} else if (json_is_integer(j)) {
		other = json_integer(json_integer_value(j) + 1);
	} else {
		other = json_boolean(!json_is_true(j));
	}
	if (name != NULL)
		json_object_set_new(parent, name, other);
	else
		json_array_set_new(parent, index, other);
	return true;
}

/* The bundle with value @n of line @line changed; false: it has not so many. */
static bool
tampered(const struct blob *b, size_t line, size_t n, struct blob *ret)
{
	const char *from = blob_str(b), *to;
	size_t at = 0, i;
	json_t *doc;
	bool there;

	blob_clear(ret);
	for (i = 0; i < line; i++)
		from = strchr(from, '\n') + 1;
	to = strchr(from, '\n');
	unit_ok(json_read(from, (size_t)(to - from), &doc, &unit_err));
	there = flip(NULL, NULL, 0, doc, n, &at);
	unit_ok(blob_put(ret, b->data, (size_t)(from - blob_str(b)),
	    &unit_err));
	unit_ok(json_canonical(doc, ret, &unit_err));
	unit_ok(blob_puts(ret, to, &unit_err));
	json_decref(doc);
	return there;
}

static void
small_world(struct world *w)
{
	json_t *q;

	world_begin(w);
	world_key(w, "production");
	world_activate(w);
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "image", "1.0"));
	world_open(w, q, NULL);
	world_approve(w, q, 0);
	world_approve(w, q, 1);
	unit_ok(world_signed(w, q, true, 1, "ci", "image", "1.0", &unit_err));
	json_decref(q);
}

START_TEST(every_field_that_is_changed_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint, .threads = 1,
	    .no_proofs = true };
	struct blob b = { 0 }, bad = { 0 };
	size_t lines = 0, tried = 0;

	small_world(&w);
	bundle_write(&w, 0, NULL, &b);
	for (size_t i = 0; i < b.len; i++)
		lines += b.data[i] == '\n';
	for (size_t line = 0; line < lines; line++)
		for (size_t n = 0; tampered(&b, line, n, &bad); n++, tried++) {
			json_t *r = bundle_judge(bad.data, bad.len, &o);

			ck_assert_msg(!json_flag(r, "ok", true),
			    "line %zu value %zu: %s", line, n, blob_str(&bad));
			json_decref(r);
		}
	ck_assert_uint_gt(tried, 300);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

START_TEST(a_bundle_that_was_cut_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint, .no_proofs = true };
	struct blob b = { 0 };
	json_t *r;
	size_t cut;

	small_world(&w);
	bundle_write(&w, 0, NULL, &b);
	for (cut = 0; cut < b.len; cut += 97) {
		r = bundle_judge(b.data, cut, &o);
		ck_assert(!json_flag(r, "ok", true));
		json_decref(r);
	}
	unit_ok(blob_puts(&b, "{}\n", &unit_err));
	r = bundle_judge(b.data, b.len, &o);
	ck_assert(bundle_has(r, "bundle-format"));
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* ---- as if keeper and ledger key had been made to agree ---- */

/*
 * One value changed, by its path from the event, and the tree signed anew:
 * what only the rules of the house can find.
 */
static const struct {
	const char *why, *kind, *path, *value, *code;
} FORGED[] = {
	{ "an approval's signature is the officer's over these octets",
	    "request.approved", "data/approval/proof/signature",
	    "\"MEUCIQDx\"", "approval-proof" },
	{ "no approval in the vote", "request.approved", "data/approval", NULL,
	    "approval-proof" },
	{ "an approval by another than its key's holder",
	    "request.approved", "data/approval/proof/officer",
	    "\"officer-3\"", "approval-proof" },
	{ "a permit's approvals are counted anew",
	    "key.signed", "data/entry/permit_document/approvals/1", NULL,
	    "permit" },
	{ "another digest than was approved",
	    "key.signed", "data/entry/operation/digest/value",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "permit" },
	{ "another version than was approved",
	    "key.signed", "data/entry/operation/version", "\"9.0\"", "permit" },
	{ "another principal than asked",
	    "key.signed", "data/entry/operation/principal", "\"officer-1\"",
	    "permit" },
	{ "a production key called a development key",
	    "key.signed", "data/entry/facts/key.environment/value",
	    "\"development\"", "fact" },
	{ "a suspended key called active, or the other way",
	    "key.signed", "data/entry/facts/key.state/value", "\"suspended\"",
	    "fact" },
	{ "a key of which nobody says whether others hold it",
	    "key.signed", "data/entry/facts/key.exclusive", NULL, "fact" },
	{ "a highest version that is not the ledger's",
	    "key.signed", "data/entry/facts/artifact.highest-version/value",
	    "\"0.1\"", "fact" },
	{ "a weekday that is not the entry's time's",
	    "key.signed", "data/entry/facts/time.weekday/value", "\"xyz\"",
	    "fact" },
	{ "a decision without a time",
	    "key.signed", "data/entry/facts/time.of-day", NULL, "fact" },
	{ "a claim that nobody made",
	    "key.signed", "data/entry/facts/claim.tests",
	    "{\"from\":\"asserted\",\"value\":\"passed\"}", "fact" },
	{ "a highest version that was left out",
	    "key.signed", "data/entry/facts/artifact.highest-version", NULL,
	    "fact" },
	{ "a key whose making no keeper signed",
	    "key.generated", "data/entry/result/proof", NULL, "key-proof" },
	{ "a key whose making was signed for another request",
	    "key.generated", "data/entry/result/intent", "1", "key-proof" },
	{ "a key whose making was signed at another time",
	    "key.generated", "data/entry/result/decided",
	    "\"2026-11-20T00:00:00.000000Z\"", "key-proof" },
	{ "a rule of another name",
	    "key.signed", "data/entry/rule/name", "\"development-image\"",
	    "decision" },
	{ "a rule that the charter does not have",
	    "key.signed", "data/entry/rule/hash",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "decision" },
	{ "a use that was counted as another",
	    "key.signed", "data/entry/use", "2", "uses" },
	{ "a charter that was not in force",
	    "key.signed", "data/entry/charter",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "charter-chain" },
	{ "a journal entry that does not follow the one before",
	    "key.signed", "data/entry/prev",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "journal-chain" },
	{ "a signature that is not the key's",
	    "key.signed", "data/entry/result/signature", "\"MEUCIQDx\"",
	    "result" },
	{ "an event that names another request than its entry",
	    "key.signed", "data/request", "\"req_01j0000000000000000000000a\"",
	    "request" },
	{ "an event whose actor is not who used the key",
	    "key.signed", "actor", "\"officer-1\"", "journal-entry" },
	{ "an event whose subject is another key",
	    "key.signed", "subject", "\"fw\"", "journal-entry" },
	{ "an event of another kind than its entry",
	    "key.signed", "kind", "\"key.destroyed\"", "journal-entry" },
	{ "a public key that is not the hash's",
	    "key.generated", "data/entry/result/key",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "result" },
	{ "a key moved to a state it was not asked to",
	    "key.activated", "data/entry/result/to", "\"deactivated\"",
	    "key-state" },
	{ "a request that was opened under no charter of the house",
	    "request.opened", "data/charter",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "charter-chain" },
	{ "a request decided on facts that policy refuses",
	    "request.opened", "data/facts/principal.id/value", "\"nobody\"",
	    "decision" },
	{ "a request for another house",
	    "request.opened", "data/request/house",
	    "\"house_01j0000000000000000000000a\"", "request" },
	{ "a first charter that is not the genesis'",
	    "house.founded", "data/charter/name", "\"Other\"", "charter-chain" },
	{ "a time that goes back",
	    "key.signed", "time", "\"2020-01-01T00:00:00.000000Z\"",
	    "event-time" },
	{ "an event out of its place",
	    "key.signed", "seq", "77", "event-format" },
	{ "an event with a member nobody knows",
	    "key.signed", "more", "1", "event-format" },
};

START_TEST(what_the_rules_forbid_is_found_though_it_is_signed)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 }, bad = { 0 };
	json_t *r;
	char *text;

	small_world(&w);
	bundle_write(&w, 0, NULL, &b);
	bundle_forge(&w, &b, FORGED[_i].kind, FORGED[_i].path, FORGED[_i].value,
	    &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(bundle_has(r, FORGED[_i].code), "%s: %s",
	    FORGED[_i].why, text);
	ck_assert(!bundle_has(r, "ledger-root"));
	free(text);
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

START_TEST(a_quorum_of_one_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *q, *r;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	world_open(&w, q, NULL);
	world_approve(&w, q, 0);
	unit_ok(world_signed(&w, q, true, 1, "ci", "image", "1.0", &unit_err));
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_str_eq(bundle_first(r), "quorum");
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(a_second_use_of_one_permit_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *q, *r;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", NULL));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL, &unit_err));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL, &unit_err));
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert(bundle_has(r, "uses"));
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(a_use_of_a_key_that_is_not_active_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *q, *r;

	world_begin(&w);
	world_key(&w, "development");
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", NULL));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL, &unit_err));
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_str_eq(bundle_first(r), "key-state");
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(a_bundle_that_begins_later_says_what_it_cannot_tell)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r, *q;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", NULL));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL, &unit_err));
	bundle_write(&w, 6, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_gt(json_array_size(json_object_get(r, "unchecked")), 0);
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(another_houses_bundle_is_not_believed)
{
	struct world w;
	struct audit_options o = { .trust =
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" };
	struct blob b = { 0 };
	json_t *r;

	small_world(&w);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_str_eq(bundle_first(r), "genesis");
	ck_assert(!json_flag(r, "ok", true));
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit/tamper",
	UNIT(every_field_that_is_changed_is_found)
	UNIT(a_bundle_that_was_cut_is_found)
	UNIT_ROWS(what_the_rules_forbid_is_found_though_it_is_signed, FORGED)
	UNIT(a_quorum_of_one_is_found)
	UNIT(a_second_use_of_one_permit_is_found)
	UNIT(a_use_of_a_key_that_is_not_active_is_found)
	UNIT(a_bundle_that_begins_later_says_what_it_cannot_tell)
	UNIT(another_houses_bundle_is_not_believed))
