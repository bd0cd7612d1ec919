#include "config.h"

#include <string.h>

#include "ca/ext.h"
#include "ca/ocsp_part.h"

static int
read_time(struct span *in, const char *what, time_us *ret, struct err *err)
{
	struct span content;

	TRY(der_take(in, DER_GENERAL_TIME, what, &content, err));
	return der_general_time_read(content, what, ret, err);
}

static int
read_reason(struct span *in, enum reason *ret, struct err *err)
{
	struct span wrapped, content;
	int64_t n = 0;

	if (in->n == 0)
		return 0;
	TRY(der_take(in, DER_CONTEXT_C(0), "revocationReason", &wrapped,
	    err));
	TRY(der_take(&wrapped, DER_ENUMERATED, "revocationReason", &content,
	    err));
	TRY(der_end(&wrapped, "revocationReason", err));
	TRY(der_int_read(content, "revocationReason", &n, err));
	if (n <= 0 || !reason_from_number((unsigned long)n, ret))
		return err_set(err, EINPUT, "revocationReason is %lld "
		    "(RFC 5280, 5.3.1)", (long long)n);
	return 0;
}

static int
read_status(struct span *in, struct ocsp_single *s, struct err *err)
{
	struct span body;
	unsigned tag = 0;

	TRY(der_next(in, "certStatus", &tag, &body, err));
	s->status = tag == DER_CONTEXT(0) ? OCSP_GOOD :
	    tag == DER_CONTEXT(2) ? OCSP_UNKNOWN : OCSP_REVOKED;
	if (s->status == OCSP_REVOKED && tag != DER_CONTEXT_C(1))
		return err_set(err, EINPUT, "certStatus with tag 0x%02x", tag);
	if (s->status == OCSP_REVOKED) {
		TRY(read_time(&body, "revocationTime", &s->revoked, err));
		TRY(read_reason(&body, &s->reason, err));
	}
	return der_end(&body, "certStatus", err);
}

/* The next of @all, if it is this one. */
static int
read_moment(const struct exts *all, size_t *at, enum oid which,
    const char *what, bool *ret_is, time_us *ret, struct err *err)
{
	struct ext x;

	if (*at == all->n)
		return 0;
	x = all->e[*at];
	TRY(ext_of(&x, which, false, ret_is, err));
	if (!*ret_is)
		return 0;
	++*at;
	TRY(read_time(&x.value, what, ret, err));
	return der_end(&x.value, what, err);
}

/* In the one order that they are written in. */
static int
read_single_extensions(struct span *in, struct ocsp_single *s,
    struct err *err)
{
	struct span wrapped;
	struct exts all;
	size_t at = 0;

	if (in->n == 0)
		return 0;
	TRY(der_take(in, DER_CONTEXT_C(1), "singleExtensions", &wrapped,
	    err));
	TRY(ext_list(&wrapped, &all, err));
	TRY(der_end(&wrapped, "singleExtensions", err));
	TRY(read_moment(&all, &at, OID_OCSP_ARCHIVE_CUTOFF,
	    "the archive cutoff", &s->cut_off, &s->cutoff, err));
	TRY(read_moment(&all, &at, OID_INVALIDITY_DATE, "invalidityDate",
	    &s->dated, &s->invalidity, err));
	return at == all.n ? 0 : err_set(err, EINPUT, "singleExtensions other "
	    "than archive cutoff and invalidityDate, in this order");
}

static int
read_single(struct span body, struct ocsp_single *s, struct ocsp_certid *id,
    struct err *err)
{
	struct span next;

	TRY(ocsp_certid_take(&body, id, err));
	s->certid = id->whole;
	TRY(read_status(&body, s, err));
	TRY(read_time(&body, "thisUpdate", &s->this_update, err));
	TRY(der_take(&body, DER_CONTEXT_C(0), "nextUpdate", &next, err));
	TRY(read_time(&next, "nextUpdate", &s->next_update, err));
	TRY(der_end(&next, "nextUpdate", err));
	TRY(read_single_extensions(&body, s, err));
	return der_end(&body, "a SingleResponse", err);
}

