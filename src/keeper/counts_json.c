/*
 * Counts as a document, for the snapshot.  Uses are packed: they are many.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "keeper/counts.h"

#define USE_OCTETS	(SHA256_OCTETS + 3 * 8)

static int
put_u64(struct blob *b, uint64_t v, struct err *err)
{
	unsigned char o[8];

	for (int i = 0; i < 8; i++)
		o[i] = (unsigned char)(v >> (56 - 8 * i));
	return blob_put(b, o, sizeof(o), err);
}

static uint64_t
get_u64(const unsigned char *o)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | o[i];
	return v;
}

static int
uses_pack(const struct tally *t, struct blob *ret, struct err *err)
{
	const struct use *u;
	size_t at = 0;

	while ((u = map_each(&t->uses, &at)) != NULL) {
		if (u->at.n == 0)
			continue;	/* not durable: not a fact */
		TRY(blob_put(ret, u->what.o, SHA256_OCTETS, err));
		TRY(put_u64(ret, u->at.n, err));
		TRY(put_u64(ret, u->at.segment, err));
		TRY(put_u64(ret, u->at.offset, err));
	}
	return 0;
}

static int
tally_json(const struct tally *t, json_t *into, struct err *err)
{
	AUTO_JSON *o = json_object();
	AUTO(blob) *packed = blob_new();

	if (packed == NULL || o == NULL)
		return err_set(err, ENOMEMORY, "for the snapshot");
	TRY(uses_pack(t, packed, err));
	TRY(json_set_str(o, "id", t->id, err));
	TRY(json_set_hash(o, "request", &t->request, err));
	TRY(json_set_hash(o, "permit", &t->permit, err));
	TRY(json_set_int(o, "forget", t->forget, err));
	TRY(json_set_int(o, "used", t->used, err));
	TRY(json_set_b64(o, "uses", packed->data, packed->len, err));
	if (json_array_append(into, o) != 0)
		return err_set(err, ENOMEMORY, "for the snapshot");
	return 0;
}

static int
limit_json(const struct limit *l, json_t *into, struct err *err)
{
	AUTO_JSON *o = json_object();
	AUTO(blob) *packed = blob_new();

	if (packed == NULL || o == NULL)
		return err_set(err, ENOMEMORY, "for the snapshot");
	for (size_t i = 0; i < l->n; i++)
		TRY(put_u64(packed, (uint64_t)l->at[l->first + i], err));
	TRY(json_set_hash(o, "name", &l->name, err));
	TRY(json_set_int(o, "per", l->per, err));
	TRY(json_set_b64(o, "at", packed->data, packed->len, err));
	if (json_array_append(into, o) != 0)
		return err_set(err, ENOMEMORY, "for the snapshot");
	return 0;
}

static int
version_json(const struct highest *h, json_t *into, struct err *err)
{
	json_t *o;

	TRY(json_build(&o, err, "{s:s, s:s, s:s}", "product", h->product,
	    "track", h->track, "version", h->version));
	if (json_array_append_new(into, o) != 0)
		return err_set(err, ENOMEMORY, "for the snapshot");
	return 0;
}

int
counts_json(const struct counts *c, json_t *into, struct err *err)
{
	json_t *requests, *limits, *versions;
	void *one;
	size_t at;

	TRY(json_set_new(into, "requests", requests = json_array(), err));
	TRY(json_set_new(into, "limits", limits = json_array(), err));
	TRY(json_set_new(into, "versions", versions = json_array(), err));
	for (at = 0; (one = map_each(&c->tallies, &at)) != NULL;)
		TRY(tally_json(one, requests, err));
	for (at = 0; (one = map_each(&c->limits, &at)) != NULL;)
		TRY(limit_json(one, limits, err));
	for (at = 0; (one = map_each(&c->versions, &at)) != NULL;)
		TRY(version_json(one, versions, err));
	return 0;
}

static int
unpack(const json_t *o, const char *name, size_t each, struct blob *ret,
    struct err *err)
{
	const char *text;

	TRY(json_need_str(o, name, &text, err));
	TRY(b64_decode(text, ret, err));
	if (ret->len % each != 0)
		return err_set(err, EINPUT, "\"%s\" is cut", name);
	return 0;
}

static int
tally_load(struct counts *c, const json_t *o, struct err *err)
{
	AUTO(blob) *packed = blob_new();
	struct sha256 request, what;
	struct tally *t;
	const char *id;
	struct use *u;

	if (packed == NULL)
		return err_set(err, ENOMEMORY, "for a request");
	TRY(json_need_str(o, "id", &id, err));
	TRY(json_need_hash(o, "request", &request, err));
	TRY(tally_get(c, id, &request, json_int(o, "forget", 0), &t, err));
	TRY(json_need_hash(o, "permit", &t->permit, err));
	TRY(unpack(o, "uses", USE_OCTETS, packed, err));
	for (size_t i = 0; i < packed->len; i += USE_OCTETS) {
		const unsigned char *p = packed->data + i;
		struct use_at at = { get_u64(p + 32), get_u64(p + 40),
			get_u64(p + 48) };

		memcpy(what.o, p, SHA256_OCTETS);
		TRY(tally_add(c, t, &what, NULL, &u, err));
		tally_made(t, u, &at);
	}
	if (t->used != json_int(o, "used", -1))
		return err_set(err, EINPUT, "uses of %s do not add up", id);
	return 0;
}

static int
limit_load(struct counts *c, const json_t *o, struct err *err)
{
	AUTO(blob) *packed = blob_new();
	struct sha256 name;

	if (packed == NULL)
		return err_set(err, ENOMEMORY, "for a limit");
	TRY(json_need_hash(o, "name", &name, err));
	TRY(unpack(o, "at", 8, packed, err));
	for (size_t i = 0; i < packed->len; i += 8)
		TRY(limit_add(c, &name, json_int(o, "per", 0),
		    (time_us)get_u64(packed->data + i), err));
	return 0;
}

static int
version_load(struct counts *c, const json_t *o, struct err *err)
{
	const char *product, *track, *version;

	TRY(json_need_str(o, "product", &product, err));
	TRY(json_need_str(o, "track", &track, err));
	TRY(json_need_str(o, "version", &version, err));
	return version[0] == '\0' ? 0 :
	    version_raise(c, product, track, version, NULL, err);
}

int
counts_load(struct counts *c, const json_t *from, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(from, "requests"), i, one)
		TRY(tally_load(c, one, err));
	json_array_foreach(json_object_get(from, "limits"), i, one)
		TRY(limit_load(c, one, err));
	json_array_foreach(json_object_get(from, "versions"), i, one)
		TRY(version_load(c, one, err));
	return 0;
}
