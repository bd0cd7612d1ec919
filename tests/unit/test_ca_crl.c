#include "config.h"

#include "base/hex.h"
#include "ca/crl.h"
#include "tests/unit/ca_signer.h"
#include "tests/unit/unit.h"

#define URL	"http://crl.example.com/devices/3.crl"
#define DELTA	"http://crl.example.com/devices/3.delta.crl"

/* What is revoked, and what was told of it. */
struct list {
	const struct crl_entry *e;
	size_t		 n, at;
};

static int
next(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	struct list *l = ctx;

	*ret_more = l->at < l->n;
	if (*ret_more)
		*ret = l->e[l->at++];
	return 0;
}

static int
compare(void *ctx, const struct crl_entry *e, struct err *err)
{
	struct list *l = ctx;
	const struct crl_entry *want = &l->e[l->at];

	if (l->at++ >= l->n || number_order(&e->serial, &want->serial) != 0 ||
	    e->revoked != want->revoked || e->reason != want->reason ||
	    e->dated != want->dated ||
	    (e->dated && e->invalidity != want->invalidity))
		return err_set(err, EVERIFY, "entry %zu is another", l->at);
	return 0;
}

static struct signer ca;

static struct crl_ask
ask_of(struct list *l)
{
	return (struct crl_ask){
		.scheme = SIGNER_SCHEME,
		.issuer = span_blob(&ca.name),
		.key_id = span_of(ca.key_id, sizeof(ca.key_id)),
		.number = number_of(300),
		.this_update = SIGNER_FROM + TIME_S(60),
		.next_update = SIGNER_FROM + TIME_S(86400),
		.next = l == NULL ? NULL : next,
		.ctx = l,
	};
}

static struct crl_entry
entry(uint64_t serial, enum reason reason)
{
	return (struct crl_entry){ .serial = number_of(serial),
	    .revoked = SIGNER_FROM + TIME_S(30), .reason = reason };
}

static X509_CRL *
crl_of(const struct crl_ask *ask)
{
	struct blob tbs = { 0 }, whole = { 0 };
	const unsigned char *p;
	X509_CRL *crl;

	unit_ok(crl_draft(ask, &tbs, &unit_err));
	signer_seal(&ca, span_blob(&tbs), &whole);
	p = whole.data;
	crl = d2i_X509_CRL(NULL, &p, (long)whole.len);
	ck_assert_ptr_nonnull(crl);
	ck_assert_uint_eq((size_t)(p - whole.data), whole.len);
	ck_assert_int_eq(X509_CRL_verify(crl, ca.key), 1);
	blob_done(&tbs);
	blob_done(&whole);
	return crl;
}

START_TEST(openssl_verifies_it_and_finds_every_entry)
{
	struct crl_entry e[] = { entry(2, REASON_UNSPECIFIED),
		entry(300, REASON_KEY_COMPROMISE), entry(301, REASON_HOLD) };
	struct list l = { e, NELEM(e), 0 };
	struct crl_ask ask;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	X509_REVOKED *found;
	X509_CRL *crl;
	int critical;
	void *ext;
	size_t i;

	signer_root(&ca);
	e[1].dated = true;
	e[1].invalidity = SIGNER_FROM - TIME_S(86400);
	ask = ask_of(&l);
	crl = crl_of(&ask);
	ck_assert_int_eq(X509_CRL_get_version(crl), 1);
	ck_assert_int_eq(X509_NAME_cmp(X509_CRL_get_issuer(crl),
	    X509_get_subject_name(ca.cert)), 0);
	ck_assert_int_eq(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 3);
	for (i = 0; i < NELEM(e); i++) {
		ck_assert(ASN1_INTEGER_set_uint64(serial, i == 0 ? 2 :
		    299 + i));
		ck_assert_int_gt(X509_CRL_get0_by_serial(crl, &found, serial),
		    0);
		ext = X509_REVOKED_get_ext_d2i(found, NID_crl_reason,
		    &critical, NULL);
		ck_assert_int_eq(ext == NULL, i == 0);
		if (ext != NULL)
			ck_assert_int_eq(ASN1_ENUMERATED_get(ext),
			    e[i].reason);
		ASN1_ENUMERATED_free(ext);
		ext = X509_REVOKED_get_ext_d2i(found, NID_invalidity_date,
		    &critical, NULL);
		ck_assert_int_eq(ext != NULL, i == 1);
		ASN1_GENERALIZEDTIME_free(ext);
	}
	ext = X509_CRL_get_ext_d2i(crl, NID_crl_number, &critical, NULL);
	ck_assert_int_eq(ASN1_INTEGER_get(ext), 300);
	ck_assert_int_eq(critical, 0);
	ASN1_INTEGER_free(ext);
	ck_assert_int_eq(X509_CRL_get_ext_count(crl), 2);
	ASN1_INTEGER_free(serial);
	X509_CRL_free(crl);
	signer_done(&ca);
}
END_TEST

