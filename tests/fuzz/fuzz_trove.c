/*
 * trove: whatever a file is, things are numbered as they come, each is of a
 * kind with a name, and only certificates show octets, which lie in the file or
 * what it holds.
 */
#include "config.h"

#include "ca/trove.h"
#include "tests/fuzz/fuzz.h"

static int
item_check(void *ctx, const struct trove_item *item, struct err *err)
{
	size_t *n = ctx;

	FUZZ_HOLDS(item->n == ++*n);
	FUZZ_HOLDS(item->kind < TROVE__N && item->form != NULL);
	FUZZ_HOLDS((item->kind == TROVE_CERTIFICATE) == (item->der.n > 0));
	FUZZ_HOLDS(item->kind != TROVE_PUBLIC || item->known);
	FUZZ_HOLDS(item->kind != TROVE_SEALED || !item->known);
	return *n == 1000 ? err_set(err, ELIMIT, "enough") : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;
	struct err why;
	int rc = trove_each(span_of(data, size), item_check, &n, &why);

	FUZZ_HOLDS(rc == 0 || rc == -ELIMIT);
	return 0;
}
