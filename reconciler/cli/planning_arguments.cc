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

Result<engine::PlanOptions> PlanOptionsOf(const PlanningArguments& arguments) {
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
  return options;
}

Result<std::optional<Timestamp>> NowOf(const PlanningArguments& arguments) {
  if (arguments.now.empty()) return std::optional<Timestamp>();
  const auto now = ParseTimestamp(arguments.now);
  if (now) return now;
  return Fail(ErrorCode::kInvalidArgument,
              "--now wants a time like 2026-11-21T03:20:00Z, not \"" +
                  arguments.now + "\"");
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
  options.Texts(
      "--allow-data-loss", arguments.allow_data_loss,
      "Let this address go with its data, or lose what it is used for; "
      "may be repeated");
  options.Texts("--override", arguments.overridden,
                "Let this deny-overridable policy pass, this once; may be "
                "repeated");
  options.Text("--reason", arguments.reason,
               "Why policies are overridden; the audit keeps it");
  options.Text("--trust-root", arguments.trust_root,
               "Trust the signers of this commit, and the commits since, where "
               "trust begins or is lost");
  options.Flag("--allow-rewind", arguments.allow_rewind,
               "Let a commit pass that doesn't descend from the last applied "
               "one, this once");
  options.Text("--host-config", arguments.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
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
  if (!arguments.trust_root.empty()) {
    flags.push_back("--trust-root " + ForShell(arguments.trust_root));
  }
  if (arguments.allow_rewind) flags.push_back("--allow-rewind");
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
    command += " --var " + name + "=VALUE";
  }
  if (!source.state.empty()) add("--state", source.state);
  if (!source.server.empty()) add("--server", source.server);
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

Result<PlanRequest> PlanRequestOf(const Session& session,
                                  const PlanningArguments& arguments,
                                  std::shared_ptr<std::string> server) {
  PlanRequest request;
  request.source = TRY(RequestOf(session, arguments.source));
  request.environment = arguments.source.environment;
  request.load = TRY(LoadOptionsOf(arguments.source));
  request.plan = TRY(PlanOptionsOf(arguments));
  request.now = TRY(NowOf(arguments));
  request.incremental = !arguments.no_incremental;
  request.overridden = arguments.overridden;
  request.trust.host_file = arguments.source.host_file;
  request.trust.trust_root = arguments.trust_root;
  request.trust.allow_rewind = arguments.allow_rewind;
  request.reason = arguments.reason;
  request.allowances = AllowancesOf(arguments);
  request.find_state =
      [&session, source = arguments.source, server = std::move(server)](
          const manifests::EnvironmentConfig& environment,
          const std::string& base_folder) -> Result<std::string> {
    const StateLocation location =
        TRY(StateLocationOf(session, source, &environment, base_folder));
    if (server != nullptr) *server = location.server;
    return ReadableFolder(session, location, environment.name);
  };
  return request;
}

Result<std::optional<PlanRun>> MakePlanRun(const Session& session,
                                           const PlanningArguments& arguments,
                                           Diagnostics& diagnostics,
                                           PlanOrigin* origin) {
  PlanRequest request = TRY(PlanRequestOf(session, arguments));
  if (!arguments.merge_base.empty()) {
    request.open_source = [source = request.source,
                           base = arguments.merge_base] {
      return manifests::OpenMergedSource(source, base);
    };
    // Whoever signed the branch is judged: nobody signed its merge yet.
    request.trust.request = request.source;
  }
  auto run = TRY(MakePlanRun(EffectsOf(session), request, diagnostics, origin));
  if (!run) return run;
  run->apply_command = ApplyCommandOf(arguments, run->environment);
  if (!arguments.merge_base.empty()) {
    TRY(Attribute(*run, arguments.merge_base));
  }
  return run;
}

}  // namespace writ::reconciler
