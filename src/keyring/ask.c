#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "keyring/line.h"
#include "wire/message.h"

#define SHOW_EVENTS	1024	/* in one message */
#define SHOW_OCTETS	((size_t)256 << 10)	/* of events in one message, and one more */

int
line_member(const json_t *answer, const char *name, json_t **ret,
    struct err *err)
{
	json_t *v = json_object_get(answer, name);

	if (v == NULL)
		return err_set(err, EKEEPER, "an answer without \"%s\"", name);
	*ret = json_incref(v);
	return 0;
}

int
line_ask(struct keyring *k, const json_t *request, const char *member,
    json_t **ret_member, json_t **ret_answer, struct err *err)
{
	json_t *answer = NULL;
	int rc = keyring_call(k, request, &answer, err);

	if (rc == 0)
		rc = line_member(answer, member, ret_member, err);
	if (ret_answer != NULL && answer != NULL)
		*ret_answer = answer;
	else
		json_decref(answer);
	return rc;
}

int
keyring_hello(struct keyring *k, time_us wait, json_t **ret_answer,
    struct err *err)
{
	AUTO(blob) *message = blob_new();
	AUTO_JSON *q = NULL;

	if (message == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(message_make(MESSAGE_HELLO, &q, err));
	TRY(json_set_int(q, "version", MESSAGE_VERSION, err));
	TRY(message_write(q, message, err));
	return line_call_with(k, message, NULL, wait, ret_answer, err);
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
	return line_ask(k, q, "entries", ret_entries, NULL, err);
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
	return line_ask(k, q, "entry", ret_entry, ret_answer, err);
}

int
keyring_restore(struct keyring *k, const json_t *request, json_t **ret_entry,
    struct err *err)
{
	return line_ask(k, request, "entry", ret_entry, NULL, err);
}

int
keyring_keys(struct keyring *k, json_t **ret_answer, struct err *err)
{
	AUTO_JSON *q = NULL;

	TRY(message_make(MESSAGE_KEYS, &q, err));
	return keyring_call(k, q, ret_answer, err);
}

/* What of a show goes into one message. */
/* Cut off as much from the front as one message takes. */
static struct keyring_shown
cut(const struct keyring_shown *all)
{
	struct keyring_shown p = { all->from, all->events, 0 };
	size_t octets = 0;

	while (p.n < all->n && p.n < SHOW_EVENTS && octets < SHOW_OCTETS)
		octets += all->events[p.n++].n;
	return p;
}

static void
advance(struct keyring_shown *all, const struct keyring_shown *p)
{
	all->from += p->n;
	all->events += p->n;
	all->n -= p->n;
}

static int
put_events(const struct keyring_shown *p, struct blob *b, struct err *err)
{
	TRY(blob_puts(b, "\"events\":[", err));
	for (size_t i = 0; i < p->n; i++) {
		if (i > 0)
			TRY(blob_put(b, ",", 1, err));
		TRY(blob_put(b, p->events[i].octets, p->events[i].n, err));
	}
	return blob_put(b, "]", 1, err);
}

/* At least the octets of such a message, so that it is not moved as it grows. */
static size_t
show_octets(const struct keyring_shown *p)
{
	size_t n = 128;

	for (size_t i = 0; i < p->n; i++)
		n += p->events[i].n + 1;
	return n;
}

/* Canonical JSON, spelled here: the events' octets go as they stand. */
static int
show_spell(const struct keyring_shown *p, bool final, struct blob *b,
    struct err *err)
{
	TRY(blob_reserve(b, show_octets(p), err));
	TRY(blob_printf(b, err, "{\"do\":\"%s\",",
	    message_name(MESSAGE_SHOW)));
	TRY(put_events(p, b, err));
	return blob_printf(b, err, ",\"final\":%s,\"from\":%llu}",
	    final ? "true" : "false", (unsigned long long)p->from);
}

static int
show_part(struct keyring *k, const struct keyring_shown *p, bool final,
    json_t **ret_answer, struct err *err)
{
	AUTO(blob) *message = blob_new();
	AUTO_JSON *answer = NULL;

	if (message == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(show_spell(p, final, message, err));
	TRY(line_call(k, message, &answer, err));
	if ((uint64_t)json_int(answer, "size", -1) != p->from + p->n)
		return err_set(err, EKEEPER,
		    "the keeper counts %lld leaves where there are %llu",
		    (long long)json_int(answer, "size", -1),
		    (unsigned long long)(p->from + p->n));
	*ret_answer = TAKE(answer);
	return 0;
}

int
keyring_show(struct keyring *k, const struct keyring_shown *shown, bool final,
    char **ret_checkpoint, struct err *err)
{
	struct keyring_shown all = *shown;
	const char *note;
	char *text;

	do {
		AUTO_JSON *answer = NULL;
		struct keyring_shown p = cut(&all);
		bool last = p.n == all.n;

		TRY(show_part(k, &p, last && final, &answer, err));
		advance(&all, &p);
		if (!last || !final || ret_checkpoint == NULL)
			continue;
		TRY(json_need_str(answer, "checkpoint", &note, err));
		if ((text = strdup(note)) == NULL)
			return err_set(err, ENOMEMORY, "a checkpoint");
		*ret_checkpoint = text;
	} while (all.n > 0);
	return 0;
}
