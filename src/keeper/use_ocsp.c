/*
 * OCSP answers: signed by the batch, counted by the thousand.
 *
 * The first under a permit are journaled before they are made, which is how the
 * journal learns that the key answers; those that follow are counted here, and
 * journaled together.  A crash forgets at most OCSP_ENTRY of them, or OCSP_AGE.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "base/b64.h"
#include "base/json.h"
#include "base/log.h"
#include "ca/key.h"
#include "ca/ocsp.h"
#include "ca/seal.h"
#include "keeper/use_ca.h"

/* What is answered under one permit, with all that its entries say. */
struct ocsp_count {
	struct ocsp_count *next;
	struct sha256	 permit, rule;
	uint64_t	 generation;	/* of the charter it was judged by */
	char		 rule_name[65];
	json_t		*operation;	/* owned; no answers in it */
	struct blob	 facts, document;	/* canonical */
	int64_t		 answers;	/* not yet journaled */
	int64_t		 flushing;	/* in an entry that is not durable yet */
	time_us		 since;		/* mono: when the last were */
	bool		 begun;		/* its first entry is durable */
};

/* One batch in the token's hands. */
struct answering {
	struct job	 job;		/* first */
	struct ocsp_count *count;	/* borrowed, until its first entry is durable */
	struct asker	 asker;
	struct hsm	*hsm;
	struct sha256	 token_id;
	enum hsm_scheme	 scheme;
	size_t		 n;
	struct blob	 input[OCSP_BATCH], signature[OCSP_BATCH];
	int		 rc;
	struct err	 why;
};

static void
answering_free(struct answering *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < OCSP_BATCH; i++) {
		blob_done(&a->input[i]);
		blob_done(&a->signature[i]);
	}
	free(a);
}
DEFINE_FREEP(answering)

static void
ocsp_count_free(struct ocsp_count *c)
{
	if (c == NULL)
		return;
	json_decref(c->operation);
	blob_done(&c->facts);
	blob_done(&c->document);
	free(c);
}
DEFINE_FREEP(ocsp_count)

void
ocsp_done(struct keeper *k)
{
	struct ocsp_count *c, *next;

	for (c = k->ocsp; c != NULL; c = next) {
		next = c->next;
		ocsp_count_free(c);
	}
	k->ocsp = NULL;
}

/* ---- what is to be signed ---- */

static int
answer_check_times(const struct ocsp_info *i, time_us now, time_us most,
    struct err *err)
{
	if (!ca_is_near(i->produced, now, 0) ||
	    !ca_is_near(i->this_earliest, now, 0) ||
	    !ca_is_near(i->this_latest, now, 0))
		return err_set(err, EDENIED, "its producedAt or thisUpdate is "
		    "too far from now");
	/* A list and an answer hide a revocation alike. */
	if (i->next_latest > now + most)
		return err_set(err, EDENIED, "its nextUpdate is more than %lld s "
		    "ahead: the charter's \"lists\"", (long long)(most /
		    TIME_S(1)));
	return 0;
}

/* RFC 6960, 4.2.1: byKey is the SHA-1 of the subjectPublicKey's content. */
static int
key_hash(const struct key *key, unsigned char ret[OCSP_KEY_HASH],
    struct err *err)
{
	AUTO(blob) *spki = blob_new();
	struct span bits;
	unsigned n = 0;

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "for a key");
	TRY(b64_decode(json_str(key->row, "spki", ""), spki, err));
	TRY(key_bits(span_blob(spki), &bits, err));
	if (EVP_Digest(bits.p, bits.n, ret, &n, EVP_sha1(), NULL) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	return 0;
}

static int
answer_read(const json_t *b64, const struct key *key,
    const unsigned char *by, time_us now, time_us most, struct blob *ret,
    struct err *err)
{
	AUTO(blob) *content = blob_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct ocsp_info i;
	const char *name;
	size_t n;

	if (content == NULL)
		return err_set(err, ENOMEMORY, "for an answer");
	TRY(b64_decode(json_string_value(b64), content, err));
	if (content->len > OCSP_ANSWER)
		return err_set(err, ETOOBIG, "an answer of %zu octets",
		    content->len);
	TRY(ocsp_response_read(span_blob(content), NULL, NULL, &i, err));
	if (!span_equal(i.key_hash, span_of(by, OCSP_KEY_HASH)))
		return err_set(err, EDENIED, "it is another responder's answer");
	TRY(answer_check_times(&i, now, most, err));
	if (key->scheme == HSM_SCHEME_EDDSA)
		return blob_put(ret, content->data, content->len, err);
	TRY(ca_digest(key, span_blob(content), digest, &n, &name, err));
	return blob_put(ret, digest, n, err);
}

static int
answers_read(struct keeper *k, struct using *u, const struct key *key,
    struct answering **ret, struct err *err)
{
	AUTO(answering) *a = calloc(1, sizeof(*a));
	time_us most = charter_list_most(k->house.charter, false);
	unsigned char by[OCSP_KEY_HASH];
	const json_t *one;
	size_t i;

