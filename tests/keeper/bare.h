/*
 * bare - a keeper without token, disk, threads and clock, for tests of what it
 * does with a message.  Include it once in a program: it stands in for those
 * parts of the library.  A journal entry that is made is read again at once; what the
 * token would do is done, and nothing came of it.
 */
#ifndef TESTS_KEEPER_BARE_H
#define TESTS_KEEPER_BARE_H

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/json.h"
#include "keeper/permits.h"
#include "keeper/serve.h"
#include "keeper/show.h"
#include "keeper/use_ca.h"
#include "tests/fuzz/fuzz.h"

#define NOW	((time_us)1900000000 * 1000000)

time_us __wrap_clock_now(void);
time_us
__wrap_clock_now(void)
{
	return NOW;
}

/* What an allocation that fails may fail without harm. */
static bool bare_short;

/* Which house it is: its charter, its keys, and the one rule by which its keys
 * sign without approvals. */
struct bare_house {
	const char	*law, *signs;
	const char	*permitted;	/* a rule whose approvals a seed has; or NULL */
	const char	*const *keys;
	size_t		 key_n;
};
static const struct bare_house bare_firmware, *bare_house = &bare_firmware;

/* A journal of one segment, in memory: an entry must read again. */
static struct journal_at head;
static struct blob written;

int
journal_append(struct journal *j, struct draft *d, uint64_t jump,
    struct blob *ret_line, struct journal_at *ret_at, struct err *err)
{
	AUTO(entry) *e = NULL;

	(void)j;
	TRY(draft_spell(d, jump != 0 ? jump : head.head.n + 1, &head.head.hash,
	    ret_line, err));
	if (entry_read(ret_line->data, ret_line->len, &e, err) != 0) {
		FUZZ_HOLDS(bare_short && err->code == ENOMEMORY);
		return -ENOMEMORY;
	}
	written.len = head.offset;
	TRY(blob_put(&written, ret_line->data, ret_line->len, err));
	TRY(blob_put(&written, "\n", 1, err));
	FUZZ_HOLDS(entry_check_next(e, &head.head, NULL, err) == 0);
	if (entry_op_signs(e->op))
		FUZZ_HOLDS(strcmp(e->rule, bare_house->signs) == 0 ||
		    (bare_house->permitted != NULL &&
		    strcmp(e->rule, bare_house->permitted) == 0));
	head.segment = 1;
	head.offset = written.len;
	*ret_at = head;
	return 0;
}

bool
journal_durable(struct journal *j, uint64_t *ret, struct err *err)
{
	*ret = head.head.n;
	return true;
}

const struct journal_at *
journal_head(const struct journal *j)
{
	return &head;
}

int
journal_recover(struct journal *j, struct err *err)
{
	return 0;
}

int
journal_tail(struct journal *j, uint64_t from, unsigned limit, size_t octets,
    struct blob *ret, struct err *err)
{
	return blob_puts(ret, "[]", err);
}

int
journal_at_line(struct journal *j, uint64_t segment, uint64_t offset,
    struct blob *ret, struct err *err)
{
	const unsigned char *p = written.data + offset;

	FUZZ_HOLDS(segment <= 1 && offset < written.len);
	return blob_put(ret, p, (size_t)((unsigned char *)memchr(p, '\n',
	    written.len - offset) - p), err);
}

/* No thread: what the token would do is done, and nothing came of it. */
static struct keeper k;

void
work_sign(struct work *w, struct job *j)
{
	j->done(&k, j);
}

void
work_slow(struct work *w, struct job *j)
{
	j->done(&k, j);
}

bool
work_collect(struct work *w)
{
	return false;
}

unsigned
work_waiting(struct work *w)
{
	return 0;
}

static unsigned answers, refusals;

void
serve_answer(struct serve *s, const struct asker *to, const void *p, size_t n)
{
	json_t *j;

	answers++;
	refusals += memmem(p, n, "\"ok\":true", 9) == NULL;
	if (bare_short)
		return;		/* reading it would need memory too */
	FUZZ_HOLDS(json_read(p, n, &j, NULL) == 0);
	FUZZ_HOLDS(json_is_boolean(json_object_get(j, "ok")));
	json_decref(j);
}

void
serve_drop(struct serve *s, const struct asker *to)
{
	answers++;
	refusals++;
}

void
hsm_info(const struct hsm *h, struct hsm_info *ret)
{
	memset(ret, 0, sizeof(*ret));
}

bool
hsm_can(struct hsm *h, enum hsm_algorithm a)
{
	return true;
}

void
hsm_made_done(struct hsm_made *m)
{
	blob_free(m->spki);
	m->spki = NULL;
}

#define NOT_HERE	{ return err_set(err, ETOKEN, "there is no token here"); }
int hsm_generate(struct hsm *h, enum hsm_algorithm a, const struct sha256 *id,
    const char *label, struct hsm_made *ret, struct err *err) NOT_HERE
int hsm_recall(struct hsm *h, enum hsm_algorithm a, const struct sha256 *id,
    const char *label, struct hsm_made *ret, struct err *err) NOT_HERE