START_TEST(a_partition_and_its_delta_say_so_critically)
{
	struct crl_ask ask;
	ISSUING_DIST_POINT *idp;
	GENERAL_NAME *name;
	int critical = -1;
	X509_CRL *crl;
	void *ext;

	signer_root(&ca);
	ask = ask_of(NULL);
	ask.partition = URL;
	ask.scope = CRL_USERS;
	ask.base = number_of(299);
	crl = crl_of(&ask);
	ck_assert_ptr_null(X509_CRL_get_REVOKED(crl));
	idp = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point,
	    &critical, NULL);
	ck_assert_ptr_nonnull(idp);
	ck_assert_int_eq(critical, 1);
	ck_assert_int_eq(idp->onlyuser, 0xff);
	ck_assert_int_eq(idp->onlyCA, 0);
	name = sk_GENERAL_NAME_value(idp->distpoint->name.fullname, 0);
	ck_assert_int_eq(name->type, GEN_URI);
	ck_assert_int_eq(name->d.ia5->length, (int)strlen(URL));
	ck_assert_mem_eq(name->d.ia5->data, URL, strlen(URL));
	ISSUING_DIST_POINT_free(idp);
	ext = X509_CRL_get_ext_d2i(crl, NID_delta_crl, &critical, NULL);
	ck_assert_int_eq(ASN1_INTEGER_get(ext), 299);
	ck_assert_int_eq(critical, 1);
	ASN1_INTEGER_free(ext);
	X509_CRL_free(crl);

	ask.base.n = 0;
	ask.scope = CRL_CAS;
	ask.freshest = DELTA;
	crl = crl_of(&ask);
	ext = X509_CRL_get_ext_d2i(crl, NID_freshest_crl, &critical, NULL);
	ck_assert_ptr_nonnull(ext);
	ck_assert_int_eq(critical, 0);
	CRL_DIST_POINTS_free(ext);
	X509_CRL_free(crl);
	signer_done(&ca);
}
END_TEST

/* What OpenSSL says of a certificate in the light of these CRLs. */
static int
judge(X509 *cert, X509_CRL *one, X509_CRL *two)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int said;

	SIGNER_OK(X509_STORE_add_cert(store, ca.cert) == 1);
	SIGNER_OK(X509_STORE_add_crl(store, one) == 1);
	SIGNER_OK(two == NULL || X509_STORE_add_crl(store, two) == 1);
	SIGNER_OK(X509_STORE_CTX_init(ctx, store, cert, NULL) == 1);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, SIGNER_FROM / TIME_S(1) + 120);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK |
	    X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS |
	    X509_V_FLAG_X509_STRICT);
	(void)X509_verify_cert(ctx);
	said = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return said;
}

/* A certificate in partition 3, as CERT.md's profiles make it. */
static void
device(struct signer *s, long serial)
{
	static const int nid[] = { NID_authority_key_identifier,
		NID_basic_constraints, NID_key_usage,
		NID_crl_distribution_points, NID_freshest_crl, 0 };
	static const char *const value[] = { "keyid", "critical,CA:FALSE",
		"critical,digitalSignature", "URI:" URL, "URI:" DELTA };

	signer_make(s, &ca, "device", serial, nid, value);
}

