/* What somebody kept is compared with a bundle, and what came of it is told. */
#include "config.h"

#include "tests/unit/bundle.h"

#define SINCE	4u	/* where bundles begin */

static void
small_world(struct world *w)
{
	world_begin(w);
	world_key(w, "production");
	world_activate(w);
}

START_TEST(what_was_seen_must_be_a_checkpoint)
{
	static const char *const text[] = { "no checkpoint", "{}",
		"{\"checkpoint\":\"x\"}", "{" };
	struct audit_seen seen = { .name = "kept" };
	struct world w;
	struct audit_options o = { .trust = w.fingerprint, .seen = &seen,
	    .seen_n = 1 };
	json_t *report = NULL;

	small_world(&w);
	for (size_t i = 0; i < NELEM(text); i++) {
		seen.text = text[i];
		seen.octets = strlen(text[i]);
		unit_fails(audit_verify(-1, &o, &report, &unit_err), EINPUT);
		ck_assert_ptr_nonnull(strstr(unit_err.what, "kept"));
	}
	world_end(&w);
}
END_TEST

START_TEST(what_others_saw_must_be_part_of_it)
{
	struct world w;
	struct blob b = { 0 }, then = { 0 }, fork = { 0 };
	struct bundle_text half = { .since = 3 };
	struct sha256 root;
	struct audit_seen seen[2];
	struct audit_options o = { .trust = w.fingerprint, .seen = seen,
	    .seen_n = 1 };
	json_t *r;

	small_world(&w);
	unit_ok(state_read(w.state, bundle_events, &half, &unit_err));
	ck_assert_uint_gt(half.range.size, 3);
	root = merkle_range_root(&half.range);
	bundle_note(&w, half.range.size, &root, 1, &then);
	root.o[0] ^= 1;
	bundle_note(&w, half.range.size, &root, 1, &fork);
	world_amend(&w);
	bundle_write(&w, 0, NULL, &b);
	seen[0] = (struct audit_seen){ "kept", blob_str(&then), then.len };
	seen[1] = (struct audit_seen){ "other", blob_str(&fork), fork.len };
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_eq(json_array_size(json_object_get(r, "seen")), 1);
	json_decref(r);
	o.seen_n = 2;
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_str_eq(bundle_first(r), "ledger-fork");
	json_decref(r);
	json_decref(half.signatures);
	blob_done(&half.events);
	blob_done(&b);
	blob_done(&then);
	blob_done(&fork);
	world_end(&w);
}
END_TEST

/* The bundle begins behind what was seen. */
static void
cannot_be_compared(const struct blob *b, const struct audit_options *o)
{
	json_t *r = bundle_judge(b->data, b->len, o);
	char *text = json_pretty(json_object_get(r, "cannot_exclude"));

	bundle_good(r);
	ck_assert(json_is_null(json_object_get(json_array_get(json_object_get(r,
	    "seen"), 0), "ok")));
	ck_assert_msg(strstr(text, "a full one can be compared") != NULL, "%s",
	    text);
	free(text);
	json_decref(r);
}

/* It ends before that: as one that was cut would. */
static void
is_cut(const struct blob *b, const struct audit_options *o)
{
	json_t *r = bundle_judge(b->data, b->len, o);
	const json_t *found = json_array_get(json_object_get(r, "findings"), 0);

	ck_assert(!json_flag(r, "ok", true));
	ck_assert_str_eq(json_str(found, "code", ""), "ledger-fork");
	ck_assert_ptr_nonnull(strstr(json_str(found, "what", ""),
	    "have a newer one exported"));
	ck_assert(json_is_false(json_object_get(json_array_get(json_object_get(r,
	    "seen"), 0), "ok")));
	json_decref(r);
}

START_TEST(what_was_seen_before_a_bundle_is_no_fork_and_behind_it_is)
{
	struct world w;
	struct blob b = { 0 }, old = { 0 }, note = { 0 };
	struct bundle_text then = { .since = 3 }, now = { .since = 3 };
	struct sha256 root;
	struct audit_seen seen = { .name = "kept" };
	struct audit_options o = { .trust = w.fingerprint, .seen = &seen,
	    .seen_n = 1 };

	small_world(&w);
	unit_ok(state_read(w.state, bundle_events, &then, &unit_err));
	root = merkle_range_root(&then.range);
	bundle_note(&w, then.range.size, &root, 1, &note);
	bundle_write(&w, 0, NULL, &old);
	world_amend(&w);
	bundle_write(&w, then.range.size + 2, NULL, &b);
	seen = (struct audit_seen){ "kept", blob_str(&note), note.len };
	cannot_be_compared(&b, &o);
	unit_ok(state_read(w.state, bundle_events, &now, &unit_err));
	root = merkle_range_root(&now.range);
	blob_clear(&note);
	bundle_note(&w, now.range.size, &root, w.journal.n, &note);
	seen = (struct audit_seen){ "kept", blob_str(&note), note.len };
	is_cut(&old, &o);
	json_decref(then.signatures);
	json_decref(now.signatures);
	blob_done(&then.events);
	blob_done(&now.events);
	blob_done(&note);
	blob_done(&old);
	blob_done(&b);
	world_end(&w);
}
END_TEST

