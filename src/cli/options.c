/*
 * options - options as members of a request's body.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/clock.h"
#include "cli/options.h"

int
body_copy(const json_t *body, json_t **ret, struct err *err)
{
	AUTO_JSON *copy = json_object();
	const char *name;
	json_t *v;

	/* json_copy leaves members out where memory runs out. */
	json_object_foreach((json_t *)(uintptr_t)body, name, v)
		TRY(json_set_new(copy, name, json_incref(v), err));
	if (copy == NULL)
		return err_set(err, ENOMEMORY, "request");
	*ret = TAKE(copy);
	return 0;
}

int
body_str(const struct cli *cli, json_t *body, const char *member,
    const char *option, struct err *err)
{
	const char *v = in_str(cli->in, option);

	return v != NULL ? json_set_str(body, member, v, err) : 0;
}

int
body_reason(const struct cli *cli, json_t **ret, struct err *err)
{
	AUTO_JSON *body = json_object();

	if (body == NULL)
		return err_set(err, ENOMEMORY, "request");
	TRY(body_str(cli, body, "reason", "reason", err));
	*ret = TAKE(body);
	return 0;
}

int
body_strs(const struct cli *cli, json_t *body, const char *member,
    const char *option, struct err *err)
{
	AUTO_JSON *list = json_array();
	size_t n = in_many(cli->in, option);

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list,
		    json_string(in_nth(cli->in, option, i))) != 0)
			return err_set(err, EINPUT, "--%s is not UTF-8",
			    option);
	if (n == 0)
		return 0;
	return json_set_new(body, member, TAKE(list), err);
}

int
body_pairs(const struct cli *cli, json_t *body, const char *member,
    const char *option, struct err *err)
{
	AUTO_JSON *o = json_object();
	size_t n = in_many(cli->in, option);
	char name[65];

	for (size_t i = 0; i < n; i++) {
		const char *pair = in_nth(cli->in, option, i);
		const char *eq = strchr(pair, '=');

		snprintf(name, sizeof(name), "%.*s", (int)(eq - pair), pair);
		if (json_object_get(o, name) != NULL)
			return err_set(err, EUSAGE, "--%s %s is given twice",
			    option, name);
		TRY(json_set_str(o, name, eq + 1, err));
	}
	if (n == 0)
		return 0;
	return json_set_new(body, member, TAKE(o), err);
}

int
body_time(const struct cli *cli, json_t *body, const char *member,
    const char *option, struct err *err)
{
	const char *v = in_str(cli->in, option);
	char text[TIME_TEXT];
	time_us t;

	if (v == NULL)
		return 0;
	TRY(value_time(v, clock_now(), &t, err));
	clock_text(t, text);
	return json_set_str(body, member, text, err);
}
