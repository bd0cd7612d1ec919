/*
 * inventory - what there is, whose it is, when it ends: rows and their marks.
 *
 * Floor 5, flow; included by inventory*.c only.
 */
#ifndef FLOW_INVENTORY_H
#define FLOW_INVENTORY_H

#include "cert/elsewhere.h"
#include "flow/flow.h"
#include "state/state.h"

/* What a key may lack: its word, what is said of it, and what is said of one that
 * lives elsewhere, of which all that is known is what somebody said; NULL: cannot be. */
#define GAPS(G) \
	G(GAP_OWNER,     "owner",     "nobody answers for it: the charter in force has no such class", \
	    "nobody answers for it: no group of the charter in force is named") \
	G(GAP_RECOVERY,  "recovery",  "nothing says what is done when it is lost: the charter in force has no such class", \
	    "nothing says what is done when it is lost: no procedure of the charter in force is named") \
	G(GAP_AUTHORITY, "authority", "no rule of the charter in force lets anybody use it", \
	    "no rule of its class in the charter in force is for the use of such a key") \
	G(GAP_END,       "end",       "nothing says when its use ends: the charter in force has no such class", \
	    "nobody has said when its use ends") \
	G(GAP_PRODUCT,   "product",   "it serves no product line", "it serves no product line") \
	G(GAP_RESTORE,   "restore",   "no restore or drill of the house since it is there proves that it can be restored, or it was too long ago for its procedure", \
	    "nothing proves that it can be restored, or it was too long ago for its procedure") \
	G(GAP_SUCCESSOR, "successor", NULL, "it has ended, and neither is it revoked nor does another take its place") \
	G(GAP_PUBLIC,    "public-key", NULL, "its public key is not known, so nothing can be found that bears it") \
	G(GAP_ACTIVATED, "activated", NULL, "nobody has said since when it is in use")

enum gap {
#define G(sym, word, why, said) sym,
	GAPS(G)
#undef G
	GAP__N
};
/* Whose gaps: of a key of the token, or of one that somebody spoke of. */
enum gap_of { GAP_HELD, GAP_SAID };
const char *gap_name(enum gap g);

/* One look at the house: of one moment, under one charter. */
struct inventory {
	struct state		*state;		/* borrowed */
	struct tx		*tx;
	const struct law	*law;		/* borrowed */
	time_us			 now, until;	/* what ends between is soon to end */
	time_us			 restored;	/* the last restore or drill of the house; 0: none */
	const char		*restored_by;	/* "restore", or "drill", which is somebody's word */
	json_t			*authorities;	/* owned: {KEY: [authority...]} */
	json_t			*ending;	/* owned: {CA: {"expiring","soonest"}} */
	time_us			 looked_until;	/* of ending; 0: all were looked at */
};

/** inventory_period - "within" of a query into @ret. Errors: EINPUT, ERANGE_. */
NODISCARD int inventory_period(const json_t *query, time_us *ret, struct err *err);
/** inventory_look - begin one, of a moment: its state, and its time with "within" of the
 * query.  Errors: EINPUT, ERANGE_. */
NODISCARD int inventory_look(struct inventory *v, const struct moment *m, const json_t *query, struct err *err);
/** inventory_read - all of it is read in this transaction: it, and when it was last shown that
 * the house can be restored. */
NODISCARD int inventory_read(struct inventory *v, struct tx *tx, struct err *err);
/** inventory_lacks_restore - does this recovery procedure (NULL: none) ask for a proof that the
 * row has not, or for a later one?  "restored" of the row. */
NODISCARD int inventory_lacks_restore(const struct inventory *v, const json_t *row, const json_t *procedure, bool *ret, struct err *err);
/** inventory_marks - "ended" and "expiring" of something with this end; neither
 * unless it @counts. */
NODISCARD int inventory_marks(const struct inventory *v, bool counts, time_us end, json_t *o, struct err *err);
/** inventory_key - a key with its class, end, marks and gaps. */
NODISCARD int inventory_key(const struct inventory *v, const struct key *k,
    json_t **ret, struct err *err);
/** inventory_certificates - read what inventory_add needs; freed by inventory_done. */
NODISCARD int inventory_certificates(struct inventory *v, struct err *err);
/** inventory_authorities - the authorities of each key alone. */
NODISCARD int inventory_authorities(struct inventory *v, struct err *err);
/** inventory_add - the certificates for this key, and its authorities, to its row. */
NODISCARD int inventory_add(const struct inventory *v, const struct key *k,
    json_t *row, struct err *err);
/** inventory_end_key - "end" of its row, its authorities and its certificates: what would
 * end each, by which rules. */
