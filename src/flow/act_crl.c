/*
 * act_crl - crl.sign: an authority's next revocation list.
 *
 * Which of its lists that is follows from what changed where the publisher
 * asks; by hand it is the full list of a partition.  A permit is good for one.
 */
#include <stdio.h>
#include <string.h>
#include "base/b64.h"
#include "ca/seal.h"
#include "flow/deed.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/publish.h"
#include "flow/stage.h"
#include "keyring/keyring.h"
#include "policy/permit.h"
#include "state/record.h"

/*
 * The publisher knows best what is due; whoever asks by hand gets a full list,
 * of the partition that they name where there are several.
 */
static int
partition_draw(const struct begun *b, const struct cert_ca *ca,
    json_t *parameters, struct err *err)
{
	const json_t *given = json_object_get(b->ask->body, "partition");
	int64_t n = given != NULL ? json_integer_value(given) : 0;

	if (b->flow->o.publisher != NULL && strcmp(b->ask->who->id,
	    b->flow->o.publisher) == 0)
		return 0;
	if (given == NULL && list_lists(ca) > 1)
		return err_set(err, EINPUT, "/partition: %s has %u lists; name "
		    "one, from 0", ca->name, list_lists(ca));
	if (n >= list_lists(ca))
		return err_set(err, EINPUT, "/partition: %s has %u lists, from "
		    "0", ca->name, list_lists(ca));
	/* A list without a URL is of the whole, and no partition's. */
	if (json_object_get(ca->urls, "crl") == NULL)
		return 0;
	return json_set_int(parameters, "partition", n, err);
}

static int
list_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;

	TRY(ca_draw(b, ret, err));
	TRY(ca_named(b->flow, b->ask->subject, &ca, err));
	return partition_draw(b, ca, ret->parameters, err);
}

static int
list_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	if (key_state_may_protect(d->key->state))
		return 0;
	return err_set(err, ESTATE, "key %s is %s", d->key->name,
	    key_state_name(d->key->state));
}

/* ---- what will be signed ---- */

struct listing {
	const struct granted *g;
	struct cert_ca	*ca;		/* owned, all */
	struct issuer	*issuer;
	struct key	*key;
	struct law	*law;
	json_t		*retention;
	json_t		*entry;
	struct blob	 der;		/* until it is signed the TBSCertList alone */
	struct blob	 url;		/* of the partition; empty: none */
	struct blob	 news;		/* where its deltas are; empty: none, or it is one */
	struct list_id	 id;
	struct list_due	 due;
	time_us		 now;
};

static void
listing_done(struct listing *l)
{
	cert_ca_free(l->ca);
	issuer_free(l->issuer);
	key_free(l->key);
	law_free(l->law);
	json_decref(l->retention);
	json_decref(l->entry);
	blob_done(&l->der);
	blob_done(&l->url);
	blob_done(&l->news);
}

static int
listing_begin(struct listing *l, struct err *err)
{
	struct flow *f = l->g->flow;

	TRY(ca_named(f, json_str(l->g->parameters, "ca", ""), &l->ca, err));
	TRY(issuer_read(span_blob(&l->ca->der), l->ca->urls, l->ca->partitions,
	    &l->issuer, err));
	TRY(state_key(f->state, l->ca->key, &l->key, err));
	TRY(state_law(f->state, &l->law, err));
	return retention_of(l->law, &l->retention, err);
}

/*
 * RFC 5280, 3.3: an entry stays until it was on one list that was issued after
 * the certificate's end; here, after the retention of its profile besides.
 * What no profile speaks of any more stays for ever.
 */
static bool
is_kept(void *ctx, const char *profile, time_us not_after)
{
	const struct listing *l = ctx;
	const json_t *r;

	/* As a rule it is good for years to come. */
	if (not_after > l->due.last)
		return true;
	r = json_object_get(l->retention, profile);
	return r == NULL ||
	    not_after + TIME_S(json_integer_value(r)) > l->due.last;
}

static int
choose_named(struct tx *tx, struct listing *l, struct err *err)
{
	TRY(list_due(tx, &l->g->flow->o, l->ca, &l->id, l->now, false,
	    &l->due, err));
	return l->due.early ? err_set(err, EBUSY_, "a delta comes after the "
	    "list that it is to") : 0;
}

