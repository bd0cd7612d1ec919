/*
 * flood - many OCSP questions at once, each by a connection of its own.
 *
 *	flood PORT QUESTION N OTHER
 *
 * Sends what is in the file QUESTION by N connections and, once all wait, what
 * is in OTHER by one more.  Prints how many of the N were told to try later,
 * how many of those early: in a quarter of the time that the last one took
 * since all had asked; how many got no whole answer; and how many still waited
 * when OTHER had its own.
 */
#include "config.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/io.h"

#define MOST		4000u
#define ANSWER		4096u
#define PATIENCE_MS	60000

enum said { NOTHING, LATER, GOOD, OTHERWISE };

struct asker {
	char	 answer[ANSWER];
	size_t	 n;
	time_us	 came;		/* clock_mono; 0: it waits */
};

static struct asker *asker;
static struct pollfd *line;

/* What a whole answer says (RFC 6960, 4.2.1); its connection is at its end. */
static enum said
said(const struct asker *a)
{
	static const char later[] = "\x30\x03\x0a\x01\x03", good[] = "\x0a\x01";
	const char *body = strstr(a->answer, "\r\n\r\n"), *length =
	    strstr(a->answer, "Content-Length: ");
	size_t n;

	if (body == NULL || length == NULL)
		return NOTHING;
	body += 4;
	n = a->n - (size_t)(body - a->answer);
	if (n != strtoul(length + 16, NULL, 10))
		return NOTHING;
	if (n == 5 && memcmp(body, later, 5) == 0)
		return LATER;
	return n > 7 && memcmp(body + 4, good, 3) == 0 ? GOOD : OTHERWISE;
}

static bool
ask(size_t i, uint16_t port, const struct blob *question)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char head[200];
	int n = snprintf(head, sizeof(head), "POST /ocsp HTTP/1.1\r\n"
	    "Host: localhost\r\nContent-Type: application/ocsp-request\r\n"
	    "Connection: close\r\nContent-Length: %zu\r\n\r\n", question->len);

	line[i] = (struct pollfd){ .fd = socket(AF_INET, SOCK_STREAM, 0),
	    .events = POLLIN };
	return line[i].fd >= 0 && connect(line[i].fd, (struct sockaddr *)&to,
	    sizeof(to)) == 0 && write(line[i].fd, head, (size_t)n) == n &&
	    write(line[i].fd, question->data, question->len) ==
	    (ssize_t)question->len;
}

static void
hear(size_t i)
{
	struct asker *a = &asker[i];
	ssize_t n = read(line[i].fd, a->answer + a->n, ANSWER - 1 - a->n);

	if (n > 0) {
		a->n += (size_t)n;
		return;
	}
	a->came = clock_mono();
	(void)close(line[i].fd);
	line[i].fd = -1;
}

static size_t
waiting(size_t first, size_t end)
{
	size_t n = 0;

	for (size_t i = first; i < end; i++)
		n += asker[i].came == 0;
	return n;
}

/* What has come to those of [@first, @end[. @return false: nothing, in all that time. */
static bool
hear_some(size_t first, size_t end, int wait_ms)
{
	if (poll(line + first, end - first, wait_ms) <= 0)
		return false;
	for (size_t i = first; i < end; i++)
		if (line[i].revents != 0)
			hear(i);
	return true;
}

static void
hear_all(size_t first, size_t end)
{
	while (waiting(first, end) > 0 && hear_some(first, end, PATIENCE_MS))
		;
}

static void
report(size_t n, time_us began, size_t meanwhile)
{
	size_t later = 0, early = 0, dropped = 0;
	time_us last = began;

	for (size_t i = 0; i < n; i++)
		if (asker[i].came > last)
			last = asker[i].came;
	for (size_t i = 0; i < n; i++) {
		later += said(&asker[i]) == LATER;
		dropped += said(&asker[i]) == NOTHING;
		early += said(&asker[i]) == LATER &&
		    asker[i].came - began < (last - began) / 4;
	}
	printf("later %zu early %zu dropped %zu meanwhile %zu\n", later, early,
	    dropped, meanwhile);
}

static int
flood(uint16_t port, const struct blob *question, size_t n,
    const struct blob *other)
{
	size_t meanwhile = 0;
	time_us began;

	for (size_t i = 0; i < n; i++)
		if (!ask(i, port, question))
			return 71;
	began = clock_mono();
	if (!ask(n, port, other))
		return 71;
	hear_all(n, n + 1);
	while (hear_some(0, n, 0))
		;
	if (said(&asker[n]) == GOOD)
		meanwhile = waiting(0, n);
	hear_all(0, n);
	report(n, began, meanwhile);
	return 0;
}

int
main(int argc, char **argv)
{
	struct blob question = { 0 }, other = { 0 };
	size_t n = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
	struct err err;
	int rc;

	if (n == 0 || n > MOST)
		return 64;
	asker = calloc(n + 1, sizeof(*asker));
	line = calloc(n + 1, sizeof(*line));
	if (asker == NULL || line == NULL)
		return 71;
	if (io_read_file(argv[2], ANSWER, &question, &err) != 0 ||
	    io_read_file(argv[4], ANSWER, &other, &err) != 0) {
		fprintf(stderr, "flood: %s\n", err.what);
		return 66;
	}
	rc = flood((uint16_t)strtoul(argv[1], NULL, 10), &question, n, &other);
	blob_done(&question);
	blob_done(&other);
	free(asker);
	free(line);
	return rc;
}