NODISCARD int inventory_end_key(const struct inventory *v, const struct key *k, json_t *row, struct err *err);
/** inventory_end_certificates - the same of the certificates of a row alone. */
NODISCARD int inventory_end_certificates(const struct inventory *v, json_t *row, struct err *err);
/** inventory_end_window - the same of a window that is open on it. */
NODISCARD int inventory_end_window(const struct inventory *v, const struct key *k, json_t *window, struct err *err);
/** inventory_gaps - what it lacks, in words, onto a list. */
NODISCARD int inventory_gaps(const bool lacks[GAP__N], enum gap_of of, json_t *list,
    struct err *err);
/** inventory_elsewhere - an entry (elsewhere_list) as a row: marks and gaps. */
NODISCARD int inventory_elsewhere(const struct inventory *v, const json_t *entry,
    json_t **ret, struct err *err);
/** inventory_others - certificates of other CAs, as a filter has them, onto a list, the
 * soonest end first, behind a cursor; @ret_next: the next page's (free()), or NULL. */
NODISCARD int inventory_others(const struct inventory *v,
    const struct cert_elsewhere_filter *f, const char *cursor, json_t *list, char **ret_next, struct err *err);
/** inventory_other - its marks, from "not_after" and "status". */
NODISCARD int inventory_other(const struct inventory *v, json_t *c, struct err *err);
/** inventory_more - "more_certificates", and "next_certificate" where @next is not NULL. Takes it. */
NODISCARD int inventory_more(json_t *o, char *next, struct err *err);
/* Where a walk through certificates of other CAs that lack something is: through those
 * that have ended, then by each owner that the charter in force does not know, and then
 * through those of its owners that serve no product line. */
enum lacking_part { LACKING_SUCCESSOR, LACKING_OWNER, LACKING_PRODUCT };
struct lacking {
	const struct inventory *v;
	struct cert_lacking at;
	enum lacking_part part;
	bool		 over;
};
/** lacking_read - from a cursor; NULL: from the first.  @ret_is: it is one of this list.
 * lacking_text - the cursor; "" where all is over. */
void lacking_read(const char *cursor, struct lacking *ret, bool *ret_is);
void lacking_text(const struct lacking *w, char ret[160]);
/** lacking_step - the next of them as rows with their gaps, as far as @limit; looks at no
 * more than CERT_LACKING_LOOK, so there may be none. */
NODISCARD int lacking_step(struct lacking *w, unsigned limit, json_t *list,
    struct err *err);
/** lacking_put - "gaps" of a certificate of another CA: of one of the first part (it has ended, and goes
 * on nowhere), else of one that is in force. */
NODISCARD int lacking_put(const struct inventory *v, enum lacking_part part, json_t *row, struct err *err);
/** lacking_skip - on to the next owner, or to the next part, or to the end. */
NODISCARD int lacking_skip(struct lacking *w, struct err *err);
/** lacking_count - how many of the next sort, of 5,000 that are looked at, and on to the one behind.
 * @sums      {GAP: how many lack it}, added to; NULL: not asked for.
 * @ret_more  there may be more of them. */
NODISCARD int lacking_count(struct lacking *w, json_t *sums, size_t *ret_n, bool *ret_more, struct err *err);
/** lacking_sum - of all sorts: {GAP: n, "total": n, "at_least": there may be more}; new. */
NODISCARD int lacking_sum(const struct inventory *v, json_t **ret, struct err *err);
/** gaps_sum - what a row lacks, added to {GAP: n}; NULL: not asked for. */
NODISCARD int gaps_sum(const json_t *row, json_t *sums, struct err *err);
/** inventory_bearing - the certificates of this public key (its hash) behind a cursor, as part
 * of a row: those that were issued here, then others'. Errors: EINPUT, for a cursor that is none. */
NODISCARD int inventory_bearing(const struct inventory *v, const char *spki, const char *cursor,
    json_t *row, struct err *err);
void inventory_done(struct inventory *v);

/* A key, to look where it has gone: borrowed. */
struct spread {
	const struct inventory *v;
	const char	*hash, *name;	/* hash "": nobody knows */
};
/** spread_is - is this cursor of one of the two lists below? */
bool spread_is(const char *cursor);
/** inventory_spread_page - the page of copies or of devices behind a cursor, as part of a row. */
NODISCARD int inventory_spread_page(const struct spread *s, const char *cursor, json_t *row, struct err *err);
/**
 * inventory_spread - into a key's row "copies", the findings of its private half that are not gone,
 * and "devices", those to which it was given, each with the next page's cursor; and into its "end".
 *
 * @ret_counts  new: {"copies","devices"}, all of them.
 */
