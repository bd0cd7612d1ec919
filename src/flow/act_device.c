/*
 * act_device - what is said of devices, a page of rows at a time: what factories
 * say of those that they made, and update platforms of what runs on them.
 * What is bad is left out and told by its number.
 */
#include <string.h>
#include "flow/again.h"
#include "flow/deed.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"
#include "policy/device.h"
#include "policy/quorum.h"
#include "product/artifact.h"
#include "product/device.h"

/* What came of a row. */
enum fate { FATE_NEW, FATE_CHANGED, FATE_KNOWN };

struct paging;

/* What a page is of. */
struct sort {
	const char	*member;
	enum event_kind	 kind;
	const char	*none;		/* a row that stands where there is none */
	int		(*read)(struct tx *tx, struct paging *m, const json_t *given, json_t **ret, enum fate *ret_fate, struct err *err);
};

/* A page that is read: what to enter, and what came of the rest. */
struct paging {
	const struct sort *sort;
	const json_t	*body;		/* borrowed */
	time_us		 now;
	json_t		*rows, *bad;	/* owned */
	json_t		*by_serial;	/* owned: what this page says of each */
	json_t		*artifacts;	/* owned: digests that nobody here signed */
	json_t		*lines;		/* owned: product lines that are concerned, in order */
	int64_t		 n[3];		/* by fate */
	int64_t		 devices;	/* rows of devices that nobody here knows */
};

static void
paging_done(struct paging *m)
{
	json_decref(m->rows);
	json_decref(m->bad);
	json_decref(m->by_serial);
	json_decref(m->artifacts);
	json_decref(m->lines);
}

static int
bad_put(struct paging *m, size_t i, const struct err *why, struct err *err)
{
	json_t *one;

	TRY(json_build(&one, err, "{s:I, s:s}", "row", (json_int_t)i + 1,
	    "why", why->what));
	return json_array_append_new(m->bad, one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "rows");
}

/* ---- a factory's row ---- */

static int
line_add(json_t *lines, const char *line, struct err *err)
{
	size_t i = 0;
	int d = 1;

	for (; i < json_array_size(lines); i++)
		if ((d = strcmp(json_string_value(json_array_get(lines, i)),
		    line)) >= 0)
			break;
	return d == 0 || json_array_insert_new(lines, i, json_string(line)) ==
	    0 ? 0 : err_set(err, ENOMEMORY, "rows");
}

/* Of what is known already, too: who may speak of one line learns nothing of others'. */
static int
lines_tell(struct tx *tx, struct paging *m, const json_t *row,
    struct err *err)
{
	struct device_lines d;

	TRY(device_lines(tx, row, &d, err));
	for (size_t i = 0; i < d.n; i++)
		TRY(line_add(m->lines, d.line[i], err));
	return 0;
}

/* Which of two rows counts nobody could tell. */
static int
device_fate(struct tx *tx, struct paging *m, json_t *row, enum fate *ret,
    struct err *err)
{
	const char *serial = json_str(row, "serial", "");
	json_t *before = json_object_get(m->by_serial, serial);
	bool known, there;

	if (before != NULL && !json_equal(before, row))
		return err_set(err, EINPUT, "/serial: an earlier row says "
		    "something else of \"%.64s\"", serial);
	*ret = FATE_KNOWN;
	if (before != NULL)
		return 0;
	if (json_object_set(m->by_serial, serial, row) != 0)
		return err_set(err, ENOMEMORY, "rows");
	TRY(device_is_known(tx, row, &known, &there, err));
	if (!known)
		*ret = there ? FATE_CHANGED : FATE_NEW;
	return lines_tell(tx, m, row, err);
}

/* A day is told by its first moment, and has begun elsewhere up to fourteen hours
 * before it does here. */
static int
past_check(const struct paging *m, const json_t *row, const char *name,
    struct err *err)
{
	const char *text = json_str(row, name, NULL);
	time_us t, ahead;

	if (text == NULL)
		return 0;
	TRY(clock_parse(text, &t, err));
	ahead = t % TIME_S(86400) == 0 ? TIME_S(14 * 3600) : QUORUM_SKEW;
	return t <= m->now + ahead ? 0 : err_set(err, ERANGE_, "/%s: it lies in "
	    "the future", name);
}

