/*
 * respond_sign - OCSP answers that must be signed, many at once.
 *
 * Whoever asks is on the queue before the store is read for the answer: what
 * was durably revoked before the question came is never called good.
 */
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/log.h"
#include "flow/inside.h"
#include "flow/respond_ask.h"
#include "keyring/keyring.h"
#include "policy/charter.h"

#define LEAVE_PAUSE	TIME_S(60)	/* after a refusal, which is an event */
#define ANSWER_WAIT	TIME_S(3)	/* in the queue, and again for the keeper */
#define SAID_PAUSE	TIME_S(10)	/* in the log, why nothing is signed */

/* ---- what is so ---- */

/*
 * RFC 6960, 2.2 and 4.4.8: what an authority never issued may be called
 * revoked, in this one way.  Of one that was taken in, others know.
 */
static bool
unissued(const struct batch_of *b, struct ocsp_single *s)
{
	if (!b->flow->o.ocsp_unissued_revoked || b->by->imported)
		return false;
	s->status = OCSP_REVOKED;
	s->reason = REASON_HOLD;
	s->revoked = 0;
	return true;
}

/* Also of what the system before had revoked or on hold (RFC 6960, 2.2); what
 * was released here of that is good by this house's word. */
static int
single_read(struct tx *tx, const struct question *q, size_t i,
    const struct batch_of *b, struct ocsp_single *s, bool *ret_known,
    struct err *err)
{
	const struct ocsp_certid *id = &q->request.id[i];
	struct cert_row row;
	const json_t *stays;
	int rc = -ENOENT_;

	*s = (struct ocsp_single){ .certid = id->whole,
	    .status = OCSP_UNKNOWN, .this_update = b->now,
	    .next_update = b->until };
	if (id->serial.n > 0)
		rc = cert_or_listed(tx, b->by->ca, &id->serial, &row, err);
	*ret_known = rc == 0;
	if (rc != 0)
		return rc == -ENOENT_ ? 0 : rc;
	s->status = row.status == CERT_GOOD ? OCSP_GOOD : OCSP_REVOKED;
	s->revoked = row.revoked;
	s->reason = row.status == CERT_GOOD ? REASON_UNSPECIFIED : row.reason;
	s->dated = row.status != CERT_GOOD && row.invalid_since != 0;
	s->invalidity = row.invalid_since;
	/* RFC 6960, 4.4.4: of one that has ended. */
	stays = json_object_get(q->list->retention, row.profile);
	if (row.not_after < b->now && json_integer_value(stays) > 0) {
		s->cut_off = true;
		s->cutoff = b->now - TIME_S(json_integer_value(stays));
	}
	return 0;
}

int
question_draft(struct tx *tx, struct question *q, const struct batch_of *b,
    struct err *err)
{
	struct ocsp_single single[OCSP_REQUESTS];
	struct ocsp_ask ask = { .key_hash = span_of(b->by->key_hash,
	    OCSP_KEY_HASH), .produced = b->now, .single = single,
	    .n = q->request.n, .nonce = q->request.nonce };
	bool known;

	blob_clear(&q->tbs);
	q->known = true;
	for (size_t i = 0; i < q->request.n; i++) {
		TRY(single_read(tx, q, i, b, &single[i], &known, err));
		q->known = q->known && known;
		if (!known && unissued(b, &single[i]))
			ask.extended_revoke = true;
	}
	q->made = b->now;
	q->until = b->until;
	return ocsp_response_data(&ask, &q->tbs, err);
}

static int
batch_read_store(struct tx *tx, void *ctx, struct err *err)
{
	struct batch_of *b = ctx;

	for (size_t i = 0; i < b->n; i++)
		TRY(question_draft(tx, b->q[i], b, err));
	return 0;
}

int
answer_lifetime(struct flow *f, time_us *ret, struct err *err)
{
	AUTO(law) *law = NULL;
	time_us most;

	TRY(state_law(f->state, &law, err));
	most = charter_list_most(law->charter, false);
	*ret = f->o.ocsp_lifetime < most ? f->o.ocsp_lifetime : most;
	return 0;
}

int
batch_times(struct batch_of *b, struct err *err)
{
	time_us lifetime;

	b->now = clock_now();
	b->now -= b->now % TIME_S(1);
	TRY(answer_lifetime(b->flow, &lifetime, err));
	b->until = b->now + lifetime;
	/* No answer outlives the certificate that it is believed by. */
	if (b->until > b->by->not_after)
		b->until = b->by->not_after;
	if (b->by->cert.len == 0 || b->until <= b->now)
		return err_set(err, EEXPIRED, "the responder of %s has no "
		    "certificate yet", b->by->ca);
	return 0;
}

