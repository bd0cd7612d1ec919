/*
 * evidence - claviger-audit verify-evidence: one signature, believed alone.
 *
 * Floor 7.
 */
#include <openssl/evp.h>
#include <string.h>

#include "auditor/auditor.h"
#include "base/hex.h"
#include "base/io.h"
#include "base/json.h"
#include "base/text.h"
#include "evidence/evidence.h"

#define CONTENT_MOST	(256u << 20)

/* The artifact at hand must be what was signed. */
static int
artifact_check(const struct evidence_found *f, const struct blob *content,
    struct err *err)
{
	const EVP_MD *md = strcmp(f->digest_algorithm, "sha-384") == 0 ?
	    EVP_sha384() : EVP_sha256();
	unsigned char out[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	unsigned n;

	if (EVP_Digest(content->data, content->len, out, &n, md, NULL) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	hex_encode(out, n, hex);
	if (strcmp(hex, f->digest) != 0)
		return err_set(err, EVERIFY, "the artifact is not what was "
		    "signed: its digest is %s", hex);
	if (f->needs_content)
		return evidence_content_check(f, content->data, content->len,
		    err);
	return 0;
}

static int
artifact(const struct invocation *in, const struct evidence_found *f,
    struct err *err)
{
	struct blob content = { 0 };
	int rc;

	if (in_str(in, "artifact") == NULL)
		return f->needs_content ? err_set(err, EUSAGE, "an Ed25519 "
		    "signature is over the content itself: give --artifact") :
		    0;
	rc = io_read_file(in_str(in, "artifact"), CONTENT_MOST, &content, err);
	if (rc == 0)
		rc = artifact_check(f, &content, err);
	blob_done(&content);
	return rc;
}

int
evidence_json(const struct evidence_found *f, bool compared, json_t **ret,
    struct err *err)
{
	AUTO_JSON *j = NULL, *who = json_array();
	char time[TIME_TEXT];

	clock_text(f->signed_us, time);
	for (size_t i = 0; i < NELEM(f->officers) && f->officers[i]; i++)
		if (json_array_append_new(who, json_string(f->officers[i])))
			return err_set(err, ENOMEMORY, "report");
	TRY(json_build(&j, err, "{s:b, s:s, s:s, s:s, s:s, s:b, s:s, s:s, "
	    "s:s*, s:s*, s:s*, s:s, s:{s:s, s:s}, s:s, s:O, s:I, s:I, s:O, s:b, "
	    "s:{s:I, s:I}}", "ok", 1, "house", f->house, "request", f->request,
	    "key", f->key, "key_name", f->key_name, "exclusive",
	    (int)f->exclusive, "rule", f->rule, "requester", f->requester,
	    "product", f->product, "version", f->version, "track", f->track,
	    "scheme", f->scheme, "digest", "algorithm", f->digest_algorithm, "value", f->digest, "time", time,
	    "approved_by", who, "approvals", (json_int_t)f->approvals,
	    "charters", (json_int_t)f->charters, "asserted", f->asserted,
	    "artifact_compared", (int)compared, "checkpoint", "size",
	    (json_int_t)f->checkpoint.size, "entries",
	    (json_int_t)f->checkpoint.entries));
	*ret = TAKE(j);
	return 0;
}

static void
line(const char *title, const char *value, FILE *to)
{
	if (value == NULL || value[0] == '\0')
		return;
	fprintf(to, "  %-12s ", title);
	text_spell(value, to);
	putc('\n', to);
}

static void
people_who(const struct evidence_found *f, FILE *to)
{
	fputs("  approved by  ", to);
	for (size_t i = 0; i < NELEM(f->officers) && f->officers[i]; i++)
		fprintf(to, "%s%s", i > 0 ? ", " : "",
		    text_shown(f->officers[i], TEXT_CUT).at);
	fprintf(to, "%s\n", f->officers[0] == NULL ? "nobody: the rule asks for "
	    "no approval" : "");
}

/* A key that was adopted was made by others. */
static void
proven(const struct evidence_found *f, FILE *to)
{
	fprintf(to, "\nProven\n  the genesis is the trusted one, signed by "
	    "%zu of %zu officers\n  %zu charter%s, each by an amendment that "
	    "the one before allowed\n  %zu approval%s: the quorum of the rule "
	    "that decides\n  the key was %s this house, and the signature "
	    "verifies with it\n  the signature is in the ledger of %llu "
	    "events that the keeper signed\n", f->genesis_signed,
	    f->genesis_officers, f->charters, f->charters == 1 ? "" : "s",
	    f->approvals, f->approvals == 1 ? "" : "s", f->exclusive ?
	    "made in" : "adopted by",
	    (unsigned long long)f->checkpoint.size);
}

/* What nobody proved may not look like what was. */
static void
asserted(const char *name, const json_t *v, FILE *to)
{
	fprintf(to, "  %-28s ", text_shown(name, TEXT_CUT).at);
	text_spell(json_is_string(v) ? json_string_value(v) : "", to);
	putc('\n', to);
}

void
evidence_people(const struct evidence_found *f, bool compared, FILE *to)
{
	char time[TIME_TEXT];
	const char *name;
	json_t *v;

	clock_text(f->signed_us, time);
	fputs("VERIFIED\n", to);
	line("house", f->house, to);
	line("key", f->key_name, to);
	line("key hash", f->key, to);
	line("product", f->product, to);
	line("version", f->version, to);
	line("track", f->track, to);
	line(f->digest_algorithm, f->digest, to);
	line("artifact", compared ? "is what was signed" :
	    "was not compared (--artifact)", to);
	line("signed", time, to);
	line("requester", f->requester, to);
	line("rule", f->rule, to);
	people_who(f, to);
	proven(f, to);
	if (json_object_size(f->asserted) > 0)
		fputs("\nOnly asserted, by the service or the caller\n", to);
	json_object_foreach(f->asserted, name, v)
		asserted(name, v, to);
	fputs("\nCannot be excluded\n  that the ledger went on differently "
	    "elsewhere: compare checkpoints with claviger-audit verify --seen\n",
	    to);
	if (!f->exclusive)
		fputs("  that others sign with this key too: it is not "
		    "exclusive, the house adopted it\n", to);
}

static int
judge(const struct auditor *a, const json_t *doc, struct err *err)
{
	bool compared = in_str(a->in, "artifact") != NULL;
	struct evidence_found f;
	AUTO_JSON *j = NULL;
	struct sha256 trust;
	int rc;

	TRY(sha256_parse(in_str(a->in, "trust"), &trust, err));
	TRY(evidence_verify(doc, &trust, &f, err));
	rc = artifact(a->in, &f, err);
	if (rc == 0 && a->json)
		rc = evidence_json(&f, compared, &j, err);
	if (rc == 0 && a->json)
		report_json(j);
	else if (rc == 0)
		evidence_people(&f, compared, stdout);
	evidence_found_done(&f);
	return rc;
}

/* Whatever fails in a proof is one verdict, with its own sentence. */
static int
not_verified(const struct auditor *a, const struct err *why, struct err *err)
{
	AUTO_JSON *j = NULL;
	char what[sizeof(why->what)];

	memcpy(what, why->what, sizeof(what));
	if (a->json && json_build(&j, NULL, "{s:b, s:s, s:s}", "ok", 0,
	    "code", err_code_name(why->code), "detail", what) == 0)
		report_json(j);
	else if (!a->json)
		puts("NOT VERIFIED");
	return err_set(err, EVERIFY, "%s", what);
}

static int
run_evidence(void *ctx, const struct invocation *in, struct err *err)
{
	const struct auditor *a = ctx;
	struct blob text = { 0 };
	AUTO_JSON *doc = NULL;
	struct err why = { 0 };
	int rc;

	rc = io_read_file(in_arg(in, 0), EVIDENCE_MOST, &text, err);
	if (rc == 0)
		rc = evidence_read(text.data, text.len, &doc, err);
	blob_done(&text);
	TRY(rc);
	rc = judge(a, doc, &why);
	if (rc == -EUSAGE || rc == -ENOMEMORY || rc == -EIO_ ||
	    rc == -ENOENT_) {
		*err = why;
		return rc;
	}
	return rc == 0 ? 0 : not_verified(a, &why, err);
}

static const struct argument_row ARGS[] = {
	{ .name = "FILE", .value = V_FILE, .words = "the evidence that claviger sign --evidence wrote" },
};
static const struct option_row OPTIONS[] = {
	{ .name = "trust", .value = V_HASH, .required = true, .meta = "FINGERPRINT", .words = "the genesis fingerprint, which you were given by another way" },
	{ .name = "artifact", .value = V_FILE, .meta = "IMAGE", .words = "compare the signed digest with this file's; needed for Ed25519" },
};
static const enum err_code ERRORS_[] = { EVERIFY, EINPUT, ENOENT_ };
static const struct example_row EXAMPLES[] = {
	{ "claviger-audit verify-evidence u-boot.evidence --trust 3f5d9c6e0b1a2c4d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5 --artifact u-boot.bin",
	  "Believe one signature without asking anybody" },
};
static const struct command_row ROWS_[] = {
	{ .noun = "verify-evidence", .summary = "Verify one signature by its evidence",
	  .words = "From the fingerprint to the genesis, through every amendment to the charter that was in force, to the rule, its "
	    "quorum and each approval's signature; the decision is taken again; the key's making, the use in the keeper's "
	    "journal and the signature itself are checked, and that both are in the ledger which the keeper signed. A key that the house adopted is named as "
	    "not exclusive: others may hold copies and sign with it, which no ledger shows.",
	  .args = ARGS, .args_n = NELEM(ARGS), .options = OPTIONS, .options_n = NELEM(OPTIONS),
	  .examples = EXAMPLES, .examples_n = NELEM(EXAMPLES), .errors = ERRORS_, .errors_n = NELEM(ERRORS_), .run = run_evidence },
};

const struct noun_row noun_verify_evidence = { .noun = "verify-evidence", .page = "claviger-audit-verify-evidence", .section = 1,
	.summary = "verify one signature by its evidence", .commands = ROWS_, .commands_n = NELEM(ROWS_) };
