/*
 * login - a signed challenge for a short session.
 */
#ifndef CLI_LOGIN_H
#define CLI_LOGIN_H

#include "cli/cli.h"
#include "cli/officer.h"

/** login_key - the key of --officer-key, opened once; EUSAGE when none is given. */
NODISCARD int login_key(struct cli *cli, struct officer **ret, struct err *err);
/** login_officer - log in with it: the client carries the session from here on. */
NODISCARD int login_officer(struct cli *cli, struct err *err);
/** login_session - the same, and the answer {"token","expires",...}. */
NODISCARD int login_session(struct cli *cli, json_t **ret, struct err *err);

#endif
