/*
 * ask - the one way of every action: begin, draw, see, decide; then perform,
 * wait or refuse; all recorded before it is answered.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/again.h"
#include "flow/deed.h"
#include "flow/due.h"
#include "flow/going.h"
#include "flow/pending.h"
#include "flow/perform.h"
#include "flow/refuse.h"
#include "flow/seal.h"
#include "flow/vain.h"

/* Is this answer one that only the asker's content can change? */
static bool
awaits_content(const struct answer *a)
{
	return a->waiting && strcmp(json_str(a->body, "awaits", ""),
	    "content") == 0;
}

static void
bring_run(void *ctx)
{
	struct going *g = ctx;
	struct making *m = &g->making;

	m->rc = due_bring(g->begun.flow, g->brings,
	    json_object_get(g->ask.body, "content"), &m->why);
	m->ready(m->ctx, false);
}

static int
brought(struct going *g, int rc, const struct err *why, struct answer *ret,
    struct err *err)
{
	AUTO(asked) *a = NULL;

	TRY(asked_read(g->begun.flow, g->brings, &a, err));
	if (rc == 0 || a->state != REQUEST_DUE)
		return answer_asked(g->begun.flow, a, ret, err);
	return brought_wrong(&g->drawn, rc, why, ret, err);
}

/* It was approved, and its asker comes again with what is to be signed. */
static int
bring(struct going *g, struct answer *ret, struct err *err)
{
	const json_t *content = json_object_get(g->ask.body, "content");
	struct err why = { .code = OK };
	int rc;

	if (content == NULL || !awaits_content(ret))
		return 0;
	memcpy(g->brings, ret->request, sizeof(g->brings));
	answer_done(ret);
	if (g->later != NULL)
		return going_aside(g, bring_run, err);
	rc = due_bring(g->begun.flow, g->brings, content, &why);
	return brought(g, rc, &why, ret, err);
}

static int
use_window(struct going *g, struct answer *ret, struct err *err)
{
	const struct deed *deed = g->begun.deed;

	if (deed->fit != NULL)
		TRY(deed->fit(&g->drawn, NULL, err));
	window_grant(g);
	return carry_out(g, ret, err);
}

/*
 * What a window does not grant after all, as one that the present charter would
 * not open, is asked for as if there were none; but not if it was named.
 */
static int
without_window(struct going *g, int rc, struct err *why, struct answer *ret,
    struct err *err)
{
	bool tried = g->win == NULL || window_named(&g->ask) != NULL ||
	    (why->code != EDENIED && why->code != EPROOF);

	if (!tried) {
		making_done(&g->making);
		g->making = (struct making){ .granted = &g->granted };
		g->later = NULL;
		window_free(TAKE(g->win));
		rc = 0;
	}
	return conclude(g, tried, rc, why, ret, err);
}

/* Under a window the facts are only gathered for a refusal. */
static int
drawn_ask(struct going *g, struct answer *ret, struct err *err)
{
	struct err why = { .code = OK };
	int rc = window_find(&g->drawn, &g->win, &why);

	if (rc != 0)
		return brought_wrong(&g->drawn, rc, &why, ret, err);
	if (g->win == NULL)
		return conclude(g, false, 0, &why, ret, err);
	rc = use_window(g, ret, &why);
	return rc == 0 ? 0 : without_window(g, rc, &why, ret, err);
}

/* The key is taken before it is looked up: what is found then stays so.  Where
 * another has it, what it stands for already is said all the same. */
static int
asked_before(struct going *g, struct answer *ret, bool *ret_known,
    struct err *err)
{
	struct err why = { .code = OK };
	int rc = asking_take(g, &why);

	TRY(remembered(&g->drawn, ret, ret_known, err));
	if (rc != 0 && !*ret_known)
		*err = why;
	return *ret_known ? 0 : rc;
}

int
going_ask(struct going *g, struct flow *f, struct answer *ret,
    struct err *err)
{
	bool known = false;

	TRY(begun_init(f, &g->ask, &g->begun, err));
	TRY(drawn_init(&g->begun, &g->drawn, err));
	/* What is there for the very same needs no memory of who asked; but where a
	 * body has many, all may be known and its key another's. */
	if (g->drawn.known == NULL || g->drawn.anew)
		TRY(asked_before(g, ret, &known, err));
	if (!known && pending_resume(&g->begun, &g->drawn))
		TRY(resumed(&g->drawn, ret, &known, err));
	if (known)
		return bring(g, ret, err);
	if (g->drawn.vain)
		return refuse_vain(&g->drawn, ret, err);
	TRY(seal_check(&g->drawn, err));
	return drawn_ask(g, ret, err);
}

int
flow_ask(struct flow *f, const struct ask *ask, const struct flow_later *later,
    struct answer *ret, struct err *err)
{
	struct going *g = calloc(1, sizeof(*g));
	int rc;

	if (g == NULL)
		return err_set(err, ENOMEMORY, "an ask");
	g->ask = *ask;
	g->later = later;
	rc = going_ask(g, f, ret, err);
	if (rc != 0 || later == NULL || *later->going == NULL)
		going_free(g);
	return rc;
}

int
flow_ask_end(struct going *g, struct answer *ret, struct err *err)
{
	struct err why = { .code = OK };
	json_t *body = NULL;
	int rc = going_end(g, &body, &why);

	if (g->brings[0] != '\0')
		rc = brought(g, rc, &why, ret, err);
	else
		rc = rc == 0 ? carried_out(g, body, ret, err) :
		    without_window(g, rc, &why, ret, err);
	going_free(g);
	return rc;
}
