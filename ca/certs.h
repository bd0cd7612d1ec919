/*
 * certs - the certificates of a file that somebody has: PEM with whatever
 * stands in it, DER (also in front of PEM), PKCS #7 (RFC 5652, 5), PKCS #12 (RFC
 * 7292).
 *
 * Floor 2, pure.  Sees base; OpenSSL opens the containers.
 * Private keys are told of and never decoded, nor decrypted.  What a
 * certificate says is judged elsewhere (ca/tbs.h).
 */
#ifndef CA_CERTS_H
#define CA_CERTS_H

#include "ca/der.h"

#define CERTS_OCTETS	((size_t)64 << 20)	/* longest file that is read */
#define CERTS_BEGIN	"-----BEGIN "	/* of a PEM block: what makes a file of them */
#define CERTS_ROUNDS	2000000	/* of the key derivations of one file */

enum certs_kind {
	CERTS_CERTIFICATE,	/* der is one, as far as its outermost value goes */
	CERTS_BAD,		/* it should be: why says what it is */
	CERTS_PRIVATE,		/* a private key: passed over */
	CERTS_OTHER,		/* something else: passed over */
};
/* One thing of a file; borrowed for the call. */
struct certs_item {
	enum certs_kind	 kind;
	size_t		 n;		/* its number in the file, from 1 */
	struct span	 der;
	const char	*why;		/* CERTS_BAD: a sentence; CERTS_OTHER: what it is */
	/* Of what is passed over: its PEM label, and what stands between its
	 * lines, undecoded; of a PKCS #12 the name of its bag. */
	struct span	 label, text;
	bool		 cut;		/* its block has no end: text is its first line */
};
#define CERTS_SECRET		"PRIVATE KEY"	/* of the label of one, whole or cut off */
#define CERTS_KEY_BAG		"keyBag"
#define CERTS_SHROUDED_BAG	"pkcs8ShroudedKeyBag"
/** certs_fn - other than 0 ends the walk. */
typedef int certs_fn(void *ctx, const struct certs_item *item, struct err *err);

/**
 * certs_each - everything that is in a file, in its order.
 *
 * @passphrase  of a PKCS #12; NULL or "": none.
 * Errors: ETOOBIG; ENOMEMORY; what @fn returns.  What is wrong in the file is
 *         an item; a file of nothing has one, CERTS_BAD.
 */
NODISCARD int certs_each(struct span file, const char *passphrase,
    certs_fn *fn, void *ctx, struct err *err);
/** certs_look - the same for whoever looks what lies there, and has no
 * passphrase: of a PKCS #12 what can be seen without one, not even the empty
 * one; no key is derived. */
NODISCARD int certs_look(struct span file, certs_fn *fn, void *ctx,
    struct err *err);
/** certs_decode - what stands between the lines of a PEM block: base64 with
 * whatever blanks. Errors: EINPUT. */
NODISCARD int certs_decode(struct span text, struct blob *ret,
    struct err *err);

#endif
