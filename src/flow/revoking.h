/*
 * revoking - what a change of many certificates' status comes to, and how it
 * is fixed and done.
 *
 * Floor 5, flow; included by act_revoke.c and its own files, and by
 * inventory_end.c, which tells what one certificate's end costs.
 */
#ifndef FLOW_REVOKING_H
#define FLOW_REVOKING_H

#include "state/state.h"

struct begun;
struct drawn;
struct flow;
struct granted;

/* What would become of one list. */
struct cost_list {
	int64_t		 entries, octets;
};

/* What a change comes to. */
struct cost {
	enum cert_status to;
	enum reason	 why;
	size_t		 extensions;	/* octets in each new entry */
	unsigned	 partitions;
	struct cost_list *list;		/* owned: of each partition */
	struct cost_list  all;
	uint64_t	*device;	/* owned: a hash of each that changes */
	size_t		 device_n, device_room;
	json_t		*profiles;	/* owned: NAME: [certificates, changing] */
	uint64_t	 certificates, changing, expired, beyond;
	uint64_t	 never;		/* of certificates: no step leads there */
};
NODISCARD int cost_init(struct cost *c, const struct cert_ca *ca,
    enum cert_status to, const json_t *body, struct err *err);
/** cost_add - this one is meant. */
NODISCARD int cost_add(struct cost *c, const struct cert_row *row,
    struct err *err);
/** cost_answer - what a dry run answers. */
NODISCARD int cost_answer(struct cost *c, struct flow *f, const char *ca,
    json_t **ret, struct err *err);
void cost_done(struct cost *c);

/** many_draw - "filter" and "selection" of @ret's parameters, from the body's
 * filter.  Errors: ENOENT_: none is meant; ERANGE_: more than one request
 * holds, unless it is a dry run. */
NODISCARD int many_draw(const struct begun *b, const char *ca, struct cost *c,
    struct drawn *ret, struct err *err);
/** many_fn - make one part of the change: durable before it returns. */
typedef int many_fn(const struct granted *g, const json_t *serials,
    unsigned part, unsigned parts, struct receipt *ret, struct err *err);
/** many_perform - each part that was not made yet; one pair of hands at a time.
 * @ret_whole  false: there was not time for all, and it stays due. */
NODISCARD int many_perform(const struct granted *g, many_fn *fn,
    struct receipt *ret, bool *ret_whole, struct err *err);
/* How many have which status, and those that are not good which reason. */
struct tally {
	uint64_t	 status[CERT_STATUS__N], reason[REASON__N];
};
/** tally_add - one more. */
void tally_add(struct tally *t, const struct cert_row *row);
/** many_count - adds to @ret those of a selection, as they are now.
 * Errors: EPRECOND: the filter does not find those that were agreed to. */
NODISCARD int many_count(struct flow *f, const json_t *parameters,
    struct tally *ret, struct err *err);

/** revoke_answer - what became of those that these parameters mean: "status"
 * and "reason", or "statuses" and "reasons" where they do not all have the
 * same: which need not be what was asked for; "waits" and "warning" where the
 * authority's key signs no list. */
NODISCARD int revoke_answer(struct flow *f, const char *request,
    const json_t *parameters, uint64_t seq, json_t **ret, struct err *err);

#endif
