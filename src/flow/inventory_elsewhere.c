/*
 * inventory_elsewhere - keys that live elsewhere, as rows of the inventory
 * beside those of the token: what is said of them, and what nobody has said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cert/elsewhere.h"
#include "flow/elsewhere.h"
#include "flow/inside.h"
#include "flow/inventory.h"
#include "policy/charter.h"
#include "policy/simulate.h"

#define WALK	1000	/* entries read at once */
#define OTHERS	1000	/* certificates of other CAs of one page */

bool
elsewhere_owner(const struct charter *c, const char *group)
{
	return roster_group(charter_roster(c), group) >= 0;
}

const json_t *
elsewhere_recovery(const struct charter *c, const char *name)
{
	return json_object_get(json_object_get(charter_json(c), "recovery"),
	    name);
}

/* It is asked for by the procedure alone. */
int
inventory_lacks_restore(const struct inventory *v, const json_t *row,
    const json_t *procedure, bool *ret, struct err *err)
{
	const char *asked = json_str(procedure, "proven", NULL),
	    *done = json_str(row, "restored", NULL);
	time_us most, at;

	*ret = asked != NULL;
	if (asked == NULL || done == NULL)
		return 0;
	TRY(clock_duration(asked, &most, err));
	TRY(clock_parse(done, &at, err));
	*ret = at + most < v->now;
	return 0;
}

static int
gaps_put(const struct inventory *v, const json_t *row, json_t *list,
    struct err *err)
{
	const struct charter *c = v->law->charter;
	const json_t *how = elsewhere_recovery(c, json_str(row, "recovery",
	    ""));
	bool lacks[GAP__N] = {
		[GAP_OWNER] = !elsewhere_owner(c, json_str(row, "owner", "")),
		[GAP_RECOVERY] = how == NULL,
		[GAP_END] = json_object_get(row, "ends") == NULL,
		[GAP_PRODUCT] = json_array_size(json_object_get(row,
		    "products")) == 0,
		[GAP_PUBLIC] = json_object_get(row, "public_key") == NULL,
		[GAP_ACTIVATED] = json_object_get(row, "activated") == NULL,
		[GAP_AUTHORITY] = json_array_size(json_object_get(row,
		    "authority")) == 0,
	};

	TRY(inventory_lacks_restore(v, row, how, &lacks[GAP_RESTORE], err));
	return inventory_gaps(lacks, GAP_SAID, list, err);
}

static int
kind_put(const struct inventory *v, json_t *row, struct err *err)
{
	const struct key_class *c = charter_class(v->law->charter,
	    json_str(row, "class", ""));

	return c == NULL ? 0 : json_set_str(row, "kind",
	    class_kind_name(c->kind), err);
}

static int
marks_put(const struct inventory *v, bool living, json_t *row,
    struct err *err)
{
	const char *ends = json_str(row, "ends", NULL);
	time_us end = 0;

	if (ends != NULL)
		TRY(clock_parse(ends, &end, err));
	return inventory_marks(v, living && ends != NULL, end, row, err);
}

/* By its class's rules, as of a key of the token: nothing here can use it, so they are
 * what is agreed, and whoever has it is to keep to them. */
static int
authority_put(const struct inventory *v, json_t *row, struct err *err)
{
	static const char *const said[] = { "name", "class", "environment",
		"algorithm" };
	AUTO(facts) *f = NULL;
	AUTO_JSON *authority = NULL;
	char fact[32];

	TRY(facts_new(&f, err));
	for (size_t i = 0; i < NELEM(said); i++) {
		(void)snprintf(fact, sizeof(fact), "key.%s", said[i]);
		if (json_object_get(row, said[i]) != NULL)
			TRY(facts_str(f, fact, json_str(row, said[i], ""),
			    ASSERTED, err));
	}
	TRY(facts_set_json(f, "key.products", json_object_get(row,
	    "products"), ASSERTED, err));
	TRY(policy_authority(v->law->charter, f, &authority, err));
	return json_set_new(row, "authority", TAKE(authority), err);
}

int
inventory_elsewhere(const struct inventory *v, const json_t *entry,
    json_t **ret, struct err *err)
{
	bool living = strcmp(json_str(entry, "state", ""), "ended") != 0;
	AUTO_JSON *row = json_clone_flat(entry);
	json_t *gaps = json_array();

	if (row == NULL) {
		json_decref(gaps);
		return err_set(err, ENOMEMORY, "an inventory");
	}
	TRY(json_set_new(row, "gaps", gaps, err));
	TRY(authority_put(v, row, err));
	TRY(kind_put(v, row, err));
	TRY(marks_put(v, living, row, err));
	if (living)
		TRY(gaps_put(v, row, gaps, err));
	*ret = TAKE(row);
	return 0;
}

/* ---- certificates of other CAs ---- */

/* None is marked as good; what its CA's list names ends for nobody, nor does what
 * a later one follows. Whether one that has ended goes on is looked for in
 * "inventory gaps" alone. */
int
inventory_other(const struct inventory *v, json_t *c, struct err *err)
{
	bool lives = json_object_get(c, "status") == NULL;
	bool counts = lives && !json_flag(c, "followed", false);
	time_us end;

	TRY(clock_parse(json_str(c, "not_after", ""), &end, err));
	if (lives && end > v->now)
		TRY(lacking_put(v, LACKING_OWNER, c, err));
	return inventory_marks(v, counts, end, c, err);
}

int
inventory_others(const struct inventory *v,
    const struct cert_elsewhere_filter *f, const char *cursor, json_t *list,
    char **ret_next, struct err *err)
{
	AUTO_JSON *all = NULL;
	char *next = NULL;
	json_t *one;
	size_t i;
	int rc;

	TRY(cert_elsewhere_list(v->tx, f, cursor, OTHERS, &all, &next, err));
	json_array_foreach(all, i, one) {
		rc = inventory_other(v, one, err);
		if (rc == 0 && json_array_append(list, one) != 0)
			rc = err_set(err, ENOMEMORY, "certificates");
		if (rc != 0) {
			free(next);
			return rc;
		}
	}
	*ret_next = next;
	return 0;
}

int
inventory_more(json_t *o, char *next, struct err *err)
{
	int rc = json_set_new(o, "more_certificates", json_boolean(next !=
	    NULL), err);

	if (rc == 0 && next != NULL)
		rc = json_set_str(o, "next_certificate", next, err);
	free(next);
	return rc;
}

/* ---- in one order with the keys of the token ---- */

static int
feed_more(struct feed *f, struct tx *tx, struct err *err)
{
	struct elsewhere_filter by = { .product = f->product };
	char *next = NULL;
	int rc;

	json_decref(f->page);
	f->page = NULL;
	f->at = 0;
	rc = elsewhere_list(tx, &by, f->next, WALK, &f->page, &next, err);
	free(f->next);
	f->next = next;
	f->begun = true;
	return rc;
}

int
feed_until(struct feed *f, struct tx *tx, const char *before, feed_fn *fn,
    void *ctx, struct err *err)
{
	const json_t *one;

	for (;;) {
		if (f->at == json_array_size(f->page)) {
			if (f->begun && f->next == NULL)
				return 0;
			TRY(feed_more(f, tx, err));
			if (json_array_size(f->page) == 0)
				return 0;
		}
		one = json_array_get(f->page, f->at);
		if (before != NULL && strcmp(json_str(one, "name", ""),
		    before) > 0)
			return 0;
		TRY(fn(ctx, one, err));
		f->at++;
	}
}

void
feed_done(struct feed *f)
{
	json_decref(f->page);
	free(f->next);
}
