/* What is served from memory: pages, and answers that no revocation outlives. */
#include "config.h"

#include <pthread.h>
#include "shelf/shelf.h"
#include "tests/unit/unit.h"

#define NOW	TIME_S(1000000)

static struct page *
page(const char *text, time_us made, time_us until)
{
	struct blob b = { 0 };
	struct page *p;

	unit_ok(blob_puts(&b, text, &unit_err));
	unit_ok(page_new("text/plain", &b, made, until, &p, &unit_err));
	return p;
}

static struct shelf *
shelf(unsigned most)
{
	struct shelf *s;
	uint32_t n;

	unit_ok(shelf_new(most, &s, &unit_err));
	unit_ok(shelf_issuer(s, "devices", &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	return s;
}

static void
key_of(enum ocsp_form form, uint64_t serial, unsigned char ret[OCSP_KEY])
{
	struct number n = number_of(serial);

	ocsp_certid_key(form, 0, &n, ret);
}

static bool
put(struct shelf *s, uint64_t serial, uint64_t epoch)
{
	unsigned char key[OCSP_KEY];
	struct page *p = page("good", NOW, NOW + TIME_S(100));
	time_us asked;
	bool kept;

	key_of(OCSP_SHA1, serial, key);
	kept = shelf_answer_put(s, 0, key, epoch, p, &asked);
	page_free(p);
	return kept;
}

static bool
has(struct shelf *s, uint64_t serial, time_us now, bool *ret_due)
{
	unsigned char key[OCSP_KEY];
	struct page *p;

	key_of(OCSP_SHA1, serial, key);
	p = shelf_answer(s, key, now, ret_due);
	page_free(p);
	return p != NULL;
}

static bool
is_there(struct shelf *s, uint64_t serial)
{
	bool due;

	return has(s, serial, NOW, &due);
}

START_TEST(a_page_is_found_at_its_path_and_replaced_whole)
{
	struct shelf *s = shelf(16);
	struct page *one = page("one", NOW, 0), *two = page("two", NOW, 0), *got;

	ck_assert_ptr_null(shelf_get(s, "/crl/devices/0.crl"));
	unit_ok(shelf_put(s, "/crl/devices/0.crl", one, &unit_err));
	got = shelf_get(s, "/crl/devices/0.crl");
	ck_assert_ptr_eq(got, one);
	unit_ok(shelf_put(s, "/crl/devices/0.crl", two, &unit_err));
	/* Whoever has the old one goes on reading it. */
	ck_assert_str_eq(blob_str(&got->body->b), "one");
	ck_assert_str_ne(got->tag, two->tag);
	page_free(got);
	page_free(one);
	page_free(two);
	got = shelf_get(s, "/crl/devices/0.crl");
	ck_assert_str_eq(blob_str(&got->body->b), "two");
	page_free(got);
	ck_assert_ptr_null(shelf_get(s, "/crl/devices/1.crl"));
	shelf_free(s);
}
END_TEST

START_TEST(an_answer_is_given_until_it_ends_and_is_due_once_at_half_its_life)
{
	struct shelf *s = shelf(16);
	bool due;

	ck_assert(put(s, 7, shelf_epoch(s, 0)));
	ck_assert(has(s, 7, NOW + TIME_S(50), &due));
	ck_assert(!due);
	ck_assert(has(s, 7, NOW + TIME_S(51), &due));
	ck_assert(due);
	ck_assert(has(s, 7, NOW + TIME_S(52), &due));
	ck_assert(!due);
	ck_assert(has(s, 7, NOW + TIME_S(100) - 1, &due));
	ck_assert(!has(s, 7, NOW + TIME_S(100), &due));
	ck_assert_uint_eq(shelf_answers(s), 0);
	shelf_free(s);
}
END_TEST

static size_t
ending(struct shelf *s, time_us now, size_t room, uint64_t *ret_first)
{
	struct ending e[8];
	size_t n = shelf_ending(s, now, e, room);
	struct number serial = { 0 };
	enum ocsp_form form;

	if (n > 0) {
		ocsp_key_read(e[0].key, &form, &serial);
		ck_assert_int_eq(form, OCSP_SHA1);
		ck_assert_uint_eq(e[0].issuer, 0);
		*ret_first = serial.o[serial.n - 1];
	}
	return n;
}

START_TEST(what_is_asked_for_is_made_anew_before_it_ends)
{
	struct shelf *s = shelf(16);
	uint64_t first = 0;

	for (uint64_t i = 7; i < 10; i++)
		ck_assert(put(s, i, shelf_epoch(s, 0)));
	ck_assert_uint_eq(ending(s, NOW + TIME_S(75), 8, &first), 0);
	/* The oldest first, as many as there is room for, each once. */
	ck_assert_uint_eq(ending(s, NOW + TIME_S(76), 2, &first), 2);
	ck_assert_uint_eq(first, 7);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(77), 8, &first), 1);
	ck_assert_uint_eq(first, 9);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(78), 8, &first), 0);
	/* Whoever failed is asked again, while it is not too late. */
	ck_assert_uint_eq(ending(s, NOW + TIME_S(76) + SHELF_AGAIN - 1, 8,
	    &first), 0);
	ck_assert_uint_eq(shelf_answers(s), 0);
	shelf_free(s);
}
END_TEST

