#include "config.h"

#include <string.h>

#include "hsm/hsm.h"

static const char *const ALGORITHMS[] = {
#define A(name, text) [HSM_##name] = text,
	HSM_ALGORITHMS(A)
#undef A
};
_Static_assert(NELEM(ALGORITHMS) == HSM_ALGORITHM__N, "one name each");

static const struct {
	const char	*name;
	size_t		 digest;	/* octets; 0: the message, or nothing */
} SCHEMES[] = {
#define S(name, text) [HSM_SCHEME_##name] = { text, DIGEST_##name },
#define DIGEST_ECDSA_SHA256	32
#define DIGEST_ECDSA_SHA384	48
#define DIGEST_RSA_PSS_SHA256	32
#define DIGEST_RSA_PKCS1_SHA256	32
#define DIGEST_EDDSA		0
#define DIGEST_NONE		0
	HSM_SCHEMES(S)
#undef S
};
_Static_assert(NELEM(SCHEMES) == HSM_SCHEME__N, "one row per scheme");

const char *
hsm_algorithm_name(enum hsm_algorithm a)
{
	return (unsigned)a < HSM_ALGORITHM__N ? ALGORITHMS[a] : "?";
}

int
hsm_algorithm_from_name(const char *name, enum hsm_algorithm *ret,
    struct err *err)
{
	unsigned a;

	for (a = 0; a < HSM_ALGORITHM__N; a++)
		if (strcmp(ALGORITHMS[a], name) == 0) {
			*ret = (enum hsm_algorithm)a;
			return 0;
		}
	return err_set(err, ERANGE_, "\"%.32s\" is no algorithm", name);
}

const char *
hsm_scheme_name(enum hsm_scheme s)
{
	return (unsigned)s < HSM_SCHEME__N ? SCHEMES[s].name : "?";
}

int
hsm_scheme_from_name(const char *name, enum hsm_scheme *ret, struct err *err)
{
	unsigned s;

	for (s = 0; s < HSM_SCHEME__N; s++)
		if (strcmp(SCHEMES[s].name, name) == 0) {
			*ret = (enum hsm_scheme)s;
			return 0;
		}
	return err_set(err, ERANGE_, "\"%.32s\" is no scheme", name);
}

enum hsm_scheme
hsm_scheme_default(enum hsm_algorithm a)
{
	switch (a) {
	case HSM_EC_P256:
		return HSM_SCHEME_ECDSA_SHA256;
	case HSM_EC_P384:
		return HSM_SCHEME_ECDSA_SHA384;
	case HSM_RSA_2048:
	case HSM_RSA_3072:
	case HSM_RSA_4096:
		return HSM_SCHEME_RSA_PSS_SHA256;
	case HSM_ED25519:
		return HSM_SCHEME_EDDSA;
	case HSM_AES_128:
	case HSM_AES_256:
	case HSM_ALGORITHM__N:
		break;
	}
	return HSM_SCHEME_NONE;
}

bool
hsm_scheme_fits(enum hsm_algorithm a, enum hsm_scheme s)
{
	enum hsm_scheme usual = hsm_scheme_default(a);

	return s == usual || (usual == HSM_SCHEME_RSA_PSS_SHA256 &&
	    s == HSM_SCHEME_RSA_PKCS1_SHA256);
}

size_t
hsm_scheme_digest_octets(enum hsm_scheme s)
{
	return (unsigned)s < HSM_SCHEME__N ? SCHEMES[s].digest : 0;
}
