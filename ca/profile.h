/*
 * profile - what certificates of one kind may be: a document of the charter.
 *
 * Floor 2, pure.  Sees base.
 * The language is closed: what a member may be is checked when it is read, and
 * a message begins with the place ("/profiles/device/san/0/type: ...").
 */
#ifndef CA_PROFILE_H
#define CA_PROFILE_H

#include "base/json.h"
#include "ca/csr.h"
#include "ca/der.h"
#include "ca/oid.h"
#include "ca/san.h"

#define PROFILE_NAME	64
#define PROFILE_RULES	16	/* subject rules, and SAN rules */
#define PROFILE_VALUE	256	/* octets of a fixed value */
#define PROFILE_PATTERN	256	/* octets of a pattern */
#define PROFILE_OIDS	16	/* purposes, and policies */
#define PROFILE_DEVICE	64	/* octets of a device's serial */

/* clang-format off */
#define PROFILE_KINDS(K) \
	K(PROFILE_END_ENTITY,     "end-entity") \
	K(PROFILE_ISSUING_CA,     "issuing-ca") \
	K(PROFILE_ROOT,           "root") \
	K(PROFILE_OCSP_RESPONDER, "ocsp-responder") \
	K(PROFILE_TIMESTAMPING,   "timestamping")
#define PROFILE_STANDARDS(S) \
	S(STANDARD_RFC5280,    "rfc5280") \
	S(STANDARD_IDEVID,     "idevid") \
	S(STANDARD_LDEVID,     "ldevid") \
	S(STANDARD_MATTER_PAA, "matter-paa") \
	S(STANDARD_MATTER_PAI, "matter-pai") \
	S(STANDARD_MATTER_DAC, "matter-dac")
#define PROFILE_SOURCES(F) \
	F(FROM_VALUE,   "value") \
	F(FROM_CSR,     "csr") \
	F(FROM_REQUEST, "request") \
	F(FROM_DEVICE,  "device")
/* clang-format on */
#define K(sym, word) sym,
enum profile_kind { PROFILE_KINDS(K) PROFILE_KIND__N };
#undef K
#define S(sym, word) sym,
enum profile_standard { PROFILE_STANDARDS(S) STANDARD__N };
#undef S
#define F(sym, word) sym,
enum profile_source { PROFILE_SOURCES(F) FROM__N };
#undef F
enum profile_device { DEVICE_NONE, DEVICE_OPTIONAL, DEVICE_REQUIRED };

/* KeyUsage bits (RFC 5280, 4.2.1.3); names as a profile has them. */
/* clang-format off */
#define KEY_USAGES(U) \
	U(USAGE_DIGITAL_SIGNATURE, "digital-signature") \
	U(USAGE_NON_REPUDIATION,   "non-repudiation") \
	U(USAGE_KEY_ENCIPHERMENT,  "key-encipherment") \
	U(USAGE_DATA_ENCIPHERMENT, "data-encipherment") \
	U(USAGE_KEY_AGREEMENT,     "key-agreement") \
	U(USAGE_KEY_CERT_SIGN,     "key-cert-sign") \
	U(USAGE_CRL_SIGN,          "crl-sign") \
	U(USAGE_ENCIPHER_ONLY,     "encipher-only") \
	U(USAGE_DECIPHER_ONLY,     "decipher-only")
/* clang-format on */
#define U(sym, word) sym,
enum key_usage { KEY_USAGES(U) USAGE__N };
#undef U
#define USAGE_BIT(u)	(UINT32_C(1) << (u))

struct pattern;			/* opaque: a compiled expression */

struct profile_rule {
	enum oid	 attribute;	/* of a subject rule */
	enum san_type	 type;		/* of a SAN rule */
	enum profile_source from;
	const char	*value;		/* FROM_VALUE: with {device}; else NULL */
	struct pattern	*pattern;	/* owned; NULL: any */
	const char	*pattern_text;	/* borrowed, for messages */
	bool		 required;
	unsigned	 most;		/* SAN: how many names it takes */
};

struct profile_oids {
	struct span	 at[PROFILE_OIDS];	/* contents, sorted as written */
	unsigned char	 octets[PROFILE_OIDS][OID_OCTETS];
	size_t		 n;
};

