/*
 * claviger-audit - verify what a house says, trusting a fingerprint alone.
 *
 * Floor 7.  Reads files, contacts nobody.
 */
#include <stdio.h>
#include <string.h>

#include "auditor/auditor.h"
#include "base/json.h"

static int
fail(const struct err *err, bool json)
{
	AUTO_JSON *j = NULL;

	if (json && json_build(&j, NULL, "{s:b, s:s, s:s, s:s}", "ok", 0,
	    "code", err_code_name(err->code), "title", err_text(err->code),
	    "detail", err->what) == 0)
		report_json(j);
	fprintf(stderr, "claviger-audit: %s%s%s\n", err_text(err->code),
	    err->what[0] != '\0' ? ": " : "", err->what);
	return err_exit(err->code);
}

static int
help(const struct invocation *in)
{
	if (in_command(in) != NULL)
		help_command(&auditor_program, in_command(in), stdout);
	else
		help_program(&auditor_program, stdout);
	return 0;
}

int
main(int argc, char *argv[])
{
	AUTO(invocation) *in = NULL;
	struct err err = { 0 };
	struct auditor a;
	int status = 0;

	if (argc < 2) {
		help_program(&auditor_program, stderr);
		return err_exit(EUSAGE);
	}
	if (command_parse(&auditor_program, argc, argv, &in, &err) != 0)
		return fail(&err, false);
	if (in_version(in)) {
		help_version(&auditor_program, stdout);
		return 0;
	}
	if (in_help(in))
		return help(in);
	a = (struct auditor){ in, in_flag(in, "json") };
	if (in_command(in)->run(&a, in, &err) != 0)
		status = fail(&err, a.json && err.code != EVERIFY);
	if (fflush(stdout) != 0 && status == 0)
		status = err_exit(EIO_);
	return status;
}
