/* notice - the queue of what is to be told; see notice.h. */
#include <stdlib.h>
#include <string.h>
#include "alert/notice.h"
#include "base/json.h"
#include "store/store.h"

static const char *const occasions[] = {
	[NOTICE_ASKED] = "asked", [NOTICE_REMINDER] = "reminder",
	[NOTICE_APPROVED] = "approved", [NOTICE_OUTCOME] = "outcome",
	[NOTICE_ALERT] = "alert", [NOTICE_OVER] = "over", [NOTICE_TEST] = "test",
};
_Static_assert(NELEM(occasions) == OCCASION__N, "a name for each");
static const char *const channels[] = {
	[BY_MAIL] = "mail", [BY_WEBHOOK] = "webhook",
	[BY_SYSLOG] = "syslog",
};
_Static_assert(NELEM(channels) == CHANNEL__N, "a name for each");

const char *
occasion_name(enum occasion o)
{
	return occasions[o];
}

const char *
channel_name(enum channel c)
{
	return channels[c];
}

void
notice_done(struct notice *n)
{
	json_decref(n->about);
	n->about = NULL;
}

/* ---- requests that are followed ---- */

int
notice_follow(struct tx *tx, const char *request, time_us remind,
    struct err *err)
{
	return tx_run(tx, "notice_follow_put", PARAMS(v_text(request),
	    v_int(remind)), NULL, err);
}

int
notice_unfollow(struct tx *tx, const char *request, struct err *err)
{
	return tx_run(tx, "notice_follow_drop", PARAMS(v_text(request)), NULL,
	    err);
}

int
notice_followed(struct tx *tx, const char *after, size_t room,
    struct followed *ret, size_t *ret_n, struct err *err)
{
	AUTO(rows) *r = NULL;
	bool more;

	TRY(tx_query(tx, "notice_followed", PARAMS(v_text(after),
	    v_int((int64_t)room)), &r, err));
	for (*ret_n = 0; *ret_n < room; ++*ret_n) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(rows_copy(r, "request", ret[*ret_n].request, ID_TEXT, err));
		ret[*ret_n].remind = rows_int(r, "remind");
	}
	return 0;
}

/* ---- the queue ---- */

int
notice_put(struct tx *tx, const struct notice *n, struct err *err)
{
	char *about = json_line(n->about);
	int rc;

	if (about == NULL)
		return err_set(err, ENOMEMORY, "a notice");
	rc = tx_run(tx, "notice_put", PARAMS(v_text(n->id),
	    v_text(occasion_name(n->occasion)), v_text(n->request),
	    v_text(n->person), v_text(channel_name(n->channel)),
	    v_int(n->created), v_int(n->due), v_text(about), v_text(n->alert)),
	    NULL, err);
	free(about);
	return rc;
}

static int
word(const struct rows *r, const char *column, const char *const *words,
    size_t n, unsigned *ret, struct err *err)
{
	const char *s = rows_text(r, column);

	for (*ret = 0; *ret < n; ++*ret)
		if (s != NULL && strcmp(s, words[*ret]) == 0)
			return 0;
	return err_set(err, ESTORE, "column %s of a notice is damaged", column);
}

static int
notice_read(const struct rows *r, struct notice *ret, struct err *err)
{
	const char *about = rows_text(r, "about");
	unsigned occasion, channel;

	memset(ret, 0, sizeof(*ret));
	TRY(word(r, "occasion", occasions, OCCASION__N, &occasion, err));
	TRY(word(r, "channel", channels, CHANNEL__N, &channel, err));
	TRY(rows_copy(r, "id", ret->id, sizeof(ret->id), err));
	TRY(rows_copy(r, "request", ret->request, sizeof(ret->request), err));
	TRY(rows_copy(r, "alert", ret->alert, sizeof(ret->alert), err));
	TRY(rows_copy(r, "person", ret->person, sizeof(ret->person), err));
	ret->occasion = (enum occasion)occasion;
	ret->channel = (enum channel)channel;
	ret->created = rows_int(r, "created");
	ret->due = rows_int(r, "due");
	ret->tries = (unsigned)rows_int(r, "tries");
	return json_read(about, about != NULL ? strlen(about) : 0, &ret->about,
	    err);
}

