/*
 * versions - the highest ones made again from the ledger, once, for tables that
 * were filled when only rules with "increasing" counted.
 */
#include "base/json.h"
#include "state/inside.h"

#define MARK	"versions"	/* in the table of marks */

struct again {
	struct tx	*tx;
	struct laws	*laws;
};

static int
again_one(void *ctx, const struct ledger_event *e, struct err *err)
{
	const struct again	*g = ctx;
	struct effect		 unused = { 0 };
	struct applied		 a = { .effect = &unused };
	AUTO_JSON		*doc = NULL;

	TRY(event_read(e->leaf, e->leaf_octets, &doc, &a, NULL, err));
	return signed_version_apply(g->tx, g->laws, &a, err);
}

static int
again_all(struct tx *tx, void *ctx, struct err *err)
{
	struct ledger_filter	 f = { .kind = "key.signed" };
	struct state		*s = ctx;
	struct again		 g = { tx, s->laws };
	AUTO(rows)		*r = NULL;
	int			 rc = tx_one(tx, "use_mark_get",
	    PARAMS(v_text(MARK)), &r, err);

	if (rc != -ENOENT_)
		return rc;
	TRY(tx_run(tx, "product_forget", NO_PARAMS, NULL, err));
	TRY(ledger_each(tx, &f, again_one, &g, err));
	return tx_run(tx, "use_mark_put", PARAMS(v_text(MARK), v_int(1)), NULL,
	    err);
}

int
state_versions(struct state *s, struct err *err)
{
	return store_write(s->store, again_all, s, err);
}