static int
device_take(struct tx *tx, struct paging *m, const json_t *given,
    json_t **ret, enum fate *ret_fate, struct err *err)
{
	AUTO_JSON *row = NULL;

	TRY(device_row_read(given, json_str(m->body, "product", NULL), &row,
	    err));
	TRY(past_check(m, row, "made_at", err));
	TRY(device_fate(tx, m, row, ret_fate, err));
	*ret = TAKE(row);
	return 0;
}

/* ---- an update platform's ---- */

/* It is entered all the same: what runs somewhere runs there. */
static int
unknown_tell(struct tx *tx, struct paging *m, const json_t *row,
    struct err *err)
{
	const char *digest = json_str(row, "artifact_digest", "");
	AUTO_JSON *artifact = NULL, *device = NULL;

	TRY(artifact_find(tx, digest, &artifact, err));
	if (artifact == NULL && !json_has(m->artifacts, digest) &&
	    json_array_append_new(m->artifacts, json_string(digest)) != 0)
		return err_set(err, ENOMEMORY, "rows");
	TRY(device_get(tx, json_str(row, "serial", ""), &device, err));
	m->devices += json_array_size(json_object_get(device, "entered")) == 0;
	return 0;
}

static int
install_take(struct tx *tx, struct paging *m, const json_t *given,
    json_t **ret, enum fate *ret_fate, struct err *err)
{
	AUTO_JSON *row = NULL;
	bool known;

	TRY(install_row_read(given, &row, err));
	TRY(past_check(m, row, "installed_at", err));
	TRY(device_install_known(tx, row, &known, err));
	*ret_fate = known ? FATE_KNOWN : FATE_NEW;
	if (!known)
		TRY(unknown_tell(tx, m, row, err));
	*ret = TAKE(row);
	return 0;
}

/* ---- a page ---- */

static int
row_take(struct tx *tx, struct paging *m, const json_t *given,
    struct err *err)
{
	AUTO_JSON *row = NULL;
	enum fate fate;

	TRY(m->sort->read(tx, m, given, &row, &fate, err));
	m->n[fate]++;
	if (fate != FATE_KNOWN && json_array_append(m->rows, row) != 0)
		return err_set(err, ENOMEMORY, "rows");
	return 0;
}

static bool
is_the_rows(enum err_code c)
{
	return c == EINPUT || c == ESCHEMA || c == ERANGE_;
}

/* Each alone: what one of them is says nothing of the others. */
static int
page_read(struct tx *tx, void *ctx, struct err *err)
{
	struct paging *m = ctx;
	const json_t *given;
	size_t i;

	json_array_foreach(json_object_get(m->body, m->sort->member), i,
	    given) {
		struct err why = { .code = OK };

		if (row_take(tx, m, given, &why) == 0)
			continue;
		if (!is_the_rows(why.code)) {
			*err = why;
			return -(int)why.code;
		}
		TRY(bad_put(m, i, &why, err));
	}
	return 0;
}

/* ---- what is asked for ---- */

static int
told(const struct paging *m, json_t **ret, struct err *err)
{
	TRY(json_build(ret, err, "{s:I, s:I, s:I, s:O}", "entered",
	    (json_int_t)m->n[FATE_NEW], "changed",
	    (json_int_t)m->n[FATE_CHANGED], "known",
	    (json_int_t)m->n[FATE_KNOWN], "bad", m->bad));
	if (m->sort->kind != EVENT_INSTALL_REPORTED)
		return 0;
	TRY(json_set_new(*ret, "unknown_artifacts", json_incref(m->artifacts),
	    err));
	return json_set_int(*ret, "unknown_devices", m->devices, err);
}

static int
whole_check(const struct paging *m, struct err *err)
{
	const json_t *first = json_array_get(m->bad, 0);

	if (first == NULL || !json_flag(m->body, "all_or_nothing", false))
		return 0;
	return err_set(err, EINPUT, "row %lld: %s; nothing was entered",
	    (long long)json_int(first, "row", 0), json_str(first, "why", "?"));
}

static int
lines_put(const struct paging *m, json_t *parameters, struct err *err)
{
	return json_array_size(m->lines) == 0 ? 0 : json_set_new(parameters,
	    "lines", json_incref(m->lines), err);
}

