/*
 * certs - authorities and devices' certificates in the tables, one by one.
 * One file may include this.
 */
#ifndef TESTS_UNIT_CERTS_H
#define TESTS_UNIT_CERTS_H

#include "ca/profile.h"
#include "cert/cert.h"
#include "tests/unit/ca.h"
#include "tests/unit/engine.h"

#define DEVICES	6
#define ROOT	"house-root"
#define DEVCA	"devices"
#define RULE	"0000000000000000000000000000000000000000000000000000000000000001"
#define NOW	(CA_TIME + TIME_S(60))

struct pki {
	struct store	*store;
	struct profile	*root, *issuing, *device;
	struct issuer	*top, *issuer;
	struct blob	 der;		/* of what was issued last */
	unsigned	 serial;
	uint64_t	 seq;
	const char	*by;		/* that issues; NULL: DEVCA */
	const json_t	*replaces;	/* of other authorities; NULL: nothing */
};

/* ---- making ---- */

struct making {
	struct cert_ca_made	*ca;
	struct cert_made	*cert;
};

static int
make(struct tx *tx, void *ctx, struct err *err)
{
	struct making *m = ctx;

	return m->ca != NULL ? cert_ca_insert(tx, m->ca, err) :
	    cert_insert(tx, m->cert, err);
}

static UNUSED void
add_ca(struct pki *k, const char *name, const char *issuer,
    const struct issuer *i)
{
	AUTO_JSON *urls = ca_json(CA_URLS);
	struct cert_ca_made c = { .name = name, .key = RULE,
	    .key_name = name, .issuer = issuer, .profile = "root",
	    .request = "req_1", .urls = urls, .partitions = 16,
	    .der = span_blob(&i->der), .time = CA_TIME, .seq = k->seq++ };
	struct making m = { .ca = &c };

	unit_ok(store_write(k->store, make, &m, &unit_err));
}

static UNUSED void
pki_begin(struct pki *k)
{
	memset(k, 0, sizeof(*k));
	k->store = engine_store();
	k->device = ca_profile("device");
	k->top = ca_issuer("root", NULL, CA_ROOT_NAME);
	k->issuer = ca_issuer("issuing-ca", k->top, CA_NAME);
	add_ca(k, ROOT, NULL, k->top);
	add_ca(k, DEVCA, ROOT, k->issuer);
}

static UNUSED void
pki_end(struct pki *k)
{
	issuer_free(k->issuer);
	issuer_free(k->top);
	profile_free(k->device);
	blob_done(&k->der);
	store_free(k->store);
}

/* A device's certificate; its key is its own, or the test's. */
static UNUSED int
issue(struct pki *k, const char *device, EVP_PKEY *key, time_us at,
    struct err *err)
{
	AUTO_JSON *asked = ca_json("{}"), *p = NULL;
	AUTO(blob) *spki = blob_new(), *tbs = blob_new();
	unsigned char serial[16] = { 0x40 };
	struct draft_ask ask = { .profile = k->device, .issuer = k->issuer,
	    .scheme = "ecdsa-sha256", .serial = { serial, sizeof(serial) },
	    .not_before = at, .partition = 3 };
	struct cert_made c = { .ca = k->by != NULL ? k->by : DEVCA,
	    .profile = "device", .device = device, .replaces = k->replaces,
	    .request = "req_2", .partition = 3, .time = at,
	    .seq = k->seq++, .rule = RULE, .key = RULE, .principal = "ci" };
	struct making m = { .cert = &c };
	char csr[SHA256_HEX];
	struct sha256 hash = sha256_of(&k->serial, sizeof(k->serial));

	serial[14] = (unsigned char)(k->serial >> 8);
	serial[15] = (unsigned char)k->serial++;
	/* A request of its own for each. */
	sha256_hex(&hash, csr);
	c.csr = csr;
	json_object_set_new(asked, "device", json_string(device));
	unit_ok(profile_draw(k->device, NULL, asked, &p, &unit_err));
	ca_spki(key, spki);
	ask.parameters = p;
	ask.spki = span_blob(spki);
	unit_ok(draft_tbs(&ask, tbs, &unit_err));
	blob_clear(&k->der);
	ca_seal(tbs, &k->der);
	c.der = span_blob(&k->der);
	return store_write(k->store, make, &m, err);
}

static UNUSED void
issue_device(struct pki *k, const char *device, time_us at)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	unit_ok(issue(k, device, key, at, &unit_err));
	EVP_PKEY_free(key);
}

/* ---- reading and changing one ---- */

struct certs_one {
	const char	*device;
	struct cert_row	 row;
	bool		 there;
};

static int
certs_read(struct tx *tx, void *ctx, struct err *err)
{
	struct certs_one *o = ctx;

	return cert_newest(tx, DEVCA, "device", o->device, &o->row, &o->there,
	    err);
}

/* The one that counts of a device. */
static UNUSED struct cert_row
certs_newest(struct pki *k, const char *device)
{
	struct certs_one o = { .device = device };

	unit_ok(store_read(k->store, certs_read, &o, &unit_err));
	ck_assert(o.there);
	return o.row;
}

static int
certs_change(struct tx *tx, void *ctx, struct err *err)
{
	return cert_change(tx, ctx, err);
}

static UNUSED void
change_to(struct pki *k, const char *device, enum cert_status to,
    enum reason why, time_us at)
{
	struct cert_change c = { .ca = DEVCA,
	    .serial = certs_newest(k, device).serial, .to = to, .reason = why,
	    .time = at };

	unit_ok(store_write(k->store, certs_change, &c, &unit_err));
}

/* thermostat-0 ... in the order of their serial numbers 40...00, 40...01. */
static UNUSED void
issue_some(struct pki *k)
{
	char device[32];

	for (unsigned i = 0; i < DEVICES; i++) {
		snprintf(device, sizeof(device), "Thermostat-%u", i);
		issue_device(k, device, CA_TIME + TIME_S(i));
	}
}

#endif
