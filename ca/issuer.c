#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ca/issuer.h"
#include "ca/name.h"
#include "ca/profile.h"
#include "ca/san_form.h"

void
issuer_free(struct issuer *i)
{
	if (i == NULL)
		return;
	blob_done(&i->der);
	json_decref(i->constraints);
	json_decref(i->subject_json);
	free(i);
}

/* RFC 5280, 8: not https, whose certificate would need checking first. */
static int
url_check(const json_t *urls, const char *member, struct err *err)
{
	const char *url = json_str(urls, member, "http://absent");
	size_t n = strlen(url);

	if (strncmp(url, "http://", 7) != 0 || url[n - 1] == '/' ||
	    strpbrk(url, "?#") != NULL || uri_check(url, NULL) != 0)
		return err_set(err, EINPUT, "/urls/%s: expected an http:// URL "
		    "without query and final slash (RFC 5280, 4.2.1.13)",
		    member);
	return 0;
}

int
issuer_urls_check(const json_t *urls, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "crl", WANT_STRING, false, 1, ISSUER_URL, "where its CRLs are" },
		{ "delta", WANT_STRING, false, 1, ISSUER_URL, "where deltas to them are" },
		{ "ocsp", WANT_STRING, false, 1, ISSUER_URL, "where its responder is" },
		{ "issuer", WANT_STRING, false, 1, ISSUER_URL, "where its certificate is" },
	};
	size_t i;

	TRY(json_check(urls, "/urls", ROWS, NELEM(ROWS), err));
	for (i = 0; i < NELEM(ROWS); i++)
		TRY(url_check(urls, ROWS[i].name, err));
	/* Who cannot find the list has nothing to apply a delta to. */
	if (json_object_get(urls, "delta") != NULL &&
	    json_object_get(urls, "crl") == NULL)
		return err_set(err, EINPUT, "/urls/delta: deltas are to lists "
		    "that have a URL, /urls/crl (RFC 5280, 5.2.6)");
	return 0;
}

/* RFC 5280, 5.2.5: by the distribution point in it, which is a URL here. */
int
issuer_lists_check(const json_t *urls, unsigned partitions, struct err *err)
{
	if (partitions > 1 && json_object_get(urls, "crl") == NULL)
		return err_set(err, EINPUT, "/urls/crl: the lists of %u "
		    "partitions could not be told apart without a URL "
		    "(RFC 5280, 5.2.5)", partitions);
	return 0;
}

static void
urls_put(struct issuer *i, const json_t *urls)
{
	(void)snprintf(i->crl, sizeof(i->crl), "%s", json_str(urls, "crl",
	    ""));
	(void)snprintf(i->delta, sizeof(i->delta), "%s", json_str(urls,
	    "delta", ""));
	(void)snprintf(i->ocsp, sizeof(i->ocsp), "%s", json_str(urls, "ocsp",
	    ""));
	(void)snprintf(i->issuer, sizeof(i->issuer), "%s", json_str(urls,
	    "issuer", ""));
}

/* May it issue at all? */
static int
rights_check(struct issuer *i, const struct tbs *t, struct err *err)
{
	bool ca;

	TRY(tbs_basic(t, &ca, &i->path_length, err));
	if (!ca)
		return err_set(err, EDENIED, "the certificate is no CA's "
		    "(RFC 5280, 4.2.1.9)");
	TRY(tbs_key_usage(t, &i->key_usage, err));
	if ((i->key_usage & USAGE_BIT(USAGE_KEY_CERT_SIGN)) == 0)
		return err_set(err, EDENIED, "the CA's key may not sign "
		    "certificates (RFC 5280, 4.2.1.3)");
	TRY(tbs_subject_key_id(t, &i->key_id, err));
	if (i->key_id.n == 0)
		return err_set(err, EDENIED, "the CA has no "
		    "subjectKeyIdentifier (RFC 5280, 4.2.1.2)");
	return 0;
}

static int
names_read(struct issuer *i, const struct tbs *t, struct err *err)
{
	const struct tbs_extension *e = tbs_extension(t, OID_NAME_CONSTRAINTS);
	struct err why = { 0 };
	int rc;

	rc = name_json(t->subject, &i->subject_json, &why);
	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "an issuer");
	if (json_array_size(i->subject_json) == 0 && rc == 0)
		return err_set(err, EDENIED, "the CA has no name "
		    "(RFC 5280, 4.1.2.6)");
	if (e == NULL)
		return 0;
	rc = constraints_json(e->value, &i->constraints, &why);
	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "an issuer");
	if (rc != 0)
		return err_set(err, EDENIED, "the CA's constraints cannot be "
		    "checked here: %.120s (RFC 5280, 4.2.1.10)", why.what);
	return 0;
}

/* One that is not there, or cannot be read, tells names alone apart. */
static void
signer_read(struct issuer *i, const struct tbs *t)
{
	bool only;

	i->by = t->issuer;
	if (tbs_authority_key_id(t, &i->by_key_id, &only, NULL) != 0)
		i->by_key_id = (struct span){ 0 };
}

