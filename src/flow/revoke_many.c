/*
 * revoke_many - certificates by what they have in common: which they are is
 * fixed when it is asked, and done in parts.
 *
 * What people agree to holds a hash of each thousand serial numbers, in their
 * order.  The filter sees only what never changes of a certificate, and only
 * those that were issued before an event, so it finds the same ones again:
 * whoever performs it does not hold them all in a document, and goes on after
 * a crash where it was.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/certify.h"
#include "flow/draw.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/revoking.h"
#include "flow/stage.h"
#include "policy/permit.h"
#include "state/record.h"

#define PATIENCE	TIME_S(10)	/* of who asked, and of who performs what is due */
#define MOST	(PARAMETERS_PART * PARAMETERS_PARTS)

struct picked {
	struct number	*serial;	/* owned */
	size_t		 n, room;
	struct cost	*cost;		/* borrowed; NULL: what it comes to is known */
	struct tally	*is;		/* borrowed, or NULL: what they are now */
	size_t		 beyond;
};

static int
picked_grow(struct picked *p, struct err *err)
{
	size_t room = p->room == 0 ? 256 : 2 * p->room;
	struct number *more = realloc(p->serial, room * sizeof(*more));

	if (more == NULL)
		return err_set(err, ENOMEMORY, "serial numbers");
	p->serial = more;
	p->room = room;
	return 0;
}

static int
pick(void *ctx, const struct cert_row *row, bool expired, struct err *err)
{
	struct picked *p = ctx;

	if (expired) {
		if (p->cost != NULL)
			p->cost->expired++;
		return 0;
	}
	if (p->is != NULL)
		tally_add(p->is, row);
	if (p->n == MOST) {
		p->beyond++;
		return 0;
	}
	if (p->n == p->room)
		TRY(picked_grow(p, err));
	p->serial[p->n++] = row->serial;
	return p->cost != NULL ? cost_add(p->cost, row, err) : 0;
}

static int
by_serial(const void *a, const void *b)
{
	return number_order(a, b);
}

static void
picked_sort(struct picked *p)
{
	if (p->n > 0)
		qsort(p->serial, p->n, sizeof(p->serial[0]), by_serial);
}

static unsigned
parts_of(const struct picked *p)
{
	return (unsigned)((p->n + PARAMETERS_PART - 1) / PARAMETERS_PART);
}

/* The serial numbers of a part, from 1 on, as its event has them. */
static int
part_serials(const struct picked *p, unsigned part, json_t **ret,
    struct err *err)
{
	size_t i = (size_t)(part - 1) * PARAMETERS_PART, end = i +
	    PARAMETERS_PART;
	AUTO_JSON *list = json_array();
	char hex[NUMBER_HEX];

	for (; i < end && i < p->n; i++) {
		number_hex(&p->serial[i], hex);
		if (json_array_append_new(list, json_string(hex)) != 0)
			return err_set(err, ENOMEMORY, "serial numbers");
	}
	*ret = TAKE(list);
	return 0;
}

static int
part_hash(const json_t *serials, char ret[SHA256_HEX], struct err *err)
{
	struct sha256 h;

	TRY(json_hash(serials, &h, err));
	sha256_hex(&h, ret);
	return 0;
}

/* ---- what is meant ---- */

struct selecting {
	const struct begun *begun;	/* NULL: it is fixed */
	struct cert_select select;
	struct picked	picked;
};

static int
selecting_read(struct tx *tx, void *ctx, struct err *err)
{
	struct selecting *s = ctx;

	if (s->begun != NULL)
		TRY(record_seq_at(tx, s->begun->created, &s->select.through,
		    err));
	return cert_select_each(tx, &s->select, pick, &s->picked, err);
}

/* A key by its name or hash is what the certificate says: its hash. */
static int
key_set(const struct begun *b, const json_t *from, json_t *filter,
    struct err *err)
{
	const char *key = json_str(from, "key", NULL);
	struct sha256 h;
	AUTO(key) *k = NULL;

	if (key == NULL)
		return 0;
	(void)json_object_del(filter, "key");
	if (sha256_parse(key, &h, NULL) == 0)
		return json_set_str(filter, "spki", key, err);
	TRY(state_key(b->flow->state, key, &k, err));
	return json_set_str(filter, "spki", k->hash, err);
}

static int
filter_draw(const struct begun *b, json_t **ret, struct err *err)
{
	const json_t *from = json_object_get(b->ask->body, "filter");
	AUTO_JSON *filter = json_clone_flat(from);

	if (filter == NULL)
		return err_set(err, ENOMEMORY, "a filter");
	TRY(key_set(b, from, filter, err));
	TRY(time_copy(from, "issued_since", filter, err));
	TRY(time_copy(from, "issued_before", filter, err));
	*ret = TAKE(filter);
	return 0;
}

static int
parts_list(const struct picked *p, json_t **ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	char hex[SHA256_HEX];

	for (unsigned i = 1; i <= parts_of(p); i++) {
		AUTO_JSON *serials = NULL;

		TRY(part_serials(p, i, &serials, err));
		TRY(part_hash(serials, hex, err));
		if (json_array_append_new(list, json_string(hex)) != 0)
			return err_set(err, ENOMEMORY, "parts");
	}
	*ret = TAKE(list);
	return 0;
}

