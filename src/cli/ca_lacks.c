/*
 * ca_lacks - what an authority will not be able to issue for want of a URL, which
 * is fixed for its life: said before anybody is asked for it.
 *
 * Floor 7.
 */
#include <string.h>

#include "ca/profile.h"
#include "cli/ca.h"
#include "cli/options.h"

/* An authority as it is asked for. */
struct lacking {
	const json_t	*urls;
	bool		 root;
	struct blob	 names;		/* of the profiles, for people */
};

/* Would it issue by this profile, but for its URLs? */
static bool
is_meant(const struct lacking *l, const struct profile *p)
{
	struct err none;

	if (p->kind == PROFILE_ROOT || p->kind == PROFILE_OCSP_RESPONDER)
		return false;
	return l->root ? profile_root_check(p, &none) == 0 : !profile_is_ca(p);
}

static int
lacking_look(struct lacking *l, const char *name, const json_t *document,
    struct err *err)
{
	AUTO(profile) *p = NULL;
	struct err none;

	TRY(profile_read(name, document, &p, err));
	if (!is_meant(l, p) || profile_urls_check(p, l->urls, &none) == 0)
		return 0;
	return blob_printf(&l->names, err, "%s%s", l->names.len > 0 ? ", " : "",
	    name);
}

static int
lacking_find(struct cli *cli, struct lacking *l, struct err *err)
{
	AUTO_JSON *answer = NULL;
	json_t *profiles, *document;
	const char *name;

	TRY(cli_get(cli, &answer, err, "/v1/charter"));
	profiles = json_object_get(json_object_get(answer, "charter"),
	    "profiles");
	json_object_foreach(profiles, name, document)
		TRY(lacking_look(l, name, document, err));
	return 0;
}

void
ca_lacks_warn(struct cli *cli, const json_t *body)
{
	struct lacking l = { .urls = json_object_get(body, "urls"),
		.root = json_object_get(body, "profile") != NULL &&
		    json_object_get(body, "issuer") == NULL };
	struct err none;

	if (json_object_get(body, "csr") == NULL &&
	    lacking_find(cli, &l, &none) == 0 && l.names.len > 0)
		cli_note(cli, "Warning: with these URLs it can issue nothing by "
		    "the profiles %s, whose certificates name one that it lacks "
		    "(--crl-url, --ocsp-url, --issuer-url); they are fixed for "
		    "its life.", blob_str(&l.names));
	blob_done(&l.names);
}
