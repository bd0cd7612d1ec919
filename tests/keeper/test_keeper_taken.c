/*
 * A hostile service and authorities that others signed, or kept before: what
 * is taken in is what was approved, and lists go on where theirs ended.
 */
#include "config.h"

#include <openssl/pem.h>

#include "tests/keeper/certs.h"

struct taken {
	bool		 ours;		/* it says that the house's root signed it */
	bool		 no_lists;	/* and that its key signs no lists */
	bool		 unknown;	/* it has a critical extension that nobody knows */
	struct held_key	 key;		/* of the house, that others certified */
	struct blob	 whole;		/* the certificate */
	struct blob	 list;		/* of the system before; empty: none */
	json_t		*params;	/* owned: of ca.import */
};

static void
taken_done(struct taken *t)
{
	json_decref(t->params);
	blob_done(&t->whole);
	blob_done(&t->list);
	blob_done(&t->key.spki);
}

/* The name CN=Othr. */
#define OTHERS	"\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Othr"

/* keyCertSign alone (RFC 5280, 4.2.1.3). */
static void
usage_without_lists(struct blob *tbs)
{
	unsigned char *at = memmem(tbs->data, tbs->len, "\3\2\1\6", 4);

	ck_assert_ptr_nonnull(at);
	memcpy(at, "\3\2\2\4", 4);
}

/* 2.5.29.126, where nameConstraints was: as critical as that. */
static void
extension_unknown(struct blob *tbs)
{
	unsigned char *at = memmem(tbs->data, tbs->len, "\6\3\x55\x1d\x1e", 5);

	ck_assert_ptr_nonnull(at);
	at[4] = 126;
}

/* As another system would have it: made elsewhere, for our key. */
static void
taken_certificate(struct taken *t, time_us not_before)
{
	json_t *p = ca_parameters("more", "More", "root", &t->key);
	struct sha256 hash;
	struct attempt a;

	if (t->unknown)
		unit_ok(json_set_new(p, "name_constraints",
		    json_of("{\"permitted\": [\"dns:example.com\"]}"), &unit_err));
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &t->key, p);
	a.not_before = not_before;
	/* By a root that the house does not know, and whose signature it cannot check. */
	if (!t->ours)
		a.issuer->subject = span_of(OTHERS, sizeof(OTHERS) - 1);
	a.issuer->not_before = not_before;
	attempt_draft(&a);
	if (t->no_lists)
		usage_without_lists(&a.tbs);
	if (t->unknown)
		extension_unknown(&a.tbs);
	blob_clear(&t->whole);
	unit_ok(seal_assemble(span_blob(&a.tbs), "ecdsa-sha256",
	    span_of("\x30\x06\x02\x01\x01\x02\x01\x01", 8), &t->whole,
	    &unit_err));
	attempt_done(&a);
	hash = sha256_of(t->whole.data, t->whole.len);
	unit_ok(json_set_hash(t->params, "certificate", &hash, &unit_err));
}

static void
taken_of(struct taken *t, const char *number)
{
	t->params = key_parameters(t->key.hash, t->key.name);
	unit_ok(json_set_str(t->params, "name", "more", &unit_err));
	unit_ok(json_set_new(t->params, "urls", json_of(URLS), &unit_err));
	unit_ok(json_set_int(t->params, "partitions", 4, &unit_err));
	if (number != NULL)
		unit_ok(json_set_str(t->params, "crl_number", number,
		    &unit_err));
	taken_certificate(t, clock_now() / TIME_S(1) * TIME_S(1));
}

static void
taken_begin(struct taken *t, const char *number)
{
	*t = (struct taken){ .key.name = "more" };
	certs_setup();
	held_key_make(&t->key, "ca");
	taken_of(t, number);
}

static json_t *
taken_permit(const struct taken *t)
{
	return permit(ask("ca-make", ACTION_CA_IMPORT, "officer-1",
	    json_deep_copy(t->params)), "ca-make", "12");
}

static int
taken_use(const struct taken *t, const json_t *p, const struct blob *der)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "adopt-ca",
	    "key", t->key.hash, "principal", "officer-1"));
	unit_ok(json_set_b64(op, "content", der->data, der->len, &unit_err));
	if (t->list.len > 0)
		unit_ok(json_set_b64(op, "crl", t->list.data, t->list.len,
		    &unit_err));
	return use(p, op);
}

static int
taken_go(const struct taken *t)
{
	json_t *p = taken_permit(t);
	int rc = taken_use(t, p, &t->whole);

	json_decref(p);
	return rc;
}

