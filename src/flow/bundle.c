/*
 * bundle - all events under the newest checkpoint, and what they are judged by.
 */
#include "base/io.h"
#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/show.h"
#include "state/record.h"
#include "state/state.h"

struct bundle {
	struct flow	*flow;
	uint64_t	 since, size;
	struct blob	*note;
	json_t		*genesis;	/* owned: document, fingerprint, signatures */
	int		 fd;
	struct blob	*out;		/* what is not written yet */
};

#define OUT_OCTETS	(256u * 1024)

static int
line_put(struct bundle *b, const void *p, size_t n, struct err *err)
{
	TRY(blob_put(b->out, p, n, err));
	TRY(blob_put(b->out, "\n", 1, err));
	if (b->out->len < OUT_OCTETS)
		return 0;
	TRY(io_write_all(b->fd, b->out->data, b->out->len, err));
	blob_clear(b->out);
	return 0;
}

static int
document_put(struct bundle *b, const json_t *j, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a bundle");
	TRY(json_canonical(j, text, err));
	return line_put(b, text->data, text->len, err);
}

static int
head_put(struct tx *tx, struct bundle *b, struct err *err)
{
	AUTO_JSON *chain = NULL, *proof = NULL, *range = NULL, *head = NULL;

	/* Where nothing is left out, events bring every charter themselves. */
	TRY(chain_read(tx, b->since, false, &chain, err));
	TRY(record_consistency(tx, b->since, b->size, &proof, err));
	TRY(record_range(tx, b->since, &range, err));
	TRY(json_build(&head, err, "{s:s, s:O, s:O, s:I, s:I, s:s, s:o, s:o, "
	    "s:o}", "format", "claviger/bundle/v1",
	    "genesis", json_object_get(b->genesis, "genesis"),
	    "signatures", json_object_get(b->genesis, "signatures"),
	    "since", (json_int_t)b->since, "size", (json_int_t)b->size,
	    "checkpoint", blob_str(b->note), "charters", TAKE(chain),
	    "consistency", TAKE(proof), "range", TAKE(range)));
	return document_put(b, head, err);
}

static int
event_put(void *ctx, uint64_t seq, const void *octets, size_t n,
    struct err *err)
{
	return line_put(ctx, octets, n, err);
}

static int
bundle_write(struct tx *tx, void *ctx, struct err *err)
{
	struct bundle *b = ctx;
	struct record_filter all = { .from = b->since };
	AUTO_JSON *end = NULL;

	blob_clear(b->note);
	TRY(record_newest(tx, &b->size, b->note, err));
	if (b->since > b->size)
		return err_set(err, ERANGE_, "/since: there are %llu events under "
		    "the newest checkpoint", (unsigned long long)b->size);
	all.to = b->size;
	TRY(head_put(tx, b, err));
	if (b->since < b->size)
		TRY(record_each(tx, &all, event_put, b, err));
	TRY(json_build(&end, err, "{s:I}", "end", (json_int_t)b->size));
	TRY(document_put(b, end, err));
	return io_write_all(b->fd, b->out->data, b->out->len, err);
}

struct head {
	uint64_t	 size;
};

static int
size_read(struct tx *tx, void *ctx, struct err *err)
{
	struct head *h = ctx;
	struct sha256 root;

	return record_head(tx, &h->size, &root, err);
}

int
flow_bundle(struct flow *f, uint64_t since, int fd, struct err *err)
{
	AUTO(blob) *note = blob_new(), *out = blob_new();
	AUTO_JSON *genesis = NULL;
	struct bundle b = { .flow = f, .since = since, .note = note, .fd = fd,
	    .out = out };
	struct head h;
	struct err late;

	if (note == NULL || out == NULL)
		return err_set(err, ENOMEMORY, "a bundle");
	TRY(flow_genesis(f, &genesis, err));
	b.genesis = genesis;
	TRY(state_read(f->state, size_read, &h, err));
	/* With all there is now, if the keeper can be had; else up to its
	 * newest checkpoint. */
	if (show_until(f, h.size, SHOW_WAIT, &late) != 0 && since > h.size)
		return err_set(err, ERANGE_, "/since: is past the end");
	return state_read(f->state, bundle_write, &b, err);
}
