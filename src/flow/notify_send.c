/*
 * notify_send - delivering, a thread for each channel.  What was not taken is
 * tried again, later each time, for three days.
 */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "flow/notify.h"

#define FIRST_AGAIN	TIME_S(10)
#define AGAIN_MOST	TIME_S(1800)
#define GIVEN_UP	TIME_S(3 * 86400)
#define DOUBLINGS	8

/* Notices to one person by one channel. */
struct load {
	struct notifier	*n;
	enum channel	 by;
	struct notice	 notice[NOTICES_AT_ONCE];
	size_t		 count;
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

	return notice_next(tx, l->by, clock_now(), l->by == BY_MAIL ?
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
	time_us now = clock_now(), due;

	for (size_t i = 0; i < l->count; i++) {
		const struct notice *n = &l->notice[i];

		due = now + pause_for(n->tries);
		if (due > n->created + GIVEN_UP)
			due = 0;
		TRY(l->rc == 0 ? notice_sent(tx, n->id, now, err) :
		    notice_again(tx, n->id, now, due, l->why.what, err));
	}
	return 0;
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
	    .ca_file = l->n->mail.ca_file };
	char *json;
	int rc;

	TRY(notify_json(l->n->flow, &l->notice[0], &json, err));
	rc = post_hook(&h, l->notice[0].id, json, clock_now(), err);
	free(json);
	return rc;
}

/* Addresses are looked up when they are needed: they change, and are forgotten. */
static int
deliver(struct load *l, struct err *err)
{
	AUTO(contacts) *all = contacts_now(l->n);
	const struct contact *c = contacts_find(all, l->notice[0].person);

	if (c == NULL || (l->by == BY_MAIL ? c->mail : c->webhook) == NULL)
		return err_set(err, EREJECTED, "there is no such contact any "
		    "more");
	return l->by == BY_MAIL ? by_mail(l, c, err) : by_hook(l, c, err);
}

/* @return may the next be tried at once?  A server that is away is for nobody. */
static bool
turn(struct load *l)
{
	struct err err;
	bool on;

	l->count = 0;
	if (state_read(l->n->flow->state, load_read, l, &err) != 0) {
		load_done(l);
		return false;
	}
	if (l->count == 0)
		return false;
	if ((l->rc = deliver(l, &l->why)) != 0)
		log_line(LOG_WARN, "telling %s by %s: %s", l->notice[0].person,
		    channel_name(l->by), l->why.what);
	on = l->rc == 0 || (l->by == BY_WEBHOOK || l->why.code != EUNREACH);
	if (record_apart(l->n->flow->store, load_write, l, &err) != 0) {
		log_err(LOG_WARN, "keeping what became of a notice", &err);
		on = false;
	}
	load_done(l);
	return on;
}

static void *
send_run(struct notifier *n, enum channel by)
{
	struct load *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		log_line(LOG_ERROR, "no memory to send notices");
		return NULL;
	}
	l->n = n;
	l->by = by;
	do
		while (notify_on(n) && turn(l))
			;
	while (notify_wait(n));
	free(l);
	return NULL;
}

void *
notify_send_mail(void *notifier)
{
	return send_run(notifier, BY_MAIL);
}

void *
notify_send_hook(void *notifier)
{
	return send_run(notifier, BY_WEBHOOK);
}
