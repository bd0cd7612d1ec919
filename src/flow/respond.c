/*
 * respond - who answers for which authority: keys, certificates and leave.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/stage.h"
#include "policy/permit.h"

void
responders_free(struct responders *l)
{
	if (l == NULL || atomic_fetch_sub(&l->refs, 1) > 1)
		return;
	for (size_t i = 0; i < l->n; i++) {
		key_free(l->r[i].key);
		blob_done(&l->r[i].cert);
	}
	json_decref(l->retention);
	free(l);
}

struct responders *
responders_now(struct publisher *p)
{
	struct responders *l;

	pthread_mutex_lock(&p->lock);
	if ((l = p->now) != NULL)
		atomic_fetch_add(&l->refs, 1);
	pthread_mutex_unlock(&p->lock);
	return l;
}

int
responder_refuse(struct publisher *p, const struct key *key, struct err *err)
{
	AUTO(responders) *l = responders_now(p);

	for (size_t i = 0; l != NULL && i < l->n; i++)
		if (strcmp(l->r[i].key->hash, key->hash) == 0)
			return err_set(err, ECONFLICT, "/key: %s signs OCSP "
			    "answers for %s, and becomes no authority's",
			    key->name, l->r[i].ca);
	return 0;
}

int
retention_of(const struct law *law, json_t **ret, struct err *err)
{
	AUTO_JSON *map = json_object();

	if (map == NULL)
		return err_set(err, ENOMEMORY, "the profiles");
	for (size_t i = 0; i < law->profile_n; i++)
		TRY(json_set_int(map, law->profiles[i]->name,
		    law->profiles[i]->retention / TIME_S(1), err));
	*ret = TAKE(map);
	return 0;
}

/* ---- one ---- */

/* The profile that responders have: by its name, or the first of its kind. */
static int
responder_profile(const struct law *law, const struct profile **ret,
    struct err *err)
{
	if ((*ret = law_profile(law, "ocsp-responder")) != NULL)
		return 0;
	for (size_t i = 0; i < law->profile_n; i++)
		if (law->profiles[i]->kind == PROFILE_OCSP_RESPONDER) {
			*ret = law->profiles[i];
			return 0;
		}
	return err_set(err, ENOENT_, "the charter has no profile of kind "
	    "ocsp-responder");
}

struct certified {
	const struct responder *r;
	const char	*profile;
	struct cert_row	 row;
	bool		 there;
	struct blob	 der;
};

static int
certified_read(struct tx *tx, void *ctx, struct err *err)
{
	struct certified *c = ctx;
	struct sha256 spki;

	TRY(sha256_parse(c->r->key->hash, &spki, err));
	TRY(cert_of_key(tx, c->r->ca, c->profile, &spki, &c->row, &c->there,
	    err));
	return c->there ? cert_der(tx, c->row.id, &c->der, err) : 0;
}

static int
certificate_find(struct flow *f, const char *profile, struct responder *r,
    struct err *err)
{
	struct certified c = { .r = r, .profile = profile };
	int rc = state_read(f->state, certified_read, &c, err);

	if (rc != 0 || !c.there || c.row.not_after <= clock_now()) {
		blob_done(&c.der);
		return rc;
	}
	r->cert = c.der;
	r->not_before = c.row.not_before;
	r->not_after = c.row.not_after;
	return 0;
}

static int
identity_make(struct flow *f, const struct cert_ca *ca, struct responder *r,
    struct err *err)
{
	AUTO(issuer) *i = NULL;
	struct ocsp_issuer own;

	TRY(issuer_read(span_blob(&ca->der), ca->urls, ca->partitions, &i,
	    err));
	TRY(ocsp_issuer_make(i->subject, i->spki, &r->issuer, err));
	TRY(state_key(f->state, ca->responder, &r->key, err));
	if (r->key->spki == NULL)
		return err_set(err, EINPUT, "key %s has no public half",
		    r->key->name);
	TRY(ocsp_issuer_make(i->subject, span_of(r->key->spki,
	    r->key->spki_octets), &own, err));
	memcpy(r->key_hash, own.key_sha1, sizeof(r->key_hash));
	return shelf_issuer(f->publisher->shelf, ca->name, &r->number, err);
}

static int
responder_make(struct flow *f, const char *profile, const struct cert_ca *ca,
    struct responder *r, struct err *err)
{
	memcpy(r->ca, ca->name, sizeof(r->ca));
	r->active = ca->not_after > clock_now();
	r->imported = ca->imported;
	TRY(identity_make(f, ca, r, err));
	return certificate_find(f, profile, r, err);
}

