/*
 * heads - where a keeper's folder stands, read while no keeper runs on it.
 *
 * Floor 7.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/heads.h"
#include "wire/entry.h"
#include "wire/remembered.h"

#define PATH_MOST	4096
#define SEGMENT_MOST	(256u << 20)
#define NAME_DIGITS	16
#define NAME_ENDING	".jsonl"
#define NAME_ROOM	(NAME_DIGITS + sizeof(NAME_ENDING))

/* As the keeper names them: by number, so that their order is the names'. */
static bool
is_segment(const char *name)
{
	return strspn(name, "0123456789") == NAME_DIGITS &&
	    strcmp(name + NAME_DIGITS, NAME_ENDING) == 0;
}

/* The newest before @name, or of all where that is ""; "": there is none. */
static int
segment_before(const char *dir, char name[NAME_ROOM], struct err *err)
{
	char best[NAME_ROOM] = "";
	struct dirent *e;
	DIR *d = opendir(dir);

	if (d == NULL && errno != ENOENT)
		return err_set(err, EIO_, "%s: %s", dir, strerror(errno));
	while (d != NULL && (e = readdir(d)) != NULL)
		if (is_segment(e->d_name) && strcmp(e->d_name, best) > 0 &&
		    (name[0] == '\0' || strcmp(e->d_name, name) < 0))
			memcpy(best, e->d_name, NAME_ROOM);
	if (d != NULL)
		closedir(d);
	memcpy(name, best, NAME_ROOM);
	return 0;
}

/*
 * The last line that counts, by the keeper's own rule; NULL: none.  Zeros at
 * the end are room.  A line of the newest segment without its end, or with
 * a zero, was never answered, and whatever is behind it was not either.
 */
static int
last_line(const struct blob *text, bool newest, const unsigned char **ret,
    size_t *ret_n, struct err *err)
{
	size_t upto = text->len, at = 0;

	*ret = NULL;
	while (upto > 0 && text->data[upto - 1] == '\0')
		upto--;
	while (at < upto) {
		const unsigned char *p = text->data + at,
		    *end = memchr(p, '\n', upto - at);

		if (end == NULL || memchr(p, '\0', (size_t)(end - p)) != NULL)
			return newest ? 0 : err_set(err, EINPUT, "the journal "
			    "ends within a line, before its last part");
		*ret = p;
		*ret_n = (size_t)(end - p);
		at += *ret_n + 1;
	}
	return 0;
}

/* The last entry of a segment, or NULL. */
static int
segment_last(const char *dir, const char *name, bool newest,
    struct entry **ret, struct err *err)
{
	struct blob text = { 0 };
	const unsigned char *line;
	char path[PATH_MOST];
	size_t n = 0;
	int rc;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MOST)
		return err_set(err, ETOOBIG, "the path of a journal");
	rc = io_read_file(path, SEGMENT_MOST, &text, err);
	if (rc == 0)
		rc = last_line(&text, newest, &line, &n, err);
	if (rc == 0 && line != NULL)
		rc = entry_read(line, n, ret, err);
	blob_done(&text);
	return rc;
}

/*
 * The journal's last entry; NULL: there is no journal.  A kill between the
 * beginning of a segment and its first line leaves one without any.
 */
static int
last_entry(const char *folder, struct entry **ret, struct err *err)
{
	char dir[PATH_MOST], name[NAME_ROOM] = "";
	struct entry *e = NULL;
	bool newest = true;

	snprintf(dir, sizeof(dir), "%s/journal", folder);
	TRY(segment_before(dir, name, err));
	for (; name[0] != '\0' && e == NULL; newest = false) {
		TRY(segment_last(dir, name, newest, &e, err));
		TRY(segment_before(dir, name, err));
	}
	if (e == NULL && !newest)
		return err_set(err, EINPUT, "the journal's last part is empty");
	*ret = e;
	return 0;
}

