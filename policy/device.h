/*
 * device - what factories say of the devices that they make, and update platforms of
 * what runs on them: a row each.
 *
 * Floor 2, pure.  Sees base.
 */
#ifndef POLICY_DEVICE_H
#define POLICY_DEVICE_H

#include <jansson.h>
#include "base/err.h"

#define DEVICE_SERIAL	129	/* room for the longest serial number */
#define DEVICE_KEYS	16	/* that are injected into one */
#define ARTIFACT_DIGEST	129	/* room for the longest, SHA-512, in hexadecimal */

/** artifact_digest - in its one spelling. Errors: EINPUT. */
NODISCARD int artifact_digest(const char *text, char ret[ARTIFACT_DIGEST],
    struct err *err);

/**
 * device_row_read - {serial, product?, batch?, market?, keys?, made_at?} in its one
 * spelling; read again it is the same.
 *
 * @product  of a row that names none; or NULL.
 * @ret      new.
 * Errors: ESCHEMA, EINPUT, ERANGE_.
 */
NODISCARD int device_row_read(const json_t *row, const char *product,
    json_t **ret, struct err *err);
/** install_row_read - the same of {serial, artifact_digest, installed_at, market?}. */
NODISCARD int install_row_read(const json_t *row, json_t **ret,
    struct err *err);

#endif
