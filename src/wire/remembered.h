/*
 * remembered - what a restore replaced, told to the keeper that starts on the
 * older files.  doc/design/0001, "Restore".
 *
 * Floor 2.  Sees base.  Seen by keeper, cli.
 *
 * A token that is put back with the rest has forgotten what came since, so
 * that FOLDER/remembered.json says it in the token's place.
 */
#ifndef WIRE_REMEMBERED_H
#define WIRE_REMEMBERED_H

#include <stdbool.h>
#include "base/err.h"
#include "base/sha256.h"
#include "wire/entry.h"

struct remembered {
	bool		 there;
	struct entry_head head;		/* where the journal that was replaced ended */
	struct sha256	 charter;	/* in force then */
};

/** remembered_parse, remembered_spell - the file's text, of which there is one spelling.
 * Errors: EINPUT, ESCHEMA, ERANGE_. */
NODISCARD int remembered_parse(const void *text, size_t octets, struct remembered *ret, struct err *err);
NODISCARD int remembered_spell(const struct remembered *r, struct blob *ret, struct err *err);
/** remembered_read - there is false where the folder has none.
 * Errors: EINPUT, ESCHEMA, ERANGE_, EIO_. */
NODISCARD int remembered_read(const char *folder, struct remembered *ret, struct err *err);
/** remembered_write - durable, and the folder's owner's. Errors: EIO_. */
NODISCARD int remembered_write(const char *folder, const struct remembered *r, struct err *err);
/** remembered_remove - it stands in the journal now. Errors: EIO_. */
NODISCARD int remembered_remove(const char *folder, struct err *err);

#endif
