#include <string.h>
#include "flow/deed.h"

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

deed_tell *
deed_teller(const struct deed *d)
{
	static const struct { const struct deed *deed; deed_tell *tell; } t[] = {
		{ &deed_cert_import, cert_import_tell },
		{ &deed_device_import, device_import_tell },
		{ &deed_install_report, install_report_tell },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		if (t[i].deed == d)
			return t[i].tell;
	return NULL;
}
