/* warn_found - what lies about and is in no inventory, and what the token and the
 * inventory do not agree about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "cert/found.h"
#include "flow/warn.h"

#define FOUND_MOST	2000	/* of each kind, that are looked at */
#define ALONE_MOST	50	/* of one kind and one source: more are told by their number */
#define PAGE		500

struct found_look {
	struct look	*l;
	json_t		*all;		/* owned: those that are open */
	json_t		*sums;		/* owned: "KIND SOURCE" -> how many */
};

/* As one is told alone (NULL: never), and as several are counted.  Each kind is
 * looked at by itself, the worst first: many of one hide none of another. */
static const struct {
	const char	*kind, *alone, *one, *many;
} KINDS[] = {
	{ "private-key", "a private key lies at", "private key",
	    "private keys" },
	{ "token-key", "a key that is in no inventory is in a token:",
	    "key of a token", "keys of a token" },
	{ "token-secret", "a secret key that is in no inventory is in a "
	    "token:", "secret key of a token", "secret keys of a token" },
	{ "sealed", "a key store that shows nothing lies at",
	    "sealed key store", "sealed key stores" },
	{ "certificate", NULL, "certificate", "certificates" },
	{ "public-key", NULL, "public key", "public keys" },
};

static size_t
kind_of(const char *kind, size_t n)
{
	for (size_t i = 0; i < NELEM(KINDS); i++)
		if (strlen(KINDS[i].kind) == n && strncmp(KINDS[i].kind, kind,
		    n) == 0)
			return i;
	return NELEM(KINDS) - 1;
}

/* Of a host, an endpoint or a token: scheme and authority, or the attributes
 * that name the token. */
static struct text_cut
source_of(const char *place)
{
	static const char *const object[] = { ";id=", ";object=", ";type=" };
	const char *end = strstr(place, "://");

	end = end != NULL ? strchr(end + 3, '/') : NULL;
	for (size_t i = 0; end == NULL && i < NELEM(object); i++)
		end = strstr(place, object[i]);
	return text_cut(place, end != NULL && end - place < 160 ?
	    (size_t)(end - place) : 160);
}

static void
sum_name(const json_t *one, char ret[ALERT_SUBJECT])
{
	struct text_cut from = source_of(json_str(one, "place", ""));

	(void)snprintf(ret, ALERT_SUBJECT, "%.20s %.160s", json_str(one,
	    "kind", ""), from.at);
}

/* ---- one by one ---- */

static int
alone_found(struct found_look *f, const json_t *one, const char *words,
    struct err *err)
{
	struct text_cut place = text_cut(json_str(one, "place", ""), 180);
	bool clear = json_object_get(one, "encrypted") != NULL &&
	    !json_flag(one, "encrypted", true);
	char what[2 * TEXT_CUT + 40];
	json_t *about;

	(void)snprintf(what, sizeof(what), "%s %s%s", words, place.at,
	    clear ? ", not encrypted" : "");
	TRY(json_build(&about, err, "{s:s, s:O, s:O, s:O, s:s}", "name",
	    place.at, "finding", json_object_get(one, "id"), "kind",
	    json_object_get(one, "kind"), "place", json_object_get(one,
	    "place"), "what", what));
	return look_found(f->l, WATCH_FINDING, json_str(one, "id", ""), 0, 0,
	    about, err);
}

static bool
is_alone(size_t kind, int64_t n)
{
	return KINDS[kind].alone != NULL && n <= ALONE_MOST;
}

static int
each_found(struct found_look *f, struct err *err)
{
	char subject[ALERT_SUBJECT];
	const json_t *one;
	size_t i;

	json_array_foreach(f->all, i, one) {
		const char *kind = json_str(one, "kind", "");
		size_t k = kind_of(kind, strlen(kind));

		sum_name(one, subject);
		if (is_alone(k, json_int(f->sums, subject, 0)))
			TRY(alone_found(f, one, KINDS[k].alone, err));
	}
	return 0;
}

/* ---- by their number: there may be hundreds, of which none is worth a message
 * of its own ---- */

static int
sum_found(struct found_look *f, const char *subject, int64_t n,
    struct err *err)
{
	size_t kind = kind_of(subject, strcspn(subject, " "));
	const char *from = subject + strcspn(subject, " ") + 1;
	char what[TEXT_CUT + 100];
	json_t *about;

