/* notify_text - notices in words. */
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "flow/inside.h"
#include "flow/notify.h"
#include "state/state.h"

static const char *
house_of(const struct flow *f, char ret[80])
{
	struct house *h = NULL;
	struct err none;

	ret[0] = '\0';
	if (state_house(f->state, &h, &none) == 0)
		snprintf(ret, 80, "%s", h->id);
	house_free(h);
	return ret;
}

/* What others wrote stays on its line. */
static int
put_safe(struct blob *ret, const char *s, struct err *err)
{
	size_t n;

	while (*s != '\0') {
		n = text_control(s);
		TRY(blob_put(ret, n > 0 ? " " : s, 1, err));
		s += n > 0 ? n : 1;
	}
	return 0;
}

static int
line(struct blob *ret, const char *name, const char *value, struct err *err)
{
	TRY(blob_printf(ret, err, "  %-12s ", name));
	TRY(put_safe(ret, value, err));
	return blob_puts(ret, "\n", err);
}

static int
value_line(struct blob *ret, const char *name, const json_t *v,
    struct err *err)
{
	char number[32];
	const json_t *one;
	size_t i;

	if (json_is_string(v) || json_is_true(v))
		return line(ret, name, json_is_true(v) ? "yes" :
		    json_string_value(v), err);
	json_array_foreach(v, i, one)
		TRY(value_line(ret, name, one, err));
	if (!json_is_integer(v))
		return 0;
	snprintf(number, sizeof(number), "%lld",
	    (long long)json_integer_value(v));
	return line(ret, name, number, err);
}

static int
subject_lines(const json_t *subject, struct blob *ret, struct err *err)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)subject, name, v)
		TRY(value_line(ret, name, v, err));
	return 0;
}

static int
approval_lines(const json_t *approvals, struct blob *ret, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(approvals, i, one)
		TRY(blob_printf(ret, err, "  %lld of %s must agree; %lld %s.\n",
		    (long long)json_int(one, "need", 0),
		    json_str(one, "group", "?"),
		    (long long)json_int(one, "have", 0),
		    json_int(one, "have", 0) == 1 ? "has" : "have"));
	return 0;
}

/* ---- alerts ---- */

static bool
is_alert(const struct notice *n)
{
	return n->occasion == NOTICE_ALERT || n->occasion == NOTICE_OVER;
}

/* "in 30 days", "5 hours ago". */
static void
left_text(time_us left, char ret[40])
{
	char span[TIME_SPAN];

	clock_span(left < 0 ? -left : left, span);
	(void)snprintf(ret, 40, "%s%s%s", left < 0 ? "" : "in ", span, left < 0 ?
	    " ago" : "");
}

static int
alert_headline(const struct notice *n, struct blob *ret, struct err *err)
{
	const char *what = json_str(json_object_get(n->about, "about"), "what",
	    "?");
	const char *ends = json_str(n->about, "ends", NULL);
	char left[40];
	struct err none;
	time_us t;

	TRY(put_safe(ret, n->occasion == NOTICE_OVER ? "Over: " :
	    json_flag(n->about, "escalated", false) ?
	    "Nobody has seen to this: " : "Alert: ", err));
	TRY(put_safe(ret, what, err));
	if (n->occasion == NOTICE_OVER || ends == NULL ||
	    clock_parse(ends, &t, &none) != 0)
		return blob_puts(ret, ".\n", err);
	left_text(t - clock_now(), left);
	return blob_printf(ret, err, " on %.10s, %s.\n", ends, left);
}

static int
alert_lines(const struct notice *n, struct blob *ret, struct err *err)
{
	static const char *const names[] = { "watch", "ends", "raised" };

	TRY(blob_puts(ret, "\n", err));
	for (size_t i = 0; i < NELEM(names); i++)
		if (json_str(n->about, names[i], NULL) != NULL)
			TRY(line(ret, names[i], json_str(n->about, names[i], ""),
			    err));
	TRY(line(ret, "class", json_str(json_object_get(n->about, "about"),
	    "class", "-"), err));
	if (n->occasion == NOTICE_OVER)
		return 0;
	TRY(line(ret, "to do", json_str(n->about, "remedy", ""), err));
	return blob_printf(ret, err, "\n  To see it:        claviger alert show "
	    "%s\n  To see to it:     claviger alert ack %s\n", n->alert,
	    n->alert);
}

/* ---- one notice ---- */

static int
headline(const struct notice *n, struct blob *ret, struct err *err)
{
	const char *who = json_str(n->about, "requester", "?");
	const char *action = json_str(n->about, "action", "?");
	const char *state = json_str(n->about, "state", "?");

	switch (n->occasion) {
	case NOTICE_ASKED:
		return blob_printf(ret, err, "%s asks for %s, and you may agree "
		    "or reject.\n", who, action);
	case NOTICE_REMINDER:
		return blob_printf(ret, err, "Half of the time is over: %s still "
		    "waits for %s, and you may agree or reject.\n", who, action);
	case NOTICE_APPROVED:
		return blob_printf(ret, err, "What %s asked for, %s, was agreed "
		    "to and waits for its content: ask once more with the same "
		    "image.\n", who, action);
	case NOTICE_OUTCOME:
		return blob_printf(ret, err, "What %s asked for, %s, %s %s.\n",
		    who, action, strcmp(state, "expired") == 0 ? "has" : "is",
		    state);
	case NOTICE_ALERT:
	case NOTICE_OVER:
		return alert_headline(n, ret, err);
	case NOTICE_TEST:
		return blob_puts(ret, "You asked for this message, to see whether "
		    "it reaches you.  It does.\n", err);
	case OCCASION__N:
		break;
	}
	return err_set(err, EINTERNAL, "an occasion");
}

