/*
 * shelf - what the public listener serves: revocation lists, certificates of
 * authorities, and OCSP answers made before; all in memory.
 *
 * Floor 3.  Sees ca, base.
 * Threads:  share one.  A page is constant once it is on the shelf, and counted.
 * Locks:    one inside; never held while anything outside is called.
 *
 * An answer is made from what the store said at some moment.  So that none
 * outlives a revocation, each issuer has an epoch: whoever makes an answer
 * asks for it before reading, and shelf_answer_put refuses what was read in an
 * earlier one.  shelf_forget begins a new epoch.
 */
#ifndef SHELF_SHELF_H
#define SHELF_SHELF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "ca/number.h"
#include "ca/ocsp.h"

/* ---- pages ---- */

#define PAGE_TAG	35	/* an entity tag with its quotes, and a NUL */

/* Octets that go on living with whoever is still sending them. */
struct octets {
	atomic_uint	 refs;
	struct blob	 b;
};
struct octets *octets_ref(struct octets *o);
/** octets_free - one holder less; takes NULL. */
void octets_free(struct octets *o);

struct page {
	atomic_uint	 refs;
	const char	*type;		/* media type; static */
	struct octets	*body;
	time_us		 made;		/* Last-Modified */
	time_us		 until;		/* Expires; 0: nobody keeps it */
	time_us		 keep;		/* longest that a cache keeps it */
	char		 tag[PAGE_TAG];
	/* The listener's own form of it; its thread's alone until the end. */
	void		*dressed[2];
	time_us		 dressed_at;
	void		(*undress)(void *dressed);
};
/** page_new - takes the contents of @body, also on failure. */
NODISCARD int page_new(const char *type, struct blob *body, time_us made,
    time_us until, struct page **ret, struct err *err);
struct page *page_ref(struct page *p);
/** page_free - one holder less; takes NULL. */
void page_free(struct page *p);
DEFINE_FREEP(page)

/* ---- the shelf ---- */

struct shelf;			/* opaque */

/** shelf_new - @most answers are kept at once; the oldest go first. */
NODISCARD int shelf_new(unsigned most, struct shelf **ret, struct err *err);
void shelf_free(struct shelf *s);
DEFINE_FREEP(shelf)

/** shelf_put - a page at a path, in place of what was there. Takes a reference
 * of its own. Errors: ENOMEMORY. */
NODISCARD int shelf_put(struct shelf *s, const char *path, struct page *p,
    struct err *err);
/** shelf_get - a reference to the page at a path, or NULL. */
struct page *shelf_get(struct shelf *s, const char *path);

/* ---- answers ---- */

/** shelf_issuer - the number by which an authority is called here, the same
 * for as long as the shelf lives. Errors: ENOMEMORY. */
NODISCARD int shelf_issuer(struct shelf *s, const char *name, uint32_t *ret,
    struct err *err);
/** shelf_issuer_known - the same; false: nobody called it by shelf_issuer yet. */
bool shelf_issuer_known(struct shelf *s, const char *name, uint32_t *ret);
/** shelf_epoch - to be asked for before what an answer is made of is read. */
uint64_t shelf_epoch(struct shelf *s, uint32_t issuer);
/**
 * shelf_answer_put - keep an answer.
 *
 * @epoch      that its issuer had before the store was read.
 * @ret_asked  when somebody last wanted it.
 * @return     false: it is out of date, or there is no memory; it is not kept.
 */
bool shelf_answer_put(struct shelf *s, uint32_t issuer,
    const unsigned char key[OCSP_KEY], uint64_t epoch, struct page *p,
    time_us *ret_asked);
/* An answer that was signed and asked for before this start. */
struct remembered {
	unsigned char	 key[OCSP_KEY];
	uint32_t	 issuer;
	time_us		 made, until;
	time_us		 asked;		/* when somebody last wanted it */
	bool		 stale;		/* it may say what is so no more */
};
/** shelf_remember - to be made anew before it ends, like those that are here; it
 * cannot be given.  Those that end first come first, and none lasts longer than
 * answers do that are made from now on: they would wait behind it.  Without
 * memory it is forgotten. */
void shelf_remember(struct shelf *s, const struct remembered *r);
/**
 * shelf_answer - a reference to an answer that is valid now, or NULL.
 *
 * @ret_due  it is past half of its life and nobody was told so yet: make a
 *           new one.
 */
struct page *shelf_answer(struct shelf *s, const unsigned char key[OCSP_KEY],
    time_us now, bool *ret_due);
/* An answer that ends soon, and is to be made anew. */
struct ending {
	unsigned char	 key[OCSP_KEY];
	uint32_t	 issuer;
};
/**
 * shelf_ending - answers that were forgotten, then the oldest of those in the
 * last quarter of their life, as far as anybody wanted them within SHELF_LIVES
 * lives; others are dropped.
 *
 * Each is told once in SHELF_AGAIN: who cannot make it is asked again.
 * @return how many, at most @room.
 */
#define SHELF_LIVES	3
#define SHELF_AGAIN	TIME_S(60)
#define SHELF_SOON	TIME_S(1)
size_t shelf_ending(struct shelf *s, time_us now, struct ending *ret,
    size_t room);
/** shelf_failed - who was told of this one could not make it, for what passes by
 * itself: it is told again after SHELF_SOON, and after twice as long each time
 * that this fails, up to SHELF_AGAIN. */
void shelf_failed(struct shelf *s, const unsigned char key[OCSP_KEY],
    time_us now);
/** shelf_forget - give nobody any more an issuer's answers for a serial number,
 * in every form, or all (NULL), and begin a new epoch.  Of each that somebody
 * wanted shelf_ending tells next. */
void shelf_forget(struct shelf *s, const char *issuer,
    const struct number *serial);
/** shelf_answers - how many there are, remembered ones too. */
unsigned shelf_answers(struct shelf *s);

#endif
