#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "api/server.h"
#include "base/io.h"

#define SILENCE_S	60u		/* the library ends a silent connection */
#define MEMORY_OCTETS	(32u * 1024)	/* of one connection's head and buffers */
#define STACK_OCTETS	(512u * 1024)

/* "127.0.0.1:8443" or "[::1]:8443" into its halves. */
static int
split(const char *address, char *host, size_t host_n, const char **port,
    struct err *err)
{
	const char *colon = strrchr(address, ':'), *begin = address;
	size_t n;

	if (colon == NULL)
		return err_set(err, EUSAGE, "\"%s\": expected ADDRESS:PORT", address);
	n = (size_t)(colon - address);
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		begin++;
		n -= 2;
	}
	if (n == 0 || n >= host_n)
		return err_set(err, EUSAGE, "\"%s\": expected ADDRESS:PORT", address);
	memcpy(host, begin, n);
	host[n] = '\0';
	*port = colon + 1;
	return 0;
}

static bool
is_loopback(const struct addrinfo *a)
{
	if (a->ai_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)(const void *)
		    a->ai_addr)->sin_addr.s_addr) >> 24) == 127;
	return a->ai_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(
	    &((const struct sockaddr_in6 *)(const void *)a->ai_addr)->sin6_addr);
}

static int
bind_refused(const struct listener *l, const char *address, int why,
    struct err *err)
{
	if (why == EADDRINUSE)
		return err_set(err, EUSAGE, "%s.listen: port %s of %s is taken by "
		    "another program; stop it, or choose another port with "
		    "--set %s.listen=ADDRESS:PORT", l->name,
		    strrchr(address, ':') + 1, address, l->name);
	if (why == EACCES)
		return err_set(err, EUSAGE, "%s.listen: %s needs privileges; choose "
		    "a port above 1023 with --set %s.listen=ADDRESS:PORT",
		    l->name, address, l->name);
	return err_set(err, EUSAGE, "%s.listen: cannot listen on %s: %s",
	    l->name, address, strerror(why));
}

static int
open_socket(struct listener *l, const struct addrinfo *a, const char *address,
    struct err *err)
{
	int one = 1, fd, why;

	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return bind_refused(l, address, errno, err);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, 512) != 0) {
		why = errno;
		close(fd);
		return bind_refused(l, address, why, err);
	}
	l->fd = fd;
	return 0;
}

static unsigned
port_of(int fd)
{
	struct sockaddr_storage s;
	socklen_t n = sizeof(s);

	if (getsockname(fd, (struct sockaddr *)&s, &n) != 0)
		return 0;
	return ntohs(s.ss_family == AF_INET ?
	    ((struct sockaddr_in *)(void *)&s)->sin_port :
	    ((struct sockaddr_in6 *)(void *)&s)->sin6_port);
}

int
listener_bind(struct listener *l, const char *address, bool loopback_only,
    struct err *err)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV |
	    AI_PASSIVE, .ai_socktype = SOCK_STREAM }, *found = NULL;
	char host[256];
	const char *port;
	int rc;

	TRY(split(address, host, sizeof(host), &port, err));
	if ((rc = getaddrinfo(host, port, &hints, &found)) != 0)
		return err_set(err, EUSAGE, "%s.listen: \"%s\": expected a numeric "
		    "address and a port, like 127.0.0.1:8443", l->name, address);
	if (loopback_only && !is_loopback(found))
		rc = err_set(err, EUSAGE, "%s.listen: %s is not a loopback address; "
		    "this listener has no TLS", l->name, address);
	else
		rc = open_socket(l, found, address, err);
	freeaddrinfo(found);
	if (rc == 0)
		l->port = port_of(l->fd);
	return rc;
}

/* The trust list only makes the library ask for a client certificate; whom
 * it accepts is decided by the pinned key. */
static int
tls_options(struct listener *l, struct MHD_OptionItem *o, struct blob *anchor,
    struct err *err)
{
	size_t n = 0;

	if (l->tls == NULL) {
		o[0] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
		return 0;
	}
	TRY(io_read_file(l->api->o.control_certificate, 256 * 1024, anchor, err));
	o[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
	    (void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:"
	    "-RSA:-SHA1:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:"
	    "+CHACHA20-POLY1305" };
	o[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0,
	    anchor->data };
	o[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_CERT_CALLBACK, 0,
	    (void *)(uintptr_t)tls_certificate };
	o[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	return 0;
}

static void
quiet(void *ctx, const char *fmt, va_list ap)
{
	/* What the library says of single connections is their own affair. */
}

int
listener_start(struct listener *l, struct err *err)
{
	const struct api_options *o = &l->api->o;
	struct MHD_OptionItem tls[4];
	struct blob anchor = { NULL, 0, 0 };
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
	    (l->tls != NULL ? MHD_USE_TLS : 0);

	TRY(tls_options(l, tls, &anchor, err));
	l->daemon = MHD_start_daemon(flags, 0, NULL, NULL, serve_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL,
	    MHD_OPTION_LISTEN_SOCKET, l->fd,
	    MHD_OPTION_NOTIFY_COMPLETED, serve_completed, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, serve_connection, l,
	    MHD_OPTION_URI_LOG_CALLBACK, serve_uri, l,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_CONNECTION_LIMIT, o->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->per_address,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_OCTETS,
	    MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_OCTETS,
	    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	blob_done(&anchor);
	if (l->daemon == NULL)
		return err_set(err, EIO_, "%s.listen: the HTTP library did not start",
		    l->name);
	l->fd = -1;	/* the library's now */
	return 0;
}

void
listener_stop(struct listener *l)
{
	if (l->daemon != NULL)
		MHD_stop_daemon(l->daemon);
	else if (l->fd >= 0)
		close(l->fd);
	l->daemon = NULL;
	l->fd = -1;
}
