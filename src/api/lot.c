/*
 * lot - a batch of certificates under way.
 *
 * The rows are kept in a file without a name as they come.  Once they are
 * whole a crew of threads takes them one after the other, so that their events
 * share commits; what they come to stands in a ring until the listener has
 * sent it, in the rows' order.  Nobody runs further ahead than the ring is
 * long, so memory does not grow with the batch.
 *
 * Whoever reads, and each of the crew, holds a reference.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "api/lot_inside.h"
#include "base/io.h"
#include "base/json.h"

#define BODY_S		3600	/* however steadily its octets come */

/* First of all: who goes through the list takes each one's lock. */
static void
lot_unlist(struct lot *l)
{
	struct lots *all = &l->api->lots;

	pthread_mutex_lock(&all->lock);
	*l->prev = l->next;
	if (l->next != NULL)
		l->next->prev = l->prev;
	pthread_mutex_unlock(&all->lock);
}

/* Last of all: lots_done waits for it, and then everything may go. */
static void
lot_gone(struct lots *all)
{
	pthread_mutex_lock(&all->lock);
	all->n--;
	pthread_cond_broadcast(&all->gone);
	pthread_mutex_unlock(&all->lock);
}

static void
lot_destroy(struct lot *l)
{
	struct lots *all = &l->api->lots;

	lot_unlist(l);
	for (size_t i = 0; i < RING; i++)
		free(l->ring[i].text);
	json_decref(l->refused);
	json_decref(l->mended);
	if (l->file != NULL)
		fclose(l->file);
	if (l->bearer != NULL)
		OPENSSL_cleanse(l->bearer, strlen(l->bearer));
	free(l->bearer);
	free(l->spki);
	pthread_cond_destroy(&l->room);
	pthread_cond_destroy(&l->turns);
	pthread_mutex_destroy(&l->lock);
	free(l);
	lot_gone(all);
}

void
lot_leave(struct lot *l)
{
	bool last;

	pthread_mutex_lock(&l->lock);
	last = --l->holders == 0;
	pthread_mutex_unlock(&l->lock);
	if (last)
		lot_destroy(l);
}

/* Under the lock. */
static void
stop_locked(struct lot *l)
{
	l->stop = true;
	pthread_cond_broadcast(&l->room);
	if (!l->asleep)
		return;
	l->asleep = false;
	MHD_resume_connection(l->mhd);
}

void
lot_free(struct lot *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	stop_locked(l);
	pthread_mutex_unlock(&l->lock);
	lot_leave(l);
}

/* Its sender knows of no end yet, and may not begin another. */
static bool
under_way(struct lot *l, const char *who)
{
	bool is;

	pthread_mutex_lock(&l->lock);
	is = strcmp(l->who.id, who) == 0 && !l->stop &&
	    !(l->whole && l->told == l->given);
	pthread_mutex_unlock(&l->lock);
	return is;
}

/* Under the lock of all. */
static bool
has_one(const struct lots *all, const char *who)
{
	for (struct lot *l = all->first; l != NULL; l = l->next)
		if (under_way(l, who))
			return true;
	return false;
}

static int
lot_list(struct lot *l, struct err *err)
{
	struct lots *all = &l->api->lots;
	bool taken, second;

	pthread_mutex_lock(&all->lock);
	second = has_one(all, l->who.id);
	if ((taken = all->n < LOTS && !all->closed && !second)) {
		l->next = all->first;
		l->prev = &all->first;
		if (all->first != NULL)
			all->first->prev = &l->next;
		all->first = l;
		all->n++;
	}
	pthread_mutex_unlock(&all->lock);
	if (second)
		return err_set(err, EBUSY_, "a batch of %s is under way already",
		    l->who.id);
	return taken ? 0 : err_set(err, EBUSY_,
	    "%u batches are under way already", LOTS);
}

static int
lot_equip(struct lot *l, struct err *err)
{
	int fd;

	l->refused = json_array();
	l->mended = json_array();
	if (l->refused == NULL || l->mended == NULL)
		return err_set(err, ENOMEMORY, "a batch");
	TRY(io_unnamed(l->api->o.folder, &fd, err));
	if ((l->file = fdopen(fd, "w+")) == NULL) {
		close(fd);
		return err_set(err, EIO_, "no room for a batch");
	}
	return 0;
}

