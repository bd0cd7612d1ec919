/*
 * restore - the keeper was put back to older files, with the officers'
 * approvals and without us: what it tells of that becomes an event.
 */
#include <string.h>
#include "flow/inside.h"

struct known {
	uint64_t	 n;
	bool		 known;
};

static int
known_read(struct tx *tx, void *ctx, struct err *err)
{
	struct known *k = ctx;

	return use_known(tx, k->n, &k->known, err);
}

static int
restored_commit(struct flow *f, const json_t *entry, struct err *err)
{
	const json_t *request = json_object_get(json_object_get(entry,
	    "permit_document"), "request");
	struct known k = { .n = (uint64_t)json_int(entry, "n", 0) };
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_HOUSE_RESTORED,
	    .actor = json_str(request, "requester", "service"),
	    .subject = json_str(request, "house", ""), .entry = entry };
	struct receipt r;

	TRY(state_read(f->state, known_read, &k, err));
	if (k.known)
		return 0;
	TRY(json_build(&data, err, "{s:s, s:O}", "request",
	    json_str(entry, "request", ""), "hole", json_object_get(
	    json_object_get(entry, "result"), "hole")));
	e.data = data;
	return state_commit(f->state, &e, 1, &r, err);
}

int
restores_commit(struct flow *f, const json_t *entries, size_t *ret,
    struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(entries, i, one)
		if (strcmp(json_str(one, "op", ""), "restore") == 0) {
			TRY(restored_commit(f, one, err));
			(*ret)++;
		}
	return 0;
}
