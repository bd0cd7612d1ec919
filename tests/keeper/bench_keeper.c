/*
 * What a signature costs in the keeper alone: one connection, many messages
 * outstanding, a window, the ledger shown as a service would.
 */
#include "config.h"

#include <sys/resource.h>
#include "tests/keeper/house.h"

#define ROUND	500

static char key[SHA256_HEX];

/* Microseconds of CPU that the keeper has used. */
static double
cpu_us(void)
{
	char path[64];
	char text[1024];
	unsigned long user, system;
	FILE *f;
	char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)rig.pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	fclose(f);
	p = strrchr(text, ')');
	ck_assert_int_eq(sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u "
	    "%*u %*u %lu %lu", &user, &system), 2);
	return 1e6 * (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static json_t *
window(void)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	json_t *params;

	clock_text(clock_now() - TIME_S(1), from);
	clock_text(clock_now() + TIME_S(3600), until);
	unit_ok(json_build(&params, &unit_err,
	    "{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:b}", "keys", "key", key,
	    "key_name", "prod", "by", "ci", "uses", 1000000, "from", from,
	    "until", until, "any_digest", 1));
	return permit(ask("window", ACTION_WINDOW_OPEN, "ci", params), "window",
	    "12");
}

static struct blob
message(const char *hash, unsigned n)
{
	unsigned char d[32];
	char hex[65];
	struct blob b = { 0 };

	memset(d, 0, sizeof(d));
	memcpy(d, &n, sizeof(n));
	hex_encode(d, 32, hex);
	unit_ok(blob_printf(&b, &unit_err, "{\"do\":\"use\",\"permit\":\"%s\","
	    "\"operation\":{\"op\":\"sign\",\"key\":\"%s\",\"principal\":\"ci\","
	    "\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"%s\"}}}", hash,
	    key, hex));
	return b;
}

static void
round_of(const char *hash, unsigned outstanding, unsigned base)
{
	unsigned sent = 0, got = 0;
	struct frame_message m;

	while (got < ROUND) {
		while (sent < ROUND && sent - got < outstanding) {
			struct blob b = message(hash, base + sent);

			unit_ok(frame_writer_add(rig.out, ++rig.id, b.data,
			    b.len, &unit_err));
			blob_done(&b);
			sent++;
		}
		unit_ok(frame_writer_flush(rig.out, rig.fd, &unit_err));
		while (!frame_reader_take(rig.in, &m)) {
			bool end;
			size_t n;

			unit_ok(frame_reader_pull(rig.in, rig.fd, &n, &end, &unit_err));
		}
		do {
			got++;
			ck_assert_msg(strstr((char *)m.octets->data,
			    "\"ok\":true") != NULL, "%s", blob_str(m.octets));
			blob_free(m.octets);
		} while (frame_reader_take(rig.in, &m));
	}
}

static void
measure(const char *hash, unsigned outstanding, unsigned rounds)
{
	static unsigned base = 1;
	static int64_t shown = 1;
	double cpu, show = 0;
	time_us from, spent = 0;

	cpu = cpu_us();
	for (unsigned i = 0; i < rounds; i++, base += ROUND) {
		double before;

		from = clock_mono();
		round_of(hash, outstanding, base);
		spent += clock_mono() - from;
		before = cpu_us();
		unit_ok(show_entries(shown, 0));
		show += cpu_us() - before;
		shown = json_int(json_object_get(rig_hello(), "journal"), "n", 0) + 1;
	}
	cpu = cpu_us() - cpu;
	printf("%3u outstanding: %8.0f signatures/s, %6.1f us of CPU each, of "
	    "which %5.1f to see the ledger\n", outstanding,
	    1e6 * rounds * ROUND / (double)spent, cpu / (rounds * ROUND),
	    show / (rounds * ROUND));
}

START_TEST(what_a_signature_costs)
{
	struct sha256 hash;
	char hex[SHA256_HEX];
	json_t *w, *op;

	rig_setup();
	house_found(5);
	house_key("firmware", "prod", "ec-p256", "ecdsa-sha256", "production", key);
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, key, "prod", "active", "12"));
	w = window();
	unit_ok(json_hash(w, &hash, &unit_err));
	sha256_hex(&hash, hex);
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:{s:s, s:s}}",
	    "op", "sign", "key", key, "principal", "ci", "digest",
	    "algorithm", "sha-256", "value", hex));
	unit_ok(use(w, op));
	measure(hex, 1, 4);
	measure(hex, 8, 10);
	measure(hex, 32, 20);
}
END_TEST

UNIT_MAIN("keeper/bench",
	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT(what_a_signature_costs))
