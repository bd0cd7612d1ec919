/*
 * The Merkle log, on both engines.
 */
#include "config.h"
#include "tests/unit/engine.h"
#include "tests/unit/ledger_add.h"

#define SIZES	70	/* every tree up to here, over two powers of two */

static void
add(struct store *s, struct add a)
{
	unit_ok(store_write(s, add_events, &a, &unit_err));
}

START_TEST(an_empty_ledger_has_the_root_of_nothing)
{
	AUTO(store) *s = engine_store();
	struct ledger_head h = head_of(s);
	struct sha256 want = sha256_of("", 0);

	ck_assert_uint_eq(h.size, 0);
	ck_assert(sha256_equal(&h.root, &want));
}
END_TEST

static int
check_every_root(struct tx *tx, void *ctx, struct err *err)
{
	for (uint64_t n = 0; n <= SIZES; n++) {
		struct sha256 got, want = naive_root(0, n);

		TRY(ledger_root_at(tx, n, &got, err));
		ck_assert_msg(sha256_equal(&got, &want), "size %d", (int)n);
	}
	return ledger_root_at(tx, SIZES + 1, &(struct sha256){ .o = { 0 } },
	    err);
}

START_TEST(every_root_that_ever_was_is_still_known)
{
	AUTO(store) *s = engine_store();

	for (int i = 0; i < SIZES; i++) {
		struct ledger_head h;
		struct sha256 want = naive_root(0, (uint64_t)i + 1);

		add(s, (struct add){ .n = 1 });
		h = head_of(s);
		ck_assert_uint_eq(h.size, (uint64_t)i + 1);
		ck_assert(sha256_equal(&h.root, &want));
	}
	unit_fails(store_read(s, check_every_root, NULL, &unit_err), ERANGE_);
}
END_TEST

static int
check_every_inclusion(struct tx *tx, void *ctx, struct err *err)
{
	for (uint64_t size = 1; size <= SIZES; size++) {
		struct sha256 root = naive_root(0, size);

		for (uint64_t i = 0; i < size; i++) {
			struct sha256 proof[MERKLE_PROOF];
			struct sha256 leaf = naive_root(i, 1);
			size_t n;

			TRY(ledger_inclusion(tx, i, size, proof, &n, err));
			ck_assert_uint_le(n, 7);
			TRY(merkle_check_inclusion(&leaf, i, size, proof, n,
			    &root, err));
		}
	}
	return 0;
}

static int
check_every_consistency(struct tx *tx, void *ctx, struct err *err)
{
	for (uint64_t size = 1; size <= SIZES; size++) {
		struct sha256 root = naive_root(0, size);

		for (uint64_t old = 1; old <= size; old++) {
			struct sha256 proof[MERKLE_PROOF];
			struct sha256 was = naive_root(0, old);
			size_t n;

			TRY(ledger_consistency(tx, old, size, proof, &n, err));
			TRY(merkle_check_consistency(old, &was, size, &root,
			    proof, n, err));
		}
	}
	return 0;
}

START_TEST(every_proof_verifies)
{
	AUTO(store) *s = engine_store();

	add(s, (struct add){ .n = SIZES });
	unit_ok(store_read(s, check_every_inclusion, NULL, &unit_err));
	unit_ok(store_read(s, check_every_consistency, NULL, &unit_err));
}
END_TEST

static int
ask_inclusion(struct tx *tx, void *ctx, struct err *err)
{
	struct sha256 proof[MERKLE_PROOF];
	const uint64_t *q = ctx;
	size_t n;

	return ledger_inclusion(tx, q[0], q[1], proof, &n, err);
}

static int
ask_consistency(struct tx *tx, void *ctx, struct err *err)
{
	struct sha256 proof[MERKLE_PROOF];
	const uint64_t *q = ctx;
	size_t n;

	return ledger_consistency(tx, q[0], q[1], proof, &n, err);
}

