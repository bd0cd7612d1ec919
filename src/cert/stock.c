/*
 * stock - what there is, and what of it ends next.
 *
 * Counting ten million rows takes seconds, so everything here looks at a
 * bounded number of rows and says where it stopped.
 */
#include "base/json.h"
#include "cert/inside.h"

static uint64_t
bounded(struct cert_stock *s, int64_t n, unsigned most)
{
	s->more = s->more || n > most;
	return (uint64_t)(n > most ? most : n);
}

int
cert_ca_stock(struct tx *tx, const char *ca, unsigned most,
    struct cert_stock *ret, struct err *err)
{
	AUTO(rows)	*all = NULL, *ended = NULL;
	struct cert_stock s = { .more = false };
	uint64_t	 n;

	if (most == 0)
		most = CERT_COUNTED;
	TRY(tx_one(tx, "cert_ca_issued", PARAMS(v_text(ca),
	    v_int((int64_t)most + 1)), &all, err));
	TRY(tx_one(tx, "cert_ca_ended", PARAMS(v_text(ca),
	    v_int((int64_t)most + 1)), &ended, err));
	s.issued = bounded(&s, rows_int(all, "n"), most);
	n = bounded(&s, rows_int(ended, "n"), most);
	s.held = (uint64_t)rows_int(ended, "held");
	s.revoked = s.held < n ? n - s.held : 0;
	*ret = s;
	return 0;
}

int
cert_ca_each(struct tx *tx, cert_ca_fn *fn, void *ctx, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "cert_ca_all", NO_PARAMS, &r, err));
	for (;;) {
		AUTO(cert_ca)	*c = NULL;

		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		TRY(ca_from_row(r, &c, err));
		TRY(fn(ctx, c, err));
	}
}

int
cert_ending(struct tx *tx, time_us from, unsigned most, cert_shown_fn *fn,
    void *ctx, time_us *ret_until, struct err *err)
{
	AUTO(rows)	*r = NULL;
	time_us		 last = 0;
	bool		 more;

	if (most == 0)
		most = CERT_ENDING;
	TRY(tx_query(tx, "cert_ending", PARAMS(v_int(from),
	    v_int((int64_t)most + 1)), &r, err));
	for (unsigned n = 0;; n++) {
		AUTO_JSON	*c = NULL;

		TRY(rows_next(r, &more, err));
		if (!more || n == most)
			break;
		TRY(row_json(r, &c, err));
		last = rows_int(r, "not_after");
		TRY(fn(ctx, c, err));
	}
	*ret_until = more ? last : 0;
	return 0;
}

int
cert_list_key(struct tx *tx, const struct sha256 *spki, unsigned limit,
    json_t **ret, bool *ret_more, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	json_t		*j;

	TRY(tx_query(tx, "cert_of_spki", PARAMS(v_hash(spki),
	    v_int((int64_t)limit + 1)), &r, err));
	for (;;) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == limit)
			break;
		TRY(row_json(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	*ret = TAKE(list);
	return 0;
}
