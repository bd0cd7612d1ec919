/*
 * past - the house as it was: the beginning of its ledger, replayed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audit/remake.h"
#include "base/json.h"
#include "ledger/ledger.h"
#include "state/state.h"
#include "store/store.h"

#define PATH_MOST	4096

struct past {
	struct store	*store;
	struct state	*state;
	struct sha256	 root;
	char		*path;
};

struct beginning {
	time_us		 t;
	uint64_t	 size;
	struct sha256	 root;
};

static int
size_read(struct tx *tx, void *ctx, struct err *err)
{
	struct beginning	*b = ctx;

	TRY(state_founded_by(tx, b->t, err));
	return ledger_seq_at(tx, b->t + 1, &b->size, err);
}

int
past_size(struct store *live, time_us t, uint64_t *ret, struct err *err)
{
	struct beginning	 b = { .t = t };

	TRY(store_read(live, size_read, &b, err));
	*ret = b.size;
	return 0;
}

static int
root_read(struct tx *tx, void *ctx, struct err *err)
{
	struct beginning	*b = ctx;

	return ledger_root_at(tx, b->size, &b->root, err);
}

/* SQLite keeps a log and its index beside the database, and until it does a journal. */
void
past_sweep(const char *path)
{
	static const char *const behind[] = { "", "-wal", "-shm",
		"-journal" };
	char	 file[PATH_MOST];

	for (size_t i = 0; i < NELEM(behind); i++) {
		snprintf(file, sizeof(file), "%s%s", path, behind[i]);
		(void)unlink(file);
	}
}

void
past_free(struct past *p)
{
	if (p == NULL)
		return;
	state_free(p->state);
	store_free(p->store);
	if (p->path != NULL)
		past_sweep(p->path);
	free(p->path);
	free(p);
}

static int
fill(struct past *p, struct store *live, uint64_t size, past_go_on *go_on,
    void *ctx, struct err *err)
{
	static const struct store_config	 how = { .scratch = true };
	struct beginning			 b = { .size = size };
	char					 url[PATH_MOST + 8];

	snprintf(url, sizeof(url), "sqlite:%s", p->path);
	TRY(store_read(live, root_read, &b, err));
	p->root = b.root;
	TRY(store_open(url, &how, &p->store, err));
	TRY(remake(live, p->store, size, go_on, ctx, err));
	return state_open(p->store, NULL, &p->state, err);
}

int
past_make(struct store *live, const char *path, uint64_t size,
    past_go_on *go_on, void *ctx, struct past **ret, struct err *err)
{
	AUTO(past)	*p = calloc(1, sizeof(*p));

	if (p == NULL || (p->path = strdup(path)) == NULL)
		return err_set(err, ENOMEMORY, "a replay");
	TRY(fill(p, live, size, go_on, ctx, err));
	*ret = TAKE(p);
	return 0;
}

struct state *
past_state(const struct past *p)
{
	return p->state;
}

const struct sha256 *
past_root(const struct past *p)
{
	return &p->root;
}
