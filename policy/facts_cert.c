#include "config.h"

#include "base/json.h"
#include "policy/facts.h"

/* Which parameter names the CA that signs: a root is its own. */
static const char *
ca_of(enum action a, const json_t *p)
{
	const char *name = json_str(p, "name", NULL);

	if (a == ACTION_CA_CREATE)
		return json_str(p, "issuer", name);
	return a == ACTION_CA_IMPORT ? name : json_str(p, "ca", NULL);
}

/* A page of several lines is of none: whoever may speak of one only says so in pages
 * of that one.  Which lines it concerns, those that devices leave among them, the
 * parameters say, and entering them compares. */
static const char *
line_of(const json_t *p)
{
	const json_t *lines = json_object_get(p, "lines");
	const char *line = json_str(p, "product", NULL);

	if (json_object_get(p, "devices") != NULL)
		line = json_array_size(lines) == 1 ?
		    json_string_value(json_array_get(lines, 0)) : NULL;
	return line != NULL && line[0] != '\0' ? line : NULL;
}

int
facts_cert(struct facts *f, enum action a, const json_t *p,
    enum provenance from, struct err *err)
{
	TRY(facts_str(f, "cert.ca", ca_of(a, p), from, err));
	TRY(facts_str(f, "cert.profile", json_str(p, "profile", NULL), from,
	    err));
	TRY(facts_str(f, "cert.device", json_str(p, "device", NULL), from,
	    err));
	if (a == ACTION_DEVICE_IMPORT)
		return facts_str(f, "device.product", line_of(p), from, err);
	if (a != ACTION_CERT_ISSUE)
		return 0;
	return facts_flag(f, "cert.reissue", json_flag(p, "reissue", false),
	    ASSERTED, err);
}
