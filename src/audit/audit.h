/*
 * audit - replay, re-decide, compare.
 *
 * Floor 5.  Sees state, evidence, policy, ca, wire, store, base.
 * Threads:  audit_verify starts its own and joins them before it returns.
 *
 * A report is one JSON object:
 *	{ "format":"claviger/audit-report/v1", "ok":BOOL, "house", "fingerprint",
 *	  "since", "size", "root", "checkpoint"?, "charter",
 *	  "events":N, "entries":{"first","last","shown","silent","explained","unshown":[{"from","to"}…],
 *	    "holes":[{"from","to","seq","entry","approved_by":[NAME…]}…]}, "checked":{"approvals","decisions","signatures","certificates"},
 *	  "findings":[{"code","seq"?,"entry"?,"what"}…],
 *	  "asserted":{FACT:N…}, "not_exclusive":[KEY…], "unchecked":[{"seq","what"}…],
 *	  "seen":[{"name","ok": null where it cannot be compared}… each that was handed in], "cannot_exclude"?:[TEXT…], "seconds"? }
 * Codes of findings are stable: see audit/finding.h.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "audit/finding.h"
#include "base/err.h"

struct store;

/* A checkpoint or evidence that somebody kept; text as found in the file. */
struct audit_seen {
	const char	*name;		/* for the report */
	const char	*text;
	size_t		 octets;
};

struct audit_options {
	const char	*trust;		/* genesis fingerprint, 64 hex digits; required */
	const struct audit_seen *seen;
	size_t		 seen_n;
	bool		 no_proofs;	/* leave signatures unchecked (bench) */
	unsigned	 threads;	/* 0: as many as there are processors */
	unsigned	 most;		/* findings listed; 0: 1000 */
};

/**
 * audit_verify - judge a bundle, trusting nothing but the fingerprint.
 *
 * @fd          read from its position to the end.
 * @ret_report  always given when the bundle could be read at all; "ok" is the verdict.
 * Errors:      EIO_, ENOMEMORY only: a malformed bundle is a finding.
 */
NODISCARD int audit_verify(int fd, const struct audit_options *o,
    json_t **ret_report, struct err *err);

/**
 * audit_replay - rebuild every projection from the ledger into an empty
 * SQLite and compare row by row with the live tables.
 *
 * @scratch     path for the empty database; NULL: in memory.
 * @ret_report  { "ok", "events", "tables":{NAME:rows}, "differences":[{table,row,column?,live,replayed}…], "left_out":{NAME:WHY} }
 */
NODISCARD int audit_replay(struct store *live, const char *scratch,
    json_t **ret_report, struct err *err);

#endif
