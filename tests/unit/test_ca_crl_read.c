#include "config.h"

#include "ca/crl.h"
#include "tests/unit/der_text.h"
#include "tests/unit/unit.h"

#define V2	"020101"
#define ALG	"30(06(2a8648ce3d040302))"
#define NAME	"30(31(30(0603550403 0c(4142))))"
#define NOV21	"17(\"261121000000Z\")"
#define NOV22	"17(\"261122000000Z\")"
#define Y2049	"17(\"491231235959Z\")"
#define Y2050	"18(\"20500101000000Z\")"
#define HEAD	V2 ALG NAME NOV21 NOV22
#define ENTRY	"30(0202012c" NOV21 ")"
#define ENTRY_X(x) "30(0202012c" NOV21 "30(" x "))"
#define REASON(n) "30(0603551d15 04(0a(" n ")))"
#define INVALID	"30(0603551d18 04(18(\"20261120000000Z\")))"
#define AKI	"30(0603551d23 04(30(80(01020304))))"
#define NUMBER	"30(0603551d14 04(020105))"
#define DELTA(n) "30(0603551d1b 0101ff 04(02(" n ")))"
#define IDP(x)	"30(0603551d1c 0101ff 04(30(" x ")))"
#define POINT(x) "a0(a0(86(\"" x "\")))"
#define FRESH(x) "30(0603551d2e 04(30(" x ")))"
#define EXTS(x)	"a0(30(" x "))"
#define TBS(x)	"30(" x ")"
#define ODD	"30(06(2a0304) 04(0500))"
#define ODD_CRITICAL "30(06(2a0304) 0101ff 04(0500))"

