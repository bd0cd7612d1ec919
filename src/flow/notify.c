/*
 * notify - who follows requests, and the notifier's life; see notify.h.
 */
#include <stdlib.h>
#include <string.h>
#include "approval/approval.h"
#include "base/cond.h"
#include "base/log.h"
#include "flow/inside.h"
#include "flow/notifier.h"
#include "flow/notify.h"
#include "state/record.h"
#include "state/state.h"

#define KEPT		TIME_S(30 * 86400)	/* what was told is shown for so long */
#define PAGE		200u
#define AT_ONCE		20u		/* of a backlog, before the next look at what is new */

/* ---- what is to be looked at ---- */

void
notify_changed(struct flow *f, const char *request, bool waiting)
{
	struct notifier *n = f->notifier;

	if (n == NULL)
		return;
	pthread_mutex_lock(&n->lock);
	if (waiting || json_object_get(n->followed, request) != NULL) {
		if (json_object_set_new(n->changed, request, json_true()) != 0)
			n->scan = true;
		pthread_cond_broadcast(&n->wake);
	}
	pthread_mutex_unlock(&n->lock);
}

int
notify_mark(struct notifier *n, const char *request, struct err *err)
{
	int rc;

	pthread_mutex_lock(&n->lock);
	rc = json_set_new(n->changed, request, json_true(), err);
	pthread_mutex_unlock(&n->lock);
	return rc;
}

/* What was there before waits behind what happens now. */
static int
backlog_add(struct notifier *n, const char *request, struct err *err)
{
	return json_set_new(n->backlog, request, json_true(), err);
}

static int
followed_add(struct notifier *n, const struct followed *f, struct err *err)
{
	int rc;

	pthread_mutex_lock(&n->lock);
	rc = json_set_int(n->followed, f->request, f->remind, err);
	pthread_mutex_unlock(&n->lock);
	return rc == 0 ? backlog_add(n, f->request, err) : rc;
}

struct page {
	char		 after[ID_TEXT];
	struct followed	 followed[PAGE];
	size_t		 n;
	json_t		*list;		/* owned */
	char		*next;		/* owned */
};

static int
followed_read(struct tx *tx, void *ctx, struct err *err)
{
	struct page *p = ctx;

	return notice_followed(tx, p->after, PAGE, p->followed, &p->n, err);
}

static int
followed_scan(struct notifier *n, struct page *p, struct err *err)
{
	do {
		TRY(state_read(n->flow->state, followed_read, p, err));
		for (size_t i = 0; i < p->n; i++)
			TRY(followed_add(n, &p->followed[i], err));
		if (p->n > 0)
			memcpy(p->after, p->followed[p->n - 1].request, ID_TEXT);
	} while (p->n == PAGE);
	return 0;
}

static int
waiting_read(struct tx *tx, void *ctx, struct err *err)
{
	struct page *p = ctx;
	struct asked_filter f = { .state = "waiting" };

	return approval_list(tx, &f, p->after[0] != '\0' ? p->after : NULL,
	    PAGE, &p->list, &p->next, err);
}

static int
waiting_scan(struct notifier *n, struct page *p, struct err *err)
{
	const json_t *one;
	size_t i;

	p->after[0] = '\0';
	do {
		json_decref(p->list);
		free(p->next);
		p->list = NULL;
		p->next = NULL;
		TRY(state_read(n->flow->state, waiting_read, p, err));
		json_array_foreach(p->list, i, one)
			TRY(backlog_add(n, json_str(one, "id", ""), err));
		if (p->next != NULL)
			snprintf(p->after, sizeof(p->after), "%s", p->next);
	} while (p->next != NULL);
	return 0;
}

static void
scan_want(struct notifier *n)
{
	pthread_mutex_lock(&n->lock);
	n->scan = true;
	pthread_mutex_unlock(&n->lock);
}

