/* window - a request whose approval permits several uses; see approval.h. */
#include <stdlib.h>
#include <string.h>
#include "approval/approval.h"
#include "base/json.h"
#include "policy/permit.h"
#include "policy/window.h"
#include "store/store.h"

struct window *
window_ref(struct window *w)
{
	__atomic_add_fetch(&w->refs, 1, __ATOMIC_RELAXED);
	return w;
}

void
window_free(struct window *w)
{
	if (w == NULL || __atomic_sub_fetch(&w->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	permit_free(w->read);
	json_decref(w->permit);
	free(w->reason);
	free(w);
}

static int
window_terms(struct window *w, struct err *err)
{
	const json_t	*p = w->read->request->parameters;

	TRY(clock_parse(json_str(p, "from", ""), &w->from, err));
	TRY(clock_parse(json_str(p, "until", ""), &w->until, err));
	w->uses = (uint64_t)json_int(p, "uses", 0);
	w->any_digest = json_flag(p, "any_digest", false);
	w->product = json_str(p, "product", NULL);
	w->track = json_str(p, "track", NULL);
	w->keys = json_object_get(p, "keys");
	w->by = json_object_get(p, "by");
	w->digests = json_object_get(p, "digests");
	return 0;
}

static int
window_from_row(const struct rows *r, struct window **ret, struct err *err)
{
	AUTO(window)	*w = calloc(1, sizeof(*w));
	const char	*permit = rows_text(r, "permit");
	const char	*reason = rows_text(r, "reason");

	if (w == NULL)
		return err_set(err, ENOMEMORY, "a window");
	w->refs = 1;
	TRY(rows_copy(r, "id", w->id, sizeof(w->id), err));
	TRY(rows_copy(r, "rule", w->rule, sizeof(w->rule), err));
	TRY(json_read(permit, strlen(permit), &w->permit, err));
	TRY(permit_read(w->permit, &w->read, err));
	w->permit_hash = permit_hash(w->read);
	sha256_hex(&w->permit_hash, w->permit_hex);
	w->open = strcmp(rows_text(r, "state"), "open") == 0;
	w->opened = rows_int(r, "opened");
	w->closed = rows_int(r, "closed");
	if (reason != NULL && (w->reason = strdup(reason)) == NULL)
		return err_set(err, ENOMEMORY, "a window");
	TRY(window_terms(w, err));
	*ret = TAKE(w);
	return 0;
}

int
window_get(struct tx *tx, const char *id, struct window **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	int		 rc = tx_one(tx, "approval_window_get",
	    PARAMS(v_text(id)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "no window %.40s", id);
	TRY(rc);
	return window_from_row(r, ret, err);
}

int
window_covers(const struct window *w, const char *key, const char *key_name,
    const char *principal, const char *digest, const char *product,
    const char *track, time_us now, struct err *err)
{
	struct sha256		 hash;
	struct window_use	 use = { &hash, key_name, principal, digest,
				    product, track, now };

	TRY(sha256_parse(key, &hash, err));
	if (!w->open)
		return err_set(err, EEXPIRED, "window %s was closed", w->id);
	if (__atomic_load_n(&w->used, __ATOMIC_RELAXED) >= w->uses)
		return err_set(err, EUSED, "window %s", w->id);
	return window_use_check(w->read->request, &use, err);
}

int
window_json(const struct window *w, json_t **ret, struct err *err)
{
	AUTO_JSON	*j = NULL;
	char		 opened[TIME_TEXT], closed[TIME_TEXT];

	clock_text(w->opened, opened);
	clock_text(w->closed, closed);
	TRY(json_build(&j, err, "{s:s, s:s, s:s, s:s, s:O, s:I, s:s, s:s*,"
	    " s:s*, s:O}", "id", w->id, "state", w->open ? "open" : "closed",
	    "permit", w->permit_hex, "rule", w->rule,
	    "parameters", w->read->request->parameters,
	    "used", (json_int_t)__atomic_load_n(&w->used, __ATOMIC_RELAXED),
	    "opened", opened, "closed", w->closed != 0 ? closed : NULL,
	    "reason", w->reason, "permit_document", w->permit));
	/* Shown as what it is: whoever holds this can have anything signed. */
	if (w->any_digest)
		TRY(json_set_str(j, "warning", "any digest may be signed: "
		    "this is a blank cheque", err));
	*ret = TAKE(j);
	return 0;
}

int
window_list(struct tx *tx, const char *state, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	char		 last[40] = "", *next = NULL;
	bool		 more;

	TRY(tx_query(tx, "approval_window_list", PARAMS(
	    v_text(cursor != NULL ? cursor : ""),
	    v_text(state != NULL ? state : ""), v_int((int64_t)limit + 1)), &r,
	    err));
	for (;;) {
		AUTO(window)	*w = NULL;
		json_t		*j;

		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(window_from_row(r, &w, err));
		w->used = (uint64_t)rows_int(r, "used");
		TRY(window_json(w, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list of windows");
		memcpy(last, w->id, sizeof(last));
	}
	if (more && (next = strdup(last)) == NULL)
		return err_set(err, ENOMEMORY, "a list of windows");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}
