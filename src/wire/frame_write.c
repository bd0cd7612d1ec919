#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/frame.h"

#define KEEP	(1u << 20)	/* room that an empty writer may hold on to */

struct frame_writer {
	struct blob	 octets;
	size_t		 sent;		/* of them */
};

int
frame_writer_new(struct frame_writer **ret, struct err *err)
{
	struct frame_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_set(err, ENOMEMORY, "a frame writer");
	*ret = w;
	return 0;
}

void
frame_writer_free(struct frame_writer *w)
{
	if (w == NULL)
		return;
	blob_done(&w->octets);
	free(w);
}

static void
put32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

static int
add_frame(struct blob *b, uint32_t id, unsigned flags, const unsigned char *p,
    size_t n, struct err *err)
{
	unsigned char head[FRAME_LENGTH + FRAME_REST];

	put32(head, (uint32_t)(n + FRAME_REST));
	put32(head + FRAME_LENGTH, id);
	head[sizeof(head) - 1] = (unsigned char)flags;
	TRY(blob_put(b, head, sizeof(head), err));
	return blob_put(b, p, n, err);
}

/* @last: flags of the last of these frames; the others have more behind them. */
static int
add_frames(struct blob *b, uint32_t id, unsigned last, const unsigned char *p,
    size_t n, struct err *err)
{
	size_t part;

	for (; n > 0; p += part, n -= part) {
		part = n < FRAME_PAYLOAD ? n : FRAME_PAYLOAD;
		TRY(add_frame(b, id, last | (part < n ? FRAME_MORE : 0), p,
		    part, err));
	}
	return 0;
}

int
frame_writer_add(struct frame_writer *w, uint32_t id, const void *octets,
    size_t n, struct err *err)
{
	size_t before = w->octets.len;
	int rc;

	if (n == 0)
		return err_set(err, ERANGE_, "an empty message");
	if (n > FRAME_MESSAGE)
		return err_set(err, ETOOBIG, "a message of %zu octets", n);
	rc = add_frames(&w->octets, id, 0, octets, n, err);
	if (rc != 0)
		w->octets.len = before;
	return rc;
}

int
frame_writer_add_with(struct frame_writer *w, uint32_t id, const void *octets,
    size_t n, const void *attached, size_t attached_n, struct err *err)
{
	size_t before = w->octets.len;
	int rc;

	if (n == 0 || attached_n == 0)
		return err_set(err, ERANGE_, "an empty message or attachment");
	if (n > FRAME_MESSAGE || attached_n > FRAME_ATTACHMENT)
		return err_set(err, ETOOBIG, "a message of %zu octets with "
		    "%zu attached", n, attached_n);
	rc = add_frames(&w->octets, id, FRAME_MORE, octets, n, err);
	if (rc == 0)
		rc = add_frames(&w->octets, id, FRAME_ATTACHED, attached,
		    attached_n, err);
	if (rc != 0)
		w->octets.len = before;
	return rc;
}

static void
forget_sent(struct frame_writer *w)
{
	w->sent = 0;
	if (w->octets.room > KEEP)
		blob_done(&w->octets);
	else
		blob_clear(&w->octets);
}

int
frame_writer_flush(struct frame_writer *w, int fd, struct err *err)
{
	ssize_t put;

	while (w->sent < w->octets.len) {
		put = send(fd, w->octets.data + w->sent,
		    w->octets.len - w->sent, MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (put < 0)
			return err_set(err, EIO_, "send: %s", strerror(errno));
		w->sent += (size_t)put;
	}
	forget_sent(w);
	return 0;
}

size_t
frame_writer_waiting(const struct frame_writer *w)
{
	return w->octets.len - w->sent;
}
