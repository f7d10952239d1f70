#include "reconciler/applying/plan_run.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "schema/validator.h"

namespace writ::reconciler {
namespace {

bool SyncSays(const manifests::EnvironmentConfig& environment,
              std::string_view key, bool otherwise) {
  const Value* value = environment.sync.Find(key);
  return value != nullptr && value->IsBoolean() ? value->AsBoolean()
                                                : otherwise;
}

// A state that isn't there is an empty one: apply creates it.
Result<std::unique_ptr<StateStore>> OpenForPlan(const RunEffects& effects,
                                                const PlanRun& run) {
  OpenOptions options;
  options.folder = run.state_folder;
  options.mode = OpenMode::kReadOnly;
  options.environment = run.environment;
  options.clock = &effects.clock;
  options.random = &effects.random;
  auto store = StateStore::Open(options);
  if (!store && store.error().code == ErrorCode::kNotFound) {
    return std::unique_ptr<StateStore>();
  }
  return store;
}

// The engine reports them among the diagnostics, but they are the request's,
// not the manifests'.
Status RefuseUnknownTargets(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.code != "unknown-target") continue;
    return Fail(ErrorCode::kInvalidArgument, diagnostic.summary,
                diagnostic.hint);
  }
  return {};
}

std::string JoinNames(const manifests::RepositoryConfig& repository) {
  std::string names;
  for (const auto& [name, environment] : repository.environments) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

PlanRun Begin(const RunEffects& effects, const PlanRequest& request) {
  PlanRun run;
  run.started = effects.clock.Monotonic();
  run.request = request.source;
  run.options.load = request.load;
  run.options.plan = request.plan;
  run.options.plan.now = request.now ? *request.now : effects.clock.Now();
  run.options.incremental = request.incremental;
  run.options.overridden = request.overridden;
  run.options.trust = request.trust;
  if (!request.open_source && !request.source.working_tree) {
    run.options.trust.request = request.source;
  }
  return run;
}

}  // namespace

Error NoRepositoryFile() {
  return Error{ErrorCode::kInvalidManifest,
               "there is no writ.yaml at the root of the source",
               "writ init lays one out",
               {}};
}

Result<manifests::EnvironmentConfig> SelectEnvironment(
    const manifests::RepositoryConfig& repository, const std::string& name) {
  std::string wanted = name.empty() ? repository.default_environment : name;
  if (wanted.empty() && repository.environments.size() == 1) {
    wanted = repository.environments.begin()->first;
  }
  if (wanted.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "writ.yaml names no defaultEnvironment",
                "say --env with one of: " + JoinNames(repository));
  }
  const auto found = repository.environments.find(wanted);
  if (found != repository.environments.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, environment] : repository.environments) {
    names.push_back(known);
  }
  std::string remedy = "writ.yaml declares: " + JoinNames(repository);
  if (const auto near = Suggest(wanted, names)) {
    remedy = "did you mean \"" + std::string(*near) + "\"? " + remedy;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "there is no environment \"" + wanted + "\"", remedy);
}

void Complete(Diagnostics& diagnostics, manifests::Source& source) {
  diagnostics.Sort();
  SourceFiles files;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (!diagnostic.locations.empty()) {
      files.push_back(diagnostic.locations[0].file);
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  const Reporter::Excerpt excerpt = manifests::SourceExcerpt(source, files);
  diagnostics.FillExcerpts([&](const Location& place) {
    const auto file = std::lower_bound(files.begin(), files.end(), place.file);
    return excerpt(static_cast<std::uint32_t>(file - files.begin()),
                   place.line);
  });
}

Result<std::unique_ptr<manifests::Source>> OpenSourceOf(
    const PlanRequest& request) {
  return request.open_source ? request.open_source()
                             : manifests::OpenSource(request.source);
}

Result<std::optional<PlanRun>> MakePlanRun(const RunEffects& effects,
                                           const PlanRequest& request,
                                           Diagnostics& diagnostics,
                                           PlanOrigin* origin) {
  PlanRun run = Begin(effects, request);
  run.source = TRY(OpenSourceOf(request));
  if (origin != nullptr) origin->folder = run.source->folder();
  const auto repository =
      TRY(manifests::LoadRepository(*run.source, diagnostics));
  if (!repository) {
    Complete(diagnostics, *run.source);
    if (diagnostics.HasErrors()) return std::nullopt;
    return tl::unexpected(NoRepositoryFile());
  }
  const auto environment =
      TRY(SelectEnvironment(*repository, request.environment));
  run.environment = environment.name;
  if (origin != nullptr) origin->environment = environment.name;
  run.options.load.environment = environment.name;
  run.options.plan.prune = SyncSays(environment, "prune", true);
  run.options.plan.leave_drift =
      request.plan.leave_drift ||
      (request.follows_sync && !SyncSays(environment, "selfHeal", false));
  run.state_folder =
      TRY(request.find_state(environment, run.source->base_folder()));
  run.store = TRY(OpenForPlan(effects, run));
  auto planned =
      TRY(PlanAgainst(*run.source, run.store.get(), run.options, diagnostics));
  Complete(diagnostics, *run.source);
  if (!planned) {
    TRY(RefuseUnknownTargets(diagnostics));
    return std::nullopt;
  }
  run.planned = std::move(*planned);
  run.planned.plan.has_digest = !request.source.working_tree;
  for (const auto& [name, value] : request.load.variables) {
    run.planned.plan.variables.push_back(name);
  }
  return run;
}

Result<std::optional<Planned>> PlanAgain(PlanRun& run, StateStore& store,
                                         Diagnostics& diagnostics) {
  auto planned =
      TRY(PlanAgainst(*run.source, &store, run.options, diagnostics));
  Complete(diagnostics, *run.source);
  if (planned) planned->plan.has_digest = run.planned.plan.has_digest;
  return planned;
}

}  // namespace writ::reconciler
