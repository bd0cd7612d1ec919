/* device - devices as their factories say; see device.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "product/device_inside.h"
#include "store/store.h"

static const char *const said_members[] = { "product", "batch", "market" };

/* ---- one ---- */

static int
said_put(const struct rows *r, json_t *o, struct err *err)
{
	const char	*keys = rows_text(r, "keys");
	json_t		*list;

	for (size_t i = 0; i < NELEM(said_members); i++)
		if (rows_text(r, said_members[i])[0] != '\0')
			TRY(json_set_str(o, said_members[i], rows_text(r,
			    said_members[i]), err));
	TRY(json_read(keys, strlen(keys), &list, err));
	TRY(json_set_new(o, "keys", list, err));
	if (rows_int(r, "made") != 0)
		TRY(json_set_time(o, "made_at", rows_int(r, "made"), err));
	TRY(json_set_str(o, "request", rows_text(r, "request"), err));
	return json_set_time(o, "created", rows_int(r, "created"), err);
}

static int
entered_put(json_t *o, const char *how, struct err *err)
{
	return json_array_append_new(json_object_get(o, "entered"),
	    json_string(how)) == 0 ? 0 : err_set(err, ENOMEMORY, "a device");
}

static int
firmware_put(const struct rows *r, json_t *o, struct err *err)
{
	json_t		*firmware;

	TRY(json_build(&firmware, err, "{s:s}", "digest", rows_text(r,
	    "digest")));
	TRY(json_set_new(o, "firmware", firmware, err));
	if (rows_text(r, "seen")[0] != '\0')
		TRY(json_set_str(firmware, "market", rows_text(r, "seen"),
		    err));
	return json_set_time(firmware, "installed_at", rows_int(r,
	    "installed"), err);
}

static int
row_read(struct tx *tx, const char *serial, json_t *o, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "device_get", PARAMS(v_text(serial)), &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return 0;
	if (rows_int(r, "factory") != 0)
		TRY(entered_put(o, "factory", err));
	if (rows_text(r, "digest")[0] != '\0') {
		TRY(entered_put(o, "report", err));
		TRY(firmware_put(r, o, err));
	}
	return said_put(r, o, err);
}

/* What was said counts; else what follows from who issued to it. */
static int
line_read(struct tx *tx, const char *serial, json_t *o, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	if (json_object_get(o, "product") != NULL)
		return json_set_str(o, "product_by", "factory", err);
	TRY(tx_query(tx, "device_line_get", PARAMS(v_text(serial)), &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return 0;
	TRY(json_set_str(o, "product", rows_text(r, "line"), err));
	return json_set_str(o, "product_by", "issuance", err);
}

static int
issued_read(struct tx *tx, const char *serial, json_t *o, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "device_is_issued", PARAMS(v_text(serial)), &r,
	    err));
	TRY(rows_next(r, &there, err));
	return there ? entered_put(o, "issuance", err) : 0;
}

int
device_get(struct tx *tx, const char *serial, json_t **ret, struct err *err)
{
	AUTO_JSON	*o = NULL;

	TRY(json_build(&o, err, "{s:s, s:[], s:[]}", "serial", serial, "keys",
	    "entered"));
	TRY(row_read(tx, serial, o, err));
	TRY(issued_read(tx, serial, o, err));
	TRY(line_read(tx, serial, o, err));
	*ret = TAKE(o);
	return 0;
}

int
device_lines(struct tx *tx, const json_t *row, struct device_lines *ret,
    struct err *err)
{
	AUTO_JSON	*was = NULL;
	const char	*own = json_str(row, "product", "");

	TRY(json_build(&was, err, "{s:[]}", "entered"));
	TRY(row_read(tx, json_str(row, "serial", ""), was, err));
	(void)snprintf(ret->was, sizeof(ret->was), "%s", json_str(was,
	    "product", ""));
	ret->n = 0;
	if (own[0] != '\0')
		ret->line[ret->n++] = own;
	if (ret->n == 0 || (ret->was[0] != '\0' && strcmp(ret->was, own) != 0))
		ret->line[ret->n++] = ret->was;
	return 0;
}

int
device_lines_check(struct tx *tx, const json_t *rows, const json_t *lines,
    struct err *err)
{
	const json_t	*row;
	size_t		 i, n;

	json_array_foreach(lines == NULL ? NULL : rows, i, row) {
		struct device_lines d;

		TRY(device_lines(tx, row, &d, err));
		for (n = 0; n < d.n; n++)
			if (!json_has(lines, d.line[n]))
				return err_set(err, EPRECOND, "the device %.64s "
				    "was entered with another product line "
				    "meanwhile: ask again", json_str(row,
				    "serial", ""));
	}
	return 0;
}

int
device_is_known(struct tx *tx, const json_t *row, bool *ret, bool *ret_there,
    struct err *err)
{
	AUTO_JSON	*was = NULL;
	const char	*name;
	json_t		*v;