START_TEST(openssl_obeys_a_partition_and_refuses_another)
{
	struct crl_entry e[] = { entry(8, REASON_SUPERSEDED) };
	struct list l = { e, NELEM(e), 0 };
	struct signer good, revoked;
	struct crl_ask ask;
	X509_CRL *crl;

	signer_root(&ca);
	device(&good, 7);
	device(&revoked, 8);
	ask = ask_of(&l);
	ask.partition = URL;
	crl = crl_of(&ask);
	ck_assert_int_eq(judge(good.cert, crl, NULL), X509_V_OK);
	ck_assert_int_eq(judge(revoked.cert, crl, NULL),
	    X509_V_ERR_CERT_REVOKED);
	X509_CRL_free(crl);
	l.at = 0;
	ask.partition = "http://crl.example.com/devices/4.crl";
	crl = crl_of(&ask);
	ck_assert_int_eq(judge(revoked.cert, crl, NULL),
	    X509_V_ERR_DIFFERENT_CRL_SCOPE);
	X509_CRL_free(crl);
	signer_done(&good);
	signer_done(&revoked);
	signer_done(&ca);
}
END_TEST

START_TEST(openssl_obeys_a_delta)
{
	struct crl_entry held[] = { entry(7, REASON_HOLD) };
	struct crl_entry now[] = { entry(7, REASON_REMOVE),
		entry(8, REASON_KEY_COMPROMISE) };
	struct list before = { held, 1, 0 }, after = { now, 2, 0 };
	struct signer seven, eight;
	struct crl_ask ask;
	X509_CRL *full, *delta;

	signer_root(&ca);
	device(&seven, 7);
	device(&eight, 8);
	ask = ask_of(&before);
	ask.partition = URL;
	ask.freshest = DELTA;
	full = crl_of(&ask);
	ask = ask_of(&after);
	ask.partition = URL;
	ask.base = ask.number;
	ask.number = number_of(301);
	delta = crl_of(&ask);
	ck_assert_int_eq(judge(seven.cert, full, NULL),
	    X509_V_ERR_CERT_REVOKED);
	ck_assert_int_eq(judge(seven.cert, full, delta), X509_V_OK);
	ck_assert_int_eq(judge(eight.cert, full, NULL), X509_V_OK);
	ck_assert_int_eq(judge(eight.cert, full, delta),
	    X509_V_ERR_CERT_REVOKED);
	X509_CRL_free(full);
	X509_CRL_free(delta);
	signer_done(&seven);
	signer_done(&eight);
	signer_done(&ca);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	struct crl_entry e[] = { entry(2, REASON_UNSPECIFIED),
		entry(300, REASON_REMOVE), entry(301, REASON_AA_COMPROMISE) };
	struct list l = { e, NELEM(e), 0 }, told = l;
	struct blob tbs = { 0 }, before = { 0 };
	struct crl_info info = { 0 };
	struct crl_ask ask;

	signer_root(&ca);
	e[2].dated = true;
	e[2].invalidity = SIGNER_FROM - TIME_S(INT64_C(86400) * 365 * 60);
	e[2].revoked = TIME_S(INT64_C(2524608000));	/* 2050 */
	ask = ask_of(&l);
	ask.base = number_of(0);
	ask.partition = URL;
	ask.scope = CRL_CAS;
	unit_ok(blob_puts(&before, "before", &unit_err));
	unit_ok(crl_draft(&ask, &tbs, &unit_err));
	l.at = 0;
	unit_ok(crl_draft(&ask, &before, &unit_err));
	ck_assert_uint_eq(before.len, tbs.len + 6);
	ck_assert_mem_eq(before.data + 6, tbs.data, tbs.len);
	unit_ok(crl_read(span_blob(&tbs), compare, &told, &info, &unit_err));
	ck_assert_uint_eq(told.at, 3);
	ck_assert_uint_eq(info.entries, 3);
	ck_assert_uint_eq(info.unknown, 0);
	ck_assert(info.ascending);
	ck_assert(span_equal(info.algorithm, seal_algorithm(SIGNER_SCHEME)));
	ck_assert(span_equal(info.issuer, ask.issuer));
	ck_assert(span_equal(info.key_id, ask.key_id));
	ck_assert(span_equal(info.partition, span_of(URL, strlen(URL))));
	ck_assert_int_eq(info.scope, CRL_CAS);
	ck_assert_uint_eq(info.freshest.n, 0);
	ck_assert_int_eq(number_order(&info.number, &ask.number), 0);
	ck_assert_int_eq(number_order(&info.base, &ask.base), 0);
	ck_assert_int_eq(info.this_update, ask.this_update);
	ck_assert_int_eq(info.next_update, ask.next_update);
	blob_done(&tbs);
	blob_done(&before);
	signer_done(&ca);
}
END_TEST

