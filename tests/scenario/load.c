/*
 * load - keep a house busy with signing, and write down every answer.
 *
 *	load KEY CLIENTS SECONDS FILE [PAUSE]
 *
 * Finds the house by the variables of claviger.  Each client signs digest after digest
 * under an open window, each with its own Idempotency-Key, and asks again
 * for the same one until it is answered: a line "digest signature" is
 * in FILE for each answer that arrived.  Prints how many.  After each a client
 * pauses for so many milliseconds.
 */
#include "config.h"

#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "client/client.h"

#define CLIENTS	128

struct load {
	const char	*key;
	FILE		*to;
	pthread_mutex_t	 lock;
	time_us		 until;
	unsigned	 pause_us;
	size_t		 answered, refused;
	const struct secret *token;
};

static int
ask(struct client *c, struct load *l, const char *digest, json_t **ret,
    struct err *err)
{
	AUTO_JSON *body = NULL;
	char *path = NULL;
	int rc;

	TRY(json_build(&body, err, "{s:{s:s, s:s}}", "digest", "algorithm",
	    "sha-256", "value", digest));
	TRY(client_path(&path, err, "/v1/keys/%s/sign", l->key));
	rc = client_call(c, &(struct call){ .method = "POST", .path = path,
	    .body = body, .idempotency = digest }, NULL, ret, err);
	free(path);
	return rc;
}

/* One digest until it is answered, or until nothing more can come. */
static void
sign_one(struct client *c, struct load *l)
{
	unsigned char octets[SHA256_OCTETS];
	char digest[SHA256_HEX];
	struct err err = { 0 };

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		return;
	hex_encode(octets, sizeof(octets), digest);
	do {
		AUTO_JSON *answer = NULL;
		int rc = ask(c, l, digest, &answer, &err);

		(void)pthread_mutex_lock(&l->lock);
		if (rc == 0) {
			fprintf(l->to, "%s %s\n", digest,
			    json_str(answer, "signature", "-"));
			(void)fflush(l->to);
			l->answered++;
		} else if (err.code != EUNREACH && err_http(err.code) != 503) {
			fprintf(stderr, "load: %s: %s\n",
			    err_code_name(err.code), err.what);
			l->refused++;
		}
		(void)pthread_mutex_unlock(&l->lock);
		if (rc == 0 || (err.code != EUNREACH &&
		    err_http(err.code) != 503))
			return;
		(void)usleep(20000);
	} while (clock_mono() < l->until + TIME_S(20));
}

static void *
client_main(void *arg)
{
	struct load *l = arg;
	struct client_options o = { .token = l->token, .retry_s = 1 };
	AUTO(client) *c = NULL;
	struct err err = { 0 };

	client_options_env(&o);
	if (client_new(&o, &c, &err) != 0) {
		fprintf(stderr, "load: %s\n", err.what);
		return NULL;
	}
	while (clock_mono() < l->until) {
		sign_one(c, l);
		(void)usleep(l->pause_us);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	struct load l = { .lock = PTHREAD_MUTEX_INITIALIZER };
	AUTO(secret) *token = NULL;
	pthread_t thread[CLIENTS];
	struct err err = { 0 };
	long i, n;

	if (argc < 5 || argc > 6 || (n = strtol(argv[2], NULL, 10)) < 1 || n > CLIENTS ||
	    (l.to = fopen(argv[4], "a")) == NULL)
		return 64;
	if (client_token_env(&token, &err) != 0) {
		fprintf(stderr, "load: %s\n", err.what);
		return 77;
	}
	l.key = argv[1];
	l.token = token;
	if (argc == 6)
		l.pause_us = (unsigned)strtoul(argv[5], NULL, 10) * 1000;
	l.until = clock_mono() + TIME_S(strtol(argv[3], NULL, 10));
	for (i = 0; i < n; i++)
		if (pthread_create(&thread[i], NULL, client_main, &l) != 0)
			return 71;
	for (i = 0; i < n; i++)
		(void)pthread_join(thread[i], NULL);
	(void)fclose(l.to);
	printf("%zu answered, %zu refused\n", l.answered, l.refused);
	return l.refused == 0 ? 0 : 1;
}
