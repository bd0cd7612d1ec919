#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/io.h"
#include "base/csv.h"
#include "cli/cli.h"
#include "cli/digest.h"
#include "cli/idempotency.h"
#include "cli/request.h"
#include "cli/signature.h"
#include "cli/statement.h"
#include "policy/parameters.h"
#include "tests/unit/scratch.h"

START_TEST(every_command_has_its_words)
{
	unit_ok(table_check(&cli_program, &unit_err));
}
END_TEST

/* Of one command's help: each exit status is not below the one before. */
static void
ascending(const char *text, const char *name)
{
	const char *line = strstr(text, "\nExit status\n");
	int before = 0, status;

	ck_assert_msg(line != NULL, "%s", name);
	for (line += 13; sscanf(line, " %d", &status) == 1;
	    line = strchr(line + 1, '\n')) {
		ck_assert_msg(status >= before, "%s: %d behind %d", name,
		    status, before);
		before = status;
	}
}

START_TEST(help_tells_exit_statuses_in_their_order)
{
	for (size_t i = 0; i < cli_program.nouns_n; i++) {
		const struct noun_row *n = cli_program.nouns[i];

		for (size_t j = 0; j < n->commands_n; j++) {
			char *text = NULL;
			size_t size;
			FILE *f = open_memstream(&text, &size);

			help_command(&cli_program, &n->commands[j], f);
			fclose(f);
			ascending(text, n->noun);
			free(text);
		}
	}
}
END_TEST

START_TEST(every_noun_has_a_page_and_completion)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	FILE *f = fopen("/dev/null", "w");

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < cli_program.nouns_n; i++)
		unit_ok(man_page(&cli_program, cli_program.nouns[i]->page,
		    "today", f, &unit_err));
	unit_fails(man_page(&cli_program, "claviger-nothing", "today", f,
	    &unit_err), ENOENT_);
	for (size_t i = 0; i < NELEM(shells); i++)
		unit_ok(completion_print(&cli_program, shells[i], f,
		    &unit_err));
	fclose(f);
}
END_TEST

/* One name of an option is not one thing: each command has its own. */
static const struct {
	const char	*typed, *offered;
} OFFERED[] = {
	{ "cert export x --format", "pem der chain p7" },
	{ "cert import x --format", "auto certificates csv" },
	{ "inventory product x --format", "table json csv cyclonedx" },
	{ "sign x --format", "der raw" },
	{ "cert revoke x --reason", "unspecified key-compromise ca-compromise "
	    "affiliation-changed superseded cessation-of-operation "
	    "privilege-withdrawn aa-compromise" },
	{ "window close x --reason", "" },
	{ "cert list --status", "good revoked held" },
	{ "cert list --url", "" },
};

START_TEST(completion_is_by_command)
{
	char line[512], offered[256] = "";
	FILE *f;

	scratch_make();
	f = fopen(scratch_path("bash"), "w");
	unit_ok(completion_print(&cli_program, "bash", f, &unit_err));
	fclose(f);
	snprintf(line, sizeof(line), "bash -c 'cd /; . %s; COMP_WORDS=(claviger "
	    "%s \"\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _claviger; "
	    "echo -n ${COMPREPLY[*]}'", scratch_path("bash"),
	    OFFERED[_i].typed);
	f = popen(line, "r");
	ck_assert_ptr_nonnull(f);
	offered[fread(offered, 1, sizeof(offered) - 1, f)] = '\0';
	ck_assert_int_eq(pclose(f), 0);
	ck_assert_msg(strcmp(offered, OFFERED[_i].offered) == 0, "%s: %s",
	    OFFERED[_i].typed, offered);
	scratch_clean();
}
END_TEST

START_TEST(every_page_is_installed)
{
	struct blob text = { 0 };
	const char *src = getenv("srcdir");
	char path[512], page[64];

	snprintf(path, sizeof(path), "%s/doc/module.am", src != NULL ? src :
	    ".");
	unit_ok(io_read_file(path, 1u << 20, &text, &unit_err));
	for (size_t i = 0; i < cli_program.nouns_n; i++) {
		snprintf(page, sizeof(page), " %s.%d",
		    cli_program.nouns[i]->page, cli_program.nouns[i]->section);
		/* A tab begins each line of the list. */
		if (strstr(blob_str(&text), page) == NULL)
			page[0] = '\t';
		ck_assert_msg(strstr(blob_str(&text), page) != NULL,
		    "doc/module.am lacks%s", page);
	}
	blob_done(&text);
}
END_TEST

