/* apply_device - devices, as they were said to be: the request has it all. */
#include "base/json.h"
#include "product/device.h"
#include "state/inside.h"

typedef int said_fn(struct tx *tx, const struct device_said *s,
    struct err *err);

static int
each(struct tx *tx, const struct applied *a, const json_t *rows, said_fn *fn,
    struct err *err)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(rows, i, one)
		TRY(fn(tx, &(struct device_said){ .row = one,
		    .request = named_request(a), .time = a->time,
		    .seq = a->seq }, err));
	return 0;
}

/* What policy was told of a page holds when it is entered, or it is not. */
static int
said(struct tx *tx, const struct applied *a, const char *member, said_fn *fn,
    struct err *err)
{
	struct asked_for q;
	const json_t	*rows;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rows = json_object_get(q.p, member);
	rc = device_lines_check(tx, rows, json_object_get(q.p, "lines"), err);
	if (rc == 0)
		rc = each(tx, a, rows, fn, err);
	asked_free(q.asked);
	return rc;
}

int
device_imported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return said(tx, a, "devices", device_put, err);
}

int
install_reported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return said(tx, a, "installs", device_install, err);
}
