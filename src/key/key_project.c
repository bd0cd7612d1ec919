/* key_project - how events change the inventory; only state calls this. */
#include <string.h>
#include "base/json.h"
#include "key/key.h"
#include "store/store.h"

static int
put_products(struct tx *tx, const struct key *k, struct err *err)
{
	size_t	 i;
	json_t	*p;

	json_array_foreach(k->products, i, p)
		TRY(tx_run(tx, "key_product_put",
		    PARAMS(v_text(json_string_value(p)), v_text(k->hash)),
		    NULL, err));
	return 0;
}

int
key_insert(struct tx *tx, const struct key *k, uint64_t seq,
    const char *actor, struct err *err)
{
	AUTO(blob)	*products = blob_new();

	if (products == NULL)
		return err_set(err, ENOMEMORY, "a key");
	TRY(json_canonical(k->products, products, err));
	TRY(tx_run(tx, "key_put", PARAMS(v_text(k->hash), v_text(k->name),
	    v_text(k->class), v_text(k->kind), v_text(k->environment),
	    v_text(k->algorithm), v_text(k->scheme), v_text(k->owner),
	    v_text(k->recovery), v_text(k->exportable), v_int(k->exclusive),
	    v_text(k->uri), v_blob(k->spki, k->spki_octets), v_text(k->kcv),
	    v_text(blob_str(products)), v_text(key_state_name(k->state)),
	    v_int(k->state_since), v_int(0), v_text(k->request),
	    v_int(k->created), v_int((int64_t)seq)), NULL, err));
	TRY(put_products(tx, k, err));
	return tx_run(tx, "key_state_put", PARAMS(v_text(k->hash),
	    v_int((int64_t)seq), v_text(key_state_name(k->state)),
	    v_int(k->created), v_int(0), v_null(), v_text(k->request),
	    v_text(actor)), NULL, err);
}

int
key_step(struct tx *tx, const struct key_step *s, struct err *err)
{
	int64_t		 changed;
	struct value	 to = v_text(key_state_name(s->to));

	TRY(tx_run(tx, "key_state_set", PARAMS(v_text(s->hash), to,
	    v_int(s->time), v_int(s->since)), &changed, err));
	if (changed == 0)
		return err_set(err, ENOKEY, "%s", s->hash);
	return tx_run(tx, "key_state_put", PARAMS(v_text(s->hash),
	    v_int((int64_t)s->seq), to, v_int(s->time), v_int(s->since),
	    v_text(s->reason), v_text(s->request), v_text(s->actor)), NULL,
	    err);
}