START_TEST(what_is_beyond_the_ledger_has_no_proof)
{
	AUTO(store) *s = engine_store();

	add(s, (struct add){ .n = 5 });
	unit_fails(store_read(s, ask_inclusion, (uint64_t[]){ 5, 5 },
	    &unit_err), ERANGE_);
	unit_fails(store_read(s, ask_inclusion, (uint64_t[]){ 0, 6 },
	    &unit_err), ERANGE_);
	unit_fails(store_read(s, ask_inclusion, (uint64_t[]){ 0, UINT64_MAX },
	    &unit_err), ERANGE_);
	unit_fails(store_read(s, ask_consistency, (uint64_t[]){ 5, 6 },
	    &unit_err), ERANGE_);
	unit_fails(store_read(s, ask_consistency, (uint64_t[]){ 5, 4 },
	    &unit_err), ERANGE_);
	unit_ok(store_read(s, ask_consistency, (uint64_t[]){ 0, 4 },
	    &unit_err));
	unit_ok(store_read(s, ask_consistency, (uint64_t[]){ 4, 4 },
	    &unit_err));
}
END_TEST

static int
append_wrongly(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_append(tx, ctx, err);
}

static const char big[LEDGER_LEAF_MAX + 1];
static const struct {
	const char		*why;
	struct ledger_event	 e;
	enum err_code		 want;
} WRONG[] = {
	{ "a number that is taken",
	    { 0, 0, "k", "a", "s", "{}", 2, { { 0 } } }, ECONFLICT },
	{ "a number that leaves a hole",
	    { 2, 0, "k", "a", "s", "{}", 2, { { 0 } } }, ECONFLICT },
	{ "no octets",
	    { 1, 0, "k", "a", "s", "", 0, { { 0 } } }, EINPUT },
	{ "one octet too many",
	    { 1, 0, "k", "a", "s", big, sizeof(big), { { 0 } } }, ETOOBIG },
	{ "no kind",
	    { 1, 0, NULL, "a", "s", "{}", 2, { { 0 } } }, ECONFLICT },
};

START_TEST(an_event_that_does_not_fit_is_refused)
{
	AUTO(store) *s = engine_store();
	struct ledger_head h;

	add(s, (struct add){ .n = 1 });
	unit_fails(store_write(s, append_wrongly, (void *)&WRONG[_i].e,
	    &unit_err), WRONG[_i].want);
	h = head_of(s);
	ck_assert_msg(h.size == 1, "%s", WRONG[_i].why);
}
END_TEST

START_TEST(the_largest_event_fits)
{
	AUTO(store) *s = engine_store();
	struct ledger_event e = { 0, 0, "k", "a", "s", big, LEDGER_LEAF_MAX,
		{ { 0 } } };

	unit_ok(store_write(s, append_wrongly, &e, &unit_err));
	ck_assert_uint_eq(head_of(s).size, 1);
}
END_TEST

static int
add_and_fail(struct tx *tx, void *ctx, struct err *err)
{
	TRY(add_events(tx, ctx, err));
	return err_set(err, EDENIED, "as the test wants");
}

START_TEST(what_is_rolled_back_leaves_no_trace)
{
	AUTO(store) *s = engine_store();
	struct add a = { .n = 3 };
	struct sha256 want = naive_root(0, 5);
	struct ledger_head h;

	add(s, (struct add){ .n = 2 });
	unit_fails(store_write(s, add_and_fail, &a, &unit_err), EDENIED);
	add(s, (struct add){ .n = 3 });
	h = head_of(s);
	ck_assert_uint_eq(h.size, 5);
	ck_assert(sha256_equal(&h.root, &want));
}
END_TEST

START_TEST(another_node_continues_the_same_tree)
{
	AUTO(store) *a = engine_store();
	AUTO(store) *b = NULL;
	struct sha256 want = naive_root(0, 20);
	struct ledger_head h;

	unit_ok(store_open(engine_url_, NULL, &b, &unit_err));
	for (int i = 0; i < 10; i++) {
		add(i % 3 == 0 ? b : a, (struct add){ .n = 1 });
		add(b, (struct add){ .n = 1 });
	}
	h = head_of(a);
	ck_assert_uint_eq(h.size, 20);
	ck_assert(sha256_equal(&h.root, &want));
}
END_TEST

