/*
 * The house as a document, for the snapshot.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "keeper/house.h"

static int
chain_json(const struct house *h, json_t *into, struct err *err)
{
	json_t *all = json_array();
	char hex[SHA256_HEX];

	TRY(json_set_new(into, "charters", all, err));
	for (size_t i = 0; i < h->chain_n; i++) {
		sha256_hex(&h->chain[i], hex);
		if (json_array_append_new(all, json_string(hex)) != 0)
			return err_set(err, ENOMEMORY, "for the snapshot");
	}
	return 0;
}

int
house_json(const struct house *h, json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_object();
	json_t *keys;

	TRY(json_set_new(o, "genesis", json_incref(h->genesis->json), err));
	TRY(chain_json(h, o, err));
	TRY(keys_rows(&h->keys, &keys, err));
	TRY(json_set_new(o, "keys", keys, err));
	TRY(json_set_new(o, "pending", json_clone(h->pending), err));
	TRY(json_set_int(o, "not_before", h->not_before, err));
	TRY(shadow_unshown_json(&h->shadow, o, err));
	TRY(counts_json(&h->counts, o, err));
	*ret = TAKE(o);
	return 0;
}

static int
chain_load(struct house *h, const json_t *from, struct err *err)
{
	const json_t *all = json_object_get(from, "charters"), *one;
	size_t i;

	h->chain = calloc(json_array_size(all) + 1, sizeof(*h->chain));
	if (h->chain == NULL)
		return err_set(err, ENOMEMORY, "for the charters");
	json_array_foreach(all, i, one) {
		if (!json_is_string(one))
			return err_set(err, EINPUT, "the snapshot is damaged");
		TRY(sha256_parse(json_string_value(one),
		    &h->chain[h->chain_n], err));
		h->chain_n++;
	}
	if (h->chain_n == 0)
		return err_set(err, EINPUT, "the snapshot has no charter");
	h->charter_hash = h->chain[h->chain_n - 1];
	return house_charter_get(h, &h->charter_hash, &h->charter, err);
}

static int
keys_load(struct house *h, const json_t *from, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(from, "keys"), i, one)
		TRY(keys_add(&h->keys, json_clone(one), err));
	return 0;
}

static int
pending_load(struct house *h, const json_t *from, struct err *err)
{
	const char *name;
	json_t *intent;

	if (json_object_update(h->pending, json_object_get(from, "pending")) != 0)
		return err_set(err, EINPUT, "the snapshot is damaged");
	json_object_foreach(h->pending, name, intent) {
		if (strcmp(json_str(intent, "op", ""), "destroy-intent") == 0)
			TRY(house_doom(h, intent, err));
	}
	return 0;
}

int
house_load(struct house *h, const json_t *from, struct err *err)
{
	TRY(genesis_read(json_object_get(from, "genesis"), &h->genesis, err));
	TRY(chain_load(h, from, err));
	TRY(keys_load(h, from, err));
	TRY(pending_load(h, from, err));
	h->not_before = json_int(from, "not_before", 0);
	TRY(shadow_unshown_load(&h->shadow, from, err));
	return counts_load(&h->counts, from, err);
}
