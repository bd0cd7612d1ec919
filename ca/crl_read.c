#include "config.h"

#include <string.h>

#include "ca/crl.h"
#include "ca/ext.h"

/* What is known only when the whole was read. */
struct reading {
	struct crl_info	*info;
	crl_each	*each;
	void		*ctx;
	struct number	 last;		/* serial */
	bool		 removes;	/* an entry with removeFromCRL */
	bool		 others;	/* another system wrote it */
	struct err	*err;
};

/* RFC 5280, 5.1.2.4 and others: UTCTime as long as there is one. */
static int
take_time(struct span *in, const char *what, time_us *ret, struct err *err)
{
	unsigned tag = 0;

	TRY(der_take_time(in, what, &tag, ret, err));
	if (tag == DER_GENERAL_TIME && *ret < TIME_S(INT64_C(2524608000)))
		return err_set(err, EINPUT, "%s before 2050 is no UTCTime "
		    "(RFC 5280, 5.1.2.4 to 5.1.2.6)", what);
	return 0;
}

static int
read_reason(struct span v, int64_t least, enum reason *ret, struct err *err)
{
	struct span content;
	int64_t n = 0;

	TRY(der_take(&v, DER_ENUMERATED, "reasonCode", &content, err));
	TRY(der_end(&v, "reasonCode", err));
	TRY(der_int_read(content, "reasonCode", &n, err));
	if (n < least || !reason_from_number((unsigned long)n, ret))
		return err_set(err, EINPUT, "reasonCode is %lld (RFC 5280, "
		    "5.3.1)", (long long)n);
	return 0;
}

static int
read_invalidity(struct span v, struct crl_entry *e, struct err *err)
{
	struct span content;

	TRY(der_take(&v, DER_GENERAL_TIME, "invalidityDate", &content, err));
	TRY(der_end(&v, "invalidityDate", err));
	e->dated = true;
	return der_general_time_read(content, "invalidityDate",
	    &e->invalidity, err);
}

static int
read_entry_extension(struct reading *r, const struct ext *x,
    struct crl_entry *e)
{
	bool is = false;

	TRY(ext_of(x, OID_REASON_CODE, false, &is, r->err));
	if (is)
		return read_reason(x->value, r->others ? 0 : 1, &e->reason,
		    r->err);
	TRY(ext_of(x, OID_INVALIDITY_DATE, false, &is, r->err));
	if (is)
		return read_invalidity(x->value, e, r->err);
	r->info->unknown++;
	/* certificateIssuer is critical: an indirect CRL ends here. */
	return ext_unknown(x, r->err);
}

static int
read_entry(struct reading *r, struct span body, struct crl_entry *e)
{
	struct exts all;
	size_t i;

	TRY(number_take(&body, "an entry's serial number", &e->serial,
	    r->err));
	if (!number_positive(&e->serial))
		return err_set(r->err, ERANGE_, "an entry's serial number "
		    "is 0");
	TRY(take_time(&body, "an entry's date", &e->revoked, r->err));
	if (body.n == 0)
		return 0;
	TRY(ext_list(&body, &all, r->err));
	for (i = 0; i < all.n; i++)
		TRY(read_entry_extension(r, &all.e[i], e));
	return der_end(&body, "an entry", r->err);
}

static int
read_entries(struct reading *r, struct span list)
{
	struct crl_entry e;
	struct span body;

	do {
		memset(&e, 0, sizeof(e));
		TRY(der_take(&list, DER_SEQUENCE, "an entry", &body, r->err));
		TRY(read_entry(r, body, &e));
		if (number_order(&e.serial, &r->last) <= 0)
			r->info->ascending = false;
		r->last = e.serial;
		r->removes |= e.reason == REASON_REMOVE;
		r->info->entries++;
		if (r->each != NULL)
			TRY(r->each(r->ctx, &e, r->err));
	} while (list.n > 0);
	return 0;
}

