#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/log.h"
#include "keeper/serve.h"
#include "wire/frame.h"

#define EVENTS		64
#define PULLS		16		/* reads of one connection before the others have their turn */
#define WAITING_MAX	(64u << 20)	/* answers that a peer does not read */

struct connection {
	int		 fd;		/* -1: free */
	uint64_t	 number;	/* never used again */
	struct frame_reader *in;
	struct frame_writer *out;
	unsigned	 outstanding;
	uint64_t	 attaching;	/* the attachment that has been coming longest */
	time_us		 since;		/* clock_mono */
	bool		 separated, drop, dirty;
	uint32_t	 events;	/* what epoll waits for */
};

struct serve {
	struct keeper	*k;
	char		 path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	uid_t		 peer;
	int		 listener, epoll, wake;
	uint64_t	 numbers;
	struct frame_store store;	/* for what is attached to messages */
	struct connection all[SERVE_CONNECTIONS];
};

/* Tags of what is no connection. */
enum { TAG_LISTENER = SERVE_CONNECTIONS, TAG_WAKE, TAG_STOP };

static int
watch(struct serve *s, int fd, uint32_t tag, uint32_t events, int how,
    struct err *err)
{
	struct epoll_event e = { .events = events, .data.u32 = tag };

	if (epoll_ctl(s->epoll, how, fd, &e) != 0)
		return err_set(err, EINTERNAL, "epoll: %s", strerror(errno));
	return 0;
}

static int
listen_at(struct serve *s, const char *path, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	mode_t before;
	int rc;

	if (strlen(path) >= sizeof(a.sun_path))
		return err_set(err, ERANGE_, "the socket's path is too long: %s",
		    path);
	memcpy(a.sun_path, path, strlen(path) + 1);
	memcpy(s->path, path, strlen(path) + 1);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (s->listener < 0)
		return err_set(err, EIO_, "socket: %s", strerror(errno));
	/* The state folder's lock is ours, so a socket that is there is a dead one. */
	(void)unlink(path);
	before = umask(0117);
	rc = bind(s->listener, (struct sockaddr *)&a, sizeof(a));
	(void)umask(before);
	if (rc != 0 || listen(s->listener, 16) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

int
serve_open(const char *path, uid_t peer, int wake, struct keeper *k,
    struct serve **ret, struct err *err)
{
	AUTO(serve) *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(err, ENOMEMORY, "for the socket");
	s->k = k;
	s->peer = peer;
	s->wake = wake;
	s->listener = -1;
	s->store.most = FRAME_ATTACHMENT;
	for (size_t i = 0; i < SERVE_CONNECTIONS; i++)
		s->all[i].fd = -1;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0)
		return err_set(err, EINTERNAL, "epoll: %s", strerror(errno));
	TRY(listen_at(s, path, err));
	TRY(watch(s, s->listener, TAG_LISTENER, EPOLLIN, EPOLL_CTL_ADD, err));
	TRY(watch(s, wake, TAG_WAKE, EPOLLIN, EPOLL_CTL_ADD, err));
	*ret = TAKE(s);
	return 0;
}

static void
hang_up(struct connection *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	frame_reader_free(c->in);
	frame_writer_free(c->out);
	*c = (struct connection){ .fd = -1 };
}

void
serve_free(struct serve *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < SERVE_CONNECTIONS; i++)
		hang_up(&s->all[i]);
	if (s->listener >= 0) {
		(void)close(s->listener);
		(void)unlink(s->path);
	}
	if (s->epoll >= 0)
		(void)close(s->epoll);
	free(s);
}

static struct connection *
connection_of(struct serve *s, const struct asker *a)
{
	for (size_t i = 0; i < SERVE_CONNECTIONS; i++) {
		if (s->all[i].fd >= 0 && s->all[i].number == a->connection)
			return &s->all[i];
	}
	return NULL;
}

/* Who is it?  The kernel knows. */
static bool
peer_is_welcome(const struct serve *s, int fd, uid_t *ret_uid)
{
	struct ucred u;
	socklen_t n = sizeof(u);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &n) != 0)
		return false;
	*ret_uid = u.uid;
	if (u.uid == s->peer)
		return true;
	log_line(LOG_WARN, "a peer of uid %u was turned away", (unsigned)u.uid);
	return false;
}

static int
take_connection(struct serve *s, size_t i, int fd, uid_t uid, struct err *err)
{
	struct connection *c = &s->all[i];

	TRY(frame_reader_new(FRAME_MESSAGE, FRAME_UNFINISHED, &c->in, err));
	frame_reader_attach(c->in, &s->store);
	TRY(frame_writer_new(&c->out, err));
	TRY(watch(s, fd, (uint32_t)i, EPOLLIN, EPOLL_CTL_ADD, err));
	c->fd = fd;
	c->events = EPOLLIN;
	c->number = ++s->numbers;
	c->separated = uid != geteuid();
	return 0;
}

static void
greet_one(struct serve *s, int fd)
{
	struct err err;
	uid_t uid = 0;

	if (!peer_is_welcome(s, fd, &uid)) {
		(void)close(fd);
		return;
	}
	for (size_t i = 0; i < SERVE_CONNECTIONS; i++) {
		if (s->all[i].fd >= 0)
			continue;
		if (take_connection(s, i, fd, uid, &err) == 0)
			return;
		hang_up(&s->all[i]);
		break;
	}
	(void)close(fd);
}

