/*
 * An OCSP answer of before is given as long as it is so, and by nobody else's
 * word; where memory fails it is not given, and stays a question.
 */
#include "config.h"

#include "ca/seal.h"
#include "flow/inside.h"
#include "flow/respond_ask.h"
#include "tests/fault/fault.h"
#include "tests/unit/world_cert.h"

#define HOUR	TIME_S(3600)

static struct pki k;
static struct flow flow;
static struct publisher p;
static struct responders *list;
static EVP_PKEY *own, *other;
static struct page *given;

static void
answered(void *ctx, struct page *page)
{
	given = page;
}

static void
responder_key(EVP_PKEY *pkey)
{
	struct key *key = list->r[0].key;

	OPENSSL_free(key->spki);
	key->spki = NULL;
	key->spki_octets = (size_t)i2d_PUBKEY(pkey, &key->spki);
}

static void
responder_begin(void)
{
	static struct key key = { .scheme = "ecdsa-sha256", .refs = 2 };
	struct responder *r;

	own = EVP_EC_gen("P-256");
	other = EVP_EC_gen("P-256");
	key.state = KEY_ACTIVE;
	list = calloc(1, sizeof(*list) + sizeof(list->r[0]));
	atomic_init(&list->refs, 1);
	list->n = 1;
	r = &list->r[0];
	r->key = &key;
	responder_key(own);
	memcpy(r->ca, "root", sizeof("root"));
	unit_ok(shelf_issuer(p.shelf, r->ca, &r->number, &unit_err));
	unit_ok(ocsp_issuer_make(k.issuer->subject, k.issuer->spki, &r->issuer,
	    &unit_err));
	unit_ok(blob_put(&r->cert, k.issuer->der.data, k.issuer->der.len,
	    &unit_err));
	r->not_after = clock_now() + 100 * HOUR;
}

/* A certificate, and who answers for it. */
static void
begin(void)
{
	fault_begin();
	memset(&flow, 0, sizeof(flow));
	memset(&p, 0, sizeof(p));
	pki_begin(&k);
	issue(&k, "one", false);
	flow.state = k.w.state;
	flow.store = k.w.store;
	flow.o.ocsp_lifetime = 24 * HOUR;
	flow.publisher = &p;
	p.flow = &flow;
	p.keeping_last = &p.keeping;
	pthread_mutex_init(&p.lock, NULL);
	unit_ok(shelf_new(4, &p.shelf, &unit_err));
	responder_begin();
}

static void
end(void)
{
	OPENSSL_free(list->r[0].key->spki);
	list->r[0].key->spki = NULL;
	list->r[0].key->refs = 2;
	responders_free(list);
	shelf_free(p.shelf);
	pthread_mutex_destroy(&p.lock);
	EVP_PKEY_free(own);
	EVP_PKEY_free(other);
	pki_end(&k);
}

/* One about the certificate, and somebody waits. */
static struct question *
question(void)
{
	struct question *q = calloc(1, sizeof(*q));
	const struct responder *r = &list->r[0];
	struct number serial;

	unit_ok(number_parse(k.serial, &serial, &unit_err));
	unit_ok(ocsp_request_write(&r->issuer, OCSP_SHA1, &serial, &q->octets,
	    &unit_err));
	unit_ok(ocsp_request_read(span_blob(&q->octets), &q->request,
	    &unit_err));
	ocsp_certid_key(OCSP_SHA1, r->number, &serial, q->key);
	atomic_fetch_add(&list->refs, 1);
	q->list = list;
	q->by = r;
	q->keep = true;
	q->answered = answered;
	return q;
}

static struct batch_of
batch(struct question *q)
{
	return (struct batch_of){ .flow = &flow, .by = &list->r[0], .q = { q },
	    .n = 1 };
}

static int
draft(struct tx *tx, void *ctx, struct err *err)
{
	const struct batch_of *b = ctx;

	return question_draft(tx, b->q[0], b, err);
}

/* It is signed as of then, and kept in the store. */
static void
answer_then(time_us ago)
{
	struct question *q = question();
	struct batch_of b = batch(q);
	struct blob signature = { 0 };

	unit_ok(batch_times(&b, &unit_err));
	b.now -= ago;
	b.until -= ago;
	unit_ok(state_read(k.w.state, draft, &b, &unit_err));
	unit_ok(seal_sign(span_blob(&q->tbs), own, NULL, "ecdsa-sha256",
	    &signature, &unit_err));
	answer_keep(&p, q, span_blob(&signature), q->made);
	answers_write(&flow);
	blob_done(&signature);
	question_free(q);
}

static void
answer_once(void)
{
	answer_then(0);
}

/* Was it given?  Else it is in the batch as it was. */
static bool
is_given(struct question *q, unsigned fails)
{
	struct batch_of b = batch(q);
	bool was;

	given = NULL;
	fault_arm(FAULT_MEMORY | FAULT_HERE, fails);
	batch_kept(&b, shelf_epoch(p.shelf, q->by->number));
	(void)fault_disarm();
	was = given != NULL;
	ck_assert_uint_eq(b.n, was ? 0 : 1);
	ck_assert_uint_le(shelf_answers(p.shelf), was ? 1 : 0);
	page_free(given);
	shelf_forget(p.shelf, "root", NULL);
	if (!was)
		question_free(q);
	return was;
}

