#include <string.h>
#include "api/exchange.h"
#include "api/handle.h"
#include "api/route.h"

const struct route routes[ROUTE__N] = {
#define R(method, path, at, access, action, octets, body, query, handler, words) \
	{ METHOD_##method, path, at, ACCESS_##access, action, octets, \
	  &schema_##body, &schema_##query, handle_##handler, #handler, words },
	ROUTES(R)
#undef R
};
_Static_assert(NELEM(routes) == ROUTE__N, "a row for every route");

const char *
access_name(enum access a)
{
	static const char *const names[] = {
		[ACCESS_OPEN] = "open",		[ACCESS_SETUP] = "setup",
		[ACCESS_PROOF] = "proof",	[ACCESS_KNOWN] = "known",
		[ACCESS_READ] = "read",		[ACCESS_POLICY] = "policy",
		[ACCESS_ENROL] = "enrol",	[ACCESS_FEED] = "feed",
	};
	_Static_assert(NELEM(names) == ACCESS__N, "a name for each");

	return names[a];
}

bool
route_est(const struct route *r)
{
	return strstr(r->path, "/.well-known/est/") != NULL;
}

bool
route_batch(const struct route *r)
{
	return r->handler == handle_batch_issue;
}

bool
route_rows(const struct route *r)
{
	return r->handler == handle_device_import ||
	    r->handler == handle_install_report;
}

bool
route_spool(const struct route *r)
{
	return r->handler == handle_crl_import_whole;
}

bool
route_pages(const struct route *r)
{
	return r->handler == handle_cert_import_pages ||
	    r->handler == handle_device_import_pages ||
	    r->handler == handle_install_report_pages;
}

bool
route_admits(const struct route *r)
{
	return route_batch(r) || route_spool(r) || route_pages(r);
}

bool
route_chunks(const struct route *r)
{
	return route_batch(r) || r->handler == handle_ocsp_post;
}

bool
route_json(const struct route *r)
{
	return r->method == METHOD_POST && !route_est(r) && !route_batch(r) &&
	    !route_spool(r);
}

const char *
method_name(enum method m)
{
	return m == METHOD_GET ? "GET" : "POST";
}

/* HEAD is GET without its body (RFC 9110, 9.3.2); the listener drops that. */
static bool
method_is(const char *text, enum method m)
{
	if (m == METHOD_GET && strcmp(text, "HEAD") == 0)
		return true;
	return strcmp(text, method_name(m)) == 0;
}

/* What a segment may hold: ids, names and hashes need nothing else. */
static bool
segment_octet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-' ||
	    c == '~';
}

static int
path_check(const char *path, unsigned at, struct err *err)
{
	static const char ocsp[] = "/ocsp/";
	const char *p;

	/* Base64, in whatever spelling: who decodes it judges it. */
	if ((at & AT_PUBLIC) != 0 && strncmp(path, ocsp, sizeof(ocsp) - 1) == 0)
		return 0;

	if (path[0] != '/')
		return err_set(err, EINPUT, "the path must begin with /");
	for (p = path + 1; *p != '\0'; p++) {
		if (*p == '/' && p[-1] == '/')
			return err_set(err, EINPUT, "the path has an empty segment");
		if (*p == '/' || segment_octet(*p))
			continue;
		return err_set(err, EINPUT, "the path may hold letters, digits, "
		    ". _ - and / only");
	}
	return 0;
}

/*
 * One template against one path; parameters are cut out as it goes, but for
 * the last where it takes all that is left.
 */
static bool
path_match(const char *template, const char *path, struct route_match *m)
{
	size_t n;

	m->nparams = 0;
	while (*template != '\0') {
		if (*template == '{' && strstr(template, "*}") != NULL)
			return *path != '\0';
		if (*template != '{') {
			if (*template++ != *path++)
				return false;
			continue;
		}
		n = strcspn(path, "/");
		if (n == 0 || n >= ROUTE_PARAM_MAX || m->nparams == ROUTE_PARAMS)
			return false;
		memcpy(m->param[m->nparams], path, n);
		m->param[m->nparams++][n] = '\0';
		path += n;
		template = strchr(template, '}') + 1;
	}
	return *path == '\0';
}

int
route_find(const char *method, const char *path, unsigned at,
    struct route_match *ret, const char **ret_allow, struct err *err)
{
	struct route_match m;
	bool get = false, post = false;
	size_t i;

	TRY(path_check(path, at, err));
	for (i = 0; i < ROUTE__N; i++) {
		if ((routes[i].at & at) == 0 ||
		    !path_match(routes[i].path, path, &m))
			continue;
		if (method_is(method, routes[i].method)) {
			m.route = &routes[i];
			*ret = m;
			return 0;
		}
		get = get || routes[i].method == METHOD_GET;
		post = post || routes[i].method == METHOD_POST;
	}
	if (!get && !post)
		return err_set(err, ENOENT_, "nothing is served at this path");
	*ret_allow = get && post ? "GET, HEAD, POST" :
	    get ? "GET, HEAD" : "POST";
	return err_set(err, EMETHOD, "this path takes %s", *ret_allow);
}
