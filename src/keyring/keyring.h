/*
 * keyring - the service's side of the keeper: one connection, shared by all.
 *
 * Floor 3.  Sees wire, base.  Seen by flow and daemon.
 * Threads:  share one; any number of calls may be under way.  Calls that are
 *           made together leave in one write.  Two threads of its own: one
 *           connects and greets, one reads answers; both tell those who did
 *           not wait.
 * Locks:    one inside; never held while anything outside is called.
 *
 * When the connection breaks, calls under way answer EKEEPER: what they asked for may have
 * been done, and comes back through the tail.  A new connection is tried at once, then with growing pauses up to
 * 2 s; after each, hello is asked and @welcome is called; only when that
 * returns 0 do calls of others pass.
 */
#ifndef KEYRING_KEYRING_H
#define KEYRING_KEYRING_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct keyring;			/* opaque */

/**
 * keyring_welcome - called on each new connection, on the keyring's own thread, before
 * any other call passes.  Calls that it makes itself (keyring_tail ...) do pass.
 *
 * @hello  borrowed: the keeper's answer.
 * Non-zero drops the connection and tries again later.
 */
typedef int keyring_welcome(void *ctx, struct keyring *k, const json_t *hello, struct err *err);

struct keyring_options {
	const char	*socket;	/* path of the keeper's Unix socket */
	time_us		 timeout;	/* longest wait for an answer; 0: 30 s */
	time_us		 patience;	/* longest wait for a connection; 0: 2 s */
	unsigned	 most;		/* calls under way at once; 0: 1024; more answer EBUSY_ */
	keyring_welcome	*welcome;	/* may be NULL */
	void		*ctx;
};

/**
 * keyring_open - start connecting.  Does not wait for the keeper: a house may
 * start before it (keyring_wait).  Errors: ENOMEMORY, ERANGE_ (path), EINTERNAL.
 */
NODISCARD int keyring_open(const struct keyring_options *o, struct keyring **ret, struct err *err);
/**
 * keyring_end - the service ends: calls under way go on for as long as the keeper is
 * heard, and 2 s; then the connection is dropped.  Where there is none, no call waits
 * for one any more.  What they asked for may be done all the same.
 */
void keyring_end(struct keyring *k);
/** keyring_free - ends the connection; calls under way answer EKEEPER.  No other thread may call any more. */
void keyring_free(struct keyring *k);
DEFINE_FREEP(keyring)
/** keyring_wait - until calls pass, at most @wait. Errors: EKEEPER with why the last try
 * failed, or what @welcome answered. */
NODISCARD int keyring_wait(struct keyring *k, time_us wait, struct err *err);
/** keyring_ready - do calls pass now? */
bool keyring_ready(struct keyring *k);
/** keyring_answers - is nothing known against its answering?  Without a wait. Errors: as keyring_wait;
 * EKEEPER: one waited shortly for it, in vain, and nothing was heard since. */
NODISCARD int keyring_answers(struct keyring *k, struct err *err);
/** keyring_retry - drop the connection and greet anew (after a restore, or to see the keeper's new state). */
void keyring_retry(struct keyring *k);

/**
 * keyring_call - send a message, wait for its answer.
 *
 * @request     borrowed: an object with "do".
 * @ret_answer  may be NULL; owned.  Set where the keeper answered "ok"; also where it refused
 *              (non-zero return): rule and explanation stand in it.  Untouched where no answer came.
 * Errors: EKEEPER (no connection, no answer in time), EBUSY_, and whatever the keeper answered.
 */
NODISCARD int keyring_call(struct keyring *k, const json_t *request,
    json_t **ret_answer, struct err *err);

