/* batch - certificates that were asked for together; see cert.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "cert/inside.h"

static int
batch_row(const struct rows *r, struct cert_batch *ret, struct err *err)
{
	TRY(column_text(r, "id", ret->id, sizeof(ret->id), err));
	TRY(column_text(r, "requester", ret->requester,
	    sizeof(ret->requester), err));
	TRY(column_text(r, "name", ret->name, sizeof(ret->name), err));
	TRY(column_text(r, "ca", ret->ca, sizeof(ret->ca), err));
	TRY(column_text(r, "profile", ret->profile, sizeof(ret->profile),
	    err));
	ret->opened = rows_int(r, "opened");
	ret->seq = (uint64_t)rows_int(r, "seq");
	return 0;
}

static int
refused_any(struct tx *tx, struct cert_batch *b, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "batch_refused_any", PARAMS(v_text(b->id)), &r, err));
	return rows_next(r, &b->refused, err);
}

int
cert_batch_find(struct tx *tx, const char *requester, const char *name,
    struct cert_batch *ret, bool *ret_there, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "batch_find", PARAMS(v_text(requester),
	    v_text(name)), &r, err));
	TRY(rows_next(r, ret_there, err));
	if (!*ret_there)
		return 0;
	TRY(batch_row(r, ret, err));
	return refused_any(tx, ret, err);
}

int
cert_batch_is_refused(struct tx *tx, const char *id,
    const struct sha256 *row, bool *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "batch_refused_is", PARAMS(v_text(id), v_hash(row)),
	    &r, err));
	return rows_next(r, ret, err);
}

/* ---- as the API shows it ---- */

static int
batch_json(const struct cert_batch *b, json_t **ret, struct err *err)
{
	AUTO_JSON	*o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:s, s:I}", "id", b->id,
	    "requester", b->requester, "name", b->name, "ca", b->ca,
	    "profile", b->profile, "event", (json_int_t)b->seq));
	TRY(json_set_time(o, "opened", b->opened, err));
	*ret = TAKE(o);
	return 0;
}

static int
batch_count(struct tx *tx, const char *id, json_t *to, struct err *err)
{
	static const char *const names[] = { "done", "waiting", "failed" };
	AUTO(rows)	*r = NULL;
	bool		 row;

	TRY(tx_query(tx, "batch_counts", PARAMS(v_text(id)), &r, err));
	TRY(rows_next(r, &row, err));
	for (size_t i = 0; i < NELEM(names); i++)
		TRY(json_set_int(to, names[i], rows_int(r, names[i]), err));
	return 0;
}

int
cert_batch_brief(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct cert_batch b;
	bool		 there;

	TRY(tx_query(tx, "batch_get", PARAMS(v_text(id)), &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return err_set(err, ENOENT_, "there is no batch %.40s", id);
	TRY(batch_row(r, &b, err));
	return batch_json(&b, ret, err);
}

int
cert_batch_show(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO_JSON	*o = NULL;

	TRY(cert_batch_brief(tx, id, &o, err));
	TRY(batch_count(tx, id, o, err));
	*ret = TAKE(o);
	return 0;
}

/* @last: the last that was put; "" where nothing follows it. */
static int
page_fill(struct rows *r, unsigned limit, json_t *list, char last[ID_TEXT],
    struct err *err)
{
	struct cert_batch b = { .id = "" };
	json_t		*j;
	bool		 more;

	for (unsigned n = 0;; n++) {
		TRY(rows_next(r, &more, err));
		if (!more || n == limit)
			break;
		TRY(batch_row(r, &b, err));
		TRY(batch_json(&b, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "batches");
	}
	snprintf(last, ID_TEXT, "%s", more ? b.id : "");
	return 0;
}

int
cert_batch_list(struct tx *tx, const char *ca, const char *requester,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	char		 last[ID_TEXT], *next = NULL;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "batches");
	if (cursor != NULL && !id_check(cursor, "bat"))
		return err_set(err, EINPUT, "/cursor: not one of this list");
	/* Behind every id. */
	TRY(tx_query(tx, "batch_list", PARAMS(v_text(cursor != NULL ? cursor :
	    "bat_zzzzzzzzzzzzzzzzzzzzzzzzzz"), v_int((int64_t)limit + 1),
	    v_some(ca), v_some(requester)), &r, err));
	TRY(page_fill(r, limit, list, last, err));
	if (last[0] != '\0' && (next = strdup(last)) == NULL)
		return err_set(err, ENOMEMORY, "batches");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}

/* ---- what events change ---- */

int
cert_batch_insert(struct tx *tx, const struct cert_batch *b, struct err *err)
{
	return tx_run(tx, "batch_put", PARAMS(v_text(b->id),
	    v_text(b->requester), v_text(b->name), v_text(b->ca),
	    v_text(b->profile), v_int(b->opened), v_int((int64_t)b->seq)),
	    NULL, err);
}

int
cert_batch_refuse(struct tx *tx, const char *id, const struct sha256 *row,
    bool refused, struct err *err)
{
	return tx_run(tx, refused ? "batch_refused_put" : "batch_refused_end",
	    PARAMS(v_text(id), v_hash(row)), NULL, err);
}
