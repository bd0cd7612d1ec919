/*
 * badkeys: lists of keys that are refused.
 *
 * What is accepted names at most one key for each line, and finds in it what
 * it is asked for or not.
 */
#include "config.h"

#include <string.h>
#include "ca/badkeys.h"
#include "tests/fuzz/fuzz.h"

/* Ed25519, RFC 8410, 10.1. */
static const unsigned char KEY[] = {
	0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
	0x19, 0xbf, 0x44, 0x09, 0x69, 0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1,
	0x67, 0xdc, 0x3b, 0x96, 0xc8, 0x50, 0x86, 0xaa, 0x30, 0xb6, 0xb6, 0xcb,
	0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct badkeys *b = NULL;
	struct err err = { 0 };
	int rc = badkeys_read(span_of(data, size), &b, &err);
	bool is;

	FUZZ_HOLDS((rc == 0) == (b != NULL));
	FUZZ_HOLDS(rc == 0 || (rc == -(int)err.code && err.what[0] != '\0'));
	if (b != NULL) {
		FUZZ_HOLDS(badkeys_count(b) <= size / 20);
		FUZZ_HOLDS(badkeys_has(b, span_of(KEY, sizeof(KEY)), &is,
		    &err) == 0);
	}
	badkeys_free(b);
	return 0;
}