/** keyring_hello - ask again how the keeper stands. @wait: as in keyring_whole. */
NODISCARD int keyring_hello(struct keyring *k, time_us wait, json_t **ret_answer, struct err *err);
/** keyring_found - hand over the first charter. @ret_answer: genesis, entry. */
NODISCARD int keyring_found(struct keyring *k, const json_t *charter, json_t **ret_answer, struct err *err);
/** keyring_tail - journal entries from @from on, at most @limit (1..1000). @ret_entries: array. */
NODISCARD int keyring_tail(struct keyring *k, uint64_t from, unsigned limit, json_t **ret_entries, struct err *err);
/**
 * keyring_use - use a permit.
 *
 * @permit     its hash.
 * @document   the whole PERMIT, borrowed; sent only when the keeper has not seen it in its present run.
 * @operation  borrowed OPERATION.
 * @ret_entry  the journal entry, owned.
 * @ret_answer may be NULL; as in keyring_call.
 */
NODISCARD int keyring_use(struct keyring *k, const struct sha256 *permit, const json_t *document,
    const json_t *operation, json_t **ret_entry, json_t **ret_answer, struct err *err);
/**
 * keyring_use_later - the same, and the caller goes on meanwhile.
 *
 * @fn  is called once, on a thread of the keyring's: it must not wait.  It
 *      owns @entry, and @octets: its canonical spelling, as the keeper sent
 *      it, or NULL.  @rc may also be EPERMIT: the keeper has forgotten the
 *      permit, and nothing was done; keyring_use sends it again.
 *      Not called where this fails.
 */
typedef void keyring_used(void *ctx, int rc, json_t *entry, struct blob *octets,
    const struct err *why);
NODISCARD int keyring_use_later(struct keyring *k, const struct sha256 *permit, const json_t *document,
    const json_t *operation, keyring_used *fn, void *ctx, struct err *err);
/* What a key of kind ca is asked for by the batch, or with much attached. Borrowed. */
struct keyring_whole {
	const struct sha256	*permit;	/* hash */
	const json_t		*document;	/* the PERMIT */
	const json_t		*operation;	/* OPERATION of op "crl" or "ocsp" */
	/*
	 * Longest wait for connection and answer; 0: the keyring's own.  Who waits
	 * no longer than this leaves the connection to others when it is over;
	 * then nobody waits so until the keeper is heard again.
	 */
	time_us			 wait;
};
/** keyring_crl - have a TBSCertList of at most FRAME_ATTACHMENT octets signed.
 * Errors: EBUSY_: the keeper reads other lists, or signs one of this scope. */
NODISCARD int keyring_crl(struct keyring *k, const struct keyring_whole *w, const struct blob *list,
    json_t **ret_entry, json_t **ret_answer, struct err *err);
/** keyring_ocsp - have the ResponseData in the operation's "content" signed.
 * @ret_signatures  array, in their order. The answer's "journal" says how far the
 *                  keeper's journal is: entries that count answers come by tail. */
NODISCARD int keyring_ocsp(struct keyring *k, const struct keyring_whole *w, json_t **ret_signatures,
    json_t **ret_answer, struct err *err);
/** keyring_amend - hand over the next charter with what permits it. @ret_entry owned. */
NODISCARD int keyring_amend(struct keyring *k, const json_t *document, const json_t *charter,
    json_t **ret_entry, json_t **ret_answer, struct err *err);
/* What of the ledger is shown. */
struct keyring_event {
	const void	*octets;	/* canonical, as they lie in the ledger */
	size_t		 n;
};
struct keyring_shown {
	uint64_t			 from;
	const struct keyring_event	*events;	/* n, from event @from on */
	size_t				 n;
};
/**
 * keyring_show - show new events of the ledger.
 *
 * @final   ask for a checkpoint at the end.
 * @ret_checkpoint  may be NULL unless final; the note (free()).
 */
NODISCARD int keyring_show(struct keyring *k, const struct keyring_shown *shown, bool final,
    char **ret_checkpoint, struct err *err);
/** keyring_restore, keyring_keys - the messages of these names. */
NODISCARD int keyring_restore(struct keyring *k, const json_t *request, json_t **ret_entry, struct err *err);
NODISCARD int keyring_keys(struct keyring *k, json_t **ret_answer, struct err *err);

#endif
