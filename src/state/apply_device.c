/* apply_device - devices, as they were said to be: the request has it all. */
#include "base/json.h"
#include "product/device.h"
#include "state/inside.h"

static int
devices_put(struct tx *tx, const struct applied *a, const json_t *p,
    struct err *err)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(json_object_get(p, "devices"), i, one)
		TRY(device_put(tx, &(struct device_said){ .row = one,
		    .request = named_request(a), .time = a->time,
		    .seq = a->seq }, err));
	return 0;
}

int
device_imported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = devices_put(tx, a, q.p, err);
	asked_free(q.asked);
	return rc;
}
