#include "config.h"

#include "base/json.h"
#include "wire/entry.h"

int
entry_check_next(const struct entry *e, struct entry_head *head,
    time_us *last, struct err *err)
{
	/* A restore leaves a hole: numbers that may have been used are not used again. */
	if (e->op == ENTRY_RESTORE ? e->n <= head->n : e->n != head->n + 1)
		return err_set(err, EVERIFY,
		    "entry %llu does not follow entry %llu",
		    (unsigned long long)e->n, (unsigned long long)head->n);
	if (head->n > 0 && !sha256_equal(&e->prev, &head->hash))
		return err_set(err, EVERIFY,
		    "entry %llu does not carry the hash of the one before",
		    (unsigned long long)e->n);
	if (last != NULL && e->time < *last)
		return err_set(err, EVERIFY,
		    "entry %llu is older than the one before",
		    (unsigned long long)e->n);
	head->n = e->n;
	head->hash = e->hash;
	if (last != NULL)
		*last = e->time;
	return 0;
}

int
entry_check_chain(const json_t *entries, struct entry_head *head,
    time_us *last, int (*fn)(void *ctx, const struct entry *e, struct err *err),
    void *ctx, struct err *err)
{
	size_t i;

	if (!json_is_array(entries))
		return err_set(err, ESCHEMA, "entries must be an array");
	for (i = 0; i < json_array_size(entries); i++) {
		AUTO(entry) *e = NULL;

		TRY(entry_from_json(json_array_get(entries, i), &e, err));
		TRY(entry_check_next(e, head, last, err));
		if (fn != NULL)
			TRY(fn(ctx, e, err));
	}
	return 0;
}
