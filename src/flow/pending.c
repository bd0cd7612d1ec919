/*
 * pending - requests that the keeper may have performed while their event
 * could not be committed.  Who asks again with the same Idempotency-Key gets
 * the same request: the keeper answers it with the same octets and counts
 * nothing twice.  In memory only: after a start the journal's tail tells.
 *
 * And whose Idempotency-Key is being asked under: one at a time, or each would
 * look before the others have written, and be counted.
 */
#include <stdio.h>
#include <string.h>
#include "flow/again.h"
#include "flow/going.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/pending.h"
#include "flow/stage.h"

#define PENDING_MAX	4096
#define KEY_OCTETS	256

static void
name_make(const struct ask *ask, char ret[KEY_OCTETS])
{
	snprintf(ret, KEY_OCTETS, "%s %s", ask->who->id, ask->idempotency);
}

static bool
key_make(const struct ask *ask, char ret[KEY_OCTETS])
{
	if (ask->idempotency[0] == '\0' ||
	    json_object_get(ask->body, "request") != NULL)
		return false;
	name_make(ask, ret);
	return true;
}

/* Under the lock. */
static int
take(struct flow *f, const char *key, const char *mark, bool in_batch,
    struct err *err)
{
	const char *there = json_str(f->asking, key, NULL);

	if (there == NULL)
		return json_set_str(f->asking, key, mark, err);
	if (strcmp(there, mark) == 0)
		return err_set(err, EBUSY_, "the same is being asked under this "
		    "Idempotency-Key; ask again");
	/* Of a sending that broke off: what it comes to decides this one. */
	if (in_batch)
		return err_set(err, EBUSY_, "a row of this batch with the same "
		    "CSR is under way; send it again");
	return err_set(err, ECONFLICT, "this Idempotency-Key is being used for "
	    "something else");
}

int
asking_take(struct going *g, struct err *err)
{
	struct flow *f = g->begun.flow;
	char key[KEY_OCTETS], mark[SHA256_HEX];
	int rc;

	if (!asked_keeps(&g->ask) || g->drawn.vain)
		return 0;
	TRY(asked_mark(&g->drawn, mark, err));
	name_make(&g->ask, key);
	pthread_mutex_lock(&f->lock);
	rc = take(f, key, mark, asked_in_batch(&g->ask), err);
	pthread_mutex_unlock(&f->lock);
	g->asking = rc == 0;
	return rc;
}

void
asking_let_go(struct going *g)
{
	struct flow *f = g->begun.flow;
	char key[KEY_OCTETS];

	if (!g->asking)
		return;
	name_make(&g->ask, key);
	pthread_mutex_lock(&f->lock);
	json_object_del(f->asking, key);
	pthread_mutex_unlock(&f->lock);
	g->asking = false;
}

bool
pending_resume(struct begun *b, const struct drawn *w)
{
	struct flow *f = b->flow;
	const json_t *request;
	char key[KEY_OCTETS];
	bool resumed = false;
	struct err none;
	time_us created;

	if (!action_in_keeper(b->action) || !key_make(b->ask, key))
		return false;
	pthread_mutex_lock(&f->lock);
	request = json_object_get(f->pending, key);
	if (request != NULL && json_equal(json_object_get(request, "parameters"),
	    w->parameters) && strcmp(json_str(request, "action", ""),
	    b->ask->action) == 0 && clock_parse(json_str(request, "created", ""),
	    &created, &none) == 0) {
		b->created = created;
		snprintf(b->id, sizeof(b->id), "%s", json_str(request, "id", ""));
		resumed = true;
	}
	pthread_mutex_unlock(&f->lock);
	return resumed;
}

/* Before it is performed: what is not remembered could be counted twice. */
int
pending_put(const struct begun *b, json_t *request, struct err *err)
{
	struct flow *f = b->flow;
	char key[KEY_OCTETS];
	int rc;

	if (!action_in_keeper(b->action) || !key_make(b->ask, key))
		return 0;
	pthread_mutex_lock(&f->lock);
	if (json_object_size(f->pending) >= PENDING_MAX)
		json_object_clear(f->pending);
	rc = json_set_new(f->pending, key, json_incref(request), err);
	pthread_mutex_unlock(&f->lock);
	return rc;
}

void
pending_drop(const struct begun *b)
{
	struct flow *f = b->flow;
	char key[KEY_OCTETS];

	if (!action_in_keeper(b->action) || !key_make(b->ask, key))
		return;
	pthread_mutex_lock(&f->lock);
	json_object_del(f->pending, key);
	pthread_mutex_unlock(&f->lock);
}

struct look {
	uint64_t	 n;
	bool		 known;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct look *l = ctx;

	return use_known(tx, l->n, &l->known, err);
}

int
entry_commit(struct flow *f, const struct event *e, struct receipt *ret,
    struct err *err)
{
	struct look l = { .n = (uint64_t)json_int(e->entry, "n", 0) };
	struct err none;
	int rc = state_commit(f->state, e, 1, ret, err);

	if (rc == 0)
		return 0;
	/* A new greeting may have fetched it from the journal meanwhile. */
	if ((rc == -ECONFLICT || rc == -EEXISTS) &&
	    state_read(f->state, look, &l, &none) == 0 && l.known) {
		*ret = (struct receipt){ .seq = UINT64_MAX, .time = clock_now() };
		return 0;
	}
	return rc;
}
