/*
 * restore - the officers' word over a restore, in a file.
 */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

#include "cli/cli.h"
#include "cli/heads.h"
#include "wire/remembered.h"

/** assent_propose - a new file: the request over both heads, signed by who asks. */
NODISCARD int assent_propose(struct cli *cli, const char *file,
    const struct heads *token, const struct heads *restored,
    const char *house, const json_t *charter, struct err *err);
/** assent_approve - add the approval of --officer-key. */
NODISCARD int assent_approve(struct cli *cli, const char *file,
    struct err *err);
/** assent_read - {"format","permit","charter"}. */
NODISCARD int assent_read(const char *file, json_t **ret, struct err *err);
/** assent_covers - is it for bringing back @restored, and over what? Errors: EPRECOND. */
NODISCARD int assent_covers(const json_t *assent,
    const struct heads *restored, struct remembered *ret_over,
    struct err *err);
/** assent_quorum - do its signatures suffice under this charter, now?
 * Errors: EHOUSE, EPRECOND (another charter), EQUORUM, EPROOF, EDENIED, EEXPIRED. */
NODISCARD int assent_quorum(const json_t *assent, const char *house,
    const struct sha256 *charter, struct err *err);

#endif
