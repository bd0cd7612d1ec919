/*
 * cert - authorities, certificates, lists and answers, as the ledger makes
 * them.  Private to src/audit.
 *
 * What a certificate says and who signed it is judged in the journal's order;
 * serial numbers, revocation and retirement in the ledger's, which is theirs.
 */
#ifndef AUDIT_CERT_H
#define AUDIT_CERT_H

#include "audit/inside.h"
#include "ca/crl.h"
#include "ca/issuer.h"
#include "ca/number.h"
#include "ca/profile.h"

#define CERT_NEAR	TIME_S(300)	/* how far a moment may lie from the entry's */

/* One certificate of a key that is a CA's; the newest first. */
struct authority {
	struct authority *next;
	char		 name[65], hash[SHA256_HEX];
	struct issuer	*issuer;	/* owned; others read it until the end */
	json_t		*parameters;	/* by which it was made, or taken in */
	struct number	 floor;		/* of the lists of the system before; n is 0: none */
	struct issuer_path above;	/* when there were so many of them */
	uint64_t	 above_n;
};

/* What the ledger says of a CA's name. */
struct named_ca {
	char		 key[SHA256_HEX];
	bool		 made, retired;
	time_us		 since;		/* when it was retired */
};

/* A certificate by its serial number. */
struct issued {
	bool		 there, revoked, held;
	bool		 compromised;	/* revoked, or said later, for somebody else has its key */
	bool		 once;		/* was it ever revoked or held? */
	bool		 rework;	/* its device had a valid one, which it ended */
	struct issued	*before;	/* its device had, by this profile; or NULL */
	int64_t		 partition;
	time_us		 not_after;
	/* What a filter may ask for; names are places in "words". */
	uint64_t	 seq;		/* of its event */
	time_us		 time;		/* of its entry */
	struct sha256	 spki;
	const void	*ca, *profile, *by, *batch;	/* batch NULL: none */
	char		 device[];	/* "": none */
};

/* cert_model.c */
void authorities_free(struct authority *first);
struct authority *authority_find(const struct akey *k, const char *hash);
NODISCARD int authority_add(struct audit *a, struct akey *k,
    const json_t *parameters, struct span certificate, struct err *err);
/* authority_take_check - could others' certificate be taken in at @when? */
NODISCARD int authority_take_check(const struct audit *a, struct span certificate,
    time_us when, struct err *err);
/* authority_above - those that are known above it, by their newest
 * certificates; copied. Errors: ETOOBIG. */
NODISCARD int authority_above(const struct audit *a, struct authority *c,
    struct issuer_path *ret, struct err *err);
/* cert_profile - of a charter of the chain; the audit's own. */
NODISCARD int cert_profile(struct audit *a, size_t charter, const char *name,
    const struct profile **ret, struct err *err);
void cert_model_done(struct audit *a);
/* cert_key - the key of kind ca that an entry uses, event and limit looked at;
 * *ret NULL: noted. */
NODISCARD int cert_key(struct audit *a, const struct waiting *w,
    const struct req *r, size_t charter, struct akey **ret, struct err *err);
/* cert_is_kind_ca - by its class, in this charter. */
bool cert_is_kind_ca(const struct audit *a, size_t charter, const struct akey *k);

/* cert_note.c: in the ledger's order. */
NODISCARD int cert_note(struct audit *a, const struct waiting *w, struct err *err);
NODISCARD int cert_changed(struct audit *a, const struct applied *e, struct err *err);
void cert_retired(struct audit *a, const struct applied *e);
/* cert_issued - the certificate, or NULL. */
struct issued *cert_issued(const struct audit *a, const char *ca, const char *serial);
/* cert_present - the same, or what the authority came with. */
struct issued *cert_present(const struct audit *a, const char *ca, const char *serial);
/* cert_once - how many certificates of a CA's partition (-1: of all) were ever
 * revoked or held. */
uint64_t cert_once(const struct audit *a, const char *ca, int64_t partition);

/* cert_select.c: what a filter finds, in the ledger's order.  begin - as the
 * first part is there; check - what a part names is the next of it. */
NODISCARD int selection_begin(struct audit *a, const struct applied *e,
    struct held *h, struct err *err);
void selection_check(struct audit *a, const struct applied *e, struct held *h,
    bool last);

/* cert_line.c: what an authority renews, or whom it succeeds; @key NULL: none
 * of the house's. */
void cert_line(struct audit *a, const struct waiting *w, const struct akey *key,
    const json_t *p, const struct tbs *t);

/* cert_issue.c, cert_list.c: in the journal's order. */
NODISCARD int cert_certified(struct audit *a, const struct waiting *w,
    const struct req *r, size_t charter, struct err *err);
NODISCARD int cert_adopted(struct audit *a, const struct waiting *w,
    const struct req *r, size_t charter, struct err *err);
NODISCARD int cert_requested(struct audit *a, const struct waiting *w,
    const struct req *r, size_t charter, struct err *err);
/** cert_nothing_else - a key that becomes an authority's is nothing besides. */
void cert_nothing_else(struct audit *a, const struct waiting *w, const struct akey *k);
NODISCARD int cert_listed(struct audit *a, const struct waiting *w,
    const struct req *r, size_t charter, struct err *err);
/* @first: the first entry of this request. */
NODISCARD int cert_answered(struct audit *a, const struct waiting *w,
    const struct req *r, size_t charter, bool first, struct err *err);

/* batch.c: what was asked for together.  In the ledger's order; and of a
 * certificate with these parameters. */
NODISCARD int batch_event(struct audit *a, const struct applied *e, struct err *err);
void batch_check(struct audit *a, const struct waiting *w, const json_t *p,
    const char *requester);

/* A certificate made again. */
struct remake {
	struct held	*held;		/* its request */
	const struct profile *profile;
	const struct issuer *issuer;	/* NULL: a root */
	struct issuer_path above;
	const struct akey *key;		/* that signed */
	const char	*signature;	/* base64 */
	struct span	 content;	/* copied */
	unsigned	 partition;
	time_us		 now;
	uint64_t	 seq, entry;
};
/* cert_proof.c: by others, later. */
NODISCARD int cert_remake(struct audit *a, const struct remake *m, struct err *err);

#endif
