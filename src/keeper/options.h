/*
 * options - what claviger-keeper can be told: one row each; --help and the
 * manual are made of the rows.
 *
 * Floor 4 (keeper).  Sees base.
 */
#ifndef KEEPER_OPTIONS_H
#define KEEPER_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"

/* Row: member, name, what it takes ("" for a switch), default in words, what it does. */
#define KEEPER_OPTIONS(O) \
	O(state, "state", "DIR", "/var/lib/claviger-keeper", \
	    "where journal, charters and snapshot lie; nobody else may read it") \
	O(socket, "socket", "PATH", "/run/claviger-keeper/keeper.sock", \
	    "the Unix socket that the service connects to") \
	O(module, "module", "SO", "/usr/lib/softhsm/libsofthsm2.so", \
	    "the token's PKCS #11 module") \
	O(token_label, "token-label", "LABEL", "claviger", \
	    "which token: by its label") \
	O(token_serial, "token-serial", "SERIAL", "", \
	    "which token: by its serial number too") \
	O(pin_file, "pin-file", "FILE", "$CREDENTIALS_DIRECTORY/pin", \
	    "the token's user PIN; a file that only the keeper can read") \
	O(service_uid, "service-uid", "UID", "the keeper's own", \
	    "who may connect: a number or a user's name") \
	O(workers, "workers", "N", "2", \
	    "threads that have the token sign, 1 to 16") \
	O(verify_journal, "verify-journal", "", "", \
	    "verify the whole journal, say how it stands, and end") \
	O(man, "man", "", "", "print the manual page's source, and end") \
	O(version, "version", "", "", "say the version, and end") \
	O(help, "help", "", "", "say this, and end")

enum keeper_option {
#define O(member, name, takes, otherwise, words) OPTION_##member,
	KEEPER_OPTIONS(O)
#undef O
	OPTION__N
};

struct options {
	const char	*value[OPTION__N];	/* borrowed from argv, the environment or the table; NULL: not given */
	char		 pin_path[4096];
	uid_t		 service;
	unsigned	 workers;
};

/** options_read - Errors: EUSAGE. */
NODISCARD int options_read(int argc, char **argv, struct options *ret, struct err *err);
/** options_help - print the rows. */
void options_help(void);
/** options_man - the manual page from the same rows, in mdoc(7). */
void options_man(void);

#endif
