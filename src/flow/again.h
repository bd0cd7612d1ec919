/*
 * again - who asks a second time is answered what was answered, as things stand now.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_AGAIN_H
#define FLOW_AGAIN_H

#include "base/json.h"
#include "base/sha256.h"

struct answer;
struct ask;
struct asked;
struct begun;
struct drawn;
struct flow;

/** asked_read - a stored request. Errors: ENOENT_. */
NODISCARD int asked_read(struct flow *f, const char *request, struct asked **ret, struct err *err);
/** answer_asked - what the asker of a stored request is answered now. */
NODISCARD int answer_asked(struct flow *f, const struct asked *a, struct answer *ret, struct err *err);
/** remembered - what the same Idempotency-Key was answered, as things stand now. */
NODISCARD int remembered(const struct drawn *d, struct answer *ret, bool *ret_known, struct err *err);
/** resumed - what a resumed request is answered, where the journal has brought its event meanwhile. */
NODISCARD int resumed(const struct drawn *d, struct answer *ret, bool *ret_known, struct err *err);
/** asked_put - into @parameters, which have no more than was not known: the SHA-256 of
 * the whole body, by which the same asking is found ("asked"). */
NODISCARD int asked_put(const struct begun *b, json_t *parameters, struct err *err);
/** asked_keeps - does its Idempotency-Key come to stand for something? */
bool asked_keeps(const struct ask *a);
/** asked_in_batch - is it a row of a batch? */
bool asked_in_batch(const struct ask *a);
/** asked_mark - what of this counts where it is asked again, hashed. */
NODISCARD int asked_mark(const struct drawn *d, char ret[SHA256_HEX], struct err *err);

#endif
