/*
 * stock - what there is, and what of it ends next.
 *
 * Counting ten million rows takes seconds, so what there is is counted as it
 * comes and goes; what ends next is looked for among a bounded number of rows,
 * and it is said where that stopped.
 */
#include <string.h>
#include "base/json.h"
#include "cert/inside.h"

int
cert_stock_add(struct tx *tx, const char *ca, const struct cert_stock *add,
    struct err *err)
{
	return tx_run(tx, "cert_stock_add", PARAMS(v_text(ca),
	    v_int(add->issued), v_int(add->revoked), v_int(add->held)), NULL,
	    err);
}

int
cert_ca_stock(struct tx *tx, const char *ca, struct cert_stock *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_stock_get", PARAMS(v_text(ca)), &r, err));
	TRY(rows_next(r, &there, err));
	*ret = (struct cert_stock){ .issued = 0 };
	if (there)
		*ret = (struct cert_stock){ .issued = rows_int(r, "issued"),
		    .revoked = rows_int(r, "revoked"),
		    .held = rows_int(r, "held") };
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

static int
end_read(const struct rows *r, struct cert_end *c, struct err *err)
{
	const char	*status = rows_text(r, "status");

	c->id = rows_text(r, "id");
	c->ca = rows_text(r, "ca");
	c->profile = rows_text(r, "profile");
	c->subject = rows_text(r, "subject");
	c->device = rows_text(r, "device");
	c->newest = rows_int(r, "newest") != 0;
	c->not_before = rows_int(r, "not_before");
	c->not_after = rows_int(r, "not_after");
	if (c->id == NULL || c->ca == NULL || c->profile == NULL ||
	    c->subject == NULL || status == NULL)
		return err_set(err, ESTORE, "a certificate is damaged");
	c->good = strcmp(status, cert_status_name(CERT_GOOD)) == 0;
	return 0;
}

/* What stands in the index, and no more. */
static int
end_brief(const struct rows *r, struct cert_end *c, struct err *err)
{
	*c = (struct cert_end){ .id = rows_text(r, "id"),
	    .ca = rows_text(r, "ca"), .not_after = rows_int(r, "not_after"),
	    .good = strcmp(rows_text(r, "status"),
	    cert_status_name(CERT_GOOD)) == 0 };
	return 0;
}

struct ends_of {
	time_us		 from, until;
	unsigned	 most;
	int		(*read)(const struct rows *r, struct cert_end *c, struct err *err);
};

static int
ending(struct tx *tx, const char *statement, struct ends_of of,
    cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err)
{
	const struct value v[] = { v_int(of.from), v_int((int64_t)of.most + 1),
		v_int(of.until != 0 ? of.until : INT64_MAX) };
	AUTO(rows)	*r = NULL;
	time_us		 last = 0;
	bool		 more;

	TRY(tx_query(tx, statement, v, NELEM(v), &r, err));
	for (unsigned n = 0;; n++) {
		struct cert_end	 c;

		TRY(rows_next(r, &more, err));
		if (!more || n == of.most)
			break;
		TRY(of.read(r, &c, err));
		last = c.not_after;
		TRY(fn(ctx, &c, err));
	}
	*ret_until = more ? last : 0;
	return 0;
}

int
cert_ending(struct tx *tx, time_us from, time_us until, unsigned most,
    cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err)
{
	struct ends_of of = { from, until, most != 0 ? most : CERT_ENDING,
		end_brief };

	return ending(tx, "cert_ending", of, fn, ctx, ret_until, err);
}

int
cert_end_get(struct tx *tx, const char *id, cert_end_fn *fn, void *ctx,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct cert_end	 c;

	TRY(tx_one(tx, "cert_end_get", PARAMS(v_text(id)), &r, err));
	TRY(end_read(r, &c, err));
	return fn(ctx, &c, err);
}

int
cert_single_flock(struct tx *tx, struct cert_flock *at, bool *ret_there,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_single_flock", PARAMS(v_text(at->ca),
	    v_text(at->profile)), &r, err));
	TRY(rows_next(r, ret_there, err));
	if (!*ret_there) {
		rows_free(r);
		r = NULL;
		TRY(tx_query(tx, "cert_single_flock_behind",
		    PARAMS(v_text(at->ca)), &r, err));
		TRY(rows_next(r, ret_there, err));
	}
	if (!*ret_there)
		return 0;
	TRY(rows_copy(r, "ca", at->ca, sizeof(at->ca), err));
	return rows_copy(r, "profile", at->profile, sizeof(at->profile), err);
}

int
cert_walk_rows(struct rows *r, struct cert_walk *w, cert_walk_fn *fn,
    void *ctx, struct err *err)
{
	time_us		 last = w->from;
	bool		 more;

	for (w->looked = 0;; w->looked++) {
		TRY(rows_next(r, &more, err));
		if (!more || w->looked == w->most)
			break;
		last = rows_int(r, "not_after");
		if (rows_int(r, "followed") == 0)
			TRY(fn(ctx, r, err));
	}
	w->whole = more ? last : 0;
	return 0;
}

struct end_told {
	cert_end_fn	*fn;
	void		*ctx;
};

static int
end_told(void *ctx, const struct rows *r, struct err *err)
{
	struct end_told	*t = ctx;
	struct cert_end	 c;

	TRY(end_read(r, &c, err));
	return t->fn(t->ctx, &c, err);
}

int
cert_ending_single(struct tx *tx, const struct cert_flock *of,
    struct cert_walk *w, cert_end_fn *fn, void *ctx, struct err *err)
{
	struct end_told	 t = { fn, ctx };
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_ending_single", PARAMS(v_int(w->from),
	    v_int((int64_t)w->most + 1), v_int(w->until), v_text(of->ca),
	    v_text(of->profile)), &r, err));
	return cert_walk_rows(r, w, end_told, &t, err);
}

int
cert_ending_devices(struct tx *tx, time_us from, time_us until, unsigned most,
    cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err)
{
	struct ends_of of = { from, until, most != 0 ? most : CERT_ENDING,
		end_read };

	return ending(tx, "cert_ending_devices", of, fn, ctx, ret_until, err);
}

int
cert_ending_all(struct tx *tx, time_us from, time_us until, unsigned most,
    cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err)
{
	struct ends_of of = { from, until, most != 0 ? most : CERT_ENDING,
		end_read };

	return ending(tx, "cert_ending_all", of, fn, ctx, ret_until, err);
}

int
cert_ca_profiles(struct tx *tx, const char *ca, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "profiles");
	TRY(tx_query(tx, "cert_ca_profiles", PARAMS(v_text(ca)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		if (json_array_append_new(list, json_string(rows_text(r,
		    "profile"))) != 0)
			return err_set(err, ENOMEMORY, "profiles");
	}
	*ret = TAKE(list);
	return 0;
}

int
cert_list_key(struct tx *tx, const struct sha256 *spki, const char *behind,
    unsigned limit, json_t **ret, bool *ret_more, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	json_t		*j;

	TRY(tx_query(tx, "cert_of_spki", PARAMS(v_hash(spki),
	    v_int((int64_t)limit + 1), v_text(behind != NULL ? behind :
	    CERT_LAST)), &r, err));
	for (;;) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == limit)
			break;
		TRY(row_json(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "certificates");
		if (rows_int(r, "followed") != 0)
			TRY(json_set_new(j, "followed", json_true(), err));
	}
	*ret = TAKE(list);
	return 0;
}
