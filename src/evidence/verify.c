/*
 * verify - the steps in their order, and what was found.
 *
 * Floor 3.  Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "evidence/inside.h"

static void
verify_done(struct verify *v)
{
	for (size_t i = 0; i < v->charter_n; i++)
		charter_free(v->charter[i]);
	free(v->charter);
	free(v->hash);
	free(v->from);
	genesis_free(v->genesis);
	entry_free(v->made);
	entry_free(v->entry);
	permit_free(v->making);
	permit_free(v->permit);
	facts_free(v->facts);
	blob_free(v->spki);
}

/* Strings are borrowed from the document, which outlives this. */
static void
report(const struct verify *v, struct evidence_found *f)
{
	const json_t *event = json_object_get(v->doc, "event");
	const json_t *entry = json_object_get(json_object_get(event, "data"),
	    "entry");
	const json_t *op = json_object_get(entry, "operation");
	const json_t *digest = json_object_get(op, "digest");
	const json_t *made = json_object_get(json_object_get(json_object_get(
	    json_object_get(json_object_get(json_object_get(json_object_get(
	    v->doc, "key"), "event"), "data"), "entry"), "permit_document"),
	    "request"), "parameters");

	f->house = json_str(json_object_get(v->doc, "genesis"), "house", "");
	f->request = json_str(entry, "request", "");
	f->requester = json_str(op, "principal", "");
	f->product = json_str(op, "product", NULL);
	f->version = json_str(op, "version", NULL);
	f->track = json_str(op, "track", NULL);
	f->key_name = json_str(made, "name", "");
	f->class = json_str(made, "class", "");
	f->scheme = json_str(made, "scheme", "");
	f->rule = json_str(json_object_get(entry, "rule"), "name", "");
	f->digest_algorithm = json_str(digest, "algorithm", "");
	snprintf(f->digest, sizeof(f->digest), "%s", json_str(digest, "value",
	    ""));
	f->signed_us = v->entry->time;
	f->checkpoint = v->checkpoint;
	f->exclusive = !v->adopted;
	sha256_hex(&v->key, f->key);
}

static int
keep_spki(const struct verify *v, struct evidence_found *f, struct err *err)
{
	if (v->spki->len > sizeof(f->spki))
		return err_set(err, ETOOBIG, "a public key of %zu octets",
		    v->spki->len);
	memcpy(f->spki, v->spki->data, v->spki->len);
	f->spki_octets = v->spki->len;
	return 0;
}

static int
steps(struct verify *v, const struct sha256 *trust, struct evidence_found *f,
    struct err *err)
{
	TRY(evidence_shape_check(v->doc, err));
	TRY(chain_verify(v, trust, f, err));
	TRY(ledger_verify(v, err));
	TRY(use_verify(v, f, err));
	TRY(signature_verify(v, f, err));
	return keep_spki(v, f, err);
}

int
evidence_verify(const json_t *evidence, const struct sha256 *trust,
    struct evidence_found *ret, struct err *err)
{
	struct evidence_found f = { 0 };
	struct verify v = { .doc = evidence };
	int rc = steps(&v, trust, &f, err);

	if (rc == 0) {
		report(&v, &f);
		*ret = f;
	} else {
		evidence_found_done(&f);
	}
	verify_done(&v);
	return rc;
}

void
evidence_found_done(struct evidence_found *f)
{
	json_decref(f->asserted);
	f->asserted = NULL;
}
