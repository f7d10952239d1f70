#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/plan_words.h"
#include "engine/sync/settings.h"
#include "manifests/source/revision.h"
#include "reconciler/cli/apply_asking.h"
#include "reconciler/cli/apply_history.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/remote_commands.h"
#include "reconciler/cli/token_arguments.h"
#include "schema/report/escape.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

constexpr int kLookedAt = 10'000;  // applies
constexpr std::size_t kShownLost = 10;

struct RollbackArguments : ApplyTalk {
  std::string to;
  std::string lock_timeout = "0s";
  std::string tokens_out;
};

void DeclareRollback(Options& options, RollbackArguments& arguments) {
  options.Text("--to", arguments.to,
               "Where to: a SERIAL as `writ history` lists them, or a COMMIT");
  DeclarePlanning(options, arguments.planning);
  options.Flag("-y,--auto-approve", arguments.auto_approve,
               "Apply without asking");
  options.Text("--lock-timeout", arguments.lock_timeout,
               "How long to wait for another apply (default: 0s)");
  DeclareTokensOut(options, arguments.tokens_out);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("-v,--verbose", arguments.verbose,
               "Show every field and change");
}

std::optional<std::int64_t> SerialIn(const std::string& text) {
  const bool is_number = !text.empty() && text.size() <= 15 &&
                         std::all_of(text.begin(), text.end(), [](char c) {
                           return c >= '0' && c <= '9';
                         });
  if (!is_number) return std::nullopt;
  return std::stoll(text);
}

// By the serial that they left, the commits of applies; empty: of a working
// tree.
using AppliedCommits = std::map<std::int64_t, std::string>;

Result<AppliedCommits> ReadAppliedHere(const Session& session,
                                       const std::string& folder) {
  AppliedCommits applied;
  auto store = TRY(OpenState(session, folder, OpenMode::kReadOnly, ""));
  for (const PastApply& apply : TRY(ReadPastApplies(*store, kLookedAt))) {
    if (apply.serial) applied.emplace(*apply.serial, apply.record.commit);
  }
  return applied;
}

// Of what `writ history` says at the gateway.
Result<AppliedCommits> ReadAppliedThere(const Session& session,
                                        const std::string& server) {
  AppliedCommits applied;
  Value options(Value::Map{});
  options.Set("--limit", std::int64_t{kLookedAt});
  const Value history =
      TRY(ResultThere(session, server, "history", std::move(options)));
  const Value* applies = history.Find("applies");
  if (applies == nullptr || !applies->IsList()) return applied;
  for (const Value& apply : applies->AsList()) {
    const Value* serial = apply.Find("serial");
    if (serial == nullptr || !serial->IsInteger()) continue;
    applied.emplace(serial->AsInteger(), apply.FindString("commit"));
  }
  return applied;
}

// The commit that an apply left at that serial. Absent: no apply did, so that
// the digits may be a commit's.
Result<std::optional<std::string>> CommitAt(
    const Session& session, const RollbackArguments& arguments) {
  const auto serial = SerialIn(arguments.to);
  if (!serial) return std::optional<std::string>();
  const StateLocation location =
      TRY(FindStateLocation(session, arguments.planning.source));
  const AppliedCommits applied =
      TRY(location.server.empty() ? ReadAppliedHere(session, location.folder)
                                  : ReadAppliedThere(session, location.server));
  const auto found = applied.find(*serial);
  if (found == applied.end()) return std::optional<std::string>();
  if (!found->second.empty()) return std::optional(found->second);
  return Fail(ErrorCode::kUnsupported,
              "serial " + arguments.to +
                  " was applied from a working tree, which nobody kept");
}

Result<std::string> TargetOf(const Session& session,
                             const RollbackArguments& arguments) {
  if (arguments.to.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "--to wants a serial or a commit",
                "see: writ history");
  }
  if (auto commit = TRY(CommitAt(session, arguments))) return *commit;
  const auto source = TRY(RequestOf(session, arguments.planning.source));
  auto resolved = manifests::ResolveRef(source.path, arguments.to);
  if (resolved) return *resolved;
  return Fail(ErrorCode::kNotFound,
              "\"" + arguments.to +
                  "\" is neither a serial that an apply left nor a commit",
              "see: writ history");
}

