// Whether the commit that is planned may be applied by its environment's
// `trust:` (T-04, T-05), from the repository and what the state kept of the
// last apply. `writ plan` shows what this says; `writ apply` refuses (9).
//
// Trust is handed on from commit to commit: who may sign a commit stands in
// the allowed signers of the one that was applied before it, never in its own.
// It starts at a root that the operator names. Settings of the last applied
// commit and of this one both judge; the stricter wins.
//
// Blocks on disk; verifies at most 10,000 commits.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "manifests/source/source.h"
#include "reconciler/controller/configured_guards.h"
#include "reconciler/trust/settings.h"
#include "schema/diagnostic.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// How trust is asked for; from flags and the host file.
struct TrustOptions {
  // Where the source was opened from; absent: its history can't be read, and
  // where trust asks for it nothing is trusted.
  std::optional<manifests::SourceRequest> request;
  // The host file to read the environment's trustRoot from, once it's needed;
  // empty: the default one.
  std::string host_file;
  std::string trust_root;  // --trust-root, a revision; before the host file's
  bool allow_rewind = false;
};

// A PolicyException as the commit declares it.
struct DeclaredException {
  std::string address;
  std::string file;
  std::string approved_by;
  bool is_patched = false;
};

struct TrustQuestion {
  manifests::Source* source = nullptr;
  std::string environment;
  TrustSettings desired;
  std::optional<KeptGuards> kept;  // of the last complete apply
  Timestamp now;
  // Those that the last apply didn't leave as they are.
  std::vector<DeclaredException> new_exceptions;
};

struct TrustReport {
  std::optional<std::string> signed_by;
  std::vector<std::string> untrusted;  // sentences; empty: it may be applied
  std::vector<engine::Alarm> alarms;   // signers who come to be allowed
};

// Mistakes in the commit's own file of allowed signers go to `diagnostics`:
// the next commit will be judged by it.
//
// Where trust is on, a new exception comes with the signature of whoever its
// approvedBy names, and of nobody else: on the commit that gave its file its
// content (T-04). What the history up to the last applied commit holds was
// judged there.
Result<TrustReport> JudgeTrust(const TrustQuestion& question,
                               const TrustOptions& options,
                               Diagnostics& diagnostics);

// Says in plan.untrusted where an exception lets off what its approver changed
// (T-04): nobody approves their own change. `approvers` by the exception's
// name. REQUIRES: trust is on, and the plan was judged.
Status JudgeOwnApprovals(const std::map<std::string, std::string>& approvers,
                         const TrustOptions& options, engine::Plan& plan);

}  // namespace writ::reconciler
