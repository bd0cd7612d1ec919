/*
 * facts - what a rule may look at, each with where it came from.
 *
 * Floor 2, pure.  One thread at a time per object.
 * A fact that is absent is not empty: a condition on it does not hold.
 */
#ifndef POLICY_FACTS_H
#define POLICY_FACTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "policy/action.h"

enum provenance {
	PROVEN,		/* by a signature, the token or the keeper's register */
	REPLAYED,	/* follows from the ledger */
	ASSERTED,	/* somebody says so: the service or the caller */
};

enum fact_type { FACT_STRING, FACT_INTEGER, FACT_FLAG, FACT_SET };

/* One row per fact: name, type, what it says. */
#define FACT_ROWS(F) \
	F(FACT_ACTION,           "action",                   FACT_STRING,  "what is asked for") \
	F(FACT_PRINCIPAL_ID,     "principal.id",             FACT_STRING,  "who asks") \
	F(FACT_PRINCIPAL_KIND,   "principal.kind",           FACT_STRING,  "person or tool") \
	F(FACT_PRINCIPAL_PARTY,  "principal.party",          FACT_STRING,  "the party that who asks belongs to") \
	F(FACT_KEY_NAME,         "key.name",                 FACT_STRING,  "the key's name") \
	F(FACT_KEY_CLASS,        "key.class",                FACT_STRING,  "the key's class") \
	F(FACT_KEY_ENVIRONMENT,  "key.environment",          FACT_STRING,  "production, development, ...") \
	F(FACT_KEY_ALGORITHM,    "key.algorithm",            FACT_STRING,  "ec-p256, rsa-3072, ...") \
	F(FACT_KEY_STATE,        "key.state",                FACT_STRING,  "the key's state, SP 800-57 part 1, 7") \
	F(FACT_KEY_EXPORTABLE,   "key.exportable",           FACT_FLAG,    "may the key leave the token?") \
	F(FACT_KEY_EXCLUSIVE,    "key.exclusive",            FACT_FLAG,    "was it made in this token and never left?") \
	F(FACT_KEY_PRODUCTS,     "key.products",             FACT_SET,     "product lines the key is for") \
	F(FACT_DIGEST,           "artifact.digest",          FACT_STRING,  "algorithm of the artifact's digest") \
	F(FACT_PRODUCT,          "artifact.product",         FACT_STRING,  "product line of the artifact") \
	F(FACT_VERSION,          "artifact.version",         FACT_STRING,  "the artifact's version") \
	F(FACT_TRACK,            "artifact.track",           FACT_STRING,  "the track the version counts on") \
	F(FACT_HIGHEST_VERSION,  "artifact.highest-version", FACT_STRING,  "highest version signed for product and track; empty: none yet") \
	F(FACT_CERT_CA,          "cert.ca",                  FACT_STRING,  "name of the CA that issues") \
	F(FACT_CERT_PROFILE,     "cert.profile",             FACT_STRING,  "profile of the certificate") \
	F(FACT_CERT_DEVICE,      "cert.device",              FACT_STRING,  "serial number of the device") \
	F(FACT_CERT_REISSUE,     "cert.reissue",             FACT_FLAG,    "does it replace the device's valid certificate?") \
	F(FACT_DEVICE_PRODUCT,   "device.product",           FACT_STRING,  "the product line of all the devices that are entered; none where they are of several, or were of another") \
	F(FACT_TIME_OF_DAY,      "time.of-day",              FACT_INTEGER, "minutes since 00:00 UTC") \
	F(FACT_WEEKDAY,          "time.weekday",             FACT_STRING,  "mon tue wed thu fri sat sun, UTC") \
	F(FACT_COUNT_RULE,       "count.rule",               FACT_INTEGER, "uses under this rule, key and principal in the limit's period")

enum fact {
#define F(sym, name, type, words) sym,
	FACT_ROWS(F)
#undef F
	FACT__N
};
#define FACT_CLAIM	FACT__N	/* "claim.NAME": a string the caller asserted */

struct facts;			/* opaque */

struct fact_value {
	enum fact_type	 type;
	enum provenance	 from;
	const char	*s;		/* FACT_STRING */
	int64_t		 i;		/* FACT_INTEGER, FACT_FLAG (0, 1) */
	const char *const *set;		/* FACT_SET */
	size_t		 set_n;
};

