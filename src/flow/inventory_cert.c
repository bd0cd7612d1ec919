/*
 * inventory_cert - the certificates and the authorities of a key.
 *
 * A certificate is a key's by its SubjectPublicKeyInfo.  What an authority has
 * issued to others is told as counts and the next of it that end.
 */
#include <stdlib.h>
#include <string.h>
#include "base/id.h"
#include "flow/draw.h"
#include "flow/inventory.h"
#include "state/state.h"

#define CERTIFICATES	1000	/* of one key on one page */
#define SOONEST		5	/* of one authority */

/* ---- what is read once ---- */

/* The list that @o has by this name; made where there is none. */
static int
list_of(json_t *o, const char *name, json_t **ret, struct err *err)
{
	if (json_object_get(o, name) == NULL)
		TRY(json_set_new(o, name, json_array(), err));
	*ret = json_object_get(o, name);
	return 0;
}

static int
append(json_t *list, json_t *v, struct err *err)
{
	return json_array_append_new(list, v) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an inventory");
}

static int
authority_read(void *ctx, const struct cert_ca *c, struct err *err)
{
	struct inventory *v = ctx;
	json_t *list, *one;

	TRY(list_of(v->authorities, c->key, &list, err));
	TRY(json_build(&one, err, "{s:s, s:s, s:s*, s:s*, s:s, s:b}",
	    "name", c->name, "state", c->active ? "active" : "retired",
	    "issuer", c->issuer[0] != '\0' ? c->issuer : NULL,
	    "profile", c->profile[0] != '\0' ? c->profile : NULL,
	    "subject", c->subject, "imported", (int)c->imported));
	TRY(append(list, one, err));
	TRY(json_set_time(one, "not_before", c->not_before, err));
	TRY(json_set_time(one, "not_after", c->not_after, err));
	return inventory_marks(v, c->active, c->not_after, one, err);
}

static int
soonest_put(json_t *of_ca, const struct cert_end *c, struct err *err)
{
	json_t *list, *one;

	TRY(list_of(of_ca, "soonest", &list, err));
	if (json_array_size(list) >= SOONEST)
		return 0;
	TRY(json_build(&one, err, "{s:s}", "id", c->id));
	TRY(append(list, one, err));
	return json_set_time(one, "not_after", c->not_after, err);
}

/* The next to end of all; each goes to its authority. */
static int
ending_read(void *ctx, const struct cert_end *c, struct err *err)
{
	struct inventory *v = ctx;
	json_t *of_ca = json_object_get(v->ending, c->ca);

	if (!c->good)
		return 0;
	if (of_ca == NULL) {
		TRY(json_set_new(v->ending, c->ca, json_object(), err));
		of_ca = json_object_get(v->ending, c->ca);
	}
	if (c->not_after <= v->until)
		TRY(json_set_int(of_ca, "expiring", json_int(of_ca, "expiring",
		    0) + 1, err));
	return soonest_put(of_ca, c, err);
}

static int
soonest_read(void *ctx, const struct cert_end *c, struct err *err)
{
	json_t *one = ctx;

	TRY(json_set_str(one, "profile", c->profile, err));
	TRY(json_set_str(one, "subject", c->subject, err));
	return c->device == NULL ? 0 : json_set_str(one, "device", c->device,
	    err);
}

/* Of a few; the others were counted only. */
static int
soonest_name(struct inventory *v, struct err *err)
{
	const char *ca;
	json_t *of_ca, *one;
	size_t i;

	json_object_foreach(v->ending, ca, of_ca)
		json_array_foreach(json_object_get(of_ca, "soonest"), i, one)
			TRY(cert_end_get(v->tx, json_str(one, "id", ""),
			    soonest_read, one, err));
	return 0;
}

int
inventory_authorities(struct inventory *v, struct err *err)
{
	v->authorities = json_object();
	return v->authorities == NULL ? err_set(err, ENOMEMORY,
	    "an inventory") : cert_ca_each(v->tx, authority_read, v, err);
}

