#include "config.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/json.h"
#include "base/log.h"
#include "keeper/snapshot.h"

#define PREFIX	"snapshot-"
/* v1 knew of no version that was signed in a window. */
#define FORMAT	"claviger/snapshot/v2"

struct snapping {
	struct job	 job;		/* first */
	struct blob	 text;
	struct sha256	 hash;
	uint64_t	 n;
	char		 path[JOURNAL_PATH];
	int		 rc;
	struct err	 why;
};

static int
path_of(const struct keeper *k, const struct sha256 *hash, char *ret,
    size_t n, struct err *err)
{
	char hex[SHA256_HEX];
	int len;

	sha256_hex(hash, hex);
	len = snprintf(ret, n, "%s/" PREFIX "%s.json", k->folder, hex);
	if (len < 0 || (size_t)len >= n)
		return err_set(err, ERANGE_, "the state folder's path is too long");
	return 0;
}

static int
at_json(const struct journal_at *at, json_t *into, struct err *err)
{
	json_t *o;

	TRY(json_build(&o, err, "{s:I, s:I, s:I, s:I}",
	    "n", (json_int_t)at->head.n, "time", (json_int_t)at->time,
	    "segment", (json_int_t)at->segment,
	    "offset", (json_int_t)at->offset));
	TRY(json_set_new(into, "at", o, err));
	return json_set_hash(o, "hash", &at->head.hash, err);
}

static int
at_load(const json_t *from, struct journal_at *ret, struct err *err)
{
	const json_t *o = json_object_get(from, "at");
	int64_t n, time, segment, offset;

	TRY(json_need_int(o, "n", &n, err));
	TRY(json_need_int(o, "time", &time, err));
	TRY(json_need_int(o, "segment", &segment, err));
	TRY(json_need_int(o, "offset", &offset, err));
	TRY(json_need_hash(o, "hash", &ret->head.hash, err));
	ret->head.n = (uint64_t)n;
	ret->time = time;
	ret->segment = (uint64_t)segment;
	ret->offset = (uint64_t)offset;
	return 0;
}

int
snapshot_load(struct keeper *k, const struct sha256 *hash,
    struct journal_at *ret_at, struct err *err)
{
	AUTO(blob) *text = blob_new();
	AUTO_JSON *o = NULL;
	char path[JOURNAL_PATH];
	struct sha256 got;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "for the snapshot");
	TRY(path_of(k, hash, path, sizeof(path), err));
	TRY(io_read_file(path, SNAPSHOT_OCTETS, text, err));
	got = sha256_of(text->data, text->len);
	if (!sha256_equal(&got, hash))
		return err_set(err, EVERIFY, "%s is not what it was", path);
	TRY(json_read(text->data, text->len, &o, err));
	/* As if there were none: the journal tells all of it. */
	if (strcmp(json_str(o, "format", ""), FORMAT) != 0)
		return err_set(err, ENOENT_, "%s was written by an earlier "
		    "keeper", path);
	TRY(at_load(o, ret_at, err));
	TRY(house_load(&k->house, json_object_get(o, "house"), err));
	k->snapshot_hash = *hash;
	k->snapshot_octets = text->len;
	k->snapshot_n = ret_at->head.n;
	return 0;
}

static void
snapping_run(struct job *j)
{
	struct snapping *s = (struct snapping *)j;

	s->rc = io_write_file(s->path, 0600, s->text.data, s->text.len,
	    &s->why);
}

/* Its tree was many small pieces: left to itself, the allocator keeps them for
 * minutes, and they are as much as all that the keeper knows. */
static void
give_back(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}

static void
snapping_done(void *ctx, struct job *j)
{
	struct snapping *s = (struct snapping *)j;
	struct keeper *k = ctx;

	k->snapshot_busy = false;
	if (s->rc != 0) {
		log_err(LOG_WARN, "writing a snapshot", &s->why);
	} else {
		k->snapshot_hash = s->hash;
		k->snapshot_octets = s->text.len;
		k->mirror.due = true;
	}
	blob_done(&s->text);
	free(s);
	give_back();
}

static int
take(struct keeper *k, struct snapping *s, struct err *err)
{
	AUTO_JSON *o = json_object();
	json_t *house;

	counts_forget(&k->house.counts, k->applied.time);
	TRY(json_set_str(o, "format", FORMAT, err));
	TRY(at_json(&k->applied, o, err));
	TRY(house_json(&k->house, &house, err));
	TRY(json_set_new(o, "house", house, err));
	/* By halves to tens of megabytes it would be held three times. */
	TRY(blob_reserve(&s->text, k->snapshot_octets / 8 * 9, err));
	TRY(json_canonical(o, &s->text, err));
	s->hash = sha256_of(s->text.data, s->text.len);
	s->n = k->applied.head.n;
	return path_of(k, &s->hash, s->path, sizeof(s->path), err);
}

static void
begin(struct keeper *k)
{
	struct snapping *s = calloc(1, sizeof(*s));
	struct err err;

	/* Tried again after as many entries, whatever comes of this one. */
	k->snapshot_n = k->applied.head.n;
	if (s == NULL)
		return;
	if (take(k, s, &err) != 0) {
		log_err(LOG_WARN, "taking a snapshot", &err);
		blob_done(&s->text);
		free(s);
		return;
	}
	s->job.run = snapping_run;
	s->job.done = snapping_done;
	k->snapshot_busy = true;
	work_slow(k->work, &s->job);
}

/*
 * Counts hold what is reserved as well as what is durable: a snapshot is
 * taken only when these are the same, so what is new waits a moment.
 */
void
snapshot_tick(struct keeper *k)
{
	uint64_t since = k->applied.head.n - k->snapshot_n;

	if (k->draining) {
		if (k->making.first != NULL || k->writing.first != NULL)
			return;
		begin(k);
		k->draining = false;
		return;
	}
	if (k->standing == STANDING_READY && !k->snapshot_busy &&
	    since >= SNAPSHOT_EVERY && since >= k->house.counts.uses / 2)
		k->draining = true;
}

void
snapshot_clean(const struct keeper *k, const struct sha256 *keep)
{
	char path[JOURNAL_PATH], newest[JOURNAL_PATH], other[JOURNAL_PATH];
	DIR *d = opendir(k->folder);
	struct dirent *e;

	if (d == NULL)
		return;
	if (path_of(k, keep, path, sizeof(path), NULL) == 0 &&
	    path_of(k, &k->snapshot_hash, newest, sizeof(newest), NULL) == 0) {
		while ((e = readdir(d)) != NULL) {
			if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0 ||
			    snprintf(other, sizeof(other), "%s/%s", k->folder,
			    e->d_name) >= (int)sizeof(other) ||
			    strcmp(other, path) == 0 ||
			    strcmp(other, newest) == 0)
				continue;
			(void)unlink(other);
		}
	}
	(void)closedir(d);
}
