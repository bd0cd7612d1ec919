#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/permit.h"

static const struct json_row permit_rows[] = {
	{ "format", WANT_STRING, true, 1, 64, "" },
	{ "request", WANT_OBJECT, true, 0, 0, "" },
	{ "approvals", WANT_ARRAY, true, 0, PERMIT_APPROVALS, "" },
};

static const char *
vote_in(const json_t *approval)
{
	return json_str(json_object_get(approval, "statement"), "verdict", "");
}

/*
 * By officer, credential and, since who asks may be one who approves, what
 * they said: one order, so one name for one permit.
 */
static int
proof_order(const json_t *a, const json_t *b)
{
	const json_t *p = json_object_get(a, "proof");
	const json_t *q = json_object_get(b, "proof");
	int c = strcmp(json_str(p, "officer", ""), json_str(q, "officer", ""));

	if (c == 0)
		c = strcmp(json_str(p, "credential", ""),
		    json_str(q, "credential", ""));
	return c != 0 ? c : strcmp(vote_in(a), vote_in(b));
}

static int
sort_order(const void *a, const void *b)
{
	return proof_order(*(json_t *const *)a, *(json_t *const *)b);
}

int
permit_build(const json_t *request, const json_t *approvals, json_t **ret,
    struct err *err)
{
	json_t *at[PERMIT_APPROVALS], *v;
	AUTO_JSON *sorted = json_array();
	size_t i, n = json_array_size(approvals);

	if (sorted == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	if (n > PERMIT_APPROVALS)
		return err_set(err, ETOOBIG, "more than %d approvals",
		    PERMIT_APPROVALS);
	json_array_foreach(approvals, i, v)
		at[i] = v;
	if (n > 0)
		qsort(at, n, sizeof at[0], sort_order);
	for (i = 0; i < n; i++)
		if (json_array_append(sorted, at[i]) != 0)
			return err_set(err, ENOMEMORY, "a permit");
	return json_build(ret, err, "{s:s, s:O, s:O}", "format", PERMIT_FORMAT,
	    "request", request, "approvals", sorted);
}

static int
read_approvals(struct permit *p, const json_t *all, struct err *err)
{
	json_t *v;
	size_t i, n = json_array_size(all);

	if (n == 0)
		return 0;
	if ((p->approval = calloc(n, sizeof *p->approval)) == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	json_array_foreach(all, i, v) {
		TRY(approval_read(v, &p->approval[i], err));
		p->approval_n = i + 1;
		if (i > 0 && proof_order(json_array_get(all, i - 1), v) >= 0)
			return err_set(err, EINPUT, "the approvals are not "
			    "sorted, or one is there twice");
	}
	return 0;
}

int
permit_read(const json_t *j, struct permit **ret, struct err *err)
{
	struct sha256 hash;

	TRY(json_hash(j, &hash, err));
	return permit_read_named(j, &hash, ret, err);
}

int
permit_read_named(const json_t *j, const struct sha256 *hash,
    struct permit **ret, struct err *err)
{
	AUTO(permit) *p = NULL;

	TRY(json_check(j, "/permit", permit_rows, NELEM(permit_rows), err));
	if (strcmp(json_str(j, "format", ""), PERMIT_FORMAT) != 0)
		return err_set(err, ESCHEMA, "not a " PERMIT_FORMAT);
	if ((p = calloc(1, sizeof *p)) == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	p->json = json_incref((json_t *)(uintptr_t)j);
	p->hash = *hash;
	TRY(request_read(json_object_get(j, "request"), &p->request, err));
	TRY(read_approvals(p, json_object_get(j, "approvals"), err));
	*ret = TAKE(p);
	return 0;
}

void
permit_free(struct permit *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->approval_n; i++)
		approval_free(p->approval[i]);
	free(p->approval);
	request_free(p->request);
	json_decref(p->json);
	free(p);
}