/* After a start, and where memory once ran out: from what is stored. */
static int
scan(struct notifier *n, struct err *err)
{
	struct page p = { .n = 0 };
	bool wanted;
	int rc;

	pthread_mutex_lock(&n->lock);
	wanted = n->scan;
	n->scan = false;
	pthread_mutex_unlock(&n->lock);
	if (!wanted)
		return 0;
	if ((rc = followed_scan(n, &p, err)) == 0)
		rc = waiting_scan(n, &p, err);
	json_decref(p.list);
	free(p.next);
	if (rc != 0)
		scan_want(n);
	return rc;
}

/* ---- the thread ---- */

static json_t *
changed_take(struct notifier *n)
{
	json_t *taken, *fresh = json_object();

	pthread_mutex_lock(&n->lock);
	taken = fresh != NULL ? n->changed : NULL;
	if (fresh != NULL)
		n->changed = fresh;
	pthread_mutex_unlock(&n->lock);
	return taken;
}

/* Those whose half time has come. */
static json_t *
late_take(struct notifier *n)
{
	json_t *late = json_object();
	const char *request;
	json_t *remind;
	time_us now = clock_now();

	pthread_mutex_lock(&n->lock);
	json_object_foreach(n->followed, request, remind)
		if (json_integer_value(remind) != 0 &&
		    json_integer_value(remind) <= now)
			(void)json_object_set_new(late, request, json_true());
	pthread_mutex_unlock(&n->lock);
	return late;
}

typedef int looker(struct notifier *n, const char *request, struct err *err);

/* @return false: not now, and no other either.  What fails for itself, and not
 * for want of something, is given up. */
static bool
look(struct notifier *n, const char *request, looker *fn)
{
	struct err err;

	if (!notify_on(n))
		return false;
	if (fn(n, request, &err) == 0)
		return true;
	log_err(LOG_WARN, "queueing a notice", &err);
	return err_http(err.code) < 500;
}

static void
each(struct notifier *n, json_t *ids, looker *fn)
{
	const char *request;
	struct err none;
	json_t *v;
	bool well = true;

	json_object_foreach(ids, request, v) {
		well = well && look(n, request, fn);
		if (!well && notify_mark(n, request, &none) != 0)
			scan_want(n);
	}
	json_decref(ids);
}

/* @return is there more, to be done at once? */
static bool
backlog_pass(struct notifier *n)
{
	const char *request;
	json_t *v;
	void *safe;
	unsigned left = AT_ONCE;

	json_object_foreach_safe(n->backlog, safe, request, v) {
		if (left-- == 0)
			return true;
		if (!look(n, request, notify_anew))
			return false;
		json_object_del(n->backlog, request);
	}
	return false;
}

static int
forget(struct tx *tx, void *ctx, struct err *err)
{
	return notice_forget(tx, clock_now() - KEPT, err);
}

static void
forget_pass(struct notifier *n, time_us *forgotten)
{
	time_us now = clock_mono();
	struct err err;

	if (*forgotten != 0 && now - *forgotten < TIME_S(3600))
		return;
	*forgotten = now;
	if (record_apart(n->flow->store, forget, NULL, &err) != 0)
		log_err(LOG_WARN, "forgetting old notices", &err);
}

static int
hasten(struct tx *tx, void *ctx, struct err *err)
{
	return notice_hasten(tx, clock_now(), err);
}

/* Whom the new contacts have elsewhere, or no more, waits for nothing. */
static void
hasten_pass(struct notifier *n)
{
	struct err err;

	if (!n->contacts_new)
		return;
	n->contacts_new = false;
	if (record_apart(n->flow->store, hasten, NULL, &err) != 0)
		log_err(LOG_WARN, "trying notices again", &err);
	else
		notify_wake(n);
}

/* An amendment may let others approve what waits already. */
static void
amended_pass(struct notifier *n)
{
	AUTO(law) *law = NULL;
	struct err none;

	if (state_law(n->flow->state, &law, &none) != 0 ||
	    sha256_equal(&law->hash, &n->law))
		return;
	n->law = law->hash;
	scan_want(n);
}

