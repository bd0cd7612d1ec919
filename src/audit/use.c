/* use - what the keeper did, judged in the order in which it did it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/cert.h"
#include "audit/model.h"
#include "audit/use.h"
#include "base/json.h"

#define UNSHOWN	1000	/* uses that the keeper makes before it must be shown them */

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

/* One row per kind. */
static const struct use_row ROWS[] = {
	{ EVENT_KEY_SIGNED,      ENTRY_SIGN,     ACTION_KEY_SIGN,       "sign", false },
	{ EVENT_KEY_GENERATED,   ENTRY_GENERATE, ACTION_KEY_GENERATE,   "generate", false },
	{ EVENT_KEY_ADOPTED,     ENTRY_ADOPT,    ACTION_KEY_ADOPT,      "adopt", false },
	{ EVENT_KEY_ACTIVATED,   ENTRY_STATE,    ACTION_KEY_ACTIVATE,   "state", true },
	{ EVENT_KEY_SUSPENDED,   ENTRY_STATE,    ACTION_KEY_SUSPEND,    "state", true },
	{ EVENT_KEY_RESUMED,     ENTRY_STATE,    ACTION_KEY_RESUME,     "state", true },
	{ EVENT_KEY_DEACTIVATED, ENTRY_STATE,    ACTION_KEY_DEACTIVATE, "state", true },
	{ EVENT_KEY_COMPROMISED, ENTRY_STATE,    ACTION_KEY_COMPROMISE, "state", true },
	{ EVENT_KEY_DESTROYED,   ENTRY_DESTROY,  ACTION_KEY_DESTROY,    "destroy", true },
	{ EVENT_CA_CREATED,      ENTRY_CERTIFY,  ACTION_CA_CREATE,      "certify", true },
	{ EVENT_CERT_ISSUED,     ENTRY_CERTIFY,  ACTION_CERT_ISSUE,     "certify", true },
	{ EVENT_CA_REQUESTED,    ENTRY_CSR,      ACTION_CA_REQUEST,     "csr", true },
	{ EVENT_CA_IMPORTED,     ENTRY_ADOPT_CA, ACTION_CA_IMPORT,      "adopt-ca", true },
	{ EVENT_CRL_PUBLISHED,   ENTRY_CRL,      ACTION_CRL_SIGN,       "crl", true },
	{ EVENT_OCSP_COUNTED,    ENTRY_OCSP,     ACTION_OCSP_SIGN,      "ocsp", true },
	{ EVENT_WINDOW_CLOSED,   ENTRY_CLOSE,    ACTION_WINDOW_CLOSE,   "close", false },
	{ EVENT_CHARTER_AMENDED, ENTRY_AMEND,    ACTION_CHARTER_AMEND,  NULL, false },
	{ EVENT_HOUSE_RESTORED,  ENTRY_RESTORE,  ACTION_HOUSE_RESTORE,  NULL, false },
};

static const struct use_row *
row_of(const struct waiting *w)
{
	for (size_t i = 0; i < NELEM(ROWS); i++)
		if (ROWS[i].kind == w->a.kind && ROWS[i].op == w->entry->op)
			return &ROWS[i];
	return NULL;
}

static int
found_check(struct audit *a, const struct waiting *w, struct err *err)
{
	const json_t	*doc = json_object_get(w->a.data, "charter");
	struct sha256	 hash;
	size_t		 i;
	struct err	 why = { .what = "" };

	if (w->entry->op != ENTRY_FOUND || w->a.seq != 0)
		WRONG(FINDING_ENTRY, "a house is founded once, by entry 1");
	if (!json_equal(json_object_get(w->entry->result, "genesis"),
	    a->genesis->json))
		WRONG(FINDING_GENESIS, "the keeper founded another house");
	if (json_hash(doc, &hash, &why) != 0 ||
	    !sha256_equal(&hash, &a->genesis->charter) ||
	    !sha256_equal(&hash, &w->entry->charter)) {
		WRONG(FINDING_CHARTER, "the first charter is not the genesis'");
		return 0;
	}
	if (a->chart_n == 0 && chart_add(a, doc, &i, &why) != 0)
		WRONG(FINDING_CHARTER, "%s", why.what);
	a->law = 0;
	head_signatures(a);
	return 0;
}

static int
charter_of(struct audit *a, const struct waiting *w, size_t *ret,
    struct err *err)
{
	char		 hex[SHA256_HEX];
	size_t		 i, next;
	/* What was done before the head's last amendment may be told after. */
	size_t		 law = w->entry->n < a->chain_entry ? a->chain_before :
			    a->law;
	struct err	 why = { .what = "" };

