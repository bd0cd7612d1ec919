/* ocsp - OCSP answers that were signed; see cert.h. */
#include "cert/inside.h"

int
cert_ocsp_put(struct tx *tx, const struct cert_ocsp *a, struct err *err)
{
	return tx_run(tx, "cert_ocsp_put", PARAMS(v_text(a->ca),
	    v_number(&a->serial), v_int(a->form), v_int(a->made),
	    v_int(a->ends), v_blob(a->signature.data, a->signature.len),
	    v_int(a->asked)), NULL, err);
}

int
cert_ocsp_get(struct tx *tx, struct cert_ocsp *a, bool *ret_there,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	const void	*p;
	size_t		 n;

	TRY(tx_query(tx, "cert_ocsp_get", PARAMS(v_text(a->ca),
	    v_number(&a->serial), v_int(a->form)), &r, err));
	TRY(rows_next(r, ret_there, err));
	if (!*ret_there)
		return 0;
	a->made = rows_int(r, "made");
	a->ends = rows_int(r, "ends");
	p = rows_blob(r, "signature", &n);
	blob_clear(&a->signature);
	return blob_put(&a->signature, p, n, err);
}

static int
asked_read(const struct rows *r, bool stale, struct cert_ocsp *ret,
    struct err *err)
{
	*ret = (struct cert_ocsp){ .form = (int)rows_int(r, "form"),
	    .made = rows_int(r, "made"), .ends = rows_int(r, "ends"),
	    .asked = rows_int(r, "asked"), .stale = stale };
	TRY(column_text(r, "ca", ret->ca, sizeof(ret->ca), err));
	return column_number(r, "serial", &ret->serial, err);
}

static int
all_tell(struct tx *tx, bool stale, time_us now, cert_ocsp_fn *fn, void *ctx,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct cert_ocsp a;
	struct err	 damaged;
	bool		 more;

	TRY(tx_query(tx, stale ? "cert_ocsp_stale" : "cert_ocsp_asked",
	    PARAMS(v_int(now)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		if (asked_read(r, stale, &a, &damaged) == 0)
			fn(ctx, &a);
	}
}

int
cert_ocsp_asked(struct tx *tx, time_us now, cert_ocsp_fn *fn, void *ctx,
    struct err *err)
{
	TRY(all_tell(tx, true, now, fn, ctx, err));
	return all_tell(tx, false, now, fn, ctx, err);
}

static int
last_end(struct tx *tx, unsigned most, time_us *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_ocsp_last", PARAMS(v_int(most)), &r, err));
	TRY(rows_next(r, &there, err));
	*ret = there ? rows_int(r, "ends") : 0;
	return 0;
}

int
cert_ocsp_prune(struct tx *tx, time_us now, unsigned most, struct err *err)
{
	time_us		 last;

	TRY(last_end(tx, most, &last, err));
	return tx_run(tx, "cert_ocsp_end", PARAMS(v_int(last > now ? last :
	    now)), NULL, err);
}
