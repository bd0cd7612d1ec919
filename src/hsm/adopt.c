/*
 * adopt - a key that others made is called as ours are, once it has proved
 * that both its halves are there and are one key.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/template.h"

struct adopt_job {
	const struct hsm_foreign *f;
	struct template_name	 name;
	struct hsm		*h;
	struct hsm_made		*made;
	struct blob		*signature;
};

/* The one object of this class; 0 and CK_INVALID_HANDLE: there is none. */
static int
find_one(struct session *s, CK_OBJECT_CLASS class, CK_ATTRIBUTE by,
    CK_OBJECT_HANDLE *ret, struct err *err)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE want[] = {
		ATTR(CKA_TOKEN, &yes, sizeof(yes)),
		ATTR(CKA_CLASS, &class, sizeof(class)), by,
	};
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;

	TRY(object_find(s, want, NELEM(want), &all, &n, err));
	*ret = n > 0 ? all[0] : CK_INVALID_HANDLE;
	free(all);
	if (n > 1)
		return err_set(err, ECONFLICT, "the token holds %zu such keys",
		    n);
	return 0;
}

static CK_ATTRIBUTE
asked_by(const struct hsm_foreign *f)
{
	CK_ATTRIBUTE label = ATTR(CKA_LABEL, f->label, f->label == NULL ? 0 :
	    strlen(f->label));
	CK_ATTRIBUTE id = ATTR(CKA_ID, f->id, f->id_octets);

	return f->label != NULL ? label : id;
}

static int
find_half(struct session *s, const struct adopt_job *j,
    CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *ret, struct err *err)
{
	CK_ATTRIBUTE mine = ATTR(CKA_ID, j->name.id->o, sizeof(j->name.id->o));

	TRY(find_one(s, class, mine, ret, err));
	if (*ret == CK_INVALID_HANDLE)
		TRY(find_one(s, class, asked_by(j->f), ret, err));
	if (*ret != CK_INVALID_HANDLE)
		return 0;
	s->absent = true;
	return err_set(err, ENOKEY, "the token holds no %s key of this name",
	    class == CKO_PRIVATE_KEY ? "private" : "public");
}

/* The public half first: what is asked for finds the private one until then. */
static int
call_it(struct session *s, const struct adopt_job *j, CK_OBJECT_HANDLE o,
    struct err *err)
{
	CK_ATTRIBUTE name[] = {
		ATTR(CKA_ID, j->name.id->o, sizeof(j->name.id->o)),
		ATTR(CKA_LABEL, j->name.label, strlen(j->name.label)),
	};

	P11(s, err, C_SetAttributeValue, s->h, o, name, NELEM(name));
	return 0;
}

static int
prove(struct session *s, const struct adopt_job *j, CK_OBJECT_HANDLE key,
    CK_OBJECT_HANDLE pub, struct err *err)
{
	const struct hsm_foreign *f = j->f;
	unsigned schemes;

	blob_clear(j->made->spki);
	blob_clear(j->signature);
	TRY(object_spki(s, pub, j->made->spki, err));
	TRY(object_schemes(s, key, &schemes, err));
	if ((schemes & 1u << f->scheme) == 0)
		return err_set(err, ERANGE_, "the key does not sign with %s",
		    hsm_scheme_name(f->scheme));
	TRY(sign_session(s, key, f->scheme, NULL, f->challenge,
	    f->challenge_octets, j->signature, err));
	return f->fit(f->ctx, j->made->spki, j->signature, err);
}

static int
adopt_job(struct session *s, void *ctx, struct err *err)
{
	const struct adopt_job *j = ctx;
	CK_OBJECT_HANDLE key, pub;

	TRY(find_half(s, j, CKO_PRIVATE_KEY, &key, err));
	TRY(find_half(s, j, CKO_PUBLIC_KEY, &pub, err));
	TRY(prove(s, j, key, pub, err));
	TRY(call_it(s, j, pub, err));
	TRY(call_it(s, j, key, err));
	return made_uri(j->h, CKO_PRIVATE_KEY, &j->name, j->made, err);
}

int
hsm_adopt(struct hsm *h, const struct hsm_foreign *f, const struct sha256 *id,
    const char *label, struct hsm_made *ret, struct err *err)
{
	AUTO(blob) *signature = blob_new();
	struct hsm_made made = { .spki = blob_new() };
	struct adopt_job j = { f, { id, label }, h, &made, signature };
	int rc;

	if (signature == NULL || made.spki == NULL)
		rc = err_set(err, ENOMEMORY, "a public key");
	else
		rc = pool_run(&h->pool, adopt_job, &j, err);
	if (rc == 0)
		*ret = made;
	else
		hsm_made_done(&made);
	return rc;
}
