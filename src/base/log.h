/*
 * log - one line per happening on standard error, for the top floors only.
 * Lines are "level message key=value"; systemd prefixes (<3>..<7>) when standard error is the journal.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_ERROR = 3, LOG_WARN = 4, LOG_NOTE = 5, LOG_INFO = 6, LOG_DEBUG_ = 7 };
void log_open(const char *program, enum log_level most);
void log_line(enum log_level l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** log_err - "what happened: sentence (detail) at file:line". */
void log_err(enum log_level l, const char *doing, const struct err *err);

#endif
