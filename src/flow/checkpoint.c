/*
 * checkpoint - the newest that the keeper has signed: in memory, and in the store.
 */
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "flow/inside.h"
#include "flow/show.h"
#include "policy/genesis.h"
#include "state/record.h"
#include "state/state.h"

int
checkpoint_take(struct flow *f, const char *note, struct err *err)
{
	AUTO(house) *h = NULL;
	AUTO(blob) *key = blob_new();
	struct checkpoint c;
	char *copy;

	if (key == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	TRY(state_house(f->state, &h, err));
	/* Not the whole genesis, which reads and checks two keys each time. */
	TRY(b64_decode(json_str(h->genesis, "ledger_key", ""), key, err));
	TRY(note_verify(note, key->data, key->len, &c, err));
	TRY(record_keep(f->store, &c, note, clock_now(), err));
	if ((copy = strdup(note)) == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	pthread_mutex_lock(&f->lock);
	free(f->checkpoint);
	f->checkpoint = copy;
	f->checkpoint_size = c.size;
	pthread_cond_broadcast(&f->shown_now);
	pthread_mutex_unlock(&f->lock);
	return 0;
}

bool
checkpoint_has(struct flow *f, uint64_t size)
{
	bool has;

	pthread_mutex_lock(&f->lock);
	has = f->checkpoint_size >= size;
	pthread_mutex_unlock(&f->lock);
	return has;
}

int
flow_checkpoint(struct flow *f, struct blob *ret, struct err *err)
{
	int rc;

	pthread_mutex_lock(&f->lock);
	rc = f->checkpoint == NULL ?
	    err_set(err, ENOENT_, "there is no checkpoint yet") :
	    blob_puts(ret, f->checkpoint, err);
	pthread_mutex_unlock(&f->lock);
	return rc;
}

struct newest {
	uint64_t	 size;
	struct blob	*note;
};

static int
newest_read(struct tx *tx, void *ctx, struct err *err)
{
	struct newest *n = ctx;

	return record_newest(tx, &n->size, n->note, err);
}

int
checkpoint_load(struct flow *f, struct err *err)
{
	AUTO(blob) *note = blob_new();
	struct newest n = { 0, note };
	int rc;

	if (note == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	rc = state_read(f->state, newest_read, &n, err);
	if (rc == -ENOENT_)
		return 0;
	TRY(rc);
	pthread_mutex_lock(&f->lock);
	f->checkpoint = strdup(blob_str(note));
	f->checkpoint_size = f->checkpoint != NULL ? n.size : 0;
	pthread_mutex_unlock(&f->lock);
	return n.size == 0 || f->checkpoint_size != 0 ? 0 :
	    err_set(err, ENOMEMORY, "a checkpoint");
}
