/*
 * keeper_line - one message to the keeper, from the host it runs on.
 *
 * Floor 7.
 */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/keeper_line.h"
#include "wire/frame.h"
#include "wire/message.h"

#define ANSWER_MOST	(8u << 20)
#define PATIENCE_S	60

static int
uid_named(const char *text, uid_t *ret, struct err *err)
{
	const struct passwd *pw;
	char *end;

	*ret = (uid_t)strtoul(text, &end, 10);
	if (end != text && *end == '\0')
		return 0;
	pw = getpwnam(text);
	if (pw == NULL)
		return err_set(err, EUSAGE, "there is no user %.64s", text);
	*ret = pw->pw_uid;
	return 0;
}

/* The keeper looks at who connects: root puts on the service's uid for that. */
static int
dial(const char *path, uid_t uid, int *ret, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	uid_t own = geteuid();
	int fd, rc;

	if (strlen(path) >= sizeof(a.sun_path))
		return err_set(err, EUSAGE, "the socket's path is too long");
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, EIO_, "socket: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	if (uid != own && seteuid(uid) != 0) {
		close(fd);
		return err_set(err, EUSAGE, "only root can speak as another "
		    "user");
	}
	rc = connect(fd, (struct sockaddr *)&a, sizeof(a));
	if (rc != 0)
		rc = err_set(err, EKEEPER, "%s: %s", path, strerror(errno));
	if (uid != own && seteuid(own) != 0 && rc == 0)
		rc = err_set(err, EINTERNAL, "the own uid is lost");
	if (rc != 0)
		close(fd);
	else
		*ret = fd;
	return rc;
}

static int
send_message(int fd, const json_t *message, struct err *err)
{
	AUTO(frame_writer) *w = NULL;
	struct blob octets = { 0 };
	int rc;

	TRY(frame_writer_new(&w, err));
	rc = message_write(message, &octets, err);
	if (rc == 0)
		rc = frame_writer_add(w, 1, octets.data, octets.len, err);
	blob_done(&octets);
	TRY(rc);
	return frame_writer_flush(w, fd, err);
}

static int
take_answer(int fd, json_t **ret, struct err *err)
{
	AUTO(frame_reader) *r = NULL;
	struct frame_message m;
	size_t n;
	bool end = false;
	int rc;

	TRY(frame_reader_new(ANSWER_MOST, ANSWER_MOST, &r, err));
	while (!frame_reader_take(r, &m)) {
		TRY(frame_reader_pull(r, fd, &n, &end, err));
		if (end || n == 0)
			return err_set(err, EKEEPER, "the keeper did not "
			    "answer; is its --service-uid the one given here?");
	}
	rc = message_read(m.octets->data, m.octets->len, ret, err);
	blob_free(m.octets);
	return rc;
}

int
keeper_say(const char *path, const char *uid_of, const json_t *message,
    json_t **ret, struct err *err)
{
	AUTO_JSON *answer = NULL;
	uid_t uid = geteuid();
	int fd, rc;

	if (uid_of != NULL)
		TRY(uid_named(uid_of, &uid, err));
	TRY(dial(path, uid, &fd, err));
	rc = send_message(fd, message, err);
	if (rc == 0)
		rc = take_answer(fd, &answer, err);
	close(fd);
	if (rc == 0)
		rc = answer_check(answer, err);
	TRY(rc);
	*ret = TAKE(answer);
	return 0;
}
