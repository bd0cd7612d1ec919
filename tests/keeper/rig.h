/*
 * rig - the real keeper on a real token of its own, and a service that says
 * to it whatever a test wants.
 *
 * CLAVIGER_KEEPER names the program (the build's own otherwise).
 */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/b64.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/merkle.h"
#include "tests/unit/scratch.h"
#include "wire/entry.h"
#include "wire/frame.h"
#include "wire/message.h"

#define RIG_MODULE	"/usr/lib/softhsm/libsofthsm2.so"
#define RIG_TOKEN	"claviger"
#define RIG_PIN		"87654321"
/* The loader puts the architecture's own folder in the place of $LIB. */
#define RIG_LIBFAKETIME	"/usr/$LIB/faketime/libfaketime.so.1"

struct rig {
	pid_t		 pid;
	int		 fd;
	struct frame_reader *in;
	struct frame_writer *out;
	uint32_t	 id;
	const char	*faketime;	/* what libfaketime is told; NULL: real time */
	bool		 ed25519;	/* such keys will be made */
	json_t		*answer;	/* of the last call; owned */
};

static struct rig rig = { .pid = -1, .fd = -1 };

/* Run a program and wait; its output is thrown away. */
static inline int
rig_run(const char *const argv[])
{
	pid_t pid = fork();
	int status = -1;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		(void)dup2(null, 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void
rig_write(const char *name, mode_t mode, const char *text)
{
	int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC, mode);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

/* A token that nobody else has. */
static inline void
rig_token(void)
{
	const char *const argv[] = { "softhsm2-util", "--init-token", "--free",
		"--label", RIG_TOKEN, "--so-pin", "12345678", "--pin",
		RIG_PIN, NULL };
	char text[700];

	ck_assert_int_eq(mkdir(scratch_path("tokens"), 0700), 0);
	snprintf(text, sizeof(text), "directories.tokendir = %s\n"
	    "objectstore.backend = file\nlog.level = ERROR\n",
	    scratch_path("tokens"));
	rig_write("softhsm2.conf", 0600, text);
	ck_assert_int_eq(setenv("SOFTHSM2_CONF", scratch_path("softhsm2.conf"),
	    1), 0);
	rig_write("pin", 0600, RIG_PIN "\n");
	ck_assert_int_eq(rig_run(argv), 0);
}

static inline void
rig_exec(const char *const *more)
{
	const char *program = getenv("CLAVIGER_KEEPER");
	const char *argv[24] = { program == NULL ? "./claviger-keeper" : program,
		"--state", scratch_path("state"), "--socket",
		scratch_path("keeper.sock"), "--module", RIG_MODULE,
		"--pin-file", scratch_path("pin") };
	size_t n = 9;

	while (more != NULL && *more != NULL)
		argv[n++] = *more++;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (rig.faketime != NULL) {
		(void)setenv("LD_PRELOAD", RIG_LIBFAKETIME, 1);
		(void)setenv("FAKETIME", rig.faketime, 1);
		(void)setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
		(void)setenv("FAKETIME_NO_CACHE", "1", 1);
		/* A sanitizer's runtime then comes second, and says so. */
		(void)setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
		/* libfaketime's own variables have no locks. */
		(void)setenv("TSAN_OPTIONS", "report_bugs=0", 1);
	}
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static inline bool
rig_connect(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s",
	    scratch_path("keeper.sock"));
	rig.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(rig.fd, 0);
	if (connect(rig.fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
		close(rig.fd);
		rig.fd = -1;
		return false;
	}
	unit_ok(frame_reader_new(FRAME_MESSAGE, FRAME_MESSAGE, &rig.in, &unit_err));
	unit_ok(frame_writer_new(&rig.out, &unit_err));
	return true;
}

static inline void
rig_disconnect(void)
{
	if (rig.fd >= 0)
		close(rig.fd);
	rig.fd = -1;
	frame_reader_free(rig.in);
	frame_writer_free(rig.out);
	rig.in = NULL;
	rig.out = NULL;
}

static inline void
rig_start_with(const char *const *more)
{
	static const struct timespec moment = { 0, 20000000 };
	int status;

	rig.pid = fork();
	ck_assert_int_ge(rig.pid, 0);
	if (rig.pid == 0)
		rig_exec(more);
	for (int i = 0; i < 1000; i++) {
		if (rig_connect())
			return;
		ck_assert_msg(waitpid(rig.pid, &status, WNOHANG) == 0,
		    "the keeper ended before it served");
		nanosleep(&moment, NULL);
	}
	ck_abort_msg("the keeper does not serve");
}

static inline void
rig_start(void)
{
	rig_start_with(NULL);
}

/* End it; the exit status, or the signal's number plus 256. */
static inline int
rig_end(int with)
{
	int status = 0;

	if (rig.pid <= 0)
		return -1;
	rig_disconnect();
	(void)kill(rig.pid, with);
	ck_assert_int_eq(waitpid(rig.pid, &status, 0), rig.pid);
	rig.pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    256 + WTERMSIG(status);
}

static inline void
rig_again(int with)
{
	int how = rig_end(with);

	if (with == SIGTERM)
		ck_assert_int_eq(how, 0);
	rig_start();
}

static inline UNUSED uint32_t
rig_send(json_t *m)
{
	struct blob b = { 0 };

	unit_ok(message_write(m, &b, &unit_err));
	json_decref(m);
	unit_ok(frame_writer_add(rig.out, ++rig.id, b.data, b.len, &unit_err));
	unit_ok(frame_writer_flush(rig.out, rig.fd, &unit_err));
	blob_done(&b);
	return rig.id;
}

/* The next answer, whichever it is; NULL: the keeper has hung up. */
static inline UNUSED json_t *
rig_next(uint32_t *ret_id)
{
	struct frame_message m;
	json_t *answer;
	bool end = false;
	size_t n;

	while (!frame_reader_take(rig.in, &m)) {
		if (end || frame_reader_pull(rig.in, rig.fd, &n, &end,
		    &unit_err) != 0)
			return NULL;
	}
	unit_ok(message_read(m.octets->data, m.octets->len, &answer, &unit_err));
	blob_free(m.octets);
	if (ret_id != NULL)
		*ret_id = m.id;
	return answer;
}

/* One message (stolen), its answer in rig.answer; 0 or what the keeper says. */
static inline UNUSED int
rig_call(json_t *m)
{
	uint32_t want = rig_send(m), id;

	json_decref(rig.answer);
	rig.answer = rig_next(&id);
	ck_assert_msg(rig.answer != NULL, "the keeper hung up");
	ck_assert_uint_eq(id, want);
	return answer_check(rig.answer, &unit_err);
}

static inline UNUSED const json_t *
rig_hello(void)
{
	json_t *m;

	unit_ok(message_make(MESSAGE_HELLO, &m, &unit_err));
	unit_ok(rig_call(m));
	return rig.answer;
}

static inline UNUSED const char *
rig_state(void)
{
	return json_str(rig_hello(), "state", "");
}

/* How many entries of this kind the journal holds: asked of the keeper itself. */
static inline UNUSED size_t
rig_entries(const char *op)
{
	size_t found = 0, i;
	int64_t from = 1;

	for (;;) {
		json_t *m, *e;
		size_t n;

		unit_ok(json_build(&m, &unit_err, "{s:s, s:I, s:i}", "do",
		    "tail", "from", (json_int_t)from, "limit", 1000));
		unit_ok(rig_call(m));
		n = json_array_size(json_object_get(rig.answer, "entries"));
		json_array_foreach(json_object_get(rig.answer, "entries"), i, e) {
			found += strcmp(json_str(e, "op", ""), op) == 0;
			from = json_int(e, "n", 0) + 1;
		}
		if (n == 0)
			return found;
	}
}

/*
 * SoftHSM 2.6.1 leaks a curve's name for each Ed25519 key that it reads: a leak
 * checker in the keepers that are started from here on is told so.  It
 * keeps no frame pointers, so that stacks must be unwound the slow way.
 */
static inline UNUSED void
rig_forgive_softhsm(void)
{
#ifdef __SANITIZE_ADDRESS__
	char options[600];

	rig_write("leaks", 0600, "leak:libsofthsm2\n");
	snprintf(options, sizeof(options), "suppressions=%s:"
	    "print_suppressions=0", scratch_path("leaks"));
	ck_assert_int_eq(setenv("LSAN_OPTIONS", options, 1), 0);
	ck_assert_int_eq(setenv("ASAN_OPTIONS", "fast_unwind_on_malloc=0", 1),
	    0);
#endif
}

static inline void
rig_setup(void)
{
	scratch_make();
	rig_token();
	if (rig.ed25519)
		rig_forgive_softhsm();
	rig_start();
}

static inline UNUSED void
rig_teardown(void)
{
	int how = rig.pid > 0 ? rig_end(SIGTERM) : 0;

	json_decref(rig.answer);
	rig.answer = NULL;
	scratch_clean();
	/* It ends by itself, cleanly; a sanitizer has nothing to say. */
	ck_assert_int_eq(how, 0);
}

#endif
