#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/permit.h"

static const struct json_row request_rows[] = {
	{ "format", WANT_STRING, true, 1, 64, "" },
	{ "house", WANT_STRING, true, 1, 40, "" },
	{ "id", WANT_STRING, true, 1, 40, "" },
	{ "action", WANT_STRING, true, 1, 64, "" },
	{ "requester", WANT_STRING, true, 1, 64, "" },
	{ "parameters", WANT_OBJECT, true, 0, 0, "" },
	{ "created", WANT_STRING, true, 27, 27, "" },
	{ "expires", WANT_STRING, true, 27, 27, "" },
};

int
request_build(const char *house, const char *id, enum action a,
    const char *requester, const json_t *parameters, time_us created,
    time_us expires, json_t **ret, struct err *err)
{
	char c[TIME_TEXT], e[TIME_TEXT];

	TRY(parameters_check(a, parameters, err));
	TRY(parameters_words_check(parameters, err));
	clock_text(created, c);
	clock_text(expires, e);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:O, s:s, s:s}",
	    "format", REQUEST_FORMAT, "house", house, "id", id,
	    "action", action_name(a), "requester", requester,
	    "parameters", parameters, "created", c, "expires", e);
}

static int
need_time(const json_t *j, const char *name, time_us *ret, struct err *err)
{
	const char *s = json_str(j, name, "");
	char again[TIME_TEXT];

	TRY(clock_parse(s, ret, err));
	clock_text(*ret, again);
	if (strcmp(s, again) != 0)
		return err_set(err, EINPUT, "%s is not in its one spelling",
		    name);
	return 0;
}

static int
take_apart(struct request *r, struct err *err)
{
	const json_t *j = r->json;

	r->house = json_str(j, "house", "");
	r->id = json_str(j, "id", "");
	r->requester = json_str(j, "requester", "");
	r->parameters = json_object_get(j, "parameters");
	if (!id_check(r->house, "house") || !id_check(r->id, "req"))
		return err_set(err, EINPUT, "house or id is not well-formed");
	if (!name_check(r->requester))
		return err_set(err, EINPUT, "the requester is not a name");
	TRY(action_from_name(json_str(j, "action", ""), &r->action, err));
	TRY(parameters_check(r->action, r->parameters, err));
	TRY(json_hash(r->parameters, &r->parameters_hash, err));
	TRY(need_time(j, "created", &r->created, err));
	TRY(need_time(j, "expires", &r->expires, err));
	if (r->expires <= r->created)
		return err_set(err, ERANGE_, "the request expires before it "
		    "was made");
	r->has_key = json_object_get(r->parameters, "key") != NULL;
	return r->has_key ?
	    json_need_hash(r->parameters, "key", &r->key, err) : 0;
}

int
request_read(const json_t *j, struct request **ret, struct err *err)
{
	AUTO(request) *r = NULL;

	TRY(json_check(j, "/request", request_rows, NELEM(request_rows), err));
	if (strcmp(json_str(j, "format", ""), REQUEST_FORMAT) != 0)
		return err_set(err, ESCHEMA, "not a " REQUEST_FORMAT);
	if ((r = calloc(1, sizeof *r)) == NULL)
		return err_set(err, ENOMEMORY, "a request");
	r->json = json_incref((json_t *)(uintptr_t)j);
	TRY(take_apart(r, err));
	*ret = TAKE(r);
	return 0;
}

void
request_free(struct request *r)
{
	if (r == NULL)
		return;
	json_decref(r->json);
	free(r);
}

const char *
request_key_name(const struct request *r)
{
	return json_str(r->parameters, "key_name", NULL);
}
