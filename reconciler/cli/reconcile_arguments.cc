#include "reconciler/cli/reconcile_arguments.h"

#include <algorithm>
#include <utility>

#include "reconciler/cli/token_arguments.h"

namespace writ::reconciler {

Result<std::vector<std::string>> EnvironmentsOf(
    const Session& session, const SourceArguments& arguments,
    std::vector<std::string>& skipped) {
  auto source = TRY(OpenSourceOf(session, arguments));
  Diagnostics diagnostics;
  const auto repository = TRY(manifests::LoadRepository(*source, diagnostics));
  if (!repository) {
    if (!diagnostics.HasErrors()) {
      return tl::unexpected<Error>(NoRepositoryFile());
    }
    return Fail(ErrorCode::kInvalidManifest,
                "there is no valid writ.yaml that names environments",
                "see: writ validate");
  }
  const auto variable = session.variable("WRIT_STATE");
  const bool is_one = !arguments.environment.empty() ||
                      !arguments.state.empty() ||
                      (variable && !variable->empty());
  if (is_one) {
    const auto environment =
        TRY(SelectEnvironment(*repository, arguments.environment));
    return std::vector<std::string>{environment.name};
  }
  std::vector<std::string> names;
  for (const auto& [name, environment] : repository->environments) {
    const bool is_local = environment.state.starts_with("sqlite:");
    (is_local ? names : skipped).push_back(name);
  }
  if (!names.empty()) return names;
  return Fail(ErrorCode::kInvalidArgument,
              "no environment of writ.yaml has its state in a folder",
              "say --state sqlite:FOLDER, and --env");
}

Result<Duration> IntervalOf(const std::string& text) {
  const auto interval = ParseDuration(text);
  const bool fits = interval && *interval >= std::chrono::seconds(1) &&
                    *interval <= std::chrono::hours(24);
  if (fits) return *interval;
  return Fail(
      ErrorCode::kInvalidArgument,
      "--interval wants a duration from 1s to 24h, not \"" + text + "\"");
}

Result<ReconcileRequest> ReconcileRequestOf(Session& session,
                                            const ReconcileArguments& arguments,
                                            const std::string& environment,
                                            bool json) {
  const auto timeout = ParseDuration(arguments.lock_timeout);
  if (!timeout || *timeout < Duration(0)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--lock-timeout wants a duration like 30s, not \"" +
                    arguments.lock_timeout + "\"");
  }
  ReconcileRequest request;
  PlanRequest& planning = request.apply.planning;
  planning.source = TRY(RequestOf(session, arguments.source));
  planning.environment = environment;
  planning.load = TRY(LoadOptionsOf(arguments.source));
  planning.find_state = [&session, source = arguments.source](
                            const manifests::EnvironmentConfig& config,
                            const std::string& base_folder) {
    return StateFolderOf(session, source, &config, base_folder);
  };
  planning.trust.host_file = arguments.source.host_file;
  request.apply.host_file = arguments.source.host_file;
  request.apply.lock_timeout = *timeout;
  if (!arguments.audit_anchor.empty()) {
    request.apply.audit_anchor = AbsolutePath(session, arguments.audit_anchor);
  }
  if (!arguments.tokens_out.empty()) {
    request.apply.open_sink = [&session, out = arguments.tokens_out, json] {
      return TokenSinkOf(session, out, json);
    };
  }
  request.is_asked = arguments.force;
  return request;
}

}  // namespace writ::reconciler
