/*
 * crl: what is read whole and has nothing unknown is what a draft of its own
 * parts says, octet for octet, where its parts are in our order.
 */
#include "config.h"

#include <string.h>

#include "ca/crl.h"
#include "ca/seal.h"
#include "tests/fuzz/fuzz.h"

#define MOST	4096

struct list {
	size_t		 n, at;
	struct crl_entry e[MOST];
};
static struct list list;

static int
keep(void *ctx, const struct crl_entry *e, struct err *err)
{
	FUZZ_HOLDS(number_positive(&e->serial));
	FUZZ_HOLDS(reason_name(e->reason) != NULL);
	if (list.n < MOST)
		list.e[list.n] = *e;
	list.n++;
	return 0;
}

static int
next(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	*ret_more = list.at < list.n;
	if (*ret_more)
		*ret = list.e[list.at++];
	return 0;
}

/* A URL as text, where it is one that we would write. */
static const char *
url(struct span s, char text[CRL_URL + 1])
{
	size_t i;

	if (s.n == 0)
		return NULL;
	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return "";
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return text;
}

static int
draft(const struct crl_info *i, struct blob *ret)
{
	static char partition[CRL_URL + 1], freshest[CRL_URL + 1];
	struct crl_ask ask = { .scheme = seal_scheme(i->algorithm),
	    .issuer = i->issuer, .key_id = i->key_id, .number = i->number,
	    .base = i->base, .this_update = i->this_update,
	    .next_update = i->next_update, .scope = i->scope, .next = next };

	ask.partition = url(i->partition, partition);
	ask.freshest = url(i->freshest, freshest);
	list.at = 0;
	if (ask.scheme == NULL)
		return -1;
	return crl_draft(&ask, ret, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crl_info info, again;
	struct blob b = { 0 };

	list.n = 0;
	if (crl_read(span_of(data, size), keep, NULL, &info, NULL) != 0)
		return 0;
	FUZZ_HOLDS(info.entries == list.n);
	if (list.n <= MOST && info.unknown == 0 && draft(&info, &b) == 0) {
		FUZZ_HOLDS(b.len == size);
		FUZZ_HOLDS(crl_read(span_blob(&b), NULL, NULL, &again,
		    NULL) == 0);
		FUZZ_HOLDS(again.entries == info.entries);
		FUZZ_HOLDS(number_order(&again.number, &info.number) == 0);
		FUZZ_HOLDS(again.next_update == info.next_update);
	}
	blob_done(&b);
	return 0;
}
