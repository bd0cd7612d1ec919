/*
 * bound - a key of the real keeper as OpenSSL's, over the service's real line.
 */
#ifndef TESTS_KEEPER_BOUND_H
#define TESTS_KEEPER_BOUND_H

#include <openssl/err.h>
#include "keyring/pkey.h"
#include "tests/keeper/certs.h"

struct bound {
	struct keyring		*ring;
	struct keyring_binding	*binding;
	EVP_PKEY		*public;
};

static inline UNUSED void
connect_ring(struct bound *b)
{
	struct keyring_options o = { .socket = scratch_path("keeper.sock"),
		.patience = TIME_S(10) };

	memset(b, 0, sizeof(*b));
	unit_ok(keyring_open(&o, &b->ring, &unit_err));
	unit_ok(keyring_wait(b->ring, TIME_S(10), &unit_err));
}

static inline UNUSED void
bind_ca(struct bound *b, const json_t *p, const json_t *operation,
    const struct held_key *k)
{
	struct sha256 hash;
	struct keyring_bind in = { .permit = &hash, .document = p,
		.operation = operation, .scheme = "ecdsa-sha256",
		.spki = k->spki.data, .spki_octets = k->spki.len };
	const unsigned char *der = k->spki.data;

	unit_ok(json_hash(p, &hash, &unit_err));
	unit_ok(keyring_bind_key(b->ring, &in, &b->binding, &unit_err));
	b->public = d2i_PUBKEY(NULL, &der, (long)k->spki.len);
	ck_assert_ptr_nonnull(b->public);
}

static inline UNUSED json_t *
without_content(json_t *operation)
{
	(void)json_object_del(operation, "content");
	return operation;
}

static inline UNUSED void
end(struct bound *b)
{
	keyring_binding_free(b->binding);
	keyring_free(b->ring);
	EVP_PKEY_free(b->public);
	ERR_clear_error();
}

#endif
