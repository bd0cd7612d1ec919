#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_memory.h"

#define LINE_OCTETS	1024	/* room that most lines need not leave */

static _Thread_local unsigned shortages;

static void *
take(size_t n)
{
	void *p = malloc(n);

	if (p == NULL)
		shortages++;
	return p;
}

/* Before main: jansson's pointers are not to change while threads use them. */
__attribute__((constructor)) static void
install(void)
{
	json_set_alloc_funcs(take, free);
}

unsigned
json_shortages(void)
{
	return shortages;
}

/* All of it, or nothing. */
static json_t *
whole(json_t *j, unsigned before)
{
	if (shortages == before)
		return j;
	json_decref(j);
	return NULL;
}

json_t *
json_clone(const json_t *j)
{
	unsigned before = shortages;

	return whole(json_deep_copy(j), before);
}

json_t *
json_clone_flat(const json_t *j)
{
	unsigned before = shortages;

	return whole(json_copy((json_t *)(uintptr_t)j), before);
}

static char *
spell(const json_t *j, size_t flags)
{
	unsigned before = shortages;
	char *text = json_dumps(j, flags), *longer = NULL;
	size_t n = 0;

	if (text != NULL && shortages == before) {
		n = strlen(text);
		longer = realloc(text, n + 2);
	}
	if (longer == NULL) {
		free(text);
		return NULL;
	}
	memcpy(longer + n, "\n", 2);
	return longer;
}

char *
json_pretty(const json_t *j)
{
	return spell(j, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}

/* jansson looks at each character three times; it is left what has no
 * canonical spelling. */
char *
json_line(const json_t *j)
{
	struct blob line = { 0 };
	struct err none;
	int rc = blob_reserve(&line, LINE_OCTETS, &none);

	if (rc == 0)
		rc = json_put(j, &line, &none);
	if (rc == 0)
		rc = blob_put(&line, "\n", 1, &none);
	if (rc == 0)
		return (char *)line.data;
	blob_done(&line);
	return rc == -ENOMEMORY ? NULL : spell(j, JSON_COMPACT);
}
