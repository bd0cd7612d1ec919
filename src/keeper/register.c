#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "keeper/ca_record.h"
#include "keeper/register.h"

static const struct json_row rows[] = {
	{ "key", WANT_STRING, true, 64, 64, "the key's hash" },
	{ "name", WANT_STRING, true, 1, 64, "its name" },
	{ "class", WANT_STRING, true, 1, 64, "its class" },
	{ "kind", WANT_STRING, true, 1, 64, "the class's kind" },
	{ "algorithm", WANT_STRING, true, 1, 64, "its algorithm" },
	{ "scheme", WANT_STRING, true, 1, 64, "how it signs" },
	{ "environment", WANT_STRING, true, 0, 64, "where it belongs" },
	{ "products", WANT_STRINGS, true, 0, 256, "product lines" },
	{ "exportable", WANT_BOOL, true, 0, 0, "may it leave the token?" },
	{ "exclusive", WANT_BOOL, true, 0, 0, "was it made here?" },
	{ "state", WANT_STRING, true, 1, 64, "SP 800-57 state" },
	{ "request", WANT_STRING, true, 1, 64, "that made it" },
	{ "token_id", WANT_STRING, true, 64, 64, "CKA_ID" },
	{ "uri", WANT_STRING, true, 1, 512, "where it lies" },
	{ "spki", WANT_STRING, false, 1, 4096, "public key" },
	{ "kcv", WANT_STRING, false, 6, 6, "key check value" },
	{ "created", WANT_STRING, true, 20, 27, "when it was made" },
	{ "changed", WANT_STRING, true, 20, 27, "when its state changed" },
	{ "cas", WANT_ARRAY, false, 0, CA_RECORDS, "its certificates as a CA" },
	{ "crls", WANT_OBJECT, false, 0, 65536, "highest CRL numbers" },
	{ "floors", WANT_OBJECT, false, 0, CA_RECORDS, "CRL numbers that CAs came with" },
	{ "began", WANT_OBJECT, false, 0, 65536, "thisUpdate of the last CRL" },
	{ "bases", WANT_OBJECT, false, 0, 65536, "full CRLs that deltas are to" },
	{ "responder", WANT_BOOL, false, 0, 0, "does it answer for OCSP?" },
	{ "certified", WANT_BOOL, false, 0, 0, "for something else?" },
};

static void
key_release(void *record)
{
	struct key *k = record;

	ca_records_done(k);
	json_decref(k->row);
	free(k);
}

int
keys_init(struct keys *k, struct err *err)
{
	*k = (struct keys){ .ca_changes = 1 };
	return json_build(&k->names, err, "{}");
}

void
keys_done(struct keys *k)
{
	map_done(&k->by_hash, key_release);
	json_decref(k->names);
	k->names = NULL;
}

struct key *
keys_find(const struct keys *k, const struct sha256 *hash)
{
	return map_get(&k->by_hash, hash);
}

bool
keys_named(const struct keys *k, const char *name)
{
	return json_object_get(k->names, name) != NULL;
}

static int
key_fill(struct key *k, struct err *err)
{
	const json_t *r = k->row;

	TRY(json_need_hash(r, "key", &k->hash, err));
	TRY(json_need_hash(r, "token_id", &k->token_id, err));
	k->name = json_str(r, "name", "");
	k->class = json_str(r, "class", "");
	k->environment = json_str(r, "environment", "");
	k->request = json_str(r, "request", "");
	k->exportable = json_flag(r, "exportable", true);
	k->exclusive = json_flag(r, "exclusive", false);
	TRY(class_kind_from_name(json_str(r, "kind", ""), &k->kind, err));
	TRY(hsm_algorithm_from_name(json_str(r, "algorithm", ""),
	    &k->algorithm, err));
	TRY(hsm_scheme_from_name(json_str(r, "scheme", ""), &k->scheme, err));
	TRY(key_state_from_name(json_str(r, "state", ""), &k->state, err));
	return ca_records_load(k, err);
}

int
keys_add(struct keys *k, json_t *row, struct err *err)
{
	struct key *new = calloc(1, sizeof(*new));
	int rc;

	if (new == NULL) {
		json_decref(row);
		return err_set(err, ENOMEMORY, "for a key");
	}
	new->row = row;
	rc = json_check(row, "key", rows, NELEM(rows), err);
	if (rc == 0)
		rc = key_fill(new, err);
	if (rc == 0 && keys_find(k, &new->hash) != NULL)
		rc = err_set(err, EEXISTS, "key %s", new->name);
	if (rc == 0)
		rc = json_set_str(k->names, new->name,
		    json_str(row, "key", ""), err);
	if (rc == 0)
		rc = map_put(&k->by_hash, new, err);
	k->ca_changes += new->ca_n > 0;
	if (rc != 0)
		key_release(new);
	return rc;
}

int
key_set_state(struct key *k, enum key_state to, time_us when, struct err *err)
{
	char text[TIME_TEXT];

	clock_text(when, text);
	TRY(json_set_str(k->row, "changed", text, err));
	TRY(json_set_str(k->row, "state", key_state_name(to), err));
	k->state = to;
	return 0;
}

int
keys_rows(const struct keys *k, json_t **ret, struct err *err)
{
	AUTO_JSON *all = json_array();
	size_t at = 0;
	struct key *one;

	if (all == NULL)
		return err_set(err, ENOMEMORY, "for the keys");
	while ((one = map_each(&k->by_hash, &at)) != NULL) {
		if (json_array_append_new(all, json_clone(one->row)) != 0)
			return err_set(err, ENOMEMORY, "for the keys");
	}
	*ret = TAKE(all);
	return 0;
}

static struct sha256
named(const char *what, const char *house, const char *request, uint64_t n)
{
	struct blob b = { 0 };
	struct sha256 h = { { 0 } };

	if (blob_printf(&b, NULL, "%s\n%s\n%s\n%" PRIu64 "\n", what, house,
	    request, n) == 0)
		h = sha256_of(b.data, b.len);
	blob_done(&b);
	return h;
}

struct sha256
key_token_id(const char *house, const char *request, uint64_t intent)
{
	return named("claviger/token-id", house, request, intent);
}

struct sha256
key_secret_hash(const char *house, const char *request)
{
	return named("claviger/secret-key", house, request, 0);
}
