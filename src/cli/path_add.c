/*
 * path_add - one more part of a query.
 *
 * Floor 7.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/request.h"

int
path_add(char **path, const char *name, const char *value, struct err *err)
{
	char *escaped = NULL, *longer = NULL;

	if (value == NULL)
		return 0;
	TRY(client_path(&escaped, err, "%s", value));
	if (asprintf(&longer, "%s%c%s=%s", *path, strchr(*path, '?') != NULL ?
	    '&' : '?', name, escaped) < 0)
		longer = NULL;
	free(escaped);
	if (longer == NULL)
		return err_set(err, ENOMEMORY, "path");
	free(*path);
	*path = longer;
	return 0;
}

int
path_add_time(char **path, const char *name, const char *value,
    struct err *err)
{
	char text[TIME_TEXT];
	time_us t;

	if (value == NULL)
		return 0;
	TRY(value_time(value, clock_now(), &t, err));
	clock_text(t, text);
	return path_add(path, name, text, err);
}

int
date_told(const char *value, int rc, struct err *err)
{
	struct err why = *err;

	if (rc != -ERANGE_ || value == NULL || strlen(value) != 10)
		return rc;
	return err_set(err, ERANGE_, "%.150s; %s is that day's first moment, "
	    "UTC: give the time too, or \"now\"", why.what, value);
}
