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

	TRY(endpoint_check(endpoint, err));
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

/* A line each; what is behind a # is for people. */
static int
list_look(struct scan *s, const char *file, long wait_ms, struct err *err)
{
	AUTO(blob) *text = blob_new();
	char *line, *at;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(io_read_file(file, LIST_OCTETS, text, err));
	at = text->len > 0 ? (char *)text->data : NULL;
	while ((line = strsep(&at, "\n")) != NULL) {
		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t");
		line[strcspn(line, " \t\r")] = '\0';
		if (*line != '\0')
			TRY(endpoint_look(s, line, wait_ms, err));
	}
	return 0;
}

int
scan_tls(struct cli *cli, struct scan *s, struct err *err)
{
	const char *list = in_str(cli->in, "list"), *endpoint;
	time_us wait;

	TRY(clock_duration(in_str(cli->in, "each"), &wait, err));
	if (wait < TIME_S(1) || wait > TIME_S(600))
		return err_set(err, EUSAGE, "--each: from PT1S to PT10M");
	if (list == NULL && in_arg(cli->in, 0) == NULL)
		return err_set(err, EUSAGE, "name endpoints, or a --list of "
		    "them");
	for (size_t i = 0; (endpoint = in_arg(cli->in, i)) != NULL; i++)
		TRY(endpoint_look(s, endpoint, (long)(wait / 1000), err));
	return list != NULL ? list_look(s, list, (long)(wait / 1000), err) :
	    0;
}
