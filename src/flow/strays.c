/*
 * strays - what the token holds and the house does not know: halves of keys that
 * a crash left, and keys that others put there; and what the house knows and the
 * token does not hold.  Looked for after each greeting, and each hour.
 */
#include "base/log.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/strays.h"
#include "keyring/keyring.h"

#define STRAYS_LOGGED	20u
#define STRAYS_EVERY	TIME_S(3600)

static void
tell(const json_t *told)
{
	const json_t *strays = json_object_get(told, "strays"), *one;
	size_t i;

	json_array_foreach(strays, i, one) {
		if (i == STRAYS_LOGGED) {
			log_line(LOG_WARN, "the token holds %zu more",
			    json_array_size(strays) - i);
			break;
		}
		log_line(LOG_WARN, "the token holds an object that is no key of "
		    "the house label=\"%.64s\" id=%.64s", json_str(one, "label",
		    ""), json_str(one, "id", ""));
	}
	json_array_foreach(json_object_get(told, "absent"), i, one)
		if (i < STRAYS_LOGGED)
			log_line(LOG_WARN, "the token holds a key no more "
			    "name=%.65s key=%.64s", json_str(one, "name", ""),
			    json_str(one, "key", ""));
}

void
strays_want(struct flow *f)
{
	f->strays_wanted = true;
}

/* A keeper looks through its token beside all that is slow: one asks at a time. */
static int
keys_ask(struct flow *f, json_t **ret, struct err *err)
{
	int rc;

	TRY(hands_on(f, "strays", err));
	rc = keyring_keys(f->keyring, ret, err);
	hands_off(f, "strays");
	return rc;
}

/* Asked now; kept for whoever asks later. */
int
strays_ask(struct flow *f, json_t **ret, struct err *err)
{
	AUTO_JSON *answer = NULL;
	json_t *told, *old;

	TRY(keys_ask(f, &answer, err));
	TRY(json_build(&told, err, "{s:O*, s:O*}", "strays",
	    json_object_get(answer, "partial"), "absent",
	    json_object_get(answer, "absent")));
	pthread_mutex_lock(&f->lock);
	old = f->strays;
	f->strays = json_incref(told);
	f->strays_at = clock_mono();
	pthread_mutex_unlock(&f->lock);
	json_decref(old);
	*ret = told;
	return 0;
}

/* A token with many keys takes its time: this is the thread that shows. */
void
strays_look(struct flow *f)
{
	AUTO_JSON *told = NULL;
	struct err err;
	bool wanted;

	/* A greeting meanwhile wants them again. */
	pthread_mutex_lock(&f->lock);
	wanted = f->genesis != NULL && (f->strays_wanted ||
	    clock_mono() - f->strays_at > STRAYS_EVERY);
	f->strays_wanted = f->strays_wanted && !wanted;
	pthread_mutex_unlock(&f->lock);
	if (!wanted)
		return;
	/* Where the token is away, the status says so already. */
	if (strays_ask(f, &told, &err) == 0) {
		tell(told);
		return;
	}
	pthread_mutex_lock(&f->lock);
	strays_want(f);
	pthread_mutex_unlock(&f->lock);
}

json_t *
strays_told(struct flow *f)
{
	json_t *told;

	pthread_mutex_lock(&f->lock);
	told = json_incref(f->strays);
	pthread_mutex_unlock(&f->lock);
	return told;
}

int
strays_set(struct flow *f, json_t *status, struct err *err)
{
	AUTO_JSON *told = strays_told(f);

	if (told != NULL && json_object_update(status, told) != 0)
		return err_set(err, ENOMEMORY, "a status");
	return 0;
}
