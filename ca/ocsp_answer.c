#include "config.h"

#include <string.h>

#include "ca/ext.h"
#include "ca/ocsp_part.h"
#include "ca/seal.h"

/* In whole seconds, as they are written. */
static int64_t
seconds(time_us t)
{
	return t / TIME_S(1) - (t % TIME_S(1) < 0);
}

int
ocsp_single_check(const struct ocsp_single *s, time_us produced, struct err *err)
{
	if (seconds(s->this_update) > seconds(produced))
		return err_set(err, ERANGE_, "thisUpdate is after producedAt "
		    "(RFC 6960, 2.4)");
	if (seconds(s->next_update) <= seconds(s->this_update))
		return err_set(err, ERANGE_, "nextUpdate is not after "
		    "thisUpdate (RFC 6960, 2.4)");
	if (s->status == OCSP_REVOKED && (reason_name(s->reason) == NULL ||
	    s->reason == REASON_REMOVE))
		return err_set(err, ERANGE_, "%d is no reason to be revoked "
		    "(RFC 5280, 5.3.1)", (int)s->reason);
	if (s->dated && s->status != OCSP_REVOKED)
		return err_set(err, ERANGE_, "invalid since a moment, and not "
		    "revoked (RFC 5280, 5.3.2)");
	return 0;
}

static int
check_ask(const struct ocsp_ask *a, struct err *err)
{
	size_t i;

	if (a->n == 0 || a->n > OCSP_REQUESTS)
		return err_set(err, ERANGE_, "%zu answers, not 1 to %d", a->n,
		    OCSP_REQUESTS);
	if (a->key_hash.n != OCSP_KEY_HASH)
		return err_set(err, ERANGE_, "a key's hash of %zu octets",
		    a->key_hash.n);
	if (a->nonce.n > OCSP_NONCE)
		return err_set(err, ERANGE_, "a nonce of %zu octets, not of "
		    "at most %d (RFC 9654, 2.1)", a->nonce.n, OCSP_NONCE);
	for (i = 0; i < a->n; i++)
		TRY(ocsp_single_check(&a->single[i], a->produced, err));
	return 0;
}

static int
put_explicit_time(struct der *w, unsigned tag, time_us t)
{
	TRY(der_open(w, tag));
	TRY(der_general_time(w, DER_GENERAL_TIME, t));
	return der_close(w);
}

static int
put_revoked(struct der *w, const struct ocsp_single *s)
{
	TRY(der_open(w, DER_CONTEXT_C(1)));
	TRY(der_general_time(w, DER_GENERAL_TIME, s->revoked));
	if (s->reason != REASON_UNSPECIFIED) {
		TRY(der_open(w, DER_CONTEXT_C(0)));
		TRY(der_int(w, DER_ENUMERATED, s->reason));
		TRY(der_close(w));
	}
	return der_close(w);
}

static int
put_status(struct der *w, const struct ocsp_single *s)
{
	switch (s->status) {
	case OCSP_GOOD:
		return der_put(w, DER_CONTEXT(0), NULL, 0);
	case OCSP_REVOKED:
		return put_revoked(w, s);
	case OCSP_UNKNOWN:
		return der_put(w, DER_CONTEXT(2), NULL, 0);
	}
	return err_set(w->err, ERANGE_, "no status %d", (int)s->status);
}

static int
put_moment(struct der *w, enum oid which, time_us t)
{
	TRY(ext_open(w, which, false));
	TRY(der_general_time(w, DER_GENERAL_TIME, t));
	return ext_close(w);
}

/* RFC 6960, 4.4.4, and what a CRL's entry would say: 4.4.5. */
static int
put_single_extensions(struct der *w, const struct ocsp_single *s)
{
	if (!s->cut_off && !s->dated)
		return 0;
	TRY(der_open(w, DER_CONTEXT_C(1)));
	TRY(der_open(w, DER_SEQUENCE));
	if (s->cut_off)
		TRY(put_moment(w, OID_OCSP_ARCHIVE_CUTOFF, s->cutoff));
	if (s->dated)
		TRY(put_moment(w, OID_INVALIDITY_DATE, s->invalidity));
	TRY(der_close(w));
	return der_close(w);
}

