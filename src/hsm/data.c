#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

#define APPLICATION	"claviger"
#define DATA_MAX	4096
#define COUNTER		8	/* octets before the value: which write this was */

struct data_job {
	const char	*label;
	const void	*p;		/* put */
	size_t		 n;
	struct blob	*ret;		/* get */
};

/* All objects of one label, and which of them was written last. */
struct copies {
	CK_OBJECT_HANDLE	*object;
	size_t			 n;
	CK_OBJECT_HANDLE	 newest;
	uint64_t		 counter;	/* of it; 0: there is none */
	struct blob		 value;		/* of it, counter included */
};

static void
copies_done(struct copies *c)
{
	free(c->object);
	blob_done(&c->value);
}

static uint64_t
counter_of(const struct blob *b)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < COUNTER; i++)
		v = v << 8 | b->data[i];
	return v;
}

static int
look_at(struct session *s, CK_OBJECT_HANDLE o, struct copies *c,
    struct err *err)
{
	struct blob value = { 0 };
	int rc = object_get(s, o, CKA_VALUE, &value, err);

	/* A half-written copy is none: a crash may have left it. */
	if (rc == 0 && value.len >= COUNTER &&
	    counter_of(&value) > c->counter) {
		c->newest = o;
		c->counter = counter_of(&value);
		blob_done(&c->value);
		c->value = value;
		return 0;
	}
	blob_done(&value);
	return rc;
}

static int
find_copies(struct session *s, const char *label, struct copies *c,
    struct err *err)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE want[] = {
		ATTR(CKA_CLASS, &class, sizeof(class)),
		ATTR(CKA_TOKEN, &yes, sizeof(yes)),
		ATTR(CKA_APPLICATION, APPLICATION, strlen(APPLICATION)),
		ATTR(CKA_LABEL, label, strlen(label)),
	};
	size_t i;

	TRY(object_find(s, want, NELEM(want), &c->object, &c->n, err));
	for (i = 0; i < c->n; i++)
		TRY(look_at(s, c->object[i], c, err));
	return 0;
}

static int
write_copy(struct session *s, const struct data_job *j, uint64_t counter,
    struct err *err)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE;
	unsigned char value[COUNTER + DATA_MAX];
	CK_ATTRIBUTE a[] = {
		ATTR(CKA_CLASS, &class, sizeof(class)),
		ATTR(CKA_TOKEN, &yes, sizeof(yes)),
		ATTR(CKA_PRIVATE, &yes, sizeof(yes)),
		ATTR(CKA_APPLICATION, APPLICATION, strlen(APPLICATION)),
		ATTR(CKA_LABEL, j->label, strlen(j->label)),
		ATTR(CKA_VALUE, value, COUNTER + j->n),
	};
	CK_OBJECT_HANDLE o;
	size_t i;

	for (i = 0; i < COUNTER; i++)
		value[i] = (unsigned char)(counter >> (8 * (COUNTER - 1 - i)));
	memcpy(value + COUNTER, j->p, j->n);
	P11(s, err, C_CreateObject, s->h, a, NELEM(a), &o);
	return 0;
}

static int
put_copies(struct session *s, const struct data_job *j, struct copies *c,
    struct err *err)
{
	size_t i;

	TRY(find_copies(s, j->label, c, err));
	TRY(write_copy(s, j, c->counter + 1, err));
	for (i = 0; i < c->n; i++)
		P11(s, err, C_DestroyObject, s->h, c->object[i]);
	return 0;
}

static int
put_job(struct session *s, void *ctx, struct err *err)
{
	struct copies c = { 0 };
	int rc = put_copies(s, ctx, &c, err);

	copies_done(&c);
	return rc;
}

static int
get_copies(struct session *s, const struct data_job *j, struct copies *c,
    struct err *err)
{
	TRY(find_copies(s, j->label, c, err));
	if (c->counter == 0) {
		s->absent = true;
		return err_set(err, ENOENT_, "the token holds no \"%s\"",
		    j->label);
	}
	return blob_put(j->ret, c->value.data + COUNTER,
	    c->value.len - COUNTER, err);
}

static int
get_job(struct session *s, void *ctx, struct err *err)
{
	struct copies c = { 0 };
	int rc = get_copies(s, ctx, &c, err);

	copies_done(&c);
	return rc;
}

int
hsm_data_put(struct hsm *h, const char *label, const void *p, size_t n,
    struct err *err)
{
	struct data_job j = { .label = label, .p = p, .n = n };

	if (n > DATA_MAX)
		return err_set(err, ERANGE_, "a data object of %zu octets", n);
	return pool_run(&h->pool, put_job, &j, err);
}

int
hsm_data_get(struct hsm *h, const char *label, struct blob *ret,
    struct err *err)
{
	struct data_job j = { .label = label, .ret = ret };

	return pool_run(&h->pool, get_job, &j, err);
}
