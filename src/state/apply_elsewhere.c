/* apply_elsewhere - what lives elsewhere: entries made, corrected and ended. */
#include "base/json.h"
#include "key/elsewhere.h"
#include "state/inside.h"

/* As it was asked for: the request says the whole of it. */
static int
entered(struct tx *tx, const struct applied *a, bool anew, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = elsewhere_fits(tx, q.p, anew, err);
	if (rc == 0)
		rc = elsewhere_put(tx, &(struct elsewhere_said){ .entry = q.p,
		    .request = named_request(a), .time = a->time,
		    .seq = a->seq }, err);
	asked_free(q.asked);
	return rc;
}

int
key_registered_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return entered(tx, a, true, err);
}

int
key_corrected_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return entered(tx, a, false, err);
}

int
key_unregistered_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = elsewhere_end(tx, &(struct elsewhere_said){ .entry = q.p,
	    .request = named_request(a), .time = a->time, .seq = a->seq },
	    err);
	asked_free(q.asked);
	return rc;
}
