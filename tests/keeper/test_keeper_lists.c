/*
 * A hostile service and keys of kind ca: no list and no OCSP answer comes out
 * but the CA's own and the responder's own.
 */
#include "config.h"

#include "tests/keeper/certs.h"

/* ---- lists ---- */

static void
list_backwards(struct list_attempt *l)
{
	l->ask.number = number_of(4);
}

static void
list_same(struct list_attempt *l)
{
	l->ask.number = number_of(5);
}

static void
list_leaping(struct list_attempt *l)
{
	l->ask.number = number_of(5 + ((uint64_t)1 << 32) + 1);
}

/* More than the service could write down, in a series that begins. */
static void
list_begins_high(struct list_attempt *l)
{
	l->op_partition = 2;
	l->url = POINT("2");
	l->ask.freshest = NEWS("2");
	l->ask.number = number_of(((uint64_t)1 << 52) + 1);
}

static void
list_of_root(struct list_attempt *l)
{
	l->issuer_cert = &pki.root_cert;
}

static void
list_other_name(struct list_attempt *l)
{
	l->ca = "root";
}

static void
list_other_issuer(struct list_attempt *l)
{
	static const unsigned char name[] = { 0x30, 0x0c, 0x31, 0x0a, 0x30, 8,
		6, 3, 0x55, 4, 3, 0x0c, 1, 'x' };

	l->ask.issuer = span_of(name, sizeof(name));
}

static void
list_other_key(struct list_attempt *l)
{
	l->ask.key_id = span_of("01234567890123456789", 20);
}

static void
list_old(struct list_attempt *l)
{
	l->ask.this_update -= TIME_S(310);
}

/* After number 5, which began now. */
static void
list_before_the_last(struct list_attempt *l)
{
	l->ask.this_update -= TIME_S(200);
}

/* The charter says so of authorities, and nothing of roots. */
#define LASTS		TIME_S(20 * 86400)
#define ROOT_LASTS	TIME_S(190 * 86400)

static void
list_far(struct list_attempt *l)
{
	l->ask.next_update = l->ask.this_update + LASTS + TIME_S(1);
}

static void
list_far_delta(struct list_attempt *l)
{
	l->ask.base = number_of(5);
	l->ask.freshest = NULL;
	list_far(l);
}

/* The root's first, which has no deltas. */
static void
root_begin(struct list_attempt *l, uint64_t number)
{
	list_begin(l, number);
	l->ca = "root";
	l->by = &pki.root;
	l->issuer_cert = &pki.root_cert;
	l->url = "http://pki.example/root/0.crl";
	l->ask.freshest = NULL;
}

static void
list_far_root(struct list_attempt *l)
{
	root_begin(l, 6);
	l->ask.next_update = l->ask.this_update + ROOT_LASTS + TIME_S(1);
}

static void
list_point(struct list_attempt *l)
{
	l->op_partition = -1;
}

/* One that the CA has none of: it would be a series that nobody records. */
static void
list_whole(struct list_attempt *l)
{
	l->op_partition = -1;
	l->url = NULL;
	l->ask.freshest = NULL;
}

static void
list_no_point(struct list_attempt *l)
{
	l->url = NULL;
	l->ask.freshest = NULL;
}

static void
list_wrong_point(struct list_attempt *l)
{
	l->op_partition = 1;
	l->url = POINT("2");
}

static void
list_no_partition(struct list_attempt *l)
{
	l->op_partition = 4;
	l->url = POINT("4");
}

static void
list_not_asked_for(struct list_attempt *l)
{
	l->asked = 2;
	l->op_partition = 1;
	l->url = POINT("1");
	l->ask.freshest = NEWS("1");
}

static void
list_whole_for_one(struct list_attempt *l)
{
	l->asked = 0;
	list_whole(l);
}

static void
list_users(struct list_attempt *l)
{
	l->ask.scope = CRL_USERS;
}

static void
list_algorithm(struct list_attempt *l)
{
	l->ask.scheme = "ecdsa-sha384";
}

static void
list_no_list(struct list_attempt *l)
{
	l->list = span_of("0\200", 2);
}

static const struct {
	const char	*why;
	void		(*spoil)(struct list_attempt *l);
	const char	*code;
} LISTS[] = {
	{ "a number that goes backwards", list_backwards, "conflict" },
	{ "the same number with other content", list_same, "conflict" },
	{ "a number that ends the series", list_leaping, "out-of-range" },
	{ "a series that begins too high", list_begins_high, "out-of-range" },
	{ "under another CA's certificate", list_of_root, "denied" },
	{ "for another CA than requested", list_other_name, "bad-proof" },
	{ "for another issuer", list_other_issuer, "denied" },
	{ "for another key", list_other_key, "denied" },
	{ "an old one", list_old, "denied" },
	{ "one that begins before the last", list_before_the_last, "denied" },
	{ "one that lasts a second too long", list_far, "denied" },
	{ "a delta that does", list_far_delta, "denied" },
	{ "a root's that does", list_far_root, "denied" },
	{ "a partition's, as the whole", list_point, "denied" },
	{ "the whole, where each partition has one", list_whole, "denied" },
	{ "the whole, as a partition's", list_no_point, "denied" },
	{ "of another partition", list_wrong_point, "denied" },
	{ "of no partition there is", list_no_partition, "out-of-range" },
	{ "of another partition than requested", list_not_asked_for,
	    "bad-proof" },
	{ "the whole, where a partition was requested", list_whole_for_one,
	    "bad-proof" },
	{ "of users alone", list_users, "denied" },
	{ "under another algorithm", list_algorithm, "denied" },
	{ "no list", list_no_list, "malformed" },
};

