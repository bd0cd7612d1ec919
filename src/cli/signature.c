/*
 * signature - what is done with a signature that came back.
 *
 * Floor 7.
 */
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/io.h"
#include "cli/options.h"
#include "cli/signature.h"
#include "evidence/evidence.h"

int
signature_raw(const char *scheme, const struct blob *der, struct blob *ret,
    struct err *err)
{
	int field = strcmp(scheme, "ecdsa-sha384") == 0 ? 48 : 32;
	const unsigned char *p = der->data;
	unsigned char raw[96];
	ECDSA_SIG *sig;
	int rc = 0;

	if (strncmp(scheme, "ecdsa-", 6) != 0)
		return blob_put(ret, der->data, der->len, err);
	sig = d2i_ECDSA_SIG(NULL, &p, (long)der->len);
	if (sig == NULL || p != der->data + der->len ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, field) != field ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + field, field) != field)
		rc = err_set(err, EINPUT, "the service's answer holds no ECDSA "
		    "signature");
	ECDSA_SIG_free(sig);
	if (rc == 0)
		rc = blob_put(ret, raw, 2 * (size_t)field, err);
	return rc;
}

static int
verify(struct cli *cli, const json_t *evidence, struct err *err)
{
	const char *trust = in_str(cli->in, "fingerprint");
	struct evidence_found found;
	struct sha256 h;

	if (trust == NULL)
		trust = getenv("CLAVIGER_FINGERPRINT");
	if (trust == NULL)
		return 0;
	TRY(sha256_parse(trust, &h, err));
	TRY(evidence_verify(evidence, &h, &found, err));
	evidence_found_done(&found);
	return 0;
}

/* A window has many signatures: this one's evidence was asked for. */
static int
is_of(const json_t *evidence, const char *digest, struct err *err)
{
	const json_t *entry = json_object_get(json_object_get(json_object_get(
	    evidence, "event"), "data"), "entry");
	const json_t *d = json_object_get(json_object_get(entry, "operation"),
	    "digest");

	return strcmp(json_str(d, "value", ""), digest) == 0 ? 0 :
	    err_set(err, EVERIFY, "the service gave the evidence of another "
	    "signature");
}

int
signature_evidence(struct cli *cli, const char *request, const char *digest,
    const char *file, struct err *err)
{
	AUTO_JSON *evidence = NULL;
	struct blob text = { 0 };
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/requests/%s/evidence?digest=%s",
	    request, digest));
	rc = cli_get(cli, &evidence, err, path);
	free(path);
	if (rc == 0)
		rc = is_of(evidence, digest, err);
	if (rc == 0)
		rc = verify(cli, evidence, err);
	if (rc == 0)
		rc = json_canonical(evidence, &text, err);
	if (rc == 0)
		rc = blob_puts(&text, "\n", err);
	if (rc == 0)
		rc = io_write_file(file, 0644, text.data, text.len, err);
	blob_done(&text);
	return rc;
}

static int
formatted(struct cli *cli, const json_t *result, struct blob *ret,
    struct err *err)
{
	const char *text, *scheme = json_str(result, "scheme", "");
	struct blob sig = { 0 };
	int rc;

	TRY(json_need_str(result, "signature", &text, err));
	rc = b64_decode(text, &sig, err);
	if (rc == 0)
		rc = strcmp(in_str(cli->in, "format"), "raw") == 0 ?
		    signature_raw(scheme, &sig, ret, err) :
		    blob_put(ret, sig.data, sig.len, err);
	blob_done(&sig);
	return rc;
}

static int
print_signature(struct cli *cli, const json_t *result, const struct blob *sig,
    struct err *err)
{
	const char *file = cli_output(cli);
	char *text = b64_encode(sig->data, sig->len);
	int rc = 0;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "signature");
	if (cli->json) {
		AUTO_JSON *j = NULL;

		rc = body_copy(result, &j, err);
		if (rc == 0)
			rc = json_set_str(j, "signature", text, err);
		if (rc == 0)
			cli_print_json(j);
	} else if (file == NULL) {
		puts(text);
	} else {
		cli_note(cli, "Signed by %s; the signature is in %s.",
		    json_str(result, "key_name", "the key"), file);
	}
	free(text);
	return rc;
}

int
signature_deliver(struct cli *cli, const json_t *result, struct err *err)
{
	const char *file = cli_output(cli);
	const char *evidence = in_str(cli->in, "evidence");
	struct blob sig = { 0 };
	int rc = formatted(cli, result, &sig, err);

	if (rc == 0 && file != NULL)
		rc = io_write_file(file, 0644, sig.data, sig.len, err);
	if (rc == 0 && evidence != NULL)
		rc = signature_evidence(cli, json_str(result, "request", ""),
		    json_str(json_object_get(result, "digest"), "value", ""),
		    evidence, err);
	if (rc == 0)
		rc = print_signature(cli, result, &sig, err);
	blob_done(&sig);
	return rc;
}
