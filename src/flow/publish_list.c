/* publish_list - where a revocation list is served, and asking for those due. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ca/seal.h"
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/stage.h"

#define KEEP_FULL	TIME_S(3600)	/* by caches, at most */
#define KEEP_DELTA	TIME_S(60)	/* whoever asks for one wants news */

/* ---- on the shelf ---- */

int
list_place(struct flow *f, const char *ca, const struct list_id *id,
    const struct crl_info *info, struct blob *der, struct err *err)
{
	AUTO(page) *page = NULL;
	size_t octets = der->len;
	char path[CERT_NAME + 32];

	TRY(page_new("application/pkix-crl", der, info->this_update,
	    info->next_update, &page, err));
	page->keep = id->delta ? KEEP_DELTA : KEEP_FULL;
	(void)snprintf(path, sizeof(path), "/crl/%s/%u%s", ca, id->partition,
	    id->delta ? ".delta.crl" : ".crl");
	TRY(shelf_put(f->publisher->shelf, path, page, err));
	watch_note(f->publisher, ca, id, info, octets);
	return 0;
}

struct kept {
	const char	*ca;
	struct list_id	 id;
	struct blob	 der;
};

static int
kept_read(struct tx *tx, void *ctx, struct err *err)
{
	struct kept *k = ctx;
	uint64_t number;

	return cert_crl_der(tx, k->ca, k->id.partition, k->id.delta, &number,
	    &k->der, err);
}

static int
kept_place(struct flow *f, struct kept *k, struct err *err)
{
	struct span tbs, algorithm, signature;
	struct crl_info info;

	TRY(seal_read(span_blob(&k->der), "a revocation list", &tbs,
	    &algorithm, &signature, err));
	TRY(crl_read(tbs, NULL, NULL, &info, err));
	return list_place(f, k->ca, &k->id, &info, &k->der, err);
}

static int
load_one(struct flow *f, const struct cert_ca *ca, const struct list_id *id,
    struct err *err)
{
	struct kept k = { .ca = ca->name, .id = *id };
	int rc = state_read(f->state, kept_read, &k, err);

	if (rc == 0)
		rc = kept_place(f, &k, err);
	blob_done(&k.der);
	return rc == -ENOENT_ ? 0 : rc;
}

/* All lists of a CA in one row: by partition, the full one first. */
static unsigned
kinds(const struct cert_ca *ca)
{
	return list_deltas(ca) ? 2 : 1;
}

static struct list_id
list_at(const struct cert_ca *ca, unsigned i)
{
	return (struct list_id){ i / kinds(ca), i % kinds(ca) != 0 };
}

int
list_load(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	for (unsigned i = 0; i < list_lists(ca) * kinds(ca); i++) {
		struct list_id id = list_at(ca, i);

		TRY(load_one(f, ca, &id, err));
	}
	return 0;
}

/* ---- asking ---- */

struct look {
	struct flow		*flow;
	const struct cert_ca	*ca;
	const json_t		*changed;
	struct list_due		*list;	/* owned: of each list */
	unsigned		 n;
	time_us			 renew;
};

static int
look_at(struct tx *tx, struct look *l, unsigned i, struct err *err)
{
	struct list_id id = list_at(l->ca, i);
	struct list_due *d = &l->list[i];

	TRY(list_due(tx, &l->flow->o, l->ca, &id, clock_now(),
	    l->changed == NULL, d, err));
	if (!d->due && d->renew < l->renew)
		l->renew = d->renew;
	return 0;
}

/*
 * Which list a certificate is on was fixed when it was issued.  A delta that
 * has to wait is looked at again in a second, and then thoroughly.
 */
static int
look_for(struct tx *tx, struct look *l, const char *serial, struct err *err)
{
	unsigned n = list_lists(l->ca), at;
	struct cert_row row;
	struct number s;

	TRY(number_parse(serial, &s, err));
	TRY(cert_or_listed(tx, l->ca->name, &s, &row, err));
	at = (row.partition < n ? row.partition : 0) * kinds(l->ca) +
	    list_deltas(l->ca);
	l->list[at].due = !l->list[at].early;
	return 0;
}

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct look *l = ctx;
	const json_t *one;
	size_t i;

	l->renew = clock_now() + l->flow->o.crl_lifetime / 2;
	for (unsigned p = 0; p < l->n; p++)
		TRY(look_at(tx, l, p, err));
	json_array_foreach(l->changed, i, one)
		TRY(look_for(tx, l, json_string_value(one), err));
	return 0;
}

bool
list_meant(const struct granted *g, struct list_id *ret)
{
	const struct publisher *p = g->flow->publisher;

	/* Only the publisher's own thread ever sees it set. */
	if (g->was_open || p == NULL || !p->running ||
	    !pthread_equal(pthread_self(), p->thread) || p->meant_ca == NULL ||
	    strcmp(p->meant_ca, json_str(g->parameters, "ca", "")) != 0)
		return false;
	*ret = p->meant;
	return true;
}

/*
 * One request for each list.  Its Idempotency-Key is of the list and the day:
 * where people must agree, the same waiting request is found again.
 */
static int
ask_one(const struct look *l, unsigned i, struct err *err)
{
	struct publisher *p = l->flow->publisher;
	AUTO_JSON *body = json_object();
	struct list_id id = list_at(l->ca, i);
	char key[128], day[TIME_TEXT];
	int rc;

	if (body == NULL)
		return err_set(err, ENOMEMORY, "a list");
	clock_text(clock_now(), day);
	(void)snprintf(key, sizeof(key), "%s %s %u %llu %.10s",
	    id.delta ? "delta" : "crl", l->ca->name, id.partition,
	    (unsigned long long)l->list[i].number, day);
	p->meant = id;
	p->meant_ca = l->ca->name;
	rc = publisher_ask(l->flow, "crl.sign", l->ca->name, body, key, err);
	p->meant_ca = NULL;
	return rc;
}

/* A delta that is due together with its full list comes a second later. */
static bool
is_first(const struct look *l, unsigned i)
{
	return !list_at(l->ca, i).delta || !l->list[i - 1].due;
}

static int
pass(struct look *l, struct err *err)
{
	TRY(state_read(l->flow->state, look, l, err));
	for (unsigned i = 0; i < l->n; i++) {
		if (l->list[i].due && is_first(l, i))
			TRY(ask_one(l, i, err));
		else if (l->list[i].due)
			l->renew = clock_now() + TIME_S(1);
	}
	return 0;
}

int
list_pass(struct flow *f, const struct cert_ca *ca, const json_t *changed,
    time_us *ret_renew, struct err *err)
{
	struct look l = { .flow = f, .ca = ca, .changed = changed,
	    .n = list_lists(ca) * kinds(ca) };
	int rc;

	l.list = calloc(l.n, sizeof(*l.list));
	rc = l.list == NULL ? err_set(err, ENOMEMORY, "a list") :
	    pass(&l, err);
	free(l.list);
	if (rc == 0)
		*ret_renew = l.renew;
	return rc;
}
