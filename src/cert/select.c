/*
 * select - certificates of one CA by what never changes of them; see cert.h.
 *
 * A single device, key or batch has an index of its own; all else is looked for
 * among what the CA issued in the time that is meant.
 */
#include <stddef.h>
#include <string.h>
#include "base/json.h"
#include "cert/inside.h"

#define PAGE	10000u

struct looking {
	struct tx	*tx;
	const struct cert_select *s;
	struct sha256	 spki;
	char		 from[ID_TEXT], to[ID_TEXT];	/* ids between these */
	unsigned	 looked;
};

/* A certificate, and what its row does not say. */
struct candidate {
	struct cert_row	 row;
	const char	*requester, *batch;
};

/* ---- what is meant ---- */

static bool
of_profile(const struct cert_select *s, const struct candidate *c)
{
	return strcmp(c->row.profile, s->profile) == 0;
}

/* Shorter ones first, so that 9 comes before 10. */
static int
device_order(const char *a, const char *b)
{
	size_t		 n = strlen(a), m = strlen(b);

	return n != m ? (n < m ? -1 : 1) : strcmp(a, b);
}

static bool
of_device(const struct cert_select *s, const struct candidate *c)
{
	const char	*last = s->device_last != NULL ? s->device_last :
			    s->device;

	return c->row.device[0] != '\0' &&
	    device_order(c->row.device, s->device) >= 0 &&
	    device_order(c->row.device, last) <= 0;
}

static bool
of_requester(const struct cert_select *s, const struct candidate *c)
{
	return c->requester != NULL && strcmp(c->requester, s->by) == 0;
}

static bool
of_batch(const struct cert_select *s, const struct candidate *c)
{
	return c->batch != NULL && strcmp(c->batch, s->batch) == 0;
}

/* What a filter may say; without a test where the statement sees to it. */
static const struct {
	const char	*member;
	size_t		 at;
	bool		(*is)(const struct cert_select *s,
			    const struct candidate *c);
} FILTER[] = {
#define F(member, is) { #member, offsetof(struct cert_select, member), is }
	F(profile, of_profile),
	F(device, of_device),
	F(device_last, NULL),
	F(spki, NULL),
	F(by, of_requester),
	F(batch, of_batch),
	F(issued_since, NULL),
	F(issued_before, NULL),
#undef F
};

static const char **
filter_at(const struct cert_select *s, size_t i)
{
	return (const char **)((uintptr_t)s + FILTER[i].at);
}

void
cert_select_read(const json_t *filter, struct cert_select *ret)
{
	for (size_t i = 0; i < NELEM(FILTER); i++)
		*filter_at(ret, i) = json_str(filter, FILTER[i].member, NULL);
}

static bool
is_meant(const struct cert_select *s, const struct candidate *c)
{
	for (size_t i = 0; i < NELEM(FILTER); i++)
		if (*filter_at(s, i) != NULL && FILTER[i].is != NULL &&
		    !FILTER[i].is(s, c))
			return false;
	return true;
}

/* ---- looking ---- */

/* Ids begin with their time. */
static int
id_from(const char *text, char ret[ID_TEXT], struct err *err)
{
	const unsigned char none[ID_REST] = { 0 };
	time_us		 t;

	if (text == NULL)
		return 0;
	TRY(clock_parse(text, &t, err));
	id_of("crt", t, none, ret);
	return 0;
}

static int
look_begin(struct looking *l, struct err *err)
{
	memcpy(l->from, "crt_", 5);
	memcpy(l->to, "crt_~", 6);
	TRY(id_from(l->s->issued_since, l->from, err));
	TRY(id_from(l->s->issued_before, l->to, err));
	return l->s->spki == NULL ? 0 : sha256_parse(l->s->spki, &l->spki, err);
}

static unsigned
page_of(const struct looking *l)
{
	return l->s->page != 0 ? l->s->page : PAGE;
}

static unsigned
most_of(const struct looking *l)
{
	return l->s->most != 0 ? l->s->most : CERT_LOOKED;
}

/* What was issued later is not even looked at: it must not make a selection
 * too large that was fixed before. */
static int
page_query(struct looking *l, struct rows **ret, struct err *err)
{
	const struct cert_select *s = l->s;
	struct value	 v[6] = { v_text(s->ca), v_text(l->from),
	    v_text(l->to), v_int(page_of(l)), v_int(s->through != 0 ?
	    (int64_t)s->through : INT64_MAX) };

	if (s->spki != NULL) {
		v[5] = v_hash(&l->spki);
		return tx_query(l->tx, "cert_select_spki", v, 6, ret, err);
	}
	if (s->device != NULL && s->device_last == NULL) {
		v[5] = v_text(s->device);
		return tx_query(l->tx, "cert_select_device", v, 6, ret, err);
	}
	if (s->batch != NULL) {
		v[5] = v_text(s->batch);
		return tx_query(l->tx, "cert_select_batch", v, 6, ret, err);
	}
	return tx_query(l->tx, "cert_select", v, 5, ret, err);
}

static int
row_look(struct looking *l, const struct rows *r, cert_select_fn *fn,
    void *ctx, struct err *err)
{
	const struct cert_select *s = l->s;
	struct candidate c = { .requester = rows_text(r, "requester"),
	    .batch = rows_text(r, "batch") };

	TRY(row_read(r, &c.row, err));
	memcpy(l->from, c.row.id, sizeof(l->from));
	if (++l->looked > most_of(l))
		return err_set(err, ERANGE_, "more than %u certificates would "
		    "have to be looked at; say when they were issued",
		    most_of(l));
	if (!is_meant(s, &c))
		return 0;
	return fn(ctx, &c.row, s->valid_at != 0 &&
	    c.row.not_after < s->valid_at, err);
}

/* @ret_n: rows of this page. */
static int
page_look(struct looking *l, cert_select_fn *fn, void *ctx, unsigned *ret_n,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(page_query(l, &r, err));
	for (*ret_n = 0;; ++*ret_n) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		TRY(row_look(l, r, fn, ctx, err));
	}
}

int
cert_select_each(struct tx *tx, const struct cert_select *s,
    cert_select_fn *fn, void *ctx, struct err *err)
{
	struct looking	 l = { .tx = tx, .s = s };
	unsigned	 n;

	TRY(look_begin(&l, err));
	do {
		TRY(page_look(&l, fn, ctx, &n, err));
	} while (n == page_of(&l));
	return 0;
}
