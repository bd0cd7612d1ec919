/*
 * message - the names of what service and keeper say to each other, and the
 * shape of an answer.  doc/design/0001, "Keeper: frames and messages".
 *
 * Floor 2.  Sees base.  Pure.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include "base/blob.h"
#include "base/err.h"

#define MESSAGE_VERSION	1	/* what hello states */

#define MESSAGES(M) \
	M(HELLO, "hello")	M(FOUND, "found")	M(TAIL, "tail") \
	M(USE, "use")		M(AMEND, "amend")	M(SHOW, "show") \
	M(RESTORE, "restore")	M(KEYS, "keys")

enum message {
#define M(name, text) MESSAGE_##name,
	MESSAGES(M)
#undef M
	MESSAGE__N
};

/** message_name - "use"; static. */
const char *message_name(enum message m);
/**
 * message_read - octets of a message from the peer as a JSON object.
 * Errors: EINPUT, ETOOBIG, ENOMEMORY.
 */
NODISCARD int message_read(const void *p, size_t n, json_t **ret, struct err *err);
/** message_read_known - the same. @ret_canonical: it is known to be spelled canonically. */
NODISCARD int message_read_known(const void *p, size_t n, json_t **ret, bool *ret_canonical, struct err *err);
/** message_what - which message an object's "do" asks for. Errors: ESCHEMA. */
NODISCARD int message_what(const json_t *o, enum message *ret, struct err *err);
/** message_make - {"do": name}, to be filled. */
NODISCARD int message_make(enum message m, json_t **ret, struct err *err);
/** message_write - append the octets of a message. */
NODISCARD int message_write(const json_t *o, struct blob *ret, struct err *err);

/** answer_ok - {"ok":true}, to be filled. */
NODISCARD int answer_ok(json_t **ret, struct err *err);
/** answer_no - {"ok":false,"code","what"} from a failure. */
NODISCARD int answer_no(const struct err *why, json_t **ret, struct err *err);
/**
 * answer_check - 0 when the answer is "ok"; else the error that it carries,
 * with its own row and words.  Errors: any row; EKEEPER for an answer that
 * is no answer.
 */
NODISCARD int answer_check(const json_t *answer, struct err *err);
/**
 * answer_entry_cut - leave of a canonical answer's octets those of its entry.
 * @return false where it has more than an entry and "ok": untouched.
 */
bool answer_entry_cut(const json_t *answer, struct blob *octets);

#endif
