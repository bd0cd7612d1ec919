#include "config.h"

#include "tests/unit/ca.h"

START_TEST(an_issuer_is_what_its_certificate_says)
{
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *ca = ca_issuer("issuing-ca", root, CA_NAME);

	ck_assert_int_eq(root->path_length, -1);
	ck_assert_int_eq(ca->path_length, 0);
	ck_assert_ptr_null(ca->constraints);
	ck_assert_uint_eq(ca->key_id.n, 20);
	ck_assert_int_eq(ca->not_before, CA_TIME);
	ck_assert_str_eq(ca->ocsp, "http://ocsp.example");
	ck_assert_str_eq(name_get(ca->subject_json, OID_COMMON_NAME),
	    "Devices");
}
END_TEST

START_TEST(a_device_is_no_issuer)
{
	AUTO(profile) *p = ca_profile("device");
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO_JSON *parameters = ca_json("{'subject':[['commonName','T'],"
	    "['serialNumber','T']],'san':['uri:urn:device:T']}");
	struct blob cert = { 0 };
	struct issuer *i = NULL;

	ca_issue(p, root, parameters, SUBJECT_KEY, NULL, &cert);
	unit_fails(issuer_read(span_blob(&cert), NULL, 1, &i, &unit_err),
	    EDENIED);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "4.2.1.9"));
	unit_fails(issuer_read(span_blob(&cert), NULL, 0, &i, &unit_err),
	    ERANGE_);
	unit_fails(issuer_read(span_blob(&cert), NULL, ISSUER_PARTITIONS + 1,
	    &i, &unit_err), ERANGE_);
	unit_fails(issuer_read(span_of("x", 1), NULL, ISSUER_PARTITIONS, &i,
	    &unit_err), EINPUT);
	blob_done(&cert);
}
END_TEST

static const struct issuer *
above(void *ctx, const struct issuer *of)
{
	(void)of;
	return ctx;
}

/* Its constraints, under an identifier that is nobody's. */
START_TEST(nothing_critical_is_taken_in_that_nobody_knows)
{
	AUTO(profile) *p = ca_profile("issuing-ca");
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO_JSON *parameters = ca_json("{'subject':" CA_NAME
	    ",'name_constraints':{'permitted':['dns:a']}}");
	AUTO(issuer) *i = NULL;
	struct blob cert = { 0 };
	unsigned char *at;

	ca_issue(p, root, parameters, CA_KEY, NULL, &cert);
	unit_ok(issuer_read(span_blob(&cert), NULL, 1, &i, &unit_err));
	unit_ok(issuer_take_check(i, CA_TIME, NULL, NULL, &unit_err));
	at = memmem(i->der.data, i->der.len, "\x06\x03\x55\x1d\x1e", 5);
	ck_assert_ptr_nonnull(at);
	at[4] = 0x7f;
	unit_fails(issuer_take_check(i, CA_TIME, NULL, NULL, &unit_err),
	    EDENIED);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "2.5.29.127 (RFC 5280, 4.2)"));
	blob_done(&cert);
}
END_TEST

START_TEST(what_is_taken_in_is_signed_and_goes_on)
{
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *ca = ca_issuer("issuing-ca", root, CA_NAME);

	unit_ok(issuer_take_check(root, CA_TIME, NULL, NULL, &unit_err));
	unit_ok(issuer_take_check(ca, CA_TIME, above, root, &unit_err));
	unit_ok(issuer_take_check(ca, ca->not_after - 1, NULL, NULL,
	    &unit_err));
	unit_fails(issuer_take_check(ca, ca->not_after, NULL, NULL,
	    &unit_err), EDENIED);
	root->der.data[root->der.len - 1] ^= 1;
	unit_fails(issuer_take_check(root, CA_TIME, NULL, NULL, &unit_err),
	    EDENIED);
	ca->der.data[ca->der.len - 1] ^= 1;
	unit_fails(issuer_take_check(ca, CA_TIME, above, root, &unit_err),
	    EDENIED);
	/* Nobody known has signed it: its own root is asked by who uses it. */
	unit_ok(issuer_take_check(ca, CA_TIME, above, NULL, &unit_err));
}
END_TEST

