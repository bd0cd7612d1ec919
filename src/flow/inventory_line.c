/*
 * inventory_line - what a product line depends on.
 *
 * Every part is counted, also those beyond the page that is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cert/elsewhere.h"
#include "flow/elsewhere.h"
#include "flow/inventory_page.h"
#include "product/device.h"

/* ---- counting ---- */

static void
tally_add(struct tally *t, const json_t *part)
{
	t->total++;
	t->expiring += json_flag(part, "expiring", false);
	t->ended += json_flag(part, "ended", false);
}

static void
tally_all(struct tally *t, const json_t *parts)
{
	const json_t *one;
	size_t i;

	json_array_foreach(parts, i, one)
		tally_add(t, one);
}

static int
tally_put(const struct tally *t, const char *name, json_t *counts,
    struct err *err)
{
	json_t *o;

	TRY(json_build(&o, err, "{s:I, s:I, s:I}", "total",
	    (json_int_t)t->total, "expiring", (json_int_t)t->expiring, "ended",
	    (json_int_t)t->ended));
	return json_set_new(counts, name, o, err);
}

/* By its own end, whatever follows it: so it was counted. */
static int
ends_less(struct asked_view *a, const json_t *c, struct err *err)
{
	time_us end;

	if (json_object_get(c, "status") != NULL)
		return 0;
	TRY(clock_parse(json_str(c, "not_after", ""), &end, err));
	a->other.ended -= end <= a->v.now;
	a->other.expiring -= end > a->v.now && end <= a->v.until;
	return 0;
}

/* Those of the first page that another follows: they end first, so beyond it nothing
 * is left out where no more than a page has ended or is to. */
static int
followed_less(struct asked_view *a, struct err *err)
{
	const json_t *one;
	size_t i;
	time_us end = 0;

	json_array_foreach(a->others, i, one) {
		TRY(clock_parse(json_str(one, "not_after", ""), &end, err));
		if (!json_flag(one, "followed", false))
			continue;
		TRY(json_set_new(a->less, json_str(one, "fingerprint", ""),
		    json_true(), err));
		TRY(ends_less(a, one, err));
	}
	a->at_most = a->next_other != NULL && end <= a->v.until;
	return 0;
}

/* Counted with its key, it is none of the others. */
static int
others_less(struct asked_view *a, const json_t *c, struct err *err)
{
	struct tally *t = &a->other;

	if (!json_has(json_object_get(c, "products"), a->product))
		return 0;
	t->total--;
	if (json_object_get(a->less, json_str(c, "fingerprint", "")) != NULL)
		return 0;
	/* Counted by its end alone, behind those that were looked at. */
	return ends_less(a, c, err);
}

/* Two entries may say the same public key: one certificate all the same. */
static int
certificates_count(struct asked_view *a, const json_t *row, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(row, "certificates"), i, one) {
		const char *print = json_str(one, "fingerprint", NULL);

		if (!json_flag(one, "elsewhere", false) || print == NULL) {
			tally_add(&a->certificates, one);
			continue;
		}
		if (json_object_get(a->borne, print) != NULL)
			continue;
		TRY(json_set_new(a->borne, print, json_true(), err));
		tally_add(&a->certificates, one);
		TRY(others_less(a, one, err));
	}
	return 0;
}

/* Shown with their keys, be it on another page. */
static void
others_drop(struct asked_view *a)
{
	for (size_t i = json_array_size(a->others); i > 0; i--)
		if (json_object_get(a->hashes, json_str(json_array_get(
		    a->others, i - 1), "spki", "")) != NULL)
			(void)json_array_remove(a->others, i - 1);
}

static int
hash_entry(void *ctx, const json_t *entry, struct err *err)
{
	struct asked_view *a = ctx;
	const char *hash = json_str(entry, "hash", NULL);

	return hash == NULL ? 0 : json_set_new(a->hashes, hash, json_true(),
	    err);
}

static int
hash_key(void *ctx, const struct key *k, struct err *err)
{
	struct asked_view *a = ctx;

	return json_set_new(a->hashes, k->hash, json_true(), err);
}

/* Other lines depend on it too: it names none. */
static int
row_put(struct asked_view *a, bool shared, json_t *row, struct err *err)
{
	if (shared)
		TRY(json_set_new(row, "shared", json_true(), err));
	a->shared += shared;
	TRY(certificates_count(a, row, err));
	view_gaps(a, row);
	return view_put(a, json_str(row, "name", ""), row, err);
}