START_TEST(who_failed_for_what_passes_is_told_again_soon_then_less_often)
{
	static const unsigned pauses[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
	struct shelf *s = shelf(16);
	unsigned char key[OCSP_KEY];
	time_us now = NOW + TIME_S(7501);
	struct page *p = page("good", NOW, NOW + TIME_S(10000));
	time_us asked;
	uint64_t first = 0;

	key_of(OCSP_SHA1, 7, key);
	shelf_failed(s, key, now);	/* it is nobody's */
	for (unsigned round = 0; round < 2; round++) {
		ck_assert(shelf_answer_put(s, 0, key, 0, p, &asked));
		ck_assert_uint_eq(ending(s, now, 8, &first), 1);
		for (size_t i = 0; i < NELEM(pauses); i++) {
			shelf_failed(s, key, now);
			now += TIME_S(pauses[i]);
			ck_assert_uint_eq(ending(s, now - 1, 8, &first), 0);
			ck_assert_uint_eq(ending(s, now, 8, &first), 1);
		}
	}
	page_free(p);
	shelf_free(s);
}
END_TEST

/* @return when somebody last wanted it. */
static time_us
put_long(struct shelf *s, uint64_t serial, time_us made)
{
	unsigned char key[OCSP_KEY];
	struct page *p = page("good", made, made + TIME_S(1000));
	time_us asked = 0;

	key_of(OCSP_SHA1, serial, key);
	ck_assert(shelf_answer_put(s, 0, key, shelf_epoch(s, 0), p, &asked));
	page_free(p);
	return asked;
}

START_TEST(what_nobody_asks_for_is_dropped_after_three_lives)
{
	struct shelf *s = shelf(16);
	uint64_t first = 0;
	bool due;

	put_long(s, 7, NOW);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(751), 8, &first), 1);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(751) + SHELF_AGAIN, 8,
	    &first), 1);
	put_long(s, 7, NOW + TIME_S(751));
	put_long(s, 7, NOW + TIME_S(1502));
	put_long(s, 7, NOW + TIME_S(2249));
	ck_assert_uint_eq(ending(s, NOW + TIME_S(3000), 8, &first), 1);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(3001), 8, &first), 0);
	ck_assert_uint_eq(shelf_answers(s), 0);
	/* Asked for in between it goes on. */
	ck_assert_int_eq(put_long(s, 7, NOW), NOW);
	ck_assert(has(s, 7, NOW + TIME_S(400), &due));
	ck_assert_int_eq(put_long(s, 7, NOW + TIME_S(2300)),
	    NOW + TIME_S(400));
	ck_assert_uint_eq(ending(s, NOW + TIME_S(3100), 8, &first), 1);
	shelf_free(s);
}
END_TEST