static const struct { const char *why, *json; enum err_code code; } URLS[] = {
	{ "none are needed", "{}", OK },
	{ "plain ones", CA_URLS, OK },
	{ "deltas beside them", "{'crl':'http://a','delta':'http://a'}", OK },
	{ "deltas to what has no place", "{'delta':'http://a'}", EINPUT },
	{ "deltas by https", "{'crl':'http://a','delta':'https://a'}", EINPUT },
	{ "https would need checking first", "{'crl':'https://a'}", EINPUT },
	{ "a query", "{'crl':'http://a?b'}", EINPUT },
	{ "a slash at the end", "{'crl':'http://a/'}", EINPUT },
	{ "no host", "{'crl':'http://'}", EINPUT },
	{ "a space", "{'ocsp':'http://a b'}", EINPUT },
	{ "another member", "{'ldap':'http://a'}", ESCHEMA },
	{ "no text", "{'crl':1}", ESCHEMA },
};

START_TEST(urls_are_plain_http)
{
	AUTO_JSON *j = ca_json(URLS[_i].json);

	if (URLS[_i].code == OK)
		unit_ok(issuer_urls_check(j, &unit_err));
	else
		unit_fails(issuer_urls_check(j, &unit_err), URLS[_i].code);
}
END_TEST

START_TEST(a_partition_has_its_url_and_no_other)
{
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *bare = NULL;
	struct blob url = { 0 };

	unit_ok(issuer_crl_url(root, 15, &url, &unit_err));
	ck_assert_str_eq(blob_str(&url), "http://pki.example/crl/devices/15.crl");
	unit_fails(issuer_crl_url(root, 16, &url, &unit_err), ERANGE_);
	unit_ok(issuer_read(span_blob(&root->der), NULL, 1, &bare,
	    &unit_err));
	unit_fails(issuer_crl_url(bare, 0, &url, &unit_err), ECONFLICT);
	blob_done(&url);
}
END_TEST

START_TEST(a_delta_has_its_url_where_there_are_any)
{
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO_JSON *urls = ca_json("{'crl':'http://a/l','delta':'http://b/d'}");
	AUTO(issuer) *i = NULL;
	struct blob url = { 0 };

	unit_fails(issuer_delta_url(root, 0, &url, &unit_err), ECONFLICT);
	unit_ok(issuer_read(span_blob(&root->der), urls, 2, &i, &unit_err));
	unit_ok(issuer_delta_url(i, 1, &url, &unit_err));
	ck_assert_str_eq(blob_str(&url), "http://b/d/1.delta.crl");
	unit_fails(issuer_delta_url(i, 2, &url, &unit_err), ERANGE_);
	blob_done(&url);
}
END_TEST

START_TEST(lists_are_told_apart_by_their_urls)
{
	AUTO_JSON *none = ca_json("{}"), *urls = ca_json(CA_URLS);

	unit_ok(issuer_lists_check(urls, 2, &unit_err));
	unit_ok(issuer_lists_check(none, 1, &unit_err));
	unit_fails(issuer_lists_check(none, 2, &unit_err), EINPUT);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "/urls/crl"));
}
END_TEST

/* Which of them, renewed with another, the authority is no more. */
START_TEST(an_authority_goes_on_as_it_is)
{
	static const struct {
		const char	*name, *urls;
		unsigned	 partitions;
		bool		 same;
	} T[] = {
		{ CA_NAME, CA_URLS, 4, true },
		{ CA_ROOT_NAME, CA_URLS, 4, false },
		{ CA_NAME, CA_URLS, 5, false },
		{ CA_NAME, "{}", 4, false },
		{ CA_NAME, "{'crl':'http://pki.example/crl/devices',"
		    "'delta':'http://pki.example/crl/devices',"
		    "'ocsp':'http://ocsp.example',"
		    "'issuer':'http://pki.example/ca.crt'}", 4, false },
		{ CA_NAME, "{'crl':'http://pki.example/crl/other',"
		    "'ocsp':'http://ocsp.example',"
		    "'issuer':'http://pki.example/ca.crt'}", 4, false },
		{ CA_NAME, "{'crl':'http://pki.example/crl/devices',"
		    "'ocsp':'http://ocsp.example'}", 4, false },
		{ CA_NAME, "{'crl':'http://pki.example/crl/devices',"
		    "'issuer':'http://pki.example/ca.crt'}", 4, false },
	};
	AUTO_JSON *urls = ca_json(CA_URLS);
	AUTO(issuer) *top = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *made = ca_issuer("issuing-ca", top, CA_NAME);
	AUTO(issuer) *first = NULL;

	unit_ok(issuer_read(span_blob(&made->der), urls, 4, &first,
	    &unit_err));
	for (size_t i = 0; i < NELEM(T); i++) {
		AUTO_JSON *where = ca_json(T[i].urls);
		AUTO(issuer) *other = ca_issuer("issuing-ca", top, T[i].name);
		AUTO(issuer) *next = NULL;

		unit_ok(issuer_read(span_blob(&other->der), where,
		    T[i].partitions, &next, &unit_err));
		if (T[i].same)
			unit_ok(issuer_goes_on(first, next, &unit_err));
		else
			unit_fails(issuer_goes_on(first, next, &unit_err),
			    EDENIED);
	}
}
END_TEST

