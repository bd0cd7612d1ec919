/* publish_list - when a revocation list is due, and where it is served. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ca/seal.h"
#include "flow/publish.h"

/*
 * Changes are committed a little after the moment they bear: looked for from
 * so long before a list on, they cost a list too many after a start, and none
 * is missed.
 */
#define SLACK		TIME_S(10)

unsigned
list_lists(const struct cert_ca *ca)
{
	return json_object_get(ca->urls, "crl") != NULL ? ca->partitions : 1;
}

static int
changed_since(struct tx *tx, const char *ca, unsigned partition,
    time_us since, bool *ret, struct err *err)
{
	struct cert_revoked r = { .tx = tx, .ca = ca, .partition = partition,
	    .since = since, .page = 1 };
	struct crl_entry e;
	int rc = cert_revoked_next(&r, &e, ret, err);

	cert_revoked_done(&r);
	return rc;
}

int
list_due(struct tx *tx, const struct flow_options *o, const char *ca,
    unsigned partition, time_us now, bool thorough, struct list_due *ret,
    struct err *err)
{
	struct cert_crl last;
	bool there;

	*ret = (struct list_due){ .due = true };
	TRY(cert_crl_highest(tx, ca, partition, &ret->number, err));
	ret->number++;
	TRY(cert_crl_newest(tx, ca, partition, false, &last, &there, err));
	/* One that came back by the journal alone was never shown. */
	if (!there || last.next_update == 0)
		return 0;
	ret->entries = last.entries;
	ret->last = last.this_update;
	ret->renew = last.this_update + o->crl_lifetime / 2;
	if (ret->renew > last.next_update)
		ret->renew = last.next_update;
	ret->due = now >= ret->renew;
	if (ret->due || !thorough)
		return 0;
	return changed_since(tx, ca, partition, last.this_update - SLACK,
	    &ret->due, err);
}

/* ---- on the shelf ---- */

int
list_place(struct flow *f, const char *ca, unsigned partition,
    struct blob *der, struct err *err)
{
	AUTO(page) *page = NULL;
	struct span tbs, algorithm, signature;
	struct crl_info info;
	char path[CERT_NAME + 32];
	int rc = seal_read(span_blob(der), "a revocation list", &tbs,
	    &algorithm, &signature, err);

	if (rc == 0)
		rc = crl_read(tbs, NULL, NULL, &info, err);
	if (rc != 0) {
		blob_done(der);
		return rc;
	}
	TRY(page_new("application/pkix-crl", der, info.this_update,
	    info.next_update, &page, err));
	page->keep = TIME_S(3600);
	(void)snprintf(path, sizeof(path), "/crl/%s/%u.crl", ca, partition);
	return shelf_put(f->publisher->shelf, path, page, err);
}

struct kept {
	const char	*ca;
	unsigned	 partition;
	struct blob	 der;
};

static int
kept_read(struct tx *tx, void *ctx, struct err *err)
{
	struct kept *k = ctx;
	uint64_t number;

	return cert_crl_der(tx, k->ca, k->partition, false, &number, &k->der,
	    err);
}

int
list_load(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	for (unsigned i = 0; i < list_lists(ca); i++) {
		struct kept k = { .ca = ca->name, .partition = i };
		int rc = state_read(f->state, kept_read, &k, err);

		if (rc == 0)
			rc = list_place(f, ca->name, i, &k.der, err);
		blob_done(&k.der);
		if (rc != 0 && rc != -ENOENT_)
			return rc;
	}
	return 0;
}

/* ---- asking ---- */

struct look {
	struct flow		*flow;
	const struct cert_ca	*ca;
	const json_t		*changed;
	uint64_t		*number;	/* owned: of each partition's next list */
	bool			*due;		/* owned */
	time_us			 renew;
};

static int
look_at(struct tx *tx, struct look *l, unsigned i, struct err *err)
{
	struct list_due d;

	TRY(list_due(tx, &l->flow->o, l->ca->name, i, clock_now(),
	    l->changed == NULL, &d, err));
	l->number[i] = d.number;
	l->due[i] = d.due;
	if (!d.due && d.renew < l->renew)
		l->renew = d.renew;
	return 0;
}

/* Which list a certificate is on was fixed when it was issued. */
static int
look_for(struct tx *tx, struct look *l, const char *serial, struct err *err)
{
	unsigned n = list_lists(l->ca);
	struct cert_row row;
	struct number s;

	TRY(number_parse(serial, &s, err));
	TRY(cert_by_serial(tx, l->ca->name, &s, &row, err));
	l->due[row.partition < n ? row.partition : 0] = true;
	return 0;
}

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct look *l = ctx;
	const json_t *one;
	size_t i;

	l->renew = clock_now() + l->flow->o.crl_lifetime / 2;
	for (unsigned p = 0; p < list_lists(l->ca); p++)
		TRY(look_at(tx, l, p, err));
	json_array_foreach(l->changed, i, one)
		TRY(look_for(tx, l, json_string_value(one), err));
	return 0;
}

bool
list_meant(const struct granted *g, unsigned *ret)
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
ask_one(const struct look *l, unsigned partition, struct err *err)
{
	struct publisher *p = l->flow->publisher;
	AUTO_JSON *body = json_object();
	char key[128], day[TIME_TEXT];
	int rc;

	if (body == NULL)
		return err_set(err, ENOMEMORY, "a list");
	clock_text(clock_now(), day);
	(void)snprintf(key, sizeof(key), "crl %s %u %llu %.10s", l->ca->name,
	    partition, (unsigned long long)l->number[partition], day);
	p->meant = partition;
	p->meant_ca = l->ca->name;
	rc = publisher_ask(l->flow, "crl.sign", l->ca->name, body, key, err);
	p->meant_ca = NULL;
	return rc;
}

static int
pass(struct look *l, struct err *err)
{
	TRY(state_read(l->flow->state, look, l, err));
	for (unsigned i = 0; i < list_lists(l->ca); i++)
		if (l->due[i])
			TRY(ask_one(l, i, err));
	return 0;
}

int
list_pass(struct flow *f, const struct cert_ca *ca, const json_t *changed,
    time_us *ret_renew, struct err *err)
{
	struct look l = { .flow = f, .ca = ca, .changed = changed,
	    .number = calloc(list_lists(ca), sizeof(*l.number)),
	    .due = calloc(list_lists(ca), sizeof(*l.due)) };
	int rc = l.number == NULL || l.due == NULL ?
	    err_set(err, ENOMEMORY, "a list") : pass(&l, err);

	free(l.number);
	free(l.due);
	if (rc == 0)
		*ret_renew = l.renew;
	return rc;
}
