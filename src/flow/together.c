/*
 * together - pages of one action, done in one transaction or not at all.
 *
 * Each is drawn, decided and told as if it were alone: its own request, its own
 * rule.  Only the events wait until all of them are there.
 */
#include <stdlib.h>
#include "flow/deed.h"
#include "flow/going.h"
#include "flow/inside.h"

struct together {
	struct going	*going[FLOW_TOGETHER];	/* owned */
	char		 key[FLOW_TOGETHER][SHA256_HEX];
	size_t		 n;
	struct event	 event[FLOW_TOGETHER];	/* of those that change something */
	json_t		*data[FLOW_TOGETHER];	/* owned: of each */
	size_t		 events;
	json_t		*pages;			/* owned: what is answered of each */
};

static void
together_free(struct together *t)
{
	for (size_t i = 0; i < t->n; i++)
		going_free(t->going[i]);
	for (size_t i = 0; i < t->events; i++)
		json_decref(t->data[i]);
	json_decref(t->pages);
	free(t);
}

int
together_put(struct going *g, json_t **ret, struct err *err)
{
	struct together *t = g->together;
	size_t i = t->events;

	TRY(deed_teller(g->begun.deed)(&g->granted, &t->data[i], &t->event[i], err));
	t->event[i].data = t->data[i];
	t->events++;
	return json_build(ret, err, "{s:s, s:s}", "request",
	    g->granted.request_id, "state", "done");
}

/* What was asked under one key is many requests here: each has one of its own. */
static void
key_of(const char *idempotency, size_t i, char ret[SHA256_HEX])
{
	char text[200];
	struct sha256 h;

	ret[0] = '\0';
	if (idempotency[0] == '\0')
		return;
	h = sha256_of(text, (size_t)snprintf(text, sizeof(text), "%zu %.140s",
	    i, idempotency));
	sha256_hex(&h, ret);
}

static int
page_ask(struct together *t, struct flow *f, const struct ask *ask,
    struct answer *ret, struct err *err)
{
	struct going *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return err_set(err, ENOMEMORY, "an ask");
	key_of(ask->idempotency, t->n, t->key[t->n]);
	g->ask = *ask;
	g->ask.idempotency = t->key[t->n];
	g->together = t;
	t->going[t->n++] = g;
	return going_ask(g, f, ret, err);
}

/* @ret is set where one is refused: then nothing is done. */
static int
pages_ask(struct together *t, struct flow *f, const struct ask *asks,
    size_t n, struct answer *ret, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		TRY(page_ask(t, f, &asks[i], ret, err));
		if (ret->code != OK)
			return 0;
		if (json_array_append_new(t->pages, TAKE(ret->body)) != 0)
			return err_set(err, ENOMEMORY, "pages");
	}
	return 0;
}

static int
all_ask(struct together *t, struct flow *f, const struct ask *asks, size_t n,
    struct answer *ret, struct err *err)
{
	struct err why = { .code = OK };
	int rc;

	TRY(pages_apart(asks, n, err));
	TRY(pages_ask(t, f, asks, n, ret, err));
	if (ret->code != OK)
		return 0;
	rc = state_commit(f->state, t->event, t->events, NULL, &why);
	/* What was so when it was decided may be otherwise by now. */
	if (rc != 0)
		return going_conclude(t->going[t->n - 1], rc, &why, ret, err);
	*ret = (struct answer){ .code = OK, .http = 200 };
	return json_build(&ret->body, err, "{s:s, s:O}", "state", "done",
	    "pages", t->pages);
}

int
flow_ask_together(struct flow *f, const struct ask *asks, size_t n,
    struct answer *ret, struct err *err)
{
	struct together *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL || (t->pages = json_array()) == NULL) {
		free(t);
		return err_set(err, ENOMEMORY, "pages");
	}
	rc = n > FLOW_TOGETHER ? err_set(err, ETOOBIG, "%d pages are done "
	    "together at most", FLOW_TOGETHER) : all_ask(t, f, asks, n, ret,
	    err);
	if (rc != 0)
		answer_done(ret);
	together_free(t);
	return rc;
}