	if (a == NULL)
		return err_set(err, ENOMEMORY, "for answers");
	TRY(key_hash(key, by, err));
	json_array_foreach(json_object_get(u->operation, "content"), i, one)
		TRY(answer_read(one, key, by, u->now, most, &a->input[a->n++],
		    err));
	a->asker = u->from;
	a->hsm = k->hsm;
	a->token_id = key->token_id;
	a->scheme = key->scheme;
	*ret = TAKE(a);
	return 0;
}

/* A key that vouches for certificates does not also vouch that they still hold. */
static int
responder_check(const struct key *key, struct err *err)
{
	if (key->ca_n > 0)
		return err_set(err, EDENIED, "%s is a CA's key: another one "
		    "answers for it", key->name);
	if (key->certified)
		return err_set(err, EDENIED, "%s is certified for something "
		    "else", key->name);
	return 0;
}

/* ---- counting ---- */

static struct ocsp_count *
count_find(const struct keeper *k, const struct using *u)
{
	struct ocsp_count *c = k->ocsp;

	while (c != NULL && (c->generation != k->generation ||
	    !sha256_equal(&c->permit, &u->held->hash)))
		c = c->next;
	return c;
}

static int
count_new(struct keeper *k, const struct using *u, struct ocsp_count **ret,
    struct err *err)
{
	AUTO(ocsp_count) *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return err_set(err, ENOMEMORY, "for answers");
	c->permit = u->held->hash;
	c->rule = u->judged.rule->hash;
	c->generation = k->generation;
	(void)snprintf(c->rule_name, sizeof(c->rule_name), "%s",
	    u->judged.rule->name);
	TRY(blob_put(&c->facts, u->judged.facts.data, u->judged.facts.len, err));
	TRY(json_build(&c->operation, err, "{s:s, s:O, s:s}", "op", "ocsp",
	    "key", json_object_get(u->operation, "key"), "principal",
	    u->principal));
	TRY(blob_put(&c->document, u->held->text.data, u->held->text.len, err));
	c->since = clock_mono();
	*ret = TAKE(c);
	return 0;
}

static int
count_draft(struct keeper *k, const struct ocsp_count *c, int64_t answers,
    struct draft *d, struct err *err)
{
	AUTO_JSON *operation = json_copy(c->operation), *document = NULL;

	TRY(json_set_int(operation, "answers", answers, err));
	TRY(json_read(c->document.data, c->document.len, &document, err));
	TRY(keeper_now(k, &d->time, err));
	TRY(draft_word(d, DRAFT_OP, entry_op_name(ENTRY_OCSP), err));
	TRY(draft_hash(d, DRAFT_CHARTER, &k->house.charter_hash, err));
	TRY(draft_hash(d, DRAFT_PERMIT, &c->permit, err));
	TRY(draft_word(d, DRAFT_REQUEST, json_str(json_object_get(document,
	    "request"), "id", ""), err));
	TRY(draft_rule(d, c->rule_name, &c->rule, err));
	TRY(draft_raw(d, DRAFT_FACTS, c->facts.data, c->facts.len, err));
	TRY(draft_raw(d, DRAFT_PERMIT_DOCUMENT, c->document.data,
	    c->document.len, err));
	return draft_json(d, DRAFT_OPERATION, operation, err);
}

static int
count_ticket(struct keeper *k, const struct ocsp_count *c, int64_t answers,
    struct ticket **ret, struct err *err)
{
	AUTO(ticket) *t = NULL;

	TRY(ticket_new(NULL, ENTRY_OCSP, &t, err));
	TRY(count_draft(k, c, answers, &t->draft, err));
	*ret = TAKE(t);
	return 0;
}

static void
flushed(struct keeper *k, struct ticket *t)
{
	struct ocsp_count *c = t->ctx;

	if (t->rc != 0) {
		log_err(LOG_WARN, "journaling OCSP answers", &t->why);
		c->answers += c->flushing;
	}
	c->flushing = 0;
}

static void
flush_one(struct keeper *k, struct ocsp_count *c)
{
	struct ticket *t;
	struct err err;

	/* Whatever comes of this: not again at once. */
	c->since = clock_mono();
	if (count_ticket(k, c, c->answers, &t, &err) != 0) {
		log_err(LOG_WARN, "journaling OCSP answers", &err);
		return;
	}
	c->flushing = c->answers;
	c->answers = 0;
	t->end = flushed;
	t->ctx = c;
	ticket_submit(k, t);
}

static bool
is_due(const struct ocsp_count *c, time_us now, bool all)
{
	return c->answers > 0 && c->flushing == 0 && (all ||
	    c->answers >= OCSP_ENTRY || now - c->since >= OCSP_AGE);
}

/* Not used for so long, or judged by another charter: it begins anew. */
static bool
is_over(const struct keeper *k, const struct ocsp_count *c, time_us now)
{
	if (!c->begun || c->flushing > 0)
		return false;
	return c->generation != k->generation ||
	    (c->answers == 0 && now - c->since >= OCSP_AGE);
}

