/*
 * spool_take - certificate requests into a spool, from wherever they are.
 *
 * Floor 7.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csrs.h"
#include "base/io.h"
#include "base/json.h"
#include "cli/spool.h"

static int
unwritten(const char *path, struct err *err)
{
	return err_set(err, EIO_, "%s: %s", path, strerror(errno));
}

static int
line_put(FILE *to, const json_t *row, struct err *err)
{
	char *line = json_line(row);
	int rc = 0;

	if (line == NULL)
		return err_set(err, ENOMEMORY, "a row");
	if (fputs(line, to) < 0)
		rc = err_set(err, EIO_, "the spool could not be written: %s",
		    strerror(errno));
	free(line);
	return rc;
}

static int
durable(FILE *f, const char *path, struct err *err)
{
	return fflush(f) == 0 && fsync(fileno(f)) == 0 ? 0 :
	    unwritten(path, err);
}

/* A private key that lies beside its request must never be sent. */
static bool
is_request(const struct blob *file)
{
	const char *text = blob_str(file);

	return strstr(text, "-----BEGIN") == NULL ||
	    (strstr(text, "CERTIFICATE REQUEST-----") != NULL &&
	    strstr(text, "PRIVATE KEY-----") == NULL);
}

/* ---- a stream ---- */

static int
row_checked(const struct csrs_row *r, json_t **ret, struct err *err)
{
	struct err why = { .code = OK };

	if (csrs_json(r, ret, &why) != 0)
		return err_set(err, why.code, "row %llu%s%s: %s",
		    (unsigned long long)r->n, r->name[0] != '\0' ? ", " : "",
		    r->name, why.what);
	if (r->kind == CSRS_TAR && !is_request(&r->octets))
		return err_set(err, EINPUT, "%s is no certificate request; "
		    "nothing was sent", r->name);
	return 0;
}

static int
rows_copy(struct csrs *c, FILE *to, struct err *err)
{
	struct csrs_row row = { .n = 0 };
	bool more = true;
	int rc = 0;

	while (rc == 0) {
		AUTO_JSON *o = NULL;

		rc = csrs_next(c, &row, &more, err);
		if (rc != 0 || !more)
			break;
		rc = row_checked(&row, &o, err);
		if (rc == 0)
			rc = line_put(to, o, err);
	}
	csrs_row_done(&row);
	return rc;
}

/* Its first octet tells: no name in a tar begins as JSON does. */
static enum csrs_kind
kind_of(FILE *f)
{
	int c;

	while ((c = getc(f)) == '\n' || c == ' ' || c == '\r' || c == '\t')
		;
	if (c != EOF)
		(void)ungetc(c, f);
	return c == '{' || c == EOF ? CSRS_NDJSON : CSRS_TAR;
}

static int
stream_write(FILE *from, const char *path, struct err *err)
{
	struct csrs c = { .from = from, .kind = kind_of(from) };
	FILE *to = fopen(path, "w");
	int rc;

	if (to == NULL)
		return unwritten(path, err);
	rc = rows_copy(&c, to, err);
	if (rc == 0)
		rc = durable(to, path, err);
	if (fclose(to) != 0 && rc == 0)
		rc = unwritten(path, err);
	return rc;
}

/* @ret_begins: one is the beginning of the other; @ret_more: which is @now. */
static void
compare(FILE *there, FILE *now, bool *ret_begins, bool *ret_more)
{
	char a[4096], b[4096];
	size_t n, m;

	do {
		n = fread(a, 1, sizeof(a), there);
		m = fread(b, 1, sizeof(b), now);
		*ret_begins = memcmp(a, b, n < m ? n : m) == 0;
		*ret_more = m > n;
	} while (*ret_begins && n == m && n > 0);
}

/*
 * Rows that were taken stay what they are, since their results are told by
 * their place: a source may have grown, and one that is shorter (or empty) says
 * only that the batch is to go on.
 */
static int
grown(const char *path, const char *part, bool *ret, struct err *err)
{
	FILE *there = fopen(path, "r"), *now = fopen(part, "r");
	bool begins = false;
	int rc = there == NULL || now == NULL ? unwritten(path, err) : 0;

	if (rc == 0)
		compare(there, now, &begins, ret);
	if (there != NULL)
		fclose(there);
	if (now != NULL)
		fclose(now);
	TRY(rc);
	return begins ? 0 : err_set(err, ECONFLICT, "%s has other rows; for "
	    "another batch name another --spool", path);
}

/* Under its name it is whole. */
static int
stream_take(const struct spool *s, FILE *from, const char *part,
    const char *path, struct err *err)
{
	bool more = true;

	TRY(stream_write(from, part, err));
	if (access(path, F_OK) == 0)
		TRY(grown(path, part, &more, err));
	if (!more)
		return 0;
	if (rename(part, path) != 0)
		return unwritten(path, err);
	return io_sync_dir(s->folder, err);
}

