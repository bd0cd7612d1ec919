#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ca/name.h"
#include "ca/profile_form.h"

#define KEYS_MOST	8

static const char *const KINDS[] = {
#define K(sym, word) word,
	PROFILE_KINDS(K)
#undef K
};
static const char *const STANDARDS[] = {
#define S(sym, word) word,
	PROFILE_STANDARDS(S)
#undef S
};
static const char *const USAGES[] = {
#define U(sym, word) word,
	KEY_USAGES(U)
#undef U
};
static const char *const DEVICES[] = { "none", "optional", "required" };
static const char *const KEYS[] = { "ec-p256", "ec-p384", "rsa-2048",
	"rsa-3072", "rsa-4096", "ed25519" };

const char *
profile_kind_word(enum profile_kind k)
{
	return KINDS[k];
}

const char *
profile_standard_word(enum profile_standard s)
{
	return STANDARDS[s];
}

const char *
key_usage_word(enum key_usage u)
{
	return USAGES[u];
}

void
profile_free(struct profile *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->subject_n; i++)
		pattern_free(p->subject[i].pattern);
	for (i = 0; i < p->san_n; i++)
		pattern_free(p->san[i].pattern);
	json_decref(p->json);
	free(p);
}

/* The index of @word, or @n with a message that lists what there is. */
static int
word_read(const char *word, const char *const *words, size_t n,
    const char *where, size_t *ret, struct err *err)
{
	char list[160] = "";
	size_t i, at = 0;

	for (i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0) {
			*ret = i;
			return 0;
		}
	for (i = 0; i < n && at < sizeof(list); i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
		    i == 0 ? "" : ", ", words[i]);
	return err_set(err, ESCHEMA, "%s: expected one of %s", where, list);
}

/* A reading of one member after the other: where the fault would be. */
struct at {
	struct profile	*p;
	const char	*where;		/* "/profiles/NAME" */
	char		 text[160];
	struct err	*err;
};

static const char *
at_member(struct at *a, const char *member)
{
	(void)snprintf(a->text, sizeof(a->text), "%s/%s", a->where, member);
	return a->text;
}

static const char *
at_index(struct at *a, const char *member, size_t i)
{
	(void)snprintf(a->text, sizeof(a->text), "%s/%s/%zu", a->where, member,
	    i);
	return a->text;
}

/* Of a list of words: the same twice says that something else was meant. */
static int
once_check(struct at *a, const char *member)
{
	const json_t *list = json_object_get(a->p->json, member);

	for (size_t i = 1; i < json_array_size(list); i++)
		for (size_t k = 0; k < i; k++)
			if (json_equal(json_array_get(list, i),
			    json_array_get(list, k)))
				return err_set(a->err, ESCHEMA, "%s: it is "
				    "there twice", at_index(a, member, i));
	return 0;
}

static int
words_read(struct at *a)
{
	struct profile *p = a->p;
	size_t i;

	TRY(word_read(json_str(p->json, "kind", ""), KINDS, NELEM(KINDS),
	    at_member(a, "kind"), &i, a->err));
	p->kind = (enum profile_kind)i;
	TRY(word_read(json_str(p->json, "standard", "rfc5280"), STANDARDS,
	    NELEM(STANDARDS), at_member(a, "standard"), &i, a->err));
	p->standard = (enum profile_standard)i;
	TRY(word_read(json_str(p->json, "device", "none"), DEVICES,
	    NELEM(DEVICES), at_member(a, "device"), &i, a->err));
	p->device = (enum profile_device)i;
	p->purpose = json_str(p->json, "purpose", "");
	p->keys = json_object_get(p->json, "keys");
	for (i = 0; i < json_array_size(p->keys); i++)
		TRY(word_read(json_string_value(json_array_get(p->keys, i)),
		    KEYS, NELEM(KEYS), at_index(a, "keys", i), &(size_t){ 0 },
		    a->err));
	return once_check(a, "keys");
}

