/*
 * charters - shipped charters for tests, with officers who can sign.
 *
 * The quickstart's folder names keys that are made when it runs; here they are
 * made by the test, and it keeps the private halves.
 */
#ifndef TESTS_CHARTERS_H
#define TESTS_CHARTERS_H

#include <ftw.h>
#include <stdio.h>
#include <openssl/pem.h>
#include "base/io.h"
#include "base/json.h"
#include "policy/charter.h"
#include "tests/unit/unit.h"

#define OFFICERS	4

static UNUSED const char *const officer_id[OFFICERS] = { "officer-1",
    "officer-2", "officer-3", "release-lead" };
static EVP_PKEY *officer_key[OFFICERS];

static UNUSED struct charter_file folder_file[CHARTER_FILES];
static size_t folder_n;
static size_t folder_root;	/* octets of the folder's own path */

static inline int
folder_add(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	struct blob b = { 0 };
	struct charter_file *f;

	if (flag != FTW_F)
		return 0;
	ck_assert_uint_lt(folder_n, CHARTER_FILES);
	unit_ok(io_read_file(path, 1 << 20, &b, &unit_err));
	f = &folder_file[folder_n++];
	f->name = strdup(path + folder_root + 1);
	f->data = b.data;
	f->octets = b.len;
	return 0;
}

/* Every file of policy/examples/NAME, into folder_file. */
static inline UNUSED void
folder_read(const char *name)
{
	const char *src = getenv("srcdir");
	char path[512];

	folder_n = 0;
	(void)snprintf(path, sizeof(path), "%s/policy/examples/%s",
	    src == NULL ? "." : src, name);
	folder_root = strlen(path);
	ck_assert_int_eq(nftw(path, folder_add, 16, FTW_PHYS), 0);
	ck_assert_uint_gt(folder_n, 0);
}

static inline UNUSED void
folder_free(void)
{
	while (folder_n > 0) {
		free((void *)(uintptr_t)folder_file[--folder_n].name);
		free((void *)(uintptr_t)folder_file[folder_n].data);
	}
}

/* Put the officers' public halves beside the quickstart's files. */
static inline UNUSED void
folder_officers(void)
{
	char name[64], *text;
	BIO *b;
	long n;
	size_t i;

	for (i = 0; i < OFFICERS; i++) {
		if (officer_key[i] == NULL)
			officer_key[i] = EVP_EC_gen("P-256");
		b = BIO_new(BIO_s_mem());
		ck_assert_int_eq(PEM_write_bio_PUBKEY(b, officer_key[i]), 1);
		n = BIO_get_mem_data(b, &text);
		(void)snprintf(name, sizeof(name), "officers/%s.pub.pem",
		    officer_id[i]);
		folder_file[folder_n++] = (struct charter_file){ strdup(name),
		    strndup(text, (size_t)n), (size_t)n };
		BIO_free(b);
	}
}

static inline UNUSED void
officers_free(void)
{
	size_t i;

	for (i = 0; i < OFFICERS; i++) {
		EVP_PKEY_free(officer_key[i]);
		officer_key[i] = NULL;
	}
}

/* In a file of the folder, write @to where @from stands first. */
static inline UNUSED void
folder_change(const char *file, const char *from, const char *to)
{
	struct charter_file *f;
	const char *at, *end;
	char *text;
	size_t i, n;

	for (i = 0; i < folder_n; i++)
		if (strcmp(folder_file[i].name, file) == 0)
			break;
	ck_assert_msg(i < folder_n, "no file %s", file);
	f = &folder_file[i];
	end = (const char *)f->data + f->octets;
	at = memmem(f->data, f->octets, from, strlen(from));
	ck_assert_msg(at != NULL, "%s has no \"%s\"", file, from);
	n = f->octets - strlen(from) + strlen(to);
	ck_assert_ptr_nonnull(text = malloc(n + 1));
	(void)snprintf(text, n + 1, "%.*s%s%.*s",
	    (int)(at - (const char *)f->data), (const char *)f->data, to,
	    (int)(end - at) - (int)strlen(from), at + strlen(from));
	free((void *)(uintptr_t)f->data);
	f->data = text;
	f->octets = n;
}

/* A shipped charter, read; with officer_key where it is the quickstart's. */
static inline UNUSED struct charter *
charter_shipped(const char *name)
{
	struct charter *c = NULL;
	struct findings f;
	size_t i;
	int rc;

	folder_read(name);
	if (strcmp(name, "quickstart") == 0)
		folder_officers();
	findings_init(&f);
	rc = charter_from_files(folder_file, folder_n, &c, &f, &unit_err);
	for (i = 0; i < f.n && rc != 0; i++)
		(void)fprintf(stderr, "%s: %s: %s\n", f.at[i].where,
		    find_code(f.at[i].what), f.at[i].text);
	ck_assert_msg(rc == 0, "%s: %s", name, unit_err.what);
	findings_done(&f);
	folder_free();
	return c;
}

/* JSON with ' for ", so that it can stand in a table. */
static inline UNUSED json_t *
json_text(const char *text)
{
	char *copy = strdup(text), *p;
	json_t *j = NULL;
	json_error_t e;

	for (p = copy; (p = strchr(p, '\'')) != NULL;)
		*p = '"';
	j = json_loads(copy, JSON_DECODE_ANY, &e);
	ck_assert_msg(j != NULL, "%s: %s", e.text, copy);
	free(copy);
	return j;
}

/* The quickstart's charter with other rules for its class (' for "). */
static inline UNUSED int
charter_with_rules(const char *rules, struct charter **ret, struct err *err)
{
	struct charter *shipped = charter_shipped("quickstart");
	AUTO_JSON *j = json_deep_copy(charter_json(shipped));
	int rc;

	charter_free(shipped);
	ck_assert_int_eq(json_object_set_new(json_object_get(json_object_get(j,
	    "classes"), "firmware-signing"), "rules", json_text(rules)), 0);
	rc = charter_from_json(j, ret, err);
	return rc;
}

/* Facts from {NAME: VALUE}, all asserted. */
static inline UNUSED struct facts *
facts_text(const char *text)
{
	AUTO_JSON *plain = json_text(text), *j = json_object();
	struct facts *f = NULL;
	const char *name;
	json_t *v;

	json_object_foreach(plain, name, v)
		json_object_set_new(j, name, json_pack("{s:O, s:s}", "value",
		    v, "from", "asserted"));
	unit_ok(facts_from_json(j, &f, &unit_err));
	return f;
}

#endif
