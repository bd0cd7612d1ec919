/*
 * world_taken - an authority of a world that others certified, and the last
 * list of the system that kept it.
 */
#ifndef TESTS_WORLD_TAKEN_H
#define TESTS_WORLD_TAKEN_H

#include "ca/crl.h"
#include "tests/unit/world_ca.h"

static int
pki_other_entry(void *ctx, struct crl_entry *ret, bool *ret_more,
    struct err *err)
{
	uint64_t *left = ctx;

	(void)err;
	*ret_more = *left > 0;
	*ret = (struct crl_entry){ .serial = number_of(10 - *left),
		.revoked = TIME_S(1700000000), .reason = REASON_SUPERSEDED };
	*left -= *ret_more;
	return 0;
}

/* Until when it is good. */
static UNUSED time_us pki_other_until = TIME_S(2400000000);

/* The list that another system signed, of two entries, as number @floor. */
static UNUSED void
pki_other_list(const struct house_key *own, const struct blob *whole,
    const char *floor, struct blob *ret)
{
	struct crl_ask ask = { .scheme = "ecdsa-sha256",
		.this_update = TIME_S(1700000000),
		.next_update = pki_other_until };
	struct blob tbs = { 0 }, signature = { 0 };
	AUTO(issuer) *i = NULL;
	uint64_t left = 2;

	unit_ok(issuer_read(span_blob(whole), NULL, 1, &i, &unit_err));
	unit_ok(number_parse(floor, &ask.number, &unit_err));
	ask.issuer = i->subject;
	ask.key_id = i->key_id;
	ask.next = pki_other_entry;
	ask.ctx = &left;
	unit_ok(crl_draft(&ask, &tbs, &unit_err));
	unit_ok(seal_sign(span_blob(&tbs), own->key, NULL, ask.scheme,
	    &signature, &unit_err));
	unit_ok(seal_assemble(span_blob(&tbs), ask.scheme,
	    span_blob(&signature), ret, &unit_err));
	blob_done(&tbs);
	blob_done(&signature);
}

/* A certificate by a root of others for a key of the house, taken in.  @other:
 * not the one that was approved.  @floor: of the list before, which comes with
 * it; NULL: none. */
static UNUSED void
pki_import(struct pki_world *k, struct house_key *own, bool other,
    const char *floor)
{
	json_t *p = world_json("{s:s, s:s, s:{s:s, s:[[s,s],[s,s]]}}", "house",
	    "of others", "id", floor != NULL ? floor : "", "parameters",
	    "profile", "issuing-ca", "subject", "organizationName", "Example",
	    "commonName", own->name), *q, *op, *result;
	struct blob tbs = { 0 }, signature = { 0 }, whole = { 0 }, list = { 0 };
	char want[SHA256_HEX], listed[SHA256_HEX] = "";
	struct sha256 hash;

	pki_draft(k, &k->root, p, own->key, &RIGHT, &tbs, &signature);
	pki_issuer(own, &tbs, &signature);
	memcpy(want, own->certificate, sizeof(want));
	if (other) {
		blob_clear(&tbs);
		blob_clear(&signature);
		unit_ok(json_set_str(p, "id", "another", &unit_err));
		pki_draft(k, &k->root, p, own->key, &RIGHT, &tbs, &signature);
		pki_issuer(own, &tbs, &signature);
	}
	unit_ok(seal_assemble(span_blob(&tbs), "ecdsa-sha256",
	    span_blob(&signature), &whole, &unit_err));
	if (floor != NULL) {
		pki_other_list(own, &whole, floor, &list);
		hash = sha256_of(list.data, list.len);
		sha256_hex(&hash, listed);
	}
	q = pki_asked(k, ACTION_CA_IMPORT, world_json("{s:s, s:s, s:s, s:s,"
	    " s:{s:s, s:s, s:s, s:s}, s:i, s:s*, s:s*}", "key", own->hash,
	    "key_name", own->name, "name", own->name, "certificate", want,
	    "urls", WORLD_URLS, "partitions", WORLD_PARTITIONS, "crl_number",
	    floor, "crl", floor != NULL ? listed : NULL));
	op = world_json("{s:s, s:s, s:s}", "op", "adopt-ca", "key", own->hash,
	    "principal", "release-lead");
	unit_ok(json_set_b64(op, "content", whole.data, whole.len, &unit_err));
	if (floor != NULL)
		unit_ok(json_set_b64(op, "crl", list.data, list.len,
		    &unit_err));
	result = world_json("{s:s}", "certificate", want);
	world_event(&k->w, EVENT_CA_IMPORTED, "release-lead", own->name,
	    world_json("{s:s}", "request", json_str(q, "id", "")),
	    world_entry(&k->w, ENTRY_ADOPT_CA, world_use(&k->w, q, true, 1,
	    "release-lead", op, result)));
	json_decref(p);
	json_decref(q);
	blob_done(&tbs);
	blob_done(&signature);
	blob_done(&whole);
	blob_done(&list);
}

#endif
