/* project - what issuing and revoking change in the tables; see cert.h. */
#include <ctype.h>
#include <string.h>
#include "base/hex.h"
#include "base/json.h"
#include "ca/name.h"
#include "ca/san.h"
#include "ca/tbs.h"
#include "cert/inside.h"

/* A certificate on its way into the tables. */
struct entering {
	struct tx		*tx;
	const struct cert_made	*m;
	struct apart		 a;
};

/* ---- how it is found ---- */

static int
name_put(const struct entering *e, const char *name, size_t n,
    struct err *err)
{
	return tx_run(e->tx, "cert_name_put", PARAMS(v_blob(name, n),
	    v_text(e->a.row.id)), NULL, err);
}

static int
common_name_put(const struct entering *e, struct err *err)
{
	const char	*cn = name_get(e->a.name, OID_COMMON_NAME);
	char		 text[NAME_VALUE + 8] = "cn:";
	size_t		 n = 3;

	if (cn == NULL)
		return 0;
	for (; *cn != '\0' && n < sizeof(text); cn++)
		text[n++] = (char)tolower((unsigned char)*cn);
	return name_put(e, text, n, err);
}

static int
names_put(const struct entering *e, struct err *err)
{
	const struct tbs_extension	*x = tbs_extension(&e->a.c.tbs,
	    OID_SUBJECT_ALT_NAME);
	AUTO_JSON	*san = NULL;
	const json_t	*one;
	size_t		 i;

	TRY(common_name_put(e, err));
	if (x == NULL)
		return 0;
	TRY(san_json(x->value, &san, err));
	json_array_foreach(san, i, one)
		TRY(name_put(e, json_string_value(one),
		    json_string_length(one), err));
	return 0;
}

/* ---- what it replaces ---- */

/* A reason that is known later changes nothing of when it was revoked. */
void
cert_change_dates(const struct cert_row *row, const struct cert_change *c,
    time_us *ret_revoked, time_us *ret_invalid)
{
	bool	 later = row->status == CERT_REVOKED;

	*ret_revoked = later ? row->revoked : c->time;
	*ret_invalid = later && c->invalid_since == 0 ? row->invalid_since :
	    c->invalid_since;
}

static int
status_set(struct tx *tx, const struct cert_row *row,
    const struct cert_change *c, struct err *err)
{
	enum cert_status to = c->to;
	bool	 good = to == CERT_GOOD;
	time_us	 revoked, invalid;
	struct cert_stock add = {
		.revoked = (to == CERT_REVOKED) - (row->status == CERT_REVOKED),
		.held = (to == CERT_HELD) - (row->status == CERT_HELD) };

	cert_change_dates(row, c, &revoked, &invalid);
	TRY(cert_stock_add(tx, row->ca, &add, err));
	return tx_run(tx, "cert_change", PARAMS(v_text(row->id),
	    v_text(cert_status_name(to)),
	    v_text(good ? NULL : reason_name(c->reason)),
	    good ? v_null() : v_int(revoked),
	    good || invalid == 0 ? v_null() : v_int(invalid),
	    v_int(c->time)), NULL, err);
}

/* @ret_any: one that was valid until now. */
static int
end_one(const struct entering *e, const struct cert_row *old, bool *ret_any,
    struct err *err)
{
	const struct cert_made *m = e->m;
	const struct cert_change c = { .to = CERT_REVOKED,
	    .reason = REASON_SUPERSEDED, .time = m->time };

	if (old->status == CERT_REVOKED || old->not_after < m->time)
		return 0;
	*ret_any = true;
	return status_set(e->tx, old, &c, err);
}

/* Of this authority. */
static int
end_own(const struct entering *e, bool *ret_any, struct err *err)
{
	const struct cert_made *m = e->m;
	struct cert_row	 old;
	bool		 there;

	TRY(cert_newest(e->tx, m->ca, m->profile, m->device, &old, &there,
	    err));
	if (!there)
		return 0;
	TRY(tx_run(e->tx, "cert_newest_end", PARAMS(v_text(old.id)), NULL,
	    err));
	return end_one(e, &old, ret_any, err);
}

/* Of others.  It is issued by now: a name of what is none of the device's ends
 * nothing, and the auditor finds it. */
static int
end_others(const struct entering *e, bool *ret_any, struct err *err)
{
	const struct cert_made *m = e->m;
	struct number	 serial;
	struct cert_row	 old;
	char		 ca[CERT_NAME];
	const json_t	*one;
	size_t		 i;

	json_array_foreach(m->replaces, i, one) {
		int	 rc = cert_place_read(json_string_value(one), ca,
			    &serial, NULL);

		if (rc == 0)
			rc = cert_by_serial(e->tx, ca, &serial, &old, err);
		if (rc == -EINPUT || rc == -ENOENT_)
			continue;
		TRY(rc);
		if (strcmp(old.device, m->device) == 0 &&
		    strcmp(old.profile, m->profile) == 0)
			TRY(end_one(e, &old, ret_any, err));
	}
	return 0;
}

