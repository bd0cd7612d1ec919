/* Which requests are found: those to perform, those too late, those in their way. */
#include "config.h"

#include "tests/unit/world_all.h"

struct sought {
	const char *name;
	char id[40];
	uint64_t seq;
	json_t *due, *overdue, *rivals;
	const char *key;
	char approved[40];	/* a rival that is due, or "" */
};

static int
look_approved(struct tx *tx, struct sought *f, const char *digest,
    struct err *err)
{
	int rc = approval_rival_due(tx, f->key, "camera", "", "1.00", digest,
	    f->approved, err);

	if (rc == -ENOENT_)
		f->approved[0] = '\0';
	return rc == -ENOENT_ ? 0 : rc;
}

static int
look_found(struct tx *tx, void *ctx, struct err *err)
{
	struct sought *f = ctx;

	TRY(approval_due(tx, 10, &f->due, err));
	TRY(approval_overdue(tx, clock_now() + TIME_S(36000), 10, &f->overdue,
	    err));
	TRY(approval_rivals(tx, f->key, "camera", "", "1.00", "00", &f->rivals,
	    err));
	TRY(look_approved(tx, f, "00", err));
	return approval_find(tx, "ci", f->name, f->id, &f->seq, err);
}

/* Pages of fifty, until one is not full; each id once and in order. */
static int
look_awaiting(struct tx *tx, void *ctx, struct err *err)
{
	char after[ID_TEXT] = "";
	size_t *found = ctx, n = 50;

	while (n == 50) {
		AUTO_JSON *page = NULL;

		TRY(approval_awaiting(tx, after, 50, &page, err));
		n = json_array_size(page);
		*found += n;
		for (size_t i = 0; i < n; i++) {
			const char *id = json_string_value(json_array_get(page, i));

			ck_assert_int_lt(strcmp(after, id), 0);
			snprintf(after, sizeof(after), "%s", id);
		}
	}
	return 0;
}

static int
look_due(struct tx *tx, void *ctx, struct err *err)
{
	return approval_due(tx, 200, ctx, err);
}

/* As many as a request that is due, sooner over than any other. */
#define MORE_DUE \
	"WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n " \
	"WHERE i < 399) INSERT INTO request (id, action, key, requester, " \
	"state, rule, rule_hash, charter, product, track, version, digest, " \
	"have, need, created, expires, due, stored, document, seq) " \
	"SELECT 'req_' || i, action, key, requester, state, rule, rule_hash, " \
	"charter, product, track, version, digest, have, need, created, 0, " \
	"due, stored, document, seq FROM request, n WHERE state = 'due'"

START_TEST(what_awaits_content_keeps_no_other_from_being_found)
{
	struct world w;
	AUTO_JSON *due = NULL;
	size_t awaiting = 0;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	world_open(&w, q, "ask-1");
	world_approve(&w, q, 0);
	world_approve(&w, q, 1);
	engine_sql(MORE_DUE);
	engine_sql("UPDATE key SET scheme = 'ed25519'");
	engine_sql("UPDATE request SET action = 'key.resume' "
	    "WHERE id = 'req_399'");
	unit_ok(state_read(w.state, look_due, &due, &unit_err));
	ck_assert_uint_eq(json_array_size(due), 1);
	ck_assert_str_eq(json_string_value(json_array_get(due, 0)), "req_399");
	unit_ok(state_read(w.state, look_awaiting, &awaiting, &unit_err));
	ck_assert_uint_eq(awaiting, 300);
	json_decref(q);
	world_end(&w);
}
END_TEST

START_TEST(what_waits_and_what_is_due_is_found)
{
	struct world w;
	struct sought f = { .name = "ask-1" };
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	f.key = w.key;
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	world_open(&w, q, "ask-1");
	unit_ok(state_read(w.state, look_found, &f, &unit_err));
	ck_assert_str_eq(f.id, json_str(q, "id", ""));
	ck_assert_uint_eq(f.seq, UINT64_MAX);
	ck_assert_uint_eq(json_array_size(f.due), 0);
	ck_assert_uint_eq(json_array_size(f.overdue), 1);
	ck_assert_uint_eq(json_array_size(f.rivals), 1);
	ck_assert_str_eq(f.approved, "");
	json_decref(f.due);
	json_decref(f.overdue);
	json_decref(f.rivals);
	world_approve(&w, q, 0);
	world_approve(&w, q, 1);
	unit_ok(state_read(w.state, look_found, &f, &unit_err));
	ck_assert_uint_eq(json_array_size(f.due), 1);
	ck_assert_uint_eq(json_array_size(f.overdue), 0);
	ck_assert_uint_eq(json_array_size(f.rivals), 0);
	ck_assert_str_eq(f.approved, json_str(q, "id", ""));
	json_decref(f.due);
	json_decref(f.overdue);
	json_decref(f.rivals);
	f.name = "ask-2";
	unit_fails(state_read(w.state, look_found, &f, &unit_err), ENOENT_);
	json_decref(f.due);
	json_decref(f.overdue);
	json_decref(f.rivals);
	json_decref(q);
	world_end(&w);
}
END_TEST

struct ending {
	time_us	 from, until;
	unsigned most;
	char	 seen[300];
	time_us	 looked;
};