/* Which events a filter lets through, as text "3 4 5". */
struct seen {
	struct ledger_filter	 f;
	char			 seqs[4096];
};

static int
see(void *ctx, const struct ledger_event *e, struct err *err)
{
	struct seen *s = ctx;
	size_t n = strlen(s->seqs);
	struct sha256 want = naive_root(e->seq, 1);

	ck_assert(sha256_equal(&e->hash, &want));
	ck_assert_int_eq(e->time, TIME_S((time_us)e->seq));
	snprintf(s->seqs + n, sizeof(s->seqs) - n, "%s%llu", n ? " " : "",
	    (unsigned long long)e->seq);
	return 0;
}

static int
walk(struct tx *tx, void *ctx, struct err *err)
{
	struct seen *s = ctx;

	return ledger_each(tx, &s->f, see, s, err);
}

static const struct {
	const char		*why;
	struct ledger_filter	 f;
	const char		*want;
} FILTERS[] = {
	{ "all of it", { .from = 0 }, "0 1 2 3 4 5 6 7" },
	{ "from the middle", { .from = 6 }, "6 7" },
	{ "up to the middle", { .to = 2 }, "0 1" },
	{ "beyond the end", { .from = 8 }, "" },
	{ "far beyond the end", { .from = UINT64_MAX }, "" },
	{ "an empty range", { .from = 3, .to = 3 }, "" },
	{ "a limit", { .from = 1, .limit = 3 }, "1 2 3" },
	{ "one kind", { .kind = "key.signed" }, "0 2 4 6" },
	{ "a family of kinds", { .kind = "key." }, "0 2 4 6 7" },
	{ "a family is no prefix of a word", { .kind = "ke." }, "" },
	{ "a kind that never was", { .kind = "key.sign" }, "" },
	{ "one subject", { .subject = "req-1" }, "1 3 5" },
	{ "subject and kind", { .subject = "key-1", .kind = "key.signed" },
	    "0 2 4 6" },
	{ "subject and family", { .subject = "key-1", .kind = "request." },
	    "" },
	{ "kind, range and limit",
	    { .kind = "key.signed", .from = 1, .limit = 2 }, "2 4" },
};

START_TEST(a_filter_lets_through_what_it_says)
{
	AUTO(store) *s = engine_store();
	struct seen seen = { .f = FILTERS[_i].f };

	for (int i = 0; i < 3; i++) {
		add(s, (struct add){ .kind = "key.signed" });
		add(s, (struct add){ .kind = "request.opened",
		    .subject = "req-1" });
	}
	add(s, (struct add){ .kind = "key.signed" });
	add(s, (struct add){ .kind = "key.suspended" });
	unit_ok(store_read(s, walk, &seen, &unit_err));
	ck_assert_msg(strcmp(seen.seqs, FILTERS[_i].want) == 0,
	    "%s: %s", FILTERS[_i].why, seen.seqs);
}
END_TEST

static int
count(void *ctx, const struct ledger_event *e, struct err *err)
{
	uint64_t *n = ctx;

	ck_assert_uint_eq(e->seq, *n);
	(*n)++;
	return *n == 250 ? err_set(err, EDENIED, "enough") : 0;
}

static int
count_all(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_each(tx, &(struct ledger_filter){ .from = 0 }, count,
	    ctx, err);
}

START_TEST(many_pages_read_as_one_and_stop_when_told)
{
	AUTO(store) *s = engine_store();
	uint64_t n = 0;

	add(s, (struct add){ .n = 249 });
	unit_ok(store_read(s, count_all, &n, &unit_err));
	ck_assert_uint_eq(n, 249);
	add(s, (struct add){ .n = 51 });
	n = 0;
	unit_fails(store_read(s, count_all, &n, &unit_err), EDENIED);
	ck_assert_uint_eq(n, 250);
}
END_TEST

