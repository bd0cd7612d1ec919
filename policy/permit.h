/*
 * permit - request, statement, approval and permit: the documents that carry
 * a decision to the keeper.  doc/design/0001-formats.md.
 *
 * Floor 2, pure.  Documents are canonical JSON; hashes are of their octets.
 */
#ifndef POLICY_PERMIT_H
#define POLICY_PERMIT_H

#include <jansson.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/sha256.h"
#include "policy/action.h"
#include "policy/charter.h"
#include "policy/rule.h"

#define REQUEST_FORMAT	"claviger/request/v1"
#define STATEMENT_FORMAT "claviger/approval/v1"
#define PERMIT_FORMAT	"claviger/permit/v1"
#define PERMIT_APPROVALS 64	/* most approvals that a permit carries */

enum vote { VOTE_REQUEST, VOTE_APPROVE, VOTE_REJECT };
const char *vote_name(enum vote v);	/* "request" "approve" "reject" */

/* A REQUEST, read and checked.  Strings are borrowed from its json. */
struct request {
	json_t		*json;		/* owned */
	const char	*house, *id, *requester;
	enum action	 action;
	const json_t	*parameters;
	struct sha256	 parameters_hash;
	bool		 has_key;	/* parameters name one key */
	struct sha256	 key;
	time_us		 created, expires;
};

#define PARAMETERS_PART		1000	/* certificates that one event changes */
#define PARAMETERS_PARTS	256	/* such events that one request asks for */
#define PARAMETERS_FOUND	100	/* findings in one report */
#define PARAMETERS_LISTED	100000000	/* entries of another CA's revocation list */
#define PARAMETERS_IMPORT	100	/* certificates of other CAs in one request */
#define PARAMETERS_ROWS		500	/* devices, or installations, in one request */

/**
 * parameters_check - exactly the members of this action, well-formed.
 * Errors: ESCHEMA naming the member; EINPUT for digests, hashes and times.
 */
NODISCARD int parameters_check(enum action a, const json_t *parameters,
    struct err *err);
/** parameters_words_check - what is new and for people to read (a note, a claim) is
 * one line without control characters. Errors: EINPUT. */
NODISCARD int parameters_words_check(const json_t *parameters, struct err *err);
/** parameters_past_check - what is said to have been ("since", "invalid_since", "drilled")
 * lies at most QUORUM_SKEW ahead of @now. Errors: ERANGE_. */
NODISCARD int parameters_past_check(const json_t *parameters, time_us now,
    struct err *err);
/** request_build - a new REQUEST document; parameters are borrowed and checked. */
NODISCARD int request_build(const char *house, const char *id, enum action a,
    const char *requester, const json_t *parameters, time_us created,
    time_us expires, json_t **ret, struct err *err);
/** request_read - check and take apart; @j is borrowed (its reference kept). */
NODISCARD int request_read(const json_t *j, struct request **ret,
    struct err *err);
/** request_free - takes NULL. */
void request_free(struct request *r);
DEFINE_FREEP(request)
/** request_key_name - name of the key it is about, or NULL. */
const char *request_key_name(const struct request *r);

/**
 * statement_build - exactly what somebody signs.
 *
 * @charter     hash of the charter the approver was shown.
 * @checkpoint  {"size","root"} that the approver's client verified, or NULL.
 * @ret         new; sign the octets of json_canonical().
 */
NODISCARD int statement_build(const struct request *r,
    const struct sha256 *charter, const char *rule_name,
    const struct sha256 *rule_hash, enum vote v, const json_t *checkpoint,
    json_t **ret, struct err *err);
/** statement_check - is this statement the one rebuilt from the request?
 * Its checkpoint is its own and only checked for form.
 * Errors: EPROOF naming the member that differs; EHOUSE. */
NODISCARD int statement_check(const json_t *statement,
    const struct request *r, const struct sha256 *charter,
    const char *rule_name, const struct sha256 *rule_hash, struct err *err);

/* An APPROVAL, read; not verified. */
struct approval {
	json_t		*json;		/* owned reference */
	const json_t	*statement;
	enum vote	 vote;
	struct sha256	 charter;	/* that its statement names */
	const char	*proof_type;	/* "officer-key", "passkey" */
	const char	*officer;
	struct sha256	 credential;
	unsigned char	*signature;	/* owned */
	size_t		 signature_n;
};
/** approval_build - statement and proof by an officer's key; new. */
NODISCARD int approval_build(const json_t *statement, const char *officer,
    const struct sha256 *credential, const void *signature, size_t n,
    json_t **ret, struct err *err);
/** approval_read - check and take apart; reference kept. Errors: ESCHEMA, EINPUT. */
NODISCARD int approval_read(const json_t *j, struct approval **ret,
    struct err *err);
void approval_free(struct approval *a);
DEFINE_FREEP(approval)

struct permit {
	json_t		*json;		/* owned */
	struct sha256	 hash;		/* its name */
	struct request	*request;	/* owned */
	struct approval	**approval;	/* owned, sorted by officer, credential */
	size_t		 approval_n;
};
/** permit_build - a new PERMIT document; approvals (an array) are sorted. */
NODISCARD int permit_build(const json_t *request, const json_t *approvals,
    json_t **ret, struct err *err);
/** permit_read - check and take apart; nothing is verified yet: quorum_check
 * does that.  Errors: ESCHEMA, EINPUT, ETOOBIG, ENOMEMORY. */
NODISCARD int permit_read(const json_t *j, struct permit **ret,
    struct err *err);
/** permit_read_named - the same where the hash of its canonical spelling is known. */
NODISCARD int permit_read_named(const json_t *j, const struct sha256 *hash,
    struct permit **ret, struct err *err);
/** permit_free - takes NULL. */
void permit_free(struct permit *p);
DEFINE_FREEP(permit)
static inline const json_t *permit_json(const struct permit *p) { return p->json; }
static inline struct sha256 permit_hash(const struct permit *p) { return p->hash; }

#endif