static int
ending_seen(void *ctx, const struct request_end *q, struct err *err)
{
	struct ending *e = ctx;
	size_t n = strlen(e->seen);

	snprintf(e->seen + n, sizeof(e->seen) - n, "%s %s %s %s %s %u/%u %lld;",
	    strlen(q->id) > 10 ? "it" : q->id, q->action, q->requester,
	    q->key, q->class, q->have, q->need,
	    (long long)((q->expires - q->created) / TIME_S(1)));
	return 0;
}

static int
look_ending(struct tx *tx, void *ctx, struct err *err)
{
	struct ending *e = ctx;

	e->seen[0] = '\0';
	return approval_ending(tx, e->from, e->until, e->most, ending_seen, e,
	    &e->looked, err);
}

/* Two more, which expire a moment and two before the one that there is. */
#define TWO_BEFORE \
	"INSERT INTO request (id, action, key, requester, state, rule, " \
	"rule_hash, charter, product, track, version, digest, have, need, " \
	"created, expires, stored, document, facts, seq) SELECT 'req_' || i, " \
	"action, key, requester, state, rule, rule_hash, charter, product, " \
	"track, version, digest, have, need, created, expires - i, stored, " \
	"document, facts, seq FROM request, (SELECT 1 AS i UNION SELECT 2) n " \
	"WHERE state = 'waiting'"

START_TEST(what_waits_for_approvals_ends_until_it_is_decided)
{
	struct world w;
	struct ending e = { .most = 10, .looked = -1 }, few = { .most = 2 };
	time_us expires;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	unit_ok(clock_parse(json_str(q, "expires", ""), &expires, &unit_err));
	world_open(&w, q, "ask-1");
	world_approve(&w, q, 0);
	e.until = expires + 1;
	unit_ok(state_read(w.state, look_ending, &e, &unit_err));
	ck_assert_int_eq(e.looked, 0);
	ck_assert_str_eq(e.seen, "it key.sign ci fw firmware-signing 1/2 3600;");
	/* Until its end, and none that ends later than was asked. */
	e.from = expires;
	unit_ok(state_read(w.state, look_ending, &e, &unit_err));
	ck_assert_str_eq(e.seen, "");
	e.from = 0;
	e.until = expires;
	unit_ok(state_read(w.state, look_ending, &e, &unit_err));
	ck_assert_str_eq(e.seen, "");
	/* The first to end are the first, and how far was looked is said. */
	engine_sql(TWO_BEFORE);
	few.until = expires + 1;
	unit_ok(state_read(w.state, look_ending, &few, &unit_err));
	ck_assert_ptr_nonnull(strstr(few.seen, "req_2 "));
	ck_assert_ptr_nonnull(strstr(few.seen, "req_1 "));
	ck_assert_ptr_null(strstr(few.seen, "it "));
	ck_assert_int_eq(few.looked, expires - 1);
	engine_sql("DELETE FROM request WHERE id IN ('req_1', 'req_2')");
	world_approve(&w, q, 1);
	e.until = expires + 1;
	unit_ok(state_read(w.state, look_ending, &e, &unit_err));
	ck_assert_str_eq(e.seen, "");
	json_decref(q);
	world_end(&w);
}
END_TEST

static const char *const SPELT[] = { "1.0", "4.00", "0", "0.0.0", "0.1",
	"1.0.1", "10.20.0", "1.0.0.0.5", "007.010", "1.000000000000000100",
	"20261130.000000000000000000.0" };

static int
look_spelt(struct tx *tx, void *ctx, struct err *err)
{
	char product[8], digest[130];

	for (size_t i = 0; i < NELEM(SPELT); i++) {
		snprintf(product, sizeof(product), "p%zu", i);
		ck_assert_msg(use_signed(tx, "k", product, "", SPELT[i], digest,
		    err) == 0, "%s is not found", SPELT[i]);
		ck_assert_str_eq(digest, product);
	}
	return 0;
}

/* A database of before there was one spelling for all that are equal. */
static void
spelt_before(void)
{
	char text[512];

	engine_before(19);
	for (size_t i = 0; i < NELEM(SPELT); i++) {
		snprintf(text, sizeof(text), "INSERT INTO entry (n, hash, op, "
		    "time, seq, request, key, principal, rule, digest, "
		    "signature, product, track, version, ordinal) VALUES "
		    "(%zu, '', 'sign', 0, %zu, '', 'k', '', '', 'p%zu', '', "
		    "'p%zu', '', '%s', 1)", i, i, i, i, SPELT[i]);
		engine_sql(text);
	}
}

START_TEST(what_was_signed_before_is_found_by_its_normal_version)
{
	AUTO(store) *s = NULL;

	spelt_before();
	unit_ok(store_open(engine_url_, NULL, &s, &unit_err));
	unit_ok(store_read(s, look_spelt, NULL, &unit_err));
}
END_TEST

ENGINE_MAIN("state/due",
	UNIT(what_was_signed_before_is_found_by_its_normal_version)
	UNIT(what_waits_for_approvals_ends_until_it_is_decided)
	UNIT(what_waits_and_what_is_due_is_found)
	UNIT(what_awaits_content_keeps_no_other_from_being_found))