static int
batch_draft(struct batch_of *b, struct err *err)
{
	TRY(batch_times(b, err));
	return state_read(b->flow->state, batch_read_store, b, err);
}

/* ---- signed ---- */

static bool
leave_find(struct publisher *p, const char *key, json_t **ret,
    struct sha256 *ret_hash)
{
	time_us now = clock_now();
	struct leave *l;

	pthread_mutex_lock(&p->lock);
	for (l = p->leave; l != NULL; l = l->next)
		if (strcmp(l->key, key) == 0 &&
		    now < l->from + (l->until - l->from) / 2)
			break;
	if (l != NULL) {
		*ret = json_incref(l->document);
		*ret_hash = l->hash;
	}
	pthread_mutex_unlock(&p->lock);
	return l != NULL;
}

static void
leave_drop(struct publisher *p, const struct sha256 *hash)
{
	pthread_mutex_lock(&p->lock);
	for (struct leave *l = p->leave; l != NULL; l = l->next)
		if (sha256_equal(&l->hash, hash))
			l->until = l->from;
	pthread_mutex_unlock(&p->lock);
}

/* A refusal is an event: nobody asks again at once. */
static int
leave_ask(struct flow *f, const struct key *key, struct err *err)
{
	struct publisher *p = f->publisher;
	AUTO_JSON *body = json_object();
	time_us now = clock_mono(), last;
	int rc;

	if (body == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	last = atomic_load(&p->refused_at);
	if (last != 0 && now - last < LEAVE_PAUSE)
		return err_set(err, EDENIED, "leave to answer was refused "
		    "less than a minute ago");
	rc = publisher_ask(f, "ocsp.sign", key->hash, body, "", err);
	if (rc != 0 && err_http((enum err_code)-rc) != 503)
		atomic_store(&p->refused_at, now);
	return rc;
}

static int
leave_get(struct flow *f, const struct key *key, json_t **ret,
    struct sha256 *ret_hash, struct err *err)
{
	struct publisher *p = f->publisher;

	if (leave_find(p, key->hash, ret, ret_hash))
		return 0;
	TRY(leave_ask(f, key, err));
	return leave_find(p, key->hash, ret, ret_hash) ? 0 :
	    err_set(err, EEXPIRED, "leave to answer ended at once");
}

static int
operation_make(const struct batch_of *b, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	json_t *content = json_array();

	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:o}", "op", "ocsp", "key",
	    b->by->key->hash, "principal", b->flow->o.publisher, "content",
	    content));
	for (size_t i = 0; i < b->n; i++) {
		char *text = b64_encode(b->q[i]->tbs.data, b->q[i]->tbs.len);
		json_t *one = text != NULL ? json_string(text) : NULL;

		free(text);
		if (json_array_append_new(content, one) != 0)
			return err_set(err, ENOMEMORY, "answers");
	}
	*ret = TAKE(o);
	return 0;
}

static int
keeper_answers(const struct batch_of *b, json_t **ret, struct err *err)
{
	struct publisher *p = b->flow->publisher;
	AUTO_JSON *operation = NULL, *permit = NULL;
	struct keyring_whole w = { 0 };
	struct sha256 hash;
	int rc;

	TRY(operation_make(b, &operation, err));
	TRY(leave_get(b->flow, b->by->key, &permit, &hash, err));
	w = (struct keyring_whole){ &hash, permit, operation, ANSWER_WAIT };
	rc = keyring_ocsp(b->flow->keyring, &w, ret, NULL, err);
	/* The law or the permit is another now: the next leave tells. */
	if (rc != 0 && err_http((enum err_code)-rc) != 503)
		leave_drop(p, &hash);
	pthread_mutex_lock(&p->lock);
	p->answered = clock_mono();
	pthread_mutex_unlock(&p->lock);
	return rc;
}

int
question_page(const struct question *q, struct span signature,
    struct page **ret, struct err *err)
{
	struct blob der = { 0 };
	int rc = ocsp_response_assemble(span_blob(&q->tbs), q->by->key->scheme,
	    signature, span_blob(&q->by->cert), &der, err);

	if (rc != 0) {
		blob_done(&der);
		return rc;
	}
	TRY(page_new("application/ocsp-response", &der, q->made, q->until, ret,
	    err));
	(*ret)->keep = TIME_S(300);
	return 0;
}

/* ---- a batch ---- */

static int
signature_read(const char *text, struct blob *ret, struct err *err)
{
	if (text == NULL)
		return err_set(err, EKEEPER, "an answer without a signature");
	return b64_decode(text, ret, err);
}

