#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/id.h"
#include "base/json.h"
#include "policy/genesis.h"
#include "policy/proof.h"

static const struct json_row genesis_rows[] = {
	{ "format", WANT_STRING, true, 1, 64, "" },
	{ "house", WANT_STRING, true, 1, 40, "" },
	{ "created", WANT_STRING, true, 27, 27, "" },
	{ "charter", WANT_STRING, true, 64, 64, "" },
	{ "keeper_key", WANT_STRING, true, 4, 1024, "" },
	{ "ledger_key", WANT_STRING, true, 4, 1024, "" },
	{ "token", WANT_OBJECT, true, 0, 0, "" },
};
static const struct json_row token_rows[] = {
	{ "label", WANT_STRING, true, 0, 64, "" },
	{ "manufacturer", WANT_STRING, true, 0, 64, "" },
	{ "model", WANT_STRING, true, 0, 64, "" },
	{ "serial", WANT_STRING, true, 0, 64, "" },
};
static const struct json_row signature_rows[] = {
	{ "officer", WANT_STRING, true, 1, 64, "" },
	{ "credential", WANT_STRING, true, 64, 64, "" },
	{ "signature", WANT_STRING, true, 4, 4096, "" },
};

int
genesis_build(const char *house, time_us created,
    const struct sha256 *charter, const void *keeper_key, size_t keeper_key_n,
    const void *ledger_key, size_t ledger_key_n, const json_t *token,
    json_t **ret, struct err *err)
{
	AUTO_JSON *g = NULL;
	char when[TIME_TEXT];

	clock_text(created, when);
	TRY(json_check(token, "/token", token_rows, NELEM(token_rows), err));
	TRY(json_build(&g, err, "{s:s, s:s, s:s, s:O}", "format",
	    GENESIS_FORMAT, "house", house, "created", when, "token", token));
	TRY(json_set_hash(g, "charter", charter, err));
	TRY(json_set_b64(g, "keeper_key", keeper_key, keeper_key_n,
	    err));
	TRY(json_set_b64(g, "ledger_key", ledger_key, ledger_key_n,
	    err));
	*ret = TAKE(g);
	return 0;
}

static int
need_spki(const json_t *j, const char *name, unsigned char **ret,
    size_t *ret_n, struct err *err)
{
	AUTO(blob) *der = blob_new();

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a genesis");
	TRY(b64_decode(json_str(j, name, ""), der, err));
	TRY(proof_spki_check(der->data, der->len, err));
	*ret_n = der->len;
	*ret = TAKE(der->data);
	der->len = der->room = 0;
	return 0;
}

static int
take_apart(struct genesis *g, struct err *err)
{
	const json_t *j = g->json, *t = json_object_get(j, "token");

	TRY(json_check(t, "/token", token_rows, NELEM(token_rows), err));
	TRY(json_hash(j, &g->fingerprint, err));
	g->house = json_str(j, "house", "");
	if (!id_check(g->house, "house"))
		return err_set(err, EINPUT, "the house's id is not well-formed");
	TRY(clock_parse(json_str(j, "created", ""), &g->created, err));
	TRY(json_need_hash(j, "charter", &g->charter, err));
	TRY(need_spki(j, "keeper_key", &g->keeper_key, &g->keeper_key_n, err));
	TRY(need_spki(j, "ledger_key", &g->ledger_key, &g->ledger_key_n, err));
	g->token_label = json_str(t, "label", "");
	g->token_manufacturer = json_str(t, "manufacturer", "");
	g->token_model = json_str(t, "model", "");
	g->token_serial = json_str(t, "serial", "");
	return 0;
}

int
genesis_read(const json_t *j, struct genesis **ret, struct err *err)
{
	AUTO(genesis) *g = NULL;

	TRY(json_check(j, "/genesis", genesis_rows, NELEM(genesis_rows), err));
	if (strcmp(json_str(j, "format", ""), GENESIS_FORMAT) != 0)
		return err_set(err, ESCHEMA, "not a " GENESIS_FORMAT);
	if ((g = calloc(1, sizeof *g)) == NULL)
		return err_set(err, ENOMEMORY, "a genesis");
	/* Its own: the one it is of may be several threads'. */
	if ((g->json = json_clone(j)) == NULL)
		return err_set(err, ENOMEMORY, "a genesis");
	TRY(take_apart(g, err));
	*ret = TAKE(g);
	return 0;
}

void
genesis_free(struct genesis *g)
{
	if (g == NULL)
		return;
	json_decref(g->json);
	free(g->keeper_key);
	free(g->ledger_key);
	free(g);
}

struct sha256
genesis_fingerprint(const struct genesis *g)
{
	return g->fingerprint;
}

int
genesis_sign(const struct genesis *g, const char *officer, EVP_PKEY *key,
    json_t **ret, struct err *err)
{
	AUTO(blob) *octets = blob_new(), *sig = blob_new(), *spki = blob_new();
	AUTO_JSON *s = NULL;
	struct sha256 credential;

	if (octets == NULL || sig == NULL || spki == NULL)
		return err_set(err, ENOMEMORY, "a signature");
	TRY(proof_spki_of(key, spki, err));
	TRY(json_canonical(g->json, octets, err));
	TRY(proof_sign(key, octets->data, octets->len, sig, err));
	credential = sha256_of(spki->data, spki->len);
	TRY(json_build(&s, err, "{s:s}", "officer", officer));
	TRY(json_set_hash(s, "credential", &credential, err));
	TRY(json_set_b64(s, "signature", sig->data, sig->len, err));
	*ret = TAKE(s);
	return 0;
}

int
genesis_signature_check(const struct genesis *g, const struct charter *c,
    const json_t *s, struct err *err)
{
	AUTO(blob) *octets = blob_new(), *sig = blob_new();
	struct sha256 law = charter_hash(c), hash;
	const struct principal *p;
	const struct credential *cred;

	TRY(json_check(s, "", signature_rows, NELEM(signature_rows), err));
	if (!sha256_equal(&law, &g->charter))
		return err_set(err, EPROOF, "that charter is not the genesis' own");
	TRY(json_need_hash(s, "credential", &hash, err));
	p = roster_find(charter_roster(c), json_str(s, "officer", ""));
	cred = p == NULL ? NULL : roster_credential(p, &hash);
	if (cred == NULL)
		return err_set(err, EPROOF, "the charter knows no such "
		    "credential of \"%s\"", json_str(s, "officer", ""));
	if (octets == NULL || sig == NULL)
		return err_set(err, ENOMEMORY, "a signature");
	TRY(b64_decode(json_str(s, "signature", ""), sig, err));
	TRY(json_canonical(g->json, octets, err));
	return proof_key_verify(cred->key, octets->data,
	    octets->len, sig->data, sig->len, err);
}
