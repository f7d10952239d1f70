// The rules, silences and destinations that are live, as one immutable value,
// made anew when the state's serial moves.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/notify/delivery.h"
#include "engine/notify/rule_set.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

struct LiveDestination {
  ResourceId id;
  std::shared_ptr<const Value> spec;  // normalised
  std::string digest;  // of the spec: another one switches it on again
  engine::RateLimit rate;
};

struct Subjects {
  std::int64_t serial = 0;
  std::unique_ptr<const engine::RuleSet> rules =
      std::make_unique<const engine::RuleSet>();
  std::map<std::string, LiveDestination> destinations;  // by address
};

// In the store's thread.
Result<std::shared_ptr<const Subjects>> ReadSubjects(StateStore& store);

LiveDestination MakeDestination(const ResourceId& id, Value spec);

}  // namespace writ::reconciler
