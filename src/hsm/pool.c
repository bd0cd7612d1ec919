#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cond.h"
#include "hsm/pool.h"

int
session_error(struct session *s, const char *call, CK_RV rv, struct err *err)
{
	if (ckr_is_lost(rv))
		s->lost = true;
	return ckr_error(call, rv, err);
}

/* Sleep under the pool's lock until something changes or @until (clock_mono). */
static bool
wait_change(struct pool *p, time_us until)
{
	return cond_wait(&p->change, &p->lock, until);
}

static CK_RV
login(struct pool *p, const struct token *t, CK_SESSION_HANDLE h)
{
	CK_RV rv = CKR_OK;
	CK_UTF8CHAR *pin;

	if ((t->info.flags & CKF_LOGIN_REQUIRED) == 0)
		return CKR_OK;
	if (p->protected_path) {
		rv = t->f->C_Login(h, CKU_USER, NULL, 0);
	} else if (p->pin != NULL) {
		memcpy(&pin, &(const void *){ secret_data(p->pin) },
		    sizeof(pin));
		rv = t->f->C_Login(h, CKU_USER, pin, secret_len(p->pin));
	}
	return rv == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : rv;
}

/* Load the module and log in, through a session that stays. */
static int
open_token(struct pool *p, struct token *t, CK_SESSION_HANDLE *ret,
    struct err *err)
{
	CK_RV rv;

	TRY(token_load(p->module, p->fits, p->fits_ctx, t, err));
	rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, ret);
	if (rv != CKR_OK)
		return ckr_error("C_OpenSession", rv, err);
	if ((rv = login(p, t, *ret)) != CKR_OK)
		return ckr_error("C_Login", rv, err);
	return 0;
}

/* Under lock: take what an opening gave. */
static void
opened(struct pool *p, const struct token *t, CK_SESSION_HANDLE anchor)
{
	p->token = *t;
	p->open = true;
	p->epoch++;
	p->refusals = 0;
	p->anchor = anchor;
	p->n_idle = 0;
	handles_clear(&p->handles);
}

/*
 * Under lock, with nobody's session lent: finalise the module and start it
 * again.  The lock is let go meanwhile; p->opening keeps others out.
 */
static int
open_anew(struct pool *p, struct err *err)
{
	CK_SESSION_HANDLE anchor = CK_INVALID_HANDLE;
	struct token old = p->token, t = { 0 };
	struct err why = { 0 };
	int rc;

	if (p->refusals >= POOL_REFUSALS)
		return err_set(err, EAUTH, "the token refused the PIN %u times;"
		    " it is not tried again before a restart", p->refusals);
	p->opening = true;
	p->open = false;
	p->n_idle = 0;
	memset(&p->token, 0, sizeof(p->token));
	(void)pthread_mutex_unlock(&p->lock);
	token_unload(&old);
	rc = open_token(p, &t, &anchor, &why);
	if (rc != 0)
		token_unload(&t);
	(void)pthread_mutex_lock(&p->lock);
	p->opening = false;
	p->last_try = clock_mono();
	if (rc == 0)
		opened(p, &t, anchor);
	else if (why.code == EAUTH)
		p->refusals++;
	p->last = why;
	(void)pthread_cond_broadcast(&p->change);
	if (rc != 0 && err != NULL)
		*err = why;
	return rc;
}

/* A token that is away is not "not found" to those who sign: it is away. */
static int
away(const struct pool *p, struct err *err)
{
	return err_set(err, p->last.code == EAUTH ? EAUTH : ETOKEN,
	    "the token is away: %s", p->last.what);
}

/* Under lock: once nobody uses epoch @epoch, open once for all who met the loss. */
static int
recover_drained(struct pool *p, unsigned epoch, struct err *err)
{
	time_us until = clock_mono() + p->wait;
	bool in_time = true;

	while (in_time && (p->opening || (p->n_lent > 0 && p->epoch == epoch)))
		in_time = wait_change(p, until);
	if (p->epoch != epoch && p->open)
		return 0;
	if (!in_time)
		return err_set(err, ETOKEN,
		    "the token is lost and a call to it does not return");
	if (!p->open && clock_mono() - p->last_try < POOL_PAUSE)
		return away(p, err);
	return open_anew(p, NULL) == 0 ? 0 : away(p, err);
}

/* Under lock: nobody is lent a session until this is over. */
static int
recover(struct pool *p, unsigned epoch, struct err *err)
{
	int rc;

	p->recovering++;
	rc = recover_drained(p, epoch, err);
	p->recovering--;
	(void)pthread_cond_broadcast(&p->change);
	return rc;
}

/*
 * Under lock: an absent key may be the sign of an absent token: SoftHSM shows
 * an empty one when its folder is away.  Look again with the token opened anew, but
 * not more often than every POOL_PAUSE: who signs waits meanwhile.
 */
