/*
 * age - would a restore put back less than what is here, and who allowed it?
 *
 * Floor 7.
 */
#include <string.h>

#include "cli/age.h"
#include "cli/restore.h"
#include "cli/tree.h"

#define PATH_MOST	4096

/* A longer journal is no younger state where it is somebody else's. */
static int
same_house(const char *backup, const char *here, struct err *err)
{
	if (strcmp(backup, here) != 0)
		return err_set(err, EHOUSE, "the backup is of house %s, the "
		    "keeper's folder here of %s: move that one away first if it "
		    "is to go", backup, here);
	return 0;
}

/* Is there a token, and another than the one that was backed up? */
static int
replaces_token(const struct cli *cli, const json_t *manifest, bool *ret,
    struct err *err)
{
	const char *folder = in_str(cli->in, "token-folder");
	const json_t *files = json_object_get(manifest, "token");
	struct err changed;
	bool there = false;

	*ret = false;
	if (folder == NULL)
		return 0;
	if (files == NULL)
		return err_set(err, ENOENT_, "the backup holds no token");
	TRY(tree_holds(folder, &there, err));
	*ret = there && tree_check(folder, files, &changed) != 0;
	return 0;
}

/* The officers' file: about this backup, and about what is here now. */
static int
covered(const struct cli *cli, const struct heads *backup,
    const struct heads *here, json_t **ret, struct remembered *token,
    struct err *err)
{
	AUTO_JSON *assent = NULL;

	TRY(assent_read(in_str(cli->in, "approvals"), &assent, err));
	TRY(assent_covers(assent, backup, token, err));
	if (here->there && here->n > backup->n &&
	    (token->head.n != (uint64_t)here->n ||
	    !sha256_equal(&token->head.hash, &here->hash)))
		return err_set(err, EPRECOND, "the approvals were given over "
		    "entry %lld, but the keeper's journal here ends at %lld: "
		    "propose anew", (long long)token->head.n,
		    (long long)here->n);
	*ret = TAKE(assent);
	return 0;
}

static int
nobody_asked(const struct heads *here, const struct heads *backup,
    struct err *err)
{
	if (here->there && here->n > backup->n)
		return err_set(err, EPRECOND, "the keeper's journal here ends "
		    "at entry %lld, the backup's at %lld: what happened since "
		    "would be lost; officers can allow that (--propose)",
		    (long long)here->n, (long long)backup->n);
	return err_set(err, EPRECOND, "the token here is not the one that was "
	    "backed up, and may remember more: leave out --token-folder and "
	    "keep it; officers can allow its end (--propose, once the keeper "
	    "has halted)");
}

/* The newest charter that is known here decides who had to agree. */
static int
quorum(const json_t *assent, const char *house, const struct heads *backup,
    const struct heads *here, struct err *err)
{
	const struct heads *newest = here->there && here->n > backup->n ? here :
	    backup;

	return assent_quorum(assent, house, &newest->charter, err);
}

int
age_check(struct cli *cli, const char *from, const json_t *manifest,
    struct remembered *ret, struct err *err)
{
	char path[PATH_MOST], house[64], here_house[64];
	struct heads backup, here;
	AUTO_JSON *assent = NULL;
	struct remembered over;
	bool older, token;

	TRY(heads_from(json_object_get(manifest, "heads"), &backup, err));
	TRY(heads_newest(in_str(cli->in, "keeper"), &here, err));
	snprintf(path, sizeof(path), "%s/keeper", from);
	TRY(heads_house(path, house, err));
	if (here.there) {
		TRY(heads_house(in_str(cli->in, "keeper"), here_house, err));
		TRY(same_house(house, here_house, err));
	}
	TRY(replaces_token(cli, manifest, &token, err));
	older = here.there && here.n > backup.n;
	*ret = (struct remembered){ .there = false };
	if (!older && !token)
		return 0;
	if (in_str(cli->in, "approvals") == NULL)
		return nobody_asked(&here, &backup, err);
	TRY(covered(cli, &backup, &here, &assent, &over, err));
	if (in_str(cli->in, "token-folder") != NULL)
		TRY(quorum(assent, house, &backup, &here, err));
	*ret = over;
	return 0;
}
