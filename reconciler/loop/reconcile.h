// One run of the loop over one environment: reads the source, plans, decides by
// the environment's `sync` (engine/sync), applies by the same code as `writ
// apply`, moves rotations on, remembers the attempt, and tells the Destination
// that `sync.notify` names when something failed.
//
// Safe when two run: what is written is written under the lease, and whoever
// comes second plans again. Belongs to one thread; blocks as ApplyRun does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/sync/next_step.h"
#include "reconciler/applying/apply_result.h"
#include "reconciler/applying/apply_run.h"
#include "reconciler/applying/run_effects.h"
#include "reconciler/loop/work_queue.h"
#include "schema/diagnostic.h"
#include "schema/error.h"
#include "schema/facts.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct ReconcileRequest {
  // Of the environment, which is named in it. How it's approved, what it is
  // called and whether it heals follow from `sync`.
  ApplyRequest apply;
  bool is_asked = false;  // by a person: tries again what failed before
};

struct ReconcileReport {
  std::string environment;
  Commit commit;
  engine::SyncStep step;
  // Absent: suspended, or it couldn't be planned. As it was when the run was
  // decided upon; a later apply may have planned again.
  std::optional<engine::Counts> planned;
  std::int64_t changes = 0;
  // What was changed outside git: to be put back, or left as it is.
  std::vector<engine::Change> drift;
  bool heals = false;
  std::optional<ApplyResult> applied;
  Value::List applied_changes;  // as ChangeReportToValue has them
  std::optional<Error> failure;
  // To be shown; their places are complete.
  Diagnostics diagnostics;
  // The destination that was told of the failure, or why it wasn't.
  std::string told;
  std::string not_told;
  // When to look again, where that isn't only the next poll.
  std::optional<Timestamp> look_again;
  RunOutcome outcome;
  ExitCode exit_code = ExitCode::kDone;
};

// Never fails as a whole: what went wrong is part of the report. `watcher` is
// told while it applies.
ReconcileReport Reconcile(const RunEffects& effects, ReconcileRequest request,
                          const ApplyWatcher& watcher);

}  // namespace writ::reconciler
