/*
 * fetch - things of the service by name, and lists of them by options.
 */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "cli/cli.h"

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

#endif