	i = chart_of(a, &w->entry->charter);
	if (w->entry->op == ENTRY_AMEND) {
		const json_t *doc = json_object_get(w->a.data, "charter");

		if (chart_add(a, doc, &next, &why) != 0)
			WRONG(FINDING_CHARTER, "%s", why.what);
		/* It is written under the charter that it ends, or begins. */
		i = a->law;
		if (!sha256_equal(&w->entry->charter,
		    &a->chart_hash[a->law]) &&
		    chart_of(a, &w->entry->charter) == a->chart_n)
			i = a->chart_n;
	}
	if (i == a->chart_n || i != law) {
		sha256_hex(&w->entry->charter, hex);
		WRONG(FINDING_CHARTER, "charter %.12s was not in force", hex);
	}
	a->law_named |= i == a->law;
	*ret = i < a->chart_n ? i : law;
	return 0;
}

static int
result_check(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, bool first, struct err *err)
{
	switch (w->entry->op) {
	case ENTRY_SIGN:
		return model_signed(a, w, r, charter, err);
	case ENTRY_GENERATE:
	case ENTRY_ADOPT:
		return model_generated(a, w, r, err);
	case ENTRY_STATE:
	case ENTRY_DESTROY:
		return model_moved(a, w, r, err);
	case ENTRY_AMEND:
		return model_amended(a, w, r, err);
	case ENTRY_CLOSE:
		return model_closed(a, w, err);
	case ENTRY_CERTIFY:
		return r == NULL ? 0 : cert_certified(a, w, r, charter, err);
	case ENTRY_CSR:
		return r == NULL ? 0 : cert_requested(a, w, r, charter, err);
	case ENTRY_CRL:
		return r == NULL ? 0 : cert_listed(a, w, r, charter, err);
	case ENTRY_OCSP:
		return r == NULL ? 0 : cert_answered(a, w, r, charter, first,
		    err);
	case ENTRY_ADOPT_CA:
		return r == NULL ? 0 : cert_adopted(a, w, r, charter, err);
	case ENTRY_FOUND:
	case ENTRY_GENERATE_INTENT:
	case ENTRY_GENERATE_FAILED:
	case ENTRY_DESTROY_INTENT:
	case ENTRY_RESTORE:
	case ENTRY__N:
		break;
	}
	return 0;
}

/* A request that has had its last use needs no memory of its documents. */
static void
settle(struct req *r)
{
	if (r->held == NULL || r->held->request->action == ACTION_WINDOW_OPEN ||
	    (r->rule != NULL && r->uses < r->most))
		return;
	req_settle(r);
}

/*
 * What was done at the same time reaches the ledger in any order, and the
 * checkpoint covers only what has no gap below it.  The keeper, which takes from
 * the ledger only what its journal has, stops at so many uses that it was not shown.
 */
static bool
soon_covered(const struct audit *a, const struct entry *e)
{
	return e->n - a->checkpoint.entries <= UNSHOWN;
}

int
use_check(struct audit *a, const struct waiting *w, struct err *err)
{
	const struct use_row	*row = row_of(w);
	struct req		*r;
	size_t			 charter;
	bool			 first;

	if (w->a.kind == EVENT_HOUSE_FOUNDED)
		return found_check(a, w, err);
	if (row == NULL) {
		WRONG(FINDING_ENTRY, "a journal entry \"%s\" is no %s",
		    entry_op_name(w->entry->op), event_kind_name(w->a.kind));
		return 0;
	}
	if (a->chart_n == 0) {
		WRONG(FINDING_CHARTER, "no charter is in force yet");
		return 0;
	}
	if (w->entry->n > a->checkpoint.entries && !soon_covered(a, w->entry))
		WRONG(FINDING_UNCOVERED, "it covers %llu entries",
		    (unsigned long long)a->checkpoint.entries);
	TRY(charter_of(a, w, &charter, err));
	TRY(permit_of(a, w, &r, err));
	if (r == NULL)
		return result_check(a, w, NULL, charter, false, err);
	first = r->uses == 0 && a->since == 0;
	operation_check(a, w, r, row, a->chart[charter].charter);
	TRY(judge_check(a, w, r, charter, first, err));
	uses_check(a, w, r);
	TRY(result_check(a, w, r, charter, first, err));
	settle(r);
	return 0;
}