/* ---- what spoils it ---- */

static void
as_it_is(void)
{
}

static void
is_revoked(void)
{
	unit_ok(change(&k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, k.serial,
	    "key-compromise"));
}

static void
is_held(void)
{
	unit_ok(change(&k, ACTION_CERT_HOLD, EVENT_CERT_HELD, k.serial, NULL));
}

static void
is_released(void)
{
	is_held();
	unit_ok(change(&k, ACTION_CERT_RELEASE, EVENT_CERT_RELEASED, k.serial,
	    NULL));
}

static void
is_cut(void)
{
	engine_sql("UPDATE ocsp_kept SET signature = substr(signature, 1, 40)");
}

static void
is_empty(void)
{
	engine_sql("UPDATE ocsp_kept SET signature = x''");
}

static void
lasts_longer(void)
{
	flow.o.ocsp_lifetime *= 2;
	engine_sql("UPDATE ocsp_kept SET ends = ends + 3600000000");
}

static void
began_earlier(void)
{
	engine_sql("UPDATE ocsp_kept SET made = made - 1000000");
}

static void
has_ended(void)
{
	engine_sql("DELETE FROM ocsp_kept");
	answer_then(flow.o.ocsp_lifetime);
}

static void
was_ahead(void)
{
	answer_then(-HOUR);
	flow.o.ocsp_lifetime *= 2;
}

static void
never_was(void)
{
	engine_sql("UPDATE ocsp_kept SET made = ends");
}

static void
lasts_too_long(void)
{
	flow.o.ocsp_lifetime = HOUR;
}

static void
certificate_ends(void)
{
	list->r[0].not_after = clock_now() + HOUR;
}

static void
no_certificate(void)
{
	blob_done(&list->r[0].cert);
}

static void
key_compromised(void)
{
	list->r[0].key->state = KEY_COMPROMISED;
}

static void
key_suspended(void)
{
	list->r[0].key->state = KEY_SUSPENDED;
}

static void
key_another(void)
{
	responder_key(other);
}

static const struct {
	const char	*why;
	void		(*spoil)(void);
	bool		 given;
} ROWS[] = {
	{ "it is so", as_it_is, true },
	{ "it was not so for a while, and is again", is_released, true },
	{ "the responder's key rests: what it signed holds", key_suspended,
	    true },
	{ "the certificate is revoked", is_revoked, false },
	{ "it is on hold", is_held, false },
	{ "the signature is cut off", is_cut, false },
	{ "there is none", is_empty, false },
	{ "somebody lets it last longer", lasts_longer, false },
	{ "somebody lets it begin earlier", began_earlier, false },
	{ "it has ended", has_ended, false },
	{ "the clock was ahead when it was made", was_ahead, false },
	{ "it ends as it begins", never_was, false },
	{ "answers may not last so long any more", lasts_too_long, false },
	{ "the responder's certificate ends before", certificate_ends, false },
	{ "the responder has no certificate", no_certificate, false },
	{ "somebody else has the responder's key", key_compromised, false },
	{ "another key answers", key_another, false },
};

START_TEST(an_answer_of_before_is_given_while_it_is_so)
{
	begin();
	answer_once();
	ROWS[_i].spoil();
	ck_assert_msg(is_given(question(), 0) == ROWS[_i].given, "%s",
	    ROWS[_i].why);
	end();
}
END_TEST

START_TEST(who_does_not_wait_or_asks_with_a_nonce_gets_none)
{
	struct question *q;

	begin();
	answer_once();
	q = question();
	q->answered = NULL;
	ck_assert(!is_given(q, 0));
	q = question();
	q->keep = false;
	ck_assert(!is_given(q, 0));
	ck_assert(is_given(question(), 0));
	end();
}
END_TEST

START_TEST(a_newer_one_takes_the_place_of_an_older)
{
	begin();
	answer_once();
	is_revoked();
	answer_once();
	ck_assert(is_given(question(), 0));
	end();
}
END_TEST

START_TEST(without_memory_it_is_given_or_stays_a_question)
{
	unsigned n = 1;

	begin();
	answer_once();
	while (!is_given(question(), n))
		n++;
	ck_assert_uint_ge(n, 3);
	end();
}
END_TEST

/* All that can be lost is that it is kept. */
START_TEST(without_memory_it_is_kept_or_not)
{
	begin();
	for (unsigned n = 1; n < 12; n++) {
		struct question *q = question();

		fault_arm(FAULT_MEMORY | FAULT_HERE, n);
		answer_keep(&p, q, span_of("signature", 9), q->made);
		answers_write(&flow);
		(void)fault_disarm();
		question_free(q);
	}
	answers_unwritten(&p);
	ck_assert(!is_given(question(), 0));
	answer_once();
	ck_assert(is_given(question(), 0));
	end();
}
END_TEST

/* ---- what is made anew though nobody asks again ---- */

static void
form_is_none(void)
{
	engine_sql("UPDATE ocsp_kept SET form = 9");
}

