#include <string.h>
#include "flow/inside.h"

static const struct deed *const deeds[] = {
#define D(name, action) &deed_##name,
	DEEDS(D)
#undef D
};

const struct deed *
deed_find(const char *action)
{
	size_t i;

	for (i = 0; i < NELEM(deeds); i++)
		if (strcmp(deeds[i]->action, action) == 0)
			return deeds[i];
	return NULL;
}
