// How early a change is to be read: the order of every report, and what none of
// them may fold away (T-17).
//
// Pure; safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace writ::engine {

// From the first to be read to the last; kRest isn't at the head.
enum class Rank : std::uint8_t {
  kDelete,
  kReplace,
  kBreaking,   // an event schema that breaks its promise
  kAlarm,      // widened permissions, a guard that gives way
  kGuard,      // unsafe, or allowed to be
  kDenied,     // by a policy
  kRecipient,  // a value goes somewhere new
  kRotate,
  kFinding,  // a policy has something to say
  kRest
};
inline constexpr std::size_t kRanks = static_cast<std::size_t>(Rank::kRest) + 1;

Rank RankOf(const Change& change);

// True for what may be told in part where there is very much of it; the others
// are told to the end.
bool MayBeFolded(Rank rank);

// A policy denies it, and nobody overrides that.
bool IsDenied(const Change& change);
// A guard that nothing allows stands in its way.
bool IsUnsafe(const Change& change);

// The changes of a plan, scheduled ones too: by rank what is to be read first,
// the rest in the plan's order. Borrows the plan.
struct ReadingOrder {
  std::vector<const Change*> head;
  std::vector<const Change*> rest;
};
ReadingOrder ReadingOrderOf(const Plan& plan);

// How many changes policies deny, somebody overrides, an exception lets off.
struct VerdictCounts {
  std::int64_t denied = 0;
  std::int64_t overridden = 0;
  std::int64_t exempt = 0;
};
VerdictCounts CountVerdicts(const Plan& plan);

// How many changes come from where, by Origin; of a plan that knows.
using OriginCounts = std::array<std::int64_t, 4>;
OriginCounts CountOrigins(const Plan& plan);

// The policies that deny, in the order in which a plan shows them.
struct Denial {
  std::vector<std::string> policies;
  std::int64_t changes = 0;
  bool whole = false;        // the plan as a whole is denied
  bool overridable = false;  // each of them
};
Denial DenialOf(const Plan& plan);

}  // namespace writ::engine
