/* crl_mark - what a list of another CA says of certificates that are here. */
#include <string.h>
#include "base/json.h"
#include "ca/reason.h"
#include "cert/crl_inside.h"

#define HOLD	reason_name(REASON_HOLD)

/* One that may be meant, as its row has it. */
struct meant {
	json_t		*products;	/* owned */
	char		 print[SHA256_HEX];
	time_us		 end, revoked;
	char		 reason[32];	/* "": no list names it */
	bool		 ours;		/* this series has said so */
};

static int
products_mark(struct tx *tx, const struct meant *w, bool listed,
    struct err *err)
{
	const json_t	*p;
	size_t		 i;

	json_array_foreach(w->products, i, p)
		TRY(tx_run(tx, "elsewhere_cert_product_mark",
		    PARAMS(v_text(json_string_value(p)), v_int(w->end),
		    v_text(w->print), v_int(listed)), NULL, err));
	return 0;
}

static int
change_tell(json_t *changes, const char *print, time_us revoked,
    const char *reason, struct err *err)
{
	json_t	*one;

	TRY(json_build(&one, err, "[s, s, I]", print, reason,
	    (json_int_t)revoked));
	return json_array_append_new(changes, one) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "a list");
}

/* What would be one too many waits until the list is brought again. */
static bool
is_full(struct crl_marking *m)
{
	if (json_array_size(m->changes) < CRL_CHANGES)
		return false;
	m->brings.more = true;
	return true;
}

static int
row_mark(const struct crl_marking *m, const struct meant *w, time_us revoked,
    const char *reason, struct err *err)
{
	bool	listed = reason[0] != '\0';

	if (!m->put)
		return m->changes == NULL ? 0 : change_tell(m->changes,
		    w->print, revoked, reason, err);
	TRY(tx_run(m->tx, "elsewhere_cert_mark", PARAMS(v_text(w->print),
	    v_int(revoked), v_text(reason), v_text(listed ? m->series : ""),
	    v_text(listed ? m->list : "")), NULL, err));
	return products_mark(m->tx, w, listed, err);
}

/* ---- which certificates an entry means ---- */

/* Two authorities may have one name, and then their keys tell them apart, as
 * far as what they issued names a key (RFC 5280, 4.2.1.1). */
static int
is_of(const struct crl_ca *ca, struct span der, bool *ret, struct err *err)
{
	struct span	 key;
	struct cert	 c;
	bool		 only;

	TRY(cert_read_other(der.p, der.n, &c, err));
	if (tbs_authority_key_id(&c.tbs, &key, &only, NULL) != 0)
		key = span_of("", 0);
	*ret = span_equal(c.tbs.issuer, ca->of.name) && (key.n == 0 ||
	    ca->of.key_id.n == 0 || span_equal(key, ca->of.key_id));
	return 0;
}

static int
meant_read(const struct crl_marking *m, const struct rows *r,
    struct meant *ret, struct err *err)
{
	const char	*products = rows_text(r, "products");

	ret->end = rows_int(r, "not_after");
	TRY(rows_copy(r, "fingerprint", ret->print, sizeof(ret->print), err));
	return json_read(products, strlen(products), &ret->products, err);
}

#define MEANT	16	/* as many as the statement answers */

static int
meant_find(const struct crl_marking *m, const char *serial,
    struct meant *ret, size_t *ret_n, struct err *err)
{
	AUTO(rows)	*r = NULL;
	const void	*der;
	size_t		 n;
	bool		 more, of;