int hsm_adopt(struct hsm *h, const struct hsm_foreign *f,
    const struct sha256 *id, const char *label, struct hsm_made *ret,
    struct err *err) NOT_HERE
int hsm_sign(struct hsm *h, const struct sha256 *id, enum hsm_scheme scheme,
    const void *p, size_t n, struct blob *ret, struct err *err) NOT_HERE
int hsm_destroy(struct hsm *h, const struct sha256 *id, struct err *err) NOT_HERE
int hsm_list(struct hsm *h, struct hsm_key **ret, size_t *ret_n,
    struct err *err) NOT_HERE
int hsm_data_put(struct hsm *h, const char *label, const void *p, size_t n,
    struct err *err) NOT_HERE
int hsm_data_get(struct hsm *h, const char *label, struct blob *ret,
    struct err *err) NOT_HERE
int hsm_sync(struct hsm *h, struct err *err) NOT_HERE

/* Or nobody would hear of anything else. */
int
hsm_check(struct hsm *h, const struct sha256 *key, struct err *err)
{
	return 0;
}

static const char law[] =
"{\"access\":{\"rules\":[{\"action\":[\"charter.amend\"],\"approvals\":[{\"count\":2,\"of\":\"officers\","
"\"proof\":[\"officer-key\"],\"within\":\"P1D\"}],\"by\":[\"officers\"],\"name\":\"amend\",\"why\":\"x\"},"
"{\"action\":[\"window.close\"],\"by\":[\"officers\",\"robots\"],\"name\":\"close\",\"why\":\"x\"}]},"
"\"alerts\":{},\"classes\":{\"firmware\":{\"keys\":{\"algorithms\":[\"ec-p256\"],\"cryptoperiod\":\"P2Y\","
"\"exportable\":\"never\"},\"kind\":\"firmware-signing\",\"owner\":\"officers\",\"purpose\":\"x\",\"recovery\":\"rotate\","
"\"rules\":[{\"action\":[\"key.sign\"],\"approvals\":[{\"count\":2,\"of\":\"officers\",\"proof\":[\"officer-key\"],"
"\"within\":\"PT4H\"}],\"by\":[\"robots\"],\"name\":\"production-image\",\"require\":{\"artifact.version\":\"increasing\"},"
"\"when\":{\"key.environment\":\"production\"},\"why\":\"x\"},"
"{\"action\":[\"key.sign\"],\"by\":[\"robots\"],\"limit\":{\"per\":\"PT1H\",\"uses\":3},\"name\":\"development-image\","
"\"when\":{\"key.environment\":\"development\"},\"why\":\"x\"},"
"{\"action\":[\"key.suspend\",\"key.deactivate\"],\"by\":[\"officers\",\"robots\"],\"name\":\"stop\",\"why\":\"x\"},"
"{\"action\":[\"window.open\"],\"any-digest\":true,\"by\":[\"robots\"],\"name\":\"window\",\"permits\":{\"for\":\"P1D\",\"uses\":1000},"
"\"when\":{\"key.environment\":\"development\"},\"why\":\"x\"}]}},"
"\"language\":0,\"name\":\"fuzz\",\"profiles\":{},\"recovery\":{\"rotate\":{\"purpose\":\"x\",\"steps\":[\"x\"]}},"
"\"roster\":{\"groups\":{\"officers\":[\"officer-1\",\"officer-2\",\"officer-3\"],\"robots\":[\"ci\"]},"
"\"persons\":{\"officer-1\":{\"credentials\":[{\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\",\"type\":\"officer-key\"}]},"
"\"officer-2\":{\"credentials\":[{\"spki\":\"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\",\"type\":\"officer-key\"}]},"
"\"officer-3\":{\"credentials\":[{\"spki\":\"MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\",\"type\":\"officer-key\"}]}},"
"\"tools\":{\"ci\":{\"owners\":[\"officer-3\"]}}}}";

static struct charter *charter;

static const char *const rows[] = {
	"{\"key\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"name\":\"dev\",\"environment\":\"development\",",
	"{\"key\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\"name\":\"prod\",\"environment\":\"production\",",
};
static const char row_rest[] = "\"class\":\"firmware\",\"kind\":\"firmware-signing\","
    "\"algorithm\":\"ec-p256\",\"scheme\":\"ecdsa-sha256\",\"products\":[],"
    "\"exportable\":false,\"exclusive\":true,\"state\":\"active\","
    "\"request\":\"req_00000000000000000000000000\",\"uri\":\"pkcs11:\","
    "\"token_id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
    "\"created\":\"2026-01-01T00:00:00.000000Z\",\"changed\":\"2026-01-01T00:00:00.000000Z\"}";

static const struct bare_house bare_firmware = { law, "development-image",
	"window", rows, NELEM(rows) };

