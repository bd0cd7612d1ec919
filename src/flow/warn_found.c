/* warn_found - what lies about, and what a token holds no more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "cert/found.h"
#include "flow/flow.h"
#include "flow/found_whose.h"
#include "flow/warn.h"

#define FOUND_MOST	2000	/* of each sort, that are looked at */
#define ALONE_MOST	50	/* of one sort and one source: more are told by their number */
#define PAGE		500
#define OWNER		(2 * TEXT_CUT)

struct found_look {
	struct look	*l;
	json_t		*all;		/* owned */
	json_t		*sums;		/* owned: "SORT SOURCE" -> how many */
	json_t		*whose;		/* owned: {ID: true} of credentials' keys that were met */
};

/* As one is told alone (NULL: never), and as several are counted.  Each sort is
 * looked at by itself, the worst first: many of one hide none of another. */
static const struct sort {
	const char	*name, *kind;
	const char	*of;		/* state of those whose key the inventory knows; NULL: open, and it does not */
	const char	*alone, *one, *many, *where;
} SORTS[] = {
	{ "credential-key", "private-key", "open", "lies at", "private key",
	    "private keys", "by which people or tools come in, or approve" },
	{ "held-key", "private-key", "open", "lies at", "private key",
	    "private keys", "of keys in the inventory" },
	{ "absent-key", "token-key", "absent", "is in its token no more:",
	    "key", "keys", "in the inventory, and in the token no more" },
	{ "private-key", "private-key", NULL, "a private key lies at",
	    "private key", "private keys", "in no inventory" },
	{ "token-key", "token-key", NULL, "a key that is in no inventory is "
	    "in a token:", "key of a token", "keys of a token",
	    "in no inventory" },
	{ "token-secret", "token-secret", NULL, "a secret key that is in no "
	    "inventory is in a token:", "secret key of a token",
	    "secret keys of a token", "in no inventory" },
	{ "sealed", "sealed", NULL, "a key store that shows nothing lies at",
	    "sealed key store", "sealed key stores", "in no inventory" },
	{ "certificate", "certificate", NULL, NULL, "certificate",
	    "certificates", "in no inventory" },
	{ "public-key", "public-key", NULL, NULL, "public key",
	    "public keys", "in no inventory" },
};

static const struct sort *
sort_of(const json_t *one)
{
	const char *kind = json_str(one, "kind", "");
	bool known = json_object_get(one, "of") != NULL;

	if (json_object_get(json_object_get(one, "of"), "principal") != NULL)
		return &SORTS[0];
	for (size_t i = 1; i < NELEM(SORTS); i++)
		if (strcmp(SORTS[i].kind, kind) == 0 && (SORTS[i].of != NULL)
		    == known)
			return &SORTS[i];
	return &SORTS[NELEM(SORTS) - 1];
}

/* Of what is counted: "SORT SOURCE". */
static const struct sort *
sort_named(const char *subject)
{
	size_t n = strcspn(subject, " ");

	for (size_t i = 0; i < NELEM(SORTS); i++)
		if (strlen(SORTS[i].name) == n && strncmp(SORTS[i].name,
		    subject, n) == 0)
			return &SORTS[i];
	return &SORTS[NELEM(SORTS) - 1];
}

static void
sum_name(const json_t *one, char ret[ALERT_SUBJECT])
{
	const char *place = json_str(one, "place", "");
	size_t n = found_source(place);
	struct text_cut from = text_cut(place, n < 160 ? n : 160);

	(void)snprintf(ret, ALERT_SUBJECT, "%s %.160s", sort_of(one)->name,
	    from.at);
}

/* ---- one by one ---- */

/* Whose key it is, as far as the inventory says; "" where it does not. */
static void
owner_of(const json_t *one, char ret[OWNER])
{
	const json_t *of = json_object_get(one, "of");
	const char *key = json_str(of, "key", "");
	struct text_cut at = text_shown(json_str(of, "at", ""), 80);

	ret[0] = '\0';
	if (of == NULL)
		return;
	if (json_object_get(of, "principal") != NULL)
		(void)snprintf(ret, OWNER, "the %s key of %.64s ",
		    strcmp(json_str(of, "proof", ""), "officer-key") == 0 ?
		    "approval" : json_str(of, "proof", ""),
		    json_str(of, "principal", ""));
	else if (json_object_get(of, "certificate") != NULL)
		(void)snprintf(ret, OWNER, "the key of the certificate %.64s ",
		    json_str(of, "certificate", ""));
	else if (json_flag(of, "house", false))
		(void)snprintf(ret, OWNER, "the key %.64s of the house's token ",
		    key);
	else
		(void)snprintf(ret, OWNER, "the key %.64s, said to be at %s, ",
		    key, at.at);
}

static bool
is_absent(const json_t *one)
{
	return strcmp(json_str(one, "state", ""), "absent") == 0;
}

/* That it is away is other news than that it was there. */
static int
alone_found(struct found_look *f, const json_t *one, const char *words,
    struct err *err)
{
	struct text_cut place = text_cut(json_str(one, "place", ""), 180);
	bool clear = json_object_get(one, "encrypted") != NULL &&
	    !json_flag(one, "encrypted", true);
	char owner[OWNER], what[OWNER + 2 * TEXT_CUT + 40],
	    subject[ALERT_SUBJECT];
	json_t *about;

