/*
 * simulate - the pure parts of "what if" and "who can".
 * Floor 2, pure.
 */
#ifndef POLICY_SIMULATE_H
#define POLICY_SIMULATE_H

#include <jansson.h>
#include "base/err.h"
#include "policy/charter.h"
#include "policy/facts.h"

/**
 * policy_simulate - which past decisions would now be another's?
 *
 * @past  array of {"id","time"?,"facts":FACTS,"verdict","rule"?}: the facts that
 *        were recorded (with "action"), and what was decided on them.
 * @ret   new: {"decided":N,"same":N,"changed":[{"id","time"?,"action","was":
 *        {"verdict","rule"?},"now":{"verdict","rule"?},"words"}...]}.
 * Errors: ESCHEMA, ENOMEMORY.
 */
NODISCARD int policy_simulate(const struct charter *c, const json_t *past,
    json_t **ret, struct err *err);

/**
 * policy_who_can - who could do what with a key, and with whom?
 *
 * @key  what is known of the key: facts "key.*" (key.class at least).
 * @ret  new: {"class","rules":[{"rule","actions","verdict","by":[{"group","members"}],
 *       "principals":[ID...],"conditions":[TEXT...],"approvals":[{"count",
 *       "of","members","not_requester","proof"}]}...],"principals":{ID:[ACTION...]}}
 * Errors: ENOENT_ for a class that the charter does not have, ENOMEMORY.
 */
NODISCARD int policy_who_can(const struct charter *c, const struct facts *key,
    json_t **ret, struct err *err);

/**
 * policy_authority - by which rules may a key be used at all, whoever asks?
 *
 * Using is what its kind is for: not making, moving or ending it.
 *
 * @key  facts "key.*", as for policy_who_can.
 * @ret  new: [{"rule","actions","by":[GROUP...],"verdict","approvals":
 *       [{"count","of"}]}...]; empty for a class that the charter does not have.
 */
NODISCARD int policy_authority(const struct charter *c,
    const struct facts *key, json_t **ret, struct err *err);
/**
 * policy_leave - by which rules may this be done, with the key where it is a
 * class's to decide?  As policy_authority tells it.
 */
NODISCARD int policy_leave(const struct charter *c, enum action a,
    const struct facts *key, json_t **ret, struct err *err);
/**
 * policy_profiles - which profiles do the rules name by which this key may
 * issue certificates?  What a rule does not name it says nothing of.
 *
 * @key  facts "key.*", and "cert.ca" where rules may ask for it.
 * @ret  new: [PROFILE...], each once.
 */
NODISCARD int policy_profiles(const struct charter *c,
    const struct facts *key, json_t **ret, struct err *err);

#endif
