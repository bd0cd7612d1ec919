/*
 * submit - see submit.h.
 *
 * Floor 7.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "base/json.h"
#include "cli/progress.h"
#include "cli/submit.h"

#define PAUSE_MOST_S	30
#define PLACES		100u	/* files of one name */

/* ---- what a row came to ---- */

/* @ret false: there is no result in it. */
static bool
outcome_of(const json_t *result, enum submit_outcome *ret)
{
	static const char *const words[] = { "done", "waiting", "refused" };
	const char *word = json_str(result, "outcome", "");

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum submit_outcome)i;
			return true;
		}
	return false;
}

void
submit_name(const json_t *result, char *ret, size_t n)
{
	const char *name = json_str(result, "name", "");
	size_t len = strlen(name), i;

	if (len > 4 && name[len - 4] == '.')
		len -= 4;
	if (len == 0 || len + 5 > n) {
		snprintf(ret, n, "row-%lld.crt", (long long)json_int(result,
		    "row", 0));
		return;
	}
	for (i = 0; i < len; i++)
		ret[i] = isalnum((unsigned char)name[i]) ||
		    strchr("_-+=@", name[i]) != NULL ||
		    (name[i] == '.' && i > 0) ? name[i] : '_';
	memcpy(ret + len, ".crt", 5);
}

/* The first of its files is NAME.crt; where others lie, NAME.ROW.crt and on. */
static int
place_path(const struct submit *s, const json_t *result, unsigned n,
    char **ret, struct err *err)
{
	char name[256], more[40] = "";

	submit_name(result, name, sizeof(name));
	name[strlen(name) - 4] = '\0';
	if (n > 0)
		snprintf(more, sizeof(more), ".%lld", (long long)json_int(
		    result, "row", 0));
	if (n > 1)
		snprintf(more + strlen(more), 12, ".%u", n);
	if (asprintf(ret, "%s/%s%s.crt", s->to, name, more) >= 0)
		return 0;
	*ret = NULL;
	return err_set(err, ENOMEMORY, "a certificate");
}

enum place { PLACE_FREE, PLACE_SAME, PLACE_OTHER };

/* Whatever cannot be read is somebody else's too. */
static enum place
place_look(const char *path, const char *pem)
{
	struct blob there = { 0 };
	int rc = io_read_file(path, strlen(pem), &there, NULL);
	bool same = rc == 0 && strcmp(blob_str(&there), pem) == 0;

	blob_done(&there);
	if (rc == -ENOENT_)
		return PLACE_FREE;
	return same ? PLACE_SAME : PLACE_OTHER;
}

/* No file that is there is lost, be it of another row or of nobody knows whom. */
static int
certificate_write(const struct submit *s, const json_t *result,
    struct err *err)
{
	const char *pem = json_str(result, "certificate", "");
	enum place place = PLACE_OTHER;
	char *path = NULL;
	int rc = 0;

	for (unsigned n = 0; place == PLACE_OTHER && n < PLACES; n++) {
		free(path);
		TRY(place_path(s, result, n, &path, err));
		place = place_look(path, pem);
	}
	if (place == PLACE_OTHER)
		rc = err_set(err, EEXISTS, "%s", path);
	if (place == PLACE_FREE)
		rc = io_write_file(path, 0644, pem, strlen(pem), err);
	free(path);
	return rc;
}

static int
result_note(struct submit *s, const json_t *result, struct err *err)
{
	enum submit_outcome o;

	if (!outcome_of(result, &o))
		return err_set(err, EINPUT, "a row's result is not understood");
	s->count[o]++;
	if (o == SUBMIT_REFUSED && s->first.code == OK)
		err_set(&s->first, err_from_name(json_str(result, "code", "")),
		    "row %lld, %s: %s", (long long)json_int(result, "row", 0),
		    json_str(result, "name", ""), json_str(result, "detail",
		    ""));
	return o == SUBMIT_DONE && s->to != NULL ?
	    certificate_write(s, result, err) : 0;
}

/* ---- some rows at once ---- */

struct item {
	struct blob	 row, result;	/* lines; result empty: none yet */
};
struct chunk {
	struct item	 item[SPOOL_CHUNK];
	size_t		 n;
	uint64_t	 first;		/* number of the first row */
};

static void
chunk_done(struct chunk *c)
{
	for (size_t i = 0; i < SPOOL_CHUNK; i++) {
		blob_done(&c->item[i].row);
		blob_done(&c->item[i].result);
	}
	free(c);
}

