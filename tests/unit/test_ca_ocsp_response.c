#include "config.h"

#include "ca/ocsp.h"
#include "tests/unit/der_text.h"
#include "tests/unit/unit.h"

#define H20	"0102030405060708090a0b0c0d0e0f1011121314"
#define ID	"30(30(06(2b0e03021a)0500)04(" H20 ")04(" H20 ")020105)"
#define T0	"18(\"20261121000000Z\")"
#define T1	"18(\"20261121000100Z\")"
#define T2	"18(\"20261122000000Z\")"
#define BY_KEY	"a2(04(" H20 "))"
#define GOOD	"8000"
#define UNKNOWN	"8200"
#define REVOKED(more) "a1(" T0 more ")"
#define REASON(n) "a0(0a(" n "))"
#define ONE(status, more) "30(" ID status T0 "a0(" T2 ")" more ")"
#define HEAD	BY_KEY T1
#define DATA(list, more) "30(" HEAD "30(" list ")" more ")"
#define CUTOFF	"30(06(2b0601050507300106) 04(" T0 "))"
#define NONCE(x) "30(06(2b0601050507300102) 04(04(" x ")))"
#define EXTENDED "30(06(2b0601050507300109) 04(0500))"
#define DATE	"30(06(551d18) 04(" T0 "))"
#define ODD	"30(06(2a0304) 04(0500))"

