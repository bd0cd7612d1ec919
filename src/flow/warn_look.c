/* warn_look - all that is watched; see warn.h. */
#include <stdio.h>
#include "flow/warn.h"

/* Has it been there for so long?  From now on it is known, in any case. */
static int
lasts(struct look *l, const struct sighting *s, time_us after, bool *ret,
    struct err *err)
{
	char name[ALERT_SUBJECT + 32];
	time_us now = clock_mono(), since;

	(void)snprintf(name, sizeof(name), "%s %s", watch_name(s->watch),
	    s->subject);
	since = json_int(l->since, name, now);
	*ret = now - since >= after;
	return json_set_int(l->lasting, name, since, err);
}

static int
is_told(struct look *l, struct sighting *s, time_us starts, bool *ret,
    struct err *err)
{
	const struct alert_rule *r = charter_alert(l->law->charter, s->watch,
	    json_str(s->about, "class", NULL));

	s->threshold = NO_THRESHOLD;
	if (!watch_ends(s->watch)) {
		*ret = false;
		return l->lasting == NULL ? 0 : lasts(l, s, r->after, ret, err);
	}
	*ret = l->until != 0 ? s->ends < l->until : alert_threshold(r,
	    s->ends - l->now, starts != 0 ? s->ends - starts : 0,
	    &s->threshold);
	return 0;
}

int
look_found(struct look *l, enum watch w, const char *subject,
    time_us starts, time_us ends, json_t *about, struct err *err)
{
	struct sighting s = { .watch = w, .ends = ends, .about = about };
	bool told = false;
	int rc;

	(void)snprintf(s.subject, sizeof(s.subject), "%s", subject);
	rc = is_told(l, &s, starts, &told, err);
	if (rc == 0 && told)
		rc = l->found(l->ctx, &s, err);
	json_decref(s.about);
	return rc;
}

time_us
look_horizon(const struct look *l, enum watch w)
{
	return l->until != 0 ? l->until :
	    l->now + charter_alert_longest(l->law->charter, w) + 1;
}

int
look_all(struct look *l, struct err *err)
{
	TRY(look_keys(l, err));
	TRY(look_authorities(l, err));
	TRY(look_certificates(l, err));
	TRY(look_credentials(l, err));
	return look_house(l, err);
}
