/*
 * evidence - what one signature needs to be believed alone.
 *
 * Floor 3.  Sees policy, ca, wire, base; pure: time and trust are parameters,
 * nothing is read or asked.
 */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/note.h"
#include "base/sha256.h"

#define EVIDENCE_MOST	(16u * 1024 * 1024)

/* What the maker of the document has at hand; all borrowed. */
struct evidence_parts {
	const json_t	*genesis;
	const json_t	*signatures;	/* officers' over the genesis */
	const json_t	*charters;	/* [{"charter"} or {"charter","event","permit","inclusion"}], first to newest */
	const json_t	*key;		/* {"event": key.generated or key.adopted, "inclusion"} */
	const json_t	*permit;	/* PERMIT */
	const json_t	*event;		/* key.signed */
	const json_t	*inclusion;	/* {"index","size","proof"} of the event */
	const char	*checkpoint;	/* NOTE */
};
NODISCARD int evidence_build(const struct evidence_parts *p, json_t **ret,
    struct err *err);

/* What was proven; strings point into the document. */
struct evidence_found {
	const char		*house, *request, *key_name, *class, *rule, *requester;
	const char		*product, *version, *track, *scheme;	/* NULL where none */
	char			 key[SHA256_HEX];
	bool			 exclusive;		/* made here; false: adopted, others may hold it */
	char			 digest[129];		/* hexadecimal */
	const char		*digest_algorithm;
	time_us			 signed_us;		/* the keeper's clock */
	size_t			 approvals, charters;
	const char		*officers[16];		/* who approved, at most 16 are named */
	struct checkpoint	 checkpoint;
	unsigned char		 signature[1024];
	size_t			 signature_octets;
	bool			 needs_content;	/* ed25519: evidence_content_check with the file */
	unsigned char		 spki[1024];
	size_t			 spki_octets;
	size_t			 genesis_signed, genesis_officers;
	json_t			*asserted;		/* facts nobody proved; owned */
};
void evidence_found_done(struct evidence_found *f);

/**
 * evidence_verify - believe nothing but @trust, the genesis' fingerprint.
 *
 * Proven on success: the genesis is that one; each charter follows from the
 * one before by an amendment that the earlier allowed; the permit's request
 * and every approval verify and make the quorum of the rule that decides;
 * the decision re-taken allows; the keeper's entry names this permit, digest
 * and key; the signature verifies with the key; the event is in the ledger
 * whose checkpoint the house's ledger key signed.
 *
 * Errors: EVERIFY, EHOUSE, EINPUT, ESCHEMA: the sentence says which step failed.
 */
NODISCARD int evidence_verify(const json_t *evidence, const struct sha256 *trust,
    struct evidence_found *ret, struct err *err);

/** evidence_included - is this event the leaf of its seq in the tree of @size
 * with this @root?  Errors: ESCHEMA, EVERIFY. */
NODISCARD int evidence_included(const json_t *event, const json_t *inclusion,
    uint64_t size, const struct sha256 *root, struct err *err);

/** evidence_content_check - does the signature verify over the content itself?
 * For ed25519, whose digest alone proves nothing.  Errors: EVERIFY. */
NODISCARD int evidence_content_check(const struct evidence_found *f,
    const void *p, size_t n, struct err *err);

/** evidence_read - parse and check the outer shape. */
NODISCARD int evidence_read(const void *p, size_t n, json_t **ret, struct err *err);

#endif
