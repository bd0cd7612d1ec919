/*
 * charter_text - a small sound charter as text, and ways to spoil it.
 *
 * Three officers (anna, ben, carl), a lead who owns the tool ci, a developer
 * without a credential.  A test changes one piece of one file and looks at
 * what the linter says.
 */
#ifndef TESTS_CHARTER_TEXT_H
#define TESTS_CHARTER_TEXT_H

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "policy/charter.h"

#define TEXT_FILES	16
#define TEXT_PEOPLE	4

static const char *const text_person[TEXT_PEOPLE] = { "anna", "ben", "carl",
    "lead" };

/* The sound charter: name, content. */
static const char *const text_sound[][2] = {
	{ "charter.yaml", "language: 0\nname: Test house\n" },
	{ "roster.yaml",
	    "persons:\n"
	    "  anna: { officer-key: officers/anna.pub.pem }\n"
	    "  ben: { officer-key: officers/ben.pub.pem }\n"
	    "  carl:\n"
	    "    credentials:\n"
	    "      - officer-key: officers/carl.pub.pem\n"
	    "  lead: { officer-key: officers/lead.pub.pem }\n"
	    "  dev: { party: contractor }\n"
	    "tools:\n"
	    "  ci: { owners: [lead] }\n"
	    "groups:\n"
	    "  officers: [anna, ben, carl]\n"
	    "  leads: [lead]\n"
	    "  builders: [ci]\n"
	    "  developers: [dev]\n" },
	{ "access.yaml",
	    "rules:\n"
	    "  - name: amend\n"
	    "    why: The law changes with two officers besides who proposes.\n"
	    "    action: charter.amend\n"
	    "    by: [officers, leads]\n"
	    "    approvals:\n"
	    "      - { count: 2, of: officers, not: [requester], within: P7D, proof: [officer-key] }\n"
	    "  - name: read\n"
	    "    why: Everybody may look.\n"
	    "    action: [house.read, audit.export]\n"
	    "    by: [officers, leads, builders, developers]\n" },
	{ "recovery.yaml",
	    "rotate:\n"
	    "  purpose: A lost key is replaced.\n"
	    "  steps: [Generate its successor., Retire the lost one.]\n" },
	{ "classes/firmware-signing.yaml",
	    "class: firmware-signing\n"
	    "purpose: Signs images.\n"
	    "owner: leads\n"
	    "recovery: rotate\n"
	    "keys:\n"
	    "  algorithms: [ec-p256]\n"
	    "  cryptoperiod: P2Y\n"
	    "  exportable: never\n"
	    "rules:\n"
	    "  - name: production\n"
	    "    why: Two officers stand behind each image.\n"
	    "    action: key.sign\n"
	    "    when: { key.environment: production }\n"
	    "    by: [builders]\n"
	    "    require: { artifact.digest: sha-256, artifact.version: increasing }\n"
	    "    approvals:\n"
	    "      - { count: 2, of: officers, not: [requester], within: PT4H, proof: [officer-key, passkey] }\n"
	    "    permits: { uses: 1, for: PT1H }\n"
	    "  - name: development\n"
	    "    why: Developers work alone within their quota.\n"
	    "    action: key.sign\n"
	    "    when: { key.environment: development }\n"
	    "    by: [builders, developers]\n"
	    "    limit: { uses: 200, per: P1D }\n"
	    "  - name: suspend\n"
	    "    why: Stopping is quick.\n"
	    "    action: key.suspend\n"
	    "    by: [officers]\n" },
};

struct text_file {
	const char	*name;
	char		*data;		/* owned */
};

static struct text_file text_file[TEXT_FILES];
static size_t text_n;

static inline void
text_add(const char *name, const char *data)
{
	if (text_n == TEXT_FILES)
		abort();
	text_file[text_n].name = name;
	text_file[text_n++].data = strdup(data);
}

/* A fresh P-256 public key as PEM. */
static inline void
text_add_key(const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char pem[1024] = "";

	if (key == NULL || bio == NULL || PEM_write_bio_PUBKEY(bio, key) != 1
	    || BIO_read(bio, pem, sizeof(pem) - 1) <= 0)
		abort();
	BIO_free(bio);
	EVP_PKEY_free(key);
	text_add(name, pem);
}

static inline UNUSED void
text_begin(void)
{
	static char name[TEXT_PEOPLE][64];
	size_t i;

	text_n = 0;
	for (i = 0; i < NELEM(text_sound); i++)
		text_add(text_sound[i][0], text_sound[i][1]);
	for (i = 0; i < TEXT_PEOPLE; i++) {
		(void)snprintf(name[i], sizeof(name[i]),
		    "officers/%s.pub.pem", text_person[i]);
		text_add_key(name[i]);
	}
}

static inline UNUSED void
text_end(void)
{
	while (text_n > 0)
		free(text_file[--text_n].data);
}

static inline struct text_file *
text_named(const char *name)
{
	size_t i;

	for (i = 0; i < text_n; i++)
		if (strcmp(text_file[i].name, name) == 0)
			return &text_file[i];
	abort();
}

/* Replace the first @from of that file; an empty one: append. */
static inline UNUSED void
text_change(const char *name, const char *from, const char *to)
{
	struct text_file *f = text_named(name);
	char *at = from[0] == '\0' ? f->data + strlen(f->data) :
	    strstr(f->data, from);
	char *made;

	if (at == NULL) {
		(void)fprintf(stderr, "%s has no \"%s\"\n", name, from);
		abort();
	}
	made = malloc(strlen(f->data) + strlen(to) + 1);
	if (made == NULL)
		abort();
	(void)sprintf(made, "%.*s%s%s", (int)(at - f->data), f->data, to,
	    at + strlen(from));
	free(f->data);
	f->data = made;
}

static inline UNUSED int
text_read(struct charter **ret, struct findings *found, struct err *err)
{
	struct charter_file file[TEXT_FILES];
	size_t i;

	for (i = 0; i < text_n; i++)
		file[i] = (struct charter_file){ text_file[i].name,
		    text_file[i].data, strlen(text_file[i].data) };
	return charter_from_files(file, text_n, ret, found, err);
}

#endif
