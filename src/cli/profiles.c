#include <stdio.h>
#include <string.h>

#include "base/yaml.h"
#include "ca/profile.h"
#include "cli/profiles.h"

struct judging {
	const struct charter_file *file;
	size_t		 n;
	struct findings	*f;
};

static const struct charter_file *
file_of(const struct judging *j, const char *path)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		if (strcmp(j->file[i].name, path) == 0)
			return &j->file[i];
	return NULL;
}

/* From the pointer in the charter to the line in the profile's own file. */
static int
locate(const struct judging *j, const char *name, const char *pointer,
    char ret[128], struct err *err)
{
	const struct charter_file *file;
	struct yaml_marks *marks = NULL;
	size_t above = strlen("/profiles/") + strlen(name);
	json_t *content = NULL;
	char path[96];

	(void)snprintf(path, sizeof(path), "profiles/%.64s.yaml", name);
	(void)snprintf(ret, 128, "%s", path);
	file = file_of(j, path);
	if (file == NULL || strlen(pointer) < above)
		return 0;
	TRY(yaml_read(path, file->data, file->octets, &content, &marks, err));
	yaml_where(marks, pointer + above, ret, 128);
	yaml_marks_free(marks);
	json_decref(content);
	return 0;
}

static int
told(void *ctx, const char *name, const char *where, const char *words,
    struct err *err)
{
	const struct judging *j = ctx;
	char place[128];

	TRY(locate(j, name, where, place, err));
	return findings_add(j->f, FIND_PROFILE, place, err, "%s: %s", where,
	    words);
}

static int
warn(const struct judging *j, const char *name, const char *member,
    enum find what, const char *words, struct err *err)
{
	char at[96], place[128];

	(void)snprintf(at, sizeof(at), "/profiles/%.64s/validity/%s", name,
	    member);
	TRY(locate(j, name, at, place, err));
	return findings_add(j->f, what, place, err, "%s: %s", at, words);
}

/* It issues nothing any more; charters that bear one can still be amended. */
static int
ended_warn(const struct judging *j, const struct profile *p, struct err *err)
{
	if (p->until == 0 || p->until > clock_now())
		return 0;
	return warn(j, p->name, "until", FIND_PROFILE_ENDED, "this time is "
	    "over, and the profile issues nothing", err);
}

#define RESPONDER_LONG	TIME_S(31ll * 86400)

/* RFC 6960, 4.2.2.2.1: its key is trusted until its end. */
static int
responder_warn(const struct judging *j, const struct profile *p,
    struct err *err)
{
	if (!p->ocsp_no_check || (p->until == 0 && p->lasts <= RESPONDER_LONG))
		return 0;
	return warn(j, p->name, p->until == 0 ? "for" : "until",
	    FIND_RESPONDER_LONG, "with ocsp-no-check nobody hears that the "
	    "responder was revoked: give it days to weeks, 31 days at most "
	    "(RFC 6960, 4.2.2.2.1)", err);
}

static int
warn_each(const struct judging *j, const json_t *profiles, struct err *err)
{
	const char *name;
	json_t *document;

	json_object_foreach((json_t *)(uintptr_t)profiles, name, document) {
		AUTO(profile) *p = NULL;

		if (profile_read(name, document, &p, NULL) != 0)
			continue;
		TRY(ended_warn(j, p, err));
		TRY(responder_warn(j, p, err));
	}
	return 0;
}

int
profiles_lint(const struct charter *c, const struct charter_file *file,
    size_t n, struct findings *f, struct err *err)
{
	struct judging j = { file, n, f };
	const json_t *profiles = json_object_get(charter_json(c), "profiles");
	int rc = profile_check_all(profiles, told, &j, err);

	return rc == 0 || rc == -ECHARTER ? warn_each(&j, profiles, err) : rc;
}