static int
put_single(struct der *w, const struct ocsp_single *s)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_raw(w, s->certid));
	TRY(put_status(w, s));
	TRY(der_general_time(w, DER_GENERAL_TIME, s->this_update));
	TRY(put_explicit_time(w, DER_CONTEXT_C(0), s->next_update));
	TRY(put_single_extensions(w, s));
	return der_close(w);
}

static int
put_extensions(struct der *w, const struct ocsp_ask *a)
{
	if (a->nonce.n == 0 && !a->extended_revoke)
		return 0;
	TRY(der_open(w, DER_CONTEXT_C(1)));
	TRY(der_open(w, DER_SEQUENCE));
	if (a->nonce.n > 0) {
		TRY(ext_open(w, OID_OCSP_NONCE, false));
		TRY(der_span(w, DER_OCTET_STRING, a->nonce));
		TRY(ext_close(w));
	}
	if (a->extended_revoke) {
		TRY(ext_open(w, OID_OCSP_EXTENDED_REVOKE, false));
		TRY(der_null(w));
		TRY(ext_close(w));
	}
	TRY(der_close(w));
	return der_close(w);
}

static int
put_data(struct der *w, const struct ocsp_ask *a)
{
	size_t i;

	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_open(w, DER_CONTEXT_C(2)));	/* byKey */
	TRY(der_span(w, DER_OCTET_STRING, a->key_hash));
	TRY(der_close(w));
	TRY(der_general_time(w, DER_GENERAL_TIME, a->produced));
	TRY(der_open(w, DER_SEQUENCE));
	for (i = 0; i < a->n; i++)
		TRY(put_single(w, &a->single[i]));
	TRY(der_close(w));
	TRY(put_extensions(w, a));
	return der_close(w);
}

int
ocsp_response_data(const struct ocsp_ask *ask, struct blob *ret,
    struct err *err)
{
	size_t from = ret->len;
	struct der w;
	int rc;

	TRY(check_ask(ask, err));
	der_init(&w, ret, err);
	rc = put_data(&w, ask);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}

/* BasicOCSPResponse; RFC 6960, 4.2.1. */
static int
put_basic(struct der *w, struct span tbs, struct span algorithm,
    struct span signature, struct span cert)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_raw(w, tbs));
	TRY(der_raw(w, algorithm));
	TRY(der_bits(w, signature));
	if (cert.n > 0) {
		TRY(der_open(w, DER_CONTEXT_C(0)));
		TRY(der_open(w, DER_SEQUENCE));
		TRY(der_raw(w, cert));
		TRY(der_close(w));
		TRY(der_close(w));
	}
	return der_close(w);
}

static int
put_response(struct der *w, struct span tbs, struct span algorithm,
    struct span signature, struct span cert)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_int(w, DER_ENUMERATED, 0));	/* successful */
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(oid_put(w, OID_OCSP_BASIC));
	TRY(der_open(w, DER_OCTET_STRING));
	TRY(put_basic(w, tbs, algorithm, signature, cert));
	TRY(der_close(w));
	TRY(der_close(w));
	TRY(der_close(w));
	return der_close(w);
}

int
ocsp_response_assemble(struct span tbs, const char *scheme,
    struct span signature, struct span cert, struct blob *ret,
    struct err *err)
{
	struct span algorithm = seal_algorithm(scheme);
	size_t from = ret->len;
	struct der w;
	int rc;

	if (algorithm.n == 0)
		return err_set(err, EINPUT, "no scheme %s", scheme);
	der_init(&w, ret, err);
	rc = put_response(&w, tbs, algorithm, signature, cert);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}

void
ocsp_response_error(enum ocsp_error e, unsigned char ret[OCSP_ERROR])
{
	const unsigned char der[OCSP_ERROR] = { DER_SEQUENCE, 3,
		DER_ENUMERATED, 1, (unsigned char)e };

	memcpy(ret, der, sizeof(der));
}
