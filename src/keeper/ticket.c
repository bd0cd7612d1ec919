/*
 * The pipeline of entries: made in parallel, written in the order in which
 * they were reserved, answered when durable.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/log.h"
#include "keeper/ca_revoked.h"
#include "keeper/keeper.h"

#define DRAFT_OCTETS	1000	/* room that most drafts need not leave */

int
ticket_new(const struct asker *from, enum entry_op op, struct ticket **ret,
    struct err *err)
{
	struct ticket *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return err_set(err, ENOMEMORY, "for an entry");
	if (blob_reserve(&t->draft.text, DRAFT_OCTETS, err) != 0) {
		free(t);
		return -ENOMEMORY;
	}
	if (from != NULL)
		t->asker = *from;
	t->op = op;
	*ret = t;
	return 0;
}

void
ticket_free(struct ticket *t)
{
	struct waiter *w, *next;

	if (t == NULL)
		return;
	for (w = t->also; w != NULL; w = next) {
		next = w->next;
		free(w);
	}
	draft_done(&t->draft);
	blob_done(&t->line);
	blob_done(&t->input);
	blob_done(&t->signature);
	json_decref(t->authorities);
	free(t);
}

int
ticket_join(struct ticket *t, const struct asker *who, struct err *err)
{
	struct waiter *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_set(err, ENOMEMORY, "for who waits");
	w->asker = *who;
	w->next = t->also;
	t->also = w;
	return 0;
}

static void
put(struct tickets *q, struct ticket *t)
{
	t->next = NULL;
	*q->last = t;
	q->last = &t->next;
}

static struct ticket *
take(struct tickets *q)
{
	struct ticket *t = q->first;

	q->first = t->next;
	if (q->first == NULL)
		q->last = &q->first;
	return t;
}

void
ticket_submit(struct keeper *k, struct ticket *t)
{
	t->ready = true;
	if (t->barrier)
		k->barriers++;
	put(&k->making, t);
}

static void
sign_run(struct job *j)
{
	struct ticket *t = (struct ticket *)j;

	t->token_rc = hsm_sign(t->hsm, &t->token_id, t->scheme, t->input.data,
	    t->input.len, &t->signature, &t->token_why);
}

static void
sign_done(void *ctx, struct job *j)
{
	struct ticket *t = (struct ticket *)j;
	char *b64;

	(void)ctx;
	t->ready = true;
	if (t->rc != 0)
		return;		/* doomed while the token was at it */
	if (t->token_rc != 0) {
		t->rc = t->token_rc;
		t->why = t->token_why;
		return;
	}
	b64 = b64_encode(t->signature.data, t->signature.len);
	if (b64 == NULL)
		t->rc = err_set(&t->why, ENOMEMORY, "for a signature");
	else
		t->rc = draft_signature(&t->draft, b64, &t->why);
	free(b64);
}

void
ticket_sign(struct keeper *k, struct ticket *t)
{
	t->job.run = sign_run;
	t->job.done = sign_done;
	t->hsm = k->hsm;
	t->signs = true;
	k->reserved++;
	if (t->barrier)
		k->barriers++;
	put(&k->making, t);
	work_sign(k->work, &t->job);
}

/* What was reserved was not used. */
static void
undo(struct keeper *k, struct ticket *t)
{
	struct counts *c = &k->house.counts;

	if (t->raised)
		version_undo(c, t->product, t->track, t->before_version);
	if (t->limited)
		limit_undo(c, &t->limit);
	if (t->use != NULL) {
		if (t->draft.slot[DRAFT_PERMIT_DOCUMENT].octets != 0)
			t->tally->permit = (struct sha256){ { 0 } };
		tally_undo(c, t->tally, t->use);
	}
	t->raised = t->limited = false;
	t->use = NULL;
}

void
ticket_abandon(struct keeper *k, struct ticket *t)
{
	undo(k, t);
	ticket_free(t);
}

static void
answer_all(struct keeper *k, struct ticket *t)
{
	const struct waiter *w;

	if (t->rc == 0)
		answer_entry(k, &t->asker, &t->line);
	else
		answer_err(k, &t->asker, &t->why, NULL, NULL);
	for (w = t->also; w != NULL; w = w->next) {
		if (t->rc == 0)
			answer_entry(k, &w->asker, &t->line);
		else
			answer_err(k, &w->asker, &t->why, NULL, NULL);
	}
}

