/*
 * batch - many certificates that somebody asked for under one name.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_BATCH_H
#define CERT_BATCH_H

#include "cert/authority.h"

#define CERT_BATCH_NAME	130	/* a batch's name and its NUL */

struct cert_batch {
	char		 id[ID_TEXT];		/* "bat_..." */
	char		 requester[CERT_NAME];
	char		 name[CERT_BATCH_NAME];	/* its Idempotency-Key */
	char		 ca[CERT_NAME], profile[CERT_NAME];
	time_us		 opened;
	uint64_t	 seq;
	bool		 refused;		/* rows of it were */
};
/** cert_batch_find - a requester's, by the name they gave it. @ret_there false: none. */
NODISCARD int cert_batch_find(struct tx *tx, const char *requester,
    const char *name, struct cert_batch *ret, bool *ret_there,
    struct err *err);
/** cert_batch_show - what the API shows of one, counted. Errors: ENOENT_. */
NODISCARD int cert_batch_show(struct tx *tx, const char *id, json_t **ret,
    struct err *err);
/** cert_batch_brief - the same, not counted. Errors: ENOENT_. */
NODISCARD int cert_batch_brief(struct tx *tx, const char *id, json_t **ret,
    struct err *err);
/** cert_batch_list - newest first, not counted; @ca, @requester NULL: any. */
NODISCARD int cert_batch_list(struct tx *tx, const char *ca,
    const char *requester, const char *cursor, unsigned limit, json_t **ret,
    char **ret_next, struct err *err);
/** cert_batch_is_refused - was this row of it refused, the last time? */
NODISCARD int cert_batch_is_refused(struct tx *tx, const char *id,
    const struct sha256 *row, bool *ret, struct err *err);

/* ---- projections: called by state's apply functions only ---- */

/** cert_batch_insert - it was opened. Errors: EEXISTS. */
NODISCARD int cert_batch_insert(struct tx *tx, const struct cert_batch *b,
    struct err *err);
/** cert_batch_refuse - a row of it was refused, or (@refused false) no longer is. */
NODISCARD int cert_batch_refuse(struct tx *tx, const char *id,
    const struct sha256 *row, bool refused, struct err *err);

#endif
