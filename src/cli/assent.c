/*
 * assent - the officers' word over a restore, made without a service.
 *
 * Floor 7.  They are made and kept in a file that travels from officer to
 * officer.  The keeper counts them; here they are counted only before a token
 * is replaced.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/io.h"
#include "base/text.h"
#include "cli/backup.h"
#include "cli/login.h"
#include "cli/restore.h"
#include "cli/statement.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/permit.h"
#include "policy/quorum.h"

#define FILE_MOST	(16u << 20)

int
assent_read(const char *file, json_t **ret, struct err *err)
{
	struct blob text = { 0 };
	AUTO_JSON *j = NULL;
	int rc = io_read_file(file, FILE_MOST, &text, err);

	if (rc == 0)
		rc = json_read(text.data, text.len, &j, err);
	blob_done(&text);
	TRY(rc);
	if (strcmp(json_str(j, "format", ""), RESTORE_FORMAT) != 0)
		return err_set(err, ESCHEMA, "%s is no file of approvals for a "
		    "restore", file);
	*ret = TAKE(j);
	return 0;
}

static int
assent_write(const char *file, const json_t *permit, const json_t *charter,
    struct err *err)
{
	AUTO_JSON *j = NULL;
	struct blob text = { 0 };
	int rc;

	TRY(json_build(&j, err, "{s:s, s:O, s:O}", "format", RESTORE_FORMAT,
	    "permit", permit, "charter", charter));
	rc = json_canonical(j, &text, err);
	if (rc == 0)
		rc = io_write_file(file, 0600, text.data, text.len, err);
	blob_done(&text);
	return rc;
}

/* Whose key it is stands in the charter that decides. */
static int
signer(struct cli *cli, const struct charter *c, const struct principal **ret,
    struct err *err)
{
	struct sha256 h;
	struct officer *o;

	TRY(login_key(cli, &o, err));
	h = officer_credential(o);
	*ret = roster_by_credential(charter_roster(c), &h);
	if (*ret == NULL)
		return err_set(err, EAUTH, "no officer of the charter has this "
		    "key");
	return officer_id_set(o, (*ret)->id, err);
}

static int
decide(const struct charter *c, const struct principal *who, time_us now,
    struct decision *ret, struct err *err)
{
	AUTO(facts) *f = NULL;

	TRY(facts_new(&f, err));
	TRY(facts_str(f, "action", "house.restore", PROVEN, err));
	TRY(facts_str(f, "principal.id", who->id, PROVEN, err));
	TRY(facts_str(f, "principal.kind", who->tool ? "tool" : "person",
	    PROVEN, err));
	TRY(facts_str(f, "principal.party", who->party, PROVEN, err));
	TRY(facts_time(f, now, PROVEN, err));
	policy_decide(c, ACTION_HOUSE_RESTORE, NULL, f, ret);
	if (ret->verdict == DENY)
		return err_set(err, EDENIED, "%s may not ask for a restore: %s",
		    who->id, reason_words(ret->why));
	return 0;
}

/* What statement_sign reads: the document, under which charter and rule. */
static int
view_of(const json_t *request, const struct charter *c,
    const struct rule *rule, json_t **ret, struct err *err)
{
	struct sha256 h = charter_hash(c);
	AUTO_JSON *view = NULL, *named = NULL;

	TRY(json_build(&named, err, "{s:s}", "name", rule->name));
	TRY(json_set_hash(named, "hash", &rule->hash, err));
	TRY(json_build(&view, err, "{s:O, s:O}", "document", request, "rule",
	    named));
	TRY(json_set_hash(view, "charter", &h, err));
	*ret = TAKE(view);
	return 0;
}

static int
parameters(const struct cli *cli, const struct heads *token,
    const struct heads *restored, json_t **ret, struct err *err)
{
	const char *reason = in_str(cli->in, "reason");
	char a[SHA256_HEX], b[SHA256_HEX], root[SHA256_HEX];

	if (reason == NULL)
		return err_set(err, EUSAGE, "say why with --reason");
	sha256_hex(&token->hash, a);
	sha256_hex(&restored->hash, b);
	sha256_hex(&restored->root, root);
	return json_build(ret, err, "{s:{s:I, s:s}, s:{s:I, s:s, s:I, s:s}, "
	    "s:s}", "token", "n", (json_int_t)token->n, "hash", a, "restored",
	    "n", (json_int_t)restored->n, "hash", b, "size",
	    (json_int_t)restored->size, "root", root, "reason", reason);
}

int
assent_propose(struct cli *cli, const char *file, const struct heads *token,
    const struct heads *restored, const char *house, const json_t *charter,
    struct err *err)
{
	AUTO_JSON *params = NULL, *request = NULL, *view = NULL;
	AUTO_JSON *proof = NULL, *list = json_array(), *permit = NULL;
	AUTO(charter) *c = NULL;
	const struct principal *who;
	time_us now = clock_now();
	char id[ID_TEXT];
	struct decision d;

	TRY(charter_from_json(charter, &c, err));
	TRY(signer(cli, c, &who, err));
	TRY(decide(c, who, now, &d, err));
	TRY(parameters(cli, token, restored, &params, err));
	TRY(id_new("req", now, id, err));
	TRY(request_build(house, id, ACTION_HOUSE_RESTORE, who->id, params, now,
	    now + rule_within(d.rule), &request, err));
	TRY(view_of(request, c, d.rule, &view, err));
	TRY(statement_sign(cli, view, VOTE_REQUEST, NULL, &proof, err));
	if (json_array_append_new(list, TAKE(proof)) != 0)
		return err_set(err, ENOMEMORY, "approvals");
	TRY(permit_build(request, list, &permit, err));
	return assent_write(file, permit, charter, err);
}

