#include "config.h"

#include <stdlib.h>

#include "base/json.h"
#include "keyring/line.h"
#include "wire/message.h"

/* Permits are remembered by their first octets; a collision costs one frame's size. */
static struct sha256 *
known_place(struct keyring *k, const struct sha256 *permit)
{
	unsigned at = (unsigned)permit->o[0] << 8 | permit->o[1];

	return &k->known[at % LINE_KNOWN];
}

static bool
known(struct keyring *k, const struct sha256 *permit)
{
	bool is;

	(void)pthread_mutex_lock(&k->lock);
	is = sha256_equal(known_place(k, permit), permit);
	(void)pthread_mutex_unlock(&k->lock);
	return is;
}

static void
remember(struct keyring *k, const struct sha256 *permit)
{
	(void)pthread_mutex_lock(&k->lock);
	*known_place(k, permit) = *permit;
	(void)pthread_mutex_unlock(&k->lock);
}

static int
use_message(const struct sha256 *permit, const json_t *document,
    const json_t *operation, json_t **ret, struct err *err)
{
	char hex[SHA256_HEX];

	sha256_hex(permit, hex);
	return json_build(ret, err, "{s:s, s:s, s:O, s:O*}", "do",
	    message_name(MESSAGE_USE), "permit", hex, "operation", operation,
	    "permit_document", document);
}

static int
use(struct keyring *k, const struct sha256 *permit, const json_t *document,
    const json_t *operation, json_t **ret_entry, json_t **ret_answer,
    struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(use_message(permit, document, operation, &q, err));
	return line_ask(k, q, "entry", ret_entry, ret_answer, err);
}

int
keyring_use(struct keyring *k, const struct sha256 *permit,
    const json_t *document, const json_t *operation, json_t **ret_entry,
    json_t **ret_answer, struct err *err)
{
	bool sent = !known(k, permit);
	json_t *answer = NULL;
	struct err e = { 0 };
	int rc;

	rc = use(k, permit, sent ? document : NULL, operation, ret_entry,
	    &answer, &e);
	/* A keeper that has started again since: nothing was done yet. */
	if (rc == -(int)EPERMIT && !sent) {
		json_decref(answer);
		answer = NULL;
		sent = true;
		rc = use(k, permit, document, operation, ret_entry, &answer,
		    &e);
	}
	if (rc == 0 && sent)
		remember(k, permit);
	if (rc != 0 && err != NULL)
		*err = e;
	if (ret_answer != NULL && answer != NULL)
		*ret_answer = answer;
	else
		json_decref(answer);
	return rc;
}

/* A use whose caller does not wait. */
struct later_use {
	struct later	 later;		/* first */
	struct sha256	 permit;
	bool		 sent;		/* with its document */
	keyring_used	*fn;
	void		*ctx;
};

static void
use_came(struct keyring *k, struct later *l, int rc, const json_t *answer,
    struct err *why)
{
	struct later_use *u = (struct later_use *)l;
	struct blob *octets = TAKE(l->octets);
	json_t *entry = NULL;

	if (rc == 0)
		rc = line_member(answer, "entry", &entry, why);
	if (rc == 0 && u->sent)
		remember(k, &u->permit);
	u->fn(u->ctx, rc, entry, octets, why);
	free(u);
}

int
keyring_use_later(struct keyring *k, const struct sha256 *permit,
    const json_t *document, const json_t *operation, keyring_used *fn,
    void *ctx, struct err *err)
{
	AUTO_JSON *q = NULL;
	struct later_use *u = calloc(1, sizeof(*u));
	int rc;

	if (u == NULL)
		return err_set(err, ENOMEMORY, "a use");
	*u = (struct later_use){ .later.came = use_came, .permit = *permit,
		.sent = !known(k, permit), .fn = fn, .ctx = ctx };
	rc = use_message(permit, u->sent ? document : NULL, operation, &q, err);
	if (rc == 0)
		rc = line_call_later(k, q, &u->later, err);
	if (rc != 0)
		free(u);
	return rc;
}
