/*
 * schema_rows - rows that several schemas have, and how one is made of rows.
 *
 * Floor 6, api; included by schema*.c only.
 */
#ifndef API_SCHEMA_ROWS_H
#define API_SCHEMA_ROWS_H

#include "api/schema.h"

#define NAME_MAX_	64
#define TEXT_MAX_	1000
#define HEX_256		64, 64
#define SPKI_MAX_	4096

/*
 * What every POST that may have to wait takes besides: ask for the request
 * document first, sign it, and hand it in again with the proof.
 */
#define WAITS \
	{ "prepare", WANT_BOOL, false, 0, 0, \
	    "true: answer with the request that would be made, store nothing" }, \
	{ "request", WANT_OBJECT, false, 0, 0, \
	    "id, created, expires and seal of a prepared request" }, \
	{ "requester_proof", WANT_OBJECT, false, 0, 0, \
	    "the requester's signed statement with verdict \"request\"" }

#define REASON \
	{ "reason", WANT_STRING, false, 1, TEXT_MAX_, \
	    "why, for the officers and the ledger" }

/* No more in one transaction than others can wait for. */
#define PAGES_ASKED(most, words) \
	{ "pages", WANT_ARRAY, true, 1, most, words \
	    "; done in one transaction, or none of it where one is bad, denied " \
	    "or in need of approvals" }

#define S(name) const struct schema schema_##name = \
	{ #name, rows_##name, NELEM(rows_##name) };

#endif