START_TEST(a_ca_that_others_signed_is_taken_in_once)
{
	struct taken t;
	json_t *p;

	taken_begin(&t, NULL);
	p = taken_permit(&t);
	/* Another certificate than was approved. */
	ck_assert_int_eq(taken_use(&t, p, &pki.issuing_cert), -EPROOF);
	unit_ok(taken_use(&t, p, &t.whole));
	rig_again(SIGKILL);
	unit_ok(taken_use(&t, p, &t.whole));
	ck_assert_uint_eq(rig_entries("adopt-ca"), 1);
	json_decref(p);
	taken_done(&t);
}
END_TEST

static const struct {
	const char	*why;
	bool		 ours, no_lists, unknown;
	int64_t		 begun;		/* days before now; it lasts 15 years */
} UNFIT[] = {
	{ "signs no lists", false, true, false, 0 },
	{ "has ended", false, false, false, 16 * 365 },
	{ "is not signed by the house's root, which it names", true, false,
	    false, 0 },
	{ "is to be read by who knows what it says", false, false, true, 0 },
};

START_TEST(what_cannot_go_on_is_not_taken)
{
	struct taken t;

	taken_begin(&t, NULL);
	t.ours = UNFIT[_i].ours;
	t.no_lists = UNFIT[_i].no_lists;
	t.unknown = UNFIT[_i].unknown;
	taken_certificate(&t, clock_now() / TIME_S(1) * TIME_S(1) -
	    TIME_S(UNFIT[_i].begun * 86400));
	ck_assert_msg(taken_go(&t) == -EDENIED, "%s", UNFIT[_i].why);
	if (UNFIT[_i].unknown)
		ck_assert_msg(strstr(unit_err.what, "critical") != NULL, "%s",
		    unit_err.what);
	ck_assert_uint_eq(rig_entries("adopt-ca"), 0);
	taken_done(&t);
}
END_TEST

/* ---- the lists of the system before ---- */

/* The highest that leaves room for 2^56 lists in 20 octets, and one more. */
#define HIGHEST		"7fffffffffffffffffffffff" "feffffffffffffff"
#define TOO_HIGH	"7fffffffffffffffffffffff" "ff00000000000000"

/* Its next list of a partition, so far above the floor. */
static int
list_above(const struct taken *t, int partition, uint64_t above)
{
	static const char *const url[] = { POINT("0"), POINT("1") },
	    *const news[] = { NEWS("0"), NEWS("1") };
	struct list_attempt l;
	struct number floor;

	list_begin(&l, 1);
	l.ca = "more";
	l.by = &t->key;
	l.issuer_cert = &t->whole;
	l.op_partition = partition;
	l.url = url[partition];
	l.ask.freshest = news[partition];
	unit_ok(number_parse(json_str(t->params, "crl_number", "00"), &floor,
	    &unit_err));
	unit_ok(number_add(&floor, above, &l.ask.number, &unit_err));
	return list_go(&l);
}

static int
list_numbered(const struct taken *t, const char *hex)
{
	struct list_attempt l;

	list_begin(&l, 1);
	l.ca = "more";
	l.by = &t->key;
	l.issuer_cert = &t->whole;
	unit_ok(number_parse(hex, &l.ask.number, &unit_err));
	return list_go(&l);
}

START_TEST(no_list_is_below_those_of_the_system_before)
{
	struct taken t;

	taken_begin(&t, "0100");
	unit_ok(taken_go(&t));
	for (int again = 0; again < 2; again++) {
		ck_assert_int_eq(list_numbered(&t, "01"), -ECONFLICT);
		ck_assert_int_eq(list_numbered(&t, "ff"), -ECONFLICT);
		ck_assert_int_eq(list_numbered(&t, "0100"), -ECONFLICT);
		rig_again(SIGKILL);
	}
	unit_ok(list_numbered(&t, "0101"));
	/* Each scope begins there, not only the first. */
	ck_assert_int_eq(list_above(&t, 1, 0), -ECONFLICT);
	unit_ok(list_above(&t, 1, 1));
	ck_assert_int_eq(list_numbered(&t, "0101"), -ECONFLICT);
	ck_assert_uint_eq(rig_entries("crl"), 2);
	taken_done(&t);
}
END_TEST

START_TEST(lists_go_on_from_the_highest_number)
{
	struct taken t;

	taken_begin(&t, HIGHEST);
	unit_ok(taken_go(&t));
	ck_assert_int_eq(list_above(&t, 0, 0), -ECONFLICT);
	ck_assert_int_eq(list_above(&t, 0, ((uint64_t)1 << 32) + 1), -ERANGE_);
	unit_ok(list_above(&t, 0, (uint64_t)1 << 32));
	unit_ok(list_above(&t, 1, 1));
	taken_done(&t);
}
END_TEST

