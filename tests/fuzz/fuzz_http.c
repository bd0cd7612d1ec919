/*
 * http: a request's head and path, its query and its body, each against every
 * schema.
 *
 * Input: a request as on the wire.  Lines up to the empty one are the head;
 * what follows is the body.  What is admitted obeys the bounds that were said.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "api/intake.h"
#include "api/route.h"
#include "tests/fuzz/fuzz.h"

static const struct schema *const schemas[] = {
#define S(name) &schema_##name,
	SCHEMAS(S)
#undef S
};

/* One line off the text; NULL at its end. */
static char *
line(char **text)
{
	char *from = *text, *end;

	if (from == NULL || *from == '\0')
		return NULL;
	end = strstr(from, "\r\n");
	if (end == NULL) {
		*text = NULL;
	} else {
		*end = '\0';
		*text = end + 2;
	}
	return from;
}

static void
head_read(char *first, char **rest, struct head *h)
{
	char *l, *colon, *space = strchr(first, ' '), *version;

	h->method = first;
	h->uri = h->version = "";
	if (space != NULL) {
		*space = '\0';
		h->uri = space + 1;
		if ((version = strrchr(space + 1, ' ')) != NULL) {
			*version = '\0';
			h->version = version + 1;
		}
	}
	while (h->n < INTAKE_HEADERS && (l = line(rest)) != NULL && *l != '\0') {
		if ((colon = strchr(l, ':')) == NULL)
			continue;
		*colon++ = '\0';
		colon += strspn(colon, " ");
		h->field[h->n++] = (struct header){ l, colon, strlen(l),
		    strlen(colon) };
	}
}

static void
admitted_check(const struct admitted *a)
{
	struct basic b;

	FUZZ_HOLDS(a->wait_s <= 86400);
	FUZZ_HOLDS(strlen(a->idempotency) < sizeof(a->idempotency));
	FUZZ_HOLDS(a->bearer == NULL || strpbrk(a->bearer, " \t\r\n") == NULL);
	FUZZ_HOLDS(a->bearer == NULL || a->basic == NULL);
	if (a->basic != NULL && intake_basic(a->basic, &b, NULL) == 0)
		FUZZ_HOLDS(strlen(b.user) < sizeof(b.user) &&
		    strlen(b.password) < sizeof(b.password));
}

/* Whatever is found is a row of the table, on the listener that was asked. */
static void
path_check(const struct head *h, unsigned at)
{
	struct route_match m;
	const char *allow = NULL;
	char path[INTAKE_URI + 1];
	size_t n = strcspn(h->uri, "?");
	struct err err;
	int rc;

	if (n > INTAKE_URI)
		return;
	memcpy(path, h->uri, n);
	path[n] = '\0';
	rc = route_find(h->method, path, at, &m, &allow, &err);
	FUZZ_HOLDS(rc != 0 || (m.route->at & at) != 0);
	FUZZ_HOLDS(rc != 0 || m.nparams <= ROUTE_PARAMS);
	FUZZ_HOLDS((rc == -EMETHOD) == (allow != NULL));
}

/* Whatever a schema lets in has known names only. */
static void
object_check(const struct schema *s, json_t *o)
{
	const char *name;
	json_t *v;
	size_t i;

	json_object_foreach(o, name, v) {
		for (i = 0; i < s->n; i++)
			if (strcmp(s->rows[i].name, name) == 0)
				break;
		FUZZ_HOLDS(i < s->n);
	}
}

/* A page of rows is a body like any other. */
static void
rows_check(const struct schema *s, const json_t *query, const char *rest)
{
	json_t *none = json_object(), *b = NULL;
	struct err err;

	if (s->n > 0 && s->rows[0].want == WANT_ARRAY &&
	    intake_rows(rest, strlen(rest), query != NULL ? query : none, s,
	    &b, &err) == 0)
		object_check(s, b);
	json_decref(none);
	json_decref(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *first;
	struct head h = { .n = 0 };
	struct admitted a;
	struct err err;
	size_t i;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if ((first = line(&rest)) != NULL) {
		head_read(first, &rest, &h);
		if (intake_head(&h, &a, &err) == 0)
			admitted_check(&a);
		path_check(&h, AT_CONTROL);
		path_check(&h, AT_PUBLIC);
		for (i = 0; i < NELEM(schemas); i++) {
			const char *q = strchr(h.uri, '?');
			json_t *o = NULL, *b = NULL;

			if (q != NULL && intake_query(q + 1, schemas[i], &o,
			    &err) == 0)
				object_check(schemas[i], o);
			if (rest != NULL && intake_body(rest, strlen(rest), true,
			    schemas[i], &b, &err) == 0)
				object_check(schemas[i], b);
			if (rest != NULL)
				rows_check(schemas[i], o, rest);
			json_decref(o);
			json_decref(b);
		}
	}
	free(text);
	return 0;
}
