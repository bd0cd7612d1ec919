/*
 * key - the inventory: every key, its owner, class, products and states.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  a struct key is constant once made and shared by reference;
 *           functions that take a tx belong to that transaction's thread.
 * Locks:    none.
 */
#ifndef KEY_KEY_H
#define KEY_KEY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"
#include "policy/keystate.h"

struct tx;

#define KEY_NAME	66	/* a name and its NUL */

/* One key as the inventory knows it; constant, counted. */
struct key {
	unsigned	 refs;		/* atomic: key_ref, key_free */
	char		 hash[SHA256_HEX];
	char		 name[KEY_NAME];
	char		 class[KEY_NAME];
	char		 kind[KEY_NAME];	/* of the class: firmware-signing ... */
	char		 environment[KEY_NAME];
	char		 algorithm[16];
	char		 scheme[24];
	char		 owner[KEY_NAME];	/* group that answers for it */
	char		 recovery[KEY_NAME];	/* procedure of the charter */
	char		 request[40];		/* that generated it */
	char		*exportable;		/* as the charter says: "never" */
	char		*uri;			/* RFC 7512 */
	unsigned char	*spki;			/* DER; NULL for aes keys */
	size_t		 spki_octets;
	char		*kcv;			/* aes: key check value, or NULL */
	json_t		*products;		/* array of names, sorted */
	bool		 exclusive;		/* false: adopted, exported, backed up */
	enum key_state	 state;
	time_us		 created, state_since;
	time_us		 compromised_since;	/* 0 unless compromised */
};

/** key_ref - one more holder of the same key. */
struct key *key_ref(struct key *k);
/** key_free - one holder less; the last releases it. Takes NULL. */
void key_free(struct key *k);
DEFINE_FREEP(key)

/** key_get - by name or by hash. Errors: ENOKEY, ESTORE. */
NODISCARD int key_get(struct tx *tx, const char *name_or_hash,
    struct key **ret, struct err *err);
/** key_json - what the API shows of a key, with "public_key" as PEM. */
NODISCARD int key_json(const struct key *k, json_t **ret, struct err *err);

/** key_living - the name of one that is not destroyed; "": there is none. */
NODISCARD int key_living(struct tx *tx, const char *class, char ret[KEY_NAME],
    struct err *err);

/* Filters are ANDed; NULL means any. */
struct key_filter {
	const char	*class, *state, *product, *environment;
};
/**
 * key_list - keys in order of name, as JSON.
 *
 * @cursor    the last page's *ret_next, or NULL for the first page.
 * @limit     1..1000.
 * @ret_next  cursor of the next page (free()), NULL when this was the last.
 */
NODISCARD int key_list(struct tx *tx, const struct key_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);
/* One of many; other than 0 ends the walk. */
typedef int key_fn(void *ctx, const struct key *k, struct err *err);
/** key_each - in order of name; @product NULL: every key of the house. */
NODISCARD int key_each(struct tx *tx, const char *product, key_fn *fn,
    void *ctx, struct err *err);
/** key_activated - when it was first put to use; 0: never. */
NODISCARD int key_activated(struct tx *tx, const char *hash, time_us *ret,
    struct err *err);
/** key_history - its states, oldest first: [{state, time, reason, request, actor, seq}]. */
NODISCARD int key_history(struct tx *tx, const char *hash, json_t **ret,
    struct err *err);

/* Projections: called by state's apply functions only. */

/** key_insert - a key was made. Errors: EEXISTS, ESTORE. */
NODISCARD int key_insert(struct tx *tx, const struct key *k, uint64_t seq,
    const char *actor, struct err *err);
/** One step in a key's life. */
struct key_step {
	const char	*hash;
	enum key_state	 to;
	time_us		 time, since;	/* since: of a compromise, else 0 */
	const char	*reason;	/* or NULL */
	const char	*request, *actor;
	uint64_t	 seq;
};
/** key_step - record a step. Errors: ENOKEY, ESTORE. */
NODISCARD int key_step(struct tx *tx, const struct key_step *s, struct err *err);

#endif
