#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/json.h"
#include "wire/entry.h"

/* Members without which an operation's entry says nothing. */
enum { NEED_REQUEST = 1, NEED_PERMIT = 2, NEED_OPERATION = 4, NEED_RESULT = 8 };
#define NEED_USE	(NEED_REQUEST | NEED_PERMIT | NEED_OPERATION)

static const struct {
	const char	*name;
	unsigned	 need;
} OPS[] = {
#define O(name, text) [ENTRY_##name] = { text, NEED_##name },
#define NEED_FOUND		NEED_RESULT
#define NEED_SIGN		(NEED_USE | NEED_RESULT)
#define NEED_GENERATE_INTENT	NEED_REQUEST
#define NEED_GENERATE		(NEED_REQUEST | NEED_RESULT)
#define NEED_GENERATE_FAILED	NEED_REQUEST
#define NEED_STATE		NEED_RESULT
#define NEED_DESTROY_INTENT	NEED_REQUEST
#define NEED_DESTROY		(NEED_REQUEST | NEED_RESULT)
#define NEED_AMEND		(NEED_REQUEST | NEED_RESULT)
#define NEED_RESTORE		NEED_RESULT
#define NEED_ADOPT		(NEED_REQUEST | NEED_RESULT)
#define NEED_CLOSE		(NEED_USE | NEED_RESULT)
#define NEED_CERTIFY		(NEED_USE | NEED_RESULT)
#define NEED_CRL		(NEED_USE | NEED_RESULT)
#define NEED_OCSP		NEED_USE
#define NEED_ADOPT_CA		(NEED_USE | NEED_RESULT)
#define NEED_CSR		(NEED_USE | NEED_RESULT)
	ENTRY_OPS(O)
#undef O
};
_Static_assert(NELEM(OPS) == ENTRY__N, "one row per operation");

enum { N, PREV, TIME, OP, CHARTER, REQUEST, PERMIT, PERMIT_DOCUMENT, RULE,
	FACTS, OPERATION, USE, RESULT, MEMBERS_N };

static const struct json_row MEMBERS[] = {
	[N] = { "n", WANT_INTEGER, true, 1, JSON_INT_MAX,
	    "number of the entry" },
	[PREV] = { "prev", WANT_STRING, true, 0, 64,
	    "hash of the entry before" },
	[TIME] = { "time", WANT_STRING, true, 27, 27, "the keeper's clock" },
	[OP] = { "op", WANT_STRING, true, 1, 32, "what was done" },
	[CHARTER] = { "charter", WANT_STRING, true, 64, 64,
	    "hash of the charter in force" },
	[REQUEST] = { "request", WANT_STRING, false, 1, 64,
	    "id of the request" },
	[PERMIT] = { "permit", WANT_STRING, false, 64, 64,
	    "hash of the permit" },
	[PERMIT_DOCUMENT] = { "permit_document", WANT_OBJECT, false, 0, 64,
	    "the permit" },
	[RULE] = { "rule", WANT_OBJECT, false, 2, 2,
	    "name and hash of the rule" },
	[FACTS] = { "facts", WANT_OBJECT, false, 0, 256,
	    "what was decided on" },
	[OPERATION] = { "operation", WANT_OBJECT, false, 1, 64,
	    "what was asked for" },
	[USE] = { "use", WANT_INTEGER, false, 1, JSON_INT_MAX,
	    "ordinal of the use" },
	[RESULT] = { "result", WANT_OBJECT, false, 0, 64, "what came of it" },
};
_Static_assert(NELEM(MEMBERS) == MEMBERS_N, "a row for each member");

const char *
entry_op_name(enum entry_op op)
{
	return (unsigned)op < ENTRY__N ? OPS[op].name : "?";
}

bool
entry_op_signs(enum entry_op op)
{
	return op == ENTRY_SIGN || op == ENTRY_CERTIFY || op == ENTRY_CRL ||
	    op == ENTRY_OCSP || op == ENTRY_CSR;
}

static int
op_from_name(const char *name, enum entry_op *ret, struct err *err)
{
	unsigned op;

	for (op = 0; op < ENTRY__N; op++)
		if (OPS[op].name[0] == name[0] &&
		    strcmp(OPS[op].name, name) == 0) {
			*ret = (enum entry_op)op;
			return 0;
		}
	return err_set(err, ESCHEMA, "/op: \"%.32s\" is no operation", name);
}

static int
read_prev(struct entry *e, const char *prev, struct err *err)
{
	if ((e->n == 1) != (prev[0] == '\0'))
		return err_set(err, ESCHEMA,
		    "/prev: empty in the first entry and only there");
	return e->n == 1 ? 0 : sha256_parse(prev, &e->prev, err);
}

static int
read_rule(struct entry *e, const json_t *rule, struct err *err)
{
	if (rule == NULL)
		return 0;
	TRY(json_need_str(rule, "name", &e->rule, err));
	return json_need_hash(rule, "hash", &e->rule_hash, err);
}

static int
check_needs(const struct entry *e, struct err *err)
{
	unsigned need = OPS[e->op].need;
	const char *lacks = NULL;

	if ((need & NEED_REQUEST) != 0 && e->request == NULL)
		lacks = "request";
	if ((need & NEED_PERMIT) != 0 && !e->has_permit)
		lacks = "permit";
	if ((need & NEED_OPERATION) != 0 && e->operation == NULL)
		lacks = "operation";
	if ((need & NEED_RESULT) != 0 && e->result == NULL)
		lacks = "result";
	return lacks == NULL ? 0 : err_set(err, ESCHEMA,
	    "a \"%s\" entry must have \"%s\"", entry_op_name(e->op), lacks);
}

