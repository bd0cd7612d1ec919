#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "keeper/shadow.h"

void
shadow_done(struct shadow *s)
{
	free(s->list);
	*s = (struct shadow){ 0 };
}

int
shadow_copy(const struct shadow *s, struct shadow *ret, struct err *err)
{
	struct shadow c = *s;

	c.list = NULL;
	if (s->n > 0) {
		c.list = malloc(s->n * sizeof(*c.list));
		if (c.list == NULL)
			return err_set(err, ENOMEMORY, "for what was shown");
		memcpy(c.list, s->list, s->n * sizeof(*c.list));
	}
	c.room = s->n;
	*ret = c;
	return 0;
}

bool
shadow_needs(enum entry_op op)
{
	switch (op) {
	case ENTRY_GENERATE_INTENT:
	case ENTRY_GENERATE_FAILED:
	case ENTRY_DESTROY_INTENT:
		return false;
	case ENTRY_FOUND:
	case ENTRY_SIGN:
	case ENTRY_GENERATE:
	case ENTRY_STATE:
	case ENTRY_DESTROY:
	case ENTRY_AMEND:
	case ENTRY_RESTORE:
	case ENTRY_ADOPT:
	case ENTRY_CLOSE:
	case ENTRY_CERTIFY:
	case ENTRY_CRL:
	case ENTRY_OCSP:
	case ENTRY_ADOPT_CA:
	case ENTRY_CSR:
	case ENTRY__N:
		break;
	}
	return true;
}

int
shadow_note(struct shadow *s, uint64_t n, const struct sha256 *hash,
    time_us time, enum entry_op op, struct err *err)
{
	if (n <= s->entries)
		return 0;	/* shown before the snapshot was taken */
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 64 : s->room * 2;
		struct unshown *p = realloc(s->list, room * sizeof(*p));

		if (p == NULL)
			return err_set(err, ENOMEMORY, "for what is unshown");
		s->list = p;
		s->room = room;
	}
	s->list[s->n] = (struct unshown){ .n = n, .hash = *hash, .time = time,
		.use = entry_op_signs(op), .silent = !shadow_needs(op),
		.shown = !shadow_needs(op), .gap = n - s->head - 1 };
	s->uses += s->list[s->n].use;
	s->n++;
	s->head = n;
	return 0;
}

int
shadow_leaf(struct shadow *s, const struct sha256 *leaf, struct err *err)
{
	return merkle_range_add(&s->range, leaf, NULL, NULL, err);
}

static struct unshown *
find(const struct shadow *s, uint64_t n)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->list[mid].n < n)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->list[low].n == n && !s->list[low].silent ?
	    &s->list[low] : NULL;
}

/* By a restore that is not shown yet? */
static bool
was_left_out(const struct shadow *s, uint64_t n)
{
	for (size_t i = 0; i < s->n; i++)
		if (n < s->list[i].n)
			return !s->list[i].shown &&
			    n >= s->list[i].n - s->list[i].gap;
	return false;
}

int
shadow_entry(struct shadow *s, uint64_t n, const struct sha256 *hash,
    struct err *err)
{
	struct unshown *u = find(s, n);

	if (u == NULL && was_left_out(s, n))
		return 0;
	if (n <= s->entries || (u != NULL && u->shown))
		return err_set(err, EVERIFY, "an event carries entry %" PRIu64
		    ", which one before it carried", n);
	if (u == NULL)
		return err_set(err, EVERIFY, "an event carries entry %" PRIu64
		    ", which the journal does not have", n);
	if (!sha256_equal(&u->hash, hash))
		return err_set(err, EVERIFY, "an event carries another entry %"
		    PRIu64 " than the journal", n);
	s->uses -= u->use;
	u->shown = true;
	return 0;
}

void
shadow_settle(struct shadow *s)
{
	size_t done = 0;

	while (done < s->n && s->list[done].shown)
		done++;
	s->entries = done < s->n ? s->list[done].n - 1 - s->list[done].gap :
	    s->head;
	if (done > 0)
		memmove(s->list, s->list + done,
		    (s->n - done) * sizeof(*s->list));
	s->n -= done;
}

