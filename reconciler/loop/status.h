// How an environment stands, for people and for monitoring: what git says
// against what is live, what waits, what fails. Reads only: the source, the
// state, events.db; no lease, no socket.
//
// One thread; blocks on disk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/sync/next_step.h"
#include "reconciler/applying/plan_run.h"
#include "reconciler/applying/run_effects.h"
#include "schema/facts.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// A destination whose deliveries fail, or that was switched off.
struct FailingDeliveries {
  std::string destination;  // an address
  std::int64_t pending = 0;
  std::optional<Timestamp> since;
  std::optional<Timestamp> next_try;
  std::string last_outcome;  // "429", "timeout"
  std::string disabled;      // why; empty: it is on
};

struct StatusProblem {
  std::string text;     // a sentence without a full stop, no value in it
  std::string command;  // what to look at
};

struct EnvironmentStatus {
  std::string environment;
  bool is_reachable = true;  // false: its state isn't a folder here
  Commit head;               // what git says
  std::string applied;       // id of the last applied commit; empty: none
  bool in_sync = false;      // nothing but drift to apply
  std::optional<std::int64_t> behind;  // commits; absent: can't be told
  std::int64_t changes = 0;            // that git asks for
  std::int64_t drifted = 0;            // resources
  std::int64_t denied = 0;             // changes
  std::int64_t unsafe = 0;             // guards
  std::map<std::string, std::int64_t> rotations;  // open ones, by phase
  std::int64_t rotations_due = 0;
  std::optional<Timestamp> last_applied_at;
  engine::SyncSettings sync;
  bool window_open = true;
  std::optional<Timestamp> window_changes;
  std::vector<FailingDeliveries> failing;
  std::vector<StatusProblem> problems;

  bool is_healthy() const { return failing.empty() && problems.empty(); }
};

// An environment whose manifests can't be planned has that as a problem; an
// error is what keeps everything from being read.
Result<EnvironmentStatus> ReadStatus(const RunEffects& effects,
                                     const PlanRequest& request);

}  // namespace writ::reconciler
