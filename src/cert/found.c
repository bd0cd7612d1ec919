/* found - what discovery has found; see found.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "ca/tbs.h"
#include "cert/elsewhere.h"
#include "cert/found.h"
#include "cert/inside.h"

#define PAGE	500

/* ---- what one may be ---- */

static const char *const kinds[] = { "certificate", "private-key",
	"public-key", "sealed", "token-key", "token-secret" };
static const struct json_row rows[] = {
	{ "kind", WANT_STRING, true, 1, 32, "" },
	{ "form", WANT_STRING, true, 1, 32, "" },
	{ "place", WANT_STRING, true, 1, FOUND_PLACE, "" },
	{ "encrypted", WANT_BOOL, false, 0, 0, "" },
	{ "fingerprint", WANT_STRING, false, 64, 64, "" },
	{ "algorithm", WANT_STRING, false, 1, 32, "" },
	{ "der", WANT_STRING, false, 1, 128 << 10, "" },
	{ "n", WANT_INTEGER, false, 1, 1 << 30, "" },
};

static bool
is_kind(const char *kind)
{
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

/* People read them, in mails too: a URI and words, and no more. */
static int
plain_check(const json_t *f, const char *name, struct err *err)
{
	for (const char *p = json_str(f, name, ""); *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return err_set(err, EINPUT, "/%s: expected printable "
			    "ASCII without blanks", name);
	return 0;
}

static bool
is_certificate(const json_t *finding)
{
	return strcmp(json_str(finding, "kind", ""), "certificate") == 0;
}

/* A certificate is what its fingerprint says; of all else no octets are known here. */
static int
der_check(const json_t *f, struct err *err)
{
	const char *text = json_str(f, "der", NULL);
	AUTO(blob) *der = blob_new();
	struct sha256 h;
	char hex[SHA256_HEX];

	if (text == NULL)
		return 0;
	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	if (!is_certificate(f))
		return err_set(err, EINPUT, "/der: only a certificate's octets "
		    "are anybody's to tell");
	TRY(b64_decode(text, der, err));
	TRY(cert_elsewhere_check(span_blob(der), &h, err));
	sha256_hex(&h, hex);
	return strcmp(hex, json_str(f, "fingerprint", "")) == 0 ? 0 :
	    err_set(err, EINPUT, "/der: not what has this fingerprint");
}

/* What has no fingerprint is told apart by its number; and a key that anybody may
 * read by now is not the one that was encrypted. */
static int
which(const json_t *f, char ret[SHA256_HEX], struct err *err)
{
	AUTO_JSON *o = NULL;
	struct sha256 h;

	TRY(json_build(&o, err, "{s:O, s:O, s:O*, s:O*, s:O*}", "kind",
	    json_object_get(f, "kind"), "place", json_object_get(f, "place"),
	    "encrypted", json_object_get(f, "encrypted"), "fingerprint",
	    json_object_get(f, "fingerprint"), "n", json_object_get(f, "n")));
	TRY(json_hash(o, &h, err));
	sha256_hex(&h, ret);
	return 0;
}

int
found_check(const json_t *f, char ret[SHA256_HEX], struct err *err)
{
	static const char *const plain[] = { "place", "form", "algorithm" };
	const char *print;
	struct sha256 h;

	TRY(json_check(f, "", rows, NELEM(rows), err));
	for (size_t i = 0; i < NELEM(plain); i++)
		TRY(plain_check(f, plain[i], err));
	print = json_str(f, "fingerprint", NULL);
	if (!is_kind(json_str(f, "kind", "")))
		return err_set(err, EINPUT, "/kind: nothing of this kind is "
		    "found");
	if ((print != NULL) == (json_object_get(f, "n") != NULL))
		return err_set(err, EINPUT, "/n: it has a fingerprint, or else "
		    "a number");
	if (print != NULL)
		TRY(sha256_parse(print, &h, err));
	if (is_certificate(f) && print == NULL)
		return err_set(err, EINPUT, "/fingerprint: a certificate has "
		    "one");
	TRY(der_check(f, err));
	return which(f, ret, err);
}

/* ---- what is known of it ---- */

static int
taken(struct tx *tx, const char *kind, const char *print, bool *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	struct sha256 h;

	*ret = false;
	if (print[0] == '\0')
		return 0;
	TRY(sha256_parse(print, &h, err));
	TRY(tx_query(tx, "finding_taken", PARAMS(v_text(kind), v_text(print),
	    v_hash(&h)), &r, err));
	return rows_next(r, ret, err);
}

/* Also whether @actor is who told it, where that is asked. */
static int
state_read_of(struct tx *tx, const char *id, const char *actor,
    char ret[16], bool *ret_own, struct err *err)
{
	AUTO(rows) *r = NULL;
	int rc = tx_one(tx, "finding_get", PARAMS(v_text(id)), &r, err);

	ret[0] = '\0';
	*ret_own = false;
	if (rc != 0)
		return rc == -ENOENT_ ? 0 : rc;
	(void)snprintf(ret, 16, "%s", rows_text(r, "state"));
	*ret_own = strcmp(rows_text(r, "teller"), actor) == 0;
	return 0;
}

static int
state_of(struct tx *tx, const char *id, char ret[16], struct err *err)
{
	bool own;

	return state_read_of(tx, id, "", ret, &own, err);
}

static bool
is_there(const char *state)
{
	return state[0] != '\0' && strcmp(state, "gone") != 0;
}

int
found_whose(struct tx *tx, const char *id, const char *actor,
    enum found_end *ret, struct err *err)
{
	char state[16];
	bool own;

	TRY(state_read_of(tx, id, actor, state, &own, err));
	*ret = !is_there(state) ? FOUND_ENDED : own ? FOUND_OWN :
	    FOUND_OTHERS;
	return 0;
}

int
found_compare(struct tx *tx, const json_t *f, const char *id,
    enum found_as *ret, struct err *err)
{
	char state[16];
	bool known;

	TRY(state_of(tx, id, state, err));
	TRY(taken(tx, json_str(f, "kind", ""), json_str(f, "fingerprint", ""),
	    &known, err));
	*ret = known ? FOUND_KNOWN : is_there(state) ? FOUND_TOLD : FOUND_NEW;
	return 0;
}

/* ---- reading ---- */

static int
from_row(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON *j = NULL, *more = NULL;
	const char *text = rows_text(r, "document");
	char since[TIME_TEXT], created[TIME_TEXT];

	clock_text(rows_int(r, "state_since"), since);
	clock_text(rows_int(r, "created"), created);
	TRY(json_read(text, strlen(text), &j, err));
	TRY(json_build(&more, err, "{s:s, s:s, s:s, s:s*, s:s*, s:s, s:s, s:s, "
	    "s:s}", "id", rows_text(r, "id"), "state", rows_text(r, "state"),
	    "state_since", since, "reason", rows_text(r, "reason"), "subject",
	    rows_text(r, "subject"), "told_by", rows_text(r, "teller"),
	    "request", rows_text(r, "request"),
	    "created", created, "provenance", "asserted"));
	if (rows_int(r, "not_after") != 0)
		TRY(json_set_time(more, "not_after", rows_int(r, "not_after"),
		    err));
	if (json_object_update(j, more) != 0)
		return err_set(err, ENOMEMORY, "a finding");
	*ret = TAKE(j);
	return 0;
}

/* In the inventory since: then it is no finding any more. */
static int
taken_put(struct tx *tx, json_t *j, struct err *err)
{
	bool is;

	if (strcmp(json_str(j, "state", ""), "open") != 0)
		return 0;
	TRY(taken(tx, json_str(j, "kind", ""), json_str(j, "fingerprint", ""),
	    &is, err));
	return is ? json_set_str(j, "state", "taken", err) : 0;
}

static int
pem_set(const struct rows *r, json_t *j, struct err *err)
{
	AUTO(blob) *pem = blob_new();
	const void *der;
	size_t n = 0;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a finding");
	der = rows_blob(r, "der", &n);
	if (der == NULL || n == 0)
		return 0;
	TRY(pem_put(span_of(der, n), pem, err));
	return json_set_str(j, "certificate", blob_str(pem), err);
}

int
found_get(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *j = NULL;
	int rc = tx_one(tx, "finding_get", PARAMS(v_text(id)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no finding %.64s", id);
	TRY(rc);
	TRY(from_row(r, &j, err));
	TRY(pem_set(r, j, err));
	TRY(taken_put(tx, j, err));
	*ret = TAKE(j);
	return 0;
}

/* ---- lists ---- */

/* The last that was told: its id is the cursor. */
struct behind {
	char		 id[SHA256_HEX];
	char		*place;		/* owned */
};

static int
behind_set(const char *id, const char *place, struct behind *ret,
    struct err *err)
{
	char *copy = strdup(place);

	if (copy == NULL)
		return err_set(err, ENOMEMORY, "findings");
	(void)snprintf(ret->id, sizeof(ret->id), "%s", id);
	free(ret->place);
	ret->place = copy;
	return 0;
}

static int
behind_read(struct tx *tx, const char *cursor, struct behind *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	int rc;

	if (cursor == NULL)
		return behind_set("", "", ret, err);
	rc = tx_one(tx, "finding_get", PARAMS(v_text(cursor)), &r, err);
	if (rc == -ENOENT_)
		return err_set(err, EINPUT, "/cursor: not one of this list");
	TRY(rc);
	return behind_set(cursor, rows_text(r, "place"), ret, err);
}

/* Those that are open in the table may be taken by now. */
static int
stored_state(const char *state, const char **ret, struct err *err)
{
	static const char *const states[] = { "open", "taken", "dismissed",
		"gone" };

	*ret = state == NULL ? "" : strcmp(state, "taken") == 0 ? "open" :
	    state;
	for (size_t i = 0; state != NULL && i < NELEM(states); i++)
		if (strcmp(states[i], state) == 0)
			return 0;
	return state == NULL ? 0 : err_set(err, EINPUT, "/state: a finding is "
	    "open, taken, dismissed or gone");
}

/* A page of rows: read whole, since each asks the tables once more. */
static int
rows_page(struct tx *tx, const struct found_filter *f, const char *state,
    const struct behind *b, json_t **ret, struct err *err)
{
#define ANY(s)	v_text((s) != NULL ? (s) : "")
	AUTO_JSON *list = json_array();
	AUTO(rows) *r = NULL;
	json_t *j;
	bool more;

	TRY(strcmp(state, "open") == 0 ? tx_query(tx, "finding_open",
	    PARAMS(v_text(b->place), v_text(b->id), ANY(f->kind),
	    ANY(f->under), v_int(PAGE)), &r, err) : tx_query(tx,
	    "finding_list", PARAMS(v_text(b->place), v_text(b->id),
	    v_text(state), ANY(f->kind), ANY(f->under), v_int(PAGE)), &r,
	    err));
#undef ANY
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(from_row(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "findings");
	}
	*ret = TAKE(list);
	return 0;
}

/* Those of this state, as it is by now; full: there is one more. */
static int
page_take(struct tx *tx, const json_t *page, const char *state,
    unsigned limit, json_t *list, bool *ret_full, struct err *err)
{
	json_t *j;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)page, i, j) {
		TRY(taken_put(tx, j, err));
		if (state != NULL && strcmp(json_str(j, "state", ""), state)
		    != 0)
			continue;
		if ((*ret_full = json_array_size(list) == limit))
			return 0;
		if (json_array_append(list, j) != 0)
			return err_set(err, ENOMEMORY, "findings");
	}
	return 0;
}

static int
walk(struct tx *tx, const struct found_filter *f, const char *state,
    struct behind *b, unsigned limit, json_t *list, bool *ret_full,
    struct err *err)
{
	size_t n;

	do {
		AUTO_JSON *page = NULL;
		const json_t *last;

		TRY(rows_page(tx, f, state, b, &page, err));
		n = json_array_size(page);
		TRY(page_take(tx, page, f->state, limit, list, ret_full, err));
		last = json_array_get(page, n > 0 ? n - 1 : 0);
		TRY(behind_set(json_str(last, "id", ""), json_str(last,
		    "place", ""), b, err));
	} while (!*ret_full && n == PAGE);
	return 0;
}

static int
next_make(const json_t *list, char **ret, struct err *err)
{
	*ret = strdup(json_str(json_array_get(list, json_array_size(list) - 1),
	    "id", ""));
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "findings");
}

int
found_list(struct tx *tx, const struct found_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON *list = json_array();
	struct behind b = { .place = NULL };
	const char *state;
	bool full = false;
	int rc;

	TRY(stored_state(f->state, &state, err));
	rc = behind_read(tx, cursor, &b, err);
	if (rc == 0)
		rc = walk(tx, f, state, &b, limit, list, &full, err);
	free(b.place);
	TRY(rc);
	*ret_next = NULL;
	if (full)
		TRY(next_make(list, ret_next, err));
	*ret = TAKE(list);
	return 0;
}

/* ---- projections ---- */

/* What stands in a certificate, and the octets themselves. */
struct read_from {
	struct blob	*der, *subject;	/* owned */
	time_us		 not_after;
};

static int
der_read(const json_t *f, struct read_from *ret, struct err *err)
{
	const char *text = json_str(f, "der", NULL);
	struct cert c;

	ret->der = blob_new();
	ret->subject = blob_new();
	if (ret->der == NULL || ret->subject == NULL)
		return err_set(err, ENOMEMORY, "a finding");
	if (text == NULL)
		return 0;
	TRY(b64_decode(text, ret->der, err));
	TRY(cert_read(ret->der->data, ret->der->len, &c, err));
	ret->not_after = c.tbs.not_after;
	return cert_name_text(c.tbs.subject, ret->subject, err);
}

/* The octets have a column of their own. */
static int
document_make(const json_t *f, struct blob *ret, struct err *err)
{
	AUTO_JSON *rest = json_clone_flat(f);

	if (rest == NULL)
		return err_set(err, ENOMEMORY, "a finding");
	(void)json_object_del(rest, "der");
	return json_canonical(rest, ret, err);
}

static int
row_put(struct tx *tx, const json_t *f, const char *id,
    const struct read_from *c, const struct found_said *s, struct err *err)
{
	AUTO(blob) *text = blob_new();
	const char *print = json_str(f, "fingerprint", "");
	struct sha256 h;
	bool known = print[0] != '\0';

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a finding");
	TRY(document_make(f, text, err));
	if (known)
		TRY(sha256_parse(print, &h, err));
	return tx_run(tx, "finding_put", PARAMS(v_text(id), v_text(json_str(f,
	    "kind", "")), v_text(json_str(f, "place", "")), v_text(print),
	    known ? v_hash(&h) : v_blob("", 0), v_text(blob_str(text)),
	    v_text(c->subject->len > 0 ? blob_str(c->subject) : NULL),
	    v_int(c->not_after), c->der->len > 0 ? v_blob(c->der->data,
	    c->der->len) : v_null(),
	    v_int(s->time), v_text(s->actor), v_text(s->request),
	    v_int((int64_t)s->seq)), NULL, err);
}

int
found_put(struct tx *tx, const json_t *f, const struct found_said *s,
    struct err *err)
{
	struct read_from c = { .not_after = 0 };
	char id[SHA256_HEX], state[16];
	int rc;

	TRY(found_check(f, id, err));
	TRY(state_of(tx, id, state, err));
	if (is_there(state))
		return 0;
	rc = der_read(f, &c, err);
	if (rc == 0)
		rc = row_put(tx, f, id, &c, s, err);
	blob_free(c.der);
	blob_free(c.subject);
	return rc;
}

static int
found_end(struct tx *tx, const char *id, const char *state,
    const struct found_said *s, struct err *err)
{
	return tx_run(tx, "finding_end", PARAMS(v_text(id), v_text(state),
	    v_int(s->time), v_text(s->reason), v_text(s->request),
	    v_int((int64_t)s->seq)), NULL, err);
}

static int
was(struct tx *tx, const char *id, char ret[16], struct err *err)
{
	TRY(state_of(tx, id, ret, err));
	return ret[0] != '\0' ? 0 : err_set(err, ENOENT_, "there is no finding "
	    "%.64s", id);
}

int
found_gone(struct tx *tx, const char *id, const struct found_said *s,
    struct err *err)
{
	enum found_end whose;
	char state[16];

	TRY(was(tx, id, state, err));
	TRY(found_whose(tx, id, s->actor, &whose, err));
	return whose == FOUND_OWN ? found_end(tx, id, "gone", s, err) : 0;
}

int
found_dismiss(struct tx *tx, const char *id, const struct found_said *s,
    struct err *err)
{
	char state[16];

	TRY(was(tx, id, state, err));
	if (strcmp(state, "open") != 0)
		return err_set(err, ECONFLICT, "the finding %.64s is %s", id,
		    state);
	return found_end(tx, id, "dismissed", s, err);
}