static bool
is_asking(const struct notice *n)
{
	return n->occasion == NOTICE_ASKED || n->occasion == NOTICE_REMINDER;
}

static int
commands(const struct flow *f, const struct notice *n, struct blob *ret,
    struct err *err)
{
	const char *link = f->o.notify_link;

	TRY(blob_printf(ret, err, "\n  To see it:    claviger request show %s\n",
	    n->request));
	if (is_asking(n))
		TRY(blob_printf(ret, err,
		    "  To agree:     claviger approve %s --officer-key FILE\n"
		    "  To reject:    claviger reject %s --officer-key FILE --reason "
		    "TEXT\n", n->request, n->request));
	return link == NULL || link[0] == '\0' ? 0 :
	    blob_printf(ret, err, "  %s%s\n", link, n->request);
}

static int
one(const struct flow *f, const struct notice *n, struct blob *ret,
    struct err *err)
{
	static const char *const times[] = { "reason", "rule", "created",
		"expires" };

	TRY(headline(n, ret, err));
	if (n->occasion == NOTICE_TEST)
		return 0;
	if (is_alert(n))
		return alert_lines(n, ret, err);
	TRY(blob_puts(ret, "\n", err));
	TRY(subject_lines(json_object_get(n->about, "subject"), ret, err));
	for (size_t i = 0; i < NELEM(times); i++)
		if (json_str(n->about, times[i], NULL) != NULL)
			TRY(line(ret, times[i], json_str(n->about, times[i], ""),
			    err));
	if (is_asking(n))
		TRY(approval_lines(json_object_get(n->about, "approvals"), ret,
		    err));
	return commands(f, n, ret, err);
}

/* What the request is about, in a word; "" where it has none. */
static const char *
word_of(const json_t *subject)
{
	static const char *const names[] = { "name", "key_name", "device", "ca",
		"principal", "window" };
	const char *word = json_string_value(json_array_get(json_object_get(
	    subject, "keys"), 0));

	for (size_t i = 0; word == NULL && i < NELEM(names); i++)
		word = json_str(subject, names[i], NULL);
	return word != NULL ? word : "";
}

static void
subject_of(const struct notice *n, const char *house, char ret[200])
{
	const char *what = word_of(json_object_get(n->about, "subject"));
	const char *state = json_str(n->about, "state", "?");

	if (n->occasion == NOTICE_TEST)
		snprintf(ret, 200, "A test [%.64s]", house);
	else if (is_alert(n))
		snprintf(ret, 200, "%s: %.20s %.80s [%.64s]",
		    n->occasion == NOTICE_OVER ? "Over" : "Alert",
		    json_str(n->about, "watch", ""),
		    json_str(json_object_get(n->about, "about"), "name", ""),
		    house);
	else if (!is_asking(n))
		snprintf(ret, 200, "%.20s: %.32s%s%.64s [%.64s]", state,
		    json_str(n->about, "action", ""), what[0] != '\0' ? " " :
		    "", what, house);
	else
		snprintf(ret, 200, "%s: %.32s%s%.64s [%.64s]",
		    n->occasion == NOTICE_REMINDER ? "Still waiting" :
		    "To approve", json_str(n->about, "action", ""),
		    what[0] != '\0' ? " " : "", what, house);
}

/* "5 notices: 1 to approve, 2 alerts": what waits for whoever reads no further. */
static void
subject_of_all(const struct notice *n, size_t count, const char *house,
    char ret[200])
{
	size_t asking = 0, alerts = 0;
	char what[80] = "", more[40] = "";

	for (size_t i = 0; i < count; i++) {
		asking += is_asking(&n[i]);
		alerts += n[i].occasion == NOTICE_ALERT;
	}
	if (asking > 0)
		snprintf(what, sizeof(what), ": %zu to approve", asking);
	if (alerts > 0)
		snprintf(more, sizeof(more), "%s %zu alert%s", asking > 0 ? "," :
		    ":", alerts, alerts == 1 ? "" : "s");
	snprintf(ret, 200, "%zu notices%s%s [%.64s]", count, what, more, house);
}

int
notify_text(const struct flow *f, const struct notice *n, size_t count,
    char ret_subject[200], struct blob *ret, struct err *err)
{
	char house[80];

	house_of(f, house);
	if (count == 1)
		subject_of(n, house, ret_subject);
	else
		subject_of_all(n, count, house, ret_subject);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			TRY(blob_puts(ret, "\n---\n\n", err));
		TRY(one(f, &n[i], ret, err));
	}
	return blob_puts(ret, "\nThis message is no proof of anything: what you "
	    "agree to is what claviger shows you before you sign.\n", err);
}

int
notify_json(const struct flow *f, const struct notice *n, char **ret,
    struct err *err)
{
	AUTO_JSON *j = NULL;
	char house[80], created[TIME_TEXT], link[600];
	const char *before = f->o.notify_link;

	clock_text(n->created, created);
	snprintf(link, sizeof(link), "%.500s%s", before != NULL ? before : "",
	    n->request);
	TRY(json_build(&j, err, "{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:O}",
	    "format", "claviger/notice/v1", "id", n->id, "house",
	    house_of(f, house), "occasion", occasion_name(n->occasion),
	    "person", n->person,
	    "request", n->request[0] != '\0' ? n->request : NULL,
	    "alert", n->alert[0] != '\0' ? n->alert : NULL,
	    "link", before != NULL && before[0] != '\0' &&
	    n->request[0] != '\0' ? link : NULL, "about", n->about));
	TRY(json_set_str(j, "created", created, err));
	/* What turns a line around, or a terminal's head, is spelled out: it may end in
	 * somebody's log. */
	*ret = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "a notice");
}
