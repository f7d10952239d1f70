// A plan's request as it goes over a wire to where the state is: the manifests
// themselves, the commit they are said to be of, and what the command line
// said. The other side plans again from them, with the same planner.
//
// What is sent is judged like what anybody sends: the commit is a claim. Its
// tree is left out, so that nothing that was read for it stands in for files.
//
// Plain values, which may hold variables' values: nothing of them is logged.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/source/source.h"
#include "reconciler/applying/plan_run.h"
#include "schema/digest.h"
#include "schema/facts.h"
#include "schema/result.h"

namespace writ::reconciler {

struct SentPlan {
  // What it comes to where it was sent; absent: the sender didn't plan.
  std::optional<Digest> digest;
  Commit commit;
  std::map<std::string, std::string> files;  // bytes, by path
  std::vector<std::string> folders;  // that are there, without manifests
  // Environment, mode, variables, allowances. `source` says whether it is a
  // working tree; where manifests and state are is for the other side to say.
  PlanRequest request;
};

// Reads every manifest of the run's source. Errors: those of the source.
Result<SentPlan> CollectPlan(PlanRun& run, const PlanRequest& request);

// JSON, and back. kInvalidArgument where it is none.
std::string PrintSentPlan(const SentPlan& plan);
Result<SentPlan> ParseSentPlan(std::string_view text);

// The files as a source; what was sent may go meanwhile.
std::unique_ptr<manifests::Source> OpenSentSource(const SentPlan& plan);

}  // namespace writ::reconciler