NODISCARD int inventory_spread(const struct spread *s, json_t *row, json_t **ret_counts, struct err *err);
/* What ends elsewhere is {"outside": destroy | revoke | remove | replace, and of whom or what}. */
/** inventory_end_entry - "end" of the row of a key that lives elsewhere: who destroys it, and how the entry ends. */
NODISCARD int inventory_end_entry(const struct inventory *v, json_t *row, struct err *err);
/** inventory_end_other - "end" of a certificate of another CA: it is its issuer's to revoke. */
NODISCARD int inventory_end_other(json_t *certificate, struct err *err);

/* How what is counted stands; zeroed, and quota_view_done at the end. */
struct quota_view {
	const struct moment *m;		/* borrowed */
	const struct law *law;		/* borrowed */
	const char	*product;	/* borrowed */
	json_t		*list;		/* borrowed: rows are put onto it */
	bool		 more;		/* some were passed over, or not looked at */
	struct windows	*windows;	/* owned: with uses left; NULL: not read yet */
	json_t		*ids;		/* owned: theirs */
};
/**
 * inventory_quotas - limits and windows of a key of the line (its row), onto the list.
 *
 * Each says whether it "lasts" at its pace of late; one that does not has "used_up", which
 * is a projection.
 */
NODISCARD int inventory_quotas(struct quota_view *v, const json_t *key, struct err *err);
void quota_view_done(struct quota_view *v);

/* Certificates of devices, of one authority and profile. */
struct fleet {
	char		 ca[CERT_NAME], profile[CERT_NAME];
	time_us		 whole;		/* the life of the first that ends */
	time_us		*ends;		/* owned, in order; one at least */
	size_t		 n, room;
};
/* Of the house: zeroed, and fleets_done at the end. */
struct fleets {
	struct fleet	*fleet;		/* owned */
	size_t		 n;
	time_us		 from;		/* 0: not read yet */
	time_us		 until;		/* what ends later was not looked at; 0: all was */
};
typedef int fleet_fn(void *ctx, const struct fleet *f, struct err *err);
/** fleets_read - once: those that end next, of the devices that have no later one. */
NODISCARD int fleets_read(struct fleets *all, const struct moment *m, struct err *err);
/** fleets_each - @fn of each; other than 0 ends the walk. */
NODISCARD int fleets_each(const struct fleets *all, fleet_fn *fn, void *ctx, struct err *err);
/** fleet_ending - how many end before, as far as was looked. */
int64_t fleet_ending(const struct fleet *f, time_us before);
void fleets_done(struct fleets *all);

/* Names of product lines, a page of them. */
struct lines {
	const struct charter *c;	/* borrowed */
	const char	*only, *cursor;	/* borrowed; only: NULL for all */
	unsigned	 limit;
	json_t		*names;		/* owned */
	bool		 more;
};
/** lines_names - into names, in their order, behind the cursor; @ctx is a struct lines.
 * Errors: ENOENT_, where there is no line "only". */
NODISCARD int lines_names(struct tx *tx, void *ctx, struct err *err);

/* What stands above a product line's own; zeroed, and ancestry_done at the end. */
struct ancestry {
	const json_t	*own;		/* borrowed: {HASH: ...} of the line's own public keys */
	json_t		*keys;		/* owned: {NAME: HASH}: of the token, or entries; none is one of those */
	json_t		*others;	/* owned: certificates of other CAs, without marks */
	json_t		*authorities, *names;	/* owned: {NAME: true}: ours, and issuers elsewhere, that were walked */
};
/** ancestry_read - above the authorities of the line's keys, and above who issued their
 * certificates, up to the roots.  Needs inventory_authorities. */
NODISCARD int ancestry_read(const struct inventory *v, const json_t *own, struct ancestry *c, struct err *err);
/** ancestry_others - above these certificates of other CAs, too. */
NODISCARD int ancestry_others(const struct inventory *v, const json_t *certificates, struct ancestry *c, struct err *err);
/** ancestry_next - the first of its keys behind this name; NULL: none. */
const char *ancestry_next(const struct ancestry *c, const char *behind);
void ancestry_done(struct ancestry *c);

/* Entries in order of name, as they are needed; zeroed, and feed_done at the end. */
struct feed {
	const char	*product;	/* borrowed; NULL: all */
	json_t		*page;		/* owned */
	size_t		 at;
	char		*next;		/* owned */
	bool		 begun;
};
typedef int feed_fn(void *ctx, const json_t *entry, struct err *err);
/** feed_until - @fn of each whose turn comes before that name; NULL: of all that are left. */
NODISCARD int feed_until(struct feed *f, struct tx *tx, const char *before, feed_fn *fn,
    void *ctx, struct err *err);
void feed_done(struct feed *f);

#endif
