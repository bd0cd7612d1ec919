/*
 * Founding: the first charter, the keeper's and the ledger's own keys, the genesis.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/id.h"
#include "base/json.h"
#include "keeper/found.h"
#include "keeper/mirror.h"

#define KEEPER_LABEL	"claviger-keeper"
#define LEDGER_LABEL	"claviger-ledger"

struct founding {
	struct job	 job;		/* first */
	struct asker	 asker;
	struct hsm	*hsm;
	struct charter	*charter;	/* owned */
	char		 house[ID_TEXT + 16];
	struct hsm_made	 keeper, ledger;
	int		 rc;
	struct err	 why;
};

struct sha256
found_keeper_id(const char *house)
{
	return key_token_id(house, KEEPER_LABEL, 0);
}

struct sha256
found_ledger_id(const char *house)
{
	return key_token_id(house, LEDGER_LABEL, 0);
}

static void
founding_free(struct founding *f)
{
	if (f == NULL)
		return;
	charter_free(f->charter);
	hsm_made_done(&f->keeper);
	hsm_made_done(&f->ledger);
	free(f);
}
DEFINE_FREEP(founding)

/* A founding that a crash cut short left keys behind that nothing names. */
static int
clear_leftovers(struct founding *f, struct err *err)
{
	struct hsm_key *all = NULL;
	size_t n = 0;
	int rc = 0;

	TRY(hsm_list(f->hsm, &all, &n, err));
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (all[i].id_fits && (strcmp(all[i].label, KEEPER_LABEL) == 0 ||
		    strcmp(all[i].label, LEDGER_LABEL) == 0))
			rc = hsm_destroy(f->hsm, &all[i].id, err);
	}
	free(all);
	return rc;
}

static int
make_keys(struct founding *f, struct err *err)
{
	struct sha256 keeper = found_keeper_id(f->house);
	struct sha256 ledger = found_ledger_id(f->house);

	TRY(clear_leftovers(f, err));
	TRY(hsm_generate(f->hsm, HSM_EC_P256, &keeper, KEEPER_LABEL,
	    &f->keeper, err));
	TRY(hsm_generate(f->hsm, HSM_EC_P256, &ledger, LEDGER_LABEL,
	    &f->ledger, err));
	return hsm_sync(f->hsm, err);
}

static void
founding_run(struct job *j)
{
	struct founding *f = (struct founding *)j;

	f->rc = make_keys(f, &f->why);
}

static int
genesis_of(const struct founding *f, time_us now, json_t **ret,
    struct err *err)
{
	struct sha256 charter = charter_hash(f->charter);
	AUTO_JSON *token = NULL;

	TRY(token_json(f->hsm, &token, err));
	return genesis_build(f->house, now, &charter, f->keeper.spki->data,
	    f->keeper.spki->len, f->ledger.spki->data, f->ledger.spki->len,
	    token, ret, err);
}

static void
founded(struct keeper *k, struct ticket *t)
{
	struct blob b = { 0 };
	AUTO(blob) *genesis = blob_new();
	struct err err;

	k->founding = false;
	if (t->rc != 0) {
		answer_err(k, &t->asker, &t->why, NULL, NULL);
		return;
	}
	k->standing = STANDING_READY;
	/* From here on the token remembers: a second entry without it would look rolled back. */
	if (mirror_write(k, &err) != 0) {
		keeper_halt(k, "the token could not remember the founding: restart");
		answer_err(k, &t->asker, &err, NULL, NULL);
		return;
	}
	if (genesis == NULL ||
	    json_canonical(k->house.genesis->json, genesis, &err) != 0 ||
	    blob_printf(&b, &err, "{\"entry\":%s,\"genesis\":%s,\"ok\":true}",
	    blob_str(&t->line), blob_str(genesis)) != 0)
		answer_err(k, &t->asker, &err, NULL, NULL);
	else
		answer_text(k, &t->asker, &b);
	blob_done(&b);
}

static int
found_ticket(struct keeper *k, struct founding *f, struct err *err)
{
	AUTO(ticket) *t = NULL;
	AUTO_JSON *genesis = NULL, *result = NULL;
	struct sha256 charter = charter_hash(f->charter);
	time_us now;

	TRY(keeper_now(k, &now, err));
	TRY(genesis_of(f, now, &genesis, err));
	TRY(house_charter_put(&k->house, f->charter, err));
	TRY(json_build(&result, err, "{s:O}", "genesis", genesis));
	TRY(ticket_new(&f->asker, ENTRY_FOUND, &t, err));
	t->draft.time = now;
	TRY(draft_word(&t->draft, DRAFT_OP, entry_op_name(ENTRY_FOUND), err));
	TRY(draft_hash(&t->draft, DRAFT_CHARTER, &charter, err));
	TRY(draft_json(&t->draft, DRAFT_RESULT, result, err));
	t->barrier = true;
	t->end = founded;
	ticket_submit(k, TAKE(t));
	return 0;
}

static void
founding_done(void *ctx, struct job *j)
{
	AUTO(founding) *f = (struct founding *)j;
	struct keeper *k = ctx;

	if (f->rc == 0)
		f->rc = found_ticket(k, f, &f->why);
	if (f->rc != 0) {
		k->founding = false;
		answer_err(k, &f->asker, &f->why, NULL, NULL);
	}
}

static int
found(struct keeper *k, const struct asker *from, const json_t *m,
    struct err *err)
{
	AUTO(founding) *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return err_set(err, ENOMEMORY, "for the house");
	if (k->standing != STANDING_AWAITING || k->house.genesis != NULL)
		return err_set(err, EFOUNDED, "house %s", house_id(&k->house));
	if (k->founding)
		return err_set(err, EBUSY_, "the house is being founded");
	TRY(charter_from_json(json_object_get(m, "charter"), &f->charter, err));
	TRY(house_profiles_check(f->charter, err));
	TRY(id_new("house", clock_now(), f->house, err));
	f->asker = *from;
	f->hsm = k->hsm;
	f->job.run = founding_run;
	f->job.done = founding_done;
	k->founding = true;
	work_slow(k->work, &TAKE(f)->job);
	return 0;
}

void
found_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct err err;

	if (found(k, from, m, &err) != 0)
		answer_err(k, from, &err, NULL, NULL);
}