static int
look_range(struct tx *tx, void *ctx, struct err *err)
{
	struct merkle_range *r = ctx;

	return ledger_range_at(tx, r->size, r, err);
}

static struct sha256
root_at(struct world *w, uint64_t size)
{
	struct merkle_range r = { .size = size };

	unit_ok(state_read(w->state, look_range, &r, &unit_err));
	return merkle_range_root(&r);
}

static int
look_head(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_head(tx, ctx, err);
}

static uint64_t
size_of(struct world *w)
{
	struct ledger_head head;

	unit_ok(state_read(w->state, look_head, &head, &unit_err));
	return head.size;
}

/* The report on a bundle for who kept this. */
static json_t *
report_for(struct world *w, const struct blob *b, const char *name,
    const struct blob *kept)
{
	struct audit_seen seen = { name, blob_str(kept), kept->len };
	struct audit_options o = { .trust = w->fingerprint, .seen = &seen,
	    .seen_n = 1 };
	json_t *r = bundle_judge(b->data, b->len, &o);

	ck_assert_int_eq(json_array_size(json_object_get(r, "seen")), 1);
	return r;
}

/* What came of the one that was kept. */
static const json_t *
told(const json_t *r)
{
	return json_object_get(json_array_get(json_object_get(r, "seen"), 0),
	    "ok");
}

/* As evidence has it. */
static void
as_evidence(struct blob *note)
{
	json_t *doc = world_json("{s:s}", "checkpoint", blob_str(note));

	blob_clear(note);
	unit_ok(json_canonical(doc, note, &unit_err));
	json_decref(doc);
}

static const struct {
	const char *why;
	bool whole, fork, evidence;
} BEGINS[] = {
	{ "the same tree", false, false, false },
	{ "another tree", false, true, false },
	{ "the same, of evidence", false, false, true },
	{ "another, of evidence", false, true, true },
	{ "the same where no event follows", true, false, false },
	{ "another where no event follows", true, true, false },
};

START_TEST(what_was_seen_where_a_bundle_begins_is_compared)
{
	struct world w;
	struct blob b = { 0 }, note = { 0 };
	struct sha256 root;
	uint64_t since;
	json_t *r;

	small_world(&w);
	since = BEGINS[_i].whole ? size_of(&w) : SINCE;
	bundle_write(&w, since, NULL, &b);
	root = root_at(&w, since);
	root.o[0] ^= BEGINS[_i].fork;
	bundle_note(&w, since, &root, 1, &note);
	if (BEGINS[_i].evidence)
		as_evidence(&note);
	r = report_for(&w, &b, "kept", &note);
	ck_assert_msg(json_flag(r, "ok", false) == !BEGINS[_i].fork, "%s",
	    BEGINS[_i].why);
	ck_assert_str_eq(bundle_first(r), BEGINS[_i].fork ? "ledger-fork" : "");
	ck_assert_msg(BEGINS[_i].fork ? json_is_false(told(r)) :
	    json_is_true(told(r)), "%s", BEGINS[_i].why);
	json_decref(r);
	blob_done(&note);
	blob_done(&b);
	world_end(&w);
}
END_TEST

#define ELSEWHERE "house_01j0000000000000000000000a"

enum forged { ALTERED, OTHER_KEY, OTHER_HOUSE, OTHER_NAME };

static const struct {
	const char *why;
	enum forged how;
	const char *words;
} FORGED[] = {
	{ "a signature over something else", ALTERED,
	    "did not sign this checkpoint" },
	{ "another's signature", OTHER_KEY, "has not signed this checkpoint" },
	{ "another house's", OTHER_HOUSE, "of another house, claviger/" ELSEWHERE },
	{ "another house's, by this one's key", OTHER_NAME,
	    "of another house, claviger/" ELSEWHERE },
};

static void
forge(const struct world *w, enum forged how, uint64_t size,
    const struct sha256 *root, struct blob *ret)
{
	struct world as = *w;
	char *entries;

	if (how == OTHER_KEY || how == OTHER_HOUSE)
		as.ledger_key = w->keeper_key;
	if (how == OTHER_HOUSE || how == OTHER_NAME)
		snprintf(as.house, sizeof(as.house), "%s", ELSEWHERE);
	bundle_note(&as, size, root, 1, ret);
	if (how != ALTERED)
		return;
	entries = strstr((char *)ret->data, "entries 1");
	ck_assert_ptr_nonnull(entries);
	entries[strlen("entries ")] = '2';
}

static void
not_believed(struct world *w, const struct blob *b, uint64_t size,
    const char *words, const struct blob *kept)
{
	json_t *r = report_for(w, b, "kept", kept);
	const json_t *list = json_object_get(r, "findings");
	const char *what = json_str(json_array_get(list, 0), "what", "");

	ck_assert_msg(!json_flag(r, "ok", true), "%s, of %u events", words,
	    (unsigned)size);
	ck_assert_str_eq(bundle_first(r), "ledger-fork");
	ck_assert_int_eq(json_array_size(list), 1);
	ck_assert_msg(strstr(what, words) != NULL, "%s", what);
	ck_assert(json_is_false(told(r)));
	json_decref(r);
}

