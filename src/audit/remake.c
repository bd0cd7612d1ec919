/*
 * remake - every projection made again from the ledger, in an empty SQLite,
 * by the functions that made it first.
 */
#include "audit/remake.h"
#include "base/json.h"
#include "ledger/ledger.h"
#include "state/state.h"
#include "store/store.h"

#define PAGE		500	/* most events applied in one transaction */
#define PAGE_OCTETS	(4u << 20)	/* of theirs; one event may have more than is left */

struct page {
	struct blob	 leaves;	/* one behind the other */
	size_t		 end[PAGE];	/* of each, in leaves */
	size_t		 n;
	bool		 full;
	uint64_t	 from, to;	/* seqs still to be read */
	struct laws	*laws;
};

static int
page_put(void *ctx, const struct ledger_event *e, struct err *err)
{
	struct page	*p = ctx;

	p->full = p->leaves.len >= PAGE_OCTETS;
	if (p->full)
		return err_set(err, ETOOBIG, "the rest is the next page's");
	TRY(blob_put(&p->leaves, e->leaf, e->leaf_octets, err));
	p->end[p->n++] = p->leaves.len;
	return 0;
}

static int
page_read(struct tx *tx, void *ctx, struct err *err)
{
	struct page		*p = ctx;
	struct ledger_filter	 f = { .from = p->from, .to = p->to,
				    .limit = PAGE };

	int			 rc;

	blob_clear(&p->leaves);
	p->n = 0;
	p->full = false;
	rc = ledger_each(tx, &f, page_put, p, err);
	return p->full ? 0 : rc;
}

static int
page_apply(struct tx *tx, void *ctx, struct err *err)
{
	struct page	*p = ctx;
	size_t		 at = 0;

	for (size_t i = 0; i < p->n; at = p->end[i++]) {
		AUTO_JSON	*doc = NULL;
		struct applied	 a;
		struct json_inner in;

		TRY(event_read(p->leaves.data + at, p->end[i] - at, &doc, &a,
		    &in, err));
		if (in.p != NULL)
			a.entry_hash = sha256_of(in.p, in.n);
		else if (a.entry != NULL)
			TRY(json_hash(a.entry, &a.entry_hash, err));
		TRY(state_apply(tx, p->laws, &a, err));
	}
	return 0;
}

/* Where the ledger is read: in transactions of its own, or in this one. */
struct source {
	struct store	*live;
	struct tx	*tx;		/* or NULL */
	past_go_on	*go_on;		/* or NULL */
	void		*ctx;
};

static int
pages(const struct source *s, struct store *again, struct page *p,
    struct err *err)
{
	while (p->from < p->to) {
		if (s->go_on != NULL)
			TRY(s->go_on(s->ctx, p->from, err));
		TRY(s->tx != NULL ? page_read(s->tx, p, err) :
		    store_read(s->live, page_read, p, err));
		if (p->n == 0)
			return err_set(err, ELEDGER, "event %llu is missing",
			    (unsigned long long)p->from);
		TRY(store_write(again, page_apply, p, err));
		p->from += p->n;
	}
	return 0;
}

static int
remake_of(const struct source *s, struct store *again, uint64_t from,
    uint64_t to, struct err *err)
{
	AUTO(laws)	*laws = NULL;
	struct page	 p = { .from = from, .to = to };
	int		 rc;

	TRY(laws_new(&laws, err));
	p.laws = laws;
	rc = pages(s, again, &p, err);
	blob_done(&p.leaves);
	return rc;
}

int
remake(struct store *live, struct store *again, uint64_t size,
    past_go_on *go_on, void *ctx, struct err *err)
{
	return remake_of(&(struct source){ .live = live, .go_on = go_on,
	    .ctx = ctx }, again, 0, size, err);
}

int
remake_rest(struct tx *live, struct store *again, uint64_t from,
    uint64_t to, struct err *err)
{
	return remake_of(&(struct source){ .tx = live }, again, from, to, err);
}
