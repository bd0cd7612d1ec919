#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/json.h"
#include "base/log.h"
#include "keeper/intent.h"
#include "keeper/mirror.h"
#include "keeper/permits.h"
#include "keeper/show.h"
#include "keeper/snapshot.h"
#include "keeper/start.h"
#include "keeper/use_ca.h"

int
state_lock(const char *folder, int *ret, struct err *err)
{
	char path[JOURNAL_PATH];
	struct stat st;
	int fd;

	TRY(io_mkdir_p(folder, 0700, err));
	if (stat(folder, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return err_set(err, EDENIED, "%s must belong to the keeper "
		    "alone (0700)", folder);
	if (snprintf(path, sizeof(path), "%s/lock", folder) >= (int)sizeof(path))
		return err_set(err, ERANGE_, "the state folder's path is too long");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		return err_set(err, ECONFLICT, "another keeper runs on %s", folder);
	}
	*ret = fd;
	return 0;
}

static int
open_token(const struct options *o, struct keeper *k, struct err *err)
{
	AUTO(secret) *pin = NULL;
	struct hsm_options h = {
		.module = o->value[OPTION_module],
		.label = o->value[OPTION_token_label],
		.serial = o->value[OPTION_token_serial],
		.sessions = o->workers + 3,
	};

	TRY(secret_read_file(o->pin_path, &pin, err));
	h.pin = pin;
	return hsm_open(&h, &k->hsm, err);
}

struct reading {
	struct keeper	*k;
	struct entry_head head;
	time_us		 last;
	bool		 met;		/* the mirror's head was seen */
	uint64_t	 entries;
};

static int
read_line(void *ctx, const void *p, size_t n, const struct journal_at *before,
    const struct journal_at *after, struct err *err)
{
	struct reading *r = ctx;
	struct keeper *k = r->k;
	AUTO(entry) *e = NULL;

	TRY(entry_read(p, n, &e, err));
	TRY(entry_check_next(e, &r->head, &r->last, err));
	TRY(house_apply(&k->house, e, before, err));
	k->applied = *after;
	k->applied.head = r->head;
	k->applied.time = e->time;
	r->entries++;
	if (e->n == k->mirror.head.n &&
	    sha256_equal(&e->hash, &k->mirror.head.hash))
		r->met = true;
	return 0;
}

/* The ledger's shadow: loaded before the journal, which says what is unshown. */
static int
read_shadow(struct keeper *k, json_t **ret, struct err *err)
{
	AUTO(blob) *text = blob_new();
	char path[JOURNAL_PATH];
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "for the ledger");
	if (snprintf(path, sizeof(path), "%s/ledger.json", k->folder) >=
	    (int)sizeof(path))
		return err_set(err, ERANGE_, "the state folder's path is too long");
	rc = io_read_file(path, 1 << 20, text, err);
	if (rc == -ENOENT_) {
		*ret = NULL;
		return 0;
	}
	TRY(rc);
	TRY(json_read_canonical(text->data, text->len, ret, err));
	return shadow_load(&k->house.shadow, *ret, err);
}

/* Is the ledger as long as the one whose checkpoints were signed? */
static int
check_ledger(const struct keeper *k, struct err *err)
{
	const struct shadow *s = &k->house.shadow;
	const struct mirror_state *m = &k->mirror;
	struct sha256 root = merkle_range_root(&s->range);

	if (m->there && s->range.size < m->size)
		return err_set(err, EVERIFY, "the ledger that was shown has been "
		    "rolled back: the token remembers %" PRIu64 " events, "
		    "ledger.json has %" PRIu64, m->size, s->range.size);
	if (m->there && s->range.size == m->size &&
	    !sha256_equal(&root, &m->root))
		return err_set(err, EVERIFY, "ledger.json is of another ledger "
		    "than the one that the token remembers");
	return 0;
}

/* Is the journal as long as the token and the ledger remember it? */
static int
check_age(struct keeper *k, const struct reading *r, struct err *err)
{
	const struct mirror_state *m = &k->mirror;
	bool in_chain = false;

	if (!m->there && r->head.n > 1)
		return err_set(err, EVERIFY, "the token has no mirror of this "
		    "journal: is it the house's token?");
	if (m->there && !r->met)
		return err_set(err, EVERIFY, "the journal has been rolled back: "
		    "the token remembers entry %" PRIu64 ", the journal ends at "
		    "%" PRIu64, m->head.n, r->head.n);
	for (size_t i = 0; i < k->house.chain_n; i++) {
		if (sha256_equal(&k->house.chain[i], &m->charter))
			in_chain = true;
	}
	if (m->there && !in_chain)
		return err_set(err, EVERIFY, "the charter has been rolled back");
	if (k->house.shadow.entries > r->head.n)
		return err_set(err, EVERIFY, "the journal is shorter than the "
		    "ledger that was shown: it has been rolled back");
	return check_ledger(k, err);
}