static int
entry_put(struct asked_view *a, const json_t *entry, bool shared,
    struct err *err)
{
	const char *hash = json_str(entry, "hash", NULL);
	AUTO_JSON *row = NULL;

	TRY(inventory_elsewhere(&a->v, entry, &row, err));
	if (hash != NULL)
		TRY(inventory_bearing(&a->v, hash, NULL, row, err));
	tally_add(&a->said, row);
	return row_put(a, shared, row, err);
}

static int
key_put(struct asked_view *a, const struct key *k, bool shared,
    struct err *err)
{
	AUTO_JSON *row = NULL;

	TRY(inventory_key(&a->v, k, &row, err));
	TRY(inventory_add(&a->v, k, row, err));
	tally_add(&a->keys, row);
	tally_all(&a->authorities, json_object_get(row, "authorities"));
	return row_put(a, shared, row, err);
}

static int
shared_put(struct asked_view *a, const char *name, struct err *err)
{
	AUTO_JSON *entry = NULL;
	AUTO(key) *k = NULL;
	struct err why;
	int rc = key_get(a->v.tx, name, &k, &why);

	if (rc == 0)
		return key_put(a, k, true, err);
	if (rc != -ENOKEY)
		return err_set(err, why.code, "%s", why.what);
	TRY(elsewhere_get(a->v.tx, name, &entry, err));
	return entry_put(a, entry, true, err);
}

/* In their place among the line's own; NULL: all that are left. */
static int
shared_until(struct asked_view *a, const char *before, struct err *err)
{
	const char *name;

	while ((name = ancestry_next(&a->ancestry, a->shared_last)) != NULL &&
	    (before == NULL || strcmp(name, before) < 0)) {
		(void)snprintf(a->shared_last, sizeof(a->shared_last), "%s",
		    name);
		TRY(shared_put(a, name, err));
	}
	return 0;
}

static int
product_entry(void *ctx, const json_t *entry, struct err *err)
{
	struct asked_view *a = ctx;

	TRY(shared_until(a, json_str(entry, "name", ""), err));
	return entry_put(a, entry, false, err);
}

static int
product_key(void *ctx, const struct key *k, struct err *err)
{
	struct asked_view *a = ctx;

	TRY(feed_until(&a->elsewhere, a->v.tx, k->name, product_entry, a,
	    err));
	TRY(shared_until(a, k->name, err));
	return key_put(a, k, false, err);
}

#define OTHERS	100000	/* of each sort that are counted */

/* They belong to the line by somebody's word alone: those that bear a key of the line
 * are taken off when it is read. */
static int
others_read(struct asked_view *a, struct err *err)
{
	struct tx *tx = a->v.tx;
	struct tally *t = &a->other;

	TRY(cert_elsewhere_count(tx, a->product, 0, INT64_MAX, false,
	    OTHERS, &t->total, err));
	TRY(cert_elsewhere_count(tx, a->product, 0, a->v.now + 1, true,
	    OTHERS, &t->ended, err));
	TRY(cert_elsewhere_count(tx, a->product, a->v.now + 1, a->v.until + 1,
	    true, OTHERS, &t->expiring, err));
	TRY(inventory_others(&a->v, &(struct cert_elsewhere_filter){
	    .product = a->product }, NULL, a->others, &a->next_other, err));
	return followed_less(a, err);
}

