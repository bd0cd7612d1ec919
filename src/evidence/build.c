/*
 * build - the parts put together, and taken in again.
 *
 * Floor 3.  Pure.
 */
#include <string.h>

#include "evidence/inside.h"

#define FORMAT	"claviger/evidence/v1"

static const struct json_row ROWS[] = {
	{ "format", WANT_STRING, true, 1, 40, "claviger/evidence/v1" },
	{ "genesis", WANT_OBJECT, true, 0, 0, "the house's root of trust" },
	{ "signatures", WANT_ARRAY, true, 0, 4096, "officers' over it" },
	{ "charters", WANT_ARRAY, true, 1, 4096, "first to newest" },
	{ "key", WANT_OBJECT, true, 0, 0, "how the key came to be" },
	{ "permit", WANT_OBJECT, true, 0, 0, "request and approvals" },
	{ "event", WANT_OBJECT, true, 0, 0, "key.signed" },
	{ "inclusion", WANT_OBJECT, true, 0, 0, "the event is in the ledger" },
	{ "checkpoint", WANT_STRING, true, 1, 65536, "the ledger's head, signed" },
};

static int
part(json_t *to, const char *name, const json_t *from, struct err *err)
{
	if (from == NULL)
		return err_set(err, ESCHEMA, "evidence lacks its %s", name);
	return json_set_new(to, name, json_incref((json_t *)(uintptr_t)from),
	    err);
}

int
evidence_build(const struct evidence_parts *p, json_t **ret, struct err *err)
{
	AUTO_JSON *e = NULL;

	TRY(json_build(&e, err, "{s:s, s:s}", "format", FORMAT, "checkpoint",
	    p->checkpoint != NULL ? p->checkpoint : ""));
	TRY(part(e, "genesis", p->genesis, err));
	TRY(part(e, "signatures", p->signatures, err));
	TRY(part(e, "charters", p->charters, err));
	TRY(part(e, "key", p->key, err));
	TRY(part(e, "permit", p->permit, err));
	TRY(part(e, "event", p->event, err));
	TRY(part(e, "inclusion", p->inclusion, err));
	TRY(json_check(e, "evidence", ROWS, NELEM(ROWS), err));
	*ret = TAKE(e);
	return 0;
}

int
evidence_shape_check(const json_t *e, struct err *err)
{
	TRY(json_check(e, "evidence", ROWS, NELEM(ROWS), err));
	if (strcmp(json_str(e, "format", ""), FORMAT) != 0)
		return err_set(err, ESCHEMA, "this is not " FORMAT);
	return 0;
}

int
evidence_read(const void *p, size_t n, json_t **ret, struct err *err)
{
	AUTO_JSON *e = NULL;

	if (n > EVIDENCE_MOST)
		return err_set(err, ETOOBIG, "evidence of %zu octets", n);
	TRY(json_read(p, n, &e, err));
	TRY(evidence_shape_check(e, err));
	*ret = TAKE(e);
	return 0;
}
