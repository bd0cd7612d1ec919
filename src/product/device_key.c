/* device_key - which keys are in which device; see device.h. */
#include "product/device_inside.h"
#include "store/store.h"

static int
each(struct tx *tx, const char *statement, const char *serial,
    const json_t *keys, struct err *err)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(keys, i, one)
		TRY(tx_run(tx, statement, PARAMS(v_text(json_string_value(
		    one)), v_text(serial)), NULL, err));
	return 0;
}

/* The same again writes nothing: of most rows nobody says the keys anew. */
int
device_keys_put(struct tx *tx, const char *serial, const json_t *before,
    const json_t *now, struct err *err)
{
	if (json_equal(before, now))
		return 0;
	TRY(each(tx, "device_key_drop", serial, before, err));
	return each(tx, "device_key_put", serial, now, err);
}

int
device_of_key(struct tx *tx, const char *hash, const char *device,
    char *ret, size_t size, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "device_key_other", PARAMS(v_text(hash),
	    v_text(device)), &r, err));
	TRY(rows_next(r, &there, err));
	ret[0] = '\0';
	return there ? rows_copy(r, "serial", ret, size, err) : 0;
}

int
device_has_key(struct tx *tx, const char *hash, const char *device,
    bool *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "device_key_own", PARAMS(v_text(hash),
	    v_text(device)), &r, err));
	return rows_next(r, ret, err);
}
