/*
 * cert - what the files of claviger cert share.
 *
 * Floor 7, cli.
 */
#ifndef CLI_CERT_H
#define CLI_CERT_H

#include "cli/cli.h"

/** cert_get - a certificate as the service shows it, by its id, its serial number
 * or (of another CA) its SHA-256. Errors: those of asking; ENOENT_; ECONFLICT where
 * several have that serial number. */
NODISCARD int cert_get(struct cli *cli, const char *id_or_serial, json_t **ret,
    struct err *err);

/* Commands; their errors are those of their rows. */
cli_run cert_run_list, cert_run_show, cert_run_export;
/* Revoke, hold and release: which, the command's verb says. */
cli_run cert_run_change;

#endif
