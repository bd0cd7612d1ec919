#include "config.h"

#include "ca/lint.h"
#include "tests/bench/bench.h"
#include "tests/unit/ca.h"

/*
 * What a certificate costs besides its signature: the service and the keeper
 * each draft it, read it and judge it.  A device's, and a request for one.
 */
struct work {
	struct issuer	*root, *ca;
	struct profile	*p;
	json_t		*asked, *parameters;
	struct blob	 spki, csr, tbs;
	struct csr	*read;
};

static void
draft(void *ctx, unsigned long n)
{
	struct work *w = ctx;
	struct draft_ask ask = { .profile = w->p, .issuer = w->ca,
	    .parameters = w->parameters, .scheme = "ecdsa-sha256",
	    .serial = { CA_SERIAL, sizeof(CA_SERIAL) },
	    .not_before = CA_TIME, .spki = span_blob(&w->spki) };

	while (n-- > 0) {
		blob_clear(&w->tbs);
		BENCH_OK(draft_tbs(&ask, &w->tbs, NULL));
	}
}

static void
read_and_lint(void *ctx, unsigned long n)
{
	struct work *w = ctx;
	struct lint found;
	struct tbs t;

	while (n-- > 0) {
		BENCH_OK(tbs_read(w->tbs.data, w->tbs.len, &t, NULL));
		BENCH_OK(ca_lint(&t, w->p, w->ca, NULL, &found, NULL));
		BENCH_OK(found.total != 0);
	}
}

static void
draw(void *ctx, unsigned long n)
{
	struct work *w = ctx;
	json_t *parameters;

	while (n-- > 0) {
		BENCH_OK(profile_draw(w->p, w->read, w->asked, &parameters,
		    NULL));
		json_decref(parameters);
	}
}

static void
check(void *ctx, unsigned long n)
{
	struct work *w = ctx;

	while (n-- > 0)
		BENCH_OK(profile_check(w->p, w->parameters, NULL));
}

static void
read_csr(void *ctx, unsigned long n)
{
	struct work *w = ctx;
	struct csr *c;

	while (n-- > 0) {
		BENCH_OK(csr_read(w->csr.data, w->csr.len, &c, NULL));
		csr_free(c);
	}
}

START_TEST(measure)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	struct work w = { .asked = ca_json("{'device':'T-77'}") };

	ca_spki(k, &w.spki);
	ca_csr_der(k, "T-77", NULL, &w.csr);
	w.p = ca_profile("device");
	w.root = ca_issuer("root", NULL, CA_ROOT_NAME);
	w.ca = ca_issuer("issuing-ca", w.root, CA_NAME);
	BENCH_OK(csr_read(w.csr.data, w.csr.len, &w.read, NULL));
	BENCH_OK(profile_draw(w.p, w.read, w.asked, &w.parameters, NULL));
	bench("read a request, possession proven", read_csr, &w);
	bench("draw parameters by profile", draw, &w);
	bench("check parameters by profile", check, &w);
	bench("draft a certificate", draft, &w);
	bench("read and lint a certificate", read_and_lint, &w);
	csr_free(w.read);
	issuer_free(w.ca);
	issuer_free(w.root);
	profile_free(w.p);
	json_decref(w.asked);
	json_decref(w.parameters);
	blob_done(&w.spki);
	blob_done(&w.csr);
	blob_done(&w.tbs);
	EVP_PKEY_free(k);
}
END_TEST

/* The helpers' checks are those of the unit tests: they need a test around. */
int
main(void)
{
	Suite *s = suite_create("bench");
	TCase *tc = tcase_create("bench");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, measure);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_set_fork_status(r, CK_NOFORK);
	srunner_run_all(r, CK_SILENT);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
