/* Certificates that were asked for together are of one batch. */
#include "config.h"

#include "tests/unit/world_ca.h"

static void
of_no_batch(struct pki_world *k)
{
	k->batch = BATCH;
	pki_device(k, "one", false, &RIGHT);
}

static void
of_anothers_batch(struct pki_world *k)
{
	batch_open(k, "release-lead", k->devices.name, "device");
	of_no_batch(k);
}

static void
of_another_authoritys_batch(struct pki_world *k)
{
	batch_open(k, "ci", k->root.name, "device");
	of_no_batch(k);
}

static void
of_another_profiles_batch(struct pki_world *k)
{
	batch_open(k, "ci", k->devices.name, "ocsp-responder");
	of_no_batch(k);
}

static void
a_batch_counted_by_another(struct pki_world *k)
{
	batch_open(k, "ci", k->devices.name, "device");
	batch_count(k, "release-lead");
}

static const struct {
	const char *why;
	void (*make)(struct pki_world *k);
	const char *code;
} FORGED[] = {
	{ "of a batch that nobody opened", of_no_batch, "certificate" },
	{ "of somebody else's batch", of_anothers_batch, "certificate" },
	{ "of a batch of another authority", of_another_authoritys_batch,
	    "certificate" },
	{ "of a batch of another profile", of_another_profiles_batch,
	    "certificate" },
	{ "a batch is counted by somebody else", a_batch_counted_by_another,
	    "event-format" },
};

START_TEST(what_is_of_another_batch_is_found)
{
	struct audit_options o = { .trust = NULL };
	struct blob b = { 0 };
	struct pki_world k;
	json_t *r;

	pki_world_begin(&k);
	FORGED[_i].make(&k);
	o.trust = k.w.fingerprint;
	bundle_write(&k.w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_msg(bundle_has(r, FORGED[_i].code), "%s", FORGED[_i].why);
	json_decref(r);
	blob_done(&b);
	pki_world_end(&k);
}
END_TEST

ENGINE_MAIN("audit/batch",
	UNIT_ROWS(what_is_of_another_batch_is_found, FORGED))