static const struct {
	const char	*why, *tbs;
	enum err_code	 code;
} ROWS[] = {
	{ "the least", TBS(HEAD), OK },
	{ "all there is", TBS(HEAD "30(" ENTRY ENTRY_X(REASON("01") INVALID)
	    ")" EXTS(AKI NUMBER DELTA("04") IDP(POINT("http://a") "8101ff"))),
	    OK },
	{ "a full one that has deltas", TBS(HEAD EXTS(AKI NUMBER
	    FRESH("30(" POINT("http://d") ")"))), OK },
	{ "an extension that nobody must know", TBS(HEAD EXTS(ODD)), OK },
	{ "not a SEQUENCE", "31(" HEAD ")", EINPUT },
	{ "something behind it", TBS(HEAD) "00", EINPUT },
	{ "a part too many", TBS(HEAD EXTS(AKI) "0500"), EINPUT },
	{ "an indefinite length", "3080" HEAD "0000", EINPUT },
	{ "5.1.2.1: no version", TBS(ALG NAME NOV21 NOV22), EINPUT },
	{ "5.1.2.1: version 1", TBS("020100" ALG NAME NOV21 NOV22), EINPUT },
	{ "5.1.2.1: version 3", TBS("020102" ALG NAME NOV21 NOV22), EINPUT },
	{ "5.1.2.3: nobody's", TBS(V2 ALG "30()" NOV21 NOV22), EINPUT },
	{ "5.1.2.4: a date that there is not",
	    TBS(V2 ALG NAME "17(\"261131000000Z\")" NOV22), EINPUT },
	{ "5.1.2.4: GeneralizedTime before 2050",
	    TBS(V2 ALG NAME "18(\"20261121000000Z\")" NOV22), EINPUT },
	{ "5.1.2.4: 2049 and 2050", TBS(V2 ALG NAME Y2049 Y2050), OK },
	{ "5.1.2.4: 2049 as GeneralizedTime",
	    TBS(V2 ALG NAME NOV21 "18(\"20491231235959Z\")"), EINPUT },
	{ "5.1.2.4: no seconds", TBS(V2 ALG NAME "17(\"2611210000Z\")" NOV22),
	    EINPUT },
	{ "5.1.2.5: no nextUpdate", TBS(V2 ALG NAME NOV21), EINPUT },
	{ "5.1.2.5: no nextUpdate before entries",
	    TBS(V2 ALG NAME NOV21 "30(" ENTRY ")"), EINPUT },
	{ "5.1.2.5: the same second", TBS(V2 ALG NAME NOV21 NOV21), EINPUT },
	{ "5.1.2.6: an empty list", TBS(HEAD "30()"), EINPUT },
	{ "5.1.2.6: two lists", TBS(HEAD "30(" ENTRY ")" "30(" ENTRY ")"),
	    EINPUT },
	{ "an entry that is no SEQUENCE", TBS(HEAD "30(" ENTRY "0500)"),
	    EINPUT },
	{ "an entry without a date", TBS(HEAD "30(30(020105))"), EINPUT },
	{ "an entry with more", TBS(HEAD "30(30(020105" NOV21 "0500))"),
	    EINPUT },
	{ "an entry with more behind its extensions",
	    TBS(HEAD "30(30(020105" NOV21 "30(" REASON("01") ")0500))"),
	    EINPUT },
	{ "serial 0", TBS(HEAD "30(30(020100" NOV21 "))"), ERANGE_ },
	{ "serial below 0", TBS(HEAD "30(30(0201ff" NOV21 "))"), ERANGE_ },
	{ "serial not in its shortest form",
	    TBS(HEAD "30(30(02020001" NOV21 "))"), EINPUT },
	{ "serial of 20 octets", TBS(HEAD "30(30(02(7f00000000000000000000"
	    "000000000000000001)" NOV21 "))"), OK },
	{ "serial of 21 octets", TBS(HEAD "30(30(02(0080000000000000000000"
	    "00000000000000000001)" NOV21 "))"), ERANGE_ },
	{ "no entry extensions, but their list",
	    TBS(HEAD "30(" ENTRY_X("") ")"), EINPUT },
	{ "5.3.1: unspecified is left out",
	    TBS(HEAD "30(" ENTRY_X(REASON("00")) ")"), EINPUT },
	{ "5.3.1: 7", TBS(HEAD "30(" ENTRY_X(REASON("07")) ")"), EINPUT },
	{ "5.3.1: 10", TBS(HEAD "30(" ENTRY_X(REASON("0a")) ")"), OK },
	{ "5.3.1: 11", TBS(HEAD "30(" ENTRY_X(REASON("0b")) ")"), EINPUT },
	{ "5.3.1: below 0", TBS(HEAD "30(" ENTRY_X(REASON("ff")) ")"),
	    EINPUT },
	{ "5.3.1: an INTEGER", TBS(HEAD "30("
	    ENTRY_X("30(0603551d15 04(020101))") ")"), EINPUT },
	{ "5.3.1: critical", TBS(HEAD "30("
	    ENTRY_X("30(0603551d15 0101ff 04(0a0101))") ")"), EINPUT },
	{ "5.3.1: more than a reason", TBS(HEAD "30("
	    ENTRY_X("30(0603551d15 04(0a01010500))") ")"), EINPUT },
	{ "two reasons", TBS(HEAD "30(" ENTRY_X(REASON("01") REASON("02"))
	    ")"), EINPUT },
	{ "5.3.1: removeFromCRL in a full one",
	    TBS(HEAD "30(" ENTRY_X(REASON("08")) ")" EXTS(AKI NUMBER)),
	    EINPUT },
	{ "5.3.1: removeFromCRL in a delta",
	    TBS(HEAD "30(" ENTRY_X(REASON("08")) ")" EXTS(AKI NUMBER
	    DELTA("04"))), OK },
	{ "5.3.2: UTCTime", TBS(HEAD "30("
	    ENTRY_X("30(0603551d18 04(" NOV21 "))") ")"), EINPUT },
	{ "5.3.2: more than a date", TBS(HEAD "30(" ENTRY_X("30(0603551d18 "
	    "04(18(\"20261120000000Z\")0500))") ")"), EINPUT },
	{ "5.3.3: certificateIssuer, so indirect", TBS(HEAD "30("
	    ENTRY_X("30(0603551d1d 0101ff 04(30(a4(" NAME "))))") ")"),
	    EINPUT },
	{ "an entry extension that nobody must know",
	    TBS(HEAD "30(" ENTRY_X(ODD) ")"), OK },
	{ "an entry extension that everybody must know",
	    TBS(HEAD "30(" ENTRY_X(ODD_CRITICAL) ")"), EINPUT },
	{ "no extensions, but their list", TBS(HEAD "a0(30())"), EINPUT },
	{ "a tag of extensions around nothing", TBS(HEAD "a0()"), EINPUT },
	{ "two lists of extensions", TBS(HEAD "a0(30(" AKI ")30(" AKI "))"),
	    EINPUT },
	{ "one that everybody must know", TBS(HEAD EXTS(ODD_CRITICAL)),
	    EINPUT },
	{ "critical FALSE is left out", TBS(HEAD
	    EXTS("30(06(2a0304) 010100 04(0500))")), EINPUT },
	{ "critical and neither", TBS(HEAD
	    EXTS("30(06(2a0304) 010101 04(0500))")), EINPUT },
	{ "one with more than a value", TBS(HEAD
	    EXTS("30(06(2a0304) 04(0500) 0500)")), EINPUT },
	{ "one without a value", TBS(HEAD EXTS("30(06(2a0304))")), EINPUT },
	{ "5.2.1: AKI twice", TBS(HEAD EXTS(AKI NUMBER AKI)), EINPUT },
	{ "5.2.1: AKI critical", TBS(HEAD
	    EXTS("30(0603551d23 0101ff 04(30(80(01))))")), EINPUT },
	{ "5.2.1: AKI without a key identifier", TBS(HEAD
	    EXTS("30(0603551d23 04(30(82(01))))")), EINPUT },
	{ "5.2.1: AKI of no octets", TBS(HEAD
	    EXTS("30(0603551d23 04(30(80())))")), EINPUT },
	{ "5.2.1: AKI and more", TBS(HEAD
	    EXTS("30(0603551d23 04(30(80(01))0500))")), EINPUT },
	{ "5.2.1: with issuer and serial, as some write",
	    TBS(HEAD EXTS("30(0603551d23 04(30(80(01)a1(a4(" NAME
	    "))820105)))")), OK },
	{ "5.2.3: two numbers", TBS(HEAD EXTS(NUMBER
	    "30(0603551d14 04(020106))")), EINPUT },
	{ "5.2.3: a critical number", TBS(HEAD
	    EXTS("30(0603551d14 0101ff 04(020105))")), EINPUT },
	{ "5.2.3: number 0", TBS(HEAD EXTS("30(0603551d14 04(020100))")),
	    OK },
	{ "5.2.3: a number below 0", TBS(HEAD
	    EXTS("30(0603551d14 04(0201ff))")), ERANGE_ },
	{ "5.2.3: a number of 20 octets", TBS(HEAD
	    EXTS("30(0603551d14 04(02(7f00000000000000000000000000000000"
	    "000001)))")), OK },
	{ "5.2.3: a number of 21 octets", TBS(HEAD
	    EXTS("30(0603551d14 04(02(0080000000000000000000000000000000"
	    "00000001)))")), ERANGE_ },
	{ "5.2.3: a number and more", TBS(HEAD
	    EXTS("30(0603551d14 04(0201050500))")), EINPUT },
	{ "5.2.4: a base that is not critical", TBS(HEAD
	    EXTS(NUMBER "30(0603551d1b 04(020104))")), EINPUT },
	{ "5.2.4: a base without a number", TBS(HEAD EXTS(DELTA("04"))),
	    EINPUT },
	{ "5.2.4: a base that is the number", TBS(HEAD
	    EXTS(NUMBER DELTA("05"))), EINPUT },
	{ "5.2.4: a base and more", TBS(HEAD
	    EXTS(NUMBER "30(0603551d1b 0101ff 04(0201040500))")), EINPUT },
	{ "5.2.5: not critical", TBS(HEAD
	    EXTS("30(0603551d1c 04(30(8101ff)))")), EINPUT },
	{ "5.2.5: empty", TBS(HEAD EXTS(IDP(""))), EINPUT },
	{ "5.2.5: of users", TBS(HEAD EXTS(IDP("8101ff"))), OK },
	{ "5.2.5: of CAs", TBS(HEAD EXTS(IDP("8201ff"))), OK },
	{ "5.2.5: of both", TBS(HEAD EXTS(IDP("8101ff8201ff"))), EINPUT },
	{ "5.2.5: of users FALSE", TBS(HEAD EXTS(IDP("810100"))), EINPUT },
	{ "5.2.5: some reasons", TBS(HEAD EXTS(IDP("83020560"))), EINPUT },
	{ "5.2.5: indirect", TBS(HEAD EXTS(IDP("8401ff"))), EINPUT },
	{ "5.2.5: attribute certificates", TBS(HEAD EXTS(IDP("8501ff"))),
	    EINPUT },
	{ "5.2.5: a relative name", TBS(HEAD
	    EXTS(IDP("a0(a1(30(0603550403 0c(41))))"))), EINPUT },
	{ "5.2.5: two names", TBS(HEAD
	    EXTS(IDP("a0(a0(86(\"a\")86(\"b\")))"))), EINPUT },
	{ "5.2.5: an empty URL", TBS(HEAD EXTS(IDP(POINT("")))), EINPUT },
	{ "5.2.5: a directory name", TBS(HEAD
	    EXTS(IDP("a0(a0(a4(" NAME ")))"))), EINPUT },
	{ "5.2.5: more than a point", TBS(HEAD
	    EXTS(IDP("a0(a0(86(\"a\"))0500)"))), EINPUT },
	{ "5.2.5: and more", TBS(HEAD
	    EXTS("30(0603551d1c 0101ff 04(30(8101ff)0500))")), EINPUT },
	{ "5.2.6: critical", TBS(HEAD EXTS("30(0603551d2e 0101ff 04(30(30("
	    POINT("u") "))))")), EINPUT },
	{ "5.2.6: two points", TBS(HEAD EXTS(FRESH("30(" POINT("u") ")30("
	    POINT("v") ")"))), EINPUT },
	{ "5.2.6: a point with reasons", TBS(HEAD
	    EXTS(FRESH("30(" POINT("u") "81020560)"))), EINPUT },
	{ "5.2.6: in a delta", TBS(HEAD EXTS(NUMBER DELTA("04")
	    FRESH("30(" POINT("u") ")"))), EINPUT },
};

