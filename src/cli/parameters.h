/*
 * parameters - what a request asks for, in full: whoever approves it signs all
 * of it.
 */
#ifndef CLI_PARAMETERS_H
#define CLI_PARAMETERS_H

#include <jansson.h>

/**
 * parameters_print - a line for each value there is, to standard output: those
 * with a title first, then every other by its path ("urls.crl"), nothing cut.
 */
void parameters_print(const json_t *parameters);
/** parameters_line - "title  text" as these are; text is from outside. */
void parameters_line(const char *title, const char *text);

#endif
