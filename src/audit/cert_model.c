/* cert_model - authorities and profiles; see cert.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/cert.h"
#include "audit/model.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

void
authorities_free(struct authority *first)
{
	struct authority	*next;

	for (; first != NULL; first = next) {
		next = first->next;
		issuer_free(first->issuer);
		json_decref(first->parameters);
		free(first);
	}
}

struct authority *
authority_find(const struct akey *k, const char *hash)
{
	struct authority	*c = k->ca;

	while (c != NULL && strcmp(c->hash, hash) != 0)
		c = c->next;
	return c;
}

/* Told once; its lists go on under each further certificate. */
static int
floor_read(const struct akey *k, const json_t *parameters, struct number *ret,
    struct err *err)
{
	const char		*hex = json_str(parameters, "crl_number", NULL);
	const struct authority	*o = k->ca;

	while (o != NULL && strcmp(o->name, json_str(parameters, "name",
	    "")) != 0)
		o = o->next;
	if (o != NULL && hex != NULL)
		return err_set(err, EVERIFY, "the lists of %s went on already, "
		    "and their number was told once more", o->name);
	if (hex != NULL)
		return number_parse(hex, ret, err);
	*ret = o != NULL ? o->floor : (struct number){ 0 };
	return 0;
}

int
authority_add(struct audit *a, struct akey *k, const json_t *parameters,
    struct span certificate, struct err *err)
{
	struct sha256		 hash = sha256_of(certificate.p, certificate.n);
	struct authority	*c;
	struct number		 floor;
	AUTO(issuer)		*i = NULL;

	TRY(floor_read(k, parameters, &floor, err));
	TRY(issuer_read(certificate, json_object_get(parameters, "urls"),
	    (unsigned)json_int(parameters, "partitions", 0), &i, err));
	for (const struct authority *o = k->ca; o != NULL; o = o->next)
		if (strcmp(o->name, json_str(parameters, "name", "")) == 0)
			TRY(issuer_goes_on(o->issuer, i, err));
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	snprintf(c->name, sizeof(c->name), "%s", json_str(parameters, "name",
	    ""));
	sha256_hex(&hash, c->hash);
	c->issuer = TAKE(i);
	c->parameters = json_incref((json_t *)(uintptr_t)parameters);
	c->floor = floor;
	c->next = k->ca;
	k->ca = c;
	a->authority_n++;
	return 0;
}

struct signer {
	const struct issuer *of, *found;
};

/* Of the certificates of one key the newest. */
static void
signer_look(const char *hash, void *value, void *ctx)
{
	const struct akey	*k = value;
	struct signer		*s = ctx;

	(void)hash;
	for (const struct authority *c = k->ca; c != NULL && s->found == NULL;
	    c = c->next)
		if (issuer_signed(c->issuer, s->of))
			s->found = c->issuer;
}

static const struct issuer *
signer_find(void *ctx, const struct issuer *i)
{
	const struct audit	*a = ctx;
	struct signer		 s = { i, NULL };

	map_each(&a->keys, signer_look, &s);
	return s.found;
}

int
authority_above(const struct audit *a, struct authority *c,
    struct issuer_path *ret, struct err *err)
{
	if (c->above_n != a->authority_n)
		TRY(issuer_climb(c->issuer, signer_find, (void *)(uintptr_t)a,
		    &c->above, err));
	c->above_n = a->authority_n;
	*ret = c->above;
	return 0;
}

int
authority_take_check(const struct audit *a, struct span certificate,
    time_us when, struct err *err)
{
	AUTO(issuer)	*i = NULL;

	TRY(issuer_read(certificate, NULL, 1, &i, err));
	return issuer_take_check(i, when, signer_find, (void *)(uintptr_t)a,
	    err);
}

int
cert_profile(struct audit *a, size_t charter, const char *name,
    const struct profile **ret, struct err *err)
{
	const json_t	*doc = json_object_get(json_object_get(charter_json(
			    a->chart[charter].charter), "profiles"), name);
	struct profile	**at;
	char		 place[100];
	void		*p;

	if (doc == NULL)
		return err_set(err, EDENIED, "the charter has no profile "
		    "%.64s", name);
	snprintf(place, sizeof(place), "%zu/%.64s", charter, name);
	TRY(map_put(&a->profiles, place, sizeof(*at), &p, err));
	at = p;
	if (*at == NULL)
		TRY(profile_read(name, doc, at, err));
	*ret = *at;
	return 0;
}

static void
profile_done(void *profile)
{
	profile_free(*(struct profile **)profile);
}

void
cert_model_done(struct audit *a)
{
	map_done(&a->profiles, profile_done);
	map_done(&a->authorities, NULL);
	map_done(&a->certificates, NULL);
	map_done(&a->words, NULL);
	map_done(&a->listed, NULL);
	map_done(&a->devices, NULL);
	map_done(&a->holders, NULL);
	map_done(&a->revoked, NULL);
	map_done(&a->lists, NULL);
}

bool
cert_is_kind_ca(const struct audit *a, size_t charter, const struct akey *k)
{
	const struct key_class	*c = charter_class(a->chart[charter].charter,
				    json_str(k->parameters, "class", ""));

	return c != NULL && c->kind == KIND_CA;
}

/* An authority's name, or a responder's key. */
static const char *
subject_of(const struct waiting *w, const json_t *p)
{
	if (w->a.kind == EVENT_CA_CREATED || w->a.kind == EVENT_CA_IMPORTED)
		return json_str(p, "name", "");
	return json_str(p, w->a.kind == EVENT_OCSP_COUNTED ||
	    w->a.kind == EVENT_CA_REQUESTED ? "key" : "ca", "");
}

int
cert_key(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, struct akey **ret, struct err *err)
{
	const json_t	*p = r->held->request->parameters;
	bool		 answers = w->entry->op == ENTRY_OCSP;
	struct akey	*k = model_key(a, w);

	*ret = NULL;
	if (strcmp(w->a.actor, json_str(w->entry->operation, "principal",
	    "")) != 0 || strcmp(w->a.subject, subject_of(w, p)) != 0)
		WRONG(FINDING_ENTRY, "the event's actor or subject is not the "
		    "entry's");
	if (r->rule != NULL && !answers)
		TRY(model_limit(a, w, r->rule, err));
	if (k == NULL)
		return 0;
	if (!cert_is_kind_ca(a, charter, k))
		WRONG(FINDING_STATE, "the key is not of kind ca");
	/* Answers are counted after they were given. */
	if (!answers && !key_state_may_protect(k->state))
		WRONG(FINDING_STATE, "the key was %s",
		    key_state_name(k->state));
	*ret = k;
	return 0;
}
