/*
 * contacts: whoever is in the file is reached somewhere, and hears within a week
 * and a day.
 */
#include "config.h"

#include <string.h>

#include "alert/contacts.h"
#include "tests/fuzz/fuzz.h"

#define NOW	TIME_S(1700000000)

static int
seen(void *ctx, const struct contact *c, struct err *err)
{
	time_us when = contact_when(c, true, NOW);

	FUZZ_HOLDS(c->mail != NULL || c->webhook != NULL);
	FUZZ_HOLDS(when >= NOW && when <= NOW + DIGEST_MOST + TIME_S(86400));
	/* Files that a fuzzer names are left alone. */
	return c->secret_file != NULL ? err_set(err, ERANGE_, "a secret") : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct contacts *c = NULL;
	struct blob text = { 0 };
	struct err err;

	FUZZ_HOLDS(blob_put(&text, data, size, &err) == 0);
	if (contacts_parse("contacts.yaml", &text, seen, NULL, &c, &err) == 0)
		contacts_free(c);
	else
		FUZZ_HOLDS(c == NULL);
	blob_done(&text);
	return 0;
}