/* Of an array that ends in NULL. */
static const struct issuer *
among(void *ctx, const struct issuer *i)
{
	for (const struct issuer *const *at = ctx; *at != NULL; at++)
		if (issuer_signed(*at, i))
			return *at;
	return NULL;
}

START_TEST(who_signed_is_known_by_name_and_key)
{
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *again = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *stranger = ca_issuer("root", NULL, CA_NAME);
	AUTO(issuer) *ca = ca_issuer("issuing-ca", root, CA_NAME);
	unsigned char other[20] = { 0 };

	ck_assert(issuer_signed(root, ca));
	ck_assert(!issuer_signed(stranger, ca));
	ck_assert(!issuer_signed(ca, root));
	/* Another certificate of the same root is not above it. */
	ck_assert(!issuer_signed(again, root));
	ca->by_key_id = span_of(other, sizeof(other));
	ck_assert(!issuer_signed(root, ca));
	/* Where no key is named, the name tells. */
	ca->by_key_id = (struct span){ 0 };
	ck_assert(issuer_signed(root, ca));
	ck_assert(!issuer_signed(again, root));
}
END_TEST

START_TEST(the_way_up_ends)
{
	const struct issuer *all[ISSUER_ABOVE + 3] = { NULL };
	struct issuer *made[ISSUER_ABOVE + 2], *cross;
	struct issuer_path path;
	char name[64];

	for (size_t i = 0; i < NELEM(made); i++) {
		snprintf(name, sizeof(name), "[['commonName','%c']]",
		    (char)('A' + i));
		all[i] = made[i] = ca_issuer(i == 0 ? "root" : "issuing-ca",
		    i == 0 ? NULL : made[i - 1], name);
		/* The profile's 0 is not what this is about. */
		made[i]->path_length = -1;
	}
	unit_ok(issuer_climb(made[0], among, all, &path, &unit_err));
	ck_assert_uint_eq(path.n, 0);
	unit_ok(issuer_climb(made[ISSUER_ABOVE], among, all, &path,
	    &unit_err));
	ck_assert_uint_eq(path.n, ISSUER_ABOVE);
	ck_assert_ptr_eq(path.at[0], made[ISSUER_ABOVE - 1]);
	ck_assert_ptr_eq(path.at[ISSUER_ABOVE - 1], made[0]);
	unit_fails(issuer_climb(made[ISSUER_ABOVE + 1], among, all, &path,
	    &unit_err), ETOOBIG);
	/* Two that have certified each other. */
	cross = ca_issuer("issuing-ca", made[1], "[['commonName','A']]");
	all[0] = cross;
	unit_ok(issuer_climb(made[1], among, all, &path, &unit_err));
	ck_assert_uint_eq(path.n, 2);
	issuer_free(cross);
	for (size_t i = 0; i < NELEM(made); i++)
		issuer_free(made[i]);
}
END_TEST

UNIT_MAIN("ca/issuer",
	UNIT(an_issuer_is_what_its_certificate_says)
	UNIT(a_device_is_no_issuer)
	UNIT(nothing_critical_is_taken_in_that_nobody_knows)
	UNIT(what_is_taken_in_is_signed_and_goes_on)
	UNIT_ROWS(urls_are_plain_http, URLS)
	UNIT(a_partition_has_its_url_and_no_other)
	UNIT(a_delta_has_its_url_where_there_are_any)
	UNIT(lists_are_told_apart_by_their_urls)
	UNIT(an_authority_goes_on_as_it_is)
	UNIT(who_signed_is_known_by_name_and_key)
	UNIT(the_way_up_ends))
