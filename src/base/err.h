/*
 * err - one table of everything that can go wrong, and how it is said.
 *
 * Floor 1.  Seen by all.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Linux has an ENOKEY too, which nothing here asks for: ours takes the name. */
#include <errno.h>
#undef ENOKEY

/*
 * One row per error: name, stable code for callers, HTTP status, exit status,
 * sentence for people.  Codes are part of the API: never change or reuse one.
 */
#define ERRORS(E) \
	E(ENOMEMORY,  "out-of-memory",       503, 71, "memory has run out") \
	E(EINTERNAL,  "internal",            500, 70, "something failed inside; the log says more") \
	E(EINPUT,     "malformed",           400, 65, "the input is not well-formed") \
	E(ESCHEMA,    "schema",              422, 65, "the input does not have the expected fields") \
	E(ERANGE_,    "out-of-range",        422, 65, "a value is outside its bounds") \
	E(ETOOBIG,    "too-large",           413, 65, "the input is larger than allowed") \
	E(EMEDIA,     "media-type",          415, 65, "the body is of a type that is not taken here") \
	E(ELENGTH,    "length-required",     411, 65, "the request must state its length") \
	E(EMETHOD,    "method-not-allowed",  405, 64, "this path does not take that method") \
	E(EUSAGE,     "usage",               400, 64, "the command was not understood") \
	E(EAUTH,      "unauthenticated",     401, 77, "credentials are missing, expired or not known here") \
	E(EDENIED,    "denied",              403, 77, "policy does not allow this") \
	E(EREJECTED,  "rejected",            403, 77, "an officer rejected this request") \
	E(EQUORUM,    "approval-needed",     202, 75, "more approvals are needed") \
	E(EPROOF,     "bad-proof",           403, 77, "the proof does not verify") \
	E(EHOUSE,     "other-house",         409, 77, "this belongs to another house") \
	E(EGENESIS,   "no-genesis",          503, 69, "this house has not been founded yet: run claviger init") \
	E(EFOUNDED,   "already-founded",     409, 65, "this house has been founded already") \
	E(ENOENT_,    "not-found",           404, 66, "there is no such thing") \
	E(ENOKEY,     "no-such-key",         404, 66, "there is no such key") \
	E(EEXISTS,    "exists",              409, 65, "one with this name exists already") \
	E(ECONFLICT,  "conflict",            409, 65, "this conflicts with the present state") \
	E(ESTATE,     "key-state",           409, 77, "the key's state does not allow this") \
	E(EEXPIRED,   "expired",             410, 65, "this has expired") \
	E(EUSED,      "used-up",             409, 77, "every use that was approved has been made") \
	E(ELIMIT,     "limit-reached",       429, 75, "the limit for this period is reached") \
	E(EBUSY_,     "busy",                503, 75, "too much is waiting; try again shortly") \
	E(ECHARTER,   "charter",             422, 65, "the charter is not acceptable") \
	E(EPRECOND,   "precondition",        412, 65, "what this was based on has changed") \
	E(ETOKEN,     "token-unavailable",   503, 69, "the token did not answer") \
	E(EKEEPER,    "keeper-unavailable",  503, 69, "the keeper did not answer") \
	E(EKEEPERNO,  "keeper-refused",      403, 77, "the keeper refused") \
	E(EPERMIT,    "permit-unknown",      409, 75, "the keeper has not seen this permit in its present run") \
	E(EHALTED,    "halted",              503, 69, "the house is halted until an operator acts") \
	E(EUNSHOWN,   "halted-ledger",       503, 74, "the keeper signs again when it has been shown the ledger") \
	E(ESTORE,     "store-unavailable",   503, 74, "the database did not answer") \
	E(ELEDGER,    "ledger-unavailable",  503, 74, "the ledger could not record this") \
	E(EVERIFY,    "verification-failed", 422, 76, "verification failed") \
	E(EIO_,       "io",                  503, 74, "reading or writing failed") \
	E(ENOROOM,    "no-room",             507, 74, "there is no room for this on the disk") \
	E(EUNREACH,   "unreachable",         503, 69, "the service could not be reached")

enum err_code {
	OK = 0,
#define E(name, code, http, status, text) name,
	ERRORS(E)
#undef E
	ERR__N
};

/* Owned by the caller, on its stack; no allocation, no thread-local state. */
struct err {
	enum err_code	 code;
	const char	*where;		/* "file:line", static */
	char		 what[240];	/* detail for people; never a secret */
};

#define NODISCARD	__attribute__((warn_unused_result))
#define UNUSED		__attribute__((unused))
#define AUTO(t)		__attribute__((cleanup(t##_freep))) struct t
#define DEFINE_FREEP(t)	\
	static inline UNUSED void t##_freep(struct t **p) { t##_free(*p); }
#define TAKE(p)		__extension__ ({ __typeof__(p) t_ = (p); (p) = NULL; t_; })
#define TRY(call)	do { int rc_ = (call); if (rc_ != 0) return rc_; } while (0)
#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

#define ERR_STR_(x)	#x
#define ERR_STR(x)	ERR_STR_(x)

/**
 * err_set - describe a failure and give the value to return for it.
 *
 * @e     borrowed, may be NULL when nobody listens.
 * @c     which row; never OK.
 * Returns -(int)c, so that "return err_set(...)" reads as one thought.
 */
#define err_set(e, c, ...) \
	err_rc_(err_set_at((e), (c), __FILE__ ":" ERR_STR(__LINE__), __VA_ARGS__))
int err_set_at(struct err *e, enum err_code c, const char *where,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Lets the compiler see that it is never 0, and so which outputs were set. */
static inline UNUSED int
err_rc_(int rc)
{
	if (rc >= 0)
		__builtin_unreachable();
	return rc;
}

/** err_code_name - the stable code of a row, "no-such-key"; static. */
const char *err_code_name(enum err_code c);
/** err_from_name - the row with this stable code, or EINTERNAL. */
enum err_code err_from_name(const char *name);
/** err_http, err_exit, err_text - the other columns of a row. */
int err_http(enum err_code c);
int err_exit(enum err_code c);
const char *err_text(enum err_code c);

#endif