NODISCARD int facts_new(struct facts **ret, struct err *err);
/** facts_free - takes NULL. */
void facts_free(struct facts *f);
DEFINE_FREEP(facts)
/** facts_clear - forget all, keep the room: for one object per worker. */
void facts_clear(struct facts *f);

/**
 * facts_str, facts_int, facts_flag, facts_set - say one fact, by its name.
 *
 * Values are copied; saying a fact again replaces it.  A NULL string or set
 * (of 0) says nothing for a string, the empty set for a set.  Names that
 * begin "claim." are always ASSERTED.
 * Errors: ESCHEMA for a name that is not in the table or another type,
 * ERANGE_ over 64 claims or 256 elements, ENOMEMORY.
 */
NODISCARD int facts_str(struct facts *f, const char *name, const char *value,
    enum provenance from, struct err *err);
NODISCARD int facts_int(struct facts *f, const char *name, int64_t value,
    enum provenance from, struct err *err);
NODISCARD int facts_flag(struct facts *f, const char *name, bool value,
    enum provenance from, struct err *err);
NODISCARD int facts_set(struct facts *f, const char *name,
    const char *const *values, size_t n, enum provenance from, struct err *err);
/** facts_set_json - a set from an array of strings. */
NODISCARD int facts_set_json(struct facts *f, const char *name,
    const json_t *values, enum provenance from, struct err *err);
/** facts_time - time.of-day and time.weekday, UTC, of a moment. */
NODISCARD int facts_time(struct facts *f, time_us now, enum provenance from,
    struct err *err);
/** facts_minute, facts_weekday - what it makes of a moment since 1970. */
int64_t facts_minute(time_us t);
const char *facts_weekday(time_us t);
/** facts_cert - cert.* and device.product, as the parameters of this action have them; who makes the
 * certificate of them has proven all but cert.reissue. */
NODISCARD int facts_cert(struct facts *f, enum action a,
    const json_t *parameters, enum provenance from, struct err *err);
/** facts_drop - unsay one fact. */
void facts_drop(struct facts *f, const char *name);

/** facts_get - by row (@claim NULL), or FACT_CLAIM with the name after "claim.".
 * NULL when absent; borrowed until the facts change. */
const struct fact_value *facts_get(const struct facts *f, enum fact which,
    const char *claim);
/* What is recorded against what is known otherwise: facts_same.c. */
/** facts_same_text - equal; NULL: the fact is absent. */
bool facts_same_text(const struct facts *f, enum fact which, const char *want);
/** facts_same_flag - recorded, and this. */
bool facts_same_flag(const struct facts *f, enum fact which, bool want);
/** facts_same_set - of an array's strings, in any order; absent: none of them. */
bool facts_same_set(const struct facts *f, enum fact which, const json_t *want);
/** facts_same_time - of that moment; @ret_name of the fact that is not. */
bool facts_same_time(const struct facts *f, time_us then, const char **ret_name);
/** facts_same_claims - of facts_json: all of {NAME: TEXT}, and no others. */
bool facts_same_claims(const json_t *recorded, const json_t *claims, const char **ret_name);

/** facts_json - new: {FACT: {"value","from"}...}, or NULL without memory. */
json_t *facts_json(const struct facts *f);
/** facts_canonical - append the same as canonical JSON. Errors: EINPUT (a text with
 * control characters), ENOMEMORY; what was appended by then stays. */
NODISCARD int facts_canonical(const struct facts *f, struct blob *ret, struct err *err);
/** facts_claimed - is any of them a claim? */
bool facts_claimed(const struct facts *f);
/** facts_from_json - what facts_json made; new. Errors: ESCHEMA, ENOMEMORY. */
NODISCARD int facts_from_json(const json_t *j, struct facts **ret,
    struct err *err);

/** fact_name, fact_type, fact_from_name - the table. FACT_CLAIM for
 * "claim.x"; -1 when unknown. */
const char *fact_name(enum fact f);
enum fact_type fact_type_of(enum fact f);
int fact_from_name(const char *name);
const char *provenance_name(enum provenance p);

#endif
