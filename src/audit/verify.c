/* verify - a bundle judged, and what is reported of it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audit/cert.h"
#include "audit/model.h"
#include "base/json.h"

static json_t *
finding_json(enum audit_finding f, uint64_t seq, uint64_t entry, const char *what)
{
	json_t	*j = json_pack("{s:s, s:s+++}", "code", finding_code(f),
	    "what", finding_words(f), what[0] != '\0' ? ": " : "", what, "");

	/* Words from a bundle may be no UTF-8; the code is what counts. */
	if (j == NULL)
		j = json_pack("{s:s, s:s}", "code", finding_code(f), "what",
		    finding_words(f));
	if (j != NULL && seq != UINT64_MAX)
		(void)json_object_set_new(j, "seq", json_integer((json_int_t)
		    seq));
	if (j != NULL && entry != 0)
		(void)json_object_set_new(j, "entry", json_integer(
		    (json_int_t)entry));
	return j;
}

void
audit_find(struct audit *a, enum audit_finding f, uint64_t seq, uint64_t entry,
    const char *fmt, ...)
{
	size_t	 most = a->o->most != 0 ? a->o->most : AUDIT_LIST;
	char	 what[300];
	json_t	*j;
	va_list	 ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	j = finding_json(f, seq, entry, what);
	pthread_mutex_lock(&a->lock);
	/* Never lost in the count, whatever becomes of the words. */
	a->found++;
	if (j == NULL || json_array_size(a->findings) >= most ||
	    json_array_append(a->findings, j) != 0)
		a->dropped++;
	pthread_mutex_unlock(&a->lock);
	json_decref(j);
}

void
audit_unchecked(struct audit *a, uint64_t seq, const char *fmt, ...)
{
	char	 what[300];
	json_t	*j;
	va_list	 ap;

	a->unchecked_n++;
	if (json_array_size(a->unchecked) >= AUDIT_LIST)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if ((j = json_pack("{s:I, s:s}", "seq", (json_int_t)seq, "what",
	    what)) != NULL)
		(void)json_array_append_new(a->unchecked, j);
}

static int
audit_begin(struct audit *a, const struct audit_options *o, struct err *err)
{
	long	 processors = sysconf(_SC_NPROCESSORS_ONLN);

	a->o = o;
	TRY(sha256_parse(o->trust, &a->trust, err));
	a->findings = json_array();
	a->unshown = json_array();
	a->holes = json_array();
	a->unchecked = json_array();
	a->not_exclusive = json_array();
	a->seen = json_array();
	a->beyond = json_array();
	a->chart = calloc(AUDIT_CHARTERS, sizeof(*a->chart));
	a->chart_hash = calloc(AUDIT_CHARTERS, sizeof(*a->chart_hash));
	a->pending = calloc(AUDIT_PENDING + 1, sizeof(*a->pending));
	if (a->findings == NULL || a->unshown == NULL || a->holes == NULL ||
	    a->unchecked == NULL || a->not_exclusive == NULL ||
	    a->seen == NULL || a->beyond == NULL ||
	    a->chart == NULL || a->chart_hash == NULL || a->pending == NULL)
		return err_set(err, ENOMEMORY, "an audit");
	TRY(facts_new(&a->wanted, err));
	TRY(seen_begin(a, err));
	return pool_new(o->threads != 0 ? o->threads : processors > 0 ?
	    (unsigned)processors : 1, &a->pool, err);
}

static void
audit_done(struct audit *a)
{
	pool_free(a->pool);
	proof_signatures_drop(a);
	for (size_t i = 0; i < a->pending_n; i++) {
		entry_free(a->pending[i].entry);
		json_decref(a->pending[i].doc);
	}
	map_done(&a->requests, req_done);
	map_done(&a->judged, NULL);
	map_done(&a->keys, akey_done);
	map_done(&a->versions, version_done);
	map_done(&a->counts, tally_done);
	map_done(&a->batches, NULL);
	map_done(&a->credentials, NULL);
	map_done(&a->asserted, NULL);
	cert_model_done(a);
	facts_free(a->wanted);
	map_done(&a->known, NULL);
	for (size_t i = 0; i < a->chart_n; i++)
		charter_free(a->chart[i].charter);
	free(a->chart);
	free(a->chart_hash);
	free(a->pending);
	seen_done(a);
	genesis_free(a->genesis);
	json_decref(a->head);
	json_decref(a->findings);
	json_decref(a->unshown);
	json_decref(a->holes);
	json_decref(a->unchecked);
	json_decref(a->not_exclusive);
	json_decref(a->seen);
	json_decref(a->beyond);
	pthread_mutex_destroy(&a->lock);
}

/* The tree must be the one that was signed. */
static void
root_check(struct audit *a)
{
	struct sha256	 root = merkle_range_root(&a->range);

	if (a->range.size < a->size)
		audit_find(a, FINDING_TRUNCATED, UINT64_MAX, 0, "it has %llu "
		    "events of %llu", (unsigned long long)a->range.size,
		    (unsigned long long)a->size);
	if (a->range.size != a->size ||
	    !sha256_equal(&root, &a->checkpoint.root))
		audit_find(a, FINDING_ROOT, UINT64_MAX, 0, "of %llu events",
		    (unsigned long long)a->range.size);
}

/*
 * An intent has no event: where a result names one, that entry must be one of
 * the silent.  Silent ones beyond these are attempts that failed, says the
 * keeper, whose checkpoint covers them: no finding, but told.
 */
