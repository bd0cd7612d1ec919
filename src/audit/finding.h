/*
 * finding - what an audit can find wrong: one row per stable code.
 */
#ifndef AUDIT_FINDING_H
#define AUDIT_FINDING_H

/* F(NAME, "code", "words") */
#define AUDIT_FINDINGS(F) \
	F(FORMAT,      "bundle-format",     "the bundle is not well-formed") \
	F(TRUNCATED,   "bundle-truncated",  "the bundle ends early") \
	F(GENESIS,     "genesis",           "the genesis is not the trusted one") \
	F(SIGNATURE,   "genesis-signature", "an officer's signature on the genesis does not verify") \
	F(CHECKPOINT,  "checkpoint",        "the checkpoint is not signed by the house's ledger key") \
	F(ROOT,        "ledger-root",       "the events are not those of the signed checkpoint") \
	F(CONSISTENCY, "ledger-fork",       "the ledger is not an extension of what was seen before") \
	F(EVENT,       "event-format",      "an event is not well-formed or not in its place") \
	F(TIME,        "event-time",        "time goes back") \
	F(ENTRY,       "journal-entry",     "a journal entry is not well-formed or does not fit its event") \
	F(CHAIN,       "journal-chain",     "the journal's chain of hashes is broken") \
	F(GAP,         "journal-gap",       "the intents that results name are not among the entries without an event") \
	F(CHARTER,     "charter-chain",     "a charter is not the successor that its amendment approved") \
	F(PERMIT,      "permit",            "a permit is missing, altered or for something else") \
	F(PROOF,       "approval-proof",    "an approval's proof does not verify") \
	F(QUORUM,      "quorum",            "the approvals do not meet the rule") \
	F(DECISION,    "decision",          "policy, asked again, decides otherwise") \
	F(FACT,        "fact",              "a recorded fact is not what the ledger says") \
	F(USES,        "uses",              "a request was used more often than approved") \
	F(STATE,       "key-state",         "a key was used or moved in a state that forbids it") \
	F(RESULT,      "result",            "a result does not belong to its operation") \
	F(REQUEST,     "request",           "an event does not fit the request it names") \
	F(CREDENTIAL,  "credential",        "a credential's event does not fit what is known") \
	F(MADE,        "key-proof",         "the house's keeper did not sign that it made this key") \
	F(UNCOVERED,   "journal-uncovered", "an event carries a journal entry that the checkpoint does not cover") \
	F(CERTIFICATE, "certificate",       "a certificate is not the one that charter, request and authority make") \
	F(SERIAL,      "certificate-serial", "a serial number is there twice, or belongs to no certificate") \
	F(AUTHORITY,   "authority",         "an authority is not there, is retired, or its key is another's") \
	F(LIST,        "revocation-list",   "a revocation list does not follow the one before it, or lasts too long") \
	F(RESPONDER,   "ocsp-key",          "OCSP answers were signed by a key that answers for nobody")

enum audit_finding {
#define F(name, code, words) FINDING_##name,
	AUDIT_FINDINGS(F)
#undef F
	FINDING__N
};

const char *finding_code(enum audit_finding f);
const char *finding_words(enum audit_finding f);

#endif
