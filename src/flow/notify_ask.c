/*
 * notify_ask - whom a request is told to, and queueing it: notices and the mark
 * that the request is followed are one transaction.
 */
#include <string.h>
#include "flow/inside.h"
#include "flow/notify.h"
#include "flow/view.h"
#include "policy/charter.h"
#include "policy/roster.h"
#include "state/record.h"
#include "state/state.h"

/* What is told of a request's parameters, where it has them; digests besides. */
static const char *const told[] = { "key_name", "name", "class", "algorithm",
	"environment", "products", "product", "version", "track", "at", "owner",
	"ca", "issuer", "profile", "not_after", "san", "device", "serial",
	"issuer_name", "number", "kind", "place", "window", "by", "principal",
	"type", "label", "uses", "any_digest", "from", "until", "since",
	"drilled", "reason", "note", "charter", "previous" };

/* Those of a window, by their names. */
static int
keys_put(const json_t *keys, json_t *to, struct err *err)
{
	json_t *names = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(keys, i, one)
		if (json_array_append_new(names, json_string(json_str(one,
		    "key_name", "?"))) != 0) {
			json_decref(names);
			return err_set(err, ENOMEMORY, "a notice");
		}
	return json_set_new(to, "keys", names, err);
}

static int
subject_json(const json_t *parameters, json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_object();
	const json_t *keys = json_object_get(parameters, "keys");
	json_t *v, *digest = json_object_get(parameters, "digest");

	if (o == NULL)
		return err_set(err, ENOMEMORY, "a notice");
	if (keys != NULL)
		TRY(keys_put(keys, o, err));
	for (size_t i = 0; i < NELEM(told); i++)
		if ((v = json_object_get(parameters, told[i])) != NULL)
			TRY(json_set_new(o, told[i], json_incref(v), err));
	if (json_is_object(digest))
		TRY(json_set_str(o, "digest", json_str(digest, "value", ""), err));
	*ret = TAKE(o);
	return 0;
}

int
notify_about(const json_t *view, json_t **ret, struct err *err)
{
	const json_t *doc = json_object_get(view, "document");
	AUTO_JSON *subject = NULL;
	const char *state = json_str(view, "state", "");

	TRY(subject_json(json_object_get(doc, "parameters"), &subject, err));
	/* Its asker is to bring the content; all others are through with it. */
	if (json_object_get(view, "awaits") != NULL)
		state = "approved";
	return json_build(ret, err, "{s:s, s:s, s:s, s:O, s:s*, s:s*, s:s*, "
	    "s:s*, s:O*}", "action", json_str(doc, "action", ""),
	    "requester", json_str(doc, "requester", ""), "state", state,
	    "subject", subject, "reason", json_str(view, "reason", NULL),
	    "rule", json_str(json_object_get(view, "rule"), "name", NULL),
	    "created", json_str(doc, "created", NULL),
	    "expires", json_str(doc, "expires", NULL),
	    "approvals", json_object_get(json_object_get(view, "approvals"),
	    "of"));
}

/* ---- queueing ---- */

struct told_all {
	struct notifier	*n;
	struct contacts	*contacts;	/* owned */
	struct law	*law;		/* owned */
	struct notice	 notice;	/* but for id, person, channel and due */
	json_t		*who;		/* owned: {PERSON: true} */
	bool		 follow;	/* from now on; else no more */
	time_us		 remind;
};

static void
told_done(struct told_all *t)
{
	contacts_free(t->contacts);
	law_free(t->law);
	notice_done(&t->notice);
	json_decref(t->who);
}

static int
put_by(struct tx *tx, const struct notice *notice, const struct contact *c,
    const char *person, enum channel by, struct err *err)
{
	struct notice n = *notice;

	n.channel = by;
	n.due = contact_when(c, by == BY_MAIL, n.created);
	snprintf(n.person, sizeof(n.person), "%s", person);
	TRY(id_new("ntc", n.created, n.id, err));
	return notice_put(tx, &n, err);
}

int
notify_put(struct tx *tx, const struct contacts *all, const struct notice *n,
    const char *person, struct err *err)
{
	const struct contact *c = contacts_find(all, person);

	if (c != NULL && c->mail != NULL)
		TRY(put_by(tx, n, c, person, BY_MAIL, err));
	if (c != NULL && c->webhook != NULL)
		TRY(put_by(tx, n, c, person, BY_WEBHOOK, err));
	if (c != NULL && c->syslog != NULL)
		TRY(put_by(tx, n, c, person, BY_SYSLOG, err));
	return 0;
}

