/* elsewhere_ending - certificates of other CAs that end, a flock at a time; see
 * elsewhere.h. */
#include <string.h>
#include "base/json.h"
#include "cert/elsewhere.h"
#include "cert/inside.h"

int
cert_elsewhere_flock(struct tx *tx, const char *behind, char **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "elsewhere_cert_flock", PARAMS(v_text(behind)), &r,
	    err));
	TRY(rows_next(r, &there, err));
	*ret = there ? strdup(rows_text(r, "flock")) : NULL;
	return !there || *ret != NULL ? 0 : err_set(err, ENOMEMORY,
	    "certificates");
}

struct told {
	cert_elsewhere_fn *fn;
	void		*ctx;
};

static int
row_told(void *ctx, const struct rows *r, struct err *err)
{
	struct told	*t = ctx;
	AUTO_JSON	*one = NULL;

	TRY(cert_elsewhere_row(r, &one, err));
	return t->fn(t->ctx, one, err);
}

int
cert_elsewhere_ending(struct tx *tx, const char *flock, struct cert_walk *w,
    cert_elsewhere_fn *fn, void *ctx, struct err *err)
{
	struct told	 t = { fn, ctx };
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_cert_flock_ending", PARAMS(v_int(w->from),
	    v_int((int64_t)w->most + 1), v_int(w->until), v_text(flock)), &r,
	    err));
	return cert_walk_rows(r, w, row_told, &t, err);
}
