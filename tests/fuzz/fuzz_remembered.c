/*
 * remembered: what is read counts entries from 1, and is spelled as it was read.
 */
#include "config.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "wire/remembered.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct remembered r = { .there = false };
	struct blob again = { 0 };
	struct err err;

	if (remembered_parse(data, size, &r, &err) != 0) {
		FUZZ_HOLDS(!r.there);
		return 0;
	}
	FUZZ_HOLDS(r.there && r.head.n > 0);
	FUZZ_HOLDS(remembered_spell(&r, &again, &err) == 0);
	FUZZ_HOLDS(again.len == size && memcmp(again.data, data, size) == 0);
	blob_done(&again);
	return 0;
}
