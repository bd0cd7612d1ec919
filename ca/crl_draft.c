#include "config.h"

#include <string.h>

#include "ca/crl.h"
#include "ca/ext.h"
#include "ca/seal.h"

/* An entry with both extensions and the longest serial has 76 octets. */
#define ENTRY_ROOM	40
#define ROOM_MOST	((size_t)128 << 20)

static int
check_url(const char *url, const char *what, struct err *err)
{
	size_t i;

	for (i = 0; url != NULL && url[i] != '\0'; i++)
		if (url[i] <= ' ' || url[i] > '~' || i >= CRL_URL)
			break;
	if (url != NULL && (i == 0 || url[i] != '\0'))
		return err_set(err, ERANGE_, "%s is not of 1 to %d printable "
		    "ASCII characters", what, CRL_URL);
	return 0;
}

static int
check_ask(const struct crl_ask *a, struct err *err)
{
	if (a->number.n == 0)
		return err_set(err, ERANGE_, "a CRL has a number (RFC 5280, "
		    "5.2.3)");
	if (a->base.n > 0 && number_order(&a->base, &a->number) >= 0)
		return err_set(err, ERANGE_, "a delta's base is not below its "
		    "number (RFC 5280, 5.2.4)");
	if (a->key_id.n == 0 || a->key_id.n > CRL_KEY_ID)
		return err_set(err, ERANGE_, "a key identifier of %zu octets",
		    a->key_id.n);
	if (a->next_update / TIME_S(1) <= a->this_update / TIME_S(1))
		return err_set(err, ERANGE_, "nextUpdate is not after "
		    "thisUpdate (RFC 5280, 5.1.2.5)");
	if (a->base.n > 0 && a->freshest != NULL)
		return err_set(err, ERANGE_, "a delta names no fresher one "
		    "(RFC 5280, 5.2.6)");
	TRY(check_url(a->partition, "the distribution point", err));
	return check_url(a->freshest, "the freshest CRL's URL", err);
}

static int
put_reason(struct der *w, enum reason r)
{
	TRY(ext_open(w, OID_REASON_CODE, false));
	TRY(der_int(w, DER_ENUMERATED, r));
	return ext_close(w);
}

/* RFC 5280, 5.3.1: unspecified is not written but left out. */
static int
put_entry_extensions(struct der *w, const struct crl_entry *e)
{
	if (e->reason == REASON_UNSPECIFIED && !e->dated)
		return 0;
	TRY(der_open(w, DER_SEQUENCE));
	if (e->reason != REASON_UNSPECIFIED)
		TRY(put_reason(w, e->reason));
	if (e->dated) {
		TRY(ext_open(w, OID_INVALIDITY_DATE, false));
		TRY(der_general_time(w, DER_GENERAL_TIME, e->invalidity));
		TRY(ext_close(w));
	}
	return der_close(w);
}

static int
put_entry(struct der *w, const struct crl_entry *e, bool delta)
{
	if (!number_positive(&e->serial))
		return err_set(w->err, ERANGE_, "an entry's serial number is "
		    "not positive");
	if (reason_name(e->reason) == NULL ||
	    (e->reason == REASON_REMOVE && !delta))
		return err_set(w->err, ERANGE_, "an entry's reason is %d "
		    "(RFC 5280, 5.3.1)", (int)e->reason);
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_uint(w, number_span(&e->serial)));
	TRY(der_time(w, e->revoked));
	TRY(put_entry_extensions(w, e));
	return der_close(w);
}

static int
put_entries(struct der *w, const struct crl_ask *a)
{
	struct crl_entry e = { 0 };
	bool more = false;

	if (a->next != NULL)
		TRY(a->next(a->ctx, &e, &more, w->err));
	/* RFC 5280, 5.1.2.6: no list rather than an empty one. */
	if (!more)
		return 0;
	TRY(der_open(w, DER_SEQUENCE));
	while (more) {
		TRY(put_entry(w, &e, a->base.n > 0));
		TRY(a->next(a->ctx, &e, &more, w->err));
	}
	return der_close(w);
}

/* DistributionPointName: fullName of one URL. */
static int
put_point(struct der *w, const char *url)
{
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_text(w, DER_CONTEXT(6), url));
	TRY(der_close(w));
	return der_close(w);
}

static int
put_issuing_point(struct der *w, const struct crl_ask *a)
{
	if (a->partition == NULL && a->scope == CRL_ALL)
		return 0;
	TRY(ext_open(w, OID_ISSUING_POINT, true));
	TRY(der_open(w, DER_SEQUENCE));
	if (a->partition != NULL)
		TRY(put_point(w, a->partition));
	if (a->scope != CRL_ALL)
		TRY(der_put(w, DER_CONTEXT(a->scope == CRL_USERS ? 1 : 2),
		    "\xff", 1));
	TRY(der_close(w));
	return ext_close(w);
}

static int
put_freshest(struct der *w, const char *url)
{
	TRY(ext_open(w, OID_FRESHEST_CRL, false));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(put_point(w, url));
	TRY(der_close(w));
	TRY(der_close(w));
	return ext_close(w);
}

static int
put_number(struct der *w, enum oid o, bool critical, const struct number *n)
{
	TRY(ext_open(w, o, critical));
	TRY(der_uint(w, number_span(n)));
	return ext_close(w);
}

static int
put_extensions(struct der *w, const struct crl_ask *a)
{
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(ext_open(w, OID_AUTHORITY_KEY_ID, false));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_span(w, DER_CONTEXT(0), a->key_id));
	TRY(der_close(w));
	TRY(ext_close(w));
	TRY(put_number(w, OID_CRL_NUMBER, false, &a->number));
	if (a->base.n > 0)
		TRY(put_number(w, OID_DELTA_CRL_INDICATOR, true, &a->base));
	TRY(put_issuing_point(w, a));
	if (a->freshest != NULL)
		TRY(put_freshest(w, a->freshest));
	TRY(der_close(w));
	return der_close(w);
}

static int
put_list(struct der *w, const struct crl_ask *a, struct span algorithm)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_int(w, DER_INTEGER, 1));	/* version 2 */
	TRY(der_raw(w, algorithm));
	TRY(der_raw(w, a->issuer));
	TRY(der_time(w, a->this_update));
	TRY(der_time(w, a->next_update));
	TRY(put_entries(w, a));
	TRY(put_extensions(w, a));
	return der_close(w);
}

int
crl_draft(const struct crl_ask *ask, struct blob *ret, struct err *err)
{
	struct span algorithm = seal_algorithm(ask->scheme);
	size_t from = ret->len;
	struct der w;
	int rc;

	if (algorithm.n == 0)
		return err_set(err, EINPUT, "no scheme %s", ask->scheme);
	TRY(check_ask(ask, err));
	/* A guess that is too high must not cost what an entry does not. */
	if (ask->room < ROOM_MOST / ENTRY_ROOM)
		TRY(blob_reserve(ret, ask->room * ENTRY_ROOM + 4096, err));
	der_init(&w, ret, err);
	rc = put_list(&w, ask, algorithm);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}