START_TEST(it_reads_what_the_standard_allows_and_nothing_else)
{
	struct blob tbs = der_text_of(ROWS[_i].tbs);
	struct crl_info info = { .entries = 77 };

	if (ROWS[_i].code == OK) {
		unit_ok(crl_read(span_blob(&tbs), NULL, NULL, &info,
		    &unit_err));
	} else {
		unit_fails(crl_read(span_blob(&tbs), NULL, NULL, &info,
		    &unit_err), ROWS[_i].code);
		ck_assert_uint_eq(info.entries, 77);
	}
	blob_done(&tbs);
}
END_TEST

/* Whatever is missing at the end, and whatever octet is another. */
START_TEST(no_part_of_it_is_taken_for_the_whole)
{
	struct blob tbs = der_text_of(ROWS[1].tbs);
	struct crl_info info = { 0 };
	unsigned char *exact;
	size_t i, n;

	for (n = 0; n < tbs.len; n++) {
		exact = malloc(n + 1);
		memcpy(exact, tbs.data, n);
		unit_fails(crl_read(span_of(exact, n), NULL, NULL, &info,
		    &unit_err), EINPUT);
		free(exact);
	}
	for (i = 0; i < tbs.len; i++)
		for (n = 1; n < 256; n++) {
			tbs.data[i] ^= (unsigned char)n;
			(void)!crl_read(span_blob(&tbs), NULL, NULL, &info,
			    &unit_err);
			tbs.data[i] ^= (unsigned char)n;
		}
	blob_done(&tbs);
}
END_TEST

