// What expressions of policies are compiled against: the facts with their
// types, every library of the language, and
//
//   span(string) -> duration    a length of time as manifests write it: "90d"
//
// Immutable once made; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/cel/environment.h"
#include "schema/value.h"

namespace writ::engine {

// Slots of the facts, the same in every environment; a policy's variables
// follow. Those from kGraph on are of single changes alone.
enum FactSlot : cel::Slot {
  kNowSlot,
  kEnvironmentSlot,
  kCommitSlot,
  kParamsSlot,
  kPlanSlot,
  kGraphSlot,
  kResourceSlot,
  kChangeSlot,
};

enum class PolicyScope : std::uint8_t { kChange, kPlan };

// `kinds`: of the resources that are judged; empty is all.
cel::Environment MakePolicyEnvironment(PolicyScope scope,
                                       const std::vector<std::string>& kinds,
                                       const Value& params);

}  // namespace writ::engine
