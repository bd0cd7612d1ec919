/*
 * signature - what is done with a signature that came back.
 */
#ifndef CLI_SIGNATURE_H
#define CLI_SIGNATURE_H

#include "base/blob.h"
#include "cli/cli.h"

#define OPT_SIGNATURE	{ .name = "output", .letter = 'o', .value = V_FILE, \
	.meta = "FILE", .words = "write the signature there, in binary" }
#define OPT_EVIDENCE	{ .name = "evidence", .value = V_FILE, \
	.meta = "FILE", .words = "write the evidence there, which proves the signature alone and offline" }
#define OPT_FORMAT	{ .name = "format", .value = V_CHOICE, .meta = "FORMAT", \
	.choices = "der|raw", .otherwise = "der", .words = "how an ECDSA signature is written" }

/**
 * signature_deliver - -o, --evidence, --format and --json of one result.
 * With none of them the signature is printed in base64.
 */
NODISCARD int signature_deliver(struct cli *cli, const json_t *result,
    struct err *err);
/** signature_raw - DER of ECDSA to r and s of the scheme's length. Errors: EINPUT. */
NODISCARD int signature_raw(const char *scheme, const struct blob *der,
    struct blob *ret, struct err *err);
/** signature_evidence - fetch it, verify it where a fingerprint is known, write it. */
NODISCARD int signature_evidence(struct cli *cli, const char *request,
    const char *digest,
    const char *file, struct err *err);

#endif
