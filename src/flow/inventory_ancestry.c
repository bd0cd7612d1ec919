/*
 * inventory_ancestry - what stands above a product line: the authorities that
 * certified its own up to their roots, with their keys, of the house or
 * elsewhere.
 *
 * Other lines depend on them too, so they name none; a line ends with them all
 * the same.  From authority to authority: what each has issued is not walked.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inventory.h"
#include "key/elsewhere.h"
#include "state/state.h"

#define BEARING	16u	/* certificates of other CAs of one key whose issuers are looked for */

/* What is the line's own is there. */
static int
key_put(struct ancestry *c, const char *name, const char *hash,
    struct err *err)
{
	return json_object_get(c->own, hash) != NULL ? 0 : json_set_str(
	    c->keys, name, hash, err);
}

/* ---- of other CAs ---- */

/* One that is here, in the token or as an entry, stands above the line too. */
static int
bearer_put(const struct inventory *v, const char *spki, struct ancestry *c,
    struct err *err)
{
	AUTO_JSON *entry = NULL;
	AUTO(key) *k = NULL;
	struct err why;
	int rc = key_get(v->tx, spki, &k, &why);

	if (rc == 0)
		return key_put(c, k->name, spki, err);
	if (rc == -ENOKEY)
		rc = elsewhere_get(v->tx, spki, &entry, &why);
	if (rc == -ENOKEY)
		return 0;
	return rc == 0 ? key_put(c, json_str(entry, "name", ""), spki, err) :
	    err_set(err, why.code, "%s", why.what);
}

static int
bearers_put(const struct inventory *v, size_t from, struct ancestry *c,
    struct err *err)
{
	for (; from < json_array_size(c->others); from++)
		TRY(bearer_put(v, json_str(json_array_get(c->others, from),
		    "spki", ""), c, err));
	return 0;
}

/* One issuer's certificates have one chain. */
static int
other_climb(const struct inventory *v, const json_t *certificate,
    struct ancestry *c, struct err *err)
{
	const char *issuer = json_str(certificate, "issuer", "");
	size_t from = json_array_size(c->others);

	if (json_object_get(c->names, issuer) != NULL)
		return 0;
	TRY(json_set_new(c->names, issuer, json_true(), err));
	TRY(cert_elsewhere_above_of(v->tx, json_str(certificate,
	    "fingerprint", ""), c->others, err));
	return bearers_put(v, from, c, err);
}

int
ancestry_others(const struct inventory *v, const json_t *certificates,
    struct ancestry *c, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(certificates, i, one)
		TRY(other_climb(v, one, c, err));
	return 0;
}

static int
bearing_climb(const struct inventory *v, const char *spki, struct ancestry *c,
    struct err *err)
{
	struct cert_elsewhere_filter f = { .spki = spki };
	AUTO_JSON *some = NULL;
	char *next = NULL;

	TRY(cert_elsewhere_list(v->tx, &f, NULL, BEARING, &some, &next, err));
	free(next);
	return ancestry_others(v, some, c, err);
}

/* ---- ours ---- */

/* Who asks whether something was revoked depends on it. */
static int
responder_put(const struct inventory *v, const char *name,
    struct ancestry *c, struct err *err)
{
	AUTO(key) *k = NULL;

	if (name[0] == '\0')
		return 0;
	TRY(key_get(v->tx, name, &k, err));
	return key_put(c, k->name, k->hash, err);
}

/* Above the last of ours others may stand. */
static int
authority_climb(const struct inventory *v, const char *name, struct ancestry *c,
    struct err *err)
{
	char at[CERT_NAME];

	(void)snprintf(at, sizeof(at), "%s", name);
	while (at[0] != '\0' && json_object_get(c->authorities, at) == NULL) {
		AUTO(cert_ca) *ca = NULL;
		size_t from = json_array_size(c->others);

		TRY(json_set_new(c->authorities, at, json_true(), err));
		TRY(cert_ca_get(v->tx, at, &ca, err));
		TRY(key_put(c, ca->key_name, ca->key, err));
		TRY(responder_put(v, ca->responder, c, err));
		TRY(cert_ca_above(v->tx, ca, at, err));
		if (at[0] != '\0')
			continue;
		TRY(cert_elsewhere_above(v->tx, span_blob(&ca->der), c->others,
		    err));
		TRY(bearers_put(v, from, c, err));
	}
	return 0;
}

static int
names_climb(const struct inventory *v, const json_t *names, struct ancestry *c,
    struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(names, i, one)
		TRY(authority_climb(v, json_is_string(one) ?
		    json_string_value(one) : json_str(one, "name", ""), c,
		    err));
	return 0;
}

/* ---- all of it ---- */

int
ancestry_read(const struct inventory *v, const json_t *own, struct ancestry *c,
    struct err *err)
{
	const char *hash;
	json_t *unused;

	c->own = own;
	c->keys = json_object();
	c->others = json_array();
	c->authorities = json_object();
	c->names = json_object();
	if (c->keys == NULL || c->others == NULL || c->authorities == NULL ||
	    c->names == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	json_object_foreach((json_t *)own, hash, unused) {
		AUTO_JSON *issuers = NULL;
		struct sha256 spki;

		TRY(sha256_parse(hash, &spki, err));
		TRY(names_climb(v, json_object_get(v->authorities, hash), c,
		    err));
		TRY(cert_issuers(v->tx, &spki, &issuers, err));
		TRY(names_climb(v, issuers, c, err));
		TRY(bearing_climb(v, hash, c, err));
	}
	return 0;
}

void
ancestry_done(struct ancestry *c)
{
	json_decref(c->keys);
	json_decref(c->others);
	json_decref(c->authorities);
	json_decref(c->names);
}

/* The first behind this, in order of name: there are few. */
const char *
ancestry_next(const struct ancestry *c, const char *behind)
{
	const char *name, *next = NULL;
	json_t *unused;

	json_object_foreach(c->keys, name, unused)
		if (strcmp(name, behind) > 0 && (next == NULL || strcmp(name,
		    next) < 0))
			next = name;
	return next;
}