/* The end of a ticket, with an entry or without. */
static void
leave(struct keeper *k, struct ticket *t)
{
	if (t->signs)
		k->reserved--;
	if (t->barrier)
		k->barriers--;
	if (t->rc != 0)
		undo(k, t);
	if (t->end != NULL)
		t->end(k, t);
	else
		answer_all(k, t);
	ticket_free(t);
}

/* Did the later one build on what the earlier reserved? */
static bool
builds_on(const struct ticket *later, const struct ticket *earlier)
{
	if (later->tally != NULL && later->tally == earlier->tally)
		return true;
	return (later->limited || later->raised) &&
	    (earlier->limited || earlier->raised);
}

/* From the last to the first, since each remembers what it found. */
static void
doom_behind(struct keeper *k, struct ticket *t, const struct ticket *failed,
    const struct err *why)
{
	if (t == NULL)
		return;
	doom_behind(k, t->next, failed, why);
	if (t->rc != 0 || (failed != NULL && !builds_on(t, failed)))
		return;
	undo(k, t);
	t->rc = -(int)why->code;
	t->why = *why;
}

static void
fail(struct keeper *k, struct ticket *t, struct ticket *behind)
{
	struct err why;

	(void)err_set(&why, EBUSY_, "what this would follow on failed (%.120s)",
	    t->why.what);
	doom_behind(k, behind, t, &why);
	leave(k, t);
}

static int
write_one(struct keeper *k, struct ticket *t, struct err *err)
{
	t->before = *journal_head(k->journal);
	TRY(journal_append(k->journal, &t->draft, t->jump, &t->line, &t->at,
	    err));
	t->before.segment = t->at.segment;
	t->before.offset = t->at.offset - t->line.len - 1;
	return 0;
}

static void
move_ready(struct keeper *k)
{
	while (k->making.first != NULL && k->making.first->ready) {
		struct ticket *t = take(&k->making);

		if (t->rc == 0)
			t->rc = write_one(k, t, &t->why);
		if (t->rc == 0)
			put(&k->writing, t);
		else
			fail(k, t, k->making.first);
	}
}

/* What a list that was signed makes fact. */
static int
apply_list(struct keeper *k, struct ticket *t, struct err *err)
{
	TRY(ca_series_raise(t->listed, t->scope, t->number, t->base, t->began,
	    err));
	return ca_revoked_note(&k->house.keys, t->authorities, err);
}

static int
apply(struct keeper *k, struct ticket *t, struct err *err)
{
	AUTO(entry) *e = NULL;

	/* What was reserved is known: the entry need not be read again. */
	if (t->use != NULL) {
		struct use_at at = { t->at.head.n, t->before.segment,
			t->before.offset };

		tally_made(t->tally, t->use, &at);
		if (t->listed != NULL)
			TRY(apply_list(k, t, err));
		return shadow_note(&k->house.shadow, t->at.head.n,
		    &t->at.head.hash, t->at.time, t->op, err);
	}
	TRY(entry_read(t->line.data, t->line.len, &e, err));
	return house_apply(&k->house, e, &t->before, err);
}

static void
complete(struct keeper *k, uint64_t durable)
{
	while (k->writing.first != NULL &&
	    k->writing.first->at.head.n <= durable) {
		struct ticket *t = take(&k->writing);
		struct err err;

		k->applied = t->at;
		if (apply(k, t, &err) != 0) {
			/* It is in the journal: no answer could be right now. */
			log_err(LOG_ERROR, "applying a journal entry", &err);
			keeper_halt(k, "an entry could not be applied: restart");
		}
		if (t->barrier)
			k->mirror.due = true;
		leave(k, t);
	}
}

/* The disk took no more: everybody under way is told so, nothing was used. */
static void
lose(struct keeper *k, const struct err *why)
{
	struct err err;

	log_err(LOG_ERROR, "writing the journal", why);
	doom_behind(k, k->making.first, NULL, why);
	doom_behind(k, k->writing.first, NULL, why);
	while (k->writing.first != NULL)
		leave(k, take(&k->writing));
	if (journal_recover(k->journal, &err) != 0)
		keeper_halt(k, err.what);
}

void
tickets_tick(struct keeper *k)
{
	struct err why;
	uint64_t durable;
	bool good;

	move_ready(k);
	if (k->writing.first == NULL)
		return;
	good = journal_durable(k->journal, &durable, &why);
	complete(k, durable);
	if (!good)
		lose(k, &why);
}
