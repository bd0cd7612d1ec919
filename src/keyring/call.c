#include "config.h"

#include <string.h>

#include "base/json.h"
#include "keyring/line.h"
#include "wire/message.h"

#define MESSAGE_OCTETS	768	/* room that most uses' messages need not leave */

struct call *
call_answered(struct keyring *k, struct frame_message *m)
{
	uint32_t at = m->id % LINE_CALLS_MOST, round = m->id / LINE_CALLS_MOST;
	struct call *c = at < k->most ? &k->calls[at] : NULL;

	/* Nobody waits for it any more: it comes back through the tail. */
	if (c == NULL || !c->used || c->round != round || c->answer != NULL) {
		blob_free(m->octets);
		return NULL;
	}
	c->answer = m->octets;
	return c;
}

void
call_break_all(struct keyring *k)
{
	unsigned i;

	for (i = 0; i < k->most; i++) {
		if (!k->calls[i].used || k->calls[i].answer != NULL)
			continue;
		if (k->calls[i].later != NULL) {
			later_lose(k, &k->calls[i], "the connection broke");
			continue;
		}
		k->calls[i].broken = true;
		(void)pthread_cond_signal(&k->calls[i].come);
	}
}

/* Under lock: may this thread's call pass now? */
static bool
may_pass(const struct keyring *k)
{
	return k->state == LINE_READY || (k->state == LINE_GREETING &&
	    pthread_equal(pthread_self(), k->greeter));
}

/* Under lock: the greeting may have failed for want of the house's own store. */
static int
no_connection(const struct keyring *k, struct err *err)
{
	if (k->why.code == ESTORE || k->why.code == ELEDGER)
		return err_set(err, k->why.code, "%s", k->why.what);
	return err_set(err, EKEEPER, "no connection: %s", k->why.what);
}

int
line_silent(struct err *err)
{
	return err_set(err, EKEEPER, "nothing was heard since it was waited "
	    "for in vain");
}

/* The end of a wait of @most, where that is not bounded by @until; 0: it is not. */
static time_us
wait_end(time_us most, time_us until)
{
	time_us end = clock_mono() + most;

	return until != 0 && until < end ? until : end;
}

/* Under lock: may this thread's call pass before @until; 0: it waits long. */
static int
connected(struct keyring *k, time_us until, struct err *err)
{
	time_us end = wait_end(k->patience, until);

	while (!may_pass(k)) {
		bool greeter = pthread_equal(pthread_self(), k->greeter);

		if (k->stop || k->ending != 0 || greeter || (until != 0 && k->silent) ||
		    !line_wait(k, &k->change, end)) {
			k->silent |= until != 0;
			return no_connection(k, err);
		}
	}
	return until != 0 && k->silent ? line_silent(err) : 0;
}

/* Under lock: wait for a connection, then take a place. */
static int
call_take(struct keyring *k, time_us until, struct call **ret,
    struct err *err)
{
	struct call *c;

	TRY(connected(k, until, err));
	if ((c = k->first_free) == NULL)
		return err_set(err, EBUSY_, "%u calls to the keeper wait",
		    k->most);
	k->first_free = c->next_free;
	c->used = true;
	c->broken = false;
	c->answer = NULL;
	c->later = NULL;
	c->round = (c->round + 1) % (UINT32_MAX / LINE_CALLS_MOST);
	*ret = c;
	return 0;
}

void
call_give(struct keyring *k, struct call *c)
{
	blob_free(c->answer);
	c->answer = NULL;
	c->used = false;
	c->next_free = k->first_free;
	k->first_free = c;
}

/*
 * Under lock: send what is queued, if nobody does.  While one thread is in
 * send(2) others add to the queue; it takes all of that next, in one write.
 */
static void
send_queued(struct keyring *k)
{
	struct frame_writer *w;
	struct err e = { 0 };
	int fd = k->fd, rc = 0;

	if (k->sending)
		return;
	k->sending = true;
	while (rc == 0 && !k->broken && frame_writer_waiting(k->queue) > 0) {
		w = k->queue;
		k->queue = k->out;
		k->out = w;
		(void)pthread_mutex_unlock(&k->lock);
		rc = frame_writer_flush(w, fd, &e);
		if (rc == 0 && frame_writer_waiting(w) > 0)
			rc = err_set(&e, EKEEPER, "the keeper does not read");
		(void)pthread_mutex_lock(&k->lock);
	}
	k->sending = false;
	if (rc != 0) {
		e.code = EKEEPER;
		line_break(k, &e);
	}
	if (k->broken)
		(void)pthread_cond_broadcast(&k->change);
}

