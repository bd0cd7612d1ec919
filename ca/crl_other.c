/* crl_other - the list by which another system's authority comes here. */
#include "config.h"

#include <stdlib.h>

#include "ca/crl.h"
#include "ca/key.h"
#include "ca/seal.h"

static int
whose_check(const struct crl_info *i, const struct crl_of *of,
    struct err *err)
{
	if (!span_equal(i->issuer, of->name) || (i->key_id.n > 0 &&
	    of->key_id.n > 0 && !span_equal(i->key_id, of->key_id)))
		return err_set(err, EDENIED, "the list is of another authority "
		    "(RFC 5280, 5.1.2.3, 5.2.1)");
	if (i->base.n > 0)
		return err_set(err, EDENIED, "the list is a delta, not a "
		    "complete one (RFC 5280, 5.2.4)");
	if (i->scope != CRL_ALL && !of->part)
		return err_set(err, EDENIED, "the list is of %s certificates "
		    "only (RFC 5280, 5.2.5)", i->scope == CRL_CAS ?
		    "authorities'" : "users'");
	if (i->number.n == 0)
		return err_set(err, EINPUT, "the list has no number (RFC 5280, "
		    "5.2.3)");
	return 0;
}

static int
signature_check(struct span tbs, struct span algorithm, struct span signature,
    const struct crl_of *of, struct err *err)
{
	EVP_PKEY *key = NULL;
	int rc;

	TRY(key_pkey(of->spki, &key, err));
	rc = seal_verify(tbs, algorithm, signature, key, err);
	EVP_PKEY_free(key);
	return rc != -EVERIFY ? rc : err_set(err, EPROOF, "the list is not "
	    "signed by the authority's key (RFC 5280, 5.1.1.3)");
}

/* ---- of two words about one certificate, neither is to be believed ---- */

struct serials {
	struct number	*at;		/* owned */
	size_t		 n, room;
};

static int
serial_note(void *ctx, const struct crl_entry *e, struct err *err)
{
	struct serials *s = ctx;

	if (s->n == s->room)
		return err_set(err, EINTERNAL, "a list that changes");
	s->at[s->n++] = e->serial;
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	return number_order(a, b);
}

static int
twice_check(struct serials *s, struct err *err)
{
	char hex[NUMBER_HEX];

	qsort(s->at, s->n, sizeof(*s->at), by_number);
	for (size_t i = 1; i < s->n; i++)
		if (number_order(&s->at[i - 1], &s->at[i]) == 0) {
			number_hex(&s->at[i], hex);
			return err_set(err, EINPUT, "the list names serial "
			    "number %s twice", hex);
		}
	return 0;
}

static int
serials_check(struct span tbs, const struct crl_info *info, struct err *err)
{
	struct serials s = { .room = info->entries };
	struct crl_info again;
	int rc;

	if (info->ascending)
		return 0;
	if ((s.at = calloc(s.room + 1, sizeof(*s.at))) == NULL)
		return err_set(err, ENOMEMORY, "a list");
	rc = crl_read_other(tbs, serial_note, &s, &again, err);
	if (rc == 0)
		rc = twice_check(&s, err);
	free(s.at);
	return rc;
}

int
crl_take_other(struct span whole, const struct crl_of *of,
    crl_each *each, void *ctx, struct crl_info *ret, struct err *err)
{
	struct span tbs, algorithm, signature;
	struct crl_info info;

	if (whole.n > (of->most != 0 ? of->most : CRL_OTHER))
		return err_set(err, ETOOBIG, "the list has over %zu octets",
		    of->most != 0 ? of->most : CRL_OTHER);
	TRY(seal_read(whole, "a revocation list", &tbs, &algorithm, &signature,
	    err));
	TRY(crl_read_other(tbs, each, ctx, &info, err));
	if (!span_equal(info.algorithm, algorithm))
		return err_set(err, EINPUT, "the list names two algorithms "
		    "(RFC 5280, 5.1.1.2)");
	TRY(whose_check(&info, of, err));
	TRY(serials_check(tbs, &info, err));
	TRY(signature_check(tbs, algorithm, signature, of, err));
	*ret = info;
	return 0;
}

#define AHEAD	TIME_S(300)	/* how far clocks may differ */

int
crl_other_check(const struct crl_info *i, time_us asked, bool only,
    struct err *err)
{
	char when[TIME_TEXT];

	clock_text(i->this_update > asked ? i->this_update : i->next_update,
	    when);
	if (i->this_update > asked + AHEAD)
		return err_set(err, EDENIED, "the list is of %s, which is yet to "
		    "come", when);
	if (i->next_update < asked)
		return err_set(err, EDENIED, "the list was good until %s: bring "
		    "the newest", when);
	if (i->partition.n > 0 && !only)
		return err_set(err, EDENIED, "the list names a distribution "
		    "point, so it may be one of several (RFC 5280, 5.2.5); if it "
		    "is the only one, say \"only_list\", --only-list");
	return 0;
}
