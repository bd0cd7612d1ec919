/*
 * nearest - what a mistyped word was probably meant to be.
 *
 * Floor 1.  Pure.
 */
#include <string.h>

#include "base/nearest.h"

#define WORD_MOST	24

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* How many letters must be added, left out or changed (Levenshtein). */
static size_t
distance(const char *a, const char *b)
{
	size_t row[WORD_MOST + 1], an = strlen(a), bn = strlen(b);

	if (an > WORD_MOST || bn > WORD_MOST)
		return WORD_MOST;
	for (size_t j = 0; j <= bn; j++)
		row[j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			size_t up = row[j];

			row[j] = least(row[j - 1] + 1, up + 1,
			    corner + (a[i - 1] != b[j - 1]));
			corner = up;
		}
	}
	return row[bn];
}

const char *
nearest(const char *word, const char *(*next)(const void *ctx, size_t i),
    const void *ctx)
{
	const char *best = NULL, *w;
	size_t best_d = strlen(word) / 3 + 1, d;

	for (size_t i = 0; (w = next(ctx, i)) != NULL; i++) {
		d = distance(word, w);
		if (d <= best_d && (best == NULL || d < best_d)) {
			best = w;
			best_d = d;
		}
	}
	return best;
}