/* @return is there more to be done at once? */
static bool
pass(struct notifier *n, time_us *forgotten)
{
	struct err err;

	if (contacts_load(n, &err) != 0)
		log_err(LOG_WARN, "reading contacts", &err);
	hasten_pass(n);
	amended_pass(n);
	if (scan(n, &err) != 0)
		log_err(LOG_WARN, "looking for requests to tell of", &err);
	each(n, changed_take(n), notify_look);
	each(n, late_take(n), notify_remind);
	forget_pass(n, forgotten);
	return backlog_pass(n);
}

void
notify_wake(struct notifier *n)
{
	pthread_mutex_lock(&n->lock);
	pthread_cond_broadcast(&n->wake);
	pthread_mutex_unlock(&n->lock);
}

bool
notify_on(struct notifier *n)
{
	bool on;

	pthread_mutex_lock(&n->lock);
	on = !n->stop;
	pthread_mutex_unlock(&n->lock);
	return on;
}

bool
notify_wait(struct notifier *n)
{
	bool on;

	pthread_mutex_lock(&n->lock);
	if (!n->stop)
		(void)cond_wait(&n->wake, &n->lock, clock_mono() + TIME_S(1));
	on = !n->stop;
	pthread_mutex_unlock(&n->lock);
	return on;
}

static void *
notify_run(void *ctx)
{
	struct notifier *n = ctx;
	time_us forgotten = 0;

	while (pass(n, &forgotten) ? notify_on(n) : notify_wait(n))
		;
	return NULL;
}

/* ---- life ---- */

static bool
stopping(void *ctx)
{
	return !notify_on(ctx);
}

static int
mail_open(struct notifier *n, struct err *err)
{
	const struct flow_options *o = &n->flow->o;

	n->mail = o->mail;
	n->mail.stop = stopping;
	n->mail.stop_ctx = n;
	if (n->mail.url == NULL)
		n->mail.url = "";
	if (n->mail.url[0] == '\0')
		return 0;
	if (o->mail_password != NULL && o->mail_password[0] != '\0')
		TRY(secret_read_file(o->mail_password, &n->password, err));
	n->mail.password = n->password;
	return post_mail_check(&n->mail, err);
}

int
notifier_new(struct flow *f, struct err *err)
{
	struct notifier *n;

	if (f->o.contacts == NULL || f->o.contacts[0] == '\0')
		return 0;
	if ((n = calloc(1, sizeof(*n))) == NULL)
		return err_set(err, ENOMEMORY, "the notifier");
	f->notifier = n;
	n->flow = f;
	n->scan = true;
	pthread_mutex_init(&n->lock, NULL);
	cond_init(&n->wake);
	n->changed = json_object();
	n->followed = json_object();
	n->backlog = json_object();
	if (n->changed == NULL || n->followed == NULL || n->backlog == NULL)
		return err_set(err, ENOMEMORY, "the notifier");
	TRY(mail_open(n, err));
	return contacts_load(n, err);
}

int
notifier_start(struct flow *f, struct err *err)
{
	static void *(*const run[])(void *) = { notify_run, notify_deliver_mail,
		notify_deliver_hook, notify_deliver_syslog };
	struct notifier *n = f->notifier;

	for (size_t i = 0; n != NULL && i < NELEM(run); i++, n->threads++)
		if (pthread_create(&n->thread[i], NULL, run[i], n) != 0)
			return err_set(err, ENOMEMORY, "a thread");
	return 0;
}

void
notifier_stop(struct flow *f)
{
	struct notifier *n = f->notifier;

	if (n == NULL)
		return;
	pthread_mutex_lock(&n->lock);
	n->stop = true;
	pthread_cond_broadcast(&n->wake);
	pthread_mutex_unlock(&n->lock);
	for (; n->threads > 0; n->threads--)
		pthread_join(n->thread[n->threads - 1], NULL);
}

void
notifier_free(struct notifier *n)
{
	if (n == NULL)
		return;
	contacts_free(n->contacts);
	secret_free(n->password);
	json_decref(n->changed);
	json_decref(n->followed);
	json_decref(n->backlog);
	pthread_cond_destroy(&n->wake);
	pthread_mutex_destroy(&n->lock);
	free(n);
}
