/*
 * lint - what is wrong, or unwise, in a charter.
 *
 * Floor 2, pure.  Sees base.
 * Every finding has a stable code and the place it stands at.  Errors refuse
 * the charter everywhere, in the keeper too; warnings are for its authors.
 */
#ifndef POLICY_LINT_H
#define POLICY_LINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct charter;

/* One row per finding: symbol, stable code, is it an error?, what it means. */
#define FINDINGS(F) \
	F(FIND_YAML,               "yaml",                  true,  "the file is not YAML of the strict subset") \
	F(FIND_FILE,               "file",                  true,  "a file is missing, doubled or has no place in a charter") \
	F(FIND_SCHEMA,             "schema",                true,  "a member is missing, unknown or of another type") \
	F(FIND_VALUE,              "value",                 true,  "a value is not one of those that mean something") \
	F(FIND_LANGUAGE,           "language",              true,  "the charter is written in a language this program does not know") \
	F(FIND_CREDENTIAL,         "credential",            true,  "a credential is unreadable, too weak or held twice") \
	F(FIND_UNKNOWN_NAME,       "unknown-name",          true,  "a principal, group, recovery or rule name that is not defined") \
	F(FIND_DUPLICATE,          "duplicate",             true,  "the same name twice") \
	F(FIND_ACTION_KIND,        "action-not-of-kind",    true,  "keys of this kind can never be asked for this action") \
	F(FIND_NEVER_MATCHES,      "rule-never-matches",    true,  "a rule's conditions contradict each other or nobody is in its groups") \
	F(FIND_SHADOWED,           "rule-shadowed",         true,  "an earlier rule takes everything this one could decide") \
	F(FIND_NO_OWNER,           "class-without-owner",   true,  "nobody answers for the keys of this class") \
	F(FIND_NO_RECOVERY,        "class-without-recovery", true, "a class without a recovery procedure") \
	F(FIND_QUORUM_IMPOSSIBLE,  "quorum-impossible",     true,  "no set of people can ever satisfy these approvals") \
	F(FIND_QUORUM_ALONE,       "quorum-of-one-self",    true,  "one person could ask and approve alone") \
	F(FIND_AMEND_MISSING,      "amend-missing",         true,  "no rule says how the charter is amended") \
	F(FIND_AMEND_WEAK,         "amend-weaker-than-class", true, "amending needs fewer people than a class does") \
	F(FIND_AMEND_ALL,          "amend-needs-all",       true,  "amending needs every officer, so one lost officer ends the house") \
	F(FIND_BREAK_GLASS,        "break-glass-unbounded", true,  "a break-glass rule without approvals, short validity or review") \
	F(FIND_ANY_DIGEST_RULE,    "any-digest-misplaced",  true,  "any-digest means something only in a rule for window.open") \
	F(FIND_PROFILE,            "profile",               true,  "a certificate profile that cannot be used") \
	F(FIND_UNGUARDED,          "dangerous-without-quorum", true, "generating, exporting, resuming, destroying or a window without approvals") \
	F(FIND_SELF_APPROVAL,      "self-approval",         false, "who asks may count as one of the approvers") \
	F(FIND_QUORUM_FOR_SOME,    "quorum-impossible-for", false, "for this requester the approvals can never be met") \
	F(FIND_ONE_LOST,           "one-lost-officer",      false, "one officer's absence is enough to lock this") \
	F(FIND_NO_CREDENTIAL,      "officer-without-credential", false, "somebody who may approve has nothing to prove it with") \
	F(FIND_NO_REQUEST_PROOF,   "requester-without-credential", false, "somebody who may ask must sign the request, and has nothing to sign with") \
	F(FIND_ANY_DIGEST,         "any-digest",            false, "a window without digests is a blank cheque") \
	F(FIND_NO_SUSPEND,         "no-suspend",            false, "nobody can suspend a key of this class") \
	F(FIND_NO_USE,             "class-without-use",     false, "no rule lets keys of this class be used") \
	F(FIND_WEAK_ALGORITHM,     "weak-algorithm",        false, "an algorithm that will not last as long as the product") \
	F(FIND_UNUSED_GROUP,       "group-unused",          false, "a group that no rule, class, alert or tool names") \
	F(FIND_TOOL_APPROVES,      "tool-in-approvers",     false, "tools cannot approve; this member never counts") \
	F(FIND_REWORK_ALONE,       "rework-without-limit",  false, "the keeper bounds uses alone: a reissue that the service calls a first issue counts as none") \
	F(FIND_LISTS_LONG,         "lists-last-long",       false, "a revocation can be kept from devices for as long as a list lasts") \
	F(FIND_ALERT_NEVER,        "alert-never-raised",    false, "requests or windows never live long enough for any threshold of the alert") \
	F(FIND_UNREAD,             "file-unread",           false, "a file beside the charter's own that nobody reads") \
	F(FIND_PROFILE_ENDED,      "profile-ended",         false, "the end that a profile gives its certificates is over") \
	F(FIND_RESPONDER_LONG,     "responder-lasts-long",  false, "nobody checks whether a responder with ocsp-no-check is revoked, so it is for days to weeks") \
	F(FIND_PASSKEY_PRECIOUS,   "passkey-for-precious",  false, "amendments, roots and debug are better proven by an officer's own key")

enum find {
#define F(sym, code, error, words) sym,
	FINDINGS(F)
#undef F
	FIND__N
};

struct finding {
	enum find	 what;
	char		 where[128];	/* "classes/ca.yaml:12:3", or a JSON pointer */
	char		 text[320];	/* a sentence about this very case */
};

struct findings {
	struct finding	*at;		/* owned */
	size_t		 n, room;
	size_t		 errors;	/* how many of the n refuse the charter */
};

void findings_init(struct findings *f);
/** findings_done - release what an embedded list holds; takes NULL. */
void findings_done(struct findings *f);
/** findings_add - where is copied; over 1000 they are only counted.
 * Errors: ENOMEMORY. */
NODISCARD int findings_add(struct findings *f, enum find what,
    const char *where, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/** findings_json - new: [{"level","code","where","text"}...], or NULL. */
json_t *findings_json(const struct findings *f);
const char *find_code(enum find w);
bool find_is_error(enum find w);
const char *find_words(enum find w);

/**
 * charter_lint - every rule of the linter over a charter that was read.
 *
 * Findings are added at JSON pointers ("/classes/ca/rules/2"); what reads
 * files turns them into lines.  Errors: ENOMEMORY.
 */
NODISCARD int charter_lint(const struct charter *c, struct findings *f,
    struct err *err);

#endif
