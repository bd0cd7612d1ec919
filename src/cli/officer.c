/*
 * officer - an officer's own key: a PEM file, or on a card or token.
 *
 * Floor 7.  The private key of a file lives in memory only while the command
 * runs; that of a card never leaves it.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/secret.h"
#include "cli/officer.h"
#include "hsm/uri.h"
#include "policy/proof.h"

struct officer {
	EVP_PKEY		*file;	/* one of these two */
	struct hsm_uri_key	*card;
	struct sha256		 credential;
	char			 id[65];
};

static int
ask_passphrase(char *buf, int size, int writing, void *ctx)
{
	char prompt[200];

	snprintf(prompt, sizeof(prompt), "Passphrase of %.150s: ",
	    (const char *)ctx);
	if (EVP_read_pw_string(buf, size, prompt, 0) != 0)
		return -1;
	return (int)strlen(buf);
}

static int
ask_pin(void *ctx, const char *label, bool again, struct secret **ret,
    struct err *err)
{
	char buf[128], prompt[120];
	int rc;

	snprintf(prompt, sizeof(prompt), "%sPIN of token %.64s: ",
	    again ? "Wrong. " : "", label);
	if (EVP_read_pw_string(buf, sizeof(buf), prompt, 0) != 0)
		return err_set(err, EAUTH, "no PIN was given for token %s",
		    label);
	rc = secret_new(buf, strlen(buf), ret, err);
	OPENSSL_cleanse(buf, sizeof(buf));
	return rc;
}

static int
open_file(struct officer *o, const char *path, struct err *err)
{
	struct blob spki = { 0 };
	FILE *f = fopen(path, "re");
	int rc;

	if (f == NULL)
		return err_set(err, EIO_, "officer key %s: %s", path,
		    strerror(errno));
	rc = secret_file_check(fileno(f), path, err);
	if (rc == 0)
		o->file = PEM_read_PrivateKey(f, NULL, ask_passphrase,
		    (void *)(uintptr_t)path);
	fclose(f);
	ERR_clear_error();
	TRY(rc);
	if (o->file == NULL)
		return err_set(err, EINPUT, "%s holds no private key in PEM, "
		    "or the passphrase is wrong", path);
	rc = proof_spki_of(o->file, &spki, err);
	if (rc == 0)
		rc = proof_spki_check(spki.data, spki.len, err);
	if (rc == 0)
		o->credential = sha256_of(spki.data, spki.len);
	blob_done(&spki);
	return rc;
}

static int
open_card(struct officer *o, const char *uri, struct err *err)
{
	const struct blob *spki;
	struct err why;
	int rc = hsm_uri_open(uri, NULL, ask_pin, NULL, &o->card, &why);

	/* A key that a card lacks is none of the house's keys. */
	if (rc != 0)
		return err_set(err, why.code == ENOKEY ? ENOENT_ : why.code,
		    "officer key: %s", why.what);
	spki = hsm_uri_key_spki(o->card);
	TRY(proof_spki_check(spki->data, spki->len, err));
	o->credential = sha256_of(spki->data, spki->len);
	return 0;
}

int
officer_open(const char *where, struct officer **ret, struct err *err)
{
	AUTO(officer) *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return err_set(err, ENOMEMORY, "officer key");
	if (hsm_uri_is(where))
		TRY(open_card(o, where, err));
	else
		TRY(open_file(o, where, err));
	*ret = TAKE(o);
	return 0;
}

void
officer_free(struct officer *o)
{
	if (o == NULL)
		return;
	EVP_PKEY_free(o->file);
	hsm_uri_key_free(o->card);
	free(o);
}

struct sha256
officer_credential(const struct officer *o)
{
	return o->credential;
}

int
officer_sign(struct officer *o, const void *p, size_t n, struct blob *ret,
    struct err *err)
{
	if (o->card != NULL)
		return hsm_uri_key_sign(o->card, p, n, ret, err);
	return proof_sign(o->file, p, n, ret, err);
}

const char *
officer_id(const struct officer *o)
{
	return o->id;
}

int
officer_id_set(struct officer *o, const char *id, struct err *err)
{
	if (!name_check(id))
		return err_set(err, ESCHEMA, "\"%.64s\" is no officer's name",
		    id);
	snprintf(o->id, sizeof(o->id), "%s", id);
	return 0;
}
