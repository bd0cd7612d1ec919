/*
 * adopt - a key that others made is called as ours are, once it has proved
 * that both its halves are there and are one key.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/template.h"

enum { PRIVATE, PUBLIC, HALVES };
static const CK_OBJECT_CLASS CLASS[HALVES] = { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY };

/* What a half was called by those who made it. */
struct called {
	bool			 known;
	struct blob		 id, label;
};

struct adopt_job {
	const struct hsm_foreign *f;
	struct template_name	 name;
	struct hsm		*h;
	struct hsm_made		*made;
	struct blob		*signature;
	struct called		 was[HALVES];
	bool			 refused;	/* the token is there, and will not */
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

/* Unless it bears our name already: then a crash took the old one with it. */
static int
remember(struct session *s, struct adopt_job *j, CK_OBJECT_HANDLE o,
    struct called *was, struct err *err)
{
	const struct sha256 *ours = j->name.id;

	if (was->known)
		return 0;
	blob_clear(&was->id);
	blob_clear(&was->label);
	TRY(object_get(s, o, CKA_ID, &was->id, err));
	TRY(object_get(s, o, CKA_LABEL, &was->label, err));
	was->known = was->id.len != sizeof(ours->o) ||
	    memcmp(was->id.data, ours->o, sizeof(ours->o)) != 0;
	return 0;
}

/* Tokens that do not know the attribute do what it says by default. */
static bool
flag_of(struct session *s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE t, bool usual)
{
	bool v;

	return object_flag(s, o, t, &v, NULL) == 0 ? v : usual;
}

/* Asked before either half is called otherwise. */
static int
may_be_called(struct session *s, const CK_OBJECT_HANDLE o[HALVES],
    struct err *err)
{
	for (size_t i = 0; i < HALVES; i++)
		if (!flag_of(s, o[i], CKA_MODIFIABLE, true))
			return err_set(err, ERANGE_, "the token lets nobody "
			    "rename the key's %s half (CKA_MODIFIABLE is false)",
			    i == PRIVATE ? "private" : "public");
	return 0;
}

static int
call_it(struct session *s, CK_OBJECT_HANDLE o, const void *id,
    size_t id_octets, const void *label, size_t label_octets, struct err *err)
{
	CK_ATTRIBUTE name[] = {
		ATTR(CKA_ID, id, id_octets),
		ATTR(CKA_LABEL, label, label_octets),
	};

	P11(s, err, C_SetAttributeValue, s->h, o, name, NELEM(name));
	return 0;
}

static int
call_ours(struct session *s, const struct adopt_job *j, CK_OBJECT_HANDLE o,
    struct err *err)
{
	const struct template_name *n = &j->name;

	return call_it(s, o, n->id->o, sizeof(n->id->o), n->label,
	    strlen(n->label), err);
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
	struct adopt_job *j = ctx;
	CK_OBJECT_HANDLE o[HALVES];

	for (size_t i = 0; i < HALVES; i++) {
		TRY(find_half(s, j, CLASS[i], &o[i], err));
		TRY(remember(s, j, o[i], &j->was[i], err));
	}
	if (flag_of(s, o[PRIVATE], CKA_ALWAYS_AUTHENTICATE, false))
		return err_set(err, ERANGE_, "the key asks for the PIN at each "
		    "use (CKA_ALWAYS_AUTHENTICATE is true)");
	TRY(prove(s, j, o[PRIVATE], o[PUBLIC], err));
	TRY(may_be_called(s, o, err));
	TRY(made_uri(j->h, CKO_PRIVATE_KEY, &j->name, j->made, err));
	/* The public half first: what is asked for finds the private one until
	 * then. */
	TRY(call_ours(s, j, o[PUBLIC], err));
	return call_ours(s, j, o[PRIVATE], err);
}

/* A half of which a crash took the name is called as the other one is. */
static int
give_back_half(struct session *s, struct adopt_job *j, size_t half,
    struct err *err)
{
	CK_ATTRIBUTE mine = ATTR(CKA_ID, j->name.id->o, sizeof(j->name.id->o));
	const struct called *was = &j->was[half];
	CK_OBJECT_HANDLE o;
	int rc;

	if (!was->known)
		was = &j->was[HALVES - 1 - half];
	TRY(find_one(s, CLASS[half], mine, &o, err));
	if (o == CK_INVALID_HANDLE || !was->known)
		return 0;
	rc = call_it(s, o, was->id.data, was->id.len, was->label.data,
	    was->label.len, err);
	j->refused = rc != 0 && !s->lost;
	return rc;
}

/* The private half first: while it is not back, the public one stays with it. */
static int
give_back_job(struct session *s, void *ctx, struct err *err)
{
	struct adopt_job *j = ctx;

	TRY(give_back_half(s, j, PRIVATE, err));
	return give_back_half(s, j, PUBLIC, err);
}

/*
 * ETOKEN is left to tokens that are away, and may be back another time: one
 * that took the names back is there, and it is this key that it refuses.
 */
static int
give_back(struct adopt_job *j, struct err *err)
{
	struct err was = *err, why;
	int rc = pool_run(&j->h->pool, give_back_job, j, &why);

	if (rc != 0 && !j->refused)
		return err_set(err, ETOKEN, "the key may bear two names: %s",
		    why.what);
	if (rc != 0)
		return err_set(err, ERANGE_, "the key bears two names, and the "
		    "token gives neither back: %s", why.what);
	if (was.code != ETOKEN)
		return -(int)was.code;
	return err_set(err, ERANGE_, "the token does not give this key: %s",
	    was.what);
}

int
hsm_adopt(struct hsm *h, const struct hsm_foreign *f, const struct sha256 *id,
    const char *label, struct hsm_made *ret, struct err *err)
{
	AUTO(blob) *signature = blob_new();
	struct hsm_made made = { .spki = blob_new() };
	struct adopt_job j = { .f = f, .name = { id, label }, .h = h,
		.made = &made, .signature = signature };
	int rc;

	if (signature == NULL || made.spki == NULL)
		rc = err_set(err, ENOMEMORY, "a public key");
	else if ((rc = pool_run(&h->pool, adopt_job, &j, err)) != 0)
		rc = give_back(&j, err);
	for (size_t i = 0; i < HALVES; i++) {
		blob_done(&j.was[i].id);
		blob_done(&j.was[i].label);
	}
	if (rc == 0)
		*ret = made;
	else
		hsm_made_done(&made);
	return rc;
}
