/*
 * sql - the tables that src/store/embed.awk makes from src/store/sql.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stddef.h>

enum sql_engine { SQL_SQLITE, SQL_POSTGRESQL, SQL_ENGINES };

struct sql_statement {
	const char	*name;		/* rows are sorted by it */
	const char	*text[SQL_ENGINES];
};
struct sql_migration {
	int		 number;	/* row i has number i + 1 */
	const char	*name;		/* "0001-ledger" */
	const char	*text[SQL_ENGINES];
};

extern const struct sql_statement sql_statements[];
extern const size_t sql_statements_n;
extern const struct sql_migration sql_migrations[];
extern const size_t sql_migrations_n;

#endif
