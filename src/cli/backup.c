/*
 * backup - claviger backup: the whole house in a folder.
 *
 * Floor 7.  Works on the host, on folders that no program runs on: database,
 * journal and token are taken as of one moment.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/backup.h"
#include "cli/database.h"
#include "cli/digest.h"
#include "cli/heads.h"
#include "cli/nouns.h"
#include "cli/tree.h"
#include "cli/unfinished.h"

#define PATH_MOST	4096

static int
save_database(const char *url, const char *to, json_t *manifest,
    struct err *err)
{
	char file[PATH_MOST];
	struct digest d;

	snprintf(file, sizeof(file), "%s/database", to);
	TRY(database_save(url, file, err));
	TRY(digest_file(file, "sha-256", &d, err));
	TRY(json_set_str(manifest, "database", d.value, err));
	return json_set_str(manifest, "engine", database_engine(url), err);
}

static int
save_tree(const char *from, const char *to, const char *name,
    const char *skip, json_t *manifest, struct err *err)
{
	AUTO_JSON *files = json_object();
	char path[PATH_MOST];

	snprintf(path, sizeof(path), "%s/%s", to, name);
	TRY(tree_copy(from, path, skip, files, err));
	return json_set_new(manifest, name, TAKE(files), err);
}

static int
save_all(struct cli *cli, const char *url, const char *to, json_t *manifest,
    struct err *err)
{
	const char *house = in_str(cli->in, "house");
	const char *keeper = in_str(cli->in, "keeper");
	const char *token = in_str(cli->in, "token-folder");
	char database[PATH_MOST];
	struct heads h;
	json_t *heads;

	TRY(heads_read(keeper, &h, err));
	if (!h.there)
		return err_set(err, ENOENT_, "%s holds no journal", keeper);
	TRY(heads_json(&h, &heads, err));
	TRY(json_set_new(manifest, "heads", heads, err));
	TRY(save_tree(keeper, to, "keeper", NULL, manifest, err));
	TRY(save_tree(house, to, "house", database_name(url,
	    house, database) ? database : NULL, manifest, err));
	if (token != NULL)
		TRY(save_tree(token, to, "token", NULL, manifest, err));
	return save_database(url, to, manifest, err);
}

static int
finish(const char *to, const json_t *manifest, struct err *err)
{
	char path[PATH_MOST], *text = json_pretty(manifest);
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "backup");
	snprintf(path, sizeof(path), "%s/manifest.json", to);
	rc = io_write_file(path, 0600, text, strlen(text), err);
	free(text);
	TRY(rc);
	return io_sync_tree(to, err);
}

/* Under another name until it is whole: half a backup stands in nobody's way. */
static int
make(struct cli *cli, json_t *manifest, struct err *err)
{
	char url[DATABASE_URL];
	struct unfinished u;
	int rc;

	TRY(database_url(cli->in, url, err));
	TRY(unfinished_begin(&u, in_str(cli->in, "output"), err));
	rc = save_all(cli, url, u.at, manifest, err);
	if (rc == 0)
		rc = finish(u.at, manifest, err);
	return unfinished_end(&u, rc, err);
}

static int
run_backup(void *ctx, const struct invocation *in, struct err *err)
{
	const char *to = in_str(in, "output");
	AUTO_JSON *manifest = NULL;
	struct cli *cli = ctx;
	char time[TIME_TEXT];
	int house, keeper, rc;

	TRY(lock_hold(in_str(in, "house"), &house, err));
	TRY(lock_hold(in_str(in, "keeper"), &keeper, err));
	clock_text(clock_now(), time);
	TRY(json_build(&manifest, err, "{s:s, s:s}", "format", BACKUP_FORMAT,
	    "created", time));
	rc = make(cli, manifest, err);
	close(keeper);
	close(house);
	TRY(rc);
	if (cli_answer(cli, manifest))
		return 0;
	printf("%s holds the house as of %s.\n", to, time);
	if (in_str(in, "token-folder") == NULL)
		cli_note(cli, "The token's keys are not in it: follow each "
		    "class's recovery procedure.");
	return 0;
}

static const struct option_row OPTIONS[] = {
	OPT_HOUSE, OPT_KEEPER, OPT_STORE, OPT_TOKEN_FOLDER,
	{ .name = "output", .letter = 'o', .value = V_FOLDER, .required = true, .meta = "FOLDER", .words = "the folder to make" },
};
static const enum err_code ERRORS_[] = { EBUSY_, EEXISTS, EIO_, ESTORE };
static const struct example_row EXAMPLES[] = {
	{ "claviger backup -o /backup/claviger-2026-11-21 --token-folder /var/lib/softhsm/tokens", "Back up a house on a software token" },
	{ "claviger backup -o /backup/claviger-2026-11-21 --store postgresql:dbname=claviger", "Back up a house on PostgreSQL and a hardware token" },
};
static const struct command_row COMMANDS[] = {
	{ .noun = "backup", .summary = "Back up the whole house into a folder",
	  .words = "Runs on the host, as root, while clavigerd and claviger-keeper are stopped: database, journal and token must be "
	    "of one moment. Takes the database (by SQLite's backup or pg_dump), the service's and the keeper's folder, and, "
	    "where the token is SoftHSM, its folder. Every file is listed with its hash.\n\n"
	    "The folder is made under a name beside it (FOLDER.unfinished-...) and renamed when it is whole; a backup that "
	    "fails or is interrupted removes what it made, but for one that is killed (SIGKILL).\n\n"
	    "A hardware token keeps its keys: the backup names it only.",
	  ROWS_OPTIONS(OPTIONS), ROWS_EXAMPLES(EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_backup },
};
const struct noun_row noun_backup = { .noun = "backup", .page = "claviger-backup", .section = 1,
	.summary = "back up the whole house", ROWS_COMMANDS(COMMANDS) };