/* The first of all that is due; where none is, the full one renewed first. */
static int
choose_first(struct tx *tx, struct listing *l, struct err *err)
{
	unsigned n = list_lists(l->ca), kinds = list_deltas(l->ca) ? 2 : 1;
	struct list_due d;

	for (unsigned i = 0; i < n * kinds; i++) {
		struct list_id id = { i % n, i >= n };

		TRY(list_due(tx, &l->g->flow->o, l->ca, &id, l->now, true, &d,
		    err));
		if (i == 0 || d.due || (!id.delta && d.renew < l->due.renew)) {
			l->id = id;
			l->due = d;
		}
		if (d.due)
			return 0;
	}
	return 0;
}

static int
list_urls(struct listing *l, struct crl_ask *ask, struct err *err)
{
	if (l->issuer->crl[0] == '\0')
		return 0;
	TRY(issuer_crl_url(l->issuer, l->id.partition, &l->url, err));
	ask->partition = blob_str(&l->url);
	if (l->id.delta || !list_deltas(l->ca))
		return 0;
	TRY(issuer_delta_url(l->issuer, l->id.partition, &l->news, err));
	ask->freshest = blob_str(&l->news);
	return 0;
}

static int
draft(struct tx *tx, struct listing *l, struct err *err)
{
	struct cert_revoked revoked = { .tx = tx, .ca = l->ca->name,
	    .partition = l->id.partition, .keep = is_kept, .keep_ctx = l,
	    .since = l->due.since };
	struct crl_ask ask = { .scheme = l->key->scheme,
	    .issuer = l->issuer->subject, .key_id = l->issuer->key_id,
	    .this_update = l->now,
	    .next_update = l->now + list_lifetime(&l->g->flow->o, l->ca, &l->id),
	    .room = l->due.entries + 1000, .next = cert_revoked_next,
	    .ctx = &revoked };
	int rc;

	/* Where the clock was set back: no list begins before the last. */
	if (ask.this_update < l->due.last)
		ask.this_update = l->due.last;
	TRY(cert_ca_number(l->ca, l->due.number, &ask.number, err));
	if (l->id.delta)
		TRY(cert_ca_number(l->ca, l->due.base, &ask.base, err));
	TRY(list_urls(l, &ask, err));
	rc = crl_draft(&ask, &l->der, err);
	cert_revoked_done(&revoked);
	return rc;
}

static int
list_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;

	const json_t *asked = json_object_get(l->g->parameters, "partition");

	l->id = (struct list_id){ (unsigned)json_integer_value(asked), false };
	if (asked != NULL || list_meant(l->g, &l->id))
		TRY(choose_named(tx, l, err));
	else
		TRY(choose_first(tx, l, err));
	TRY(list_allowed(&l->g->flow->o, l->law->charter, l->ca->name,
	    list_of_root(l->ca), l->id.delta, err));
	return draft(tx, l, err);
}

/* ---- signed, kept, told ---- */

/*
 * A number that is spent and not known here is one whose event could not be
 * committed: the journal's tail is about to bring it.  Whoever asked is not
 * refused for that.
 */
static int
keeper_signs(struct flow *f, const struct keyring_whole *w, struct listing *l,
    struct err *err)
{
	int rc = keyring_crl(f->keyring, w, &l->der, &l->entry, NULL, err);

	if (rc != -ECONFLICT)
		return rc;
	keyring_retry(f->keyring);
	return err_set(err, EKEEPER, "the keeper has signed a list that is not "
	    "known here yet");
}

static int
sign(struct listing *l, struct err *err)
{
	const struct granted *g = l->g;
	struct keyring_whole w = { &g->permit_hash, g->permit, NULL, 0 };
	AUTO_JSON *operation = NULL;
	AUTO(blob) *signature = blob_new();
	char issuer[SHA256_HEX];
	const char *text;

	if (signature == NULL)
		return err_set(err, ENOMEMORY, "a list");
	sha256_hex(&l->ca->fingerprint, issuer);
	TRY(json_build(&operation, err, "{s:s, s:s, s:s, s:s}", "op", "crl",
	    "key", l->key->hash, "principal", g->principal, "issuer", issuer));
	if (l->url.len > 0)
		TRY(json_set_int(operation, "partition", l->id.partition,
		    err));
	w.operation = operation;
	TRY(keeper_signs(g->flow, &w, l, err));
	TRY(json_need_str(json_object_get(l->entry, "result"), "signature",
	    &text, err));
	TRY(b64_decode(text, signature, err));
	return seal_enclose(&l->der, 0, l->key->scheme, span_blob(signature),
	    err);
}

