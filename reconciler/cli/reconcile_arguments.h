// What `writ reconcile` and `writ serve --reconcile` share: which environments
// are looked after, and one run over one of them.
#pragma once

#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/session.h"
#include "reconciler/loop/reconcile.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct ReconcileArguments {
  SourceArguments source;
  // Longer than a dead holder's lease lasts: nobody is there to try again.
  std::string lock_timeout = "30s";
  std::string audit_anchor;
  std::string tokens_out;
  std::string interval = "60s";
  bool force = false;
};

// --env alone; with --state or WRIT_STATE the default one; else all of
// writ.yaml's whose state lies in a folder. The others go to `skipped`.
Result<std::vector<std::string>> EnvironmentsOf(
    const Session& session, const SourceArguments& arguments,
    std::vector<std::string>& skipped);

// kInvalidArgument below a second or above a day.
Result<Duration> IntervalOf(const std::string& text);

Result<ReconcileRequest> ReconcileRequestOf(Session& session,
                                            const ReconcileArguments& arguments,
                                            const std::string& environment,
                                            bool json);

}  // namespace writ::reconciler
