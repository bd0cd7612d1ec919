#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "keeper/options.h"

static const struct {
	const char	*name, *takes, *otherwise, *words;
} rows[] = {
#define O(member, name, takes, otherwise, words) { name, takes, otherwise, words },
	KEEPER_OPTIONS(O)
#undef O
};
_Static_assert(NELEM(rows) == OPTION__N, "a row per option");

void
options_help(void)
{
	printf("usage: claviger-keeper [--OPTION VALUE]...\n\n");
	for (size_t i = 0; i < NELEM(rows); i++) {
		printf("  --%s%s%s\n        %s", rows[i].name,
		    rows[i].takes[0] != '\0' ? " " : "", rows[i].takes,
		    rows[i].words);
		if (rows[i].otherwise[0] != '\0')
			printf(" (%s)", rows[i].otherwise);
		printf("\n");
	}
}

static const char man_head[] =
    ".Dd November 21, 2026\n.Dt CLAVIGER-KEEPER 8\n.Os Claviger\n.Sh NAME\n"
    ".Nm claviger-keeper\n.Nd keep a house's keys\n.Sh SYNOPSIS\n"
    ".Nm\n.Op Fl \\-OPTION Ar VALUE ...\n.Sh DESCRIPTION\n.Nm\n"
    "alone opens the house's PKCS #11 token.\n"
    "For each use of a key it decides again by the charter, verifies the\n"
    "officers' own signatures, counts, writes its journal, and only then lets\n"
    "the token work.\n"
    "It listens on a Unix socket for\n.Xr clavigerd 8\nand on no network.\n.Pp\n"
    "Run it under a uid of its own: under the service's, an owner of the\n"
    "service owns the keys too, and\n.Xr claviger-status 1\nsays so.\n.Pp\n"
    "The options are:\n.Bl -tag -width Ds\n";

static const char man_tail[] =
    ".El\n.Sh FILES\nIn the state folder:\n.Bl -tag -width Ds\n"
    ".It Pa journal/\nEvery use, hash-chained, one line of JSON each.\n"
    ".It Pa charters/\nEach charter there was, by its hash.\n"
    ".It Pa ledger.json\nThe ledger as far as the keeper was shown it.\n"
    ".It Pa snapshot-*.json\nThe house as of one entry; its hash stands in the token.\n.El\n"
    ".Pp\nFiles that are older than the token remembers halt the keeper: it says why\n"
    "and waits for a restore that a quorum has approved.\n"
    "So does a clock that lies more than two seconds behind the journal,\n"
    "until it is right again.\n"
    ".Sh SIGNALS\n.Bl -tag -width Ds\n"
    ".It Dv SIGTERM , SIGINT\nAnswer what is under way, let the token remember, and end.\n.El\n"
    ".Sh EXIT STATUS\n"
    "0 after a clean stop; otherwise the status of the error that is printed\n"
    "(64: usage, 65: another keeper runs on this state, 69: the token does not answer,\n"
    "74: input or output, 76: the journal does not verify, 77: a PIN or folder that others can read).\n"
    ".Sh SEE ALSO\n.Xr claviger 1 ,\n.Xr claviger-audit 1 ,\n"
    ".Xr clavigerd 8\n";

void
options_man(void)
{
	fputs(man_head, stdout);
	for (size_t i = 0; i < NELEM(rows); i++) {
		printf(".It Fl \\-%s%s%s\n%s.\n", rows[i].name,
		    rows[i].takes[0] != '\0' ? " Ar " : "", rows[i].takes,
		    rows[i].words);
		if (rows[i].otherwise[0] != '\0')
			printf("The default is %s.\n", rows[i].otherwise);
	}
	fputs(man_tail, stdout);
}

/* "--name value" and "--name=value". */
static int
take(int argc, char **argv, int *at, struct options *o, struct err *err)
{
	const char *text = argv[*at], *value;
	size_t n;

	for (size_t i = 0; i < NELEM(rows); i++) {
		n = strlen(rows[i].name);
		if (strncmp(text, "--", 2) != 0 ||
		    strncmp(text + 2, rows[i].name, n) != 0 ||
		    (text[2 + n] != '\0' && text[2 + n] != '='))
			continue;
		value = text[2 + n] == '=' ? text + 3 + n : NULL;
		if (rows[i].takes[0] == '\0' && value != NULL)
			return err_set(err, EUSAGE, "--%s takes no value",
			    rows[i].name);
		if (rows[i].takes[0] == '\0')
			value = "";
		else if (value == NULL)
			value = ++*at < argc ? argv[*at] : NULL;
		if (value == NULL)
			return err_set(err, EUSAGE, "--%s needs %s",
			    rows[i].name, rows[i].takes);
		o->value[i] = value;
		return 0;
	}
	return err_set(err, EUSAGE, "there is no option %.64s", text);
}

static int
read_uid(struct options *o, struct err *err)
{
	const char *text = o->value[OPTION_service_uid];
	const struct passwd *pw;
	char *end;

	o->service = geteuid();
	if (text == NULL)
		return 0;
	o->service = (uid_t)strtoul(text, &end, 10);
	if (end != text && *end == '\0')
		return 0;
	pw = getpwnam(text);
	if (pw == NULL)
		return err_set(err, EUSAGE, "there is no user %.64s", text);
	o->service = pw->pw_uid;
	return 0;
}

static int
read_pin_path(struct options *o, struct err *err)
{
	const char *given = o->value[OPTION_pin_file];
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	int n;

	if (given == NULL && folder == NULL)
		return err_set(err, EUSAGE, "--pin-file is needed where there is "
		    "no $CREDENTIALS_DIRECTORY");
	n = given != NULL ?
	    snprintf(o->pin_path, sizeof(o->pin_path), "%s", given) :
	    snprintf(o->pin_path, sizeof(o->pin_path), "%s/pin", folder);
	if (n < 0 || (size_t)n >= sizeof(o->pin_path))
		return err_set(err, EUSAGE, "the PIN file's path is too long");
	return 0;
}

static int
read_workers(struct options *o, struct err *err)
{
	const char *text = o->value[OPTION_workers];
	char *end = NULL;
	long n = text == NULL ? 2 : strtol(text, &end, 10);

	if (n < 1 || n > 16 || (end != NULL && *end != '\0'))
		return err_set(err, EUSAGE, "--workers takes 1 to 16");
	o->workers = (unsigned)n;
	return 0;
}

int
options_read(int argc, char **argv, struct options *ret, struct err *err)
{
	static const enum keeper_option told[] = { OPTION_state, OPTION_socket,
		OPTION_module, OPTION_token_label };

	*ret = (struct options){ 0 };
	for (int i = 1; i < argc; i++)
		TRY(take(argc, argv, &i, ret, err));
	if (ret->value[OPTION_help] != NULL || ret->value[OPTION_version] != NULL ||
	    ret->value[OPTION_man] != NULL)
		return 0;
	for (size_t i = 0; i < NELEM(told); i++) {
		if (ret->value[told[i]] == NULL)
			ret->value[told[i]] = rows[told[i]].otherwise;
	}
	TRY(read_uid(ret, err));
	TRY(read_workers(ret, err));
	return read_pin_path(ret, err);
}