static int
doubt(struct pool *p, unsigned epoch, struct err *err)
{
	time_us due = p->last_doubt + POOL_PAUSE;

	while (p->open && p->epoch == epoch && clock_mono() < due)
		(void)wait_change(p, due);
	if (p->open && p->epoch == epoch)
		p->last_doubt = clock_mono();
	return recover(p, epoch, err);
}

/* Under lock: a session for the caller, an idle one or a new one. */
static int
lend(struct pool *p, struct session *s, struct err *err)
{
	CK_RV rv;

	s->f = p->token.f;
	s->epoch = p->epoch;
	if (p->n_idle > 0) {
		s->h = p->idle[--p->n_idle];
		return 0;
	}
	rv = p->token.f->C_OpenSession(p->token.slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &s->h);
	if (rv == CKR_OK)
		return 0;
	if (rv == CKR_SESSION_COUNT && p->n_lent > 0)
		p->most = p->n_lent;	/* the token has no more than these */
	return session_error(s, "C_OpenSession", rv, err);
}

static int
take_locked(struct pool *p, struct session *s, struct err *err)
{
	time_us until = clock_mono() + p->wait;
	int rc;

	for (;;) {
		while (p->opening || p->recovering > 0 ||
		    (p->open && p->n_lent >= p->most))
			if (!wait_change(p, until))
				return err_set(err, EBUSY_,
				    "no session became free in time");
		if (!p->open) {
			TRY(recover(p, p->epoch, err));
			continue;
		}
		s->lost = false;
		if ((rc = lend(p, s, err)) == 0) {
			p->n_lent++;
			return 0;
		}
		if (s->lost)
			TRY(recover(p, s->epoch, err));
		else if (p->n_lent < p->most)
			return rc;
		if (clock_mono() > until)
			return rc;
	}
}

static int
session_take(struct pool *p, struct session *s, struct err *err)
{
	int rc;

	memset(s, 0, sizeof(*s));
	s->pool = p;
	(void)pthread_mutex_lock(&p->lock);
	rc = take_locked(p, s, err);
	(void)pthread_mutex_unlock(&p->lock);
	return rc;
}

/* Give back; a session that was in error is closed, since an operation may still be active in it. */
static void
session_give(struct session *s, bool sound)
{
	struct pool *p = s->pool;

	if (!sound)
		(void)s->f->C_CloseSession(s->h);
	(void)pthread_mutex_lock(&p->lock);
	p->n_lent--;
	if (sound)
		p->idle[p->n_idle++] = s->h;
	if (p->n_lent == 0)
		(void)pthread_cond_broadcast(&p->change);
	else
		(void)pthread_cond_signal(&p->change);
	(void)pthread_mutex_unlock(&p->lock);
}

int
pool_run(struct pool *p, pool_job *job, void *ctx, struct err *err)
{
	struct session s;
	int rc;

	TRY(session_take(p, &s, err));
	rc = job(&s, ctx, err);
	session_give(&s, rc == 0);
	if (!s.lost && !s.absent)
		return rc;

	(void)pthread_mutex_lock(&p->lock);
	rc = s.lost ? recover(p, s.epoch, err) : doubt(p, s.epoch, err);
	(void)pthread_mutex_unlock(&p->lock);
	if (rc != 0)
		return rc;
	TRY(session_take(p, &s, err));
	rc = job(&s, ctx, err);
	session_give(&s, rc == 0);
	return rc;
}

int
pool_start(struct pool *p, struct err *err)
{
	int rc;

	if (p->most == 0)
		p->most = POOL_SESSIONS;
	if (p->most > POOL_MOST)
		return err_set(err, ERANGE_, "at most %d sessions", POOL_MOST);
	if (p->wait <= 0)
		p->wait = POOL_WAIT;
	if (cond_init(&p->change) != 0)
		return err_set(err, ENOMEMORY, "a session pool");
	(void)pthread_mutex_init(&p->lock, NULL);
	p->started = true;
	if (!handles_grow(&p->handles))
		return err_set(err, ENOMEMORY, "a session pool");
	(void)pthread_mutex_lock(&p->lock);
	rc = open_anew(p, err);
	(void)pthread_mutex_unlock(&p->lock);
	return rc;
}

void
pool_stop(struct pool *p)
{
	if (!p->started)
		return;
	if (p->open)
		(void)p->token.f->C_CloseAllSessions(p->token.slot);
	token_unload(&p->token);
	handles_done(&p->handles);
	(void)pthread_cond_destroy(&p->change);
	(void)pthread_mutex_destroy(&p->lock);
	p->started = false;
}

void
pool_info(struct pool *p, CK_TOKEN_INFO *ret)
{
	(void)pthread_mutex_lock(&p->lock);
	*ret = p->token.info;
	(void)pthread_mutex_unlock(&p->lock);
}