static int
shown(const char *folder, struct heads *h, struct err *err)
{
	struct blob text = { 0 };
	AUTO_JSON *j = NULL;
	char path[PATH_MOST];
	int rc;

	snprintf(path, sizeof(path), "%s/ledger.json", folder);
	rc = io_read_file(path, 1u << 24, &text, err);
	if (rc == 0)
		rc = json_read(text.data, text.len, &j, err);
	blob_done(&text);
	if (rc == -ENOENT_) {
		h->root = sha256_of("", 0);
		return 0;
	}
	TRY(rc);
	TRY(json_need_int(j, "size", &h->size, err));
	return json_need_hash(j, "root", &h->root, err);
}

int
heads_read(const char *folder, struct heads *ret, struct err *err)
{
	struct heads h = { .there = true };
	AUTO(entry) *e = NULL;

	TRY(last_entry(folder, &e, err));
	if (e == NULL) {
		*ret = (struct heads){ .there = false };
		return 0;
	}
	h.n = (int64_t)e->n;
	h.hash = e->hash;
	/* An amendment is written under the charter that it ends. */
	if (e->op != ENTRY_AMEND)
		h.charter = e->charter;
	else
		TRY(json_need_hash(e->result, "charter", &h.charter, err));
	TRY(shown(folder, &h, err));
	*ret = h;
	return 0;
}

int
heads_newest(const char *folder, struct heads *ret, struct err *err)
{
	struct remembered r;
	struct heads h;

	TRY(heads_read(folder, &h, err));
	TRY(remembered_read(folder, &r, err));
	if (h.there && r.there && (int64_t)r.head.n > h.n) {
		h.n = (int64_t)r.head.n;
		h.hash = r.head.hash;
		h.charter = r.charter;
	}
	*ret = h;
	return 0;
}

int
heads_house(const char *keeper, char ret[64], struct err *err)
{
	struct blob text = { 0 };
	AUTO(entry) *e = NULL;
	char path[PATH_MOST];
	const char *end;
	int rc;

	snprintf(path, sizeof(path), "%s/journal/0000000000000001.jsonl",
	    keeper);
	rc = io_read_file(path, 1u << 28, &text, err);
	if (rc == 0) {
		end = memchr(text.data, '\n', text.len);
		rc = end == NULL ? err_set(err, EINPUT, "%s is empty", path) :
		    entry_read(text.data, (size_t)(end - blob_str(&text)), &e,
		    err);
	}
	blob_done(&text);
	TRY(rc);
	snprintf(ret, 64, "%s", json_str(json_object_get(e->result, "genesis"),
	    "house", ""));
	return 0;
}

int
heads_json(const struct heads *h, json_t **ret, struct err *err)
{
	AUTO_JSON *j = NULL;

	TRY(json_build(&j, err, "{s:I, s:I}", "n", (json_int_t)h->n, "size",
	    (json_int_t)h->size));
	TRY(json_set_hash(j, "hash", &h->hash, err));
	TRY(json_set_hash(j, "root", &h->root, err));
	TRY(json_set_hash(j, "charter", &h->charter, err));
	*ret = TAKE(j);
	return 0;
}

int
heads_from(const json_t *j, struct heads *ret, struct err *err)
{
	struct heads h = { .there = true };

	TRY(json_need_int(j, "n", &h.n, err));
	TRY(json_need_int(j, "size", &h.size, err));
	TRY(json_need_hash(j, "hash", &h.hash, err));
	TRY(json_need_hash(j, "root", &h.root, err));
	TRY(json_need_hash(j, "charter", &h.charter, err));
	*ret = h;
	return 0;
}

int
lock_hold(const char *folder, int *ret_fd, struct err *err)
{
	char path[PATH_MOST];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return err_set(err, EBUSY_, "a program runs on %s: stop "
		    "clavigerd, then claviger-keeper, first", folder);
	}
	*ret_fd = fd;
	return 0;
}
