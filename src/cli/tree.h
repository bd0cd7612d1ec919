/*
 * tree - folders copied whole, file by file, with a list of what they held.
 */
#ifndef CLI_TREE_H
#define CLI_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include "base/err.h"

/**
 * tree_copy - copy every file of a folder; owners and modes too, as root.
 *
 * @to      made; must not exist.
 * @skip    name in the top folder that is left out with what begins with it
 *          (a database and its side files); NULL for none.
 * @into    gets {PATH: {"sha256","octets"}} of what was copied; may be NULL.
 * Sockets, locks, a replay that was left behind and anything but files and folders are left out.
 * Errors: EIO_, EEXISTS.
 */
NODISCARD int tree_copy(const char *from, const char *to, const char *skip,
    json_t *into, struct err *err);
/** file_check - is it there, and does it have this digest? Errors: EVERIFY, EIO_. */
NODISCARD int file_check(const char *path, const char *sha256, struct err *err);
/** tree_check - does the folder hold just these files, unchanged? Errors: EVERIFY, EIO_. */
NODISCARD int tree_check(const char *folder, const json_t *files,
    struct err *err);
/** tree_holds - is there any file in the folder? Errors: EIO_. */
NODISCARD int tree_holds(const char *folder, bool *ret, struct err *err);
/** tree_aside - rename a folder that is there to NAME.before-TIME. */
NODISCARD int tree_aside(const char *folder, struct err *err);

#endif
