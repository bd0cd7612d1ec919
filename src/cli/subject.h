/*
 * subject - names of certificates as they are typed, and certificates as files.
 */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "base/blob.h"
#include "cli/cli.h"

#define OPT_SUBJECT	{ .name = "subject", .value = V_TEXT, .many = true, \
	.meta = "NAME=VALUE", .words = "an attribute of the subject, in the name's order: CN=..., O=..., serialNumber=..." }

/** body_subject - "subject": [[attribute, value] ...] from --subject. */
NODISCARD int body_subject(const struct cli *cli, json_t *body,
    struct err *err);
/** pem_export - certificates in PEM, one after the other, in another form:
 * pem, der (the first alone), chain, p7. Errors: EINPUT. */
NODISCARD int pem_export(const char *certificate, const char *chain,
    const char *format, struct blob *ret, struct err *err);
/** pem_der - the first certificate's octets. Errors: EINPUT. */
NODISCARD int pem_der(const char *pem, struct blob *ret, struct err *err);
/** body_csr - "csr" from --csr, PEM or DER. */
NODISCARD int body_csr(const struct cli *cli, json_t *body, struct err *err);
/** certificate_deliver - what was issued: to --output, or to standard output. */
NODISCARD int certificate_deliver(struct cli *cli, const json_t *result,
    struct err *err);
/** export_deliver - to --output, or to standard output. */
NODISCARD int export_deliver(const struct cli *cli, const struct blob *octets,
    struct err *err);

#endif
