/*
 * inside - the steps of a verification and what each leaves for the next.
 */
#ifndef EVIDENCE_INSIDE_H
#define EVIDENCE_INSIDE_H

#include "evidence/evidence.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/genesis.h"
#include "policy/permit.h"
#include "wire/entry.h"

#define CHARTERS_MOST	4096

struct verify {
	const json_t	*doc;		/* borrowed */
	struct genesis	*genesis;	/* everything below is owned */
	struct charter	**charter;	/* first to newest */
	struct sha256	*hash;		/* of each */
	uint64_t	*from;		/* of each: the entry that brought it */
	size_t		 charter_n;
	struct checkpoint checkpoint;
	struct entry	*made;		/* the key's generate entry */
	struct permit	*making;	/* its permit */
	bool		 adopted;	/* others made it */
	struct blob	*spki;
	struct sha256	 key;
	struct entry	*entry;		/* the use */
	struct permit	*permit;
	struct facts	*facts;
	size_t		 approvals;
};

/** evidence_shape_check - the parts, and no others. Errors: ESCHEMA. */
NODISCARD int evidence_shape_check(const json_t *evidence, struct err *err);
/** chain_verify - genesis, its signatures, and each charter from the one before. */
NODISCARD int chain_verify(struct verify *v, const struct sha256 *trust,
    struct evidence_found *f, struct err *err);
/** chain_find - the charter of this hash, and how many went before; NULL. */
const struct charter *chain_find(const struct verify *v,
    const struct sha256 *hash, size_t *ret_earlier);

/** chain_in_force - was the charter that an entry names in force at its number?
 * Errors: EVERIFY. */
NODISCARD int chain_in_force(const struct verify *v, const struct entry *e,
    struct err *err);

/** ledger_checkpoint - is it signed by the genesis' ledger key? */
NODISCARD int ledger_checkpoint(struct verify *v, struct err *err);
/** ledger_included - is "event" of @in in the checkpoint's tree, by its
 * "inclusion"? */
NODISCARD int ledger_included(const struct verify *v, const json_t *in,
    struct err *err);
/** ledger_verify - key's and use's events: in the tree, and what they carry. */
NODISCARD int ledger_verify(struct verify *v, struct err *err);

/**
 * permit_judge - the decision re-taken on an entry's facts, and the quorum
 * counted anew: who was allowed, by which rule, under which charter.
 * @facts  what the decision was made on.
 */
NODISCARD int permit_judge(const struct verify *v, const struct entry *e,
    const struct permit *p, const struct facts *facts, const char *class,
    const struct rule **ret_rule, size_t *ret_approvals, struct err *err);

/** use_verify - the permit is for this use, and this use was allowed. */
NODISCARD int use_verify(struct verify *v, struct evidence_found *f,
    struct err *err);

/** facts_fit_use, facts_fit_making - are recorded facts those of this key,
 * request and moment?  Errors: EVERIFY naming the fact. */
NODISCARD int facts_fit_use(const struct verify *v, struct err *err);
NODISCARD int facts_fit_making(const struct verify *v,
    const struct facts *facts, time_us decided, struct err *err);
/** facts_exportable - by the key's class, when it was made; never if adopted. */
bool facts_exportable(const struct verify *v);
/** facts_fit_rule - is there what the rule that decides counts with? */
NODISCARD int facts_fit_rule(const struct verify *v, const struct rule *rule,
    struct err *err);

/** signature_verify - by the key's SPKI and scheme over the entry's digest. */
NODISCARD int signature_verify(struct verify *v, struct evidence_found *f,
    struct err *err);

#endif
