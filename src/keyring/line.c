#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cond.h"
#include "base/json.h"
#include "keyring/line.h"

#define SEND_S	10	/* longest that the keeper may leave our octets unread */
#define EXPIRE	TIME_S(1)	/* how often is looked for who has waited too long */

bool
line_wait(struct keyring *k, pthread_cond_t *c, time_us until)
{
	return cond_wait(c, &k->lock, until);
}

void
line_break(struct keyring *k, const struct err *why)
{
	if (k->broken || k->fd < 0)
		return;
	k->broken = true;
	k->state = LINE_DOWN;
	k->why = *why;
	(void)shutdown(k->fd, SHUT_RDWR);
	call_break_all(k);
	(void)pthread_cond_broadcast(&k->change);
}

int
line_thread(pthread_t *ret, void *(*run)(void *), void *arg, struct err *err)
{
	sigset_t all, old;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(ret, NULL, run, arg);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc == 0 ? 0 : err_set(err, EINTERNAL, "a thread: %s",
	    strerror(rc));
}

static int
connect_to(const char *path, int *ret, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct timeval longest = { .tv_sec = SEND_S };
	int fd, rc = 0;

	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, EKEEPER, "socket: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &longest,
	    sizeof(longest)) != 0)
		rc = err_set(err, EKEEPER, "%s: %s", path, strerror(errno));
	if (rc != 0)
		(void)close(fd);
	else
		*ret = fd;
	return rc;
}

/* Under lock: who did not wait is to be told, its place is free. */
static struct later *
take_later(struct keyring *k, struct call *c)
{
	struct later *l = c->later;

	l->octets = TAKE(c->answer);
	l->next = NULL;
	call_give(k, c);
	return l;
}

/*
 * All answers that came in one read are given out under one lock; whoever
 * waits is woken after it, else it would wait for the lock at once.
 */
static void
give_answers(struct keyring *k)
{
	struct call *first = NULL, **last = &first, *c;
	struct later *later = NULL, **end = &later;
	struct frame_message m;

	(void)pthread_mutex_lock(&k->lock);
	while (frame_reader_take(k->reader, &m)) {
		k->heard++;
		k->silent = false;
		if ((c = call_answered(k, &m)) == NULL)
			continue;
		if (c->later != NULL) {
			*end = take_later(k, c);
			end = &(*end)->next;
			continue;
		}
		c->next_come = NULL;
		*last = c;
		last = &c->next_come;
	}
	(void)pthread_mutex_unlock(&k->lock);
	for (c = first; c != NULL; c = c->next_come)
		(void)pthread_cond_signal(&c->come);
	later_tell(k, later);
}

static void *
read_answers(void *arg)
{
	struct keyring *k = arg;
	struct err e = { 0 };
	size_t n = 0;
	bool end = false;
	int rc = 0;

	while (rc == 0 && !end) {
		rc = frame_reader_pull(k->reader, k->fd, &n, &end, &e);
		if (rc == 0)
			give_answers(k);
	}
	if (rc == 0)
		(void)err_set(&e, EKEEPER, "the keeper closed the connection");
	else
		e.code = EKEEPER;
	(void)pthread_mutex_lock(&k->lock);
	line_break(k, &e);
	(void)pthread_mutex_unlock(&k->lock);
	later_tell_lost(k);
	return NULL;
}

/* Say hello, and let the house take what its keeper did meanwhile. */
static int
greet(struct keyring *k, struct err *err)
{
	AUTO_JSON *hello = NULL;

	TRY(keyring_hello(k, 0, &hello, err));
	return k->welcome == NULL ? 0 :
	    k->welcome(k->welcome_ctx, k, hello, err);
}

/* A fresh connection's readers and writers. Under no lock: nobody else is here. */
static int
prepare(struct keyring *k, struct err *err)
{
	struct frame_writer *queue = NULL, *out = NULL;
	int rc;

	rc = frame_reader_new(FRAME_MESSAGE, FRAME_MESSAGE, &k->reader, err);
	if (rc == 0)
		rc = frame_writer_new(&queue, err);
	if (rc == 0)
		rc = frame_writer_new(&out, err);
	if (rc != 0) {
		frame_writer_free(queue);
		return rc;
	}
	(void)pthread_mutex_lock(&k->lock);
	k->queue = queue;
	k->out = out;
	(void)pthread_mutex_unlock(&k->lock);
	return 0;
}

