#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "keyring/line.h"
#include "wire/message.h"

#define SHOW_LEAVES	1024	/* in one message */
#define SHOW_EVENTS	32	/* in one message: each may be large */

/* The member of an answer that the caller came for. */
static int
take_member(json_t *answer, const char *name, json_t **ret, struct err *err)
{
	json_t *v = json_object_get(answer, name);

	if (v == NULL)
		return err_set(err, EKEEPER, "an answer without \"%s\"", name);
	*ret = json_incref(v);
	return 0;
}

/* Call; give the answer out also where it is a refusal; take one member. */
static int
ask(struct keyring *k, const json_t *request, const char *member,
    json_t **ret_member, json_t **ret_answer, struct err *err)
{
	json_t *answer = NULL;
	int rc = keyring_call(k, request, &answer, err);

	if (rc == 0)
		rc = take_member(answer, member, ret_member, err);
	if (ret_answer != NULL && answer != NULL)
		*ret_answer = answer;
	else
		json_decref(answer);
	return rc;
}

int
keyring_hello(struct keyring *k, json_t **ret_answer, struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(message_make(MESSAGE_HELLO, &q, err));
	TRY(json_set_int(q, "version", MESSAGE_VERSION, err));
	return keyring_call(k, q, ret_answer, err);
}

int
keyring_found(struct keyring *k, const json_t *charter, json_t **ret_answer,
    struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(json_build(&q, err, "{s:s, s:O}", "do",
	    message_name(MESSAGE_FOUND), "charter", charter));
	return keyring_call(k, q, ret_answer, err);
}

int
keyring_tail(struct keyring *k, uint64_t from, unsigned limit,
    json_t **ret_entries, struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(json_build(&q, err, "{s:s, s:I, s:I}", "do",
	    message_name(MESSAGE_TAIL), "from", (json_int_t)from,
	    "limit", (json_int_t)limit));
	return ask(k, q, "entries", ret_entries, NULL, err);
}

int
keyring_amend(struct keyring *k, const json_t *document,
    const json_t *charter, json_t **ret_entry, json_t **ret_answer,
    struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(json_build(&q, err, "{s:s, s:O, s:O}", "do",
	    message_name(MESSAGE_AMEND), "permit_document", document,
	    "charter", charter));
	return ask(k, q, "entry", ret_entry, ret_answer, err);
}

int
keyring_restore(struct keyring *k, const json_t *request, json_t **ret_entry,
    struct err *err)
{
	return ask(k, request, "entry", ret_entry, NULL, err);
}

int
keyring_keys(struct keyring *k, json_t **ret_answer, struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(message_make(MESSAGE_KEYS, &q, err));
	return keyring_call(k, q, ret_answer, err);
}

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
use(struct keyring *k, const struct sha256 *permit, const json_t *document,
    const json_t *operation, json_t **ret_entry, json_t **ret_answer,
    struct err *err)
{
	AUTO_JSON *q = NULL;
	char hex[SHA256_HEX];

	sha256_hex(permit, hex);
	TRY(json_build(&q, err, "{s:s, s:s, s:O, s:O*}", "do",
	    message_name(MESSAGE_USE), "permit", hex, "operation", operation,
	    "permit_document", document));
	return ask(k, q, "entry", ret_entry, ret_answer, err);
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

/* Which leaves of a show go into one message. */
struct part {
	uint64_t		 from;
	const struct sha256	*leaves;
	size_t			 n;
};

/* The event of leaf @index, if it carries an entry. */
static json_t *
event_at(const json_t *events, uint64_t index)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "%llu", (unsigned long long)index);
	return json_object_get(events, name);
}

/* Cut off as much from the front as one message takes. */
static struct part
cut(const struct part *all, const json_t *events)
{
	struct part p = { all->from, all->leaves, 0 };
	size_t n_events = 0;

	while (p.n < all->n && p.n < SHOW_LEAVES && n_events < SHOW_EVENTS) {
		n_events += event_at(events, p.from + p.n) != NULL;
		p.n++;
	}
	return p;
}

static int
put_leaves(json_t *q, const struct part *p, const json_t *events,
    struct err *err)
{
	json_t *leaves = json_array(), *shown = json_object();
	char hex[SHA256_HEX], name[24];
	size_t i;
	int rc;

	rc = json_set_new(q, "leaves", leaves, err);
	if (json_set_new(q, "events", shown, rc == 0 ? err : NULL) != 0 ||
	    rc != 0)
		return -(int)ENOMEMORY;
	for (i = 0; i < p->n; i++) {
		json_t *e = event_at(events, p->from + i);

		sha256_hex(&p->leaves[i], hex);
		if (json_array_append_new(leaves, json_string(hex)) != 0)
			return err_set(err, ENOMEMORY, "leaves");
		(void)snprintf(name, sizeof(name), "%llu",
		    (unsigned long long)(p->from + i));
		if (e != NULL)
			TRY(json_set_new(shown, name, json_incref(e), err));
	}
	return 0;
}

static int
show_part(struct keyring *k, const struct part *p, const json_t *events,
    bool final, json_t **ret_answer, struct err *err)
{
	AUTO_JSON *q = NULL, *answer = NULL;

	TRY(json_build(&q, err, "{s:s, s:I, s:b}", "do",
	    message_name(MESSAGE_SHOW), "from", (json_int_t)p->from,
	    "final", (int)final));
	TRY(put_leaves(q, p, events, err));
	TRY(keyring_call(k, q, &answer, err));
	if ((uint64_t)json_int(answer, "size", -1) != p->from + p->n)
		return err_set(err, EKEEPER,
		    "the keeper counts %lld leaves where there are %llu",
		    (long long)json_int(answer, "size", -1),
		    (unsigned long long)(p->from + p->n));
	*ret_answer = TAKE(answer);
	return 0;
}

int
keyring_show(struct keyring *k, uint64_t from, const struct sha256 *leaves,
    size_t n, const json_t *events, bool final, char **ret_checkpoint,
    struct err *err)
{
	struct part all = { from, leaves, n };
	const char *note;
	char *text;

	do {
		AUTO_JSON *answer = NULL;
		struct part p = cut(&all, events);
		bool last = p.n == all.n;

		TRY(show_part(k, &p, events, last && final, &answer, err));
		all.from += p.n;
		all.leaves += p.n;
		all.n -= p.n;
		if (!last || !final || ret_checkpoint == NULL)
			continue;
		TRY(json_need_str(answer, "checkpoint", &note, err));
		if ((text = strdup(note)) == NULL)
			return err_set(err, ENOMEMORY, "a checkpoint");
		*ret_checkpoint = text;
	} while (all.n > 0);
	return 0;
}