static int
duration_read(struct at *a, const json_t *o, const char *member,
    const char *where, time_us *ret)
{
	const char *text = json_str(o, member, NULL);

	if (text == NULL)
		return 0;
	if (clock_duration(text, ret, NULL) != 0 || *ret % TIME_S(1) != 0 ||
	    *ret > TIME_S(INT64_C(86400) * 365 * 1000))
		return err_set(a->err, ESCHEMA, "%s: expected a duration such "
		    "as P1Y, P90D, PT1H, of at most P1000Y",
		    at_member(a, where));
	return 0;
}

static int
validity_read(struct at *a)
{
	static const struct json_row ROWS[] = {
		{ "for", WANT_STRING, false, 1, 32, "how long" },
		{ "until", WANT_STRING, false, 1, 32, "until when" },
		{ "backdate", WANT_STRING, false, 1, 32, "how far back it may begin" },
	};
	const json_t *v = json_object_get(a->p->json, "validity");
	const char *until = json_str(v, "until", NULL);

	TRY(json_check(v, at_member(a, "validity"), ROWS, NELEM(ROWS),
	    a->err));
	if ((until == NULL) == (json_object_get(v, "for") == NULL))
		return err_set(a->err, ESCHEMA, "%s: expected either \"for\" "
		    "or \"until\"", at_member(a, "validity"));
	TRY(duration_read(a, v, "for", "validity/for", &a->p->lasts));
	TRY(duration_read(a, v, "backdate", "validity/backdate",
	    &a->p->backdate));
	if (until != NULL && (clock_parse(until, &a->p->until, NULL) != 0 ||
	    a->p->until % TIME_S(1) != 0))
		return err_set(a->err, ESCHEMA, "%s: expected a time such as "
		    "9999-12-31T23:59:59Z", at_member(a, "validity/until"));
	if (until == NULL && a->p->lasts <= a->p->backdate + TIME_S(1))
		return err_set(a->err, ESCHEMA, "%s: expected more than the "
		    "backdating", at_member(a, "validity/for"));
	return 0;
}

static int
usage_read(struct at *a)
{
	const json_t *list = json_object_get(a->p->json, "key-usage");
	size_t i, u;

	for (i = 0; i < json_array_size(list); i++) {
		TRY(word_read(json_string_value(json_array_get(list, i)),
		    USAGES, NELEM(USAGES), at_index(a, "key-usage", i), &u,
		    a->err));
		a->p->key_usage |= USAGE_BIT(u);
	}
	return once_check(a, "key-usage");
}

/* A name of ours, or a dotted OID. */
static int
oid_read(struct at *a, enum oid_kind kind, const char *word,
    const char *where, struct profile_oids *ret)
{
	enum oid o = oid_named(kind, word);
	unsigned char *octets = ret->octets[ret->n];
	size_t n, i;

	if (o != OID__N && o != OID_ANY_PURPOSE) {
		n = oid_der(o).n;
		memcpy(octets, oid_der(o).p, n);
	} else if (oid_parse(word, octets, &n, NULL) != 0) {
		return err_set(a->err, ESCHEMA, "%s: expected %sa dotted "
		    "object identifier", where, kind == OID_PURPOSE ?
		    "a purpose such as server-auth, or " : "");
	}
	if (oid_is(span_of(octets, n), OID_ANY_PURPOSE))
		return err_set(a->err, ESCHEMA, "%s: expected purposes by name: "
		    "anyExtendedKeyUsage is not used (RFC 5280, 4.2.1.12)",
		    where);
	for (i = 0; i < ret->n; i++)
		if (span_equal(ret->at[i], span_of(octets, n)))
			return err_set(a->err, ESCHEMA, "%s: it is there "
			    "twice", where);
	ret->at[ret->n++] = span_of(octets, n);
	return 0;
}

static int
oids_read(struct at *a, const char *member, enum oid_kind kind,
    struct profile_oids *ret)
{
	const json_t *list = json_object_get(a->p->json, member);
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		TRY(oid_read(a, kind, json_string_value(json_array_get(list,
		    i)), at_index(a, member, i), ret));
	return 0;
}

