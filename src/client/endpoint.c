/* endpoint - see endpoint.h; libcurl speaks TLS. */
#include "config.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/endpoint.h"

#define HOST_MOST	253	/* RFC 1035, 2.3.4 */
#define CERT_WORD	"Cert:"

/* ---- HOST:PORT ---- */

static bool
is_host(const char *host, size_t n)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_",
	    address[] = "0123456789abcdefABCDEF:.";

	if (n > 2 && host[0] == '[' && host[n - 1] == ']')
		return strspn(host + 1, address) == n - 2;
	return n > 0 && n <= HOST_MOST && host[0] != '-' &&
	    strspn(host, name) == n;
}

int
endpoint_check(const char *endpoint, struct err *err)
{
	const char *colon = strrchr(endpoint, ':');
	size_t digits = colon != NULL ? strlen(colon + 1) : 0;
	long port = digits > 0 && digits < 6 ? strtol(colon + 1, NULL, 10) : 0;

	if (colon == NULL || strspn(colon + 1, "0123456789") != digits ||
	    port < 1 || port > 65535 || colon[1] == '0' ||
	    !is_host(endpoint, (size_t)(colon - endpoint)))
		return err_set(err, EINPUT, "%.80s: expected HOST:PORT",
		    endpoint);
	return 0;
}

/* ---- what it shows ---- */

static int
chain_take(CURL *c, endpoint_fn *fn, void *ctx, struct err *err)
{
	struct curl_certinfo *info = NULL;

	if (curl_easy_getinfo(c, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs == 0)
		return err_set(err, EUNREACH, "it shows no certificate");
	for (int i = 0; i < info->num_of_certs; i++)
		for (const struct curl_slist *l = info->certinfo[i]; l != NULL;
		    l = l->next)
			if (strncmp(l->data, CERT_WORD, strlen(CERT_WORD)) == 0)
				TRY(fn(ctx, l->data + strlen(CERT_WORD), err));
	return 0;
}

/* OpenSSL's words for it; other libraries have others, and keep their bounds. */
static bool
is_openssl(void)
{
	const char *tls = curl_version_info(CURLVERSION_NOW)->ssl_version;

	return tls != NULL && strncmp(tls, "OpenSSL/", strlen("OpenSSL/")) == 0;
}

/*
 * Old machines speak TLS 1.0 or 1.1 alone, or show keys that are too short for
 * anything.  Nothing is believed of what they say, and nothing is said to them.
 */
static bool
allow_old(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1) == CURLE_OK && (!is_openssl() ||
	    curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST,
	    "DEFAULT:@SECLEVEL=0") == CURLE_OK);
}

/* No proxy, whatever the environment says: it is this endpoint that is asked. */
static bool
prepare(CURL *c, const char *url, long wait_ms, char *why)
{
#define SET(option, value)	(curl_easy_setopt(c, option, value) == CURLE_OK)
	return allow_old(c) && SET(CURLOPT_URL, url) && SET(CURLOPT_CONNECT_ONLY, 1L) &&
	    SET(CURLOPT_CERTINFO, 1L) && SET(CURLOPT_SSL_VERIFYPEER, 0L) &&
	    SET(CURLOPT_SSL_VERIFYHOST, 0L) && SET(CURLOPT_PROXY, "") &&
	    SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_TIMEOUT_MS, wait_ms) &&
	    SET(CURLOPT_ERRORBUFFER, why);
#undef SET
}

static int
connect_to(CURL *c, const char *url, long wait_ms, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;

	if (!prepare(c, url, wait_ms, why))
		return err_set(err, ENOMEMORY, "an endpoint");
	code = curl_easy_perform(c);
	return code == CURLE_OK ? 0 : err_set(err, EUNREACH, "%.200s",
	    why[0] != '\0' ? why : curl_easy_strerror(code));
}

int
endpoint_shown(const char *endpoint, long wait_ms, endpoint_fn *fn, void *ctx,
    struct err *err)
{
	char url[HOST_MOST + 32];
	CURL *c;
	int rc;

	TRY(endpoint_check(endpoint, err));
	(void)snprintf(url, sizeof(url), "https://%s/", endpoint);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (c = curl_easy_init()) == NULL)
		return err_set(err, ENOMEMORY, "an endpoint");
	rc = connect_to(c, url, wait_ms, err);
	if (rc == 0)
		rc = chain_take(c, fn, ctx, err);
	curl_easy_cleanup(c);
	return rc;
}
