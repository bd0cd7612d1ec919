#include <inttypes.h>
#include <string.h>
#include "base/json.h"
#include "keeper/draft.h"

#define LINE_OCTETS	512	/* what an entry has besides its text */

static const char *const names[] = {
#define S(name, text) [name] = text,
	DRAFT_SLOTS(S)
#undef S
};
_Static_assert(NELEM(names) == DRAFT__N, "a name per slot");

void
draft_done(struct draft *d)
{
	blob_done(&d->text);
	*d = (struct draft){ 0 };
}

static void
mark(struct draft *d, enum draft_slot s, size_t from)
{
	d->slot[s].at = from;
	d->slot[s].octets = d->text.len - from;
}

int
draft_raw(struct draft *d, enum draft_slot s, const void *p, size_t n,
    struct err *err)
{
	size_t from = d->text.len;

	TRY(blob_put(&d->text, p, n, err));
	mark(d, s, from);
	return 0;
}

int
draft_json(struct draft *d, enum draft_slot s, const json_t *j, struct err *err)
{
	size_t from = d->text.len;

	TRY(json_canonical(j, &d->text, err));
	mark(d, s, from);
	return 0;
}

int
draft_word(struct draft *d, enum draft_slot s, const char *word, struct err *err)
{
	size_t from = d->text.len;

	TRY(blob_put(&d->text, "\"", 1, err));
	TRY(blob_puts(&d->text, word, err));
	TRY(blob_put(&d->text, "\"", 1, err));
	mark(d, s, from);
	return 0;
}

int
draft_hash(struct draft *d, enum draft_slot s, const struct sha256 *h,
    struct err *err)
{
	char hex[SHA256_HEX];

	sha256_hex(h, hex);
	return draft_word(d, s, hex, err);
}

int
draft_number(struct draft *d, enum draft_slot s, uint64_t v, struct err *err)
{
	size_t from = d->text.len;

	TRY(blob_printf(&d->text, err, "%" PRIu64, v));
	mark(d, s, from);
	return 0;
}

int
draft_rule(struct draft *d, const char *name, const struct sha256 *h,
    struct err *err)
{
	size_t from = d->text.len;
	char hex[SHA256_HEX];

	sha256_hex(h, hex);
	TRY(blob_printf(&d->text, err, "{\"hash\":\"%s\",\"name\":\"%s\"}",
	    hex, name));
	mark(d, DRAFT_RULE, from);
	return 0;
}

int
draft_signature(struct draft *d, const char *b64, struct err *err)
{
	size_t from = d->text.len;

	TRY(blob_puts(&d->text, "{\"signature\":\"", err));
	TRY(blob_puts(&d->text, b64, err));
	TRY(blob_puts(&d->text, "\"}", err));
	mark(d, DRAFT_RESULT, from);
	return 0;
}

int
draft_spell(struct draft *d, uint64_t n, const struct sha256 *prev,
    struct blob *ret, struct err *err)
{
	char text[TIME_TEXT];
	const char *comma = "{";

	/* All slots, with their names. */
	TRY(blob_reserve(ret, d->text.len + LINE_OCTETS, err));
	clock_text(d->time, text);
	TRY(draft_word(d, DRAFT_TIME, text, err));
	TRY(draft_number(d, DRAFT_N, n, err));
	if (sha256_is_zero(prev))
		TRY(draft_word(d, DRAFT_PREV, "", err));
	else
		TRY(draft_hash(d, DRAFT_PREV, prev, err));
	for (size_t i = 0; i < DRAFT__N; i++) {
		if (d->slot[i].octets == 0)
			continue;
		TRY(blob_puts(ret, comma, err));
		TRY(blob_put(ret, "\"", 1, err));
		TRY(blob_puts(ret, names[i], err));
		TRY(blob_put(ret, "\":", 2, err));
		TRY(blob_put(ret, d->text.data + d->slot[i].at,
		    d->slot[i].octets, err));
		comma = ",";
	}
	return blob_put(ret, "}", 1, err);
}
