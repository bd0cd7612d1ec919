/*
 * client - the handle: where the service is and what proves us to it.
 *
 * Floor 2.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "client/inside.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start_curl(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void
from_env(const char **to, const char *name)
{
	const char *v = getenv(name);

	if (*to == NULL && v != NULL && *v != '\0')
		*to = v;
}

void
client_options_env(struct client_options *o)
{
	from_env(&o->url, "CLAVIGER_URL");
	from_env(&o->ca_file, "CLAVIGER_CA_FILE");
	from_env(&o->certificate, "CLAVIGER_CERTIFICATE");
	from_env(&o->key, "CLAVIGER_KEY");
	from_env(&o->fingerprint, "CLAVIGER_FINGERPRINT");
}

int
client_token_env(struct secret **ret, struct err *err)
{
	const char *v = getenv("CLAVIGER_TOKEN");

	if (v != NULL && *v != '\0')
		return secret_new(v, strlen(v), ret, err);
	v = getenv("CLAVIGER_TOKEN_FILE");
	if (v != NULL && *v != '\0')
		return secret_read_file(v, ret, err);
	return 0;
}

static int
copy(char **to, const char *from, struct err *err)
{
	if (from == NULL)
		return 0;
	*to = strdup(from);
	return *to != NULL ? 0 : err_set(err, ENOMEMORY, "client");
}

/* Plain http only where no network hears it: on this host. */
static int
url_check(const char *url, struct err *err)
{
	static const char *const near[] = { "http://127.0.0.1", "http://[::1]",
		"http://localhost" };

	if (strncmp(url, "https://", 8) == 0 && url[8] != '\0')
		return 0;
	for (size_t i = 0; i < NELEM(near); i++) {
		size_t n = strlen(near[i]);

		if (strncmp(url, near[i], n) == 0 && (url[n] == '\0' ||
		    url[n] == ':' || url[n] == '/'))
			return 0;
	}
	return err_set(err, EUSAGE, "\"%.80s\" is not the URL of a service: "
	    "write https://HOST:PORT", url);
}

static int
fill(struct client *c, const struct client_options *o, struct err *err)
{
	size_t n;

	TRY(copy(&c->url, o->url != NULL ? o->url : CLIENT_URL, err));
	TRY(url_check(c->url, err));
	for (n = strlen(c->url); n > 8 && c->url[n - 1] == '/'; n--)
		c->url[n - 1] = '\0';
	TRY(copy(&c->ca_file, o->ca_file, err));
	TRY(copy(&c->certificate, o->certificate, err));
	TRY(copy(&c->key, o->key, err));
	if (o->fingerprint != NULL) {
		if (sha256_parse(o->fingerprint, &c->fingerprint, NULL) != 0)
			return err_set(err, EUSAGE, "the genesis fingerprint is "
			    "64 hexadecimal digits in lower case");
		c->check_house = true;
	}
	/* Longer than the service waits for its keeper: its own words are better. */
	c->timeout_s = o->timeout_s != 0 ? o->timeout_s : 45;
	c->retry_s = o->once ? 0 : o->retry_s != 0 ? o->retry_s : 20;
	return client_token_set(c, o->token, err);
}

int
client_new(const struct client_options *o, struct client **ret,
    struct err *err)
{
	AUTO(client) *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return err_set(err, ENOMEMORY, "client");
	(void)pthread_once(&once, start_curl);
	TRY(fill(c, o, err));
	c->curl = curl_easy_init();
	if (c->curl == NULL)
		return err_set(err, ENOMEMORY, "client");
	*ret = TAKE(c);
	return 0;
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	secret_free(c->token);
	json_decref(c->problem);
	free(c->url);
	free(c->ca_file);
	free(c->certificate);
	free(c->key);
	free(c);
}

int
client_token_set(struct client *c, const struct secret *token,
    struct err *err)
{
	struct secret *mine = NULL;

	if (token != NULL) {
		const unsigned char *p = secret_data(token);

		/* It goes into a header: no line may begin in it. */
		for (size_t i = 0; i < secret_len(token); i++)
			if (p[i] <= ' ' || p[i] >= 0x7f)
				return err_set(err, EUSAGE, "the bearer token "
				    "holds characters that no token has");
		TRY(secret_new(p, secret_len(token), &mine, err));
	}
	secret_free(c->token);
	c->token = mine;
	return 0;
}

const json_t *
client_problem(const struct client *c)
{
	return c->problem;
}
