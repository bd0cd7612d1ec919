/*
 * recover - what the ledger lacks of the keeper's journal.
 *
 * At each greeting all of it.  And later what nobody brings: an entry that the
 * keeper was still writing for a connection that had ended, when the next one
 * had been greeted already, or one that could not be committed when it came.
 */
#include <string.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/recover.h"
#include "keyring/keyring.h"
#include "state/state.h"

#define TAIL		500u
#define BRINGING	TIME_S(5)	/* how long an entry may take from journal to ledger */

/* One page of the journal behind @whole. @ret: events that it brought. */
static int
recover_some(struct flow *f, struct keyring *k, uint64_t whole, uint64_t upto,
    size_t *ret, struct err *err)
{
	AUTO_JSON *entries = NULL;
	unsigned most = upto - whole < TAIL ? (unsigned)(upto - whole) : TAIL;

	TRY(keyring_tail(k, whole + 1, most, &entries, err));
	return state_recover(f->state, entries, ret, err);
}

int
lag_recover(struct flow *f, struct keyring *k, uint64_t upto,
    struct err *err)
{
	uint64_t whole, before = UINT64_MAX;
	size_t got, all = 0;

	for (;; before = whole) {
		TRY(state_position(f->state, &whole, err));
		if (whole >= upto || whole == before)
			break;
		TRY(recover_some(f, k, whole, upto, &got, err));
		all += got;
	}
	if (all > 0)
		log_line(LOG_NOTE, "recovered what the ledger lacked events=%zu",
		    all);
	return 0;
}

bool
lag_is_old(struct lag *l, uint64_t whole, uint64_t journal, time_us now)
{
	if (l->since != 0 && whole == l->whole)
		return now - l->since >= BRINGING;
	l->whole = whole;
	l->upto = journal;
	l->since = whole < journal ? now : 0;
	return false;
}

static int
overdue(struct flow *f, uint64_t journal, struct err *err)
{
	uint64_t whole;

	TRY(state_position(f->state, &whole, err));
	if (!lag_is_old(&f->lag, whole, journal, clock_mono()))
		return 0;
	f->lag.since = 0;
	return lag_recover(f, f->keyring, f->lag.upto, err);
}

void
lag_look(struct flow *f, const json_t *hello)
{
	uint64_t journal = (uint64_t)json_int(json_object_get(hello,
	    "journal"), "n", 0);
	struct err err;

	/* Nothing came since all of it was here. */
	if (journal == f->lag.whole && f->lag.since == 0)
		return;
	err.code = OK;
	if (overdue(f, journal, &err) != 0 && err.code != f->lag.told)
		log_err(LOG_WARN, "looking for what the ledger lacks", &err);
	if (err.code != OK || f->lag.since == 0)
		f->lag.told = err.code;
}

/*
 * Of the journal only what counts OCSP answers: every other entry is on its
 * way in the hands of whoever asked for it.
 */
int
answers_recover(struct flow *f, struct err *err)
{
	AUTO_JSON *entries = NULL, *ours = json_array();
	json_t *one;
	uint64_t whole;
	size_t i, got;

	if (ours == NULL)
		return err_set(err, ENOMEMORY, "the journal");
	TRY(state_position(f->state, &whole, err));
	TRY(keyring_tail(f->keyring, whole + 1, TAIL, &entries, err));
	json_array_foreach(entries, i, one)
		if (strcmp(json_str(one, "op", ""), "ocsp") == 0 &&
		    json_array_append(ours, one) != 0)
			return err_set(err, ENOMEMORY, "the journal");
	return state_recover(f->state, ours, &got, err);
}
