#include "reconciler/secrets/secret_resource.h"

#include <algorithm>
#include <span>
#include <utility>

#include "reconciler/store/live_spec.h"
#include "schema/text_list.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kTypeNames[] = {"string", "boolean", "number",
                                           "json"};

Result<ProjectResource> ToProject(const engine::LiveResource& live) {
  const Value spec = TRY(SpecOf(live));
  return ProjectResource{std::string(live.id.name()), live.uid,
                         TextsOf(spec.Find("environments"))};
}

void ReadSource(const Value& spec, SecretResource& secret) {
  secret.source = "managed";
  const Value* source = spec.Find("source");
  if (source == nullptr || !source->IsMap() || source->AsMap().empty()) return;
  secret.source = source->AsMap().front().key;
  secret.source_spec = source->AsMap().front().value;
}

Result<SecretResource> ToSecret(const engine::LiveResource& live,
                                const ProjectResource& project) {
  const Value spec = TRY(SpecOf(live));
  SecretResource secret;
  secret.id = live.id;
  secret.uid = live.uid;
  secret.project_uid = project.uid;
  secret.type = ParseSecretType(spec.FindString("type"));
  secret.description = spec.FindString("description");
  secret.environments = TextsOf(spec.Find("environments"));
  if (secret.environments.empty() ||
      secret.environments == std::vector<std::string>{"all"}) {
    secret.environments = project.environments;
  }
  const Value* required = spec.Find("required");
  secret.required =
      required != nullptr && required->IsBoolean() && required->AsBoolean();
  secret.usable_by = TextsOf(spec.Find("usableBy"));
  ReadSource(spec, secret);
  secret.cache_for = ParseDuration(spec.FindString("cacheFor"))
                         .value_or(std::chrono::seconds(60));
  secret.owner = live.owner;
  secret.provenance = live.provenance;
  secret.changed_at = live.changed_at;
  return secret;
}

tl::unexpected<Error> NoProject(const std::string& name,
                                const std::vector<std::string>& names) {
  return Fail(ErrorCode::kNotFound, "there is no project \"" + name + "\"",
              names.empty() ? "no project is live; declare one and apply"
                            : "there are: " + Joined(names));
}

Result<std::vector<engine::LiveResource>> RowsOf(StateStore& store,
                                                 const std::string& project) {
  std::vector<engine::LiveResource> rows = TRY(store.ReadKind("Secret"));
  std::erase_if(rows, [&](const engine::LiveResource& row) {
    return row.id.parent() != project;
  });
  return rows;
}

Result<std::string> NearKey(StateStore& store, const ResourceId& id) {
  const std::string project(id.parent());
  std::vector<engine::LiveResource> rows = TRY(RowsOf(store, project));
  std::vector<std::string_view> keys;
  for (const engine::LiveResource& row : rows) keys.push_back(row.id.name());
  const auto near = Suggest(id.name(), keys);
  if (!near) return "see: writ secrets list --project " + project;
  return "did you mean " + std::string(*near) + "? Keys are case-sensitive";
}

}  // namespace

std::string_view Name(SecretType type) {
  return kTypeNames[static_cast<std::size_t>(type)];
}

SecretType ParseSecretType(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kTypeNames); ++i) {
    if (kTypeNames[i] == name) return static_cast<SecretType>(i);
  }
  return SecretType::kString;
}

Result<std::vector<ProjectResource>> ReadProjects(StateStore& store) {
  std::vector<ProjectResource> projects;
  for (const engine::LiveResource& row : TRY(store.ReadKind("Project"))) {
    projects.push_back(TRY(ToProject(row)));
  }
  return projects;
}

Result<ProjectResource> ReadProject(StateStore& store,
                                    const std::string& name) {
  const ResourceId id("Project", name);
  const auto rows = TRY(store.ReadResources(std::span(&id, 1)));
  if (!rows.empty()) return ToProject(rows.front());
  std::vector<std::string> names;
  for (const ProjectResource& project : TRY(ReadProjects(store))) {
    names.push_back(project.name);
  }
  return NoProject(name, names);
}

Result<SecretResource> ReadSecret(StateStore& store, const ResourceId& id) {
  const ProjectResource project =
      TRY(ReadProject(store, std::string(id.parent())));
  const auto rows = TRY(store.ReadResources(std::span(&id, 1)));
  if (!rows.empty()) return ToSecret(rows.front(), project);
  return Fail(ErrorCode::kNotFound,
              "project " + project.name + " has no secret \"" +
                  std::string(id.name()) + "\"",
              TRY(NearKey(store, id)));
}

Result<std::vector<SecretResource>> ReadSecretsOf(StateStore& store,
                                                  const std::string& project) {
  const ProjectResource parent = TRY(ReadProject(store, project));
  std::vector<SecretResource> secrets;
  for (const engine::LiveResource& row : TRY(RowsOf(store, project))) {
    secrets.push_back(TRY(ToSecret(row, parent)));
  }
  return secrets;
}

Status CheckEnvironment(const SecretResource& secret,
                        const std::string& environment) {
  const auto& names = secret.environments;
  if (std::find(names.begin(), names.end(), environment) != names.end()) {
    return {};
  }
  return Fail(ErrorCode::kInvalidArgument,
              secret.id.address() + " has no values in \"" + environment + "\"",
              "it is for: " + Joined(names) + "; say --secret-env");
}

Status MayUse(const SecretResource& secret, const ResourceId& user) {
  if (user.kind() == "Secret" && user.parent() == secret.id.parent()) return {};
  if (user == ResourceId("Project", secret.id.parent())) return {};
  const auto& users = secret.usable_by;
  if (std::find(users.begin(), users.end(), user.address()) != users.end()) {
    return {};
  }
  return Fail(ErrorCode::kPermission,
              user.address() + " may not use " + secret.id.address(),
              "the secret says who may: usableBy: [" + user.address() + "]");
}

}  // namespace writ::reconciler
