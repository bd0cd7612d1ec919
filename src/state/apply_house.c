/* apply_house - the house itself: its founding, charters, restores. */
#include <string.h>
#include "base/json.h"
#include "policy/permit.h"
#include "state/inside.h"

static int
put_charter(struct tx *tx, const struct applied *a, const char *previous,
    const char *request, struct err *err)
{
	const json_t	*doc = json_object_get(a->data, "charter");
	AUTO(blob)	*text = blob_new();
	struct sha256	 hash;
	char		 hex[SHA256_HEX];

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a charter");
	if (!json_is_object(doc))
		return err_set(err, ESCHEMA, "/data/charter: a document");
	TRY(json_canonical(doc, text, err));
	hash = sha256_of(text->data, text->len);
	sha256_hex(&hash, hex);
	TRY(tx_run(tx, "state_charter_put", PARAMS(v_int((int64_t)a->seq),
	    v_text(hex), v_text(previous), v_int(a->time), v_text(request),
	    v_text(blob_str(text))), NULL, err));
	return people_roster(tx, doc, a->time, a->seq, err);
}

int
house_founded_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const json_t	*genesis = json_object_get(json_object_get(a->entry,
	    "result"), "genesis");
	AUTO(blob)	*text = blob_new();
	struct sha256	 fingerprint;
	char		 hex[SHA256_HEX];
	const char	*house, *created;
	time_us		 time;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a house");
	TRY(json_need_str(genesis, "house", &house, err));
	TRY(json_need_str(genesis, "created", &created, err));
	TRY(clock_parse(created, &time, err));
	TRY(json_canonical(genesis, text, err));
	fingerprint = sha256_of(text->data, text->len);
	sha256_hex(&fingerprint, hex);
	/* There is one house: its row has a name that only one can have. */
	if (a->seq != 0)
		return err_set(err, EFOUNDED, "event %llu founds it again",
		    (unsigned long long)a->seq);
	TRY(tx_run(tx, "state_house_put", PARAMS(v_text(house), v_int(time),
	    v_text(hex), v_text(blob_str(text)), v_int((int64_t)a->seq)),
	    NULL, err));
	return put_charter(tx, a, "", NULL, err);
}

int
genesis_signed_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const char	*officer, *credential, *signature;

	TRY(json_need_str(a->data, "officer", &officer, err));
	TRY(json_need_str(a->data, "credential", &credential, err));
	TRY(json_need_str(a->data, "signature", &signature, err));
	return tx_run(tx, "state_genesis_signature_put", PARAMS(
	    v_text(officer), v_text(credential), v_text(signature),
	    v_int((int64_t)a->seq)), NULL, err);
}

int
charter_amended_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	AUTO(rows)	*r = NULL;
	char		 previous[SHA256_HEX];

	TRY(tx_one(tx, "state_charter_newest", NO_PARAMS, &r, err));
	memcpy(previous, rows_text(r, "hash"), SHA256_HEX - 1);
	previous[SHA256_HEX - 1] = '\0';
	rows_free(TAKE(r));
	TRY(put_charter(tx, a, previous, named_request(a), err));
	return result_apply(tx, a, err);
}

int
house_restored_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const json_t	*hole = json_object_get(a->data, "hole");
	int64_t		 from, to;

	TRY(json_need_int(hole, "from", &from, err));
	TRY(json_need_int(hole, "to", &to, err));
	TRY(tx_run(tx, "state_hole_put", PARAMS(v_int((int64_t)a->seq),
	    v_int(from), v_int(to)), NULL, err));
	return result_apply(tx, a, err);
}

/* No drill is known before it was made. */
int
drill_reported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	time_us		 drilled;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = parameters_past_check(q.p, a->time, err);
	if (rc == 0)
		rc = clock_parse(json_str(q.p, "drilled", ""), &drilled, err);
	if (rc == 0)
		rc = tx_run(tx, "state_drill_put", PARAMS(
		    v_int((int64_t)a->seq), v_int(drilled), v_text(a->actor),
		    v_text(named_request(a))), NULL, err);
	asked_free(q.asked);
	return rc;
}
