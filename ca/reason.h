/*
 * reason - why a certificate was revoked: CRLReason of RFC 5280, 5.3.1.
 *
 * Floor 2, pure.
 */
#ifndef CA_REASON_H
#define CA_REASON_H

#include <stdbool.h>

/* name, number, word.  7 is not used. */
#define REASONS(R) \
	R(REASON_UNSPECIFIED,		0, "unspecified") \
	R(REASON_KEY_COMPROMISE,	1, "key-compromise") \
	R(REASON_CA_COMPROMISE,		2, "ca-compromise") \
	R(REASON_AFFILIATION_CHANGED,	3, "affiliation-changed") \
	R(REASON_SUPERSEDED,		4, "superseded") \
	R(REASON_CESSATION,		5, "cessation-of-operation") \
	R(REASON_HOLD,			6, "certificate-hold") \
	R(REASON_REMOVE,		8, "remove-from-crl") \
	R(REASON_PRIVILEGE_WITHDRAWN,	9, "privilege-withdrawn") \
	R(REASON_AA_COMPROMISE,		10, "aa-compromise")

enum reason {
#define R(name, number, word) name = number,
	REASONS(R)
#undef R
	REASON__N
};

/** reason_name - the word; static; NULL for a number that is no reason. */
const char *reason_name(enum reason r);
/** reason_from_name - false: no reason has this word. */
bool reason_from_name(const char *word, enum reason *ret);
/** reason_from_number - false: no reason has this number. */
bool reason_from_number(unsigned long number, enum reason *ret);
/** reason_is_compromise - is the key, or the CA's, said to be somebody else's? */
bool reason_is_compromise(enum reason r);

#endif
