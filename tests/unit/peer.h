/*
 * peer - a keeper's end of the line for tests of the keyring: it speaks the
 * frames of the real one, keeps keys in memory, and misbehaves when told.
 * Scenarios run the same calls against the real keeper.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "tests/unit/scratch.h"
#include "wire/frame.h"
#include "wire/message.h"

#define PEER_KEYS	6

struct peer {
	char		 path[108];
	int		 listener;
	atomic_int	 fd;			/* of the connection at hand, or -1 */
	pthread_t	 thread;
	atomic_bool	 stop, mute, deaf;	/* mute: answers nothing but hello; deaf: nor that */
	atomic_uint	 connections, messages, reads, documents, unknown;
	const char	*scheme[PEER_KEYS];
	EVP_PKEY	*key[PEER_KEYS];
	size_t		 n_keys;
	atomic_bool	 forget;		/* answer permit-unknown once more */
	char		 permits[64][SHA256_HEX];
	size_t		 n_permits;
	uint64_t	 leaves;
};

static inline UNUSED char *
peer_spki(const struct peer *p, size_t i, struct blob *ret)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(p->key[i], &der);

	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(blob_put(ret, der, (size_t)n, NULL), 0);
	OPENSSL_free(der);
	return NULL;
}

/* As the keeper does: a digest by the key's own scheme. */
static inline void
peer_sign(const struct peer *p, size_t i, const unsigned char *in, size_t n,
    struct blob *ret)
{
	unsigned char sig[1024];
	size_t sig_n = sizeof(sig);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(p->key[i], NULL);
	EVP_MD_CTX *m = EVP_MD_CTX_new();

	if (strcmp(p->scheme[i], "ed25519") == 0) {
		ck_assert_int_eq(EVP_DigestSignInit(m, NULL, NULL, NULL,
		    p->key[i]), 1);
		ck_assert_int_eq(EVP_DigestSign(m, sig, &sig_n, in, n), 1);
	} else {
		ck_assert_int_eq(EVP_PKEY_sign_init(c), 1);
		if (strncmp(p->scheme[i], "rsa-", 4) == 0) {
			bool pss = strcmp(p->scheme[i], "rsa-pss-sha256") == 0;

			ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(c, pss ?
			    RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING), 1);
			if (pss)
				ck_assert_int_eq(
				    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32), 1);
		}
		ck_assert_int_eq(EVP_PKEY_CTX_set_signature_md(c, n == 48 ?
		    EVP_sha384() : EVP_sha256()), 1);
		ck_assert_int_eq(EVP_PKEY_sign(c, sig, &sig_n, in, n), 1);
	}
	ck_assert_int_eq(blob_put(ret, sig, sig_n, NULL), 0);
	EVP_PKEY_CTX_free(c);
	EVP_MD_CTX_free(m);
}

static inline bool
peer_knows(struct peer *p, const char *permit, bool document)
{
	size_t i;

	if (atomic_exchange(&p->forget, false))
		p->n_permits = 0;
	for (i = 0; i < p->n_permits; i++)
		if (strcmp(p->permits[i], permit) == 0)
			return true;
	if (!document)
		return false;
	snprintf(p->permits[p->n_permits++ % 64], SHA256_HEX, "%s", permit);
	return true;
}

static inline json_t *
peer_use(struct peer *p, const json_t *q)
{
	const json_t *op = json_object_get(q, "operation");
	const json_t *digest = json_object_get(op, "digest");
	const char *key = json_str(op, "key", ""), *content;
	bool document = json_object_get(q, "permit_document") != NULL;
	struct blob in = { 0 }, sig = { 0 };
	json_t *a = NULL, *result = json_object();
	unsigned char octets[64];
	size_t i, n;

	p->documents += document;
	if (!peer_knows(p, json_str(q, "permit", ""), document)) {
		p->unknown++;
		json_decref(result);
		return json_pack("{s:b,s:s,s:s}", "ok", 0, "code",
		    "permit-unknown", "what", "not seen");
	}
	for (i = 0; i < p->n_keys && strcmp(p->scheme[i], key) != 0; i++)
		continue;
	if (i == p->n_keys) {
		json_decref(result);
		return json_pack("{s:b,s:s,s:s,s:{s:s}}", "ok", 0, "code",
		    "denied", "what", "no such key", "explanation", "why",
		    "because");
	}
	content = json_str(op, "content", NULL);
	n = strlen(json_str(digest, "value", "")) / 2;
	ck_assert_int_eq(hex_decode(json_str(digest, "value", ""), n, octets,
	    NULL), 0);
	if (content != NULL)
		ck_assert_int_eq(b64_decode(content, &in, NULL), 0);
	else
		ck_assert_int_eq(blob_put(&in, octets, n, NULL), 0);
	peer_sign(p, i, in.data, in.len, &sig);
	ck_assert_int_eq(json_set_b64(result, "signature", sig.data, sig.len,
	    NULL), 0);
	a = json_pack("{s:b,s:{s:i,s:s,s:O,s:o}}", "ok", 1, "entry", "n", 1,
	    "op", "sign", "operation", op, "result", result);
	blob_done(&in);
	blob_done(&sig);
	return a;
}

static inline json_t *
peer_show(struct peer *p, const json_t *q)
{
	size_t n = json_array_size(json_object_get(q, "events"));

	if ((uint64_t)json_int(q, "from", -1) != p->leaves)
		return json_pack("{s:b,s:s,s:s}", "ok", 0, "code", "conflict",
		    "what", "not where it was");
	p->leaves += n;
	return json_pack("{s:b,s:I,s:s*}", "ok", 1, "size",
	    (json_int_t)p->leaves, "checkpoint",
	    json_flag(q, "final", false) ? "a note\n" : NULL);
}

