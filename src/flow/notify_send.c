/*
 * notify_send - delivering to one receiver by one channel.  What was not taken
 * is tried again, later each time, for some three days.
 */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/notify.h"
#include "state/record.h"
#include "state/state.h"

#define FIRST_AGAIN	TIME_S(10)
#define AGAIN_MOST	TIME_S(1800)
#define TRIES_MOST	150	/* in three days, half an hour apart */
#define DOUBLINGS	8

/* Notices to one person by one channel. */
struct load {
	struct notifier	*n;
	enum channel	 by;
	const char	*person;	/* borrowed */
	struct notice	 notice[NOTICES_AT_ONCE];
	size_t		 count;
	time_us		 until;		/* they hear nothing before */
	int		 rc;		/* of delivering them */
	struct err	 why;
};

static void
load_done(struct load *l)
{
	for (size_t i = 0; i < l->count; i++)
		notice_done(&l->notice[i]);
	l->count = 0;
}

static int
load_read(struct tx *tx, void *ctx, struct err *err)
{
	struct load *l = ctx;

	return notice_next(tx, l->by, l->person, clock_now(), l->by == BY_MAIL ?
	    NOTICES_AT_ONCE : 1, l->notice, &l->count, err);
}

static time_us
pause_for(unsigned tries)
{
	time_us t = FIRST_AGAIN << (tries < DOUBLINGS ? tries : DOUBLINGS);

	return t < AGAIN_MOST ? t : AGAIN_MOST;
}

static int
load_write(struct tx *tx, void *ctx, struct err *err)
{
	struct load *l = ctx;
	time_us now = clock_now(), due, until = now;

	for (size_t i = 0; i < l->count; i++) {
		const struct notice *n = &l->notice[i];

		due = n->tries + 1 >= TRIES_MOST ? 0 : now + pause_for(n->tries);
		TRY(l->rc == 0 ? notice_sent(tx, n->id, now, err) :
		    notice_again(tx, n->id, now, due, l->why.what, err));
		until = due > until ? due : until;
	}
	/* Who cannot be reached keeps nobody else waiting. */
	return l->rc == 0 ? 0 : notice_hold(tx, l->by, l->person, until, err);
}

static int
hold_write(struct tx *tx, void *ctx, struct err *err)
{
	struct load *l = ctx;

	return notice_hold(tx, l->by, l->person, l->until, err);
}

static int
by_mail(struct load *l, const struct contact *c, struct err *err)
{
	AUTO(blob) *text = blob_new();
	char subject[200];
	struct mail m = { .id = l->notice[0].id, .to = c->mail,
	    .subject = subject };

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a mail");
	TRY(notify_text(l->n->flow, l->notice, l->count, subject, text, err));
	m.text = blob_str(text);
	return post_mail(&l->n->mail, &m, err);
}

static int
by_hook(struct load *l, const struct contact *c, struct err *err)
{
	struct hook h = { .url = c->webhook, .key = c->secret,
	    .ca_file = l->n->mail.ca_file, .stop = l->n->mail.stop,
	    .stop_ctx = l->n };
	char *json;
	int rc;

	TRY(notify_json(l->n->flow, &l->notice[0], &json, err));
	rc = post_hook(&h, l->notice[0].id, json, clock_now(), err);
	free(json);
	return rc;
}

/* What asks for somebody is worth more than what went well. */
static enum severity
severity_of(const struct notice *n)
{
	if (n->occasion != NOTICE_ALERT)
		return n->occasion == NOTICE_OVER ? SEVERITY_NOTICE :
		    SEVERITY_INFO;
	return json_flag(n->about, "escalated", false) ?
	    SEVERITY_ALERT : SEVERITY_WARNING;
}

static int
by_syslog(struct load *l, const struct contact *c, struct err *err)
{
	const struct notice *n = &l->notice[0];
	struct syslog s = { .url = c->syslog, .ca_file = l->n->mail.ca_file,
	    .stop = l->n->mail.stop, .stop_ctx = l->n };
	struct syslog_note note = { .severity = severity_of(n),
	    .kind = occasion_name(n->occasion), .when = n->created };
	char *json;
	int rc;

	TRY(notify_json(l->n->flow, n, &json, err));
	note.text = json;
	rc = post_syslog(&s, &note, err);
	free(json);
	return rc;
}