	TRY(json_build(&was, err, "{s:s, s:[]}", "serial", json_str(row,
	    "serial", ""), "entered"));
	TRY(row_read(tx, json_str(row, "serial", ""), was, err));
	*ret = *ret_there = json_has(json_object_get(was, "entered"),
	    "factory");
	json_object_foreach((json_t *)(uintptr_t)row, name, v)
		*ret = *ret && json_equal(json_object_get(was, name), v);
	return 0;
}

/* ---- lists ---- */

static int
serials_open(struct tx *tx, const struct device_filter *f,
    const char *cursor, unsigned limit, struct rows **ret, struct err *err)
{
	struct value	 v[3] = { v_text(cursor != NULL ? cursor : ""),
	    v_int((int64_t)limit + 1) };

	if ((f->product != NULL) + (f->batch != NULL) + (f->market != NULL)
	    > 1)
		return err_set(err, EINPUT, "look for one of product, batch "
		    "and market at a time");
	v[2] = v_text(f->product != NULL ? f->product :
	    f->batch != NULL ? f->batch : f->market);
	if (f->product != NULL)
		return tx_query(tx, "device_of_product", v, 3, ret, err);
	if (f->batch != NULL)
		return tx_query(tx, "device_of_batch", v, 3, ret, err);
	if (f->market != NULL)
		return tx_query(tx, "device_of_market", v, 3, ret, err);
	return tx_query(tx, "device_list", v, 2, ret, err);
}

/* What is asked of each comes once the list is read. */
static int
serials_read(struct tx *tx, const struct device_filter *f,
    const char *cursor, unsigned limit, json_t *ret, bool *ret_more,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(serials_open(tx, f, cursor, limit, &r, err));
	for (;;) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(ret) == limit)
			return 0;
		if (json_array_append_new(ret, json_string(rows_text(r,
		    "serial"))) != 0)
			return err_set(err, ENOMEMORY, "devices");
	}
}

/* The serial of one that was told: nothing is a device no more. */
static int
cursor_check(struct tx *tx, const char *cursor, struct err *err)
{
	AUTO_JSON	*device = NULL;

	if (cursor == NULL)
		return 0;
	TRY(device_get(tx, cursor, &device, err));
	return json_array_size(json_object_get(device, "entered")) > 0 ? 0 :
	    err_set(err, EINPUT, "/cursor: not one of this list");
}

int
device_list(struct tx *tx, const struct device_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON	*serials = json_array(), *list = json_array();
	const char	*serial = NULL;
	json_t		*one;
	size_t		 i;
	bool		 more;

	TRY(cursor_check(tx, cursor, err));
	TRY(serials_read(tx, f, cursor, limit, serials, &more, err));
	json_array_foreach(serials, i, one) {
		json_t	*device;

		serial = json_string_value(one);
		TRY(device_get(tx, serial, &device, err));
		if (json_array_append_new(list, device) != 0)
			return err_set(err, ENOMEMORY, "devices");
	}
	*ret_next = more && serial != NULL ? strdup(serial) : NULL;
	if (more && *ret_next == NULL)
		return err_set(err, ENOMEMORY, "devices");
	*ret = TAKE(list);
	return 0;
}

/* ---- entering ---- */

int
device_put(struct tx *tx, const struct device_said *s, struct err *err)
{
	AUTO_JSON	*all = NULL, *was = NULL;
	AUTO(blob)	*keys = blob_new();
	const char	*serial = json_str(s->row, "serial", ""), *text;
	time_us		 made = 0;

	if (keys == NULL)
		return err_set(err, ENOMEMORY, "a device");
	TRY(json_build(&all, err, "{s:[], s:[]}", "keys", "entered"));
	TRY(row_read(tx, serial, all, err));
	was = json_incref(json_object_get(all, "keys"));
	if (json_object_update(all, (json_t *)(uintptr_t)s->row) != 0)
		return err_set(err, ENOMEMORY, "a device");
	TRY(json_canonical(json_object_get(all, "keys"), keys, err));
	TRY(device_keys_put(tx, serial, was, json_object_get(all, "keys"),
	    err));
	if ((text = json_str(all, "made_at", NULL)) != NULL)
		TRY(clock_parse(text, &made, err));
	TRY(tx_run(tx, "device_put", PARAMS(v_text(serial),
	    v_text(json_str(all, "product", "")),
	    v_text(json_str(all, "batch", "")),
	    v_text(json_str(all, "market", "")), v_text(blob_str(keys)),
	    v_int(made), v_text(s->request), v_int(s->time),
	    v_int((int64_t)s->seq)), NULL, err));
	return json_object_get(all, "product") == NULL ? 0 : tx_run(tx,
	    "device_line_said", PARAMS(v_text(serial)), NULL, err);
}

int
device_issued(struct tx *tx, const char *serial, const char *key,
    uint64_t seq, struct err *err)
{
	return tx_run(tx, "device_line_put", PARAMS(v_text(serial),
	    v_text(key), v_int((int64_t)seq)), NULL, err);
}
