/*
 * cert - certificate authorities, what they issued, and what of it is revoked.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a struct cert_ca is constant once made; functions that take a tx
 *           belong to that transaction's thread.
 * Locks:    none.
 */
#ifndef CERT_CERT_H
#define CERT_CERT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/sha256.h"
#include "ca/crl.h"
#include "ca/number.h"
#include "ca/reason.h"

struct rows;
struct tx;

#define CERT_NAME	66	/* a name and its NUL */
#define CERT_DEVICE	130	/* a device's serial number and its NUL */
#define CERT_CHAIN	16	/* longest way to a root */
#define CERT_RENEWALS	16	/* certificates of one authority */
#define CERT_BATCH_NAME	130	/* a batch's name and its NUL */

/* ---- authorities ---- */

struct cert_ca {
	char		 name[CERT_NAME];
	char		 key[SHA256_HEX];	/* its own */
	char		 key_name[CERT_NAME];
	char		 issuer[CERT_NAME];	/* "": a root, or another house's */
	char		 profile[CERT_NAME];	/* "": imported */
	char		 responder[CERT_NAME];	/* key that signs its OCSP answers; "": none */
	char		 request[ID_TEXT];	/* that made it, or renewed it last */
	char		 succeeds[CERT_NAME];	/* for which it issues; "": none */
	bool		 active, imported;
	char		*subject;		/* for people */
	struct number	 serial;
	struct sha256	 fingerprint;		/* of the certificate */
	struct blob	 der;			/* the certificate */
	json_t		*urls;			/* {crl?, ocsp?, issuer?} */
	unsigned	 partitions;
	struct number	 floor;			/* above which its lists are numbered; n is 0: none */
	time_us		 not_before, not_after, created, retired;
	char		*reason;		/* why it was retired, or NULL */
	uint64_t	 seq;
};
void cert_ca_free(struct cert_ca *c);
DEFINE_FREEP(cert_ca)

/** cert_ca_get - by name. Errors: ENOENT_, ESTORE. */
NODISCARD int cert_ca_get(struct tx *tx, const char *name,
    struct cert_ca **ret, struct err *err);
/** cert_ca_changed - the newest event that changed an authority, or what became of a
 * certificate: as long as it stays the same, so do all authorities, by whichever
 * service they are changed.  0: there are none. */
NODISCARD int cert_ca_changed(struct tx *tx, uint64_t *ret, struct err *err);
/** cert_ca_json - what the API shows of one, with its certificate as PEM. */
NODISCARD int cert_ca_json(const struct cert_ca *c, json_t **ret,
    struct err *err);
/**
 * cert_ca_number - what the @n-th number of its lists is, from 1.
 * Errors: ERANGE_: DER would need more than 20 octets for it.
 */
NODISCARD int cert_ca_number(const struct cert_ca *c, uint64_t n,
    struct number *ret, struct err *err);
/** cert_ca_count - and back. Errors: ERANGE_: not above those of the system
 * before, or by 2^56 and more. */
NODISCARD int cert_ca_count(const struct cert_ca *c,
    const struct number *number, uint64_t *ret, struct err *err);
/** cert_ca_list - in order of name; @state NULL: any. */
NODISCARD int cert_ca_list(struct tx *tx, const char *state,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);
/** cert_ca_successor - who issues where @name was to: active, and the newest
 * that succeeds it; "": itself. */
NODISCARD int cert_ca_successor(struct tx *tx, const char *name,
    char ret[CERT_NAME], struct err *err);
/* An authority, and those that succeeded it one after another. */
struct cert_ca_line {
	char		 name[CERT_CHAIN][CERT_NAME];
	unsigned	 n;		/* at least 1 */
};
/** cert_ca_line - @name first; the last is the one that issues. */
NODISCARD int cert_ca_line(struct tx *tx, const char *name,
    struct cert_ca_line *ret, struct err *err);
/** cert_ca_before - the one that @name succeeds; "": none. Errors: ENOENT_. */
NODISCARD int cert_ca_before(struct tx *tx, const char *name,
    char ret[CERT_NAME], struct err *err);
/** cert_ca_certificates - all that it has had, the newest first:
 * [{fingerprint, serial, issuer?, not_before, not_after, certificate}]. */
NODISCARD int cert_ca_certificates(struct tx *tx, const char *name,
    json_t **ret, struct err *err);
/** cert_ca_names - array of all, in order. */
NODISCARD int cert_ca_names(struct tx *tx, json_t **ret, struct err *err);
/** cert_chain - append, as PEM, the CA's certificate and those above it, the
 * root last. Errors: ENOENT_. */
NODISCARD int cert_chain(struct tx *tx, const char *ca, struct blob *ret,
    struct err *err);

/* ---- batches ---- */

struct cert_batch {
	char		 id[ID_TEXT];		/* "bat_..." */
	char		 requester[CERT_NAME];
	char		 name[CERT_BATCH_NAME];	/* its Idempotency-Key */
	char		 ca[CERT_NAME], profile[CERT_NAME];
	time_us		 opened;
	uint64_t	 seq;
	bool		 refused;		/* rows of it were */
};
/** cert_batch_find - a requester's, by the name they gave it. @ret_there false: none. */
NODISCARD int cert_batch_find(struct tx *tx, const char *requester,
    const char *name, struct cert_batch *ret, bool *ret_there,
    struct err *err);
