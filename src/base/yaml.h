/*
 * yaml - a strict subset of YAML read into jansson, with line numbers kept.
 *
 * Refused: duplicate names, aliases, anchors, tags, several documents, plain scalars
 * other than true, false, integers and strings that could be taken for
 * something else (yes, no, null, ~, reals, dates are strings only in quotes).
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <jansson.h>
#include <stddef.h>
#include "base/err.h"

struct yaml_marks;		/* where each value stood: JSON pointer -> line, column */

/**
 * yaml_read - parse one document.
 * @name       file name for messages.
 * @ret_marks  may be NULL; else owned by the caller (yaml_marks_free).
 * Errors: EINPUT "charter.yaml:12:3: ...", ETOOBIG (over 1 MiB), ENOMEMORY.
 */
NODISCARD int yaml_read(const char *name, const void *p, size_t n,
    json_t **ret, struct yaml_marks **ret_marks, struct err *err);
/** yaml_where - "file:line:column" of the value at this JSON pointer, or of
 * the nearest one above it.  Into @ret, cut to @n. */
void yaml_where(const struct yaml_marks *m, const char *pointer, char *ret, size_t n);
void yaml_marks_free(struct yaml_marks *m);
DEFINE_FREEP(yaml_marks)

#endif
