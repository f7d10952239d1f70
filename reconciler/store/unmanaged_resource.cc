#include "reconciler/store/unmanaged_resource.h"

#include <utility>

#include "schema/diagnostic.h"
#include "schema/json.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

// As a manifest would say it, with another spec.
Result<Resource> ParseWithSpec(const engine::LiveResource& live, Value spec) {
  Value document = UnmanagedDocument(live.id, std::move(spec));
  const Value content = TRY(ParseJson(live.content));
  if (const Value* metadata = content.Find("metadata")) {
    for (const Value::Entry& entry : metadata->AsMap()) {
      document.Find("metadata")->Set(entry.key, entry.value);
    }
  }
  if (const Value* lifecycle = content.Find("lifecycle")) {
    document.Set("lifecycle", *lifecycle);
  }
  return ParseUnmanaged(std::move(document));
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

Value UnmanagedDocument(const ResourceId& id, Value spec) {
  Value metadata;
  metadata.Set("name", std::string(id.name()));
  Value document;
  document.Set("apiVersion", "writ/v1");
  document.Set("kind", std::string(id.kind()));
  document.Set("metadata", std::move(metadata));
  document.Set("spec", std::move(spec));
  return document;
}

Result<Resource> ParseUnmanaged(Value document) {
  const SourceFiles files = {"the command line"};
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  auto resource = ValidateDocument(std::move(document), reporter);
  if (resource) return *std::move(resource);
  std::string problem = "this can't be";
  if (!diagnostics.items().empty()) {
    problem = diagnostics.items().front().summary;
  }
  return Fail(ErrorCode::kInvalidArgument, std::move(problem));
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

void WriteContent(StoredResource& stored, std::string content,
                  const Authorship& by) {
  engine::LiveResource& live = stored.live;
  if (live.owner) {
    if (live.applied.empty()) live.applied = live.content;
    stored.settled = false;
  }
  live.content = std::move(content);
  live.changed_by = by.actor;
  live.changed_at = by.at;
}

Status CreateUnmanaged(StateStore& store, const Resource& resource,
                       const std::string& action, const Authorship& by) {
  StoredResource stored;
  stored.live.id = resource.id;
  stored.live.parent = resource.parent;
  WriteContent(stored, CanonicalJson(*resource.content), by);
  auto transaction = TRY(store.BeginWrite(""));
  TRY(transaction->Put(stored, 0));
  return Commit(*transaction, resource.id, action, by);
}

Status ReplaceUnmanaged(StateStore& store, const ResourceId& id, Value spec,
                        const std::string& action, const Authorship& by) {
  TRY(ReadUnmanaged(store, id));
  return ReplaceLive(store, id, std::move(spec), action, by);
}

Status ReplaceLive(StateStore& store, const ResourceId& id, Value spec,
                   const std::string& action, const Authorship& by) {
  auto transaction = TRY(store.BeginWrite(""));
  auto stored = TRY(store.ReadStored(id));
  if (!stored) return Fail(ErrorCode::kNotFound, id.address() + " is not live");
  const Resource resource = TRY(ParseWithSpec(stored->live, std::move(spec)));
  stored->live.parent = resource.parent;
  WriteContent(*stored, CanonicalJson(*resource.content), by);
  TRY(transaction->Put(*stored, stored->live.generation));
  return Commit(*transaction, id, action, by);
}

Status RemoveUnmanaged(StateStore& store, const ResourceId& id,
                       const std::string& action, const Authorship& by) {
  auto transaction = TRY(store.BeginWrite(""));
  const StoredResource stored = TRY(ReadUnmanaged(store, id));
  TRY(transaction->Delete(id, stored.live.generation));
  return Commit(*transaction, id, action, by);
}

}  // namespace writ::reconciler