/** cert_batch_show - what the API shows of one, counted. Errors: ENOENT_. */
NODISCARD int cert_batch_show(struct tx *tx, const char *id, json_t **ret,
    struct err *err);
/** cert_batch_brief - the same, not counted. Errors: ENOENT_. */
NODISCARD int cert_batch_brief(struct tx *tx, const char *id, json_t **ret,
    struct err *err);
/** cert_batch_list - newest first, not counted; @ca, @requester NULL: any. */
NODISCARD int cert_batch_list(struct tx *tx, const char *ca,
    const char *requester, const char *cursor, unsigned limit, json_t **ret,
    char **ret_next, struct err *err);
/** cert_batch_is_refused - was this row of it refused, the last time? */
NODISCARD int cert_batch_is_refused(struct tx *tx, const char *id,
    const struct sha256 *row, bool *ret, struct err *err);

/* ---- certificates ---- */

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

/** cert_modulus_add - a key was generated or certified, or came into the
 * inventory from elsewhere; of RSA, its modulus is kept, once. A projection. */
NODISCARD int cert_modulus_add(struct tx *tx, struct span spki, uint64_t seq,
    struct err *err);
/** cert_modulus_known - is this key's among them?  @ret_looked: it was looked at,
 * since it is certified here. */
NODISCARD int cert_modulus_known(struct tx *tx, const struct sha256 *spki,
    bool *ret, bool *ret_looked, struct err *err);
/* Where a reading of them ended; zero before the first. */
struct moduli {
	uint64_t	 seq;
	struct sha256	 spki;
};
typedef int cert_modulus_fn(void *ctx, const struct sha256 *spki,
    struct span modulus, struct err *err);
/** cert_moduli_next - those behind @at, in the ledger's order; @at follows. @ret_n: how many, at most @most. */
NODISCARD int cert_moduli_next(struct tx *tx, struct moduli *at,
    unsigned most, cert_modulus_fn *fn, void *ctx, unsigned *ret_n,
    struct err *err);

/* Filters are ANDed; NULL and 0 mean any. */
struct cert_filter {
	const char	*subject;	/* the common name begins so, whatever the case */
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

/* ---- what there is: stock.c ---- */

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
 * soonest first; cert_ending_single: of the good ones that no device has and
 * no later one of the same authority, profile and subject follows (none follows
 * an empty subject); cert_ending has of each id, ca, good and not_after alone;
 * cert_ending_devices: of those that count for their devices.
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
NODISCARD int cert_ending_single(struct tx *tx, time_us from, time_us until,
    unsigned most, cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);
NODISCARD int cert_ending_devices(struct tx *tx, time_us from, time_us until,
    unsigned most, cert_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);
/** cert_ca_profiles - what an authority has issued lately: [PROFILE...]. */
NODISCARD int cert_ca_profiles(struct tx *tx, const char *ca, json_t **ret, struct err *err);
/** cert_list_key - for one key, the newest first; @ret_more: than @limit. */
NODISCARD int cert_list_key(struct tx *tx, const struct sha256 *spki,
    unsigned limit, json_t **ret, bool *ret_more, struct err *err);

/* ---- many at once ---- */

#define CERT_LOOKED	1000000	/* certificates looked at for one selection */

/*
 * Certificates of one CA by what never changes of them, so that the same
 * selection finds the same ones later; NULL and 0 mean any.  All borrowed.
 */
struct cert_select {
	const char	*ca;
	const char	*profile, *device, *device_last, *spki, *by, *batch;
	const char	*issued_since, *issued_before;	/* times; to the millisecond */
	time_us		 valid_at;	/* not expired then */
	uint64_t	 through;	/* issued by events before this one */
	unsigned	 page;		/* rows read at once; 0: 10,000 */
	unsigned	 most;		/* looked at; 0: CERT_LOOKED */
};
/** cert_select_read - a filter's members, as parameters have them. */
void cert_select_read(const json_t *filter, struct cert_select *ret);
/** cert_select_fn - one of them, in the order of issuing; other than 0 ends it.
 * @expired: left out, but for @valid_at. */
typedef int cert_select_fn(void *ctx, const struct cert_row *row, bool expired,
    struct err *err);
/**
 * cert_select_each - each that is meant.
 * Errors: EINPUT: a time or hash that is none; ERANGE_: more than @most would
 * have to be looked at.
 */
NODISCARD int cert_select_each(struct tx *tx, const struct cert_select *s,
    cert_select_fn *fn, void *ctx, struct err *err);

/* ---- revocation ---- */

/**
 * cert_keep - does a CRL still name a certificate that ends then?
 * NULL in struct cert_revoked: it names all.
 */
typedef bool cert_keep(void *ctx, const char *profile, time_us not_after);

/** cert_step - does it lead anywhere?  Revoked is for ever, and only who is held is released. */
bool cert_step(enum cert_status from, enum cert_status to);

/* What is revoked, in order of serial number; zero but for the first part. */
struct cert_revoked {
	struct tx	*tx;		/* borrowed, all */
	const char	*ca;
	unsigned	 partition;
	time_us		 since;		/* not 0: only what changed then or later (a delta) */
	cert_keep	*keep;
	void		*keep_ctx;
	unsigned	 page;		/* rows read at once; 0: 10,000 */

