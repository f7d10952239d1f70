// What `plan`, `apply` and `drift` share: from arguments to a plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/applying/plan_run.h"
#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

struct PlanningArguments {
  SourceArguments source;
  std::vector<std::string> targets;
  std::vector<std::string> excludes;
  bool destroy = false;
  bool refresh_only = false;
  bool no_incremental = false;
  std::int64_t allow_deletes = 0;
  std::int64_t allow_updates = 0;
  bool allow_empty = false;
  std::vector<std::string> allow_protected;
  std::vector<std::string> allow_data_loss;
  std::vector<std::string> overridden;  // policies
  std::string reason;                   // why
  std::string now;
  std::string trust_root;
  bool allow_rewind = false;
  std::string merge_base;  // plan the merge with this ref
};

void DeclarePlanning(Options& options, PlanningArguments& arguments);
// --merge-base: of what shows a plan, for an unmerged commit isn't applied.
void DeclareMergeBase(Options& options, PlanningArguments& arguments);

// The flags that let guards pass, as the audit keeps them.
std::vector<std::string> AllowancesOf(const PlanningArguments& arguments);

// The names that --var gives values to, in that order.
std::vector<std::string> VariableNames(const PlanningArguments& arguments);

// The command that applies what these arguments plan, fit for a shell. Values
// of variables are left out: they may end where the plan hides them.
std::string ApplyCommandOf(const PlanningArguments& arguments,
                           const std::string& environment);

// What the arguments ask for. kInvalidArgument. Where the state turns out to be
// behind a gateway, planning leaves the gateway's address in `server`.
Result<PlanRequest> PlanRequestOf(
    const Session& session, const PlanningArguments& arguments,
    std::shared_ptr<std::string> server = nullptr);

// Reads source and state and plans. Nothing: `diagnostics` has errors.
Result<std::optional<PlanRun>> MakePlanRun(const Session& session,
                                           const PlanningArguments& arguments,
                                           Diagnostics& diagnostics,
                                           PlanOrigin* origin = nullptr);

}  // namespace writ::reconciler
