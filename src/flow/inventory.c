/*
 * inventory - what a product line depends on, and what lacks something.
 *
 * Every part is counted, also those beyond the page that is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cert/elsewhere.h"
#include "flow/draw.h"
#include "flow/elsewhere.h"
#include "flow/inventory.h"
#include "product/device.h"

/* How many parts of one sort, and how many of those are marked. */
struct tally {
	int64_t	 total, expiring, ended;
};

struct asked_view {
	struct inventory v;
	const char	*product;	/* or NULL: gaps, of every key */
	const char	*cursor;
	unsigned	 limit;
	json_t		*list;		/* owned: the page */
	json_t		*others;	/* owned: certificates of other CAs, on the first page and on their own */
	char		*next_other;	/* owned: where their next page begins; or NULL */
	json_t		*hashes;	/* owned: {HASH: true} of the line's public keys */
	json_t		*borne;		/* owned: {FINGERPRINT: true} of those that are counted with a key */
	struct lacking	 certificates_lacking;	/* where their page ends */
	json_t		*devices;	/* owned: what runs on how many; on the first page */
	char		 last[KEY_NAME];	/* of the page */
	bool		 more;
	struct feed	 elsewhere;
	struct tally	 keys, said, authorities, certificates, other;
	int64_t		 lacking, gap[GAP__N];
};

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

/* By name, behind the page before. */
static int
page_put(struct asked_view *a, const char *name, json_t *row,
    struct err *err)
{
	if (a->cursor != NULL && strcmp(name, a->cursor) <= 0)
		return 0;
	if (json_array_size(a->list) == a->limit) {
		a->more = true;
		return 0;
	}
	snprintf(a->last, sizeof(a->last), "%s", name);
	return json_array_append(a->list, row) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an inventory");
}

static void
gaps_count(struct asked_view *a, const json_t *row)
{
	const json_t *gaps = json_object_get(row, "gaps"), *one;
	size_t i;

	a->lacking += json_array_size(gaps) > 0;
	json_array_foreach(gaps, i, one)
		for (size_t g = 0; g < GAP__N; g++)
			a->gap[g] += strcmp(json_str(one, "gap", ""),
			    gap_name((enum gap)g)) == 0;
}

static int
gaps_put(const struct asked_view *a, json_t *counts, struct err *err)
{
	for (size_t g = 0; g < GAP__N; g++)
		TRY(json_set_int(counts, gap_name((enum gap)g), a->gap[g],
		    err));
	return 0;
}

/* ---- a product line ---- */

