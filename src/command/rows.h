/*
 * rows - how the files of this folder walk and name rows.
 */
#ifndef COMMAND_ROWS_H
#define COMMAND_ROWS_H

#include "command/command.h"

#define EXIT_MOST	78	/* the last of <sysexits.h> */

/** rows_option - find by name in a command's rows, then the program's. */
const struct option_row *rows_option(const struct program_row *p,
    const struct command_row *c, const char *name, size_t name_n);
/** rows_letter - the same by letter. */
const struct option_row *rows_letter(const struct program_row *p,
    const struct command_row *c, char letter);
const struct noun_row *rows_noun(const struct program_row *p, const char *noun);
/** rows_spell - "claviger key generate" into @ret. */
void rows_spell(const struct program_row *p, const struct command_row *c,
    char *ret, size_t n);
/** rows_speaks - does the program take no noun at all? */
bool rows_nounless(const struct program_row *p);

#endif