/* Nobody sends or reads any more: let the connection go. */
static void
hang_up(struct keyring *k)
{
	int fd;

	(void)pthread_mutex_lock(&k->lock);
	while (k->sending)
		(void)pthread_cond_wait(&k->change, &k->lock);
	fd = k->fd;
	k->fd = -1;
	k->state = LINE_DOWN;
	frame_writer_free(k->queue);
	frame_writer_free(k->out);
	frame_reader_free(k->reader);
	k->queue = k->out = NULL;
	k->reader = NULL;
	(void)pthread_mutex_unlock(&k->lock);
	if (fd >= 0)
		(void)close(fd);
}

/* Under lock: move on, unless the connection is over already. */
static void
enter(struct keyring *k, enum line_state s)
{
	if (!k->broken && !k->stop)
		k->state = s;
	(void)pthread_cond_broadcast(&k->change);
}

/* Under lock: who ends does not wait for a keeper that says nothing. */
static void
ending_look(struct keyring *k)
{
	time_us now = clock_mono();
	struct err why;

	if (k->ending == 0)
		return;
	if (k->heard != k->ending_heard) {
		k->ending_heard = k->heard;
		k->ending = now;
	} else if (now - k->ending >= LINE_END) {
		(void)err_set(&why, EKEEPER, "the service ends, and the keeper "
		    "does not answer");
		line_break(k, &why);
	}
}

/* Under lock: until this connection ends. */
static void
watch(struct keyring *k)
{
	while (!k->broken && !k->stop) {
		(void)line_wait(k, &k->change, clock_mono() +
		    (k->ending != 0 ? LINE_END / 8 : EXPIRE));
		later_expire(k);
		ending_look(k);
		if (k->lost == NULL)
			continue;
		(void)pthread_mutex_unlock(&k->lock);
		later_tell_lost(k);
		(void)pthread_mutex_lock(&k->lock);
	}
}

/* From greeting to the end of one connection whose reader runs. */
static int
converse(struct keyring *k, struct err *err)
{
	int rc = greet(k, err);

	(void)pthread_mutex_lock(&k->lock);
	if (rc == 0)
		enter(k, LINE_READY);
	else
		line_break(k, err);
	watch(k);
	if (rc == 0)
		*err = k->why;
	(void)err_set(&k->why, EKEEPER, "the connection ended");
	line_break(k, &k->why);
	k->why = *err;
	(void)pthread_mutex_unlock(&k->lock);
	return rc;
}

/* @ret_greeted: it was once ready, so that the next try need not wait. */
static int
connection(struct keyring *k, bool *ret_greeted, struct err *err)
{
	pthread_t reader;
	int fd = -1, rc;

	TRY(connect_to(k->path, &fd, err));
	(void)pthread_mutex_lock(&k->lock);
	k->fd = fd;
	k->broken = false;
	memset(k->known, 0, sizeof(k->known));
	(void)pthread_mutex_unlock(&k->lock);
	rc = prepare(k, err);
	if (rc == 0)
		rc = line_thread(&reader, read_answers, k, err);
	if (rc == 0) {
		(void)pthread_mutex_lock(&k->lock);
		enter(k, LINE_GREETING);
		(void)pthread_mutex_unlock(&k->lock);
		rc = converse(k, err);
		*ret_greeted = rc == 0;
		(void)pthread_join(reader, NULL);
	}
	hang_up(k);
	return rc;
}

/* Wait before the next try, unless told to stop. @return false: stop. */
static bool
pause_for(struct keyring *k, time_us pause, const struct err *why)
{
	time_us until = clock_mono() + pause;
	bool go;

	(void)pthread_mutex_lock(&k->lock);
	k->why = *why;
	(void)pthread_cond_broadcast(&k->change);
	while (!k->stop && pause > 0 && line_wait(k, &k->change, until))
		continue;
	go = !k->stop;
	(void)pthread_mutex_unlock(&k->lock);
	return go;
}

void *
line_greeter(void *arg)
{
	struct keyring *k = arg;
	time_us pause = 0;
	bool greeted;

	do {
		struct err why = { 0 };

		greeted = false;
		if (connection(k, &greeted, &why) == 0)
			(void)err_set(&why, EKEEPER, "the connection ended");
		pause = greeted ? 0 : pause == 0 ? TIME_S(1) / 50 : 2 * pause;
		if (pause > LINE_PAUSE)
			pause = LINE_PAUSE;
		if (!pause_for(k, pause, &why))
			break;
	} while (true);
	return NULL;
}
