/* row - certificates from their rows, for people and for programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cert/inside.h"

static const char *const STATUS[] = { "good", "revoked", "held" };
_Static_assert(NELEM(STATUS) == CERT_STATUS__N, "a word for each status");

const char *
cert_status_name(enum cert_status s)
{
	return STATUS[s];
}

bool
cert_status_from_name(const char *word, enum cert_status *ret)
{
	for (size_t i = 0; i < NELEM(STATUS); i++)
		if (strcmp(STATUS[i], word) == 0) {
			*ret = (enum cert_status)i;
			return true;
		}
	return false;
}

bool
cert_valid(const struct cert_row *c, time_us now)
{
	return c->status == CERT_GOOD && now <= c->not_after;
}

int
column_text(const struct rows *r, const char *name, char *ret, size_t n,
    struct err *err)
{
	const char	*s = rows_text(r, name);

	if (s == NULL)
		s = "";
	if (strlen(s) >= n)
		return err_set(err, ESTORE, "column %s of a certificate is "
		    "damaged", name);
	memcpy(ret, s, strlen(s) + 1);
	return 0;
}

int
column_number(const struct rows *r, const char *name, struct number *ret,
    struct err *err)
{
	size_t		 n;
	const void	*p = rows_blob(r, name, &n);

	return number_make(span_of(p, n), ret, err);
}

/* All in the order of the table's columns: each is found at once (rows.c). */
static int
row_names(const struct rows *r, struct cert_row *c, struct err *err)
{
	TRY(column_text(r, "id", c->id, sizeof(c->id), err));
	TRY(column_text(r, "ca", c->ca, sizeof(c->ca), err));
	TRY(column_number(r, "serial", &c->serial, err));
	c->partition = (unsigned)rows_int(r, "partition");
	TRY(column_text(r, "profile", c->profile, sizeof(c->profile), err));
	TRY(rows_hash(r, "spki", &c->spki, err));
	if (!rows_null(r, "csr"))
		TRY(rows_hash(r, "csr", &c->csr, err));
	TRY(rows_hash(r, "fingerprint", &c->fingerprint, err));
	return column_text(r, "device", c->device, sizeof(c->device), err);
}

static int
row_status(const struct rows *r, struct cert_row *c, struct err *err)
{
	const char	*status = rows_text(r, "status");
	const char	*reason = rows_text(r, "reason");

	if (!cert_status_from_name(status, &c->status) ||
	    (reason != NULL && !reason_from_name(reason, &c->reason)))
		return err_set(err, ESTORE, "the status of certificate %s is "
		    "damaged", c->id);
	return 0;
}

int
row_read(const struct rows *r, struct cert_row *ret, struct err *err)
{
	struct cert_row	 c = { .reason = REASON_UNSPECIFIED };

	TRY(row_names(r, &c, err));
	c.not_before = rows_int(r, "not_before");
	c.not_after = rows_int(r, "not_after");
	TRY(row_status(r, &c, err));
	c.revoked = rows_int(r, "revoked");
	c.invalid_since = rows_int(r, "invalid_since");
	c.newest = rows_int(r, "newest") != 0;
	TRY(column_text(r, "request", c.request, sizeof(c.request), err));
	*ret = c;
	return 0;
}

/* ---- one ---- */

static int
one_row(struct rows *r, struct cert_row *ret, bool *ret_there,
    struct err *err)
{
	TRY(rows_next(r, ret_there, err));
	return *ret_there ? row_read(r, ret, err) : 0;
}

int
cert_by_serial(struct tx *tx, const char *ca, const struct number *serial,
    struct cert_row *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	char		 hex[NUMBER_HEX];
	bool		 there;

	TRY(tx_query(tx, "cert_by_serial", PARAMS(v_number(serial),
	    v_text(ca)), &r, err));
	TRY(one_row(r, ret, &there, err));
	number_hex(serial, hex);
	return there ? 0 : err_set(err, ENOENT_, "%s has issued no certificate "
	    "with serial number %s", ca, hex);
}

int
cert_by_id(struct tx *tx, const char *id, struct cert_row *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_get", PARAMS(v_text(id)), &r, err));
	TRY(one_row(r, ret, &there, err));
	return there ? 0 : err_set(err, ENOENT_, "there is no certificate %.40s",
	    id);
}