int
spool_stream(struct spool *s, FILE *from, struct err *err)
{
	char *part = NULL, *path = NULL;
	int rc = spool_path(s, "rows.part", &part, err);

	if (rc == 0)
		rc = spool_path(s, "rows.ndjson", &path, err);
	if (rc == 0) {
		rc = stream_take(s, from, part, path, err);
		(void)unlink(part);
	}
	free(part);
	free(path);
	return rc;
}

/* ---- a folder ---- */

/* What rows are there already: enough of each one's hash to tell them apart. */
struct known {
	unsigned char	(*at)[16];	/* sorted */
	size_t		 n;
};

static int
by_octets(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

static int
known_read(FILE *f, struct known *ret, struct err *err)
{
	struct blob line = { 0 }, all = { 0 };
	bool more = true;
	int rc;

	while ((rc = spool_line(f, &line, &more, err)) == 0 && more) {
		struct sha256 h = sha256_of(line.data, line.len);

		if ((rc = blob_put(&all, h.o, 16, err)) != 0)
			break;
	}
	blob_done(&line);
	if (rc == 0 && all.len > 0) {
		ret->n = all.len / 16;
		if ((ret->at = malloc(all.len)) == NULL)
			rc = err_set(err, ENOMEMORY, "a spool");
		else {
			memcpy(ret->at, all.data, all.len);
			qsort(ret->at, ret->n, 16, by_octets);
		}
	}
	blob_done(&all);
	return rc;
}

static bool
is_known(const struct known *k, const char *line)
{
	struct sha256 h = sha256_of(line, strlen(line));

	return k->n > 0 && bsearch(h.o, k->at, k->n, 16, by_octets) != NULL;
}

static int
wanted(const struct dirent *e)
{
	static const char *const ends[] = { ".csr", ".pem", ".der", ".p10",
		".req" };
	size_t n = strlen(e->d_name);

	for (size_t i = 0; i < NELEM(ends); i++)
		if (n > 4 && e->d_name[0] != '.' &&
		    strcmp(e->d_name + n - 4, ends[i]) == 0)
			return 1;
	return 0;
}

struct taking {
	const char	*folder;
	struct known	 known;
	FILE		*to;
	struct spool_left left;
};

static int
file_take(struct taking *t, const char *name, const struct blob *octets,
    struct err *err)
{
	AUTO_JSON *row = NULL;
	char *line;
	int rc = 0;

	TRY(csrs_file_json(octets, name, &row, err));
	if ((line = json_line(row)) == NULL)
		return err_set(err, ENOMEMORY, "a row");
	if (!is_known(&t->known, line) && fputs(line, t->to) < 0)
		rc = err_set(err, EIO_, "the spool could not be written: %s",
		    strerror(errno));
	free(line);
	return rc;
}

static void
leave(const char *name, uint64_t *n, char first[256])
{
	if ((*n)++ == 0)
		snprintf(first, 256, "%s", name);
}

static int
file_read(struct taking *t, const char *name, struct err *err)
{
	struct blob octets = { 0 };
	struct stat st;
	char *path;
	int rc = 0;

	if (strlen(name) >= CSRS_NAME) {
		leave(name, &t->left.named, t->left.first_named);
		return 0;
	}
	if (asprintf(&path, "%s/%s", t->folder, name) < 0)
		return err_set(err, ENOMEMORY, "a row");
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		rc = io_read_file(path, CSRS_ROW, &octets, err);
		if (rc == 0 && is_request(&octets))
			rc = file_take(t, name, &octets, err);
		else if (rc == 0)
			t->left.none++;
		else if (rc == -ETOOBIG) {
			leave(name, &t->left.large, t->left.first);
			rc = 0;
		}
	}
	blob_done(&octets);
	free(path);
	return rc;
}

static int
files_read(struct taking *t, struct err *err)
{
	struct dirent **e = NULL;
	int n = scandir(t->folder, &e, wanted, alphasort), rc = 0;

	if (n < 0)
		return unwritten(t->folder, err);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = file_read(t, e[i]->d_name, err);
		free(e[i]);
	}
	free(e);
	return rc;
}

int
spool_folder(struct spool *s, const char *folder, struct spool_left *ret,
    struct err *err)
{
	struct taking t = { .folder = folder };
	uint64_t n;
	int rc;

	TRY(spool_rows(s, &t.to, &n, err));
	rc = known_read(t.to, &t.known, err);
	if (rc == 0 && fseek(t.to, 0, SEEK_END) != 0)
		rc = unwritten(s->folder, err);
	if (rc == 0)
		rc = files_read(&t, err);
	if (rc == 0)
		rc = durable(t.to, s->folder, err);
	if (rc == 0)
		rc = io_sync_dir(s->folder, err);
	fclose(t.to);
	free(t.known.at);
	*ret = t.left;
	return rc;
}
