/*
 * row - certificates that were issued here, one by one and as lists.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_ROW_H
#define CERT_ROW_H

#include "ca/reason.h"
#include "cert/authority.h"

#define CERT_DEVICE	130	/* a device's serial number and its NUL */

enum cert_status { CERT_GOOD, CERT_REVOKED, CERT_HELD, CERT_STATUS__N };
const char *cert_status_name(enum cert_status s);	/* "good" "revoked" "held" */
/** cert_status_from_name - false: there is no such status. */
bool cert_status_from_name(const char *word, enum cert_status *ret);

/* One certificate, without its octets. */
struct cert_row {
	char		 id[ID_TEXT];		/* "crt_..." */
	char		 ca[CERT_NAME], profile[CERT_NAME];
	char		 device[CERT_DEVICE];	/* "": none */
	struct number	 serial;
	unsigned	 partition;
	enum cert_status status;
	enum reason	 reason;		/* unless good */
	time_us		 not_before, not_after;
	time_us		 revoked, invalid_since;	/* 0: not, not said */
	struct sha256	 spki, fingerprint;
	struct sha256	 csr;			/* all zero: none is known */
	bool		 newest;		/* of its device, CA and profile */
	char		 request[ID_TEXT];
};
/** cert_valid - may it be believed then, as far as its CA says? */
bool cert_valid(const struct cert_row *c, time_us now);

/** cert_by_serial, cert_by_id - Errors: ENOENT_. */
NODISCARD int cert_by_serial(struct tx *tx, const char *ca,
    const struct number *serial, struct cert_row *ret, struct err *err);
NODISCARD int cert_by_id(struct tx *tx, const char *id, struct cert_row *ret,
    struct err *err);
/** cert_newest - the one that counts of a device. @ret_there false: none. */
NODISCARD int cert_newest(struct tx *tx, const char *ca, const char *profile,
    const char *device, struct cert_row *ret, bool *ret_there,
    struct err *err);
/** cert_row_fn - one of several; other than 0 ends the walk. */
typedef int cert_row_fn(void *ctx, const struct cert_row *row, struct err *err);
/** cert_of_device - those that count of a device by a profile: one of each
 * authority that issued it one, in order of name. */
NODISCARD int cert_of_device(struct tx *tx, const char *device,
    const char *profile, cert_row_fn *fn, void *ctx, struct err *err);
/* Another authority's certificate as parameters name it: "CA/SERIAL". */
#define CERT_PLACE	(CERT_NAME + NUMBER_HEX)
/** cert_place - of this one. */
void cert_place(const struct cert_row *row, char ret[CERT_PLACE]);
/** cert_place_read - and back. Errors: EINPUT. */
NODISCARD int cert_place_read(const char *place, char ret_ca[CERT_NAME],
    struct number *ret_serial, struct err *err);
/** cert_spki_device - another device than this under which the key is; "": none. */
NODISCARD int cert_spki_device(struct tx *tx, const struct sha256 *spki,
    const char *device, char ret[CERT_DEVICE], struct err *err);
/**
 * cert_of_csr - the newest of this CA and profile for a request.
 *
 * @spki, @csr  hashes of its key and of itself.
 * @ended       only of those that are revoked, or out of date then; 0: of all.
 * @ret_there   false: none.
 */
NODISCARD int cert_of_csr(struct tx *tx, const struct sha256 *spki,
    const struct sha256 *csr, const char *ca, const char *profile,
    time_us ended, struct cert_row *ret, bool *ret_there, struct err *err);
/** cert_spki_compromised - a certificate of this key that was revoked for key-compromise or ca-compromise; "": none. */
NODISCARD int cert_spki_compromised(struct tx *tx, const struct sha256 *spki,
    char ret[ID_TEXT], struct err *err);
/** cert_of_batch - what a batch's request (its hash) got. @ret_there false: nothing. */
NODISCARD int cert_of_batch(struct tx *tx, const char *batch,
    const struct sha256 *csr, struct cert_row *ret, bool *ret_there,
    struct err *err);
/** cert_of_key - the newest good one that a CA issued to a key by a profile.
 * @ret_there false: none. */
NODISCARD int cert_of_key(struct tx *tx, const char *ca, const char *profile,
    const struct sha256 *spki, struct cert_row *ret, bool *ret_there,
    struct err *err);
/** cert_ca_revoked - a certificate for which an authority may issue no more:
 * revoked or on hold, the newest that it has or one of a key that somebody else
 * has. @ret_there false: none that this house issued. */
NODISCARD int cert_ca_revoked(struct tx *tx, const struct cert_ca *c,
    struct cert_row *ret, bool *ret_there, struct err *err);
/** cert_id - what a certificate that was signed then is called. */
void cert_id(struct span der, time_us time, char ret[ID_TEXT]);
/** cert_der - append a certificate's octets. Errors: ENOENT_. */
NODISCARD int cert_der(struct tx *tx, const char *id, struct blob *ret,
    struct err *err);
/** cert_show - what the API shows of one: with SAN, PEM and chain. Errors: ENOENT_. */
NODISCARD int cert_show(struct tx *tx, const char *id, json_t **ret,
    struct err *err);
/** cert_rework_count - replacements under (rule hash, key hash, principal) after @since. */
NODISCARD int cert_rework_count(struct tx *tx, const char *rule,
    const char *key, const char *principal, time_us since, uint64_t *ret,
    struct err *err);

/* Filters are ANDed; NULL and 0 mean any. */
struct cert_filter {
	const char	*subject;	/* the common name begins so, whatever the case; also "CN=..." */
	const char	*san;		/* exactly this: "dns:host.example" */
	const char	*serial;	/* hexadecimal */
	const char	*fingerprint;	/* SHA-256, hexadecimal */
	const char	*device, *ca, *profile, *status, *batch;
	time_us		 expires_after, expires_before;	/* at or after; before */
};
/**
 * cert_list - newest first; by expiry, soonest first; by subject, by name.
 *
 * Each way has an index of its own: nothing here reads the whole table.
 * Errors: EINPUT, for a filter or cursor that is none.
 */
NODISCARD int cert_list(struct tx *tx, const struct cert_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);

/* ---- projections: called by state's apply functions only ---- */

/* A certificate that was signed; everything borrowed. */
struct cert_made {
	struct span	 der;
	const char	*ca;		/* that issued it: a root's own name */
	const char	*profile;
	const char	*device;	/* NULL: none */
	const char	*csr;		/* hash, hexadecimal; NULL: none */
	const char	*request;
	const char	*batch;		/* NULL: of none */
	const json_t	*replaces;	/* places of other authorities'; NULL: none */
	unsigned	 partition;
	time_us		 time;		/* the keeper's */
	uint64_t	 seq;
	const char	*rule, *key, *principal;	/* under which a replacement counts */
};
/** cert_made_show - what cert_show will say of it once it is inserted, for as long as
 * nothing changes; @chain of its CA, PEM.  Reads no table. Errors: EINPUT. */
NODISCARD int cert_made_show(const struct cert_made *m, const char *chain,
    json_t **ret, struct err *err);
/**
 * cert_insert - it was issued.  What the device had is not its newest any
 * more, and where that was still valid it is superseded: revoked, and counted.
 * So is what it has of other authorities by this profile, where that is named.
 *
 * Errors: EEXISTS (serial number, certificate), EINPUT (what cannot be read).
 */
NODISCARD int cert_insert(struct tx *tx, const struct cert_made *m,
    struct err *err);

#endif
