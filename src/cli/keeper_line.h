/*
 * keeper_line - one message to the keeper, from the host it runs on.
 */
#ifndef CLI_KEEPER_LINE_H
#define CLI_KEEPER_LINE_H

#include <jansson.h>
#include "base/err.h"

/**
 * keeper_say - connect as the service's user, send, and take the answer.
 * @uid_of  name or number of the uid that the keeper lets in; NULL: our own.
 * Errors: EKEEPER, EUSAGE (no such user), and what the keeper answered.
 */
NODISCARD int keeper_say(const char *socket, const char *uid_of,
    const json_t *message, json_t **ret, struct err *err);

#endif
