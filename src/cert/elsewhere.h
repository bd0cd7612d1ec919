/*
 * elsewhere - certificates that other CAs issued: what stands in them, and
 * whose they are, as somebody said.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_ELSEWHERE_H
#define CERT_ELSEWHERE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/sha256.h"
#include "ca/bearer.h"
#include "cert/stock.h"

struct tx;

/* One as it is entered; borrowed. */
struct cert_elsewhere {
	struct span	 der;
	const char	*owner;		/* or NULL: as it was */
	const json_t	*products;	/* array of names: beside those it has */
	const char	*request;
	time_us		 time;
	uint64_t	 seq;
};

/** cert_elsewhere_check - can it be entered at all? @ret its fingerprint.
 * Errors: EINPUT, ERANGE_, ETOOBIG: those of cert_read_other. */
NODISCARD int cert_elsewhere_check(struct span der, struct sha256 *ret,
    struct err *err);
/** cert_elsewhere_known - is it there, with these, or issued here? */
NODISCARD int cert_elsewhere_known(struct tx *tx, const char *fingerprint,
    const char *owner, const json_t *products, bool *ret, struct err *err);
/** cert_elsewhere_get - one, with "certificate" as PEM. Errors: ENOENT_. */
NODISCARD int cert_elsewhere_get(struct tx *tx, const char *fingerprint,
    json_t **ret, struct err *err);

/* At most one of product, spki, serial and device; NULL means any. */
struct cert_elsewhere_filter {
	const char	*product, *spki, *serial, *device;
	time_us		 expires_after, expires_before;	/* at or after; before; 0: any */
};
/**
 * cert_elsewhere_list - the soonest end first; with product or spki "followed": true of
 * those that a later one follows.
 *
 * @cursor    the last page's *ret_next, or NULL.
 * @ret_next  cursor of the next page (free()), NULL when this was the last.
 * Errors: EINPUT, for a filter or cursor that is none.
 */
NODISCARD int cert_elsewhere_list(struct tx *tx,
    const struct cert_elsewhere_filter *f, const char *cursor, unsigned limit,
    json_t **ret, char **ret_next, struct err *err);
/** cert_elsewhere_count - of a product line, that end from @from on and before
 * @before, @good: and that no list names; no more than @most are counted. */
NODISCARD int cert_elsewhere_count(struct tx *tx, const char *product,
    time_us from, time_us before, bool good, unsigned most, int64_t *ret,
    struct err *err);

/**
 * cert_elsewhere_above - the certificates of other CAs above this one, the
 * nearest first, as far as they are in the inventory and not on @list yet.
 *
 * By name and, where both name one, key identifier: nothing proves that they
 * signed it.  Of several of one authority the one that ends last.
 * cert_elsewhere_above_of - above one of the inventory. Errors: ENOENT_.
 */
NODISCARD int cert_elsewhere_above(struct tx *tx, struct span der,
    json_t *list, struct err *err);
NODISCARD int cert_elsewhere_above_of(struct tx *tx, const char *fingerprint,
    json_t *list, struct err *err);
/** cert_elsewhere_flock - the next of those that are looked at together: of one
 * issuer (who issued themselves are of one), owner and set of product lines.
 * @behind  the one before; "" for the first.  @ret  to free(); NULL: there is none. */
NODISCARD int cert_elsewhere_flock(struct tx *tx, const char *behind,
    char **ret, struct err *err);
typedef int cert_elsewhere_fn(void *ctx, const json_t *one, struct err *err);
/** cert_elsewhere_ending - those of a flock that no list names and no later one
 * follows (of the same subject, and of the same issuer or key); the soonest end first. */
NODISCARD int cert_elsewhere_ending(struct tx *tx, const char *flock,
    struct cert_walk *w, cert_elsewhere_fn *fn, void *ctx, struct err *err);

#define CERT_LACKING_LOOK	1000	/* rows that one call looks at */
/* How far a walk has come: behind this. */
struct cert_lacking {
	int64_t		 place;		/* of cert_elsewhere_of_owner its event, else its end */
	char		 owner[65];	/* of cert_elsewhere_of_owner */
	char		 print[SHA256_HEX];
};
/**
 * cert_elsewhere_ended, cert_elsewhere_of_owner - those that ended until @now,
 * that no list names, and that go on in no other; those that have not ended,
 * that no list names, and whose owner is @at's ("": none).
 *
 * @at        moved behind the last that was looked at.
 * @limit     so many at most are put onto @list; fewer may be.
 * @ret_more  there are rows behind.
 */
NODISCARD int cert_elsewhere_ended(struct tx *tx, time_us now,
    struct cert_lacking *at, unsigned limit, json_t *list, bool *ret_more,
    struct err *err);
NODISCARD int cert_elsewhere_of_owner(struct tx *tx, time_us now,
    struct cert_lacking *at, unsigned limit, json_t *list, bool *ret_more,
    struct err *err);
/** cert_elsewhere_of_no_product - the same of those that end behind @at, that no list names
 * and that serve no product line. */
NODISCARD int cert_elsewhere_of_no_product(struct tx *tx,
    struct cert_lacking *at, unsigned limit, json_t *list, bool *ret_more,
    struct err *err);
/** cert_elsewhere_owner_next - the next owner that is named, in their order.
 * @ret_more  false: there is none behind. */
NODISCARD int cert_elsewhere_owner_next(struct tx *tx,
    struct cert_lacking *at, bool *ret_more, struct err *err);

/* Whom a certificate of another CA names. */
struct cert_bearer {
	char		 device[BEARER_TEXT];	/* "": nobody else */
	char		 print[SHA256_HEX];	/* of that certificate */
};
/** cert_elsewhere_bearer - another device than this that a certificate of this
 * key (the hash of its SubjectPublicKeyInfo) names which has not ended by @now,
 * nor is revoked; bearer_other says how. */
NODISCARD int cert_elsewhere_bearer(struct tx *tx, const char *spki,
    const char *device, time_us now, struct cert_bearer *ret, struct err *err);

/** cert_elsewhere_devices_put - projection: the devices that it names. */
NODISCARD int cert_elsewhere_devices_put(struct tx *tx, const struct tbs *t,
    const char *print, struct err *err);
/** cert_elsewhere_compromised - a certificate of this key that its CA revoked for
 * key-compromise or ca-compromise; "": none. */
NODISCARD int cert_elsewhere_compromised(struct tx *tx, const char *spki,
    char ret[SHA256_HEX], struct err *err);

/** cert_elsewhere_put - projection: called by state's apply functions only. */
NODISCARD int cert_elsewhere_put(struct tx *tx,
    const struct cert_elsewhere *c, struct err *err);

#endif
