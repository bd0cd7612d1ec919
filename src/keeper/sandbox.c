#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif
#include "base/log.h"
#include "keeper/sandbox.h"

/* The leak checker of a sanitizer build looks at its own process as a debugger does. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define MAY_BE_TRACED	1
#else
#define MAY_BE_TRACED	0
#endif

void
sandbox_begin(void)
{
	static const struct rlimit none = { 0, 0 };

	/* A debugger or a core file would see what the token's module holds. */
	if (!MAY_BE_TRACED)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	/* Bounded by RLIMIT_MEMLOCK for whoever is not root: best effort. */
	if (mlockall(MCL_CURRENT) != 0)
		log_line(LOG_INFO, "memory is not locked: %s", strerror(errno));
}

#ifdef HAVE_SECCOMP
/* What a keeper never does once it serves; everything else stays as it is for the token's module. */
static const char *const refused[] = {
	"execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv",
	"process_vm_writev", "bind", "listen", "sendmmsg",
	"recvmmsg", "mount", "umount2", "pivot_root", "chroot", "setns",
	"unshare", "init_module", "finit_module", "delete_module",
	"kexec_load", "kexec_file_load", "bpf", "perf_event_open", "keyctl",
	"add_key", "request_key", "userfaultfd", "io_uring_setup",
	"personality", "swapon", "swapoff", "reboot", "settimeofday",
	"clock_settime", "adjtimex", "clock_adjtime", "setuid", "setgid",
	"setreuid", "setregid", "setresuid", "setresgid", "setgroups",
	"capset", "quotactl", "acct", "open_by_handle_at", "name_to_handle_at",
	"memfd_create", "modify_ldt", "iopl", "ioperm", "syslog", "kcmp",
};

static int
refuse(scmp_filter_ctx f, struct err *err)
{
	static const struct scmp_arg_cmp not_unix = {
		.arg = 0, .op = SCMP_CMP_NE, .datum_a = AF_UNIX,
	};

	for (size_t i = 0; i < NELEM(refused); i++) {
		int nr = seccomp_syscall_resolve_name(refused[i]);

		/* Not on this machine. */
		if (nr == __NR_SCMP_ERROR ||
		    (MAY_BE_TRACED && strcmp(refused[i], "ptrace") == 0))
			continue;
		if (seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), nr, 0) != 0)
			return err_set(err, EINTERNAL, "no filter for %s",
			    refused[i]);
	}
	/* Sockets of the Unix kind only: a smart card's daemon speaks on one. */
	if (seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EAFNOSUPPORT),
	    SCMP_SYS(socket), 1, &not_unix) != 0)
		return err_set(err, EINTERNAL, "no filter for sockets");
	return 0;
}

int
sandbox_filter(struct err *err)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int rc, e;

	if (f == NULL)
		return err_set(err, EINTERNAL, "no system-call filter");
	rc = refuse(f, err);
	/* The workers and the journal's thread run already: all of them. */
	if (rc == 0 && seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) != 0)
		rc = err_set(err, EINTERNAL, "no filter for all threads");
	if (rc == 0 && (e = seccomp_load(f)) != 0)
		rc = err_set(err, EINTERNAL, "system-call filter: %s",
		    strerror(-e));
	seccomp_release(f);
	return rc;
}
#else
int
sandbox_filter(struct err *err)
{
	(void)err;
	return 0;
}
#endif
