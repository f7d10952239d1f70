// What policies say of a plan, as values. Three results are told apart
// everywhere, and a fourth where an exception steps in:
//
//   pass       the validation holds
//   violation  it doesn't
//   error      it could not be decided; fails closed (onError)
//   exempt     it doesn't hold, or could not be decided, and an exception lets
//              this resource off
//
// Plain values without behaviour; whoever prints a finding escapes it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/resource_id.h"
#include "schema/time.h"

namespace writ::engine {

enum class Verdict : std::uint8_t { kPass, kExempt, kViolation, kError };

// What a violation or error does; the stricter is the greater.
enum class Enforcement : std::uint8_t {
  kAudit,            // is recorded
  kWarn,             // is shown
  kDenyOverridable,  // refuses the plan, unless somebody overrides it by name
  kDeny,             // refuses the plan
};

// Whose guards found it (T-04).
enum class Guards : std::uint8_t {
  kDesired,  // those of the commit that is planned
  kApplied,  // those of the last applied commit
  kBoth,
};

// "violation", "deny-overridable", "applied": as manifests and JSON have them.
std::string_view Name(Verdict verdict);
std::string_view Name(Enforcement enforcement);
std::string_view Name(Guards guards);
std::optional<Verdict> ParseVerdict(std::string_view name);
std::optional<Enforcement> ParseEnforcement(std::string_view name);
std::optional<Guards> ParseGuards(std::string_view name);

struct Finding {
  std::string policy;
  // Empty: a match condition of the policy failed, or the policy can't be read
  // at all.
  std::string validation;
  Verdict verdict = Verdict::kPass;
  Enforcement enforcement = Enforcement::kDeny;
  Guards guards = Guards::kBoth;
  // One sentence: computed, or the policy's own, or the expression; of an error
  // what went wrong.
  std::string message;
  // Empty: the plan as a whole. `change` counts in PlanFacts::changes.
  ResourceId subject;
  std::optional<std::size_t> change;
  Location
      policy_at;  // the expression; of an error, the part of it that failed
  Location subject_at;      // the manifest of the subject
  std::string exception;    // of an exempt one: the PolicyException's name
  std::string pack;         // of a policy that comes with writ
  bool overridden = false;  // apply --override let it pass

  // Whether it alone refuses the plan.
  bool denies() const {
    return (verdict == Verdict::kViolation || verdict == Verdict::kError) &&
           (enforcement == Enforcement::kDeny ||
            (enforcement == Enforcement::kDenyOverridable && !overridden));
  }
};

enum class ExceptionState : std::uint8_t {
  kExpired,       // lets nothing off any more
  kSoonExpiring,  // within kSoon
  kUnused,        // what it names was judged, and needed no exception
};
std::string_view Name(ExceptionState state);
std::optional<ExceptionState> ParseExceptionState(std::string_view name);

inline constexpr auto kSoon = std::chrono::days(14);

struct ExceptionNotice {
  std::string exception;
  std::string policy;
  ExceptionState state = ExceptionState::kExpired;
  ResourceId subject;
  Timestamp expires_at;
  Location at;
};

struct Totals {
  std::int64_t pass = 0;
  std::int64_t exempt = 0;
  std::int64_t violation = 0;
  std::int64_t error = 0;

  bool operator==(const Totals&) const = default;
};

struct Judgement {
  // In the order of the changes, then those of the plan as a whole; of each by
  // policy and validation. What passed is only counted.
  std::vector<Finding> findings;
  Totals totals;
  std::vector<ExceptionNotice> exceptions;  // by name

  bool denied() const;
};

}  // namespace writ::engine
