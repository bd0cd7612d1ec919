/*
 * answers - OCSP answers by their key; included by this folder only.
 *
 * Not locked: the shelf's lock is around it.
 */
#ifndef SHELF_ANSWERS_H
#define SHELF_ANSWERS_H

#include "shelf/shelf.h"

struct answer_slot {
	unsigned char	 key[OCSP_KEY];
	unsigned char	 failed;	/* how often in a row who was told it is due could not make it */
	bool		 stale;		/* what it said may be so no more: no page, and the first to be made anew */
	time_us		 again;		/* nobody is told so before */
	time_us		 asked;		/* when somebody last wanted it */
	time_us		 made, until;
	struct page	*page;		/* owned; NULL: stale, or remembered only */
	uint32_t	 issuer;
	struct answer_slot *chain;	/* of its bucket */
	struct answer_slot *older, *newer;
};

struct answers {
	struct answer_slot **bucket;	/* size: a power of two */
	size_t		 size;
	unsigned	 n, most;
	struct answer_slot *oldest, *newest;	/* as they end, behind those that are stale */
};

NODISCARD int answers_init(struct answers *a, unsigned most, struct err *err);
void answers_done(struct answers *a);
struct answer_slot *answers_find(const struct answers *a,
    const unsigned char key[OCSP_KEY]);
/** answers_put - @return NULL: no memory. */
struct answer_slot *answers_put(struct answers *a, uint32_t issuer,
    const unsigned char key[OCSP_KEY], struct page *p);
/** answers_remember - behind all that end before; nothing, where it is there. */
void answers_remember(struct answers *a, const struct remembered *r);
void answers_drop(struct answers *a, const unsigned char key[OCSP_KEY]);
/** answers_stale, answers_stale_issuer - it, or all of this issuer, may say what is
 * so no more; nothing, where it is not there. */
void answers_stale(struct answers *a, const unsigned char key[OCSP_KEY]);
void answers_stale_issuer(struct answers *a, uint32_t issuer);

#endif
