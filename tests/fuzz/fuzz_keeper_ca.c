/*
 * keeper_ca: as keeper, in a house of CAs: certificates, lists and answers to
 * be signed.
 */
#include "config.h"

#include "tests/keeper/bare_ca.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bare_house = &bare_ca;
	bare_begin();
	bare_feed(data, size);
	bare_end();
	return 0;
}
