#include "config.h"

#include <string.h>

#include "ca/reason.h"

#define R(name, number, word) [number] = word,
static const char *const words[] = { REASONS(R) };
#undef R
_Static_assert(sizeof(words) / sizeof(words[0]) == REASON__N,
    "a word for each reason");

const char *
reason_name(enum reason r)
{
	return (size_t)r < REASON__N ? words[r] : NULL;
}

bool
reason_from_name(const char *word, enum reason *ret)
{
	size_t i;

	for (i = 0; i < REASON__N; i++)
		if (words[i] != NULL && strcmp(words[i], word) == 0) {
			*ret = (enum reason)i;
			return true;
		}
	return false;
}

bool
reason_from_number(unsigned long number, enum reason *ret)
{
	if (number >= REASON__N || words[number] == NULL)
		return false;
	*ret = (enum reason)number;
	return true;
}

bool
reason_is_compromise(enum reason r)
{
	return r == REASON_KEY_COMPROMISE || r == REASON_CA_COMPROMISE;
}
