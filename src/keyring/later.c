#include "config.h"

#include "base/json.h"
#include "keyring/line.h"
#include "wire/message.h"

void
later_lose(struct keyring *k, struct call *c, const char *why)
{
	struct later *l = c->later;

	(void)err_set(&l->why, EKEEPER, "%s", why);
	l->next = k->lost;
	k->lost = l;
	call_give(k, c);
}

void
later_expire(struct keyring *k)
{
	time_us now = clock_mono();
	struct err late;
	unsigned i;

	for (i = 0; i < k->most; i++)
		if (k->calls[i].used && k->calls[i].later != NULL &&
		    k->calls[i].until < now) {
			/* It may be done all the same: a new greeting asks. */
			(void)err_set(&late, EKEEPER, "no answer in time");
			later_lose(k, &k->calls[i], late.what);
			line_break(k, &late);
		}
}

static void
tell(struct keyring *k, struct later *l)
{
	AUTO(blob) *octets = TAKE(l->octets);
	AUTO_JSON *answer = NULL;
	bool canonical = false;
	struct err why = l->why;
	int rc = -(int)why.code;

	if (octets != NULL)
		rc = message_read_known(octets->data, octets->len, &answer,
		    &canonical, &why);
	if (rc == 0)
		rc = answer_check(answer, &why);
	if (rc == 0 && canonical && answer_entry_cut(answer, octets))
		l->octets = TAKE(octets);
	l->came(k, l, rc, answer, &why);
}

void
later_tell(struct keyring *k, struct later *first)
{
	struct later *next;

	for (; first != NULL; first = next) {
		next = first->next;
		tell(k, first);
	}
}

void
later_tell_lost(struct keyring *k)
{
	struct later *first;

	(void)pthread_mutex_lock(&k->lock);
	first = k->lost;
	k->lost = NULL;
	(void)pthread_mutex_unlock(&k->lock);
	later_tell(k, first);
}
