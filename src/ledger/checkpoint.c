/*
 * checkpoint - notes that the keeper signed over this tree.
 */
#include <string.h>
#include "ledger/ledger.h"
#include "ledger/tree.h"

int
ledger_checkpoint_put(struct tx *tx, uint64_t size, const struct sha256 *root,
    uint64_t entries, time_us time, const char *note, struct err *err)
{
	struct sha256 ours;
	const struct merkle_range *head;

	TRY(tree_head(tx, &head, err));
	if (size > head->size)
		return err_set(err, ECONFLICT, "the checkpoint names %llu"
		    " events, the ledger has %llu", (unsigned long long)size,
		    (unsigned long long)head->size);
	TRY(ledger_root_at(tx, size, &ours, err));
	if (!sha256_equal(&ours, root))
		return err_set(err, ECONFLICT, "the checkpoint names another"
		    " root for %llu events", (unsigned long long)size);
	return tx_run(tx, "ledger_checkpoint_put", PARAMS(
	    v_int((int64_t)size), v_int((int64_t)entries), v_int(time),
	    v_text(note)), NULL, err);
}

static int
read_note(const struct rows *r, uint64_t *ret_size, struct blob *ret,
    struct err *err)
{
	const char *note = rows_text(r, "note");

	if (note == NULL)
		return err_set(err, ELEDGER, "a checkpoint without its note");
	TRY(blob_puts(ret, note, err));
	*ret_size = (uint64_t)rows_int(r, "size");
	return 0;
}

int
ledger_checkpoint_newest(struct tx *tx, uint64_t *ret_size, struct blob *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	int rc;

	rc = tx_one(tx, "ledger_checkpoint_newest", NO_PARAMS, &r, err);
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no checkpoint yet");
	if (rc != 0)
		return rc;
	return read_note(r, ret_size, ret, err);
}

int
ledger_checkpoint_for(struct tx *tx, uint64_t size, uint64_t *ret_size,
    struct blob *ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	int rc;

	rc = tx_one(tx, "ledger_checkpoint_for", PARAMS(v_int((int64_t)size)),
	    &r, err);
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "no checkpoint covers this yet");
	if (rc != 0)
		return rc;
	return read_note(r, ret_size, ret, err);
}
