/*
 * json: what is read has one canonical spelling, which reads as itself.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/json_plain.h"
#include "tests/fuzz/fuzz.h"

/* The library reads what is plain, to the same value; and it is canonical
 * exactly where its names are sorted. */
static void
plain_agrees(const uint8_t *data, size_t size)
{
	json_t *plain = NULL, *theirs;
	struct blob again = { 0 };
	struct err err;
	bool sorted;

	FUZZ_HOLDS(json_plain((const char *)data, size, NULL, &plain, &sorted,
	    &err) == 0);
	if (plain == NULL)
		return;
	FUZZ_HOLDS(json_canonical(plain, &again, &err) == 0);
	FUZZ_HOLDS(sorted == (again.len == size &&
	    memcmp(again.data, data, size) == 0));
	blob_done(&again);
	theirs = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES,
	    NULL);
	FUZZ_HOLDS(json_equal(plain, theirs) == 1);
	json_decref(plain);
	json_decref(theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob once = { 0 }, twice = { 0 };
	json_t *j = NULL, *again = NULL;
	struct err err;

	plain_agrees(data, size);
	if (json_read(data, size, &j, &err) != 0) {
		/* It counts the octets of strings: never to another sum. */
		FUZZ_HOLDS(err.code != ENOMEMORY);
		FUZZ_HOLDS(json_read_canonical(data, size, &again, &err) != 0);
		return 0;
	}
	FUZZ_HOLDS(json_canonical(j, &once, &err) == 0);
	FUZZ_HOLDS(json_read_canonical(once.data, once.len, &again,
	    &err) == 0);
	FUZZ_HOLDS(json_equal(j, again) == 1);
	FUZZ_HOLDS(json_canonical(again, &twice, &err) == 0);
	FUZZ_HOLDS(once.len == twice.len &&
	    memcmp(once.data, twice.data, once.len) == 0);
	blob_done(&once);
	blob_done(&twice);
	json_decref(j);
	json_decref(again);
	return 0;
}
