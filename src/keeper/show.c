/*
 * The ledger is shown, event by event, so that nothing in it passes for an entry of
 * the journal but that entry, once; and at the end, if asked for, a checkpoint.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "base/json.h"
#include "base/note.h"
#include "keeper/found.h"
#include "keeper/show.h"
#include "keeper/show_text.h"

#define EVENTS_MAX	200000

/* A ledger as far as it was shown but not yet agreed to. */
struct trial {
	struct shadow	 shadow;	/* copy: marks only count once agreed */
	bool		 begun;
};

struct checkpointing {
	struct job	 job;		/* first */
	struct asker	 asker;
	struct hsm	*hsm;
	struct sha256	 ledger_id;
	struct blob	 spki;
	struct checkpoint checkpoint;
	struct blob	 document;	/* the shadow, to be fsynced */
	struct blob	 note;
	struct shadow	 next;
	char		 path[JOURNAL_PATH];
	int		 rc;
	struct err	 why;
};

struct show {
	struct trial	 trial;
};

int
show_new(struct show **ret, struct err *err)
{
	struct show *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(err, ENOMEMORY, "for the ledger");
	*ret = s;
	return 0;
}

void
show_free(struct show *s)
{
	if (s == NULL)
		return;
	shadow_done(&s->trial.shadow);
	free(s);
}

static void
checkpointing_free(struct checkpointing *c)
{
	if (c == NULL)
		return;
	blob_done(&c->spki);
	blob_done(&c->document);
	blob_done(&c->note);
	shadow_done(&c->next);
	free(c);
}
DEFINE_FREEP(checkpointing)

static int
trial_begin(struct keeper *k, struct trial *t, struct err *err)
{
	shadow_done(&t->shadow);
	t->begun = false;
	TRY(shadow_copy(&k->house.shadow, &t->shadow, err));
	t->begun = true;
	return 0;
}

/* Entries that became durable since the trial began can be shown in it too. */
static int
trial_catch_up(struct keeper *k, struct trial *t, struct err *err)
{
	const struct shadow *live = &k->house.shadow;

	for (size_t i = 0; i < live->n; i++) {
		const struct unshown *u = &live->list[i];

		if (u->n > t->shadow.head)
			TRY(shadow_note(&t->shadow, u->n, &u->hash, u->time,
			    u->use ? ENTRY_SIGN : u->silent ?
			    ENTRY_GENERATE_INTENT : ENTRY_STATE, err));
	}
	return 0;
}

/* An event that carries an entry. */
static int
show_entry(struct trial *t, const json_t *entry, struct err *err)
{
	struct sha256 hash;
	int64_t n;

	if (!json_is_object(entry))
		return err_set(err, ESCHEMA, "an event's entry is no object");
	TRY(json_need_int(entry, "n", &n, err));
	TRY(json_hash(entry, &hash, err));
	return shadow_entry(&t->shadow, (uint64_t)n, &hash, err);
}

static int
show_event(struct trial *t, const json_t *event, struct err *err)
{
	const json_t *entry = json_object_get(json_object_get(event, "data"),
	    "entry");
	struct blob text = { 0 };
	struct sha256 leaf;
	int rc;

	if (!json_is_object(event))
		return err_set(err, ESCHEMA, "an event is no object");
	if (entry != NULL)
		TRY(show_entry(t, entry, err));
	if ((rc = json_canonical(event, &text, err)) == 0) {
		leaf = merkle_leaf(text.data, text.len);
		rc = shadow_leaf(&t->shadow, &leaf, err);
	}
	blob_done(&text);
	return rc;
}

static int
show_events(struct trial *t, const json_t *m, struct err *err)
{
	const json_t *events = json_object_get(m, "events"), *one;
	size_t i;

	if (!json_is_array(events) || json_array_size(events) > EVENTS_MAX)
		return err_set(err, ESCHEMA, "\"events\" are missing or too many");
	json_array_foreach(events, i, one)
		TRY(show_event(t, one, err));
	return 0;
}

static void
answer_size(struct keeper *k, const struct asker *to, uint64_t size)
{
	json_t *answer;
	struct err err;

	if (json_build(&answer, &err, "{s:b, s:I}", "ok", 1, "size",
	    (json_int_t)size) == 0)
		answer_json(k, to, answer);
	else
		answer_err(k, to, &err, NULL, NULL);
}

/* On the slow worker: first the disk, then the signature. */
static int
checkpoint(struct checkpointing *c, struct err *err)
{
	struct blob body = { 0 }, sig = { 0 };
	struct sha256 digest;
	int rc;

	TRY(io_write_file(c->path, 0600, c->document.data, c->document.len, err));
	rc = note_body(&c->checkpoint, &body, err);
	if (rc == 0) {
		digest = sha256_of(body.data, body.len);
		rc = hsm_sign(c->hsm, &c->ledger_id, HSM_SCHEME_ECDSA_SHA256,
		    digest.o, sizeof(digest.o), &sig, err);
	}
	if (rc == 0)
		rc = note_finish(&c->checkpoint, c->spki.data, c->spki.len,
		    sig.data, sig.len, &c->note, err);
	blob_done(&body);
	blob_done(&sig);
	return rc;
}

static void
checkpointing_run(struct job *j)
{
	struct checkpointing *c = (struct checkpointing *)j;

	c->rc = checkpoint(c, &c->why);
}

/* What was noted meanwhile is unshown still. */
static int
agree(struct keeper *k, struct checkpointing *c, struct err *err)
{
	struct trial t = { .shadow = c->next };
	int rc = trial_catch_up(k, &t, err);

	c->next = t.shadow;
	TRY(rc);
	shadow_settle(&c->next);
	shadow_done(&k->house.shadow);
	k->house.shadow = c->next;
	c->next = (struct shadow){ 0 };
	return 0;
}