static void
greet(struct serve *s)
{
	int fd;

	for (int i = 0; i < EVENTS; i++) {
		fd = accept4(s->listener, NULL, NULL,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		greet_one(s, fd);
	}
}

static void
messages(struct serve *s, struct connection *c)
{
	struct asker from = { .connection = c->number,
		.separated = c->separated };
	struct frame_message m;

	while (!c->drop && c->outstanding < SERVE_OUTSTANDING &&
	    frame_reader_take(c->in, &m)) {
		from.message = m.id;
		c->outstanding++;
		keeper_message(s->k, &from, &m);
		blob_free(m.octets);
		frame_attachment_free(m.attached);
	}
}

static void
read_some(struct serve *s, struct connection *c)
{
	struct err err;
	bool end = false;
	size_t n = 1;

	for (int i = 0; i < PULLS && n > 0 && !end && !c->drop; i++) {
		if (frame_reader_pull(c->in, c->fd, &n, &end, &err) != 0) {
			/* Garbage: whoever sends it is not spoken to again. */
			log_err(LOG_WARN, "reading from a peer", &err);
			c->drop = true;
			return;
		}
		messages(s, c);
		if (c->outstanding >= SERVE_OUTSTANDING)
			break;
	}
	if (end)
		c->drop = true;
}

void
serve_answer(struct serve *s, const struct asker *to, const void *p, size_t n)
{
	struct connection *c = connection_of(s, to);
	struct err err;

	if (c == NULL)
		return;
	c->outstanding--;
	c->dirty = true;
	if (frame_writer_waiting(c->out) > WAITING_MAX ||
	    frame_writer_add(c->out, to->message, p, n, &err) != 0)
		c->drop = true;
}

void
serve_drop(struct serve *s, const struct asker *to)
{
	struct connection *c = connection_of(s, to);

	if (c != NULL)
		c->drop = true;
}

/* What epoll is to wait for: room to write, and messages unless too many wait. */
static void
rearm(struct serve *s, size_t i)
{
	struct connection *c = &s->all[i];
	uint32_t want = 0;
	struct err err;

	if (c->outstanding < SERVE_OUTSTANDING)
		want |= EPOLLIN;
	if (frame_writer_waiting(c->out) > 0)
		want |= EPOLLOUT;
	if (want == c->events)
		return;
	c->events = want;
	if (watch(s, c->fd, (uint32_t)i, want, EPOLL_CTL_MOD, &err) != 0)
		c->drop = true;
}

/* All share one room for what is attached: nobody is to hold it by sending
 * slowly. */
static void
hurry(struct connection *c, time_us now)
{
	uint64_t n = frame_reader_attaching(c->in);

	if (n != c->attaching) {
		c->attaching = n;
		c->since = now;
	} else if (n != 0 && now - c->since > SERVE_ATTACHING) {
		log_line(LOG_WARN, "a peer sends an attachment too slowly");
		c->drop = true;
	}
}

static void
flush_all(struct serve *s)
{
	time_us now = clock_mono();
	struct err err;

	for (size_t i = 0; i < SERVE_CONNECTIONS; i++) {
		struct connection *c = &s->all[i];

		if (c->fd < 0)
			continue;
		/* Messages that were already here when too many waited. */
		if (!c->drop && c->outstanding < SERVE_OUTSTANDING)
			messages(s, c);
		if (c->dirty && frame_writer_flush(c->out, c->fd, &err) != 0)
			c->drop = true;
		c->dirty = false;
		hurry(c, now);
		if (c->drop)
			hang_up(c);
		else
			rearm(s, i);
	}
}

static void
event(struct serve *s, const struct epoll_event *e, bool *stop)
{
	uint64_t count;
	uint32_t tag = e->data.u32;

	if (tag == TAG_LISTENER) {
		greet(s);
	} else if (tag == TAG_WAKE) {
		if (read(s->wake, &count, sizeof(count)) < 0)
			return;
	} else if (tag == TAG_STOP) {
		*stop = true;
	} else if (s->all[tag].fd >= 0) {
		s->all[tag].dirty |= (e->events & EPOLLOUT) != 0;
		if ((e->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
			read_some(s, &s->all[tag]);
	}
}

int
serve_run(struct serve *s, int stop_fd, struct err *err)
{
	struct epoll_event e[EVENTS];
	bool stop = false;

	TRY(watch(s, stop_fd, TAG_STOP, EPOLLIN, EPOLL_CTL_ADD, err));
	while (!stop || !keeper_idle(s->k)) {
		int n = epoll_wait(s->epoll, e, EVENTS, 1000);

		if (n < 0 && errno != EINTR)
			return err_set(err, EINTERNAL, "epoll: %s",
			    strerror(errno));
		for (int i = 0; i < n; i++)
			event(s, &e[i], &stop);
		if (stop)
			(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, stop_fd, NULL);
		s->k->stopping = stop;
		keeper_tick(s->k);
		flush_all(s);
	}
	return 0;
}
