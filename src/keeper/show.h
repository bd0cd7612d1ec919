/*
 * show - the ledger's side of the keeper.  Floor 4 (keeper).
 */
#ifndef KEEPER_SHOW_H
#define KEEPER_SHOW_H

#include "keeper/keeper.h"

struct show;			/* opaque: what is being shown */

NODISCARD int show_new(struct show **ret, struct err *err);
void show_free(struct show *s);
DEFINE_FREEP(show)
/** show_text_handle - a show message in the canonical spelling; false: read it as any other. */
bool show_text_handle(struct keeper *k, const struct asker *from, const void *p, size_t n);

#endif