/* "These exact calls must work": scripts are written against them. */
static const char *const PROMISED[] = {
	"init", "status", "key generate", "key list", "key show",
	"key activate", "key suspend", "key resume", "key deactivate",
	"key compromise", "key destroy", "sign", "request list",
	"request show", "request wait", "request cancel", "approve", "reject",
	"window open", "window show", "window close", "charter show",
	"charter check", "charter diff", "charter propose", "charter explain",
	"charter simulate", "charter who-can", "audit export",
};

START_TEST(what_was_promised_is_there)
{
	char noun[32] = "", verb[32] = "";

	sscanf(PROMISED[_i], "%31s %31s", noun, verb);
	ck_assert_msg(command_find(&cli_program, noun, verb[0] != '\0' ? verb :
	    NULL) != NULL, "%s", PROMISED[_i]);
}
END_TEST

/* What counts for asking again, and what does not. */
static const struct {
	const char	*why, *member, *value;
	bool		 same;
} AGAIN[] = {
	{ "a note is for people", "note", "\"hurry\"", true },
	{ "the content is in the digest", "content", "\"AAAA\"", true },
	{ "another version is another request", "version", "\"1.1\"", false },
	{ "so is another product", "product", "\"lock\"", false },
	{ "and another track", "track", "\"beta\"", false },
	{ "and another claim", "claims", "{\"build\":\"43\"}", false },
	{ "and another attempt", "attempt", "2", false },
	{ "and another digest", "digest", "{\"algorithm\":\"sha-256\",\"value\":\"01\"}", false },
};

START_TEST(asking_again_finds_the_same_request)
{
	AUTO_JSON *body = NULL, *more = NULL;
	char a[SHA256_HEX], b[SHA256_HEX];

	unit_ok(json_build(&body, &unit_err, "{s:s, s:s, s:{s:s, s:s}}",
	    "product", "thermostat", "version", "1.0", "digest", "algorithm",
	    "sha-256", "value", "00"));
	unit_ok(idempotency_sign("fw", body, a, &unit_err));
	more = json_loads(AGAIN[_i].value, JSON_DECODE_ANY, NULL);
	ck_assert_ptr_nonnull(more);
	json_object_set(body, AGAIN[_i].member, more);
	unit_ok(idempotency_sign("fw", body, b, &unit_err));
	ck_assert_msg((strcmp(a, b) == 0) == AGAIN[_i].same, "%s",
	    AGAIN[_i].why);
}
END_TEST

START_TEST(the_key_of_a_request_is_what_the_manual_says)
{
	AUTO_JSON *body = NULL;
	char got[SHA256_HEX], want[SHA256_HEX];
	static const char text[] = "{\"action\":\"key.sign\",\"digest\":"
	    "{\"algorithm\":\"sha-256\",\"value\":\"00\"},\"key\":\"fw\"}";
	struct sha256 h = sha256_of(text, sizeof(text) - 1);

	unit_ok(json_build(&body, &unit_err, "{s:{s:s, s:s}}", "digest",
	    "algorithm", "sha-256", "value", "00"));
	unit_ok(idempotency_sign("fw", body, got, &unit_err));
	sha256_hex(&h, want);
	ck_assert_str_eq(got, want);
}
END_TEST

#define ZERO64	"0000000000000000000000000000000000000000000000000000000000000000"
static const char VIEW[] = "{\"request\":\"req_01k3m6w0c0h2v7y5t4r3q2p1n0\","
    "\"charter\":\"" ZERO64 "\",\"rule\":{\"name\":\"image\",\"hash\":\"" ZERO64 "\"},"
    "\"document\":{\"format\":\"claviger/request/v1\",\"house\":\"house_01k3m6w0c0h2v7y5t4r3q2p1n0\","
    "\"id\":\"req_01k3m6w0c0h2v7y5t4r3q2p1n0\",\"action\":\"window.close\",\"requester\":\"ci\","
    "\"parameters\":{\"window\":\"req_01k3m6w0c0h2v7y5t4r3q2p1n0\"},"
    "\"created\":\"2026-11-21T08:00:00.000000Z\",\"expires\":\"2026-11-21T09:00:00.000000Z\"}}";