static int
read_it(struct issuer *i, struct err *err)
{
	struct cert c;

	TRY(cert_read(i->der.data, i->der.len, &c, err));
	i->subject = c.tbs.subject;
	i->spki = c.tbs.spki;
	i->not_before = c.tbs.not_before;
	i->not_after = c.tbs.not_after;
	signer_read(i, &c.tbs);
	issuer_limits_read(i, &c.tbs);
	TRY(rights_check(i, &c.tbs, err));
	return names_read(i, &c.tbs, err);
}

int
issuer_read(struct span certificate, const json_t *urls, unsigned partitions,
    struct issuer **ret, struct err *err)
{
	AUTO(issuer) *i = NULL;

	if (partitions < 1 || partitions > ISSUER_PARTITIONS)
		return err_set(err, ERANGE_, "%u partitions, expected 1 to %d",
		    partitions, ISSUER_PARTITIONS);
	if (urls != NULL)
		TRY(issuer_urls_check(urls, err));
	if ((i = calloc(1, sizeof(*i))) == NULL)
		return err_set(err, ENOMEMORY, "an issuer");
	i->partitions = partitions;
	urls_put(i, urls);
	TRY(blob_put(&i->der, certificate.p, certificate.n, err));
	TRY(read_it(i, err));
	*ret = TAKE(i);
	return 0;
}

static int
list_url(const struct issuer *i, const char *base, unsigned partition,
    const char *end, struct blob *ret, struct err *err)
{
	if (base[0] == '\0')
		return err_set(err, ECONFLICT, "the CA has no URL for its %s",
		    base == i->crl ? "CRLs" : "deltas");
	if (partition >= i->partitions)
		return err_set(err, ERANGE_, "partition %u, and the CA has %u",
		    partition, i->partitions);
	return blob_printf(ret, err, "%s/%u%s", base, partition, end);
}

int
issuer_crl_url(const struct issuer *i, unsigned partition, struct blob *ret,
    struct err *err)
{
	return list_url(i, i->crl, partition, ".crl", ret, err);
}

int
issuer_delta_url(const struct issuer *i, unsigned partition, struct blob *ret,
    struct err *err)
{
	return list_url(i, i->delta, partition, ".delta.crl", ret, err);
}

int
issuer_partition(const struct issuer *i, const struct tbs *t, unsigned *ret,
    struct err *err)
{
	char url[ISSUER_URL + 32], *end = NULL;
	size_t base = strlen(i->crl);
	unsigned long n = 0;
	struct span s;

	TRY(tbs_crl_url(t, &s, err));
	if (s.p == NULL) {
		*ret = 0;
		return 0;
	}
	/* The number is read, then written again: one spelling. */
	if (s.n > base + 1 && s.n < sizeof(url) &&
	    memcmp(s.p, i->crl, base) == 0) {
		(void)snprintf(url, sizeof(url), "%.*s", (int)s.n,
		    (const char *)s.p);
		n = strtoul(url + base + 1, &end, 10);
		(void)snprintf(url, sizeof(url), "%s/%lu.crl", i->crl, n);
	}
	if (end == NULL || base == 0 || n >= i->partitions ||
	    !span_equal(s, span_of(url, strlen(url))))
		return err_set(err, EINPUT, "the distribution point is none "
		    "of the CA's");
	*ret = (unsigned)n;
	return 0;
}

bool
issuer_is_root(const struct issuer *i)
{
	return span_equal(i->by, i->subject);
}

bool
issuer_signed(const struct issuer *above, const struct issuer *i)
{
	bool same = span_equal(above->subject, i->subject) &&
	    span_equal(above->spki, i->spki);

	return span_equal(above->subject, i->by) && !same &&
	    (i->by_key_id.n == 0 ?
	    !span_equal(i->by, i->subject) :
	    span_equal(above->key_id, i->by_key_id));
}

static bool
is_on(const struct issuer_path *p, const struct issuer *i)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->at[k] == i)
			return true;
	return false;
}

int
issuer_climb(const struct issuer *i, issuer_above_fn *fn, void *ctx,
    struct issuer_path *ret, struct err *err)
{
	struct issuer_path p = { .n = 0 };

	/* Two that have certified each other are no endless way. */
	while ((i = fn(ctx, i)) != NULL && !is_on(&p, i)) {
		if (p.n == ISSUER_ABOVE)
			return err_set(err, ETOOBIG, "more than %d authorities "
			    "above one", ISSUER_ABOVE);
		p.at[p.n++] = i;
	}
	*ret = p;
	return 0;
}

/* Lists and answers speak for all of its certificates at once. */
int
issuer_goes_on(const struct issuer *i, const struct issuer *next,
    struct err *err)
{
	if (!span_equal(i->subject, next->subject))
		return err_set(err, EDENIED, "a renewed authority keeps its "
		    "subject");
	if (!span_equal(i->spki, next->spki) ||
	    !span_equal(i->key_id, next->key_id))
		return err_set(err, EDENIED, "a renewed authority keeps its "
		    "key and subjectKeyIdentifier");
	if (i->partitions != next->partitions || strcmp(i->crl, next->crl) != 0
	    || strcmp(i->delta, next->delta) != 0 || strcmp(i->ocsp, next->ocsp) != 0 ||
	    strcmp(i->issuer, next->issuer) != 0)
		return err_set(err, EDENIED, "a renewed authority keeps its "
		    "URLs and partitions");
	return 0;
}
