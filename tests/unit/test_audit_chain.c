/* The charters that a later bundle brings along, and where each was in force. */
#include "config.h"

#include "tests/unit/bundle.h"

#define SINCE	13	/* behind both amendments */

static void
amended_world(struct world *w, size_t approvals)
{
	json_t *q;

	world_begin(w);
	world_key(w, "development");
	world_amend_to(w, world_renamed(w, "Second"), approvals);
	world_amend_to(w, world_renamed(w, "Third"), 2);
	/* Events under the new charter, so that the chain is needed. */
	q = world_request(w, ACTION_KEY_DESTROY, "release-lead", world_json(
	    "{s:s, s:s}", "key", w->key, "key_name", "fw"));
	world_open(w, q, NULL);
	world_activate(w);
	json_decref(q);
}

#define OTHER_HASH \
	"\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""

/* Each row damages the chain of three charters. */
static const struct {
	const char *why, *path, *value;
} CHAIN[] = {
	{ "a first charter of another house", "0/charter/name", "\"x\"" },
	{ "a first charter with more beside it", "0/event", "{}" },
	{ "a charter that is not the event's in the ledger",
	    "1/event/data/charter/name", "\"x\"" },
	{ "an amendment without its event", "1/event", NULL },
	{ "an amendment with one approval fewer",
	    "1/event/data/entry/permit_document/approvals/0", NULL },
	{ "an amendment of another charter",
	    "1/event/data/entry/result/previous", "\"\"" },
	{ "an amendment without its inclusion", "1/inclusion", NULL },
	{ "a proof with another hash", "2/inclusion/proof/0", OTHER_HASH },
	{ "a proof with a hash fewer", "2/inclusion/proof/0", NULL },
	{ "a proof for another leaf", "2/inclusion/index", "3" },
	{ "a proof in another tree", "2/inclusion/size", "12" },
	{ "an amendment with more beside it", "1/permit", "{}" },
	{ "a chain without its beginning", "0", NULL },
	{ "a chain without its middle", "1", NULL },
	{ "a chain without its end", "2", NULL },
	{ "no chain at all", "", "[]" },
};

START_TEST(a_damaged_chain_of_charters_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r, *chain;
	char *text;

	amended_world(&w, 2);
	chain = bundle_chain(&w, SINCE);
	ck_assert_uint_eq(json_array_size(chain), 3);
	if (CHAIN[_i].path[0] == '\0')
		json_array_clear(chain);
	else
		bundle_put(chain, CHAIN[_i].path, CHAIN[_i].value);
	bundle_write(&w, SINCE, chain, &b);
	r = bundle_judge(b.data, b.len, &o);
	text = json_pretty(r);
	ck_assert_msg(bundle_has(r, "charter-chain"), "%s: %s", CHAIN[_i].why,
	    text);
	free(text);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(a_later_bundle_brings_the_charters_with_their_proofs)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	amended_world(&w, 2);
	bundle_write(&w, SINCE, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_eq(json_array_size(json_object_get(r, "cannot_exclude")),
	    1);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(amendments_in_another_order_are_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r, *chain, *second;

	amended_world(&w, 2);
	chain = bundle_chain(&w, SINCE);
	second = json_incref(json_array_get(chain, 1));
	json_array_remove(chain, 1);
	json_array_append_new(chain, second);
	bundle_write(&w, SINCE, chain, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert(bundle_has(r, "charter-chain"));
	json_decref(r);
	blob_clear(&b);
	/* Nor one that is told twice. */
	chain = bundle_chain(&w, SINCE);
	json_array_append(chain, json_array_get(chain, 2));
	bundle_write(&w, SINCE, chain, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert(bundle_has(r, "charter-chain"));
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* In the ledger and rightly included, but never approved. */
START_TEST(an_amendment_in_the_chain_needs_its_quorum)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	amended_world(&w, 1);
	bundle_write(&w, SINCE, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_str_eq(bundle_first(r), "quorum");
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* A chain that ends early, and nothing behind it that would need the rest. */
START_TEST(a_bundle_without_entries_cannot_say_which_charter_is_in_force)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r, *chain;

	world_begin(&w);
	world_key(&w, "development");
	world_amend(&w);
	chain = bundle_chain(&w, 9);
	json_array_remove(chain, 1);
	bundle_write(&w, 9, chain, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_eq(json_array_size(json_object_get(r, "cannot_exclude")),
	    2);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit/chain",
	UNIT(a_later_bundle_brings_the_charters_with_their_proofs)
	UNIT_ROWS(a_damaged_chain_of_charters_is_found, CHAIN)
	UNIT(amendments_in_another_order_are_found)
	UNIT(an_amendment_in_the_chain_needs_its_quorum)
	UNIT(a_bundle_without_entries_cannot_say_which_charter_is_in_force))
