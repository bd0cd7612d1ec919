/*
 * law - what the charter in force says of a key and of an authority.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_LAW_H
#define FLOW_LAW_H

#include "base/json.h"

struct facts;
struct key;
struct law;
struct state;
struct tx;

/** key_facts - what its rules may know of a key, whoever asks; new. */
NODISCARD int key_facts(const struct key *k, struct facts **ret, struct err *err);
/** ca_profiles - by which profiles an authority issues: those of what it issued lately (200
 * certificates); where it has issued nothing, those that the rules of its key name; new. */
NODISCARD int ca_profiles(struct tx *tx, const struct law *law, const char *ca, const char *key, json_t **ret, struct err *err);
/** ca_describe - a CA with its certificates and how long each issues, by this state's law. Errors: ENOENT_. */
NODISCARD int ca_describe(struct state *state, const char *name, json_t **ret, struct err *err);

#endif
