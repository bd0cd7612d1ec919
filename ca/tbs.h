/*
 * tbs - certificates, read strictly (RFC 5280, 4.1): DER of version 3, whose
 * parts are slices of the octets given.
 *
 * Floor 2, pure.  Sees base.
 * Nothing is allocated; the octets outlive the struct.  What the parts mean is
 * judged elsewhere (ca/lint.h): here they are only well-formed.
 */
#ifndef CA_TBS_H
#define CA_TBS_H

#include "ca/der.h"
#include "ca/oid.h"

#define TBS_OCTETS	((size_t)64 << 10)	/* longest that is read */
#define TBS_EXTENSIONS	32

struct tbs_extension {
	struct span	 oid;		/* content */
	enum oid	 which;		/* OID__N: none of ours */
	bool		 critical;
	struct span	 value;		/* what is in the OCTET STRING */
};

struct tbs {
	struct span	 whole;		/* TBSCertificate */
	unsigned	 version;	/* 3; of cert_read_other also 1 and 2 */
	struct span	 serial;	/* magnitude: positive, 1 to 20 octets */
	struct span	 algorithm;	/* AlgorithmIdentifier, whole */
	struct span	 issuer, subject; /* Name, whole */
	time_us		 not_before, not_after;
	unsigned	 not_before_tag, not_after_tag;
	struct span	 spki;		/* SubjectPublicKeyInfo, whole */
	bool		 unique_ids;	/* issuerUniqueID or subjectUniqueID */
	struct tbs_extension extension[TBS_EXTENSIONS];
	size_t		 extension_n;
};

struct cert {
	struct span	 whole;
	struct tbs	 tbs;
	struct span	 algorithm;	/* whole; equal to tbs.algorithm */
	struct span	 signature;	/* the BIT STRING's octets */
};

/** tbs_read - a TBSCertificate with nothing behind it. Errors: EINPUT,
 * ERANGE_ (serial), ETOOBIG. */
NODISCARD int tbs_read(const void *p, size_t n, struct tbs *ret,
    struct err *err);
/** cert_read - a Certificate in DER. Also refused: two different algorithms
 * (RFC 5280, 4.1.1.2). The signature is not verified: seal_verify. */
NODISCARD int cert_read(const void *p, size_t n, struct cert *ret,
    struct err *err);
/** cert_read_other - the same, of any version (X.509): old roots of other CAs are
 * of version 1 and have no extensions, so nothing in them says what they are for. */
NODISCARD int cert_read_other(const void *p, size_t n, struct cert *ret,
    struct err *err);
/** tbs_extension - the first of this kind, or NULL. */
const struct tbs_extension *tbs_extension(const struct tbs *t, enum oid which);

/* What extensions say.  Each is 0 for one that is not there, which leaves the
 * output at what is written here; EINPUT for one that is not well-formed. */

/** tbs_basic - basicConstraints; otherwise no CA, path length -1. */
NODISCARD int tbs_basic(const struct tbs *t, bool *ret_ca,
    int *ret_path_length, struct err *err);
/** tbs_key_usage - USAGE_BITs; otherwise 0. */
NODISCARD int tbs_key_usage(const struct tbs *t, uint32_t *ret,
    struct err *err);
/** tbs_subject_key_id, tbs_authority_key_id - otherwise of no octets.
 * @ret_only  is the keyIdentifier all that the extension has? */
NODISCARD int tbs_subject_key_id(const struct tbs *t, struct span *ret,
    struct err *err);
NODISCARD int tbs_authority_key_id(const struct tbs *t, struct span *ret,
    bool *ret_only, struct err *err);
/** tbs_oids - the purposes (OID_EXT_KEY_USAGE) or the policies' identifiers
 * (OID_POLICIES). Errors: also ERANGE_ for more than @most. */
NODISCARD int tbs_oids(const struct tbs *t, enum oid which, struct span *ret,
    size_t most, size_t *ret_n, struct err *err);
/** tbs_crl_url - the one URL of the one distribution point; otherwise of no
 * octets. */
NODISCARD int tbs_crl_url(const struct tbs *t, struct span *ret,
    struct err *err);
/** tbs_access_url - the URL of an access method; otherwise of no octets. */
NODISCARD int tbs_access_url(const struct tbs *t, enum oid method,
    struct span *ret, struct err *err);

#endif
