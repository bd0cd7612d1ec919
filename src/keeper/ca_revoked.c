#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "ca/reason.h"
#include "keeper/ca_revoked.h"

/* ---- what a list says ---- */

static bool
others_have_it(const char *reason)
{
	enum reason r;

	return reason_from_name(reason, &r) && reason_is_compromise(r);
}

/* Of another reason a later list may make this one. */
static bool
is_compromised(const struct key *k, size_t i)
{
	return k->ca[i].revoked && others_have_it(json_str(json_array_get(
	    json_object_get(k->row, "cas"), i), "revoked", ""));
}

/* A root's own list may name it as well. */
static bool
issued_by(const struct issuer *by, const struct issuer *i)
{
	return issuer_signed(by, i) || (issuer_is_root(i) &&
	    span_equal(by->subject, i->subject) && span_equal(by->spki,
	    i->spki));
}

static int
below_add(struct ca_below *b, const struct ca_record *r, struct err *err)
{
	struct ca_issued *more = realloc(b->at, (b->n + 1) * sizeof(*more));
	struct cert c;

	if (more == NULL)
		return err_set(err, ENOMEMORY, "for a list");
	b->at = more;
	TRY(cert_read(r->issuer->der.data, r->issuer->der.len, &c, err));
	TRY(number_make(c.tbs.serial, &b->at[b->n].serial, err));
	b->at[b->n].told = false;
	b->at[b->n].revoked = r->revoked;
	b->at[b->n++].hash = r->hash;
	return 0;
}

int
ca_below_find(const struct keys *all, const struct issuer *by,
    struct ca_below *ret, struct err *err)
{
	const struct key *k;
	size_t at = 0;

	while ((k = map_each(&all->by_hash, &at)) != NULL)
		for (size_t i = 0; i < k->ca_n; i++)
			if (!is_compromised(k, i) && issued_by(by,
			    k->ca[i].issuer))
				TRY(below_add(ret, &k->ca[i], err));
	return 0;
}

void
ca_below_done(struct ca_below *b)
{
	free(b->at);
	json_decref(b->found);
}

static int
found_add(struct ca_below *b, struct ca_issued *i, enum reason reason,
    struct err *err)
{
	AUTO_JSON *one = NULL;
	char serial[NUMBER_HEX];

	number_hex(&i->serial, serial);
	TRY(json_build(&one, err, "{s:s, s:s}", "reason", reason_name(reason),
	    "serial", serial));
	TRY(json_set_hash(one, "certificate", &i->hash, err));
	if (b->found == NULL)
		b->found = json_array();
	i->told = true;
	return json_array_append(b->found, one) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "for a list");
}

int
ca_below_each(void *ctx, const struct crl_entry *e, struct err *err)
{
	struct ca_below *b = ctx;

	if (e->reason == REASON_HOLD || e->reason == REASON_REMOVE)
		return 0;
	for (size_t i = 0; i < b->n; i++)
		if (!b->at[i].told && (!b->at[i].revoked ||
		    reason_is_compromise(e->reason)) &&
		    number_order(&b->at[i].serial, &e->serial) == 0)
			return found_add(b, &b->at[i], e->reason, err);
	return 0;
}

/* ---- what is known ---- */

static int
record_end(struct key *k, size_t i, const char *reason, struct err *err)
{
	if (k->ca[i].revoked && (!others_have_it(reason) ||
	    is_compromised(k, i)))
		return 0;
	TRY(json_set_str(json_array_get(json_object_get(k->row, "cas"), i),
	    "revoked", reason, err));
	k->ca[i].revoked = true;
	return 0;
}

static int
key_note(struct key *k, const struct sha256 *hash, const char *reason,
    struct err *err)
{
	const struct ca_record *r = ca_record_find(k, hash);

	for (size_t i = 0; r != NULL && i < k->ca_n; i++)
		if (r == &k->ca[i] || others_have_it(reason))
			TRY(record_end(k, i, reason, err));
	return 0;
}

int
ca_revoked_note(struct keys *all, const json_t *authorities, struct err *err)
{
	const json_t *one;
	struct sha256 hash;
	struct key *k;
	size_t i, at;

	json_array_foreach(authorities, i, one) {
		TRY(json_need_hash(one, "certificate", &hash, err));
		at = 0;
		while ((k = map_each(&all->by_hash, &at)) != NULL)
			TRY(key_note(k, &hash, json_str(one, "reason", ""),
			    err));
	}
	return 0;
}

/* The newest certificate of who signed this one, or NULL. */
static const struct ca_record *
signer_of(const struct keys *all, const struct issuer *i)
{
	const struct key *k;
	size_t at = 0;

	while ((k = map_each(&all->by_hash, &at)) != NULL)
		for (size_t n = k->ca_n; n > 0; n--)
			if (issuer_signed(k->ca[n - 1].issuer, i))
				return &k->ca[n - 1];
	return NULL;
}

static const struct ca_record *
newest_named(const struct key *k, const char *name)
{
	for (size_t n = k->ca_n; n > 0; n--)
		if (strcmp(k->ca[n - 1].name, name) == 0)
			return &k->ca[n - 1];
	return NULL;
}

int
ca_revoked_check(const struct keys *all, const struct key *k,
    const char *name, struct err *err)
{
	const struct ca_record *r = newest_named(k, name);

	for (unsigned i = 0; r != NULL && i <= ISSUER_ABOVE; i++) {
		if (r->revoked)
			return err_set(err, EDENIED, "the certificate of CA "
			    "%s is revoked: a list of its issuer said so, and "
			    "nothing is issued below it", r->name);
		r = signer_of(all, r->issuer);
	}
	return 0;
}
