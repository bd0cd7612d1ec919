/*
 * settings - the configuration of clavigerd, one row per setting.
 *
 * Floor 7, daemon.  A row is its name, type, bounds, default, unit and words;
 * the reader, --set, --check-config, --help and the manual come from it.
 */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include <stdint.h>
#include <stdio.h>
#include "base/err.h"

/*
 * field, key, type, default, least, most, unit, words.
 *
 * PATH: a file; a relative one lies in the house's folder.  LISTEN: address
 * and port, "127.0.0.1:8443", "[::1]:8443"; "" is off.  URL: a database.  NAME:
 * any text.
 */
#define CONFIG_ROWS(C) \
C(folder, "house.folder", FOLDER, "", 1, 4096, "", \
    "The folder that holds the house. One service runs per folder.") \
C(keeper_socket, "keeper.socket", PATH, "/run/claviger-keeper/keeper.sock", 1, 100, \
    "", "The keeper's socket.") \
C(keeper_timeout, "keeper.timeout", INTEGER, "30", 1, 600, "seconds", \
    "How long an answer of the keeper is awaited.") \
C(store_url, "store.url", URL, "sqlite:claviger.db", 1, 4096, "", \
    "The database: sqlite:PATH (relative to the house's folder) or " \
    "postgresql:CONNINFO.") \
C(control_listen, "control.listen", LISTEN, "127.0.0.1:8443", 0, 255, "", \
    "Where the interface is served over TLS.") \
C(control_certificate, "control.certificate", PATH, "tls.crt", 1, 4096, "", \
    "The listener's certificate chain, PEM. Where certificate and key are " \
    "both missing, a self-signed pair for this host is made.") \
C(control_key, "control.key", PATH, "tls.key", 1, 4096, "", \
    "Its private key, PEM, readable by the service alone.") \
C(public_listen, "public.listen", LISTEN, "127.0.0.1:8080", 0, 255, "", \
    "Where revocation lists, OCSP, certificates of authorities, genesis and newest " \
    "checkpoint are served in plain HTTP.") \
C(public_url, "public.url", NAME, "", 0, 400, "", \
    "How others reach that listener, as http://pki.example.com: what claviger ca " \
    "create puts into certificates unless told otherwise.") \
C(publisher, "publisher", NAME, "publisher", 0, 64, "", \
    "The tool of the roster that the service is when it signs revocation lists " \
    "and OCSP answers; empty: it signs none.") \
C(crl_lifetime, "crl.lifetime", INTEGER, "604800", 600, 34560000, "seconds", \
    "How long a revocation list is valid; at half of it the next is signed. None is " \
    "where this, or what follows, is more than the charter's lists allow.") \
C(root_lifetime, "crl.root-lifetime", INTEGER, "15552000", 600, 34560000, "seconds", \
    "The same for a list of an authority that is self-signed: a root's key rests " \
    "suspended, and is resumed for each list.") \
C(delta_lifetime, "crl.delta-lifetime", INTEGER, "86400", 600, 34560000, "seconds", \
    "How long a delta to a revocation list is valid; at half of it the next is " \
    "signed.") \
C(crl_delay, "crl.delay", INTEGER, "0", 0, 86400, "seconds", \
    "How long a revocation waits for others before a list, or a delta where the " \
    "authority has deltas, is signed.") \
C(ocsp_lifetime, "ocsp.lifetime", INTEGER, "86400", 60, 2592000, "seconds", \
    "How long an OCSP answer is valid, within the charter's lists.lifetime; at half of " \
    "it the next is signed.") \
C(ocsp_unissued, "ocsp.unissued-revoked", INTEGER, "0", 0, 1, "", \
    "What OCSP calls a serial number that an authority made here never issued: " \
    "0: unknown; 1: revoked, by RFC 6960, 4.4.8.") \
C(keys_refused, "keys.refused", PATH, "", 0, 4096, "", \
    "A file of public keys that are never certified, a hash on each line: SHA-256 of " \
    "the SubjectPublicKeyInfo (64 hexadecimal digits), or as in openssl-blacklist " \
    "(20); read at the start.") \
C(local_listen, "local.listen", LISTEN, "", 0, 255, "", \
    "The interface in plain HTTP for development; loopback only.") \
C(workers, "workers", INTEGER, "32", 1, 256, "threads", \
    "How many requests are worked on at once.") \
C(queue, "queue", INTEGER, "1024", 1, 65536, "requests", \
    "How many may wait for a worker before \"busy\" is answered.") \
C(connections, "connections", INTEGER, "1024", 8, 65536, "connections", \
    "How many connections each listener holds.") \