	TRY(tx_query(m->tx, "elsewhere_cert_listed", PARAMS(v_text(serial),
	    v_text(m->issuer)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more || *ret_n == MEANT)
			return 0;
		der = rows_blob(r, "der", &n);
		TRY(is_of(m->ca, span_of(der, n), &of, err));
		if (!of)
			continue;
		TRY(meant_read(m, r, &ret[*ret_n], err));
		ret[*ret_n].revoked = rows_int(r, "revoked");
		ret[*ret_n].ours = strcmp(rows_text(r, "series"), m->series)
		    == 0;
		TRY(rows_copy(r, "reason", ret[(*ret_n)++].reason,
		    sizeof(ret->reason), err));
	}
}

/* ---- what it says of them ---- */

static int
keep(struct crl_marking *m, const struct meant *w, struct err *err)
{
	m->brings.known++;
	return strcmp(w->reason, HOLD) != 0 ? 0 : json_set_new(m->kept,
	    w->print, json_true(), err);
}

/* Nothing that is revoked for good is put on hold by another series. */
static bool
softens(const struct meant *w, const char *reason)
{
	return w->reason[0] != '\0' && !w->ours && strcmp(w->reason, HOLD) !=
	    0 && strcmp(reason, HOLD) == 0;
}

static int
mark_one(struct crl_marking *m, const struct meant *w,
    const struct crl_entry *e, struct err *err)
{
	const char	*reason = reason_name(e->reason);
	bool		 listed = w->reason[0] != '\0';

	if (softens(w, reason))
		return keep(m, w, err);
	if (listed && w->ours && w->revoked == e->revoked &&
	    strcmp(w->reason, reason) == 0)
		return keep(m, w, err);
	if (is_full(m))
		return 0;
	if (e->reason == REASON_HOLD)
		m->brings.held++;
	else
		m->brings.revoked++;
	/* Where it is only looked at, it is still held when they are released. */
	if (e->reason == REASON_HOLD || strcmp(w->reason, HOLD) == 0)
		TRY(json_set_new(m->kept, w->print, json_true(), err));
	return row_mark(m, w, e->revoked, reason, err);
}

int
crl_mark(void *ctx, const struct crl_entry *e, struct err *err)
{
	struct crl_marking *m = ctx;
	struct meant	 w[MEANT] = { { .end = 0 } };
	char		 serial[NUMBER_HEX];
	size_t		 n = 0;
	int		 rc;

	number_hex(&e->serial, serial);
	rc = meant_find(m, serial, w, &n, err);
	for (size_t i = 0; i < n; i++) {
		rc = rc == 0 ? mark_one(m, &w[i], e, err) : rc;
		json_decref(w[i].products);
	}
	return rc;
}

/* ---- what it names no more ---- */

/* Read before they are changed: one statement at a time. */
static int
held_read(const struct crl_marking *m, json_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	json_t		*one;
	bool		 more;

	TRY(tx_query(m->tx, "elsewhere_cert_held", PARAMS(v_text(m->series)),
	    &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		if (json_object_get(m->kept, rows_text(r, "fingerprint")) !=
		    NULL)
			continue;
		TRY(json_build(&one, err, "{s:s, s:s, s:I}", "fingerprint",
		    rows_text(r, "fingerprint"), "products", rows_text(r,
		    "products"), "end", (json_int_t)rows_int(r, "not_after")));
		if (json_array_append_new(ret, one) != 0)
			return err_set(err, ENOMEMORY, "a list");
	}
}

static int
release_one(struct crl_marking *m, const json_t *held, struct err *err)
{
	const char	*products = json_str(held, "products", "");
	struct meant	 w = { .end = json_int(held, "end", 0) };
	int		 rc;

	(void)snprintf(w.print, sizeof(w.print), "%s", json_str(held,
	    "fingerprint", ""));
	if (is_full(m))
		return 0;
	TRY(json_read(products, strlen(products), &w.products, err));
	m->brings.released++;
	rc = row_mark(m, &w, 0, "", err);
	json_decref(w.products);
	return rc;
}

int
crl_release(struct crl_marking *m, struct err *err)
{
	AUTO_JSON	*held = json_array();
	const json_t	*one;
	size_t		 i;

	if (held == NULL)
		return err_set(err, ENOMEMORY, "a list");
	/* It may name them where it was read no further. */
	if (m->brings.more)
		return 0;
	TRY(held_read(m, held, err));
	json_array_foreach(held, i, one)
		TRY(release_one(m, one, err));
	return 0;
}

/* ---- what somebody else read in one ---- */

static int
change_read(const json_t *change, const char **ret_print,
    const char **ret_reason, time_us *ret_revoked, struct err *err)
{
	json_t		*time = json_array_get(change, 2);
	enum reason	 unused;

	*ret_print = json_string_value(json_array_get(change, 0));
	*ret_reason = json_string_value(json_array_get(change, 1));
	if (*ret_print == NULL || *ret_reason == NULL ||
	    !json_is_integer(time) || json_array_size(change) != 3)
		return err_set(err, ESCHEMA, "expected [fingerprint, reason, "
		    "time]");
	*ret_revoked = json_integer_value(time);
	return (*ret_reason)[0] == '\0' || reason_from_name(*ret_reason,
	    &unused) ? 0 : err_set(err, ESCHEMA, "\"%.40s\" is no reason",
	    *ret_reason);
}

static int
change_meant(const struct crl_marking *m, const char *print,
    struct meant *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	int		 rc;

	rc = tx_one(m->tx, "elsewhere_cert_get", PARAMS(v_text(print)), &r,
	    err);
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no certificate %.64s",
		    print);
	TRY(rc);
	ret->ours = strcmp(rows_text(r, "series"), m->series) == 0;
	TRY(rows_copy(r, "reason", ret->reason, sizeof(ret->reason), err));
	return meant_read(m, r, ret, err);
}

/* What was to be released is held by this series no more, or another has revoked
 * it for good, while people agreed. */
static bool
overtaken(const struct meant *w, const char *reason)
{
	if (reason[0] == '\0')
		return !w->ours || strcmp(w->reason, HOLD) != 0;
	return softens(w, reason);
}

static int
change_put(const struct crl_marking *m, const json_t *change,
    struct err *err)
{
	const char	*print, *reason;
	struct meant	 w = { .end = 0 };
	time_us		 revoked;
	int		 rc = 0;

	TRY(change_read(change, &print, &reason, &revoked, err));
	TRY(change_meant(m, print, &w, err));
	if (!m->again || !overtaken(&w, reason))
		rc = row_mark(m, &w, revoked, reason, err);
	json_decref(w.products);
	return rc;
}

int
crl_changes_put(struct tx *tx, const json_t *head, const json_t *changes,
    bool again, struct err *err)
{
	const struct crl_marking m = { .tx = tx, .put = true, .again = again,
	    .series = json_str(head, "series", ""),
	    .list = json_str(head, "list", "") };
	const json_t	*one;
	size_t		 i;

	if (json_array_size(changes) > CRL_CHANGES)
		return err_set(err, ESCHEMA, "more than %d changes",
		    CRL_CHANGES);
	json_array_foreach(changes, i, one)
		TRY(change_put(&m, one, err));
	return 0;
}
