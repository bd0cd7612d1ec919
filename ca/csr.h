/*
 * csr - certification requests (PKCS #10, RFC 2986).
 *
 * Floor 2, pure.  Sees base.
 */
#ifndef CA_CSR_H
#define CA_CSR_H

#include "base/json.h"
#include "base/sha256.h"
#include "ca/der.h"

#define CSR_OCTETS	((size_t)16 << 10)	/* longest that is read */

struct csr;			/* opaque */

/**
 * csr_read - read one request, in PEM or DER, with nothing behind it.
 *
 * The proof of possession is verified and the key is fit (ca/key.h) before
 * anything else of it is believed.
 * Errors: ETOOBIG; EINPUT: form, version (RFC 2986, 4.1), names that have no
 * text here; EPROOF: it is not signed by its key (RFC 2986, 4.2); EDENIED:
 * key or algorithm.
 */
NODISCARD int csr_read(const void *p, size_t n, struct csr **ret,
    struct err *err);
/**
 * csr_key - the SPKI of a request that csr_read took before, appended.
 *
 * @hash  of that request: possession is not proven a second time.
 * Errors: EVERIFY: it is another one; EINPUT, ENOMEMORY.
 */
NODISCARD int csr_key(struct span der, const struct sha256 *hash,
    struct blob *ret, struct err *err);
void csr_free(struct csr *c);
DEFINE_FREEP(csr)
/** Borrowed from the request. */
struct span csr_der(const struct csr *c);
struct span csr_spki(const struct csr *c);
const char *csr_algorithm(const struct csr *c);
/** csr_subject, csr_san - arrays as in parameters; empty where it has none. */
const json_t *csr_subject(const struct csr *c);
const json_t *csr_san(const struct csr *c);
/** csr_hash, csr_spki_hash - SHA-256 of the DER, and of the SPKI. */
struct sha256 csr_hash(const struct csr *c);
struct sha256 csr_spki_hash(const struct csr *c);

/**
 * csr_info - append the CertificationRequestInfo of an authority's key: the
 * same octets wherever it is asked.  Four members, the third of them an SPKI:
 * it is no TBSCertificate, TBSCertList or ResponseData.
 *
 * Errors: EINPUT (no subject), and name_der's.
 */
NODISCARD int csr_info(const json_t *subject, struct span spki,
    struct blob *ret, struct err *err);

#endif
