/* approval_project - how events change requests and windows; only state calls this. */
#include <string.h>
#include "approval/approval.h"
#include "base/json.h"
#include "policy/permit.h"
#include "policy/version.h"
#include "store/store.h"

/* What a list or a rule asks of a request's parameters, as columns. */
struct columns {
	const char	*key, *product, *track, *version, *digest, *batch;
	char		 normal[VERSION_TEXT];	/* the version */
};

static struct columns
columns_of(const json_t *request)
{
	const json_t	*p = json_object_get(request, "parameters");
	const json_t	*d = json_object_get(p, "digest");
	struct columns	 c = { json_str(p, "key", ""),
			    json_str(p, "product", ""), json_str(p, "track", ""),
			    json_str(p, "version", ""), json_str(d, "value", ""),
			    json_str(p, "batch", NULL), "" };

	version_normal(c.version, c.normal);
	return c;
}

static int
canonical(const json_t *j, struct blob **ret, struct err *err)
{
	AUTO(blob)	*b = NULL;

	if (j == NULL)
		return 0;
	if ((b = blob_new()) == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(json_canonical(j, b, err));
	*ret = TAKE(b);
	return 0;
}

static struct value
v_doc(const struct blob *b)
{
	return b == NULL ? v_null() : v_text(blob_str(b));
}

/* Done: it came with its result; due: with the first part of that. */
static int
put(struct tx *tx, const struct opened *o, enum request_state to,
    struct err *err)
{
	time_us		 closed = to == REQUEST_DONE ? o->time : 0;
	AUTO(blob)	*doc = NULL, *proof = NULL, *facts = NULL;
	const json_t	*q = o->request;
	struct columns	 c = columns_of(q);
	time_us		 created, expires;

	TRY(canonical(q, &doc, err));
	TRY(canonical(o->requester_proof, &proof, err));
	TRY(canonical(o->facts, &facts, err));
	TRY(clock_parse(json_str(q, "created", ""), &created, err));
	TRY(clock_parse(json_str(q, "expires", ""), &expires, err));
	return tx_run(tx, to == REQUEST_WAITING ? "approval_request_put" :
	    "approval_request_keep", PARAMS(v_text(json_str(q, "id", "")), v_text(json_str(q, "action", "")),
	    v_text(c.key), v_text(json_str(q, "requester", "")),
	    v_text(request_state_name(to)), v_text(o->rule), v_text(o->rule_hash),
	    v_text(o->charter), v_text(c.product), v_text(c.track),
	    v_text(c.version), v_text(c.digest), v_int(o->need),
	    v_int(created), v_int(expires), closed != 0 ? v_int(closed) :
	    v_null(), v_int(to == REQUEST_WAITING), v_doc(doc), v_doc(proof),
	    v_doc(facts), v_int((int64_t)o->seq), closed != 0 ?
	    v_int((int64_t)o->seq) : v_null(), v_text(c.batch), v_text(c.normal)),
	    NULL, err);
}

int
approval_open(struct tx *tx, const struct opened *o, struct err *err)
{
	return put(tx, o, REQUEST_WAITING, err);
}

int
approval_done(struct tx *tx, const struct opened *o, struct err *err)
{
	int64_t		 changed;
	const char	*id = json_str(o->request, "id", "");

	TRY(approval_finish(tx, id, o->time, o->seq, &changed, err));
	return changed != 0 ? 0 : put(tx, o, REQUEST_DONE, err);
}

int
approval_begin(struct tx *tx, const struct opened *o, struct err *err)
{
	return put(tx, o, REQUEST_DUE, err);
}

int
approval_part(struct tx *tx, const char *id, unsigned part, struct err *err)
{
	int64_t		 changed;

	if (part == 1)
		return tx_run(tx, "approval_part_first", PARAMS(v_text(id)),
		    NULL, err);
	TRY(tx_run(tx, "approval_part_next", PARAMS(v_text(id), v_int(part)),
	    &changed, err));
	if (changed == 0)
		return err_set(err, ECONFLICT, "part %u of %.40s is not the "
		    "next", part, id);
	return 0;
}

int
approval_finish(struct tx *tx, const char *id, time_us time, uint64_t seq,
    int64_t *ret_changed, struct err *err)
{
	return tx_run(tx, "approval_request_done", PARAMS(v_text(id),
	    v_int(time), v_int((int64_t)seq)), ret_changed, err);
}

int
approval_add(struct tx *tx, const char *id, const json_t *approval,
    const char *reason, time_us time, uint64_t seq, struct err *err)
{
	AUTO(blob)	*doc = NULL;
	const json_t	*proof = json_object_get(approval, "proof");
	const json_t	*st = json_object_get(approval, "statement");
	int64_t		 changed;	/* asked for, so that a failure shows here */
	int		 rc;

	TRY(canonical(approval, &doc, err));
	rc = tx_run(tx, "approval_put", PARAMS(v_text(id),
	    v_text(json_str(proof, "officer", "")),
	    v_text(json_str(proof, "credential", "")),
	    v_text(json_str(st, "verdict", "")), v_doc(doc), v_text(reason),
	    v_int(time), v_int((int64_t)seq)), &changed, err);
	if (rc == -EEXISTS)
		return err_set(err, ECONFLICT, "%s has voted on this request "
		    "already", json_str(proof, "officer", "somebody"));
	return rc;
}

int
approval_count(struct tx *tx, const char *id, unsigned have, bool due,
    time_us time, struct err *err)
{
	int64_t	 changed;

	TRY(tx_run(tx, "approval_request_count", PARAMS(v_text(id),
	    v_int(have), v_int(due), v_int(time)), &changed, err));
	if (changed == 0)
		return err_set(err, ECONFLICT, "request %.40s is not waiting",
		    id);
	return 0;
}

int
approval_close(struct tx *tx, const char *id, enum request_state to,
    const char *reason, time_us time, uint64_t seq, struct err *err)
{
	int64_t	 changed;

	TRY(tx_run(tx, "approval_request_close", PARAMS(v_text(id),
	    v_text(request_state_name(to)), v_text(reason), v_int(time),
	    v_int((int64_t)seq)), &changed, err));
	if (changed == 0)
		return err_set(err, ECONFLICT, "request %.40s is not open", id);
	return 0;
}

int
approval_remember(struct tx *tx, const char *principal,
    const char *idempotency, const char *id, uint64_t seq_or_max,
    time_us time, struct err *err)
{
	return tx_run(tx, "approval_idempotency_put", PARAMS(
	    v_text(principal), v_text(idempotency), v_text(id),
	    seq_or_max == UINT64_MAX ? v_null() : v_int((int64_t)seq_or_max),
	    v_int(time)), NULL, err);
}

int
approval_remember_late(struct tx *tx, const char *principal,
    const char *idempotency, const char *id, uint64_t seq, time_us time,
    struct err *err)
{
	return tx_run(tx, "approval_idempotency_late", PARAMS(
	    v_text(principal), v_text(idempotency), v_text(id),
	    v_int((int64_t)seq), v_int(time)), NULL, err);
}

int
window_open(struct tx *tx, const char *id, const json_t *permit,
    const char *rule, time_us time, uint64_t seq, struct err *err)
{
	AUTO(blob)	*doc = NULL;
	const json_t	*p = json_object_get(json_object_get(permit, "request"),
	    "parameters");
	struct sha256	 hash;
	char		 hex[SHA256_HEX];
	time_us		 from, until;

	TRY(canonical(permit, &doc, err));
	TRY(clock_parse(json_str(p, "from", ""), &from, err));
	TRY(clock_parse(json_str(p, "until", ""), &until, err));
	hash = sha256_of(doc->data, doc->len);
	sha256_hex(&hash, hex);
	return tx_run(tx, "approval_window_put", PARAMS(v_text(id), v_doc(doc),
	    v_text(hex), v_text(rule), v_int(from), v_int(until), v_int(time),
	    v_int((int64_t)seq)), NULL, err);
}

int
window_close(struct tx *tx, const char *id, const char *reason, time_us time,
    uint64_t seq, struct err *err)
{
	return tx_run(tx, "approval_window_close", PARAMS(v_text(id), v_int(time),
	    v_text(reason), v_int((int64_t)seq)), NULL, err);
}