static void
question_answer(struct batch_of *b, struct question *q, uint64_t epoch,
    const char *text)
{
	struct publisher *p = b->flow->publisher;
	struct blob signature = { 0 };
	struct page *page = NULL;
	time_us asked;
	struct err err;

	if (signature_read(text, &signature, &err) != 0 ||
	    question_page(q, span_blob(&signature), &page, &err) != 0) {
		blob_done(&signature);
		question_end(q, refusal(p, OCSP_INTERNAL));
		return;
	}
	atomic_fetch_add(&p->signed_n, 1);
	/* What nobody issued yet may be issued: that is not kept. */
	if (q->keep && q->known && shelf_answer_put(p->shelf, q->by->number,
	    q->key, epoch, page, &asked))
		answer_keep(p, q, span_blob(&signature), asked);
	else
		question_put_off(p, q);
	blob_done(&signature);
	if (q->request.nonce.n > 0)
		page->until = 0;
	question_end(q, page);
}

/* A keeper that is away fails batches by the thousand. */
static void
failure_log(struct publisher *p, const struct err *err)
{
	time_us now = clock_mono(), last = atomic_load(&p->said_at);

	if (last != 0 && now - last < SAID_PAUSE)
		return;
	atomic_store(&p->said_at, now);
	log_err(LOG_NOTE, "signing OCSP answers", err);
}

/* For those that nobody waits for: does what is in the way pass by itself?  Of
 * a no the next try would hear as well. */
static void
question_fail(struct publisher *p, struct question *q, enum err_code why)
{
	if (err_http(why) == 503)
		question_put_off(p, q);
	question_end(q, refusal(p, OCSP_TRY_LATER));
}

/* Those before waited for the keeper, and so would these. */
static void
batch_shed(struct batch_of *b)
{
	time_us now = clock_mono();
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (now - b->q[i]->came <= ANSWER_WAIT)
			b->q[n++] = b->q[i];
		else
			question_fail(b->flow->publisher, b->q[i], EBUSY_);
	b->n = n;
}

static void
batch_sign(struct batch_of *b, uint64_t epoch)
{
	struct publisher *p = b->flow->publisher;
	AUTO_JSON *signatures = NULL;
	struct err err = { .code = OK };
	int rc = batch_draft(b, &err);

	if (rc == 0)
		rc = keeper_answers(b, &signatures, &err);
	if (rc != 0)
		failure_log(p, &err);
	for (size_t i = 0; i < b->n; i++) {
		if (rc == 0)
			question_answer(b, b->q[i], epoch, json_string_value(
			    json_array_get(signatures, i)));
		else
			question_fail(p, b->q[i], err.code);
	}
}

static void
batch_answer(struct batch_of *b)
{
	uint64_t epoch = shelf_epoch(b->flow->publisher->shelf, b->by->number);

	batch_shed(b);
	batch_kept(b, epoch);
	if (b->n > 0)
		batch_sign(b, epoch);
}

/* Under the lock: those at the front that one responder answers; none of those
 * that nobody waits for, while there are others. */
static void
batch_take(struct publisher *p, struct batch_of *b)
{
	struct questions *from = p->waited.first != NULL ? &p->waited :
	    &p->unwaited;
	struct question *q;

	while ((q = from->first) != NULL && b->n < ANSWERS_ONCE &&
	    (b->n == 0 || q->by == b->by)) {
		b->by = q->by;
		if ((from->first = q->next) == NULL)
			from->last = &from->first;
		q->next = NULL;
		from->n--;
		b->q[b->n++] = q;
	}
}

static void *
answer_run(void *ctx)
{
	struct publisher *p = ctx;

	pthread_mutex_lock(&p->lock);
	while (!p->stop || p->waited.n > 0) {
		struct batch_of b = { .flow = p->flow };

		batch_take(p, &b);
		if (b.n == 0) {
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		batch_answer(&b);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

int
answerers_start(struct publisher *p, struct err *err)
{
	unsigned n;

	for (n = 0; n < ANSWERERS; n++) {
		if (pthread_create(&p->answerer[n], NULL, answer_run, p) != 0)
			return err_set(err, ENOMEMORY, "a thread");
		pthread_mutex_lock(&p->lock);
		p->answerer_n = n + 1;
		pthread_mutex_unlock(&p->lock);
	}
	return 0;
}

void
answerers_end(struct publisher *p)
{
	struct question *q;

	for (unsigned i = 0; i < p->answerer_n; i++)
		pthread_join(p->answerer[i], NULL);
	p->answerer_n = 0;
	while ((q = p->unwaited.first) != NULL) {
		p->unwaited.first = q->next;
		question_free(q);
	}
}