static void
add_times(struct ocsp_info *i, const struct ocsp_single *s)
{
	if (i->n == 0 || s->this_update < i->this_earliest)
		i->this_earliest = s->this_update;
	if (i->n == 0 || s->this_update > i->this_latest)
		i->this_latest = s->this_update;
	if (i->n == 0 || s->next_update < i->next_earliest)
		i->next_earliest = s->next_update;
	if (i->n == 0 || s->next_update > i->next_latest)
		i->next_latest = s->next_update;
	i->n++;
}

static int
read_singles(struct span list, ocsp_each *each, void *ctx,
    struct ocsp_info *i, struct err *err)
{
	struct ocsp_single s;
	struct ocsp_certid id;
	struct span body;

	do {
		if (i->n == OCSP_REQUESTS)
			return err_set(err, EINPUT, "more than %d answers",
			    OCSP_REQUESTS);
		memset(&s, 0, sizeof(s));
		TRY(der_take(&list, DER_SEQUENCE, "a SingleResponse", &body,
		    err));
		TRY(read_single(body, &s, &id, err));
		TRY(ocsp_single_check(&s, i->produced, err));
		add_times(i, &s);
		if (each != NULL)
			TRY(each(ctx, &s, &id, err));
	} while (list.n > 0);
	return 0;
}

static int
read_extension(const struct ext *e, struct ocsp_info *i, struct err *err)
{
	struct span v = e->value, none;
	bool is = false;

	TRY(ext_of(e, OID_OCSP_NONCE, false, &is, err));
	if (is)
		return ocsp_nonce_read(v, &i->nonce, err);
	TRY(ext_of(e, OID_OCSP_EXTENDED_REVOKE, false, &is, err));
	if (!is)
		return err_set(err, EINPUT, "responseExtensions other than "
		    "the nonce and extended-revoke");
	TRY(der_take(&v, DER_NULL, "extended-revoke", &none, err));
	TRY(der_end(&none, "extended-revoke", err));
	i->extended_revoke = true;
	return der_end(&v, "extended-revoke", err);
}

static int
read_extensions(struct span *in, struct ocsp_info *i, struct err *err)
{
	struct span wrapped;
	struct exts all;
	size_t k;

	if (in->n == 0)
		return 0;
	TRY(der_take(in, DER_CONTEXT_C(1), "responseExtensions", &wrapped,
	    err));
	TRY(ext_list(&wrapped, &all, err));
	for (k = 0; k < all.n; k++)
		TRY(read_extension(&all.e[k], i, err));
	return der_end(&wrapped, "responseExtensions", err);
}

static int
read_responder(struct span *in, struct span *ret, struct err *err)
{
	struct span wrapped;

	TRY(der_take(in, DER_CONTEXT_C(2), "responderID by key", &wrapped,
	    err));
	TRY(der_take(&wrapped, DER_OCTET_STRING, "responderID by key", ret,
	    err));
	if (ret->n != OCSP_KEY_HASH)
		return err_set(err, EINPUT, "the responder's key has a hash "
		    "of %zu octets", ret->n);
	return der_end(&wrapped, "responderID by key", err);
}

int
ocsp_response_read(struct span tbs, ocsp_each *each, void *ctx,
    struct ocsp_info *ret, struct err *err)
{
	struct ocsp_info i = { 0 };
	struct span body, list;

	TRY(der_take(&tbs, DER_SEQUENCE, "a ResponseData", &body, err));
	TRY(der_end(&tbs, "a ResponseData", err));
	TRY(read_responder(&body, &i.key_hash, err));
	TRY(read_time(&body, "producedAt", &i.produced, err));
	TRY(der_take(&body, DER_SEQUENCE, "responses", &list, err));
	TRY(read_singles(list, each, ctx, &i, err));
	TRY(read_extensions(&body, &i, err));
	TRY(der_end(&body, "a ResponseData", err));
	*ret = i;
	return 0;
}