	owner_of(one, owner);
	if (is_absent(one) && strcmp(json_str(one, "form", ""), FOUND_MISSING)
	    == 0)
		words = "is not in its token:";
	(void)snprintf(subject, sizeof(subject), "%s%.64s",
	    is_absent(one) ? "absent " : "", json_str(one, "id", ""));
	(void)snprintf(what, sizeof(what), "%s%s %s%s", owner, words,
	    place.at, clear ? ", not encrypted" : "");
	TRY(json_build(&about, err, "{s:s, s:O, s:O, s:O, s:O*, s:s}", "name",
	    place.at, "finding", json_object_get(one, "id"), "kind",
	    json_object_get(one, "kind"), "place", json_object_get(one,
	    "place"), "of", json_object_get(one, "of"), "what", what));
	return look_found(f->l, WATCH_FINDING, subject, 0, 0, about, err);
}

static bool
is_alone(const struct sort *s, int64_t n)
{
	return s->alone != NULL && n <= ALONE_MOST;
}

static int
each_found(struct found_look *f, struct err *err)
{
	char subject[ALERT_SUBJECT];
	const json_t *one;
	size_t i;

	json_array_foreach(f->all, i, one) {
		const struct sort *s = sort_of(one);

		sum_name(one, subject);
		if (is_alone(s, json_int(f->sums, subject, 0)))
			TRY(alone_found(f, one, s->alone, err));
	}
	return 0;
}

/* ---- by their number: there may be hundreds, of which none is worth a message
 * of its own ---- */

static int
sum_found(struct found_look *f, const char *subject, int64_t n,
    struct err *err)
{
	const struct sort *s = sort_named(subject);
	const char *from = subject + strcspn(subject, " ") + 1;
	char what[TEXT_CUT + 100];
	json_t *about;

	if (is_alone(s, n))
		return 0;
	(void)snprintf(what, sizeof(what), "%lld %s of %.160s %s %s",
	    (long long)n, n == 1 ? s->one : s->many, from, n == 1 ? "is" :
	    "are", s->where);
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

/* Another sort of the same kind is looked at by itself; credentials' keys are taken
 * once, wherever they are met: each of them is looked for up to a bound. */
static bool
is_taken(struct found_look *f, const struct sort *s, const json_t *one)
{
	const char *id = json_str(one, "id", "");

	if (sort_of(one) != &SORTS[0])
		return sort_of(one) != s;
	if (json_object_get(f->whose, id) != NULL)
		return true;
	(void)json_object_set_new(f->whose, id, json_true());
	return false;
}

static int
page_take(struct found_look *f, const struct sort *s, json_t *page,
    struct err *err)
{
	char subject[ALERT_SUBJECT];
	json_t *one;
	size_t i;

	json_array_foreach(page, i, one) {
		TRY(whose_put(f->l->tx, f->l->law->charter, one, err));
		if (is_taken(f, s, one))
			continue;
		sum_name(one, subject);
		TRY(json_set_int(f->sums, subject, json_int(f->sums, subject,
		    0) + 1, err));
		if (json_array_append(f->all, one) != 0)
			return err_set(err, ENOMEMORY, "findings");
	}
	return 0;
}

static int
page_look(struct found_look *f, const struct sort *s, char **cursor,
    size_t *n, struct err *err)
{
	struct found_filter those = { .state = s->of != NULL ? s->of : "open",
	    .kind = s->kind, .held = s->of != NULL };
	AUTO_JSON *page = NULL;
	char *next;

	TRY(found_list(f->l->tx, &those, *cursor, PAGE, &page, &next, err));
	free(*cursor);
	*cursor = next;
	*n += json_array_size(page);
	return page_take(f, s, page, err);
}

/* Of each credential by itself: no heap of others hides one. */
static int
credentials_look(struct found_look *f, struct err *err)
{
	AUTO_JSON *list = json_array();

	if (list == NULL)
		return err_set(err, ENOMEMORY, "findings");
	TRY(whose_found(f->l->tx, f->l->law->charter, list, err));
	return page_take(f, &SORTS[0], list, err);
}

static int
sort_look(struct found_look *f, const struct sort *s, struct err *err)
{
	char *cursor = NULL;
	size_t n = 0;
	int rc;

	do
		rc = page_look(f, s, &cursor, &n, err);
	while (rc == 0 && cursor != NULL && n < FOUND_MOST);
	if (cursor != NULL)
		look_not_whole(f->l, WATCH_FINDING, 1);
	free(cursor);
	return rc;
}

static int
open_look(struct found_look *f, struct err *err)
{
	if (f->all == NULL || f->sums == NULL || f->whose == NULL)
		return err_set(err, ENOMEMORY, "findings");
	TRY(credentials_look(f, err));
	for (size_t i = 1; i < NELEM(SORTS); i++)
		TRY(sort_look(f, &SORTS[i], err));
	TRY(each_found(f, err));
	return sums_found(f, err);
}

int
look_findings(struct look *l, struct err *err)
{
	struct found_look f = { .l = l, .all = json_array(),
	    .sums = json_object(), .whose = json_object() };
	int rc = open_look(&f, err);

	if (rc == 0)
		rc = look_strays(l, err);
	json_decref(f.all);
	json_decref(f.sums);
	json_decref(f.whose);
	return rc;
}
