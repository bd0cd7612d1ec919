/*
 * trove_wide - text in UTF-16 as octets; see trove.h.
 */
#include "config.h"

#include <string.h>

#include "ca/trove_inside.h"

#define WIDE_MOST	48	/* octets of a word, twice */

/* The word in UTF-16, whichever octet comes first: from the one that says
 * something in its first letter to that in its last. */
static const unsigned char *
wide_find(struct span file, const char *word)
{
	unsigned char wide[WIDE_MOST] = { 0 };
	size_t n = 0;

	for (; *word != '\0' && n < sizeof(wide); word++, n += 2)
		wide[n] = (unsigned char)*word;
	return n == 0 || file.n < n ? NULL : memmem(file.p, file.n, wide,
	    n - 1);
}

int
trove_narrow(struct span file, const char *const *words, size_t words_n,
    struct blob *ret, struct err *err)
{
	const unsigned char *from = NULL, *p;
	unsigned char *to;
	size_t n;

	for (size_t i = 0; i < words_n; i++) {
		p = wide_find(file, words[i]);
		if (p != NULL && (from == NULL || p < from))
			from = p;
	}
	if (from == NULL)
		return 0;
	/* A letter of another alphabet is none of any word or number here. */
	n = (file.n - (size_t)(from - file.p) + 1) / 2;
	TRY(blob_extend(ret, n, &to, err));
	for (size_t i = 0; i < n; i++)
		to[i] = from[2 * i];
	return 0;
}
