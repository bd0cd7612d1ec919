#include "config.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "hsm/template.h"

/* One row per algorithm. */
static const struct kind {
	CK_MECHANISM_TYPE	 mechanism;
	CK_KEY_TYPE		 type;
	const char		*curve;		/* DER, EC only */
	CK_ULONG		 curve_n;
	CK_ULONG		 size;		/* RSA bits, AES octets */
} KINDS[] = {
	[HSM_EC_P256] = { CKM_EC_KEY_PAIR_GEN, CKK_EC,
	    EC_P256_PARAMS, 0 },
	[HSM_EC_P384] = { CKM_EC_KEY_PAIR_GEN, CKK_EC,
	    EC_P384_PARAMS, 0 },
	[HSM_RSA_2048] = { CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, NULL, 0, 2048 },
	[HSM_RSA_3072] = { CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, NULL, 0, 3072 },
	[HSM_RSA_4096] = { CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, NULL, 0, 4096 },
	[HSM_ED25519] = { CKM_EC_EDWARDS_KEY_PAIR_GEN, CKK_EC_EDWARDS,
	    ED25519_PARAMS, 0 },
	[HSM_AES_128] = { CKM_AES_KEY_GEN, CKK_AES, NULL, 0, 16 },
	[HSM_AES_256] = { CKM_AES_KEY_GEN, CKK_AES, NULL, 0, 32 },
};
_Static_assert(NELEM(KINDS) == HSM_ALGORITHM__N, "one row per algorithm");

CK_MECHANISM_TYPE
template_mechanism(enum hsm_algorithm a, CK_ULONG *ret_size)
{
	if (ret_size != NULL)
		*ret_size = KINDS[a].size;
	return KINDS[a].mechanism;
}

bool
template_is_pair(enum hsm_algorithm a)
{
	return KINDS[a].type != CKK_AES;
}

static const CK_BBOOL YES = CK_TRUE, NO = CK_FALSE;

static void
put(struct template *t, CK_ATTRIBUTE_TYPE type, const void *p, size_t n)
{
	CK_ATTRIBUTE a = { type, NULL, (CK_ULONG)n };

	memcpy(&a.pValue, &p, sizeof(p));
	assert(t->n < TEMPLATE_ATTRS);
	t->a[t->n++] = a;
}

static void
put_flag(struct template *t, CK_ATTRIBUTE_TYPE type, bool v)
{
	put(t, type, v ? &YES : &NO, sizeof(YES));
}

static void
put_name(struct template *t, const struct template_name *n)
{
	put_flag(t, CKA_TOKEN, true);
	put(t, CKA_ID, n->id->o, sizeof(n->id->o));
	put(t, CKA_LABEL, n->label, strlen(n->label));
}

/* What nobody may ever change: the key is used here or nowhere. */
static void
put_kept(struct template *t)
{
	put_flag(t, CKA_PRIVATE, true);
	put_flag(t, CKA_SENSITIVE, true);
	put_flag(t, CKA_EXTRACTABLE, false);
	put_flag(t, CKA_MODIFIABLE, false);
	put_flag(t, CKA_UNWRAP, false);
	put_flag(t, CKA_DERIVE, false);
}

void
template_private(enum hsm_algorithm a, const struct template_name *n,
    struct template *t)
{
	put_name(t, n);
	put_kept(t);
	put_flag(t, CKA_SIGN, true);
	put_flag(t, CKA_DECRYPT, false);
	if (KINDS[a].type == CKK_RSA)
		put_flag(t, CKA_SIGN_RECOVER, false);
}

void
template_public(enum hsm_algorithm a, const struct template_name *n,
    struct template *t)
{
	static const unsigned char F4[] = { 0x01, 0x00, 0x01 };
	const struct kind *k = &KINDS[a];

	put_name(t, n);
	put_flag(t, CKA_PRIVATE, false);
	put_flag(t, CKA_VERIFY, true);
	if (k->curve != NULL) {
		put(t, CKA_EC_PARAMS, k->curve, k->curve_n);
		return;
	}
	put_flag(t, CKA_ENCRYPT, false);
	put_flag(t, CKA_WRAP, false);
	put(t, CKA_MODULUS_BITS, &k->size, sizeof(k->size));
	put(t, CKA_PUBLIC_EXPONENT, F4, sizeof(F4));
}

void
template_secret(enum hsm_algorithm a, const struct template_name *n,
    struct template *t)
{
	const struct kind *k = &KINDS[a];

	put_name(t, n);
	put_kept(t);
	put(t, CKA_VALUE_LEN, &k->size, sizeof(k->size));
	put_flag(t, CKA_ENCRYPT, true);
	put_flag(t, CKA_DECRYPT, true);
	put_flag(t, CKA_WRAP, false);
	put_flag(t, CKA_SIGN, false);
	put_flag(t, CKA_VERIFY, false);
}

void
template_uri(const CK_OBJECT_CLASS *class, const struct template_name *n,
    struct template *t)
{
	put(t, CKA_CLASS, class, sizeof(*class));
	put(t, CKA_ID, n->id->o, sizeof(n->id->o));
	put(t, CKA_LABEL, n->label, strlen(n->label));
}

int
template_kept(struct session *s, CK_OBJECT_HANDLE key, char ret_why[80],
    struct err *err)
{
	static const struct {
		CK_ATTRIBUTE_TYPE	 type;
		bool			 want;
		const char		*name;
	} MUST[] = {
		{ CKA_TOKEN, true, "CKA_TOKEN" },
		{ CKA_PRIVATE, true, "CKA_PRIVATE" },
		{ CKA_SENSITIVE, true, "CKA_SENSITIVE" },
		{ CKA_ALWAYS_SENSITIVE, true, "CKA_ALWAYS_SENSITIVE" },
		{ CKA_EXTRACTABLE, false, "CKA_EXTRACTABLE" },
		{ CKA_NEVER_EXTRACTABLE, true, "CKA_NEVER_EXTRACTABLE" },
		{ CKA_LOCAL, true, "CKA_LOCAL" },
	};
	size_t i;
	bool is;

	ret_why[0] = '\0';
	for (i = 0; i < NELEM(MUST) && ret_why[0] == '\0'; i++) {
		TRY(object_flag(s, key, MUST[i].type, &is, err));
		if (is != MUST[i].want)
			(void)snprintf(ret_why, 80, "%s %s", MUST[i].name,
			    is ? "set" : "not set");
	}
	return 0;
}

/* Believe no template: ask the token what it has made. */
int
template_check(struct session *s, CK_OBJECT_HANDLE key, struct err *err)
{
	char why[80];

	TRY(template_kept(s, key, why, err));
	return why[0] == '\0' ? 0 :
	    err_set(err, ETOKEN, "the token made a key with %s", why);
}
