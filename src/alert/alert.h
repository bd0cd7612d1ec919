/*
 * alert - what runs out, or is not as it should be: raised when it is found,
 * over when it is found no more.
 *
 * Floor 3.  Sees policy, store, base.
 *
 * Not in the ledger, and left out of replay: an alert tells what follows from
 * it and from the time.
 */
#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include <jansson.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "policy/watch.h"

struct tx;

#define ALERT_SUBJECT	200
#define ALERT_PERSON	66
#define ALERT_NOTE	500	/* octets that somebody may say to an acknowledgement */
#define ALERTS_MOST	20000	/* open at one time; more are not raised */
#define NO_THRESHOLD	(-1)	/* it has no end that is known beforehand */

/* What was found: of one watch each subject once. */
struct sighting {
	enum watch	 watch;
	char		 subject[ALERT_SUBJECT];
	time_us		 threshold;	/* that is reached; 0: it has ended; NO_THRESHOLD */
	time_us		 ends;		/* 0: not known */
	json_t		*about;		/* owned: {"name","what","class"?, ...} */
};

struct alert {
	char		 id[ID_TEXT];	/* "": not raised yet */
	enum watch	 watch;
	char		 subject[ALERT_SUBJECT];
	time_us		 threshold, ends;
	time_us		 raised;
	time_us		 changed;	/* raised, or a nearer threshold was reached */
	time_us		 told;		/* last; 0: never */
	time_us		 escalated;	/* last; those are told from then on, too */
	time_us		 acked, resolved;	/* 0: not */
	bool		 news;		/* of alert_step: it is to be acknowledged anew */
	bool		 same;		/* of alert_step: found as it was */
	json_t		*about;		/* owned */
};
void alert_done(struct alert *a);

/* What is to be done of an alert. */
enum alert_step {
	STEP_NONE,
	STEP_KEEP,	/* written */
	STEP_TELL,	/* and those told who are to hear of it; if escalated, those besides */
	STEP_OVER,	/* and those told that it is over */
};
/**
 * alert_step - what follows from what was found.  Pure.
 *
 * @a      as it was; without an id a new one, which becomes what is to be written.
 * @found  the same watch and subject; NULL: found no more.  Its "about" may
 *         go to @a.
 */
enum alert_step alert_step(const struct alert_rule *r, struct alert *a,
    struct sighting *found, time_us now);

/* ---- stored ---- */

/** alert_fn - may take "about". */
typedef int alert_fn(void *ctx, struct alert *a, struct err *err);
/** alert_each - those that are not over; @fn may take "about".  At most ALERTS_MOST, and
 * one of "look" for each watch. */
NODISCARD int alert_each(struct tx *tx, alert_fn *fn, void *ctx, struct err *err);
/** alert_put - a new one, or as it is now. An acknowledgement that came meanwhile stays,
 * unless @a has news. */
NODISCARD int alert_put(struct tx *tx, const struct alert *a, struct err *err);
/** alert_ack - somebody sees to it. Errors: ENOENT_, ECONFLICT (it is over, or
 * acknowledged already). */
NODISCARD int alert_ack(struct tx *tx, const char *id, const char *person,
    const char *note, time_us now, struct err *err);
/** alert_forget - what was over before then. */
NODISCARD int alert_forget(struct tx *tx, time_us before, struct err *err);

struct alert_filter {
	const char	*state;		/* open, acknowledged, over; NULL: all that are not over */
	const char	*watch;		/* NULL: any */
};
/** alert_list - what has no end first, then by their ends; a page.
 * @ret_next  strdup'd, or left alone where there are no more. */
NODISCARD int alert_list(struct tx *tx, const struct alert_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next, struct err *err);
/** alert_get - one, as alert_list tells it. Errors: ENOENT_. */
NODISCARD int alert_get(struct tx *tx, const char *id, json_t **ret, struct err *err);
/** alert_counts - {WATCH: {"open","acknowledged"}}, of every watch. */
NODISCARD int alert_counts(struct tx *tx, json_t **ret, struct err *err);

#endif