	struct number	 last;		/* inside */
	struct rows	*rows;
	unsigned	 got;
	bool		 end;
};
/** cert_revoked_next - a crl_next (ca/crl.h), with a struct cert_revoked as
 * @ctx: in a delta, what was released comes as REASON_REMOVE. */
int cert_revoked_next(void *ctx, struct crl_entry *ret, bool *ret_more,
    struct err *err);
void cert_revoked_done(struct cert_revoked *r);

/* Certificates that the system before had revoked or put on hold, by the list
 * that a CA came with.  What is revoked stays so; what is on hold is revoked
 * or released like one of ours.  No end of them is known. */
/** cert_listed_find - is it one of them? As a row that has nothing but serial
 * number, CA and status. @ret_there false: no. */
NODISCARD int cert_listed_find(struct tx *tx, const char *ca,
    const struct number *serial, struct cert_row *ret, bool *ret_there,
    struct err *err);
/** cert_or_listed - cert_by_serial, or else one of these: that has no id.
 * Errors: ENOENT_. */
NODISCARD int cert_or_listed(struct tx *tx, const char *ca,
    const struct number *serial, struct cert_row *ret, struct err *err);
/** cert_listed_count - how many. */
NODISCARD int cert_listed_count(struct tx *tx, const char *ca, uint64_t *ret,
    struct err *err);

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

/* ---- OCSP answers that were signed: ocsp.c. Not projections ---- */

struct cert_ocsp {
	char		 ca[CERT_NAME];
	struct number	 serial;
	int		 form;		/* of the CertID: enum ocsp_form */
	time_us		 made, ends;
	time_us		 asked;		/* when somebody last wanted it; not read by _get */
	bool		 stale;		/* its certificate changed since, or in that second; told by _asked, of the first of two */
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
/** cert_ocsp_asked - those that are stale, and then all that have not ended, in the
 * order of their ends: without their signatures; of what is damaged nothing is told. */
NODISCARD int cert_ocsp_asked(struct tx *tx, time_us now, cert_ocsp_fn *fn,
    void *ctx, struct err *err);
/** cert_ocsp_prune - drop those that have ended, and of the others all but the
 * @most that end last, or fewer where many end together. */
NODISCARD int cert_ocsp_prune(struct tx *tx, time_us now, unsigned most,
    struct err *err);

/** cert_counts - {"cas":{STATE:n}, "certificates":{revoked, held}} for metrics. */
NODISCARD int cert_counts(struct tx *tx, json_t *ret, struct err *err);

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

/** cert_batch_insert - it was opened. Errors: EEXISTS. */
NODISCARD int cert_batch_insert(struct tx *tx, const struct cert_batch *b,
    struct err *err);
/** cert_batch_refuse - a row of it was refused, or (@refused false) no longer is. */
NODISCARD int cert_batch_refuse(struct tx *tx, const char *id,
    const struct sha256 *row, bool refused, struct err *err);

/* A CA that was made or taken in; everything borrowed. */
struct cert_ca_made {
	const char	*name, *key, *key_name, *issuer, *profile, *responder;
	const char	*succeeds, *request;
	const json_t	*urls;
	unsigned	 partitions;
	struct number	 floor;		/* of the system before; n is 0: none */
	bool		 imported;
	struct span	 der;
	time_us		 time;
	uint64_t	 seq;
};
/** cert_ca_insert - or renewed: of this name and key already, it has one
 * certificate more. Errors: EEXISTS (another's name, this certificate), EINPUT. */
NODISCARD int cert_ca_insert(struct tx *tx, const struct cert_ca_made *m,
    struct err *err);
/** cert_ca_retire - Errors: ENOENT_; ECONFLICT: it is retired. */
NODISCARD int cert_ca_retire(struct tx *tx, const char *name,
    const char *reason, time_us time, struct err *err);

struct cert_change {
	const char	*ca;
	struct number	 serial;
	enum cert_status to;		/* good: released */
	enum reason	 reason;
	time_us		 time, invalid_since;
};
/**
 * cert_change - revoke, hold or release, also what a CA came with.  What is so
 * already, or cannot become so (a revoked one is neither held nor released),
 * stays as it is.
 *
 * Errors: ENOENT_.
 */
NODISCARD int cert_change(struct tx *tx, const struct cert_change *c,
    struct err *err);
/** cert_listed_insert - an entry of the list that a CA came with; one that is
 * there stays as it is. */
NODISCARD int cert_listed_insert(struct tx *tx, const char *ca,
    const struct crl_entry *e, struct err *err);
/** cert_crl_insert - Errors: EEXISTS; ECONFLICT: its number is not above the last. */
NODISCARD int cert_crl_insert(struct tx *tx, const struct cert_crl *c,
    struct err *err);

#endif
