/*
 * frame: however the octets are cut, the same messages come out; each is
 * within the bounds, as is all that is attached; what a writer makes of them reads back.
 */
#include "config.h"

#include <string.h>

#include "base/sha256.h"
#include "tests/fuzz/fuzz.h"
#include "wire/frame.h"
#include "wire/message.h"

#define MOST	200000
#define UNFINISHED 300000
#define ATTACHMENTS 200000

static void
look_at(const struct frame_message *m, struct sha256 *sum)
{
	json_t *j = NULL;
	enum message what;
	struct err err;

	FUZZ_HOLDS(m->octets->len > 0 && m->octets->len <= MOST);
	*sum = sha256_of2(sum, sizeof(*sum), m->octets->data, m->octets->len);
	*sum = sha256_of2(sum, sizeof(*sum), &m->id, sizeof(m->id));
	*sum = sha256_of2(sum, sizeof(*sum), &m->crowded, sizeof(m->crowded));
	if (m->attached != NULL)
		*sum = sha256_of2(sum, sizeof(*sum), m->attached->octets.data,
		    m->attached->octets.len);
	if (message_read(m->octets->data, m->octets->len, &j, &err) == 0)
		(void)(message_what(j, &what, &err) == 0 &&
		    answer_check(j, &err) == 0);
	json_decref(j);
}

/* The first octet says how much is fed at a time; 0: all. */
static struct sha256
read_by(size_t step, const uint8_t *p, size_t n, int *ret_rc)
{
	struct frame_store store = { .most = ATTACHMENTS };
	struct frame_reader *r = NULL;
	struct frame_message m;
	struct sha256 sum = sha256_of("", 0);
	struct err err;
	size_t at, part;

	*ret_rc = frame_reader_new(MOST, UNFINISHED, &r, &err);
	FUZZ_HOLDS(*ret_rc == 0);
	frame_reader_attach(r, &store);
	for (at = 0; at < n && *ret_rc == 0; at += part) {
		part = step == 0 || step > n - at ? n - at : step;
		*ret_rc = frame_reader_feed(r, p + at, part, &err);
	}
	while (frame_reader_take(r, &m)) {
		look_at(&m, &sum);
		blob_free(m.octets);
		frame_attachment_free(m.attached);
	}
	frame_reader_free(r);
	FUZZ_HOLDS(store.held == 0);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sha256 whole, cut;
	int rc_whole, rc_cut;

	if (size == 0)
		return 0;
	whole = read_by(0, data + 1, size - 1, &rc_whole);
	cut = read_by(data[0], data + 1, size - 1, &rc_cut);
	FUZZ_HOLDS(sha256_equal(&whole, &cut));
	FUZZ_HOLDS(rc_whole == rc_cut);
	return 0;
}