static const struct {
	const char	*why, *der;
	enum err_code	 code;
} ROWS[] = {
	{ "good", DATA(ONE(GOOD, ""), ""), OK },
	{ "unknown", DATA(ONE(UNKNOWN, ""), ""), OK },
	{ "revoked", DATA(ONE(REVOKED(""), ""), ""), OK },
	{ "revoked for a reason", DATA(ONE(REVOKED(REASON("01")), ""), ""),
	    OK },
	{ "all there is", DATA(ONE(GOOD, "a1(30(" CUTOFF "))") ONE(UNKNOWN,
	    ""), "a1(30(" NONCE("01") EXTENDED "))"), OK },
	{ "no SEQUENCE", "31(" HEAD "30(" ONE(GOOD, "") "))", EINPUT },
	{ "something behind it", DATA(ONE(GOOD, ""), "") "00", EINPUT },
	{ "and more", DATA(ONE(GOOD, ""), "0500"), EINPUT },
	{ "version 1 said, which DER leaves out", "30(a0(020100)" HEAD "30("
	    ONE(GOOD, "") "))", EINPUT },
	{ "a responder by name", "30(a1(30(31(30(0603550403 0c(41)))))" T1
	    "30(" ONE(GOOD, "") "))", EINPUT },
	{ "a key's hash of 19 octets", "30(a2(04(01020304050607080910111213"
	    "141516171819))" T1 "30(" ONE(GOOD, "") "))", EINPUT },
	{ "a responder and more", "30(a2(04(" H20 ")0500)" T1 "30("
	    ONE(GOOD, "") "))", EINPUT },
	{ "UTCTime", "30(" BY_KEY "17(\"261121000100Z\")30(" ONE(GOOD, "")
	    "))", EINPUT },
	{ "a fraction of a second", "30(" BY_KEY "18(\"20261121000100.5Z\")30("
	    ONE(GOOD, "") "))", EINPUT },
	{ "no answers", DATA("", ""), EINPUT },
	{ "an answer that is none", DATA("0500", ""), EINPUT },
	{ "no status", DATA(ONE("", ""), ""), EINPUT },
	{ "a status that is not known", DATA(ONE("8300", ""), ""), EINPUT },
	{ "good and more", DATA(ONE("800100", ""), ""), EINPUT },
	{ "good, constructed", DATA(ONE("a000", ""), ""), EINPUT },
	{ "revoked at no time", DATA(ONE("a1()", ""), ""), EINPUT },
	{ "revoked, primitive", DATA(ONE("81(" T0 ")", ""), ""), EINPUT },
	{ "reason 0 is left out", DATA(ONE(REVOKED(REASON("00")), ""), ""),
	    EINPUT },
	{ "reason 7 is not used", DATA(ONE(REVOKED(REASON("07")), ""), ""),
	    EINPUT },
	{ "removeFromCRL is of CRLs", DATA(ONE(REVOKED(REASON("08")), ""),
	    ""), ERANGE_ },
	{ "reason 10", DATA(ONE(REVOKED(REASON("0a")), ""), ""), OK },
	{ "reason 11", DATA(ONE(REVOKED(REASON("0b")), ""), ""), EINPUT },
	{ "a reason below 0", DATA(ONE(REVOKED(REASON("ff")), ""), ""),
	    EINPUT },
	{ "a reason and more", DATA(ONE(REVOKED("a0(0a01010500)"), ""), ""),
	    EINPUT },
	{ "two reasons", DATA(ONE(REVOKED(REASON("01") REASON("01")), ""),
	    ""), EINPUT },
	{ "no nextUpdate", "30(" HEAD "30(30(" ID GOOD T0 ")))", EINPUT },
	{ "nextUpdate and more", "30(" HEAD "30(30(" ID GOOD T0 "a0(" T2
	    "0500))))", EINPUT },
	{ "nextUpdate at once", "30(" HEAD "30(30(" ID GOOD T0 "a0(" T0
	    "))))", ERANGE_ },
	{ "thisUpdate after producedAt", "30(" BY_KEY T0 "30(30(" ID GOOD T1
	    "a0(" T2 "))))", ERANGE_ },
	{ "thisUpdate at producedAt", "30(" BY_KEY T0 "30(" ONE(GOOD, "")
	    "))", OK },
	{ "an answer and more", DATA(ONE(GOOD, "a1(30(" CUTOFF "))0500"),
	    ""), EINPUT },
	{ "another extension of one", DATA(ONE(GOOD, "a1(30(" ODD "))"), ""),
	    EINPUT },
	{ "two extensions of one", DATA(ONE(GOOD, "a1(30(" CUTOFF ODD "))"),
	    ""), EINPUT },
	{ "a cutoff and more", DATA(ONE(GOOD, "a1(30(30("
	    "06(2b0601050507300106) 04(" T0 "0500))))"), ""), EINPUT },
	{ "a critical cutoff", DATA(ONE(GOOD, "a1(30(30("
	    "06(2b0601050507300106) 0101ff 04(" T0 "))))"), ""), EINPUT },
	{ "a date of what is revoked", DATA(ONE(REVOKED(""), "a1(30(" DATE
	    "))"), ""), OK },
	{ "a cutoff and a date", DATA(ONE(REVOKED(""), "a1(30(" CUTOFF DATE
	    "))"), ""), OK },
	{ "a date before a cutoff", DATA(ONE(REVOKED(""), "a1(30(" DATE CUTOFF
	    "))"), ""), EINPUT },
	{ "a date of what is good", DATA(ONE(GOOD, "a1(30(" DATE "))"), ""),
	    ERANGE_ },
	{ "a date and more", DATA(ONE(REVOKED(""), "a1(30(30(06(551d18) 04(" T0
	    "0500))))"), ""), EINPUT },
	{ "another extension", DATA(ONE(GOOD, ""), "a1(30(" ODD "))"),
	    EINPUT },
	{ "a nonce of none", DATA(ONE(GOOD, ""), "a1(30(" NONCE("") "))"),
	    EINPUT },
	{ "two nonces", DATA(ONE(GOOD, ""), "a1(30(" NONCE("01") NONCE("01")
	    "))"), EINPUT },
	{ "a critical nonce", DATA(ONE(GOOD, ""), "a1(30(30("
	    "06(2b0601050507300102) 0101ff 04(040101))))"), EINPUT },
	{ "extended-revoke is NULL", DATA(ONE(GOOD, ""), "a1(30(30("
	    "06(2b0601050507300109) 04(0101ff))))"), EINPUT },
	{ "extended-revoke and more", DATA(ONE(GOOD, ""), "a1(30(30("
	    "06(2b0601050507300109) 04(05000500))))"), EINPUT },
	{ "an empty list of extensions", DATA(ONE(GOOD, ""), "a1(30())"),
	    EINPUT },
	{ "two lists of extensions", DATA(ONE(GOOD, ""), "a1(30(" NONCE("01")
	    ")30(" EXTENDED "))"), EINPUT },
};

START_TEST(it_reads_what_is_ours_and_nothing_else)
{
	struct blob der = der_text_of(ROWS[_i].der);
	struct ocsp_info info = { .n = 77 };

	if (ROWS[_i].code == OK) {
		unit_ok(ocsp_response_read(span_blob(&der), NULL, NULL, &info,
		    &unit_err));
		ck_assert_uint_ge(info.n, 1);
		ck_assert_uint_eq(info.key_hash.n, OCSP_KEY_HASH);
	} else {
		unit_fails(ocsp_response_read(span_blob(&der), NULL, NULL,
		    &info, &unit_err), ROWS[_i].code);
		ck_assert_uint_eq(info.n, 77);
	}
	blob_done(&der);
}
END_TEST

