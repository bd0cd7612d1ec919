/*
 * register - the keeper's own list of keys: what it made, and how it stands.
 *
 * Floor 4 (keeper).  Sees policy, hsm, base.
 * Threads:  belongs to the keeper's loop.
 *
 * Written at generation and journaled; the service never tells the keeper
 * what a key is.
 */
#ifndef KEEPER_REGISTER_H
#define KEEPER_REGISTER_H

#include <jansson.h>
#include <stdint.h>
#include "base/clock.h"
#include "hsm/hsm.h"
#include "keeper/map.h"
#include "policy/action.h"
#include "policy/keystate.h"

struct ca_record;

struct key {
	struct sha256	 hash;		/* first: of its SPKI; aes: of house and request */
	json_t		*row;		/* owned: what "keys" answers and the snapshot keeps */
	/* Borrowed from row. */
	const char	*name, *class, *environment, *request;
	enum class_kind	 kind;
	enum hsm_algorithm algorithm;
	enum hsm_scheme	 scheme;
	enum key_state	 state;
	bool		 exportable, exclusive;
	bool		 doomed;	/* its destruction has begun */
	struct sha256	 token_id;	/* CKA_ID */
	struct ca_record *ca;		/* owned: a CA's certificates */
	size_t		 ca_n;
	bool		 responder;	/* journaled: it answers for OCSP */
	bool		 certified;	/* for something that is neither CA nor OCSP */
	bool		 answering;	/* it will be, from what is under way */
};

struct keys {
	struct map	 by_hash;	/* owns its records */
	json_t		*names;		/* name -> hash, of all keys ever */
	uint64_t	 ca_changes;	/* how often an authority was added, and 1 */
};

NODISCARD int keys_init(struct keys *k, struct err *err);
void keys_done(struct keys *k);
/** keys_find - by hash, or NULL. */
struct key *keys_find(const struct keys *k, const struct sha256 *hash);
/** keys_named - is there, or was there, a key of this name? */
bool keys_named(const struct keys *k, const char *name);
/** keys_add - from a row as key_row_check wants it; steals @row, also on failure. */
NODISCARD int keys_add(struct keys *k, json_t *row, struct err *err);
/** key_set_state - and when. */
NODISCARD int key_set_state(struct key *k, enum key_state to, time_us when, struct err *err);
/** keys_rows - new array of all rows. */
NODISCARD int keys_rows(const struct keys *k, json_t **ret, struct err *err);
/** key_token_id - the CKA_ID of the key that a request makes, with the intent of this
 * number: known before it is made, and never used twice. */
struct sha256 key_token_id(const char *house, const char *request, uint64_t intent);
/** key_secret_hash - the name of a secret (aes) key, which has no SPKI. */
struct sha256 key_secret_hash(const char *house, const char *request);

#endif
