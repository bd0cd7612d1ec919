/*
 * hole - the numbers that a restore leaves out.
 *
 * What the keeper did under them came after the backup, and is lost with it:
 * officers agreed to that, so it is no finding.  Nor is it shown.
 */
#include <stdio.h>
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"

#define WRONG(...) \
	audit_find(a, FINDING_CHAIN, w->a.seq, w->entry->n, __VA_ARGS__)

uint64_t
hole_from(const struct entry *e)
{
	int64_t	 from;

	if (e->op != ENTRY_RESTORE)
		return e->n;
	from = json_int(json_object_get(e->result, "hole"), "from", 0);
	return from < 0 ? 0 : (uint64_t)from;
}

/* Who asked for it signed too, as a request. */
static bool
approves(const json_t *approval)
{
	return strcmp(json_str(json_object_get(approval, "statement"),
	    "verdict", ""), vote_name(VOTE_APPROVE)) == 0;
}

/* Who signed for it; whether they were enough is asked elsewhere. */
static json_t *
approved_by(const struct entry *e)
{
	json_t	*list = json_array(), *one;
	size_t	 i;

	json_array_foreach(json_object_get(e->permit_document, "approvals"), i,
	    one)
		if (approves(one))
			(void)json_array_append_new(list, json_string(json_str(
			    json_object_get(one, "proof"), "officer", "?")));
	return list;
}

static void
note(struct audit *a, const struct waiting *w, uint64_t from, uint64_t to)
{
	json_t	*j = json_pack("{s:I, s:I, s:I, s:I, s:o}",
		    "from", (json_int_t)from, "to", (json_int_t)to,
		    "seq", (json_int_t)w->a.seq, "entry",
		    (json_int_t)w->entry->n, "approved_by",
		    approved_by(w->entry));

	a->hole_n++;
	if (j != NULL && json_array_size(a->holes) < AUDIT_LIST)
		(void)json_array_append_new(a->holes, j);
	else
		json_decref(j);
}

/* The officers approved a head: the hole begins behind it. */
static bool
behind_approved(const struct entry *e, uint64_t from)
{
	const json_t	*head = json_object_get(json_object_get(json_object_get(
			    e->permit_document, "request"), "parameters"),
			    "restored");
	struct sha256	 hash;
	struct err	 err;

	return json_int(head, "n", -1) + 1 == (int64_t)from &&
	    json_need_hash(head, "hash", &hash, &err) == 0 &&
	    sha256_equal(&hash, &e->prev);
}

void
hole_check(struct audit *a, const struct waiting *w)
{
	const struct entry	*e = w->entry;
	const json_t		*hole;
	uint64_t		 from;
	int64_t			 to;

	if (e->op != ENTRY_RESTORE)
		return;
	hole = json_object_get(e->result, "hole");
	from = hole_from(e);
	to = json_int(hole, "to", -1);
	if (from == 0 || (uint64_t)to != e->n - 1 || from > e->n - 1)
		WRONG("its hole is not the numbers up to its own");
	if (!json_equal(hole, json_object_get(w->a.data, "hole")))
		WRONG("its event tells of another hole");
	if (!behind_approved(e, from))
		WRONG("its hole does not begin behind the head that was "
		    "approved");
	/* A ledger that was not restored may still show some of them. */
	note(a, w, a->journal_begun && a->journal.n >= from ?
	    a->journal.n + 1 : from, e->n - 1);
}

static json_t *
words(const json_t *hole)
{
	char		 who[600] = "";
	size_t		 i, at = 0;
	json_t		*one;

	json_array_foreach(json_object_get(hole, "approved_by"), i, one) {
		int n = snprintf(who + at, sizeof(who) - at, "%s%s", i > 0 ?
		    ", " : "", json_string_value(one));

		if (n < 0 || (size_t)n >= sizeof(who) - at)
			break;
		at += (size_t)n;
	}
	return json_sprintf("uses of journal entries %lld to %lld: a hole, for "
	    "which entry %lld restored a backup, approved by %s",
	    (long long)json_int(hole, "from", 0),
	    (long long)json_int(hole, "to", 0),
	    (long long)json_int(hole, "entry", 0), who[0] != '\0' ? who :
	    "nobody");
}

void
hole_tell(const struct audit *a, json_t *list)
{
	json_t	*hole;
	size_t	 i;

	json_array_foreach(a->holes, i, hole)
		(void)json_array_append_new(list, words(hole));
	if (a->hole_n > json_array_size(a->holes))
		(void)json_array_append_new(list, json_sprintf("uses in %llu "
		    "more holes, not listed", (unsigned long long)(a->hole_n -
		    json_array_size(a->holes))));
}