int
shadow_check(const struct shadow *s, size_t reserved, time_us now,
    struct err *err)
{
	if (s->uses + reserved >= SHADOW_UNSHOWN)
		return err_set(err, EUNSHOWN, "%zu uses have not been shown",
		    s->uses + reserved);
	for (size_t i = 0; i < s->n && s->uses > 0; i++) {
		if (!s->list[i].use || s->list[i].shown)
			continue;
		if (now - s->list[i].time > SHADOW_AGE)
			return err_set(err, EUNSHOWN, "entry %" PRIu64
			    " has not been shown for a minute", s->list[i].n);
		break;
	}
	return 0;
}

int
shadow_json(const struct shadow *s, json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_object(), *nodes = json_array(),
	    *shown = json_array();
	struct sha256 root = merkle_range_root(&s->range);
	char hex[SHA256_HEX];

	TRY(json_set_int(o, "size", (int64_t)s->range.size, err));
	TRY(json_set_hash(o, "root", &root, err));
	TRY(json_set_int(o, "entries", (int64_t)s->entries, err));
	for (int i = 63; i >= 0; i--) {
		if ((s->range.size >> i & 1) == 0)
			continue;
		sha256_hex(&s->range.node[i], hex);
		if (json_array_append_new(nodes, json_string(hex)) != 0)
			return err_set(err, ENOMEMORY, "for the range");
	}
	for (size_t i = 0; i < s->n; i++) {
		if (!s->list[i].shown)
			continue;
		if (json_array_append_new(shown,
		    json_integer((json_int_t)s->list[i].n)) != 0)
			return err_set(err, ENOMEMORY, "for the range");
	}
	TRY(json_set_new(o, "range", TAKE(nodes), err));
	TRY(json_set_new(o, "shown", TAKE(shown), err));
	*ret = TAKE(o);
	return 0;
}

int
shadow_load(struct shadow *s, const json_t *from, struct err *err)
{
	const json_t *nodes = json_object_get(from, "range");
	struct sha256 root, made;
	int64_t size, entries;
	size_t at = 0;

	TRY(json_need_int(from, "size", &size, err));
	TRY(json_need_int(from, "entries", &entries, err));
	TRY(json_need_hash(from, "root", &root, err));
	s->range.size = (uint64_t)size;
	for (int i = 63; i >= 0; i--) {
		const char *hex;

		if ((s->range.size >> i & 1) == 0)
			continue;
		hex = json_string_value(json_array_get(nodes, at++));
		if (hex == NULL)
			return err_set(err, EINPUT, "the ledger's range is cut");
		TRY(sha256_parse(hex, &s->range.node[i], err));
	}
	made = merkle_range_root(&s->range);
	if (!sha256_equal(&root, &made))
		return err_set(err, EVERIFY, "the ledger's range is damaged");
	s->entries = (uint64_t)entries;
	s->head = s->entries;
	return 0;
}

void
shadow_apply_shown(struct shadow *s, const json_t *from)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(from, "shown"), i, one) {
		struct unshown *u = find(s,
		    (uint64_t)json_integer_value(one));

		if (u == NULL || u->shown)
			continue;
		u->shown = true;
		s->uses -= u->use;
	}
	shadow_settle(s);
}

int
shadow_unshown_json(const struct shadow *s, json_t *into, struct err *err)
{
	json_t *all = json_array(), *one;

	TRY(json_set_new(into, "unshown", all, err));
	for (size_t i = 0; i < s->n; i++) {
		const struct unshown *u = &s->list[i];

		TRY(json_build(&one, err, "{s:I, s:I, s:b, s:b}",
		    "n", (json_int_t)u->n, "time", (json_int_t)u->time,
		    "use", u->use, "silent", u->silent));
		if (json_array_append_new(all, one) != 0)
			return err_set(err, ENOMEMORY, "for the snapshot");
		TRY(json_set_hash(one, "hash", &u->hash, err));
	}
	return 0;
}

int
shadow_unshown_load(struct shadow *s, const json_t *from, struct err *err)
{
	const json_t *one;
	struct sha256 hash;
	int64_t n, time;
	size_t i;

	json_array_foreach(json_object_get(from, "unshown"), i, one) {
		enum entry_op op = json_flag(one, "use", false) ? ENTRY_SIGN :
		    json_flag(one, "silent", false) ?
		    ENTRY_GENERATE_INTENT : ENTRY_STATE;

		TRY(json_need_int(one, "n", &n, err));
		TRY(json_need_int(one, "time", &time, err));
		TRY(json_need_hash(one, "hash", &hash, err));
		TRY(shadow_note(s, (uint64_t)n, &hash, time, op, err));
	}
	return 0;
}
