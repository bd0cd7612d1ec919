/* device_key - which keys are in which device; see device.h. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
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

static int
bearer_put(const struct rows *r, json_t *list, struct err *err)
{
	static const char *const said[] = { "product", "batch", "market" };
	json_t		*one;
	const char	*text;

	TRY(json_build(&one, err, "{s:s}", "serial", rows_text(r, "serial")));
	if (json_array_append_new(list, one) != 0)
		return err_set(err, ENOMEMORY, "devices");
	for (size_t i = 0; i < NELEM(said); i++)
		if ((text = rows_text(r, said[i]))[0] != '\0')
			TRY(json_set_str(one, said[i], text, err));
	return 0;
}

/* One more than asked for tells that there is a next page. */
int
device_bearers(struct tx *tx, const char *hash, const char *name,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	const json_t	*last;
	bool		 more;

	TRY(tx_query(tx, "device_bearers", PARAMS(v_text(hash),
	    v_text(name), v_text(cursor != NULL ? cursor : ""),
	    v_int((int64_t)limit + 1)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(bearer_put(r, list, err));
	}
	last = json_array_get(list, more ? limit - 1 : 0);
	*ret_next = more ? strdup(json_str(last, "serial", "")) : NULL;
	if (more && *ret_next == NULL)
		return err_set(err, ENOMEMORY, "devices");
	*ret = TAKE(list);
	return 0;
}

int
device_bearers_count(struct tx *tx, const char *hash, const char *name,
    int64_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "device_bearers_count", PARAMS(v_text(hash), v_text(name)),
	    &r, err));
	*ret = rows_int(r, "n");
	return 0;
}
