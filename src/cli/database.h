/*
 * database - the house's database as one file, and back.
 */
#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

#include <stdbool.h>
#include "base/err.h"

#define DATABASE_URL	4096

struct invocation;

/** database_engine - of a URL that database_url gave: "sqlite" or "postgresql"; static. */
const char *database_engine(const char *url);
/** database_url - the URL of --store: a path that was typed is relative to
 * where one is, the default's to the house's folder. Errors: EUSAGE, ETOOBIG. */
NODISCARD int database_url(const struct invocation *in,
    char ret[DATABASE_URL], struct err *err);
/** database_save - SQLite's online backup, or pg_dump. @file: made. */
NODISCARD int database_save(const char *url, const char *file,
    struct err *err);
/** database_place - is there a folder to put it in, once the house is back? Errors: ENOENT_. */
NODISCARD int database_place(const char *url, const char *house,
    struct err *err);
/** database_load - put it where the URL says; a SQLite file that is there is
 * renamed aside; a PostgreSQL database is cleaned and filled by pg_restore. */
NODISCARD int database_load(const char *url, const char *house,
    const char *file, struct err *err);
/** database_name - its path below the house's folder, both of which are
 * there; false where it is elsewhere. */
bool database_name(const char *url, const char *house,
    char ret[DATABASE_URL]);

#endif
