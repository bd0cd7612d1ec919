/*
 * genesis - the house's root of trust and the officers' signatures over it.
 *
 * Floor 2, pure.
 */
#ifndef POLICY_GENESIS_H
#define POLICY_GENESIS_H

#include <jansson.h>
#include <openssl/evp.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"
#include "policy/charter.h"

#define GENESIS_FORMAT	"claviger/genesis/v1"

struct genesis {
	json_t		*json;		/* owned */
	struct sha256	 fingerprint;	/* SHA-256 of the canonical octets */
	const char	*house;
	time_us		 created;
	struct sha256	 charter;
	unsigned char	*keeper_key, *ledger_key;	/* owned; SPKI DER, EC P-256 */
	size_t		 keeper_key_n, ledger_key_n;
	const char	*token_label, *token_manufacturer, *token_model, *token_serial;
};

/** genesis_build - a new GENESIS document. */
NODISCARD int genesis_build(const char *house, time_us created,
    const struct sha256 *charter, const void *keeper_key, size_t keeper_key_n,
    const void *ledger_key, size_t ledger_key_n, const json_t *token,
    json_t **ret, struct err *err);
/** genesis_read - check and take apart; reference kept. Errors: ESCHEMA, EINPUT. */
NODISCARD int genesis_read(const json_t *j, struct genesis **ret,
    struct err *err);
/** genesis_free - takes NULL. */
void genesis_free(struct genesis *g);
DEFINE_FREEP(genesis)
/** genesis_fingerprint - of the document as read. */
struct sha256 genesis_fingerprint(const struct genesis *g);
/** genesis_sign - new {"officer","credential","signature"}. */
NODISCARD int genesis_sign(const struct genesis *g, const char *officer,
    EVP_PKEY *key, json_t **ret, struct err *err);
/** genesis_signature_check - by a credential of that officer in this charter?
 * The charter must be the genesis' own.  Errors: EPROOF, ESCHEMA, EINPUT. */
NODISCARD int genesis_signature_check(const struct genesis *g,
    const struct charter *c, const json_t *signature, struct err *err);

#endif
