/*
 * signing - a signature under a window while nobody waits for it: asked for on
 * the asker's thread, its event made on the keyring's, made durable on the
 * store's; then ready.
 *
 * Neither of these threads may wait: whatever takes more than that is left to
 * the end, which is a thread's of the asker again.
 */
#include "flow/inside.h"

static void
written(void *ctx, int rc, const struct receipt *r, const struct err *why)
{
	struct signing *s = ctx;

	s->written = rc == 0;
	if (rc == 0)
		s->receipt = *r;
	s->ready(s->ctx, s->written);
}

static int
write_event(struct signing *s, struct err *err)
{
	const struct granted *g = s->granted;

	TRY(sign_event(g, s->entry, g->idempotency, &s->data, &s->event, err));
	return state_commit_later(g->flow->state, &s->event, written, s, err);
}

static void
used(void *ctx, int rc, json_t *entry, const struct err *why)
{
	struct signing *s = ctx;
	struct err none;

	s->rc = rc;
	s->entry = entry;
	if (rc != 0)
		s->why = *why;
	/* Once it is being written, it is no longer ours. */
	if (rc != 0 || write_event(s, &none) != 0)
		s->ready(s->ctx, false);
}

int
signing_begin(struct signing *s, struct err *err)
{
	const struct granted *g = s->granted;
	AUTO_JSON *operation = NULL;

	TRY(sign_operation(g, &operation, err));
	return keyring_use_later(g->flow->keyring, &g->permit_hash, g->permit,
	    operation, used, s, err);
}

int
signing_end(struct signing *s, json_t **ret, struct err *err)
{
	const struct granted *g = s->granted;

	/* The keeper forgot the permit: once more, with all of it. */
	if (s->rc == -(int)EPERMIT)
		return g->deed->perform(g, ret, err);
	if (s->rc != 0) {
		*err = s->why;
		return s->rc;
	}
	/* It was signed: what kept its event out is looked into now.  Where
	 * nothing did, all that follows is in memory: flow_came's @quick. */
	if (!s->written)
		TRY(sign_commit(g, s->entry, &s->receipt, err));
	return sign_answer(g, s->entry, &s->receipt, ret, err);
}

void
signing_done(struct signing *s)
{
	json_decref(s->entry);
	json_decref(s->data);
}
