/*
 * inventory_lacking - certificates of other CAs that have ended and go on
 * nowhere, and then those that nobody of the charter in force answers for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/elsewhere.h"
#include "flow/inventory.h"

#define ENDED	"ended/"
#define OWNER	"owner/"

/* ---- where it goes on ---- */

/* "PLACE/FINGERPRINT" of the last that was told. */
static bool
place_read(const char *text, struct cert_lacking *ret)
{
	struct sha256 h;
	char *slash;

	ret->place = strtoll(text, &slash, 10);
	if (*slash != '/' || sha256_parse(slash + 1, &h, NULL) != 0)
		return false;
	sha256_hex(&h, ret->print);
	return true;
}

/* Of an owner of whom none was told yet there is no place. */
static bool
owner_read(const char *text, struct cert_lacking *ret)
{
	size_t n = strcspn(text, "/");

	if (text[n] != '/' || n >= sizeof(ret->owner))
		return false;
	(void)snprintf(ret->owner, sizeof(ret->owner), "%.*s", (int)n, text);
	return strcmp(text + n, "/0/") == 0 || place_read(text + n + 1, ret);
}

void
lacking_read(const char *cursor, struct lacking *ret, bool *ret_is)
{
	ret->owners = cursor != NULL && strncmp(cursor, OWNER,
	    strlen(OWNER)) == 0;
	*ret_is = ret->owners ? owner_read(cursor + strlen(OWNER), &ret->at) :
	    cursor != NULL && strncmp(cursor, ENDED, strlen(ENDED)) == 0 &&
	    place_read(cursor + strlen(ENDED), &ret->at);
}

void
lacking_text(const struct lacking *w, char ret[160])
{
	ret[0] = '\0';
	if (w->over)
		return;
	if (w->owners)
		(void)snprintf(ret, 160, OWNER "%s/%lld/%s", w->at.owner,
		    (long long)w->at.place, w->at.print);
	else
		(void)snprintf(ret, 160, ENDED "%lld/%s",
		    (long long)w->at.place, w->at.print);
}

/* ---- what they lack ---- */

static int
row_put(const struct lacking *w, bool ended, json_t *row, struct err *err)
{
	const struct charter *c = w->v->law->charter;
	bool lacks[GAP__N] = {
		[GAP_OWNER] = !elsewhere_owner(c, json_str(row, "owner", "")),
		[GAP_SUCCESSOR] = ended,
	};
	json_t *gaps = json_array();

	TRY(json_set_new(row, "gaps", gaps, err));
	return inventory_gaps(lacks, GAP_SAID, gaps, err);
}

/* The next that the charter in force does not know: of its own there may be very many. */
static int
owner_step(struct lacking *w, struct err *err)
{
	bool more;

	do
		TRY(cert_elsewhere_owner_next(w->v->tx, &w->at, &more, err));
	while (more && elsewhere_owner(w->v->law->charter, w->at.owner));
	w->over = !more;
	return 0;
}

int
lacking_skip(struct lacking *w, struct err *err)
{
	if (w->owners)
		return owner_step(w, err);
	/* Those without any owner come first. */
	w->at = (struct cert_lacking){ .place = 0 };
	w->owners = true;
	return 0;
}

static int
owned_step(struct lacking *w, unsigned limit, json_t *list, struct err *err)
{
	bool more = false;

	if (!elsewhere_owner(w->v->law->charter, w->at.owner))
		TRY(cert_elsewhere_of_owner(w->v->tx, w->v->now, &w->at, limit,
		    list, &more, err));
	return more ? 0 : owner_step(w, err);
}

static int
ended_step(struct lacking *w, unsigned limit, json_t *list, struct err *err)
{
	bool more;

	TRY(cert_elsewhere_ended(w->v->tx, w->v->now, &w->at, limit, list,
	    &more, err));
	return more ? 0 : lacking_skip(w, err);
}

int
lacking_step(struct lacking *w, unsigned limit, json_t *list,
    struct err *err)
{
	size_t from = json_array_size(list);
	bool ended = !w->owners;

	if (w->over)
		return 0;
	TRY(ended ? ended_step(w, limit, list, err) : owned_step(w, limit,
	    list, err));
	for (size_t i = from; i < json_array_size(list); i++)
		TRY(row_put(w, ended, json_array_get(list, i), err));
	return 0;
}
