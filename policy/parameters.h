/*
 * parameters - the members of each action's parameters, where they are many.
 *
 * Floor 2, pure; included by parameters*.c, and by the test that each member is
 * shown to whoever approves it.
 */
#ifndef POLICY_PARAMETERS_H
#define POLICY_PARAMETERS_H

#include <stdbool.h>
#include "base/json.h"
#include "policy/action.h"

/** parameters_rows - the members of an action's parameters. Errors: ESCHEMA. */
NODISCARD int parameters_rows(enum action a, const struct json_row **ret,
    size_t *ret_n, struct err *err);
/** elsewhere_rows - of an action on what lives elsewhere. */
int elsewhere_rows(enum action a, const struct json_row **ret, size_t *ret_n);

/** device_rows_of - of an action on devices. */
int device_rows_of(enum action a, const struct json_row **ret, size_t *ret_n);

/** devices_check - what rows cannot say of devices. Errors: ESCHEMA, EINPUT. */
NODISCARD int devices_check(const json_t *p, struct err *err);
/** change_rows_of, change_check - of an action on certificates, and what rows
 * cannot say of it. Errors: ESCHEMA, EINPUT. */
int change_rows_of(const struct json_row **ret, size_t *ret_n);
NODISCARD int change_check(const json_t *p, struct err *err);
/** is_number - 2 to 40 hexadecimal digits, an even number of them. */
bool is_number(const json_t *v);
/** spelling_check - names, hashes and times by what their members are called.
 * Errors: EINPUT. */
NODISCARD int spelling_check(const json_t *p, struct err *err);
/** want_hash, want_name, want_names - one of these, where it is there; @what, @member:
 * what it is called.  Errors: EINPUT. */
NODISCARD int want_hash(const json_t *o, const char *name, struct err *err);
NODISCARD int want_name(const char *what, const char *s, struct err *err);
NODISCARD int want_names(const json_t *o, const char *member, struct err *err);
/** sign_check, window_check, object_check - what rows cannot say of a signature, of a
 * window, and of the token's object that becomes a key.  Errors: ESCHEMA, EINPUT, ERANGE_. */
NODISCARD int sign_check(const json_t *p, struct err *err);
NODISCARD int window_check(const json_t *p, struct err *err);
NODISCARD int object_check(const json_t *p, struct err *err);
/** subject_check, ca_check, import_check - the same of a name, of an authority, and of
 * one that another system had.  Errors: ESCHEMA, EINPUT. */
NODISCARD int subject_check(const json_t *p, struct err *err);
NODISCARD int ca_check(const json_t *p, struct err *err);
NODISCARD int import_check(const json_t *p, struct err *err);
/** products_check, others_check - what rows cannot say of product lines, and of
 * certificates of other CAs. Errors: EINPUT. */
NODISCARD int products_check(const json_t *p, struct err *err);
NODISCARD int others_check(const json_t *p, struct err *err);
/** asked_check - the SHA-256 of what was asked, where there is one. Errors: EINPUT. */
NODISCARD int asked_check(const json_t *p, struct err *err);
/** list_check - the same of another CA's revocation list. */
NODISCARD int list_check(const json_t *p, struct err *err);
/** report_check, dismiss_check - the same of what discovery has found. */
NODISCARD int report_check(const json_t *p, struct err *err);
NODISCARD int dismiss_check(const json_t *p, struct err *err);

#endif