START_TEST(what_is_not_this_houses_is_found_whatever_its_size)
{
	struct world w;
	struct blob b = { 0 }, note = { 0 };
	uint64_t size;

	small_world(&w);
	bundle_write(&w, SINCE, NULL, &b);
	size = size_of(&w);
	ck_assert_uint_gt(size, SINCE + 1);
	for (uint64_t i = SINCE - 1; i < size + 2; i++) {
		struct sha256 root = root_at(&w, i <= size ? i : size);

		forge(&w, FORGED[_i].how, i, &root, &note);
		not_believed(&w, &b, i, FORGED[_i].words, &note);
		as_evidence(&note);
		not_believed(&w, &b, i, FORGED[_i].words, &note);
		blob_clear(&note);
	}
	blob_done(&note);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* Whether it fits cannot be told, and is. */
static void
cannot_be_told(struct world *w, const struct blob *b, const struct blob *kept)
{
	json_t *r = report_for(w, b, "kept", kept);
	char *text = json_pretty(json_object_get(r, "cannot_exclude"));

	ck_assert(!json_flag(r, "ok", true));
	ck_assert(json_is_null(told(r)));
	ck_assert_msg(strstr(text, "that kept saw another ledger") != NULL,
	    "%s", text);
	free(text);
	json_decref(r);
}

START_TEST(what_was_seen_is_told_of_also_where_a_bundle_cannot_be_read)
{
	struct world w;
	struct blob b = { 0 }, note = { 0 };
	struct sha256 root;
	uint64_t size;
	char first;

	small_world(&w);
	size = size_of(&w);
	root = root_at(&w, size);
	bundle_note(&w, size, &root, 1, &note);
	bundle_write(&w, 0, NULL, &b);
	first = w.fingerprint[0];
	w.fingerprint[0] = first == '0' ? '1' : '0';
	cannot_be_told(&w, &b, &note);
	w.fingerprint[0] = first;
	blob_cut(&b, (size_t)(strstr(blob_str(&b), "key.activated") -
	    blob_str(&b)));
	cannot_be_told(&w, &b, &note);
	blob_cut(&b, 0);
	cannot_be_told(&w, &b, &note);
	blob_done(&note);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* A line too many is in no signed tree: nothing is compared with it. */
START_TEST(what_is_behind_the_signed_tree_is_compared_with_nothing)
{
	struct world w;
	struct blob b = { 0 }, note = { 0 }, more = { 0 };
	struct merkle_range r;
	struct sha256 root, leaf = merkle_leaf("{}", 2);
	json_t *report;

	small_world(&w);
	bundle_write(&w, 0, NULL, &b);
	r.size = size_of(&w);
	unit_ok(state_read(w.state, look_range, &r, &unit_err));
	unit_ok(merkle_range_add(&r, &leaf, NULL, NULL, &unit_err));
	root = merkle_range_root(&r);
	bundle_note(&w, r.size, &root, 1, &note);
	blob_cut(&b, (size_t)(strstr(blob_str(&b), "{\"end\"") -
	    blob_str(&b)));
	unit_ok(blob_put(&more, b.data, b.len, &unit_err));
	unit_ok(blob_printf(&more, &unit_err, "{}\n{\"end\":%u}\n",
	    (unsigned)r.size - 1));
	report = report_for(&w, &more, "kept", &note);
	ck_assert(bundle_has(report, "ledger-root"));
	ck_assert(bundle_has(report, "ledger-fork"));
	ck_assert(json_is_false(told(report)));
	json_decref(report);
	blob_done(&more);
	blob_done(&note);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(what_was_seen_is_told_of_whatever_its_file_is_called)
{
	struct world w;
	struct blob b = { 0 }, note = { 0 };
	struct sha256 root;
	json_t *r;
	char *text;

	small_world(&w);
	root = root_at(&w, SINCE - 1);
	bundle_note(&w, SINCE - 1, &root, 1, &note);
	bundle_write(&w, SINCE, NULL, &b);
	r = report_for(&w, &b, "kept\xff", &note);
	bundle_good(r);
	ck_assert(json_is_null(told(r)));
	text = json_pretty(json_object_get(r, "cannot_exclude"));
	ck_assert_msg(strstr(text, "saw another ledger") != NULL, "%s", text);
	free(text);
	json_decref(r);
	blob_done(&note);
	blob_done(&b);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit/seen",
	UNIT(what_was_seen_must_be_a_checkpoint)
	UNIT(what_others_saw_must_be_part_of_it)
	UNIT(what_was_seen_before_a_bundle_is_no_fork_and_behind_it_is)
	UNIT_ROWS(what_was_seen_where_a_bundle_begins_is_compared, BEGINS)
	UNIT_ROWS(what_is_not_this_houses_is_found_whatever_its_size, FORGED)
	UNIT(what_was_seen_is_told_of_also_where_a_bundle_cannot_be_read)
	UNIT(what_is_behind_the_signed_tree_is_compared_with_nothing)
	UNIT(what_was_seen_is_told_of_whatever_its_file_is_called))
