/*
 * progress - how a waiting request stands, on one line that renews itself.
 *
 * Floor 7.
 */
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/progress.h"

#define COLUMNS	80	/* of a terminal that does not say */
#define CLOCK	9	/* what the time takes, and the last column */

/* Spelled before it is needed: a signal's handler may only write it. */
static char farewell[256];

static void
interrupted(int sig)
{
	ssize_t n = write(STDERR_FILENO, farewell, strlen(farewell));

	(void)n;
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

/* Who started us without interrupts keeps them off. */
static void
interrupt_by(void (*handler)(int))
{
	if (signal(SIGINT, handler) == SIG_IGN)
		(void)signal(SIGINT, SIG_IGN);
}

void
progress_begin(struct progress *p, const struct cli *cli, const char *request)
{
	*p = (struct progress){ .cli = cli, .began = clock_mono() };
	snprintf(farewell, sizeof(farewell), "%sNo longer waiting; the request "
	    "stands: claviger request wait %s\n", cli->people ? "\n" : "",
	    request);
	interrupt_by(interrupted);
}

static void
add(char *ret, size_t n, const char *text)
{
	size_t at = strlen(ret);

	if (at + 1 < n)
		snprintf(ret + at, n - at, "%s%s", at > 0 ? ", " : "", text);
}

/* Names stand plainly, or within each clause that still needs people. */
static void
who(const json_t *of, char *ret, size_t n)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)of, i, one) {
		const json_t *officers = json_object_get(one, "officers");

		if (json_is_string(one))
			add(ret, n, json_string_value(one));
		else if (json_is_array(officers))
			who(officers, ret, n);
	}
}

void
progress_line(const json_t *view, char *ret, size_t n)
{
	const json_t *a = json_object_get(view, "approvals");
	const char *state = json_str(view, "state", "");
	char names[256] = "";

	if (json_object_get(view, "awaits") != NULL) {
		snprintf(ret, n, "approved, awaits the content once more");
		return;
	}
	if (strcmp(state, "due") == 0 && json_str(view, "reason", NULL) != NULL) {
		snprintf(ret, n, "approved, but cannot be performed yet: %s",
		    text_shown(json_str(view, "reason", ""), TEXT_CUT).at);
		return;
	}
	if (strcmp(state, "waiting") != 0) {
		snprintf(ret, n, "%s", strcmp(state, "due") == 0 ?
		    "approved, being performed" : state);
		return;
	}
	who(json_object_get(a, "of"), names, sizeof(names));
	snprintf(ret, n, "%lld of %lld approved%s%s%s",
	    (long long)json_int(a, "have", 0),
	    (long long)json_int(a, "need", 0), names[0] != '\0' ? "; " : "",
	    names, names[0] != '\0' ? " may still approve" : "");
}

/* Of the terminal. */
static int
columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ?
	    w.ws_col : COLUMNS;
}

/* Room for the line on the terminal: one that wrapped could not renew itself. */
static int
room(const char *request)
{
	int left = columns() - (int)strlen(request) - 2 - CLOCK;

	return left < 10 ? 10 : left;
}

int
progress_said(void *ctx, const json_t *view)
{
	struct progress *p = ctx;
	long long s = (long long)((clock_mono() - p->began) / TIME_S(1));
	const char *request = json_str(view, "request", "");
	char line[400];
	int n;

	if (p->cli->quiet)
		return 0;
	progress_line(view, line, sizeof(line));
	if (p->cli->people) {
		n = room(request);
		fprintf(stderr, "\r%s: %-*.*s %4lld:%02lld", request, n, n,
		    line, s / 60, s % 60);
		fflush(stderr);
		p->drawn = true;
	} else if (strcmp(line, p->last) != 0) {
		fprintf(stderr, "%s: %s\n", request, line);
	}
	memcpy(p->last, line, sizeof(line));
	return 0;
}

void
progress_end(struct progress *p)
{
	if (p->drawn)
		fputc('\n', stderr);
	p->drawn = false;
	interrupt_by(SIG_DFL);
}

/* ---- a bar ---- */

void
bar_begin(struct bar *b, const struct cli *cli, uint64_t all)
{
	*b = (struct bar){ .cli = cli, .all = all, .from = UINT64_MAX,
	    .began = clock_mono() };
	snprintf(farewell, sizeof(farewell), "%sWhat came is kept; run the same "
	    "line to go on.\n", cli->people ? "\n" : "");
	interrupt_by(interrupted);
}

void
bar_line(uint64_t done, uint64_t all, uint64_t per_s, int columns, char *ret,
    size_t n)
{
	char text[80], marks[64] = "";
	int wide, full;

	snprintf(text, sizeof(text), "%llu of %llu, %llu/s",
	    (unsigned long long)done, (unsigned long long)all,
	    (unsigned long long)per_s);
	wide = columns - (int)strlen(text) - 4;
	if (wide > (int)sizeof(marks) - 1)
		wide = (int)sizeof(marks) - 1;
	if (wide < 4) {
		snprintf(ret, n, "%s", text);
		return;
	}
	full = all > 0 ? (int)(done * (uint64_t)wide / all) : wide;
	memset(marks, '#', (size_t)full);
	snprintf(ret, n, "[%-*s] %s", wide, marks, text);
}

void
bar_said(struct bar *b, uint64_t done)
{
	uint64_t s = (uint64_t)((clock_mono() - b->began) / TIME_S(1));
	char line[200];

	if (b->from == UINT64_MAX)
		b->from = done;
	if (b->cli->quiet || !b->cli->people)
		return;
	bar_line(done, b->all, (done - b->from) / (s > 0 ? s : 1), columns(),
	    line, sizeof(line));
	fprintf(stderr, "\r%s ", line);
	fflush(stderr);
	b->drawn = true;
}

void
bar_end(struct bar *b)
{
	if (b->drawn)
		fputc('\n', stderr);
	interrupt_by(SIG_DFL);
}