START_TEST(it_tells_a_serial_that_is_there_twice)
{
	struct crl_entry e[] = { entry(2, 0), entry(3, 0), entry(3, 0) };
	struct list l = { e, NELEM(e), 0 };
	struct crl_ask ask;
	struct blob tbs = { 0 };
	struct crl_info info = { 0 };

	signer_root(&ca);
	ask = ask_of(&l);
	unit_ok(crl_draft(&ask, &tbs, &unit_err));
	unit_ok(crl_read(span_blob(&tbs), NULL, NULL, &info, &unit_err));
	ck_assert(!info.ascending);
	blob_done(&tbs);
	signer_done(&ca);
}
END_TEST

static int
stop(void *ctx, const struct crl_entry *e, struct err *err)
{
	return err_set(err, EDENIED, "not this one");
}

static int
no_more(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	return err_set(err, ESTORE, "the rows end here");
}

START_TEST(what_the_caller_says_stops_it)
{
	struct crl_entry e[] = { entry(2, 0) };
	struct list l = { e, NELEM(e), 0 };
	struct blob tbs = { 0 };
	struct crl_info info = { .entries = 77 };
	struct crl_ask ask;

	signer_root(&ca);
	ask = ask_of(&l);
	unit_ok(crl_draft(&ask, &tbs, &unit_err));
	unit_fails(crl_read(span_blob(&tbs), stop, NULL, &info, &unit_err),
	    EDENIED);
	ck_assert_uint_eq(info.entries, 77);
	blob_cut(&tbs, 3);
	ask.next = no_more;
	unit_fails(crl_draft(&ask, &tbs, &unit_err), ESTORE);
	ck_assert_uint_eq(tbs.len, 3);
	blob_done(&tbs);
	signer_done(&ca);
}
END_TEST

/* Each changes an ask that is good, or an entry of it. */
static char long_url[CRL_URL + 2];
#define CHANGE(name, ...) \
	static UNUSED void \
	name(struct crl_ask *a, struct crl_entry *e) \
	{ \
		__VA_ARGS__ \
	}
CHANGE(same)
CHANGE(scheme, a->scheme = "rsa-sha1";)
CHANGE(no_number, a->number.n = 0;)
CHANGE(zero, a->number = number_of(0);)
CHANGE(base_is_number, a->base = a->number;)
CHANGE(base_below, a->base = number_of(299);)
CHANGE(key_none, a->key_id.n = 0;)
CHANGE(key_64, a->key_id = span_of(long_url, CRL_KEY_ID);)
CHANGE(key_65, a->key_id = span_of(long_url, CRL_KEY_ID + 1);)
CHANGE(ends_at_once, a->next_update = a->this_update + TIME_S(1) - 1;)
CHANGE(ends_next, a->next_update = a->this_update + TIME_S(1);)
CHANGE(year_1949, a->this_update = TIME_S(INT64_C(-631152000)) - 1;)
CHANGE(year_1950, a->this_update = TIME_S(INT64_C(-631152000));)
CHANGE(year_9999, a->next_update = TIME_S(INT64_C(253402300799));)
CHANGE(year_10000, a->next_update = TIME_S(INT64_C(253402300800));)
CHANGE(url_none, a->partition = "";)
CHANGE(url_space, a->partition = "http://a b";)
CHANGE(url_high, a->partition = "http://\xc3\xa4";)
CHANGE(url_full, a->partition = long_url + 1;)
CHANGE(url_over, a->partition = long_url;)
CHANGE(fresh_over, a->freshest = long_url;)
CHANGE(fresh, a->freshest = DELTA;)
CHANGE(fresh_delta, a->freshest = DELTA; a->base = number_of(1);)
CHANGE(serial_0, e->serial = number_of(0);)
CHANGE(serial_none, e->serial.n = 0;)
CHANGE(serial_20, e->serial.n = 20; memset(e->serial.o, 0x7f, 20);)
CHANGE(reason_7, e->reason = (enum reason)7;)
CHANGE(reason_11, e->reason = (enum reason)11;)
CHANGE(reason_10, e->reason = REASON_AA_COMPROMISE;)
CHANGE(remove_full, e->reason = REASON_REMOVE;)
CHANGE(remove_delta, e->reason = REASON_REMOVE; a->base = number_of(1);)
CHANGE(entry_early, e->revoked = TIME_S(INT64_C(-631152000)) - 1;)
CHANGE(room, a->room = 1000;)
CHANGE(room_absurd, a->room = SIZE_MAX;)

