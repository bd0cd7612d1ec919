/*
 * note - checkpoints in the C2SP tlog-checkpoint and signed-note forms.
 *
 *	claviger/<house id>\n<size>\n<base64 root>\nentries <J>\n\n— <name> <base64(keyid || signature)>\n
 *
 * The signature is ECDSA P-256 over SHA-256 of the body (to and with the
 * newline before the empty line), DER; key id = first 4 octets of SHA-256(SPKI DER),
 * the signed-note type 0x02.  Other signers' lines (witnesses) are kept and ignored.
 */
#ifndef BASE_NOTE_H
#define BASE_NOTE_H

#include <stdint.h>
#include "base/blob.h"
#include "base/err.h"
#include "base/sha256.h"

struct checkpoint {
	char		 origin[80];	/* "claviger/house_..." */
	uint64_t	 size;
	struct sha256	 root;
	uint64_t	 entries;	/* J: journal entries 1..J are all shown in this ledger */
};

/** note_body - the octets that are signed. */
NODISCARD int note_body(const struct checkpoint *c, struct blob *ret, struct err *err);
/** note_finish - body, empty line and our signature line. */
NODISCARD int note_finish(const struct checkpoint *c, const void *spki, size_t spki_n,
    const void *sig, size_t sig_n, struct blob *ret, struct err *err);
/** note_parse - without verifying. Errors: EINPUT, ETOOBIG. */
NODISCARD int note_parse(const char *text, struct checkpoint *ret, struct err *err);
/** note_verify - parse, and check our line with the ledger's public key (SPKI DER). Errors: EINPUT, EVERIFY. */
NODISCARD int note_verify(const char *text, const void *spki, size_t spki_n,
    struct checkpoint *ret, struct err *err);

#endif
