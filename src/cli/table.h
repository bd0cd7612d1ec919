/*
 * table - lists and single things from JSON, laid out for people: of text what
 * nobody sees is spelt (text_spell).
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <jansson.h>
#include <stddef.h>

/* One column or line: its title, and the path of the member: "rule.name". */
struct table_row {
	const char	*title;
	const char	*path;
};

/** table_list - columns as wide as they must be, 200 octets at most but for the
 * last; says when there is nothing. */
void table_list(const json_t *items, const struct table_row *rows, size_t n);
/** table_one - a line for each row whose member is there, whole. */
void table_one(const json_t *o, const struct table_row *rows, size_t n);
/** table_member - by dotted path, or NULL; borrowed. */
const json_t *table_member(const json_t *o, const char *path);

#endif
