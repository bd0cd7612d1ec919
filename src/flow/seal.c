/*
 * seal - a prepared request comes back only to who prepared it, and as it was.
 *
 * The id of a request is what the keeper counts under, so no caller may choose
 * it: the service seals id, time, asker, action and parameters with a secret
 * of its run, and takes a prepared request back only under its seal.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include "base/hex.h"
#include "flow/again.h"
#include "flow/inside.h"
#include "flow/seal.h"
#include "flow/stage.h"

int
seal_make(const struct drawn *d, char ret[SHA256_HEX], struct err *err)
{
	const struct begun *b = d->begun;
	const struct secret *run = b->flow->run;
	AUTO(blob) *what = blob_new();
	char created[TIME_TEXT], hex[SHA256_HEX];
	unsigned char mac[SHA256_OCTETS];
	unsigned n = sizeof(mac);
	struct sha256 parameters;

	if (what == NULL)
		return err_set(err, ENOMEMORY, "a seal");
	TRY(json_hash(d->parameters, &parameters, err));
	sha256_hex(&parameters, hex);
	clock_text(b->created, created);
	TRY(blob_printf(what, err, "claviger/seal/v1\n%s\n%s\n%s\n%s\n%s\n",
	    b->id, created, b->ask->who->id, b->ask->action, hex));
	if (HMAC(EVP_sha256(), secret_data(run), (int)secret_len(run),
	    what->data, what->len, mac, &n) == NULL)
		return err_set(err, ENOMEMORY, "a seal");
	hex_encode(mac, sizeof(mac), ret);
	return 0;
}

int
seal_check(const struct drawn *d, struct err *err)
{
	const struct begun *b = d->begun;
	const json_t *given = json_object_get(b->ask->body, "request");
	const char *seal = json_str(given, "seal", "");
	char want[SHA256_HEX];
	AUTO(asked) *there = NULL;
	int rc;

	if (given == NULL)
		return 0;
	TRY(seal_make(d, want, err));
	if (strlen(seal) != strlen(want) ||
	    CRYPTO_memcmp(seal, want, strlen(want)) != 0)
		return err_set(err, EDENIED, "/request: this is not what was "
		    "prepared here for %s; prepare it anew", b->ask->who->id);
	rc = asked_read(b->flow, b->id, &there, err);
	if (rc == 0)
		return err_set(err, ECONFLICT, "/request: %s has been handed in "
		    "already", b->id);
	return rc == -ENOENT_ ? 0 : rc;
}
