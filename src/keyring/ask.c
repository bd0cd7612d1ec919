#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "keyring/line.h"
#include "wire/message.h"

#define SHOW_LEAVES	1024	/* in one message */
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
struct part {
	uint64_t		 from;
	const struct sha256	*leaves;
	size_t			 n;
	const struct keyring_event *events;
	size_t			 event_n;
};

/* Cut off as much from the front as one message takes. */
static struct part
cut(const struct part *all)
{
	struct part p = { all->from, all->leaves, 0, all->events, 0 };
	size_t octets = 0;

	while (p.n < all->n && p.n < SHOW_LEAVES && octets < SHOW_OCTETS) {
		if (p.event_n < all->event_n &&
		    all->events[p.event_n].index == p.from + p.n)
			octets += all->events[p.event_n++].n;
		p.n++;
	}
	return p;
}

static void
advance(struct part *all, const struct part *p)
{
	all->from += p->n;
	all->leaves += p->n;
	all->n -= p->n;
	all->events += p->event_n;
	all->event_n -= p->event_n;
}

/* An event under the name of its index, as canonical JSON sorts names. */
struct named {
	char				 name[24];
	const struct keyring_event	*event;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name,
	    ((const struct named *)b)->name);
}

static int
put_named(const struct named *e, size_t n, struct blob *b, struct err *err)
{
	size_t i;

	TRY(blob_puts(b, "\"events\":{", err));
	for (i = 0; i < n; i++) {
		TRY(blob_printf(b, err, "%s\"%s\":", i > 0 ? "," : "",
		    e[i].name));
		TRY(blob_put(b, e[i].event->octets, e[i].event->n, err));
	}
	return blob_put(b, "}", 1, err);
}

static int
put_events(const struct part *p, struct blob *b, struct err *err)
{
	struct named *e = calloc(p->event_n + 1, sizeof(*e));
	size_t i;
	int rc;

	if (e == NULL)
		return err_set(err, ENOMEMORY, "events");
	for (i = 0; i < p->event_n; i++) {
		e[i].event = &p->events[i];
		(void)snprintf(e[i].name, sizeof(e[i].name), "%llu",
		    (unsigned long long)p->events[i].index);
	}
	qsort(e, p->event_n, sizeof(*e), by_name);
	rc = put_named(e, p->event_n, b, err);
	free(e);
	return rc;
}

static int
put_leaves(const struct part *p, struct blob *b, struct err *err)
{
	char text[SHA256_HEX + 3];
	size_t i;

	TRY(blob_puts(b, "\"leaves\":[", err));
	for (i = 0; i < p->n; i++) {
		text[0] = ',';
		text[1] = '"';
		sha256_hex(&p->leaves[i], text + 2);
		text[SHA256_HEX + 1] = '"';
		TRY(blob_put(b, text + (i == 0), SHA256_HEX + 2 - (i == 0),
		    err));
	}
	return blob_put(b, "]", 1, err);
}

/* At least the octets of such a message, so that it is not moved as it grows. */
static size_t
show_octets(const struct part *p)
{
	size_t n = 128 + p->n * (SHA256_HEX + 2);

	for (size_t i = 0; i < p->event_n; i++)
		n += p->events[i].n + sizeof(((struct named *)0)->name);
	return n;
}

/* Canonical JSON, spelled here: the events' octets go as they stand. */
static int
show_spell(const struct part *p, bool final, struct blob *b, struct err *err)
{
	TRY(blob_reserve(b, show_octets(p), err));
	TRY(blob_printf(b, err, "{\"do\":\"%s\",",
	    message_name(MESSAGE_SHOW)));
	TRY(put_events(p, b, err));
	TRY(blob_printf(b, err, ",\"final\":%s,\"from\":%llu,",
	    final ? "true" : "false", (unsigned long long)p->from));
	TRY(put_leaves(p, b, err));
	return blob_put(b, "}", 1, err);
}

static int
show_part(struct keyring *k, const struct part *p, bool final,
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
	struct part all = { shown->from, shown->leaves, shown->n,
		shown->events, shown->event_n };
	const char *note;
	char *text;

	do {
		AUTO_JSON *answer = NULL;
		struct part p = cut(&all);
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
