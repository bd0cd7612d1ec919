/*
 * house - all that the keeper knows, and the one way in which it changes:
 * a durable journal entry is applied.
 *
 * Floor 4 (keeper).  Sees policy, wire, hsm, base.
 * Threads:  belongs to the keeper's loop.
 *
 * What is here follows from the journal alone, so that a start, with a snapshot
 * or without, arrives at the same house.
 */
#ifndef KEEPER_HOUSE_H
#define KEEPER_HOUSE_H

#include <jansson.h>
#include "ca/profile.h"
#include "keeper/counts.h"
#include "keeper/journal.h"
#include "keeper/register.h"
#include "keeper/shadow.h"
#include "policy/charter.h"
#include "policy/genesis.h"
#include "policy/permit.h"
#include "wire/entry.h"

struct house {
	char		*folder;	/* owned; charters lie in it */
	struct genesis	*genesis;	/* NULL: not founded yet */
	struct charter	*charter;
	struct sha256	 charter_hash;
	struct sha256	*chain;		/* owned: every charter there was, the present one last */
	size_t		 chain_n;
	struct profile	**profile;	/* owned; of the charter in force, as far as they were asked for */
	size_t		 profile_n;
	struct keys	 keys;
	struct counts	 counts;
	struct shadow	 shadow;
	json_t		*pending;	/* intents without an end: entries by request id */
	time_us		 not_before;	/* requests made before a restore are void */
};

NODISCARD int house_init(struct house *h, const char *folder, struct err *err);
void house_done(struct house *h);
/** house_id - "" before it is founded. */
const char *house_id(const struct house *h);
/** house_apply - the effect of a durable entry. Errors: EVERIFY, ESCHEMA ... */
NODISCARD int house_apply(struct house *h, const struct entry *e,
    const struct journal_at *before, struct err *err);
/** house_rule - the rule of the present charter with this hash, or NULL. */
const struct rule *house_rule(const struct house *h, const struct sha256 *hash);
/** house_profile - a profile of the charter in force; lives as long as that is.
 * Errors: EDENIED: there is none of this name. */
NODISCARD int house_profile(struct house *h, const char *name,
    const struct profile **ret, struct err *err);
/** house_profiles_done - forget what was read: another charter comes. */
void house_profiles_done(struct house *h);
/** house_profiles_check - can each profile of this charter be read? */
NODISCARD int house_profiles_check(const struct charter *c, struct err *err);
/** house_use, house_limit - what entries of uses have in common: the tally of the request
 * has one more of this name, and the rule's limit for this key. */
NODISCARD int house_use(struct house *h, const struct entry *e,
    const struct sha256 *what, const struct journal_at *before,
    const struct rule *rule, struct err *err);
NODISCARD int house_limit(struct house *h, const struct entry *e,
    const struct rule *rule, const struct sha256 *key, struct err *err);
/** house_certify, house_csr, house_crl, house_ocsp, house_adopt_ca - entries of keys of kind ca. */
typedef int house_effect(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err);
house_effect house_certify, house_csr, house_crl, house_ocsp, house_adopt_ca;
/** house_charter_put - keep a charter's document, durable, under its hash. */
NODISCARD int house_charter_put(const struct house *h, const struct charter *c, struct err *err);
/** house_charter_get - read it again, in full. */
NODISCARD int house_charter_get(const struct house *h, const struct sha256 *hash,
    struct charter **ret, struct err *err);
/** house_follow - the charter of this hash, which lies in the folder, is in force. */
NODISCARD int house_follow(struct house *h, const struct sha256 *hash, struct err *err);
/** house_forget_after - when a request under this rule can never be used again. */
time_us house_forget_after(const struct request *r, const struct rule *rule);
/** house_keeps_version - is it remembered, so that the next is higher? @product, @version: or NULL. */
bool house_keeps_version(const struct house *h, const struct key *key,
    const char *product, const char *version);
/** house_doom - a key whose destruction was begun signs no more. */
NODISCARD int house_doom(struct house *h, const json_t *intent, struct err *err);
/** house_json, house_load - for the snapshot. */
NODISCARD int house_json(const struct house *h, json_t **ret, struct err *err);
NODISCARD int house_load(struct house *h, const json_t *from, struct err *err);

#endif
