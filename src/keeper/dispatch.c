/*
 * Messages and answers.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/log.h"
#include "keeper/found.h"
#include "keeper/keeper.h"
#include "keeper/serve.h"
#include "keeper/show.h"

#define DEFERRED_MAX	8192
#define TAIL_OCTETS	(4u << 20)

/* A message that waits for a barrier. */
struct deferred {
	struct deferred	*next;
	struct asker	 from;
	enum message	 what;
	json_t		*m;		/* owned */
	struct frame_attachment *attached;	/* owned */
};

/* One row per message: who answers it, does it wait for barriers, may it be
 * asked when the house is not ready? */
static const struct {
	message_handler	*fn;
	bool		 waits, always;
} handlers[] = {
	[MESSAGE_HELLO]	  = { hello_handle,   false, true },
	[MESSAGE_FOUND]	  = { found_handle,   true,  true },
	[MESSAGE_TAIL]	  = { tail_handle,    false, true },
	[MESSAGE_USE]	  = { use_handle,     true,  false },
	[MESSAGE_AMEND]	  = { amend_handle,   true,  false },
	[MESSAGE_SHOW]	  = { show_handle,    false, false },
	[MESSAGE_RESTORE] = { restore_handle, true,  true },
	[MESSAGE_KEYS]	  = { keys_handle,    false, true },
};
_Static_assert(NELEM(handlers) == MESSAGE__N, "a handler per message");

void
answer_text(struct keeper *k, const struct asker *to, const struct blob *b)
{
	serve_answer(k->serve, to, b->data, b->len);
}

void
answer_json(struct keeper *k, const struct asker *to, json_t *answer)
{
	struct blob b = { 0 };
	struct err err;

	if (message_write(answer, &b, &err) == 0)
		answer_text(k, to, &b);
	else
		serve_drop(k->serve, to);
	json_decref(answer);
	blob_done(&b);
}

void
answer_err(struct keeper *k, const struct asker *to, const struct err *why,
    const struct rule *rule, json_t *explanation)
{
	json_t *answer = NULL;
	struct err err;

	if (answer_no(why, &answer, &err) != 0 ||
	    (rule != NULL &&
	    json_set_str(answer, "rule", rule->name, &err) != 0)) {
		json_decref(explanation);
		json_decref(answer);
		serve_drop(k->serve, to);
		return;
	}
	if (explanation != NULL &&
	    json_set_new(answer, "explanation", explanation, &err) != 0)
		log_err(LOG_WARN, "explaining", &err);
	answer_json(k, to, answer);
}

void
answer_entry(struct keeper *k, const struct asker *to, const struct blob *line)
{
	struct blob b = { 0 };
	struct err err;

	/* The entry was spelled once: it is not read again to be sent. */
	if (blob_reserve(&b, line->len + 32, &err) == 0 &&
	    blob_puts(&b, "{\"entry\":", &err) == 0 &&
	    blob_put(&b, line->data, line->len, &err) == 0 &&
	    blob_puts(&b, ",\"ok\":true}", &err) == 0)
		answer_text(k, to, &b);
	else
		serve_drop(k->serve, to);
	blob_done(&b);
}

static int
standing_check(const struct keeper *k, struct err *err)
{
	switch (k->standing) {
	case STANDING_READY:
		return 0;
	case STANDING_AWAITING:
		return err_set(err, EGENESIS, "the keeper awaits its genesis");
	case STANDING_HALTED:
		break;
	}
	return err_set(err, EHALTED, "%s", k->why);
}

static void
handle(struct keeper *k, const struct asker *from, enum message what,
    const json_t *m, const struct frame_attachment *attached)
{
	struct err err;
	int rc = handlers[what].always ? 0 : standing_check(k, &err);

	if (rc == 0 && attached != NULL && what != MESSAGE_USE)
		rc = err_set(&err, EINPUT, "\"%s\" takes nothing attached",
		    message_name(what));
	if (rc != 0) {
		answer_err(k, from, &err, NULL, NULL);
		return;
	}
	k->attached = attached == NULL ? NULL : &attached->octets;
	handlers[what].fn(k, from, m);
	k->attached = NULL;
}

static void
deferred_free(struct deferred *d)
{
	json_decref(d->m);
	frame_attachment_free(d->attached);
	free(d);
}

static int
defer(struct keeper *k, const struct asker *from, enum message what,
    json_t *m, struct frame_attachment **attached, struct err *err)
{
	struct deferred *d;

	if (k->deferred_n >= DEFERRED_MAX)
		return err_set(err, EBUSY_, "too many messages wait");
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return err_set(err, ENOMEMORY, "for a message");
	d->from = *from;
	d->what = what;
	d->m = json_incref(m);
	d->attached = TAKE(*attached);
	*k->deferred_last = d;
	k->deferred_last = &d->next;
	k->deferred_n++;
	return 0;
}

void
keeper_deferred(struct keeper *k)
{
	while (k->deferred != NULL && k->barriers == 0 && !k->draining) {
		struct deferred *d = k->deferred;

		k->deferred = d->next;
		if (k->deferred == NULL)
			k->deferred_last = &k->deferred;
		k->deferred_n--;
		handle(k, &d->from, d->what, d->m, d->attached);
		deferred_free(d);
	}
}

void
keeper_drop_deferred(struct keeper *k)
{
	struct deferred *d, *next;

	for (d = k->deferred; d != NULL; d = next) {
		next = d->next;
		deferred_free(d);
	}
	k->deferred = NULL;
}

static int
take(struct keeper *k, const struct asker *from, struct frame_message *fm,
    struct err *err)
{
	AUTO_JSON *m = NULL;
	enum message what;

	TRY(message_read(fm->octets->data, fm->octets->len, &m, err));
	TRY(message_what(m, &what, err));
	if (fm->crowded)
		return err_set(err, EBUSY_, "other lists are being read");
	if (handlers[what].waits && (k->barriers > 0 || k->draining ||
	    k->deferred != NULL))
		return defer(k, from, what, m, &fm->attached, err);
	handle(k, from, what, m, fm->attached);
	return 0;
}

void
keeper_message(struct keeper *k, const struct asker *from,
    struct frame_message *m)
{
	struct err err;

	if (m->octets->len > 0 && m->attached == NULL && !m->crowded &&
	    show_text_handle(k, from, m->octets->data, m->octets->len))
		return;
	if (take(k, from, m, &err) != 0)
		answer_err(k, from, &err, NULL, NULL);
}
