/* apply - from an event to its one apply function, and what several share. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "state/inside.h"

typedef int apply_fn(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err);

static apply_fn *const APPLY[] = {
#define E(name, fn, word, entry, words) fn##_apply,
	EVENTS(E)
#undef E
};
_Static_assert(NELEM(APPLY) == EVENT__N, "an apply for each kind");

int
state_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	if (a->entry != NULL)
		TRY(entry_apply(tx, a, err));
	return APPLY[a->kind](tx, laws, a, err);
}

void
effect_set(const struct applied *a, const char *request,
    enum request_state now)
{
	if (a->effect == NULL)
		return;
	snprintf(a->effect->request, sizeof(a->effect->request), "%s", request);
	snprintf(a->effect->state, sizeof(a->effect->state), "%s",
	    request_state_name(now));
}

const char *
named_request(const struct applied *a)
{
	const json_t	*r = json_object_get(a->data, "request");

	if (json_is_string(r))
		return json_string_value(r);
	if (json_is_object(r))
		return json_str(r, "id", "");
	return json_str(a->entry, "request", "");
}

const json_t *
carried_request(const struct applied *a)
{
	const json_t	*r = json_object_get(a->data, "request");
	const json_t	*permit = json_object_get(a->entry, "permit_document");

	if (json_is_object(r))
		return r;
	if (permit == NULL)
		permit = json_object_get(a->data, "permit");
	return json_object_get(permit, "request");
}

/* The journal's own words for what was done. */
static struct use
use_of(const struct applied *a, const char *hash)
{
	const json_t	*op = json_object_get(a->entry, "operation");
	const json_t	*result = json_object_get(a->entry, "result");
	const json_t	*rule = json_object_get(a->entry, "rule");
	const json_t	*digest = json_object_get(op, "digest");
	const char	*product = json_str(op, "product", NULL);

	return (struct use){
		.n = (uint64_t)json_int(a->entry, "n", 0), .hash = hash,
		.op = json_str(a->entry, "op", ""), .seq = a->seq,
		.request = json_str(a->entry, "request", NULL),
		.key = json_str(op, "key", json_str(result, "key", NULL)),
		.principal = json_str(op, "principal", NULL),
		.rule = json_str(rule, "hash", NULL),
		.digest = json_str(digest, "value", NULL),
		.signature = json_str(result, "signature", NULL),
		.product = product, .version = json_str(op, "version", NULL),
		.track = json_str(op, "track", product != NULL ? "" : NULL),
		.ordinal = (uint64_t)json_int(a->entry, "use", 0),
	};
}

int
entry_apply(struct tx *tx, const struct applied *a, struct err *err)
{
	char		 hash[SHA256_HEX];
	struct use	 u;

	sha256_hex(&a->entry_hash, hash);
	u = use_of(a, hash);
	TRY(clock_parse(json_str(a->entry, "time", ""), &u.time, err));
	return use_insert(tx, &u, err);
}

/* A request that came with its result, or with the first part of it. */
static int
store_carried(struct tx *tx, const struct applied *a, const json_t *request,
    bool whole, struct err *err)
{
	const json_t	*rule = json_object_get(a->data, "rule");
	struct opened	 o = { .request = request,
			    .charter = json_str(a->entry, "charter", ""),
			    .facts = json_object_get(a->data, "facts"),
			    .time = a->time, .seq = a->seq };

	if (rule == NULL)
		rule = json_object_get(a->entry, "rule");
	o.rule = json_str(rule, "name", "");
	o.rule_hash = json_str(rule, "hash", "");
	return whole ? approval_done(tx, &o, err) : approval_begin(tx, &o, err);
}

static int
remember(struct tx *tx, const struct applied *a, const char *id,
    struct err *err)
{
	const char	*idem = json_str(a->data, "idempotency", NULL);
	const char	*who = json_str(json_object_get(a->entry, "operation"),
	    "principal", a->actor);

	if (idem == NULL)
		return 0;
	if (json_flag(a->data, "recovered", false))
		return approval_remember_late(tx, who, idem, id, a->seq,
		    a->time, err);
	return approval_remember(tx, who, idem, id, a->seq, a->time, err);
}

int
result_apply(struct tx *tx, const struct applied *a, struct err *err)
{
	const char	*id = named_request(a);
	const json_t	*carried = carried_request(a);
	int64_t		 changed;

	TRY(remember(tx, a, id, err));
	/* The first use closed it; the others of a window change nothing. */
	if (id[0] == '\0' || json_int(a->entry, "use", 1) > 1)
		return 0;
	TRY(approval_finish(tx, id, a->time, a->seq, &changed, err));
	if (changed == 0 && carried != NULL)
		TRY(store_carried(tx, a, carried, true, err));
	effect_set(a, id, REQUEST_DONE);
	return 0;
}

int
part_apply(struct tx *tx, const struct applied *a, unsigned part,
    unsigned parts, struct err *err)
{
	const char	*id = named_request(a);
	const json_t	*carried = carried_request(a);

	if (part == 0 || part > parts)
		return err_set(err, ESCHEMA, "/data/part: %u of %u", part,
		    parts);
	TRY(approval_part(tx, id, part, err));
	if (part == parts)
		return result_apply(tx, a, err);
	if (part > 1)
		return 0;
	TRY(remember(tx, a, id, err));
	if (carried == NULL)
		return 0;
	TRY(store_carried(tx, a, carried, false, err));
	effect_set(a, id, REQUEST_DUE);
	return 0;
}

int
asked_parameters(struct tx *tx, const struct applied *a,
    struct asked_for *ret, struct err *err)
{
	const json_t	*request = carried_request(a);

	ret->asked = NULL;
	if (request == NULL) {
		TRY(approval_get(tx, named_request(a), &ret->asked, err));
		request = ret->asked->request;
	}
	ret->p = json_object_get(request, "parameters");
	return 0;
}