static int
single_rows(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(blob) *b = blob_new();
	uint64_t seq;

	TRY(ledger_leaf(tx, 3, b, err));
	ck_assert_str_eq(blob_str(b), "{\"seq\":3}");
	TRY(ledger_seq_at(tx, TIME_S(2), &seq, err));
	ck_assert_uint_eq(seq, 2);
	TRY(ledger_seq_at(tx, TIME_S(2) + 1, &seq, err));
	ck_assert_uint_eq(seq, 3);
	TRY(ledger_seq_at(tx, TIME_S(99), &seq, err));
	ck_assert_uint_eq(seq, 5);
	return ledger_leaf(tx, 5, b, err);
}

START_TEST(leaves_hashes_and_times_are_found)
{
	AUTO(store) *s = engine_store();

	add(s, (struct add){ .n = 5 });
	unit_fails(store_read(s, single_rows, NULL, &unit_err), ENOENT_);
}
END_TEST

struct note {
	uint64_t	 size, entries;
	struct sha256	 root;
	const char	*text;
};

static int
put_note(struct tx *tx, void *ctx, struct err *err)
{
	const struct note *n = ctx;

	return ledger_checkpoint_put(tx, n->size, &n->root, n->entries, 7,
	    n->text, err);
}

static int
newest_note(struct tx *tx, void *ctx, struct err *err)
{
	struct blob *b = ctx;
	uint64_t size;

	blob_clear(b);
	return ledger_checkpoint_newest(tx, &size, b, err);
}

static int
note_for_three(struct tx *tx, void *ctx, struct err *err)
{
	struct blob *b = ctx;
	uint64_t size;

	blob_clear(b);
	return ledger_checkpoint_for(tx, 3, &size, b, err);
}

static int
put(struct store *s, uint64_t size, uint64_t of, uint64_t entries,
    const char *text)
{
	struct note n = { size, entries, naive_root(0, of), text };

	return store_write(s, put_note, &n, &unit_err);
}

START_TEST(checkpoints_must_name_this_tree)
{
	AUTO(store) *s = engine_store();
	AUTO(blob) *b = blob_new();

	unit_fails(store_read(s, newest_note, b, &unit_err), ENOENT_);
	add(s, (struct add){ .n = 6 });
	unit_fails(put(s, 7, 7, 0, "ahead"), ECONFLICT);
	unit_fails(put(s, 6, 5, 0, "forked"), ECONFLICT);
	unit_ok(put(s, 2, 2, 0, "two"));
	unit_fails(store_read(s, note_for_three, b, &unit_err), ENOENT_);
	unit_ok(put(s, 6, 6, 4, "six"));
	unit_ok(put(s, 4, 4, 1, "four"));
	unit_ok(store_read(s, newest_note, b, &unit_err));
	ck_assert_str_eq(blob_str(b), "six");
	unit_ok(store_read(s, note_for_three, b, &unit_err));
	ck_assert_str_eq(blob_str(b), "four");
	unit_ok(put(s, 6, 6, 3, "six, with fewer entries shown"));
	unit_ok(store_read(s, newest_note, b, &unit_err));
	ck_assert_str_eq(blob_str(b), "six");
	unit_ok(put(s, 6, 6, 5, "six, with more entries shown"));
	unit_ok(store_read(s, newest_note, b, &unit_err));
	ck_assert_str_eq(blob_str(b), "six, with more entries shown");
}
END_TEST

ENGINE_MAIN("ledger",
	UNIT(an_empty_ledger_has_the_root_of_nothing)
	UNIT(every_root_that_ever_was_is_still_known)
	UNIT(every_proof_verifies)
	UNIT(what_is_beyond_the_ledger_has_no_proof)
	UNIT_ROWS(an_event_that_does_not_fit_is_refused, WRONG)
	UNIT(the_largest_event_fits)
	UNIT(what_is_rolled_back_leaves_no_trace)
	UNIT(another_node_continues_the_same_tree)
	UNIT_ROWS(a_filter_lets_through_what_it_says, FILTERS)
	UNIT(many_pages_read_as_one_and_stop_when_told)
	UNIT(leaves_hashes_and_times_are_found)
	UNIT(checkpoints_must_name_this_tree))
