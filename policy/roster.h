/*
 * roster - who there is: persons, their credentials, tools and their owners,
 * groups.  Ids and credentials only; names of people live elsewhere.
 *
 * Floor 2, pure.  Part of a charter and immutable with it; share freely.
 */
#ifndef POLICY_ROSTER_H
#define POLICY_ROSTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/sha256.h"

#define ROSTER_GROUPS	256	/* most groups of a charter */
#define ROSTER_PRINCIPALS 4096	/* most persons and tools */

/* Which groups somebody is in: one bit for each, in the roster's order. */
struct group_set {
	uint64_t	 w[ROSTER_GROUPS / 64];
};

/* Kinds of proof that a clause may name. */
enum proof_kind { PROOF_OFFICER_KEY, PROOF_PASSKEY, PROOF__N };

struct proof_key;

struct credential {
	enum proof_kind	 kind;
	unsigned char	*spki;		/* owned; DER of SubjectPublicKeyInfo */
	size_t		 spki_n;
	struct sha256	 hash;		/* of spki: the credential's name */
	struct proof_key *key;		/* owned; of spki */
};

struct principal {
	const char	*id;		/* borrowed from the charter's document */
	bool		 tool;
	const char	*party;		/* or NULL: of the house itself */
	struct group_set groups;
	struct credential *credential;	/* owned; persons only */
	size_t		 credential_n;
	size_t		*owner;		/* tools only: indices of persons */
	size_t		 owner_n;
};

struct group {
	const char	*name;
	size_t		*member;	/* owned; indices of principals */
	size_t		 member_n;
};

struct roster {
	struct principal *principal;	/* sorted by id */
	size_t		 principal_n;
	struct group	*group;		/* sorted by name */
	size_t		 group_n;
};

/** roster_find - by id, or NULL. */
const struct principal *roster_find(const struct roster *r, const char *id);
/** roster_group - index of a group, or -1. */
int roster_group(const struct roster *r, const char *name);
/** roster_in - is this principal in the group of that index? */
bool roster_in(const struct principal *p, int group);
/** roster_owns - is the person an owner of this tool? */
bool roster_owns(const struct roster *r, const struct principal *person,
    const struct principal *tool);
/** roster_credential - a person's credential by the hash of its SPKI, or NULL. */
const struct credential *roster_credential(const struct principal *p,
    const struct sha256 *hash);
/** roster_by_credential - whose is this SPKI hash?  Or NULL. */
const struct principal *roster_by_credential(const struct roster *r,
    const struct sha256 *hash);

/** proof_kind_name, proof_kind_from_name - "officer-key", "passkey"; -1 if unknown. */
const char *proof_kind_name(enum proof_kind k);
int proof_kind_from_name(const char *name);

static inline bool
group_set_meets(const struct group_set *a, const struct group_set *b)
{
	return ((a->w[0] & b->w[0]) | (a->w[1] & b->w[1]) |
	    (a->w[2] & b->w[2]) | (a->w[3] & b->w[3])) != 0;
}

#endif
