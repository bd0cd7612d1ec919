/*
 * profiles - the certificate profiles of a charter's folder, judged with the
 * lines that they are written in.
 *
 * Floor 7.
 */
#ifndef CLI_PROFILES_H
#define CLI_PROFILES_H

#include "policy/charter.h"

/** profiles_lint - one finding for each profile of the charter that cannot be
 * used, at its file, line and column, and for each that has ended. Errors: ENOMEMORY. */
NODISCARD int profiles_lint(const struct charter *c,
    const struct charter_file *file, size_t n, struct findings *f,
    struct err *err);

#endif
