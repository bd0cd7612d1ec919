#include <string.h>
#include "api/server.h"

static const char *
type_name(enum json_want w)
{
	switch (w) {
	case WANT_STRING:	return "string";
	case WANT_INTEGER:	return "integer";
	case WANT_BOOL:		return "boolean";
	case WANT_OBJECT:	return "object";
	case WANT_ARRAY:
	case WANT_STRINGS:	return "array";
	case WANT_ANY:		return NULL;
	}
	return NULL;
}

static int
bounds(const struct json_row *r, json_t *o, struct err *err)
{
	static const char *const names[][2] = {
		[WANT_STRING] = { "minLength", "maxLength" },
		[WANT_INTEGER] = { "minimum", "maximum" },
		[WANT_BOOL] = { NULL, NULL }, [WANT_OBJECT] = { NULL, NULL },
		[WANT_ARRAY] = { "minItems", "maxItems" },
		[WANT_STRINGS] = { "minItems", "maxItems" },
		[WANT_ANY] = { NULL, NULL },
	};

	if (names[r->want][0] == NULL || (r->min == 0 && r->max == 0))
		return 0;
	TRY(json_set_int(o, names[r->want][0], r->min, err));
	return json_set_int(o, names[r->want][1], r->max, err);
}

static int
type_of(const struct json_row *r, json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_object(), *items = NULL;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "the OpenAPI document");
	if (type_name(r->want) != NULL)
		TRY(json_set_str(o, "type", type_name(r->want), err));
	if (r->want == WANT_STRINGS) {
		TRY(json_build(&items, err, "{s:s}", "type", "string"));
		TRY(json_set_new(o, "items", TAKE(items), err));
	}
	TRY(bounds(r, o, err));
	*ret = TAKE(o);
	return 0;
}

static int
append(json_t *array, json_t *stolen, struct err *err)
{
	if (json_array_append_new(array, stolen) != 0)
		return err_set(err, ENOMEMORY, "the OpenAPI document");
	return 0;
}

static int
body_schema(const struct schema *s, json_t **ret, struct err *err)
{
	AUTO_JSON *members = json_object(), *required = json_array();
	json_t *one;
	size_t i;

	for (i = 0; i < s->n; i++) {
		TRY(type_of(&s->rows[i], &one, err));
		TRY(json_set_new(members, s->rows[i].name, one, err));
		TRY(json_set_str(one, "description", s->rows[i].words, err));
		if (s->rows[i].required)
			TRY(append(required, json_string(s->rows[i].name), err));
	}
	return json_build(ret, err, "{s:s, s:b, s:o, s:o}", "type", "object",
	    "additionalProperties", 0, "properties", TAKE(members),
	    "required", TAKE(required));
}

static int
query_parameters(const struct schema *s, json_t *to, struct err *err)
{
	json_t *type, *one;
	size_t i;

	for (i = 0; i < s->n; i++) {
		TRY(type_of(&s->rows[i], &type, err));
		TRY(json_build(&one, err, "{s:s, s:s, s:b, s:s, s:o}",
		    "name", s->rows[i].name, "in", "query",
		    "required", s->rows[i].required,
		    "description", s->rows[i].words, "schema", type));
		TRY(append(to, one, err));
	}
	return 0;
}

static int
path_parameters(const char *path, json_t *to, struct err *err)
{
	const char *p, *end;
	json_t *one;

	for (p = strchr(path, '{'); p != NULL; p = strchr(end, '{')) {
		end = strchr(p, '}');
		TRY(json_build(&one, err, "{s:s%, s:s, s:b, s:{s:s}}",
		    "name", p + 1, (size_t)(end - p - 1), "in", "path",
		    "required", 1, "schema", "type", "string"));
		TRY(append(to, one, err));
	}
	return 0;
}

static int
header_parameters(const struct route *r, json_t *to, struct err *err)
{
	json_t *one;

	if (r->method != METHOD_POST || route_est(r))
		return 0;
	TRY(json_build(&one, err, "{s:s, s:s, s:s, s:{s:s, s:i}}",
	    "name", "Idempotency-Key", "in", "header", "description",
	    "asking the same again with it answers the same request, then its "
	    "result; what says a page of things (certificates, devices) is done "
	    "anew, as far as it is not so; another body under it is refused; "
	    "while one is being answered, another of the same is told to come "
	    "again (503)",
	    "schema", "type", "string", "maxLength", 128));
	TRY(append(to, one, err));
	TRY(json_build(&one, err, "{s:s, s:s, s:s, s:{s:s}}",
	    "name", "Prefer", "in", "header", "description",
	    "wait=N: hold the answer up to N seconds while the request waits "
	    "(RFC 7240)", "schema", "type", "string"));
	return append(to, one, err);
}

