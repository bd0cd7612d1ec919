/*
 * folder - a charter's folder, read as its files and linted.
 *
 * Floor 7.
 */
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/io.h"
#include "base/text.h"
#include "cli/nouns.h"
#include "cli/profiles.h"
#include "policy/charter.h"

#define FILE_MOST	(1u << 20)

struct folder {
	struct charter_file	 file[CHARTER_FILES];
	struct blob		 data[CHARTER_FILES];
	char			*name[CHARTER_FILES];
	size_t			 n;
};

static void
folder_free(struct folder *f)
{
	for (size_t i = 0; f != NULL && i < f->n; i++) {
		free(f->name[i]);
		blob_done(&f->data[i]);
	}
	free(f);
}
DEFINE_FREEP(folder)

static bool
ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcasecmp(s + n - m, end) == 0;
}

static int
add(struct folder *f, const char *path, const char *name, struct err *err)
{
	size_t i = f->n;

	if (i == CHARTER_FILES)
		return err_set(err, ETOOBIG, "a charter has at most %d files",
		    CHARTER_FILES);
	f->name[i] = strdup(name);
	if (f->name[i] == NULL)
		return err_set(err, ENOMEMORY, "charter");
	f->n++;
	TRY(io_read_file(path, FILE_MOST, &f->data[i], err));
	f->file[i] = (struct charter_file){ f->name[i], f->data[i].data,
		f->data[i].len };
	return 0;
}

/* Misspelt ones too: whoever wrote them is told that they have no place. */
static bool
meant(const char *name)
{
	return ends(name, ".yaml") || ends(name, ".yml");
}

static bool
taken(const char *name)
{
	return meant(name) || ends(name, ".pem");
}

/*
 * What explains the charter, and officers' private keys, may lie beside it; but
 * a class may be called readme, and nothing of the law is passed over in silence.
 */
static bool
apart(const char *name)
{
	return name[0] == '.' || ends(name, ".key.pem") ||
	    (strncasecmp(name, "README", 6) == 0 && !taken(name));
}

/* Not only links: where there are none, git leaves a file in a link's stead. */
static bool
instead_of_folder(const FTSENT *e)
{
	static const char *const FOLDERS[] = { "classes", "profiles", "alerts",
		"officers" };

	for (size_t i = 0; e->fts_level == 1 && i < NELEM(FOLDERS); i++)
		if (strcasecmp(e->fts_name, FOLDERS[i]) == 0)
			return true;
	return false;
}

/* What lies there and is not read is said: its author may think that it is. */
static int
unread(const FTSENT *e, size_t root, struct findings *found, struct err *err)
{
	bool link = e->fts_info == FTS_SL || e->fts_info == FTS_SLNONE;
	char where[128];

	(void)snprintf(where, sizeof(where), "%.120s:1:1", e->fts_path + root);
	if (instead_of_folder(e))
		return findings_add(found, FIND_FILE, where, err, "%s: put the "
		    "folder here", link ? "a link, which is not followed" :
		    "this is no folder");
	if (meant(e->fts_name))
		return findings_add(found, FIND_FILE, where, err, "%s: put the "
		    "file here", link ? "a link, which is not followed" :
		    "this is no file, and is not read");
	return findings_add(found, FIND_UNREAD, where, err, "%s",
	    link ? "a link, which is not followed" :
	    "this file is none of a charter's, and is not read");
}

static int
meet(struct folder *f, const FTSENT *e, size_t root, struct findings *found,
    struct err *err)
{
	bool folder = e->fts_info == FTS_D;

