/*
 * stock - what there is of certificates, counted, and what of it ends.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_STOCK_H
#define CERT_STOCK_H

#include "cert/authority.h"

#define CERT_ENDING	5000	/* looked at one by one: the next that end */

/* What an authority has issued. */
struct cert_stock {
	int64_t		 issued, revoked, held;	/* all; of them */
};
/** cert_ca_stock - by its name; of one that is none: nothing. */
NODISCARD int cert_ca_stock(struct tx *tx, const char *ca,
    struct cert_stock *ret, struct err *err);
/** cert_ca_fn - one authority of all; other than 0 ends the walk. */
typedef int cert_ca_fn(void *ctx, const struct cert_ca *c, struct err *err);
/** cert_ca_each - all of the house, in order of name. */
NODISCARD int cert_ca_each(struct tx *tx, cert_ca_fn *fn, void *ctx,
    struct err *err);
/* One that ends, as its row has it: thousands are looked at.  All borrowed. */
struct cert_end {
	const char	*id, *ca, *profile, *subject;
	const char	*device;	/* or NULL */
	bool		 good;
	bool		 newest;	/* of its device, authority and profile */
	time_us		 not_before, not_after;
};
typedef int cert_end_fn(void *ctx, const struct cert_end *c, struct err *err);
/**
 * cert_ending - those that end next at or after @from and before @until, the
 * soonest first; cert_ending has of each id, ca, good and not_after alone;
 * cert_ending_devices: of those that count for their devices; cert_ending_all: as
 * cert_ending, with all that their rows have.
 *
 * @until      0: whenever.
 * @most       looked at; 0: CERT_ENDING.
 * @ret_until  up to when none is left out; 0: to the last there is.
 */
NODISCARD int cert_ending(struct tx *tx, time_us from, time_us until,
    unsigned most, cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);
/** cert_end_get - all of one that cert_ending has told of. Errors: ENOENT_. */
NODISCARD int cert_end_get(struct tx *tx, const char *id, cert_end_fn *fn, void *ctx,
    struct err *err);
NODISCARD int cert_ending_devices(struct tx *tx, time_us from, time_us until,
    unsigned most, cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);
NODISCARD int cert_ending_all(struct tx *tx, time_us from, time_us until,
    unsigned most, cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);
/* A walk through those that end from @from on and before @until. */
struct cert_walk {
	time_us		 from, until;
	unsigned	 most;		/* looked at */
	unsigned	 looked;	/* set by the walk */
	time_us		 whole;		/* set by it: up to when none is left out; 0: to the last there is */
};
/* An authority and profile. */
struct cert_flock {
	char		 ca[CERT_NAME], profile[CERT_NAME];
};
/** cert_single_flock - the next, behind @at, that has issued good certificates that no
 * device has; "" for the first.  @ret_there  false: there is none, and @at as it was. */
NODISCARD int cert_single_flock(struct tx *tx, struct cert_flock *at,
    bool *ret_there, struct err *err);
/** cert_ending_single - of those, what is no authority's and no later one of the
 * same subject follows (none follows an empty subject); the soonest end first. */
NODISCARD int cert_ending_single(struct tx *tx, const struct cert_flock *of,
    struct cert_walk *w, cert_end_fn *fn, void *ctx, struct err *err);
/** cert_ca_profiles - what an authority has issued lately: [PROFILE...]. */
NODISCARD int cert_ca_profiles(struct tx *tx, const char *ca, json_t **ret, struct err *err);
/** cert_list_key - for one key, the newest first, behind the id @behind (NULL: all);
 * @ret_more: than @limit.  "followed": true of those whose end is nobody's to wait for. */
NODISCARD int cert_list_key(struct tx *tx, const struct sha256 *spki,
    const char *behind, unsigned limit, json_t **ret, bool *ret_more, struct err *err);
/** cert_counts - {"cas":{STATE:n}, "certificates":{revoked, held}} for metrics. */
NODISCARD int cert_counts(struct tx *tx, json_t *ret, struct err *err);

#endif
