/*
 * inventory_page - what the pages of a product line and of gaps have in common.
 *
 * Floor 5, flow; included by inventory.c and inventory_line.c only.
 */
#ifndef FLOW_INVENTORY_PAGE_H
#define FLOW_INVENTORY_PAGE_H

#include "flow/inventory.h"

/* How many parts of one sort, and how many of those are marked. */
struct tally {
	int64_t	 total, expiring, ended;
};

struct asked_view {
	struct inventory v;
	const char	*product;	/* or NULL: gaps, of every key */
	const char	*cursor;
	unsigned	 limit;
	json_t		*list;		/* owned: the page */
	json_t		*others;	/* owned: certificates of other CAs, on the first page and on their own */
	char		*next_other;	/* owned: where their next page begins; or NULL */
	json_t		*hashes;	/* owned: {HASH: true} of the line's public keys */
	json_t		*less;		/* owned: {FINGERPRINT: true} of others whose end counts no more */
	json_t		*borne;		/* owned: {FINGERPRINT: true} of those that are counted with a key */
	json_t		*sums;		/* owned: of those that lack something, on the first page; or NULL */
	struct lacking	 certificates_lacking;	/* where their page ends */
	json_t		*devices;	/* owned: what runs on how many; on the first page */
	char		 last[KEY_NAME];	/* of the page */
	bool		 more;
	struct feed	 elsewhere;
	struct ancestry	 ancestry;	/* above the line's own */
	char		 shared_last[KEY_NAME];	/* of its keys */
	int64_t		 shared;
	bool		 at_most;	/* of others that end: some may be followed */
	struct tally	 keys, said, authorities, certificates, other;
	int64_t		 lacking, gap[GAP__N];
};

/** view_put - a row, by name: it is on this page, or behind it, or before. */
NODISCARD int view_put(struct asked_view *a, const char *name, json_t *row, struct err *err);
/** view_gaps - what a row lacks, counted. */
void view_gaps(struct asked_view *a, const json_t *row);
/** view_cursor - was the cursor told by such a list? Errors: EINPUT. */
NODISCARD int view_cursor(const struct asked_view *a, struct err *err);
/** view_run - read, and show, what a query asks for. */
NODISCARD int view_run(const struct moment *m, struct asked_view *a, const json_t *query,
    int (*read)(struct tx *, void *, struct err *),
    int (*show)(struct asked_view *, json_t **, struct err *),
    json_t **ret, struct err *err);

#endif
