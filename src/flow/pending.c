/*
 * pending - requests that the keeper may have performed while their event
 * could not be committed.  Who asks again with the same Idempotency-Key gets
 * the same request: the keeper answers it with the same octets and counts
 * nothing twice.  In memory only: after a start the journal's tail tells.
 */
#include <stdio.h>
#include <string.h>
#include "flow/inside.h"

#define PENDING_MAX	4096
#define KEY_OCTETS	256

static bool
key_make(const struct ask *ask, char ret[KEY_OCTETS])
{
	if (ask->idempotency[0] == '\0' ||
	    json_object_get(ask->body, "request") != NULL)
		return false;
	snprintf(ret, KEY_OCTETS, "%s %s", ask->who->id, ask->idempotency);
	return true;
}

void
pending_resume(struct begun *b, const struct drawn *w)
{
	struct flow *f = b->flow;
	const json_t *request;
	char key[KEY_OCTETS];
	struct err none;
	time_us created;

	if (!action_in_keeper(b->action) || !key_make(b->ask, key))
		return;
	pthread_mutex_lock(&f->lock);
	request = json_object_get(f->pending, key);
	if (request != NULL && json_equal(json_object_get(request, "parameters"),
	    w->parameters) && strcmp(json_str(request, "action", ""),
	    b->ask->action) == 0 && clock_parse(json_str(request, "created", ""),
	    &created, &none) == 0) {
		b->created = created;
		snprintf(b->id, sizeof(b->id), "%s", json_str(request, "id", ""));
		b->resumed = true;
	}
	pthread_mutex_unlock(&f->lock);
}

/*
 * The event may have come back through the journal's tail meanwhile: then this
 * use is made, and is not to be judged as one more.
 */
int
pending_result(const struct begun *b, const struct drawn *w,
    struct answer *ret, bool *ret_known, struct err *err)
{
	json_t *body;
	int rc;

	if (!b->resumed || b->action != ACTION_KEY_SIGN)
		return 0;
	rc = signed_result(b->flow, b->id, json_str(json_object_get(
	    w->parameters, "digest"), "value", ""), &body, err);
	/* A key that signs no more is refused on the common way. */
	if (rc == -ENOENT_ || rc == -ESTATE)
		return 0;
	TRY(rc);
	*ret = (struct answer){ .code = OK, .http = 200, .body = body };
	memcpy(ret->request, b->id, sizeof(ret->request));
	*ret_known = true;
	return 0;
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
