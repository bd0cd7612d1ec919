/*
 * progress - how a waiting request stands, on one line that renews itself.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/json.h"
#include "cli/progress.h"

#define WIDTH	110

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

int
progress_said(void *ctx, const json_t *view)
{
	struct progress *p = ctx;
	long long s = (long long)((clock_mono() - p->began) / TIME_S(1));
	char line[400];

	if (p->cli->quiet)
		return 0;
	progress_line(view, line, sizeof(line));
	if (p->cli->people) {
		fprintf(stderr, "\r%s: %-*.*s %lld:%02lld ",
		    json_str(view, "request", ""), WIDTH - 50, WIDTH - 50,
		    line, s / 60, s % 60);
		fflush(stderr);
		p->drawn = true;
	} else if (strcmp(line, p->last) != 0) {
		fprintf(stderr, "%s: %s\n", json_str(view, "request", ""),
		    line);
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
}