static void
form_is_below(void)
{
	engine_sql("UPDATE ocsp_kept SET form = -1");
}

static void
asked_later(void)
{
	engine_sql("UPDATE ocsp_kept SET asked = asked + 3600000000");
}

static void
made_later(void)
{
	engine_sql("UPDATE ocsp_kept SET made = made + 3600000000");
}

static void
about_nothing(void)
{
	engine_sql("UPDATE ocsp_kept SET serial = x''");
}

static void
of_no_authority(void)
{
	/* Longer than any name. */
	engine_sql("UPDATE ocsp_kept SET ca = ca || hex(zeroblob(200))");
}

static void
of_another_authority(void)
{
	engine_sql("UPDATE ocsp_kept SET ca = 'nobody'");
}

/* Eleven days, of which the first nine are over. */
static void
lasts_longer_than_lists(void)
{
	flow.o.ocsp_lifetime *= 20;
	engine_sql("UPDATE ocsp_kept SET made = made - 777600000000, "
	    "ends = ends + 86400000000");
}

static void
made_before_time(void)
{
	engine_sql("UPDATE ocsp_kept SET made = -1");
}

static void
made_at_the_least(void)
{
	engine_sql("UPDATE ocsp_kept SET made = -9223372036854775808");
}

static void
asked_at_the_least(void)
{
	engine_sql("UPDATE ocsp_kept SET asked = -9223372036854775808");
}

static const struct {
	const char	*why;
	void		(*spoil)(void);
	bool		 remembered;
} REMEMBERED[] = {
	{ "it was asked for and has not ended", as_it_is, true },
	{ "it was revoked since: somebody wants that, too", is_revoked, true },
	{ "it has ended", has_ended, false },
	{ "nobody can ask so", form_is_none, false },
	{ "nor so", form_is_below, false },
	{ "nobody can have asked yet", asked_later, false },
	{ "it cannot have been made yet", made_later, false },
	{ "no certificate is meant", about_nothing, false },
	{ "no authority is called so", of_no_authority, false },
	{ "no authority of ours is called so", of_another_authority, false },
	{ "answers may not last so long any more", lasts_too_long, false },
	{ "nor may lists", lasts_longer_than_lists, false },
	{ "no clock says so", made_before_time, false },
	{ "nor so", made_at_the_least, false },
	{ "nor can anybody have asked then", asked_at_the_least, false },
};

/* Is it to be made anew in its last quarter? */
static bool
is_remembered(unsigned fails)
{
	struct ending e[2];
	size_t n;

	fault_arm(FAULT_MEMORY | FAULT_HERE, fails);
	answers_resume(&flow);
	(void)fault_disarm();
	n = shelf_ending(p.shelf, clock_now() + 19 * HOUR, e, NELEM(e));
	shelf_forget(p.shelf, "root", NULL);
	return n == 1;
}

START_TEST(what_was_asked_for_before_is_made_anew)
{
	begin();
	answer_once();
	REMEMBERED[_i].spoil();
	ck_assert_msg(is_remembered(0) == REMEMBERED[_i].remembered, "%s",
	    REMEMBERED[_i].why);
	end();
}
END_TEST

/* It is one of now that ends first, though it came last. */
START_TEST(what_lasts_longer_than_answers_may_now_stops_none_behind_it)
{
	struct blob body = { 0 };
	struct number serial = number_of(7);
	unsigned char key[OCSP_KEY];
	struct ending e[2];
	struct page *page;
	time_us now = clock_now(), asked;

	begin();
	answer_once();
	flow.o.ocsp_lifetime = HOUR;
	answers_resume(&flow);
	ocsp_certid_key(OCSP_SHA1, list->r[0].number, &serial, key);
	unit_ok(page_new("text/plain", &body, now, now + HOUR, &page,
	    &unit_err));
	ck_assert(shelf_answer_put(p.shelf, list->r[0].number, key,
	    shelf_epoch(p.shelf, list->r[0].number), page, &asked));
	page_free(page);
	ck_assert_uint_eq(shelf_ending(p.shelf, now + HOUR - 1, e, NELEM(e)),
	    1);
	ck_assert_mem_eq(e[0].key, key, OCSP_KEY);
	end();
}
END_TEST

START_TEST(without_memory_it_is_remembered_or_not)
{
	unsigned n = 1;

	begin();
	answer_once();
	while (!is_remembered(n))
		n++;
	ck_assert_uint_ge(n, 3);
	end();
}
END_TEST

ENGINE_MAIN("fault/flow_kept",
	UNIT_ROWS(an_answer_of_before_is_given_while_it_is_so, ROWS)
	UNIT(who_does_not_wait_or_asks_with_a_nonce_gets_none)
	UNIT(a_newer_one_takes_the_place_of_an_older)
	UNIT(without_memory_it_is_given_or_stays_a_question)
	UNIT(without_memory_it_is_kept_or_not)
	UNIT_ROWS(what_was_asked_for_before_is_made_anew, REMEMBERED)
	UNIT(what_lasts_longer_than_answers_may_now_stops_none_behind_it)
	UNIT(without_memory_it_is_remembered_or_not))