static void
checkpointing_done(void *ctx, struct job *j)
{
	AUTO(checkpointing) *c = (struct checkpointing *)j;
	struct keeper *k = ctx;
	json_t *answer;

	k->showing = false;
	/* Without a signature nobody was promised anything: shown again, it is the same. */
	if (c->rc == 0)
		c->rc = agree(k, c, &c->why);
	if (c->rc == 0)
		c->rc = json_build(&answer, &c->why, "{s:b, s:I, s:s}",
		    "ok", 1, "size", (json_int_t)c->checkpoint.size,
		    "checkpoint", blob_str(&c->note));
	if (c->rc == 0)
		answer_json(k, &c->asker, answer);
	else
		answer_err(k, &c->asker, &c->why, NULL, NULL);
}

static int
shadow_text(const struct shadow *s, struct blob *ret, struct err *err)
{
	json_t *doc;
	int rc;

	TRY(shadow_json(s, &doc, err));
	rc = json_canonical(doc, ret, err);
	json_decref(doc);
	return rc;
}

static int
finish(struct keeper *k, struct trial *t, const struct asker *from,
    struct err *err)
{
	AUTO(checkpointing) *c = calloc(1, sizeof(*c));
	const struct genesis *g = k->house.genesis;

	if (c == NULL)
		return err_set(err, ENOMEMORY, "for a checkpoint");
	TRY(shadow_copy(&t->shadow, &c->next, err));
	shadow_settle(&c->next);
	TRY(shadow_text(&c->next, &c->document, err));
	TRY(blob_put(&c->spki, g->ledger_key, g->ledger_key_n, err));
	if (snprintf(c->path, sizeof(c->path), "%s/ledger.json", k->folder) >=
	    (int)sizeof(c->path))
		return err_set(err, ERANGE_, "the state folder's path is too long");
	(void)snprintf(c->checkpoint.origin, sizeof(c->checkpoint.origin),
	    "claviger/%s", g->house);
	c->checkpoint.size = c->next.range.size;
	c->checkpoint.root = merkle_range_root(&c->next.range);
	c->checkpoint.entries = c->next.entries;
	c->ledger_id = found_ledger_id(g->house);
	c->hsm = k->hsm;
	c->asker = *from;
	c->job.run = checkpointing_run;
	c->job.done = checkpointing_done;
	k->showing = true;
	work_slow(k->work, &TAKE(c)->job);
	return 0;
}

/* Does it go on where the last one ended?  *ret_done: no, and it was told so. */
static int
show_begin(struct keeper *k, const struct asker *from, uint64_t at,
    bool *ret_done, struct err *err)
{
	struct trial *t = &k->show->trial;

	*ret_done = false;
	if (k->showing)
		return err_set(err, EBUSY_, "a checkpoint is being signed");
	if (!t->begun || at != t->shadow.range.size)
		TRY(trial_begin(k, t, err));
	if (at != t->shadow.range.size) {
		answer_size(k, from, t->shadow.range.size);
		*ret_done = true;
		return 0;
	}
	return trial_catch_up(k, t, err);
}

static int
show_end(struct keeper *k, const struct asker *from, bool final,
    struct err *err)
{
	struct trial *t = &k->show->trial;

	if (!final) {
		answer_size(k, from, t->shadow.range.size);
		return 0;
	}
	t->begun = false;
	return finish(k, t, from, err);
}

static int
show(struct keeper *k, const struct asker *from, const json_t *m,
    struct err *err)
{
	struct trial *t = &k->show->trial;
	int64_t at;
	bool done;

	TRY(json_need_int(m, "from", &at, err));
	TRY(show_begin(k, from, (uint64_t)at, &done, err));
	if (done)
		return 0;
	if (show_events(t, m, err) != 0) {
		t->begun = false;
		return -(int)err->code;
	}
	return show_end(k, from, json_flag(m, "final", false), err);
}

void
show_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct err err;

	if (show(k, from, m, &err) != 0)
		answer_err(k, from, &err, NULL, NULL);
}

static int
text_event(struct trial *t, const struct shown_event *e, struct err *err)
{
	struct sha256 hash;

	if (e->entry != NULL) {
		hash = sha256_of(e->entry, e->entry_n);
		TRY(shadow_entry(&t->shadow, e->n, &hash, err));
	}
	hash = merkle_leaf(e->event, e->event_n);
	return shadow_leaf(&t->shadow, &hash, err);
}

static int
text_events(struct trial *t, const struct show_text *s, struct err *err)
{
	for (size_t i = 0; i < s->event_n; i++)
		TRY(text_event(t, &s->event[i], err));
	return 0;
}

static int
show_by_text(struct keeper *k, const struct asker *from,
    const struct show_text *s, struct err *err)
{
	struct trial *t = &k->show->trial;
	bool done;

	if (s->event_n > EVENTS_MAX)
		return err_set(err, ESCHEMA, "too many events");
	TRY(show_begin(k, from, s->from, &done, err));
	if (done)
		return 0;
	if (text_events(t, s, err) != 0) {
		t->begun = false;
		return -(int)err->code;
	}
	return show_end(k, from, s->final, err);
}

bool
show_text_handle(struct keeper *k, const struct asker *from, const void *p,
    size_t n)
{
	struct show_text s;
	struct err err;

	if (k->standing != STANDING_READY || !show_text_read(p, n, &s))
		return false;
	if (show_by_text(k, from, &s, &err) != 0)
		answer_err(k, from, &err, NULL, NULL);
	show_text_done(&s);
	return true;
}
