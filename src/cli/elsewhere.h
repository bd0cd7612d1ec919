/*
 * elsewhere - keys and certificates that live elsewhere, as the nouns key and
 * cert share them.
 *
 * Floor 7, cli; included here only.
 */
#ifndef CLI_ELSEWHERE_H
#define CLI_ELSEWHERE_H

#include "cli/cli.h"
#include "cli/fetch.h"

cli_run cert_run_import;
/** cert_elsewhere_run_list - claviger cert list --elsewhere. */
NODISCARD int cert_elsewhere_run_list(struct cli *cli, struct err *err);
cli_run key_run_register, key_run_correct, key_run_unregister;

/** elsewhere_list - claviger key list --elsewhere. */
NODISCARD int elsewhere_list(struct cli *cli, const struct fetch_by *by,
    size_t n, struct err *err);
/** elsewhere_print - an entry, for people. */
void elsewhere_print(const json_t *entry);

#endif
