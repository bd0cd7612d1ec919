/* What was signed of revocations: lists, their numbers, what a delta is to, and
 * OCSP answers. */
#include "config.h"

#include "cert/cert.h"
#include "tests/unit/engine.h"

#define DEVCA	"devices"

static int
publish(struct tx *tx, void *ctx, struct err *err)
{
	struct cert_crl *c = ctx;

	TRY(cert_crl_insert(tx, c, err));
	return cert_crl_keep(tx, c->ca, c->partition, c->base != 0, c->number,
	    span_of(&c->number, sizeof(c->number)), err);
}

struct published {
	struct cert_crl	 full, delta;
	bool		 there, there_delta;
	uint64_t	 highest, kept;
	struct blob	 der;
};

static int
read_published(struct tx *tx, void *ctx, struct err *err)
{
	struct published *p = ctx;

	TRY(cert_crl_newest(tx, DEVCA, 1, false, &p->full, &p->there, err));
	TRY(cert_crl_newest(tx, DEVCA, 1, true, &p->delta, &p->there_delta,
	    err));
	TRY(cert_crl_highest(tx, DEVCA, 1, &p->highest, err));
	return cert_crl_der(tx, DEVCA, 1, false, &p->kept, &p->der, err);
}

START_TEST(crl_numbers_only_rise)
{
	AUTO(store) *s = engine_store();
	struct cert_crl c = { .ca = DEVCA, .partition = 1, .number = 7 };
	struct published p = { .highest = 0 };

	unit_fails(store_read(s, read_published, &p, &unit_err), ENOENT_);
	ck_assert(!p.there && !p.there_delta);
	unit_ok(store_write(s, publish, &c, &unit_err));
	c.number = 8;
	c.base = 7;
	unit_ok(store_write(s, publish, &c, &unit_err));
	c.base = 0;
	unit_ok(store_write(s, publish, &c, &unit_err));
	unit_fails(store_write(s, publish, &c, &unit_err), EEXISTS);
	c.number = 6;
	unit_fails(store_write(s, publish, &c, &unit_err), ECONFLICT);
	unit_ok(store_read(s, read_published, &p, &unit_err));
	ck_assert(p.there && p.there_delta);
	ck_assert_uint_eq(p.full.number, 8);
	ck_assert_uint_eq(p.delta.base, 7);
	ck_assert_uint_eq(p.highest, 8);
	ck_assert_uint_eq(p.kept, 8);
	blob_done(&p.der);
}
END_TEST

/* ---- what the system before had revoked ---- */

struct brought {
	uint64_t	 n;
	struct cert_row	 found;
	struct crl_entry all[4];
	bool		 there, other;
	size_t		 first, second, changed;
};

static int
bring(struct tx *tx, void *ctx, struct err *err)
{
	struct crl_entry e = { .serial = number_of(900), .revoked = 5,
		.reason = REASON_HOLD };

	TRY(cert_listed_insert(tx, DEVCA, &e, err));
	e = (struct crl_entry){ .serial = number_of(7), .revoked = 6,
		.reason = REASON_UNSPECIFIED, .dated = true, .invalidity = 4 };
	TRY(cert_listed_insert(tx, DEVCA, &e, err));
	e.revoked = 9;
	return cert_listed_insert(tx, DEVCA, &e, err);
}

static int
entries_of(struct tx *tx, unsigned partition, time_us since,
    struct crl_entry *ret, size_t *ret_n, struct err *err)
{
	struct cert_revoked r = { .tx = tx, .ca = DEVCA,
		.partition = partition, .since = since, .page = 1 };
	struct crl_entry e;
	bool more;

	for (*ret_n = 0;; ++*ret_n) {
		TRY(cert_revoked_next(&r, &e, &more, err));
		if (!more)
			break;
		if (ret != NULL && *ret_n < 4)
			ret[*ret_n] = e;
	}
	cert_revoked_done(&r);
	return 0;
}

static int
read_brought(struct tx *tx, void *ctx, struct err *err)
{
	struct number seven = number_of(7);
	struct brought *b = ctx;

	TRY(cert_listed_count(tx, DEVCA, &b->n, err));
	TRY(cert_listed_find(tx, DEVCA, &seven, &b->found, &b->there, err));
	TRY(cert_listed_find(tx, "others", &seven, &b->found, &b->other, err));
	TRY(entries_of(tx, 0, 0, b->all, &b->first, err));
	TRY(entries_of(tx, 1, 0, NULL, &b->second, err));
	return entries_of(tx, 0, 1, NULL, &b->changed, err);
}

