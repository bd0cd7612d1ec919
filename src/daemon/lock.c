#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "daemon/daemon.h"

int
lock_take(const char *folder, int *ret_fd, struct err *err)
{
	char path[4200], text[32] = "";
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/lock", folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		n = read(fd, text, sizeof(text) - 1);
		text[n > 0 ? strcspn(text, "\n") : 0] = '\0';
		close(fd);
		return err_set(err, EBUSY_, "another clavigerd (process %s) serves "
		    "the house in %s; end it first", text, folder);
	}
	snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 ||
	    pwrite(fd, text, strlen(text), 0) != (ssize_t)strlen(text)) {
		close(fd);
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	}
	*ret_fd = fd;
	return 0;
}
