/*
 * journal - entries in the order of their numbers, which is the keeper's.
 *
 * Events come in the order in which they were committed, so an entry may come
 * before one with a lower number.  Those that no event carries (intents,
 * failures) never come: after a while they are passed over, and counted.
 */
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"

static void
missing_note(struct audit *a, uint64_t from, uint64_t to)
{
	json_t	*j;

	if (from <= a->checkpoint.entries)
		a->missing += (to < a->checkpoint.entries ? to :
		    a->checkpoint.entries) - from + 1;
	if (to <= a->checkpoint.entries)
		return;
	if (from <= a->checkpoint.entries)
		from = a->checkpoint.entries + 1;
	j = json_pack("{s:I, s:I}", "from", (json_int_t)from, "to",
	    (json_int_t)to);
	if (j != NULL && json_array_size(a->unshown) < AUDIT_LIST)
		(void)json_array_append_new(a->unshown, j);
	else
		json_decref(j);
}

/* The chain: number, hash of the one before, time. */
static void
follow(struct audit *a, const struct waiting *w)
{
	const struct entry	*e = w->entry;
	struct err		 err = { .what = "" };
	/* What a restore leaves out is a hole, and no gap. */
	uint64_t		 from = hole_from(e);
	bool			 gap = a->journal_begun &&
				    from > a->journal.n + 1;
	/* A restore's hash is of the head that it says, not of the last shown. */
	bool			 next = e->op != ENTRY_RESTORE ? !gap :
				    from == a->journal.n + 1;

	if (!a->journal_begun)
		a->first_entry = e->n;
	if (gap)
		missing_note(a, a->journal.n + 1, from - 1);
	hole_check(a, w);
	if (a->journal_begun && next) {
		if (entry_check_next(e, &a->journal, &a->journal_time,
		    &err) != 0)
			audit_find(a, FINDING_CHAIN, w->a.seq, e->n, "%s",
			    err.what);
	} else if (e->time < a->journal_time) {
		audit_find(a, FINDING_CHAIN, w->a.seq, e->n,
		    "its time goes back");
	} else if (!a->journal_begun && a->since == 0 && e->n != 1) {
		audit_find(a, FINDING_CHAIN, w->a.seq, e->n,
		    "the journal does not begin with entry 1");
	}
	a->journal = (struct entry_head){ e->n, e->hash };
	a->journal_time = e->time;
	a->journal_begun = true;
}

static void
waiting_done(struct waiting *w)
{
	entry_free(w->entry);
	json_decref(w->doc);
}

/* The lowest of those that wait. */
static int
take_first(struct audit *a, struct err *err)
{
	struct waiting	 w = a->pending[0];
	int		 rc;

	a->pending_n--;
	memmove(&a->pending[0], &a->pending[1],
	    a->pending_n * sizeof(a->pending[0]));
	follow(a, &w);
	rc = use_check(a, &w, err);
	waiting_done(&w);
	return rc;
}

static int
put_in_order(struct audit *a, struct waiting *w, struct err *err)
{
	size_t	 at = a->pending_n;

	while (at > 0 && a->pending[at - 1].entry->n > w->entry->n)
		at--;
	if ((at > 0 && a->pending[at - 1].entry->n == w->entry->n) ||
	    (a->journal_begun && w->entry->n <= a->journal.n)) {
		audit_find(a, FINDING_CHAIN, w->a.seq, w->entry->n,
		    "entry %llu is there twice, or far out of its order",
		    (unsigned long long)w->entry->n);
		waiting_done(w);
		return 0;
	}
	memmove(&a->pending[at + 1], &a->pending[at],
	    (a->pending_n - at) * sizeof(a->pending[0]));
	a->pending[at] = *w;
	a->pending_n++;
	return 0;
}

/* May the first go on?  It follows, or is where this journal begins. */
static bool
ready(const struct audit *a)
{
	if (!a->journal_begun)
		return a->pending[0].entry->n == 1;
	return hole_from(a->pending[0].entry) <= a->journal.n + 1;
}

/*
 * While its entry waits for lower numbers, requests are opened under the new
 * charter already: it is known from its event on, and judged in its turn.
 */
static void
amendment_note(struct audit *a, const struct waiting *w)
{
	struct err	 err = { .what = "" };
	size_t		 i;

	if (w->entry->op == ENTRY_AMEND && a->chart_n > 0)
		(void)!chart_add(a, json_object_get(w->a.data, "charter"), &i,
		    &err);
}

int
journal_take(struct audit *a, struct waiting *w, struct err *err)
{
	int	 rc;

	amendment_note(a, w);
	if (w->entry->n > a->highest)
		a->highest = w->entry->n;
	rc = cert_note(a, w, err);
	if (rc == 0 && a->pending_n == AUDIT_PENDING)
		rc = take_first(a, err);
	if (rc != 0) {
		waiting_done(w);
		return rc;
	}
	TRY(put_in_order(a, w, err));
	while (a->pending_n > 0 && ready(a))
		TRY(take_first(a, err));
	return 0;
}

int
journal_finish(struct audit *a, struct err *err)
{
	while (a->pending_n > 0)
		TRY(take_first(a, err));
	/* A later bundle without entries leaves out all of them. */
	if (a->journal.n < a->checkpoint.entries &&
	    (a->journal_begun || a->since == 0))
		missing_note(a, a->journal.n + 1, a->checkpoint.entries);
	return 0;
}
