/* A scan finds what lies there, as far as it may look, follows no link, tells
 * what it did not look at, and never what a private key is. */
#include "config.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/json.h"
#include "cli/discover.h"
#include "client/endpoint.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define SEED	"tests/fuzz/seeds/trove"

/* A seed's octets at @to of the scratch folder, whose folders are made. */
static void
lay(const char *top, const char *seed, const char *to)
{
	const char *src = getenv("srcdir");
	struct blob b = { 0 };
	char path[1600], *slash;

	(void)snprintf(path, sizeof(path), "%s/%s/%s", src != NULL ? src : ".",
	    SEED, seed);
	unit_ok(io_read_file(path, 1 << 20, &b, &unit_err));
	(void)snprintf(path, sizeof(path), "%s/%s", top, to);
	slash = strrchr(path, '/');
	*slash = '\0';
	unit_ok(io_mkdir_p(path, 0700, &unit_err));
	*slash = '/';
	unit_ok(io_write_file(path, 0600, b.data, b.len, &unit_err));
	blob_done(&b);
}

static void
scanned(struct scan *s, const char *path, const struct files_bounds *b)
{
	unit_ok(scan_init(s, &unit_err));
	unit_ok(scan_files(s, "h", path, b, &unit_err));
}

static bool
has_place(const struct scan *s, const char *tail)
{
	const char *id;
	json_t *one;

	json_object_foreach(s->found, id, one) {
		const char *place = json_str(one, "place", "");
		size_t n = strlen(place), m = strlen(tail);

		if (n >= m && strcmp(place + n - m, tail) == 0)
			return true;
	}
	return false;
}

static const struct {
	const char *why;
	struct files_bounds bound;
	unsigned found, passed;
} BOUNDS[] = {
	{ "as long as may be", { 241, 64, 10, 10 }, 2, 0 },
	{ "an octet longer", { 240, 64, 10, 10 }, 1, 1 },
	{ "as deep as may be", { 1000, 2, 10, 10 }, 2, 0 },
	{ "a folder deeper", { 1000, 1, 10, 10 }, 1, 1 },
	{ "as many as may be", { 1000, 64, 2, 10 }, 2, 0 },
	{ "a file more", { 1000, 64, 1, 10 }, 1, 1 },
	{ "as much in each as may be", { 1000, 64, 10, 1 }, 2, 0 },
	{ "a thing more", { 1000, 64, 10, 0 }, 0, 2 },
};

/* pkcs8 has 241 octets and lies two folders deep, sec1 has 227. */
START_TEST(a_bound_is_kept_and_told)
{
	struct scan s;
	const char *top = scratch;

	lay(top, "pkcs8", "a/b/pkcs8");
	lay(top, "sec1", "sec1");
	scanned(&s, top, &BOUNDS[_i].bound);
	ck_assert_msg(json_object_size(s.found) == BOUNDS[_i].found &&
	    json_array_size(s.passed) == BOUNDS[_i].passed, "%s: %zu %zu",
	    BOUNDS[_i].why, json_object_size(s.found),
	    json_array_size(s.passed));
	scan_done(&s);
}
END_TEST

START_TEST(no_more_is_found_than_may_be)
{
	struct scan s;
	const char *top = scratch;
	char place[512];

	lay(top, "pkcs8", "one");
	lay(top, "sec1", "two");
	(void)snprintf(place, sizeof(place), "file://h%s/three", top);
	unit_ok(scan_init(&s, &unit_err));
	s.most = 2;
	unit_ok(scan_files(&s, "h", top, &files_bounds, &unit_err));
	unit_ok(scan_files(&s, "h", top, &files_bounds, &unit_err));
	unit_ok(scan_end(&s, &unit_err));
	ck_assert(!scan_left(&s, place));
	lay(top, "pkcs1", "three");
	unit_ok(scan_files(&s, "h", top, &files_bounds, &unit_err));
	unit_ok(scan_end(&s, &unit_err));
	ck_assert_uint_eq(json_object_size(s.found), 2);
	ck_assert(scan_left(&s, place));
	scan_done(&s);
}
END_TEST

