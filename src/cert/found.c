/* found - what discovery has found; see found.h. */
#include <stdio.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "ca/tbs.h"
#include "cert/elsewhere.h"
#include "cert/found.h"
#include "cert/inside.h"

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
	{ "entry", WANT_STRING, false, 1, 64, "" },
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

/* Of a key that a token did not show, and an entry says that it does. */
static bool
is_missing(const json_t *f)
{
	return strcmp(json_str(f, "form", ""), FOUND_MISSING) == 0;
}

static int
entry_check(const json_t *f, struct err *err)
{
	bool token = strcmp(json_str(f, "kind", ""), "token-key") == 0;

	if (json_object_get(f, "entry") == NULL ? is_missing(f) : !token)
		return err_set(err, EINPUT, "/entry: of a token's key the entry "
		    "that says where it is; what is missing has one");
	return 0;
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
	static const char *const plain[] = { "place", "form", "algorithm",
		"entry" };
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
	TRY(entry_check(f, err));
	return which(f, ret, err);
}

/* ---- what is known of it ---- */

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

/* Of a key that lives elsewhere: what the house's own token lacks, its keeper
 * tells. */
static int
is_entry(struct tx *tx, const json_t *f, bool *ret, struct err *err)
{
	const char *print = json_str(f, "fingerprint", "");
	AUTO(rows) *r = NULL;

	if ((*ret = json_object_get(f, "entry") != NULL))
		return 0;
	TRY(tx_query(tx, "elsewhere_key_twin", PARAMS(v_text(print),
	    v_text("")), &r, err));
	return rows_next(r, ret, err);
}

/* What an entry lacks is news once, while there is one, and of another's word none. */
static int
missing_compare(struct tx *tx, const json_t *f, const char *id,
    const char *actor, enum found_as *ret, struct err *err)
{
	AUTO_JSON *was = NULL;
	char state[16];
	bool own, is;

	TRY(found_entry_is(tx, json_str(f, "entry", ""), &is, err));
	TRY(state_read_of(tx, id, actor, state, &own, err));
	if (state[0] != '\0')
		TRY(found_get(tx, id, &was, err));
	*ret = !is ? FOUND_KNOWN : (is_there(state) && !own) ||
	    strcmp(json_str(was, "state", ""), "absent") == 0 ? FOUND_TOLD :
	    FOUND_NEW;
	return 0;
}

int
found_compare(struct tx *tx, const json_t *f, const char *id,
    const char *actor, enum found_as *ret, struct err *err)
{
	const char *kind = json_str(f, "kind", ""),
	    *print = json_str(f, "fingerprint", "");
	char state[16];
	bool known, entry = false;

	if (is_missing(f))
		return missing_compare(tx, f, id, actor, ret, err);
	TRY(state_of(tx, id, state, err));
	TRY(found_taken(tx, kind, print, &known, err));
	if (json_object_get(f, "entry") != NULL)
		TRY(found_entry_is(tx, json_str(f, "entry", ""), &known, err));
	if (known && !is_there(state) && strcmp(kind, "token-key") == 0)
		TRY(is_entry(tx, f, &entry, err));
	*ret = entry ? FOUND_NOTED : known ? FOUND_KNOWN : is_there(state) ?
	    FOUND_TOLD : FOUND_NEW;
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
	TRY(cert_read_other(ret->der->data, ret->der->len, &c, err));
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
	    v_int((int64_t)s->seq), v_some(json_str(f, "entry", NULL))), NULL,
	    err);
}

static int
there_put(struct tx *tx, const json_t *f, const char *id,
    const struct found_said *s, struct err *err)
{
	struct read_from c = { .not_after = 0 };
	int rc = der_read(f, &c, err);

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

int
found_put(struct tx *tx, const json_t *f, const struct found_said *s,
    struct err *err)
{
	char id[SHA256_HEX], state[16];
	bool own;

	TRY(found_check(f, id, err));
	TRY(state_read_of(tx, id, s->actor, state, &own, err));
	if (is_there(state) && !(is_missing(f) && own))
		return 0;
	TRY(there_put(tx, f, id, s, err));
	return is_missing(f) ? found_end(tx, id, "gone", s, err) : 0;
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