START_TEST(a_number_that_leaves_no_room_is_not_taken)
{
	struct taken t;

	taken_begin(&t, TOO_HIGH);
	ck_assert_int_eq(taken_go(&t), -ERANGE_);
	ck_assert_uint_eq(rig_entries("adopt-ca"), 0);
	taken_done(&t);
}
END_TEST

/* Otherwise whoever renews a certificate could say it anew. */
START_TEST(the_number_is_told_once)
{
	struct taken t;

	taken_begin(&t, "0100");
	unit_ok(taken_go(&t));
	taken_certificate(&t, clock_now() / TIME_S(1) * TIME_S(1) + TIME_S(1));
	unit_ok(json_set_str(t.params, "crl_number", "05", &unit_err));
	ck_assert_int_eq(taken_go(&t), -EDENIED);
	(void)json_object_del(t.params, "crl_number");
	unit_ok(taken_go(&t));
	ck_assert_int_eq(list_numbered(&t, "0100"), -ECONFLICT);
	unit_ok(list_numbered(&t, "0101"));
	taken_done(&t);
}
END_TEST

/* ---- and what is on them ---- */

/* A key that the other system had: in the token, and outside of it. */
static EVP_PKEY *
kept_key(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	const char *const import[] = { "softhsm2-util", "--import",
		scratch_path("kept.p8"), "--token", RIG_TOKEN, "--label",
		"kept", "--id", "07", "--pin", RIG_PIN, NULL };
	FILE *f = fopen(scratch_path("kept.p8"), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL,
	    NULL), 1);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(rig_run(import), 0);
	return key;
}

static void
kept_adopt(struct held_key *k)
{
	json_t *params, *p, *op;

	unit_ok(json_build(&params, &unit_err,
	    "{s:s, s:s, s:s, s:s, s:s, s:[s], s:s}", "name", k->name, "class",
	    "ca", "algorithm", "ec-p256", "scheme", "ecdsa-sha256",
	    "environment", "production", "products", "gateway", "object",
	    "label:kept"));
	p = permit(ask("ca-make", ACTION_KEY_ADOPT, "officer-1", params),
	    "ca-make", "12");
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s}", "op", "adopt",
	    "principal", "officer-1"));
	unit_ok(use(p, op));
	json_decref(p);
	op = json_object_get(json_object_get(rig.answer, "entry"), "result");
	snprintf(k->hash, sizeof(k->hash), "%s", json_str(op, "key", ""));
	unit_ok(b64_decode(json_str(op, "spki", ""), &k->spki, &unit_err));
	unit_ok(house_move("ca-make", ACTION_KEY_ACTIVATE, k->hash, k->name,
	    "active", "12"));
}

static int
next_revoked(void *ctx, struct crl_entry *ret, bool *ret_more,
    struct err *err)
{
	uint64_t *left = ctx;

	*ret_more = *left > 0;
	*ret = (struct crl_entry){ .serial = number_of((1 << 20) - *left),
		.revoked = TIME_S(1700000000), .reason = REASON_SUPERSEDED };
	*left -= *ret_more;
	return 0;
}

/* As the other system signs it for the certificate. */
static void
kept_sign(struct taken *t, struct crl_ask ask, EVP_PKEY *key)
{
	AUTO_JSON *urls = json_of(URLS);
	AUTO(issuer) *i = NULL;
	struct blob tbs = { 0 }, signature = { 0 };
	struct sha256 hash;

	ask.scheme = "ecdsa-sha256";
	unit_ok(issuer_read(span_blob(&t->whole), urls, 4, &i, &unit_err));
	ask.issuer = i->subject;
	ask.key_id = i->key_id;
	unit_ok(crl_draft(&ask, &tbs, &unit_err));
	unit_ok(seal_sign(span_blob(&tbs), key, NULL, ask.scheme, &signature,
	    &unit_err));
	blob_clear(&t->list);
	unit_ok(seal_assemble(span_blob(&tbs), ask.scheme,
	    span_blob(&signature), &t->list, &unit_err));
	blob_done(&tbs);
	blob_done(&signature);
	hash = sha256_of(t->list.data, t->list.len);
	unit_ok(json_set_hash(t->params, "crl", &hash, &unit_err));
}

/* A list of so many entries. */
static void
kept_list(struct taken *t, uint64_t number, uint64_t entries, EVP_PKEY *key)
{
	struct crl_ask ask = { .number = number_of(number),
		.this_update = clock_now(),
		.next_update = clock_now() + TIME_S(86400),
		.next = next_revoked, .ctx = &entries };

	kept_sign(t, ask, key);
}