static void
remember(struct shelf *s, uint64_t serial, time_us made, time_us asked)
{
	struct remembered r = { .made = made, .until = made + TIME_S(1000),
	    .asked = asked };

	key_of(OCSP_SHA1, serial, r.key);
	shelf_remember(s, &r);
}

START_TEST(what_is_remembered_is_made_anew_and_given_by_nobody_before)
{
	struct shelf *s = shelf(16);
	uint64_t first = 0;
	bool due;

	remember(s, 7, NOW, NOW - TIME_S(2000));
	remember(s, 8, NOW + TIME_S(100), NOW + TIME_S(100));
	ck_assert(!has(s, 8, NOW + TIME_S(700), &due));
	ck_assert(!due);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(750), 8, &first), 0);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(751), 8, &first), 1);
	ck_assert_uint_eq(first, 7);
	/* Nobody wants it because it is made. */
	ck_assert_int_eq(put_long(s, 7, NOW + TIME_S(751)),
	    NOW - TIME_S(2000));
	ck_assert_uint_eq(ending(s, NOW + TIME_S(851), 8, &first), 1);
	ck_assert_uint_eq(first, 8);
	ck_assert_int_eq(put_long(s, 8, NOW + TIME_S(851)),
	    NOW + TIME_S(700));
	/* The first is wanted no more, since three lives. */
	ck_assert_uint_eq(ending(s, NOW + TIME_S(1502), 8, &first), 0);
	ck_assert_uint_eq(shelf_answers(s), 1);
	shelf_free(s);
}
END_TEST

START_TEST(what_is_found_again_keeps_its_place)
{
	struct shelf *s = shelf(16);
	uint64_t first = 0;
	bool due;

	remember(s, 7, NOW, NOW);
	remember(s, 8, NOW + TIME_S(100), NOW);
	put_long(s, 9, NOW + TIME_S(200));
	put_long(s, 7, NOW);
	ck_assert(has(s, 7, NOW + TIME_S(1), &due));
	ck_assert_uint_eq(ending(s, NOW + TIME_S(751), 8, &first), 1);
	ck_assert_uint_eq(first, 7);
	/* What is there is not what was remembered. */
	remember(s, 9, NOW, NOW);
	ck_assert_uint_eq(shelf_answers(s), 3);
	ck_assert(has(s, 9, NOW + TIME_S(1100), &due));
	shelf_free(s);
}
END_TEST

START_TEST(an_issuer_is_known_once_it_was_called)
{
	struct shelf *s = shelf(16);
	uint32_t n = 7;

	ck_assert(!shelf_issuer_known(s, "another", &n));
	ck_assert(!shelf_issuer_known(s, "another", &n));
	ck_assert_uint_eq(n, 7);
	ck_assert(shelf_issuer_known(s, "devices", &n));
	ck_assert_uint_eq(n, 0);
	unit_ok(shelf_issuer(s, "another", &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	ck_assert(shelf_issuer_known(s, "another", &n));
	ck_assert_uint_eq(n, 1);
	shelf_free(s);
}
END_TEST

START_TEST(what_was_read_before_a_revocation_is_not_kept_after_it)
{
	struct shelf *s = shelf(16);
	struct number seven = number_of(7);
	uint64_t read = shelf_epoch(s, 0);

	/* The answer is being made while the certificate is revoked. */
	shelf_forget(s, "devices", &seven);
	ck_assert(!put(s, 7, read));
	ck_assert(!is_there(s, 7));
	ck_assert(put(s, 7, shelf_epoch(s, 0)));
	ck_assert(is_there(s, 7));
	shelf_forget(s, "another", &seven);
	ck_assert(is_there(s, 7));
	shelf_free(s);
}
END_TEST

START_TEST(what_somebody_wanted_is_made_anew_once_it_is_so_no_more)
{
	struct shelf *s = shelf(16);
	struct number seven = number_of(7), eight = number_of(8),
	    nine = number_of(9);
	uint64_t first = 0;
	bool due;

	put_long(s, 7, NOW);
	remember(s, 8, NOW, NOW - TIME_S(3000));
	put_long(s, 9, NOW);
	put_long(s, 10, NOW);
	shelf_forget(s, "devices", &eight);
	shelf_forget(s, "devices", &nine);
	/* Nobody wanted one of them for three lives, of which it is the end. */
	ck_assert_uint_eq(ending(s, NOW + 1, 8, &first), 1);
	ck_assert_uint_eq(first, 9);
	ck_assert_uint_eq(shelf_answers(s), 3);
	ck_assert(!has(s, 9, NOW + 1, &due));
	ck_assert_uint_eq(ending(s, NOW + 2, 8, &first), 0);
	/* It comes before what ends, and when it changes again, again. */
	shelf_forget(s, "devices", &seven);
	shelf_forget(s, "devices", &nine);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(751), 1, &first), 1);
	ck_assert_uint_eq(first, 9);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(751), 8, &first), 2);
	ck_assert_uint_eq(first, 7);
	shelf_free(s);
}
END_TEST

