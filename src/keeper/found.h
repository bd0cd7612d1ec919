/*
 * found - the house's own keys and its token, by name.  Floor 4 (keeper).
 */
#ifndef KEEPER_FOUND_H
#define KEEPER_FOUND_H

#include "keeper/keeper.h"

/** found_keeper_id, found_ledger_id - CKA_ID of the house's two own keys. */
struct sha256 found_keeper_id(const char *house);
struct sha256 found_ledger_id(const char *house);
/** token_json - new {"label","manufacturer","model","serial"}. */
NODISCARD int token_json(struct hsm *h, json_t **ret, struct err *err);

#endif
