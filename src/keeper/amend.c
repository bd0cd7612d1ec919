/*
 * Amendments: the charter follows only proofs that the present one accepts.
 */
#include "config.h"

#include <string.h>
#include "base/json.h"
#include "keeper/use_ca.h"

/* Exactly this document, following exactly the present one. */
static int
check_next(struct keeper *k, const struct using *u, const struct charter *next,
    struct err *err)
{
	struct sha256 hash = charter_hash(next), want, previous;

	TRY(json_need_hash(u->request->parameters, "charter", &want, err));
	TRY(json_need_hash(u->request->parameters, "previous", &previous, err));
	if (!sha256_equal(&want, &hash))
		return err_set(err, EPROOF, "another charter was approved");
	if (!sha256_equal(&previous, &k->house.charter_hash))
		return err_set(err, EPRECOND, "the amendment does not follow "
		    "the charter in force");
	for (size_t i = 0; i < k->house.chain_n; i++) {
		if (sha256_equal(&k->house.chain[i], &hash))
			return err_set(err, ECHARTER, "this charter was in "
			    "force before: change something in it");
	}
	return charter_amend_check(k->house.charter, next, err);
}

static void
amended(struct keeper *k, struct ticket *t)
{
	k->generation++;
	if (t->rc == 0)
		answer_entry(k, &t->asker, &t->line);
	else
		answer_err(k, &t->asker, &t->why, NULL, NULL);
}

static int
amend_ticket(struct keeper *k, struct using *u, const struct charter *next,
    struct err *err)
{
	AUTO(ticket) *t = NULL;
	AUTO_JSON *result = json_object();
	struct sha256 hash = charter_hash(next);

	TRY(json_set_hash(result, "charter", &hash, err));
	TRY(json_set_hash(result, "previous", &k->house.charter_hash, err));
	TRY(use_draft(k, u, ENTRY_AMEND, true, &t, err));
	TRY(draft_json(&t->draft, DRAFT_RESULT, result, err));
	TRY(draft_number(&t->draft, DRAFT_USE, 1, err));
	/* Before the entry: what the journal names must be there. */
	TRY(house_charter_put(&k->house, next, err));
	/* What was answered, was under the rules that end here. */
	ocsp_flush(k, true);
	t->barrier = true;
	t->end = amended;
	ticket_submit(k, TAKE(t));
	return 0;
}

static int
amend(struct keeper *k, struct using *u, const json_t *m, struct err *err)
{
	struct deed d = { 0 };
	AUTO(charter) *next = NULL;
	bool done;

	TRY(use_permit(k, m, ACTION_CHARTER_AMEND, u, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	if (k->efforts > 0)
		return err_set(err, EBUSY_, "a key is being made or destroyed");
	TRY(charter_from_json(json_object_get(m, "charter"), &next, err));
	TRY(house_profiles_check(next, err));
	TRY(check_next(k, u, next, err));
	d.principal = u->principal;
	d.now = u->now;
	TRY(judge(k, u->held, &d, &u->judged, err));
	return amend_ticket(k, u, next, err);
}

void
amend_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct using u = { .from = *from };
	struct err err;

	if (amend(k, &u, m, &err) != 0)
		answer_err(k, from, &err, u.judged.rule,
		    TAKE(u.judged.explanation));
	judgement_done(&u.judged);
	held_free(u.held);
}
