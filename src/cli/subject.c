/*
 * subject - names as they are typed, certificates as files.
 *
 * Floor 7.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "ca/p7.h"
#include "cli/subject.h"

static const struct { const char *brief, *name; } NAMES[] = {
	{ "CN", "commonName" },		{ "O", "organizationName" },
	{ "OU", "organizationalUnitName" }, { "C", "countryName" },
	{ "L", "localityName" },	{ "ST", "stateOrProvinceName" },
	{ "DC", "domainComponent" },	{ "UID", "userId" },
};

static const char *
whole_name(const char *typed, size_t n)
{
	for (size_t i = 0; i < NELEM(NAMES); i++)
		if (strlen(NAMES[i].brief) == n &&
		    strncmp(NAMES[i].brief, typed, n) == 0)
			return NAMES[i].name;
	return NULL;
}

static int
pair_add(json_t *list, const char *typed, struct err *err)
{
	size_t n = strcspn(typed, "=");
	const char *name = whole_name(typed, n);
	json_t *pair;

	if (n == 0 || typed[n] != '=')
		return err_set(err, EUSAGE, "--subject is NAME=VALUE, as "
		    "CN=example, not \"%.64s\"", typed);
	pair = json_pack("[s#, s]", name != NULL ? name : typed,
	    (int)(name != NULL ? strlen(name) : n), typed + n + 1);
	if (pair == NULL || json_array_append_new(list, pair) != 0)
		return err_set(err, EINPUT, "--subject is not UTF-8");
	return 0;
}

int
body_subject(const struct cli *cli, json_t *body, struct err *err)
{
	size_t n = in_many(cli->in, "subject");
	AUTO_JSON *list = json_array();

	for (size_t i = 0; i < n; i++)
		TRY(pair_add(list, in_nth(cli->in, "subject", i), err));
	return n > 0 ? json_set_new(body, "subject", TAKE(list), err) : 0;
}

/* ---- certificates as files ---- */

struct pile {
	unsigned char	*der[P7_CERTS];		/* owned (OPENSSL_free) */
	struct span	 at[P7_CERTS];
	size_t		 n;
};

static void
pile_done(struct pile *p)
{
	while (p->n > 0)
		OPENSSL_free(p->der[--p->n]);
}

static int
pile_add(struct pile *p, const char *pem, struct err *err)
{
	BIO *mem = BIO_new_mem_buf(pem, -1);
	char *name, *header;
	unsigned char *der;
	long n;

	if (mem == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	while (p->n < P7_CERTS && PEM_read_bio(mem, &name, &header, &der, &n)
	    == 1) {
		OPENSSL_free(name);
		OPENSSL_free(header);
		p->der[p->n] = der;
		p->at[p->n++] = span_of(der, (size_t)n);
	}
	ERR_clear_error();
	BIO_free(mem);
	return p->n > 0 ? 0 : err_set(err, EINPUT, "not a certificate in PEM");
}

int
pem_der(const char *pem, struct blob *ret, struct err *err)
{
	struct pile p = { .n = 0 };
	int rc = pile_add(&p, pem, err);

	if (rc == 0)
		rc = blob_put(ret, p.at[0].p, p.at[0].n, err);
	pile_done(&p);
	return rc;
}

int
pem_export(const char *certificate, const char *chain, const char *format,
    struct blob *ret, struct err *err)
{
	struct pile p = { .n = 0 };
	int rc;

	if (strcmp(format, "pem") == 0)
		return blob_puts(ret, certificate, err);
	if (strcmp(format, "der") == 0)
		return pem_der(certificate, ret, err);
	if (strcmp(format, "chain") == 0) {
		TRY(blob_puts(ret, certificate, err));
		return blob_puts(ret, chain, err);
	}
	rc = pile_add(&p, certificate, err);
	if (rc == 0 && chain[0] != '\0')
		rc = pile_add(&p, chain, err);
	if (rc == 0)
		rc = p7_certs_only(p.at, p.n, ret, err);
	pile_done(&p);
	return rc;
}

int
export_deliver(const struct cli *cli, const struct blob *octets,
    struct err *err)
{
	const char *file = cli_output(cli);

	if (file != NULL)
		return io_write_file(file, 0644, octets->data, octets->len,
		    err);
	return io_write_all(STDOUT_FILENO, octets->data, octets->len, err);
}

int
body_csr(const struct cli *cli, json_t *body, struct err *err)
{
	AUTO(blob) *csr = blob_new();

	if (csr == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(io_read_file(in_str(cli->in, "csr"), 32768, csr, err));
	if (strstr(blob_str(csr), "-----BEGIN") != NULL)
		return json_set_str(body, "csr", blob_str(csr), err);
	return json_set_b64(body, "csr", csr->data, csr->len, err);
}

int
certificate_deliver(struct cli *cli, const json_t *result, struct err *err)
{
	const char *file = cli_output(cli);
	AUTO(blob) *pem = blob_new();

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(blob_puts(pem, json_str(result, "certificate", ""), err));
	if (file != NULL)
		TRY(export_deliver(cli, pem, err));
	if (cli_answer(cli, result))
		return 0;
	if (file == NULL)
		return export_deliver(cli, pem, err);
	cli_note(cli, "Issued %s, serial number %s, until %s; it is in %s.",
	    json_str(result, "id", json_str(result, "name", "")), json_str(result, "serial", ""),
	    json_str(result, "not_after", ""), file);
	return 0;
}