static void
gaps_check(struct audit *a)
{
	if (a->since == 0 && a->intents > a->missing)
		audit_find(a, FINDING_GAP, UINT64_MAX, 0, "%llu intents, and "
		    "%llu entries without an event",
		    (unsigned long long)a->intents,
		    (unsigned long long)a->missing);
}

static void
asserted_put(const char *name, void *value, void *ctx)
{
	(void)json_object_set_new(ctx, name, json_integer((json_int_t)
	    *(uint64_t *)value));
}

static json_t *
cannot_exclude(const struct audit *a)
{
	json_t	*list = json_array();

	if (a->o->seen_n == 0)
		(void)json_array_append_new(list, json_string("that others "
		    "were shown another ledger: no checkpoint that somebody "
		    "kept was handed in"));
	(void)json_array_extend(list, a->beyond);
	if (a->since > 0 && !a->law_named)
		(void)json_array_append_new(list, json_sprintf("that the "
		    "charter was amended once more before event %llu: no "
		    "journal entry of this bundle names the one in force",
		    (unsigned long long)a->since));
	if (a->highest > a->checkpoint.entries ||
	    json_array_size(a->unshown) > 0)
		(void)json_array_append_new(list, json_sprintf("uses after "
		    "journal entry %llu that no event tells of: the "
		    "checkpoint covers those up to it",
		    (unsigned long long)a->checkpoint.entries));
	hole_tell(a, list);
	if (a->missing > a->intents)
		(void)json_array_append_new(list, json_sprintf("that %llu "
		    "journal entries without an event are something else "
		    "than attempts that failed: the keeper says so by "
		    "covering them",
		    (unsigned long long)(a->missing - a->intents)));
	if (a->unseen_content > 0)
		(void)json_array_append_new(list, json_sprintf("that %llu "
		    "ed25519 signatures are over something else: they can "
		    "be checked with their artifacts alone",
		    (unsigned long long)a->unseen_content));
	if (a->lists.n > 0)
		(void)json_array_append_new(list, json_string("that revocation "
		    "lists leave out what was revoked: a bundle holds their "
		    "digests alone"));
	if (a->o->no_proofs)
		(void)json_array_append_new(list, json_string("forged "
		    "approvals: proofs were left unchecked as asked"));
	return list;
}

static int
report_more(const struct audit *a, json_t *r, struct err *err)
{
	AUTO_JSON	*asserted = json_object();
	char		 root[SHA256_HEX];

	if (asserted == NULL)
		return err_set(err, ENOMEMORY, "a report");
	map_each(&a->asserted, asserted_put, asserted);
	sha256_hex(&a->checkpoint.root, root);
	TRY(json_set_str(r, "root", root, err));
	if (a->genesis != NULL)
		TRY(json_set_str(r, "house", a->genesis->house, err));
	if (a->chart_n > 0)
		TRY(json_set_str(r, "charter", a->chart[a->law].hex, err));
	TRY(json_set_new(r, "asserted", TAKE(asserted), err));
	TRY(json_set_new(r, "cannot_exclude", cannot_exclude(a), err));
	if (a->dropped > 0)
		TRY(json_set_int(r, "findings_not_listed", a->dropped, err));
	return json_set_int(r, "unchecked_n", (int64_t)a->unchecked_n, err);
}

static int
report(const struct audit *a, json_t **ret, struct err *err)
{
	AUTO_JSON	*r = NULL;

	TRY(json_build(&r, err, "{s:s, s:b, s:s, s:I, s:I, s:I,"
	    " s:{s:I, s:I, s:I, s:I, s:I, s:O, s:O}, s:{s:I, s:I, s:I, s:I},"
	    " s:O, s:O, s:O, s:O}",
	    "format", "claviger/audit-report/v1",
	    "ok", a->found == 0 && a->complete,
	    "fingerprint", a->o->trust,
	    "since", (json_int_t)a->since, "size", (json_int_t)a->size,
	    "events", (json_int_t)a->events, "entries",
	    "first", (json_int_t)a->first_entry,
	    "last", (json_int_t)a->highest,
	    "shown", (json_int_t)a->checkpoint.entries,
	    "silent", (json_int_t)a->missing,
	    "explained", (json_int_t)a->intents, "unshown", a->unshown,
	    "holes", a->holes,
	    "checked", "approvals", (json_int_t)a->approvals,
	    "decisions", (json_int_t)a->decisions,
	    "signatures", (json_int_t)a->signatures,
	    "certificates", (json_int_t)a->remade,
	    "findings", a->findings, "not_exclusive", a->not_exclusive,
	    "unchecked", a->unchecked, "seen", a->seen));
	TRY(report_more(a, r, err));
	*ret = TAKE(r);
	return 0;
}

static int
audit_run(struct audit *a, int fd, json_t **ret, struct err *err)
{
	TRY(bundle_read(a, fd, err));
	if (a->complete) {
		TRY(journal_finish(a, err));
		root_check(a);
		gaps_check(a);
	}
	TRY(seen_finish(a, err));
	proof_signatures_flush(a);
	pool_finish(a->pool);
	return report(a, ret, err);
}

int
audit_verify(int fd, const struct audit_options *o, json_t **ret_report,
    struct err *err)
{
	struct audit	 a = { .law = 0 };
	int		 rc;

	if (pthread_mutex_init(&a.lock, NULL) != 0)
		return err_set(err, ENOMEMORY, "an audit");
	merkle_range_init(&a.range);
	rc = audit_begin(&a, o, err);
	if (rc == 0)
		rc = audit_run(&a, fd, ret_report, err);
	audit_done(&a);
	return rc;
}