static inline json_t *
peer_tail(const json_t *q)
{
	json_t *entries = json_array();
	int64_t i, n = json_int(q, "limit", 0);
	size_t pad_n = n > 1 ? 70000 : 100;	/* more than a frame, or little */
	char *pad = calloc(1, pad_n + 1);

	memset(pad, 'x', pad_n);
	for (i = 0; i < n; i++)
		(void)json_array_append_new(entries, json_pack("{s:I,s:s}",
		    "n", json_int(q, "from", 0) + i, "pad", pad));
	free(pad);
	return json_pack("{s:b,s:o}", "ok", 1, "entries", entries);
}

static inline json_t *
peer_answer(struct peer *p, const json_t *q)
{
	enum message m;

	if (message_what(q, &m, NULL) != 0)
		return json_pack("{s:b,s:s,s:s}", "ok", 0, "code", "schema",
		    "what", "no such message");
	if (p->deaf)
		return NULL;
	if (m == MESSAGE_HELLO)
		return json_pack("{s:b,s:s,s:{s:i,s:s}}", "ok", 1, "house",
		    "house_1", "journal", "n", 0, "hash", "");
	if (p->mute)
		return NULL;
	switch (m) {
	case MESSAGE_USE:
		return peer_use(p, q);
	case MESSAGE_TAIL:
		return peer_tail(q);
	case MESSAGE_SHOW:
		return peer_show(p, q);
	case MESSAGE_AMEND:
	case MESSAGE_RESTORE:
		return json_pack("{s:b,s:{s:i}}", "ok", 1, "entry", "n", 7);
	case MESSAGE_FOUND:
		return json_pack("{s:b,s:{},s:{s:i}}", "ok", 1, "genesis",
		    "entry", "n", 1);
	case MESSAGE_KEYS:
		return json_pack("{s:b,s:[],s:[]}", "ok", 1, "keys",
		    "partial");
	case MESSAGE_HELLO:
	case MESSAGE__N:
		break;
	}
	return NULL;
}

static inline void
peer_serve(struct peer *p, int fd)
{
	struct frame_reader *r = NULL;
	struct frame_writer *w = NULL;
	struct frame_message m;
	bool end = false;
	size_t n;

	ck_assert_int_eq(frame_reader_new(FRAME_MESSAGE, FRAME_UNFINISHED, &r,
	    NULL), 0);
	ck_assert_int_eq(frame_writer_new(&w, NULL), 0);
	while (!end && frame_reader_pull(r, fd, &n, &end, NULL) == 0) {
		p->reads++;
		while (frame_reader_take(r, &m)) {
			AUTO_JSON *q = NULL, *a = NULL;
			struct blob out = { 0 };

			p->messages++;
			ck_assert_int_eq(message_read(m.octets->data,
			    m.octets->len, &q, NULL), 0);
			a = peer_answer(p, q);
			blob_free(m.octets);
			if (a == NULL)
				continue;
			ck_assert_int_eq(message_write(a, &out, NULL), 0);
			ck_assert_int_eq(frame_writer_add(w, m.id, out.data,
			    out.len, NULL), 0);
			blob_done(&out);
		}
		if (frame_writer_flush(w, fd, NULL) != 0)
			break;
	}
	frame_reader_free(r);
	frame_writer_free(w);
}

static inline void *
peer_run(void *arg)
{
	struct peer *p = arg;
	int fd;

	while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
		p->connections++;
		p->fd = fd;
		if (!p->stop)
			peer_serve(p, fd);
		p->fd = -1;
		close(fd);
	}
	return NULL;
}

static inline UNUSED void
peer_listen(struct peer *p)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", p->path);
	p->stop = false;
	p->fd = -1;
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(p->listener, 0);
	(void)unlink(p->path);
	ck_assert_int_eq(bind(p->listener, (struct sockaddr *)&a, sizeof(a)),
	    0);
	ck_assert_int_eq(listen(p->listener, 8), 0);
	ck_assert_int_eq(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

static inline UNUSED struct peer *
peer_new(void)
{
	struct peer *p = calloc(1, sizeof(*p));

	ck_assert_ptr_nonnull(p);
	snprintf(p->path, sizeof(p->path), "%s", scratch_path("keeper"));
	peer_listen(p);
	return p;
}

/* Drop the connection at hand; the next is accepted. */
static inline UNUSED void
peer_drop(struct peer *p)
{
	int fd = p->fd;

	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
}

static inline UNUSED void
peer_stop(struct peer *p)
{
	p->stop = true;
	(void)shutdown(p->listener, SHUT_RDWR);
	peer_drop(p);
	(void)pthread_join(p->thread, NULL);
	close(p->listener);
	(void)unlink(p->path);
	p->n_permits = 0;
}

static inline UNUSED void
peer_free(struct peer *p)
{
	size_t i;

	peer_stop(p);
	for (i = 0; i < p->n_keys; i++)
		EVP_PKEY_free(p->key[i]);
	free(p);
}

static inline UNUSED size_t
peer_add_key(struct peer *p, const char *scheme, EVP_PKEY *key)
{
	ck_assert_ptr_nonnull(key);
	p->scheme[p->n_keys] = scheme;
	p->key[p->n_keys] = key;
	return p->n_keys++;
}

#endif
