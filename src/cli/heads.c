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

/* Segments are named by their number, with leading zeros. */
static int
last_segment(const char *folder, char ret[PATH_MOST], struct err *err)
{
	char dir[PATH_MOST], best[64] = "";
	struct dirent *e;
	DIR *d;

	snprintf(dir, sizeof(dir), "%s/journal", folder);
	d = opendir(dir);
	ret[0] = '\0';
	if (d == NULL)
		return errno == ENOENT ? 0 : err_set(err, EIO_, "%s: %s", dir,
		    strerror(errno));
	while ((e = readdir(d)) != NULL)
		if (strstr(e->d_name, ".jsonl") != NULL &&
		    strlen(e->d_name) < sizeof(best) &&
		    strcmp(e->d_name, best) > 0)
			snprintf(best, sizeof(best), "%.*s",
			    (int)sizeof(best) - 1, e->d_name);
	closedir(d);
	if (best[0] != '\0' && snprintf(ret, PATH_MOST, "%s/%s", dir, best) >=
	    PATH_MOST)
		return err_set(err, ETOOBIG, "the path of a journal");
	return 0;
}

static int
last_line(const struct blob *text, struct entry **ret, struct err *err)
{
	size_t end = text->len, from;

	/* A line without its end was never answered. */
	while (end > 0 && text->data[end - 1] != '\n')
		end--;
	if (end == 0)
		return err_set(err, EINPUT, "the journal's last part is empty");
	end--;
	for (from = end; from > 0 && text->data[from - 1] != '\n';)
		from--;
	return entry_read(text->data + from, end - from, ret, err);
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
	struct blob text = { 0 };
	AUTO(entry) *e = NULL;
	char path[PATH_MOST];
	int rc;

	TRY(last_segment(folder, path, err));
	if (path[0] == '\0') {
		*ret = (struct heads){ .there = false };
		return 0;
	}
	rc = io_read_file(path, SEGMENT_MOST, &text, err);
	if (rc == 0)
		rc = last_line(&text, &e, err);
	blob_done(&text);
	TRY(rc);
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
