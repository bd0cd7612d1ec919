#include "config.h"

#include <string.h>

#include "base/text.h"

struct text_cut
text_cut(const char *text, size_t most)
{
	struct text_cut t = { "" };
	size_t n = strlen(text);

	if (most > sizeof(t.at) - 1)
		most = sizeof(t.at) - 1;
	if (n > most)
		for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;
		    n--)
			;
	memcpy(t.at, text, n);
	return t;
}