START_TEST(what_the_system_before_revoked_is_on_the_first_full_list)
{
	AUTO(store) *s = engine_store();
	struct brought b = { .n = 0 };

	unit_ok(store_write(s, bring, NULL, &unit_err));
	unit_ok(store_read(s, read_brought, &b, &unit_err));
	ck_assert_uint_eq(b.n, 2);
	ck_assert(b.there && !b.other);
	ck_assert_int_eq(b.found.revoked, 6);
	ck_assert_int_eq(b.found.invalid_since, 4);
	ck_assert_int_eq(b.found.status, CERT_REVOKED);
	ck_assert_uint_eq(b.first, 2);
	/* By their octets, of which others have as many as they like. */
	ck_assert_uint_eq(number_value(&b.all[0].serial), 900);
	ck_assert_uint_eq(number_value(&b.all[1].serial), 7);
	ck_assert_int_eq(b.all[0].reason, REASON_HOLD);
	ck_assert(!b.all[0].dated);
	ck_assert_uint_eq(b.second, 0);
	ck_assert_uint_eq(b.changed, 0);
}
END_TEST

struct step {
	const char	*why;
	unsigned	 serial;
	enum cert_status to;
	time_us		 since;
	const char	*full, *delta;	/* SERIAL:REASON ... */
};
#define AT	TIME_S(1000)
/* Each behind the one before; 7 was revoked, and 900 on hold. */
static const struct step LISTED[] = {
	{ "as they came", 0, CERT_GOOD, AT, "900:hold 7:unspecified ", "" },
	{ "released", 900, CERT_GOOD, AT, "7:unspecified ", "900:remove " },
	{ "before a base", 0, CERT_GOOD, AT + 2, "7:unspecified ", "" },
	{ "what is revoked stays so", 7, CERT_GOOD, AT, "7:unspecified ",
	    "900:remove " },
	{ "held once more", 900, CERT_HELD, AT, "900:hold 7:unspecified ",
	    "900:hold " },
	{ "and revoked", 900, CERT_REVOKED, AT,
	    "900:key-compromise 7:unspecified ", "900:key-compromise " },
	{ "what others have is said later, too", 7, CERT_REVOKED, AT,
	    "900:key-compromise 7:key-compromise ",
	    "900:key-compromise 7:key-compromise " },
	{ "for ever", 900, CERT_GOOD, AT,
	    "900:key-compromise 7:key-compromise ",
	    "900:key-compromise 7:key-compromise " },
};

static int
listed_step(struct tx *tx, void *ctx, struct err *err)
{
	const struct step *t = ctx;
	struct cert_change c = { .ca = DEVCA, .serial = number_of(t->serial),
	    .to = t->to, .time = AT + 1, .reason = t->to == CERT_HELD ?
	    REASON_HOLD : REASON_KEY_COMPROMISE };

	return t->serial == 0 ? 0 : cert_change(tx, &c, err);
}

static void
entries_text(const struct crl_entry *e, size_t n, char ret[200])
{
	ret[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(ret + strlen(ret), 200 - strlen(ret), "%llu:%s ",
		    (unsigned long long)number_value(&e[i].serial),
		    e[i].reason == REASON_HOLD ? "hold" : e[i].reason ==
		    REASON_REMOVE ? "remove" : reason_name(e[i].reason));
}

static int
listed_look(struct tx *tx, void *ctx, struct err *err)
{
	const struct step *t = ctx;
	struct crl_entry all[4];
	char text[200];
	size_t n;

	TRY(entries_of(tx, 0, 0, all, &n, err));
	entries_text(all, n, text);
	ck_assert_msg(strcmp(text, t->full) == 0, "%s: %s", t->why, text);
	TRY(entries_of(tx, 0, t->since, all, &n, err));
	entries_text(all, n, text);
	ck_assert_msg(strcmp(text, t->delta) == 0, "%s: %s", t->why, text);
	return entries_of(tx, 1, t->since, all, &n, err);
}

START_TEST(what_the_system_before_had_on_hold_is_released_or_revoked)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, bring, NULL, &unit_err));
	for (size_t i = 0; i < NELEM(LISTED); i++) {
		struct step t = LISTED[i];

		unit_ok(store_write(s, listed_step, &t, &unit_err));
		unit_ok(store_read(s, listed_look, &t, &unit_err));
	}
}
END_TEST

/* ---- what no list tells yet ---- */

