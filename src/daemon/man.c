/*
 * The manual page, from the configuration's rows.
 */
#include "daemon/settings.h"

static const char head[] =
    ".Dd November 21, 2026\n.Dt CLAVIGERD 8\n.Os Claviger\n.Sh NAME\n"
    ".Nm clavigerd\n.Nd serve a house of keys\n.Sh SYNOPSIS\n"
    ".Nm\n.Fl \\-config Ar FILE\n.Op Fl \\-set Ar KEY=VALUE ...\n"
    ".Nm\n.Fl \\-config Ar FILE\n.Fl \\-check-config\n"
    ".Sh DESCRIPTION\n.Nm\n"
    "is the service of Claviger: it takes requests over HTTPS, decides them by\n"
    "the house's charter, has them performed by\n.Xr claviger-keeper 8 ,\n"
    "and records each in the ledger before it answers.\n"
    "One instance runs per folder.\n.Pp\n"
    "Before the house is founded it leaves a one-time token in the file\n"
    ".Cm setup-token-file\nfor\n.Ic claviger init .\n.Pp\n"
    "The options are:\n.Bl -tag -width Ds\n"
    ".It Fl c , Fl \\-config Ar FILE\nRead settings, as\n"
    ".Ql \"KEY: VALUE\"\nlines of a strict subset of YAML.\n"
    ".It Fl s , Fl \\-set Ar KEY=VALUE\nOne setting, instead of the file's.\n"
    ".It Fl \\-check-config\nPrint the settings in force and end.\n"
    ".It Fl h , Fl \\-help\nPrint a summary of options and settings.\n"
    ".It Fl V , Fl \\-version\nPrint the version.\n.El\n"
    ".Sh SETTINGS\n.Bl -tag -width Ds\n";

static const char tail[] =
    ".El\n.Sh SIGNALS\n.Bl -tag -width Ds\n"
    ".It Dv SIGHUP\nRead the TLS certificate and its key again.\n"
    ".It Dv SIGTERM , SIGINT\nAnswer what is under way, and end.\n.El\n"
    ".Sh EXIT STATUS\n"
    "0 after a clean stop; otherwise the status of the error that is printed\n"
    "(64: usage, 65: configuration, 69: a service that is needed is away,\n"
    "74: input or output, 75: busy).\n"
    ".Sh SEE ALSO\n.Xr claviger 1 ,\n.Xr claviger-audit 1 ,\n"
    ".Xr claviger-keeper 8\n";

void
man_page(FILE *to)
{
	fputs(head, to);
	config_man(to);
	fputs(tail, to);
}