/* From the values of MEMBERS, which have been checked for shape. */
static int
read_members(struct entry *e, const json_t *const v[MEMBERS_N],
    struct err *err)
{
	e->n = (uint64_t)json_integer_value(v[N]);
	TRY(read_prev(e, json_string_value(v[PREV]), err));
	TRY(clock_parse(json_string_value(v[TIME]), &e->time, err));
	TRY(op_from_name(json_string_value(v[OP]), &e->op, err));
	TRY(json_as_hash(v[CHARTER], "charter", &e->charter, err));
	e->request = json_string_value(v[REQUEST]);
	e->has_permit = v[PERMIT] != NULL;
	if (e->has_permit)
		TRY(json_as_hash(v[PERMIT], "permit", &e->permit, err));
	TRY(read_rule(e, v[RULE], err));
	e->permit_document = v[PERMIT_DOCUMENT];
	e->facts = v[FACTS];
	e->operation = v[OPERATION];
	e->use = json_integer_value(v[USE]);
	e->result = v[RESULT];
	return check_needs(e, err);
}

static int
from_octets(struct entry *e, json_t *j, const void *octets, size_t n,
    struct err *err)
{
	const json_t *v[MEMBERS_N];

	e->json = json_incref(j);
	TRY(json_rows(j, "", MEMBERS, MEMBERS_N, v, err));
	if (n > ENTRY_OCTETS)
		return err_set(err, ETOOBIG, "an entry of %zu octets", n);
	e->hash = sha256_of(octets, n);
	return read_members(e, v, err);
}

int
entry_from_octets(json_t *j, const void *octets, size_t n, struct entry **ret,
    struct err *err)
{
	AUTO(entry) *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return err_set(err, ENOMEMORY, "an entry");
	TRY(from_octets(e, j, octets, n, err));
	*ret = TAKE(e);
	return 0;
}

int
entry_from_json(json_t *j, struct entry **ret, struct err *err)
{
	AUTO(entry) *e = NULL;
	struct blob octets = { 0 };
	int rc = json_canonical(j, &octets, err);

	if (rc == 0)
		rc = entry_from_octets(j, octets.data, octets.len, &e, err);
	if (rc == 0) {
		e->octets = octets;
		*ret = TAKE(e);
	} else {
		blob_done(&octets);
	}
	return rc;
}

int
entry_read(const void *p, size_t n, struct entry **ret, struct err *err)
{
	AUTO_JSON *j = NULL;

	if (n > ENTRY_OCTETS)
		return err_set(err, ETOOBIG, "an entry of %zu octets", n);
	TRY(json_read_canonical(p, n, &j, err));
	return entry_from_json(j, ret, err);
}

void
entry_free(struct entry *e)
{
	if (e == NULL)
		return;
	json_decref(e->json);
	blob_done(&e->octets);
	free(e);
}

int
entry_hash(const json_t *j, struct sha256 *ret, struct err *err)
{
	return json_hash(j, ret, err);
}

/* Add the members that every entry has. */
static int
put_head(json_t *j, const struct entry_head *after, time_us now,
    enum entry_op op, const struct sha256 *charter, struct err *err)
{
	char time[TIME_TEXT];

	clock_text(now, time);
	TRY(json_set_int(j, "n", (int64_t)after->n + 1, err));
	if (after->n == 0)
		TRY(json_set_str(j, "prev", "", err));
	else
		TRY(json_set_hash(j, "prev", &after->hash, err));
	TRY(json_set_str(j, "time", time, err));
	TRY(json_set_str(j, "op", entry_op_name(op), err));
	return json_set_hash(j, "charter", charter, err);
}

int
entry_make(const struct entry_head *after, time_us now, enum entry_op op,
    const struct sha256 *charter, json_t *members, struct entry **ret,
    struct err *err)
{
	AUTO_JSON *j = members != NULL ? members : json_object();

	if (j == NULL)
		return err_set(err, ENOMEMORY, "an entry");
	TRY(put_head(j, after, now, op, charter, err));
	return entry_from_json(j, ret, err);
}

int
entry_line(const struct entry *e, struct blob *ret, struct err *err)
{
	if (e->octets.len == 0)
		return json_canonical(e->json, ret, err);
	return blob_put(ret, e->octets.data, e->octets.len, err);
}

bool
entry_key(const struct entry *e, struct sha256 *ret)
{
	const char *hex = json_str(e->operation, "key", NULL);

	if (hex == NULL)
		hex = json_str(e->result, "key", NULL);
	return hex != NULL && sha256_parse(hex, ret, NULL) == 0;
}

int
entry_signature(const struct entry *e, struct blob *ret, struct err *err)
{
	const char *text;

	/* How many OCSP answers there were is journaled, and not these. */
	if (!entry_op_signs(e->op) || e->op == ENTRY_OCSP)
		return err_set(err, ESCHEMA, "a \"%s\" entry has no signature",
		    entry_op_name(e->op));
	TRY(json_need_str(e->result, "signature", &text, err));
	return b64_decode(text, ret, err);
}