struct telling {
	const char	*why;
	unsigned	 serial;	/* 0: none is changed */
	enum cert_status to;
	time_us		 changed;
	struct { uint64_t number, seq; time_us at, ends; } list;	/* number 0: none */
	uint64_t	 n;		/* that are untold, and the first of them */
	time_us		 first;
};
/* Each behind the one before. */
static const struct telling TOLD[] = {
	{ "what it came with is no change", 0, CERT_GOOD, 0, { 0 }, 0, 0 },
	{ "a release, and no list yet", 900, CERT_GOOD, AT + 1, { 0 }, 1, AT + 1 },
	{ "on the first", 0, CERT_GOOD, 0, { 1, 1, AT + 1, AT + 99 }, 0, 0 },
	{ "later, in the same second", 7, CERT_REVOKED, AT + 2, { 0 }, 1,
	    AT + 2 },
	{ "what was never shown told nobody", 0, CERT_GOOD, 0,
	    { 2, 2, AT + 3, 0 }, 1, AT + 2 },
	{ "said once more, it is no change", 7, CERT_REVOKED, AT + 4, { 0 }, 1,
	    AT + 2 },
	{ "two, by the first of them", 900, CERT_REVOKED, AT + 4, { 0 }, 2,
	    AT + 2 },
	{ "both", 0, CERT_GOOD, 0, { 3, 3, AT + 5, AT + 99 }, 0, 0 },
};

static int
event_add(struct tx *tx, uint64_t seq, time_us at, struct err *err)
{
	return tx_run(tx, "ledger_event_add", PARAMS(v_int((int64_t)seq),
	    v_int(at), v_text("crl.published"), v_text(""), v_text(""),
	    v_blob("", 0), v_blob("", 0)), NULL, err);
}

static int
telling_write(struct tx *tx, void *ctx, struct err *err)
{
	const struct telling *t = ctx;
	struct cert_change c = { .ca = DEVCA,
	    .serial = number_of(t->serial), .to = t->to,
	    .time = t->changed, .reason = REASON_KEY_COMPROMISE };
	struct cert_crl list = { .ca = DEVCA, .number = t->list.number,
	    .next_update = t->list.ends, .seq = t->list.seq };

	if (t->serial != 0)
		TRY(cert_change(tx, &c, err));
	if (t->list.number == 0)
		return 0;
	TRY(event_add(tx, t->list.seq, t->list.at, err));
	return cert_crl_insert(tx, &list, err);
}

static int
telling_look(struct tx *tx, void *ctx, struct err *err)
{
	const struct telling *t = ctx;
	struct cert_untold u, other;

	TRY(cert_untold(tx, DEVCA, 0, &u, err));
	TRY(cert_untold(tx, DEVCA, 1, &other, err));
	ck_assert_msg(u.n == t->n && u.first == t->first, "%s: %llu, %lld",
	    t->why, (unsigned long long)u.n, (long long)u.first);
	ck_assert_msg(other.n == 0 && other.first == 0, "%s", t->why);
	return 0;
}

static int
founded(struct tx *tx, void *ctx, struct err *err)
{
	return event_add(tx, 0, AT, err);
}

START_TEST(what_no_list_tells_is_counted)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, founded, NULL, &unit_err));
	unit_ok(store_write(s, bring, NULL, &unit_err));
	for (size_t i = 0; i < NELEM(TOLD); i++) {
		struct telling t = TOLD[i];

		unit_ok(store_write(s, telling_write, &t, &unit_err));
		unit_ok(store_read(s, telling_look, &t, &unit_err));
	}
}
END_TEST

struct based {
	struct cert_crl	 base, newest;
	bool		 there;
};

static int
read_base(struct tx *tx, void *ctx, struct err *err)
{
	struct based *b = ctx;

	return cert_crl_base(tx, DEVCA, 1, 15, &b->base, &b->newest,
	    &b->there, err);
}

static const struct {
	const char	*why;
	time_us		 ends[4];	/* of lists 1, 2 ...; -1: none; 0: it was never shown */
	uint64_t	 base;		/* 0: a full list is due first */
} BASES[] = {
	{ "no list", { -1, -1, -1, -1 }, 0 },
	{ "one", { 20, -1, -1, -1 }, 1 },
	{ "who holds the one before can use it", { 20, 30, -1, -1 }, 1 },
	{ "nobody holds the one before", { 15, 30, -1, -1 }, 2 },
	{ "of the newest two alone", { 20, 30, 40, -1 }, 2 },
	{ "the one before was never shown", { 20, 0, 30, -1 }, 3 },
	{ "the newest was never shown", { 20, 30, 0, -1 }, 0 },
};