START_TEST(no_part_of_it_is_taken_for_the_whole)
{
	struct blob der = der_text_of(ROWS[4].der);
	struct ocsp_info info = { 0 };
	unsigned char *exact;
	size_t i, n;

	for (n = 0; n < der.len; n++) {
		exact = malloc(n + 1);
		memcpy(exact, der.data, n);
		unit_fails(ocsp_response_read(span_of(exact, n), NULL, NULL,
		    &info, &unit_err), EINPUT);
		free(exact);
	}
	for (i = 0; i < der.len; i++)
		for (n = 1; n < 256; n++) {
			der.data[i] ^= (unsigned char)n;
			(void)!ocsp_response_read(span_blob(&der), NULL, NULL,
			    &info, &unit_err);
			der.data[i] ^= (unsigned char)n;
		}
	blob_done(&der);
}
END_TEST

#define FROM	TIME_S(INT64_C(1795248000))

struct ask {
	struct blob	 id;
	struct ocsp_single single[OCSP_REQUESTS + 1];
	struct ocsp_ask	 ask;
};
static unsigned char octets[OCSP_NONCE + 1];

static void
ask_make(struct ask *a)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	a->id = der_text_of(ID);
	for (i = 0; i < NELEM(a->single); i++)
		a->single[i] = (struct ocsp_single){
			.certid = span_blob(&a->id), .status = OCSP_GOOD,
			.this_update = FROM + TIME_S(i),
			.next_update = FROM + TIME_S(3600 - i),
		};
	a->ask = (struct ocsp_ask){ .key_hash = span_of(octets,
	    OCSP_KEY_HASH), .produced = FROM + TIME_S(100),
	    .single = a->single, .n = 2 };
}

static int
same_single(void *ctx, const struct ocsp_single *s,
    const struct ocsp_certid *id, struct err *err)
{
	const struct ocsp_single **want = ctx;
	const struct ocsp_single *w = (*want)++;

	if (s->status != w->status || s->revoked != w->revoked ||
	    s->reason != w->reason || s->this_update != w->this_update ||
	    s->next_update != w->next_update || s->cut_off != w->cut_off ||
	    s->cutoff != w->cutoff || s->dated != w->dated ||
	    s->invalidity != w->invalidity || !span_equal(s->certid, w->certid) ||
	    !span_equal(id->whole, w->certid) || id->serial.o[0] != 5)
		return err_set(err, EVERIFY, "another answer");
	return 0;
}

START_TEST(what_is_written_is_read)
{
	const struct ocsp_single *at;
	struct ocsp_info info = { 0 };
	struct blob tbs = { 0 };
	struct ask a;

	ask_make(&a);
	a.ask.n = 3;
	a.ask.nonce = span_of(octets, OCSP_NONCE);
	a.ask.extended_revoke = true;
	a.single[1].status = OCSP_REVOKED;
	a.single[1].reason = REASON_AA_COMPROMISE;
	a.single[1].revoked = TIME_S(-1);
	a.single[1].dated = true;
	a.single[1].invalidity = TIME_S(-7);
	a.single[2].cut_off = true;
	a.single[2].cutoff = FROM;
	unit_ok(ocsp_response_data(&a.ask, &tbs, &unit_err));
	at = a.single;
	unit_ok(ocsp_response_read(span_blob(&tbs), same_single, &at, &info,
	    &unit_err));
	ck_assert_ptr_eq(at, a.single + 3);
	ck_assert_uint_eq(info.n, 3);
	ck_assert_int_eq(info.produced, a.ask.produced);
	ck_assert_int_eq(info.this_earliest, FROM);
	ck_assert_int_eq(info.this_latest, FROM + TIME_S(2));
	ck_assert_int_eq(info.next_earliest, FROM + TIME_S(3598));
	ck_assert_int_eq(info.next_latest, FROM + TIME_S(3600));
	ck_assert(span_equal(info.key_hash, a.ask.key_hash));
	ck_assert(span_equal(info.nonce, a.ask.nonce));
	ck_assert(info.extended_revoke);
	at = a.single + 1;
	unit_fails(ocsp_response_read(span_blob(&tbs), same_single, &at,
	    &info, &unit_err), EVERIFY);
	blob_done(&tbs);
	blob_done(&a.id);
}
END_TEST

#define CHANGE(name, ...) \
	static void \
	name(struct ask *a) \
	{ \
		__VA_ARGS__ \
	}
