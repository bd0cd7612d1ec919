/* revoked - what CRLs are made of, and the CRLs that were made; see cert.h. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "cert/inside.h"

#define PAGE	10000u

static int
page_read(struct cert_revoked *r, struct err *err)
{
	/* An empty blob sorts before every serial number. */
	struct value	 from = r->last.n > 0 ? v_number(&r->last) :
	    v_blob("", 0);
	unsigned	 page = r->page != 0 ? r->page : PAGE;

	rows_free(r->rows);
	r->rows = NULL;
	r->got = 0;
	if (r->since != 0)
		return tx_query(r->tx, "cert_changed", PARAMS(v_text(r->ca),
		    v_int(r->partition), v_int(r->since), from, v_int(page)),
		    &r->rows, err);
	return tx_query(r->tx, "cert_revoked", PARAMS(v_text(r->ca),
	    v_int(r->partition), from, v_int(page)), &r->rows, err);
}

/* The next row, over the ends of pages. */
static int
row_next(struct cert_revoked *r, bool *ret_more, struct err *err)
{
	unsigned	 page = r->page != 0 ? r->page : PAGE;

	if (r->rows == NULL)
		TRY(page_read(r, err));
	TRY(rows_next(r->rows, ret_more, err));
	if (!*ret_more && r->got == page) {
		TRY(page_read(r, err));
		TRY(rows_next(r->rows, ret_more, err));
	}
	if (*ret_more)
		r->got++;
	return *ret_more ? column_number(r->rows, "serial", &r->last, err) : 0;
}

static int
entry_of(const struct cert_revoked *r, struct crl_entry *ret, struct err *err)
{
	const struct rows *row = r->rows;
	const char	*word = rows_text(row, "reason");

	*ret = (struct crl_entry){ .serial = r->last,
	    .reason = REASON_REMOVE };
	ret->revoked = rows_int(row, "revoked");
	ret->dated = !rows_null(row, "invalid_since");
	if (ret->dated)
		ret->invalidity = rows_int(row, "invalid_since");
	if (word == NULL) {	/* released: only a delta comes here */
		ret->revoked = r->since;
		return 0;
	}
	if (!reason_from_name(word, &ret->reason))
		return err_set(err, ESTORE, "a certificate's reason is damaged");
	return 0;
}

int
cert_revoked_next(void *ctx, struct crl_entry *ret, bool *ret_more,
    struct err *err)
{
	struct cert_revoked	*r = ctx;

	do {
		if (!r->end)
			TRY(row_next(r, ret_more, err));
		if (r->end || !*ret_more) {
			r->end = true;
			*ret_more = false;
			return 0;
		}
	} while (r->keep != NULL && !r->keep(r->keep_ctx, rows_text(r->rows,
	    "profile"), rows_int(r->rows, "not_after")));
	return entry_of(r, ret, err);
}

void
cert_revoked_done(struct cert_revoked *r)
{
	rows_free(r->rows);
	r->rows = NULL;
}

static time_us
earlier(time_us a, time_us b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

int
cert_untold(struct tx *tx, const char *ca, unsigned partition,
    struct cert_untold *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "cert_untold", PARAMS(v_text(ca), v_int(partition)),
	    &r, err));
	ret->n = (uint64_t)rows_int(r, "n");
	ret->first = earlier(rows_null(r, "ours") ? 0 : rows_int(r, "ours"),
	    rows_null(r, "listed") ? 0 : rows_int(r, "listed"));
	return 0;
}

/* ---- what the system before had revoked ---- */

static int
listed_read(const struct rows *r, struct cert_row *ret, struct err *err)
{
	if (!reason_from_name(rows_text(r, "reason"), &ret->reason) ||
	    !cert_status_from_name(rows_text(r, "status"), &ret->status))
		return err_set(err, ESTORE, "an entry of a list is damaged");
	ret->revoked = rows_int(r, "revoked");
	ret->invalid_since = rows_int(r, "invalid_since");
	ret->not_after = INT64_MAX;
	return 0;
}

int
cert_listed_find(struct tx *tx, const char *ca, const struct number *serial,
    struct cert_row *ret, bool *ret_there, struct err *err)
{
	struct cert_row	 row = { .serial = *serial };
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_listed_get", PARAMS(v_text(ca),
	    v_number(serial)), &r, err));
	TRY(rows_next(r, ret_there, err));
	if (!*ret_there)
		return 0;
	TRY(listed_read(r, &row, err));
	(void)snprintf(row.ca, sizeof(row.ca), "%s", ca);
	*ret = row;
	return 0;
}

int
cert_or_listed(struct tx *tx, const char *ca, const struct number *serial,
    struct cert_row *ret, struct err *err)
{
	int		 rc = cert_by_serial(tx, ca, serial, ret, err);
	bool		 there;

	if (rc != -ENOENT_)
		return rc;
	TRY(cert_listed_find(tx, ca, serial, ret, &there, err));
	return there ? 0 : rc;
}

int
cert_listed_count(struct tx *tx, const char *ca, uint64_t *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "cert_listed_count", PARAMS(v_text(ca)), &r, err));
	*ret = (uint64_t)rows_int(r, "n");
	return 0;
}

int
cert_listed_insert(struct tx *tx, const char *ca, const struct crl_entry *e,
    struct err *err)
{
	enum cert_status status = e->reason == REASON_HOLD ? CERT_HELD :
	    CERT_REVOKED;

	return tx_run(tx, "cert_listed_put", PARAMS(v_text(ca),
	    v_number(&e->serial), v_text(reason_name(e->reason)),
	    v_int(e->revoked), e->dated ? v_int(e->invalidity) : v_null(),
	    v_text(cert_status_name(status))), NULL, err);
}

