/*
 * sign - claviger sign: hash here, ask there, write the signature.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/ask.h"
#include "cli/digest.h"
#include "cli/idempotency.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/signature.h"

#define CONTENT_MOST	(5 * 1024 * 1024)
#define ATTEMPTS	1000

/* What the key signs decides how the image is hashed. */
static int
digest_body(struct cli *cli, const char *image, const char *scheme,
    json_t *body, struct err *err)
{
	AUTO_JSON *digest = NULL;
	struct digest d;

	TRY(digest_file(image, digest_of_scheme(scheme), &d, err));
	cli_note(cli, "%s  %s", d.value, image);
	TRY(json_build(&digest, err, "{s:s, s:s}", "algorithm", d.algorithm,
	    "value", d.value));
	return json_set_new(body, "digest", TAKE(digest), err);
}

/*
 * Ed25519 signs the content itself, which goes as it is read: the keeper hashes
 * it once more, so a file that has changed meanwhile is refused.
 */
static int
content_open(const char *image, FILE **ret, struct err *err)
{
	struct stat st;
	FILE *f;

	if (strcmp(image, "-") == 0 || stat(image, &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return err_set(err, EUSAGE, "an Ed25519 key signs the content "
		    "itself, which is read twice: name a file");
	if (st.st_size > CONTENT_MOST)
		return err_set(err, ETOOBIG, "%s: over %d octets", image,
		    CONTENT_MOST);
	if ((f = fopen(image, "re")) == NULL)
		return err_set(err, EIO_, "%s: %s", image, strerror(errno));
	*ret = f;
	return 0;
}

static int
sign_body(struct cli *cli, const char *key, json_t **ret, json_t **ret_known,
    FILE **ret_content, struct err *err)
{
	const char *image = in_arg(cli->in, 0), *scheme;
	AUTO_JSON *body = json_object(), *known = NULL;

	TRY(key_get(cli, key, &known, err));
	scheme = json_str(known, "scheme", "");
	TRY(digest_body(cli, image, scheme, body, err));
	TRY(body_str(cli, body, "product", "product", err));
	TRY(body_str(cli, body, "version", "artifact-version", err));
	TRY(body_str(cli, body, "track", "track", err));
	TRY(body_str(cli, body, "note", "note", err));
	TRY(body_str(cli, body, "window", "window", err));
	TRY(body_pairs(cli, body, "claims", "claim", err));
	if (strcmp(scheme, "ed25519") == 0)
		TRY(content_open(image, ret_content, err));
	*ret = TAKE(body);
	*ret_known = TAKE(known);
	return 0;
}

/* What is signed, with which key: the key's hash. */
struct signing {
	const char	*key;
	json_t		*body;
	FILE		*content;	/* or NULL */
};

static int
sign_post(struct cli *cli, const struct signing *s, int *ret_status,
    json_t **ret, struct err *err)
{
	char idem[SHA256_HEX], *path = NULL;
	struct call call = { .body = s->body, .content = s->content,
		.idempotency = idem };
	int rc;

	TRY(idempotency_sign(s->key, s->body, idem, err));
	TRY(client_path(&path, err, "/v1/keys/%s/sign", s->key));
	call.path = path;
	rc = ask_send(cli, &call, ret_status, ret, err);
	free(path);
	return rc;
}

/* --again: the first attempt that nobody has rejected yet. */
static int
sign_ask(struct cli *cli, const struct signing *s, int *ret_status,
    json_t **ret, struct err *err)
{
	if (!in_flag(cli->in, "again"))
		return sign_post(cli, s, ret_status, ret, err);
	for (int attempt = 2; attempt <= ATTEMPTS; attempt++) {
		int rc;

		TRY(json_set_int(s->body, "attempt", attempt, err));
		rc = sign_post(cli, s, ret_status, ret, err);
		if (rc != -EREJECTED)
			return rc;
	}
	return err_set(err, EREJECTED, "it was rejected %d times", ATTEMPTS);
}

/* Approved, but Ed25519 signs the content, which the service did not keep. */
static bool
awaits_content(const struct cli *cli, int rc)
{
	return rc == -EQUORUM && !in_flag(cli->in, "no-wait") &&
	    json_object_get(cli->view, "awaits") != NULL;
}

static int
sign_settled(struct cli *cli, const struct signing *s, json_t **ret,
    struct err *err)
{
	AUTO_JSON *answer = NULL, *again = NULL;
	int status, rc;

	TRY(sign_ask(cli, s, &status, &answer, err));
	rc = ask_settle(cli, status, answer, ret, err);
	if (!awaits_content(cli, rc))
		return rc;
	TRY(sign_post(cli, s, &status, &again, err));
	return ask_settle(cli, status, again, ret, err);
}

static int
run_sign(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *known = NULL, *result = NULL;
	struct signing s = { .content = NULL };
	struct cli *cli = ctx;
	int rc;

	TRY(sign_body(cli, in_str(in, "key"), &body, &known, &s.content, err));
	s.body = body;
	/* One key, one name under which it is asked again, however it was typed. */
	rc = json_need_str(known, "hash", &s.key, err);
	if (rc == 0)
		rc = sign_settled(cli, &s, &result, err);
	if (s.content != NULL)
		fclose(s.content);
	TRY(rc);
	return signature_deliver(cli, result, err);
}

static const struct option_row OPTIONS[] = {
	{ .name = "key", .letter = 'k', .value = V_TEXT, .required = true, .meta = "KEY",
	  .words = "the key's name, or the hash of its public key" },
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "the product line that the image is for" },
	{ .name = "artifact-version", .value = V_TEXT, .meta = "VERSION",
	  .words = "the image's version: whole numbers with dots; must rise within product and track where the charter says so" },
	{ .name = "track", .value = V_NAME, .meta = "TRACK", .words = "the release track within which versions rise" },
	{ .name = "claim", .value = V_PAIR, .many = true, .meta = "NAME=VALUE",
	  .words = "something you assert about the image; approvers see it as asserted, and sign over it" },
	{ .name = "note", .value = V_TEXT, .meta = "TEXT", .words = "a note to the approvers" },
	{ .name = "window", .value = V_REQUEST, .meta = "REQUEST", .words = "use this signing window or be refused; a fitting one, if there is any, where left out" },
	OPT_NO_WAIT, OPT_WAIT,
	OPT_AGAIN,
	OPT_SIGNATURE, OPT_EVIDENCE, OPT_FORMAT,
};
static const struct argument_row ARGS[] = {
	{ .name = "IMAGE", .value = V_FILE, .words = "the file to sign; \"-\" is standard input" },
};
static const struct example_row EXAMPLES[] = {
	{ "claviger sign --key thermostat-fw --product thermostat --artifact-version 2.1.0 -o u-boot.sig --evidence u-boot.evidence u-boot.bin",
	  "Ask, wait for the officers, and keep signature and evidence" },
	{ "claviger sign --key thermostat-fw --product thermostat --artifact-version 2.1.0 --no-wait --json u-boot.bin",
	  "Ask in a CI job; run the same line later to fetch the signature" },
};
static const enum err_code ERRORS_[] = { EQUORUM, EDENIED, EREJECTED, EPRECOND, ENOKEY, ENOENT_, ESTATE, EEXPIRED, EUSED, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "sign", .summary = "Sign an image under the charter",
	  .words = "Hashes the image here, sends the digest, and waits until the rule of the key's class is satisfied. "
	    "Only for Ed25519 is the image itself sent, as it is read from its file, at most 5 MiB, because that scheme signs the content. It is not kept: "
	    "it is sent once more when the approvals are there, by this command if it waits, or else by running it again.\n\n"
	    "Asking again with the same key, digest, product, version, track and claims returns the same request, or the "
	    "signature that was made, without spending another use: a CI job that was restarted just runs the same line. "
	    "A rejection stays until --again. Where people must approve, another image for the same version (4.0 and 4.00 are the same) "
	    "takes the place of a request that waits, and is refused once one is approved or signed.\n\n"
	    "ECDSA signatures are DER unless --format raw asks for r and s, each as long as the curve's field.",
	  ROWS_ARGS(ARGS), ROWS_OPTIONS(OPTIONS), ROWS_EXAMPLES(EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_sign },
};

const struct noun_row noun_sign = {
	.noun = "sign", .page = "claviger-sign", .section = 1,
	.summary = "sign an image under the charter", ROWS_COMMANDS(COMMANDS),
};
