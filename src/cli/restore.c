/*
 * restore - claviger restore: the house put back, and the keeper persuaded.
 *
 * Floor 7.  Works on the host.  What is there is renamed aside, never
 * overwritten.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/age.h"
#include "cli/backup.h"
#include "cli/database.h"
#include "cli/keeper_line.h"
#include "cli/nouns.h"
#include "cli/officer.h"
#include "cli/options.h"
#include "cli/restore.h"
#include "cli/tree.h"

#define PATH_MOST	4096

static int
read_json(const char *folder, const char *name, json_t **ret, struct err *err)
{
	struct blob text = { 0 };
	char path[PATH_MOST];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = io_read_file(path, 1u << 26, &text, err);
	if (rc == 0)
		rc = json_read(text.data, text.len, ret, err);
	blob_done(&text);
	return rc;
}

static int
check_part(const char *from, const char *name, const json_t *manifest,
    struct err *err)
{
	char path[PATH_MOST];

	snprintf(path, sizeof(path), "%s/%s", from, name);
	return tree_check(path, json_object_get(manifest, name), err);
}

static int
manifest_read(const char *from, json_t **ret, struct err *err)
{
	AUTO_JSON *m = NULL;
	char path[PATH_MOST];

	TRY(read_json(from, "manifest.json", &m, err));
	if (strcmp(json_str(m, "format", ""), BACKUP_FORMAT) != 0)
		return err_set(err, ESCHEMA, "%s is no backup", from);
	TRY(check_part(from, "keeper", m, err));
	TRY(check_part(from, "house", m, err));
	TRY(check_part(from, "token", m, err));
	snprintf(path, sizeof(path), "%s/database", from);
	TRY(file_check(path, json_str(m, "database", ""), err));
	*ret = TAKE(m);
	return 0;
}

/* What one engine wrote the other does not read. */
static int
engine_check(const json_t *manifest, const char *url, struct err *err)
{
	const char *was = json_str(manifest, "engine", "");

	return strcmp(was, database_engine(url)) == 0 ? 0 : err_set(err,
	    EUSAGE, "this is a backup of a house on %.20s, which goes back "
	    "there alone: --store %s", was, strcmp(was, "sqlite") == 0 ?
	    "sqlite:PATH" : "postgresql:CONNINFO");
}

static int
place(const char *from, const char *name, const char *to, struct err *err)
{
	char path[PATH_MOST];

	snprintf(path, sizeof(path), "%s/%s", from, name);
	TRY(tree_aside(to, err));
	return tree_copy(path, to, NULL, NULL, err);
}

/* A lock that can be had says that nobody runs there; then it may move. */
static int
idle(const char *folder, struct err *err)
{
	struct stat st;
	int fd;

	if (lstat(folder, &st) != 0)
		return 0;
	TRY(lock_hold(folder, &fd, err));
	close(fd);
	return 0;
}

static int
place_all(struct cli *cli, const char *from, const char *url,
    const struct remembered *over, struct err *err)
{
	const char *house = in_str(cli->in, "house");
	const char *keeper = in_str(cli->in, "keeper");
	const char *token = in_str(cli->in, "token-folder");
	char path[PATH_MOST];

	TRY(place(from, "keeper", keeper, err));
	/* Before the token that could have told goes. */
	if (over->there)
		TRY(remembered_write(keeper, over, err));
	TRY(place(from, "house", house, err));
	if (token != NULL)
		TRY(place(from, "token", token, err));
	snprintf(path, sizeof(path), "%s/database", from);
	return database_load(url, house, path, err);
}

static int
run_files(struct cli *cli, const char *from, struct err *err)
{
	AUTO_JSON *manifest = NULL;
	struct remembered over;
	char url[DATABASE_URL];

	TRY(database_url(cli->in, url, err));
	TRY(database_place(url, in_str(cli->in, "house"), err));
	TRY(manifest_read(from, &manifest, err));
	TRY(engine_check(manifest, url, err));
	TRY(idle(in_str(cli->in, "house"), err));
	TRY(idle(in_str(cli->in, "keeper"), err));
	TRY(age_check(cli, from, manifest, &over, err));
	TRY(place_all(cli, from, url, &over, err));
	if (cli_answer(cli, json_object_get(manifest, "heads")))
		return 0;
	printf("The house of %s is back; what was there is beside it "
	    "(.before-...).\n", json_str(manifest, "created", "?"));
	if (over.there)
		cli_note(cli, "It is older than what was here: claviger-keeper "
		    "will halt at its start.");
	cli_note(cli, "Start claviger-keeper, then clavigerd. Should the keeper "
	    "halt because its token remembers more,\nthe officers' approvals "
	    "(--propose, --approve) are carried to it with\n\"claviger restore "
	    "--approvals FILE --keeper-socket PATH\".");
	return 0;
}

