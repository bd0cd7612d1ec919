/*
 * schema - migrations, run in order and hashed.  Inside src/store only.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/driver.h"

/**
 * schema_upgrade - bring the database of @c up to this program's schema.
 * Several programs may do it at once: the engine lets one go first.
 */
NODISCARD int schema_upgrade(struct conn *c, struct err *err);

#endif
