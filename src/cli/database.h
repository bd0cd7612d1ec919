/*
 * database - the house's database as one file, and back.
 */
#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

#include "base/err.h"

/** database_save - SQLite's online backup, or pg_dump. @file: made. */
NODISCARD int database_save(const char *url, const char *house,
    const char *file, struct err *err);
/** database_load - put it where the URL says; a SQLite file that is there is
 * renamed aside; a PostgreSQL database is cleaned and filled by pg_restore. */
NODISCARD int database_load(const char *url, const char *house,
    const char *file, struct err *err);
/** database_name - the file's name within the house's folder, or NULL. */
const char *database_name(const char *url, const char *house);

#endif
