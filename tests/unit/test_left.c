/*
 * Who has left the house uses nothing that was opened for them, whatever the
 * keeper's journal says: neither audit nor evidence believes it.
 */
#include "config.h"

#include "tests/unit/world_evidence.h"
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