/* ---- the heads, from folders or from a keeper that has halted */

static int
charter_of(const char *keeper, const struct sha256 *hash, json_t **ret,
    struct err *err)
{
	char name[120], hex[SHA256_HEX];

	sha256_hex(hash, hex);
	snprintf(name, sizeof(name), "charters/%s.json", hex);
	return read_json(keeper, name, ret, err);
}

/* Before the files are placed: both folders are here. */
static int
propose_offline(struct cli *cli, const char *from, const char *file,
    struct err *err)
{
	const char *keeper = in_str(cli->in, "keeper");
	AUTO_JSON *manifest = NULL, *charter = NULL;
	struct heads token, restored;
	char house[64];

	TRY(manifest_read(from, &manifest, err));
	TRY(heads_from(json_object_get(manifest, "heads"), &restored, err));
	TRY(idle(keeper, err));
	TRY(heads_newest(keeper, &token, err));
	if (!token.there)
		return err_set(err, ENOENT_, "%s holds no journal: restore the "
		    "files, start the keeper, and propose with --keeper-socket",
		    keeper);
	TRY(heads_house(keeper, house, err));
	TRY(charter_of(keeper, &token.charter, &charter, err));
	return assent_propose(cli, file, &token, &restored, house, charter,
	    err);
}

/* After: the keeper has halted, and says what its token remembers. */
static int
propose_online(struct cli *cli, const char *file, struct err *err)
{
	AUTO_JSON *ask = NULL, *hello = NULL, *charter = NULL;
	const json_t *journal, *ledger, *remembered;
	struct heads token = { 0 }, restored = { 0 };

	TRY(json_build(&ask, err, "{s:s}", "do", "hello"));
	TRY(keeper_say(in_str(cli->in, "keeper-socket"),
	    in_str(cli->in, "service-uid"), ask, &hello, err));
	remembered = json_object_get(hello, "remembered");
	if (remembered == NULL)
		return err_set(err, ECONFLICT, "the keeper's token remembers no "
		    "more than its files: there is nothing to approve");
	journal = json_object_get(hello, "journal");
	ledger = json_object_get(hello, "ledger");
	token.n = json_int(remembered, "n", 0);
	TRY(json_need_hash(remembered, "hash", &token.hash, err));
	restored.n = json_int(journal, "n", 0);
	TRY(json_need_hash(journal, "hash", &restored.hash, err));
	restored.size = json_int(ledger, "size", 0);
	TRY(json_need_hash(ledger, "root", &restored.root, err));
	TRY(json_need_hash(hello, "charter", &token.charter, err));
	TRY(charter_of(in_str(cli->in, "keeper"), &token.charter, &charter,
	    err));
	return assent_propose(cli, file, &token, &restored, json_str(hello,
	    "house", ""), charter, err);
}

static int
run_carry(struct cli *cli, const char *file, struct err *err)
{
	AUTO_JSON *assent = NULL, *message = NULL, *answer = NULL;
	const json_t *hole;

	TRY(assent_read(file, &assent, err));
	TRY(json_build(&message, err, "{s:s, s:O, s:O}", "do", "restore",
	    "permit_document", json_object_get(assent, "permit"), "charter",
	    json_object_get(assent, "charter")));
	TRY(keeper_say(in_str(cli->in, "keeper-socket"),
	    in_str(cli->in, "service-uid"), message, &answer, err));
	if (cli_answer(cli, answer))
		return 0;
	hole = json_object_get(json_object_get(json_object_get(answer,
	    "entry"), "result"), "hole");
	printf("The keeper goes on. Journal entries %lld to %lld are a hole in "
	    "the record, for ever.\n", (long long)json_int(hole, "from", 0),
	    (long long)json_int(hole, "to", 0));
	return 0;
}

