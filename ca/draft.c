#include "config.h"

#include <string.h>

#include "ca/draft.h"
#include "ca/key.h"
#include "ca/name.h"
#include "ca/seal.h"

/* What was worked out before anything is written. */
struct draft {
	const struct draft_ask *ask;
	const struct profile *p;
	const struct issuer *issuer;	/* or NULL */
	struct der	 w;
	struct err	*err;
	struct span	 subject;	/* Name, whole: written first */
	time_us		 not_before, not_after;
	int		 path_length;
};

static bool
is_empty_name(struct span name)
{
	return name.n == 2;
}

static int
extension_open(struct draft *d, enum oid which, bool critical)
{
	TRY(der_open(&d->w, DER_SEQUENCE));
	TRY(oid_put(&d->w, which));
	if (critical)
		TRY(der_bool(&d->w, true));
	return der_open(&d->w, DER_OCTET_STRING);
}

static int
extension_close(struct draft *d)
{
	TRY(der_close(&d->w));
	return der_close(&d->w);
}

/* RFC 5280, 4.2.1.9: cA is DEFAULT FALSE, which DER leaves out. */
static int
put_basic(struct draft *d)
{
	TRY(extension_open(d, OID_BASIC_CONSTRAINTS, true));
	TRY(der_open(&d->w, DER_SEQUENCE));
	if (profile_is_ca(d->p))
		TRY(der_bool(&d->w, true));
	if (d->path_length >= 0)
		TRY(der_int(&d->w, DER_INTEGER, d->path_length));
	TRY(der_close(&d->w));
	return extension_close(d);
}

static int
put_usage(struct draft *d)
{
	if (d->p->key_usage == 0)
		return 0;
	TRY(extension_open(d, OID_KEY_USAGE, true));
	TRY(der_named_bits(&d->w, DER_BIT_STRING, d->p->key_usage));
	return extension_close(d);
}

static int
put_purposes(struct draft *d)
{
	const struct profile_oids *o = &d->p->purposes;
	size_t i;

	if (o->n == 0)
		return 0;
	TRY(extension_open(d, OID_EXT_KEY_USAGE, d->p->purposes_critical));
	TRY(der_open(&d->w, DER_SEQUENCE));
	for (i = 0; i < o->n; i++)
		TRY(der_span(&d->w, DER_OID, o->at[i]));
	TRY(der_close(&d->w));
	return extension_close(d);
}

static int
put_key_ids(struct draft *d)
{
	unsigned char id[KEY_ID_OCTETS];

	TRY(key_id(d->ask->spki, id, d->err));
	TRY(extension_open(d, OID_SUBJECT_KEY_ID, false));
	TRY(der_put(&d->w, DER_OCTET_STRING, id, sizeof(id)));
	TRY(extension_close(d));
	/* RFC 5280, 4.2.1.1: self-signed ones may do without. */
	if (d->issuer == NULL)
		return 0;
	TRY(extension_open(d, OID_AUTHORITY_KEY_ID, false));
	TRY(der_open(&d->w, DER_SEQUENCE));
	TRY(der_span(&d->w, DER_CONTEXT(0), d->issuer->key_id));
	TRY(der_close(&d->w));
	return extension_close(d);
}

static int
put_san(struct draft *d)
{
	const json_t *san = json_object_get(d->ask->parameters, "san");
	bool empty = is_empty_name(d->subject);

	if (json_array_size(san) == 0)
		return !empty ? 0 : err_set(d->err, EINPUT, "a certificate has "
		    "a subject or an alternative name (RFC 5280, 4.1.2.6)");
	/* RFC 5280, 4.1.2.6: critical where it is all the subject there is. */
	TRY(extension_open(d, OID_SUBJECT_ALT_NAME, empty));
	TRY(san_der(san, d->w.out, d->err));
	return extension_close(d);
}

/* RFC 5280, 4.2.1.13: the partition's URL, which is part of the decision. */
static int
put_crl_point(struct draft *d)
{
	struct der *w = &d->w;

	if (!d->p->crl_point)
		return 0;
	TRY(extension_open(d, OID_CRL_POINTS, false));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_open(w, DER_CONTEXT(6)));
	TRY(issuer_crl_url(d->issuer, d->ask->partition, w->out, d->err));
	TRY(der_close(w));
	TRY(der_close(w));
	TRY(der_close(w));
	TRY(der_close(w));
	TRY(der_close(w));
	return extension_close(d);
}