static int
supersede(const struct entering *e, struct err *err)
{
	const struct cert_made *m = e->m;
	bool		 any = false;

	if (m->device == NULL)
		return 0;
	TRY(end_own(e, &any, err));
	TRY(end_others(e, &any, err));
	return !any ? 0 : tx_run(e->tx, "cert_rework_put", PARAMS(v_int((int64_t)m->seq),
	    v_some(m->rule), v_some(m->key), v_some(m->principal),
	    v_int(m->time)), NULL, err);
}

/* ---- the row ---- */

static int
row_put(const struct entering *e, struct err *err)
{
	const struct cert_made *m = e->m;
	const struct cert_row *c = &e->a.row;

	return tx_run(e->tx, "cert_put", PARAMS(v_text(c->id), v_text(c->ca),
	    v_number(&c->serial), v_int(c->partition),
	    v_text(c->profile), v_text(blob_str(&e->a.subject)),
	    v_hash(&c->spki), v_hash(m->csr != NULL ? &c->csr : NULL),
	    v_hash(&c->fingerprint), v_text(m->device), v_int(c->not_before),
	    v_int(c->not_after), v_some(m->request), v_int((int64_t)m->seq),
	    v_text(m->batch)), NULL, err);
}

void
cert_id(struct span der, time_us time, char ret[ID_TEXT])
{
	struct sha256	 print = sha256_of(der.p, der.n);

	id_of("crt", time, print.o, ret);
}

static int
word(const char *s, char *ret, size_t room, struct err *err)
{
	if (s == NULL)
		s = "";
	if (strlen(s) >= room)
		return err_set(err, EINPUT, "\"%.64s\" is too long for a "
		    "certificate's row", s);
	memcpy(ret, s, strlen(s) + 1);
	return 0;
}

static int
row_names(const struct cert_made *m, struct cert_row *c, struct err *err)
{
	TRY(word(m->ca, c->ca, sizeof(c->ca), err));
	TRY(word(m->profile, c->profile, sizeof(c->profile), err));
	TRY(word(m->device, c->device, sizeof(c->device), err));
	TRY(word(m->request, c->request, sizeof(c->request), err));
	return m->csr != NULL ? sha256_parse(m->csr, &c->csr, err) : 0;
}

static int
row_make(const struct cert_made *m, const struct tbs *t, struct cert_row *c,
    struct err *err)
{
	*c = (struct cert_row){ .partition = m->partition,
	    .status = CERT_GOOD, .reason = REASON_UNSPECIFIED,
	    .not_before = t->not_before, .not_after = t->not_after,
	    .spki = sha256_of(t->spki.p, t->spki.n),
	    .fingerprint = sha256_of(m->der.p, m->der.n), .newest = true };
	id_of("crt", m->time, c->fingerprint.o, c->id);
	TRY(number_make(t->serial, &c->serial, err));
	return row_names(m, c, err);
}

int
made_apart(const struct cert_made *m, struct apart *ret, struct err *err)
{
	struct apart	 a = { .name = NULL };
	int		 rc;

	TRY(cert_read(m->der.p, m->der.n, &a.c, err));
	rc = row_make(m, &a.c.tbs, &a.row, err);
	if (rc == 0)
		rc = name_json(a.c.tbs.subject, &a.name, err);
	if (rc == 0)
		rc = subject_text(a.name, &a.subject, err);
	if (rc != 0)
		apart_done(&a);
	else
		*ret = a;
	return rc;
}

void
apart_done(struct apart *a)
{
	json_decref(a->name);
	blob_done(&a->subject);
}

static int
enter(struct entering *e, struct err *err)
{
	const struct cert_made *m = e->m;

	TRY(supersede(e, err));
	TRY(row_put(e, err));
	TRY(cert_stock_add(e->tx, m->ca, &(struct cert_stock){ .issued = 1 },
	    err));
	TRY(cert_modulus_add(e->tx, e->a.c.tbs.spki, m->seq, err));
	TRY(tx_run(e->tx, "cert_der_put", PARAMS(v_text(e->a.row.id),
	    v_blob(m->der.p, m->der.n)), NULL, err));
	return names_put(e, err);
}

int
cert_insert(struct tx *tx, const struct cert_made *m, struct err *err)
{
	struct entering	 e = { .tx = tx, .m = m };
	int		 rc;

	TRY(made_apart(m, &e.a, err));
	rc = enter(&e, err);
	apart_done(&e.a);
	return rc;
}

/* ---- revoking ---- */

/* Revoked is for ever (RFC 5280, 5.3.1), but that somebody has the key is often
 * found out only later, and the reason is what others go by. */
bool
cert_step(const struct cert_row *from, enum cert_status to, enum reason why)
{
	switch (to) {
	case CERT_GOOD:
		return from->status == CERT_HELD;
	case CERT_HELD:
		return from->status == CERT_GOOD;
	case CERT_REVOKED:
		return from->status != CERT_REVOKED ||
		    (reason_is_compromise(why) &&
		    !reason_is_compromise(from->reason));
	case CERT_STATUS__N:
		break;
	}
	return false;
}

int
cert_change(struct tx *tx, const struct cert_change *c, struct err *err)
{
	struct cert_row	 row;

	TRY(cert_or_listed(tx, c->ca, &c->serial, &row, err));
	if (!cert_step(&row, c->to, c->reason))
		return 0;
	if (row.id[0] == '\0')
		return cert_listed_change(tx, &row, c, err);
	return status_set(tx, &row, c, err);
}
