/* What a restore leaves out is told, and only as much as was approved. */
#include "config.h"

#include "tests/unit/bundle.h"

#define HOLE	5000	/* numbers that are left out */

/* The PERMIT over these two heads, as the officers' file has it. */
static json_t *
restore_permit(struct world *w, json_t *q)
{
	json_t *approvals = json_array(), *permit;

	json_array_append_new(approvals, world_approval(w, q, 0, VOTE_REQUEST));
	json_array_append_new(approvals, world_approval(w, q, 1, VOTE_APPROVE));
	json_array_append_new(approvals, world_approval(w, q, 2, VOTE_APPROVE));
	unit_ok(permit_build(q, approvals, &permit, &unit_err));
	json_decref(approvals);
	return permit;
}

/* The keeper goes on behind what it may have done since the backup. */
static void
world_restore(struct world *w)
{
	uint64_t from = w->journal.n + 1, to = from + HOLE;
	char hash[SHA256_HEX], permit_hex[SHA256_HEX], last[SHA256_HEX];
	json_t *q, *permit, *entry, *hole, *facts, *m;
	struct sha256 h = w->journal.hash, token = { { 7 } };
	struct decision d;

	sha256_hex(&h, hash);
	sha256_hex(&token, last);
	q = world_request(w, ACTION_HOUSE_RESTORE, "officer-1", world_json(
	    "{s:{s:I, s:s}, s:{s:I, s:s, s:I, s:s}, s:s}", "token", "n",
	    (json_int_t)from + 1, "hash", last, "restored", "n",
	    (json_int_t)from - 1, "hash", hash, "size", (json_int_t)1, "root",
	    hash, "reason", "lost"));
	permit = restore_permit(w, q);
	unit_ok(json_hash(permit, &h, &unit_err));
	sha256_hex(&h, permit_hex);
	hole = world_json("{s:I, s:I}", "from", (json_int_t)from, "to",
	    (json_int_t)to);
	facts = world_facts(w, q, "officer-1", NULL, &d);
	m = world_json("{s:s, s:s, s:o, s:o, s:o, s:{s:O}, s:i}", "request",
	    json_str(q, "id", ""), "permit", permit_hex, "permit_document",
	    permit, "facts", facts, "rule", world_rule(d.rule), "result",
	    "hole", hole, "use", 1);
	w->journal.n = to;
	entry = world_entry(w, ENTRY_RESTORE, m);
	world_event(w, EVENT_HOUSE_RESTORED, "officer-1", w->house, world_json(
	    "{s:s, s:o}", "request", json_str(q, "id", ""), "hole", hole),
	    entry);
	json_decref(q);
}

static void
restored_world(struct world *w)
{
	json_t *q;

	world_begin(w);
	world_key(w, "development");
	world_activate(w);
	world_restore(w);
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "image", NULL));
	unit_ok(world_signed(w, q, false, 1, "ci", "image", NULL, &unit_err));
	json_decref(q);
}

/* Who asked for it signed so, and approved nothing by that. */
START_TEST(a_hole_is_told_with_who_approved_it)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r, *hole, *holes;
	char *text;

	restored_world(&w);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	holes = json_object_get(json_object_get(r, "entries"), "holes");
	ck_assert_int_eq(json_array_size(holes), 1);
	hole = json_array_get(holes, 0);
	ck_assert_int_eq(json_int(hole, "to", 0) - json_int(hole, "from", 0),
	    HOLE);
	ck_assert_int_eq(json_int(hole, "entry", 0), json_int(hole, "to", 0) +
	    1);
	ck_assert_int_eq(json_array_size(json_object_get(hole, "approved_by")),
	    2);
	text = json_pretty(json_object_get(r, "cannot_exclude"));
	ck_assert_msg(strstr(text, "a hole, for which entry") != NULL &&
	    strstr(text, "approved by officer-2, officer-3") != NULL,
	    "%s", text);
	free(text);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

static const struct {
	const char *why, *path, *value;
} HOLES[] = {
	{ "a hole that begins later", "data/entry/result/hole/from", "9" },
	{ "a hole that begins before what is shown",
	  "data/entry/result/hole/from", "2" },
	{ "a hole that begins with nothing", "data/entry/result/hole/from",
	  "0" },
	{ "a hole that ends earlier", "data/entry/result/hole/to", "5000" },
	{ "a hole without an end", "data/entry/result/hole/to", NULL },
	{ "another hole in its event", "data/hole/to", "77" },
	{ "another head than was approved",
	  "data/entry/permit_document/request/parameters/restored/hash",
	  "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"" },
	{ "another entry before it", "data/entry/prev",
	  "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"" },
};

START_TEST(another_hole_than_was_approved_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 }, bad = { 0 };
	json_t *r;
	char *text;

	restored_world(&w);
	bundle_write(&w, 0, NULL, &b);
	bundle_forge(&w, &b, "house.restored", HOLES[_i].path, HOLES[_i].value,
	    &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(strstr(text, "its hole") != NULL ||
	    strstr(text, "another hole") != NULL, "%s: %s", HOLES[_i].why,
	    text);
	free(text);
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit/hole",
	UNIT(a_hole_is_told_with_who_approved_it)
	UNIT_ROWS(another_hole_than_was_approved_is_found, HOLES))
