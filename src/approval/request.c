/* request - what was asked, read back; see approval.h. */
#include <stdlib.h>
#include <string.h>
#include "approval/approval.h"
#include "base/json.h"
#include "store/store.h"

static const struct {
	const char	*word;
	bool		 open;
} STATE[] = {
#define S(name, word, open) { word, open },
	REQUEST_STATES(S)
#undef S
};
_Static_assert(NELEM(STATE) == REQUEST_STATE__N, "a row for each state");

const char *
request_state_name(enum request_state s)
{
	return STATE[s].word;
}

bool
request_state_open(enum request_state s)
{
	return STATE[s].open;
}

int
request_state_from_name(const char *word, enum request_state *ret,
    struct err *err)
{
	for (size_t i = 0; i < NELEM(STATE); i++)
		if (strcmp(STATE[i].word, word) == 0) {
			*ret = (enum request_state)i;
			return 0;
		}
	return err_set(err, EINPUT, "\"%.40s\" is not a state of a request",
	    word);
}

void
asked_free(struct asked *a)
{
	if (a == NULL)
		return;
	free(a->reason);
	json_decref(a->request);
	json_decref(a->requester_proof);
	json_decref(a->facts);
	free(a);
}

static int
document(const struct rows *r, const char *column, json_t **ret,
    struct err *err)
{
	const char	*s = rows_text(r, column);

	return s == NULL ? 0 : json_read(s, strlen(s), ret, err);
}

static int
asked_texts(const struct rows *r, struct asked *a, struct err *err)
{
	const char	*reason = rows_text(r, "reason");

	TRY(rows_copy(r, "id", a->id, sizeof(a->id), err));
	TRY(rows_copy(r, "action", a->action, sizeof(a->action), err));
	TRY(rows_copy(r, "requester", a->requester, sizeof(a->requester), err));
	TRY(rows_copy(r, "key", a->key, sizeof(a->key), err));
	TRY(rows_copy(r, "rule", a->rule, sizeof(a->rule), err));
	TRY(rows_copy(r, "rule_hash", a->rule_hash, sizeof(a->rule_hash), err));
	TRY(rows_copy(r, "charter", a->charter, sizeof(a->charter), err));
	if (reason != NULL && (a->reason = strdup(reason)) == NULL)
		return err_set(err, ENOMEMORY, "a request");
	return request_state_from_name(rows_text(r, "state"), &a->state, err);
}

static int
asked_from_row(const struct rows *r, struct asked **ret, struct err *err)
{
	AUTO(asked)	*a = calloc(1, sizeof(*a));

	if (a == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(asked_texts(r, a, err));
	TRY(document(r, "document", &a->request, err));
	TRY(document(r, "proof", &a->requester_proof, err));
	TRY(document(r, "facts", &a->facts, err));
	a->have = (unsigned)rows_int(r, "have");
	a->need = (unsigned)rows_int(r, "need");
	a->created = rows_int(r, "created");
	a->expires = rows_int(r, "expires");
	a->due = rows_int(r, "due");
	a->closed = rows_int(r, "closed");
	a->stored = rows_int(r, "stored") != 0;
	a->seq = (uint64_t)rows_int(r, "seq");
	a->result_seq = rows_null(r, "result_seq") ? UINT64_MAX :
	    (uint64_t)rows_int(r, "result_seq");
	*ret = TAKE(a);
	return 0;
}

int
approval_get(struct tx *tx, const char *id, struct asked **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	int		 rc = tx_one(tx, "approval_request_get",
	    PARAMS(v_text(id)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "no request %.40s", id);
	TRY(rc);
	return asked_from_row(r, ret, err);
}

int
approval_parts(struct tx *tx, const char *id, unsigned *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "approval_parts", PARAMS(v_text(id)), &r, err));
	TRY(rows_next(r, &there, err));
	*ret = there ? (unsigned)rows_int(r, "parts") : 0;
	return 0;
}

