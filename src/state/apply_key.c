/* apply_key - keys made, moved and used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "cert/cert.h"
#include "policy/charter.h"
#include "state/inside.h"

static int
fit(const char *s, char *ret, size_t n, struct err *err)
{
	if (s == NULL || strlen(s) >= n)
		return err_set(err, ESCHEMA, "a generated key lacks a name");
	memcpy(ret, s, strlen(s) + 1);
	return 0;
}

/* What was asked for. */
static int
key_asked(struct key *k, const json_t *p, struct err *err)
{
	TRY(fit(json_str(p, "name", NULL), k->name, sizeof(k->name), err));
	TRY(fit(json_str(p, "class", NULL), k->class, sizeof(k->class), err));
	TRY(fit(json_str(p, "environment", ""), k->environment,
	    sizeof(k->environment), err));
	TRY(fit(json_str(p, "algorithm", NULL), k->algorithm,
	    sizeof(k->algorithm), err));
	TRY(fit(json_str(p, "scheme", NULL), k->scheme, sizeof(k->scheme),
	    err));
	k->products = json_incref(json_object_get(p, "products"));
	if (k->products == NULL && (k->products = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "a key");
	return 0;
}

/* What the class of this charter says of its keys; those that others made
 * are never handed out. */
static int
key_class_of(struct key *k, const struct charter *c, bool here,
    struct err *err)
{
	const struct key_class	*class = charter_class(c, k->class);

	if (class == NULL)
		return err_set(err, ECONFLICT, "the charter has no class %s",
		    k->class);
	TRY(fit(class_kind_name(class->kind), k->kind, sizeof(k->kind), err));
	TRY(fit(class->owner, k->owner, sizeof(k->owner), err));
	TRY(fit(class->recovery, k->recovery, sizeof(k->recovery), err));
	k->exportable = strdup(!here || class->exportable == EXPORT_NEVER ?
	    "never" : "wrapped");
	return k->exportable != NULL ? 0 : err_set(err, ENOMEMORY, "a key");
}

/* What came of it. */
static int
key_made(struct key *k, const json_t *result, struct err *err)
{
	AUTO(blob)	*spki = blob_new();
	const char	*b64 = json_str(result, "spki", NULL);
	const char	*kcv = json_str(result, "kcv", NULL);

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a key");
	TRY(fit(json_str(result, "key", NULL), k->hash, sizeof(k->hash), err));
	if ((k->uri = strdup(json_str(result, "uri", ""))) == NULL)
		return err_set(err, ENOMEMORY, "a key");
	if (kcv != NULL && (k->kcv = strdup(kcv)) == NULL)
		return err_set(err, ENOMEMORY, "a key");
	if (b64 == NULL)
		return 0;
	TRY(b64_decode(b64, spki, err));
	if ((k->spki = malloc(spki->len + 1)) == NULL)
		return err_set(err, ENOMEMORY, "a key");
	memcpy(k->spki, spki->data, spki->len);
	k->spki_octets = spki->len;
	return 0;
}

/* @here: in this token, and never out of it. */
static int
appeared(struct tx *tx, struct laws *laws, const struct applied *a, bool here,
    struct err *err)
{
	AUTO(key)	*k = calloc(1, sizeof(*k));
	AUTO(asked)	*asked = NULL;
	AUTO(law)	*law = NULL;

	if (k == NULL)
		return err_set(err, ENOMEMORY, "a key");
	k->refs = 1;
	TRY(result_apply(tx, a, err));
	TRY(approval_get(tx, named_request(a), &asked, err));
	TRY(laws_get(laws, tx, json_str(a->entry, "charter", ""), &law, err));
	TRY(key_asked(k, json_object_get(asked->request, "parameters"), err));
	TRY(key_class_of(k, law->charter, here, err));
	TRY(key_made(k, json_object_get(a->entry, "result"), err));
	TRY(fit(asked->id, k->request, sizeof(k->request), err));
	TRY(clock_parse(json_str(a->entry, "time", ""), &k->created, err));
	k->state = KEY_PREACTIVATION;
	k->state_since = k->created;
	k->exclusive = here;
	TRY(key_insert(tx, k, a->seq, a->actor, err));
	return k->spki == NULL ? 0 : cert_modulus_add(tx, span_of(k->spki,
	    k->spki_octets), a->seq, err);
}

int
key_generated_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return appeared(tx, laws, a, true, err);
}

int
key_adopted_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return appeared(tx, laws, a, false, err);
}

/* The keeper moved it: its word for the state it is in now is what counts. */
static int
moved(struct tx *tx, const struct applied *a, enum key_state to,
    struct err *err)
{
	const json_t	*op = json_object_get(a->entry, "operation");
	const char	*since = json_str(a->data, "since", NULL);
	struct key_step	 s = { .hash = json_str(op, "key", ""), .to = to,
			    .reason = json_str(a->data, "reason", NULL),
			    .request = named_request(a), .actor = a->actor,
			    .seq = a->seq };

	TRY(clock_parse(json_str(a->entry, "time", ""), &s.time, err));
	if (since != NULL)
		TRY(clock_parse(since, &s.since, err));
	TRY(key_step(tx, &s, err));
	return result_apply(tx, a, err);
}

#define MOVED(name, to) \
	int \
	name##_apply(struct tx *tx, struct laws *laws, \
	    const struct applied *a, struct err *err) \
	{ \
		return moved(tx, a, to, err); \
	}
MOVED(key_activated, KEY_ACTIVE)
MOVED(key_suspended, KEY_SUSPENDED)
MOVED(key_resumed, KEY_ACTIVE)
MOVED(key_deactivated, KEY_DEACTIVATED)
MOVED(key_compromised, KEY_COMPROMISED)
MOVED(key_destroyed, KEY_DESTROYED)
#undef MOVED

/* As the keeper does: where versions of such keys have to increase. */
static int
keeps_versions(struct tx *tx, const struct law *law, const json_t *entry,
    bool *ret, struct err *err)
{
	AUTO(key)	*key = NULL;
	const struct rule *r;
	size_t		 n;

	*ret = rule_is_increasing(law_rule(law, json_str(json_object_get(
	    entry, "rule"), "hash", "")));
	if (*ret)
		return 0;
	TRY(key_get(tx, json_str(json_object_get(entry, "operation"), "key",
	    ""), &key, err));
	r = charter_rules(law->charter, key->class, &n);
	*ret = rules_keep_versions(r, n, key->environment);
	return 0;
}

int
signed_version_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const json_t	*op = json_object_get(a->entry, "operation");
	struct product_version v = {
		.product = json_str(op, "product", NULL),
		.track = json_str(op, "track", ""),
		.version = json_str(op, "version", NULL),
		.digest = json_str(json_object_get(op, "digest"), "value", ""),
		.request = named_request(a), .seq = a->seq };
	AUTO(law)	*law = NULL;
	bool		 keeps;

	if (v.product == NULL || v.version == NULL)
		return 0;
	TRY(laws_get(laws, tx, json_str(a->entry, "charter", ""), &law, err));
	TRY(keeps_versions(tx, law, a->entry, &keeps, err));
	if (!keeps)
		return 0;
	TRY(clock_parse(json_str(a->entry, "time", ""), &v.time, err));
	return product_raise(tx, &v, err);
}

int
key_signed_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	TRY(signed_version_apply(tx, laws, a, err));
	return result_apply(tx, a, err);
}