static int
put_access_one(struct draft *d, enum oid method, const char *url)
{
	if (url[0] == '\0')
		return err_set(d->err, ECONFLICT, "the profile %s wants the "
		    "CA's URL for %s, and it has none", d->p->name,
		    oid_name(method));
	TRY(der_open(&d->w, DER_SEQUENCE));
	TRY(oid_put(&d->w, method));
	TRY(der_text(&d->w, DER_CONTEXT(6), url));
	return der_close(&d->w);
}

static int
put_access(struct draft *d)
{
	if (!d->p->access_ocsp && !d->p->access_issuer)
		return 0;
	TRY(extension_open(d, OID_AUTHORITY_INFO, false));
	TRY(der_open(&d->w, DER_SEQUENCE));
	if (d->p->access_ocsp)
		TRY(put_access_one(d, OID_ACCESS_OCSP, d->issuer->ocsp));
	if (d->p->access_issuer)
		TRY(put_access_one(d, OID_ACCESS_CA_ISSUERS,
		    d->issuer->issuer));
	TRY(der_close(&d->w));
	return extension_close(d);
}

static int
put_policies(struct draft *d)
{
	const struct profile_oids *o = &d->p->policies;
	size_t i;

	if (o->n == 0)
		return 0;
	TRY(extension_open(d, OID_POLICIES, false));
	TRY(der_open(&d->w, DER_SEQUENCE));
	for (i = 0; i < o->n; i++) {
		TRY(der_open(&d->w, DER_SEQUENCE));
		TRY(der_span(&d->w, DER_OID, o->at[i]));
		TRY(der_close(&d->w));
	}
	TRY(der_close(&d->w));
	return extension_close(d);
}

static int
append_all(json_t *to, const json_t *from, struct err *err)
{
	size_t i;
	json_t *v;

	json_array_foreach((json_t *)(uintptr_t)from, i, v)
		if (json_array_append(to, v) != 0)
			return err_set(err, ENOMEMORY, "constraints");
	return 0;
}

/* Each permitted one that was asked for is within one of the profile's. */
static int
permitted_check(const struct draft *d, const json_t *profile,
    const json_t *asked)
{
	const char *one;
	size_t i, k;

	if (json_array_size(profile) == 0)
		return 0;
	for (i = 0; i < json_array_size(asked); i++) {
		one = json_string_value(json_array_get(asked, i));
		for (k = 0; one != NULL && k < json_array_size(profile); k++)
			if (constraint_covers(json_string_value(
			    json_array_get(profile, k)), one))
				break;
		if (one == NULL || k == json_array_size(profile))
			return err_set(d->err, EDENIED, "the permitted "
			    "constraint %.96s is not within the profile %s's",
			    one == NULL ? "?" : one, d->p->name);
	}
	return 0;
}

/* The profile's, with what was asked for narrowing it. */
static int
constraints_merge(const struct draft *d, json_t **ret)
{
	const json_t *mine = d->p->constraints, *asked = json_object_get(
	    d->ask->parameters, "name_constraints");
	const json_t *permitted = json_object_get(asked, "permitted");
	AUTO_JSON *p = json_array(), *e = json_array();

	if (p == NULL || e == NULL)
		return err_set(d->err, ENOMEMORY, "constraints");
	TRY(permitted_check(d, json_object_get(mine, "permitted"), permitted));
	if (json_array_size(permitted) == 0)
		permitted = json_object_get(mine, "permitted");
	TRY(append_all(p, permitted, d->err));
	TRY(append_all(e, json_object_get(mine, "excluded"), d->err));
	TRY(append_all(e, json_object_get(asked, "excluded"), d->err));
	return json_build(ret, d->err, "{s:O, s:O}", "permitted", p,
	    "excluded", e);
}

static int
put_constraints(struct draft *d)
{
	const json_t *asked = json_object_get(d->ask->parameters,
	    "name_constraints");
	AUTO_JSON *all = NULL;

	if (asked == NULL && d->p->constraints == NULL)
		return 0;
	if (!profile_is_ca(d->p))
		return err_set(d->err, EDENIED, "name constraints belong to "
		    "CAs (RFC 5280, 4.2.1.10)");
	TRY(constraints_merge(d, &all));
	/* RFC 5280, 4.2.1.10: critical. */
	TRY(extension_open(d, OID_NAME_CONSTRAINTS, true));
	TRY(constraints_put(&d->w, all, d->err));
	return extension_close(d);
}

