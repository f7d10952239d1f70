#include "reconciler/cli/planning_arguments.h"

#include <string_view>
#include <utility>

#include "engine/plan/attribution.h"
#include "manifests/source/merged_source.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

Result<std::vector<ResourceId>> ParseAddresses(
    const std::vector<std::string>& texts, const char* flag) {
  std::vector<ResourceId> ids;
  for (const std::string& text : texts) {
    const auto id = ResourceId::Parse(text);
    if (!id) {
      return Fail(ErrorCode::kInvalidArgument,
                  std::string(flag) + " wants an address, not \"" + text + "\"",
                  "write Kind/name or Kind/parent/name");
    }
    ids.push_back(*id);
  }
  return ids;
}

Status CheckAllowances(const PlanningArguments& arguments) {
  if (arguments.allow_deletes < 0 || arguments.allow_updates < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                std::string(arguments.allow_deletes < 0 ? "--allow-deletes"
                                                        : "--allow-updates") +
                    " wants how many, not a negative number");
  }
  TRY(ParseAddresses(arguments.allow_protected, "--allow-protected"));
  TRY(ParseAddresses(arguments.allow_data_loss, "--allow-data-loss"));
  return {};
}

Result<engine::PlanOptions> PlanOptionsOf(const Session& session,
                                          const PlanningArguments& arguments) {
  engine::PlanOptions options;
  if (arguments.destroy && arguments.refresh_only) {
    return Fail(ErrorCode::kInvalidArgument,
                "--destroy and --refresh-only exclude each other");
  }
  if (!arguments.targets.empty() && !arguments.excludes.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--target and --exclude exclude each other");
  }
  TRY(CheckAllowances(arguments));
  if (arguments.destroy) options.mode = engine::PlanMode::kDestroy;
  if (arguments.refresh_only) options.mode = engine::PlanMode::kRefreshOnly;
  options.targets = TRY(ParseAddresses(arguments.targets, "--target"));
  options.excludes = TRY(ParseAddresses(arguments.excludes, "--exclude"));
  options.allow.deletes = arguments.allow_deletes;
  options.allow.updates = arguments.allow_updates;
  options.allow.empty = arguments.allow_empty;
  options.allow.protected_addresses = arguments.allow_protected;
  options.allow.data_loss_addresses = arguments.allow_data_loss;
  options.now = session.clock.Now();
  if (!arguments.now.empty()) {
    const auto now = ParseTimestamp(arguments.now);
    if (!now) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--now wants a time like 2026-11-21T03:20:00Z, not \"" +
                      arguments.now + "\"");
    }
    options.now = *now;
  }
  return options;
}

bool PrunesIn(const manifests::EnvironmentConfig& environment) {
  const Value* prune = environment.sync.Find("prune");
  return prune == nullptr || !prune->IsBoolean() || prune->AsBoolean();
}

// A state that isn't there is an empty one: apply creates it.
Result<std::unique_ptr<StateStore>> OpenForPlan(const Session& session,
                                                const PlanRun& run) {
  auto store = OpenState(session, run.state_folder, OpenMode::kReadOnly,
                         run.environment);
  if (!store && store.error().code == ErrorCode::kNotFound) {
    return std::unique_ptr<StateStore>();
  }
  return store;
}

// The engine reports them among the diagnostics, but they are the command
// line's, not the manifests'.
Status RefuseUnknownTargets(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.code != "unknown-target") continue;
    return Fail(ErrorCode::kInvalidArgument, diagnostic.summary,
                diagnostic.hint);
  }
  return {};
}

Result<std::unique_ptr<manifests::Source>> OpenPlanned(
    const manifests::SourceRequest& request, const std::string& merge_base) {
  if (merge_base.empty()) return manifests::OpenSource(request);
  return manifests::OpenMergedSource(request, merge_base);
}

// Plans the ref alone as well, to tell what was there before the branch.
Status Attribute(PlanRun& run, const std::string& merge_base) {
  engine::Plan& plan = run.planned.plan;
  plan.merged_with = merge_base;
  manifests::SourceRequest request = run.request;
  request.ref = merge_base;
  const auto source = TRY(manifests::OpenSource(request));
  Diagnostics diagnostics;
  const auto before =
      PlanAgainst(*source, run.store.get(), run.options, diagnostics);
  const bool known = before && before->has_value();
  engine::AttributeChanges(known ? &(*before)->plan : nullptr, plan);
  if (!known) {
    plan.notices.push_back(
        "what " + merge_base +
        " has can't be planned, so that its changes count as this branch's");
  }
  return {};
}

