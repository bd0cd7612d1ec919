/*
 * fetch - GET, by name or by options.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/fetch.h"
#include "cli/request.h"

int
fetch_one(struct cli *cli, const char *fmt, const char *name, json_t **ret,
    struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, fmt, name));
	rc = cli_get(cli, ret, err, path);
	free(path);
	return rc;
}

/* Which people spell shorter than the service does. */
static bool
is_time(const struct command_row *c, const char *option)
{
	for (size_t i = 0; i < c->options_n; i++)
		if (strcmp(c->options[i].name, option) == 0)
			return c->options[i].value == V_TIME;
	return false;
}

int
fetch_list(struct cli *cli, const char *path, const struct fetch_by *by,
    size_t n, json_t **ret, struct err *err)
{
	char *whole = NULL;
	int rc = client_path(&whole, err, path);

	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *v = in_str(cli->in, by[i].option);

		rc = is_time(in_command(cli->in), by[i].option) ?
		    path_add_time(&whole, by[i].member, v, err) :
		    path_add(&whole, by[i].member, v, err);
	}
	if (rc == 0)
		rc = cli_get(cli, ret, err, whole);
	free(whole);
	return rc;
}

void
page_show(const struct cli *cli, const json_t *list, const char *name,
    const struct table_row *rows, size_t n)
{
	if (cli_answer(cli, list))
		return;
	table_list(json_object_get(list, name), rows, n);
	if (json_object_get(list, "next") != NULL)
		cli_note(cli, "There are more: --cursor %s", json_str(list,
		    "next", ""));
}