int
inventory_certificates(struct inventory *v, struct err *err)
{
	TRY(inventory_authorities(v, err));
	v->ending = json_object();
	if (v->ending == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(cert_ending(v->tx, v->now + 1, 0, 0, ending_read, v,
	    &v->looked_until, err));
	return soonest_name(v, err);
}

void
inventory_done(struct inventory *v)
{
	json_decref(v->authorities);
	json_decref(v->ending);
}

/* ---- of one key ---- */

static int
issued_put(const struct inventory *v, json_t *authority, struct err *err)
{
	const char *name = json_str(authority, "name", "");
	const json_t *ending = json_object_get(v->ending, name);
	struct cert_stock s;
	json_t *o;

	TRY(cert_ca_stock(v->tx, name, &s, err));
	TRY(json_build(&o, err, "{s:I, s:I, s:I, s:I, s:I, s:O*}",
	    "total", (json_int_t)s.issued,
	    "good", (json_int_t)(s.issued - s.revoked - s.held),
	    "revoked", (json_int_t)s.revoked, "held", (json_int_t)s.held,
	    "expiring", (json_int_t)json_int(ending, "expiring", 0),
	    "soonest", json_object_get(ending, "soonest")));
	return json_set_new(authority, "issued", o, err);
}

static int
authorities_add(const struct inventory *v, const struct key *k, json_t *row,
    struct err *err)
{
	json_t *list, *one;
	size_t i;

	TRY(list_of(v->authorities, k->hash, &list, err));
	json_array_foreach(list, i, one)
		TRY(issued_put(v, one, err));
	return json_set_new(row, "authorities", json_incref(list), err);
}

static int
certificate_put(const struct inventory *v, const json_t *c, json_t *list,
    struct err *err)
{
	static const char *const names[] = { "id", "ca", "profile", "subject",
		"serial", "device", "status", "reason", "not_before",
		"not_after", "followed" };
	json_t *o = json_object();
	time_us end;

	if (json_array_append_new(list, o) != 0)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(members_copy(c, names, NELEM(names), o, err));
	TRY(clock_parse(json_str(c, "not_after", ""), &end, err));
	return inventory_marks(v, strcmp(json_str(c, "status", ""), "good") ==
	    0 && !json_flag(c, "followed", false), end, o, err);
}

int
inventory_add(const struct inventory *v, const struct key *k, json_t *row,
    struct err *err)
{
	json_t *list;

	TRY(authorities_add(v, k, row, err));
	/* What has no public half has no certificate. */
	if (k->spki == NULL)
		return list_of(row, "certificates", &list, err);
	return inventory_bearing(v, k->hash, NULL, row, err);
}

/* The last of a page is where the next goes on. */
static int
ours_put(const struct inventory *v, const char *key, const char *behind,
    json_t *list, char **ret_next, struct err *err)
{
	AUTO_JSON *all = NULL;
	struct sha256 spki;
	const json_t *one = NULL;
	bool more = false;
	size_t i;

	TRY(sha256_parse(key, &spki, err));
	TRY(cert_list_key(v->tx, &spki, behind, CERTIFICATES, &all, &more,
	    err));
	json_array_foreach(all, i, one)
		TRY(certificate_put(v, one, list, err));
	if (more && (*ret_next = strdup(json_str(one, "id", ""))) == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	return 0;
}

int
inventory_bearing(const struct inventory *v, const char *key,
    const char *cursor, json_t *row, struct err *err)
{
	bool ours = cursor == NULL || id_check(cursor, "crt");
	json_t *list;
	char *next = NULL;

	TRY(list_of(row, "certificates", &list, err));
	if (ours)
		TRY(ours_put(v, key, cursor, list, &next, err));
	if (next == NULL)
		TRY(inventory_others(v, &(struct cert_elsewhere_filter){
		    .spki = key }, ours ? NULL : cursor, list, &next, err));
	return inventory_more(row, next, err);
}
