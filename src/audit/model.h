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
    const struct req *r, size_t charter, struct err *err);
NODISCARD int model_generated(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
NODISCARD int model_moved(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
NODISCARD int model_amended(struct audit *a, const struct waiting *w,
    const struct req *r, struct err *err);
/* A window that is closed from this entry on. */
NODISCARD int model_closed(struct audit *a, const struct waiting *w, struct err *err);
/* model_key - the key that an entry names; NULL: noted. */
struct akey *model_key(struct audit *a, const struct waiting *w);
/* model_rework - one more device had a valid certificate ended by another;
 * counted by the service's clock, which may be @near the keeper's. */
NODISCARD int model_rework(struct audit *a, const struct waiting *w,
    const struct rule *rule, time_us near, struct err *err);
/* model_limit - one more use under a rule that has a limit. */
NODISCARD int model_limit(struct audit *a, const struct waiting *w,
    const struct rule *rule, struct err *err);
/* model_version - one more signature of a version: it follows those before, where the
 * rule asks for that. */
NODISCARD int model_version(struct audit *a, const struct waiting *w,
    const struct akey *k, size_t charter, const struct rule *rule,
    struct err *err);
/* A fact that the keeper recorded with an entry; NULL: it did not. */
static inline const json_t *
fact_value(const struct entry *e, const char *name)
{
	return json_object_get(json_object_get(e->facts, name), "value");
}

void akey_done(void *key);
void tally_done(void *tally);
void version_done(void *version);

#endif
