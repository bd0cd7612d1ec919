/*
 * discover_tls - the certificates that TLS servers show.
 *
 * Floor 7.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "cli/discover.h"
#include "client/endpoint.h"

#define LIST_OCTETS	((size_t)1 << 20)

struct shown {
	struct scan	*scan;
	char		 place[512];
};

static int
item_take(void *ctx, const struct trove_item *item, struct err *err)
{
	struct shown *t = ctx;
	struct trove_item as = *item;

	as.form = "tls";
	return scan_item(t->scan, t->place, &as, err);
}

static int
pem_take(void *ctx, const char *pem, struct err *err)
{
	return trove_each(span_of(pem, strlen(pem)), item_take, ctx, err);
}

/* One that does not answer is told, and the others are asked all the same. */
static int
endpoint_look(struct scan *s, const char *endpoint, long wait_ms,
    struct err *err)
{
	struct shown t = { .scan = s };
	struct err why;
	int rc;

	(void)snprintf(t.place, sizeof(t.place), "tls://%s", endpoint);
	for (char *p = t.place; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	TRY(scan_looked(s, t.place, err));
	rc = endpoint_shown(endpoint, wait_ms, pem_take, &t, &why);
	if (rc == -EUNREACH)
		return scan_passed(s, t.place, why.what, err);
	s->things++;
	return rc == 0 ? 0 : err_set(err, why.code, "%s", why.what);
}

/* ---- which ---- */

static int
endpoint_add(json_t *to, const char *endpoint, struct err *err)
{
	TRY(endpoint_check(endpoint, err));
	return json_array_append_new(to, json_string(endpoint)) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "endpoints");
}

/* What is behind a # is for people, and blanks around it are nobody's. */
static char *
line_plain(char *line)
{
	size_t n;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	for (n = strlen(line); n > 0 && strchr(" \t\r", line[n - 1]) != NULL; n--)
		;
	line[n] = '\0';
	return line;
}

/* A line each. */
static int
list_read(const char *file, json_t *to, struct err *err)
{
	AUTO(blob) *text = blob_new();
	char *line, *at;
	struct err why;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(io_read_file(file, LIST_OCTETS, text, err));
	at = text->len > 0 ? (char *)text->data : NULL;
	for (size_t n = 1; (line = strsep(&at, "\n")) != NULL; n++) {
		line = line_plain(line);
		if (*line != '\0' && endpoint_add(to, line, &why) != 0)
			return err_set(err, why.code, "%.100s:%zu: %s", file,
			    n, why.what);
	}
	return 0;
}

/* All of them before any is asked: a slip in the last would cost the answers of
 * the others. */
static int
endpoints_read(const struct cli *cli, json_t *to, struct err *err)
{
	const char *list = in_str(cli->in, "list"), *endpoint;

	if (list == NULL && in_arg(cli->in, 0) == NULL)
		return err_set(err, EUSAGE, "name endpoints, or a --list of "
		    "them");
	for (size_t i = 0; (endpoint = in_arg(cli->in, i)) != NULL; i++)
		TRY(endpoint_add(to, endpoint, err));
	return list != NULL ? list_read(list, to, err) : 0;
}

int
scan_tls(struct cli *cli, struct scan *s, struct err *err)
{
	AUTO_JSON *endpoints = json_array();
	const json_t *one;
	time_us wait;
	size_t i;

	if (endpoints == NULL)
		return err_set(err, ENOMEMORY, "endpoints");
	TRY(clock_duration(in_str(cli->in, "each"), &wait, err));
	if (wait < TIME_S(1) || wait > TIME_S(600))
		return err_set(err, EUSAGE, "--each: from PT1S to PT10M");
	TRY(endpoints_read(cli, endpoints, err));
	s->each = true;
	json_array_foreach(endpoints, i, one)
		TRY(endpoint_look(s, json_string_value(one),
		    (long)(wait / 1000), err));
	return 0;
}