/* ---- all ---- */

/* One that cannot answer leaves the others be. */
static int
responders_add(struct flow *f, const char *profile, const char *name,
    struct responders *l, struct err *err)
{
	struct responder *r = &l->r[l->n];
	AUTO(cert_ca) *ca = NULL;
	struct err why;

	TRY(ca_named(f, name, &ca, err));
	if (ca->responder[0] == '\0')
		return 0;
	if (responder_make(f, profile, ca, r, &why) == 0) {
		l->n++;
		return 0;
	}
	log_err(LOG_WARN, "an OCSP responder", &why);
	key_free(r->key);
	blob_done(&r->cert);
	*r = (struct responder){ .key = NULL };
	return 0;
}

static int
fill(struct flow *f, const struct law *law, const json_t *cas,
    struct responders *l, struct err *err)
{
	const struct profile *profile;
	const json_t *name;
	struct err none;
	size_t i;

	TRY(retention_of(law, &l->retention, err));
	if (responder_profile(law, &profile, &none) != 0)
		return 0;
	json_array_foreach(cas, i, name)
		TRY(responders_add(f, profile->name, json_string_value(name),
		    l, err));
	return 0;
}

int
responders_load(struct flow *f, const struct law *law, const json_t *cas,
    struct err *err)
{
	struct publisher *p = f->publisher;
	AUTO(responders) *l = calloc(1, sizeof(*l) + json_array_size(cas) *
	    sizeof(l->r[0]));
	struct responders *old;

	if (l == NULL)
		return err_set(err, ENOMEMORY, "the responders");
	atomic_init(&l->refs, 1);
	TRY(fill(f, law, cas, l, err));
	pthread_mutex_lock(&p->lock);
	old = p->now;
	p->now = TAKE(l);
	pthread_mutex_unlock(&p->lock);
	responders_free(old);
	return 0;
}

/* ---- its certificate ---- */

/* What the profile takes from a request is the common name, if anything. */
static int
subject_make(const struct profile *p, const char *ca, json_t *body,
    struct err *err)
{
	char name[CERT_NAME + 16];

	for (size_t i = 0; i < p->subject_n; i++) {
		if (p->subject[i].from != FROM_REQUEST ||
		    p->subject[i].attribute != OID_COMMON_NAME)
			continue;
		(void)snprintf(name, sizeof(name), "%s OCSP", ca);
		return json_set_new(body, "subject", json_pack("[[s,s]]",
		    "commonName", name), err);
	}
	return 0;
}

int
responder_renew(struct flow *f, const struct responder *r, struct err *err)
{
	AUTO(law) *law = NULL;
	const struct profile *p;
	AUTO_JSON *body = NULL;

	TRY(state_law(f->state, &law, err));
	TRY(responder_profile(law, &p, err));
	TRY(json_build(&body, err, "{s:s, s:s}", "profile", p->name, "key",
	    r->key->hash));
	TRY(subject_make(p, r->ca, body, err));
	return publisher_ask(f, "cert.issue", r->ca, body, "", err);
}

/* ---- leave ---- */

static void
leave_free(struct leave *l)
{
	json_decref(l->document);
	free(l);
}

void
leaves_drop(struct publisher *p)
{
	struct leave *l;

	while ((l = p->leave) != NULL) {
		p->leave = l->next;
		leave_free(l);
	}
}

int
leave_keep(const struct granted *g, struct err *err)
{
	struct publisher *p = g->flow->publisher;
	struct leave *l = calloc(1, sizeof(*l)), **at, *old = NULL;

	if (l == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	(void)snprintf(l->key, sizeof(l->key), "%s", g->key);
	l->document = json_incref((json_t *)(uintptr_t)g->permit);
	l->hash = g->permit_hash;
	l->from = clock_now();
	if (clock_parse(json_str(g->request, "expires", ""), &l->until, err)
	    != 0) {
		leave_free(l);
		return -(int)EINPUT;
	}
	pthread_mutex_lock(&p->lock);
	for (at = &p->leave; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->key, l->key) == 0) {
			old = *at;
			*at = old->next;
			break;
		}
	l->next = p->leave;
	p->leave = l;
	pthread_mutex_unlock(&p->lock);
	if (old != NULL)
		leave_free(old);
	return 0;
}
