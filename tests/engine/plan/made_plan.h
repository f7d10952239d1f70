// A plan that was tried for, with its diagnostics, and a world of apps to plan.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/planner.h"
#include "tests/support/plan_world.h"

namespace writ::engine {

struct Made {
  std::optional<Plan> plan;
  Diagnostics diagnostics;

  const Change* Find(std::string_view address) const {
    if (!plan) return nullptr;
    for (const Change& change : plan->changes) {
      if (change.id.address() == address) return &change;
    }
    return nullptr;
  }
  std::vector<std::string> Codes() const {
    std::vector<std::string> codes;
    for (const Diagnostic& each : diagnostics.items()) {
      codes.push_back(each.code);
    }
    std::sort(codes.begin(), codes.end());
    return codes;
  }
};

inline Made Make(testing::World& world, const Snapshot& live,
                 PlanOptions options = {}) {
  if (options.now == Timestamp()) {
    options.now = ParseTimestamp("2026-11-21T12:00:00Z").value();
  }
  Made made;
  made.plan = MakePlan(world.Input(), live, options, made.diagnostics);
  return made;
}

// A workspace with `apps` apps.
inline testing::World Apps(int apps, const std::string& name = "x") {
  testing::World world;
  world.Declare("Workspace/acme", R"({"displayName": "Acme"})");
  for (int i = 0; i < apps; ++i) {
    world.Declare("App/a" + std::to_string(i),
                  R"({"workspace": "acme", "displayName": ")" + name + "\"}");
  }
  return world;
}

}  // namespace writ::engine
