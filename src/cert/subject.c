/* subject - distinguished names as people read them (RFC 4514, 3, in the
 * name's own order). */
#include <string.h>
#include <strings.h>
#include "ca/oid.h"
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

/* ---- as it is looked for ---- */

static bool
is_word(const char *word, const char *typed, size_t n)
{
	return strlen(word) == n && strncasecmp(word, typed, n) == 0;
}

/* The attribute that "NAME=" begins with, or NULL: none that there is. */
static const char *
typed_attribute(const char *typed)
{
	size_t n = strcspn(typed, "=");

	if (typed[n] != '=')
		return NULL;
	for (size_t i = 0; i < NELEM(BRIEF); i++)
		if (is_word(BRIEF[i].brief, typed, n) ||
		    is_word(BRIEF[i].name, typed, n))
			return BRIEF[i].name;
	for (int o = 0; o < OID__N; o++)
		if (oid_kind((enum oid)o) == OID_ATTRIBUTE &&
		    is_word(oid_name((enum oid)o), typed, n))
			return oid_name((enum oid)o);
	return NULL;
}

/* Is another attribute behind the first, as in a whole subject? */
static const char *
typed_next(const char *typed)
{
	const char *name = NULL;

	while (name == NULL && (typed = strchr(typed, ',')) != NULL) {
		typed += 1 + strspn(typed + 1, " ");
		name = typed_attribute(typed);
	}
	return name;
}

int
subject_common_name(const char *typed, const char **ret, struct err *err)
{
	const char *name = typed_attribute(typed), *value = typed;

	if (name != NULL && strcmp(name, oid_name(OID_COMMON_NAME)) == 0) {
		value = strchr(typed, '=') + 1;
		name = typed_next(value);
	}
	if (name != NULL)
		return err_set(err, EINPUT, "/subject: a certificate is found "
		    "by how its common name begins (x, or CN=x), not by %s; and "
		    "by san, serial, fingerprint, device, ca, profile, batch, "
		    "status and expiry", name);
	*ret = value;
	return 0;
}
