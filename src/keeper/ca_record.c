#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "ca/name.h"
#include "keeper/ca_record.h"

static const struct json_row rows[] = {
	{ "name", WANT_STRING, true, 1, 64, "of the CA" },
	{ "hash", WANT_STRING, true, 64, 64, "of its certificate" },
	{ "certificate", WANT_STRING, true, 1, 100000, "DER" },
	{ "urls", WANT_OBJECT, true, 0, 4, "where lists and answers are" },
	{ "partitions", WANT_INTEGER, true, 1, ISSUER_PARTITIONS, "of its CRL" },
	{ "request", WANT_STRING, true, 1, 64, "that made it" },
	{ "revoked", WANT_STRING, false, 1, 32, "why, as a list said" },
};

void
ca_records_done(struct key *k)
{
	for (size_t i = 0; i < k->ca_n; i++)
		issuer_free(k->ca[i].issuer);
	free(k->ca);
	k->ca = NULL;
	k->ca_n = 0;
}

static int
record_fill(const json_t *row, struct ca_record *ret, struct err *err)
{
	AUTO(blob) *der = blob_new();

	if (der == NULL)
		return err_set(err, ENOMEMORY, "for a CA");
	TRY(json_check(row, "cas", rows, NELEM(rows), err));
	TRY(b64_decode(json_str(row, "certificate", ""), der, err));
	TRY(json_need_hash(row, "hash", &ret->hash, err));
	ret->name = json_str(row, "name", "");
	ret->revoked = json_object_get(row, "revoked") != NULL;
	return issuer_read(span_blob(der), json_object_get(row, "urls"),
	    (unsigned)json_int(row, "partitions", 0), &ret->issuer, err);
}

static int
record_append(struct key *k, const json_t *row, struct err *err)
{
	struct ca_record new = { 0 }, *more;

	if (k->ca_n == CA_RECORDS)
		return err_set(err, ETOOBIG, "%s has %d certificates already",
		    k->name, CA_RECORDS);
	TRY(record_fill(row, &new, err));
	more = realloc(k->ca, (k->ca_n + 1) * sizeof(*more));
	if (more == NULL) {
		issuer_free(new.issuer);
		return err_set(err, ENOMEMORY, "for a CA");
	}
	k->ca = more;
	k->ca[k->ca_n++] = new;
	return 0;
}

int
ca_records_load(struct key *k, struct err *err)
{
	const json_t *one;
	size_t i;

	k->responder = json_flag(k->row, "responder", false);
	k->certified = json_flag(k->row, "certified", false);
	json_array_foreach(json_object_get(k->row, "cas"), i, one)
		TRY(record_append(k, one, err));
	return 0;
}

struct ca_record *
ca_record_find(const struct key *k, const struct sha256 *hash)
{
	for (size_t i = 0; i < k->ca_n; i++) {
		if (sha256_equal(&k->ca[i].hash, hash))
			return &k->ca[i];
	}
	return NULL;
}

/* Of the certificates of one key the newest. */
static const struct issuer *
signer_find(void *ctx, const struct issuer *i)
{
	const struct keys *all = ctx;
	const struct key *k;
	size_t at = 0;

	while ((k = map_each(&all->by_hash, &at)) != NULL) {
		for (size_t n = k->ca_n; n > 0; n--) {
			if (issuer_signed(k->ca[n - 1].issuer, i))
				return k->ca[n - 1].issuer;
		}
	}
	return NULL;
}

int
ca_record_above(const struct keys *all, struct ca_record *r,
    const struct issuer_path **ret, struct err *err)
{
	if (r->above_at != all->ca_changes)
		TRY(issuer_climb(r->issuer, signer_find, (void *)(uintptr_t)all,
		    &r->above, err));
	r->above_at = all->ca_changes;
	*ret = &r->above;
	return 0;
}

/* One name, one key: a certificate renewed keeps both. */
static int
ca_name_check(const struct keys *all, const struct key *k, const char *name,
    struct err *err)
{
	const struct key *other;
	size_t at = 0;

	while ((other = map_each(&all->by_hash, &at)) != NULL) {
		for (size_t i = 0; other != k && i < other->ca_n; i++) {
			if (strcmp(other->ca[i].name, name) == 0)
				return err_set(err, EEXISTS, "CA %s has key %s",
				    name, other->name);
		}
	}
	return 0;
}

/* Of @k, a CA with this Name; NULL: none. */
static int
ca_with_name(const struct key *k, struct span subject,
    const struct ca_record **ret, struct err *err)
{
	bool same = false;

	*ret = NULL;
	for (size_t i = 0; i < k->ca_n && !same; i++) {
		TRY(name_same(k->ca[i].issuer->subject, subject, &same, err));
		if (same)
			*ret = &k->ca[i];
	}
	return 0;
}

int
ca_subject_check(const struct keys *all, const struct key *own,
    struct span subject, const char *succeeds, struct err *err)
{
	const struct ca_record *r, *other = NULL;
	const struct key *k;
	size_t at = 0;

