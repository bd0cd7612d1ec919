/* install - what runs on devices, as update platforms report; see device.h. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "policy/device.h"
#include "product/artifact.h"
#include "product/device.h"
#include "store/store.h"

#define FIRMWARE	100	/* artifacts of one product line that are counted */
#define DEVICES		100000	/* devices of it */

static int
installed_at(const json_t *row, time_us *ret, struct err *err)
{
	return clock_parse(json_str(row, "installed_at", ""), ret, err);
}

int
device_install_known(struct tx *tx, const json_t *row, bool *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	time_us		 t;

	TRY(installed_at(row, &t, err));
	TRY(tx_query(tx, "device_install_known", PARAMS(v_text(json_str(row,
	    "serial", "")), v_int(t), v_text(json_str(row, "artifact_digest",
	    ""))), &r, err));
	return rows_next(r, ret, err);
}

int
device_install(struct tx *tx, const struct device_said *s, struct err *err)
{
	const char	*serial = json_str(s->row, "serial", ""),
			*digest = json_str(s->row, "artifact_digest", ""),
			*market = json_str(s->row, "market", "");
	time_us		 t;

	TRY(installed_at(s->row, &t, err));
	TRY(tx_run(tx, "device_install_put", PARAMS(v_text(serial), v_int(t),
	    v_text(digest), v_text(market), v_text(s->request),
	    v_int((int64_t)s->seq)), NULL, err));
	TRY(tx_run(tx, "device_installed", PARAMS(v_text(serial), v_int(t),
	    v_text(digest), v_text(market), v_text(s->request),
	    v_int(s->time), v_int((int64_t)s->seq)), NULL, err));
	return tx_run(tx, "device_line_runs", PARAMS(v_text(serial)), NULL,
	    err);
}

/* ---- of one device ---- */

static int
installs_read(struct tx *tx, const char *serial, unsigned most, json_t *list,
    bool *ret_more, struct err *err)
{
	AUTO(rows)	*r = NULL;
	json_t		*one;

	TRY(tx_query(tx, "device_installs", PARAMS(v_text(serial),
	    v_int((int64_t)most + 1)), &r, err));
	for (;;) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == most)
			return 0;
		TRY(json_build(&one, err, "{s:s, s:s}", "digest", rows_text(r,
		    "digest"), "request", rows_text(r, "request")));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "a device");
		TRY(json_set_time(one, "installed_at", rows_int(r,
		    "installed"), err));
		if (rows_text(r, "market")[0] != '\0')
			TRY(json_set_str(one, "market", rows_text(r,
			    "market"), err));
	}
}

/* What its first signature called it, and whose that is. */
static int
artifact_put(struct tx *tx, json_t *o, struct err *err)
{
	static const char *const names[] = { "product", "version", "track",
		"key", "key_name" };
	AUTO_JSON	*a = NULL;
	json_t		*v;

	TRY(artifact_find(tx, json_str(o, "digest", ""), &a, err));
	TRY(json_set_new(o, "known", json_boolean(a != NULL), err));
	for (size_t i = 0; i < NELEM(names); i++)
		if ((v = json_object_get(a, names[i])) != NULL)
			TRY(json_set_new(o, names[i], json_incref(v), err));
	return a == NULL ? 0 : json_set_str(o, "signature", json_str(a,
	    "request", ""), err);
}

int
device_installs(struct tx *tx, const char *serial, unsigned most,
    json_t **ret, bool *ret_more, struct err *err)
{
	AUTO_JSON	*list = json_array();
	json_t		*one;
	size_t		 i;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "a device");
	TRY(installs_read(tx, serial, most, list, ret_more, err));
	json_array_foreach(list, i, one)
		TRY(artifact_put(tx, one, err));
	*ret = TAKE(list);
	return 0;
}

/* ---- of one product line ---- */

struct counting {
	struct tx	*tx;
	const char	*product;
	int64_t		 left;		/* devices that may be looked at */
	json_t		*list;		/* a row each of what runs on some */
	bool		 more, at_least;
};

static int
next_digest(const struct counting *c, char digest[ARTIFACT_DIGEST],
    bool *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(c->tx, "device_firmware_next", PARAMS(v_text(c->product),
	    v_text(digest)), &r, err));
	TRY(rows_next(r, ret, err));
	return *ret ? rows_copy(r, "digest", digest, ARTIFACT_DIGEST, err) : 0;
}

/* What runs on some of them; first what nobody reported of. */
static int
digests_list(struct counting *c, struct err *err)
{
	char	 digest[ARTIFACT_DIGEST] = "";
	json_t	*one;

	c->more = true;
	while (c->more && json_array_size(c->list) < FIRMWARE) {
		TRY(json_build(&one, err, "{s:s}", "digest", digest));
		if (json_array_append_new(c->list, one) != 0)
			return err_set(err, ENOMEMORY, "devices");
		TRY(next_digest(c, digest, &c->more, err));
	}
	return 0;
}

static int
version_put(struct tx *tx, json_t *o, struct err *err)
{
	AUTO_JSON	*a = NULL;
	const char	*version;

	TRY(artifact_find(tx, json_str(o, "digest", ""), &a, err));
	version = json_str(a, "version", NULL);
	return version == NULL ? 0 : json_set_str(o, "version", version, err);
}

/* @most of them are looked at. */
static int
digest_count(struct counting *c, int64_t most, json_t *o, struct err *err)
{
	AUTO(rows)	*r = NULL;
	const char	*digest = json_str(o, "digest", "");
	int64_t		 n;

	TRY(tx_one(c->tx, "device_firmware_count", PARAMS(v_text(c->product),
	    v_text(digest), v_int(most)), &r, err));
	n = rows_int(r, "n");
	c->left -= n;
	if (n == most)
		c->at_least = true;
	TRY(json_set_int(o, "devices", n, err));
	TRY(json_set_new(o, "at_least", json_boolean(n == most), err));
	if (digest[0] != '\0')
		return version_put(c->tx, o, err);
	return json_object_del(o, "digest") == 0 ? 0 : err_set(err,
	    ENOMEMORY, "devices");
}

/* However many run one, a share is left for each of the others: none vanishes. */
static int
digests_count(struct counting *c, struct err *err)
{
	int64_t	 share = c->left < FIRMWARE ? 1 : c->left / FIRMWARE, most;
	size_t	 n = json_array_size(c->list), i;

	for (i = 0; i < n; i++) {
		most = c->left - share * (int64_t)(n - 1 - i);
		TRY(digest_count(c, most > 0 ? most : 0,
		    json_array_get(c->list, i), err));
	}
	/* There may be a report of each. */
	if (json_int(json_array_get(c->list, 0), "devices", 0) == 0 &&
	    !json_flag(json_array_get(c->list, 0), "at_least", false))
		(void)json_array_remove(c->list, 0);
	return 0;
}

int
device_firmware(struct tx *tx, const char *product, unsigned most,
    json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	struct counting	 c = { .tx = tx, .product = product, .list = list,
			    .left = most != 0 ? most : DEVICES };
	int64_t		 all = c.left;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "devices");
	TRY(digests_list(&c, err));
	TRY(digests_count(&c, err));
	return json_build(ret, err, "{s:I, s:b, s:O, s:b}", "devices",
	    (json_int_t)(all - c.left), "at_least", (int)(c.more ||
	    c.at_least), "firmware", list, "more_firmware", (int)c.more);
}