/* Counted with its key, it is none of the others. */
static int
others_less(struct asked_view *a, const json_t *c, struct err *err)
{
	struct tally *t = &a->other;
	time_us end;

	if (!json_has(json_object_get(c, "products"), a->product))
		return 0;
	TRY(clock_parse(json_str(c, "not_after", ""), &end, err));
	t->total--;
	t->expiring -= json_flag(c, "expiring", false);
	t->ended -= end <= a->v.now;
	return 0;
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

static int
product_entry(void *ctx, const json_t *entry, struct err *err)
{
	struct asked_view *a = ctx;
	const char *hash = json_str(entry, "hash", NULL);
	AUTO_JSON *row = NULL;

	TRY(inventory_elsewhere(&a->v, entry, &row, err));
	TRY(hash_entry(a, entry, err));
	if (hash != NULL)
		TRY(inventory_bearing(&a->v, hash, NULL, row, err));
	tally_add(&a->said, row);
	TRY(certificates_count(a, row, err));
	gaps_count(a, row);
	return page_put(a, json_str(row, "name", ""), row, err);
}

static int
product_key(void *ctx, const struct key *k, struct err *err)
{
	struct asked_view *a = ctx;
	AUTO_JSON *row = NULL;

	TRY(feed_until(&a->elsewhere, a->v.tx, k->name, product_entry, a,
	    err));
	TRY(hash_key(a, k, err));
	TRY(inventory_key(&a->v, k, &row, err));
	TRY(inventory_add(&a->v, k, row, err));
	tally_add(&a->keys, row);
	tally_all(&a->authorities, json_object_get(row, "authorities"));
	TRY(certificates_count(a, row, err));
	gaps_count(a, row);
	return page_put(a, k->name, row, err);
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
	TRY(cert_elsewhere_count(tx, a->product, 0, a->v.now + 1, false,
	    OTHERS, &t->ended, err));
	TRY(cert_elsewhere_count(tx, a->product, a->v.now + 1, a->v.until + 1,
	    true, OTHERS, &t->expiring, err));
	if (a->cursor != NULL)
		return 0;
	return inventory_others(&a->v, &(struct cert_elsewhere_filter){
	    .product = a->product }, NULL, a->others,
	    &a->next_other, err);
}

/* The name of a key that was told: none is given up, be the key long gone. */
static int
cursor_check(const struct asked_view *a, struct err *err)
{
	AUTO(key) *k = NULL;
	struct err why;
	bool there = true;
	int rc;

	if (a->cursor == NULL)
		return 0;
	rc = key_get(a->v.tx, a->cursor, &k, &why);
	if (rc != 0 && rc != -ENOKEY)
		return err_set(err, why.code, "%s", why.what);
	if (rc != 0)
		TRY(elsewhere_named(a->v.tx, a->cursor, &there, err));
	return there ? 0 : err_set(err, EINPUT, "/cursor: not one of this "
	    "list");
}

/* A page of certificates alone: no name of a key has a slash. */
static bool
is_of_others(const struct asked_view *a)
{
	return a->cursor != NULL && strchr(a->cursor, '/') != NULL;
}

static int
others_page(struct asked_view *a, struct tx *tx, struct err *err)
{
	TRY(inventory_others(&a->v, &(struct cert_elsewhere_filter){
	    .product = a->product }, a->cursor, a->others, &a->next_other, err));
	TRY(key_each(tx, a->product, hash_key, a, err));
	TRY(feed_until(&a->elsewhere, tx, NULL, hash_entry, a, err));
	others_drop(a);
	return 0;
}

static int
product_read(struct tx *tx, void *ctx, struct err *err)
{
	struct asked_view *a = ctx;
	bool known;

	a->v.tx = tx;
	a->elsewhere.product = a->product;
	if (!is_of_others(a))
		TRY(cursor_check(a, err));
	TRY(product_is_known(tx, a->product, &known, err));
	if (!known)
		return err_set(err, ENOENT_, "there is no product line "
		    "\"%.64s\": no key serves it, and nothing was signed for it",
		    a->product);
	if (is_of_others(a))
		return others_page(a, tx, err);
	TRY(inventory_certificates(&a->v, err));
	TRY(others_read(a, err));
	if (a->cursor == NULL)
		TRY(device_firmware(tx, a->product, 0, &a->devices, err));
	TRY(key_each(tx, a->product, product_key, a, err));
	TRY(feed_until(&a->elsewhere, tx, NULL, product_entry, a, err));
	others_drop(a);
	return 0;
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

/* ---- gaps ---- */

static int
gap_row(struct asked_view *a, const json_t *row, struct err *err)
{
	static const char *const names[] = { "hash", "name", "class",
		"environment", "state", "products", "owner", "elsewhere",
		"at", "custodian", "gaps" };
	AUTO_JSON *shown = json_object();

	gaps_count(a, row);
	if (json_array_size(json_object_get(row, "gaps")) == 0)
		return 0;
	TRY(members_copy(row, names, NELEM(names), shown, err));
	return page_put(a, json_str(row, "name", ""), shown, err);
}

static int
gap_entry(void *ctx, const json_t *entry, struct err *err)
{
	struct asked_view *a = ctx;
	AUTO_JSON *row = NULL;

	TRY(inventory_elsewhere(&a->v, entry, &row, err));
	return gap_row(a, row, err);
}

static int
gap_key(void *ctx, const struct key *k, struct err *err)
{
	struct asked_view *a = ctx;
	AUTO_JSON *row = NULL;

	TRY(feed_until(&a->elsewhere, a->v.tx, k->name, gap_entry, a, err));
	TRY(inventory_key(&a->v, k, &row, err));
	return gap_row(a, row, err);
}

#define LACKING_STEPS	5	/* for one page, which may be short then */

/* Certificates have a page of their own; they would push keys out of sight. */
static int
gaps_read(struct tx *tx, void *ctx, struct err *err)
{
	struct asked_view *a = ctx;
	struct lacking *w = &a->certificates_lacking;
	bool certificates;

	a->v.tx = tx;
	w->v = &a->v;
	lacking_read(a->cursor, w, &certificates);
	if (!certificates)
		TRY(cursor_check(a, err));
	w->over = a->cursor != NULL && !certificates;
	for (int i = 0; i < LACKING_STEPS && !w->over &&
	    json_array_size(a->others) < a->limit; i++)
		TRY(lacking_step(w, a->limit, a->others, err));
	if (certificates)
		return 0;
	TRY(key_each(tx, NULL, gap_key, a, err));
	return feed_until(&a->elsewhere, tx, NULL, gap_entry, a, err);
}

static int
gaps_json(struct asked_view *a, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	char next[160];

	lacking_text(&a->certificates_lacking, next);
	TRY(json_build(&o, err, "{s:s, s:I, s:{}, s:O, s:s*, s:O, s:s*}",
	    "charter", a->v.law->hex, "total", (json_int_t)a->lacking,
	    "counts", "gaps", a->list, "next", a->more ? a->last : NULL,
	    "certificates", a->others, "next_certificate", next[0] != '\0' ?
	    next : NULL));
	TRY(gaps_put(a, json_object_get(o, "counts"), err));
	*ret = TAKE(o);
	return 0;
}

/* ---- both ---- */

static int
view(const struct moment *m, struct asked_view *a, const json_t *query,
    int (*read)(struct tx *, void *, struct err *),
    int (*show)(struct asked_view *, json_t **, struct err *),
    json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	int rc;

	TRY(inventory_look(&a->v, m, query, err));
	TRY(state_law(m->state, &law, err));
	a->v.law = law;
	a->cursor = json_str(query, "cursor", NULL);
	a->limit = (unsigned)json_int(query, "limit", 100);
	a->list = json_array();
	a->others = json_array();
	a->borne = json_object();
	a->hashes = json_object();
	rc = a->list == NULL || a->others == NULL || a->borne == NULL ||
	    a->hashes == NULL ? err_set(err, ENOMEMORY, "an inventory") : 0;
	if (rc == 0)
		rc = state_read(m->state, read, a, err);
	if (rc == 0)
		rc = show(a, ret, err);
	inventory_done(&a->v);
	feed_done(&a->elsewhere);
	json_decref(a->list);
	json_decref(a->others);
	json_decref(a->borne);
	json_decref(a->hashes);
	free(a->next_other);
	json_decref(a->devices);
	return rc;
}

int
flow_inventory_product(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct asked_view a = { .product = subject };

	return view(m, &a, query, product_read, product_json, ret, err);
}

int
flow_inventory_gaps(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct asked_view a = { .product = NULL };

	return view(m, &a, query, gaps_read, gaps_json, ret, err);
}
