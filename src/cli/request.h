/*
 * request - one request, fetched and shown.
 */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "cli/cli.h"
#include "cli/progress.h"

NODISCARD int request_get(struct cli *cli, const char *id, json_t **ret,
    struct err *err);
/** request_print - every field that its approvers sign over. */
void request_print(const json_t *view);
/** path_add_time - the same of what an option of kind V_TIME says. */
NODISCARD int path_add_time(char **path, const char *name, const char *value,
    struct err *err);
/** date_told - where @rc is ERANGE_ and @value, of such an option, a date alone:
 * adds to @err which moment that is. @value may be NULL. @return: @rc. */
NODISCARD int date_told(const char *value, int rc, struct err *err);
/** path_add - append "&name=value", escaped, where there is a value. */
NODISCARD int path_add(char **path, const char *name, const char *value,
    struct err *err);

#endif
