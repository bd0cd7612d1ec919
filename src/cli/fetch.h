/*
 * fetch - things of the service by name, and lists of them by options.
 */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "cli/cli.h"
#include "cli/table.h"

/** fetch_one - GET @fmt, which has one %s for @name. */
NODISCARD int fetch_one(struct cli *cli, const char *fmt, const char *name,
    json_t **ret, struct err *err);

/* A member of a query, and the option that gives it. */
struct fetch_by {
	const char	*member, *option;
};
/** fetch_list - GET @path, narrowed by those of the options that are given. */
NODISCARD int fetch_list(struct cli *cli, const char *path,
    const struct fetch_by *by, size_t n, json_t **ret, struct err *err);
/** page_show - @list's member of that @name as a table, and how to go on where
 * there are more; as JSON where that was asked for. */
void page_show(const struct cli *cli, const json_t *list, const char *name,
    const struct table_row *rows, size_t n);

#endif
