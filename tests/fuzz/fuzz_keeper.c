/*
 * keeper: messages as they come out of frames, one a line, to a keeper without
 * token, disk and clock.  Each is answered exactly once; every entry that comes of
 * one is read again and applied; and no signature comes out for a key that
 * asks for approvals.
 */
#include "config.h"

#include "tests/keeper/bare.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bare_begin();
	bare_feed(data, size);
	bare_end();
	return 0;
}