int
lot_new(struct api *a, const struct caller *who, const struct flow_batch *b,
    const struct schema *row, enum csrs_kind kind, struct lot **ret,
    struct err *err)
{
	struct lot *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return err_set(err, ENOMEMORY, "a batch");
	l->api = a;
	l->who = *who;
	l->batch = *b;
	l->schema = row;
	l->csrs.kind = kind;
	l->holders = 1;
	l->began = clock_mono();
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->room, NULL);
	pthread_cond_init(&l->turns, NULL);
	if ((rc = lot_list(l, err)) != 0) {
		pthread_cond_destroy(&l->turns);
		pthread_cond_destroy(&l->room);
		pthread_mutex_destroy(&l->lock);
		free(l);
		return rc;
	}
	if ((rc = lot_equip(l, err)) != 0) {
		lot_free(l);
		return rc;
	}
	*ret = l;
	return 0;
}

int
lot_take(struct lot *l, const void *p, size_t n, struct err *err)
{
	if (clock_mono() - l->began > TIME_S(BODY_S))
		return err_set(err, ELIMIT, "a batch's body may take %d s",
		    BODY_S);
	l->octets += n;
	return fwrite(p, 1, n, l->file) == n ? 0 :
	    err_set(err, EIO_, "no room for a batch");
}

uint64_t
lot_octets(const struct lot *l)
{
	return l->octets;
}

void
lots_init(struct lots *all)
{
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->gone, NULL);
}

void
lots_close(struct lots *all)
{
	struct lot *l;

	pthread_mutex_lock(&all->lock);
	all->closed = true;
	for (l = all->first; l != NULL; l = l->next) {
		pthread_mutex_lock(&l->lock);
		if (l->mhd != NULL && !l->whole)
			stop_locked(l);
		pthread_mutex_unlock(&l->lock);
	}
	pthread_mutex_unlock(&all->lock);
}

void
lots_done(struct lots *all)
{
	pthread_mutex_lock(&all->lock);
	while (all->n > 0)
		pthread_cond_wait(&all->gone, &all->lock);
	pthread_mutex_unlock(&all->lock);
	pthread_cond_destroy(&all->gone);
	pthread_mutex_destroy(&all->lock);
}

/* ---- whose it is ---- */

static int
shown_keep(struct lot *l, const struct exchange *x, struct err *err)
{
	struct presented p;

	TRY(exchange_shown(x, &p, err));
	l->until = x->conn->peer_until;
	l->spki_octets = p.spki_octets;
	if ((p.bearer != NULL && (l->bearer = strdup(p.bearer)) == NULL) ||
	    (p.spki != NULL && (l->spki = malloc(p.spki_octets)) == NULL))
		return err_set(err, ENOMEMORY, "a batch");
	if (p.spki != NULL)
		memcpy(l->spki, p.spki, p.spki_octets);
	return 0;
}

static bool
stood_lately(struct lot *l)
{
	time_us now = clock_mono();
	bool lately;

	pthread_mutex_lock(&l->lock);
	lately = l->stood != 0 && now - l->stood < TIME_S(1);
	if (!lately)
		l->stood = now;
	pthread_mutex_unlock(&l->lock);
	return lately;
}

int
lot_stands(struct lot *l, struct err *err)
{
	const struct presented p = { .bearer = l->bearer, .spki = l->spki,
	    .spki_octets = l->spki_octets };
	struct caller now;

	if (stood_lately(l))
		return 0;
	if (p.bearer == NULL && clock_now() > l->until)
		return err_set(err, EAUTH, "the client certificate has expired");
	TRY(flow_identify(l->api->flow, &p, &now, err));
	return strcmp(now.id, l->who.id) == 0 ? 0 : err_set(err, EAUTH,
	    "this is no longer %s's", l->who.id);
}

/* ---- the rows are whole ---- */

int
lot_start(struct lot *l, const struct exchange *x, struct err *err)
{
	AUTO_JSON *head = NULL;
	char *line;

	TRY(shown_keep(l, x, err));
	TRY(lot_stands(l, err));
	TRY(flow_keeper_wait(l->api->flow, TIME_S(5), err));
	if (fflush(l->file) != 0 || fseek(l->file, 0, SEEK_SET) != 0)
		return err_set(err, EIO_, "no room for a batch");
	TRY(json_build(&head, err, "{s:s, s:s, s:s}", "batch", l->batch.id,
	    "ca", l->batch.ca, "profile", l->batch.profile));
	if ((line = json_line(head)) == NULL)
		return err_set(err, ENOMEMORY, "a batch");
	l->csrs.from = l->file;
	pthread_mutex_lock(&l->lock);
	l->mhd = x->mhd;
	l->ring[l->given++] = (struct slot){ .there = true,
	    .outcome = HEAD, .text = line, .n = strlen(line) };
	pthread_mutex_unlock(&l->lock);
	return lot_crew(l, err);
}