int
notice_receivers(struct tx *tx, enum channel by, time_us now, size_t room,
    struct receiver *ret, size_t *ret_n, struct err *err)
{
	AUTO(rows) *r = NULL;
	bool more;

	TRY(tx_query(tx, "notice_receivers", PARAMS(v_text(channel_name(by)),
	    v_int(now), v_int((int64_t)room)), &r, err));
	for (*ret_n = 0; *ret_n < room; ++*ret_n) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(rows_copy(r, "person", ret[*ret_n].person, NOTICE_NAME,
		    err));
		ret[*ret_n].late = rows_int(r, "late") != 0;
	}
	return 0;
}

int
notice_next(struct tx *tx, enum channel by, const char *person, time_us now,
    size_t room, struct notice *ret, size_t *ret_n, struct err *err)
{
	AUTO(rows) *r = NULL;
	bool more;

	*ret_n = 0;
	TRY(tx_query(tx, "notice_of_person", PARAMS(v_text(channel_name(by)),
	    v_int(now), v_text(person), v_int((int64_t)room)), &r, err));
	while (*ret_n < room) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(notice_read(r, &ret[*ret_n], err));
		++*ret_n;
	}
	return 0;
}

int
notice_sent(struct tx *tx, const char *id, time_us now, struct err *err)
{
	return tx_run(tx, "notice_sent", PARAMS(v_text(id), v_int(now)), NULL,
	    err);
}

int
notice_again(struct tx *tx, const char *id, time_us now, time_us due,
    const char *why, struct err *err)
{
	return tx_run(tx, due == 0 ? "notice_failed" : "notice_again",
	    PARAMS(v_text(id), v_int(due == 0 ? now : due), v_text(why)), NULL,
	    err);
}

int
notice_hold(struct tx *tx, enum channel by, const char *person,
    time_us until, struct err *err)
{
	return tx_run(tx, "notice_hold", PARAMS(v_text(channel_name(by)),
	    v_text(person), v_int(until)), NULL, err);
}

int
notice_drop(struct tx *tx, enum channel by, const char *person,
    struct err *err)
{
	return tx_run(tx, "notice_drop", PARAMS(v_text(channel_name(by)),
	    v_text(person)), NULL, err);
}

int
notice_hasten(struct tx *tx, time_us now, struct err *err)
{
	return tx_run(tx, "notice_hasten", PARAMS(v_int(now)), NULL, err);
}

int
notice_overtaken(struct tx *tx, const char *request, time_us now,
    struct err *err)
{
	return tx_run(tx, "notice_overtaken", PARAMS(v_text(request),
	    v_int(now)), NULL, err);
}

int
notice_alert_overtaken(struct tx *tx, const char *alert, time_us now,
    struct err *err)
{
	return tx_run(tx, "notice_alert_overtaken", PARAMS(v_text(alert),
	    v_int(now)), NULL, err);
}

