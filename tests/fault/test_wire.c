#include "config.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "tests/fault/fault.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "wire/entry.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/remembered.h"

static int
carry(struct frame_reader *r, struct frame_writer *w, const int s[2],
    struct err *err)
{
	static const char TEXT[70000] = { 'x' };
	struct frame_message m = { 0 };
	size_t n = 0, before = frame_writer_waiting(w);
	bool end = false;
	int rc;

	rc = frame_writer_add_with(w, 7, TEXT, sizeof(TEXT), TEXT,
	    sizeof(TEXT), err);
	fault_holds(rc == 0 || frame_writer_waiting(w) == before);
	TRY(rc);
	TRY(frame_writer_flush(w, s[0], err));
	(void)shutdown(s[0], SHUT_WR);
	while (rc == 0 && !end)
		rc = frame_reader_pull(r, s[1], &n, &end, err);
	if (frame_reader_take(r, &m)) {
		fault_holds(m.id == 7 && m.octets->len == sizeof(TEXT) &&
		    m.attached->octets.len == sizeof(TEXT));
		blob_free(m.octets);
		frame_attachment_free(m.attached);
	} else {
		fault_holds(rc != 0);
	}
	return rc;
}

static int
frames(void *ctx, struct err *err)
{
	struct frame_store store = { .most = FRAME_ATTACHMENT };
	AUTO(frame_reader) *r = NULL;
	AUTO(frame_writer) *w = NULL;
	int s[2], rc;

	TRY(frame_reader_new(FRAME_MESSAGE, FRAME_UNFINISHED, &r, err));
	frame_reader_attach(r, &store);
	TRY(frame_writer_new(&w, err));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) != 0)
		return err_set(err, EIO_, "socketpair");
	rc = carry(r, w, s, err);
	close(s[0]);
	close(s[1]);
	return rc;
}

START_TEST(a_message_comes_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, frames, NULL), 6);
}
END_TEST

static int
messages(void *ctx, struct err *err)
{
	AUTO_JSON *q = NULL, *a = NULL, *back = NULL;
	struct err why = { 0 };
	struct blob b = { 0 };
	enum message m;
	int rc;

	TRY(message_make(MESSAGE_TAIL, &q, err));
	rc = message_write(q, &b, err);
	if (rc == 0)
		rc = message_read(b.data, b.len, &back, err);
	blob_done(&b);
	TRY(rc);
	TRY(message_what(back, &m, err));
	(void)err_set(&why, EDENIED, "no");
	return answer_no(&why, &a, err);
}

START_TEST(a_message_is_made_and_read_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, messages, NULL), 10);
}
END_TEST

static int
entries(void *ctx, struct err *err)
{
	AUTO(entry) *e = NULL, *back = NULL;
	struct entry_head head = { 0 };
	struct sha256 charter = sha256_of("c", 1);
	AUTO_JSON *members = json_pack("{s:{s:s}}", "result", "key", "x");
	AUTO_JSON *all = NULL;

	if (members == NULL)
		return err_set(err, ENOMEMORY, "members");
	TRY(entry_make(&head, 0, ENTRY_FOUND, &charter, TAKE(members), &e,
	    err));
	TRY(entry_read(e->octets.data, e->octets.len, &back, err));
	if ((all = json_pack("[O]", back->json)) == NULL)
		return err_set(err, ENOMEMORY, "an array");
	TRY(entry_check_chain(all, &head, NULL, NULL, NULL, err));
	fault_holds(head.n == 1);
	return 0;
}

START_TEST(an_entry_is_made_and_read_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, entries, NULL), 20);
}
END_TEST

static int
remembers(void *ctx, struct err *err)
{
	struct remembered out = { .head = { .n = 7 } }, in;

	TRY(remembered_write(scratch, &out, err));
	TRY(remembered_read(scratch, &in, err));
	fault_holds(in.there && in.head.n == 7);
	return remembered_remove(scratch, err);
}

START_TEST(what_was_replaced_is_written_and_read_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, remembers, NULL), 15);
}
END_TEST

UNIT_MAIN("wire with faults",
	UNIT(a_message_comes_whole_or_not)
	UNIT(a_message_is_made_and_read_or_not)
	UNIT(an_entry_is_made_and_read_or_not)
	UNIT_SCRATCH
	UNIT(what_was_replaced_is_written_and_read_or_not))
