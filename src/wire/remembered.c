#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/blob.h"
#include "base/io.h"
#include "base/json.h"
#include "wire/remembered.h"

#define REMEMBERED_FORMAT	"claviger/remembered/v1"
#define PATH_MOST	4096
#define OCTETS_MOST	4096

static int
path_of(const char *folder, char ret[PATH_MOST], struct err *err)
{
	if (snprintf(ret, PATH_MOST, "%s/remembered.json", folder) >= PATH_MOST)
		return err_set(err, ERANGE_, "the folder's path is too long");
	return 0;
}

int
remembered_parse(const void *text, size_t octets, struct remembered *ret,
    struct err *err)
{
	static const struct json_row rows[] = {
		{ "charter", WANT_STRING, true, 64, 64, NULL },
		{ "format", WANT_STRING, true, 0, 0, NULL },
		{ "hash", WANT_STRING, true, 64, 64, NULL },
		{ "n", WANT_INTEGER, true, 1, INT64_C(1) << 53, NULL },
	};
	struct remembered r = { .there = true };
	AUTO_JSON *o = NULL;

	TRY(json_read_canonical(text, octets, &o, err));
	TRY(json_check(o, "remembered.json", rows, NELEM(rows), err));
	if (strcmp(json_str(o, "format", ""), REMEMBERED_FORMAT) != 0)
		return err_set(err, ESCHEMA, "remembered.json is of another "
		    "format");
	TRY(json_need_hash(o, "hash", &r.head.hash, err));
	TRY(json_need_hash(o, "charter", &r.charter, err));
	r.head.n = (uint64_t)json_int(o, "n", 0);
	*ret = r;
	return 0;
}

int
remembered_spell(const struct remembered *r, struct blob *ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:I}", "format", REMEMBERED_FORMAT, "n",
	    (json_int_t)r->head.n));
	TRY(json_set_hash(o, "hash", &r->head.hash, err));
	TRY(json_set_hash(o, "charter", &r->charter, err));
	return json_canonical(o, ret, err);
}

int
remembered_read(const char *folder, struct remembered *ret, struct err *err)
{
	struct blob text = { 0 };
	char path[PATH_MOST];
	int rc;

	TRY(path_of(folder, path, err));
	rc = io_read_file(path, OCTETS_MOST, &text, err);
	if (rc == -ENOENT_) {
		*ret = (struct remembered){ .there = false };
		return 0;
	}
	if (rc == 0)
		rc = remembered_parse(text.data, text.len, ret, err);
	blob_done(&text);
	return rc;
}

/* Root restores; the keeper, under its own uid, must be able to read it. */
static int
give(const char *folder, const char *path, struct err *err)
{
	struct stat st;

	if (geteuid() != 0)
		return 0;
	if (stat(folder, &st) != 0 || chown(path, st.st_uid, st.st_gid) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

int
remembered_write(const char *folder, const struct remembered *r,
    struct err *err)
{
	struct blob text = { 0 };
	char path[PATH_MOST];
	int rc;

	TRY(path_of(folder, path, err));
	rc = remembered_spell(r, &text, err);
	if (rc == 0)
		rc = io_write_file(path, 0600, text.data, text.len, err);
	blob_done(&text);
	TRY(rc);
	return give(folder, path, err);
}

int
remembered_remove(const char *folder, struct err *err)
{
	char path[PATH_MOST];

	TRY(path_of(folder, path, err));
	if (unlink(path) != 0 && errno != ENOENT)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}