/* RFC 6960, 4.2.2.2.1. */
static int
put_no_check(struct draft *d)
{
	if (!d->p->ocsp_no_check)
		return 0;
	TRY(extension_open(d, OID_OCSP_NO_CHECK, false));
	TRY(der_null(&d->w));
	return extension_close(d);
}

static int
put_extensions(struct draft *d)
{
	static int (*const EACH[])(struct draft *) = { put_basic, put_usage,
		put_purposes, put_key_ids, put_san, put_crl_point, put_access,
		put_policies, put_constraints, put_no_check };
	size_t i;

	TRY(der_open(&d->w, DER_CONTEXT_C(3)));
	TRY(der_open(&d->w, DER_SEQUENCE));
	for (i = 0; i < NELEM(EACH); i++)
		TRY(EACH[i](d));
	TRY(der_close(&d->w));
	return der_close(&d->w);
}

static int
put_version_serial(struct draft *d)
{
	/* RFC 5280, 4.1.2.1: v3. */
	TRY(der_open(&d->w, DER_CONTEXT_C(0)));
	TRY(der_int(&d->w, DER_INTEGER, 2));
	TRY(der_close(&d->w));
	return der_uint(&d->w, d->ask->serial);
}

static int
put_validity(struct draft *d)
{
	TRY(der_open(&d->w, DER_SEQUENCE));
	TRY(der_time(&d->w, d->not_before));
	TRY(der_time(&d->w, d->not_after));
	return der_close(&d->w);
}

static int
put_tbs(struct draft *d)
{
	TRY(der_open(&d->w, DER_SEQUENCE));
	TRY(put_version_serial(d));
	TRY(der_raw(&d->w, seal_algorithm(d->ask->scheme)));
	TRY(der_raw(&d->w, d->issuer == NULL ? d->subject :
	    d->issuer->subject));
	TRY(put_validity(d));
	TRY(der_raw(&d->w, d->subject));
	TRY(der_raw(&d->w, d->ask->spki));
	TRY(put_extensions(d));
	return der_close(&d->w);
}

/* RFC 5280, 4.1.2.2: positive, at most 20 octets with the sign's bit. */
static int
serial_check(const struct draft *d)
{
	struct span s = d->ask->serial;

	while (s.n > 0 && s.p[0] == 0)
		s = span_of(s.p + 1, s.n - 1);
	if (s.n == 0 || s.n > 20 || (s.n == 20 && s.p[0] >= 0x80))
		return err_set(d->err, ERANGE_, "the serial number is not "
		    "positive and of at most 20 octets (RFC 5280, 4.1.2.2)");
	return 0;
}

static int
key_fit(const struct draft *d)
{
	const char *algorithm;

	TRY(key_algorithm(d->ask->spki, &algorithm, d->err));
	if (!profile_allows_key(d->p, algorithm))
		return err_set(d->err, EDENIED, "the profile %s does not allow "
		    "keys of %s: /keys", d->p->name, algorithm);
	if (seal_algorithm(d->ask->scheme).n == 0)
		return err_set(d->err, EINPUT, "\"%.32s\" is no scheme of "
		    "signatures", d->ask->scheme);
	return 0;
}

static int
place_check(const struct draft *d)
{
	bool root = d->p->kind == PROFILE_ROOT;

	if (root != (d->issuer == NULL))
		return err_set(d->err, EDENIED, root ? "the profile %s is for "
		    "a root, which no other CA issues" : "the profile %s is "
		    "not for a root: it needs an issuing CA", d->p->name);
	if (profile_is_ca(d->p) && !root && d->issuer->path_length == 0)
		return err_set(d->err, EDENIED, "the issuing CA's path length "
		    "is 0: it issues no CA (RFC 5280, 4.2.1.9)");
	return 0;
}

