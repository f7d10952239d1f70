// What a rotation is begun with, and when a token wants one, read from what is
// live: the Token, its RotationSchedule, its targets and its credentials.
//
// Functions read the store, in its thread. Errors: kNotFound, kCorrupt, and
// those of the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/rotation/rotation.h"
#include "engine/rotation/wanted.h"
#include "engine/schedule/rotation_due.h"
#include "reconciler/credentials/terms.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

// A RotationSchedule's spec in the engine's words. REQUIRES: normalised.
engine::rotation::Terms TermsOf(const Value& schedule);
// kUnsupported for a zone that this machine doesn't know.
Result<engine::RotationTiming> TimingOf(const Value& schedule);

// What the Token asks for now.
engine::rotation::Basis BasisOf(const TokenTerms& terms,
                                const std::optional<std::int64_t>& rotation_id);

// A live Token with what rotating it takes.
struct RotatedToken {
  TokenTerms terms;
  engine::rotation::Basis basis;
  std::optional<Value> schedule;  // the spec; absent: it has none
  std::vector<CredentialRecord> active;
  // Valid ones of a Token that this one took the place of.
  std::vector<CredentialRecord> superseded;

  // When a credential issued then is due; absent where nothing asks for it.
  Result<std::optional<engine::RotationDue>> DueOf(Timestamp issued_at,
                                                   Timestamp now) const;
};

Result<RotatedToken> ReadRotatedToken(StateStore& store,
                                      const ResourceId& token);

// Why it wants to be rotated now; absent: it doesn't. A Token that is to be
// delivered and has no credential wants its first one.
Result<std::optional<engine::rotation::Cause>> FindCause(
    StateStore& store, const RotatedToken& token, Timestamp now);

// Where its value goes now, in the order of the manifest.
Result<std::vector<engine::rotation::TargetSpec>> TargetsOf(
    StateStore& store, const RotatedToken& token);

// kInvalidArgument where there is no target that a value could go to.
Result<engine::rotation::Beginning> BeginningOf(StateStore& store,
                                                const RotatedToken& token,
                                                engine::rotation::Cause cause,
                                                const std::string& asked_by);

// Writes when the credential wants to be looked at again: when its schedule is
// due, or now where its token asks for something else than it was issued for.
// REQUIRES: a write transaction of the store is open.
Status ScheduleCredential(StateStore& store, const RotatedToken& token,
                          const CredentialRecord& record, Timestamp now);

// "r_" and 24 hexadecimal digits.
std::string NewRotationId(Random& random);

}  // namespace writ::reconciler