static int
read_state(struct keeper *k, bool whole, struct reading *r, struct err *err)
{
	AUTO_JSON *shown = NULL;
	struct journal_at from = { 0 };
	const struct journal_at *start = NULL;

	TRY(read_shadow(k, &shown, err));
	/* A snapshot lists what was unshown then: less was, in an older ledger. */
	whole = whole || k->house.shadow.range.size < k->mirror.size;
	if (!whole && k->mirror.there && !sha256_is_zero(&k->mirror.snapshot)) {
		int rc = snapshot_load(k, &k->mirror.snapshot, &from, err);

		if (rc == 0) {
			start = &from;
			k->applied = from;
			r->head = from.head;
			r->last = from.time;
			r->met = from.head.n == k->mirror.head.n &&
			    sha256_equal(&from.head.hash, &k->mirror.head.hash);
		} else if (rc != -ENOENT_) {
			return rc;
		}
	}
	TRY(journal_replay(k->journal, start, read_line, r, err));
	journal_set_head(k->journal, &k->applied);
	if (shown != NULL)
		shadow_apply_shown(&k->house.shadow, shown);
	if (check_age(k, r, err) != 0) {
		k->rolled_back = k->mirror.there && k->house.genesis != NULL;
		return -(int)err->code;
	}
	return 0;
}

static int
open_parts(const struct options *o, struct keeper *k, struct err *err)
{
	char path[JOURNAL_PATH];

	if (snprintf(path, sizeof(path), "%s/journal", k->folder) >=
	    (int)sizeof(path))
		return err_set(err, ERANGE_, "the state folder's path is too long");
	TRY(state_lock(k->folder, &k->lock, err));
	TRY(open_token(o, k, err));
	TRY(mirror_read(k, &k->mirror, err));
	TRY(house_init(&k->house, k->folder, err));
	k->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (k->wake < 0)
		return err_set(err, EINTERNAL, "eventfd: %s", strerror(errno));
	TRY(journal_open(path, k->wake, &k->journal, err));
	TRY(permits_new(&k->permits, err));
	TRY(show_new(&k->show, err));
	TRY(facts_new(&k->facts, err));
	if (snprintf(path, sizeof(path), "%s/charters", k->folder) >=
	    (int)sizeof(path))
		return err_set(err, ERANGE_, "the state folder's path is too long");
	return io_mkdir_p(path, 0700, err);
}

static int
stand_up(const struct options *o, struct keeper *k, bool whole,
    struct err *err)
{
	struct reading r = { .k = k };
	struct err why;

	if (read_state(k, whole, &r, &why) != 0)
		keeper_halt(k, why.what);
	else
		k->standing = k->house.genesis == NULL ? STANDING_AWAITING :
		    STANDING_READY;
	if (k->snapshot_n == 0)
		k->snapshot_n = r.entries >= SNAPSHOT_EVERY ? 0 : k->applied.head.n;
	TRY(journal_start(k->journal, err));
	TRY(work_open(o->workers, k->wake, k, &k->work, err));
	/* A crash between the founding's entry and its mirror. */
	if (k->standing == STANDING_READY && !k->mirror.there)
		TRY(mirror_write(k, err));
	if (k->standing == STANDING_READY)
		TRY(intent_resolve(k, err));
	k->mirror.due = k->standing == STANDING_READY;
	log_line(LOG_NOTE, "standing=%s entries=%" PRIu64 " read=%" PRIu64,
	    k->standing == STANDING_READY ? "ready" :
	    k->standing == STANDING_HALTED ? "halted" : "awaiting-genesis",
	    k->applied.head.n, r.entries);
	return 0;
}

int
keeper_open(const struct options *o, bool whole, struct keeper **ret,
    struct err *err)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int rc;

	if (k == NULL)
		return err_set(err, ENOMEMORY, "for the keeper");
	k->folder = o->value[OPTION_state];
	k->lock = k->wake = -1;
	k->generation = 1;
	k->making.last = &k->making.first;
	k->writing.last = &k->writing.first;
	k->deferred_last = &k->deferred;
	rc = open_parts(o, k, err);
	if (rc == 0)
		rc = stand_up(o, k, whole, err);
	if (rc != 0) {
		keeper_close(k);
		return rc;
	}
	*ret = k;
	return 0;
}

static void
drop_tickets(struct tickets *q)
{
	struct ticket *t, *next;

	for (t = q->first; t != NULL; t = next) {
		next = t->next;
		ticket_free(t);
	}
	q->first = NULL;
}

void
keeper_close(struct keeper *k)
{
	struct err err;

	if (k == NULL)
		return;
	if (k->work != NULL && k->hsm != NULL && mirror_write(k, &err) != 0)
		log_err(LOG_WARN, "mirroring the journal's head", &err);
	work_free(k->work);
	journal_free(k->journal);
	drop_tickets(&k->making);
	drop_tickets(&k->writing);
	keeper_drop_deferred(k);
	ocsp_done(k);
	permits_free(k->permits);
	show_free(k->show);
	facts_free(k->facts);
	house_done(&k->house);
	hsm_free(k->hsm);
	if (k->wake >= 0)
		(void)close(k->wake);
	if (k->lock >= 0)
		(void)close(k->lock);
	free(k);
}
