#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/frame.h"

#define HEAD	(FRAME_LENGTH + FRAME_REST)

/* A message of which more frames are to come. */
struct part {
	uint32_t	 id;
	struct blob	*octets;
	struct frame_attachment *attached;
	size_t		 attached_n;	/* octets that came; more than it holds when crowded */
	uint64_t	 number;	/* of its attachment */
};

struct ready {
	struct ready		*next;
	struct frame_message	 message;
};

struct frame_reader {
	size_t		 most_message;
	size_t		 most_unfinished;
	unsigned char	 head[HEAD];
	size_t		 have;		/* octets of head that came */
	size_t		 left;		/* octets of payload that will come */
	bool		 more;		/* the frame at hand is not its message's last */
	bool		 attached;	/* it is of an attachment */
	struct frame_store *store;	/* borrowed; NULL: attachments are not taken */
	struct part	 part[FRAME_PARTS];
	size_t		 parts;
	uint64_t	 numbers;	/* of attachments; given once each */
	size_t		 at;		/* which part the frame at hand belongs to */
	size_t		 unfinished;	/* octets held in all parts */
	struct ready	*first, **last;
	unsigned char	 chunk[65536];
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

int
frame_reader_new(size_t message, size_t unfinished, struct frame_reader **ret,
    struct err *err)
{
	struct frame_reader *r;

	if (message == 0 || unfinished == 0)
		return err_set(err, ERANGE_, "a reader needs bounds");
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return err_set(err, ENOMEMORY, "a frame reader");
	r->most_message = message;
	r->most_unfinished = unfinished;
	r->last = &r->first;
	*ret = r;
	return 0;
}

void
frame_reader_attach(struct frame_reader *r, struct frame_store *s)
{
	r->store = s;
}

void
frame_attachment_free(struct frame_attachment *a)
{
	if (a == NULL)
		return;
	a->store->held -= a->octets.len;
	blob_done(&a->octets);
	free(a);
}

void
frame_reader_free(struct frame_reader *r)
{
	struct frame_message m;
	size_t i;

	if (r == NULL)
		return;
	while (frame_reader_take(r, &m)) {
		blob_free(m.octets);
		frame_attachment_free(m.attached);
	}
	for (i = 0; i < r->parts; i++) {
		blob_free(r->part[i].octets);
		frame_attachment_free(r->part[i].attached);
	}
	explicit_bzero(r->chunk, sizeof(r->chunk));
	free(r);
}

/* Find the message that the frame at hand continues, or begin it. */
static int
part_open(struct frame_reader *r, uint32_t id, struct err *err)
{
	struct blob *b;
	size_t i;

	for (i = 0; i < r->parts && r->part[i].id != id; i++)
		continue;
	if (i == r->parts) {
		if (r->parts == FRAME_PARTS)
			return err_set(err, ETOOBIG,
			    "more than %d unfinished messages", FRAME_PARTS);
		if ((b = blob_new()) == NULL)
			return err_set(err, ENOMEMORY, "a message");
		r->part[i] = (struct part){ .id = id, .octets = b };
		r->parts++;
	}
	r->at = i;
	return 0;
}

/* The frame at hand is of an attachment: which comes last, and has its own bound. */
static int
attached_check(const struct frame_reader *r, struct err *err)
{
	const struct part *p = &r->part[r->at];

	if (p->octets->len == 0)
		return err_set(err, EINPUT, "an attachment without a message");
	if (p->attached_n + r->left > r->store->most)
		return err_set(err, ETOOBIG, "an attachment over %zu octets",
		    r->store->most);
	return 0;
}

static int
bounds_check(const struct frame_reader *r, struct err *err)
{
	if (r->part[r->at].attached_n > 0)
		return err_set(err, EINPUT, "an attachment comes last");
	if (r->part[r->at].octets->len + r->left > r->most_message)
		return err_set(err, ETOOBIG, "a message over %zu octets",
		    r->most_message);
	if (r->unfinished + r->left > r->most_unfinished)
		return err_set(err, ETOOBIG,
		    "unfinished messages over %zu octets together",
		    r->most_unfinished);
	return 0;
}

static int
head_check(struct frame_reader *r, struct err *err)
{
	uint32_t length = be32(r->head);
	unsigned char flags = r->head[HEAD - 1];
	unsigned known = FRAME_MORE | (r->store != NULL ? FRAME_ATTACHED : 0);

	if (length < FRAME_MIN || length > FRAME_MAX)
		return err_set(err, EINPUT, "a frame of %lu octets",
		    (unsigned long)length);
	if ((flags & ~known) != 0)
		return err_set(err, EINPUT, "frame flags 0x%02x", flags);
	TRY(part_open(r, be32(r->head + FRAME_LENGTH), err));
	r->left = length - FRAME_REST;
	r->more = (flags & FRAME_MORE) != 0;
	r->attached = (flags & FRAME_ATTACHED) != 0;
	if (r->attached)
		return attached_check(r, err);
	TRY(bounds_check(r, err));
	/* Most messages are one frame. */
	return r->part[r->at].octets->len == 0 ?
	    blob_reserve(r->part[r->at].octets, r->left, err) : 0;
}

/* The last frame of a message has come: move it to those that are ready. */
static int
part_close(struct frame_reader *r, struct err *err)
{
	struct ready *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_set(err, ENOMEMORY, "a message");
	d->message.id = r->part[r->at].id;
	d->message.octets = r->part[r->at].octets;
	d->message.attached = r->part[r->at].attached;
	d->message.crowded = r->part[r->at].attached_n > 0 &&
	    d->message.attached == NULL;
	r->unfinished -= d->message.octets->len;
	r->part[r->at] = r->part[--r->parts];
	*r->last = d;
	r->last = &d->next;
	return 0;
}

/* Take what the head still lacks; at its end, check it. */
static int
take_head(struct frame_reader *r, const unsigned char **p, size_t *n,
    struct err *err)
{
	size_t want = HEAD - r->have;

