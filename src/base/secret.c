#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/secret.h"

#define SECRET_MAX	((size_t)1 << 20)
#define FILE_MAX	((size_t)65536)

struct secret {
	unsigned char	*data;		/* pages of its own */
	size_t		 len;
	size_t		 room;
};

/*
 * Whole pages, so that locking and leaving out of core dumps touch nothing
 * else.  Both are best effort: a small RLIMIT_MEMLOCK must not stop a house.
 */
static int
secret_alloc(size_t n, struct secret **ret, struct err *err)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct secret *s;

	if (n > SECRET_MAX)
		return err_set(err, ETOOBIG, "a secret of %zu octets", n);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return err_set(err, ENOMEMORY, "a secret");
	s->len = n;
	s->room = (n / page + 1) * page;
	s->data = mmap(NULL, s->room, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->data == MAP_FAILED) {
		free(s);
		return err_set(err, ENOMEMORY, "pages for a secret");
	}
	(void)mlock(s->data, s->room);
	(void)madvise(s->data, s->room, MADV_DONTDUMP);
	*ret = s;
	return 0;
}

int
secret_new(const void *p, size_t n, struct secret **ret, struct err *err)
{
	struct secret *s;

	TRY(secret_alloc(n, &s, err));
	if (n > 0)
		memcpy(s->data, p, n);
	*ret = s;
	return 0;
}

int
secret_random(size_t n, struct secret **ret, struct err *err)
{
	AUTO(secret) *s = NULL;
	size_t done = 0;
	ssize_t got;

	TRY(secret_alloc(n, &s, err));
	while (done < n) {
		got = getrandom(s->data + done, n - done, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(err, EINTERNAL, "no randomness: %s",
			    strerror(errno));
		done += (size_t)got;
	}
	*ret = TAKE(s);
	return 0;
}

/*
 * Credentials that systemd hands to a unit may be readable through an access
 * list, which shows as the group's bit; their folder is the unit's alone.
 */
static bool
is_unit_credential(const char *path)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	size_t n = dir == NULL ? 0 : strlen(dir);

	return n > 1 && strncmp(path, dir, n) == 0 && path[n] == '/' &&
	    strstr(path + n, "/../") == NULL;
}

int
secret_file_check(int fd, const char *path, struct err *err)
{
	mode_t others = S_IRWXG | S_IRWXO;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, EIO_, "%s: is a folder", path);
	if (is_unit_credential(path))
		others &= ~(mode_t)S_IRGRP;
	if (S_ISREG(st.st_mode) && (st.st_mode & others) != 0)
		return err_set(err, EDENIED,
		    "%s: group or others can reach it: chmod 600", path);
	return 0;
}

static int
read_all(int fd, const char *path, struct secret *s, struct err *err)
{
	ssize_t got;
	size_t done = 0;

	do {
		got = read(fd, s->data + done, s->len - done);
		if (got < 0 && errno != EINTR)
			return err_set(err, EIO_, "%s: %s", path,
			    strerror(errno));
		done += got > 0 ? (size_t)got : 0;
	} while (got != 0 && done < s->len);
	if (done == s->len)
		return err_set(err, EIO_, "%s: too long for a secret", path);
	if (done > 0 && s->data[done - 1] == '\n')
		done--;
	s->len = done;
	return 0;
}

int
secret_read_file(const char *path, struct secret **ret, struct err *err)
{
	AUTO(secret) *all = NULL;
	int fd, rc;

	TRY(secret_alloc(FILE_MAX + 1, &all, err));
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	rc = secret_file_check(fd, path, err);
	if (rc == 0)
		rc = read_all(fd, path, all, err);
	(void)close(fd);
	TRY(rc);
	/* A copy of the right size: locked memory is scarce. */
	return secret_new(all->data, all->len, ret, err);
}

void
secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	explicit_bzero(s->data, s->room);
	(void)munmap(s->data, s->room);
	free(s);
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && CRYPTO_memcmp(a->data, b->data, a->len) == 0;
}

const unsigned char *
secret_data(const struct secret *s)
{
	return s->data;
}

size_t
secret_len(const struct secret *s)
{
	return s->len;
}
