/*
 * ocsp - OCSP answers that were signed.  Not projections.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_OCSP_H
#define CERT_OCSP_H

#include "cert/authority.h"

struct cert_ocsp {
	char		 ca[CERT_NAME];
	struct number	 serial;
	int		 form;		/* of the CertID: enum ocsp_form */
	time_us		 made, ends;
	time_us		 asked;		/* when somebody last wanted it; not read by _get */
	struct blob	 signature;	/* owned */
};
/** cert_ocsp_put - keep it, unless a newer one is there. */
NODISCARD int cert_ocsp_put(struct tx *tx, const struct cert_ocsp *a,
    struct err *err);
/** cert_ocsp_get - the one of this CA, serial number and form: the rest of @a.
 * @ret_there false: none. */
NODISCARD int cert_ocsp_get(struct tx *tx, struct cert_ocsp *a,
    bool *ret_there, struct err *err);
typedef void cert_ocsp_fn(void *ctx, const struct cert_ocsp *a);
/** cert_ocsp_asked - those that have not ended, without their signatures, in the
 * order of their ends; of what is damaged nothing is told. */
NODISCARD int cert_ocsp_asked(struct tx *tx, time_us now, cert_ocsp_fn *fn,
    void *ctx, struct err *err);
/** cert_ocsp_prune - drop those that have ended, and of the others all but the
 * @most that end last, or fewer where many end together. */
NODISCARD int cert_ocsp_prune(struct tx *tx, time_us now, unsigned most,
    struct err *err);

#endif
