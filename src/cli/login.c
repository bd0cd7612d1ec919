/*
 * login - a signed challenge for a short session.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "cli/login.h"

#define LEAST	TIME_S(20)	/* between two logins */

int
login_key(struct cli *cli, struct officer **ret, struct err *err)
{
	if (!in_given(cli->in, "officer-key"))
		return err_set(err, EUSAGE, "an officer must sign this: give "
		    "--officer-key with a PEM file or a pkcs11: URI");
	if (in_many(cli->in, "officer-key") > 1 && cli->officer == NULL)
		return err_set(err, EUSAGE, "give one --officer-key: this is "
		    "asked for by one person");
	if (cli->officer == NULL)
		TRY(officer_open(in_str(cli->in, "officer-key"),
		    &cli->officer, err));
	*ret = cli->officer;
	return 0;
}

static int
challenge(struct cli *cli, const struct officer *o, json_t **ret,
    struct err *err)
{
	struct sha256 h = officer_credential(o);
	const char *who = in_str(cli->in, "officer");
	AUTO_JSON *body = NULL;
	char hex[SHA256_HEX];
	int rc;

	sha256_hex(&h, hex);
	TRY(who != NULL ? json_build(&body, err, "{s:s}", "officer", who) :
	    json_build(&body, err, "{s:s}", "credential", hex));
	rc = client_post(cli->client, "/v1/login/challenges", body, ret, err);
	if (rc == -ENOENT_ || rc == -EAUTH)
		return err_set(err, EAUTH, "no officer in this house's charter "
		    "has the key %s", hex);
	return rc;
}

static int
sign_challenge(struct officer *o, const json_t *asked, json_t **ret,
    struct err *err)
{
	struct sha256 h = officer_credential(o);
	struct blob octets = { 0 }, sig = { 0 };
	const char *text, *house;
	AUTO_JSON *login = NULL, *body = NULL;
	int rc;

	TRY(json_need_str(asked, "challenge", &text, err));
	TRY(json_need_str(asked, "house", &house, err));
	TRY(json_build(&login, err, "{s:s, s:s, s:s, s:s}", "format",
	    "claviger/login/v1", "house", house, "officer", officer_id(o),
	    "challenge", text));
	TRY(json_build(&body, err, "{s:s, s:s}", "officer", officer_id(o),
	    "challenge", text));
	rc = json_canonical(login, &octets, err);
	if (rc == 0)
		rc = officer_sign(o, octets.data, octets.len, &sig, err);
	if (rc == 0)
		rc = json_set_hash(body, "credential", &h, err);
	if (rc == 0)
		rc = json_set_b64(body, "signature", sig.data, sig.len, err);
	blob_done(&octets);
	blob_done(&sig);
	TRY(rc);
	*ret = TAKE(body);
	return 0;
}

int
login_session(struct cli *cli, json_t **ret, struct err *err)
{
	AUTO_JSON *asked = NULL, *body = NULL;
	struct officer *o;
	struct client *c;
	const char *who;

	TRY(login_key(cli, &o, err));
	TRY(cli_client_bare(cli, &c, err));
	TRY(challenge(cli, o, &asked, err));
	who = json_str(asked, "officer", in_str(cli->in, "officer"));
	TRY(officer_id_set(o, who != NULL ? who : "", err));
	TRY(sign_challenge(o, asked, &body, err));
	return client_post(c, "/v1/login", body, ret, err);
}

/* What takes longer than a session logs in again, in good time: at its half, and
 * not all the time where our clock is ahead of theirs. */
static int
session_note(struct cli *cli, const json_t *session, struct err *err)
{
	const char *text;
	time_us ends, half;

	TRY(json_need_str(session, "expires", &text, err));
	TRY(clock_parse(text, &ends, err));
	half = (ends - clock_now()) / 2;
	cli->session = clock_mono() + (half > LEAST ? half : LEAST);
	return 0;
}

int
login_officer(struct cli *cli, struct err *err)
{
	AUTO_JSON *session = NULL;
	AUTO(secret) *token = NULL;
	const char *text;

	TRY(login_session(cli, &session, err));
	TRY(json_need_str(session, "token", &text, err));
	TRY(secret_new(text, strlen(text), &token, err));
	TRY(client_token_set(cli->client, token, err));
	return session_note(cli, session, err);
}
