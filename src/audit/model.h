/*
 * model - keys, versions, counts and charters as the ledger makes them.
 * Private to src/audit.
 */
#ifndef AUDIT_MODEL_H
#define AUDIT_MODEL_H

#include "audit/inside.h"

/* The result of an entry against the model, and the model moved on.  @r NULL:
 * the request came before this bundle begins, or was found wrong. */
NODISCARD int model_signed(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
NODISCARD int model_generated(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
NODISCARD int model_moved(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
NODISCARD int model_amended(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
/* A window that is closed from this entry on. */
NODISCARD int model_closed(struct audit *a, const struct waiting *w, struct err *err);
void akey_done(void *key);
void tally_done(void *tally);
void version_done(void *version);

#endif