	if (want > *n)
		want = *n;
	memcpy(r->head + r->have, *p, want);
	r->have += want;
	*p += want;
	*n -= want;
	return r->have == HEAD ? head_check(r, err) : 0;
}

/* No room, among all that share the store: it is told, and goes on without. */
static int
put_attached(struct frame_reader *r, const unsigned char *p, size_t n,
    struct err *err)
{
	struct part *at = &r->part[r->at];
	bool first = at->attached_n == 0;

	at->attached_n += n;
	if (first && (at->attached = calloc(1, sizeof(*at->attached))) == NULL)
		return err_set(err, ENOMEMORY, "an attachment");
	if (first) {
		at->attached->store = r->store;
		at->number = ++r->numbers;
	}
	if (at->attached == NULL)
		return 0;
	if (n > r->store->most - r->store->held) {
		frame_attachment_free(TAKE(at->attached));
		return 0;
	}
	TRY(blob_put(&at->attached->octets, p, n, err));
	r->store->held += n;
	return 0;
}

static int
put_octets(struct frame_reader *r, const unsigned char *p, size_t n,
    struct err *err)
{
	if (r->attached)
		return put_attached(r, p, n, err);
	TRY(blob_put(r->part[r->at].octets, p, n, err));
	r->unfinished += n;
	return 0;
}

static int
take_payload(struct frame_reader *r, const unsigned char **p, size_t *n,
    struct err *err)
{
	size_t want = r->left < *n ? r->left : *n;

	TRY(put_octets(r, *p, want, err));
	r->left -= want;
	*p += want;
	*n -= want;
	if (r->left > 0)
		return 0;
	r->have = 0;
	return r->more ? 0 : part_close(r, err);
}

int
frame_reader_feed(struct frame_reader *r, const void *octets, size_t n,
    struct err *err)
{
	const unsigned char *p = octets;

	while (n > 0)
		if (r->have < HEAD)
			TRY(take_head(r, &p, &n, err));
		else
			TRY(take_payload(r, &p, &n, err));
	return 0;
}

int
frame_reader_pull(struct frame_reader *r, int fd, size_t *ret_octets,
    bool *ret_end, struct err *err)
{
	ssize_t got;

	do
		got = recv(fd, r->chunk, sizeof(r->chunk), 0);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		*ret_octets = 0;
		*ret_end = false;
		return 0;
	}
	if (got < 0)
		return err_set(err, EIO_, "recv: %s", strerror(errno));
	if (got == 0 && !frame_reader_idle(r))
		return err_set(err, EIO_, "the peer closed within a message");
	TRY(frame_reader_feed(r, r->chunk, (size_t)got, err));
	*ret_octets = (size_t)got;
	*ret_end = got == 0;
	return 0;
}

uint64_t
frame_reader_attaching(const struct frame_reader *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->parts; i++) {
		const struct part *p = &r->part[i];

		if (p->attached != NULL && (n == 0 || p->number < n))
			n = p->number;
	}
	return n;
}

bool
frame_reader_take(struct frame_reader *r, struct frame_message *ret)
{
	struct ready *d = r->first;

	if (d == NULL)
		return false;
	if ((r->first = d->next) == NULL)
		r->last = &r->first;
	*ret = d->message;
	free(d);
	return true;
}

bool
frame_reader_idle(const struct frame_reader *r)
{
	return r->have == 0 && r->parts == 0;
}