START_TEST(what_was_so_no_more_takes_its_place_again)
{
	struct shelf *s = shelf(16);
	struct number seven = number_of(7);
	struct remembered r = { .made = NOW, .until = NOW + TIME_S(1000),
	    .asked = NOW, .stale = true };
	uint64_t first = 0;
	bool due;

	put_long(s, 8, NOW - TIME_S(100));
	key_of(OCSP_SHA1, 7, r.key);
	shelf_remember(s, &r);
	ck_assert(!has(s, 7, NOW, &due));
	ck_assert_uint_eq(ending(s, NOW, 8, &first), 1);
	ck_assert_uint_eq(first, 7);
	/* Made in the second of the answer before: it ends behind the other. */
	put_long(s, 7, NOW);
	ck_assert_uint_eq(ending(s, NOW + TIME_S(651), 8, &first), 1);
	ck_assert_uint_eq(first, 8);
	put_long(s, 7, NOW);
	shelf_forget(s, "devices", &seven);
	put_long(s, 7, NOW);
	ck_assert(has(s, 7, NOW, &due));
	ck_assert_uint_eq(ending(s, NOW + TIME_S(652), 8, &first), 0);
	shelf_free(s);
}
END_TEST

START_TEST(a_revocation_ends_every_form_of_one_serial_number_or_all)
{
	static const enum ocsp_form forms[] = { OCSP_SHA1, OCSP_SHA1_BARE,
	    OCSP_SHA256, OCSP_SHA256_BARE };
	struct shelf *s = shelf(16);
	struct number seven = number_of(7);
	struct page *p = page("good", NOW, NOW + TIME_S(100));
	unsigned char key[OCSP_KEY];
	struct ending e[8];
	time_us asked;

	for (size_t i = 0; i < NELEM(forms); i++) {
		key_of(forms[i], 7, key);
		ck_assert(shelf_answer_put(s, 0, key, 0, p, &asked));
	}
	ck_assert(put(s, 8, 0));
	ck_assert_uint_eq(shelf_answers(s), 5);
	shelf_forget(s, "devices", &seven);
	for (size_t i = 0; i < NELEM(forms); i++) {
		bool due;

		key_of(forms[i], 7, key);
		ck_assert_ptr_null(shelf_answer(s, key, NOW, &due));
		ck_assert(!due);
	}
	ck_assert(is_there(s, 8));
	ck_assert_uint_eq(shelf_ending(s, NOW, e, NELEM(e)), NELEM(forms));
	shelf_forget(s, "devices", NULL);
	ck_assert(!is_there(s, 8));
	/* Also those that somebody was told of, and read before. */
	ck_assert_uint_eq(shelf_ending(s, NOW, e, NELEM(e)),
	    NELEM(forms) + 1);
	page_free(p);
	shelf_free(s);
}
END_TEST

