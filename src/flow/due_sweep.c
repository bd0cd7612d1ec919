/*
 * due_sweep - all that is due is performed, and what waits too long is ended.
 */
#include <stdio.h>
#include "base/log.h"
#include "flow/amended.h"
#include "flow/due.h"
#include "flow/errand.h"
#include "flow/inside.h"
#include "keyring/keyring.h"
#include "state/state.h"

#define SWEEP_MAX	200
/* Of those that await content a sweep only ends what came too late. */
#define AWAITING_MAX	50

struct lists {
	json_t		*due, *late, *awaiting;
	const char	*after;		/* where the sweep before came to */
};

static int
lists_read(struct tx *tx, void *ctx, struct err *err)
{
	struct lists *l = ctx;

	TRY(approval_due(tx, SWEEP_MAX, &l->due, err));
	TRY(approval_awaiting(tx, l->after, AWAITING_MAX, &l->awaiting, err));
	return approval_overdue(tx, clock_now(), SWEEP_MAX, &l->late, err);
}

static void
perform_all(struct flow *f, const json_t *ids)
{
	struct err err = { .code = OK };
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
		if (keyring_ready(f->keyring) &&
		    due_perform(f, json_string_value(id), &err) != 0 &&
		    err.code != EBUSY_)
			log_err(LOG_WARN, "performing a request", &err);
}

/* The next sweep goes on behind these; behind the last from the beginning. */
static void
awaiting_next(struct flow *f, const json_t *ids)
{
	size_t n = json_array_size(ids);

	snprintf(f->awaiting, sizeof(f->awaiting), "%s", n < AWAITING_MAX ?
	    "" : json_string_value(json_array_get(ids, n - 1)));
}

static void
sweep(struct flow *f)
{
	struct lists l = { .after = f->awaiting };
	struct err err = { .code = OK };
	const json_t *id;
	size_t i;

	amended_sweep(f);
	if (state_read(f->state, lists_read, &l, &err) != 0)
		log_err(LOG_WARN, "looking for requests that are due", &err);
	json_array_foreach(l.late, i, id)
		if (request_expire(f, json_string_value(id),
		    "it waited too long", &err) != 0)
			log_err(LOG_WARN, "ending a request", &err);
	perform_all(f, l.due);
	perform_all(f, l.awaiting);
	awaiting_next(f, l.awaiting);
	json_decref(l.due);
	json_decref(l.late);
	json_decref(l.awaiting);
}

static void
sweep_run(void *flow)
{
	struct flow *f = flow;

	sweep(f);
	atomic_store(&f->sweeping, false);
}

void
due_sweep(struct flow *f)
{
	struct err none;

	if (atomic_exchange(&f->sweeping, true))
		return;
	if (errand_put(f, sweep_run, f, &none) != 0)
		atomic_store(&f->sweeping, false);
}
