/*
 * entry: what is read is canonical, hashes to the hash of its octets, and
 * an entry follows a head or not, but never both on itself.
 */
#include "config.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "wire/entry.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct entry_head head = { 0 };
	struct blob line = { 0 };
	struct entry *e = NULL;
	struct sha256 h;
	struct err err;
	time_us last = 0;

	if (entry_read(data, size, &e, &err) != 0)
		return 0;
	h = sha256_of(data, size);
	FUZZ_HOLDS(sha256_equal(&h, &e->hash));
	FUZZ_HOLDS(entry_line(e, &line, &err) == 0);
	FUZZ_HOLDS(line.len == size && memcmp(line.data, data, size) == 0);
	FUZZ_HOLDS((e->n == 1) == sha256_is_zero(&e->prev) ||
	    e->n != 1);
	FUZZ_HOLDS(strcmp(entry_op_name(e->op), "?") != 0);
	blob_clear(&line);
	(void)(entry_key(e, &h) && entry_signature(e, &line, &err) == 0);
	if (entry_check_next(e, &head, &last, &err) == 0) {
		FUZZ_HOLDS(e->n == 1 && head.n == 1);
		FUZZ_HOLDS(entry_check_next(e, &head, &last, &err) != 0);
	}
	blob_done(&line);
	entry_free(e);
	return 0;
}