/* List I has number 10 * I, and a delta behind it, which is no base. */
START_TEST(a_delta_is_to_a_list_that_somebody_holds)
{
	AUTO(store) *s = engine_store();
	struct based b = { .there = false };

	for (size_t i = 0; i < 4 && BASES[_i].ends[i] >= 0; i++) {
		struct cert_crl c = { .ca = DEVCA, .partition = 1,
			.number = 10 * (i + 1),
			.next_update = BASES[_i].ends[i] };

		unit_ok(store_write(s, publish, &c, &unit_err));
		c.base = c.number++;
		c.next_update = 50;
		unit_ok(store_write(s, publish, &c, &unit_err));
	}
	unit_ok(store_read(s, read_base, &b, &unit_err));
	ck_assert_msg(b.there == (BASES[_i].base != 0) && (!b.there ||
	    b.base.number == 10 * BASES[_i].base), "%s: %llu", BASES[_i].why,
	    (unsigned long long)b.base.number);
}
END_TEST

/* ---- OCSP answers that were signed ---- */

struct answers {
	struct cert_ocsp a;	/* the next to be kept, or looked for */
	unsigned	 most;	/* that stay, at 100 */
	bool		 there;
};

static int
answer_put(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ocsp_put(tx, &((struct answers *)ctx)->a, err);
}

static int
answer_get(struct tx *tx, void *ctx, struct err *err)
{
	struct answers *s = ctx;

	return cert_ocsp_get(tx, &s->a, &s->there, err);
}

static int
answers_prune(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ocsp_prune(tx, 100, ((struct answers *)ctx)->most, err);
}

static void
answer_keep(struct store *s, struct answers *a, unsigned serial, time_us made)
{
	a->a.serial = number_of(serial);
	a->a.made = made;
	a->a.ends = made + 50;
	blob_clear(&a->a.signature);
	unit_ok(blob_printf(&a->a.signature, &unit_err, "%u at %lld", serial,
	    (long long)made));
	unit_ok(store_write(s, answer_put, a, &unit_err));
}

/* When it was made; 0: there is none. */
static time_us
answer_made(struct store *s, struct answers *a, unsigned serial)
{
	a->a.serial = number_of(serial);
	unit_ok(store_read(s, answer_get, a, &unit_err));
	if (!a->there)
		return 0;
	ck_assert_int_eq(a->a.ends, a->a.made + 50);
	ck_assert_str_eq(blob_str(&a->a.signature) + 2, "at 60");
	return a->a.made;
}

START_TEST(of_each_answer_the_newest_is_kept)
{
	AUTO(store) *s = engine_store();
	struct answers a = { .a = { .ca = DEVCA } };

	answer_keep(s, &a, 1, 55);
	answer_keep(s, &a, 1, 60);
	answer_keep(s, &a, 1, 58);
	ck_assert_int_eq(answer_made(s, &a, 1), 60);
	a.a.form = 1;
	ck_assert_int_eq(answer_made(s, &a, 1), 0);
	blob_done(&a.a.signature);
}
END_TEST

struct seen {
	struct cert_ocsp a[8];
	size_t		 n;
};

static void
see(void *ctx, const struct cert_ocsp *a)
{
	struct seen *s = ctx;

	ck_assert_uint_lt(s->n, NELEM(s->a));
	s->a[s->n++] = *a;
}

static int
answers_asked(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ocsp_asked(tx, 100, see, ctx, err);
}

START_TEST(what_has_not_ended_is_told_with_when_it_was_asked_for)
{
	AUTO(store) *s = engine_store();
	struct answers a = { .a = { .ca = DEVCA, .form = 2 } };
	struct seen seen = { .n = 0 };

	a.a.asked = 30;
	answer_keep(s, &a, 1, 50);
	answer_keep(s, &a, 2, 60);
	answer_keep(s, &a, 3, 51);
	a.a.asked = 40;
	answer_keep(s, &a, 3, 55);
	unit_ok(store_read(s, answers_asked, &seen, &unit_err));
	ck_assert_uint_eq(seen.n, 2);
	for (size_t i = 0; i < seen.n; i++) {
		ck_assert_str_eq(seen.a[i].ca, DEVCA);
		ck_assert_int_eq(seen.a[i].form, 2);
		ck_assert_int_eq(seen.a[i].made, i == 0 ? 55 : 60);
		ck_assert_int_eq(seen.a[i].ends, i == 0 ? 105 : 110);
		ck_assert_int_eq(seen.a[i].asked, i == 0 ? 40 : 30);
		ck_assert_uint_eq(seen.a[i].serial.o[0], i == 0 ? 3 : 2);
	}
	blob_done(&a.a.signature);
}
END_TEST