/* Of several, one that is refused must not keep the others back. */
static int
by_mails(struct load *l, const struct contact *c, struct err *err)
{
	int rc = by_mail(l, c, err);

	if (rc == -EREJECTED && l->count > 1) {
		while (l->count > 1)
			notice_done(&l->notice[--l->count]);
		rc = by_mail(l, c, err);
	}
	return rc;
}

/* NULL: they are not told so. */
static const char *
contact_way(const struct contact *c, enum channel by)
{
	const char *const to[CHANNEL__N] = { [BY_MAIL] = c->mail,
	    [BY_WEBHOOK] = c->webhook, [BY_SYSLOG] = c->syslog };

	return to[by];
}

/* Addresses are looked up when they are needed: they change, and are forgotten. */
static int
deliver(struct load *l, const struct contact *c, struct err *err)
{
	static int (*const send[CHANNEL__N])(struct load *l,
	    const struct contact *c, struct err *err) = {
		[BY_MAIL] = by_mails, [BY_WEBHOOK] = by_hook,
		[BY_SYSLOG] = by_syslog,
	};

	return c != NULL && contact_way(c, l->by) != NULL ?
	    send[l->by](l, c, err) : err_set(err, EREJECTED, "there is no such "
	    "contact any more");
}

static int
drop_write(struct tx *tx, void *ctx, struct err *err)
{
	struct load *l = ctx;

	return notice_drop(tx, l->by, l->person, err);
}

bool
notify_reaches(void *notifier, enum channel by, const char *person)
{
	AUTO(contacts) *all = contacts_now(notifier);
	const struct contact *c = contacts_find(all, person);
	struct err refused;

	contacts_refused(notifier, &refused);
	return refused.code != OK || (c != NULL && contact_way(c, by) != NULL);
}

/* What was sent is sent: until that is kept, nothing else is. */
static void
keep(struct load *l, int (*fn)(struct tx *tx, void *ctx, struct err *err))
{
	struct err err;

	while (record_apart(l->n->flow->store, fn, l, &err) != 0) {
		log_err(LOG_WARN, "keeping what became of a notice", &err);
		if (!notify_wait(l->n))
			return;
	}
}

/* @return true: others may be tried. */
static bool
drop(struct load *l)
{
	log_line(LOG_WARN, "undeliverable: what was queued for %s by %s, who is "
	    "no such contact any more", l->person, channel_name(l->by));
	keep(l, drop_write);
	return true;
}

/* @return may others be tried at once?  A mail server that is away is for nobody. */
static bool
send_loaded(struct load *l)
{
	AUTO(contacts) *all = contacts_now(l->n);
	const struct contact *c = contacts_find(all, l->person);
	time_us now = clock_now();

	if (!notify_reaches(l->n, l->by, l->person))
		return drop(l);
	l->until = c != NULL ? contact_when(c, false, now) : now;
	if (l->until > now) {
		keep(l, hold_write);
		return true;
	}
	l->rc = deliver(l, c, &l->why);
	if (l->rc != 0 && !notify_on(l->n))
		return false;
	/* They may have been taken out while it hung. */
	if (l->rc != 0 && !notify_reaches(l->n, l->by, l->person))
		return drop(l);
	if (l->rc != 0)
		log_line(LOG_WARN, "telling %s by %s: %s", l->person,
		    channel_name(l->by), l->why.what);
	keep(l, load_write);
	return l->rc == 0 || l->by != BY_MAIL || l->why.code != EUNREACH;
}

/* @return is there somebody to tell, of something?  Not where it cannot be read. */
static bool
load_next(struct load *l, bool *ret_on)
{
	struct err err;

	l->count = 0;
	l->rc = 0;
	if (state_read(l->n->flow->state, load_read, l, &err) == 0)
		return l->count > 0;
	log_err(LOG_WARN, "reading notices", &err);
	*ret_on = false;
	return false;
}

/* Whoever does not take one is not tried with the next. */
bool
notify_send(struct notifier *n, enum channel by, const char *person)
{
	struct load *l = calloc(1, sizeof(*l));
	bool on = true;

	if (l == NULL) {
		log_line(LOG_ERROR, "no memory to send notices");
		return false;
	}
	l->n = n;
	l->by = by;
	l->person = person;
	while (notify_on(n) && l->rc == 0 && load_next(l, &on)) {
		on = send_loaded(l);
		load_done(l);
	}
	free(l);
	return on;
}