/* Whoever took the passphrase off made another thing of it. */
START_TEST(one_in_clear_is_not_the_one_that_was_encrypted)
{
	struct trove_item item = { .kind = TROVE_PRIVATE, .n = 1,
	    .form = "openssh", .known = true, .algorithm = "ed25519" };
	struct scan s;

	unit_ok(scan_init(&s, &unit_err));
	unit_ok(scan_item(&s, "file://h/a", &item, &unit_err));
	item.n = 2;
	unit_ok(scan_item(&s, "file://h/a", &item, &unit_err));
	ck_assert_uint_eq(json_object_size(s.found), 1);
	item.encrypted = true;
	unit_ok(scan_item(&s, "file://h/a", &item, &unit_err));
	ck_assert_uint_eq(json_object_size(s.found), 2);
	scan_done(&s);
}
END_TEST

START_TEST(no_link_is_followed_and_nothing_waited_for)
{
	struct scan s;
	char top[400], other[400], path[512];

	(void)snprintf(top, sizeof(top), "%s/top", scratch);
	(void)snprintf(other, sizeof(other), "%s/other", scratch);
	ck_assert_int_eq(mkdir(top, 0700), 0);
	lay(other, "pkcs8", "key");
	(void)snprintf(path, sizeof(path), "%s/folder", top);
	ck_assert_int_eq(symlink(other, path), 0);
	(void)snprintf(path, sizeof(path), "%s/key", other);
	ck_assert_int_eq(chdir(top), 0);
	ck_assert_int_eq(symlink(path, "file"), 0);
	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	ck_assert_int_eq(chdir("/"), 0);
	scanned(&s, top, &files_bounds);
	ck_assert_uint_eq(json_object_size(s.found), 0);
	ck_assert_uint_eq(json_array_size(s.passed), 0);
	scan_done(&s);
}
END_TEST

/* Of what a host has mounted everywhere; where it has not, there is nothing to see. */
START_TEST(another_file_system_is_told_and_not_gone)
{
	struct stat outer, inner;
	struct scan s;

	if (stat("/dev", &outer) != 0 || stat("/dev/shm", &inner) != 0 ||
	    outer.st_dev == inner.st_dev || !S_ISDIR(inner.st_mode))
		return;
	scanned(&s, "/dev", &files_bounds);
	ck_assert(scan_left(&s, "file://h/dev/shm/x"));
	ck_assert(!scan_left(&s, "file://h/dev/x"));
	scan_done(&s);
}
END_TEST

START_TEST(what_cannot_be_read_is_told_and_not_gone)
{
	struct scan s;
	const char *top = scratch;
	char path[512], place[600];

	if (geteuid() == 0) {	/* who may read all meets none of it */
			return;
	}
	lay(top, "pkcs8", "shut/key");
	lay(top, "sec1", "closed");
	(void)snprintf(path, sizeof(path), "%s/shut", top);
	ck_assert_int_eq(chmod(path, 0), 0);
	(void)snprintf(path, sizeof(path), "%s/closed", top);
	ck_assert_int_eq(chmod(path, 0), 0);
	scanned(&s, top, &files_bounds);
	ck_assert_uint_eq(json_array_size(s.passed), 2);
	(void)snprintf(place, sizeof(place), "file://h%s/shut/key", top);
	ck_assert(scan_left(&s, place));
	(void)snprintf(path, sizeof(path), "%s/shut", top);
	ck_assert_int_eq(chmod(path, 0700), 0);
	scan_done(&s);
}
END_TEST

static const struct {
	const char *why, *place;
	bool left;
} LEFT[] = {
	{ "itself", "file://h/a", true },
	{ "what lies in it", "file://h/a/b", true },
	{ "what is called alike", "file://h/ab", false },
	{ "what it lies in", "file://h", false },
	{ "an object of a token", "pkcs11:token=t;id=%01", true },
	{ "of another token", "pkcs11:token=tt;id=%01", false },
};

START_TEST(what_was_not_looked_at_may_be_there)
{
	struct scan s;

	unit_ok(scan_init(&s, &unit_err));
	unit_ok(scan_passed(&s, "file://h/a", "x", &unit_err));
	unit_ok(scan_passed(&s, "pkcs11:token=t", "x", &unit_err));
	ck_assert_msg(scan_left(&s, LEFT[_i].place) == LEFT[_i].left, "%s",
	    LEFT[_i].why);
	scan_done(&s);
}
END_TEST

