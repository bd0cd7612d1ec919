/* spool - see spool.h. */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "api/server.h"
#include "api/spool.h"
#include "base/io.h"

#define BODY_S	3600	/* however steadily its octets come */

struct spool {
	struct api	*api;
	int		 fd;
	size_t		 n;
	time_us		 began;		/* clock_mono */
	void		*map;		/* or NULL */
};

int
spool_new(struct api *a, struct spool **ret, struct err *err)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(err, ENOMEMORY, "a body");
	*s = (struct spool){ .api = a, .fd = -1, .began = clock_mono() };
	if (atomic_fetch_add(&a->spools, 1) >= SPOOLS) {
		spool_free(s);
		return err_set(err, EBUSY_, "%d long bodies are being read "
		    "already", SPOOLS);
	}
	if (io_unnamed(a->o.folder, &s->fd, err) != 0) {
		spool_free(s);
		return -(int)err->code;
	}
	*ret = s;
	return 0;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->map != NULL)
		munmap(s->map, s->n);
	if (s->fd >= 0)
		close(s->fd);
	atomic_fetch_sub(&s->api->spools, 1);
	free(s);
}

int
spool_take(struct spool *s, const void *p, size_t n, size_t most,
    struct err *err)
{
	const char *at = p;
	ssize_t some;

	if (s->n + n > most)
		return err_set(err, ETOOBIG, "the body may have %zu octets here",
		    most);
	if (clock_mono() - s->began > TIME_S(BODY_S))
		return err_set(err, ELIMIT, "a body may take %d s", BODY_S);
	for (; n > 0; at += some, n -= (size_t)some, s->n += (size_t)some)
		if ((some = write(s->fd, at, n)) <= 0)
			return err_set(err, EIO_, "no room for a body");
	return 0;
}

int
spool_map(struct spool *s, const void **ret, size_t *ret_n, struct err *err)
{
	void *p;

	if (s->n == 0)
		return err_set(err, EINPUT, "the body is empty");
	p = mmap(NULL, s->n, PROT_READ, MAP_PRIVATE, s->fd, 0);
	if (p == MAP_FAILED)
		return err_set(err, ENOMEMORY, "a body");
	s->map = p;
	*ret = p;
	*ret_n = s->n;
	return 0;
}
