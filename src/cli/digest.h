/*
 * digest - a file's hash, read once and never held whole.
 */
#ifndef CLI_DIGEST_H
#define CLI_DIGEST_H

#include <stdint.h>
#include "base/err.h"

#define DIGEST_HEX	129

struct digest {
	const char	*algorithm;	/* "sha-256", "sha-384", static */
	char		 value[DIGEST_HEX];
	uint64_t	 octets;	/* the file's length */
};

/** digest_of_scheme - what a key of this scheme signs: "sha-256"; static. */
const char *digest_of_scheme(const char *scheme);
/** digest_file - "-" is standard input. Errors: EIO_, EINPUT (the algorithm). */
NODISCARD int digest_file(const char *path, const char *algorithm,
    struct digest *ret, struct err *err);

#endif
