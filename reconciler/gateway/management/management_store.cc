#include "reconciler/gateway/management/management_store.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "reconciler/credentials/issue.h"
#include "reconciler/store/live_spec.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {
namespace {

// S-14: "vela_live_abc1..."
constexpr std::size_t kHintSize = 14;
constexpr char kSchema[] = "EventSchema";

// Keeps the value that it is given, for one answer.
class AnswerSink final : public TokenSink {
 public:
  Status Put(const ResourceId& /*token*/, const SecretValue& value) override {
    value_ = std::string(value.Reveal());
    return {};
  }
  std::string Name() const override { return "the answer"; }
  std::string Take() { return std::move(value_); }

 private:
  std::string value_;
};

std::string HintOf(const CredentialRecord& record) {
  return record.hint.substr(0, kHintSize) + "...";
}

Result<Value> SchemaToValue(const engine::LiveResource& app,
                            const engine::LiveResource& row) {
  const Value spec = TRY(SpecOf(row));
  Value schema;
  schema.Set("id", row.uid);
  schema.Set("appId", app.uid);
  schema.Set("eventName", std::string(row.id.name()));
  CopyIfThere(spec, "description", schema);
  CopyIfThere(spec, "fields", schema);
  CopyIfThere(spec, "metadataFields", schema);
  if (row.changed_at) schema.Set("updatedAt", FormatTimestamp(*row.changed_at));
  return schema;
}

Value SecretToValue(const CredentialRecord& record) {
  Value secret;
  secret.Set("id", record.id);
  secret.Set("label", std::string(record.token.name()));
  secret.Set("keyPrefix", HintOf(record));
  secret.Set("createdAt", FormatTimestamp(record.issued_at));
  return secret;
}

constexpr std::string_view kSchemaKeys[] = {"eventName", "description",
                                            "fields", "metadataFields"};
constexpr std::string_view kAppKeys[] = {"name", "slug"};
constexpr std::string_view kSecretKeys[] = {"label"};

}  // namespace

ManagementStore::ManagementStore(const ManagementOptions& options,
                                 std::unique_ptr<StateStore> store,
                                 KeyRing keys)
    : options_(options),
      store_(std::move(store)),
      keys_(std::move(keys)),
      scope_(*store_, *options_.clock) {
  credentials_.emplace(*store_, &keys_, *options_.clock, *options_.random);
}

Result<std::unique_ptr<ManagementStore>> ManagementStore::Open(
    const ManagementOptions& options, const KeyRing& keys) {
  OpenOptions open;
  open.folder = options.folder;
  open.mode = OpenMode::kReadWrite;
  open.clock = options.clock;
  open.random = options.random;
  auto store = TRY(StateStore::Open(open));
  KeyRing own = TRY(keys.Refreshed(store->secrets()));
  return std::unique_ptr<ManagementStore>(
      new ManagementStore(options, std::move(store), std::move(own)));
}

// A rekey may have made a generation since.
Status ManagementStore::RefreshKeys() {
  keys_ = TRY(keys_.Refreshed(store_->secrets()));
  return {};
}

Result<Value> ManagementStore::AppToValue(const engine::LiveResource& app) {
  const Value spec = TRY(SpecOf(app));
  Value value;
  value.Set("id", app.uid);
  const std::string display(spec.FindString("displayName"));
  value.Set("name", display.empty() ? std::string(app.id.name()) : display);
  value.Set("slug", std::string(spec.FindString("slug")));
  if (app.changed_at) value.Set("updatedAt", FormatTimestamp(*app.changed_at));
  for (const ResourceId& token : TRY(scope_.ChildrenOf(app.id, "Token"))) {
    for (const auto& record : TRY(store_->credentials().ReadOf(token))) {
      if (record.status != CredentialStatus::kActive) continue;
      value.Set("apiKeyHint", HintOf(record));
      value.Set("apiKeyPrefix", record.hint.substr(0, kHintSize));
      return value;
    }
  }
  value.Set("apiKeyHint", Value());
  return value;
}

Result<Value> ManagementStore::ListApps(const Principal& caller) {
  const engine::LiveResource workspace = TRY(scope_.FindWorkspace(caller));
  Value::List apps;
  for (const engine::LiveResource& row : TRY(store_->ReadKind("App"))) {
    if (row.parent != workspace.id) continue;
    apps.push_back(TRY(AppToValue(row)));
  }
  return Value(std::move(apps));
}

Result<Value> ManagementStore::GetApp(const Principal& caller,
                                      const std::string& app) {
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  return AppToValue(row);
}

Result<ManagementStore::Issued> ManagementStore::Issue(const ResourceId& token,
                                                       const Author& author) {
  TRY(RefreshKeys());
  AnswerSink sink;
  CredentialRecord record =
      TRY(IssueToken(*store_, *credentials_, {token}, author, sink));
  return Issued{std::move(record), sink.Take()};
}