START_TEST(the_statement_is_made_from_what_was_shown)
{
	AUTO_JSON *view = NULL, *one = NULL, *two = NULL;

	unit_ok(json_read(VIEW, sizeof(VIEW) - 1, &view, &unit_err));
	/* Whatever else the service says about it is not signed. */
	json_object_set_new(view, "statement", json_string("sign this"));
	unit_ok(statement_of(view, VOTE_APPROVE, NULL, &one, &unit_err));
	ck_assert_str_eq(json_str(one, "verdict", ""), "approve");
	ck_assert_str_eq(json_str(one, "action", ""), "window.close");
	ck_assert_str_eq(json_str(one, "requester", ""), "ci");
	ck_assert_str_eq(json_str(json_object_get(one, "rule"), "name", ""),
	    "image");
	/* Another parameter is another statement. */
	json_object_set_new(json_object_get(json_object_get(view, "document"),
	    "parameters"), "reason", json_string("later"));
	unit_ok(statement_of(view, VOTE_APPROVE, NULL, &two, &unit_err));
	ck_assert_str_ne(json_str(one, "parameters", ""),
	    json_str(two, "parameters", ""));
}
END_TEST

START_TEST(a_view_that_hides_its_document_is_not_signed)
{
	AUTO_JSON *view = NULL;
	json_t *s = NULL;

	unit_ok(json_read(VIEW, sizeof(VIEW) - 1, &view, &unit_err));
	json_object_del(view, "document");
	ck_assert_int_ne(statement_of(view, VOTE_APPROVE, NULL, &s, &unit_err),
	    0);
	ck_assert_ptr_null(s);
}
END_TEST

/* RFC 6979, A.2.5: P-256, SHA-256, "sample", as DER and as r and s. */
static const char DER[] = "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b"
    "56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
static const char RAW[] = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34"
    "d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

START_TEST(raw_is_r_and_s)
{
	struct blob der = { 0 }, raw = { 0 };
	unsigned char o[72];
	char hex[200];

	unit_ok(hex_decode(DER, sizeof(o), o, &unit_err));
	unit_ok(blob_put(&der, o, sizeof(o), &unit_err));
	unit_ok(signature_raw("ecdsa-sha256", &der, &raw, &unit_err));
	ck_assert_uint_eq(raw.len, 64);
	hex_encode(raw.data, raw.len, hex);
	ck_assert_str_eq(hex, RAW);
	blob_clear(&raw);
	unit_ok(signature_raw("ed25519", &der, &raw, &unit_err));
	ck_assert_uint_eq(raw.len, der.len);
	der.len -= 1;
	unit_fails(signature_raw("ecdsa-sha256", &der, &raw, &unit_err),
	    EINPUT);
	blob_done(&der);
	blob_done(&raw);
}
END_TEST

START_TEST(a_file_is_hashed_as_its_key_wants_it)
{
	struct digest d;

	unit_ok(digest_file("/dev/null", digest_of_scheme("rsa-pss-sha256"),
	    &d, &unit_err));
	ck_assert_str_eq(d.value, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649"
	    "b934ca495991b7852b855");
	unit_ok(digest_file("/dev/null", digest_of_scheme("ecdsa-sha384"), &d,
	    &unit_err));
	ck_assert_uint_eq(strlen(d.value), 96);
	unit_fails(digest_file("/dev/null", "md5", &d, &unit_err), EINPUT);
	unit_fails(digest_file("/nowhere/at/all", "sha-256", &d, &unit_err),
	    EIO_);
}
END_TEST

START_TEST(paths_are_escaped)
{
	char *path = NULL;

	unit_ok(client_path(&path, &unit_err, "/v1/keys/%s?x=%s", "a/../b?c",
	    "1&2"));
	ck_assert_str_eq(path, "/v1/keys/a%2F..%2Fb%3Fc?x=1%262");
	free(path);
}
END_TEST

static const struct { const char *why, *url; bool good; } URLS[] = {
	{ "https anywhere", "https://claviger.example:8443", true },
	{ "plain http on this host", "http://127.0.0.1:8080", true },
	{ "but nowhere else", "http://claviger.example", false },
	{ "nor a name that begins like this host", "http://127.0.0.1.example", false },
	{ "nor files", "file:///etc/passwd", false },
};

