/* apply_found - what discovery has found: told, seen no more, dismissed. */
#include "base/json.h"
#include "cert/found.h"
#include "state/inside.h"

/* Each is what was asked for, and so what people have seen. */
static int
reported(struct tx *tx, const struct applied *a, const json_t *p,
    struct err *err)
{
	struct found_said s = { .actor = a->actor, .request =
	    named_request(a), .time = a->time, .seq = a->seq };
	const json_t	*list = json_object_get(a->data, "found"), *one;
	size_t		 i;

	if (!json_hashes(list, json_object_get(p, "found")))
		return err_set(err, ECONFLICT, "/data/found: not what was "
		    "asked for");
	json_array_foreach(list, i, one)
		TRY(found_put(tx, one, &s, err));
	json_array_foreach(json_object_get(p, "gone"), i, one)
		TRY(found_gone(tx, json_string_value(one), &s, err));
	return 0;
}

int
discovery_reported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = reported(tx, a, q.p, err);
	asked_free(q.asked);
	return rc;
}

int
discovery_dismissed_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = found_dismiss(tx, json_str(q.p, "finding", ""),
	    &(struct found_said){ .actor = a->actor,
	    .request = named_request(a), .reason = json_str(q.p, "reason", ""), .time = a->time,
	    .seq = a->seq }, err);
	asked_free(q.asked);
	return rc;
}
