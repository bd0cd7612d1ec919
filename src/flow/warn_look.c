/* warn_look - all that is watched; see warn.h. */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "flow/flow.h"
#include "flow/warn.h"

void
look_name(enum watch w, const char *subject, char ret[ALERT_SUBJECT + 32])
{
	(void)snprintf(ret, ALERT_SUBJECT + 32, "%s %s", watch_name(w),
	    subject);
}

bool
look_is_open(const struct look *l, enum watch w, const char *subject)
{
	char name[ALERT_SUBJECT + 32];

	look_name(w, subject, name);
	return json_object_get(l->open, name) != NULL;
}

int
look_class(const struct look *l, const char *key, char ret[KEY_NAME],
    struct err *err)
{
	AUTO(key) *k = NULL;
	struct err why;
	int rc = key_get(l->tx, key, &k, &why);

	ret[0] = '\0';
	if (rc != 0 && rc != -ENOKEY)
		return err_set(err, why.code, "%s", why.what);
	if (rc == 0)
		memcpy(ret, k->class, sizeof(k->class));
	return 0;
}

/* Has it been there for so long, or long enough before this start of the service?
 * From now on it is known, in any case. */
static int
lasts(struct look *l, const struct sighting *s, time_us after, bool *ret,
    struct err *err)
{
	char name[ALERT_SUBJECT + 32];
	time_us now = clock_mono(), since;

	look_name(s->watch, s->subject, name);
	since = json_int(l->since, name, now);
	*ret = now - since >= after || look_is_open(l, s->watch, s->subject);
	return json_set_int(l->lasting, name, since, err);
}

bool
look_counts(const struct look *l, enum watch w, const char *class,
    time_us starts, time_us ends, time_us *ret_threshold)
{
	if (l->until != 0)
		return ends > l->now && ends < l->until;
	return alert_threshold(charter_alert(l->law->charter, w, class), w,
	    ends - l->now, starts != 0 ? ends - starts : 0, ret_threshold);
}

static int
is_told(struct look *l, struct sighting *s, time_us starts, bool *ret,
    struct err *err)
{
	const char *class = json_str(s->about, "class", NULL);

	s->threshold = NO_THRESHOLD;
	*ret = watch_ends(s->watch) && look_counts(l, s->watch, class, starts,
	    s->ends, &s->threshold);
	if (watch_ends(s->watch) || l->lasting == NULL)
		return 0;
	return lasts(l, s, charter_alert(l->law->charter, s->watch,
	    class)->after, ret, err);
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

void
look_not_whole(struct look *l, enum watch w, time_us until)
{
	if (until != 0 && (l->whole[w] == 0 || until < l->whole[w]))
		l->whole[w] = until;
}

time_us
look_horizon(const struct look *l, enum watch w)
{
	return l->until != 0 ? l->until :
	    l->now + charter_alert_longest(l->law->charter, w) + 1;
}

#define BIT(w)	(1u << (w))

/* The house itself first: it is little, and without it the rest is not heard. */
static const struct {
	int		(*look)(struct look *l, struct err *err);
	unsigned	 watches;
} parts[] = {
	{ look_keeper, BIT(WATCH_KEEPER) },
	{ look_delivery, BIT(WATCH_DELIVERY) },
	{ look_checkpoint, BIT(WATCH_CHECKPOINT) },
	{ look_quorums, BIT(WATCH_QUORUM) },
	{ look_lists, BIT(WATCH_LIST) },
	{ look_requests, BIT(WATCH_REQUEST) },
	{ look_windows, BIT(WATCH_WINDOW) },
	{ look_tls, BIT(WATCH_TLS) },
	{ look_backup, BIT(WATCH_BACKUP) },
	{ look_authorities, BIT(WATCH_AUTHORITY) | BIT(WATCH_ISSUING) |
	    BIT(WATCH_GAP) },
	{ look_keys, BIT(WATCH_KEY) | BIT(WATCH_GAP) },
	{ look_lacking, BIT(WATCH_GAP) },
	{ look_quotas, BIT(WATCH_QUOTA) },
	{ look_credentials, BIT(WATCH_CREDENTIAL) },
	{ look_certificates, BIT(WATCH_CERTIFICATE) },
	{ look_findings, BIT(WATCH_FINDING) },
	{ look_devices, BIT(WATCH_DEVICES) },
};

/* A calendar has no room for what has no end. */
static bool
is_wanted(const struct look *l, unsigned watches)
{
	for (int w = 0; w < WATCH__N; w++)
		if ((watches >> w & 1) != 0 && watch_ends((enum watch)w))
			return true;
	return l->lasting != NULL;
}

/* Nothing of it is whole: so nothing of it is over. */
static void
blind(struct look *l, unsigned watches, const struct err *why)
{
	log_err(LOG_WARN, "looking at what runs out", why);
	for (int w = 0; w < WATCH__N; w++)
		if ((watches >> w & 1) != 0)
			l->whole[w] = 1;
}

static int
part_found(struct look *l, enum watch w, struct err *err)
{
	char what[120], until[TIME_TEXT] = "";
	json_t *about;

	clock_text(l->whole[w], until);
	(void)snprintf(what, sizeof(what), "not all of what is watched as %s "
	    "was looked at%s%s", watch_name(w), l->whole[w] > 1 ?
	    ", only to " : "", l->whole[w] > 1 ? until : "");
	TRY(json_build(&about, err, "{s:s, s:s}", "name", watch_name(w),
	    "what", what));
	return look_found(l, WATCH_LOOK, watch_name(w), 0, 0, about, err);
}

/* Last, when all is known that was left out. */
static int
look_parts(struct look *l, struct err *err)
{
	for (int w = 0; w < WATCH__N; w++)
		if (l->whole[w] != 0)
			TRY(part_found(l, (enum watch)w, err));
	return 0;
}

/* What fails for want of something fails for all; else a part fails alone. */
static int
each_part(struct look *l, struct err *err)
{
	for (size_t i = 0; i < NELEM(parts); i++) {
		if (!is_wanted(l, parts[i].watches) ||
		    parts[i].look(l, err) == 0)
			continue;
		if (l->until != 0 || err_http(err->code) >= 500)
			return -(int)err->code;
		blind(l, parts[i].watches, err);
	}
	return 0;
}

int
look_all(struct look *l, struct err *err)
{
	TRY(each_part(l, err));
	return look_parts(l, err);
}
