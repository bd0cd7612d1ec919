/*
 * age - would a restore put back less than what is here, and who allowed it?
 */
#ifndef CLI_AGE_H
#define CLI_AGE_H

#include "cli/cli.h"
#include "wire/remembered.h"

/**
 * age_check - may this backup take the place of what is here?
 *
 * @ret  what the keeper must be told that it was restored over; there is
 *       false where that is nothing.
 * Older files need the officers' file, which the keeper counts; a token that
 * is replaced needs their quorum here and now, since the one that could say
 * what is missing goes.
 * Errors: EHOUSE (of another house), EPRECOND, ENOENT_ (no token in the
 * backup), EQUORUM, EPROOF, EDENIED.
 */
NODISCARD int age_check(struct cli *cli, const char *from,
    const json_t *manifest, struct remembered *ret, struct err *err);

#endif