/* Under lock: queue a message. */
static int
put(struct keyring *k, const struct call *c, const struct blob *message,
    const struct blob *attached, struct err *err)
{
	uint32_t id = c->round * LINE_CALLS_MOST + (uint32_t)(c - k->calls);

	if (attached == NULL)
		return frame_writer_add(k->queue, id, message->data,
		    message->len, err);
	return frame_writer_add_with(k->queue, id, message->data, message->len,
	    attached->data, attached->len, err);
}

/*
 * Under lock: it may be done all the same.  A new greeting asks; who waited
 * shortly leaves the line to those who still do, and says that it is silent.
 */
static int
late(struct keyring *k, bool shortly, uint64_t heard, struct err *err)
{
	struct err why;

	(void)err_set(&why, EKEEPER, "no answer in time");
	if (!shortly)
		line_break(k, &why);
	else if (k->heard == heard)
		k->silent = true;
	return err_set(err, EKEEPER, "%s", why.what);
}

/* Under lock: send and wait. */
static int
exchange(struct keyring *k, struct call *c, const struct blob *message,
    const struct blob *attached, time_us until, struct blob **ret,
    struct err *err)
{
	time_us end = wait_end(k->timeout, until);
	uint64_t heard = k->heard;

	TRY(put(k, c, message, attached, err));
	send_queued(k);
	while (c->answer == NULL && !c->broken)
		if (!line_wait(k, &c->come, end) && c->answer == NULL)
			return late(k, until != 0, heard, err);
	if (c->answer == NULL)
		return err_set(err, EKEEPER, "the connection broke: %s",
		    k->why.what);
	*ret = TAKE(c->answer);
	return 0;
}

static int
call(struct keyring *k, const struct blob *message,
    const struct blob *attached, time_us wait, struct blob **ret,
    struct err *err)
{
	time_us until = wait > 0 ? clock_mono() + wait : 0;
	struct call *c = NULL;
	int rc;

	(void)pthread_mutex_lock(&k->lock);
	rc = call_take(k, until, &c, err);
	if (rc == 0) {
		rc = exchange(k, c, message, attached, until, ret, err);
		call_give(k, c);
	}
	(void)pthread_mutex_unlock(&k->lock);
	return rc;
}

static int
size_check(const struct blob *message, struct err *err)
{
	return message->len <= FRAME_UNFINISHED ? 0 : err_set(err, ETOOBIG,
	    "a message of %zu octets to the keeper", message->len);
}

int
line_call_with(struct keyring *k, const struct blob *message,
    const struct blob *attached, time_us wait, json_t **ret_answer,
    struct err *err)
{
	AUTO(blob) *octets = NULL;
	json_t *answer = NULL;
	int rc;

	TRY(size_check(message, err));
	TRY(call(k, message, attached, wait, &octets, err));
	TRY(message_read(octets->data, octets->len, &answer, err));
	rc = answer_check(answer, err);
	if (ret_answer != NULL)
		*ret_answer = answer;
	else
		json_decref(answer);
	return rc;
}

int
line_call(struct keyring *k, const struct blob *message, json_t **ret_answer,
    struct err *err)
{
	return line_call_with(k, message, NULL, 0, ret_answer, err);
}

int
keyring_call(struct keyring *k, const json_t *request, json_t **ret_answer,
    struct err *err)
{
	AUTO(blob) *message = blob_new();

	if (message == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(message_write(request, message, err));
	return line_call(k, message, ret_answer, err);
}

int
line_call_later(struct keyring *k, const json_t *request, struct later *l,
    struct err *err)
{
	AUTO(blob) *message = blob_new();
	struct call *c = NULL;
	int rc;

	if (message == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(blob_reserve(message, MESSAGE_OCTETS, err));
	TRY(message_write(request, message, err));
	TRY(size_check(message, err));
	(void)pthread_mutex_lock(&k->lock);
	rc = call_take(k, 0, &c, err);
	if (rc == 0 && (rc = put(k, c, message, NULL, err)) != 0)
		call_give(k, c);
	if (rc == 0) {
		c->until = clock_mono() + k->timeout;
		c->later = l;
		/* While it is sent the lock is let go: @l may have come. */
		send_queued(k);
	}
	(void)pthread_mutex_unlock(&k->lock);
	return rc;
}
