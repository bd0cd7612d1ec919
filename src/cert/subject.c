/* subject - distinguished names as people read them (RFC 4514, 3, in the
 * name's own order). */
#include <string.h>
#include "cert/inside.h"

static const struct { const char *name, *brief; } BRIEF[] = {
	{ "commonName", "CN" },		{ "organizationName", "O" },
	{ "organizationalUnitName", "OU" }, { "countryName", "C" },
	{ "localityName", "L" },	{ "stateOrProvinceName", "ST" },
	{ "domainComponent", "DC" },	{ "userId", "UID" },
};

static const char *
brief(const char *name)
{
	for (size_t i = 0; i < NELEM(BRIEF); i++)
		if (strcmp(BRIEF[i].name, name) == 0)
			return BRIEF[i].brief;
	return name;
}

int
subject_text(const json_t *subject, struct blob *ret, struct err *err)
{
	const json_t	*pair;
	size_t		 i;

	json_array_foreach(subject, i, pair) {
		const char *name = json_string_value(json_array_get(pair, 0)),
		    *value = json_string_value(json_array_get(pair, 1));

		if (name == NULL || value == NULL)
			return err_set(err, EINPUT, "a subject's attribute");
		TRY(blob_printf(ret, err, "%s%s=%s", i > 0 ? ", " : "",
		    brief(name), value));
	}
	return 0;
}