	if (is_alone(kind, n))
		return 0;
	(void)snprintf(what, sizeof(what), "%lld %s of %.160s %s in no "
	    "inventory", (long long)n, n == 1 ? KINDS[kind].one :
	    KINDS[kind].many, from, n == 1 ? "is" : "are");
	TRY(json_build(&about, err, "{s:s, s:I, s:s}", "name", from,
	    "findings", (json_int_t)n, "what", what));
	return look_found(f->l, WATCH_FINDING, subject, 0, 0, about, err);
}

static int
sums_found(struct found_look *f, struct err *err)
{
	const char *subject;
	json_t *n;

	json_object_foreach(f->sums, subject, n)
		TRY(sum_found(f, subject, json_integer_value(n), err));
	return 0;
}

/* ---- all of them ---- */

static int
page_look(struct found_look *f, const char *kind, char **cursor, size_t *n,
    struct err *err)
{
	struct found_filter open = { .state = "open", .kind = kind };
	char subject[ALERT_SUBJECT];
	AUTO_JSON *page = NULL;
	const json_t *one;
	char *next;
	size_t i;

	TRY(found_list(f->l->tx, &open, *cursor, PAGE, &page, &next, err));
	free(*cursor);
	*cursor = next;
	json_array_foreach(page, i, one) {
		sum_name(one, subject);
		TRY(json_set_int(f->sums, subject, json_int(f->sums, subject,
		    0) + 1, err));
	}
	*n += json_array_size(page);
	return json_array_extend(f->all, page) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "findings");
}

static int
kind_look(struct found_look *f, const char *kind, struct err *err)
{
	char *cursor = NULL;
	size_t n = 0;
	int rc;

	do
		rc = page_look(f, kind, &cursor, &n, err);
	while (rc == 0 && cursor != NULL && n < FOUND_MOST);
	if (cursor != NULL)
		look_not_whole(f->l, WATCH_FINDING, 1);
	free(cursor);
	return rc;
}

static int
open_look(struct found_look *f, struct err *err)
{
	if (f->all == NULL || f->sums == NULL)
		return err_set(err, ENOMEMORY, "findings");
	for (size_t i = 0; i < NELEM(KINDS); i++)
		TRY(kind_look(f, KINDS[i].kind, err));
	TRY(each_found(f, err));
	return sums_found(f, err);
}

/* ---- the house's own token ---- */

static int
stray_found(struct look *l, const json_t *one, struct err *err)
{
	struct text_cut label = text_cut(json_str(one, "label", ""), 64);
	char subject[ALERT_SUBJECT], what[TEXT_CUT + 100];
	json_t *about;

	(void)snprintf(subject, sizeof(subject), "stray %.64s", json_str(one,
	    "id", ""));
	(void)snprintf(what, sizeof(what), "the token holds an object that is no "
	    "key of the house, labelled \"%s\"", label.at);
	TRY(json_build(&about, err, "{s:s, s:O, s:s}", "name", label.at, "id",
	    json_object_get(one, "id"), "what", what));
	return look_found(l, WATCH_FINDING, subject, 0, 0, about, err);
}

static int
absent_found(struct look *l, const json_t *one, struct err *err)
{
	char subject[ALERT_SUBJECT], what[160];
	json_t *about;

	(void)snprintf(subject, sizeof(subject), "absent %.64s", json_str(one,
	    "key", ""));
	(void)snprintf(what, sizeof(what), "the token holds the key %.65s no "
	    "more", json_str(one, "name", ""));
	TRY(json_build(&about, err, "{s:O, s:O, s:s}", "name",
	    json_object_get(one, "name"), "key", json_object_get(one, "key"),
	    "what", what));
	return look_found(l, WATCH_FINDING, subject, 0, 0, about, err);
}

static int
house_look(struct look *l, const json_t *told, struct err *err)
{
	const json_t *one;
	size_t i;

	if (told == NULL) {
		look_not_whole(l, WATCH_FINDING, 1);
		return 0;
	}
	json_array_foreach(json_object_get(told, "strays"), i, one)
		TRY(stray_found(l, one, err));
	json_array_foreach(json_object_get(told, "absent"), i, one)
		TRY(absent_found(l, one, err));
	return 0;
}

int
look_findings(struct look *l, struct err *err)
{
	struct found_look f = { .l = l, .all = json_array(),
	    .sums = json_object() };
	AUTO_JSON *told = strays_told(l->flow);
	int rc = open_look(&f, err);

	if (rc == 0)
		rc = house_look(l, told, err);
	json_decref(f.all);
	json_decref(f.sums);
	return rc;
}