// What going back doesn't bring back, one sentence each.
std::vector<std::string> LostIn(const engine::Plan& plan) {
  std::vector<std::string> lost;
  for (const engine::Change& change : plan.changes) {
    const std::string_view kind = change.id.kind();
    const bool goes = change.action == engine::Action::kDelete;
    const bool comes = change.action == engine::Action::kCreate;
    if (kind == "Token" && goes) {
      lost.push_back(change.id.address() +
                     " is revoked for good; what uses it stops working");
    } else if (kind == "Token" && comes) {
      lost.push_back(change.id.address() +
                     " gets a new credential; any that it had stays revoked");
    } else if (kind == "Secret" && comes) {
      lost.push_back(change.id.address() +
                     " comes back without its values; within 7 days: writ "
                     "state undelete " +
                     change.id.address() + " --env " + plan.environment);
    } else if (goes &&
               (kind == "App" || kind == "Project" || kind == "Secret")) {
      lost.push_back(change.id.address() +
                     " goes with what is stored of it; within 7 days: writ "
                     "state undelete " +
                     change.id.address() + " --env " + plan.environment);
    }
  }
  return lost;
}

// As the ref says it now: that is what the next reconcile goes by.
Result<bool> SyncsItself(const Session& session,
                         const SourceArguments& arguments) {
  auto source = TRY(OpenSourceOf(session, arguments));
  Diagnostics ignored;
  const auto repository = TRY(manifests::LoadRepository(*source, ignored));
  if (!repository) return false;
  const auto environment =
      TRY(SelectEnvironment(*repository, arguments.environment));
  const auto sync = TRY(engine::ParseSyncSettings(environment.sync));
  return sync.is_automatic && !sync.suspend;
}

void Warn(Session& session, const PlanRun& run, bool syncs_itself) {
  const std::vector<std::string> lost = LostIn(run.planned.plan);
  if (!lost.empty()) session.err << "\nA rollback can't undo everything\n";
  for (std::size_t i = 0; i < std::min(lost.size(), kShownLost); ++i) {
    session.err << "  ! " << EscapeTerminal(lost[i]) << "\n";
  }
  if (lost.size() > kShownLost) {
    session.err << "  … and " << lost.size() - kShownLost << " more\n";
  }
  if (syncs_itself) {
    session.err << "  ! " << EscapeTerminal(run.environment)
                << " syncs by itself: the next reconcile applies the newest "
                   "commit again. Revert it in git as well\n";
  }
  session.err << std::flush;
}

Result<ExitCode> Rollback(Session& session, const RollbackArguments& given) {
  RollbackArguments arguments = given;
  PlanningArguments& planning = arguments.planning;
  if (planning.source.working_tree) {
    return Fail(ErrorCode::kInvalidArgument,
                "a rollback goes to a commit, not to a working tree");
  }
  if (planning.overridden.empty() != planning.reason.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--override POLICY and --reason TEXT go together");
  }
  const auto timeout = ParseDuration(arguments.lock_timeout);
  if (!timeout || *timeout < Duration(0)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--lock-timeout wants a duration like 30s");
  }
  // Only what the ref holds (T-03): a rollback goes back, not aside.
  const std::string ref = planning.source.ref;
  const bool syncs_itself = TRY(SyncsItself(session, planning.source));
  planning.source.ref = TRY(TargetOf(session, arguments));
  planning.allow_rewind = true;  // it's what was asked for (T-05)
  arguments.takes_digest = false;
  arguments.before_asking = [&session, syncs_itself](const PlanRun& run) {
    Warn(session, run, syncs_itself);
  };
  ApplyRequest request;
  const auto server = std::make_shared<std::string>();
  request.planning = TRY(PlanRequestOf(session, planning, server));
  request.expected.ref = ref;
  request.is_approved = arguments.auto_approve;
  request.host_file = arguments.planning.source.host_file;
  request.lock_timeout = *timeout;
  request.operation = "rollback";
  request.open_sink = [&session, &arguments] {
    return TokenSinkOf(session, arguments.tokens_out, arguments.json);
  };
  request.elsewhere = ElsewhereOf(session, request, server);
  return AskAndApply(session, arguments, std::move(request));
}

}  // namespace

Command RollbackCommand() {
  Command command = MakeCommand<RollbackArguments>(
      "rollback", "Go back to what an earlier commit said", DeclareRollback,
      RunReporting<RollbackArguments, Rollback>);
  command.description =
      "A plan like any other: what that commit desires, against what is live. "
      "Shows it, says what\ncan't be undone, asks, applies. Credentials that "
      "were revoked stay so.";
  command.examples = {
      "writ history                           # where to",
      "writ rollback --to 412 --env production",
      "writ rollback --to 3f9c2e1 --auto-approve",
  };
  return command;
}

}  // namespace writ::reconciler
