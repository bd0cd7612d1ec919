/*
 * read - events in ranges, page by page, and what stands in single rows.
 */
#include <string.h>
#include "ledger/ledger.h"
#include "ledger/tree.h"

#define PAGE	100	/* events fetched at once: what PostgreSQL holds */

struct walk {
	const struct ledger_filter	*filter;
	uint64_t			 at, to, left;
	bool				 family;	/* kind ends in "." */
	ledger_fn			*fn;
	void				*ctx;
	int64_t				 seen;		/* in this page */
};

static bool
is_family(const char *kind)
{
	size_t n = kind == NULL ? 0 : strlen(kind);

	return n > 0 && kind[n - 1] == '.';
}

static bool
kind_matches(const struct walk *w, const char *kind)
{
	const char *want = w->filter->kind;

	if (want == NULL)
		return true;
	if (w->family)
		return strncmp(kind, want, strlen(want)) == 0;
	return strcmp(kind, want) == 0;
}

static bool
matches(const struct walk *w, const struct ledger_event *e)
{
	const char *subject = w->filter->subject;

	return kind_matches(w, e->kind) &&
	    (subject == NULL || strcmp(e->subject, subject) == 0);
}

/* The narrowest index first; what it lets through is looked at again. */
static int
open_page(struct tx *tx, const struct walk *w, struct rows **ret,
    struct err *err)
{
	const struct ledger_filter *f = w->filter;
	struct value from = v_int((int64_t)w->at), to = v_int((int64_t)w->to);
	struct value most = v_int(PAGE);

	if (f->subject != NULL)
		return tx_query(tx, "ledger_page_by_subject", PARAMS(from, to,
		    most, v_text(f->subject)), ret, err);
	if (f->kind == NULL)
		return tx_query(tx, "ledger_page", PARAMS(from, to, most), ret,
		    err);
	return tx_query(tx, w->family ? "ledger_page_by_family" :
	    "ledger_page_by_kind", PARAMS(from, to, most, v_text(f->kind)),
	    ret, err);
}

static int
event_of(const struct rows *r, struct ledger_event *ret, struct err *err)
{
	struct ledger_event e = {
		.seq = (uint64_t)rows_int(r, "seq"),
		.time = rows_int(r, "time"),
		.kind = rows_text(r, "kind"),
		.actor = rows_text(r, "actor"),
		.subject = rows_text(r, "subject"),
	};

	e.leaf = rows_blob(r, "leaf", &e.leaf_octets);
	TRY(rows_hash(r, "hash", &e.hash, err));
	if (e.kind == NULL || e.actor == NULL || e.subject == NULL ||
	    e.leaf == NULL)
		return err_set(err, ELEDGER, "event %llu is not whole",
		    (unsigned long long)e.seq);
	*ret = e;
	return 0;
}

static int
walk_page(struct tx *tx, struct walk *w, struct err *err)
{
	AUTO(rows) *r = NULL;
	struct ledger_event e;
	bool row;

	TRY(open_page(tx, w, &r, err));
	for (w->seen = 0; w->left > 0; w->seen++) {
		TRY(rows_next(r, &row, err));
		if (!row)
			break;
		TRY(event_of(r, &e, err));
		w->at = e.seq + 1;
		if (!matches(w, &e))
			continue;
		w->left--;
		TRY(w->fn(w->ctx, &e, err));
	}
	return 0;
}

int
ledger_each(struct tx *tx, const struct ledger_filter *f, ledger_fn *fn,
    void *ctx, struct err *err)
{
	struct walk w = {
		.filter = f, .fn = fn, .ctx = ctx,
		.at = f->from, .to = f->to,
		.left = f->limit == 0 ? UINT64_MAX : f->limit,
		.family = is_family(f->kind),
		.seen = PAGE,
	};

	if (w.to == 0 || w.to > INT64_MAX)
		w.to = INT64_MAX;
	if (w.at > INT64_MAX)
		return 0;
	while (w.seen == PAGE && w.left > 0)
		TRY(walk_page(tx, &w, err));
	return 0;
}

int
ledger_leaf(struct tx *tx, uint64_t seq, struct blob *ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	const void *p;
	size_t n;
	int rc;

	if (seq > INT64_MAX)
		return err_set(err, ENOENT_, "there is no such event");
	rc = tx_one(tx, "ledger_leaf", PARAMS(v_int((int64_t)seq)), &r, err);
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no event %llu",
		    (unsigned long long)seq);
	if (rc != 0)
		return rc;
	p = rows_blob(r, "leaf", &n);
	if (p == NULL)
		return err_set(err, ELEDGER, "event %llu is not whole",
		    (unsigned long long)seq);
	return blob_put(ret, p, n, err);
}

int
ledger_seq_at(struct tx *tx, time_us t, uint64_t *ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	int rc;

	rc = tx_one(tx, "ledger_seq_at", PARAMS(v_int(t)), &r, err);
	if (rc == -ENOENT_)
		return ledger_next(tx, ret, err);
	if (rc != 0)
		return rc;
	*ret = (uint64_t)rows_int(r, "seq");
	return 0;
}