static EVP_PKEY *
kept_begin(struct taken *t)
{
	EVP_PKEY *key;

	*t = (struct taken){ .key.name = "kept" };
	certs_setup();
	key = kept_key();
	kept_adopt(&t->key);
	taken_of(t, "07");
	return key;
}

START_TEST(it_takes_the_list_that_was_approved)
{
	struct taken t;
	EVP_PKEY *key = kept_begin(&t), *thief = EVP_EC_gen("P-256");
	struct blob list = { 0 }, none = { 0 };
	json_t *p;

	/* Signed by another, or with another number than is said. */
	kept_list(&t, 7, 3, thief);
	ck_assert_int_eq(taken_go(&t), -EPROOF);
	kept_list(&t, 8, 3, key);
	ck_assert_int_eq(taken_go(&t), -EPROOF);
	/* Another than was approved, none, and one where none was. */
	kept_list(&t, 7, 3, key);
	p = taken_permit(&t);
	list = t.list;
	t.list = none;
	ck_assert_int_eq(taken_use(&t, p, &t.whole), -EPROOF);
	kept_list(&t, 7, 2, key);
	ck_assert_int_eq(taken_use(&t, p, &t.whole), -EPROOF);
	(void)json_object_del(t.params, "crl");
	ck_assert_int_eq(taken_go(&t), -EPROOF);
	ck_assert_uint_eq(rig_entries("adopt-ca"), 0);
	blob_done(&t.list);
	t.list = list;
	unit_ok(taken_use(&t, p, &t.whole));
	rig_again(SIGKILL);
	unit_ok(taken_use(&t, p, &t.whole));
	ck_assert_int_eq(list_numbered(&t, "07"), -ECONFLICT);
	unit_ok(list_numbered(&t, "08"));
	json_decref(p);
	EVP_PKEY_free(key);
	EVP_PKEY_free(thief);
	taken_done(&t);
}
END_TEST

static const struct {
	const char	*why;
	int64_t		 from, until;	/* s from now */
	const char	*partition;
	bool		 only;
	int		 rc;
} KEPT[] = {
	{ "has ended", -200, -100, NULL, false, -EDENIED },
	{ "is yet to come", 400, 800, NULL, false, -EDENIED },
	{ "may be one of several", 0, 86400, POINT("1"), false, -EDENIED },
	{ "was said to be the only one", 0, 86400, POINT("1"), true, 0 },
};

START_TEST(it_takes_no_list_that_leaves_something_out_unsaid)
{
	struct taken t;
	EVP_PKEY *key = kept_begin(&t);
	struct crl_ask ask = { .number = number_of(7),
		.this_update = clock_now() + TIME_S(KEPT[_i].from),
		.next_update = clock_now() + TIME_S(KEPT[_i].until),
		.partition = KEPT[_i].partition };

	if (KEPT[_i].only)
		unit_ok(json_set_new(t.params, "only_list", json_true(),
		    &unit_err));
	kept_sign(&t, ask, key);
	ck_assert_msg(taken_go(&t) == KEPT[_i].rc, "%s", KEPT[_i].why);
	EVP_PKEY_free(key);
	taken_done(&t);
}
END_TEST

/* As large as the service's events hold; and one that is larger. */
START_TEST(it_takes_a_list_of_some_size)
{
	struct taken t;
	EVP_PKEY *key = kept_begin(&t);

	kept_list(&t, 7, 20000, key);
	ck_assert_uint_gt(t.list.len, CRL_OTHER);
	ck_assert_int_ne(taken_go(&t), 0);
	kept_list(&t, 7, 18000, key);
	ck_assert_uint_gt(t.list.len, CRL_OTHER * 9 / 10);
	unit_ok(taken_go(&t));
	rig_again(SIGKILL);
	unit_ok(list_numbered(&t, "08"));
	EVP_PKEY_free(key);
	taken_done(&t);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: authorities of others",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(a_ca_that_others_signed_is_taken_in_once)
	UNIT_ROWS(what_cannot_go_on_is_not_taken, UNFIT)
	UNIT(no_list_is_below_those_of_the_system_before)
	UNIT(lists_go_on_from_the_highest_number)
	UNIT(a_number_that_leaves_no_room_is_not_taken)
	UNIT(the_number_is_told_once)
	UNIT(it_takes_the_list_that_was_approved)
	UNIT_ROWS(it_takes_no_list_that_leaves_something_out_unsaid, KEPT)
	UNIT(it_takes_a_list_of_some_size))