static int
list_commit(struct listing *l, struct err *err)
{
	const struct granted *g = l->g;
	AUTO_JSON *data = NULL;
	struct sha256 hash = sha256_of(l->der.data, l->der.len);
	struct event e = { .kind = EVENT_CRL_PUBLISHED, .actor = g->principal,
	    .subject = l->ca->name, .entry = l->entry };
	time_us whole = l->now - l->now % TIME_S(1);
	struct receipt r;

	TRY(json_build(&data, err, "{s:s, s:I, s:s*, s:s*, s:O*}",
	    "request", g->request_id, "size", (json_int_t)l->der.len, "reason", json_str(g->parameters,
	    "reason", NULL), "idempotency", g->idempotency[0] != '\0' ?
	    g->idempotency : NULL, "facts", g->facts));
	TRY(json_set_hash(data, "hash", &hash, err));
	TRY(json_set_time(data, "this_update", whole, err));
	TRY(json_set_time(data, "next_update", whole +
	    list_lifetime(&g->flow->o, l->ca, &l->id), err));
	e.data = data;
	return entry_commit(g->flow, &e, &r, err);
}

/* The keeper has read all of it: what it says of itself is in its entry. */
static int
list_shelve(struct listing *l, struct err *err)
{
	const json_t *told = json_object_get(l->entry, "operation");
	struct crl_info info = {
		.entries = (size_t)json_int(told, "entries", 0) };

	TRY(cert_ca_number(l->ca, l->due.number, &info.number, err));
	TRY(clock_parse(json_str(told, "this_update", ""), &info.this_update,
	    err));
	TRY(clock_parse(json_str(told, "next_update", ""), &info.next_update,
	    err));
	return list_place(l->g->flow, l->ca->name, &l->id, &info, &l->der, err);
}

/* The old one is served until the new one is durable. */
static int
publish(struct listing *l, struct err *err)
{
	struct flow *f = l->g->flow;
	int rc = record_crl_keep(f->store, l->ca->name, l->id.partition,
	    l->id.delta, l->due.number, &l->der, err);

	if (rc == 0)
		rc = list_commit(l, err);
	if (rc != 0) {
		/* It was signed: the journal's tail brings its number. */
		keyring_retry(f->keyring);
		return rc;
	}
	keeper_used(f);
	return list_shelve(l, err);
}

static int
list_answer(const char *request, const json_t *p, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:O, s:O*}", "request", request,
	    "state", "done", "ca", json_object_get(p, "ca"), "partition",
	    json_object_get(p, "partition"));
}

static int
list_held(const struct granted *g, json_t **ret, struct err *err)
{
	struct listing l = { .g = g, .now = clock_now() };
	int rc = listing_begin(&l, err);

	if (rc == 0)
		rc = state_read(g->flow->state, list_read, &l, err);
	if (rc == 0)
		rc = sign(&l, err);
	if (rc == 0)
		rc = publish(&l, err);
	if (rc == 0)
		rc = list_answer(g->request_id, g->parameters, ret, err);
	listing_done(&l);
	return rc;
}

static int
list_perform(const struct granted *g, json_t **ret, struct err *err)
{
	char hold[CERT_NAME + 8];
	int rc;

	(void)snprintf(hold, sizeof(hold), "crl %s", json_str(g->parameters,
	    "ca", ""));
	TRY(hands_on(g->flow, hold, err));
	rc = list_held(g, ret, err);
	hands_off(g->flow, hold);
	return rc;
}

static int
list_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return list_answer(a->id, json_object_get(a->request, "parameters"),
	    ret, err);
}

const struct deed deed_crl_sign = { "crl.sign", list_draw, list_fit,
	list_perform, list_result, NULL };