START_TEST(it_counts_what_nobody_must_know)
{
	static const struct {
		const char *tbs;
		size_t unknown;
	} T[] = {
		{ TBS(HEAD "30(" ENTRY ")" EXTS(AKI NUMBER)), 0 },
		{ TBS(HEAD "30(" ENTRY_X(ODD) ")" EXTS(ODD)), 2 },
		{ TBS(HEAD EXTS("30(0603551d23 04(30(80(01)820105)))")), 1 },
	};
	struct crl_info info = { 0 };
	struct blob tbs;
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		tbs = der_text_of(T[i].tbs);
		unit_ok(crl_read(span_blob(&tbs), NULL, NULL, &info,
		    &unit_err));
		ck_assert_uint_eq(info.unknown, T[i].unknown);
		blob_done(&tbs);
	}
}
END_TEST

static void
extensions(unsigned n, struct blob *ret)
{
	struct blob text = { 0 };
	unsigned i;

	unit_ok(blob_puts(&text, "30(" HEAD "a0(30(", &unit_err));
	for (i = 0; i < n; i++)
		unit_ok(blob_printf(&text, &unit_err, "30(06(2a03%02x) "
		    "04(0500))", i));
	unit_ok(blob_puts(&text, ")))", &unit_err));
	*ret = der_text_of(blob_str(&text));
	blob_done(&text);
}