/* parameters_check wants one at least; the known answer needs none. */
static int
parameters_put(const struct paging *m, struct drawn *ret, struct err *err)
{
	AUTO_JSON *none = NULL;

	TRY(json_read(m->sort->none, strlen(m->sort->none), &none, err));
	TRY(json_build(&ret->parameters, err, "{s:O, s:s*}",
	    m->sort->member, json_array_size(m->rows) > 0 ? m->rows : none,
	    "reason", json_str(m->body, "reason", NULL)));
	TRY(asked_put(ret->begun, ret->parameters, err));
	return lines_put(m, ret->parameters, err);
}

/* Nothing to do, or nothing to be done: that is the answer already. */
static int
known_put(const struct paging *m, struct drawn *ret, struct err *err)
{
	bool dry = json_flag(m->body, "dry_run", false);

	if (!dry && json_array_size(m->rows) > 0)
		return told(m, &ret->extra, err);
	TRY(told(m, &ret->known, err));
	TRY(json_set_str(ret->known, "state", "done", err));
	return dry ? json_set_new(ret->known, "dry_run", json_true(), err) : 0;
}

static int
paging_draw(const struct begun *b, struct paging *m, struct drawn *ret,
    struct err *err)
{
	if (m->rows == NULL || m->bad == NULL || m->by_serial == NULL ||
	    m->artifacts == NULL || m->lines == NULL)
		return err_set(err, ENOMEMORY, "rows");
	TRY(state_read(b->flow->state, page_read, m, err));
	TRY(whole_check(m, err));
	TRY(parameters_put(m, ret, err));
	return known_put(m, ret, err);
}

static int
draw(const struct begun *b, const struct sort *sort, struct drawn *ret,
    struct err *err)
{
	struct paging m = { .sort = sort, .body = b->ask->body, .now = b->now,
	    .rows = json_array(), .bad = json_array(),
	    .by_serial = json_object(), .artifacts = json_array(),
	    .lines = json_array() };
	int rc = paging_draw(b, &m, ret, err);

	ret->anew = true;
	paging_done(&m);
	return rc;
}

/* ---- doing it ---- */

/* The parameters have those rows that went in, and nothing of the others. */
static int
done_answer(const char *request, const json_t *parameters, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:I}", "request", request,
	    "state", "done", "entered", (json_int_t)(json_array_size(
	    json_object_get(parameters, "devices")) + json_array_size(
	    json_object_get(parameters, "installs"))));
}

static int
tell(const struct granted *g, enum event_kind kind, json_t **ret_data,
    struct event *ret, struct err *err)
{
	AUTO_JSON *data = NULL;

	TRY(json_build(&data, err, "{}"));
	TRY(granted_tell(g, data, err));
	*ret = (struct event){ .kind = kind, .actor = g->requester,
	    .subject = g->request_id };
	*ret_data = TAKE(data);
	return 0;
}

static int
perform(const struct granted *g, json_t **ret, struct err *err)
{
	TRY(granted_commit(g, err));
	return done_answer(g->request_id, g->parameters, ret, err);
}

static int
page_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return done_answer(a->id, json_object_get(a->request, "parameters"),
	    ret, err);
}

static int
import_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const struct sort sort = { "devices", EVENT_DEVICE_IMPORTED,
		"[{\"serial\":\"-\"}]", device_take };

	return draw(b, &sort, ret, err);
}

int
device_import_tell(const struct granted *g, json_t **ret_data, struct event *ret,
    struct err *err)
{
	return tell(g, EVENT_DEVICE_IMPORTED, ret_data, ret, err);
}

const struct deed deed_device_import = { "device.import", import_draw, NULL,
	perform, page_result, NULL };

static int
report_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const struct sort sort = { "installs", EVENT_INSTALL_REPORTED,
		"[{\"artifact_digest\":\"0000000000000000000000000000000000000"
		"000000000000000000000000000\",\"installed_at\":\"2026-01-01T00"
		":00:00.000000Z\",\"serial\":\"-\"}]", install_take };

	return draw(b, &sort, ret, err);
}

int
install_report_tell(const struct granted *g, json_t **ret_data, struct event *ret,
    struct err *err)
{
	return tell(g, EVENT_INSTALL_REPORTED, ret_data, ret, err);
}

const struct deed deed_install_report = { "install.report", report_draw, NULL,
	perform, page_result, NULL };
