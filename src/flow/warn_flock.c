/*
 * warn_flock - few are told one by one, many by their number; see warn_flock.h.
 *
 * Who is told of one by one hears of each to its end, and who is told of a number
 * hears of it until it is none: else each one more or less would be fifty messages.
 */
#include <stdio.h>
#include <string.h>
#include "flow/flow.h"
#include "flow/warn_flock.h"

static void
few_drop(struct flock *f)
{
	for (size_t i = 0; i < FLOCK_FEW; i++) {
		json_decref(f->few[i].about);
		f->few[i].about = NULL;
	}
	json_decref(f->about);
	f->about = NULL;
	f->n = f->ended = 0;
	f->starts = f->ends = 0;
}

void
flock_done(struct flock *f)
{
	few_drop(f);
}

static int
one_found(struct flock *f, struct flock_one *one, struct err *err)
{
	return look_found(f->look, WATCH_CERTIFICATE, one->subject,
	    one->starts, one->ends, TAKE(one->about), err);
}

/* ---- many ---- */

static void
many_text(const struct flock *f, char *ret, size_t room)
{
	long long n = (long long)f->n, ended = (long long)f->ended;
	char also[80] = "";

	if (n > 0 && ended > 0)
		(void)snprintf(also, sizeof(also), " (%lld ha%s ended in the last "
		    "30 days)", ended, ended == 1 ? "s" : "ve");
	(void)snprintf(ret, room, "%s%lld certificate%s %s%s, the %s of which "
	    "(%s) end%s", f->part ? "at least " : "", n > 0 ? n : ended,
	    (n > 0 ? n : ended) == 1 ? "" : "s", f->of, also, n > 0 ? "first" :
	    "last", json_str(f->about, "name", ""), n > 0 ? "s" : "ed");
}

/* Its name in a calendar has the day, on which its like is another. */
static int
many_found(struct flock *f, struct err *err)
{
	char what[700], name[ALERT_SUBJECT];
	json_t *about;

	many_text(f, what, sizeof(what));
	about = TAKE(f->about);
	(void)snprintf(name, sizeof(name), "%.180s%s%s", f->name, f->day[0] !=
	    '\0' ? " " : "", f->day);
	(void)json_object_del(about, "fingerprint");
	if (json_set_str(about, "what", what, err) != 0 ||
	    json_set_int(about, "certificates", f->n, err) != 0 ||
	    json_set_int(about, "ended", f->ended, err) != 0) {
		json_decref(about);
		return -(int)err->code;
	}
	return look_found(f->look, WATCH_CERTIFICATE, name, f->starts, f->ends,
	    about, err);
}

int
flock_end(struct flock *f, struct err *err)
{
	int64_t n = f->n + f->ended;
	int rc = 0;

	if (n > FLOCK_FEW || (n > 0 && look_is_open(f->look,
	    WATCH_CERTIFICATE, f->name)))
		rc = many_found(f, err);
	else
		for (int64_t i = 0; i < n && rc == 0; i++)
			rc = one_found(f, &f->few[i], err);
	few_drop(f);
	return rc;
}

/* ---- one more ---- */

static int
counted(struct flock *f, struct flock_one *one, struct err *err)
{
	int64_t n = f->n + f->ended;
	bool ended = one->ends <= f->look->now;

	/* Of all that has ended the last, unless something is to end. */
	if (n == 0 || (ended && f->n == 0)) {
		json_decref(f->about);
		if ((f->about = json_clone_flat(one->about)) == NULL)
			return err_set(err, ENOMEMORY, "a certificate");
		f->starts = one->starts;
		f->ends = one->ends;
	}
	if (n < FLOCK_FEW) {
		f->few[n] = *one;
		one->about = NULL;
	}
	*(ended ? &f->ended : &f->n) += 1;
	return 0;
}

/* In a calendar they are many of a day, else it would lack all behind the first. */
static int
day_turn(struct flock *f, const struct flock_one *one, struct err *err)
{
	char when[TIME_TEXT];

	if (f->look->until == 0)
		return 0;
	clock_text(one->ends, when);
	when[10] = '\0';
	if (strcmp(when, f->day) != 0)
		TRY(flock_end(f, err));
	memcpy(f->day, when, 11);
	return 0;
}

int
flock_add(struct flock *f, struct flock_one *one, struct err *err)
{
	time_us threshold;
	int rc = 0;

	if (look_counts(f->look, WATCH_CERTIFICATE, json_str(one->about,
	    "class", NULL), one->starts, one->ends, &threshold)) {
		rc = day_turn(f, one, err);
		if (rc == 0)
			rc = look_is_open(f->look, WATCH_CERTIFICATE,
			    one->subject) ? one_found(f, one, err) :
			    counted(f, one, err);
	}
	json_decref(one->about);
	return rc;
}