/* Read, never written, once it is there: threads may share one. */
struct profile {
	char		 name[PROFILE_NAME + 1];
	json_t		*json;		/* owned: the document, which the texts borrow */
	const char	*purpose;
	enum profile_kind kind;
	enum profile_standard standard;
	const json_t	*keys;		/* array of algorithm names */
	struct profile_rule subject[PROFILE_RULES], san[PROFILE_RULES];
	size_t		 subject_n, san_n;
	time_us		 lasts;		/* validity.for; 0: until */
	time_us		 until;		/* validity.until */
	time_us		 backdate;	/* how far before now notBefore may be */
	uint32_t	 key_usage;	/* USAGE_BITs */
	struct profile_oids purposes;	/* extended key usage */
	bool		 purposes_critical;
	int		 path_length;	/* -1: none */
	struct profile_oids policies;
	const json_t	*constraints;	/* {permitted, excluded}, or NULL */
	bool		 crl_point, access_ocsp, access_issuer, ocsp_no_check;
	bool		 by_root;	/* may a CA that certified itself issue it? */
	enum profile_device device;
	time_us		 retention;	/* how long after expiry a revocation stays */
};

/**
 * profile_read - check and compile a profile.
 * @name  of the file, and so of the member of the charter's "profiles".
 * Errors: ESCHEMA, ERANGE_, EINPUT, each beginning with the place.
 */
NODISCARD int profile_read(const char *name, const json_t *document,
    struct profile **ret, struct err *err);
void profile_free(struct profile *p);
DEFINE_FREEP(profile)

/** Called for each profile that cannot be read: its name, the pointer of the
 * fault ("/profiles/device/keys/0") and what was expected. Not 0 ends the
 * check and is its result. */
typedef int profile_told(void *ctx, const char *name, const char *where,
    const char *words, struct err *err);
/**
 * profile_check_all - can every profile of a charter be read?
 *
 * @profiles  the charter's "profiles": name -> document.
 * @told      may be NULL.
 * Errors: ECHARTER with the first fault's place and words; ENOMEMORY.
 */
NODISCARD int profile_check_all(const json_t *profiles, profile_told *told,
    void *ctx, struct err *err);

/**
 * profile_draw - what a request's parameters become.
 *
 * @csr    may be NULL. What it asks for counts where a rule is "from: csr".
 *         When any subject rule is, its subject may hold nothing that is not
 *         listed, and nothing that differs from what the other rules say; the
 *         same for SAN.  When none is, its own subject, or SAN, is not looked at.
 * @asked  {subject?, san?, device?}: what the caller asks for.  Attributes and
 *         names that no "from: request" rule takes are refused.
 * @ret    {subject, san, device?}, where each stands in the order of the rules.
 * Errors: EDENIED naming profile, rule and value; ESCHEMA, EINPUT.
 */
NODISCARD int profile_draw(const struct profile *p, const struct csr *csr,
    const json_t *asked, json_t **ret, struct err *err);

/**
 * profile_check - are these parameters what profile_draw could have given?
 *
 * Looks at subject, san and device alone.  Errors: EDENIED, ESCHEMA, EINPUT.
 */
NODISCARD int profile_check(const struct profile *p, const json_t *parameters,
    struct err *err);
/** profile_check_names - the same of names that stand in a certificate, whose
 * device is not known: any serial may be it. */
NODISCARD int profile_check_names(const struct profile *p,
    const json_t *subject, const json_t *san, struct err *err);
/** profile_check_device - a device's serial: 1 to 64 of A-Z a-z 0-9 . _ : + -
 * Errors: EINPUT. */
NODISCARD int profile_check_device(const char *serial, struct err *err);
/** profile_allows_key - is it one of keys? */
bool profile_allows_key(const struct profile *p, const char *algorithm);
/** profile_is_ca - root or issuing-ca. */
bool profile_is_ca(const struct profile *p);
/** profile_root_check - may a CA that certified itself issue by it?  Authorities and
 * responders, which are below it; others where the profile says so. Errors: EDENIED. */
NODISCARD int profile_root_check(const struct profile *p, struct err *err);
/** profile_urls_check - has a CA of these {crl?, ocsp?, issuer?} all that certificates by it
 * name (RFC 5280, 4.2.1.13, 4.2.2.1)?  Errors: ECONFLICT, naming the first it lacks. */
NODISCARD int profile_urls_check(const struct profile *p, const json_t *urls,
    struct err *err);
/** profile_end - notAfter by the profile alone: notBefore + for - 1 s, so that
 * both ends count (RFC 5280, 4.1.2.5), or until. */
time_us profile_end(const struct profile *p, time_us not_before);
const char *profile_kind_word(enum profile_kind k);
const char *profile_standard_word(enum profile_standard s);
const char *key_usage_word(enum key_usage u);
/** key_usage_beyond - USAGE_BITs of what an algorithm's keys cannot do.
 * Standard: RFC 8813, 3; RFC 9295, 3; RFC 4055, 1.2. */
uint32_t key_usage_beyond(const char *algorithm);

#endif
