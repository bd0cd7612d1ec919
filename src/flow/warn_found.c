/* warn_found - what lies about and is in no inventory, and what the token and the
 * inventory do not agree about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "cert/found.h"
#include "flow/warn.h"

#define FOUND_MOST	2000	/* that are looked at */
#define PAGE		500

struct found_look {
	struct look	*l;
	json_t		*sums;		/* owned: "KIND PLACE" -> how many */
	unsigned	 n;
};

/* What is told one by one, and in which words. */
static const struct {
	const char	*kind, *what;
} ALONE[] = {
	{ "private-key", "a private key lies at" },
	{ "sealed", "a key store that shows nothing lies at" },
	{ "token-key", "a key that is in no inventory is in a token:" },
	{ "token-secret", "a secret key that is in no inventory is in a "
	    "token:" },
};

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

/* Of a host, an endpoint or a token: scheme and authority, or the attributes
 * that name the token. */
static struct text_cut
source_of(const char *place)
{
	const char *end = strstr(place, "://");

	end = end != NULL ? strchr(end + 3, '/') : strstr(place, ";id=");
	return text_cut(place, end != NULL ? (size_t)(end - place) : 160);
}

/* There may be hundreds, of which none is worth a message of its own. */
static int
sum_add(struct found_look *f, const json_t *one, struct err *err)
{
	struct text_cut from = source_of(json_str(one, "place", ""));
	char subject[ALERT_SUBJECT];

	(void)snprintf(subject, sizeof(subject), "%s %.160s", json_str(one,
	    "kind", ""), from.at);
	return json_set_int(f->sums, subject, json_int(f->sums, subject, 0) +
	    1, err);
}

static int
one_look(struct found_look *f, const json_t *one, struct err *err)
{
	for (size_t i = 0; i < NELEM(ALONE); i++)
		if (strcmp(json_str(one, "kind", ""), ALONE[i].kind) == 0)
			return alone_found(f, one, ALONE[i].what, err);
	return sum_add(f, one, err);
}

static int
sums_found(struct found_look *f, struct err *err)
{
	const char *subject;
	json_t *n;

	json_object_foreach(f->sums, subject, n) {
		const char *from = strchr(subject, ' ') + 1;
		bool certs = strncmp(subject, "certificate ", 12) == 0;
		bool single = json_integer_value(n) == 1;
		char what[TEXT_CUT + 100];
		json_t *about;

		(void)snprintf(what, sizeof(what), "%lld %s%s of %.160s %s in "
		    "no inventory", (long long)json_integer_value(n), certs ?
		    "certificate" : "public key", single ? "" : "s", from,
		    single ? "is" : "are");
		TRY(json_build(&about, err, "{s:s, s:O, s:s}", "name", from,
		    "findings", n, "what", what));
		TRY(look_found(f->l, WATCH_FINDING, subject, 0, 0, about,
		    err));
	}
	return 0;
}

static int
page_look(struct found_look *f, char **cursor, struct err *err)
{
	static const struct found_filter open = { .state = "open" };
	AUTO_JSON *page = NULL;
	const json_t *one;
	char *next;
	size_t i;

	TRY(found_list(f->l->tx, &open, *cursor, PAGE, &page, &next, err));
	free(*cursor);
	*cursor = next;
	json_array_foreach(page, i, one)
		TRY(one_look(f, one, err));
	f->n += (unsigned)json_array_size(page);
	return 0;
}

static int
open_look(struct found_look *f, struct err *err)
{
	char *cursor = NULL;
	int rc;

	do
		rc = page_look(f, &cursor, err);
	while (rc == 0 && cursor != NULL && f->n < FOUND_MOST);
	if (cursor != NULL)
		look_not_whole(f->l, WATCH_FINDING, 1);
	free(cursor);
	TRY(rc);
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
	struct found_look f = { .l = l, .sums = json_object() };
	json_t *told = strays_told(l->flow);
	int rc = f.sums != NULL ? open_look(&f, err) : err_set(err, ENOMEMORY,
	    "findings");

	if (rc == 0)
		rc = house_look(l, told, err);
	json_decref(f.sums);
	json_decref(told);
	return rc;
}
