/*
 * heads - where a keeper's folder stands, read while no keeper runs on it.
 */
#ifndef CLI_HEADS_H
#define CLI_HEADS_H

#include <stdbool.h>
#include "base/json.h"

struct heads {
	bool		 there;		/* is there a journal at all? */
	int64_t		 n;		/* its last entry */
	struct sha256	 hash, charter;	/* of that entry; in force then */
	int64_t		 size;		/* of the ledger it was shown */
	struct sha256	 root;
};

/** heads_read - Errors: EIO_, EINPUT (a journal that cannot be read). */
NODISCARD int heads_read(const char *folder, struct heads *ret, struct err *err);
/** heads_newest - the same, or what an unfinished restore says was there before. */
NODISCARD int heads_newest(const char *folder, struct heads *ret, struct err *err);
/** heads_house - which house's journal lies there: its id. */
NODISCARD int heads_house(const char *folder, char ret[64], struct err *err);
/** heads_json - {"n","hash","size","root","charter"}; heads_from - back. */
NODISCARD int heads_json(const struct heads *h, json_t **ret, struct err *err);
NODISCARD int heads_from(const json_t *j, struct heads *ret, struct err *err);
/** lock_hold - take FOLDER/lock, so that no program runs on it. Errors: EBUSY_. */
NODISCARD int lock_hold(const char *folder, int *ret_fd, struct err *err);

#endif