std::string ForShell(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_./:=@%+,-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

void DeclarePlanning(Options& options, PlanningArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareRef(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareVariables(options, arguments.source);
  DeclareState(options, arguments.source);
  DeclareParallelism(options, arguments.source);
  options.Texts("--target", arguments.targets,
                "Only this address and what it depends on; may be repeated");
  options.Texts("--exclude", arguments.excludes,
                "All but this address and what depends on it; may be repeated");
  options.Flag("--destroy", arguments.destroy,
               "Plan the end of everything this repository owns");
  options.Flag("--refresh-only", arguments.refresh_only, "Show drift alone");
  options.Integer("--allow-deletes", arguments.allow_deletes,
                  "Let so many deletes pass the limit, this once");
  options.Integer("--allow-updates", arguments.allow_updates,
                  "Let so many updates pass the limit, this once");
  options.Flag("--allow-empty", arguments.allow_empty,
               "Let a repository that declares nothing delete everything");
  options.Texts("--allow-protected", arguments.allow_protected,
                "Let this protected address go; may be repeated");
  options.Texts("--allow-data-loss", arguments.allow_data_loss,
                "Let this address go with its data; may be repeated");
  options.Texts("--override", arguments.overridden,
                "Let this deny-overridable policy pass, this once; may be "
                "repeated");
  options.Text("--reason", arguments.reason,
               "Why policies are overridden; the audit keeps it");
  options.Text("--now", arguments.now,
               "Decide as of this time (RFC 3339), for tests");
  options.Flag("--no-incremental", arguments.no_incremental,
               "Read everything, whatever was applied last");
}

void DeclareMergeBase(Options& options, PlanningArguments& arguments) {
  options.Text("--merge-base", arguments.merge_base,
               "Plan what merging into this ref will give, and say whose work "
               "each change is");
}

std::vector<std::string> AllowancesOf(const PlanningArguments& arguments) {
  std::vector<std::string> flags;
  if (arguments.allow_deletes > 0) {
    flags.push_back("--allow-deletes " +
                    std::to_string(arguments.allow_deletes));
  }
  if (arguments.allow_updates > 0) {
    flags.push_back("--allow-updates " +
                    std::to_string(arguments.allow_updates));
  }
  if (arguments.allow_empty) flags.push_back("--allow-empty");
  for (const std::string& address : arguments.allow_protected) {
    flags.push_back("--allow-protected " + address);
  }
  for (const std::string& address : arguments.allow_data_loss) {
    flags.push_back("--allow-data-loss " + address);
  }
  for (const std::string& policy : arguments.overridden) {
    flags.push_back("--override " + policy);
  }
  return flags;
}

std::vector<std::string> VariableNames(const PlanningArguments& arguments) {
  std::vector<std::string> names;
  for (const std::string& variable : arguments.source.variables) {
    names.push_back(variable.substr(0, variable.find('=')));
  }
  return names;
}

std::string ApplyCommandOf(const PlanningArguments& arguments,
                           const std::string& environment) {
  std::string command = "writ apply";
  const auto add = [&](const std::string& flag, const std::string& value) {
    command += " " + flag + " " + ForShell(value);
  };
  const SourceArguments& source = arguments.source;
  if (source.path != ".") add("--source", source.path);
  if (source.working_tree) {
    command += " --working-tree";
  } else if (source.ref != "HEAD" && arguments.merge_base.empty()) {
    add("--ref", source.ref);
  }
  add("--env", environment);
  for (const std::string& name : VariableNames(arguments)) {
    command += " --var " + name + "=…";
  }
  if (!source.state.empty()) add("--state", source.state);
  for (const std::string& target : arguments.targets) add("--target", target);
  for (const std::string& exclude : arguments.excludes) {
    add("--exclude", exclude);
  }
  if (arguments.destroy) command += " --destroy";
  for (const std::string& allowance : AllowancesOf(arguments)) {
    command += " " + allowance;
  }
  if (!arguments.reason.empty()) add("--reason", arguments.reason);
  return command;
}

Result<std::optional<PlanRun>> MakePlanRun(const Session& session,
                                           const PlanningArguments& arguments,
                                           Diagnostics& diagnostics) {
  PlanRun run;
  run.started = session.clock.Monotonic();
  run.options.load = TRY(LoadOptionsOf(arguments.source));
  run.options.plan = TRY(PlanOptionsOf(session, arguments));
  run.options.incremental = !arguments.no_incremental;
  run.options.overridden = arguments.overridden;
  run.request = RequestOf(session, arguments.source);
  run.source = TRY(OpenPlanned(run.request, arguments.merge_base));
  const auto repository =
      TRY(manifests::LoadRepository(*run.source, diagnostics));
  if (!repository) {
    Complete(diagnostics, *run.source);
    if (diagnostics.HasErrors()) return std::nullopt;
    return Fail(ErrorCode::kInvalidManifest,
                "there is no writ.yaml at the root of the source",
                "writ init lays one out");
  }
  const auto environment =
      TRY(SelectEnvironment(*repository, arguments.source.environment));
  run.environment = environment.name;
  run.options.load.environment = environment.name;
  run.options.plan.prune = PrunesIn(environment);
  run.apply_command = ApplyCommandOf(arguments, environment.name);
  run.state_folder = TRY(StateFolderOf(session, arguments.source, &environment,
                                       run.source->base_folder()));
  run.store = TRY(OpenForPlan(session, run));
  auto planned =
      TRY(PlanAgainst(*run.source, run.store.get(), run.options, diagnostics));
  Complete(diagnostics, *run.source);
  if (!planned) {
    TRY(RefuseUnknownTargets(diagnostics));
    return std::nullopt;
  }
  run.planned = std::move(*planned);
  run.planned.plan.has_digest = !arguments.source.working_tree;
  run.planned.plan.variables = VariableNames(arguments);
  if (!arguments.merge_base.empty()) {
    TRY(Attribute(run, arguments.merge_base));
  }
  return run;
}

Result<std::optional<Planned>> PlanAgain(PlanRun& run, StateStore& store,
                                         Diagnostics& diagnostics) {
  auto planned =
      TRY(PlanAgainst(*run.source, &store, run.options, diagnostics));
  Complete(diagnostics, *run.source);
  if (planned) {
    planned->plan.has_digest = run.planned.plan.has_digest;
  }
  return planned;
}

}  // namespace writ::reconciler
