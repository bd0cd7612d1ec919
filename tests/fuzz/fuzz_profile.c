/*
 * profile: a profile of a charter, as the document that it is there, and a
 * second line: what is asked of it.
 *
 * A fault is told with its place.  Whatever a profile draws, it allows.
 */
#include "config.h"

#include <string.h>

#include "ca/profile.h"
#include "tests/fuzz/fuzz.h"

static void
check_draw(const struct profile *p, const uint8_t *data, size_t size)
{
	json_t *asked = NULL, *drawn = NULL;
	struct err err = { 0 };

	if (size == 0 || json_read(data, size, &asked, &err) != 0)
		return;
	if (profile_draw(p, NULL, asked, &drawn, &err) == 0)
		FUZZ_HOLDS(profile_check(p, drawn, &err) == 0);
	(void)!profile_check(p, asked, &err);
	if (drawn != NULL)
		FUZZ_HOLDS(profile_check_names(p, json_object_get(drawn,
		    "subject"), json_object_get(drawn, "san"), &err) == 0);
	json_decref(asked);
	json_decref(drawn);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size == 0 ? NULL : memchr(data, '\n', size);
	size_t n = line == NULL ? size : (size_t)(line - data);
	struct profile *p = NULL;
	struct err err = { 0 };
	json_t *j = NULL;
	int rc;

	if (json_read(data, n, &j, &err) != 0)
		return 0;
	rc = profile_read("x", j, &p, &err);
	FUZZ_HOLDS((rc == 0) == (p != NULL));
	if (rc != 0)
		FUZZ_HOLDS(strncmp(err.what, "/profiles/x", 11) == 0);
	else if (line != NULL)
		check_draw(p, line + 1, size - n - 1);
	profile_free(p);
	json_decref(j);
	return 0;
}
