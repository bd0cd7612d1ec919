/*
 * Keys of kind ca sign whole messages: what is to be signed goes to the keeper
 * octet for octet, which reads it before it hashes.
 */
#include "config.h"

#include <string.h>

#include "base/b64.h"
#include "base/json.h"
#include "keyring/line.h"
#include "keyring/provider.h"
#include "wire/message.h"

#define CONTENT	((size_t)64 << 10)	/* octets of a certificate or an answer */

enum how { BY_DIGEST, AS_CONTENT, AS_LIST, ATTACHED };

/* One row per operation that carries more than a digest. */
static const struct {
	const char	*op;
	enum how	 how;
	size_t		 most;
} ROWS[] = {
	{ "certify", AS_CONTENT, CONTENT },
	{ "ocsp", AS_LIST, CONTENT },
	{ "crl", ATTACHED, FRAME_ATTACHMENT },
};

static size_t
row_of(const struct keyring_binding *b)
{
	const char *op = json_str(b->operation, "op", "");
	size_t i = 0;

	while (i < NELEM(ROWS) && strcmp(ROWS[i].op, op) != 0)
		i++;
	return i;
}

bool
binding_is_whole(const struct keyring_binding *b)
{
	return row_of(b) < NELEM(ROWS);
}

int
whole_put(const struct keyring_binding *b, struct blob *to, const void *p,
    size_t n, struct err *err)
{
	size_t row = row_of(b);

	if (n > ROWS[row].most || to->len > ROWS[row].most - n)
		return err_set(err, ETOOBIG, "\"%s\" signs at most %zu octets",
		    ROWS[row].op, ROWS[row].most);
	return blob_put(to, p, n, err);
}

static int
request_of(const struct sha256 *permit, const json_t *document,
    const json_t *operation, struct blob *ret, struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(json_build(&q, err, "{s:s, s:O, s:O}", "do",
	    message_name(MESSAGE_USE), "operation", operation,
	    "permit_document", document));
	TRY(json_set_hash(q, "permit", permit, err));
	return message_write(q, ret, err);
}

/* The document goes along each time: such calls are few, or carry many answers. */
static int
call(struct keyring *k, const struct keyring_whole *w,
    const struct blob *attached, const char *member, json_t **ret,
    json_t **ret_answer, struct err *err)
{
	AUTO(blob) *message = blob_new();
	json_t *answer = NULL;
	int rc;

	if (message == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(request_of(w->permit, w->document, w->operation, message, err));
	rc = line_call_with(k, message, attached, w->wait, &answer, err);
	if (rc == 0)
		rc = line_member(answer, member, ret, err);
	if (ret_answer != NULL && answer != NULL)
		*ret_answer = answer;
	else
		json_decref(answer);
	return rc;
}

int
keyring_crl(struct keyring *k, const struct keyring_whole *w,
    const struct blob *list, json_t **ret_entry, json_t **ret_answer,
    struct err *err)
{
	return call(k, w, list, "entry", ret_entry, ret_answer, err);
}

int
keyring_ocsp(struct keyring *k, const struct keyring_whole *w,
    json_t **ret_signatures, json_t **ret_answer, struct err *err)
{
	return call(k, w, NULL, "signatures", ret_signatures, ret_answer, err);
}

/* ---- behind OpenSSL's calls ---- */

static int
entry_signature_of(struct keyring_binding *b, json_t *entry,
    struct blob *ret, struct err *err)
{
	const char *signature;

	TRY(binding_keep(b, entry, err));
	TRY(json_need_str(json_object_get(entry, "result"), "signature",
	    &signature, err));
	return b64_decode(signature, ret, err);
}

static int
sign_content(struct keyring_binding *b, struct keyring *k, const void *p,
    size_t n, struct blob *ret, struct err *err)
{
	AUTO_JSON *o = json_copy(b->operation), *entry = NULL;

	TRY(json_set_b64(o, "content", p, n, err));
	TRY(keyring_use(k, &b->permit, b->document, o, &entry, NULL, err));
	return entry_signature_of(b, entry, ret, err);
}

static int
sign_list(struct keyring_binding *b, struct keyring *k, const void *p,
    size_t n, struct blob *ret, struct err *err)
{
	struct keyring_whole w = { &b->permit, b->document, NULL, 0 };
	AUTO_JSON *o = json_copy(b->operation), *one = json_object(),
	    *signatures = NULL;
	const char *first;

	/* A string is made as a member, and then put into the array. */
	TRY(json_set_b64(one, "content", p, n, err));
	TRY(json_set_new(o, "content", json_pack("[O]",
	    json_object_get(one, "content")), err));
	w.operation = o;
	TRY(keyring_ocsp(k, &w, &signatures, NULL, err));
	first = json_string_value(json_array_get(signatures, 0));
	if (first == NULL)
		return err_set(err, EKEEPER, "an answer without a signature");
	return b64_decode(first, ret, err);
}

static int
sign_attached(struct keyring_binding *b, struct keyring *k, const void *p,
    size_t n, struct blob *ret, struct err *err)
{
	struct keyring_whole w = { &b->permit, b->document, b->operation, 0 };
	AUTO(blob) *list = blob_new();
	AUTO_JSON *entry = NULL;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(blob_put(list, p, n, err));
	TRY(keyring_crl(k, &w, list, &entry, NULL, err));
	return entry_signature_of(b, entry, ret, err);
}

int
whole_sign(struct keyring_binding *b, struct keyring *k, const void *p,
    size_t n, struct blob *ret, struct err *err)
{
	size_t row = row_of(b);

	if (n == 0 || n > ROWS[row].most)
		return err_set(err, ETOOBIG, "\"%s\" signs 1 to %zu octets",
		    ROWS[row].op, ROWS[row].most);
	switch (ROWS[row].how) {
	case AS_CONTENT:
		return sign_content(b, k, p, n, ret, err);
	case AS_LIST:
		return sign_list(b, k, p, n, ret, err);
	case ATTACHED:
		return sign_attached(b, k, p, n, ret, err);
	case BY_DIGEST:
		break;
	}
	return err_set(err, EINTERNAL, "a digest is not signed whole");
}
