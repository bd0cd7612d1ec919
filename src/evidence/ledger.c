/*
 * ledger - events are in the tree that the ledger key signed.
 *
 * Floor 3.  Pure.
 */
#include <string.h>

#include "base/b64.h"
#include "base/merkle.h"
#include "evidence/inside.h"
#include "policy/made.h"

static int
proof_read(const json_t *list, struct sha256 ret[MERKLE_PROOF], size_t *ret_n,
    struct err *err)
{
	size_t i;
	json_t *one;

	if (!json_is_array(list) || json_array_size(list) > MERKLE_PROOF)
		return err_set(err, ESCHEMA, "an inclusion proof is a list of "
		    "at most %d hashes", MERKLE_PROOF);
	json_array_foreach((json_t *)(uintptr_t)list, i, one) {
		if (!json_is_string(one))
			return err_set(err, ESCHEMA, "a proof holds hashes");
		TRY(sha256_parse(json_string_value(one), &ret[i], err));
	}
	*ret_n = json_array_size(list);
	return 0;
}

int
evidence_included(const json_t *event, const json_t *inclusion, uint64_t size,
    const struct sha256 *root, struct err *err)
{
	static const struct json_row rows[] = {
		{ "index", WANT_INTEGER, true, 0, 0, "the leaf's" },
		{ "size", WANT_INTEGER, true, 0, 0, "the tree's" },
		{ "proof", WANT_ARRAY, true, 0, MERKLE_PROOF, "hashes" },
	};
	struct sha256 proof[MERKLE_PROOF], leaf;
	struct blob octets = { 0 };
	size_t n;
	int rc;

	TRY(json_check(inclusion, "inclusion", rows, NELEM(rows), err));
	TRY(proof_read(json_object_get(inclusion, "proof"), proof, &n, err));
	if ((uint64_t)json_int(inclusion, "size", -1) != size ||
	    json_int(inclusion, "index", -1) != json_int(event, "seq", -2))
		return err_set(err, EVERIFY, "an inclusion proof is of another "
		    "tree or event");
	rc = json_canonical(event, &octets, err);
	if (rc == 0)
		leaf = merkle_leaf(octets.data, octets.len);
	blob_done(&octets);
	TRY(rc);
	return merkle_check_inclusion(&leaf,
	    (uint64_t)json_int(inclusion, "index", 0), size, proof, n, root,
	    err);
}

static int
event_entry(const json_t *event, const char *kind, enum entry_op op,
    struct entry **ret, struct err *err)
{
	json_t *j = json_object_get(json_object_get(event, "data"), "entry");

	if (strcmp(json_str(event, "kind", ""), kind) != 0)
		return err_set(err, EVERIFY, "an event is %.40s, not %s",
		    json_str(event, "kind", "nameless"), kind);
	if (j == NULL)
		return err_set(err, ESCHEMA, "a %s event without its entry",
		    kind);
	TRY(entry_from_json(j, ret, err));
	if ((*ret)->op != op)
		return err_set(err, EVERIFY, "the entry of a %s event is %s",
		    kind, entry_op_name((*ret)->op));
	return 0;
}

/* Made in the token, or taken in by whoever vouches that it was there. */
static int
key_entry(struct verify *v, const json_t *event, struct err *err)
{
	v->adopted = strcmp(json_str(event, "kind", ""), "key.adopted") == 0;
	return v->adopted ? event_entry(event, "key.adopted", ENTRY_ADOPT,
	    &v->made, err) : event_entry(event, "key.generated",
	    ENTRY_GENERATE, &v->made, err);
}

/* The entry says which key came of which request; its SPKI names it. */
static int
key_read(struct verify *v, struct err *err)
{
	const char *spki, *named;
	struct sha256 hash;

	if (v->made->permit_document == NULL)
		return err_set(err, EVERIFY, "the key's entry does not carry "
		    "what it was asked for with");
	TRY(permit_read(v->made->permit_document, &v->making, err));
	TRY(json_need_str(v->made->result, "spki", &spki, err));
	TRY(json_need_str(v->made->result, "key", &named, err));
	v->spki = blob_new();
	if (v->spki == NULL)
		return err_set(err, ENOMEMORY, "key");
	TRY(b64_decode(spki, v->spki, err));
	v->key = sha256_of(v->spki->data, v->spki->len);
	TRY(sha256_parse(named, &hash, err));
	if (!sha256_equal(&hash, &v->key))
		return err_set(err, EVERIFY, "the key's name is not the hash "
		    "of its SPKI");
	if (!v->made->has_permit ||
	    !sha256_equal(&v->made->permit, &v->making->hash) ||
	    v->making->request->action != (v->adopted ? ACTION_KEY_ADOPT :
	    ACTION_KEY_GENERATE))
		return err_set(err, EVERIFY, "the key was made under another "
		    "permit");
	if (v->made->request == NULL ||
	    strcmp(v->made->request, v->making->request->id) != 0)
		return err_set(err, EVERIFY, "the key's entry names another "
		    "request than its permit");
	return made_check(v->genesis, v->made->n, v->made->request,
	    &v->made->permit, v->made->result, err);
}

/* Below the checkpoint's entries, and the key before its use. */
static int
order_check(const struct verify *v, struct err *err)
{
	uint64_t last = v->entry->n > v->made->n ? v->entry->n : v->made->n;

	if (last > v->checkpoint.entries)
		return err_set(err, EVERIFY, "the checkpoint does not reach "
		    "the journal's entry %llu", (unsigned long long)last);
	if (v->made->n >= v->entry->n || v->made->time > v->entry->time)
		return err_set(err, EVERIFY, "the key was used before it was "
		    "made");
	return 0;
}

int
ledger_checkpoint(struct verify *v, struct err *err)
{
	char origin[80];

	TRY(note_verify(json_str(v->doc, "checkpoint", ""),
	    v->genesis->ledger_key, v->genesis->ledger_key_n, &v->checkpoint,
	    err));
	snprintf(origin, sizeof(origin), "claviger/%s", v->genesis->house);
	if (strcmp(origin, v->checkpoint.origin) != 0)
		return err_set(err, EHOUSE, "the checkpoint is of another "
		    "house");
	return 0;
}

int
ledger_included(const struct verify *v, const json_t *in, struct err *err)
{
	return evidence_included(json_object_get(in, "event"),
	    json_object_get(in, "inclusion"), v->checkpoint.size,
	    &v->checkpoint.root, err);
}

int
ledger_verify(struct verify *v, struct err *err)
{
	const json_t *key = json_object_get(v->doc, "key");
	const json_t *used = json_object_get(v->doc, "event");

	TRY(ledger_included(v, v->doc, err));
	TRY(ledger_included(v, key, err));
	TRY(event_entry(used, "key.signed", ENTRY_SIGN, &v->entry, err));
	TRY(key_entry(v, json_object_get(key, "event"), err));
	TRY(order_check(v, err));
	return key_read(v, err);
}
