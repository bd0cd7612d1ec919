/* step - when an alert is told, told again, handed on, and over; see alert.h. */
#include "alert/alert.h"

/* Nearer to its end than what was told. */
static bool
is_nearer(time_us was, time_us found)
{
	return found != NO_THRESHOLD && (was == NO_THRESHOLD || found < was);
}

/* @return is anything other than it was? */
static bool
take(struct alert *a, struct sighting *found)
{
	json_t *was = a->about;
	bool same = a->threshold == found->threshold &&
	    a->ends == found->ends && json_equal(was, found->about);

	a->threshold = found->threshold;
	a->ends = found->ends;
	a->about = found->about;
	found->about = was;
	a->same = same;
	return !same;
}

/* Nobody has said that he sees to it. */
static enum alert_step
unheard(const struct alert_rule *r, struct alert *a, time_us now,
    enum alert_step otherwise)
{
	if (a->acked != 0)
		return otherwise;
	if (r->escalate != 0 && a->escalated < a->changed &&
	    now >= a->changed + r->escalate)
		a->escalated = now;
	else if (now < a->told + r->repeat)
		return otherwise;
	a->told = now;
	return STEP_TELL;
}

enum alert_step
alert_step(const struct alert_rule *r, struct alert *a,
    struct sighting *found, time_us now)
{
	bool news = found != NULL && (a->raised == 0 ||
	    is_nearer(a->threshold, found->threshold));

	if (found == NULL) {
		a->resolved = now;
		return STEP_OVER;
	}
	a->news = news;
	/* A clock that was set back would make them wait for its old time. */
	a->told = a->told < now ? a->told : now;
	a->changed = a->changed < now ? a->changed : now;
	if (!news)
		return unheard(r, a, now, take(a, found) ? STEP_KEEP :
		    STEP_NONE);
	if (a->raised == 0)
		a->raised = now;
	/* Who acknowledged a month's notice did not acknowledge the last day's. */
	a->changed = a->told = now;
	a->acked = 0;
	(void)take(a, found);
	return STEP_TELL;
}