START_TEST(sixteen_extensions_are_read_and_seventeen_are_not)
{
	struct crl_info info = { 0 };
	struct blob tbs;

	extensions(16, &tbs);
	unit_ok(crl_read(span_blob(&tbs), NULL, NULL, &info, &unit_err));
	ck_assert_uint_eq(info.unknown, 16);
	blob_done(&tbs);
	extensions(17, &tbs);
	unit_fails(crl_read(span_blob(&tbs), NULL, NULL, &info, &unit_err),
	    EINPUT);
	blob_done(&tbs);
}
END_TEST

static struct blob
key_id_and_url(size_t key, size_t url)
{
	struct blob text = { 0 }, der;
	size_t i;

	unit_ok(blob_puts(&text, "30(" HEAD "a0(30(30(0603551d23 04(30(80(",
	    &unit_err));
	for (i = 0; i < key; i++)
		unit_ok(blob_puts(&text, "01", &unit_err));
	unit_ok(blob_puts(&text, "))))30(0603551d1c 0101ff 04(30(a0(a0(86(",
	    &unit_err));
	for (i = 0; i < url; i++)
		unit_ok(blob_puts(&text, "75", &unit_err));
	unit_ok(blob_puts(&text, ")))))))))", &unit_err));
	der = der_text_of(blob_str(&text));
	blob_done(&text);
	return der;
}

START_TEST(key_identifiers_and_urls_have_bounds)
{
	static const struct {
		size_t key, url;
		enum err_code code;
	} T[] = {
		{ CRL_KEY_ID, CRL_URL, OK },
		{ CRL_KEY_ID + 1, CRL_URL, EINPUT },
		{ CRL_KEY_ID, CRL_URL + 1, EINPUT },
	};
	struct crl_info info = { 0 };
	struct blob tbs;
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		tbs = key_id_and_url(T[i].key, T[i].url);
		if (T[i].code == OK)
			unit_ok(crl_read(span_blob(&tbs), NULL, NULL, &info,
			    &unit_err));
		else
			unit_fails(crl_read(span_blob(&tbs), NULL, NULL,
			    &info, &unit_err), T[i].code);
		blob_done(&tbs);
	}
}
END_TEST

UNIT_MAIN("ca/crl reading",
	UNIT_ROWS(it_reads_what_the_standard_allows_and_nothing_else, ROWS)
	UNIT(no_part_of_it_is_taken_for_the_whole)
	UNIT(it_counts_what_nobody_must_know)
	UNIT(sixteen_extensions_are_read_and_seventeen_are_not)
	UNIT(key_identifiers_and_urls_have_bounds))
