/*
 * await - hold the line until a request no longer waits (RFC 7240, wait).
 *
 * Floor 2.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/inside.h"

#define WAIT_S	25	/* one held exchange; proxies cut longer ones */

/* What awaits its asker's content does not change by being looked at. */
static bool
waits(const json_t *view)
{
	const char *s = json_str(view, "state", "");

	return strcmp(s, "waiting") == 0 || (strcmp(s, "due") == 0 &&
	    json_object_get(view, "awaits") == NULL);
}

/* One more look, held open for as long as may be; the first tells at once. */
static int
look(struct client *c, const char *path, time_us until, json_t **view,
    struct err *err)
{
	struct call call = { .method = "GET", .path = path,
		.wait_s = *view != NULL ? WAIT_S : 0 };
	time_us left = until - clock_mono();
	json_t *fresh = NULL;

	if (*view != NULL && until != 0 && left < TIME_S(WAIT_S))
		call.wait_s = left > TIME_S(1) ? (unsigned)(left / TIME_S(1))
		    : 0;
	TRY(client_call(c, &call, NULL, &fresh, err));
	json_decref(*view);
	*view = fresh;
	return 0;
}

int
client_await(struct client *c, const char *request, unsigned most_s,
    int (*said)(void *ctx, const json_t *view), void *ctx, json_t **ret,
    struct err *err)
{
	time_us until = most_s != 0 ? clock_mono() + TIME_S(most_s) : 0;
	AUTO_JSON *view = NULL;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/requests/%s", request));
	for (;;) {
		time_us began = clock_mono();
		bool first = view == NULL;

		rc = look(c, path, until, &view, err);
		if (rc == 0 && said != NULL)
			rc = said(ctx, view);
		if (rc != 0 || !waits(view) ||
		    (until != 0 && clock_mono() >= until))
			break;
		/* A service that does not hold the line must not be hammered. */
		if (!first && clock_mono() - began < TIME_S(1) / 2)
			(void)nanosleep(&(struct timespec){ .tv_sec = 1 },
			    NULL);
	}
	free(path);
	TRY(rc);
	*ret = TAKE(view);
	return 0;
}
