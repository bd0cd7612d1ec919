/*
 * spool - see spool.h.
 *
 * Floor 7.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/io.h"
#include "base/json.h"
#include "base/secret.h"
#include "cli/spool.h"

static const char ROWS_FILE[] = "rows.ndjson";
static const char RESULTS_FILE[] = "results.ndjson";
static const char PART_FILE[] = "results.part";
static const char FORMAT[] = "claviger/spool/v1";

static int
failed(const char *path, struct err *err)
{
	return err_set(err, EIO_, "%s: %s", path, strerror(errno));
}

int
spool_path(const struct spool *s, const char *name, char **ret,
    struct err *err)
{
	if (asprintf(ret, "%s/%s", s->folder, name) < 0)
		return err_set(err, ENOMEMORY, "a spool");
	return 0;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->from != NULL)
		fclose(s->from);
	if (s->old != NULL)
		fclose(s->old);
	if (s->part != NULL)
		fclose(s->part);
	if (s->lock >= 0)
		close(s->lock);
	free(s->folder);
	free(s);
}

/* ---- lines ---- */

int
spool_line(FILE *f, struct blob *ret, bool *ret_more, struct err *err)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int rc = 0;

	blob_clear(ret);
	*ret_more = false;
	n = getline(&line, &room, f);
	if (n > 0 && (size_t)n > SPOOL_LINE)
		rc = err_set(err, ETOOBIG, "a line of the spool is too long");
	else if (n > 0 && line[n - 1] == '\n') {
		*ret_more = true;
		rc = blob_put(ret, line, (size_t)n, err);
	} else if (n < 0 && ferror(f))
		rc = err_set(err, EIO_, "the spool could not be read");
	free(line);
	return rc;
}

/* A line that was being written when all ended is taken off.
 * @ret_n  lines that are whole. */
static int
lines_open(const struct spool *s, const char *name, FILE **ret,
    uint64_t *ret_n, struct err *err)
{
	struct blob line = { 0 };
	char *path = NULL;
	uint64_t n = 0;
	long end = 0;
	bool more;
	FILE *f;
	int rc;

	TRY(spool_path(s, name, &path, err));
	f = fopen(path, "a+");
	rc = f == NULL ? failed(path, err) : fseek(f, 0, SEEK_SET);
	while (rc == 0) {
		rc = spool_line(f, &line, &more, err);
		if (rc != 0 || !more)
			break;
		end = ftell(f);
		n++;
	}
	if (rc == 0 && (ftruncate(fileno(f), end) != 0 ||
	    fseek(f, 0, SEEK_END) != 0))
		rc = failed(path, err);
	if (rc != 0 && f != NULL)
		fclose(f);
	blob_done(&line);
	free(path);
	TRY(rc);
	*ret = f;
	*ret_n = n;
	return 0;
}

int
spool_rows(const struct spool *s, FILE **ret, uint64_t *ret_n,
    struct err *err)
{
	TRY(lines_open(s, ROWS_FILE, ret, ret_n, err));
	rewind(*ret);
	return 0;
}

static int
made_durable(FILE *f, struct err *err)
{
	return fflush(f) == 0 && fsync(fileno(f)) == 0 ? 0 :
	    err_set(err, EIO_, "the spool could not be written: %s",
	    strerror(errno));
}

/* ---- opening ---- */

static int
head_write(const struct spool *s, const char *path, struct err *err)
{
	AUTO_JSON *o = NULL;
	char *text;
	int rc;

	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s}", "format", FORMAT,
	    "ca", s->ca, "profile", s->profile, "key", s->key));
	if ((text = json_line(o)) == NULL)
		return err_set(err, ENOMEMORY, "a spool");
	rc = io_write_file(path, 0600, text, strlen(text), err);
	free(text);
	return rc;
}

static int
head_make(struct spool *s, const char *path, struct err *err)
{
	AUTO(secret) *key = NULL;

	TRY(secret_random(16, &key, err));
	hex_encode(secret_data(key), 16, s->key);
	return head_write(s, path, err);
}