START_TEST(the_oldest_make_room)
{
	struct shelf *s = shelf(4);

	for (uint64_t i = 1; i <= 4; i++)
		ck_assert(put(s, i, 0));
	ck_assert(put(s, 1, 0));	/* new again */
	ck_assert_uint_eq(shelf_answers(s), 4);
	ck_assert(put(s, 5, 0));
	ck_assert_uint_eq(shelf_answers(s), 4);
	ck_assert(!is_there(s, 2));
	ck_assert(is_there(s, 1) && is_there(s, 3) && is_there(s, 5));
	shelf_free(s);
}
END_TEST

/* One that answers, one that revokes, one that asks: @revoked is what the
 * store would say, set before the answers are dropped. */
struct race {
	struct shelf	*s;
	atomic_uint	 revoked;	/* serial numbers up to this */
	atomic_uint	 told;		/* their revocation was answered */
	atomic_bool	 stop;
};
#define RACE	2000u

static void *
answerer(void *ctx)
{
	struct race *r = ctx;
	unsigned char key[OCSP_KEY];
	time_us asked;

	while (!atomic_load(&r->stop)) {
		for (unsigned i = 1; i <= 8; i++) {
			uint64_t epoch = shelf_epoch(r->s, 0);
			unsigned serial = atomic_load(&r->told) + i;
			bool good = serial > atomic_load(&r->revoked);
			struct page *p = page(good ? "good" : "revoked", NOW,
			    NOW + TIME_S(100));

			key_of(OCSP_SHA1, serial, key);
			(void)shelf_answer_put(r->s, 0, key, epoch, p,
			    &asked);
			page_free(p);
		}
	}
	return NULL;
}

START_TEST(nobody_is_told_good_after_a_revocation_was_answered)
{
	struct race r = { .s = shelf(64) };
	unsigned char key[OCSP_KEY];
	pthread_t t[2];

	for (size_t i = 0; i < NELEM(t); i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, answerer, &r), 0);
	for (unsigned serial = 1; serial <= RACE; serial++) {
		struct number n = number_of(serial);
		struct page *p;
		bool due;

		atomic_store(&r.revoked, serial);	/* it is durable */
		shelf_forget(r.s, "devices", &n);
		atomic_store(&r.told, serial);
		key_of(OCSP_SHA1, serial, key);
		for (unsigned k = 0; k < 20; k++) {
			p = shelf_answer(r.s, key, NOW, &due);
			if (p != NULL)
				ck_assert_str_eq(blob_str(&p->body->b),
				    "revoked");
			page_free(p);
		}
	}
	atomic_store(&r.stop, true);
	for (size_t i = 0; i < NELEM(t); i++)
		pthread_join(t[i], NULL);
	shelf_free(r.s);
}
END_TEST

UNIT_MAIN("shelf",
	UNIT(a_page_is_found_at_its_path_and_replaced_whole)
	UNIT(an_answer_is_given_until_it_ends_and_is_due_once_at_half_its_life)
	UNIT(what_is_asked_for_is_made_anew_before_it_ends)
	UNIT(who_failed_for_what_passes_is_told_again_soon_then_less_often)
	UNIT(what_nobody_asks_for_is_dropped_after_three_lives)
	UNIT(what_is_remembered_is_made_anew_and_given_by_nobody_before)
	UNIT(what_is_found_again_keeps_its_place)
	UNIT(an_issuer_is_known_once_it_was_called)
	UNIT(what_was_read_before_a_revocation_is_not_kept_after_it)
	UNIT(what_somebody_wanted_is_made_anew_once_it_is_so_no_more)
	UNIT(what_was_so_no_more_takes_its_place_again)
	UNIT(a_revocation_ends_every_form_of_one_serial_number_or_all)
	UNIT(the_oldest_make_room)
	UNIT(nobody_is_told_good_after_a_revocation_was_answered))
