/*
 * restore - a keeper that was put back to older files is taken up again with
 * the officers' approvals, carried in a file; the hole is recorded.
 *
 * The house is halted then, so nobody can vote over HTTP: "restore.json" in
 * the house's folder holds {"permit":PERMIT, "charter"?:CHARTER}.  The keeper
 * alone judges it.
 */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "base/log.h"
#include "flow/inside.h"

#define RESTORE_OCTETS	(8u << 20)

static int
file_read(const char *path, json_t **ret, struct err *err)
{
	static const struct json_row rows[] = {
		{ "permit", WANT_OBJECT, true, 0, 0, "PERMIT of house.restore" },
		{ "charter", WANT_OBJECT, false, 0, 0, "newer than restored" },
	};
	AUTO(blob) *text = blob_new();
	AUTO_JSON *o = NULL;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a restore");
	TRY(io_read_file(path, RESTORE_OCTETS, text, err));
	TRY(json_read(text->data, text->len, &o, err));
	TRY(json_check(o, "", rows, NELEM(rows), err));
	*ret = TAKE(o);
	return 0;
}

int
restore_try(struct flow *f, struct keyring *k, struct err *err)
{
	AUTO_JSON *file = NULL, *request = NULL, *entry = NULL;
	char path[4200], done[4208];

	snprintf(path, sizeof(path), "%s/restore.json", f->folder);
	snprintf(done, sizeof(done), "%s.done", path);
	TRY(file_read(path, &file, err));
	TRY(json_build(&request, err, "{s:s, s:O, s:O*}", "do", "restore",
	    "permit_document", json_object_get(file, "permit"),
	    "charter", json_object_get(file, "charter")));
	TRY(keyring_restore(k, request, &entry, err));
	log_line(LOG_NOTE, "the house is restored entry=%lld",
	    (long long)json_int(entry, "n", 0));
	if (rename(path, done) != 0)
		return err_set(err, EIO_, "%s could not be put aside", path);
	return 0;
}

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
