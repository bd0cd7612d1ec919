/*
 * text - text that must fit.
 *
 * Floor 1.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

#define TEXT_CUT	240

struct text_cut {
	char	 at[TEXT_CUT];
};
/** text_cut - as far as @most octets (and TEXT_CUT), whole characters of UTF-8. */
struct text_cut text_cut(const char *text, size_t most);

#endif
