/* Allocations of an audit of certificates fail: it says so, or what is wrong;
 * never that a bundle is well which is not. */
#include "config.h"

#include "tests/unit/world_revoked.h"
#include "tests/fault/libraries.h"
#include "tests/fault/never_well.h"

/* How many allocations the first line takes: tests/fault/test_state has them. */
static unsigned
head_calls(struct world *w, const struct blob *b)
{
	struct audit_options o = { .trust = w->fingerprint, .threads = 1 };
	size_t n = (size_t)(strchr(blob_str(b), '\n') + 1 - blob_str(b));
	unsigned calls;

	fault_arm(FAULT_MEMORY, NEVER_MOST);
	json_decref(bundle_judge(b->data, n, &o));
	calls = fault_calls();
	(void)fault_disarm();
	return calls;
}

/* All that the ledger has of certificates, and one that is signed by another. */
START_TEST(an_audit_without_memory_does_not_call_certificates_well)
{
	struct pki_world k;
	struct wrong x = { .signer = NULL };
	struct blob b = { 0 };

	memset(&k, 0, sizeof(k));
	world_begin(&k.w);
	pki_key(&k.w, &k.responder, "responder", "ocsp-responder");
	pki_key(&k.w, &k.root, "root", "ca");
	pki_key(&k.w, &k.devices, "devices", "ca");
	pki_create(&k, NULL, &k.root, &RIGHT);
	pki_create(&k, &k.root, &k.devices, &RIGHT);
	x.signer = k.root.key;
	pki_device(&k, "one", false, &RIGHT);
	pki_device(&k, "one", true, &x);
	pki_change(&k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, "ci", k.serial,
	    NULL);
	pki_list(&k, 0, "01", 1, NULL);
	pki_in_parts(&k, false, 2);
	pki_responder(&k);
	bundle_write(&k.w, 14, NULL, &b);
	ck_assert_uint_gt(never_well(&k.w, &b, FAULT_MEMORY,
	    head_calls(&k.w, &b), 1024), 10);
	(void)never_well(&k.w, &b, FAULT_OPENSSL | FAULT_HERE, 1, 0);
	blob_done(&b);
	pki_world_end(&k);
}
END_TEST

ENGINE_MAIN("fault/audit",
	UNIT(an_audit_without_memory_does_not_call_certificates_well))