static int
selection_set(const struct selecting *s, const char *valid_at, json_t *ret,
    struct err *err)
{
	AUTO_JSON *parts = NULL;
	json_t *selection;

	TRY(parts_list(&s->picked, &parts, err));
	TRY(json_build(&selection, err, "{s:I, s:I, s:O, s:s*}",
	    "through", (json_int_t)s->select.through,
	    "certificates", (json_int_t)s->picked.n, "parts", parts,
	    "valid_at", valid_at));
	return json_set_new(ret, "selection", selection, err);
}

static int
amount_check(const struct begun *b, const struct picked *p, struct err *err)
{
	if (p->n == 0)
		return err_set(err, ENOENT_, "no certificate is so");
	if (p->beyond > 0 && !json_flag(b->ask->body, "dry_run", false))
		return err_set(err, ERANGE_, "%zu certificates more than the "
		    "%d that one request may be about", p->beyond, MOST);
	return 0;
}

static int
many_fix(struct selecting *s, struct cost *c, struct drawn *ret,
    struct err *err)
{
	const struct begun *b = s->begun;
	json_t *filter = NULL;
	char created[TIME_TEXT];
	bool expired;

	TRY(filter_draw(b, &filter, err));
	TRY(json_set_new(ret->parameters, "filter", filter, err));
	expired = json_flag(filter, "expired", false);
	cert_select_read(filter, &s->select);
	s->select.valid_at = expired ? 0 : b->created;
	clock_text(b->created, created);
	s->picked.cost = c;
	TRY(state_read(b->flow->state, selecting_read, s, err));
	TRY(amount_check(b, &s->picked, err));
	c->beyond = s->picked.beyond;
	picked_sort(&s->picked);
	return selection_set(s, expired ? NULL : created, ret->parameters,
	    err);
}

int
many_draw(const struct begun *b, const char *ca, struct cost *c,
    struct drawn *ret, struct err *err)
{
	struct selecting s = { .begun = b, .select = { .ca = ca } };
	int rc = many_fix(&s, c, ret, err);

	free(s.picked.serial);
	return rc;
}

/* ---- doing it ---- */

static int
selecting_again(struct selecting *s, struct flow *f, const json_t *p,
    struct err *err)
{
	const json_t *selection = json_object_get(p, "selection");
	const char *valid_at = json_str(selection, "valid_at", NULL);

	s->select.ca = json_str(p, "ca", "");
	cert_select_read(json_object_get(p, "filter"), &s->select);
	s->select.through = (uint64_t)json_int(selection, "through", 0);
	if (valid_at != NULL)
		TRY(clock_parse(valid_at, &s->select.valid_at, err));
	TRY(state_read(f->state, selecting_read, s, err));
	picked_sort(&s->picked);
	if ((int64_t)(s->picked.n + s->picked.beyond) !=
	    json_int(selection, "certificates", 0))
		return err_set(err, EPRECOND, "the filter does not find the "
		    "certificates that were agreed to");
	return 0;
}

static int
part_perform(const struct granted *g, const struct picked *p, unsigned part,
    many_fn *fn, struct receipt *ret, struct err *err)
{
	const json_t *parts = json_object_get(json_object_get(g->parameters,
	    "selection"), "parts");
	const char *want = json_string_value(json_array_get(parts, part - 1));
	AUTO_JSON *serials = NULL;
	char hex[SHA256_HEX];

	TRY(part_serials(p, part, &serials, err));
	TRY(part_hash(serials, hex, err));
	if (want == NULL || strcmp(hex, want) != 0)
		return err_set(err, EPRECOND, "part %u is not what was agreed "
		    "to", part);
	return fn(g, serials, part, parts_of(p), ret, err);
}

int
many_count(struct flow *f, const json_t *parameters,
    struct tally *ret, struct err *err)
{
	struct selecting s = { .picked = { .is = ret } };
	int rc = selecting_again(&s, f, parameters, err);

	free(s.picked.serial);
	return rc;
}

struct done_parts {
	const char	*request;
	unsigned	 n;
};

static int
done_read(struct tx *tx, void *ctx, struct err *err)
{
	struct done_parts *d = ctx;

	return approval_parts(tx, d->request, &d->n, err);
}

/* What takes longer is left to whoever next finds it due. */
static int
parts_perform(const struct granted *g, many_fn *fn, struct receipt *ret,
    bool *ret_whole, struct err *err)
{
	struct done_parts d = { .request = g->request_id };
	struct selecting s = { .begun = NULL };
	int rc = selecting_again(&s, g->flow, g->parameters, err);
	time_us until = clock_mono() + PATIENCE;

	if (rc == 0)
		rc = state_read(g->flow->state, done_read, &d, err);
	while (rc == 0 && d.n < parts_of(&s.picked) && clock_mono() < until)
		rc = part_perform(g, &s.picked, ++d.n, fn, ret, err);
	*ret_whole = d.n == parts_of(&s.picked);
	free(s.picked.serial);
	return rc;
}

/* What waited is in the hands of whoever found it due. */
int
many_perform(const struct granted *g, many_fn *fn, struct receipt *ret,
    bool *ret_whole, struct err *err)
{
	int rc;

	if (g->was_open)
		return parts_perform(g, fn, ret, ret_whole, err);
	TRY(hands_on(g->flow, g->request_id, err));
	rc = parts_perform(g, fn, ret, ret_whole, err);
	hands_off(g->flow, g->request_id);
	return rc;
}
