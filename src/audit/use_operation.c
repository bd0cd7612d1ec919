/* use_operation - what the keeper did is what was asked for. */
#include <string.h>
#include "audit/use.h"
#include "base/json.h"
#include "policy/window.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

static bool
sign_fits(const struct request *q, const json_t *op)
{
	const json_t	*p = q->parameters;

	return strcmp(json_str(op, "principal", ""), q->requester) == 0 &&
	    same_member(p, op, "key") && same_member(p, op, "digest") &&
	    same_member(p, op, "product") &&
	    same_member(p, op, "version") && same_member(p, op, "track");
}

/* What the key is called that this names; NULL: it is none, or was made before the
 * bundle begins. */
static const char *
key_name(struct audit *a, const json_t *of)
{
	const struct akey	*k = map_get(&a->keys, json_str(of, "key", ""));

	return k == NULL ? NULL : json_str(k->parameters, "name", NULL);
}

static bool
key_named(struct audit *a, const struct request *q)
{
	const char	*name = key_name(a, q->parameters);

	return name == NULL || !q->has_key || strcmp(name,
	    json_str(q->parameters, "key_name", "")) == 0;
}

static int
window_fits(struct audit *a, const struct req *r, const struct waiting *w,
    const struct charter *law, struct err *err)
{
	const json_t		*op = w->entry->operation;
	struct sha256		 key;
	struct window_use	 use = { &key, key_name(a, op),
		json_str(op, "principal", ""), json_str(json_object_get(op,
		"digest"), "value", ""), json_str(op, "product", NULL),
		json_str(op, "track", NULL), w->entry->time };

	TRY(json_need_hash(op, "key", &key, err));
	if (r->ended != 0)
		return err_set(err, EEXPIRED, "entry %llu closed the window",
		    (unsigned long long)r->ended);
	if (roster_find(charter_roster(law), use.principal) == NULL)
		return err_set(err, EDENIED, "%.64s was nobody under the charter "
		    "in force", use.principal);
	return window_use_check(r->held->request, &use, err);
}

/* What the event says once more of what was asked for. */
static void
told_check(struct audit *a, const struct waiting *w, const struct request *q)
{
	static const char *const told[] = { "csr", "reason", "renews", "since",
		"succeeds" };

	const char	*name;
	json_t		*value;

	/* An event has few members, and these among them seldom. */
	json_object_foreach((json_t *)(uintptr_t)w->a.data, name, value)
		for (size_t i = 0; i < NELEM(told); i++)
			if (strcmp(told[i], name) == 0 && !same_member(
			    w->a.data, q->parameters, name))
				WRONG(FINDING_ENTRY, "the event names another "
				    "%s than %s", name, q->id);
}

void
operation_check(struct audit *a, const struct waiting *w, const struct req *r,
    const struct use_row *row, const struct charter *law)
{
	const struct request	*q = r->held->request;
	const json_t		*op = w->entry->operation;
	struct err		 why = { .what = "" };

	told_check(a, w, q);
	if (q->action == ACTION_WINDOW_OPEN && row->op == ENTRY_SIGN) {
		if (window_fits(a, r, w, law, &why) != 0)
			WRONG(FINDING_PERMIT, "%s: %s", q->id, why.what);
		return;
	}
	if (q->action != row->action) {
		WRONG(FINDING_PERMIT, "%s is a request to %s", q->id,
		    action_words(q->action));
		return;
	}
	if (row->word != NULL && strcmp(json_str(op, "op", ""), row->word) != 0)
		WRONG(FINDING_ENTRY, "the operation is \"%.20s\"",
		    json_str(op, "op", ""));
	if (row->op == ENTRY_SIGN && !sign_fits(q, op))
		WRONG(FINDING_PERMIT, "%s asks for another key, digest, "
		    "version or principal", q->id);
	if (row->key && !same_member(q->parameters, op, "key"))
		WRONG(FINDING_PERMIT, "%s is for another key", q->id);
	if (!key_named(a, q))
		WRONG(FINDING_PERMIT, "%s names its key otherwise than it was "
		    "made", q->id);
	if (row->op == ENTRY_CLOSE &&
	    !same_member(q->parameters, op, "window"))
		WRONG(FINDING_PERMIT, "%s is to close another window", q->id);
	if (op != NULL && strcmp(json_str(op, "principal", ""),
	    q->requester) != 0)
		WRONG(FINDING_PERMIT, "%s was asked for by %s", q->id,
		    q->requester);
}
