/*
 * chain - the charters that a bundle's head brings: the genesis' and each
 * amendment of what came before the first event.
 *
 * An amendment is judged like one among the events.  That it happened says
 * its inclusion, in the tree of these earlier events, which is proven to be
 * the beginning of the checkpoint's.
 */
#include <string.h>
#include "audit/inside.h"
#include "base/json.h"
#include "evidence/evidence.h"

static int
first_check(struct audit *a, const json_t *link, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "charter", WANT_OBJECT, true, 0, 64, "the genesis'" },
	};
	size_t		 i;

	TRY(json_check(link, "", ROWS, NELEM(ROWS), err));
	TRY(chart_add(a, json_object_get(link, "charter"), &i, err));
	if (!sha256_equal(&a->chart_hash[0], &a->genesis->charter))
		return err_set(err, EVERIFY, "is not the genesis'");
	a->law = 0;
	head_signatures(a);
	return 0;
}

/* The event of an amendment, in its place; @ret_doc is what it points into. */
static int
amendment_read(struct audit *a, const json_t *link, uint64_t after,
    json_t **ret_doc, struct applied *ret, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "event", WANT_OBJECT, true, 0, 64, "charter.amended" },
		{ "inclusion", WANT_OBJECT, true, 0, 64, "in since's tree" },
	};
	struct sha256	 root = merkle_range_root(&a->range);
	const json_t	*event = json_object_get(link, "event");
	struct blob	 text = { 0 };
	int		 rc;

	TRY(json_check(link, "", ROWS, NELEM(ROWS), err));
	TRY(evidence_included(event, json_object_get(link, "inclusion"),
	    a->since, &root, err));
	rc = json_canonical(event, &text, err);
	if (rc == 0)
		rc = event_read(text.data, text.len, ret_doc, ret, NULL,
		    err);
	blob_done(&text);
	TRY(rc);
	if (ret->kind != EVENT_CHARTER_AMENDED)
		return err_set(err, EVERIFY, "came by %s",
		    event_kind_name(ret->kind));
	if (ret->seq <= after)
		return err_set(err, EVERIFY, "is out of its order");
	return 0;
}

static int
amendment_check(struct audit *a, const json_t *link, uint64_t *seq,
    struct err *err)
{
	AUTO(entry)	*e = NULL;
	AUTO_JSON	*doc = NULL;
	struct waiting	 w = { .doc = NULL };
	size_t		 before = a->law;

	TRY(amendment_read(a, link, *seq, &doc, &w.a, err));
	TRY(entry_from_json((json_t *)(uintptr_t)w.a.entry, &e, err));
	if (e->n <= a->chain_entry || e->permit_document == NULL)
		return err_set(err, EVERIFY, "has an entry out of its order, "
		    "or without its permit");
	w.entry = e;
	TRY(use_check(a, &w, err));
	*seq = w.a.seq;
	a->chain_entry = e->n;
	a->chain_before = before;
	return 0;
}

void
chain_check(struct audit *a)
{
	json_t		*list = json_object_get(a->head, "charters"), *one;
	uint64_t	 seq = 0;
	size_t		 i;

	json_array_foreach(list, i, one) {
		struct err	 err = { .what = "" };

		if ((i == 0 ? first_check(a, one, &err) :
		    amendment_check(a, one, &seq, &err)) != 0)
			audit_find(a, FINDING_CHARTER, UINT64_MAX, 0,
			    "charter %zu of the chain: %s", i, err.what);
	}
	if ((a->since > 0) != (json_array_size(list) > 0))
		audit_find(a, FINDING_CHARTER, UINT64_MAX, 0, "the chain up to "
		    "event %llu is missing, or there is none",
		    (unsigned long long)a->since);
	/* Only what comes after can say that this was all. */
	a->law_named = false;
}