int
cert_newest(struct tx *tx, const char *ca, const char *profile,
    const char *device, struct cert_row *ret, bool *ret_there,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_newest", PARAMS(v_text(device), v_text(ca),
	    v_text(profile)), &r, err));
	return one_row(r, ret, ret_there, err);
}

int
cert_ca_revoked(struct tx *tx, const struct cert_ca *c, struct cert_row *ret,
    bool *ret_there, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_ca_revoked", PARAMS(v_text(c->name),
	    v_hash(&c->fingerprint)), &r, err));
	return one_row(r, ret, ret_there, err);
}

int
cert_of_device(struct tx *tx, const char *device, const char *profile,
    cert_row_fn *fn, void *ctx, struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct cert_row	 row;
	bool		 there;

	TRY(tx_query(tx, "cert_of_device", PARAMS(v_text(device),
	    v_text(profile)), &r, err));
	for (;;) {
		TRY(one_row(r, &row, &there, err));
		if (!there)
			return 0;
		TRY(fn(ctx, &row, err));
	}
}

void
cert_place(const struct cert_row *row, char ret[CERT_PLACE])
{
	char		 serial[NUMBER_HEX];

	number_hex(&row->serial, serial);
	snprintf(ret, CERT_PLACE, "%s/%s", row->ca, serial);
}

int
cert_place_read(const char *place, char ret_ca[CERT_NAME],
    struct number *ret_serial, struct err *err)
{
	const char	*slash = place != NULL ? strchr(place, '/') : NULL;

	if (slash == NULL || slash - place >= CERT_NAME)
		return err_set(err, EINPUT, "a certificate's place is "
		    "CA/SERIAL");
	TRY(number_parse(slash + 1, ret_serial, err));
	snprintf(ret_ca, CERT_NAME, "%.*s", (int)(slash - place), place);
	return 0;
}

int
cert_of_batch(struct tx *tx, const char *batch, const struct sha256 *csr,
    struct cert_row *ret, bool *ret_there, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "batch_certificate", PARAMS(v_text(batch),
	    v_hash(csr)), &r, err));
	return one_row(r, ret, ret_there, err);
}

int
cert_of_key(struct tx *tx, const char *ca, const char *profile,
    const struct sha256 *spki, struct cert_row *ret, bool *ret_there,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_of_key", PARAMS(v_hash(spki), v_text(ca),
	    v_text(profile)), &r, err));
	return one_row(r, ret, ret_there, err);
}

int
cert_spki_device(struct tx *tx, const struct sha256 *spki, const char *device,
    char ret[CERT_DEVICE], struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_spki_devices", PARAMS(v_hash(spki),
	    v_text(device)), &r, err));
	TRY(rows_next(r, &there, err));
	ret[0] = '\0';
	return there ? column_text(r, "device", ret, CERT_DEVICE, err) : 0;
}

int
cert_of_csr(struct tx *tx, const struct sha256 *spki,
    const struct sha256 *csr, const char *ca, const char *profile,
    time_us ended, struct cert_row *ret, bool *ret_there, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_of_csr", PARAMS(v_hash(spki), v_hash(csr),
	    v_text(ca), v_text(profile), v_int(ended)), &r, err));
	return one_row(r, ret, ret_there, err);
}

int
cert_spki_compromised(struct tx *tx, const struct sha256 *spki,
    char ret[ID_TEXT], struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_spki_compromised", PARAMS(v_hash(spki)), &r,
	    err));
	TRY(rows_next(r, &there, err));
	ret[0] = '\0';
	return there ? column_text(r, "id", ret, ID_TEXT, err) : 0;
}

int
cert_der(struct tx *tx, const char *id, struct blob *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	size_t		 n;
	const void	*p;

	TRY(tx_one(tx, "cert_der_get", PARAMS(v_text(id)), &r, err));
	p = rows_blob(r, "der", &n);
	return blob_put(ret, p, n, err);
}

int
cert_rework_count(struct tx *tx, const char *rule, const char *key,
    const char *principal, time_us since, uint64_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "cert_rework_count", PARAMS(v_text(rule), v_text(key),
	    v_text(principal), v_int(since)), &r, err));
	*ret = (uint64_t)rows_int(r, "n");
	return 0;
}
