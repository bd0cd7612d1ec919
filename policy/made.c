/* made - see made.h. */
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "policy/made.h"
#include "policy/proof.h"

int
made_octets(const struct made *m, struct blob *ret, struct err *err)
{
	AUTO_JSON	*j = NULL;
	char		 permit[SHA256_HEX], key[SHA256_HEX];

	sha256_hex(&m->permit, permit);
	sha256_hex(&m->key, key);
	TRY(json_build(&j, err, "{s:s, s:s, s:I, s:s, s:s, s:s, s:s}",
	    "format", MADE_FORMAT, "house", m->house, "intent",
	    (json_int_t)m->intent, "decided", m->decided, "request",
	    m->request, "permit", permit, "key", key));
	return json_canonical(j, ret, err);
}

static int
signed_so(const struct genesis *g, const struct made *m, const char *b64,
    struct err *err)
{
	AUTO(blob)	*octets = blob_new(), *sig = blob_new();
	struct err	 why;

	if (octets == NULL || sig == NULL)
		return err_set(err, ENOMEMORY, "a key's proof");
	TRY(made_octets(m, octets, err));
	if (b64_decode(b64, sig, &why) == 0 && proof_verify(g->keeper_key,
	    g->keeper_key_n, octets->data, octets->len, sig->data, sig->len,
	    &why) == 0)
		return 0;
	if (why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "a key's proof");
	return err_set(err, EVERIFY, "the house's keeper did not sign that it "
	    "made this key");
}

int
made_check(const struct genesis *g, uint64_t n, const char *request,
    const struct sha256 *permit, const json_t *result, struct err *err)
{
	const char	*proof = json_str(result, "proof", NULL);
	int64_t		 intent = json_int(result, "intent", 0);
	struct made	 m = { .house = g->house, .request = request,
			    .permit = *permit,
			    .decided = json_str(result, "decided", "") };

	if (proof == NULL || request == NULL)
		return err_set(err, EVERIFY, "the keeper's proof that it made "
		    "the key is missing");
	if (intent < 1 || (uint64_t)intent >= n)
		return err_set(err, EVERIFY, "the key was made before it was "
		    "announced");
	if (sha256_parse(json_str(result, "key", ""), &m.key, NULL) != 0)
		return err_set(err, EVERIFY, "the key has no name");
	m.intent = (uint64_t)intent;
	return signed_so(g, &m, proof, err);
}