void
ocsp_flush(struct keeper *k, bool all)
{
	time_us now = k->ocsp == NULL ? 0 : clock_mono();
	struct ocsp_count **at = &k->ocsp, *c;

	while ((c = *at) != NULL && k->standing == STANDING_READY) {
		if (is_over(k, c, now)) {
			*at = c->next;
			ocsp_count_free(c);
			continue;
		}
		if (is_due(c, now, all))
			flush_one(k, c);
		at = &c->next;
	}
}

/* ---- signing ---- */

static void
answering_run(struct job *j)
{
	struct answering *a = (struct answering *)j;

	for (size_t i = 0; a->rc == 0 && i < a->n; i++)
		a->rc = hsm_sign(a->hsm, &a->token_id, a->scheme,
		    a->input[i].data, a->input[i].len, &a->signature[i],
		    &a->why);
}

static int
answer_build(const struct keeper *k, const struct answering *a, json_t **ret,
    struct err *err)
{
	AUTO_JSON *o = NULL;
	json_t *all = json_array();

	if (answer_ok(&o, err) != 0) {
		json_decref(all);
		return -(int)err->code;
	}
	TRY(json_set_new(o, "signatures", all, err));
	for (size_t i = 0; i < a->n; i++) {
		char *b64 = b64_encode(a->signature[i].data,
		    a->signature[i].len);
		json_t *text = b64 == NULL ? NULL : json_string(b64);

		free(b64);
		if (json_array_append_new(all, text) != 0)
			return err_set(err, ENOMEMORY, "for signatures");
	}
	/* How far the journal is: what counts them comes by tail. */
	TRY(json_set_int(o, "journal", (int64_t)k->applied.head.n, err));
	*ret = TAKE(o);
	return 0;
}

static void
answering_done(void *ctx, struct job *j)
{
	AUTO(answering) *a = (struct answering *)j;
	struct keeper *k = ctx;
	json_t *answer = NULL;

	if (a->rc == 0)
		a->rc = answer_build(k, a, &answer, &a->why);
	if (a->rc == 0)
		answer_json(k, &a->asker, answer);
	else
		answer_err(k, &a->asker, &a->why, NULL, NULL);
}

static void
answering_begin(struct keeper *k, struct answering *a)
{
	a->job.run = answering_run;
	a->job.done = answering_done;
	work_sign(k->work, &a->job);
}

static void
count_drop(struct keeper *k, struct ocsp_count *c)
{
	struct ocsp_count **at = &k->ocsp;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	ocsp_count_free(c);
}

/* The first of a permit: what they are counted by is durable. */
static void
begun(struct keeper *k, struct ticket *t)
{
	AUTO(answering) *a = t->ctx;

	if (t->rc != 0) {
		count_drop(k, a->count);
		answer_err(k, &a->asker, &t->why, NULL, NULL);
		return;
	}
	a->count->begun = true;
	answering_begin(k, TAKE(a));
}

static int
begin(struct keeper *k, struct using *u, struct key *key,
    struct answering *a, struct err *err)
{
	AUTO(ocsp_count) *c = NULL;
	struct ticket *t;

	TRY(count_new(k, u, &c, err));
	TRY(count_ticket(k, c, (int64_t)a->n, &t, err));
	t->end = begun;
	t->ctx = a;
	a->count = c;
	key->answering = true;
	c->next = k->ocsp;
	k->ocsp = TAKE(c);
	ticket_submit(k, t);
	return 0;
}

static int
ocsp_read(struct keeper *k, struct using *u, struct key **ret,
    struct answering **ret_a, struct err *err)
{
	size_t n = json_array_size(json_object_get(u->operation, "content"));

	TRY(ca_key(k, u, ACTION_OCSP_SIGN, ret, err));
	TRY(responder_check(*ret, err));
	if (n == 0 || n > OCSP_BATCH)
		return err_set(err, ERANGE_, "1 to %d answers at once",
		    OCSP_BATCH);
	TRY(ca_ready(k, u->now, err));
	return answers_read(k, u, *ret, ret_a, err);
}

int
use_ocsp(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	AUTO(answering) *a = NULL;
	struct ocsp_count *c;
	struct key *key;

	TRY(ocsp_read(k, u, &key, &a, err));
	d.key = key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	if (u->judged.rule->limit_uses > 0)
		return err_set(err, EDENIED, "OCSP answers are journaled by "
		    "the thousand: no limit can count them");
	c = count_find(k, u);
	if (c == NULL || !c->begun) {
		/* Beside one that is not durable yet: with an entry of its own. */
		TRY(begin(k, u, key, a, err));
		a = NULL;
		return 0;
	}
	c->answers += (int64_t)a->n;
	answering_begin(k, TAKE(a));
	if (c->answers >= OCSP_ENTRY)
		ocsp_flush(k, false);
	return 0;
}