	if (e->fts_info == FTS_DP ||
	    (folder && (e->fts_level == 0 || !meant(e->fts_name))))
		return 0;
	if (e->fts_level == 0)
		return err_set(err, ENOENT_, "%s is no folder", e->fts_path);
	if (apart(e->fts_name))
		return 0;
	if (e->fts_info == FTS_F && taken(e->fts_name))
		return add(f, e->fts_path, e->fts_path + root, err);
	return unread(e, root, found, err);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* What the command names and is not there is the caller's fault, not a disk's. */
static int
unreachable(const FTSENT *e, struct err *err)
{
	bool absent = e->fts_level == 0 &&
	    (e->fts_errno == ENOENT || e->fts_errno == ENOTDIR);

	return err_set(err, absent ? ENOENT_ : EIO_, "%s: %s", e->fts_path,
	    strerror(e->fts_errno));
}

static int
walk(struct folder *f, FTS *fts, size_t root, struct findings *found,
    struct err *err)
{
	FTSENT *e;

	while ((e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_NS ||
		    e->fts_info == FTS_ERR)
			return unreachable(e, err);
		if (e->fts_info == FTS_D && e->fts_level > 0 &&
		    e->fts_name[0] == '.')
			(void)fts_set(fts, e, FTS_SKIP);
		TRY(meet(f, e, root, found, err));
	}
	return 0;
}

static int
read_folder(const char *path, struct folder **ret, struct findings *found,
    struct err *err)
{
	AUTO(folder) *f = calloc(1, sizeof(*f));
	char *copy = strdup(path);
	char *const roots[] = { copy, NULL };
	size_t n;
	FTS *fts;
	int rc;

	if (f == NULL || copy == NULL) {
		free(copy);
		return err_set(err, ENOMEMORY, "charter");
	}
	for (n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW |
	    FTS_NOCHDIR, by_name);
	rc = fts == NULL ? err_set(err, EIO_, "%s: %s", path, strerror(errno))
	    : walk(f, fts, strlen(copy) + 1, found, err);
	if (fts != NULL)
		fts_close(fts);
	free(copy);
	TRY(rc);
	if (f->n == 0)
		return err_set(err, ENOENT_, "%s holds no charter: it needs "
		    "charter.yaml, roster.yaml, access.yaml and classes/",
		    path);
	*ret = TAKE(f);
	return 0;
}

/* Whoever wrote the folder chose the names, and the words may quote more. */
static void
print_finding(const char *folder, const struct finding *one)
{
	text_spell(folder, stderr);
	fputc('/', stderr);
	text_spell(one->where, stderr);
	fprintf(stderr, ": %s: ", find_is_error(one->what) ? "error" :
	    "warning");
	text_spell(one->text, stderr);
	fprintf(stderr, " [%s]\n", find_code(one->what));
}

static void
print_findings(const struct cli *cli, const char *folder,
    const struct findings *found)
{
	if (cli->quiet && found->errors == 0)
		return;
	for (size_t i = 0; i < found->n; i++)
		print_finding(folder, &found->at[i]);
}

int
charter_folder_findings(struct cli *cli, const char *folder,
    struct charter **ret, json_t **ret_findings, struct err *err)
{
	AUTO(folder) *f = NULL;
	AUTO(charter) *c = NULL;
	struct findings found;
	int rc;

	findings_init(&found);
	rc = read_folder(folder, &f, &found, err);
	if (rc == 0)
		rc = charter_from_files(f->file, f->n, &c, &found, err);
	if (rc == 0)
		rc = profiles_lint(c, f->file, f->n, &found, err);
	if (rc == 0 && found.errors > 0)
		rc = -ECHARTER;
	print_findings(cli, folder, &found);
	if (rc == -ECHARTER)
		rc = err_set(err, ECHARTER, "%s has %zu %s", folder,
		    found.errors, found.errors == 1 ? "error" : "errors");
	if (ret_findings != NULL && (rc == 0 || rc == -ECHARTER))
		*ret_findings = findings_json(&found);
	findings_done(&found);
	if (rc == 0)
		*ret = TAKE(c);
	return rc;
}

int
charter_folder(struct cli *cli, const char *folder, struct charter **ret,
    struct err *err)
{
	return charter_folder_findings(cli, folder, ret, NULL, err);
}
