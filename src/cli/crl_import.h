/*
 * crl_import - revocation lists of other CAs, from files.
 *
 * Floor 7, cli.
 */
#ifndef CLI_CRL_IMPORT_H
#define CLI_CRL_IMPORT_H

#include "cli/cert_pages.h"

/**
 * crl_import_file - every list of a file, PEM or DER.
 *
 * What is wrong with one is told beside the bad certificates of @pages, which
 * waits is beside theirs; with @pages->look each is only read.
 *
 * @lists  array; an object for each that was taken, as the service told it.
 * Errors: those of reading a file, and of asking.
 */
NODISCARD int crl_import_file(struct cert_pages *pages, const char *file,
    json_t *lists, struct err *err);

#endif
