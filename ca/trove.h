/*
 * trove - what of cryptography lies in a file: certificates, private keys in
 * whatever form, public keys.
 *
 * Floor 2, pure.  Sees base; OpenSSL reads the forms.
 * Of a private key that is not encrypted the public half is made, and wiped is
 * all the rest: what comes out of here is nobody's secret.  One that is
 * encrypted is told of, and no passphrase is tried.
 */
#ifndef CA_TROVE_H
#define CA_TROVE_H

#include "base/sha256.h"
#include "ca/der.h"

/* symbol, name, what it is */
#define TROVES(T) \
	T(TROVE_CERTIFICATE, "certificate", "a certificate") \
	T(TROVE_PRIVATE, "private-key", "a private key") \
	T(TROVE_PUBLIC, "public-key", "a public key") \
	T(TROVE_SEALED, "sealed", "a key store that shows nothing without its passphrase")
enum trove_kind {
#define T(sym, name, words) sym,
	TROVES(T)
#undef T
	TROVE__N
};
const char *trove_name(enum trove_kind k);

/* One thing of a file; borrowed for the call. */
struct trove_item {
	enum trove_kind	 kind;
	size_t		 n;		/* its number among what was found in this file, from 1 */
	const char	*form;		/* "pkcs8", "sec1" ...; static */
	bool		 encrypted;	/* TROVE_PRIVATE */
	bool		 known;		/* print and, of a key, algorithm are set */
	struct sha256	 print;		/* of the certificate's DER, or the SubjectPublicKeyInfo */
	const char	*algorithm;	/* "other": none of the house's; static */
	struct span	 der;		/* TROVE_CERTIFICATE */
};
/** trove_fn - other than 0 ends the walk. */
typedef int trove_fn(void *ctx, const struct trove_item *item,
    struct err *err);

/**
 * trove_each - everything that is in a file, in its order; of most files nothing.
 *
 * Errors: ENOMEMORY; what @fn returns.
 */
NODISCARD int trove_each(struct span file, trove_fn *fn, void *ctx,
    struct err *err);

#endif
