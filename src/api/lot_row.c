/*
 * lot_row - one row of a batch: read, asked for, and said what it came to.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "api/lot_inside.h"
#include "base/json.h"

#define PATIENCE_S	20	/* how long what passes is waited for */
#define REFUSALS	10000u	/* most of one sending */

/* What is said of a row that was lost is said in the tail. */
static struct slot
slot_lost(struct lot *l, const struct err *why)
{
	lot_end(l, why);
	return (struct slot){ .outcome = LOST };
}

/* What passes is nobody's word on the row; nor is that its asker is gone. */
static bool
passes(enum err_code c)
{
	return err_http(c) == 503 || err_http(c) == 500;
}

static bool
gives_up(struct lot *l, time_us until)
{
	bool up;

	pthread_mutex_lock(&l->lock);
	up = l->stop || l->why.code != OK || clock_mono() >= until;
	pthread_mutex_unlock(&l->lock);
	return up;
}

/* Before each try what the keeper did is known, so that nothing is done twice. */
static int
row_try(struct lot *l, const json_t *row, struct answer *ret, struct err *err)
{
	TRY(lot_stands(l, err));
	TRY(flow_keeper_wait(l->api->flow, TIME_S(2), err));
	TRY(flow_batch_row(l->api->flow, &l->who, &l->batch, row, ret, err));
	if (ret->code == OK || ret->code == EQUORUM || !passes(ret->code))
		return 0;
	err_set(err, ret->code, "%s", ret->detail);
	answer_done(ret);
	return -(int)err->code;
}

static int
row_ask(struct lot *l, const json_t *row, struct answer *ret, struct err *err)
{
	time_us until = clock_mono() + TIME_S(PATIENCE_S);
	struct timespec pause = { 0, 20000000 };
	int rc;

	for (;;) {
		rc = row_try(l, row, ret, err);
		if (rc == 0 || !passes(err->code) || gives_up(l, until))
			return rc;
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 500000000)
			pause.tv_nsec *= 2;
	}
}

/* ---- what a row came to ---- */

/* Steals @o. */
static int
slot_make(const struct csrs_row *row, const json_t *asked, json_t *o,
    enum outcome outcome, struct slot *ret, struct err *err)
{
	static const char *const words[] = { "done", "waiting", "refused" };
	AUTO_JSON *mine = o;
	const char *name = json_str(asked, "name", row->name);
	char *line;

	TRY(json_set_int(mine, "row", (int64_t)row->n, err));
	TRY(json_set_str(mine, "outcome", words[outcome], err));
	if (name[0] != '\0')
		TRY(json_set_str(mine, "name", name, err));
	if ((line = json_line(mine)) == NULL)
		return err_set(err, ENOMEMORY, "a row's result");
	*ret = (struct slot){ .text = line, .n = strlen(line),
	    .outcome = outcome };
	return 0;
}

static int
slot_refused(const struct csrs_row *row, const json_t *asked,
    const struct err *why, const json_t *more, struct slot *ret,
    struct err *err)
{
	json_t *o = problem_json(why, more);

	return o == NULL ? err_set(err, ENOMEMORY, "a row's result") :
	    slot_make(row, asked, o, REFUSED, ret, err);
}

/* The chain is the same for all: GET /v1/cas/{ca} has it. */
static int
slot_answer(const struct csrs_row *row, const json_t *asked, struct answer *a,
    struct slot *ret, struct err *err)
{
	struct err why = { .code = a->code };
	json_t *o;

	memcpy(why.what, a->detail, sizeof(why.what));
	if (a->code == OK) {
		json_object_del(a->body, "chain");
		return slot_make(row, asked, TAKE(a->body), DONE, ret, err);
	}
	if (a->code != EQUORUM)
		return slot_refused(row, asked, &why, a->body, ret, err);
	TRY(json_build(&o, err, "{s:s}", "request", a->request));
	return slot_make(row, asked, o, WAITS, ret, err);
}

static int
row_read(struct lot *l, const struct csrs_row *row, json_t **ret,
    struct err *err)
{
	TRY(csrs_json(row, ret, err));
	return json_check(*ret, "", l->schema->rows, l->schema->n, err);
}

static struct slot
row_do(struct lot *l, const struct csrs_row *row, bool *ret_readable)
{
	struct err why = { .code = OK };
	struct answer a = { .code = OK };
	struct slot s = { .text = NULL };
	AUTO_JSON *asked = NULL;
	char name[FLOW_BATCH_NAME] = "";
	int rc = row_read(l, row, &asked, &why);

	*ret_readable = rc == 0;
	if (rc == 0)
		rc = flow_batch_name(&l->batch, asked, name, &why);
	turn_wait(l, row->n, rc == 0 ? name : "");
	if (rc == 0)
		rc = row_ask(l, asked, &a, &why);
	if (rc == 0)
		rc = slot_answer(row, asked, &a, &s, &why);
	else if (!passes(why.code) && why.code != EAUTH)
		rc = slot_refused(row, asked, &why, NULL, &s, &why);
	answer_done(&a);
	return rc == 0 ? s : slot_lost(l, &why);
}

/* ---- what is written down of it ---- */

static int
hash_note(struct lot *l, bool refused, const char *hex, struct err *err)
{
	json_t *to;
	int rc = 0;

	pthread_mutex_lock(&l->lock);
	to = refused ? l->refused : l->mended;
	if (!json_has(to, hex))
		rc = json_array_append_new(to, json_string(hex));
	pthread_mutex_unlock(&l->lock);
	return rc == 0 ? 0 : err_set(err, ENOMEMORY, "a batch");
}

/* Only what changes: who sends the same again writes nothing. */
static int
count_note(struct lot *l, const struct csrs_row *row, bool refused,
    struct err *err)
{
	struct sha256 hash = csrs_hash(row);
	char hex[SHA256_HEX];
	bool was = false;

	if (refused || l->batch.refused)
		TRY(flow_batch_was_refused(l->api->flow, &l->batch, &hash,
		    &was, err));
	if (was == refused)
		return 0;
	sha256_hex(&hash, hex);
	return hash_note(l, refused, hex, err);
}

/* A sender that has nothing but such is not read to its end. */
static void
refusal_count(struct lot *l)
{
	struct err why = { .code = OK };
	bool many;

	pthread_mutex_lock(&l->lock);
	many = ++l->refusals > REFUSALS;
	pthread_mutex_unlock(&l->lock);
	if (!many)
		return;
	err_set(&why, ELIMIT, "more than %u rows were refused", REFUSALS);
	lot_end(l, &why);
}

struct slot
lot_row(struct lot *l, const struct csrs_row *row)
{
	bool readable = false;
	struct slot s = row_do(l, row, &readable);
	struct err why = { .code = OK };

	if (s.outcome == REFUSED)
		refusal_count(l);
	/* What is no request at all is nothing to remember. */
	if (s.outcome != LOST && readable &&
	    count_note(l, row, s.outcome == REFUSED, &why) != 0) {
		free(s.text);
		s = slot_lost(l, &why);
	}
	return s;
}
