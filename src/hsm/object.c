#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

#define BATCH		64
#define ATTRIBUTE_MAX	65536

static int
find_all(struct session *s, CK_OBJECT_HANDLE **all, size_t *n,
    struct err *err)
{
	CK_OBJECT_HANDLE *more;
	size_t room = 0;
	CK_ULONG got;

	do {
		if (*n + BATCH > FIND_MOST)
			return err_set(err, ETOOBIG, "over %u objects",
			    FIND_MOST);
		if (*n + BATCH > room) {
			room = room == 0 ? BATCH : 2 * room;
			more = realloc(*all, room * sizeof(**all));
			if (more == NULL)
				return err_set(err, ENOMEMORY, "objects");
			*all = more;
		}
		P11(s, err, C_FindObjects, s->h, *all + *n, BATCH, &got);
		*n += got;
	} while (got > 0);
	return 0;
}

int
object_find(struct session *s, CK_ATTRIBUTE *want, CK_ULONG n_want,
    CK_OBJECT_HANDLE **ret, size_t *ret_n, struct err *err)
{
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;
	int rc;

	P11(s, err, C_FindObjectsInit, s->h, want, n_want);
	rc = find_all(s, &all, &n, err);
	(void)s->f->C_FindObjectsFinal(s->h);
	if (rc != 0) {
		free(all);
		return rc;
	}
	*ret = all;
	*ret_n = n;
	return 0;
}

int
object_find_id(struct session *s, CK_OBJECT_CLASS class,
    const struct sha256 *id, CK_OBJECT_HANDLE **ret, size_t *ret_n,
    struct err *err)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE want[] = {
		ATTR(CKA_TOKEN, &yes, sizeof(yes)),
		ATTR(CKA_ID, id->o, sizeof(id->o)),
		ATTR(CKA_CLASS, &class, sizeof(class)),
	};
	bool any = class == CK_UNAVAILABLE_INFORMATION;

	return object_find(s, want, NELEM(want) - (any ? 1 : 0), ret, ret_n,
	    err);
}

static int
find_one(struct session *s, CK_OBJECT_CLASS class, const struct sha256 *id,
    CK_OBJECT_HANDLE *ret, struct err *err)
{
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;

	TRY(object_find_id(s, class, id, &all, &n, err));
	if (n > 0)
		*ret = all[0];
	free(all);
	if (n > 1)
		return err_set(err, ECONFLICT, "%zu keys have one id", n);
	return 0;
}

/* Which curve: by how its name is spelled in CKA_EC_PARAMS. */
static int
schemes_of_curve(struct session *s, CK_OBJECT_HANDLE o, unsigned *ret,
    struct err *err)
{
	static const struct {
		const char	*params;
		size_t		 n;
		unsigned	 schemes;
	} CURVES[] = {
		{ EC_P256_PARAMS, 1u << HSM_SCHEME_ECDSA_SHA256 },
		{ EC_P384_PARAMS, 1u << HSM_SCHEME_ECDSA_SHA384 },
		{ ED25519_PARAMS, 1u << HSM_SCHEME_EDDSA },
		{ ED25519_NAME, 1u << HSM_SCHEME_EDDSA },
	};
	struct blob params = { 0 };
	int rc = object_get(s, o, CKA_EC_PARAMS, &params, err);
	size_t i;

	*ret = 0;
	for (i = 0; rc == 0 && i < NELEM(CURVES); i++)
		if (params.len == CURVES[i].n &&
		    memcmp(params.data, CURVES[i].params, params.len) == 0)
			*ret = CURVES[i].schemes;
	blob_done(&params);
	return rc;
}

int
object_schemes(struct session *s, CK_OBJECT_HANDLE o, unsigned *ret,
    struct err *err)
{
	CK_ULONG type;

	TRY(object_ulong(s, o, CKA_KEY_TYPE, &type, err));
	switch (type) {
	case CKK_EC:
	case CKK_EC_EDWARDS:
		return schemes_of_curve(s, o, ret, err);
	case CKK_RSA:
		*ret = 1u << HSM_SCHEME_RSA_PSS_SHA256 |
		    1u << HSM_SCHEME_RSA_PKCS1_SHA256;
		return 0;
	default:
		*ret = 0;
		return 0;
	}
}