static int
access_read(struct at *a)
{
	static const char *const WORDS[] = { "ocsp", "issuer" };
	static const char MEMBER[] = "authority-information-access";
	const json_t *list = json_object_get(a->p->json, MEMBER);
	size_t i, which;

	for (i = 0; i < json_array_size(list); i++) {
		TRY(word_read(json_string_value(json_array_get(list, i)),
		    WORDS, NELEM(WORDS), at_index(a, MEMBER, i), &which,
		    a->err));
		*(which == 0 ? &a->p->access_ocsp : &a->p->access_issuer) =
		    true;
	}
	return once_check(a, MEMBER);
}

static int
constraints_read(struct at *a)
{
	const json_t *c = json_object_get(a->p->json, "name-constraints");
	struct blob scratch = { 0 };
	struct err why = { 0 };
	struct der w;
	int rc;

	if (c == NULL)
		return 0;
	der_init(&w, &scratch, &why);
	rc = constraints_put(&w, c, &why);
	blob_done(&scratch);
	if (rc != 0)
		return err_set(a->err, rc == -ENOMEMORY ? ENOMEMORY : ESCHEMA,
		    "%s: %s", at_member(a, "name-constraints"), why.what);
	a->p->constraints = c;
	return 0;
}

static int
members_read(struct at *a)
{
	struct profile *p = a->p;

	TRY(words_read(a));
	TRY(validity_read(a));
	TRY(usage_read(a));
	TRY(oids_read(a, "extended-key-usage", OID_PURPOSE, &p->purposes));
	TRY(oids_read(a, "policies", OID_OTHER, &p->policies));
	TRY(access_read(a));
	TRY(constraints_read(a));
	TRY(duration_read(a, p->json, "retention", "retention",
	    &p->retention));
	p->purposes_critical = json_flag(p->json, "extended-key-usage-critical",
	    false);
	p->path_length = (int)json_int(p->json, "path-length", -1);
	p->crl_point = json_flag(p->json, "crl-distribution-point", false);
	p->by_root = json_flag(p->json, "issued-by-root", false);
	p->ocsp_no_check = json_flag(p->json, "ocsp-no-check", false);
	return 0;
}

static int
read_it(struct profile *p, const char *where, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "purpose", WANT_STRING, true, 1, 2000, "what its certificates are for" },
		{ "kind", WANT_STRING, true, 1, 32, "end-entity, issuing-ca, root, ocsp-responder, timestamping" },
		{ "standard", WANT_STRING, false, 1, 32, "whose rules apply besides RFC 5280's" },
		{ "keys", WANT_STRINGS, true, 1, KEYS_MOST, "algorithms of the subject's key" },
		{ "subject", WANT_ARRAY, false, 0, PROFILE_RULES, "attributes of the name, in order" },
		{ "san", WANT_ARRAY, false, 0, PROFILE_RULES, "alternative names" },
		{ "validity", WANT_OBJECT, true, 1, 8, "how long" },
		{ "key-usage", WANT_STRINGS, true, 1, USAGE__N, "what the key may do" },
		{ "extended-key-usage", WANT_STRINGS, false, 1, PROFILE_OIDS, "for which purposes" },
		{ "extended-key-usage-critical", WANT_BOOL, false, 0, 0, "are they critical?" },
		{ "path-length", WANT_INTEGER, false, 0, 255, "CAs below a CA" },
		{ "policies", WANT_STRINGS, false, 1, PROFILE_OIDS, "certificate policies" },
		{ "name-constraints", WANT_OBJECT, false, 1, 2, "where names below a CA may be" },
		{ "crl-distribution-point", WANT_BOOL, false, 0, 0, "does it say where its CRL is?" },
		{ "authority-information-access", WANT_STRINGS, false, 1, 2, "ocsp, issuer" },
		{ "ocsp-no-check", WANT_BOOL, false, 0, 0, "is a responder not to be checked?" },
		{ "issued-by-root", WANT_BOOL, false, 0, 0, "may a CA that certified itself issue it?" },
		{ "device", WANT_STRING, false, 1, 16, "none, optional or required" },
		{ "retention", WANT_STRING, false, 1, 32, "how long a revocation is told after the end" },
	};
	struct at a = { .p = p, .where = where, .err = err };

	TRY(json_check(p->json, where, ROWS, NELEM(ROWS), err));
	TRY(members_read(&a));
	TRY(profile_rules_read(p, where, err));
	return profile_kind_check(p, where, err);
}

