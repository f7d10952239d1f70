#include "reconciler/gateway/projects/project_store.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "reconciler/gateway/projects/project_access.h"
#include "reconciler/secrets/unmanaged_secret.h"
#include "reconciler/secrets/value_check.h"
#include "schema/json.h"
#include "schema/text_list.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kMaxKeys = 100;

// The error that kept a Result from being, as these paths tell it.
template <typename T>
tl::unexpected<ProjectError> Told(const Result<T>& result) {
  return tl::unexpected<ProjectError>(ProjectErrorOf(result.error()));
}

bool HasEnvironment(const std::vector<std::string>& names,
                    const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ProjectResult<std::string> EnvironmentIn(const ProjectResource& project,
                                         const std::string& environment) {
  if (environment.empty()) {
    return Refuse(400, "request/missing_environment",
                  "which environment? Say environment");
  }
  if (HasEnvironment(project.environments, environment)) return environment;
  return Refuse(404, "environment/unknown",
                "the project has no such environment");
}

// As JSON: what isn't of its type, since the type changed, is a string.
void AppendTyped(SecretType type, std::string_view value, std::string& out) {
  const bool raw =
      (type == SecretType::kBoolean && (value == "true" || value == "false")) ||
      (type == SecretType::kNumber && IsJsonNumber(value)) ||
      (type == SecretType::kJson && IsJson(value));
  if (raw) {
    out += value;
  } else {
    AppendQuotedJson(value, out);
  }
}

// What a JSON value says as text, for a secret of the type.
ProjectResult<SecretValue> ToText(SecretType type, const Value& value,
                                  const std::string& key) {
  const bool fits =
      value.IsString() || type == SecretType::kJson ||
      (type == SecretType::kBoolean && value.IsBoolean()) ||
      (type == SecretType::kNumber && (value.IsNumber() || value.IsInteger()));
  if (!fits) {
    return Refuse(400, "value/invalid",
                  key + " is a " + std::string(Name(type)));
  }
  SecretValue text = value.IsString() ? SecretValue::Copy(value.AsString())
                                      : SecretValue::Take(CanonicalJson(value));
  const Status checked = CheckSecretValue(type, text);
  if (!checked)
    return tl::unexpected<ProjectError>(ProjectErrorOf(checked.error()));
  return text;
}

// A key as a schema document has it.
struct KeySlot {
  std::string name;
  SecretType type = SecretType::kString;
  std::vector<std::string> scopes;   // names of environments
  std::vector<std::string> written;  // the same, or all
};

ProjectResult<KeySlot> ReadSlot(const std::string& name, const Value& spec,
                                const ProjectResource& project) {
  const Status named = CheckSecretKey(name);
  if (!named) return Refuse(400, "schema/invalid", named.error().message);
  KeySlot slot{name, SecretType::kString, {}, {}};
  const std::string type(spec.FindString("type"));
  slot.type = ParseSecretType(type);
  if (Name(slot.type) != type) {
    return Refuse(400, "schema/invalid",
                  name + ": type is string, boolean, number or json");
  }
  slot.scopes = TextsOf(spec.Find("scopes"));
  slot.written = slot.scopes;
  if (slot.scopes.empty() || slot.scopes == std::vector<std::string>{"all"}) {
    slot.scopes = project.environments;
    slot.written = {"all"};
  }
  for (const std::string& scope : slot.scopes) {
    if (HasEnvironment(project.environments, scope)) continue;
    return Refuse(400, "schema/invalid",
                  name + ": the project has no environment " + scope);
  }
  return slot;
}

// Moves with each change of the project or one of its keys.
std::int64_t VersionOf(const std::vector<engine::LiveResource>& rows) {
  std::int64_t version = 0;
  for (const engine::LiveResource& row : rows) version += row.generation;
  return version;
}

}  // namespace

ProjectStore::ProjectStore(ProjectStoreOptions options,
                           std::unique_ptr<StateStore> store, KeyRing keys)
    : options_(std::move(options)),
      store_(std::move(store)),
      keys_(std::move(keys)),
      http_(options_.host) {
  managed_.emplace(*store_, keys_, *options_.clock, *options_.random);
  reader_.emplace(
      *store_, &*managed_,
      SourceAccess{options_.host, *options_.clock, http_, options_.variable});
}

