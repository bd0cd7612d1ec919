/*
 * route: the table, the router and the document that are made of it.
 */
#include "api/route.h"
#include "api/server.h"
#include "policy/action.h"
#include "tests/unit/unit.h"

/* A path that a template takes: every parameter becomes "a1". */
static void
path_of(const char *template, char ret[256])
{
	char *to = ret;

	while (*template != '\0') {
		if (*template != '{') {
			*to++ = *template++;
			continue;
		}
		memcpy(to, "a1", 2);
		to += 2;
		template = strchr(template, '}') + 1;
	}
	*to = '\0';
}

static unsigned
place(const struct route *r)
{
	return (r->at & AT_CONTROL) != 0 ? AT_CONTROL : AT_PUBLIC;
}

START_TEST(every_row_is_found_by_its_own_path)
{
	const struct route *r = &routes[_i];
	struct route_match m;
	const char *allow;
	char path[256];

	path_of(r->path, path);
	unit_ok(route_find(method_name(r->method), path, place(r), &m, &allow,
	    &unit_err));
	ck_assert_ptr_eq(m.route, r);
	if (strchr(r->path, '{') != NULL && strstr(r->path, "*}") == NULL)
		ck_assert_str_eq(m.param[0], "a1");
}
END_TEST

START_TEST(every_row_says_what_it_is)
{
	const struct route *r = &routes[_i];
	enum action a;
	size_t i;

	ck_assert_int_gt(strlen(r->words), 10);
	ck_assert_int_eq(r->words[strlen(r->words) - 1], '.');
	ck_assert_int_lt(r->access, ACCESS__N);
	ck_assert_str_ne(access_name(r->access), "");
	/* Reads and actions are the charter's; nothing else names an action. */
	if (r->access == ACCESS_POLICY || r->access == ACCESS_READ ||
	    r->access == ACCESS_ENROL || r->access == ACCESS_FEED)
		unit_ok(action_from_name(r->action, &a, &unit_err));
	else
		ck_assert_str_eq(r->action, "");
	ck_assert_msg((r->method == METHOD_GET) == (r->octets == 0),
	    "%s: bodies come with POST", r->name);
	for (i = 0; i < r->body->n; i++)
		ck_assert_str_ne(r->body->rows[i].words, "");
	for (i = 0; i < r->query->n; i++)
		ck_assert_str_ne(r->query->rows[i].words, "");
}
END_TEST

START_TEST(what_is_public_only_reads)
{
	const struct route *r = &routes[_i];

	if ((r->at & AT_PUBLIC) == 0)
		return;
	/* To ask by POST is to read, too (RFC 6960, A.1). */
	if (strcmp(r->path, "/ocsp") != 0)
		ck_assert_int_eq(r->method, METHOD_GET);
	ck_assert_int_eq(r->access, ACCESS_OPEN);
}
END_TEST

static const struct {
	const char	*why, *method, *path;
	unsigned	 at;
	enum err_code	 want;
} PATHS[] = {
	{ "a path that nothing serves", "GET", "/v2/keys", AT_CONTROL, ENOENT_ },
	{ "a longer path", "GET", "/v1/keys/a/b", AT_CONTROL, ENOENT_ },
	{ "a shorter path", "GET", "/v1", AT_CONTROL, ENOENT_ },
	{ "an empty parameter", "GET", "/v1/keys/", AT_CONTROL, ENOENT_ },
	{ "another case", "GET", "/V1/keys", AT_CONTROL, ENOENT_ },
	{ "another listener", "GET", "/v1/keys", AT_PUBLIC, ENOENT_ },
	{ "HEAD is GET without its body", "HEAD", "/v1/keys", AT_CONTROL, OK },
	{ "another method", "DELETE", "/v1/keys/a", AT_CONTROL, EMETHOD },
	{ "a method in small letters", "get", "/v1/keys", AT_CONTROL, EMETHOD },
	{ "an action is no page", "GET", "/v1/keys/a/sign", AT_CONTROL, EMETHOD },
	{ "two slashes", "GET", "/v1//keys", AT_CONTROL, EINPUT },
	{ "an escape", "GET", "/v1/keys/a%2fb", AT_CONTROL, EINPUT },
	{ "no slash at all", "GET", "v1/keys", AT_CONTROL, EINPUT },
	{ "nothing", "GET", "", AT_CONTROL, EINPUT },
};

START_TEST(a_path_is_found_or_refused)
{
	struct route_match m;
	const char *allow = NULL;
	struct err err = { .code = OK };
	int rc = route_find(PATHS[_i].method, PATHS[_i].path, PATHS[_i].at, &m,
	    &allow, &err);

	ck_assert_msg(rc == -(int)PATHS[_i].want, "%s: %s (%s)", PATHS[_i].why,
	    err_code_name(err.code), err.what);
	ck_assert_msg((rc == -EMETHOD) == (allow != NULL), "%s", PATHS[_i].why);
}
END_TEST

START_TEST(a_parameter_has_a_longest)
{
	struct route_match m;
	const char *allow;
	char path[400] = "/v1/keys/";

	memset(path + strlen(path), 'a', ROUTE_PARAM_MAX);
	unit_fails(route_find("GET", path, AT_CONTROL, &m, &allow, &unit_err),
	    ENOENT_);
}
END_TEST

START_TEST(the_document_has_every_route_and_every_field)
{
	AUTO_JSON *doc = NULL;
	const json_t *paths, *op, *members;
	size_t i, j;

	unit_ok(openapi_build(&doc, &unit_err));
	ck_assert_str_eq(json_str(doc, "openapi", ""), "3.1.0");
	paths = json_object_get(doc, "paths");
	for (i = 0; i < ROUTE__N; i++) {
		const struct route *r = &routes[i];

		if ((r->at & AT_CONTROL) == 0)
			continue;
		op = json_object_get(json_object_get(paths, r->path),
		    r->method == METHOD_GET ? "get" : "post");
		ck_assert_msg(op != NULL, "%s is missing", r->path);
		ck_assert_str_eq(json_str(op, "summary", ""), r->words);
		if (r->method == METHOD_GET)
			continue;
		members = json_object_get(json_object_get(json_object_get(
		    json_object_get(json_object_get(op, "requestBody"),
		    "content"), route_batch(r) ? "application/x-ndjson" :
		    "application/json"), "schema"), "properties");
		for (j = 0; j < r->body->n; j++)
			ck_assert_msg(json_object_get(members,
			    r->body->rows[j].name) != NULL, "%s: %s", r->path,
			    r->body->rows[j].name);
	}
}
END_TEST

UNIT_MAIN("api/route",
	UNIT_ROWS(every_row_is_found_by_its_own_path, routes)
	UNIT_ROWS(every_row_says_what_it_is, routes)
	UNIT_ROWS(what_is_public_only_reads, routes)
	UNIT_ROWS(a_path_is_found_or_refused, PATHS)
	UNIT(a_parameter_has_a_longest)
	UNIT(the_document_has_every_route_and_every_field))
