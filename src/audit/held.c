/*
 * held - what an audit remembers of a request, and its documents.
 *
 * Proofs on other threads look at documents when the reader has long freed the
 * event that brought them; and jansson's counts release without acquiring.  So
 * each document is a copy that no event shares, and is given back by whoever
 * lets go of it last.
 */
#include <stdlib.h>
#include "audit/inside.h"
#include "base/json.h"

struct held *
held_ref(struct held *h)
{
	__atomic_add_fetch(&h->refs, 1, __ATOMIC_RELAXED);
	return h;
}

void
held_drop(struct held *h)
{
	if (h == NULL || __atomic_sub_fetch(&h->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (h->permit == NULL)
		request_free(h->request);
	permit_free(h->permit);
	free(h->found);
	free(h);
}

void
req_done(void *req)
{
	struct req	*r = req;

	held_drop(r->held);
	json_decref(r->approvals);
}

void
req_settle(struct req *r)
{
	r->done = true;
	r->permitted = false;
	held_drop(r->held);
	r->held = NULL;
	json_decref(r->approvals);
	r->approvals = NULL;
}

int
req_of(struct audit *a, const char *id, struct req **ret, struct err *err)
{
	void	*p;

	TRY(map_put(&a->requests, id, sizeof(struct req), &p, err));
	*ret = p;
	return 0;
}

int
req_hold(struct req *r, const json_t *request, struct err *err)
{
	struct held	*h = calloc(1, sizeof(*h));
	AUTO_JSON	*own = json_clone(request);
	int		 rc;

	if (!json_is_object(request))
		rc = err_set(err, ESCHEMA, "the event has no request");
	else if (h == NULL || own == NULL)
		rc = err_set(err, ENOMEMORY, "a request");
	else
		rc = request_read(own, &h->request, err);
	if (rc != 0) {
		free(h);
		return rc;
	}
	h->refs = 1;
	held_drop(r->held);
	r->held = h;
	return 0;
}

bool
same_member(const json_t *a, const json_t *b, const char *name)
{
	const json_t	*x = json_object_get(a, name),
			*y = json_object_get(b, name);

	return x == NULL ? y == NULL : y != NULL && json_equal(x, y);
}

bool
memory_lost(int rc, const struct err *why, struct err *err)
{
	if (rc != -ENOMEMORY)
		return false;
	(void)err_set(err, ENOMEMORY, "%s", why->what);
	return true;
}

int
permit_own(const json_t *document, struct permit **ret, struct err *err)
{
	AUTO_JSON	*own = json_clone(document);

	if (own == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	return permit_read(own, ret, err);
}

int
req_permit(struct req *r, struct permit *p, struct err *err)
{
	struct held	*h = calloc(1, sizeof(*h));

	if (h == NULL) {
		permit_free(p);
		return err_set(err, ENOMEMORY, "a permit");
	}
	*h = (struct held){ .refs = 1, .request = p->request, .permit = p };
	held_drop(r->held);
	r->held = h;
	r->permit = p->hash;
	r->permitted = true;
	return 0;
}
