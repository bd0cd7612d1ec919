/* survey - everything in a token, whoever made it; see hsm.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

struct survey {
	hsm_thing_fn	*fn;
	void		*ctx;
	CK_OBJECT_CLASS	 class;
};

static int
find_by(struct session *s, CK_OBJECT_CLASS class, const struct blob *id,
    CK_OBJECT_HANDLE **ret, size_t *ret_n, struct err *err)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE want[] = {
		ATTR(CKA_TOKEN, &yes, sizeof(yes)),
		ATTR(CKA_CLASS, &class, sizeof(class)),
		ATTR(CKA_ID, id != NULL ? id->data : NULL, id != NULL ?
		    id->len : 0),
	};

	return object_find(s, want, NELEM(want) - (id == NULL ? 1 : 0), ret,
	    ret_n, err);
}

/* Of what is no key of ours there is no public half that we could name. */
static int
spki_read(struct session *s, CK_OBJECT_HANDLE o, struct blob *ret,
    struct err *err)
{
	struct err why;
	int rc = object_spki(s, o, ret, &why);

	return rc == 0 || rc == -ERANGE_ ? 0 : err_set(err, why.code, "%s",
	    why.what);
}

/* Its other half, by its id; one without an id has none that is known. */
static int
half_find(struct session *s, CK_OBJECT_CLASS class, const struct blob *id,
    CK_OBJECT_HANDLE *ret, size_t *ret_n, struct err *err)
{
	CK_OBJECT_HANDLE *all = NULL;

	*ret_n = 0;
	if (id->len == 0)
		return 0;
	TRY(find_by(s, class, id, &all, ret_n, err));
	if (*ret_n > 0)
		*ret = all[0];
	free(all);
	return 0;
}

static int
private_read(struct session *s, struct hsm_thing *t, struct blob *value,
    struct err *err)
{
	CK_OBJECT_HANDLE other = CK_INVALID_HANDLE;
	size_t n;

	TRY(half_find(s, CKO_PUBLIC_KEY, t->id, &other, &n, err));
	t->kind = n > 0 ? HSM_THING_PAIR : HSM_THING_PRIVATE;
	return n == 1 ? spki_read(s, other, value, err) : 0;
}

/* @ret_skip: it was told with its private half. */
static int
public_read(struct session *s, CK_OBJECT_HANDLE o, struct hsm_thing *t,
    struct blob *value, bool *ret_skip, struct err *err)
{
	CK_OBJECT_HANDLE other = CK_INVALID_HANDLE;
	size_t n;

	t->kind = HSM_THING_PUBLIC;
	TRY(half_find(s, CKO_PRIVATE_KEY, t->id, &other, &n, err));
	*ret_skip = n > 0;
	return spki_read(s, o, value, err);
}

static int
thing_read(struct session *s, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE o,
    struct hsm_thing *t, struct blob *value, bool *ret_skip, struct err *err)
{
	switch (class) {
	case CKO_PRIVATE_KEY:
		return private_read(s, t, value, err);
	case CKO_PUBLIC_KEY:
		return public_read(s, o, t, value, ret_skip, err);
	case CKO_CERTIFICATE:
		t->kind = HSM_THING_CERTIFICATE;
		return object_get(s, o, CKA_VALUE, value, err);
	}
	t->kind = HSM_THING_SECRET;
	return 0;
}

static int
thing_tell(struct session *s, const struct survey *v, CK_OBJECT_HANDLE o,
    struct err *err)
{
	AUTO(blob) *id = blob_new(), *label = blob_new(), *value = blob_new();
	struct hsm_thing t = { .id = id, .label = label, .value = value };
	bool skip = false;

	if (id == NULL || label == NULL || value == NULL)
		return err_set(err, ENOMEMORY, "an object");
	TRY(object_get(s, o, CKA_ID, id, err));
	TRY(object_get(s, o, CKA_LABEL, label, err));
	TRY(thing_read(s, v->class, o, &t, value, &skip, err));
	return skip ? 0 : v->fn(v->ctx, &t, err);
}

static int
class_job(struct session *s, void *ctx, struct err *err)
{
	const struct survey *v = ctx;
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;
	int rc = 0;

	TRY(find_by(s, v->class, NULL, &all, &n, err));
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = thing_tell(s, v, all[i], err);
	free(all);
	return rc;
}

int
hsm_survey(struct hsm *h, hsm_thing_fn *fn, void *ctx, struct err *err)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY,
		CKO_PUBLIC_KEY, CKO_SECRET_KEY, CKO_CERTIFICATE };

	for (size_t i = 0; i < NELEM(classes); i++) {
		struct survey v = { fn, ctx, classes[i] };

		TRY(pool_run(&h->pool, class_job, &v, err));
	}
	return 0;
}