int
notice_persons(struct tx *tx, const char *alert, json_t **ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *o = json_object();
	bool more;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "notices");
	TRY(tx_query(tx, "notice_persons", PARAMS(v_text(alert)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(json_set_new(o, rows_text(r, "person"), json_true(), err));
	}
	*ret = TAKE(o);
	return 0;
}

/* One person's to those of their channel. */
static int
failing_add(const struct rows *r, const char *channel, json_t *to,
    struct err *err)
{
	const json_t *had = json_object_get(to, channel);
	int64_t n = rows_int(r, "n"), oldest = rows_int(r, "oldest");
	json_t *one;

	n += json_int(had, "notices", 0);
	if (had != NULL && json_int(had, "oldest", 0) < oldest)
		oldest = json_int(had, "oldest", 0);
	TRY(json_build(&one, err, "{s:I, s:I}", "notices", (json_int_t)n,
	    "oldest", (json_int_t)oldest));
	return json_set_new(to, channel, one, err);
}

int
notice_failing(struct tx *tx, notice_way *way, void *ctx, json_t **ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *o = json_object();
	unsigned by;
	bool more;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "notices");
	TRY(tx_query(tx, "notice_failing", NO_PARAMS, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(word(r, "channel", channels, CHANNEL__N, &by, err));
		if (way(ctx, (enum channel)by, rows_text(r, "person")))
			TRY(failing_add(r, channels[by], o, err));
	}
	*ret = TAKE(o);
	return 0;
}

int
notice_forget(struct tx *tx, time_us before, struct err *err)
{
	return tx_run(tx, "notice_forget", PARAMS(v_int(before)), NULL, err);
}

int
notice_waits(struct tx *tx, enum occasion o, const char *person, bool *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;

	TRY(tx_query(tx, "notice_waits", PARAMS(v_text(person),
	    v_text(occasion_name(o))), &r, err));
	return rows_next(r, ret, err);
}

int
notice_counts(struct tx *tx, json_t **ret, struct err *err)
{
	AUTO(rows) *counts = NULL, *failed = NULL, *why = NULL;
	char oldest[TIME_TEXT];
	bool there;

	TRY(tx_one(tx, "notice_counts", NO_PARAMS, &counts, err));
	TRY(tx_one(tx, "notice_failed_count", NO_PARAMS, &failed, err));
	TRY(tx_query(tx, "notice_why", NO_PARAMS, &why, err));
	TRY(rows_next(why, &there, err));
	clock_text(rows_int(counts, "oldest"), oldest);
	return json_build(ret, err, "{s:I, s:I, s:I, s:s*, s:s*}",
	    "queued", (json_int_t)rows_int(counts, "queued"),
	    "failing", (json_int_t)rows_int(counts, "failing"),
	    "failed", (json_int_t)rows_int(failed, "failed"),
	    "oldest", rows_int(counts, "oldest") != 0 ? oldest : NULL,
	    "why", there ? rows_text(why, "why") : NULL);
}

/* ---- as people see it ---- */

static int
notice_json(const struct rows *r, json_t **ret, struct err *err)
{
	const char *request = rows_text(r, "request");
	const char *alert = rows_text(r, "alert");
	char created[TIME_TEXT], due[TIME_TEXT], closed[TIME_TEXT];
	bool open = rows_null(r, "closed");

	clock_text(rows_int(r, "created"), created);
	clock_text(rows_int(r, "due"), due);
	clock_text(rows_int(r, "closed"), closed);
	return json_build(ret, err, "{s:s, s:s, s:s*, s:s*, s:s, s:s, s:s, s:s, "
	    "s:s*, s:s*, s:I, s:s*}", "id", rows_text(r, "id"),
	    "occasion", rows_text(r, "occasion"),
	    "request", request[0] != '\0' ? request : NULL,
	    "alert", alert[0] != '\0' ? alert : NULL,
	    "person", rows_text(r, "person"),
	    "channel", rows_text(r, "channel"), "state", rows_text(r, "state"),
	    "created", created, "due", open ? due : NULL,
	    "closed", open ? NULL : closed,
	    "tries", (json_int_t)rows_int(r, "tries"),
	    "why", rows_text(r, "why"));
}

static int
page(struct rows *r, unsigned limit, json_t *list, bool *ret_more,
    struct err *err)
{
	for (;;) {
		json_t *j;

		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == limit)
			return 0;
		TRY(notice_json(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list");
	}
}

static bool
is_state(const char *s)
{
	return strcmp(s, "queued") == 0 || strcmp(s, "sent") == 0 ||
	    strcmp(s, "failed") == 0 || strcmp(s, "overtaken") == 0;
}

int
notice_list(struct tx *tx, const struct notice_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *list = json_array();
	const json_t *last;
	bool more;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "a list");
	if (f->state != NULL && !is_state(f->state))
		return err_set(err, ERANGE_, "/state: expected queued, sent, "
		    "failed or overtaken");
	if (cursor != NULL && !id_check(cursor, "ntc"))
		return err_set(err, EINPUT, "/cursor: not one of this list");
#define ANY(s)	v_text((s) != NULL ? (s) : "")
	TRY(tx_query(tx, "notice_list", PARAMS(ANY(cursor), ANY(f->state),
	    ANY(f->person), v_int((int64_t)limit + 1)), &r, err));
#undef ANY
	TRY(page(r, limit, list, &more, err));
	last = json_array_get(list, json_array_size(list) - 1);
	if (more && (*ret_next = strdup(json_str(last, "id", ""))) == NULL)
		return err_set(err, ENOMEMORY, "a list");
	*ret = TAKE(list);
	return 0;
}
