/*
 * amended - requests whose rule an amendment has changed.  What was signed for
 * them names the rule before: they end, and whoever asks again asks anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "flow/again.h"
#include "flow/amended.h"
#include "flow/ballot.h"
#include "flow/due.h"
#include "flow/hands.h"
#include "flow/inside.h"

#define PAGE	200u

struct begun_parts {
	const char	*id;
	unsigned	 n;
};

static int
parts_read(struct tx *tx, void *ctx, struct err *err)
{
	struct begun_parts *p = ctx;

	return approval_parts(tx, p->id, &p->n, err);
}

static int
is_amended(struct flow *f, const struct asked *a, bool *ret, struct err *err)
{
	struct begun_parts parts = { a->id, 0 };
	struct ballot b = { 0 };
	int rc = ballot_open(f, a, &b, err);

	if (rc == 0)
		rc = state_read(f->state, parts_read, &parts, err);
	/* What was begun is finished, whatever the charter says by now. */
	*ret = rc == 0 && b.amended && parts.n == 0;
	ballot_done(&b);
	return rc;
}

static int
end(struct flow *f, const struct asked *a, bool *ret, struct err *err)
{
	char why[160];

	TRY(is_amended(f, a, ret, err));
	if (!*ret)
		return 0;
	(void)snprintf(why, sizeof(why), "the charter has changed the rule %s "
	    "since: ask anew", a->rule);
	return request_expire(f, a->id, why, err);
}

int
amended_end(struct flow *f, const char *id, bool *ret, struct err *err)
{
	AUTO(asked) *a = NULL;
	int rc = 0;

	TRY(hands_on(f, id, err));
	rc = asked_read(f, id, &a, err);
	if (rc == 0) {
		*ret = a->state != REQUEST_WAITING && a->state != REQUEST_DUE;
		if (!*ret)
			rc = end(f, a, ret, err);
	}
	hands_off(f, id);
	return rc;
}

/* ---- all of them ---- */

struct page {
	const char	*state;
	char		*at, *next;	/* owned */
	json_t		*list;		/* owned */
};

static int
page_read(struct tx *tx, void *ctx, struct err *err)
{
	struct page *p = ctx;
	struct asked_filter f = { .state = p->state };

	return approval_list(tx, &f, p->at, PAGE, &p->list, &p->next, err);
}

static int
page_end(struct flow *f, const struct page *p, struct err *err)
{
	const json_t *one;
	bool ended;
	size_t i;
	int rc;

	json_array_foreach(p->list, i, one) {
		rc = amended_end(f, json_str(one, "id", ""), &ended, err);
		if (rc != 0 && rc != -EBUSY_)
			return rc;
	}
	return 0;
}

/* The list goes on behind the last, whether that is still there or not. */
static int
all_end(struct flow *f, const char *state, struct err *err)
{
	struct page p = { .state = state };
	int rc = 0;

	do {
		json_decref(p.list);
		free(p.at);
		p.at = p.next;
		p.list = NULL;
		p.next = NULL;
		rc = state_read(f->state, page_read, &p, err);
		if (rc == 0)
			rc = page_end(f, &p, err);
	} while (rc == 0 && p.next != NULL);
	json_decref(p.list);
	free(p.at);
	free(p.next);
	return rc;
}

void
amended_sweep(struct flow *f)
{
	AUTO(law) *law = NULL;
	struct err err;

	if (state_law(f->state, &law, &err) != 0 ||
	    sha256_equal(&law->hash, &f->swept))
		return;
	if (all_end(f, "waiting", &err) != 0 || all_end(f, "due", &err) != 0)
		log_err(LOG_WARN, "ending what an amendment has overtaken", &err);
	else
		f->swept = law->hash;
}
