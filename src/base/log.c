#include "config.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

#define LINE_OCTETS	2048

/* Set once, before there are threads. */
static const char *log_program;
static enum log_level log_most = LOG_INFO;
static bool log_journal;

/* systemd.exec(5): JOURNAL_STREAM names the stream that the journal reads. */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream != NULL &&
	    sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	    fstat(STDERR_FILENO, &st) == 0 &&
	    (unsigned long long)st.st_dev == dev &&
	    (unsigned long long)st.st_ino == ino;
}

void
log_open(const char *program, enum log_level most)
{
	log_program = program;
	log_most = most;
	log_journal = is_journal();
}

static const char *
level_name(enum log_level l)
{
	switch (l) {
	case LOG_ERROR:
		return "error";
	case LOG_WARN:
		return "warning";
	case LOG_NOTE:
		return "notice";
	case LOG_INFO:
		return "info";
	case LOG_DEBUG_:
		return "debug";
	}
	return "error";
}

static int
put_prefix(char *line, size_t n, enum log_level l)
{
	if (log_journal)
		return snprintf(line, n, "<%d>%s ", (int)l, level_name(l));
	return snprintf(line, n, "%s%s%s ",
	    log_program == NULL ? "" : log_program,
	    log_program == NULL ? "" : ": ", level_name(l));
}

void
log_line(enum log_level l, const char *fmt, ...)
{
	char line[LINE_OCTETS];
	size_t len, i;
	va_list ap;
	int n;

	if (l > log_most)
		return;
	n = put_prefix(line, sizeof(line), l);
	if (n < 0 || (size_t)n >= sizeof(line))
		return;
	len = (size_t)n;
	va_start(ap, fmt);
	n = vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	len += (size_t)n;
	if (len > sizeof(line) - 1)
		len = sizeof(line) - 1;
	/* What a caller sent must not look like a line of ours. */
	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = ' ';
	line[len++] = '\n';
	/* One write: lines of several threads do not mix. */
	if (io_write_all(STDERR_FILENO, line, len, NULL) != 0)
		return;
}

void
log_err(enum log_level l, const char *doing, const struct err *err)
{
	log_line(l, "%s: %s (%s) at %s", doing, err_text(err->code),
	    err->what, err->where == NULL ? "?" : err->where);
}
