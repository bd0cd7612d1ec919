/*
 * Restoring: files older than the token remembers are taken up again only
 * with approvals over exactly these two heads.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include "base/json.h"
#include "base/log.h"
#include "keeper/intent.h"
#include "keeper/mirror.h"
#include "keeper/use.h"
#include "wire/remembered.h"

/* Numbers that may have been given out after the mirror was last written. */
#define HOLE	(MIRROR_LAG + 2000)

static int
check_head(const json_t *head, const struct entry_head *want,
    const char *which, struct err *err)
{
	struct sha256 hash;
	int64_t n;

	TRY(json_need_int(head, "n", &n, err));
	TRY(json_need_hash(head, "hash", &hash, err));
	if ((uint64_t)n != want->n || !sha256_equal(&hash, &want->hash))
		return err_set(err, EPRECOND, "the %s head that was approved is "
		    "not the one there is", which);
	return 0;
}

static int
check_heads(struct keeper *k, const struct using *u, struct err *err)
{
	const json_t *p = u->request->parameters;
	const json_t *restored = json_object_get(p, "restored");
	struct sha256 root = merkle_range_root(&k->house.shadow.range), want;
	int64_t size;

	TRY(check_head(json_object_get(p, "token"), &k->mirror.head, "token's",
	    err));
	TRY(check_head(restored, &k->applied.head, "restored", err));
	TRY(json_need_int(restored, "size", &size, err));
	TRY(json_need_hash(restored, "root", &want, err));
	if ((uint64_t)size != k->house.shadow.range.size ||
	    !sha256_equal(&want, &root))
		return err_set(err, EPRECOND, "the ledger that was approved is "
		    "not the one the restored keeper was shown");
	return 0;
}

/*
 * Officers who were removed since must not bring back the charter that
 * knew them: the newest, which the token names, decides.
 */
static int
newest_charter(struct keeper *k, const json_t *m, struct err *err)
{
	const json_t *document = json_object_get(m, "charter");
	AUTO(charter) *c = NULL;
	struct sha256 hash;

	if (sha256_equal(&k->mirror.charter, &k->house.charter_hash))
		return 0;
	if (document != NULL) {
		TRY(charter_from_json(document, &c, err));
		hash = charter_hash(c);
		if (!sha256_equal(&hash, &k->mirror.charter))
			return err_set(err, EPRECOND, "this is not the charter "
			    "that the token remembers");
		TRY(house_charter_put(&k->house, c, err));
	}
	if (house_follow(&k->house, &k->mirror.charter, err) != 0)
		return err_set(err, EPRECOND, "the charter that the token "
		    "remembers is needed: put its document beside the restore");
	k->generation++;
	return 0;
}

static void
restored(struct keeper *k, struct ticket *t)
{
	struct err err;

	if (t->rc != 0) {
		answer_err(k, &t->asker, &t->why, NULL, NULL);
		return;
	}
	k->standing = STANDING_READY;
	k->rolled_back = false;
	log_line(LOG_NOTE, "restored: goes on at entry %" PRIu64, t->at.head.n);
	/* The numbers have leapt: the token must know before anything is signed. */
	if (mirror_write(k, &err) != 0 ||
	    remembered_remove(k->folder, &err) != 0 ||
	    intent_resolve(k, &err) != 0)
		keeper_halt(k, err.what);
	answer_entry(k, &t->asker, &t->line);
}

static int
restore_ticket(struct keeper *k, struct using *u, struct err *err)
{
	uint64_t from = k->applied.head.n + 1;
	uint64_t top = k->mirror.head.n > from ? k->mirror.head.n : from;
	AUTO(ticket) *t = NULL;
	AUTO_JSON *result = NULL;

	TRY(use_draft(k, u, ENTRY_RESTORE, true, &t, err));
	TRY(draft_number(&t->draft, DRAFT_USE, 1, err));
	TRY(json_build(&result, err, "{s:{s:I, s:I}}", "hole",
	    "from", (json_int_t)from, "to", (json_int_t)(top + HOLE)));
	TRY(draft_json(&t->draft, DRAFT_RESULT, result, err));
	t->jump = top + HOLE + 1;
	t->barrier = true;
	t->end = restored;
	ticket_submit(k, TAKE(t));
	return 0;
}

static int
restore(struct keeper *k, struct using *u, const json_t *m, struct err *err)
{
	struct deed d = { 0 };

	if (k->standing != STANDING_HALTED || !k->rolled_back)
		return err_set(err, ECONFLICT, "there is nothing to restore");
	TRY(newest_charter(k, m, err));
	TRY(use_permit(k, m, ACTION_HOUSE_RESTORE, u, err));
	TRY(check_heads(k, u, err));
	d.principal = u->principal;
	d.now = u->now;
	TRY(judge(k, u->held, &d, &u->judged, err));
	return restore_ticket(k, u, err);
}

void
restore_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct using u = { .from = *from };
	struct err err;

	if (restore(k, &u, m, &err) != 0)
		answer_err(k, from, &err, u.judged.rule,
		    TAKE(u.judged.explanation));
	judgement_done(&u.judged);
	held_free(u.held);
}