START_TEST(a_token_is_never_sent_in_the_clear)
{
	struct client_options o = { .url = URLS[_i].url };
	struct client *c = NULL;
	int rc = client_new(&o, &c, &unit_err);

	ck_assert_msg((rc == 0) == URLS[_i].good, "%s", URLS[_i].why);
	client_free(c);
}
END_TEST

START_TEST(a_token_cannot_bring_a_header)
{
	AUTO(secret) *s = NULL;
	struct client_options o = { 0 };
	struct client *c = NULL;

	unit_ok(secret_new("clv_x\r\nX-Admin: 1", 17, &s, &unit_err));
	o.token = s;
	unit_fails(client_new(&o, &c, &unit_err), EUSAGE);
}
END_TEST

static const struct {
	const char *why, *text, *want;
} FIELDS[] = {
	{ "plain", "thermostat-fw", "thermostat-fw," },
	{ "nothing", "", "," },
	{ "none", NULL, "," },
	{ "a comma", "CN=x, O=y", "\"CN=x, O=y\"," },
	{ "quotes, twice", "a \"b\"", "\"a \"\"b\"\"\"," },
	{ "a line's end", "a\r\nb", "\"a\r\nb\"," },
	{ "what some take for a comma", "a;b", "\"a;b\"," },
	{ "a formula", "=1+1", "\"'=1+1\"," },
	{ "a formula with quotes", "=HYPERLINK(\"x\")",
	    "\"'=HYPERLINK(\"\"x\"\")\"," },
	{ "another", "+49", "\"'+49\"," },
	{ "another", "-cmd", "\"'-cmd\"," },
	{ "another", "@SUM(A1)", "\"'@SUM(A1)\"," },
	{ "behind a tabulator", "\t=1", "\"'\t=1\"," },
	{ "behind a line's end", "\r=1", "\"'\r=1\"," },
	{ "one that begins otherwise is none", "a=1", "a=1," },
	{ "an apostrophe of its own", "'a", "\"'a\"," },
};

START_TEST(a_field_of_csv_is_text)
{
	AUTO(blob) *b = blob_new();

	unit_ok(csv_put(b, FIELDS[_i].text, false, &unit_err));
	ck_assert_msg(strcmp(blob_str(b), FIELDS[_i].want) == 0, "%s: %s",
	    FIELDS[_i].why, blob_str(b));
}
END_TEST

START_TEST(a_row_of_csv_ends_in_both)
{
	AUTO(blob) *b = blob_new();

	unit_ok(csv_put(b, "a", false, &unit_err));
	unit_ok(csv_put(b, "b", true, &unit_err));
	ck_assert_str_eq(blob_str(b), "a,b\r\n");
}
END_TEST

/* What a view prints. */
static void
printed(const json_t *view, char *ret, size_t n)
{
	FILE *f = tmpfile();
	int keep = dup(STDOUT_FILENO);

	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	request_print(view);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	rewind(f);
	ret[fread(ret, 1, n - 1, f)] = '\0';
	fclose(f);
}

/* A value of the member's kind that nothing else prints. */
static json_t *
value_of(const struct json_row *row, size_t n)
{
	json_t *j = NULL;

	switch (row->want) {
	case WANT_STRING:
	case WANT_ANY:
		return json_sprintf("text-%zu-", n);
	case WANT_INTEGER:
		return json_integer((json_int_t)(700000 + n));
	case WANT_BOOL:
		return json_true();
	case WANT_STRINGS:
		return json_pack("[s, o]", "first", json_sprintf("text-%zu-",
		    n));
	case WANT_OBJECT:
		return json_pack("{s:{s:o}}", "deep", "deeper", json_sprintf(
		    "text-%zu-", n));
	case WANT_ARRAY:
		return json_pack("[[s], {s:[s, o]}]", "x", "member", "first",
		    json_sprintf("text-%zu-", n));
	}
	return j;
}

static void
is_shown(const char *text, const struct json_row *row, size_t n,
    const char *action)
{
	char want[32];

	snprintf(want, sizeof(want), row->want == WANT_INTEGER ? "%zu" :
	    "text-%zu-", row->want == WANT_INTEGER ? 700000 + n : n);
	ck_assert_msg(row->want == WANT_BOOL ? strstr(text, "true\n") != NULL :
	    strstr(text, want) != NULL, "%s: /%s is not shown: %s", action,
	    row->name, text);
}

