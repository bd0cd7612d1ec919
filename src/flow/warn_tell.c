/*
 * warn_tell - alerts are written, and who is to hear of them is told: both are
 * one transaction, so that neither is lost.
 */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/notify.h"
#include "flow/warn.h"
#include "policy/charter.h"
#include "state/record.h"
#include "state/state.h"

#define AT_ONCE	50	/* in one transaction: others write, too */

struct told {
	const struct law	*law;		/* borrowed */
	struct contacts		*contacts;	/* owned; NULL: nobody has one now */
	bool			 tells;		/* somebody is told of something here at all */
	struct turn		*turn;
	size_t			 n;
	time_us			 now;
};

struct group_set
warn_groups(const struct law *law, const struct alert *a)
{
	const char *class = json_str(a->about, "class", NULL);
	const struct alert_rule *r = charter_alert(law->charter, a->watch,
	    class);
	struct group_set told = alert_told(law->charter, r, class,
	    json_str(a->about, "owner", NULL));

	for (size_t i = 0; a->escalated != 0 && i < NELEM(told.w); i++)
		told.w[i] |= r->escalate_to.w[i];
	return told;
}

/* What is told: what is known of it, and what is to be done. */
static int
about_put(const struct alert *a, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s, s:O, s:s, s:b}", "watch",
	    watch_name(a->watch), "subject", a->subject, "about", a->about,
	    "remedy", watch_remedy(a->watch), "escalated",
	    (int)(a->escalated >= a->changed)));
	TRY(json_set_time(o, "raised", a->raised, err));
	if (a->ends != 0)
		TRY(json_set_time(o, "ends", a->ends, err));
	*ret = TAKE(o);
	return 0;
}

static int
members_add(const struct told *t, const struct alert *a, json_t *who,
    struct err *err)
{
	const struct roster *r = charter_roster(t->law->charter);
	struct group_set groups = warn_groups(t->law, a);

	for (size_t i = 0; i < r->principal_n; i++)
		if (group_set_meets(&r->principal[i].groups, &groups))
			TRY(json_set_new(who, r->principal[i].id, json_true(),
			    err));
	return 0;
}

/* Of an end those hear who were told, whatever the charter says by now. */
static int
hearers(struct tx *tx, const struct told *t, const struct turn *turn,
    json_t **ret, struct err *err)
{
	AUTO_JSON *who = NULL;

	if (turn->step == STEP_OVER)
		TRY(notice_persons(tx, turn->alert.id, &who, err));
	else if ((who = json_object()) == NULL)
		return err_set(err, ENOMEMORY, "an alert");
	if (json_object_size(who) == 0)
		TRY(members_add(t, &turn->alert, who, err));
	*ret = TAKE(who);
	return 0;
}

static int
notices_put(struct tx *tx, const struct told *t, const struct turn *turn,
    bool *ret_heard, struct err *err)
{
	struct notice n = { .occasion = turn->step == STEP_OVER ? NOTICE_OVER :
	    NOTICE_ALERT, .created = t->now };
	AUTO_JSON *who = NULL;
	const char *person;
	json_t *v;
	int rc;

	TRY(hearers(tx, t, turn, &who, err));
	rc = about_put(&turn->alert, &n.about, err);
	memcpy(n.alert, turn->alert.id, sizeof(n.alert));
	*ret_heard = false;
	json_object_foreach(who, person, v) {
		if (rc == 0)
			rc = notify_put(tx, t->contacts, &n, person, err);
		*ret_heard = *ret_heard || contacts_find(t->contacts, person) !=
		    NULL;
	}
	notice_done(&n);
	return rc;
}

static int
turn_write(struct tx *tx, const struct told *t, struct turn *turn,
    struct err *err)
{
	struct alert *a = &turn->alert;
	bool heard = false;

	if (t->tells && turn->step != STEP_KEEP) {
		/* What is queued still says how it was. */
		TRY(notice_alert_overtaken(tx, a->id, t->now, err));
		TRY(notices_put(tx, t, turn, &heard, err));
	}
	if (turn->step != STEP_TELL || heard)
		return alert_put(tx, a, err);
	/* Whom nobody reaches is told once somebody does; tried again, but not written. */
	a->told = 0;
	return a->same && !a->news && !turn->was_told ? 0 :
	    alert_put(tx, a, err);
}

static int
some_write(struct tx *tx, void *ctx, struct err *err)
{
	struct told *t = ctx;

	for (size_t i = 0; i < t->n; i++)
		TRY(turn_write(tx, t, &t->turn[i], err));
	return 0;
}

static void
turn_log(const struct turn *t)
{
	const struct alert *a = &t->alert;

	if (t->step == STEP_TELL && (a->news || a->told != 0))
		log_line(LOG_WARN, "alert %s watch=%s: %s", a->id,
		    watch_name(a->watch), json_str(a->about, "what", ""));
	else if (t->step == STEP_OVER)
		log_line(LOG_NOTE, "alert %s watch=%s is over", a->id,
		    watch_name(a->watch));
}

int
turns_write(struct flow *f, const struct law *law, struct turn *t, size_t n,
    struct err *err)
{
	struct told told = { .law = law, .now = clock_now(),
		.tells = f->notifier != NULL };
	int rc = 0;

	if (told.tells)
		told.contacts = contacts_now(f->notifier);
	for (size_t i = 0; rc == 0 && i < n && warner_on(f->warner);
	    i += AT_ONCE) {
		told.turn = &t[i];
		told.n = n - i < AT_ONCE ? n - i : AT_ONCE;
		rc = record_apart(f->store, some_write, &told, err);
		for (size_t k = 0; rc == 0 && k < told.n; k++)
			turn_log(&told.turn[k]);
	}
	contacts_free(told.contacts);
	if (told.tells && n > 0)
		notify_wake(f->notifier);
	return rc;
}