int
profile_read(const char *name, const json_t *document, struct profile **ret,
    struct err *err)
{
	AUTO(profile) *p = calloc(1, sizeof(*p));
	char where[PROFILE_NAME + 16];

	if (p == NULL)
		return err_set(err, ENOMEMORY, "a profile");
	if (strlen(name) > PROFILE_NAME)
		return err_set(err, ESCHEMA, "/profiles/%.64s: a profile's "
		    "name has at most %d octets", name, PROFILE_NAME);
	memcpy(p->name, name, strlen(name));
	(void)snprintf(where, sizeof(where), "/profiles/%s", name);
	p->json = json_incref((json_t *)(uintptr_t)document);
	TRY(read_it(p, where, err));
	*ret = TAKE(p);
	return 0;
}

/* "/profiles/x/keys/0: expected ..." apart. */
static int
tell(profile_told *told, void *ctx, const char *name, const struct err *why,
    struct err *err)
{
	const char *words = strstr(why->what, ": ");
	char where[200];

	(void)snprintf(where, sizeof(where), "%.*s", words == NULL ? 0 :
	    (int)(words - why->what), why->what);
	return told(ctx, name, where, words == NULL ? why->what : words + 2,
	    err);
}

int
profile_check_all(const json_t *profiles, profile_told *told, void *ctx,
    struct err *err)
{
	struct err first = { 0 }, why = { 0 };
	const char *name;
	json_t *document;
	int rc;

	json_object_foreach((json_t *)(uintptr_t)profiles, name, document) {
		AUTO(profile) *p = NULL;

		rc = profile_read(name, document, &p, &why);
		if (rc == -ENOMEMORY)
			return err_set(err, ENOMEMORY, "%s", why.what);
		if (rc != 0 && told != NULL)
			TRY(tell(told, ctx, name, &why, err));
		if (rc != 0 && first.code == OK)
			first = why;
	}
	if (first.code == OK)
		return 0;
	return err_set(err, ECHARTER, "%s", first.what);
}

bool
profile_allows_key(const struct profile *p, const char *algorithm)
{
	size_t i;

	for (i = 0; i < json_array_size(p->keys); i++)
		if (strcmp(json_string_value(json_array_get(p->keys, i)),
		    algorithm) == 0)
			return true;
	return false;
}

bool
profile_is_ca(const struct profile *p)
{
	return p->kind == PROFILE_ROOT || p->kind == PROFILE_ISSUING_CA;
}

int
profile_root_check(const struct profile *p, struct err *err)
{
	if (profile_is_ca(p) || p->kind == PROFILE_OCSP_RESPONDER || p->by_root)
		return 0;
	return err_set(err, EDENIED, "profile %s, /issued-by-root: a root "
	    "issues no such certificate; make an issuing CA below it",
	    p->name);
}

int
profile_urls_check(const struct profile *p, const json_t *urls,
    struct err *err)
{
	const struct {
		bool		 named;
		const char	*url;
	} all[] = { { p->crl_point, "crl" }, { p->access_ocsp, "ocsp" },
		{ p->access_issuer, "issuer" } };

	for (size_t i = 0; i < NELEM(all); i++)
		if (all[i].named && json_object_get(urls, all[i].url) == NULL)
			return err_set(err, ECONFLICT, "certificates by profile "
			    "%s name the CA's %s URL, and it has none", p->name,
			    all[i].url);
	return 0;
}

time_us
profile_end(const struct profile *p, time_us not_before)
{
	if (p->lasts == 0)
		return p->until;
	/* Both ends are part of the period (RFC 5280, 4.1.2.5). */
	return not_before + p->lasts - TIME_S(1);
}
