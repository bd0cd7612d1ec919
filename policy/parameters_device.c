/*
 * parameters_device - what is said of devices, a page at a time: who approves
 * sees each row.
 */
#include "policy/device.h"
#include "policy/parameters.h"
#include "policy/permit.h"

static const struct json_row import_rows[] = {
	{ "devices", WANT_ARRAY, true, 1, PARAMETERS_ROWS, "" },
	{ "reason", WANT_STRING, false, 1, 1000, "" },
};

int
device_rows_of(enum action a, const struct json_row **ret, size_t *ret_n)
{
	*ret = import_rows;
	*ret_n = NELEM(import_rows);
	return 0;
}

/* Each in its one spelling. */
int
devices_check(const json_t *p, struct err *err)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(p, "devices"), i, v) {
		AUTO_JSON *again = NULL;

		TRY(device_row_read(v, NULL, &again, err));
		if (!json_equal(v, again))
			return err_set(err, EINPUT, "/devices/%zu: not as it "
			    "is spelled", i);
	}
	return 0;
}