START_TEST(it_gets_no_other_list)
{
	struct list_attempt l;
	struct blob list = { 0 };
	json_t *p;

	certs_setup();
	list_begin(&l, 5);
	unit_ok(list_go(&l));
	if (_i == 0 || LISTS[_i].spoil == list_before_the_last)
		rig_again(SIGKILL);
	list_begin(&l, 6);
	LISTS[_i].spoil(&l);
	if (l.list.n > 0)
		unit_ok(blob_put(&list, l.list.p, l.list.n, &unit_err));
	else
		list_draft(&l, &list);
	p = crl_permit(&l);
	ck_assert_int_ne(list_use(&l, p, &list), 0);
	ck_assert_msg(strcmp(json_str(rig.answer, "code", ""), LISTS[_i].code)
	    == 0, "%s: %s (%s)", LISTS[_i].why,
	    json_str(rig.answer, "code", ""), json_str(rig.answer, "what", ""));
	ck_assert_uint_eq(rig_entries("crl"), 1);
	json_decref(p);
	blob_done(&list);
}
END_TEST

START_TEST(a_list_lasts_as_long_as_the_charter_lets_it)
{
	struct list_attempt l;
	const json_t *op;
	char text[TIME_TEXT];

	certs_setup();
	list_begin(&l, 5);
	l.ask.next_update = l.ask.this_update + LASTS;
	unit_ok(list_go(&l));
	op = json_object_get(json_object_get(rig.answer, "entry"),
	    "operation");
	clock_text(l.ask.next_update - l.ask.next_update % TIME_S(1), text);
	ck_assert_str_eq(json_str(op, "next_update", ""), text);
	clock_text(l.ask.this_update - l.ask.this_update % TIME_S(1), text);
	ck_assert_str_eq(json_str(op, "this_update", ""), text);
	root_begin(&l, 1);
	l.ask.next_update = l.ask.this_update + ROOT_LASTS;
	unit_ok(list_go(&l));
}
END_TEST

START_TEST(lists_of_each_scope_are_numbered_by_themselves)
{
	struct list_attempt l;
	struct blob list = { 0 };
	json_t *p, *entry;

	certs_setup();
	list_begin(&l, 5);
	unit_ok(list_go(&l));
	point_begin(&l, 1, 0);
	unit_ok(list_go(&l));
	/* A delta shares its list's series. */
	point_begin(&l, 6, 1);
	p = crl_permit(&l);
	list_draft(&l, &list);
	unit_ok(list_use(&l, p, &list));
	entry = json_incref(json_object_get(rig.answer, "entry"));
	ck_assert_str_eq(json_str(json_object_get(entry, "operation"),
	    "number", ""), "06");
	ck_assert_str_eq(json_str(json_object_get(entry, "operation"), "base",
	    ""), "01");
	/* Asked again, also after a crash: the same answer. */
	unit_ok(list_use(&l, p, &list));
	rig_again(SIGKILL);
	unit_ok(list_use(&l, p, &list));
	ck_assert(json_equal(entry, json_object_get(rig.answer, "entry")));
	ck_assert_uint_eq(rig_entries("crl"), 3);
	json_decref(entry);
	json_decref(p);
	blob_done(&list);
}
END_TEST

struct many {
	uint64_t	 left;
	uint64_t	 serial;
};

static int
next_of_many(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	struct many *m = ctx;

	*ret_more = m->left > 0;
	if (m->left-- == 0)
		return 0;
	*ret = (struct crl_entry){ .serial = number_of(m->serial++),
		.revoked = TIME_S(1700000000), .reason = REASON_SUPERSEDED };
	return 0;
}

/* A list of some 40 MB passes; what is too large ends the connection. */
START_TEST(a_list_of_a_million_is_signed)
{
	struct many m = { 1000000, UINT64_C(1) << 56 };
	struct list_attempt l;

	certs_setup();
	list_begin(&l, 1);
	l.ask.next = next_of_many;
	l.ask.ctx = &m;
	unit_ok(list_go(&l));
	ck_assert_int_eq(json_int(json_object_get(json_object_get(rig.answer,
	    "entry"), "operation"), "entries", 0), 1000000);
}
END_TEST

