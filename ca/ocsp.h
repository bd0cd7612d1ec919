/*
 * ocsp - online certificate status: requests read, answers made.
 *
 * Floor 2, pure.  Sees base.  RFC 6960; nonces by RFC 9654, lightweight use by RFC 9919.
 *
 * Nothing here allocates but the blob that an answer is written to: a request
 * is read into the caller's struct, which points into the request's octets.
 */
#ifndef CA_OCSP_H
#define CA_OCSP_H

#include "ca/number.h"
#include "ca/reason.h"

#define OCSP_REQUEST_OCTETS	32768
#define OCSP_REQUESTS		64	/* certificates in one request */
#define OCSP_NONCE		128	/* octets; RFC 9654, 2.1 */
#define OCSP_KEY_HASH		20	/* responderID byKey is always SHA-1 */
#define OCSP_KEY		26	/* octets of ocsp_certid_key */
#define OCSP_ERROR		5	/* octets of an answer that is an error */

/*
 * How a CertID is spelled.  NULL and absent parameters of the hash algorithm
 * are two spellings of one thing, and an answer echoes the one it was asked.
 */
enum ocsp_form {
	OCSP_SHA1,
	OCSP_SHA1_BARE,		/* without parameters */
	OCSP_SHA256,
	OCSP_SHA256_BARE,
	OCSP_OTHER		/* another hash: no issuer of ours is meant */
};

struct ocsp_certid {
	enum ocsp_form	 form;
	struct span	 whole;		/* to be echoed */
	struct span	 name_hash, key_hash;	/* as long as the hash is, but
					 * for OCSP_OTHER */
	struct number	 serial;	/* n is 0: not one that a CA issues */
};

struct ocsp_request {
	size_t		 n;		/* 1..OCSP_REQUESTS */
	struct span	 nonce;		/* 1..OCSP_NONCE octets; 0: none */
	struct ocsp_certid id[OCSP_REQUESTS];
};

/**
 * ocsp_request_read - an OCSPRequest, DER.
 *
 * requestorName, optionalSignature and extensions that are not critical are
 * looked over and ignored.  Of @ret, id[] past n is left alone.
 *
 * Errors: EINPUT - answer malformedRequest; ETOOBIG - the same, for over
 *         OCSP_REQUEST_OCTETS or OCSP_REQUESTS.
 */
NODISCARD int ocsp_request_read(struct span request,
    struct ocsp_request *ret, struct err *err);

/**
 * ocsp_get_decode - the octets of a request that came by GET: @path is what
 * follows the responder's own path, percent-encoded base64 (RFC 6960, A.1).
 *
 * What clients get wrong is taken too: slashes in front, no percent-encoding,
 * no padding, '-' and '_' for '+' and '/', a space where a '+' was.
 *
 * @ret  appended to; on failure as it was.
 * Errors: EINPUT, ETOOBIG, ENOMEMORY.
 */
NODISCARD int ocsp_get_decode(struct span path, struct blob *ret,
    struct err *err);

/* One issuer that answers are given for, under both hashes. */
struct ocsp_issuer {
	unsigned char	 name_sha1[20], key_sha1[20];
	unsigned char	 name_sha256[32], key_sha256[32];
};

/** ocsp_issuer_make - from the issuer's subject and its SPKI, both whole.
 * Errors: EINPUT - no SPKI; EINTERNAL - a hash failed. */
NODISCARD int ocsp_issuer_make(struct span name, struct span spki,
    struct ocsp_issuer *ret, struct err *err);
/** ocsp_issuer_is - does the CertID mean this issuer? */
bool ocsp_issuer_is(const struct ocsp_issuer *i,
    const struct ocsp_certid *id);

/**
 * ocsp_certid_key - a name of fixed length for what a CertID asks, to look up
 * an answer made before: form, issuer and serial.
 *
 * @issuer  the caller's number for the issuer that ocsp_issuer_is found.
 */
void ocsp_certid_key(enum ocsp_form form, uint32_t issuer,
    const struct number *serial, unsigned char ret[OCSP_KEY]);

/**
 * ocsp_certid_write - the CertID that a client would ask with, for answers
 * made before anybody asked.
 *
 * @form    not OCSP_OTHER.
 * @serial  with a number.
 * @ret     appended to; on failure as it was.
 * Errors: ENOMEMORY, ETOOBIG.
 */