static int
confirm(struct cli *cli, const json_t *request, struct err *err)
{
	const json_t *p = json_object_get(request, "parameters");
	char line[16];

	fprintf(stderr, "%s asks to restore house %s:\n  the token remembers "
	    "journal entry %lld, the backup ends at %lld\n  what happened "
	    "between is a hole in the record for ever\n  because: ",
	    json_str(request, "requester", "?"), json_str(request, "house",
	    "?"), (long long)json_int(json_object_get(p, "token"), "n", 0),
	    (long long)json_int(json_object_get(p, "restored"), "n", 0));
	text_spell(json_str(p, "reason", "?"), stderr);
	putc('\n', stderr);
	if (in_flag(cli->in, "yes"))
		return 0;
	if (isatty(STDIN_FILENO) != 1)
		return err_set(err, EUSAGE, "there is no terminal to ask on; "
		    "give --yes");
	fprintf(stderr, "Sign this with your key? [y/N] ");
	if (fgets(line, sizeof(line), stdin) == NULL ||
	    (line[0] != 'y' && line[0] != 'Y'))
		return err_set(err, EUSAGE, "nothing was signed");
	return 0;
}

/* Nobody is told that they approved what does not count for them. */
static int
may_count(const struct charter *c, const struct rule *rule,
    const json_t *permit, const json_t *proof, struct err *err)
{
	AUTO(permit) *p = NULL;
	AUTO(approval) *a = NULL;
	struct quorum_ask ask;

	TRY(permit_read(permit, &p, err));
	TRY(approval_read(proof, &a, err));
	quorum_ask_permit(c, rule, p->request->house, p, clock_now(), &ask);
	return quorum_add_check(&ask, a, err);
}

int
assent_approve(struct cli *cli, const char *file, struct err *err)
{
	AUTO_JSON *j = NULL, *view = NULL, *proof = NULL, *list = NULL;
	AUTO_JSON *permit = NULL;
	AUTO(charter) *c = NULL;
	const struct principal *who, *asker;
	const json_t *request;
	struct decision d;

	TRY(assent_read(file, &j, err));
	request = json_object_get(json_object_get(j, "permit"), "request");
	TRY(charter_from_json(json_object_get(j, "charter"), &c, err));
	TRY(signer(cli, c, &who, err));
	asker = roster_find(charter_roster(c), json_str(request, "requester",
	    ""));
	if (asker == NULL)
		return err_set(err, EDENIED, "who asks is not in the charter");
	TRY(decide(c, asker, clock_now(), &d, err));
	TRY(confirm(cli, request, err));
	TRY(view_of(request, c, d.rule, &view, err));
	TRY(statement_sign(cli, view, VOTE_APPROVE, NULL, &proof, err));
	TRY(may_count(c, d.rule, json_object_get(j, "permit"), proof, err));
	list = json_clone(json_object_get(json_object_get(j, "permit"),
	    "approvals"));
	if (list == NULL || json_array_append_new(list, TAKE(proof)) != 0)
		return err_set(err, ENOMEMORY, "approvals");
	TRY(permit_build(request, list, &permit, err));
	return assent_write(file, permit, json_object_get(j, "charter"), err);
}

int
assent_covers(const json_t *assent, const struct heads *restored,
    struct remembered *ret_over, struct err *err)
{
	const json_t *p = json_object_get(json_object_get(json_object_get(
	    assent, "permit"), "request"), "parameters");
	const json_t *r = json_object_get(p, "restored");
	const json_t *token = json_object_get(p, "token");
	struct remembered over = { .there = true };
	AUTO(charter) *c = NULL;
	struct sha256 hash;
	int64_t n;

	TRY(json_need_hash(r, "hash", &hash, err));
	if (json_int(r, "n", -1) != restored->n ||
	    !sha256_equal(&hash, &restored->hash))
		return err_set(err, EPRECOND, "the approvals are for another "
		    "backup");
	TRY(json_need_int(token, "n", &n, err));
	TRY(json_need_hash(token, "hash", &over.head.hash, err));
	if (n <= restored->n)
		return err_set(err, EPRECOND, "what was approved names nothing "
		    "that would be lost: the token is said to remember entry "
		    "%lld, the backup ends at %lld", (long long)n,
		    (long long)restored->n);
	TRY(charter_from_json(json_object_get(assent, "charter"), &c, err));
	over.charter = charter_hash(c);
	over.head.n = (uint64_t)n;
	*ret_over = over;
	return 0;
}

static int
count(const struct charter *c, const struct permit *p, const char *house,
    struct err *err)
{
	const struct principal *asker = roster_find(charter_roster(c),
	    p->request->requester);
	time_us now = clock_now();
	struct quorum_ask ask;
	struct decision d;
	struct quorum got;

	if (asker == NULL)
		return err_set(err, EDENIED, "who asks is not in the charter");
	TRY(decide(c, asker, now, &d, err));
	quorum_ask_permit(c, d.rule, house, p, now, &ask);
	return quorum_check(&ask, &got, err);
}

int
assent_quorum(const json_t *assent, const char *house,
    const struct sha256 *charter, struct err *err)
{
	AUTO(permit) *p = NULL;
	AUTO(charter) *c = NULL;
	struct sha256 hash;

	TRY(permit_read(json_object_get(assent, "permit"), &p, err));
	TRY(charter_from_json(json_object_get(assent, "charter"), &c, err));
	hash = charter_hash(c);
	if (!sha256_equal(&hash, charter))
		return err_set(err, EPRECOND, "the approvals were given under "
		    "another charter than the newest that is known here");
	if (p->request->action != ACTION_HOUSE_RESTORE)
		return err_set(err, EPROOF, "what was approved is no restore");
	return count(c, p, house, err);
}
