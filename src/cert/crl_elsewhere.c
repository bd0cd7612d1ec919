/* crl_elsewhere - revocation lists of other CAs; see crl_elsewhere.h. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "ca/seal.h"
#include "cert/crl_inside.h"

/* ---- whose it is ---- */

void
crl_ca_done(struct crl_ca *c)
{
	blob_done(&c->der);
}

static int
ca_take(struct crl_ca *c, const void *der, size_t n, const char *print,
    struct err *err)
{
	struct cert	 x;

	blob_done(&c->der);
	TRY(blob_put(&c->der, der, n, err));
	TRY(cert_read_other(c->der.data, c->der.len, &x, err));
	c->of = (struct crl_of){ .name = x.tbs.subject, .spki = x.tbs.spki,
	    .part = true, .most = CRL_WHOLE };
	if (tbs_subject_key_id(&x.tbs, &c->of.key_id, NULL) != 0)
		c->of.key_id = span_of("", 0);
	(void)snprintf(c->print, sizeof(c->print), "%s", print);
	return 0;
}

int
crl_ca_get(struct tx *tx, const char *print, struct crl_ca *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	const void	*der;
	size_t		 n;
	int		 rc = tx_one(tx, "elsewhere_cert_get",
			    PARAMS(v_text(print)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no certificate %.64s",
		    print);
	TRY(rc);
	if (rows_int(r, "ca") != 1)
		return err_set(err, ECONFLICT, "%.64s is no authority's "
		    "certificate", print);
	der = rows_blob(r, "der", &n);
	return ca_take(ret, der, n, print, err);
}

/* The name alone is known yet. */
static int
issuer_of(struct span der, struct blob *ret, struct err *err)
{
	struct span	 tbs, algorithm, signature;
	struct crl_info	 info;

	TRY(seal_read(der, "a revocation list", &tbs, &algorithm, &signature,
	    err));
	TRY(crl_read_other(tbs, NULL, NULL, &info, err));
	return cert_name_text(info.issuer, ret, err);
}

/* Of several with one name, the one whose key has signed it. */
static int
ca_find(struct tx *tx, struct span der, const char *issuer,
    struct crl_ca *ret, struct crl_info *ret_info, struct err *err)
{
	AUTO(rows)	*r = NULL;
	const void	*p;
	size_t		 n;
	bool		 more;
	int		 rc = -ENOENT_;

	TRY(tx_query(tx, "elsewhere_ca_named", PARAMS(v_text(issuer)), &r,
	    err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		p = rows_blob(r, "der", &n);
		TRY(ca_take(ret, p, n, rows_text(r, "fingerprint"), err));
		rc = crl_take_other(der, &ret->of, NULL, NULL, ret_info, err);
		if (rc != -EPROOF && rc != -EDENIED)
			return rc;
	}
	return rc != -ENOENT_ ? rc : err_set(err, ENOENT_, "no certificate of "
	    "%.100s is in the inventory: enter it first", issuer);
}

/* ---- its head ---- */

/* Lists of one key for the same certificates follow each other. */
static int
series_of(const struct crl_ca *ca, const struct crl_info *i,
    struct sha256 *ret, struct err *err)
{
	AUTO(blob)	*all = blob_new();
	struct sha256	 key = sha256_of(ca->of.spki.p, ca->of.spki.n);
	unsigned char	 scope = (unsigned char)i->scope;

	if (all == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(blob_put(all, key.o, sizeof(key.o), err));
	TRY(blob_put(all, &scope, 1, err));
	TRY(blob_put(all, i->partition.p, i->partition.n, err));
	*ret = sha256_of(all->data, all->len);
	return 0;
}

static const char *
scope_name(enum crl_scope s)
{
	switch (s) {
	case CRL_ALL:
		return NULL;
	case CRL_USERS:
		return "users";
	case CRL_CAS:
		return "authorities";
	}
	return NULL;
}

static int
head_make(const struct crl_ca *ca, const struct crl_info *i,
    const char *issuer, struct span der, json_t **ret, struct err *err)
{
	AUTO_JSON	*head = NULL;
	struct sha256	 list = sha256_of(der.p, der.n), series;
	char		 number[NUMBER_HEX];

	number_hex(&i->number, number);
	TRY(series_of(ca, i, &series, err));
	TRY(json_build(&head, err, "{s:s, s:s, s:s, s:I, s:s*}", "authority",
	    ca->print, "issuer_name", issuer, "number", number, "entries",
	    (json_int_t)i->entries, "scope", scope_name(i->scope)));
	TRY(json_set_hash(head, "list", &list, err));
	TRY(json_set_hash(head, "series", &series, err));
	TRY(json_set_time(head, "this_update", i->this_update, err));
	TRY(json_set_time(head, "next_update", i->next_update, err));
	*ret = TAKE(head);
	return 0;
}

int
crl_elsewhere_read(struct tx *tx, struct span der, json_t **ret,
    struct err *err)
{
	AUTO(blob)	*issuer = blob_new();
	struct crl_ca	 ca = { .print = "" };
	struct crl_info	 info;
	int		 rc;

	if (issuer == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(issuer_of(der, issuer, err));
	rc = ca_find(tx, der, blob_str(issuer), &ca, &info, err);
	if (rc == 0)
		rc = head_make(&ca, &info, blob_str(issuer), der, ret, err);
	crl_ca_done(&ca);
	return rc;
}

/* ---- among those before it ---- */

static int
older(const json_t *head, const char *was, struct err *err)
{
	return err_set(err, EPRECOND, "the list %s of %.60s is not newer than "
	    "%s, which was taken already", json_str(head, "number", ""),
	    json_str(head, "issuer_name", ""), was);
}

int
crl_elsewhere_fits(struct tx *tx, const json_t *head, bool *ret_newest,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct number	 is, was;
	time_us		 time;
	int		 rc = tx_one(tx, "elsewhere_list_get",
			    PARAMS(v_text(json_str(head, "series", ""))), &r,
			    err), order;

	*ret_newest = false;
	if (rc == -ENOENT_)
		return 0;
	TRY(rc);
	TRY(number_parse(json_str(head, "number", ""), &is, err));
	TRY(number_parse(rows_text(r, "number"), &was, err));
	TRY(clock_parse(json_str(head, "this_update", ""), &time, err));
	*ret_newest = strcmp(rows_text(r, "list"), json_str(head, "list", ""))
	    == 0;
	order = number_order(&is, &was);
	if (!*ret_newest && (order <= 0 || time < rows_int(r, "this_update")))
		return older(head, rows_text(r, "number"), err);
	return 0;
}

/* ---- what it brings ---- */

/* What was agreed to is what this list says of itself. */
static int
head_check(const struct crl_ca *ca, const struct crl_info *i,
    struct span der, const json_t *asked, struct err *err)
{
	AUTO_JSON	*head = NULL;
	const char	*name;
	json_t		*v;

	TRY(head_make(ca, i, json_str(asked, "issuer_name", ""), der, &head, err));
	json_object_foreach(head, name, v)
		if (!json_equal(v, json_object_get(asked, name)))
			return err_set(err, ECONFLICT, "the list has another "
			    "\"%s\" than was asked for", name);
	return 0;
}

/* Entries are told before all of the list is believed: where it is not, what
 * was marked is rolled back. */
static int
walk(struct crl_marking *m, struct span der, const json_t *head,
    struct err *err)
{
	struct crl_info	 info;

	TRY(crl_take_other(der, &m->ca->of, crl_mark, m, &info, err));
	TRY(head_check(m->ca, &info, der, head, err));
	return crl_release(m, err);
}

static int
marking(struct tx *tx, const json_t *head, struct span der, bool put,
    json_t *changes, struct crl_brings *ret, struct err *err)
{
	struct crl_ca	 ca = { .print = "" };
	struct crl_marking m = { .tx = tx, .ca = &ca, .put = put,
	    .changes = changes,
	    .issuer = json_str(head, "issuer_name", ""),
	    .series = json_str(head, "series", ""),
	    .list = json_str(head, "list", ""), .kept = json_object() };
	int		 rc;

	rc = m.kept == NULL ? err_set(err, ENOMEMORY, "a list") :
	    crl_ca_get(tx, json_str(head, "authority", ""), &ca, err);
	if (rc == 0)
		rc = walk(&m, der, head, err);
	if (rc == 0)
		*ret = m.brings;
	json_decref(m.kept);
	crl_ca_done(&ca);
	return rc;
}

int
crl_elsewhere_look(struct tx *tx, const json_t *head, struct span der,
    json_t *changes, struct crl_brings *ret, struct err *err)
{
	return marking(tx, head, der, false, changes, ret, err);
}

int
crl_elsewhere_put(struct tx *tx, const struct crl_elsewhere *c,
    struct err *err)
{
	const json_t	*h = c->head;
	struct crl_brings unused;
	time_us		 from, next;
	bool		 newest;

	TRY(crl_elsewhere_fits(tx, h, &newest, err));
	TRY(clock_parse(json_str(h, "this_update", ""), &from, err));
	TRY(clock_parse(json_str(h, "next_update", ""), &next, err));
	TRY(c->changes != NULL ? crl_changes_put(tx, h, c->changes,
	    c->again, err) :
	    marking(tx, h, c->der, true, NULL, &unused, err));
	return tx_run(tx, "elsewhere_list_put", PARAMS(v_text(json_str(h,
	    "series", "")), v_text(json_str(h, "authority", "")),
	    v_text(json_str(h, "list", "")), v_text(json_str(h, "number",
	    "")), v_int(from), v_text(c->request), v_int(c->time),
	    v_int((int64_t)c->seq), v_int(next)), NULL, err);
}

/* ---- what is overdue ---- */

static int
overdue_put(const struct rows *r, json_t *list, struct err *err)
{
	const char	*owner = rows_text(r, "owner"),
			*products = rows_text(r, "products");
	AUTO_JSON	*lines = NULL;
	json_t		*one;

	TRY(json_read(products, strlen(products), &lines, err));
	TRY(json_build(&one, err, "{s:s, s:s, s:s, s:s, s:s*, s:O}", "series",
	    rows_text(r, "series"), "authority", rows_text(r, "authority"),
	    "number", rows_text(r, "number"), "issuer_name", rows_text(r,
	    "subject"), "owner", owner != NULL && owner[0] != '\0' ? owner :
	    NULL, "products", lines));
	if (json_array_append_new(list, one) != 0)
		return err_set(err, ENOMEMORY, "lists");
	return json_set_time(one, "next_update", rows_int(r, "next_update"),
	    err);
}

int
crl_elsewhere_overdue(struct tx *tx, time_us now, unsigned limit,
    json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "elsewhere_list_overdue", PARAMS(v_int(now),
	    v_int(limit)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(overdue_put(r, list, err));
	}
	*ret = TAKE(list);
	return 0;
}
