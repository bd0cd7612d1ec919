#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/json.h"
#include "policy/permit.h"
#include "policy/roster.h"

#define SIGNATURE_MAX	2048	/* octets; RSA of 16384 bits */

static const struct json_row approval_rows[] = {
	{ "statement", WANT_OBJECT, true, 0, 0, "" },
	{ "proof", WANT_OBJECT, true, 0, 0, "" },
};
static const struct json_row proof_rows[] = {
	{ "type", WANT_STRING, true, 1, 16, "" },
	{ "officer", WANT_STRING, true, 1, 64, "" },
	{ "credential", WANT_STRING, true, 64, 64, "" },
	{ "signature", WANT_STRING, true, 4, SIGNATURE_MAX * 4 / 3, "" },
};

int
approval_build(const json_t *statement, const char *officer,
    const struct sha256 *credential, const void *signature, size_t n,
    json_t **ret, struct err *err)
{
	char hex[SHA256_HEX];
	char *text = b64_encode(signature, n);
	int rc;

	sha256_hex(credential, hex);
	if (text == NULL)
		return err_set(err, ENOMEMORY, "an approval");
	rc = json_build(ret, err, "{s:O, s:{s:s, s:s, s:s, s:s}}",
	    "statement", statement, "proof",
	    "type", proof_kind_name(PROOF_OFFICER_KEY), "officer", officer,
	    "credential", hex, "signature", text);
	free(text);
	return rc;
}

static int
vote_of(const json_t *statement, enum vote *ret, struct err *err)
{
	static const enum vote all[] = { VOTE_REQUEST, VOTE_APPROVE,
		VOTE_REJECT };
	const char *s = json_str(statement, "verdict", "");
	size_t i;

	for (i = 0; i < NELEM(all); i++)
		if (strcmp(s, vote_name(all[i])) == 0) {
			*ret = all[i];
			return 0;
		}
	return err_set(err, ESCHEMA, "\"%s\" is not a verdict", s);
}

static int
proof_apart(struct approval *a, const json_t *proof, struct err *err)
{
	AUTO(blob) *sig = blob_new();

	TRY(json_check(proof, "/proof", proof_rows, NELEM(proof_rows), err));
	a->proof_type = json_str(proof, "type", "");
	a->officer = json_str(proof, "officer", "");
	if (proof_kind_from_name(a->proof_type) < 0)
		return err_set(err, ESCHEMA, "\"%s\" is not a kind of proof",
		    a->proof_type);
	if (!name_check(a->officer))
		return err_set(err, EINPUT, "the officer is not a name");
	TRY(json_need_hash(proof, "credential", &a->credential, err));
	if (sig == NULL)
		return err_set(err, ENOMEMORY, "a signature");
	TRY(b64_decode(json_str(proof, "signature", ""), sig, err));
	a->signature_n = sig->len;
	a->signature = TAKE(sig->data);
	sig->len = sig->room = 0;
	return 0;
}

int
approval_read(const json_t *j, struct approval **ret, struct err *err)
{
	AUTO(approval) *a = NULL;

	TRY(json_check(j, "/approval", approval_rows, NELEM(approval_rows),
	    err));
	if ((a = calloc(1, sizeof *a)) == NULL)
		return err_set(err, ENOMEMORY, "an approval");
	a->json = json_incref((json_t *)(uintptr_t)j);
	a->statement = json_object_get(j, "statement");
	TRY(vote_of(a->statement, &a->vote, err));
	TRY(json_need_hash(a->statement, "charter", &a->charter, err));
	TRY(proof_apart(a, json_object_get(j, "proof"), err));
	*ret = TAKE(a);
	return 0;
}

void
approval_free(struct approval *a)
{
	if (a == NULL)
		return;
	json_decref(a->json);
	free(a->signature);
	free(a);
}