static int
run_restore(void *ctx, const struct invocation *in, struct err *err)
{
	const char *from = in_arg(in, 0), *propose = in_str(in, "propose");
	struct cli *cli = ctx;

	if (in_str(in, "approve") != NULL) {
		TRY(assent_approve(cli, in_str(in, "approve"), err));
		cli_note(cli, "Approved by %s.", officer_id(cli->officer));
		return 0;
	}
	if (propose != NULL && from != NULL)
		return propose_offline(cli, from, propose, err);
	if (propose != NULL)
		return propose_online(cli, propose, err);
	if (from != NULL)
		return run_files(cli, from, err);
	if (in_str(in, "approvals") != NULL)
		return run_carry(cli, in_str(in, "approvals"), err);
	return err_set(err, EUSAGE, "name the backup's folder, or --approvals "
	    "with the keeper's socket; see \"claviger restore --help\"");
}

static const struct argument_row ARGS[] = {
	{ .name = "BACKUP", .value = V_FOLDER, .optional = true, .words = "the folder that claviger backup made" },
};
static const struct option_row OPTIONS[] = {
	OPT_HOUSE, OPT_KEEPER, OPT_STORE, OPT_TOKEN_FOLDER,
	{ .name = "propose", .value = V_FILE, .meta = "FILE", .words = "write a request to restore older state, signed by you, for the officers to approve" },
	{ .name = "approve", .value = V_FILE, .meta = "FILE", .words = "add your approval to such a file" },
	{ .name = "approvals", .value = V_FILE, .meta = "FILE", .words = "the approved file: lets older files be placed, and without BACKUP is carried to the halted keeper" },
	{ .name = "keeper-socket", .value = V_FILE, .meta = "PATH", .otherwise = "/run/claviger-keeper/keeper.sock", .words = "the keeper's socket" },
	{ .name = "service-uid", .value = V_TEXT, .meta = "UID", .words = "the user whom the keeper lets in; your own where left out" },
	OPT_REASON,
};
static const enum err_code ERRORS_[] = { EPRECOND, EHOUSE, EBUSY_, EVERIFY, EQUORUM, EPROOF, EKEEPER };
static const struct example_row EXAMPLES[] = {
	{ "claviger restore /backup/claviger-2026-11-21", "Put the newest backup back, on a host where everything is stopped" },
	{ "claviger restore --propose assent.json --reason 'disk lost' --service-uid claviger --officer-key officer-1.pem", "The keeper has halted on older state: ask the officers" },
	{ "claviger restore --approve assent.json --officer-key officer-2.pem", "Agree, as one of them" },
	{ "claviger restore --approvals assent.json --service-uid claviger", "Carry their approvals to the keeper" },
};
static const struct command_row COMMANDS[] = {
	{ .noun = "restore", .summary = "Restore the house from a backup",
	  .words = "Runs on the host, as root, while clavigerd and claviger-keeper are stopped. Checks that the backup holds "
	    "just the files that were backed up, each against its hash, renames aside what is there, and puts database, service's and keeper's folder and, with "
	    "--token-folder, the software token in place. "
	    "A house on SQLite goes back to SQLite, one on PostgreSQL to PostgreSQL: --store says where.\n\n"
	    "A backup that is older than the keeper's journal is refused, and a keeper whose token remembers more than its files "
	    "halts: what happened between would be forgotten. Officers can allow it. One proposes (--propose), the others "
	    "approve the same file (--approve), and it is carried to the keeper (--approvals), which verifies each signature "
	    "under the charter; the hole stays in the record. Requests made before the restore are void.\n\n"
	    "A token that is there and is not the one that was backed up is replaced only with enough approvals (--approvals "
	    "with --token-folder, verified before anything is touched), and the keeper halts then too until they are carried to "
	    "it. A backup of another house is refused. What root removes by hand before it restores, nothing on this machine "
	    "remembers: compare with checkpoints kept elsewhere (claviger-audit verify --seen).",
	  ROWS_ARGS(ARGS), ROWS_OPTIONS(OPTIONS), ROWS_EXAMPLES(EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_restore },
};
const struct noun_row noun_restore = { .noun = "restore", .page = "claviger-restore", .section = 1,
	.summary = "restore a house from a backup", ROWS_COMMANDS(COMMANDS) };
