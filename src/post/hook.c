/* hook - a message to a web hook, signed. */
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include "base/blob.h"
#include "base/hex.h"
#include "base/sha256.h"
#include "post/inside.h"

int
post_hook_check(const char *url, struct err *err)
{
	return url_check(url, "https\0http\0", err);
}

static int
sign(const struct secret *key, long long seconds, const char *json,
    char ret[SHA256_HEX], struct err *err)
{
	AUTO(blob) *text = blob_new();
	unsigned char mac[32];
	unsigned n = sizeof(mac);

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(blob_printf(text, err, "%lld.%s", seconds, json));
	if (HMAC(EVP_sha256(), secret_data(key), (int)secret_len(key),
	    text->data, text->len, mac, &n) == NULL)
		return err_set(err, ENOMEMORY, "a message");
	hex_encode(mac, sizeof(mac), ret);
	return 0;
}

static int
headers(struct sending *g, const struct hook *h, const char *id,
    const char *json, time_us now, struct err *err)
{
	long long seconds = (long long)(now / TIME_S(1));
	char line[200], hex[SHA256_HEX];

	TRY(sending_header(g, "Content-Type: application/json", err));
	TRY(sending_header(g, "Expect:", err));
	snprintf(line, sizeof(line), "Claviger-Notice: %.80s", id);
	TRY(sending_header(g, line, err));
	if (h->key == NULL)
		return 0;
	TRY(sign(h->key, seconds, json, hex, err));
	snprintf(line, sizeof(line), "Claviger-Signature: t=%lld,v1=%s", seconds,
	    hex);
	return sending_header(g, line, err);
}

static int
taken(struct sending *g, struct err *err)
{
	long status = 0;

	(void)curl_easy_getinfo(g->curl, CURLINFO_RESPONSE_CODE, &status);
	return status / 100 == 2 ? 0 : err_set(err, EREJECTED, "it answered "
	    "HTTP %ld", status);
}

int
post_hook(const struct hook *h, const char *id, const char *json,
    time_us now, struct err *err)
{
	struct sending g = { .stop = h->stop, .stop_ctx = h->stop_ctx };
	int rc;

	if ((rc = sending_begin(&g, h->url, HOOK_S, h->ca_file, err)) == 0) {
		(void)curl_easy_setopt(g.curl, CURLOPT_PROTOCOLS_STR,
		    "http,https");
		(void)curl_easy_setopt(g.curl, CURLOPT_POSTFIELDS, json);
		(void)curl_easy_setopt(g.curl, CURLOPT_USERAGENT, "claviger");
		if ((rc = headers(&g, h, id, json, now, err)) == 0 &&
		    (rc = sending_go(&g, err)) == 0)
			rc = taken(&g, err);
	}
	sending_done(&g);
	return rc;
}
