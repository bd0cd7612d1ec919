/*
 * found - what discovery has found where nobody looks, and is in no inventory:
 * open until it is entered, dismissed, or seen no more.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 *
 * A finding is somebody's word: {kind, form, place, encrypted?, fingerprint?,
 * algorithm?, der?, n?, entry?}.  What it is and where make its identity; whether it is encrypted, too.
 * A token's key of the form "missing" is not there: an entry says that it is.
 */
#ifndef CERT_FOUND_H
#define CERT_FOUND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct tx;

#define FOUND_PLACE	1024	/* octets of a place */
#define FOUND_MISSING	"missing"	/* a form */

/** found_check - is it well-formed? @ret its id.
 * Errors: EINPUT, ESCHEMA, ERANGE_, ETOOBIG. */
NODISCARD int found_check(const json_t *finding, char ret[SHA256_HEX],
    struct err *err);

enum found_as {
	FOUND_NEW,	/* unknown, or seen again after it was gone */
	FOUND_TOLD,	/* told before: open or dismissed */
	FOUND_KNOWN,	/* in the inventory */
	FOUND_NOTED,	/* the same, and to be told all the same: else nobody sees that its token has it no more */
};
/** found_compare - what is known of it, when @actor tells it. */
NODISCARD int found_compare(struct tx *tx, const json_t *finding,
    const char *id, const char *actor, enum found_as *ret, struct err *err);
enum found_end {
	FOUND_ENDED,	/* gone already, or never there */
	FOUND_OTHERS,	/* another told it: its end is not @actor's to tell */
	FOUND_OWN,
};
/** found_source - octets of @place that name its host, endpoint or token: scheme
 * and authority, or the attributes before the object's. */
size_t found_source(const char *place);
/** found_whose - may this principal say that it is gone? */
NODISCARD int found_whose(struct tx *tx, const char *id, const char *actor,
    enum found_end *ret, struct err *err);

/** found_get - one, with its state: open, taken (it is in the inventory),
 * dismissed, gone or absent (gone from a token, and an entry lacks it);
 * "certificate" as PEM; of a private key that the inventory
 * knows "of": {key, at} (somebody's word), {key, house} or {certificate};
 * of what is absent {key, at}.
 * Errors: ENOENT_. */
NODISCARD int found_get(struct tx *tx, const char *id, json_t **ret,
    struct err *err);

/* NULL: any; of state NULL: all that are not gone. */
struct found_filter {
	const char	*state, *kind;
	const char	*under;		/* a place, with all below it: whole components; of tls://HOST all ports */
	const char	*key;		/* where its private half lies: the SHA-256 of its public key; of any state, alone */
	bool		 held;		/* of state open and kind private-key alone: those of keys that the inventory knows */
};
/**
 * found_list - by their places.
 *
 * @cursor    the last page's *ret_next, or NULL.
 * @ret_next  cursor of the next page (free()), NULL when this was the last.
 * Errors: EINPUT, for a cursor or a state that is none.
 */
NODISCARD int found_list(struct tx *tx, const struct found_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);

/** found_copies_count - of a key (its hash): how many found_list has of it. */
NODISCARD int found_copies_count(struct tx *tx, const char *key,
    int64_t *ret, struct err *err);
/** found_of_key - open private keys with this fingerprint, at most @limit, appended to
 * @list as found_get has them. */
NODISCARD int found_of_key(struct tx *tx, const char *print, unsigned limit,
    json_t *list, struct err *err);

/* Projections: called by state's apply functions only. */
struct found_said {
	const char	*actor, *request, *reason;
	time_us		 time;
	uint64_t	 seq;
};
/** found_put - it is there; one that was told meanwhile, by another scan, stays as it
 * is. Errors: those of found_check. */
NODISCARD int found_put(struct tx *tx, const json_t *finding,
    const struct found_said *s, struct err *err);
/** found_gone - it is seen no more, also if it was not before; one that another
 * told stays.  found_dismiss - it is as it should be, also if it goes and comes.
 * Errors: ENOENT_; of found_dismiss ECONFLICT: it is not open. */
NODISCARD int found_gone(struct tx *tx, const char *id,
    const struct found_said *s, struct err *err);
NODISCARD int found_dismiss(struct tx *tx, const char *id,
    const struct found_said *s, struct err *err);

#endif
