/* page - one thing to be served; see shelf.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hex.h"
#include "base/sha256.h"
#include "shelf/shelf.h"

#define TAG_OCTETS	16u

struct octets *
octets_ref(struct octets *o)
{
	atomic_fetch_add(&o->refs, 1);
	return o;
}

void
octets_free(struct octets *o)
{
	if (o == NULL || atomic_fetch_sub(&o->refs, 1) > 1)
		return;
	blob_done(&o->b);
	free(o);
}

static void
tag_make(const struct blob *b, char ret[PAGE_TAG])
{
	struct sha256 h = sha256_of(b->data, b->len);
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	(void)snprintf(ret, PAGE_TAG, "\"%.*s\"", (int)(2 * TAG_OCTETS), hex);
}

int
page_new(const char *type, struct blob *body, time_us made, time_us until,
    struct page **ret, struct err *err)
{
	struct page *p = calloc(1, sizeof(*p));
	struct octets *o = calloc(1, sizeof(*o));

	if (p == NULL || o == NULL) {
		free(p);
		free(o);
		blob_done(body);
		return err_set(err, ENOMEMORY, "a page");
	}
	atomic_init(&p->refs, 1);
	atomic_init(&o->refs, 1);
	o->b = *body;
	*body = (struct blob){ 0 };
	p->type = type;
	p->body = o;
	p->made = made;
	p->until = until;
	tag_make(&o->b, p->tag);
	*ret = p;
	return 0;
}

struct page *
page_ref(struct page *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

void
page_free(struct page *p)
{
	if (p == NULL || atomic_fetch_sub(&p->refs, 1) > 1)
		return;
	for (size_t i = 0; i < NELEM(p->dressed); i++)
		if (p->dressed[i] != NULL)
			p->undress(p->dressed[i]);
	octets_free(p->body);
	free(p);
}
