/*
 * crl - revocation lists that were signed.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_CRL_H
#define CERT_CRL_H

#include "cert/authority.h"

/* A CRL that was signed. */
struct cert_crl {
	char		 ca[CERT_NAME];
	unsigned	 partition;
	uint64_t	 number, base;	/* above the CA's floor; base 0: full */
	time_us		 this_update, next_update;	/* 0: only its number is known */
	struct sha256	 hash;		/* of the whole list */
	uint64_t	 octets, entries, seq;
};
/** cert_crl_newest - full or delta. @ret_there false: none yet. */
NODISCARD int cert_crl_newest(struct tx *tx, const char *ca,
    unsigned partition, bool delta, struct cert_crl *ret, bool *ret_there,
    struct err *err);
/**
 * cert_crl_base - the full list that the next delta is to: of the newest two
 * the older, while somebody may hold it as valid.
 *
 * @ret_newest  the newest full list.
 * @ret_there   false: the newest was never shown, and a full one is due.
 */
NODISCARD int cert_crl_base(struct tx *tx, const char *ca, unsigned partition,
    time_us now, struct cert_crl *ret, struct cert_crl *ret_newest,
    bool *ret_there, struct err *err);
/** cert_crl_highest - the highest number so far; 0: none. */
NODISCARD int cert_crl_highest(struct tx *tx, const char *ca,
    unsigned partition, uint64_t *ret, struct err *err);
/** cert_crl_keep - keep the list itself, unless a higher one is there. Not a projection. */
NODISCARD int cert_crl_keep(struct tx *tx, const char *ca, unsigned partition,
    bool delta, uint64_t number, struct span der, struct err *err);
/** cert_crl_der - append the newest list that was kept. Errors: ENOENT_. */
NODISCARD int cert_crl_der(struct tx *tx, const char *ca, unsigned partition,
    bool delta, uint64_t *ret_number, struct blob *ret, struct err *err);

/* ---- projections: called by state's apply functions only ---- */

/** cert_crl_insert - Errors: EEXISTS; ECONFLICT: its number is not above the last. */
NODISCARD int cert_crl_insert(struct tx *tx, const struct cert_crl *c,
    struct err *err);

#endif