static int
put_all(struct tx *tx, void *ctx, struct err *err)
{
	struct told_all *t = ctx;
	const char *person;
	json_t *v;

	json_object_foreach(t->who, person, v)
		TRY(notify_put(tx, t->contacts, &t->notice, person, err));
	if (t->notice.request[0] == '\0')
		return 0;
	if (t->notice.occasion != NOTICE_ASKED &&
	    t->notice.occasion != NOTICE_REMINDER)
		TRY(notice_overtaken(tx, t->notice.request, t->notice.created,
		    err));
	return t->follow ? notice_follow(tx, t->notice.request, t->remind, err) :
	    notice_unfollow(tx, t->notice.request, err);
}

static int
queue(struct told_all *t, struct err *err)
{
	struct notifier *n = t->n;
	const char *request = t->notice.request;
	int rc = 0;

	TRY(record_apart(n->flow->store, put_all, t, err));
	pthread_mutex_lock(&n->lock);
	if (t->follow)
		rc = json_set_int(n->followed, request, t->remind, err);
	else
		json_object_del(n->followed, request);
	pthread_cond_broadcast(&n->wake);
	pthread_mutex_unlock(&n->lock);
	return rc;
}

/* ---- who ---- */

static int
who_add(struct told_all *t, const char *person, struct err *err)
{
	return json_set_new(t->who, person, json_true(), err);
}

static int
approvers_add(struct told_all *t, const json_t *view, struct err *err)
{
	const json_t *of = json_object_get(json_object_get(view, "approvals"),
	    "of");
	const json_t *clause, *officer;
	size_t i, j;

	json_array_foreach(of, i, clause)
		json_array_foreach(json_object_get(clause, "officers"), j,
		    officer)
			TRY(who_add(t, json_string_value(officer), err));
	return 0;
}

/* Who asked; of a tool that nobody reaches, those who answer for it. */
static int
requester_add(struct told_all *t, const char *requester, struct err *err)
{
	const struct roster *r = charter_roster(t->law->charter);
	const struct principal *p = roster_find(r, requester);

	if (p == NULL || !p->tool ||
	    contacts_find(t->contacts, requester) != NULL)
		return who_add(t, requester, err);
	for (size_t i = 0; i < p->owner_n; i++)
		TRY(who_add(t, r->principal[p->owner[i]].id, err));
	return 0;
}

/* ---- a request ---- */

static int
told_begin(struct told_all *t, struct notifier *n, const char *request,
    enum occasion o, struct err *err)
{
	*t = (struct told_all){ .n = n, .contacts = contacts_now(n),
	    .who = json_object(), .notice = { .occasion = o,
	    .created = clock_now() } };
	snprintf(t->notice.request, sizeof(t->notice.request), "%s", request);
	if (t->who == NULL)
		return err_set(err, ENOMEMORY, "a notice");
	return state_law(n->flow->state, &t->law, err);
}

/* Half of the time that is left: also of one that was found late. */
static time_us
half_time(const json_t *view, time_us now)
{
	time_us expires;
	struct err none;

	if (clock_parse(json_str(json_object_get(view, "document"), "expires",
	    ""), &expires, &none) != 0 || expires <= now)
		return 0;
	return now + (expires - now) / 2;
}

/* Whoever is told anew keeps the time that was set. */
static time_us
remind_when(struct notifier *n, const char *request, const json_t *view,
    time_us now)
{
	const json_t *set;
	time_us remind = -1;

	pthread_mutex_lock(&n->lock);
	if ((set = json_object_get(n->followed, request)) != NULL)
		remind = json_integer_value(set);
	pthread_mutex_unlock(&n->lock);
	return remind >= 0 ? remind : half_time(view, now);
}

