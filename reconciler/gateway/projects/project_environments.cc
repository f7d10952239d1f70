// Environments of projects, as members of ProjectStore.
#include <algorithm>
#include <utility>

#include "reconciler/gateway/projects/project_access.h"
#include "reconciler/gateway/projects/project_store.h"
#include "reconciler/store/live_spec.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/text_list.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kLongestEnvironment = 32;
constexpr std::size_t kMostEnvironments = 20;
constexpr char kAllEnvironments[] = "all";

bool IsEnvironmentName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= kLongestEnvironment &&
         name[0] >= 'a' && name[0] <= 'z' && name != kAllEnvironments &&
         std::all_of(name.begin(), name.end(), fits);
}

ProjectResult<std::string> NameIn(const Value& body, std::string_view key) {
  const std::string name(body.FindString(key));
  if (IsEnvironmentName(name)) return name;
  return Refuse(
      400, "environment/invalid_name",
      std::string(key) +
          " is 1 to 32 of a-z, 0-9 and -, beginning with a letter; all "
          "is reserved");
}

bool IsOf(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ProjectResult<std::string> NameOfOne(const ProjectResource& project,
                                     const Value& body) {
  const std::string name(body.FindString("name"));
  if (IsOf(project.environments, name)) return name;
  return Refuse(404, "environment/unknown",
                "the project has no such environment");
}

tl::unexpected<ProjectError> NotEmpty() {
  return Refuse(409, "environment/not_empty",
                "the environment has values, or keys that are for it");
}

tl::unexpected<ProjectError> ToldOf(const Error& error) {
  return tl::unexpected<ProjectError>(ProjectErrorOf(error));
}

bool Names(const Value& spec, const std::string& environment) {
  const Value* names = spec.Find("environments");
  return names != nullptr && names->IsList() &&
         std::any_of(names->AsList().begin(), names->AsList().end(),
                     [&](const Value& name) {
                       return name.IsString() && name.AsString() == environment;
                     });
}

}  // namespace

ProjectResult<ProjectResource> ProjectStore::FindOwn(const Principal& caller,
                                                     const std::string& name) {
  const auto projects = ReadProjects(*store_);
  if (!projects) return ToldOf(projects.error());
  for (const ProjectResource& project : *projects) {
    if (project.name != name && project.uid != name) continue;
    const ResourceId id("Project", project.name);
    const auto stored = store_->ReadStored(id);
    if (!stored) return ToldOf(stored.error());
    if (!*stored) continue;
    const auto workspace = store_->ReadStored((*stored)->live.parent);
    if (!workspace) return ToldOf(workspace.error());
    if (*workspace && (*workspace)->live.uid == caller.rights.parent_uid) {
      return project;
    }
  }
  return InvalidKey();
}

Result<ProjectStore::EnvironmentUse> ProjectStore::UseOf(
    const ProjectResource& project, const std::string& environment) {
  EnvironmentUse use;
  for (const SecretRow& row : TRY(ListSecrets(*store_, project.name))) {
    if (row.current.contains(environment)) use.has_values = true;
    const Value spec = TRY(ReadSpec(*store_, row.secret.id));
    if (Names(spec, environment)) use.named_by.push_back(row.secret.id);
  }
  return use;
}

ProjectResult<Value> ProjectStore::ReplaceEnvironments(
    const Principal& caller, const ProjectResource& project,
    const std::vector<std::string>& environments, const std::string& action) {
  const ResourceId id("Project", project.name);
  const auto change = [&]() -> Result<Value> {
    const StoredResource stored = TRY(ReadUnmanaged(*store_, id));
    Value spec = TRY(SpecOf(stored.live));
    spec.Set("environments", ListOfTexts(environments));
    TRY(ReplaceUnmanaged(*store_, id, std::move(spec), action,
                         {options_.clock->Now(), ActorOf(caller)}));
    const ProjectResource now = TRY(ReadProject(*store_, project.name));
    Value shown;
    shown.Set("projectId", now.uid);
    shown.Set("version", TRY(SchemaVersionOf(now)));
    shown.Set("environments", ListOfTexts(now.environments));
    return shown;
  };
  auto done = change();
  if (!done) return ToldOf(done.error());
  return *std::move(done);
}

ProjectResult<Value> ProjectStore::AddEnvironment(const Principal& caller,
                                                  const std::string& name,
                                                  const Value& body) {
  const auto project = Find(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto added = NameIn(body, "name");
  if (!added) return tl::unexpected<ProjectError>(added.error());
  if (IsOf(project->environments, *added)) {
    return Refuse(409, "environment/exists", "the project has it already");
  }
  if (project->environments.size() >= kMostEnvironments) {
    return Refuse(400, "request/invalid_body",
                  "a project has at most 20 environments");
  }
  std::vector<std::string> environments = project->environments;
  environments.push_back(*added);
  return ReplaceEnvironments(caller, *project, environments,
                             "environment.create");
}

Status ProjectStore::RenameInKey(const ResourceId& key, const std::string& from,
                                 const std::string& to,
                                 const std::string& actor) {
  const StoredResource stored = TRY(ReadUnmanaged(*store_, key));
  Value spec = TRY(SpecOf(stored.live));
  for (Value& name : spec.Find("environments")->MutableList()) {
    if (name.IsString() && name.AsString() == from) name = Value(to);
  }
  return ReplaceUnmanaged(*store_, key, std::move(spec), "secret.retype",
                          {options_.clock->Now(), actor});
}

ProjectResult<Value> ProjectStore::RenameEnvironment(const Principal& caller,
                                                     const std::string& name,
                                                     const Value& body) {
  const auto project = FindOwn(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto from = NameOfOne(*project, body);
  if (!from) return tl::unexpected<ProjectError>(from.error());
  const auto to = NameIn(body, "to");
  if (!to) return tl::unexpected<ProjectError>(to.error());
  if (IsOf(project->environments, *to)) {
    return Refuse(409, "environment/exists", "the project has it already");
  }
  const auto use = UseOf(*project, *from);
  if (!use) return ToldOf(use.error());
  if (use->has_values) return NotEmpty();
  // Whatever git owns is refused before anything is changed.
  std::vector<ResourceId> changed = use->named_by;
  changed.emplace_back("Project", project->name);
  for (const ResourceId& id : changed) {
    const auto unmanaged = ReadUnmanaged(*store_, id);
    if (!unmanaged) return ToldOf(unmanaged.error());
  }
  std::vector<std::string> environments = project->environments;
  std::replace(environments.begin(), environments.end(), *from, *to);
  auto renamed =
      ReplaceEnvironments(caller, *project, environments, "environment.rename");
  if (!renamed) return renamed;
  for (const ResourceId& key : use->named_by) {
    const Status done = RenameInKey(key, *from, *to, ActorOf(caller));
    if (!done) return ToldOf(done.error());
  }
  return renamed;
}

ProjectResult<Value> ProjectStore::RemoveEnvironment(const Principal& caller,
                                                     const std::string& name,
                                                     const Value& body) {
  const auto project = FindOwn(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto removed = NameOfOne(*project, body);
  if (!removed) return tl::unexpected<ProjectError>(removed.error());
  const auto use = UseOf(*project, *removed);
  if (!use) return ToldOf(use.error());
  if (use->has_values || !use->named_by.empty()) return NotEmpty();
  if (project->environments.size() == 1) {
    return Refuse(409, "environment/not_empty",
                  "a project keeps one environment at least");
  }
  std::vector<std::string> environments = project->environments;
  std::erase(environments, *removed);
  return ReplaceEnvironments(caller, *project, environments,
                             "environment.delete");
}

}  // namespace writ::reconciler::gateway