/* One that is released keeps what it had: it is on no list. */
int
cert_listed_change(struct tx *tx, const struct cert_row *row,
    const struct cert_change *c, struct err *err)
{
	bool		 good = c->to == CERT_GOOD;
	time_us		 revoked = row->revoked, since = row->invalid_since;

	if (!good)
		cert_change_dates(row, c, &revoked, &since);
	return tx_run(tx, "cert_listed_change", PARAMS(v_text(row->ca),
	    v_number(&row->serial), v_text(cert_status_name(c->to)),
	    v_text(reason_name(good ? row->reason : c->reason)),
	    v_int(revoked),
	    since != 0 ? v_int(since) : v_null(), v_int(c->time)), NULL, err);
}

/* ---- the lists ---- */

static int
crl_read_row(const struct rows *r, struct cert_crl *ret, struct err *err)
{
	TRY(column_text(r, "ca", ret->ca, sizeof(ret->ca), err));
	TRY(rows_hash(r, "hash", &ret->hash, err));
	ret->partition = (unsigned)rows_int(r, "partition");
	ret->number = (uint64_t)rows_int(r, "number");
	ret->base = (uint64_t)rows_int(r, "base");
	ret->this_update = rows_int(r, "this_update");
	ret->next_update = rows_int(r, "next_update");
	ret->octets = (uint64_t)rows_int(r, "octets");
	ret->entries = (uint64_t)rows_int(r, "entries");
	ret->seq = (uint64_t)rows_int(r, "seq");
	return 0;
}

int
cert_crl_newest(struct tx *tx, const char *ca, unsigned partition, bool delta,
    struct cert_crl *ret, bool *ret_there, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_crl_newest", PARAMS(v_text(ca),
	    v_int(partition), v_int(delta)), &r, err));
	TRY(rows_next(r, ret_there, err));
	return *ret_there ? crl_read_row(r, ret, err) : 0;
}

int
cert_crl_base(struct tx *tx, const char *ca, unsigned partition, time_us now,
    struct cert_crl *ret, struct cert_crl *ret_newest, bool *ret_there,
    struct err *err)
{
	struct cert_crl	 before;
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_crl_bases", PARAMS(v_text(ca),
	    v_int(partition)), &r, err));
	TRY(rows_next(r, &there, err));
	if (there)
		TRY(crl_read_row(r, ret_newest, err));
	*ret_there = there && ret_newest->next_update != 0;
	if (!*ret_there)
		return 0;
	*ret = *ret_newest;
	TRY(rows_next(r, &there, err));
	if (!there)
		return 0;
	TRY(crl_read_row(r, &before, err));
	if (before.next_update > now)
		*ret = before;
	return 0;
}

int
cert_crl_highest(struct tx *tx, const char *ca, unsigned partition,
    uint64_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_crl_highest", PARAMS(v_text(ca),
	    v_int(partition)), &r, err));
	TRY(rows_next(r, &there, err));
	*ret = there ? (uint64_t)rows_int(r, "number") : 0;
	return 0;
}

int
cert_crl_insert(struct tx *tx, const struct cert_crl *c, struct err *err)
{
	uint64_t	 highest;

	TRY(cert_crl_highest(tx, c->ca, c->partition, &highest, err));
	/* A full list and its delta may share a number (RFC 5280, 5.2.4). */
	if (c->number < highest)
		return err_set(err, ECONFLICT, "CRL %llu of %s comes after CRL "
		    "%llu", (unsigned long long)c->number, c->ca,
		    (unsigned long long)highest);
	return tx_run(tx, "cert_crl_put", PARAMS(v_text(c->ca),
	    v_int(c->partition), v_int((int64_t)c->number),
	    v_int((int64_t)c->base), v_int(c->this_update),
	    v_int(c->next_update), v_hash(&c->hash),
	    v_int((int64_t)c->octets), v_int((int64_t)c->entries),
	    v_int((int64_t)c->seq)), NULL, err);
}

int
cert_crl_keep(struct tx *tx, const char *ca, unsigned partition, bool delta,
    uint64_t number, struct span der, struct err *err)
{
	return tx_run(tx, "cert_crl_der_put", PARAMS(v_text(ca),
	    v_int(partition), v_int(delta), v_int((int64_t)number),
	    v_blob(der.p, der.n)), NULL, err);
}

int
cert_crl_der(struct tx *tx, const char *ca, unsigned partition, bool delta,
    uint64_t *ret_number, struct blob *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	size_t		 n;
	const void	*p;

	TRY(tx_one(tx, "cert_crl_der_get", PARAMS(v_text(ca), v_int(partition),
	    v_int(delta)), &r, err));
	p = rows_blob(r, "der", &n);
	*ret_number = (uint64_t)rows_int(r, "number");
	return blob_put(ret, p, n, err);
}

/* ---- numbers ---- */

static int
states_count(struct tx *tx, json_t *ret, struct err *err)
{
	AUTO_JSON	*o = json_object();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "cert_ca_counts", NO_PARAMS, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(json_set_int(o, rows_text(r, "state"), rows_int(r, "n"),
		    err));
	}
	return json_set_new(ret, "cas", TAKE(o), err);
}

int
cert_counts(struct tx *tx, json_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	json_t		*o;

	TRY(states_count(tx, ret, err));
	TRY(tx_one(tx, "cert_counts", NO_PARAMS, &r, err));
	TRY(json_build(&o, err, "{s:I, s:I}",
	    "revoked", (json_int_t)rows_int(r, "revoked"),
	    "held", (json_int_t)rows_int(r, "held")));
	return json_set_new(ret, "certificates", o, err);
}
