/*
 * revoked - what became of certificates: revoked, on hold, released.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_REVOKED_H
#define CERT_REVOKED_H

#include "ca/crl.h"
#include "cert/row.h"

struct rows;

/**
 * cert_keep - does a CRL still name a certificate that ends then?
 * NULL in struct cert_revoked: it names all.
 */
typedef bool cert_keep(void *ctx, const char *profile, time_us not_after);

/** cert_step - does it lead anywhere?  Revoked is for ever, but the reason of
 * what is becomes a compromise where it was another; only who is held is
 * released.  @why: where @to is revoked. */
bool cert_step(const struct cert_row *from, enum cert_status to,
    enum reason why);

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

/* What was revoked, held or released, and no list tells yet. */
struct cert_untold {
	uint64_t	 n;
	time_us		 first;		/* when the first was; 0: none */
};
/** cert_untold - of one partition. What was committed while its newest list was
 * being signed counts as told. */
NODISCARD int cert_untold(struct tx *tx, const char *ca, unsigned partition,
    struct cert_untold *ret, struct err *err);

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

/* ---- projections: called by state's apply functions only ---- */

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
 * stays as it is.  Where only the reason changes, it was revoked when it was.
 *
 * Errors: ENOENT_.
 */
NODISCARD int cert_change(struct tx *tx, const struct cert_change *c,
    struct err *err);
/** cert_listed_insert - an entry of the list that a CA came with; one that is
 * there stays as it is. */
NODISCARD int cert_listed_insert(struct tx *tx, const char *ca,
    const struct crl_entry *e, struct err *err);

#endif