/* Who has a certificate is not asked for again. */
static int
keep_done(struct blob *result, struct err *err)
{
	AUTO_JSON *o = NULL;
	enum submit_outcome was;

	if (result->len == 0)
		return 0;
	TRY(json_read(result->data, result->len, &o, err));
	if (!outcome_of(o, &was) || was != SUBMIT_DONE)
		blob_clear(result);
	return 0;
}

static int
chunk_read(struct submit *s, struct chunk *c, struct err *err)
{
	bool more;

	c->first = s->spool->passed + 1;
	for (c->n = 0; c->n < SPOOL_CHUNK; c->n++) {
		struct item *i = &c->item[c->n];

		blob_clear(&i->result);
		TRY(spool_next(s->spool, &i->row, &i->result, &more, err));
		if (!more)
			break;
		TRY(keep_done(&i->result, err));
	}
	return 0;
}

static int
body_make(const struct chunk *c, struct blob *ret, struct err *err)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->item[i].result.len == 0)
			TRY(blob_put(ret, c->item[i].row.data,
			    c->item[i].row.len, err));
	return 0;
}

static struct item *
item_next(struct chunk *c, size_t *at)
{
	while (*at < c->n && c->item[*at].result.len > 0)
		++*at;
	return *at < c->n ? &c->item[*at] : NULL;
}

/* The service counts the rows of an exchange, people those of the batch. */
static int
item_take(struct chunk *c, size_t at, json_t *result, struct err *err)
{
	char *line;
	int rc;

	TRY(json_set_int(result, "row", (int64_t)(c->first + at), err));
	if ((line = json_line(result)) == NULL)
		return err_set(err, ENOMEMORY, "a result");
	rc = blob_puts(&c->item[at].result, line, err);
	free(line);
	return rc;
}

/* What the end of an answer says. */
static int
tail_read(const json_t *tail, struct err *err)
{
	if (json_flag(tail, "end", false))
		return 0;
	return err_set(err, err_from_name(json_str(tail, "code", "")), "%s",
	    json_str(tail, "detail", ""));
}

/* As far as the answer goes; cut off, it is EUNREACH. */
static int
answer_take(struct submit *s, struct chunk *c, FILE *f, struct err *err)
{
	struct blob line = { 0 };
	enum submit_outcome o;
	bool more = true, end = false;
	size_t at = 0;
	int rc = 0;

	rewind(f);
	while (rc == 0 && !end) {
		AUTO_JSON *j = NULL;

		rc = spool_line(f, &line, &more, err);
		if (rc != 0 || !more)
			break;
		if ((rc = json_read(line.data, line.len, &j, err)) != 0)
			break;
		if (outcome_of(j, &o)) {
			if (item_next(c, &at) == NULL)
				rc = err_set(err, EINPUT, "more results came "
				    "than rows were sent");
			else
				rc = item_take(c, at, j, err);
		} else if (json_object_get(j, "end") != NULL) {
			rc = tail_read(j, err);
			end = true;
		} else
			snprintf(s->batch, sizeof(s->batch), "%s",
			    json_str(j, "batch", ""));
	}
	blob_done(&line);
	return rc != 0 || end ? rc : err_set(err, EUNREACH,
	    "the answer was cut off");
}

static int
chunk_send(struct submit *s, struct chunk *c, struct err *err)
{
	struct blob body = { 0 };
	struct call call = { .method = "POST", .octets = &body,
	    .type = "application/x-ndjson", .idempotency = s->spool->key };
	struct err cut = { .code = OK };
	struct client *client;
	char *path = NULL;
	FILE *f = NULL;
	int rc, sent;

	TRY(cli_client(s->cli, &client, err));
	TRY(client_path(&path, err, "/v1/cas/%s/batches?profile=%s",
	    s->spool->ca, s->spool->profile));
	call.path = path;
	rc = body_make(c, &body, err);
	if (rc == 0 && (f = tmpfile()) == NULL)
		rc = err_set(err, EIO_, "no room for an answer");
	if (rc == 0) {
		sent = client_send(client, &call, f, &cut);
		rc = answer_take(s, c, f, err);
		/* Why the line broke says more than that it did. */
		if (sent != 0 && rc != 0) {
			*err = cut;
			rc = sent;
		}
	}
	if (f != NULL)
		fclose(f);
	blob_done(&body);
	free(path);
	return rc;
}

