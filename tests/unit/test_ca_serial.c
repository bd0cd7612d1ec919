#include "config.h"

#include "base/hex.h"
#include "base/json.h"
#include "ca/serial.h"
#include "tests/unit/unit.h"

#define SPKI "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct serial
serial(const char *house, const char *request, const char *parameters)
{
	AUTO_JSON *p = NULL;
	struct serial s;

	unit_ok(json_read(parameters, strlen(parameters), &p, &unit_err));
	unit_ok(serial_of(house, request, p, &s, &unit_err));
	return s;
}

static const struct {
	const char *why, *house, *request, *parameters;
} OTHERS[] = {
	{ "another house", "house_2", "req_1",
	    "{\"ca\":\"devices\",\"spki\":\"" SPKI "\"}" },
	{ "another request", "house_1", "req_2",
	    "{\"ca\":\"devices\",\"spki\":\"" SPKI "\"}" },
	{ "another CA", "house_1", "req_1",
	    "{\"ca\":\"servers\",\"spki\":\"" SPKI "\"}" },
	{ "another key", "house_1", "req_1",
	    "{\"ca\":\"devices\",\"spki\":\"00\"}" },
	{ "the same letters, parted otherwise", "house_1req", "_1",
	    "{\"ca\":\"devices\",\"spki\":\"" SPKI "\"}" },
};

START_TEST(what_differs_has_another_one)
{
	struct serial a = serial("house_1", "req_1",
	    "{\"ca\":\"devices\",\"spki\":\"" SPKI "\"}"),
	    b = serial(OTHERS[_i].house, OTHERS[_i].request,
	    OTHERS[_i].parameters);

	ck_assert_msg(memcmp(&a, &b, sizeof(a)) != 0, "%s", OTHERS[_i].why);
}
END_TEST

/*
 * Worked out by another program: whoever audits with another one must find
 * the same.
 */
static const struct {
	const char *why, *parameters, *hex;
} KNOWN[] = {
	{ "a certificate below a CA", "{\"ca\":\"devices\",\"name\":\"x\","
	    "\"spki\":\"" SPKI "\"}", "7f2d4e200b9e3b22f0f3fb0a57dae190" },
	{ "a CA below another", "{\"issuer\":\"root\",\"name\":\"devices\","
	    "\"spki\":\"" SPKI "\"}", "7f23308490031e250bbe81b9b17251c7" },
	{ "a root", "{\"name\":\"root\",\"spki\":\"" SPKI "\"}", "7f23308490031e250bbe81b9b17251c7" },
};

START_TEST(it_is_the_hash_of_what_was_asked_for)
{
	struct serial s = serial("house_1", "req_1", KNOWN[_i].parameters);
	char hex[2 * SERIAL_OCTETS + 1];

	hex_encode(s.o, sizeof(s.o), hex);
	ck_assert_msg(strcmp(hex, KNOWN[_i].hex) == 0, "%s: %s", KNOWN[_i].why,
	    hex);
}
END_TEST

START_TEST(its_first_octet_makes_it_positive_and_of_sixteen)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < 4096; i++) {
		char id[24];
		struct serial s;

		snprintf(id, sizeof(id), "req_%u", i);
		s = serial("house_1", id, "{\"name\":\"root\"}");
		ck_assert_uint_ge(s.o[0], 0x40);
		ck_assert_uint_le(s.o[0], 0x7f);
		seen |= s.o[0] == 0x40 ? 1u : 0;
		seen |= s.o[0] == 0x7f ? 2u : 0;
	}
	ck_assert_uint_eq(seen, 3);
}
END_TEST

START_TEST(its_last_two_octets_choose_the_list)
{
	struct serial s = { .o = { [14] = 1, [15] = 2 } };

	ck_assert_uint_eq(serial_partition(&s, 1), 0);
	ck_assert_uint_eq(serial_partition(&s, 100), 258 % 100);
	ck_assert_uint_eq(serial_partition(&s, 65536), 258);
}
END_TEST

START_TEST(what_is_no_text_has_none)
{
	AUTO_JSON *p = json_object();
	struct serial s;

	unit_fails(serial_of("house_\xff", "req_1", p, &s, &unit_err), EINPUT);
}
END_TEST

UNIT_MAIN("ca/serial",
	UNIT_ROWS(what_differs_has_another_one, OTHERS)
	UNIT_ROWS(it_is_the_hash_of_what_was_asked_for, KNOWN)
	UNIT(its_first_octet_makes_it_positive_and_of_sixteen)
	UNIT(its_last_two_octets_choose_the_list)
	UNIT(what_is_no_text_has_none))