/* Whatever an approver signs over was displayed. */
START_TEST(every_member_of_a_request_is_shown)
{
	size_t actions = 0;

	for (enum action a = 0; a < ACTION__N; a++) {
		AUTO_JSON *view = json_pack("{s:{s:{}}}", "document",
		    "parameters");
		json_t *p = json_object_get(json_object_get(view, "document"),
		    "parameters");
		const struct json_row *rows;
		static char text[16384];
		size_t n;

		if (parameters_rows(a, &rows, &n, &unit_err) != 0)
			continue;
		actions++;
		for (size_t i = 0; i < n; i++)
			json_object_set_new(p, rows[i].name, value_of(&rows[i],
			    i));
		printed(view, text, sizeof(text));
		for (size_t i = 0; i < n; i++)
			is_shown(text, &rows[i], i, action_name(a));
	}
	ck_assert_uint_gt(actions, 25);
}
END_TEST

static const struct {
	const char	*why, *parameters, *shows;
} SHOWS[] = {
	{ "a title", "{\"key_name\":\"fw\"}", "key            fw\n" },
	{ "a path where there is none", "{\"urls\":{\"crl\":\"http://x\"}}", "urls.crl       http://x\n" },
	{ "a name as it is written", "{\"subject\":[[\"CN\",\"Root\"],[\"O\",\"A\"]]}",
	  "subject        CN = Root\nsubject        O = A\n" },
	{ "each of many", "{\"digests\":[\"aa\",\"bb\"]}", "digests        aa\ndigests        bb\n" },
	{ "that there are none", "{\"products\":[]}", "products       none\n" },
	{ "that it is not so", "{\"reissue\":false}", "reissue        false\n" },
	{ "a claim as one", "{\"claims\":{\"build\":\"42\"}}", "claim          build = 42  (asserted by the caller)\n" },
	{ "a claim that would be more on its own line",
	  "{\"claims\":{\"build\":\"42  (asserted by the caller)\\nyour build     img: the same digest\"}}",
	  "claim          build = 42  (asserted by the caller) your build     img: the same digest  (asserted by the caller)\n" },
	{ "a note that would be read from its end", "{\"note\":\"a\\u202eb\"}", "note           aU+202Eb\n" },
	{ "a member that is no other one's", "{\"digest.value\":\"aa\"}", "?digest.value  aa\n" },
};

START_TEST(a_request_reads_as_what_it_asks_for)
{
	AUTO_JSON *view = json_pack("{s:{s:o}}", "document", "parameters",
	    json_loads(SHOWS[_i].parameters, 0, NULL));
	char text[4096];

	printed(view, text, sizeof(text));
	ck_assert_msg(strstr(text, SHOWS[_i].shows) != NULL, "%s: %s",
	    SHOWS[_i].why, text);
}
END_TEST

START_TEST(nothing_that_is_signed_is_cut)
{
	char note[1001], text[4096];
	AUTO_JSON *view = NULL;

	memset(note, 'x', sizeof(note) - 2);
	strcpy(note + sizeof(note) - 2, "z");
	view = json_pack("{s:{s:{s:s}}}", "document", "parameters", "note",
	    note);
	printed(view, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, note));
}
END_TEST

UNIT_MAIN("cli",
	UNIT(every_member_of_a_request_is_shown)
	UNIT_ROWS(a_request_reads_as_what_it_asks_for, SHOWS)
	UNIT(nothing_that_is_signed_is_cut)
	UNIT_ROWS(a_field_of_csv_is_text, FIELDS)
	UNIT(a_row_of_csv_ends_in_both)
	UNIT(every_command_has_its_words)
	UNIT(help_tells_exit_statuses_in_their_order)
	UNIT(every_noun_has_a_page_and_completion)
	UNIT_ROWS(completion_is_by_command, OFFERED)
	UNIT(every_page_is_installed)
	UNIT_ROWS(what_was_promised_is_there, PROMISED)
	UNIT_ROWS(asking_again_finds_the_same_request, AGAIN)
	UNIT(the_key_of_a_request_is_what_the_manual_says)
	UNIT(the_statement_is_made_from_what_was_shown)
	UNIT(a_view_that_hides_its_document_is_not_signed)
	UNIT(raw_is_r_and_s)
	UNIT(a_file_is_hashed_as_its_key_wants_it)
	UNIT(paths_are_escaped)
	UNIT_ROWS(a_token_is_never_sent_in_the_clear, URLS)
	UNIT(a_token_cannot_bring_a_header))