int
object_key(struct session *s, const struct sha256 *id, CK_OBJECT_HANDLE *ret,
    unsigned *ret_schemes, struct err *err)
{
	unsigned schemes = HANDLE_UNKNOWN;
	CK_OBJECT_HANDLE o = handle_known(s, id, &schemes);

	if (o == CK_INVALID_HANDLE) {
		TRY(find_one(s, CKO_PRIVATE_KEY, id, &o, err));
		if (o == CK_INVALID_HANDLE)
			TRY(find_one(s, CKO_SECRET_KEY, id, &o, err));
		if (o == CK_INVALID_HANDLE) {
			s->absent = true;
			return err_set(err, ENOKEY,
			    "the token does not hold this key");
		}
		handle_learn(s, id, o, schemes);
	}
	*ret = o;
	*ret_schemes = schemes;
	return 0;
}

int
object_signer(struct session *s, const struct sha256 *id,
    enum hsm_scheme scheme, CK_OBJECT_HANDLE *ret, struct err *err)
{
	unsigned schemes;
	CK_OBJECT_HANDLE o;

	TRY(object_key(s, id, &o, &schemes, err));
	if (schemes == HANDLE_UNKNOWN) {
		TRY(object_schemes(s, o, &schemes, err));
		handle_learn(s, id, o, schemes);
	}
	if ((schemes & 1u << scheme) == 0)
		return err_set(err, ERANGE_, "the key does not sign with %s",
		    hsm_scheme_name(scheme));
	*ret = o;
	return 0;
}

int
object_get(struct session *s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE t,
    struct blob *ret, struct err *err)
{
	CK_ATTRIBUTE a = { t, NULL, 0 };
	int rc;

	P11(s, err, C_GetAttributeValue, s->h, o, &a, 1);
	if (a.ulValueLen == CK_UNAVAILABLE_INFORMATION ||
	    a.ulValueLen > ATTRIBUTE_MAX)
		return err_set(err, ETOKEN, "attribute 0x%lx cannot be read",
		    (unsigned long)t);
	if (a.ulValueLen == 0)
		return 0;
	if ((a.pValue = malloc(a.ulValueLen)) == NULL)
		return err_set(err, ENOMEMORY, "an attribute");
	rc = s->f->C_GetAttributeValue(s->h, o, &a, 1) == CKR_OK ?
	    blob_put(ret, a.pValue, a.ulValueLen, err) :
	    err_set(err, ETOKEN, "attribute 0x%lx cannot be read",
	    (unsigned long)t);
	free(a.pValue);
	return rc;
}

int
object_ulong(struct session *s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE t,
    CK_ULONG *ret, struct err *err)
{
	CK_ULONG v = 0;
	CK_ATTRIBUTE a = { t, &v, sizeof(v) };

	P11(s, err, C_GetAttributeValue, s->h, o, &a, 1);
	if (a.ulValueLen != sizeof(v))
		return err_set(err, ETOKEN, "attribute 0x%lx has %lu octets",
		    (unsigned long)t, (unsigned long)a.ulValueLen);
	*ret = v;
	return 0;
}

int
object_flag(struct session *s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE t,
    bool *ret, struct err *err)
{
	CK_BBOOL v = CK_FALSE;
	CK_ATTRIBUTE a = { t, &v, sizeof(v) };

	P11(s, err, C_GetAttributeValue, s->h, o, &a, 1);
	if (a.ulValueLen != sizeof(v))
		return err_set(err, ETOKEN, "attribute 0x%lx has %lu octets",
		    (unsigned long)t, (unsigned long)a.ulValueLen);
	*ret = v == CK_TRUE;
	return 0;
}

static int
destroy_class(struct session *s, CK_OBJECT_CLASS class,
    const struct sha256 *id, size_t *found, struct err *err)
{
	CK_OBJECT_HANDLE *all = NULL;
	size_t i, n = 0;
	int rc = 0;
	CK_RV rv;

	TRY(object_find_id(s, class, id, &all, &n, err));
	for (i = 0; i < n && rc == 0; i++)
		if ((rv = s->f->C_DestroyObject(s->h, all[i])) != CKR_OK)
			rc = session_error(s, "C_DestroyObject", rv, err);
	free(all);
	*found += n;
	return rc;
}

int
object_destroy_id(struct session *s, const struct sha256 *id, struct err *err)
{
	size_t found = 0;

	handle_forget(s, id);
	TRY(destroy_class(s, CKO_PRIVATE_KEY, id, &found, err));
	TRY(destroy_class(s, CKO_SECRET_KEY, id, &found, err));
	TRY(destroy_class(s, CK_UNAVAILABLE_INFORMATION, id, &found, err));
	s->absent = found == 0;
	return 0;
}