static int
read_key_id(struct reading *r, struct span v)
{
	struct span body;

	TRY(der_take(&v, DER_SEQUENCE, "authorityKeyIdentifier", &body,
	    r->err));
	TRY(der_end(&v, "authorityKeyIdentifier", r->err));
	/* By issuer and serial number alone: RFC 5280, 4.2.1.1. */
	if (r->others && !der_is(&body, DER_CONTEXT(0)))
		return 0;
	TRY(der_take(&body, DER_CONTEXT(0), "keyIdentifier",
	    &r->info->key_id, r->err));
	if (r->info->key_id.n == 0 || r->info->key_id.n > CRL_KEY_ID)
		return err_set(r->err, EINPUT, "keyIdentifier has %zu octets",
		    r->info->key_id.n);
	/* Issuer and serial beside it say nothing that is used here. */
	r->info->unknown += body.n > 0;
	return 0;
}

static int
read_number(struct reading *r, struct span v)
{
	TRY(number_take(&v, "CRLNumber", &r->info->number, r->err));
	return der_end(&v, "CRLNumber", r->err);
}

/* DistributionPointName: a fullName of one URL, and nothing else.  Others'
 * are as they like, and of no use here. */
static int
read_point(struct span *in, bool others, struct span *ret, struct err *err)
{
	static const char what[] = "a distribution point of one URL";
	struct span point, names;

	TRY(der_take(in, DER_CONTEXT_C(0), what, &point, err));
	if (others) {
		*ret = point;
		return 0;
	}
	TRY(der_take(&point, DER_CONTEXT_C(0), what, &names, err));
	TRY(der_end(&point, what, err));
	TRY(der_take(&names, DER_CONTEXT(6), what, ret, err));
	if (ret->n == 0 || ret->n > CRL_URL)
		return err_set(err, EINPUT, "a URL of %zu octets", ret->n);
	return der_end(&names, what, err);
}

static int
read_scope(struct span *in, enum crl_scope *ret, struct err *err)
{
	enum crl_scope scope = der_is(in, DER_CONTEXT(1)) ? CRL_USERS :
	    CRL_CAS;
	struct span content;
	bool only = false;

	if (!der_is(in, DER_CONTEXT(1)) && !der_is(in, DER_CONTEXT(2)))
		return 0;
	TRY(der_take(in, scope == CRL_USERS ? DER_CONTEXT(1) : DER_CONTEXT(2),
	    "the scope", &content, err));
	TRY(der_bool_read(content, "the scope", &only, err));
	if (!only)
		return err_set(err, EINPUT, "a scope is FALSE, its default "
		    "(X.690, 11.5)");
	*ret = scope;
	return 0;
}

static int
read_issuing_point(struct reading *r, struct span v)
{
	struct span body;

	TRY(der_take(&v, DER_SEQUENCE, "issuingDistributionPoint", &body,
	    r->err));
	TRY(der_end(&v, "issuingDistributionPoint", r->err));
	if (body.n == 0)
		return err_set(r->err, EINPUT, "issuingDistributionPoint is "
		    "empty (RFC 5280, 5.2.5)");
	if (der_is(&body, DER_CONTEXT_C(0)))
		TRY(read_point(&body, r->others, &r->info->partition, r->err));
	TRY(read_scope(&body, &r->info->scope, r->err));
	if (body.n > 0)
		return err_set(r->err, EINPUT, "an indirect CRL, one of some "
		    "reasons, of attribute certificates, or of two scopes "
		    "(RFC 5280, 5.2.5)");
	return 0;
}

static int
read_freshest(struct reading *r, struct span v)
{
	static const char what[] = "freshestCRL of one distribution point";
	struct span points, point;

	if (r->others)
		return 0;
	TRY(der_take(&v, DER_SEQUENCE, what, &points, r->err));
	TRY(der_end(&v, what, r->err));
	TRY(der_take(&points, DER_SEQUENCE, what, &point, r->err));
	TRY(der_end(&points, what, r->err));
	TRY(read_point(&point, false, &r->info->freshest, r->err));
	return der_end(&point, what, r->err);
}

static int
read_base(struct reading *r, struct span v)
{
	TRY(number_take(&v, "BaseCRLNumber", &r->info->base, r->err));
	return der_end(&v, "BaseCRLNumber", r->err);
}

static const struct {
	enum oid	 oid;
	bool		 critical;
	int		(*read)(struct reading *, struct span);
} known[] = {
	{ OID_AUTHORITY_KEY_ID, false, read_key_id },
	{ OID_CRL_NUMBER, false, read_number },
	{ OID_DELTA_CRL_INDICATOR, true, read_base },
	{ OID_ISSUING_POINT, true, read_issuing_point },
	{ OID_FRESHEST_CRL, false, read_freshest },
};