START_TEST(what_is_attached_is_for_lists_alone)
{
	struct blob list = { 0 };
	struct attempt a;
	json_t *p, *m;

	certs_setup();
	unit_ok(blob_put(&list, "0\0", 2, &unit_err));
	device_attempt(&a, "d-1");
	attempt_draft(&a);
	p = attempt_permit(&a);
	ck_assert_int_eq(rig_call_with(use_message(p, certify_operation(&a)),
	    &list), -ESCHEMA);
	unit_ok(message_make(MESSAGE_HELLO, &m, &unit_err));
	ck_assert_int_eq(rig_call_with(m, &list), -EINPUT);
	unit_ok(use(p, certify_operation(&a)));
	json_decref(p);
	attempt_done(&a);
	blob_done(&list);
}
END_TEST

/* ---- answers ---- */

static const struct {
	const char	*why;
	bool		 other_key;
	int64_t		 produced, this, next;	/* s from now */
} ANSWERS[] = {
	{ "by another responder's key", true, 0, 0, 86400 },
	{ "of long ago", false, -310, -310, 86400 },
	{ "of tomorrow", false, 86400, 0, 2 * 86400 },
	{ "what held long ago", false, 0, -310, 86400 },
	{ "for longer than the charter lets a list be", false, 0, 0, 20 * 86400 + 60 },
};

START_TEST(it_gets_no_other_answer)
{
	time_us now = clock_now();
	struct blob answer = { 0 };
	json_t *p;

	certs_setup();
	answer_draft(ANSWERS[_i].other_key ? &pki.issuing.spki :
	    &pki.responder.spki, now + TIME_S(ANSWERS[_i].produced),
	    now + TIME_S(ANSWERS[_i].this), now + TIME_S(ANSWERS[_i].next),
	    &answer);
	p = ocsp_permit(&pki.responder);
	no_answer(use(p, ocsp_operation(&pki.responder, &answer, 1)),
	    "denied");
	ck_assert_uint_eq(rig_entries("ocsp"), 0);
	json_decref(p);
	blob_done(&answer);
}
END_TEST

/* How many the journal counts in all. */
static int64_t
counted(void)
{
	json_t *m, *e;
	int64_t all = 0;
	size_t i;

	unit_ok(json_build(&m, &unit_err, "{s:s, s:i, s:i}", "do", "tail",
	    "from", 1, "limit", 1000));
	unit_ok(rig_call(m));
	json_array_foreach(json_object_get(rig.answer, "entries"), i, e)
		all += json_int(json_object_get(e, "operation"), "answers", 0);
	return all;
}

/* The first are journaled before they are given, the rest by the thousand, and
 * what is left when the keeper ends or the law changes. */
START_TEST(answers_are_counted)
{
	json_t *next, *p;
	int i;

	certs_setup();
	p = ocsp_permit(&pki.responder);
	unit_ok(ocsp_go(&pki.responder, p, 3));
	ck_assert_uint_eq(json_array_size(json_object_get(rig.answer,
	    "signatures")), 3);
	ck_assert_int_eq(counted(), 3);
	unit_ok(ocsp_go(&pki.responder, p, 64));
	ck_assert_int_eq(counted(), 3);
	for (i = 0; i < 15; i++)
		unit_ok(ocsp_go(&pki.responder, p, 64));
	unit_ok(ocsp_go(&pki.responder, p, 2));
	/* The journal's thread writes them; nobody waits for it. */
	for (i = 0; i < 200 && counted() < 3 + 1000; i++)
		usleep(50000);
	ck_assert_int_ge(counted(), 3 + 1000);
	unit_ok(ocsp_go(&pki.responder, p, 2));
	rig_again(SIGTERM);
	ck_assert_int_eq(counted(), 3 + 16 * 64 + 4);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	unit_ok(ocsp_go(&pki.responder, p, 7));
	next = json_deep_copy(house.charter);
	(void)json_object_set_new(next, "name", json_string("amended"));
	unit_ok(amend(next, next, "12"));
	json_decref(next);
	ck_assert_int_eq(counted(), 3 + 16 * 64 + 4 + 8);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	/* A crash forgets what was not journaled, and nothing else. */
	unit_ok(ocsp_go(&pki.responder, p, 1));
	rig_again(SIGKILL);
	ck_assert_int_eq(counted(), 3 + 16 * 64 + 4 + 9);
	json_decref(p);
}
END_TEST

START_TEST(so_many_answers_at_once_and_no_more)
{
	json_t *p;

	certs_setup();
	p = ocsp_permit(&pki.responder);
	unit_ok(ocsp_go(&pki.responder, p, 64));
	no_answer(ocsp_go(&pki.responder, p, 65), "out-of-range");
	no_answer(ocsp_go(&pki.responder, p, 0), "out-of-range");
	json_decref(p);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: lists and answers",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT_ROWS(it_gets_no_other_list, LISTS)
	UNIT(a_list_lasts_as_long_as_the_charter_lets_it)
	UNIT(lists_of_each_scope_are_numbered_by_themselves)
	UNIT(a_list_of_a_million_is_signed)
	UNIT(what_is_attached_is_for_lists_alone)
	UNIT_ROWS(it_gets_no_other_answer, ANSWERS)
	UNIT(answers_are_counted)
	UNIT(so_many_answers_at_once_and_no_more))
