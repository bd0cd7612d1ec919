/*
 * parameters - the members of each action's parameters, where they are many.
 *
 * Floor 2, pure; included by parameters*.c only.
 */
#ifndef POLICY_PARAMETERS_H
#define POLICY_PARAMETERS_H

#include "base/json.h"
#include "policy/action.h"

/** elsewhere_rows - of an action on what lives elsewhere. */
int elsewhere_rows(enum action a, const struct json_row **ret, size_t *ret_n);

/** device_rows_of - of an action on devices. */
int device_rows_of(enum action a, const struct json_row **ret, size_t *ret_n);

/** devices_check - what rows cannot say of devices. Errors: ESCHEMA, EINPUT. */
NODISCARD int devices_check(const json_t *p, struct err *err);
/** products_check, others_check - what rows cannot say of product lines, and of
 * certificates of other CAs. Errors: EINPUT. */
NODISCARD int products_check(const json_t *p, struct err *err);
NODISCARD int others_check(const json_t *p, struct err *err);
/** report_check, dismiss_check - the same of what discovery has found. */
NODISCARD int report_check(const json_t *p, struct err *err);
NODISCARD int dismiss_check(const json_t *p, struct err *err);

#endif