Result<std::unique_ptr<ProjectStore>> ProjectStore::Open(
    ProjectStoreOptions options, const KeyRing& keys) {
  OpenOptions open;
  open.folder = options.folder;
  open.mode = OpenMode::kReadWrite;
  open.clock = options.clock;
  open.random = options.random;
  auto store = TRY(StateStore::Open(open));
  KeyRing own = TRY(keys.Refreshed(store->secrets()));
  return std::unique_ptr<ProjectStore>(
      new ProjectStore(std::move(options), std::move(store), std::move(own)));
}

// A rekey may have made a generation since.
Status ProjectStore::RefreshKeys() {
  keys_ = TRY(keys_.Refreshed(store_->secrets()));
  return {};
}

Result<std::int64_t> ProjectStore::SchemaVersionOf(
    const ProjectResource& project) {
  std::vector<engine::LiveResource> rows = TRY(store_->ReadKind("Secret"));
  std::erase_if(rows, [&](const engine::LiveResource& row) {
    return row.id.parent() != project.name;
  });
  const ResourceId id("Project", project.name);
  for (engine::LiveResource& row :
       TRY(store_->ReadResources(std::span(&id, 1)))) {
    rows.push_back(std::move(row));
  }
  return VersionOf(rows);
}

ProjectResult<ProjectResource> ProjectStore::Find(const Principal& caller,
                                                  const std::string& project) {
  const auto projects = ReadProjects(*store_);
  if (!projects) return Told(projects);
  const auto found = std::find_if(projects->begin(), projects->end(),
                                  [&](const ProjectResource& one) {
                                    return one.uid == caller.rights.parent_uid;
                                  });
  if (found == projects->end() ||
      (found->name != project && found->uid != project)) {
    return InvalidKey();
  }
  const Status fresh = RefreshKeys();
  if (!fresh)
    return tl::unexpected<ProjectError>(ProjectErrorOf(fresh.error()));
  return *found;
}

Status ProjectStore::Audit(const Principal& caller, const std::string& action,
                           const std::string& subject,
                           const std::string& environment,
                           const std::vector<std::string>& keys) {
  Value details;
  details.Set("environment", environment);
  details.Set("keys", ListOfTexts(keys));
  AuditEntry entry;
  entry.at = options_.clock->Now();
  entry.actor = ActorOf(caller);
  entry.action = action;
  entry.subject = subject;
  entry.details = CanonicalJson(details);
  auto transaction = TRY(store_->BeginWrite(""));
  TRY(transaction->AppendAudit(entry));
  return transaction->Commit();
}

