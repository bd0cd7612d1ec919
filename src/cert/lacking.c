/* lacking - certificates of other CAs that nobody answers for, that have ended and
 * go on in no other, or that serve no product line. */
#include <stdio.h>
#include <string.h>
#include "cert/elsewhere.h"
#include "cert/inside.h"

/* What they are walked through by, and which of them are meant. */
struct kind {
	const char	*place;		/* a column */
	bool		(*lacks)(const struct rows *r, time_us now);
};

static bool
lacks_next(const struct rows *r, time_us now)
{
	return rows_text(r, "reason")[0] == '\0' &&
	    rows_int(r, "renewed") == 0;
}

static bool
lacks_owner(const struct rows *r, time_us now)
{
	return rows_text(r, "reason")[0] == '\0' &&
	    rows_int(r, "not_after") > now;
}

/* All that are asked for. */
static bool
lacks_product(const struct rows *r, time_us now)
{
	return true;
}

/* A row is passed once it was looked at, whether it is one or not. */
static int
walk(struct rows *r, time_us now, const struct kind *k, struct cert_lacking *at,
    unsigned limit, json_t *list, bool *ret_more, struct err *err)
{
	json_t		*one;

	for (unsigned n = 0; ; n++) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || n == CERT_LACKING_LOOK ||
		    json_array_size(list) >= limit)
			return 0;
		at->place = rows_int(r, k->place);
		TRY(rows_copy(r, "fingerprint", at->print, sizeof(at->print),
		    err));
		if (!k->lacks(r, now))
			continue;
		TRY(cert_elsewhere_row(r, &one, err));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
}

int
cert_elsewhere_ended(struct tx *tx, time_us now, struct cert_lacking *at,
    unsigned limit, json_t *list, bool *ret_more, struct err *err)
{
	static const struct kind ended = { "not_after", lacks_next };
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_cert_ended", PARAMS(v_int(at->place),
	    v_text(at->print), v_int(now), v_int(CERT_LACKING_LOOK + 1)), &r,
	    err));
	return walk(r, now, &ended, at, limit, list, ret_more, err);
}

int
cert_elsewhere_of_owner(struct tx *tx, time_us now, struct cert_lacking *at,
    unsigned limit, json_t *list, bool *ret_more, struct err *err)
{
	static const struct kind owned = { "seq", lacks_owner };
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_cert_of_owner", PARAMS(v_text(at->owner),
	    v_int(at->place), v_text(at->print), v_int(CERT_LACKING_LOOK + 1)),
	    &r, err));
	return walk(r, now, &owned, at, limit, list, ret_more, err);
}

int
cert_elsewhere_of_no_product(struct tx *tx, struct cert_lacking *at,
    unsigned limit, json_t *list, bool *ret_more, struct err *err)
{
	static const struct kind none = { "not_after", lacks_product };
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_cert_of_no_product", PARAMS(
	    v_int(at->place), v_text(at->print), v_int(CERT_LACKING_LOOK + 1)),
	    &r, err));
	return walk(r, 0, &none, at, limit, list, ret_more, err);
}

int
cert_elsewhere_owner_next(struct tx *tx, struct cert_lacking *at,
    bool *ret_more, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_cert_owner_next", PARAMS(v_text(
	    at->owner)), &r, err));
	TRY(rows_next(r, ret_more, err));
	at->print[0] = '\0';
	at->place = 0;
	return !*ret_more ? 0 : rows_copy(r, "owner", at->owner,
	    sizeof(at->owner), err);
}