NODISCARD int ocsp_certid_write(const struct ocsp_issuer *i,
    enum ocsp_form form, const struct number *serial, struct blob *ret,
    struct err *err);

/** ocsp_request_write - a whole request for that one certificate, as without a
 * nonce. The same terms. */
NODISCARD int ocsp_request_write(const struct ocsp_issuer *i,
    enum ocsp_form form, const struct number *serial, struct blob *ret,
    struct err *err);
/** ocsp_key_read - what ocsp_certid_key was made of, but for the issuer. */
void ocsp_key_read(const unsigned char key[OCSP_KEY],
    enum ocsp_form *ret_form, struct number *ret_serial);

enum ocsp_status {
	OCSP_GOOD,
	OCSP_REVOKED,
	OCSP_UNKNOWN
};

/* One answer.  Times are written in whole seconds, cut. */
struct ocsp_single {
	struct span	 certid;	/* whole, borrowed */
	enum ocsp_status status;
	time_us		 revoked;	/* OCSP_REVOKED */
	enum reason	 reason;	/* OCSP_REVOKED; unspecified is left out */
	time_us		 this_update;
	time_us		 next_update;
	bool		 cut_off;	/* there is an archive cutoff; RFC 6960, 4.4.4 */
	time_us		 cutoff;
	bool		 dated;		/* OCSP_REVOKED: invalid since then; 4.4.5 */
	time_us		 invalidity;
};

/* What a ResponseData is made of.  Everything borrowed. */
struct ocsp_ask {
	struct span	 key_hash;	/* key_sha1 of the responder's ocsp_issuer */
	time_us		 produced;
	const struct ocsp_single *single;
	size_t		 n;		/* 1..OCSP_REQUESTS */
	struct span	 nonce;		/* 1..OCSP_NONCE octets; 0: none */
	bool		 extended_revoke;	/* RFC 6960, 4.4.8 */
};

/**
 * ocsp_response_data - the ResponseData, DER, that ca/seal signs.
 *
 * @ret  appended to; on failure as it was.
 *
 * Errors: ERANGE_ - no answer or too many, a nonce of no or too many octets,
 *         next_update not after this_update, this_update after produced,
 *         REASON_REMOVE; ENOMEMORY.
 */
NODISCARD int ocsp_response_data(const struct ocsp_ask *ask,
    struct blob *ret, struct err *err);

/* What a ResponseData says.  Spans go into the octets that were read. */
struct ocsp_info {
	struct span	 key_hash;	/* OCSP_KEY_HASH octets */
	time_us		 produced;
	size_t		 n;
	time_us		 this_earliest, this_latest;	/* thisUpdate of all */
	time_us		 next_earliest, next_latest;	/* nextUpdate of all */
	struct span	 nonce;		/* 1..OCSP_NONCE octets; 0: none */
	bool		 extended_revoke;
};

typedef int ocsp_each(void *ctx, const struct ocsp_single *s,
    const struct ocsp_certid *id, struct err *err);

/**
 * ocsp_response_read - all of a ResponseData, strictly: what
 * ocsp_response_data can have written, and nothing else.
 *
 * @each  called for each answer, in its order; may be NULL.
 *
 * Errors: EINPUT, ERANGE_; what @each returned.
 */
NODISCARD int ocsp_response_read(struct span tbs, ocsp_each *each, void *ctx,
    struct ocsp_info *ret, struct err *err);

/**
 * ocsp_response_assemble - a signed ResponseData as a whole OCSPResponse,
 * ready to be sent.
 *
 * @cert  the responder's certificate, whole; of no octets: the CA itself signed.
 * @ret   appended to; on failure as it was.
 *
 * Errors: EINPUT - an unknown scheme; ETOOBIG, ENOMEMORY.
 */
NODISCARD int ocsp_response_assemble(struct span tbs, const char *scheme,
    struct span signature, struct span cert, struct blob *ret,
    struct err *err);

/* OCSPResponseStatus but for successful; RFC 6960, 4.2.1. */
enum ocsp_error {
	OCSP_MALFORMED = 1,
	OCSP_INTERNAL = 2,
	OCSP_TRY_LATER = 3,
	OCSP_SIG_REQUIRED = 5,
	OCSP_UNAUTHORIZED = 6
};
/** ocsp_response_error - a whole OCSPResponse that says only this. */
void ocsp_response_error(enum ocsp_error e, unsigned char ret[OCSP_ERROR]);

#endif