static int
head_compare(struct spool *s, const struct blob *text, struct err *err)
{
	AUTO_JSON *o = NULL;
	const char *ca, *profile, *key;

	TRY(json_read(text->data, text->len, &o, err));
	ca = json_str(o, "ca", "");
	profile = json_str(o, "profile", "");
	key = json_str(o, "key", "");
	if (strcmp(json_str(o, "format", ""), FORMAT) != 0 ||
	    strlen(key) != sizeof(s->key) - 1)
		return err_set(err, EINPUT, "%s holds no spool that is "
		    "understood", s->folder);
	if (strcmp(ca, s->ca) != 0 || strcmp(profile, s->profile) != 0)
		return err_set(err, ECONFLICT, "%s is a batch of %s and profile "
		    "%s; for another one name another --spool", s->folder, ca,
		    profile);
	memcpy(s->key, key, sizeof(s->key));
	return 0;
}

static int
head_open(struct spool *s, struct err *err)
{
	struct blob text = { 0 };
	struct err none;
	char *path = NULL;
	int rc;

	TRY(spool_path(s, "batch.json", &path, err));
	rc = io_read_file(path, 65536, &text, &none);
	if (rc == 0)
		rc = head_compare(s, &text, err);
	else if (rc == -ENOENT_)
		rc = head_make(s, path, err);
	else
		*err = none;
	blob_done(&text);
	free(path);
	return rc;
}

/* Two that sent the same rows would get the same answers, and mix them up. */
static int
lock_take(struct spool *s, struct err *err)
{
	char *path = NULL;
	int rc = 0;

	TRY(spool_path(s, "lock", &path, err));
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0)
		rc = failed(path, err);
	else if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		rc = err_set(err, EBUSY_, "%s: another claviger is at this "
		    "batch", s->folder);
	free(path);
	return rc;
}

int
spool_open(const char *folder, const char *ca, const char *profile,
    struct spool **ret, struct err *err)
{
	AUTO(spool) *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(err, ENOMEMORY, "a spool");
	s->lock = -1;
	if ((s->folder = strdup(folder)) == NULL)
		return err_set(err, ENOMEMORY, "a spool");
	snprintf(s->ca, sizeof(s->ca), "%s", ca);
	snprintf(s->profile, sizeof(s->profile), "%s", profile);
	TRY(io_mkdir_p(folder, 0700, err));
	TRY(lock_take(s, err));
	TRY(head_open(s, err));
	*ret = TAKE(s);
	return 0;
}

/* ---- a pass over all rows ---- */

static int
lines_skip(FILE *f, uint64_t n, struct err *err)
{
	struct blob line = { 0 };
	bool more = true;
	int rc = 0;

	while (n-- > 0 && more && rc == 0)
		rc = spool_line(f, &line, &more, err);
	blob_done(&line);
	return rc;
}

int
spool_begin(struct spool *s, struct err *err)
{
	char *path = NULL;

	TRY(spool_rows(s, &s->from, &s->rows, err));
	TRY(lines_open(s, PART_FILE, &s->part, &s->passed, err));
	TRY(lines_skip(s->from, s->passed, err));
	TRY(spool_path(s, RESULTS_FILE, &path, err));
	s->old = fopen(path, "r");
	free(path);
	return s->old != NULL ? lines_skip(s->old, s->passed, err) : 0;
}

int
spool_next(struct spool *s, struct blob *ret_row, struct blob *ret_old,
    bool *ret_more, struct err *err)
{
	bool old;

	blob_clear(ret_old);
	TRY(spool_line(s->from, ret_row, ret_more, err));
	return *ret_more && s->old != NULL ?
	    spool_line(s->old, ret_old, &old, err) : 0;
}

int
spool_put(struct spool *s, const struct blob *lines, size_t n,
    struct err *err)
{
	if (fwrite(lines->data, 1, lines->len, s->part) != lines->len)
		return err_set(err, EIO_, "the spool could not be written: %s",
		    strerror(errno));
	TRY(made_durable(s->part, err));
	s->passed += n;
	return 0;
}

int
spool_end(struct spool *s, struct err *err)
{
	char *part = NULL, *results = NULL;
	int rc = spool_path(s, PART_FILE, &part, err);

	if (rc == 0)
		rc = spool_path(s, RESULTS_FILE, &results, err);
	if (rc == 0 && rename(part, results) != 0)
		rc = failed(results, err);
	if (rc == 0)
		rc = io_sync_dir(s->folder, err);
	free(part);
	free(results);
	return rc;
}
