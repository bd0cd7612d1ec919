/*
 * yaml: what is read has a canonical spelling in JSON, and a place.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/yaml.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml_marks *marks = NULL;
	struct blob text = { 0 };
	json_t *j = NULL, *again = NULL;
	struct err err;
	char where[64];

	if (yaml_read("f", data, size, &j, &marks, &err) != 0) {
		FUZZ_HOLDS(j == NULL && marks == NULL);
		FUZZ_HOLDS(err.code != EINPUT ||
		    strncmp(err.what, "f:", 2) == 0);
		return 0;
	}
	FUZZ_HOLDS(json_canonical(j, &text, &err) == 0);
	FUZZ_HOLDS(json_read_canonical(text.data, text.len, &again,
	    &err) == 0);
	yaml_where(marks, "/0/a/b", where, sizeof(where));
	FUZZ_HOLDS(strncmp(where, "f:", 2) == 0);
	blob_done(&text);
	yaml_marks_free(marks);
	json_decref(j);
	json_decref(again);
	return 0;
}
