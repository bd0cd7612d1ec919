/* apply_batch - certificates that were asked for together. */
#include <stdio.h>
#include "base/json.h"
#include "state/inside.h"

/* A member of the event into a field of its own. */
static int
text_take(const json_t *data, const char *name, char *ret, size_t n,
    struct err *err)
{
	const char	*text;

	TRY(json_need_str(data, name, &text, err));
	if (snprintf(ret, n, "%s", text) >= (int)n)
		return err_set(err, ESCHEMA, "/data/%s: too long", name);
	return 0;
}

int
batch_opened_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	struct cert_batch b = { .opened = a->time, .seq = a->seq };

	snprintf(b.requester, sizeof(b.requester), "%s", a->actor);
	TRY(text_take(a->data, "batch", b.id, sizeof(b.id), err));
	TRY(text_take(a->data, "idempotency", b.name, sizeof(b.name), err));
	TRY(text_take(a->data, "ca", b.ca, sizeof(b.ca), err));
	TRY(text_take(a->data, "profile", b.profile, sizeof(b.profile), err));
	return cert_batch_insert(tx, &b, err);
}

static int
rows_count(struct tx *tx, const char *batch, const json_t *hashes,
    bool refused, struct err *err)
{
	const json_t	*one;
	struct sha256	 hash;
	size_t		 i;

	json_array_foreach(hashes, i, one) {
		if (!json_is_string(one))
			return err_set(err, ESCHEMA, "a row's hash");
		TRY(sha256_parse(json_string_value(one), &hash, err));
		TRY(cert_batch_refuse(tx, batch, &hash, refused, err));
	}
	return 0;
}

int
batch_counted_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	const char	*batch;

	TRY(json_need_str(a->data, "batch", &batch, err));
	TRY(rows_count(tx, batch, json_object_get(a->data, "refused"), true,
	    err));
	return rows_count(tx, batch, json_object_get(a->data, "mended"), false,
	    err);
}
