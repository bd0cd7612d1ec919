/*
 * strays - what the token holds and the house does not know: halves of keys that
 * a crash left, and keys that others put there.  Looked for after each greeting.
 */
#include "base/log.h"
#include "flow/inside.h"

#define STRAYS_LOGGED	20u

static void
tell(const json_t *strays)
{
	const json_t *one;
	size_t i;

	json_array_foreach(strays, i, one) {
		if (i == STRAYS_LOGGED) {
			log_line(LOG_WARN, "the token holds %zu more",
			    json_array_size(strays) - i);
			return;
		}
		log_line(LOG_WARN, "the token holds an object that is no key of "
		    "the house label=\"%.64s\" id=%.64s", json_str(one, "label",
		    ""), json_str(one, "id", ""));
	}
}

void
strays_want(struct flow *f)
{
	f->strays_wanted = true;
}

/* A token with many keys takes its time: this is the thread that shows. */
void
strays_look(struct flow *f)
{
	AUTO_JSON *answer = NULL;
	json_t *old, *strays = NULL;
	struct err err;
	bool wanted;

	/* A greeting meanwhile wants them again. */
	pthread_mutex_lock(&f->lock);
	wanted = f->strays_wanted && f->genesis != NULL;
	f->strays_wanted = f->strays_wanted && !wanted;
	pthread_mutex_unlock(&f->lock);
	if (!wanted)
		return;
	/* Where the token is away, the status says so already. */
	if (keyring_keys(f->keyring, &answer, &err) == 0) {
		strays = json_incref(json_object_get(answer, "partial"));
		tell(strays);
	}
	pthread_mutex_lock(&f->lock);
	old = strays != NULL ? f->strays : NULL;
	if (strays != NULL)
		f->strays = strays;
	else
		f->strays_wanted = true;
	pthread_mutex_unlock(&f->lock);
	json_decref(old);
}

int
strays_set(struct flow *f, json_t *status, struct err *err)
{
	json_t *strays;

	pthread_mutex_lock(&f->lock);
	strays = json_incref(f->strays);
	pthread_mutex_unlock(&f->lock);
	return strays == NULL ? 0 : json_set_new(status, "strays", strays, err);
}