C(per_address, "connections-per-address", INTEGER, "256", 1, 65536, \
    "connections", "How many of them one address may hold.") \
C(memory_mib, "body-memory", INTEGER, "128", 16, 4096, "MiB", \
    "How much memory all bodies that are being read may take together; " \
    "those over 64 KiB find room in one half of it.") \
C(deadline, "request.deadline", INTEGER, "30", 1, 600, "seconds", \
    "How long a client may take to send one whole request.") \
C(wait_most, "request.wait", INTEGER, "300", 0, 3600, "seconds", \
    "The longest wait that Prefer: wait=N is granted.") \
C(session, "session.lifetime", INTEGER, "900", 60, 86400, "seconds", \
    "How long a login by officer key lasts.") \
C(show_every, "show.every", INTEGER, "500", 1, 900, "uses", \
    "Show the ledger to the keeper after so many uses, and each second.") \
C(setup_token_file, "setup-token-file", PATH, "setup-token", 1, 4096, "", \
    "Where the one-time token for claviger init is left.") \
C(est_labels, "est.labels", TEXT, "", 0, 16384, "", \
    "Where devices enrol by EST: words LABEL=CA/PROFILE[/TOOL[/lines]]. The " \
    "label default serves paths without a label. TOOL asks for devices that " \
    "renew a certificate by showing it; lines wraps base64 for libest.") \
C(contacts, "notify.contacts", PATH, "", 0, 4096, "", \
    "A file of where people are told that a request waits for them, and what became " \
    "of their own; read again when it changes. Empty: nobody is told.") \
C(notify_link, "notify.link", NAME, "", 0, 400, "", \
    "What stands before a request's id in the links of such messages.") \
C(look_every, "alerts.every", INTEGER, "60", 0, 86400, "seconds", \
    "How often all that runs out is looked at: what is found is told as the charter's alerts " \
    "and notify.contacts say. 0: never.") \
C(mail_server, "mail.server", NAME, "", 0, 400, "", \
    "The mail server: smtp://HOST:PORT, where STARTTLS is demanded, or smtps://HOST:PORT.") \
C(mail_from, "mail.from", NAME, "", 0, 254, "", \
    "The address that mails come from.") \
C(mail_user, "mail.user", NAME, "", 0, 254, "", \
    "Whom to log in as; empty: nobody.") \
C(mail_password, "mail.password", PATH, "", 0, 4096, "", \
    "A file of that user's password, readable by the service alone.") \
C(mail_ca, "mail.ca", PATH, "", 0, 4096, "", \
    "Who certifies the mail server and the web hooks, PEM; empty: the system's authorities.") \
C(mail_plain, "mail.plain", INTEGER, "0", 0, 1, "", \
    "1: mails leave without TLS, for a server on this host alone.") \
C(log_level, "log.level", LEVEL, "info", 1, 8, "", \
    "error, warning, note, info or debug.")

struct config {
#define CONFIG_C_FOLDER		char *
#define CONFIG_C_PATH		char *
#define CONFIG_C_URL		char *
#define CONFIG_C_NAME		char *
#define CONFIG_C_LISTEN		char *
#define CONFIG_C_LEVEL		char *
#define CONFIG_C_TEXT		char *
#define CONFIG_C_INTEGER	int64_t
#define C(field, key, type, otherwise, least, most, unit, words) \
	CONFIG_C_##type field;
	CONFIG_ROWS(C)
#undef C
};

/** config_new - every setting at its default. */
NODISCARD int config_new(struct config **ret, struct err *err);
void config_free(struct config *c);
DEFINE_FREEP(config)
/** config_read - settings from a YAML file. Errors: EIO_, EINPUT, ESCHEMA, ERANGE_ with file and line. */
NODISCARD int config_read(struct config *c, const char *path, struct err *err);
/** config_set - one setting from "key=value". Errors: EUSAGE, ERANGE_. */
NODISCARD int config_set(struct config *c, const char *assignment,
    struct err *err);
/** config_finish - after all settings: what is needed is there, relative
 * paths are laid into the house's folder. Errors: ESCHEMA, ERANGE_. */
NODISCARD int config_finish(struct config *c, struct err *err);

/** config_level - a word of log.level as base/log.h counts. Errors: ERANGE_. */
NODISCARD int config_level(const char *word, int *ret, struct err *err);

/** config_print - the settings in force, as a configuration file. */
void config_print(const struct config *c, FILE *to);
/** config_help - the rows for --help. */
void config_help(FILE *to);
/** config_man - the rows as a list in the man macros. */
void config_man(FILE *to);
/** man_page - clavigerd(8). */
void man_page(FILE *to);

#endif
