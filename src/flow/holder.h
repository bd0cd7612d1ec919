/*
 * holder - which device has a key already, and by whose word.
 *
 * Every device has a key of its own: one that is another's, by a certificate
 * of this house, by what a factory said or by a certificate of another CA, is
 * certified for no second one.  One that somebody else has, as a revocation
 * says, is certified for nobody.
 */
#ifndef FLOW_HOLDER_H
#define FLOW_HOLDER_H

#include "cert/cert.h"
#include "cert/elsewhere.h"

struct tx;

struct holder {
	char		 device[CERT_DEVICE];	/* "": nobody else has the key */
	bool		 said;			/* by what its factory said */
	char		 print[SHA256_HEX];	/* by this certificate of another CA; or "" */
	char		 compromised[ID_TEXT];	/* a certificate of the key that was revoked so; or "" */
	char		 leaked[SHA256_HEX];	/* the same of another CA; or "" */
};

/** holder_find - another device than that of a request's parameters that has
 * the key which they name, or who else may have it. */
NODISCARD int holder_find(struct tx *tx, const json_t *parameters,
    struct holder *ret, struct err *err);
/** holder_check - has nobody else it? @place: where the key was given, "/csr".
 * Errors: ECONFLICT. */
NODISCARD int holder_check(const struct holder *h, const char *place,
    struct err *err);

#endif
