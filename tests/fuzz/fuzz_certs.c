/*
 * certs: whatever a file is, items are numbered as they come, certificates lie
 * in octets that are there, and nothing is decoded of a private key.
 */
#include "config.h"

#include "ca/certs.h"
#include "tests/fuzz/fuzz.h"

static int
item_check(void *ctx, const struct certs_item *item, struct err *err)
{
	size_t *n = ctx;

	FUZZ_HOLDS(item->n == ++*n);
	switch (item->kind) {
	case CERTS_CERTIFICATE:
		FUZZ_HOLDS(item->der.n > 0 && item->der.p[0] == 0x30);
		FUZZ_HOLDS(item->why == NULL);
		break;
	case CERTS_BAD:
		FUZZ_HOLDS(item->why != NULL && item->why[0] != '\0');
		break;
	case CERTS_PRIVATE:
	case CERTS_OTHER:
		FUZZ_HOLDS(item->der.n == 0);
		break;
	}
	return *n == 1000 ? err_set(err, ELIMIT, "enough") : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;
	struct err why;
	int rc = certs_each(span_of(data, size), "pass", item_check, &n, &why);

	FUZZ_HOLDS(rc == 0 || rc == -ELIMIT);
	/* A file of DER has something in it, or is bad; PEM may be nothing. */
	FUZZ_HOLDS(rc != 0 || n > 0 || size > 0);
	return 0;
}
