/* Contacts are read whole or not at all; a notice is queued or not; mail leaves or is told. */
#include "config.h"

#include <string.h>

#include "alert/alert.h"
#include "alert/notice.h"
#include "alert/contacts.h"
#include "base/io.h"
#include "base/json.h"
#include "post/post.h"
#include "store/store.h"
#include "tests/fault/fault.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static const char TEXT[] =
    "a: { mail: a@x, digest: PT5M, quiet: { from: \"22:00\", until: \"07:00\" } }\n"
    "b: { webhook: \"https://x/\", secret: secret }\n";

static int
usable(void *ctx, const struct contact *c, struct err *err)
{
	return c->webhook != NULL ? post_hook_check(c->webhook, err) : 0;
}

static int
contacts(void *ctx, struct err *err)
{
	AUTO(contacts) *c = NULL;
	int rc = contacts_read(ctx, usable, NULL, &c, err);

	fault_holds((rc == 0) == (c != NULL));
	fault_holds(rc != 0 || contacts_find(c, "b")->secret != NULL);
	return rc;
}

START_TEST(contacts_are_read_whole)
{
	char path[128];

	unit_ok(io_write_file(scratch_path("secret"), 0600, "0123456789abcdef",
	    16, &unit_err));
	unit_ok(io_write_file(scratch_path("contacts.yaml"), 0600, TEXT,
	    strlen(TEXT), &unit_err));
	snprintf(path, sizeof(path), "%s", scratch_path("contacts.yaml"));
	fault_each(FAULT_MEMORY, contacts, path);
}
END_TEST

static int
put(struct tx *tx, void *ctx, struct err *err)
{
	TRY(notice_put(tx, ctx, err));
	return notice_follow(tx, "req_1", 1, err);
}

struct list {
	json_t	*list, *counts;
	char	*next;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct list *l = ctx;
	struct notice_filter any = { NULL, NULL };
	struct notice got[2];
	struct receiver to[2];
	size_t n = 0, to_n;
	int rc;

	TRY(notice_list(tx, &any, NULL, 1, &l->list, &l->next, err));
	TRY(notice_counts(tx, &l->counts, err));
	TRY(notice_receivers(tx, BY_MAIL, 2, NELEM(to), to, &to_n, err));
	fault_holds(to_n == 1);
	rc = notice_next(tx, BY_MAIL, to[0].person, 2, NELEM(got), got, &n,
	    err);
	for (size_t i = 0; i < n; i++)
		notice_done(&got[i]);
	fault_holds(rc != 0 || n == 1);
	return rc;
}

static int
queue(void *ctx, struct err *err)
{
	struct notice n = { .id = "ntc_1", .request = "req_1", .person = "a",
	    .about = json_object() };
	struct list l = { NULL };
	int rc = n.about == NULL ? err_set(err, ENOMEMORY, "a notice") :
	    store_write(ctx, put, &n, err);

	if (rc == 0)
		rc = store_read(ctx, look, &l, err);
	notice_done(&n);
	json_decref(l.list);
	json_decref(l.counts);
	free(l.next);
	return rc;
}

START_TEST(a_notice_is_queued_or_not)
{
	struct store *s;

	unit_ok(store_open("sqlite::memory:", NULL, &s, &unit_err));
	fault_each(FAULT_MEMORY, queue, s);
	store_free(s);
}
END_TEST

/* ---- alerts ---- */

static int
alert_write(struct tx *tx, void *ctx, struct err *err)
{
	struct alert *a = ctx;

	TRY(alert_put(tx, a, err));
	return alert_ack(tx, a->id, "a", "on it", 2, err);
}

struct seen {
	json_t	*list, *one, *counts, *failing;
	char	*next;
	size_t	 n;
};

static int
alert_seen(void *ctx, struct alert *a, struct err *err)
{
	((struct seen *)ctx)->n++;
	return 0;
}

static bool
is_reached(void *ctx, enum channel by, const char *person)
{
	return true;
}

static int
alert_look(struct tx *tx, void *ctx, struct err *err)
{
	struct seen *s = ctx;
	struct alert_filter any = { NULL, NULL };

	TRY(alert_each(tx, alert_seen, s, err));
	TRY(alert_list(tx, &any, NULL, 1, &s->list, &s->next, err));
	TRY(alert_get(tx, "alr_1", &s->one, err));
	TRY(alert_counts(tx, &s->counts, err));
	return notice_failing(tx, is_reached, NULL, &s->failing, err);
}

static int
alert_all(void *ctx, struct err *err)
{
	struct alert a = { .id = "alr_1", .watch = WATCH_KEY, .subject = "k",
	    .raised = 1, .changed = 1, .told = 1, .about = json_object() };
	struct seen s = { .n = 0 };
	AUTO(store) *store = NULL;
	int rc = a.about == NULL ? err_set(err, ENOMEMORY, "an alert") : 0;

	if (rc == 0)
		rc = store_open("sqlite::memory:", NULL, &store, err);
	if (rc == 0)
		rc = store_write(store, alert_write, &a, err);
	if (rc == 0)
		rc = store_read(store, alert_look, &s, err);
	fault_holds(rc != 0 || (s.n == 1 && json_array_size(s.list) == 1));
	alert_done(&a);
	json_decref(s.list);
	json_decref(s.one);
	json_decref(s.counts);
	json_decref(s.failing);
	free(s.next);
	return rc;
}

/* Nobody listens at port 1: a message that was made is told of so. */
static int
send_both(void *ctx, struct err *err)
{
	struct mail_server s = { .url = "smtp://127.0.0.1:1", .from = "a@b" };
	struct mail m = { .id = "ntc_1", .to = "c@d", .subject = "s",
	    .text = "a line\n\xc3\xa9\n" };
	struct hook h = { .url = "http://127.0.0.1:1/", .key = ctx };
	int rc = post_mail(&s, &m, err);

	if (rc != -EUNREACH)
		return rc;
	rc = post_hook(&h, "ntc_1", "{}", 0, err);
	return rc != -EUNREACH ? rc : 0;
}

START_TEST(an_alert_is_kept_or_not)
{
	fault_each(FAULT_MEMORY, alert_all, NULL);
}
END_TEST

START_TEST(a_message_is_made_or_not)
{
	AUTO(secret) *key = NULL;

	unit_ok(secret_new("0123456789abcdef", 16, &key, &unit_err));
	fault_each(FAULT_MEMORY, send_both, key);
}
END_TEST

UNIT_MAIN("fault/alert",
	tcase_add_checked_fixture(tc, scratch_make, scratch_clean);
	UNIT(contacts_are_read_whole) UNIT(a_notice_is_queued_or_not)
	UNIT(an_alert_is_kept_or_not)
	UNIT(a_message_is_made_or_not))