	while ((k = map_each(&all->by_hash, &at)) != NULL) {
		TRY(ca_with_name(k, subject, &r, err));
		if (r == NULL)
			continue;
		/* It has the name already, or goes on for who has it. */
		if (k == own || (succeeds != NULL &&
		    strcmp(r->name, succeeds) == 0))
			return 0;
		other = r;
	}
	return other == NULL ? 0 : err_set(err, EEXISTS, "CA %s has this subject "
	    "(RFC 5280, 4.1.2.6), and another key", other->name);
}

int
ca_may_be(const struct key *k, struct err *err)
{
	if (k->responder || k->answering)
		return err_set(err, EDENIED, "%s answers for OCSP: it never "
		    "becomes a CA", k->name);
	if (k->certified)
		return err_set(err, EDENIED, "%s has a certificate for something "
		    "else: it never becomes a CA", k->name);
	return 0;
}

/* What all scopes of a CA's lists begin with. */
static void
subject_name(const struct issuer *i, char ret[CA_SCOPE])
{
	struct sha256 subject = sha256_of(i->subject.p, i->subject.n);
	char hex[SHA256_HEX];

	sha256_hex(&subject, hex);
	(void)snprintf(ret, CA_SCOPE, "%.16s", hex);
}

/* Under a name that it has, a key is renewed: as it is, and as one of its
 * certificates that was named. */
static int
renewal_check(const struct key *k, const json_t *p, const struct issuer *next,
    struct err *err)
{
	const char *name = json_str(p, "name", "");
	const struct ca_record *r;
	struct sha256 hash;

	for (size_t i = 0; i < k->ca_n; i++) {
		if (strcmp(k->ca[i].name, name) == 0)
			TRY(issuer_goes_on(k->ca[i].issuer, next, err));
		else if (span_equal(k->ca[i].issuer->subject, next->subject))
			return err_set(err, EEXISTS, "CA %s has this subject "
			    "and key: their lists could not be told apart",
			    k->ca[i].name);
	}
	if (json_object_get(p, "renews") == NULL)
		return 0;
	TRY(json_need_hash(p, "renews", &hash, err));
	r = ca_record_find(k, &hash);
	if (r == NULL || strcmp(r->name, name) != 0)
		return err_set(err, EPROOF, "%s has no certificate as CA %s "
		    "that is renewed so", k->name, name);
	return 0;
}

/* Below what the system before this one had, no list of ours is newer than its
 * lists (RFC 5280, 5.2.3): where ours go on already, it would come too late. */
static int
floor_check(const struct key *k, const json_t *p, struct err *err)
{
	const char *hex = json_str(p, "crl_number", NULL);
	struct number floor, end;

	if (hex == NULL)
		return 0;
	for (size_t i = 0; i < k->ca_n; i++)
		if (strcmp(k->ca[i].name, json_str(p, "name", "")) == 0)
			return err_set(err, EDENIED, "the lists of CA %s go on "
			    "already: their number is told when it is first "
			    "taken in", k->ca[i].name);
	TRY(number_parse(hex, &floor, err));
	return number_add(&floor, CRL_ROOM, &end, err);
}

int
ca_record_check(const struct keys *all, const struct key *k,
    const json_t *parameters, struct span certificate, struct err *err)
{
	const json_t *urls = json_object_get(parameters, "urls");
	unsigned partitions = (unsigned)json_int(parameters, "partitions", 0);
	AUTO(issuer) *i = NULL;

	TRY(ca_may_be(k, err));
	if (k->ca_n == CA_RECORDS)
		return err_set(err, ETOOBIG, "%s has %d certificates already",
		    k->name, CA_RECORDS);
	TRY(ca_name_check(all, k, json_str(parameters, "name", ""), err));
	TRY(issuer_lists_check(urls, partitions, err));
	TRY(issuer_read(certificate, urls, partitions, &i, err));
	TRY(floor_check(k, parameters, err));
	return renewal_check(k, parameters, i, err);
}

int
ca_record_take_check(const struct keys *all, struct span certificate,
    time_us now, struct err *err)
{
	AUTO(issuer) *i = NULL;

	TRY(issuer_read(certificate, NULL, 1, &i, err));
	return issuer_take_check(i, now, signer_find, (void *)(uintptr_t)all,
	    err);
}

static int
row_build(const json_t *parameters, struct span certificate,
    const char *request, json_t **ret, struct err *err)
{
	struct sha256 hash = sha256_of(certificate.p, certificate.n);
	AUTO_JSON *row = NULL;

	TRY(json_build(&row, err, "{s:s, s:O, s:I, s:s}", "name",
	    json_str(parameters, "name", ""), "urls",
	    json_object_get(parameters, "urls"), "partitions",
	    (json_int_t)json_int(parameters, "partitions", 0), "request",
	    request));
	TRY(json_set_hash(row, "hash", &hash, err));
	TRY(json_set_b64(row, "certificate", certificate.p, certificate.n,
	    err));
	*ret = TAKE(row);
	return 0;
}