ProjectResult<std::string> ProjectStore::ReadConfig(
    const Principal& caller, const std::string& name,
    const std::string& environment) {
  const auto project = Find(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto where = EnvironmentIn(*project, environment);
  if (!where) return tl::unexpected<ProjectError>(where.error());
  const auto secrets = ReadSecretsOf(*store_, project->name);
  if (!secrets) return Told(secrets);
  std::string body = "{";
  std::vector<std::string> keys;
  for (const SecretResource& secret : *secrets) {
    if (!HasEnvironment(secret.environments, *where)) continue;
    const auto value = reader_->Read(secret, *where);
    if (!value && value.error().code == ErrorCode::kNotFound) continue;
    if (!value) return Told(value);
    if (body.size() > 1) body += ',';
    AppendQuotedJson(secret.key(), body);
    body += ':';
    AppendTyped(secret.type, value->Reveal(), body);
    keys.push_back(secret.key());
  }
  const Status audited =
      Audit(caller, "secret.read",
            ResourceId("Project", project->name).address(), *where, keys);
  if (!audited) {
    return tl::unexpected<ProjectError>(ProjectErrorOf(audited.error()));
  }
  return body + "}";
}

ProjectResult<Value> ProjectStore::ReadSchema(const Principal& caller,
                                              const std::string& name) {
  const auto project = Find(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto version = SchemaVersionOf(*project);
  if (!version) return Told(version);
  const auto secrets = ReadSecretsOf(*store_, project->name);
  if (!secrets) return Told(secrets);
  Value keys(Value::Map{});
  for (const SecretResource& secret : *secrets) {
    Value slot;
    slot.Set("type", Name(secret.type));
    slot.Set("scopes", ListOfTexts(secret.environments == project->environments
                                       ? std::vector<std::string>{"all"}
                                       : secret.environments));
    keys.Set(secret.key(), std::move(slot));
  }
  Value schema;
  schema.Set("projectId", project->uid);
  schema.Set("version", *version);
  schema.Set("environments", ListOfTexts(project->environments));
  schema.Set("keys", std::move(keys));
  return schema;
}

ProjectResult<Value> ProjectStore::PutSchema(const Principal& caller,
                                             const std::string& name,
                                             const Value& body) {
  const auto project = Find(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto version = SchemaVersionOf(*project);
  if (!version) return Told(version);
  const Value* asked = body.Find("version");
  if (asked != nullptr && asked->IsInteger() && asked->AsInteger() < *version) {
    return Refuse(409, "schema/version_conflict",
                  "the schema has version " + std::to_string(*version) +
                      "; read it again");
  }
  const Value* keys = body.Find("keys");
  if (keys == nullptr || !keys->IsMap()) {
    return Refuse(400, "schema/invalid", "keys is an object of keys");
  }
  for (const std::string& environment : TextsOf(body.Find("environments"))) {
    if (HasEnvironment(project->environments, environment)) continue;
    return Refuse(409, "environment/unknown",
                  "add the environment first: " + environment +
                      " is none of the project's");
  }
  std::vector<KeySlot> slots;
  for (const Value::Entry& entry : keys->AsMap()) {
    auto slot = ReadSlot(entry.key, entry.value, *project);
    if (!slot) return tl::unexpected<ProjectError>(slot.error());
    slots.push_back(*std::move(slot));
  }
  const Authorship by{options_.clock->Now(), ActorOf(caller)};
  for (const KeySlot& slot : slots) {
    const ResourceId id("Secret", project->name, slot.name);
    const NewSecret wanted{std::string(Name(slot.type)), "", slot.written};
    const auto secret = ReadSecret(*store_, id);
    Status done;
    if (!secret) {
      done = CreateUnmanagedSecret(*store_, id, wanted, by);
    } else if (secret->type != slot.type ||
               secret->environments != slot.scopes) {
      done = RetypeUnmanagedSecret(*store_, id, wanted, by);
    }
    if (!done)
      return tl::unexpected<ProjectError>(ProjectErrorOf(done.error()));
  }
  return ReadSchema(caller, name);
}

ProjectResult<Value> ProjectStore::PutSecrets(const Principal& caller,
                                              const std::string& name,
                                              const Value& body) {
  const auto project = Find(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto where =
      EnvironmentIn(*project, std::string(body.FindString("environment")));
  if (!where) return tl::unexpected<ProjectError>(where.error());
  const Value* secrets = body.Find("secrets");
  if (secrets == nullptr || !secrets->IsMap() || secrets->AsMap().empty() ||
      secrets->AsMap().size() > kMaxKeys) {
    return Refuse(400, "request/invalid_body",
                  "secrets is an object of 1 to 100 keys");
  }
  struct Write {
    ResourceId id;
    SecretValue value;
  };
  std::vector<Write> writes;
  for (const Value::Entry& entry : secrets->AsMap()) {
    const ResourceId id("Secret", project->name, entry.key);
    const auto secret = ReadSecret(*store_, id);
    if (!secret) {
      return Refuse(400, "key/unknown", "the project has no key " + entry.key);
    }
    if (!HasEnvironment(secret->environments, *where)) {
      return Refuse(400, "key/out_of_scope",
                    entry.key + " has no values in " + *where);
    }
    if (!secret->is_managed()) {
      return Refuse(400, "value/invalid",
                    entry.key + " is read from outside: " + secret->source);
    }
    auto text = ToText(secret->type, entry.value, entry.key);
    if (!text) return tl::unexpected<ProjectError>(text.error());
    writes.push_back({id, *std::move(text)});
  }
  Value versions(Value::Map{});
  Value::List changed;
  for (const Write& write : writes) {
    const auto written =
        managed_->Set({write.id, *where}, write.value, ActorOf(caller));
    if (!written) return Told(written);
    versions.Set(std::string(write.id.name()), written->version);
    if (written->changed) changed.emplace_back(write.id.name());
  }
  Value done;
  done.Set("changed", std::move(changed));
  done.Set("environment", *where);
  done.Set("versions", std::move(versions));
  return done;
}

ProjectResult<Value> ProjectStore::RemoveSecrets(const Principal& caller,
                                                 const std::string& name,
                                                 const Value& body) {
  const auto project = Find(caller, name);
  if (!project) return tl::unexpected<ProjectError>(project.error());
  const auto where =
      EnvironmentIn(*project, std::string(body.FindString("environment")));
  if (!where) return tl::unexpected<ProjectError>(where.error());
  const std::vector<std::string> keys = TextsOf(body.Find("keys"));
  if (keys.empty() || keys.size() > kMaxKeys) {
    return Refuse(400, "request/invalid_body", "keys is a list of 1 to 100");
  }
  for (const std::string& key : keys) {
    const ResourceId id("Secret", project->name, key);
    if (ReadSecret(*store_, id)) continue;
    return Refuse(400, "key/unknown", "the project has no key " + key);
  }
  Value::List removed;
  for (const std::string& key : keys) {
    const auto destroyed = managed_->Unset(
        {ResourceId("Secret", project->name, key), *where}, ActorOf(caller));
    if (destroyed) removed.emplace_back(key);
    const bool had_none =
        !destroyed && destroyed.error().code == ErrorCode::kNotFound;
    if (!destroyed && !had_none) return Told(destroyed);
  }
  Value done;
  done.Set("environment", *where);
  done.Set("removed", std::move(removed));
  return done;
}

ProjectResult<Value> ProjectStore::ListProjects(const Principal& caller) {
  const auto rows = store_->ReadKind("Project");
  if (!rows) return Told(rows);
  Value::List projects;
  for (const engine::LiveResource& row : *rows) {
    const auto workspace = store_->ReadStored(row.parent);
    if (!workspace) return Told(workspace);
    if (!*workspace || (*workspace)->live.uid != caller.rights.parent_uid) {
      continue;
    }
    Value project;
    project.Set("publicId", row.uid);
    project.Set("name", std::string(row.id.name()));
    project.Set("organization", std::string(row.parent.name()));
    projects.push_back(std::move(project));
  }
  Value list;
  list.Set("projects", std::move(projects));
  return list;
}

ProjectResult<Value> ProjectStore::CreateProject(const Principal& caller,
                                                 const Value& body) {
  const auto workspaces = store_->ReadKind("Workspace");
  if (!workspaces) return Told(workspaces);
  const auto own = std::find_if(workspaces->begin(), workspaces->end(),
                                [&](const engine::LiveResource& row) {
                                  return row.uid == caller.rights.parent_uid;
                                });
  if (own == workspaces->end()) return InvalidKey();
  const ResourceId id("Project", body.FindString("name"));
  Value spec;
  spec.Set("workspace", std::string(own->id.name()));
  const auto resource = ParseUnmanaged(UnmanagedDocument(id, std::move(spec)));
  if (!resource) {
    return Refuse(400, "request/invalid_body", resource.error().message);
  }
  const Status done = CreateUnmanaged(*store_, *resource, "project.create",
                                      {options_.clock->Now(), ActorOf(caller)});
  if (!done && done.error().code == ErrorCode::kConflict) {
    return Refuse(409, "project/exists", "there is a project of that name");
  }
  if (!done) return tl::unexpected<ProjectError>(ProjectErrorOf(done.error()));
  const auto stored = store_->ReadStored(id);
  if (!stored) return Told(stored);
  Value project;
  project.Set("publicId", *stored ? (*stored)->live.uid : std::string());
  project.Set("name", std::string(id.name()));
  project.Set("organization", std::string(own->id.name()));
  return project;
}

}  // namespace writ::reconciler::gateway