static const struct {
	const char	*why;
	void		(*change)(struct crl_ask *, struct crl_entry *);
	enum err_code	 code;
} ASKS[] = {
	{ "a good one", same, OK },
	{ "no such scheme", scheme, EINPUT },
	{ "5.2.3: a number there must be", no_number, ERANGE_ },
	{ "5.2.3: 0 is one", zero, OK },
	{ "5.2.4: a base that is the number itself", base_is_number, ERANGE_ },
	{ "5.2.4: a base below", base_below, OK },
	{ "5.2.1: no key identifier", key_none, ERANGE_ },
	{ "64 octets of key identifier", key_64, OK },
	{ "65 octets of key identifier", key_65, ERANGE_ },
	{ "5.1.2.5: within the same second", ends_at_once, ERANGE_ },
	{ "5.1.2.5: a second later", ends_next, OK },
	{ "a time that UTCTime cannot say", year_1949, ERANGE_ },
	{ "the first that it can", year_1950, OK },
	{ "the last second", year_9999, OK },
	{ "after the last second", year_10000, ERANGE_ },
	{ "an empty URL", url_none, ERANGE_ },
	{ "a URL with a space", url_space, ERANGE_ },
	{ "a URL that is not ASCII", url_high, ERANGE_ },
	{ "the longest URL", url_full, OK },
	{ "a longer URL", url_over, ERANGE_ },
	{ "a longer URL of deltas", fresh_over, ERANGE_ },
	{ "5.2.6: deltas of a full one", fresh, OK },
	{ "5.2.6: deltas of a delta", fresh_delta, ERANGE_ },
	{ "serial 0", serial_0, ERANGE_ },
	{ "no serial", serial_none, ERANGE_ },
	{ "a serial of 20 octets", serial_20, OK },
	{ "5.3.1: 7 is not used", reason_7, ERANGE_ },
	{ "5.3.1: there are ten", reason_11, ERANGE_ },
	{ "5.3.1: the tenth", reason_10, OK },
	{ "5.3.1: removeFromCRL in a full one", remove_full, ERANGE_ },
	{ "5.3.1: removeFromCRL in a delta", remove_delta, OK },
	{ "an entry from before all time", entry_early, ERANGE_ },
	{ "room for a thousand", room, OK },
	{ "a guess beyond all bounds is not believed", room_absurd, OK },
};

START_TEST(it_drafts_what_the_standard_allows_and_nothing_else)
{
	struct crl_entry e[] = { entry(5, 0) };
	struct list l = { e, NELEM(e), 0 };
	struct crl_ask ask;
	struct blob tbs = { 0 };
	struct crl_info info = { 0 };

	memset(long_url, 'u', CRL_URL + 1);
	signer_root(&ca);
	ask = ask_of(&l);
	ASKS[_i].change(&ask, e);
	unit_ok(blob_puts(&tbs, "abc", &unit_err));
	if (ASKS[_i].code == OK) {
		unit_ok(crl_draft(&ask, &tbs, &unit_err));
		unit_ok(crl_read(span_of(tbs.data + 3, tbs.len - 3), NULL,
		    NULL, &info, &unit_err));
		ck_assert_uint_eq(info.entries, 1);
	} else {
		unit_fails(crl_draft(&ask, &tbs, &unit_err), ASKS[_i].code);
		ck_assert_str_eq(blob_str(&tbs), "abc");
	}
	blob_done(&tbs);
	signer_done(&ca);
}
END_TEST

UNIT_MAIN("ca/crl",
	UNIT(openssl_verifies_it_and_finds_every_entry)
	UNIT(a_partition_and_its_delta_say_so_critically)
	UNIT(openssl_obeys_a_partition_and_refuses_another)
	UNIT(openssl_obeys_a_delta)
	UNIT(what_is_written_is_read)
	UNIT(it_tells_a_serial_that_is_there_twice)
	UNIT(what_the_caller_says_stops_it)
	UNIT_ROWS(it_drafts_what_the_standard_allows_and_nothing_else, ASKS))
