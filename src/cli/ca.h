/*
 * ca - the functions of claviger ca, by what they do.
 *
 * Floor 7.
 */
#ifndef CLI_CA_H
#define CLI_CA_H

#include "cli/cli.h"

/* ca_ask: what needs somebody's approval. */
cli_run ca_create, ca_import, ca_request, ca_renew, ca_rekey, ca_retire;
/* ca_show: lists published, and what there is. */
cli_run ca_publish, ca_list, ca_show;

/** ca_lacks_warn - of profiles whose certificates need a URL that an authority is asked for
 * without; nothing where the charter cannot be read, or another system's is asked for. */
void ca_lacks_warn(struct cli *cli, const json_t *body);
/** ca_print_made - an authority as it is now, unless --quiet. */
void ca_print_made(const struct cli *cli, const json_t *ca);

#endif
