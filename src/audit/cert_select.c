/*
 * cert_select - what a filter finds among the certificates that the ledger has,
 * against what was changed under it: none beside it, none left out.
 *
 * Written for the audit alone: whoever selects for a living (src/cert) asks
 * tables, which are not what is believed here.
 */
#include <stdlib.h>
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, e->seq, 0, __VA_ARGS__)

struct selecting {
	const struct audit *a;
	const json_t	*filter;
	const void	*ca;
	const char	*device, *device_last;
	const char	*spki;
	struct sha256	 spki_hash;
	time_us		 since, before;	/* 0: any */
	time_us		 valid_at;	/* 0: expired ones too */
	uint64_t	 through;	/* by events before this one */
	struct number	*found;		/* owned */
	size_t		 n, room;
	bool		 lost;		/* memory */
};

/* ---- what is meant ---- */

static bool
is_named(const struct selecting *s, const char *member, const void *has)
{
	const char	*want = json_str(s->filter, member, NULL);

	return want == NULL || (has != NULL &&
	    map_get(&s->a->words, want) == has);
}

/* Shorter ones first, so that 9 comes before 10. */
static bool
is_before(const char *a, const char *b)
{
	size_t	 n = strlen(a), m = strlen(b);

	return n != m ? n < m : strcmp(a, b) < 0;
}

static bool
is_device(const struct selecting *s, const struct issued *c)
{
	if (s->device == NULL)
		return true;
	return c->device[0] != '\0' && !is_before(c->device, s->device) &&
	    !is_before(s->device_last, c->device);
}

/* To the millisecond, as a certificate's id has it. */
static bool
is_of_then(const struct selecting *s, const struct issued *c)
{
	time_us	 ms = c->time / 1000;

	return (s->since == 0 || ms >= s->since / 1000) &&
	    (s->before == 0 || ms < s->before / 1000);
}

static bool
is_meant(const struct selecting *s, const struct issued *c)
{
	return c->there && c->ca == s->ca && c->seq < s->through &&
	    is_of_then(s, c) && c->not_after >= s->valid_at &&
	    is_device(s, c) && is_named(s, "profile", c->profile) &&
	    is_named(s, "by", c->by) && is_named(s, "batch", c->batch) &&
	    (s->spki == NULL || sha256_equal(&c->spki, &s->spki_hash));
}

static bool
selecting_grow(struct selecting *s)
{
	size_t		 room = s->room == 0 ? 256 : 2 * s->room;
	struct number	*more = realloc(s->found, room * sizeof(*more));

	if (more == NULL)
		return false;
	s->found = more;
	s->room = room;
	return true;
}

static void
look(const char *name, void *value, void *ctx)
{
	struct selecting	*s = ctx;
	struct number		 serial;

	if (s->lost || !is_meant(s, value) ||
	    number_parse(strchr(name, '/') + 1, &serial, NULL) != 0)
		return;
	s->lost = s->n == s->room && !selecting_grow(s);
	if (!s->lost)
		s->found[s->n++] = serial;
}

static int
by_number(const void *a, const void *b)
{
	return number_order(a, b);
}

/* ---- what was approved ---- */

static int
moment(const json_t *o, const char *name, time_us *ret, struct err *err)
{
	const char	*text = json_str(o, name, NULL);

	return text == NULL ? 0 : clock_parse(text, ret, err);
}

static int
selecting_read(struct audit *a, const struct request *q,
    struct selecting *ret, struct err *err)
{
	const json_t	*filter = json_object_get(q->parameters, "filter");
	const json_t	*selection = json_object_get(q->parameters,
			    "selection");

	*ret = (struct selecting){ .a = a, .filter = filter,
	    .ca = map_get(&a->words, json_str(q->parameters, "ca", "")),
	    .device = json_str(filter, "device", NULL),
	    .spki = json_str(filter, "spki", NULL),
	    .through = (uint64_t)json_int(selection, "through", 0) };
	ret->device_last = json_str(filter, "device_last", ret->device);
	if (ret->spki != NULL)
		TRY(sha256_parse(ret->spki, &ret->spki_hash, err));
	TRY(moment(filter, "issued_since", &ret->since, err));
	TRY(moment(filter, "issued_before", &ret->before, err));
	return moment(selection, "valid_at", &ret->valid_at, err);
}

/* The place and the moment are those of the request, and nobody's choice. */
static void
when_check(struct audit *a, const struct applied *e, const struct request *q,
    const struct selecting *s)
{
	if (s->through > e->seq)
		WRONG(FINDING_REQUEST, "%s is about what came after it",
		    q->id);
	if (s->valid_at != 0 && s->valid_at != q->created)
		WRONG(FINDING_REQUEST, "%s calls expired what was not when it "
		    "was asked", q->id);
	if (a->since > 0)
		audit_unchecked(a, e->seq, "%s: certificates that were issued "
		    "before this bundle begins are not compared with its "
		    "filter", q->id);
}

int
selection_begin(struct audit *a, const struct applied *e, struct held *h,
    struct err *err)
{
	struct selecting	 s;
	struct err		 why = { .what = "" };

	if (selecting_read(a, h->request, &s, &why) != 0) {
		WRONG(FINDING_REQUEST, "%s: %s", h->request->id, why.what);
		return 0;
	}
	when_check(a, e, h->request, &s);
	map_each(&a->certificates, look, &s);
	if (s.lost) {
		free(s.found);
		return err_set(err, ENOMEMORY, "what a filter finds");
	}
	if (s.n > 0)
		qsort(s.found, s.n, sizeof(s.found[0]), by_number);
	free(h->found);
	h->found = s.found;
	h->found_n = s.n;
	return 0;
}

/* ---- what was done ---- */

/* How many come before @to, or are left (NULL), that should have been named. */
static size_t
skip(struct held *h, const struct number *to)
{
	size_t	 from = h->found_at;

	while (h->found_at < h->found_n && (to == NULL ||
	    number_order(&h->found[h->found_at], to) < 0))
		h->found_at++;
	return h->found_at - from;
}

void
selection_check(struct audit *a, const struct applied *e, struct held *h,
    bool last)
{
	const char	*ca = json_str(e->data, "ca", ""), *serial;
	size_t		 left_out = 0, i;
	struct number	 n;
	json_t		*one;

	json_array_foreach(json_object_get(e->data, "serials"), i, one) {
		serial = json_is_string(one) ? json_string_value(one) : "";
		/* What was never issued is found by whoever changes it. */
		if (cert_issued(a, ca, serial) == NULL ||
		    number_parse(serial, &n, NULL) != 0)
			continue;
		left_out += skip(h, &n);
		if (h->found_at == h->found_n ||
		    number_order(&h->found[h->found_at], &n) != 0)
			WRONG(FINDING_REQUEST, "%s: its filter does not find "
			    "%.40s", h->request->id, serial);
		else
			h->found_at++;
	}
	if (last)
		left_out += skip(h, NULL);
	if (left_out > 0)
		WRONG(FINDING_REQUEST, "%s: %zu certificates that its filter "
		    "finds were left out", h->request->id, left_out);
}
