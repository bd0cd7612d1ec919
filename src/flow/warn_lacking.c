/* warn_lacking - certificates of other CAs that lack something: there may be very
 * many, so each sort of them is one alert, with how many there are. */
#include <stdio.h>
#include <string.h>
#include "flow/inventory.h"
#include "flow/warn.h"

#define OWNERS_MOST	100	/* that the charter in force does not know */
#define YEAR		TIME_S(365ll * 86400)

static int
found(struct look *l, enum gap gap, const char *owner, size_t n, bool more,
    struct err *err)
{
	char what[240], subject[ALERT_SUBJECT], name[128];
	json_t *about;

	if (n == 0)
		return 0;
	(void)snprintf(what, sizeof(what), "%s%zu certificate%s of other CAs "
	    "lack%s %s%s%s", more ? "at least " : "", n, n == 1 ? "" : "s",
	    n == 1 ? "s" : "", gap == GAP_OWNER ? "an owner" : gap ==
	    GAP_PRODUCT ? "a product line" : "a successor: ended within a "
	    "year and not revoked", owner[0] != '\0' ?
	    ": no group of the charter is called " : "", owner);
	(void)snprintf(subject, sizeof(subject), "certificates %s %s",
	    gap_name(gap), owner);
	(void)snprintf(name, sizeof(name), "certificates of other CAs: no %s%s%s",
	    gap_name(gap), owner[0] != '\0' ? " " : "", owner);
	TRY(json_build(&about, err, "{s:s, s:s, s:I, s:s}", "name", name, "gap", gap_name(gap), "certificates",
	    (json_int_t)n, "what", what));
	return look_found(l, WATCH_GAP, subject, 0, 0, about, err);
}

int
look_lacking(struct look *l, struct err *err)
{
	struct inventory v = { .tx = l->tx, .law = l->law, .now = l->now,
	    .until = INT64_MAX };
	struct lacking w = { .v = &v, .at = { .place = l->now - YEAR } };
	json_t *sums = json_object_get(l->gaps, "certificates");
	size_t n;
	bool more;

	TRY(lacking_count(&w, sums, &n, &more, err));
	TRY(found(l, GAP_SUCCESSOR, "", n, more, err));
	for (int i = 0; i < OWNERS_MOST && w.part == LACKING_OWNER; i++) {
		struct cert_lacking at = w.at;

		TRY(lacking_count(&w, sums, &n, &more, err));
		TRY(found(l, GAP_OWNER, at.owner, n, more, err));
	}
	if (w.part == LACKING_OWNER) {
		look_not_whole(l, WATCH_GAP, 1);
		return 0;
	}
	TRY(lacking_count(&w, sums, &n, &more, err));
	return found(l, GAP_PRODUCT, "", n, more, err);
}