static int
path_length_of(struct draft *d)
{
	const json_t *asked = json_object_get(d->ask->parameters,
	    "path_length");
	int64_t n = d->p->path_length;
	int most = d->issuer == NULL ? -1 : d->issuer->path_length;

	if (asked != NULL) {
		TRY(json_need_int(d->ask->parameters, "path_length", &n,
		    d->err));
		if (!profile_is_ca(d->p) || n < 0 || n > 255 ||
		    (d->p->path_length >= 0 && n > d->p->path_length))
			return err_set(d->err, ERANGE_, "a path length of "
			    "%lld is more than the profile %s allows",
			    (long long)n, d->p->name);
	}
	/* RFC 5280, 6.1.4 (l), (m): what could never be used is not issued. */
	if (profile_is_ca(d->p) && most >= 0 && n >= most)
		return err_set(d->err, ERANGE_, "a path length of %lld is not "
		    "below the issuing CA's, %d (RFC 5280, 4.2.1.9)",
		    (long long)n, most);
	d->path_length = (int)n;
	return 0;
}

static int
shortened(struct draft *d)
{
	const char *text = json_str(d->ask->parameters, "not_after", NULL);
	char end[TIME_TEXT];
	time_us t;

	if (text == NULL)
		return 0;
	TRY(clock_parse(text, &t, d->err));
	t -= t % TIME_S(1);
	if (t > d->not_after) {
		clock_text(d->not_after, end);
		return err_set(d->err, ERANGE_, "profile %s, /validity: "
		    "not_after %.32s is beyond its end, %s: it only shortens "
		    "(RFC 5280, 4.1.2.5)", d->p->name, text, end);
	}
	d->not_after = t;
	return 0;
}

static int
within_issuer(const struct draft *d)
{
	char mine[TIME_TEXT], its[TIME_TEXT];

	if (d->issuer == NULL)
		return 0;
	if (d->not_after > d->issuer->not_after) {
		clock_text(d->not_after, mine);
		clock_text(d->issuer->not_after, its);
		return err_set(d->err, ERANGE_, "profile %s, /validity: the "
		    "certificate would end at %s and its issuer already at %s "
		    "(RFC 5280, 6.1.3)", d->p->name, mine, its);
	}
	if (d->not_before < d->issuer->not_before) {
		clock_text(d->not_before, mine);
		clock_text(d->issuer->not_before, its);
		return err_set(d->err, ERANGE_, "the certificate would begin "
		    "at %s and its issuer only at %s (RFC 5280, 6.1.3)", mine,
		    its);
	}
	return 0;
}

static int
validity_of(struct draft *d)
{
	/* Whole seconds, downwards also before 1970. */
	d->not_before = d->ask->not_before - ((d->ask->not_before % TIME_S(1)) +
	    TIME_S(1)) % TIME_S(1);
	d->not_after = profile_end(d->p, d->not_before);
	TRY(shortened(d));
	if (d->not_after <= d->not_before)
		return err_set(d->err, ERANGE_, "the certificate would end "
		    "before it begins (RFC 5280, 4.1.2.5)");
	return within_issuer(d);
}

static void
draft_init(struct draft *d, const struct draft_ask *ask, struct blob *out,
    struct err *err)
{
	d->ask = ask;
	d->p = ask->profile;
	d->issuer = ask->issuer;
	d->err = err;
	der_init(&d->w, out, err);
}

static int
write_it(struct draft *d)
{
	struct blob subject = { 0 };
	int rc;

	rc = name_der(json_object_get(d->ask->parameters, "subject"), &subject,
	    d->err);
	d->subject = span_blob(&subject);
	/* RFC 5280, 4.1.2.6: a CA has a name, which others will call it by. */
	if (rc == 0 && profile_is_ca(d->p) && is_empty_name(d->subject))
		rc = err_set(d->err, EINPUT, "a CA has a subject "
		    "(RFC 5280, 4.1.2.6)");
	if (rc == 0)
		rc = put_tbs(d);
	blob_done(&subject);
	return rc;
}

int
draft_tbs(const struct draft_ask *ask, struct blob *ret, struct err *err)
{
	size_t before = ret->len;
	struct draft d;
	int rc;

	draft_init(&d, ask, ret, err);
	TRY(place_check(&d));
	TRY(serial_check(&d));
	TRY(key_fit(&d));
	TRY(path_length_of(&d));
	TRY(validity_of(&d));
	rc = write_it(&d);
	if (rc != 0)
		ret->len = before;
	return rc;
}

int
draft_end(const struct draft_ask *ask, time_us *ret, struct err *err)
{
	struct draft d;

	draft_init(&d, ask, NULL, err);
	TRY(validity_of(&d));
	*ret = d.not_after;
	return 0;
}
