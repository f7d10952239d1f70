#include "manifests/repository.h"

#include <string_view>

#include "manifests/path_rules.h"
#include "schema/text_list.h"

namespace writ::manifests {
namespace {

Value MapOr(const Value* value) {
  if (value == nullptr || !value->IsMap()) return Value(Value::Map{});
  return *value;
}

double NumberOr(const Value* value, double otherwise) {
  if (value == nullptr) return otherwise;
  if (value->IsInteger()) return static_cast<double>(value->AsInteger());
  return value->IsNumber() ? value->AsNumber() : otherwise;
}

SafetyLimits ToSafety(const Value* value) {
  SafetyLimits limits;
  if (value == nullptr) return limits;
  limits.max_delete_percent =
      NumberOr(value->Find("maxDeletePercent"), limits.max_delete_percent);
  limits.max_update_percent =
      NumberOr(value->Find("maxUpdatePercent"), limits.max_update_percent);
  const Value* existing = value->Find("minExisting");
  if (existing != nullptr && existing->IsInteger()) {
    limits.min_existing = existing->AsInteger();
  }
  return limits;
}

EnvironmentConfig ToEnvironment(const std::string& name, const Value& value) {
  EnvironmentConfig environment;
  environment.name = name;
  environment.state = value.FindString("state");
  environment.secret_environment = value.FindString("secretEnvironment");
  if (const Value* written = value.Find("secretEnvironment")) {
    environment.secret_environment_at = written->range();
  }
  if (environment.secret_environment.empty()) {
    environment.secret_environment = name;
  }
  for (const std::string& folder : TextsOf(value.Find("overlays"))) {
    environment.overlays.push_back(CleanFolder(folder));
  }
  environment.variables = MapOr(value.Find("variables"));
  environment.trust = MapOr(value.Find("trust"));
  environment.sync = MapOr(value.Find("sync"));
  environment.enforcement = MapOr(value.Find("enforcement"));
  return environment;
}

std::vector<std::string_view> Names(const RepositoryConfig& repository) {
  std::vector<std::string_view> names;
  for (const auto& [name, environment] : repository.environments) {
    names.push_back(name);
  }
  return names;
}

std::string Join(const std::vector<std::string_view>& names) {
  std::string joined;
  for (const std::string_view name : names) {
    joined += (joined.empty() ? "" : ", ") + std::string(name);
  }
  return joined;
}

}  // namespace

RepositoryConfig ToRepositoryConfig(const Resource& repository) {
  RepositoryConfig config;
  config.name = repository.id.name();
  const Value* spec = repository.content->Find("spec");
  if (spec == nullptr) return config;
  config.include = TextsOf(spec->Find("include"));
  config.exclude = TextsOf(spec->Find("exclude"));
  config.default_environment = spec->FindString("defaultEnvironment");
  config.variables = MapOr(spec->Find("variables"));
  config.safety = ToSafety(spec->Find("safety"));
  config.policy_packs = TextsOf(spec->Find("policyPacks"));
  const Value* environments = spec->Find("environments");
  if (environments == nullptr || !environments->IsMap()) return config;
  for (const Value::Entry& entry : environments->AsMap()) {
    config.environments.emplace(entry.key,
                                ToEnvironment(entry.key, entry.value));
  }
  return config;
}

Result<const EnvironmentConfig*> FindEnvironment(
    const RepositoryConfig& repository, const std::string& name) {
  std::string wanted = name.empty() ? repository.default_environment : name;
  if (wanted.empty() && repository.environments.size() == 1) {
    return &repository.environments.begin()->second;
  }
  const std::vector<std::string_view> names = Names(repository);
  if (wanted.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "no environment is chosen, and writ.yaml names no default",
                "choose one of " + Join(names));
  }
  const auto found = repository.environments.find(wanted);
  if (found != repository.environments.end()) return &found->second;
  const auto nearest = Suggest(wanted, names);
  return Fail(ErrorCode::kInvalidArgument,
              "writ.yaml declares no environment \"" + wanted + "\"",
              nearest ? "did you mean \"" + std::string(*nearest) +
                            "\"? There are " + Join(names)
                      : "there are " + Join(names));
}

}  // namespace writ::manifests
