/*
 * parameters_device - what is said of devices, a page at a time: who approves
 * sees each row.
 */
#include <string.h>

#include "base/id.h"
#include "policy/device.h"
#include "policy/parameters.h"
#include "policy/permit.h"

#define REASON	{ "reason", WANT_STRING, false, 1, 1000, "" }, \
	{ "asked", WANT_STRING, false, 1, 64, "" }

static const struct json_row import_rows[] = {
	{ "devices", WANT_ARRAY, true, 1, PARAMETERS_ROWS, "" }, REASON,
	{ "lines", WANT_ARRAY, false, 1, 2 * PARAMETERS_ROWS + 1, "" },
};
static const struct json_row report_rows[] = {
	{ "installs", WANT_ARRAY, true, 1, PARAMETERS_ROWS, "" }, REASON,
};

int
device_rows_of(enum action a, const struct json_row **ret, size_t *ret_n)
{
	if (a == ACTION_DEVICE_IMPORT) {
		*ret = import_rows;
		*ret_n = NELEM(import_rows);
	} else {
		*ret = report_rows;
		*ret_n = NELEM(report_rows);
	}
	return 0;
}

static int
is_spelled(const json_t *row, const json_t *again, size_t i, struct err *err)
{
	return json_equal(row, again) ? 0 : err_set(err, EINPUT, "row %zu is "
	    "not as it is spelled", i + 1);
}

/* "" is that of devices which are of none. */
static int
lines_check(const json_t *lines, struct err *err)
{
	const char *before = NULL, *line;
	const json_t *v;
	size_t i;

	json_array_foreach(lines, i, v) {
		line = json_string_value(v);
		if (line == NULL || (line[0] != '\0' && !name_check(line)) ||
		    (before != NULL && strcmp(before, line) >= 0))
			return err_set(err, EINPUT, "/lines: expected product "
			    "lines, each once, in order");
		before = line;
	}
	return 0;
}

/* Whoever was asked about the lines was asked about this row's. */
static int
line_is_told(const json_t *row, const json_t *lines, size_t i,
    struct err *err)
{
	const char *own = json_str(row, "product", NULL);

	return lines == NULL || own == NULL || json_has(lines, own) ? 0 :
	    err_set(err, EINPUT, "row %zu is of a product line that /lines "
	    "does not name", i + 1);
}

/* Each in its one spelling. */
int
devices_check(const json_t *p, struct err *err)
{
	const json_t *v;
	size_t i;

	TRY(asked_check(p, err));
	TRY(lines_check(json_object_get(p, "lines"), err));
	json_array_foreach(json_object_get(p, "devices"), i, v) {
		AUTO_JSON *again = NULL;

		TRY(line_is_told(v, json_object_get(p, "lines"), i, err));
		TRY(device_row_read(v, NULL, &again, err));
		TRY(is_spelled(v, again, i, err));
	}
	json_array_foreach(json_object_get(p, "installs"), i, v) {
		AUTO_JSON *again = NULL;

		TRY(install_row_read(v, &again, err));
		TRY(is_spelled(v, again, i, err));
	}
	return 0;
}
