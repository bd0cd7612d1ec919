/*
 * test_keeper_guard - the keeper's own walls: filter, lock, PIN, socket, peers.
 */
#include "config.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "base/note.h"
#include "policy/genesis.h"
#include "tests/keeper/hostile.h"

#ifdef HAVE_SECCOMP
START_TEST(it_serves_behind_a_system_call_filter)
{
	char path[64], line[256];
	bool filtered = false, no_new = false;
	FILE *f;

	rig_setup();
	snprintf(path, sizeof(path), "/proc/%d/status", (int)rig.pid);
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		filtered |= strcmp(line, "Seccomp:\t2\n") == 0;
		no_new |= strcmp(line, "NoNewPrivs:\t1\n") == 0;
	}
	fclose(f);
	ck_assert(filtered);
	ck_assert(no_new);
}
END_TEST
#endif

START_TEST(two_keepers_do_not_share_a_house)
{
	rig_setup();
	ck_assert_int_eq(keeper_on("state", NULL), err_exit(ECONFLICT));
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

START_TEST(a_pin_that_others_can_read_is_refused)
{
	scratch_make();
	rig_token();
	ck_assert_int_eq(chmod(scratch_path("pin"), 0644), 0);
	ck_assert_int_eq(keeper_on("second", NULL), err_exit(EDENIED));
}
END_TEST

START_TEST(the_socket_and_the_state_are_nobody_elses)
{
	struct stat st;

	rig_setup();
	ck_assert_int_eq(stat(scratch_path("keeper.sock"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	ck_assert_int_eq(stat(scratch_path("state"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_ne(stat(scratch_path("keeper.sock"), &st), 0);
}
END_TEST

START_TEST(a_peer_of_another_uid_is_turned_away)
{
	const char *const more[] = { "--service-uid", "12345", NULL };
	char c;

	scratch_make();
	rig_token();
	rig_start_with(more);
	ck_assert_int_le((int)recv(rig.fd, &c, 1, 0), 0);
}
END_TEST

#ifdef HAVE_SECCOMP
#define UNIT_SECCOMP	UNIT(it_serves_behind_a_system_call_filter)
#else
#define UNIT_SECCOMP
#endif

UNIT_MAIN("keeper/guard",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT_SECCOMP
	UNIT(two_keepers_do_not_share_a_house)
	UNIT(a_pin_that_others_can_read_is_refused)
	UNIT(the_socket_and_the_state_are_nobody_elses)
	UNIT(a_peer_of_another_uid_is_turned_away))