Result<Value> ManagementStore::CreateApp(const Principal& caller,
                                         const Value& body) {
  TRY(CheckKeys(body, kAppKeys));
  const std::string name = TRY(TextAt(body, "name"));
  const engine::LiveResource workspace = TRY(scope_.FindWorkspace(caller));
  std::string slug = SlugOf(name);
  if (body.Find("slug") != nullptr) slug = TRY(TextAt(body, "slug"));
  if (slug.empty()) {
    return Fail(ErrorCode::kConflict, "no slug follows from the name");
  }
  Value app_spec;
  app_spec.Set("workspace", std::string(workspace.id.name()));
  app_spec.Set("displayName", name);
  const Resource app = TRY(ParseUnmanaged(
      UnmanagedDocument(ResourceId("App", slug), std::move(app_spec))));
  Value token_spec;
  token_spec.Set("type", "apiKey");
  token_spec.Set("app", slug);
  const ResourceId token("Token", slug, "default");
  const Resource key =
      TRY(ParseUnmanaged(UnmanagedDocument(token, std::move(token_spec))));
  const Author author = scope_.AuthorOf(caller);
  const Authorship by{options_.clock->Now(), author.actor};
  TRY(CreateUnmanaged(*store_, app, "app.create", by));
  TRY(CreateUnmanaged(*store_, key, "token.create", by));
  Issued issued = TRY(Issue(token, author));
  Value created;
  created.Set("apiKey", std::move(issued.value));
  created.Set("app", TRY(GetApp(caller, slug)));
  return created;
}

Result<Value> ManagementStore::ChangeApp(const Principal& caller,
                                         const std::string& app,
                                         const Value& body) {
  TRY(CheckKeys(body, kAppKeys));
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  TRY(scope_.MayChange(row, row.id));
  Value spec = TRY(SpecOf(row));
  if (body.Find("name") != nullptr) {
    spec.Set("displayName", TRY(TextAt(body, "name")));
  }
  if (body.Find("slug") != nullptr) spec.Set("slug", TRY(TextAt(body, "slug")));
  TRY(scope_.Replace(row, row.id, std::move(spec), "app.change",
                     scope_.AuthorOf(caller)));
  return GetApp(caller, row.uid);
}

Result<Value> ManagementStore::DeleteApp(const Principal& caller,
                                         const std::string& app) {
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  TRY(ReadUnmanaged(*store_, row.id));
  const auto children = TRY(scope_.ChildrenOf(row.id, ""));
  for (const ResourceId& child : children) TRY(ReadUnmanaged(*store_, child));
  const Author author = scope_.AuthorOf(caller);
  const auto remove = [&](WriteTransaction& transaction) -> Status {
    for (const ResourceId& child : children) {
      const auto stored = TRY(store_->ReadStored(child));
      if (!stored) continue;
      if (child.kind() == "Token") {
        TRY(credentials_->RevokeAll(transaction, child, stored->live.uid,
                                    author));
      }
      TRY(transaction.Delete(child, stored->live.generation));
    }
    TRY(transaction.Delete(row.id, row.generation));
    AuditEntry entry;
    entry.at = options_.clock->Now();
    entry.actor = author.actor;
    entry.action = "app.delete";
    entry.subject = row.id.address();
    entry.details = "{}";
    return transaction.AppendAudit(entry);
  };
  TRY(Transact(*store_, "", remove));
  return Value();
}

Status ManagementStore::RevokeActive(const std::vector<ResourceId>& tokens,
                                     const std::optional<std::string>& but,
                                     const Author& author) {
  return Transact(*store_, "", [&](WriteTransaction& transaction) -> Status {
    for (const ResourceId& token : tokens) {
      for (const auto& record : TRY(store_->credentials().ReadOf(token))) {
        if (record.status == CredentialStatus::kRevoked || record.id == but) {
          continue;
        }
        TRY(credentials_->Revoke(transaction, record.id, author));
      }
    }
    return {};
  });
}

Result<Value> ManagementStore::RotateKey(const Principal& caller,
                                         const std::string& app) {
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  const auto tokens = TRY(scope_.ChildrenOf(row.id, "Token"));
  if (tokens.empty()) return NoSuch("key");
  const Author author = scope_.AuthorOf(caller);
  // At most one stays while the new one is made, so that there is room for it.
  std::optional<std::string> newest;
  for (const auto& record : TRY(store_->credentials().ReadOf(tokens.front()))) {
    if (record.status != CredentialStatus::kActive) continue;
    newest = record.id;
    break;
  }
  TRY(RevokeActive(tokens, newest, author));
  Issued issued = TRY(Issue(tokens.front(), author));
  TRY(RevokeActive(tokens, issued.record.id, author));
  Value rotated;
  rotated.Set("apiKey", std::move(issued.value));
  rotated.Set("app", TRY(GetApp(caller, row.uid)));
  return rotated;
}

