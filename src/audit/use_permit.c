/* use_permit - the permit that an entry was made under. */
#include <string.h>
#include "audit/use.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

static int
permit_take(struct audit *a, const struct waiting *w, struct req *r,
    struct err *err)
{
	const struct entry	*e = w->entry;
	struct err		 why = { .what = "" };
	struct permit		*p;
	int			 rc = permit_own(e->permit_document, &p, &why);

	if (memory_lost(rc, &why, err))
		return rc;
	if (rc != 0) {
		WRONG(FINDING_PERMIT, "%s", why.what);
		return 0;
	}
	if (!e->has_permit || !sha256_equal(&p->hash, &e->permit) ||
	    strcmp(p->request->id, e->request) != 0 ||
	    strcmp(p->request->house, a->genesis->house) != 0 ||
	    (r->held != NULL && !json_equal(r->held->request->json,
	    p->request->json))) {
		WRONG(FINDING_PERMIT, "it is not the entry's, or for another "
		    "request or house");
		permit_free(p);
		return 0;
	}
	return req_permit(r, p, err);
}

/* What an event carries beside its entry is what was permitted: whoever makes
 * tables of the ledger reads the request there. */
static bool
carries_so(const struct waiting *w, const struct req *r)
{
	const json_t	*named = json_object_get(w->a.data, "request");
	const json_t	*permit = json_object_get(w->a.data, "permit");
	const json_t	*want = r->held->request->json;

	return (!json_is_object(named) || json_equal(named, want)) &&
	    (permit == NULL || json_equal(json_object_get(permit, "request"),
	    want));
}

int
permit_of(struct audit *a, const struct waiting *w, struct req **ret,
    struct err *err)
{
	const struct entry	*e = w->entry;
	struct req		*r;

	*ret = NULL;
	if (e->request == NULL || strcmp(e->request, json_str(w->a.data,
	    "request", json_str(json_object_get(w->a.data, "request"), "id",
	    e->request))) != 0) {
		WRONG(FINDING_REQUEST, "event and entry name other requests");
		return 0;
	}
	TRY(req_of(a, e->request, &r, err));
	if (e->permit_document != NULL)
		TRY(permit_take(a, w, r, err));
	if (!r->permitted && a->since > 0) {
		audit_unchecked(a, w->a.seq, "the permit of %s came before "
		    "this bundle begins", e->request);
		return 0;
	}
	if (!r->permitted || r->held == NULL || !e->has_permit ||
	    !sha256_equal(&r->permit, &e->permit)) {
		WRONG(FINDING_PERMIT, "%s has no such permit, or has used it "
		    "up", e->request);
		return 0;
	}
	if (!carries_so(w, r))
		WRONG(FINDING_REQUEST, "the event carries another request than "
		    "was permitted");
	*ret = r;
	return 0;
}