static int
responses(const struct route *r, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	json_t *waits;

	TRY(json_build(&o, err, "{s:{s:s}, s:{s:s, s:{s:{s:{s:s}}}}}",
	    "200", "description", "done",
	    "default", "description", "a problem document (RFC 9457)",
	    "content", "application/problem+json", "schema",
	    "$ref", "#/components/schemas/problem"));
	if (r->access == ACCESS_POLICY || r->access == ACCESS_ENROL) {
		TRY(json_build(&waits, err, "{s:s}", "description",
		    "the request waits for approvals"));
		TRY(json_set_new(o, "202", waits, err));
	}
	*ret = TAKE(o);
	return 0;
}

static int
request_body(const struct route *r, json_t **ret, struct err *err)
{
	json_t *schema;

	if (route_est(r))
		return json_build(ret, err, "{s:{s:{s:{s:s, s:s}}}}",
		    "content", "application/pkcs10", "schema", "type",
		    "string", "contentEncoding", "base64");
	if (route_spool(r))
		return json_build(ret, err, "{s:{s:{}}}", "content",
		    "application/pkix-crl");
	TRY(body_schema(r->body, &schema, err));
	if (route_batch(r))
		return json_build(ret, err, "{s:{s:{s:o}, s:{}}}", "content",
		    "application/x-ndjson", "schema", schema,
		    "application/x-tar");
	if (route_rows(r))
		return json_build(ret, err, "{s:{s:{s:o}, s:{}}}", "content",
		    "application/json", "schema", schema,
		    "application/x-ndjson");
	return json_build(ret, err, "{s:{s:{s:o}}}", "content",
	    "application/json", "schema", schema);
}

static int
operation(const struct route *r, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL, *parameters = json_array(), *answers = NULL;
	json_t *body;

	TRY(path_parameters(r->path, parameters, err));
	TRY(query_parameters(r->query, parameters, err));
	TRY(header_parameters(r, parameters, err));
	TRY(responses(r, &answers, err));
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:o, s:o}",
	    "operationId", r->name, "summary", r->words,
	    "x-access", access_name(r->access),
	    "parameters", TAKE(parameters), "responses", TAKE(answers)));
	if (r->action[0] != '\0')
		TRY(json_set_str(o, "x-action", r->action, err));
	if (r->access == ACCESS_ENROL || r->access == ACCESS_FEED)
		TRY(json_set_new(o, "security", json_pack("[{s:[]}, {s:[]}, "
		    "{s:[]}]", "password", "token", "certificate"), err));
	if (r->access == ACCESS_OPEN || r->access == ACCESS_PROOF)
		TRY(json_set_new(o, "security", json_array(), err));
	if (r->method == METHOD_POST) {
		TRY(request_body(r, &body, err));
		TRY(json_set_new(o, "requestBody", body, err));
	}
	*ret = TAKE(o);
	return 0;
}

static int
paths(json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_object();
	json_t *at, *op = NULL;
	size_t i;

	for (i = 0; i < ROUTE__N; i++) {
		if ((routes[i].at & AT_CONTROL) == 0)
			continue;
		if ((at = json_object_get(o, routes[i].path)) == NULL) {
			TRY(json_set_new(o, routes[i].path, json_object(), err));
			at = json_object_get(o, routes[i].path);
		}
		TRY(operation(&routes[i], &op, err));
		TRY(json_set_new(at, routes[i].method == METHOD_GET ? "get" :
		    "post", op, err));
	}
	*ret = TAKE(o);
	return 0;
}

/* Every stable code that a problem document can carry. */
static int
codes(json_t **ret, struct err *err)
{
	AUTO_JSON *a = json_array();
	int c;

	for (c = 1; c < ERR__N; c++)
		TRY(append(a, json_string(err_code_name((enum err_code)c)), err));
	*ret = TAKE(a);
	return 0;
}

int
openapi_build(json_t **ret, struct err *err)
{
	AUTO_JSON *all = NULL, *code = NULL;

	TRY(paths(&all, err));
	TRY(codes(&code, err));
	return json_build(ret, err, "{s:s, s:{s:s, s:s}, s:o, s:[{s:[]}, {s:[]}],"
	    " s:{s:{s:{s:s, s:s}, s:{s:s}, s:{s:s, s:s}}, s:{s:{s:s, s:{"
	    "s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s, s:o}, s:{s:s}}}}}}",
	    "openapi", "3.1.0", "info", "title", "Claviger",
	    "version", "v1", "paths", TAKE(all),
	    "security", "token", "certificate",
	    "components", "securitySchemes",
	    "token", "type", "http", "scheme", "bearer",
	    "certificate", "type", "mutualTLS",
	    "password", "type", "http", "scheme", "basic",
	    "schemas", "problem", "type", "object", "properties",
	    "type", "type", "string", "title", "type", "string",
	    "status", "type", "integer",
	    "code", "type", "string", "enum", TAKE(code),
	    "detail", "type", "string");
}