/* Of each seed: no run of 24 of its base64 characters is in what is told, unless
 * it is a certificate's, and so nobody's secret. */
START_TEST(no_octets_of_a_private_key_are_told)
{
	static const char *const keys[] = { "pkcs8", "sec1", "pkcs1",
		"openssh_rsa_2048", "openssh_ed25519", "shrouded", "json" };
	const char *top = scratch;
	char *told;
	struct scan s;

	for (size_t i = 0; i < NELEM(keys); i++)
		lay(top, keys[i], keys[i]);
	scanned(&s, top, &files_bounds);
	told = json_dumps(s.found, 0);
	ck_assert_uint_eq(json_object_size(s.found), NELEM(keys));
	for (size_t i = 0; i < NELEM(keys); i++) {
		struct blob b = { 0 };
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/%s", top, keys[i]);
		unit_ok(io_read_file(path, 1 << 20, &b, &unit_err));
		for (size_t n = 30; n + 24 < b.len - 40; n++)
			ck_assert_ptr_null(memmem(told, strlen(told),
			    b.data + n, 24));
		blob_done(&b);
	}
	free(told);
	scan_done(&s);
}
END_TEST

START_TEST(a_place_is_a_uri_whatever_the_name)
{
	struct scan s;
	const char *top = scratch;

	lay(top, "sec1", "a b\n%\xc3\xa9;?#");
	scanned(&s, top, &files_bounds);
	ck_assert(has_place(&s, "/a%20b%0A%25%C3%A9%3B%3F%23"));
	scan_done(&s);
}
END_TEST

START_TEST(a_place_that_is_too_long_is_told_as_far_as_it_goes)
{
	char name[256], path[1200];
	struct scan s;
	size_t n;

	memset(name, 'n', 255);
	name[255] = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s/%s/%s/key", name, name,
	    name, name);
	lay(scratch, "sec1", path);
	scanned(&s, scratch, &files_bounds);
	ck_assert_uint_eq(json_object_size(s.found), 0);
	ck_assert_uint_eq(json_array_size(s.passed), 1);
	n = strlen(json_str(json_array_get(s.passed, 0), "place", ""));
	ck_assert_uint_eq(n, DISCOVER_PLACE);
	scan_done(&s);
}
END_TEST

static const struct {
	const char *why;
	bool good;
} ENDPOINTS[] = {
	{ "example.com:443", true }, { "10.0.0.1:8443", true },
	{ "[::1]:1", true }, { "h:65535", true }, { "h:65536", false },
	{ "h:0", false }, { "h:", false }, { ":443", false }, { "h", false },
	{ "::1:443", false }, { "[::1]", false }, { "[]:1", false },
	{ "a b:1", false }, { "u@h:1", false }, { "h/x:1", false },
	{ "h:443/x", false }, { "h:0443", false }, { "-h:443", false },
	{ "", false },
};

START_TEST(an_endpoint_is_a_host_and_a_port)
{
	int rc = endpoint_check(ENDPOINTS[_i].why, &unit_err);

	ck_assert_msg(rc == (ENDPOINTS[_i].good ? 0 : -EINPUT), "%s: %d",
	    ENDPOINTS[_i].why, rc);
}
END_TEST

UNIT_MAIN("cli/discover", UNIT_SCRATCH
    UNIT_ROWS(a_bound_is_kept_and_told, BOUNDS)
    UNIT(no_more_is_found_than_may_be)
    UNIT(one_in_clear_is_not_the_one_that_was_encrypted)
    UNIT(no_link_is_followed_and_nothing_waited_for)
    UNIT(another_file_system_is_told_and_not_gone)
    UNIT(what_cannot_be_read_is_told_and_not_gone)
    UNIT_ROWS(what_was_not_looked_at_may_be_there, LEFT)
    UNIT(no_octets_of_a_private_key_are_told)
    UNIT(a_place_is_a_uri_whatever_the_name)
    UNIT(a_place_that_is_too_long_is_told_as_far_as_it_goes)
    UNIT_ROWS(an_endpoint_is_a_host_and_a_port, ENDPOINTS))