static int
read_extension(struct reading *r, const struct ext *x)
{
	bool is = false;
	size_t i;

	for (i = 0; i < NELEM(known); i++) {
		TRY(ext_of(x, known[i].oid, known[i].critical, &is, r->err));
		if (is)
			return known[i].read(r, x->value);
	}
	r->info->unknown++;
	return ext_unknown(x, r->err);
}

static int
read_extensions(struct reading *r, struct span *in)
{
	struct span wrapped;
	struct exts all;
	size_t i;

	TRY(der_take(in, DER_CONTEXT_C(0), "crlExtensions", &wrapped,
	    r->err));
	TRY(ext_list(&wrapped, &all, r->err));
	TRY(der_end(&wrapped, "crlExtensions", r->err));
	for (i = 0; i < all.n; i++)
		TRY(read_extension(r, &all.e[i]));
	return 0;
}

/* What one part says about another. */
static int
check_whole(const struct reading *r)
{
	const struct crl_info *i = r->info;

	if (i->next_update <= i->this_update)
		return err_set(r->err, EINPUT, "nextUpdate is not after "
		    "thisUpdate (RFC 5280, 5.1.2.5)");
	if (i->base.n > 0 && (i->number.n == 0 ||
	    number_order(&i->base, &i->number) >= 0))
		return err_set(r->err, EINPUT, "a delta's base is not below "
		    "its number (RFC 5280, 5.2.4)");
	if (i->base.n > 0 && i->freshest.n > 0)
		return err_set(r->err, EINPUT, "a delta names a fresher one "
		    "(RFC 5280, 5.2.6)");
	if (i->base.n == 0 && r->removes)
		return err_set(r->err, EINPUT, "removeFromCRL outside a delta "
		    "(RFC 5280, 5.3.1)");
	return 0;
}

static int
read_head(struct reading *r, struct span *in)
{
	struct crl_info *i = r->info;
	struct span content;
	int64_t version = 0;

	TRY(der_take(in, DER_INTEGER, "the version", &content, r->err));
	TRY(der_int_read(content, "the version", &version, r->err));
	if (version != 1)
		return err_set(r->err, EINPUT, "not version 2 (RFC 5280, "
		    "5.1.2.1)");
	TRY(der_take_whole(in, DER_SEQUENCE, "the algorithm", &i->algorithm,
	    r->err));
	TRY(der_take_whole(in, DER_SEQUENCE, "the issuer", &i->issuer,
	    r->err));
	if (i->issuer.n <= 2)
		return err_set(r->err, EINPUT, "the issuer has no name "
		    "(RFC 5280, 5.1.2.3)");
	TRY(take_time(in, "thisUpdate", &i->this_update, r->err));
	return take_time(in, "nextUpdate", &i->next_update, r->err);
}

static int
read_list(struct reading *r, struct span tbs)
{
	struct span body, list;

	TRY(der_take(&tbs, DER_SEQUENCE, "a TBSCertList", &body, r->err));
	TRY(der_end(&tbs, "a TBSCertList", r->err));
	TRY(read_head(r, &body));
	if (der_is(&body, DER_SEQUENCE)) {
		TRY(der_take(&body, DER_SEQUENCE, "revokedCertificates",
		    &list, r->err));
		TRY(read_entries(r, list));
	}
	if (body.n > 0)
		TRY(read_extensions(r, &body));
	TRY(der_end(&body, "a TBSCertList", r->err));
	return check_whole(r);
}

static int
read_whole(struct reading *r, struct span tbs, struct crl_info *ret)
{
	struct crl_info info = { .ascending = true };

	r->info = &info;
	TRY(read_list(r, tbs));
	*ret = info;
	return 0;
}

int
crl_read(struct span tbs, crl_each *each, void *ctx, struct crl_info *ret,
    struct err *err)
{
	struct reading r = { .each = each, .ctx = ctx, .err = err };

	return read_whole(&r, tbs, ret);
}

int
crl_read_other(struct span tbs, crl_each *each, void *ctx,
    struct crl_info *ret, struct err *err)
{
	struct reading r = { .each = each, .ctx = ctx, .others = true,
	    .err = err };

	return read_whole(&r, tbs, ret);
}