CHANGE(same, (void)a;)
CHANGE(none, a->ask.n = 0;)
CHANGE(most, a->ask.n = OCSP_REQUESTS;)
CHANGE(over, a->ask.n = OCSP_REQUESTS + 1;)
CHANGE(nonce_most, a->ask.nonce = span_of(octets, OCSP_NONCE);)
CHANGE(nonce_over, a->ask.nonce = span_of(octets, OCSP_NONCE + 1);)
CHANGE(key_19, a->ask.key_hash.n = 19;)
CHANGE(key_21, a->ask.key_hash.n = 21;)
CHANGE(this_late, a->single[1].this_update = a->ask.produced + TIME_S(1);)
CHANGE(this_same, a->single[1].this_update = a->ask.produced + TIME_S(1) - 1;)
CHANGE(next_same, a->single[1].next_update = a->single[1].this_update +
    TIME_S(1) - 1;)
CHANGE(next_one, a->single[1].next_update = a->single[1].this_update +
    TIME_S(1);)
CHANGE(remove_, a->single[0].status = OCSP_REVOKED;
    a->single[0].reason = REASON_REMOVE;)
CHANGE(seven, a->single[0].status = OCSP_REVOKED;
    a->single[0].reason = (enum reason)7;)
CHANGE(good_remove, a->single[0].reason = REASON_REMOVE;)
CHANGE(status, a->single[0].status = (enum ocsp_status)3;)
CHANGE(good_dated, a->single[0].dated = true;)
CHANGE(year, a->single[0].next_update = TIME_S(INT64_C(253402300800));)

static const struct {
	const char	*why;
	void		(*change)(struct ask *);
	enum err_code	 code;
} ASKS[] = {
	{ "good, and invalid since", good_dated, ERANGE_ },
	{ "a good one", same, OK },
	{ "no answer", none, ERANGE_ },
	{ "64 answers", most, OK },
	{ "65 answers", over, ERANGE_ },
	{ "RFC 9654, 2.1: a nonce of 128 octets", nonce_most, OK },
	{ "RFC 9654, 2.1: of 129", nonce_over, ERANGE_ },
	{ "no SHA-1 of a key", key_19, ERANGE_ },
	{ "no SHA-1 of a key either", key_21, ERANGE_ },
	{ "thisUpdate after producedAt", this_late, ERANGE_ },
	{ "thisUpdate in the same second", this_same, OK },
	{ "nextUpdate in the same second", next_same, ERANGE_ },
	{ "nextUpdate in the next", next_one, OK },
	{ "removeFromCRL", remove_, ERANGE_ },
	{ "7", seven, ERANGE_ },
	{ "a reason that is not looked at", good_remove, OK },
	{ "no status", status, ERANGE_ },
	{ "the year 10000", year, ERANGE_ },
};

START_TEST(it_writes_what_the_standard_allows_and_nothing_else)
{
	struct blob tbs = { 0 };
	struct ask a;

	ask_make(&a);
	ASKS[_i].change(&a);
	unit_ok(blob_puts(&tbs, "x", &unit_err));
	if (ASKS[_i].code == OK) {
		unit_ok(ocsp_response_data(&a.ask, &tbs, &unit_err));
	} else {
		unit_fails(ocsp_response_data(&a.ask, &tbs, &unit_err),
		    ASKS[_i].code);
		ck_assert_str_eq(blob_str(&tbs), "x");
	}
	blob_done(&tbs);
	blob_done(&a.id);
}
END_TEST

START_TEST(it_reads_64_answers_and_no_more)
{
	struct blob text = { 0 }, der;
	struct ocsp_info info = { 0 };
	size_t i;

	unit_ok(blob_puts(&text, "30(" HEAD "30(", &unit_err));
	for (i = 0; i < OCSP_REQUESTS; i++)
		unit_ok(blob_puts(&text, ONE(GOOD, ""), &unit_err));
	unit_ok(blob_puts(&text, "))", &unit_err));
	der = der_text_of(blob_str(&text));
	unit_ok(ocsp_response_read(span_blob(&der), NULL, NULL, &info,
	    &unit_err));
	ck_assert_uint_eq(info.n, OCSP_REQUESTS);
	blob_done(&der);
	blob_cut(&text, text.len - 2);
	unit_ok(blob_puts(&text, ONE(GOOD, "") "))", &unit_err));
	der = der_text_of(blob_str(&text));
	unit_fails(ocsp_response_read(span_blob(&der), NULL, NULL, &info,
	    &unit_err), EINPUT);
	blob_done(&der);
	blob_done(&text);
}
END_TEST

UNIT_MAIN("ca/ocsp responses",
	UNIT_ROWS(it_reads_what_is_ours_and_nothing_else, ROWS)
	UNIT(no_part_of_it_is_taken_for_the_whole)
	UNIT(what_is_written_is_read)
	UNIT_ROWS(it_writes_what_the_standard_allows_and_nothing_else, ASKS)
	UNIT(it_reads_64_answers_and_no_more))
