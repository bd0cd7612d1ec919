#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/log.h"
#include "keeper/mirror.h"
#include "keeper/snapshot.h"
#include "wire/remembered.h"

#define MIRROR_LABEL	"claviger-mirror"

struct mirroring {
	struct job	 job;		/* first */
	struct hsm	*hsm;
	struct blob	 text;
	struct mirror_state next;
	bool		 sync;
	int		 rc;
	struct err	 why;
};

static int
mirror_text(const struct keeper *k, const struct mirror_state *m,
    struct blob *ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s, s:I, s:I, s:I}",
	    "format", "claviger/mirror/v1", "house", house_id(&k->house),
	    "n", (json_int_t)m->head.n, "size", (json_int_t)m->size,
	    "entries", (json_int_t)m->entries));
	TRY(json_set_hash(o, "root", &m->root, err));
	TRY(json_set_hash(o, "hash", &m->head.hash, err));
	TRY(json_set_hash(o, "charter", &m->charter, err));
	TRY(json_set_hash(o, "snapshot", &m->snapshot, err));
	return json_canonical(o, ret, err);
}

static int
read_token(struct keeper *k, struct mirror_state *ret, struct err *err)
{
	AUTO(blob) *text = blob_new();
	AUTO_JSON *o = NULL;
	struct mirror_state m = { 0 };
	int64_t n, size, entries;
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "for the mirror");
	rc = hsm_data_get(k->hsm, MIRROR_LABEL, text, err);
	if (rc == -ENOENT_) {
		*ret = m;
		return 0;
	}
	TRY(rc);
	TRY(json_read_canonical(text->data, text->len, &o, err));
	TRY(json_need_int(o, "n", &n, err));
	TRY(json_need_int(o, "size", &size, err));
	TRY(json_need_int(o, "entries", &entries, err));
	TRY(json_need_hash(o, "root", &m.root, err));
	TRY(json_need_hash(o, "hash", &m.head.hash, err));
	TRY(json_need_hash(o, "charter", &m.charter, err));
	TRY(json_need_hash(o, "snapshot", &m.snapshot, err));
	m.head.n = (uint64_t)n;
	m.size = (uint64_t)size;
	m.entries = (uint64_t)entries;
	m.there = true;
	*ret = m;
	return 0;
}

int
mirror_read(struct keeper *k, struct mirror_state *ret, struct err *err)
{
	struct mirror_state m = { 0 };
	struct remembered r;

	TRY(read_token(k, &m, err));
	TRY(remembered_read(k->folder, &r, err));
	/* A token that was put back is no witness: what it was restored over is. */
	if (r.there && r.head.n > m.head.n) {
		m.there = true;
		m.head = r.head;
		m.charter = r.charter;
	}
	*ret = m;
	return 0;
}

static void
mirroring_run(struct job *j)
{
	struct mirroring *m = (struct mirroring *)j;

	m->rc = hsm_data_put(m->hsm, MIRROR_LABEL, m->text.data, m->text.len,
	    &m->why);
	if (m->rc == 0 && m->sync)
		m->rc = hsm_sync(m->hsm, &m->why);
}

static void
mirroring_finish(struct keeper *k, struct mirroring *m)
{
	k->mirror.busy = false;
	k->mirror.written = clock_mono();
	if (m->rc != 0) {
		log_err(LOG_WARN, "mirroring the journal's head", &m->why);
		k->mirror.due = true;
	} else {
		k->mirror.head = m->next.head;
		k->mirror.charter = m->next.charter;
		k->mirror.size = m->next.size;
		k->mirror.root = m->next.root;
		k->mirror.entries = m->next.entries;
		k->mirror.there = true;
		if (!k->snapshot_busy &&
		    !sha256_equal(&k->mirror.snapshot, &m->next.snapshot))
			snapshot_clean(k, &m->next.snapshot);
		k->mirror.snapshot = m->next.snapshot;
	}
	blob_done(&m->text);
	free(m);
}

static void
mirroring_done(void *ctx, struct job *j)
{
	mirroring_finish(ctx, (struct mirroring *)j);
}

static int
mirroring_new(struct keeper *k, struct mirroring **ret, struct err *err)
{
	struct mirroring *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return err_set(err, ENOMEMORY, "for the mirror");
	m->hsm = k->hsm;
	m->next.head = k->applied.head;
	m->next.charter = k->house.charter_hash;
	m->next.snapshot = k->snapshot_hash;
	m->next.size = k->house.shadow.range.size;
	m->next.root = merkle_range_root(&k->house.shadow.range);
	m->next.entries = k->house.shadow.entries;
	m->sync = !sha256_equal(&k->mirror.snapshot, &m->next.snapshot) ||
	    !k->mirror.there;
	if (mirror_text(k, &m->next, &m->text, err) != 0) {
		blob_done(&m->text);
		free(m);
		return -(int)err->code;
	}
	*ret = m;
	return 0;
}

int
mirror_write(struct keeper *k, struct err *err)
{
	struct mirroring *m;
	int rc;

	if (k->house.genesis == NULL || k->standing != STANDING_READY)
		return 0;
	TRY(mirroring_new(k, &m, err));
	mirroring_run(&m->job);
	rc = m->rc;
	*err = m->why;
	mirroring_finish(k, m);
	return rc;
}

static bool
is_due(const struct keeper *k)
{
	const struct mirror_state *m = &k->mirror;
	uint64_t behind = k->applied.head.n - m->head.n;

	if (k->house.genesis == NULL || k->standing != STANDING_READY ||
	    m->busy)
		return false;
	if (m->due && clock_mono() - m->written > TIME_S(1) / 20)
		return true;
	if (behind >= MIRROR_EVERY)
		return true;
	return (behind > 0 || k->house.shadow.range.size != m->size) &&
	    clock_mono() - m->written >= MIRROR_AGE;
}

void
mirror_tick(struct keeper *k)
{
	struct mirroring *m;
	struct err err;

	if (!is_due(k))
		return;
	if (mirroring_new(k, &m, &err) != 0) {
		log_err(LOG_WARN, "mirroring the journal's head", &err);
		return;
	}
	m->job.run = mirroring_run;
	m->job.done = mirroring_done;
	k->mirror.busy = true;
	k->mirror.due = false;
	work_slow(k->work, &m->job);
}
