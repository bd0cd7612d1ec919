/*
 * Who has left the house uses nothing that was opened for them, whatever the
 * keeper's journal says: neither audit nor evidence believes it.
 */
#include "config.h"

#include "evidence/evidence.h"
#include "tests/unit/bundle.h"
#include "tests/unit/world_window.h"

/* The charter in force with another tool in the place of the build's. */
static json_t *
without_ci(struct world *w)
{
	json_t *doc = world_renamed(w, "Without ci");
	json_t *roster = json_object_get(doc, "roster");
	json_t *tools = json_object_get(roster, "tools");

	json_object_set(tools, "robot", json_object_get(tools, "ci"));
	json_object_del(tools, "ci");
	json_object_set_new(json_object_get(roster, "groups"), "release-tools",
	    world_json("[s]", "robot"));
	return doc;
}

/* A window for the build, an amendment, and then the build uses it. */
static void
used_after(struct world *w, bool left)
{
	json_t *window;

	world_begin(w);
	world_key(w, "development");
	world_activate(w);
	window = world_window_for(w, world_json("{s:i, s:b}", "uses", 2,
	    "any_digest", 1));
	world_amend_to(w, left ? without_ci(w) : world_renamed(w, "With ci"),
	    2);
	unit_ok(world_signed(w, window, true, 1, "ci", "image", NULL,
	    &unit_err));
	json_decref(window);
}

/* ---- audit ---- */

static json_t *
audited(struct world *w)
{
	struct audit_options o = { .trust = w->fingerprint };
	struct blob b = { 0 };
	json_t *r;

	bundle_write(w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	blob_done(&b);
	return r;
}

START_TEST(an_audit_finds_the_use_of_a_window_by_who_has_left)
{
	struct world w;
	json_t *r;

	used_after(&w, true);
	r = audited(&w);
	ck_assert_str_eq(bundle_first(r), "permit");
	ck_assert_int_eq(json_array_size(json_object_get(r, "findings")), 1);
	json_decref(r);
	world_end(&w);
}
END_TEST

START_TEST(an_audit_lets_who_is_still_there_use_it)
{
	struct world w;
	json_t *r;

	used_after(&w, false);
	r = audited(&w);
	bundle_good(r);
	json_decref(r);
	world_end(&w);
}
END_TEST

/* ---- evidence ---- */

struct parts {
	struct ledger_head head;
	json_t *key, *used;		/* {"event","inclusion"} */
};

static json_t *
included(struct tx *tx, json_t *event, uint64_t size)
{
	json_t *in;

	unit_ok(record_inclusion(tx, (uint64_t)json_int(event, "seq", 0), size,
	    &in, &unit_err));
	return world_json("{s:O, s:o}", "event", event, "inclusion", in);
}

static int
parts_read(struct tx *tx, void *ctx, struct err *err)
{
	struct parts *p = ctx;

	TRY(ledger_head(tx, &p->head, err));
	for (uint64_t seq = 0; seq < p->head.size; seq++) {
		json_t *event;
		const char *kind;

		TRY(record_event(tx, seq, &event, err));
		kind = json_str(event, "kind", "");
		if (strcmp(kind, "key.generated") == 0)
			p->key = included(tx, event, p->head.size);
		else if (strcmp(kind, "key.signed") == 0)
			p->used = included(tx, event, p->head.size);
		json_decref(event);
	}
	return 0;
}

/* The chain as evidence spells it: charter and permit beside each event. */
static json_t *
chain_of(struct world *w, uint64_t size)
{
	json_t *chain = bundle_chain(w, size), *link;
	size_t i;

	json_array_foreach(chain, i, link) {
		json_t *data = json_object_get(json_object_get(link, "event"),
		    "data");

		if (i == 0)
			continue;
		json_object_set(link, "charter", json_object_get(data,
		    "charter"));
		json_object_set(link, "permit", json_object_get(
		    json_object_get(data, "entry"), "permit_document"));
	}
	return chain;
}

/* Evidence of the signature, as the service would hand it out. */
static json_t *
evidence_of(struct world *w)
{
	struct parts p = { .key = NULL };
	struct blob note = { 0 };
	json_t *chain, *doc, *event, *none = json_array();

	unit_ok(state_read(w->state, parts_read, &p, &unit_err));
	bundle_note(w, p.head.size, &p.head.root, w->journal.n, &note);
	chain = chain_of(w, p.head.size);
	event = json_object_get(p.used, "event");
	unit_ok(evidence_build(&(struct evidence_parts){ .genesis = w->genesis,
	    .signatures = none, .charters = chain, .key = p.key,
	    .permit = json_object_get(json_object_get(json_object_get(event,
	    "data"), "entry"), "permit_document"), .event = event,
	    .inclusion = json_object_get(p.used, "inclusion"),
	    .checkpoint = blob_str(&note) }, &doc, &unit_err));
	json_decref(none);
	json_decref(chain);
	json_decref(p.key);
	json_decref(p.used);
	blob_done(&note);
	return doc;
}

START_TEST(evidence_of_a_use_by_who_has_left_is_not_believed)
{
	struct evidence_found f;
	struct sha256 trust;
	struct world w;
	json_t *doc;

	used_after(&w, true);
	doc = evidence_of(&w);
	unit_ok(sha256_parse(w.fingerprint, &trust, &unit_err));
	unit_fails(evidence_verify(doc, &trust, &f, &unit_err), EVERIFY);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "ci was nobody"));
	json_decref(doc);
	world_end(&w);
}
END_TEST

START_TEST(evidence_of_a_use_by_who_is_still_there_is_believed)
{
	struct evidence_found f;
	struct sha256 trust;
	struct world w;
	json_t *doc;

	used_after(&w, false);
	doc = evidence_of(&w);
	unit_ok(sha256_parse(w.fingerprint, &trust, &unit_err));
	unit_ok(evidence_verify(doc, &trust, &f, &unit_err));
	ck_assert_str_eq(f.requester, "ci");
	evidence_found_done(&f);
	json_decref(doc);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("left",
	UNIT(an_audit_finds_the_use_of_a_window_by_who_has_left)
	UNIT(an_audit_lets_who_is_still_there_use_it)
	UNIT(evidence_of_a_use_by_who_has_left_is_not_believed)
	UNIT(evidence_of_a_use_by_who_is_still_there_is_believed))
