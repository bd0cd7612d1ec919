/*
 * keeper - how the house stands with its keeper: the greeting.
 */
#include <string.h>
#include "base/log.h"
#include "flow/house.h"
#include "flow/inside.h"
#include "flow/recover.h"
#include "flow/strays.h"
#include "state/record.h"
#include "state/state.h"

struct shown {
	uint64_t	 size, have;
	struct sha256	 root;
	bool		 same;
};

static int
shown_compare(struct tx *tx, void *ctx, struct err *err)
{
	struct shown *s = ctx;
	struct sha256 root;

	TRY(record_head(tx, &s->have, &root, err));
	if (s->have < s->size)
		return 0;
	TRY(record_root(tx, s->size, &root, err));
	s->same = sha256_equal(&root, &s->root);
	return 0;
}

/* The keeper remembers how long the ledger was: ours may only be longer. */
static int
ledger_check(struct flow *f, const json_t *hello, struct err *err)
{
	const json_t *l = json_object_get(hello, "ledger");
	struct shown s = { .size = (uint64_t)json_int(l, "size", 0) };

	if (s.size == 0)
		return 0;
	TRY(json_need_hash(l, "root", &s.root, err));
	TRY(state_read(f->state, shown_compare, &s, err));
	if (s.have < s.size)
		return err_set(err, EHALTED, "the ledger has %llu events, and the "
		    "keeper was shown %llu: restore the newer database",
		    (unsigned long long)s.have, (unsigned long long)s.size);
	if (!s.same)
		return err_set(err, EHALTED, "the ledger is not the one that the "
		    "keeper was shown");
	return 0;
}

static int
house_check(struct flow *f, struct keyring *k, const json_t *hello,
    struct err *err)
{
	const char *theirs = json_str(hello, "house", "");
	AUTO(house) *h = NULL;
	int rc;

	if (strcmp(json_str(hello, "state", ""), "halted") == 0)
		return err_set(err, EHALTED, "the keeper has halted: %s",
		    json_str(hello, "why", "it did not say why"));
	rc = state_house(f->state, &h, err);
	if (rc == -EGENESIS)
		return theirs[0] == '\0' ? 0 : founding_resume(f, k, err);
	TRY(rc);
	if (strcmp(h->id, theirs) != 0)
		return err_set(err, EHOUSE, "this database is of house %s, the "
		    "keeper of \"%.60s\"", h->id, theirs);
	return 0;
}

static int
welcome(struct flow *f, struct keyring *k, const json_t *hello,
    struct err *err)
{
	bool founded;

	TRY(house_check(f, k, hello, err));
	/* The house may be founded and not yet be in memory. */
	TRY(genesis_load(f, err));
	pthread_mutex_lock(&f->lock);
	founded = f->genesis != NULL;
	pthread_mutex_unlock(&f->lock);
	if (!founded)
		return 0;
	TRY(ledger_check(f, hello, err));
	return lag_recover(f, k, UINT64_MAX, err);
}

int
flow_welcome(void *flow, struct keyring *k, const json_t *hello,
    struct err *err)
{
	struct flow *f = flow;
	struct err why = { .code = OK };
	json_t *old, *copy = json_clone(hello);
	int rc = welcome(f, k, hello, &why);
	bool news;

	if (rc == 0)
		why.code = OK;	/* what it looked for in vain is no trouble */
	pthread_mutex_lock(&f->lock);
	news = f->keeper_err.code != why.code;
	f->keeper_err = why;
	old = f->hello;
	f->hello = copy;
	f->hello_at = clock_now();
	f->shown = (uint64_t)json_int(json_object_get(hello, "ledger"), "size",
	    0);
	f->shown_known = rc == 0;
	if (rc == 0)
		strays_want(f);
	f->want = true;
	pthread_cond_signal(&f->show_now);
	pthread_mutex_unlock(&f->lock);
	json_decref(old);
	if (rc != 0 && news)
		log_err(LOG_ERROR, "the keeper's greeting", &why);
	if (rc != 0 && err != NULL)
		*err = why;
	return rc;
}
