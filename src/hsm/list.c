#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

/* Objects as they are met; then sorted by id and taken together. */
struct list {
	struct hsm_key	*key;
	size_t		 n, room;
};

static int
list_room(struct list *l, struct err *err)
{
	size_t room = l->room == 0 ? 64 : 2 * l->room;
	struct hsm_key *more;

	if (l->n < l->room)
		return 0;
	if ((more = realloc(l->key, room * sizeof(*more))) == NULL)
		return err_set(err, ENOMEMORY, "%zu keys", room);
	l->key = more;
	l->room = room;
	return 0;
}

/* @id's octets, or the hash of an id that is not ours: to keep it apart from others. */
static int
read_id(struct session *s, CK_OBJECT_HANDLE o, struct hsm_key *k,
    struct err *err)
{
	struct blob id = { 0 };
	int rc = object_get(s, o, CKA_ID, &id, err);

	k->id_fits = rc == 0 && id.len == sizeof(k->id.o);
	if (k->id_fits)
		memcpy(k->id.o, id.data, sizeof(k->id.o));
	else if (rc == 0)
		k->id = sha256_of(id.data, id.len);
	blob_done(&id);
	return rc;
}

static int
read_label(struct session *s, CK_OBJECT_HANDLE o, struct hsm_key *k,
    struct err *err)
{
	struct blob label = { 0 };
	int rc = object_get(s, o, CKA_LABEL, &label, err);
	size_t n = label.len < sizeof(k->label) ? label.len :
	    sizeof(k->label) - 1;

	if (rc == 0 && n > 0)
		memcpy(k->label, label.data, n);
	blob_done(&label);
	return rc;
}

static int
list_object(struct session *s, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE o,
    struct list *l, struct err *err)
{
	struct hsm_key *k;

	TRY(list_room(l, err));
	k = &l->key[l->n];
	memset(k, 0, sizeof(*k));
	k->has_private = class == CKO_PRIVATE_KEY;
	k->has_public = class == CKO_PUBLIC_KEY;
	k->has_secret = class == CKO_SECRET_KEY;
	TRY(read_id(s, o, k, err));
	TRY(read_label(s, o, k, err));
	if (k->id_fits && !k->has_public)
		handle_learn(s, &k->id, o, HANDLE_UNKNOWN);
	l->n++;
	return 0;
}

static int
list_class(struct session *s, CK_OBJECT_CLASS class, struct list *l,
    struct err *err)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE want[] = {
		ATTR(CKA_TOKEN, &yes, sizeof(yes)),
		ATTR(CKA_CLASS, &class, sizeof(class)),
	};
	CK_OBJECT_HANDLE *all = NULL;
	size_t i, n = 0;
	int rc = 0;

	TRY(object_find(s, want, NELEM(want), &all, &n, err));
	for (i = 0; i < n && rc == 0; i++)
		rc = list_object(s, class, all[i], l, err);
	free(all);
	return rc;
}

static int
by_id(const void *a, const void *b)
{
	const struct hsm_key *x = a, *y = b;

	return memcmp(x->id.o, y->id.o, sizeof(x->id.o));
}

static void
merge(struct list *l)
{
	size_t i, n = 0;

	if (l->n > 1)
		qsort(l->key, l->n, sizeof(l->key[0]), by_id);
	for (i = 0; i < l->n; i++) {
		struct hsm_key *into = n > 0 ? &l->key[n - 1] : NULL;
		const struct hsm_key *k = &l->key[i];

		if (into == NULL || by_id(into, k) != 0) {
			l->key[n++] = *k;
			continue;
		}
		into->has_private |= k->has_private;
		into->has_public |= k->has_public;
		into->has_secret |= k->has_secret;
	}
	l->n = n;
	for (i = 0; i < n; i++)
		l->key[i].partial =
		    l->key[i].has_private != l->key[i].has_public;
}

static int
list_job(struct session *s, void *ctx, struct err *err)
{
	struct list *l = ctx;

	l->n = 0;
	TRY(list_class(s, CKO_PRIVATE_KEY, l, err));
	TRY(list_class(s, CKO_PUBLIC_KEY, l, err));
	TRY(list_class(s, CKO_SECRET_KEY, l, err));
	merge(l);
	s->absent = l->n == 0;
	return 0;
}

int
hsm_list(struct hsm *h, struct hsm_key **ret, size_t *ret_n, struct err *err)
{
	struct list l = { 0 };
	int rc = pool_run(&h->pool, list_job, &l, err);

	if (rc != 0) {
		free(l.key);
		return rc;
	}
	*ret = l.key;
	*ret_n = l.n;
	return 0;
}

int
hsm_find_label(struct hsm *h, const char *label, struct sha256 *ret,
    struct err *err)
{
	struct hsm_key *all = NULL;
	size_t i, n = 0, found = 0;

	TRY(hsm_list(h, &all, &n, err));
	for (i = 0; i < n; i++)
		if ((all[i].has_private || all[i].has_secret) &&
		    all[i].id_fits && strcmp(all[i].label, label) == 0 &&
		    found++ == 0)
			*ret = all[i].id;
	free(all);
	if (found == 0)
		return err_set(err, ENOKEY, "no key is labelled \"%.64s\"",
		    label);
	return found == 1 ? 0 : err_set(err, ECONFLICT,
	    "%zu keys are labelled \"%.64s\"", found, label);
}

static int
destroy_job(struct session *s, void *ctx, struct err *err)
{
	return object_destroy_id(s, ctx, err);
}

int
hsm_destroy(struct hsm *h, const struct sha256 *id, struct err *err)
{
	struct sha256 copy = *id;

	return pool_run(&h->pool, destroy_job, &copy, err);
}
