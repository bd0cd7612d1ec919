/*
 * settings: rows of the configuration, from a file and from --set.
 */
#include <stdio.h>
#include <unistd.h>
#include "base/io.h"
#include "daemon/settings.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why, *text;
	enum err_code	 want;
} FILES[] = {
	{ "dotted names", "house.folder: \"/h\"\nworkers: 4\n", OK },
	{ "nested names say the same",
	    "house:\n  folder: \"/h\"\ncontrol:\n  listen: \"127.0.0.1:1\"\n",
	    OK },
	{ "an unknown name", "house.folder: \"/h\"\nworker: 4\n", ESCHEMA },
	{ "a number that is none", "workers: \"many\"\n", ERANGE_ },
	{ "a number out of bounds", "workers: 0\n", ERANGE_ },
	{ "a list", "workers: [4]\n", ESCHEMA },
	{ "no mapping", "- workers\n", ESCHEMA },
	{ "a level that is none", "log.level: \"loud\"\n", ERANGE_ },
	{ "the same twice", "workers: 4\nworkers: 5\n", EINPUT },
};

START_TEST(a_file_is_taken_or_refused)
{
	AUTO(config) *c = NULL;
	char path[] = "/tmp/settings.XXXXXX";
	struct err err = { .code = OK };
	int rc, fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unit_ok(io_write_all(fd, FILES[_i].text, strlen(FILES[_i].text),
	    &unit_err));
	close(fd);
	unit_ok(config_new(&c, &unit_err));
	rc = config_read(c, path, &err);
	unlink(path);
	ck_assert_msg(rc == -(int)FILES[_i].want, "%s: %s (%s)", FILES[_i].why,
	    err_code_name(err.code), err.what);
	if (rc != 0)
		ck_assert_msg(strstr(err.what, "settings.") != NULL,
		    "%s: where? %s", FILES[_i].why, err.what);
}
END_TEST

START_TEST(relative_paths_lie_in_the_house)
{
	AUTO(config) *c = NULL;

	unit_ok(config_new(&c, &unit_err));
	unit_ok(config_set(c, "house.folder=/srv/house", &unit_err));
	unit_ok(config_set(c, "control.key=/etc/k", &unit_err));
	unit_ok(config_finish(c, &unit_err));
	ck_assert_str_eq(c->control_certificate, "/srv/house/tls.crt");
	ck_assert_str_eq(c->control_key, "/etc/k");
	ck_assert_str_eq(c->store_url, "sqlite:/srv/house/claviger.db");
	ck_assert_str_eq(c->setup_token_file, "/srv/house/setup-token");
}
END_TEST

START_TEST(listeners_stay_on_loopback_unless_told)
{
	AUTO(config) *c = NULL;

	unit_ok(config_new(&c, &unit_err));
	ck_assert_str_eq(c->control_listen, "127.0.0.1:8443");
	ck_assert_str_eq(c->public_listen, "127.0.0.1:8080");
	ck_assert_str_eq(c->local_listen, "");
}
END_TEST

/* It would be thrown away at the next start. */
START_TEST(no_database_is_called_like_a_replay)
{
	static const char *const urls[] = { "store.url=sqlite:as-of.db",
		"store.url=sqlite:/elsewhere/as-of.db-wal" };

	for (size_t i = 0; i < NELEM(urls); i++) {
		AUTO(config) *c = NULL;

		unit_ok(config_new(&c, &unit_err));
		unit_ok(config_set(c, "house.folder=/srv/house", &unit_err));
		unit_ok(config_set(c, urls[i], &unit_err));
		unit_fails(config_finish(c, &unit_err), ERANGE_);
		ck_assert_ptr_nonnull(strstr(unit_err.what, "store.url"));
	}
}
END_TEST

START_TEST(set_says_what_is_wrong)
{
	AUTO(config) *c = NULL;

	unit_ok(config_new(&c, &unit_err));
	unit_fails(config_set(c, "workers", &unit_err), EUSAGE);
	unit_fails(config_set(c, "wrokers=4", &unit_err), EUSAGE);
	unit_fails(config_set(c, "workers=4x", &unit_err), ERANGE_);
	unit_fails(config_set(c, "workers=257", &unit_err), ERANGE_);
	unit_fails(config_finish(c, &unit_err), ESCHEMA);
	unit_ok(config_set(c, "house.folder=/h", &unit_err));
	unit_ok(config_set(c, "store.url=mysql:x", &unit_err));
	unit_fails(config_finish(c, &unit_err), ERANGE_);
}
END_TEST

START_TEST(what_is_printed_reads_as_itself)
{
	AUTO(config) *c = NULL, *again = NULL;
	char path[] = "/tmp/settings.XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");

	ck_assert_ptr_nonnull(f);
	unit_ok(config_new(&c, &unit_err));
	unit_ok(config_set(c, "house.folder=/srv/house", &unit_err));
	unit_ok(config_set(c, "workers=7", &unit_err));
	unit_ok(config_finish(c, &unit_err));
	config_print(c, f);
	fclose(f);
	unit_ok(config_new(&again, &unit_err));
	unit_ok(config_read(again, path, &unit_err));
	unlink(path);
	ck_assert_int_eq(again->workers, 7);
	ck_assert_str_eq(again->control_key, c->control_key);
	ck_assert_str_eq(again->store_url, c->store_url);
}
END_TEST

UNIT_MAIN("daemon/settings",
	UNIT_ROWS(a_file_is_taken_or_refused, FILES)
	UNIT(relative_paths_lie_in_the_house)
	UNIT(listeners_stay_on_loopback_unless_told)
	UNIT(set_says_what_is_wrong)
	UNIT(no_database_is_called_like_a_replay)
	UNIT(what_is_printed_reads_as_itself))
