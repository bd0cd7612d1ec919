/* modulus - RSA keys that were generated or certified; see cert.h. */
#include "ca/key.h"
#include "cert/inside.h"

int
cert_modulus_add(struct tx *tx, struct span spki, uint64_t seq,
    struct err *err)
{
	struct sha256	 hash = sha256_of(spki.p, spki.n);
	struct span	 modulus;

	/* A kind of key that ca/ does not know has none, either. */
	if (key_modulus(spki, &modulus, NULL) != 0 || modulus.n == 0)
		return 0;
	return tx_run(tx, "cert_modulus_put", PARAMS(v_hash(&hash),
	    v_blob(modulus.p, modulus.n), v_int((int64_t)seq)), NULL, err);
}

int
cert_modulus_known(struct tx *tx, const struct sha256 *spki, bool *ret,
    bool *ret_looked, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "cert_modulus_get", PARAMS(v_hash(spki)), &r, err));
	TRY(rows_next(r, ret, err));
	*ret_looked = *ret && rows_int(r, "looked") != 0;
	return 0;
}

int
cert_moduli_next(struct tx *tx, struct moduli *at, unsigned most,
    cert_modulus_fn *fn, void *ctx, unsigned *ret_n, struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct sha256	 spki;
	const void	*p;
	size_t		 n;
	bool		 more;

	TRY(tx_query(tx, "cert_moduli", PARAMS(v_int((int64_t)at->seq),
	    v_hash(&at->spki), v_int(most)), &r, err));
	for (*ret_n = 0;; ++*ret_n) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		p = rows_blob(r, "modulus", &n);
		TRY(rows_hash(r, "spki", &spki, err));
		TRY(fn(ctx, &spki, span_of(p, n), err));
		*at = (struct moduli){ (uint64_t)rows_int(r, "seq"), spki };
	}
}
