/* What there is of certificates, and what of it ends next. */
#include "config.h"

#include "tests/unit/certs.h"

struct stocks {
	struct cert_stock all, none;
	struct sha256	 spki;
	char		 authorities[200], ending[200];
	char		 id[DEVICES][ID_TEXT];	/* of those that end */
	unsigned	 ids;
	time_us		 until, until_all;
	unsigned	 stop;		/* ending_one fails at this one */
	unsigned	 keyed, keyed_all;
	bool		 more, more_all, more_rest, rest;
};

static int
authority_one(void *ctx, const struct cert_ca *c, struct err *err)
{
	struct stocks *s = ctx;

	size_t n = strlen(s->authorities);

	snprintf(s->authorities + n, sizeof(s->authorities) - n, "%s", c->name);
	return 0;
}

static int
device_one(void *ctx, const struct cert_end *c, struct err *err)
{
	struct stocks *s = ctx;
	size_t n = strlen(s->ending);

	snprintf(s->ending + n, sizeof(s->ending) - n, "%s",
	    c->device + strlen(c->device) - 1);
	return 0;
}

static int
ending_one(void *ctx, const struct cert_end *c, struct err *err)
{
	struct stocks *s = ctx;

	snprintf(s->id[s->ids++], ID_TEXT, "%s", c->id);
	return s->ids == s->stop ? err_set(err, EIO_, "enough") : 0;
}

static int
read_stocks(struct tx *tx, void *ctx, struct err *err)
{
	struct stocks *s = ctx;
	AUTO_JSON *list = NULL, *both = NULL, *rest = NULL;

	TRY(cert_ca_stock(tx, DEVCA, &s->all, err));
	TRY(cert_ca_stock(tx, "nobody", &s->none, err));
	TRY(cert_ca_each(tx, authority_one, s, err));
	TRY(cert_list_key(tx, &s->spki, NULL, 1, &list, &s->more, err));
	s->keyed = (unsigned)json_array_size(list);
	TRY(cert_list_key(tx, &s->spki, NULL, 2, &both, &s->more_all, err));
	s->keyed_all = (unsigned)json_array_size(both);
	TRY(cert_list_key(tx, &s->spki, json_str(json_array_get(list, 0), "id",
	    ""), 2, &rest, &s->more_rest, err));
	s->rest = json_array_size(rest) == 1 && json_equal(json_array_get(rest,
	    0), json_array_get(both, 1));
	return 0;
}

static int
read_ending(struct tx *tx, void *ctx, struct err *err)
{
	struct stocks *s = ctx;

	s->ids = 0;
	TRY(cert_ending(tx, CA_TIME, 0, DEVICES, ending_one, s, &s->until_all,
	    err));
	s->ids = 0;
	TRY(cert_ending(tx, CA_TIME, 0, DEVICES - 1, ending_one, s, &s->until,
	    err));
	for (unsigned i = 0; i < s->ids; i++)
		TRY(cert_end_get(tx, s->id[i], device_one, s, err));
	return 0;
}

START_TEST(what_there_is_is_counted_as_it_comes_and_goes)
{
	struct pki k;
	struct stocks s = { .stop = 0 };

	pki_begin(&k);
	issue_some(&k);
	change_to(&k, "Thermostat-1", CERT_REVOKED, REASON_SUPERSEDED, NOW);
	change_to(&k, "Thermostat-2", CERT_HELD, REASON_HOLD, NOW);
	change_to(&k, "Thermostat-3", CERT_HELD, REASON_HOLD, NOW);
	change_to(&k, "Thermostat-3", CERT_GOOD, REASON_REMOVE, NOW);
	/* What leads nowhere counts nothing: revoked is for ever. */
	change_to(&k, "Thermostat-1", CERT_HELD, REASON_HOLD, NOW);
	s.spki = certs_newest(&k, "Thermostat-3").spki;
	unit_ok(store_read(k.store, read_stocks, &s, &unit_err));
	ck_assert_int_eq(s.all.issued, DEVICES);
	ck_assert_int_eq(s.all.revoked, 1);
	ck_assert_int_eq(s.all.held, 1);
	ck_assert_int_eq(s.none.issued + s.none.revoked + s.none.held, 0);
	ck_assert_str_eq(s.authorities, DEVCA ROOT);
	ck_assert_uint_eq(s.keyed, 1);
	ck_assert(!s.more);
	pki_end(&k);
}
END_TEST

START_TEST(a_key_may_have_been_certified_more_than_once)
{
	struct pki k;
	struct stocks s = { .stop = 0 };
	EVP_PKEY *key = EVP_EC_gen("P-256");

	pki_begin(&k);
	unit_ok(issue(&k, "one", key, CA_TIME, &unit_err));
	unit_ok(issue(&k, "one", key, CA_TIME + TIME_S(1), &unit_err));
	s.spki = certs_newest(&k, "one").spki;
	unit_ok(store_read(k.store, read_stocks, &s, &unit_err));
	ck_assert_uint_eq(s.keyed, 1);
	ck_assert(s.more);
	ck_assert_uint_eq(s.keyed_all, 2);
	ck_assert(!s.more_all);
	ck_assert(s.rest && !s.more_rest);
	EVP_PKEY_free(key);
	pki_end(&k);
}
END_TEST

START_TEST(what_ends_next_is_told_up_to_a_moment)
{
	struct pki k;
	struct stocks s = { .stop = 0 };
	struct cert_row last;

	pki_begin(&k);
	issue_some(&k);
	last = certs_newest(&k, "Thermostat-4");
	unit_ok(store_read(k.store, read_ending, &s, &unit_err));
	ck_assert_int_eq(s.until_all, 0);
	ck_assert_str_eq(s.ending, "01234");
	ck_assert_int_eq(s.until, last.not_after);
	s.stop = 2;
	unit_fails(store_read(k.store, read_ending, &s, &unit_err), EIO_);
	ck_assert_uint_eq(s.ids, 2);
	pki_end(&k);
}
END_TEST

ENGINE_MAIN("cert/stock",
	UNIT(what_there_is_is_counted_as_it_comes_and_goes)
	UNIT(a_key_may_have_been_certified_more_than_once)
	UNIT(what_ends_next_is_told_up_to_a_moment))
