#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "hsm/object.h"

#define CONFIG		"/etc/softhsm/softhsm2.conf"
#define CONFIG_OF_USER	".config/softhsm2/softhsm2.conf"
#define CONFIG_MAX	65536
#define KEYWORD		"directories.tokendir"

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* Where the value of "directories.tokendir = VALUE" stands in a line; its length, or 0. */
static size_t
value_in(const char *line, size_t n, const char **ret)
{
	const char *p = skip_blanks(line), *end = line + n;

	if ((size_t)(end - p) < strlen(KEYWORD) ||
	    strncmp(p, KEYWORD, strlen(KEYWORD)) != 0)
		return 0;
	p = skip_blanks(p + strlen(KEYWORD));
	if (p >= end || *p != '=')
		return 0;
	p = skip_blanks(p + 1);
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	*ret = p;
	return end > p ? (size_t)(end - p) : 0;
}

static size_t
value_of(const char *text, const char **ret)
{
	size_t found = 0, n;

	for (; *text != '\0' && found == 0; text += n) {
		n = strcspn(text, "\n");
		found = value_in(text, n, ret);
		n += text[n] == '\n' ? 1 : 0;
	}
	return found;
}

/*
 * The configuration that SoftHSM itself reads: the environment's, else the
 * user's if there is one (by the user database, not by HOME), else the system's.
 */
static int
config_path(struct blob *ret, struct err *err)
{
	const char *named = getenv("SOFTHSM2_CONF");
	struct passwd pw, *found = NULL;
	char room[4096];

	if (named != NULL)
		return blob_puts(ret, named, err);
	if (getpwuid_r(getuid(), &pw, room, sizeof(room), &found) == 0 &&
	    found != NULL) {
		TRY(blob_printf(ret, err, "%s/" CONFIG_OF_USER, pw.pw_dir));
		if (access(blob_str(ret), R_OK) == 0)
			return 0;
		blob_clear(ret);
	}
	return blob_puts(ret, CONFIG, err);
}

int
folder_find(char **ret, struct err *err)
{
	AUTO(blob) *text = blob_new(), *path = blob_new();
	const char *value;
	char *folder;
	size_t n;

	if (text == NULL || path == NULL)
		return err_set(err, ENOMEMORY, "SoftHSM's configuration");
	TRY(config_path(path, err));
	TRY(io_read_file(blob_str(path), CONFIG_MAX, text, err));
	if ((n = value_of(blob_str(text), &value)) == 0)
		return err_set(err, ENOENT_, "%s names no " KEYWORD,
		    blob_str(path));
	if ((folder = strndup(value, n)) == NULL)
		return err_set(err, ENOMEMORY, "a folder's name");
	*ret = folder;
	return 0;
}

#ifdef HAVE_SYNCFS
/*
 * One syncfs where there may be ten thousand files: an fsync each would flush
 * the disk as often.  It reports write errors since Linux 5.8.
 */
static int
sync_all(const char *folder, struct err *err)
{
	int fd, rc = 0;

	fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0)
		return err_set(err, EIO_, "%s: %s", folder, strerror(errno));
	if (syncfs(fd) != 0)
		rc = err_set(err, EIO_, "%s: %s", folder, strerror(errno));
	(void)close(fd);
	return rc;
}
#else
static int
sync_all(const char *folder, struct err *err)
{
	return io_sync_tree(folder, err);
}
#endif

int
hsm_sync(struct hsm *h, struct err *err)
{
	return h->folder == NULL ? 0 : sync_all(h->folder, err);
}
