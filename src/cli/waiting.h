/*
 * waiting - what was asked before and waits still.
 */
#ifndef CLI_WAITING_H
#define CLI_WAITING_H

#include "cli/cli.h"

/**
 * waiting_find - the same request of the same asker, which is not over.
 *
 * @prepared  borrowed: what "prepare" answered.
 * @ret       its view, a new reference; NULL: there is none.
 */
NODISCARD int waiting_find(struct cli *cli, const json_t *prepared,
    json_t **ret, struct err *err);

#endif
