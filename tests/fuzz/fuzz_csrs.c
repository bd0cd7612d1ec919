/*
 * csrs: whatever comes, as NDJSON and as a tar, rows keep their bounds, their
 * numbers ascend, and what is made of one is what the service's schema sees.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/csrs.h"
#include "base/json.h"
#include "tests/fuzz/fuzz.h"

static void
row_check(const struct csrs_row *row, uint64_t n)
{
	AUTO_JSON *j = NULL;
	struct err why;

	FUZZ_HOLDS(row->n == n);
	FUZZ_HOLDS(row->octets.len <= CSRS_ROW ||
	    row->wrong.code == ETOOBIG);
	FUZZ_HOLDS(memchr(row->name, '\0', sizeof(row->name)) != NULL);
	for (const char *p = row->name; *p != '\0'; p++)
		FUZZ_HOLDS(*p > ' ' && *p < 0x7f);
	if (csrs_json(row, &j, &why) == 0)
		FUZZ_HOLDS(json_is_object(j) && row->wrong.code == OK);
	else
		FUZZ_HOLDS(why.code != OK && j == NULL);
}

static void
read_all(enum csrs_kind kind, const uint8_t *data, size_t size)
{
	FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
	struct csrs c = { .from = f, .kind = kind };
	struct csrs_row row = { .n = 0 };
	bool more = true;
	uint64_t n = 0;

	FUZZ_HOLDS(f != NULL);
	while (csrs_next(&c, &row, &more, NULL) == 0 && more)
		row_check(&row, ++n);
	FUZZ_HOLDS(n <= size);
	csrs_row_done(&row);
	fclose(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	read_all(CSRS_NDJSON, data, size);
	read_all(CSRS_TAR, data, size);
	return 0;
}