/* Above its authorities; those that say the line, or whose key is in it, are there. */
static int
others_above(struct asked_view *a, struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(a->ancestry.others, i, one) {
		if (json_has(json_object_get(one, "products"), a->product) ||
		    json_object_get(a->hashes, json_str(one, "spki", "")) !=
		    NULL)
			continue;
		TRY(inventory_other(&a->v, one, err));
		TRY(json_set_new(one, "shared", json_true(), err));
		tally_add(&a->other, one);
		if (json_array_append(a->others, one) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	return 0;
}

/* ---- the chain above it ---- */

/* The line's own first: what is not one of them is shared. */
static int
hashes_read(struct asked_view *a, struct err *err)
{
	struct feed entries = { .product = a->product };
	int rc;

	TRY(key_each(a->v.tx, a->product, hash_key, a, err));
	rc = feed_until(&entries, a->v.tx, NULL, hash_entry, a, err);
	feed_done(&entries);
	return rc;
}

static int
above_read(struct asked_view *a, const json_t *others, struct err *err)
{
	const char *name;
	const json_t *hash;

	TRY(hashes_read(a, err));
	TRY(ancestry_read(&a->v, a->hashes, &a->ancestry, err));
	TRY(ancestry_others(&a->v, others, &a->ancestry, err));
	json_object_foreach(a->ancestry.keys, name, hash)
		TRY(json_set_new(a->hashes, json_string_value(hash),
		    json_true(), err));
	return 0;
}

/* A page of certificates alone: no name of a key has a slash. */
static bool
is_of_others(const struct asked_view *a)
{
	return a->cursor != NULL && strchr(a->cursor, '/') != NULL;
}

/* What stands above is found from the first page of others, on whichever page. */
static int
others_page(struct asked_view *a, struct err *err)
{
	AUTO_JSON *first = json_array();
	char *next = NULL;

	if (first == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(inventory_authorities(&a->v, err));
	TRY(inventory_others(&a->v, &(struct cert_elsewhere_filter){
	    .product = a->product }, NULL, first, &next, err));
	free(next);
	TRY(above_read(a, first, err));
	TRY(inventory_others(&a->v, &(struct cert_elsewhere_filter){
	    .product = a->product }, a->cursor, a->others, &a->next_other,
	    err));
	others_drop(a);
	return 0;
}

/* Counted on every page, shown on the first. */
static int
others_first(struct asked_view *a, struct err *err)
{
	if (a->cursor == NULL) {
		others_drop(a);
		return others_above(a, err);
	}
	TRY(others_above(a, err));
	free(TAKE(a->next_other));
	return json_array_clear(a->others) == 0 ? 0 : err_set(err, ENOMEMORY,
	    "certificates");
}

static int
product_read(struct tx *tx, void *ctx, struct err *err)
{
	struct asked_view *a = ctx;
	bool known;

	TRY(inventory_read(&a->v, tx, err));
	a->elsewhere.product = a->product;
	if (!is_of_others(a))
		TRY(view_cursor(a, err));
	TRY(product_is_known(tx, a->product, &known, err));
	if (!known)
		return err_set(err, ENOENT_, "there is no product line "
		    "\"%.64s\": no key serves it, and nothing was signed for it",
		    a->product);
	if (is_of_others(a))
		return others_page(a, err);
	TRY(inventory_certificates(&a->v, err));
	TRY(others_read(a, err));
	TRY(above_read(a, a->others, err));
	if (a->cursor == NULL)
		TRY(device_firmware(tx, a->product, 0, &a->devices, err));
	TRY(key_each(tx, a->product, product_key, a, err));
	TRY(feed_until(&a->elsewhere, tx, NULL, product_entry, a, err));
	TRY(shared_until(a, NULL, err));
	return others_first(a, err);
}

static int
counts_put(const struct asked_view *a, json_t *o, struct err *err)
{
	json_t *counts = json_object();

	TRY(json_set_new(o, "counts", counts, err));
	TRY(tally_put(&a->keys, "keys", counts, err));
	TRY(tally_put(&a->said, "elsewhere", counts, err));
	TRY(tally_put(&a->authorities, "authorities", counts, err));
	TRY(tally_put(&a->certificates, "certificates", counts, err));
	TRY(tally_put(&a->other, "others", counts, err));
	TRY(json_set_int(counts, "shared", a->shared, err));
	if (a->at_most)
		TRY(json_set_new(json_object_get(counts, "others"), "at_most",
		    json_true(), err));
	return json_set_int(counts, "lacking", a->lacking, err);
}

static int
product_json(struct asked_view *a, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s, s:O, s:s*, s:O*, s:O}", "product",
	    a->product, "charter", a->v.law->hex, "keys", a->list,
	    "next", a->more ? a->last : NULL, "devices", a->devices,
	    "certificates", a->others));
	if (!is_of_others(a))
		TRY(counts_put(a, o, err));
	TRY(inventory_more(o, TAKE(a->next_other), err));
	TRY(json_set_time(o, "time", a->v.now, err));
	TRY(json_set_time(o, "until", a->v.until, err));
	if (a->v.looked_until != 0)
		TRY(json_set_time(o, "looked_until", a->v.looked_until, err));
	*ret = TAKE(o);
	return 0;
}

int
flow_inventory_product(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct asked_view a = { .product = subject };

	return view_run(m, &a, query, product_read, product_json, ret, err);
}