/* Of which the first changed before, the second in that second, the third after. */
START_TEST(of_what_changed_since_the_answer_is_stale)
{
	static const time_us changed[] = { 59, 60, 90 };
	AUTO(store) *s = engine_store();
	struct answers a = { .a = { .ca = DEVCA } };
	struct seen seen = { .n = 0 };
	struct number n;
	char text[200], hex[NUMBER_HEX];

	for (unsigned i = 1; i <= 4; i++) {
		answer_keep(s, &a, i, 60 + i / 4);
		n = number_of(i);
		number_hex(&n, hex);
		snprintf(text, sizeof(text), "INSERT INTO ca_listed (ca, "
		    "serial, reason, revoked, changed) VALUES ('%s', %s%s',"
		    " 'superseded', 1, %lld)", i == 4 ? "another" : DEVCA,
		    ENGINE_IS_SQLITE ? "x'" : "'\\x", hex,
		    (long long)changed[(i - 1) % NELEM(changed)]);
		engine_sql(text);
	}
	unit_ok(store_read(s, answers_asked, &seen, &unit_err));
	ck_assert_uint_eq(seen.n, 6);
	for (size_t i = 0; i < seen.n; i++)
		ck_assert(seen.a[i].stale == (i < 2));
	ck_assert_uint_eq(seen.a[0].serial.o[0] + seen.a[1].serial.o[0], 2 +
	    3);
	blob_done(&a.a.signature);
}
END_TEST

/* This is no serial number to either engine. */
START_TEST(what_is_behind_a_damaged_answer_is_told)
{
	AUTO(store) *s = engine_store();
	struct answers a = { .a = { .ca = DEVCA, .form = 2 } };
	struct seen seen = { .n = 0 };

	answer_keep(s, &a, 1, 60);
	answer_keep(s, &a, 2, 70);
	engine_sql("UPDATE ocsp_kept SET serial = "
	    "'\\x0102030405060708090a0b0c0d0e0f101112131415161718' "
	    "WHERE made = 60");
	unit_ok(store_read(s, answers_asked, &seen, &unit_err));
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_int_eq(seen.a[0].made, 70);
	blob_done(&a.a.signature);
}
END_TEST

/* Those of 1, 2 and 3 end at 100, 110 and 110, those of 4 to 6 later. */
START_TEST(answers_that_have_ended_or_are_too_many_are_dropped)
{
	AUTO(store) *s = engine_store();
	struct answers a = { .a = { .ca = DEVCA }, .most = 5 };

	answer_keep(s, &a, 1, 50);
	answer_keep(s, &a, 2, 60);
	answer_keep(s, &a, 3, 60);
	for (unsigned i = 4; i <= 6; i++)
		answer_keep(s, &a, i, 60 + i);
	unit_ok(store_write(s, answers_prune, &a, &unit_err));
	ck_assert_int_eq(answer_made(s, &a, 1), 0);
	ck_assert_int_eq(answer_made(s, &a, 2), 60);
	a.most = 4;
	unit_ok(store_write(s, answers_prune, &a, &unit_err));
	ck_assert_int_eq(answer_made(s, &a, 2), 0);
	ck_assert_int_eq(answer_made(s, &a, 3), 0);
	a.most = 0;
	unit_ok(store_write(s, answers_prune, &a, &unit_err));
	ck_assert_int_eq(answer_made(s, &a, 6), 0);
	blob_done(&a.a.signature);
}
END_TEST

ENGINE_MAIN("cert/revoked",
	UNIT(crl_numbers_only_rise)
	UNIT(what_the_system_before_revoked_is_on_the_first_full_list)
	UNIT(what_the_system_before_had_on_hold_is_released_or_revoked)
	UNIT(what_no_list_tells_is_counted)
	UNIT_ROWS(a_delta_is_to_a_list_that_somebody_holds, BASES)
	UNIT(of_each_answer_the_newest_is_kept)
	UNIT(what_has_not_ended_is_told_with_when_it_was_asked_for)
	UNIT(of_what_changed_since_the_answer_is_stale)
	UNIT(what_is_behind_a_damaged_answer_is_told)
	UNIT(answers_that_have_ended_or_are_too_many_are_dropped))