/* ---- however often the line goes ---- */

static bool
passes(enum err_code c)
{
	return err_http(c) == 503 && c != EGENESIS && c != EHALTED &&
	    c != ENOMEMORY && c != EIO_;
}

static size_t
chunk_lacks(const struct chunk *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->item[i].result.len == 0;
	return n;
}

static void
say_later(const struct submit *s, const struct err *why, unsigned pause)
{
	cli_note(s->cli, "%s%s%s%s; trying again in %u s.",
	    s->cli->people ? "\n" : "", err_text(why->code),
	    why->what[0] != '\0' ? ": " : "", why->what, pause);
}

static int
chunk_settle(struct submit *s, struct chunk *c, struct err *err)
{
	time_us until = clock_mono() + s->patience;
	unsigned pause = 1;
	size_t lacks, before = chunk_lacks(c);

	while (before > 0) {
		int rc = chunk_send(s, c, err);

		lacks = chunk_lacks(c);
		if (rc == 0 && lacks == 0)
			return 0;
		if (rc == 0)
			return err_set(err, EINPUT, "fewer results came than "
			    "rows were sent");
		if (!passes(err->code))
			return rc;
		if (lacks < before) {
			until = clock_mono() + s->patience;
			pause = 1;
		}
		before = lacks;
		if (clock_mono() + TIME_S(pause) > until)
			return rc;
		say_later(s, err, pause);
		(void)nanosleep(&(struct timespec){ .tv_sec = pause }, NULL);
		pause = pause * 2 < PAUSE_MOST_S ? pause * 2 : PAUSE_MOST_S;
	}
	return 0;
}

/* @n: so many of them, from the first on. */
static int
chunk_store(struct submit *s, struct chunk *c, size_t n, struct err *err)
{
	struct blob lines = { 0 };
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = blob_put(&lines, c->item[i].result.data,
		    c->item[i].result.len, err);
	if (rc == 0 && n > 0)
		rc = spool_put(s->spool, &lines, n, err);
	for (size_t i = 0; i < n && rc == 0; i++) {
		AUTO_JSON *o = NULL;

		rc = json_read(c->item[i].result.data, c->item[i].result.len,
		    &o, err);
		if (rc == 0)
			rc = result_note(s, o, err);
	}
	blob_done(&lines);
	return rc;
}

/* What came before the line went is kept, also where we give up. */
static int
chunk_pass(struct submit *s, struct chunk *c, struct err *err)
{
	struct err why = { .code = OK };
	size_t n = 0;
	int rc = chunk_settle(s, c, &why);

	while (n < c->n && c->item[n].result.len > 0)
		n++;
	TRY(chunk_store(s, c, n, err));
	if (rc != 0 && err != NULL)
		*err = why;
	return rc;
}

/* Rows that an earlier run has passed: counted, and their files where they lack. */
static int
passed_note(struct submit *s, struct err *err)
{
	struct blob line = { 0 };
	bool more = true;
	int rc = 0;

	rewind(s->spool->part);
	for (;;) {
		AUTO_JSON *o = NULL;

		rc = spool_line(s->spool->part, &line, &more, err);
		if (rc != 0 || !more)
			break;
		rc = json_read(line.data, line.len, &o, err);
		if (rc == 0)
			rc = result_note(s, o, err);
		if (rc != 0)
			break;
	}
	blob_done(&line);
	if (rc == 0 && fseek(s->spool->part, 0, SEEK_END) != 0)
		rc = err_set(err, EIO_, "the spool could not be read");
	return rc;
}

static int
pass(struct submit *s, struct bar *bar, struct err *err)
{
	struct chunk *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL)
		return err_set(err, ENOMEMORY, "rows");
	do {
		bar_said(bar, s->spool->passed);
		rc = chunk_read(s, c, err);
		if (rc == 0 && c->n > 0)
			rc = chunk_pass(s, c, err);
	} while (rc == 0 && c->n > 0);
	chunk_done(c);
	return rc;
}

int
submit_pass(struct submit *s, struct err *err)
{
	struct bar bar;
	int rc;

	TRY(spool_begin(s->spool, err));
	TRY(passed_note(s, err));
	bar_begin(&bar, s->cli, s->spool->rows);
	rc = pass(s, &bar, err);
	bar_end(&bar);
	return rc == 0 ? spool_end(s->spool, err) : rc;
}