/* The approvals or rejections of a request, or both, in their order. */
static int
votes(struct tx *tx, const char *id, const char *vote, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "approval_list", PARAMS(v_text(id), v_text(vote)), &r,
	    err));
	for (;;) {
		json_t	*j = NULL;

		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(document(r, "document", &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "approvals");
	}
	*ret = TAKE(list);
	return 0;
}

static int
open_json(const struct asked *a, json_t **ret, struct err *err)
{
	char	 created[TIME_TEXT], expires[TIME_TEXT];

	clock_text(a->created, created);
	clock_text(a->expires, expires);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i},"
	    " s:s, s:s}", "id", a->id, "state", request_state_name(a->state),
	    "action", a->action, "requester", a->requester, "rule", a->rule,
	    "approvals", "have", (int)a->have, "need", (int)a->need,
	    "created", created, "expires", expires);
}

int
approval_open_list(struct tx *tx, const char *key, unsigned limit,
    json_t **ret, bool *ret_more, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "approval_request_open", PARAMS(v_text(key),
	    v_int((int64_t)limit + 1)), &r, err));
	for (;;) {
		AUTO(asked)	*a = NULL;
		json_t		*j;

		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == limit)
			break;
		TRY(asked_from_row(r, &a, err));
		TRY(open_json(a, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "requests");
	}
	*ret = TAKE(list);
	return 0;
}

int
approval_given(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	return votes(tx, id, "approve", ret, err);
}

static int
asked_json(const struct asked *a, json_t **ret, struct err *err)
{
	char	 created[TIME_TEXT], expires[TIME_TEXT];
	char	 due[TIME_TEXT], closed[TIME_TEXT];

	clock_text(a->created, created);
	clock_text(a->expires, expires);
	clock_text(a->due, due);
	clock_text(a->closed, closed);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s*, s:{s:s, s:s},"
	    " s:s, s:O, s:{s:i, s:i}, s:s, s:s, s:s*, s:s*, s:s*, s:I}",
	    "id", a->id, "state", request_state_name(a->state),
	    "action", a->action, "requester", a->requester,
	    "key", a->key[0] != '\0' ? a->key : NULL,
	    "rule", "name", a->rule, "hash", a->rule_hash,
	    "charter", a->charter, "request", a->request,
	    "approvals", "have", (int)a->have, "need", (int)a->need,
	    "created", created, "expires", expires,
	    "due", a->due != 0 ? due : NULL,
	    "closed", a->closed != 0 ? closed : NULL,
	    "reason", a->reason, "seq", (json_int_t)a->seq);
}

int
approval_json(struct tx *tx, const struct asked *a, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*j = NULL, *given = NULL;

	TRY(asked_json(a, &j, err));
	TRY(votes(tx, a->id, "", &given, err));
	TRY(json_set_new(j, "given", TAKE(given), err));
	if (a->requester_proof != NULL)
		TRY(json_set_new(j, "requester_proof",
		    json_incref(a->requester_proof), err));
	if (a->facts != NULL)
		TRY(json_set_new(j, "facts", json_incref(a->facts), err));
	if (a->result_seq != UINT64_MAX)
		TRY(json_set_int(j, "result_seq", (int64_t)a->result_seq, err));
	*ret = TAKE(j);
	return 0;
}

int
approval_list(struct tx *tx, const struct asked_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err)
{
#define ANY(s)	v_text((s) != NULL ? (s) : "")
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	char		 last[40] = "", *next = NULL;
	bool		 more;

	TRY(tx_query(tx, "approval_request_list", PARAMS(ANY(cursor),
	    ANY(f->state), ANY(f->action), ANY(f->requester), ANY(f->key),
	    v_int((int64_t)limit + 1)), &r, err));
#undef ANY
	for (;;) {
		AUTO(asked)	*a = NULL;
		json_t		*j;

		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(asked_from_row(r, &a, err));
		TRY(asked_json(a, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list of requests");
		memcpy(last, a->id, sizeof(last));
	}
	if (more && (next = strdup(last)) == NULL)
		return err_set(err, ENOMEMORY, "a list of requests");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}
