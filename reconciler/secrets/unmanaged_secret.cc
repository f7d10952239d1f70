#include "reconciler/secrets/unmanaged_secret.h"

#include <optional>
#include <utility>

#include "schema/diagnostic.h"
#include "schema/json.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

Value DocumentOf(const ResourceId& id, const NewSecret& secret) {
  Value metadata;
  metadata.Set("name", std::string(id.name()));
  Value spec;
  spec.Set("project", std::string(id.parent()));
  spec.Set("type", secret.type);
  if (!secret.description.empty()) spec.Set("description", secret.description);
  Value document;
  document.Set("apiVersion", "writ/v1");
  document.Set("kind", "Secret");
  document.Set("metadata", std::move(metadata));
  document.Set("spec", std::move(spec));
  return document;
}

// Judged as a manifest would be.
Result<Resource> ToResource(const ResourceId& id, const NewSecret& secret) {
  const SourceFiles files = {"the command line"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  auto resource = ValidateDocument(DocumentOf(id, secret), reporter);
  if (resource) return *std::move(resource);
  std::string problem = id.address() + " can't be";
  if (!diagnostics.items().empty()) {
    problem = diagnostics.items().front().summary;
  }
  return Fail(ErrorCode::kInvalidArgument, std::move(problem));
}

void Write(StoredResource& stored, const Value& content, const Authorship& by) {
  stored.live.content = CanonicalJson(content);
  stored.live.changed_by = by.actor;
  stored.live.changed_at = by.at;
}

Result<StoredResource> ReadUnmanaged(StateStore& store, const ResourceId& id) {
  auto stored = TRY(store.ReadStored(id));
  if (!stored) {
    return Fail(ErrorCode::kNotFound, id.address() + " is not live");
  }
  if (!stored->live.owner) return *std::move(stored);
  const engine::Provenance& from = stored->live.provenance;
  return Fail(ErrorCode::kConflict,
              id.address() + " is declared by " + *stored->live.owner + " at " +
                  from.file + ":" + std::to_string(from.line),
              "change it there, and apply");
}

Status Commit(WriteTransaction& transaction, const ResourceId& id,
              const std::string& action, const Authorship& by) {
  AuditEntry entry;
  entry.at = by.at;
  entry.actor = by.actor;
  entry.action = action;
  entry.subject = id.address();
  entry.details = "{}";
  TRY(transaction.AppendAudit(entry));
  return transaction.Commit();
}

}  // namespace

Status CreateUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const NewSecret& secret, const Authorship& by) {
  const Resource resource = TRY(ToResource(id, secret));
  StoredResource stored;
  stored.live.id = id;
  stored.live.parent = resource.parent;
  Write(stored, *resource.content, by);
  auto transaction = TRY(store.BeginWrite(""));
  TRY(transaction->Put(stored, 0));
  return Commit(*transaction, id, "secret.create", by);
}

Status DescribeUnmanagedSecret(StateStore& store, const ResourceId& id,
                               const std::string& description,
                               const Authorship& by) {
  auto transaction = TRY(store.BeginWrite(""));
  StoredResource stored = TRY(ReadUnmanaged(store, id));
  Value content = TRY(ParseJson(stored.live.content));
  TRY(ToResource(id, {"string", description}));
  if (Value* spec = content.Find("spec")) spec->Set("description", description);
  Write(stored, content, by);
  TRY(transaction->Put(stored, stored.live.generation));
  return Commit(*transaction, id, "secret.describe", by);
}

Status RemoveUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const Authorship& by) {
  auto transaction = TRY(store.BeginWrite(""));
  const StoredResource stored = TRY(ReadUnmanaged(store, id));
  TRY(transaction->Delete(id, stored.live.generation));
  return Commit(*transaction, id, "secret.remove", by);
}

}  // namespace writ::reconciler
