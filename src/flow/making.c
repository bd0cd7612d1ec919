/*
 * making - one entry of a key's, from the asker to the ledger: asked for on the
 * asker's thread, its event made on the keyring's, made durable on the store's;
 * then ready.
 *
 * Neither of these threads may wait: whatever takes more than that is left to
 * the end, which is a thread's of the asker again.
 */
#include <stdio.h>
#include "flow/deed.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/lineage.h"
#include "flow/making.h"
#include "flow/stage.h"
#include "keyring/keyring.h"
#include "policy/permit.h"

static void
held(struct making *m, const char *what)
{
	snprintf(m->hold[m->holds++], MAKING_HOLD, "%s", what);
}

int
making_hold(struct making *m, const char *what, struct err *err)
{
	TRY(hands_on(m->granted->flow, what, err));
	held(m, what);
	return 0;
}

int
making_join(struct making *m, const char *what, uint64_t *ret_before,
    struct err *err)
{
	TRY(hands_join(m->granted->flow, what, ret_before, err));
	held(m, what);
	return 0;
}

static void
let_go(struct making *m)
{
	while (m->holds > 0)
		hands_off(m->granted->flow, m->hold[--m->holds]);
}

void
making_done(struct making *m)
{
	json_decref(m->known);
	json_decref(m->entry);
	blob_free(m->octets);
	json_decref(m->data);
	lineage_free(m->line);
}

static const struct steps *
steps(const struct making *m)
{
	return m->granted->deed->steps;
}

/* ---- its event ---- */

static int
event_commit(struct making *m, const char *idempotency, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e;

	TRY(steps(m)->event(m, idempotency, &data, &e, err));
	return entry_commit(m->granted->flow, &e, &m->receipt, err);
}

/*
 * What was made exists now: only its event may let it out.  Where the same
 * Idempotency-Key was taken meanwhile, the event is made without it.
 */
static int
commit(struct making *m, struct err *err)
{
	const struct granted *g = m->granted;
	int rc = event_commit(m, g->idempotency, err);

	if ((rc == -EEXISTS || rc == -ECONFLICT) && g->idempotency[0] != '\0')
		rc = event_commit(m, "", err);
	if (rc != 0)
		keyring_retry(g->flow->keyring);
	return rc;
}

static int
made(struct making *m, json_t **ret, struct err *err)
{
	keeper_used(m->granted->flow);
	return steps(m)->answer(m, ret, err);
}

/* ---- on one thread ---- */

static int
make_held(struct making *m, struct err *err)
{
	const struct granted *g = m->granted;
	AUTO_JSON *operation = NULL;

	TRY(steps(m)->operation(m, &operation, err));
	if (m->known != NULL)
		return 0;
	TRY(keeper_use(g, TAKE(operation), &m->entry, err));
	return commit(m, err);
}

int
make(const struct granted *g, json_t **ret, struct err *err)
{
	struct making m = { .granted = g };
	int rc = make_held(&m, err);

	let_go(&m);
	if (rc == 0 && m.known != NULL)
		*ret = TAKE(m.known);
	else if (rc == 0)
		rc = made(&m, ret, err);
	making_done(&m);
	return rc;
}

/* ---- on several ---- */

static void
written(void *ctx, int rc, const struct receipt *r, const struct err *why)
{
	struct making *m = ctx;

	let_go(m);
	m->written = rc == 0;
	if (rc == 0)
		m->receipt = *r;
	m->ready(m->ctx, m->written && steps(m)->quick);
}

static int
write_event(struct making *m, struct err *err)
{
	const struct granted *g = m->granted;

	TRY(steps(m)->event(m, g->idempotency, &m->data, &m->event, err));
	if (m->octets != NULL) {
		m->event.entry_octets = blob_str(m->octets);
		m->event.entry_n = m->octets->len;
	}
	return state_commit_later(g->flow->state, &m->event, written, m, err);
}

static void
used(void *ctx, int rc, json_t *entry, struct blob *octets,
    const struct err *why)
{
	struct making *m = ctx;
	struct err none;

	m->rc = rc;
	m->entry = entry;
	m->octets = octets;
	if (rc != 0)
		m->why = *why;
	/* Once it is being written, it is no longer ours. */
	if (rc == 0 && write_event(m, &none) == 0)
		return;
	let_go(m);
	m->ready(m->ctx, false);
}

int
making_begin(struct making *m, json_t **ret_known, struct err *err)
{
	const struct granted *g = m->granted;
	AUTO_JSON *operation = NULL;
	int rc = steps(m)->operation(m, &operation, err);

	if (rc == 0 && m->known == NULL)
		rc = operation_named(g, operation, err);
	if (rc == 0 && m->known == NULL) {
		/* Where this goes well, @m is no longer ours. */
		rc = keyring_use_later(g->flow->keyring, &g->permit_hash,
		    g->permit, operation, used, m, err);
		if (rc == 0)
			return 0;
	}
	let_go(m);
	if (rc == 0)
		*ret_known = TAKE(m->known);
	return rc;
}

int
making_end(struct making *m, json_t **ret, struct err *err)
{
	const struct granted *g = m->granted;

	/* The keeper forgot the permit: once more, with all of it. */
	if (m->rc == -(int)EPERMIT)
		return make(g, ret, err);
	if (m->rc != 0) {
		*err = m->why;
		return m->rc;
	}
	/* It was made: what kept its event out is looked into now. */
	if (!m->written)
		TRY(commit(m, err));
	return made(m, ret, err);
}
