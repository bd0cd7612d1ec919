/*
 * frame - messages cut into frames on a stream socket, and put together again.
 *
 * Floor 2.  Sees base.  Seen by keeper and keyring.
 * Threads:  a reader or a writer belongs to one thread at a time; no locks here.
 *
 * A frame (doc/design/0001): u32 big-endian length of what follows, u32
 * big-endian message id, u8 flags (bit 0: more frames of this message
 * follow; bit 1: these octets are of its attachment), then 1..65531 octets of
 * the message.  Frames of different messages may interleave; those of one
 * message keep their order, those of its attachment come last.
 * Nothing here asks for memory by a length that only the peer has claimed.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/err.h"

#define FRAME_LENGTH	4			/* octets of the length field */
#define FRAME_REST	5			/* id and flags: counted by the length */
#define FRAME_MIN	6			/* smallest legal length */
#define FRAME_MAX	65536			/* largest legal length */
#define FRAME_PAYLOAD	(FRAME_MAX - FRAME_REST)
#define FRAME_MORE	0x01
#define FRAME_ATTACHED	0x02
#define FRAME_MESSAGE	(64u << 20)		/* largest message */
#define FRAME_UNFINISHED (8u << 20)		/* the keeper's bound for unfinished ones */
#define FRAME_PARTS	64			/* messages that may be unfinished at once */
#define FRAME_ATTACHMENT (48u << 20)		/* largest attachment; and all of a keeper's together */

struct frame_reader;		/* opaque */
struct frame_writer;		/* opaque */

/*
 * Room for attachments, which several readers of one thread share: what all of
 * them hold, until it is freed, is at most this much.  It outlives them.
 */
struct frame_store {
	size_t		 most;		/* octets */
	size_t		 held;
};

struct frame_attachment {
	struct blob	 octets;
	struct frame_store *store;	/* borrowed */
};

/** frame_attachment_free - and its room is there for others. Takes NULL. */
void frame_attachment_free(struct frame_attachment *a);
DEFINE_FREEP(frame_attachment)

/* A whole message. */
struct frame_message {
	uint32_t	 id;
	struct blob	*octets;		/* owned by whoever took it */
	struct frame_attachment *attached;	/* the same; NULL: none */
	bool		 crowded;		/* its attachment was dropped: no room */
};

/**
 * frame_reader_new - a reader with its bounds.
 *
 * @message     most octets of one message (FRAME_MESSAGE).
 * @unfinished  most octets that all unfinished messages may hold together.
 */
NODISCARD int frame_reader_new(size_t message, size_t unfinished,
    struct frame_reader **ret, struct err *err);
void frame_reader_free(struct frame_reader *r);
DEFINE_FREEP(frame_reader)
/** frame_reader_attach - take attachments too, into this store. Without one, a
 * frame of an attachment is an illegal frame. */
void frame_reader_attach(struct frame_reader *r, struct frame_store *s);
/**
 * frame_reader_feed - take octets as they came.
 *
 * Errors: EINPUT (illegal length or flags), ETOOBIG (a bound is passed),
 * ENOMEMORY.  After any of them the connection is of no more use.
 */
NODISCARD int frame_reader_feed(struct frame_reader *r, const void *p,
    size_t n, struct err *err);
/**
 * frame_reader_pull - one recv(2) of at most 64 KiB, and feed.
 *
 * Works on blocking and non-blocking sockets.
 * @ret_octets  how many came; 0 with @ret_end false: nothing there now.
 * @ret_end     the peer has closed.
 * Errors: as feed; EIO_ (also: the end came within a frame or message).
 */
NODISCARD int frame_reader_pull(struct frame_reader *r, int fd,
    size_t *ret_octets, bool *ret_end, struct err *err);
/** frame_reader_attaching - which of the attachments that take room and are not
 * whole has been coming longest: a number that no other has; 0: there is none. */
uint64_t frame_reader_attaching(const struct frame_reader *r);
/** frame_reader_take - the next whole message, in the order of completion; false: none. */
bool frame_reader_take(struct frame_reader *r, struct frame_message *ret);
/** frame_reader_idle - true between messages: nothing is unfinished. */
bool frame_reader_idle(const struct frame_reader *r);

NODISCARD int frame_writer_new(struct frame_writer **ret, struct err *err);
void frame_writer_free(struct frame_writer *w);
DEFINE_FREEP(frame_writer)
/**
 * frame_writer_add - queue a message of 1..FRAME_MESSAGE octets, as frames.
 *
 * On failure nothing of it is queued.  Errors: ERANGE_ (empty), ETOOBIG
 * (the message, or more than 256 MiB would wait), ENOMEMORY.
 */
NODISCARD int frame_writer_add(struct frame_writer *w, uint32_t id,
    const void *p, size_t n, struct err *err);
/** frame_writer_add_with - the same with an attachment of 1..FRAME_ATTACHMENT
 * octets behind it. */
NODISCARD int frame_writer_add_with(struct frame_writer *w, uint32_t id,
    const void *p, size_t n, const void *attached, size_t attached_n,
    struct err *err);
/**
 * frame_writer_flush - send(2) until all is sent or a non-blocking socket is full.
 *
 * Never raises SIGPIPE.  Errors: EIO_ when the peer is gone.
 */
NODISCARD int frame_writer_flush(struct frame_writer *w, int fd, struct err *err);
/** frame_writer_waiting - octets that are queued and not sent. */
size_t frame_writer_waiting(const struct frame_writer *w);

#endif