Result<Value> ManagementStore::ListSchemas(const Principal& caller,
                                           const std::string& app) {
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  const auto children = TRY(scope_.ChildrenOf(row.id, kSchema));
  Value::List schemas;
  for (const auto& schema : TRY(store_->ReadResources(children))) {
    schemas.push_back(TRY(SchemaToValue(row, schema)));
  }
  return Value(std::move(schemas));
}

Result<Value> ManagementStore::GetSchema(const Principal& caller,
                                         const std::string& app,
                                         const std::string& event) {
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  const engine::LiveResource schema =
      TRY(scope_.FindChild(row.id, kSchema, event, "schema"));
  return SchemaToValue(row, schema);
}

Result<Value> ManagementStore::CreateSchema(const Principal& caller,
                                            const std::string& app,
                                            const Value& body) {
  TRY(CheckKeys(body, kSchemaKeys));
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  const std::string event = TRY(TextAt(body, "eventName"));
  Value spec;
  spec.Set("app", std::string(row.id.name()));
  for (const char* key : {"description", "fields", "metadataFields"}) {
    CopyIfThere(body, key, spec);
  }
  TRY(scope_.Create(ResourceId(kSchema, row.id.name(), event), std::move(spec),
                    "schema.create", scope_.AuthorOf(caller)));
  return GetSchema(caller, app, event);
}

Result<Value> ManagementStore::ChangeSchema(const Principal& caller,
                                            const std::string& app,
                                            const std::string& schema,
                                            const Value& body) {
  TRY(CheckKeys(body, kSchemaKeys));
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  const engine::LiveResource old =
      TRY(scope_.FindChild(row.id, kSchema, schema, "schema"));
  TRY(scope_.MayChange(row, old.id));
  if (body.Find("eventName") != nullptr &&
      TRY(TextAt(body, "eventName")) != old.id.name()) {
    return Fail(ErrorCode::kInvalidArgument,
                "an event's name can't be changed; make another schema");
  }
  Value spec = TRY(SpecOf(old));
  for (const char* key : {"description", "fields", "metadataFields"}) {
    CopyIfThere(body, key, spec);
  }
  TRY(scope_.Replace(row, old.id, std::move(spec), "schema.change",
                     scope_.AuthorOf(caller)));
  return GetSchema(caller, app, old.uid);
}

Result<Value> ManagementStore::DeleteSchema(const Principal& caller,
                                            const std::string& app,
                                            const std::string& schema) {
  const engine::LiveResource row = TRY(scope_.FindApp(caller, app));
  const engine::LiveResource old =
      TRY(scope_.FindChild(row.id, kSchema, schema, "schema"));
  TRY(scope_.Remove(old.id, "schema.delete", scope_.AuthorOf(caller)));
  return Value();
}

Result<Value> ManagementStore::ListSecrets(const Principal& caller) {
  const engine::LiveResource workspace = TRY(scope_.FindWorkspace(caller));
  Value::List secrets;
  for (const ResourceId& token :
       TRY(scope_.ChildrenOf(workspace.id, "Token"))) {
    for (const auto& record : TRY(store_->credentials().ReadOf(token))) {
      if (record.family != "vela_cs_" ||
          record.status != CredentialStatus::kActive) {
        continue;
      }
      secrets.push_back(SecretToValue(record));
    }
  }
  return Value(std::move(secrets));
}

Result<Value> ManagementStore::CreateSecret(const Principal& caller,
                                            const Value& body) {
  TRY(CheckKeys(body, kSecretKeys));
  const std::string label = TRY(TextAt(body, "label"));
  const engine::LiveResource workspace = TRY(scope_.FindWorkspace(caller));
  const std::string workspace_name(workspace.id.name());
  const ResourceId id("Token", workspace_name, SlugOf(label));
  Value spec;
  spec.Set("type", "clientSecret");
  spec.Set("workspace", workspace_name);
  spec.Set("label", label);
  const Resource token =
      TRY(ParseUnmanaged(UnmanagedDocument(id, std::move(spec))));
  const Author author = scope_.AuthorOf(caller);
  TRY(CreateUnmanaged(*store_, token, "token.create",
                      {options_.clock->Now(), author.actor}));
  Issued issued = TRY(Issue(id, author));
  Value created = SecretToValue(issued.record);
  created.Set("clientSecret", std::move(issued.value));
  return created;
}

Result<Value> ManagementStore::RevokeSecret(const Principal& caller,
                                            const std::string& credential) {
  const engine::LiveResource workspace = TRY(scope_.FindWorkspace(caller));
  const auto record = TRY(store_->credentials().FindById(credential));
  if (!record || record->family != "vela_cs_" ||
      record->token.parent() != workspace.id.name()) {
    return NoSuch("client secret");
  }
  const Author author = scope_.AuthorOf(caller);
  const auto revoke = [&](WriteTransaction& transaction) -> Status {
    TRY(credentials_->Revoke(transaction, credential, author));
    return credentials_->UpdateTokenStatus(transaction, record->token);
  };
  TRY(Transact(*store_, "", revoke));
  return Value();
}

}  // namespace writ::reconciler::gateway