static void
add_key(const char *begin)
{
	char text[4096];
	struct err err;
	json_t *row;
	int n = snprintf(text, sizeof(text), begin[strlen(begin) - 1] == '}' ?
	    "%s" : "%s%s", begin, row_rest);

	FUZZ_HOLDS(json_read(text, (size_t)n, &row, &err) == 0);
	FUZZ_HOLDS(keys_add(&k.house.keys, row, &err) == 0);
}

static void
make_genesis(void)
{
	static const unsigned char spki[] = {
		0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x6b, 0x17, 0xd1,
		0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63,
		0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33,
		0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
		0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
		0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b,
		0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
		0xf5,
	};
	struct sha256 hash = charter_hash(charter);
	json_t *token, *g;
	struct err err;

	FUZZ_HOLDS(json_build(&token, &err, "{s:s, s:s, s:s, s:s}", "label",
	    "t", "manufacturer", "m", "model", "o", "serial", "1") == 0);
	FUZZ_HOLDS(genesis_build("house_00000000000000000000000000",
	    NOW - TIME_S(100), &hash, spki, sizeof(spki), spki, sizeof(spki),
	    token, &g, &err) == 0);
	FUZZ_HOLDS(genesis_read(g, &k.house.genesis, &err) == 0);
	json_decref(token);
	json_decref(g);
}

/* A house with a development and a production key, both active, or another. */
static void
bare_begin(void)
{
	struct err err;
	json_t *j;

	memset(&k, 0, sizeof(k));
	memset(&head, 0, sizeof(head));
	k.making.last = &k.making.first;
	k.writing.last = &k.writing.first;
	k.deferred_last = &k.deferred;
	k.generation = 1;
	k.folder = "/nonexistent";
	k.standing = STANDING_READY;
	FUZZ_HOLDS(house_init(&k.house, k.folder, &err) == 0);
	FUZZ_HOLDS(permits_new(&k.permits, &err) == 0);
	FUZZ_HOLDS(show_new(&k.show, &err) == 0);
	FUZZ_HOLDS(facts_new(&k.facts, &err) == 0);
	FUZZ_HOLDS(json_read(bare_house->law, strlen(bare_house->law), &j,
	    &err) == 0);
	if (charter_from_json(j, &charter, &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		abort();
	}
	json_decref(j);
	k.house.charter = charter;
	k.house.charter_hash = charter_hash(charter);
	k.house.chain = malloc(sizeof(*k.house.chain));
	FUZZ_HOLDS(k.house.chain != NULL);
	k.house.chain[0] = k.house.charter_hash;
	k.house.chain_n = 1;
	make_genesis();
	for (size_t i = 0; i < bare_house->key_n; i++)
		add_key(bare_house->keys[i]);
}

static void
bare_end(void)
{
	FUZZ_HOLDS(k.making.first == NULL && k.writing.first == NULL);
	keeper_drop_deferred(&k);
	ocsp_done(&k);
	permits_free(k.permits);
	show_free(k.show);
	facts_free(k.facts);
	house_done(&k.house);
	blob_done(&written);
}

/* What is attached to the next message, of a line that is not one itself. */
static struct frame_store bare_store = { .most = 1 << 20 };
static struct frame_attachment *bare_attached;

static void
bare_attach(const uint8_t *b64, size_t n)
{
	struct frame_attachment *a;
	static char text[1 << 16];
	struct err err;

	frame_attachment_free(TAKE(bare_attached));
	if (n >= sizeof(text) || (a = calloc(1, sizeof(*a))) == NULL)
		return;
	memcpy(text, b64, n);
	text[n] = '\0';
	a->store = &bare_store;
	if (b64_decode(text, &a->octets, &err) != 0)
		blob_clear(&a->octets);
	bare_store.held += a->octets.len;
	bare_attached = a;
}

static void
bare_message(const struct asker *from, const uint8_t *p, size_t n)
{
	struct blob octets = { .data = (unsigned char *)(uintptr_t)p,
		.len = n };
	struct frame_message m = { .id = from->message, .octets = &octets,
		.attached = TAKE(bare_attached) };

	keeper_message(&k, from, &m);
	frame_attachment_free(m.attached);
	keeper_tick(&k);
	keeper_tick(&k);
}

/* Messages, one a line, at most 16: each is answered exactly once.  "+BASE64" is
 * attached to the message of the next line. */
static void
bare_feed(const uint8_t *data, size_t size)
{
	struct asker from = { .connection = 1 };
	const uint8_t *p = data, *stop = data + size;
	unsigned asked = 0;

	answers = refusals = 0;
	while (p < stop && asked < 16) {
		const uint8_t *line = memchr(p, '\n', (size_t)(stop - p));
		size_t n = line == NULL ? (size_t)(stop - p) : (size_t)(line - p);

		if (n > 0 && *p == '+') {
			bare_attach(p + 1, n - 1);
		} else if (n > 0) {
			from.message = ++asked;
			bare_message(&from, p, n);
			FUZZ_HOLDS(answers == asked);
		}
		p += n + 1;
	}
	frame_attachment_free(TAKE(bare_attached));
	FUZZ_HOLDS(bare_store.held == 0);
}

#endif