/* An object of the row, made where it is missing. */
static int
row_object(struct key *k, const char *name, json_t **ret, struct err *err)
{
	if (json_object_get(k->row, name) == NULL)
		TRY(json_set_new(k->row, name, json_object(), err));
	*ret = json_object_get(k->row, name);
	return 0;
}

/* Of the newest record: all of its lists begin above it. */
static int
floor_set(struct key *k, const char *hex, struct err *err)
{
	char subject[CA_SCOPE];
	json_t *floors;

	if (hex == NULL)
		return 0;
	subject_name(k->ca[k->ca_n - 1].issuer, subject);
	TRY(row_object(k, "floors", &floors, err));
	return json_set_str(floors, subject, hex, err);
}

int
ca_record_add(struct keys *all, struct key *k, const json_t *parameters,
    struct span certificate, const char *request, struct err *err)
{
	json_t *cas = json_object_get(k->row, "cas");
	AUTO_JSON *row = NULL;

	all->ca_changes++;
	TRY(row_build(parameters, certificate, request, &row, err));
	if (cas == NULL) {
		TRY(json_set_new(k->row, "cas", json_array(), err));
		cas = json_object_get(k->row, "cas");
	}
	TRY(record_append(k, row, err));
	/* The row that the snapshot keeps is the one that names are borrowed from. */
	if (json_array_append(cas, row) != 0) {
		issuer_free(k->ca[--k->ca_n].issuer);
		return err_set(err, ENOMEMORY, "for a CA");
	}
	return floor_set(k, json_str(parameters, "crl_number", NULL), err);
}

void
ca_scope(const struct ca_record *r, int64_t partition, char ret[CA_SCOPE])
{
	char subject[CA_SCOPE];

	subject_name(r->issuer, subject);
	if (partition < 0)
		(void)snprintf(ret, CA_SCOPE, "%.16s/all", subject);
	else
		(void)snprintf(ret, CA_SCOPE, "%.16s/%u", subject,
		    (unsigned)partition);
}

bool
ca_deltas(const struct ca_record *r, int64_t partition)
{
	return partition >= 0 && r->issuer->delta[0] != '\0';
}

static int
number_at(const json_t *hex, struct number *ret, struct err *err)
{
	*ret = (struct number){ 0 };
	return hex == NULL ? 0 : number_parse(json_string_value(hex), ret,
	    err);
}

int
ca_series(const struct key *k, const char *scope, struct ca_series *ret,
    struct err *err)
{
	const json_t *bases = json_object_get(json_object_get(k->row, "bases"),
	    scope);
	char subject[CA_SCOPE];
	const char *began;

	(void)snprintf(subject, sizeof(subject), "%.*s",
	    (int)strcspn(scope, "/"), scope);
	TRY(number_at(json_object_get(json_object_get(k->row, "floors"),
	    subject), &ret->floor, err));
	TRY(number_at(json_object_get(json_object_get(k->row, "crls"), scope),
	    &ret->last, err));
	if (ret->last.n == 0)
		ret->last = ret->floor;
	for (size_t i = 0; i < CA_BASES; i++)
		TRY(number_at(json_array_get(bases, i), &ret->base[i], err));
	began = json_str(json_object_get(k->row, "began"), scope, NULL);
	ret->began = 0;
	return began == NULL ? 0 : clock_parse(began, &ret->began, err);
}

/* The newest first. */
static int
base_add(struct key *k, const char *scope, const char *number,
    struct err *err)
{
	const json_t *before;
	json_t *bases, *now;

	TRY(row_object(k, "bases", &bases, err));
	TRY(json_build(&now, err, "[s]", number));
	before = json_array_get(json_object_get(bases, scope), 0);
	if (before != NULL && json_array_append(now, (json_t *)(uintptr_t)
	    before) != 0) {
		json_decref(now);
		return err_set(err, ENOMEMORY, "for a CA");
	}
	return json_set_new(bases, scope, now, err);
}

int
ca_series_raise(struct key *k, const char *scope, const char *number,
    bool base, time_us began, struct err *err)
{
	json_t *crls, *times;

	TRY(row_object(k, "crls", &crls, err));
	if (base)
		TRY(base_add(k, scope, number, err));
	TRY(row_object(k, "began", &times, err));
	TRY(json_set_time(times, scope, began, err));
	return json_set_str(crls, scope, number, err);
}

int
ca_responder(struct key *k, struct err *err)
{
	TRY(json_set_new(k->row, "responder", json_true(), err));
	k->responder = true;
	return 0;
}

int
ca_certified(struct key *k, struct err *err)
{
	TRY(json_set_new(k->row, "certified", json_true(), err));
	k->certified = true;
	return 0;
}