static int
tell(struct notifier *n, const char *request, enum occasion o,
    const json_t *view, struct err *err)
{
	struct told_all t;
	int rc = told_begin(&t, n, request, o, err);

	t.follow = o != NOTICE_OUTCOME;
	t.remind = o == NOTICE_ASKED ? remind_when(n, request, view,
	    t.notice.created) : 0;
	if (rc == 0)
		rc = notify_about(view, &t.notice.about, err);
	/* Once it is done there is no more difference. */
	if (rc == 0 && o != NOTICE_OUTCOME)
		rc = notify_charter(t.law->charter, view, t.notice.about, err);
	if (rc == 0)
		rc = o == NOTICE_OUTCOME || o == NOTICE_APPROVED ? requester_add(&t,
		    json_str(t.notice.about, "requester", ""), err) :
		    approvers_add(&t, view, err);
	if (rc == 0)
		rc = queue(&t, err);
	/* It may have gone on before we followed it. */
	if (rc == 0 && o == NOTICE_ASKED)
		rc = notify_mark(n, request, err);
	told_done(&t);
	return rc;
}

static bool
is_followed(struct notifier *n, const char *request)
{
	bool is;

	pthread_mutex_lock(&n->lock);
	is = json_object_get(n->followed, request) != NULL;
	pthread_mutex_unlock(&n->lock);
	return is;
}

static int
look(struct notifier *n, const char *request, bool anew, struct err *err)
{
	AUTO_JSON *view = NULL;
	bool followed = is_followed(n, request);
	const char *state;

	TRY(view_build(n->flow, request, &view, err));
	state = json_str(view, "state", "");
	if (strcmp(state, "waiting") == 0)
		return followed && !anew ? 0 :
		    tell(n, request, NOTICE_ASKED, view, err);
	if (!followed)
		return 0;
	/* Due is performed in a moment; unless its asker has to bring something. */
	if (strcmp(state, "due") == 0)
		return json_object_get(view, "awaits") == NULL ? 0 :
		    tell(n, request, NOTICE_APPROVED, view, err);
	return tell(n, request, NOTICE_OUTCOME, view, err);
}

int
notify_look(struct notifier *n, const char *request, struct err *err)
{
	return look(n, request, false, err);
}

int
notify_anew(struct notifier *n, const char *request, struct err *err)
{
	return look(n, request, true, err);
}

static bool
is_over(const json_t *view)
{
	time_us expires;
	struct err none;

	return clock_parse(json_str(json_object_get(view, "document"), "expires",
	    ""), &expires, &none) == 0 && expires <= clock_now();
}

int
notify_remind(struct notifier *n, const char *request, struct err *err)
{
	AUTO_JSON *view = NULL;

	TRY(view_build(n->flow, request, &view, err));
	if (strcmp(json_str(view, "state", ""), "waiting") != 0)
		return notify_look(n, request, err);
	/* The sweep ends it in a moment. */
	return is_over(view) ? 0 : tell(n, request, NOTICE_REMINDER, view, err);
}

/* ---- a test ---- */

struct test {
	const char	*person;
	bool		 waits;
};

static int
test_read(struct tx *tx, void *ctx, struct err *err)
{
	struct test *t = ctx;

	return notice_waits(tx, NOTICE_TEST, t->person, &t->waits, err);
}

static int
test_queue(struct told_all *t, const char *person, json_t **ret,
    struct err *err)
{
	const struct contact *c = contacts_find(t->contacts, person);

	if (c == NULL)
		return err_set(err, ENOENT_, "no contact of %s is known here: see "
		    "notify.contacts", person);
	TRY(json_build(&t->notice.about, err, "{s:s}", "state", "test"));
	TRY(who_add(t, person, err));
	TRY(record_apart(t->n->flow->store, put_all, t, err));
	notify_wake(t->n);
	return json_build(ret, err, "{s:s, s:o*}", "person", person, "unsigned",
	    contact_unsigned(c) ? json_true() : NULL);
}

int
flow_notice_test(struct flow *f, const struct caller *who, json_t **ret,
    struct err *err)
{
	struct test test = { .person = who->id };
	struct told_all t;
	int rc;

	if (f->notifier == NULL)
		return err_set(err, ENOENT_, "nobody is told of anything here: "
		    "notify.contacts is not set");
	TRY(state_read(f->state, test_read, &test, err));
	if (test.waits)
		return err_set(err, ECONFLICT, "a test for %s is on its way "
		    "already: see claviger notice list", who->id);
	rc = told_begin(&t, f->notifier, "", NOTICE_TEST, err);
	if (rc == 0)
		rc = test_queue(&t, who->id, ret, err);
	told_done(&t);
	return rc;
}
