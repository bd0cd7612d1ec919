/* apply_elsewhere - what lives elsewhere: entries made, corrected and ended. */
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "cert/crl_elsewhere.h"
#include "cert/elsewhere.h"
#include "key/elsewhere.h"
#include "state/inside.h"

/* Of its public key, where that was told. */
static int
modulus_put(struct tx *tx, const struct applied *a, const json_t *p,
    struct err *err)
{
	const char	*text = json_str(p, "public_key", NULL);
	AUTO(blob)	*spki = blob_new();

	if (text == NULL)
		return 0;
	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(b64_decode(text, spki, err));
	return cert_modulus_add(tx, span_blob(spki), a->seq, err);
}

/* As it was asked for: the request says the whole of it. */
static int
entered(struct tx *tx, const struct applied *a, bool anew, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = elsewhere_fits(tx, q.p, anew, err);
	if (rc == 0)
		rc = elsewhere_put(tx, &(struct elsewhere_said){ .entry = q.p,
		    .request = named_request(a), .time = a->time,
		    .seq = a->seq }, err);
	if (rc == 0)
		rc = modulus_put(tx, a, q.p, err);
	asked_free(q.asked);
	return rc;
}

int
key_registered_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return entered(tx, a, true, err);
}

int
key_corrected_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return entered(tx, a, false, err);
}

int
key_unregistered_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = elsewhere_end(tx, &(struct elsewhere_said){ .entry = q.p,
	    .request = named_request(a), .time = a->time, .seq = a->seq },
	    err);
	asked_free(q.asked);
	return rc;
}

/* ---- certificates of other CAs ---- */

/* Each is the one whose hash was asked for, and so what people have seen. */
static int
imported(struct tx *tx, const struct applied *a, const json_t *p,
    size_t i, const json_t *text, struct err *err)
{
	const char	*want = json_string_value(json_array_get(
	    json_object_get(p, "certificates"), i));
	AUTO(blob)	*der = blob_new();
	struct cert_elsewhere c = { .owner = json_str(p, "owner", NULL),
	    .products = json_object_get(p, "products"),
	    .request = named_request(a), .time = a->time, .seq = a->seq };
	struct sha256	 h;
	char		 hex[SHA256_HEX];

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	if (!json_is_string(text))
		return err_set(err, ESCHEMA, "/data/certificates/%zu", i);
	TRY(b64_decode(json_string_value(text), der, err));
	h = sha256_of(der->data, der->len);
	sha256_hex(&h, hex);
	if (want == NULL || strcmp(want, hex) != 0)
		return err_set(err, ECONFLICT, "/data/certificates/%zu: not "
		    "the one that was asked for", i);
	c.der = span_blob(der);
	return cert_elsewhere_put(tx, &c, err);
}

static int
imported_all(struct tx *tx, const struct applied *a, const json_t *p,
    struct err *err)
{
	const json_t	*list = json_object_get(a->data, "certificates"), *one;
	size_t		 i;

	if (json_array_size(list) != json_array_size(json_object_get(p,
	    "certificates")))
		return err_set(err, ECONFLICT, "/data/certificates: not those "
		    "that were asked for");
	json_array_foreach(list, i, one)
		TRY(imported(tx, a, p, i, one, err));
	return 0;
}

int
cert_imported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = imported_all(tx, a, q.p, err);
	asked_free(q.asked);
	return rc;
}

/* ---- what other CAs have revoked ---- */

/* A list that is too long for an event: what was found in it, as people agreed. */
static int
changes_check(const json_t *changes, const json_t *p, struct err *err)
{
	struct sha256	 h;
	char		 hex[SHA256_HEX];

	TRY(json_hash(changes, &h, err));
	sha256_hex(&h, hex);
	return strcmp(hex, json_str(p, "changes", "")) == 0 ? 0 : err_set(err,
	    ECONFLICT, "/data/changes: not those that were asked for");
}

static int
listed(struct tx *tx, const struct applied *a, const json_t *p,
    struct err *err)
{
	struct crl_elsewhere c = { .head = p, .request = named_request(a),
	    .time = a->time, .seq = a->seq };
	AUTO(blob)	*der = blob_new();
	const char	*text;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	c.changes = json_object_get(a->data, "changes");
	if (c.changes != NULL) {
		TRY(changes_check(c.changes, p, err));
		/* Events before there was this have to say what they said. */
		c.again = json_flag(a->data, "looked_again", false);
		return crl_elsewhere_put(tx, &c, err);
	}
	TRY(json_need_str(a->data, "crl", &text, err));
	TRY(b64_decode(text, der, err));
	c.der = span_blob(der);
	return crl_elsewhere_put(tx, &c, err);
}

int
crl_imported_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = listed(tx, a, q.p, err);
	asked_free(q.asked);
	return rc;
}
