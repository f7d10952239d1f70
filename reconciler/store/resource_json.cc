#include "reconciler/store/resource_json.h"

#include <optional>
#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

std::int64_t Micros(Timestamp at) { return at.time_since_epoch().count(); }

Timestamp FromMicros(std::int64_t micros) {
  return Timestamp(Timestamp::duration(micros));
}

std::int64_t IntegerAt(const Value& value, std::string_view key) {
  const Value* found = value.Find(key);
  return found != nullptr && found->IsInteger() ? found->AsInteger() : 0;
}

bool BooleanAt(const Value& value, std::string_view key) {
  const Value* found = value.Find(key);
  return found != nullptr && found->IsBoolean() && found->AsBoolean();
}

std::string TextAt(const Value& value, std::string_view key) {
  return std::string(value.FindString(key));
}

Value ProvenanceToValue(const engine::Provenance& provenance) {
  Value value;
  value.Set("author", provenance.author);
  value.Set("column", std::int64_t{provenance.column});
  value.Set("commit", provenance.commit);
  value.Set("file", provenance.file);
  value.Set("line", std::int64_t{provenance.line});
  value.Set("subject", provenance.subject);
  return value;
}

engine::Provenance ProvenanceFromValue(const Value* value) {
  engine::Provenance provenance;
  if (value == nullptr) return provenance;
  provenance.author = TextAt(*value, "author");
  provenance.column = static_cast<std::uint32_t>(IntegerAt(*value, "column"));
  provenance.commit = TextAt(*value, "commit");
  provenance.file = TextAt(*value, "file");
  provenance.line = static_cast<std::uint32_t>(IntegerAt(*value, "line"));
  provenance.subject = TextAt(*value, "subject");
  return provenance;
}

tl::unexpected<Error> Damaged() {
  return Fail(ErrorCode::kCorrupt, "a deleted resource can't be read");
}

Result<ResourceId> AddressOf(std::string_view text) {
  std::optional<ResourceId> id = ResourceId::Parse(text);
  if (!id) return Damaged();
  return *std::move(id);
}

Result<Digest> DigestOf(const Value& value, std::string_view key) {
  const std::optional<Digest> digest = ParseDigestHex(value.FindString(key));
  if (!digest) return Damaged();
  return *digest;
}

Status ReadLists(const Value& value, StoredResource& stored) {
  const Value* references = value.Find("references");
  const Value* edges = value.Find("timeEdges");
  if (references == nullptr || !references->IsList()) return Damaged();
  if (edges == nullptr || !edges->IsList()) return Damaged();
  for (const Value& target : references->AsList()) {
    if (!target.IsString()) return Damaged();
    stored.references.push_back(TRY(AddressOf(target.AsString())));
  }
  for (const Value& at : edges->AsList()) {
    if (!at.IsInteger()) return Damaged();
    stored.time_edges.push_back(FromMicros(at.AsInteger()));
  }
  return {};
}

}  // namespace

std::string ResourceToJson(const StoredResource& stored) {
  const engine::LiveResource& live = stored.live;
  Value value;
  value.Set("address", live.id.address());
  value.Set("applied", live.applied);
  if (live.changed_at) value.Set("changedAt", Micros(*live.changed_at));
  value.Set("changedBy", live.changed_by);
  value.Set("content", live.content);
  value.Set("contentDigest", live.content_digest.Hex());
  value.Set("desiredDigest", live.desired_digest.Hex());
  value.Set("file", stored.file);
  value.Set("forgetOnDelete", live.forget_on_delete);
  value.Set("generation", live.generation);
  value.Set("implied", live.implied);
  if (live.owner) value.Set("owner", *live.owner);
  if (!live.parent.empty()) value.Set("parent", live.parent.address());
  value.Set("protect", live.protect);
  value.Set("provenance", ProvenanceToValue(live.provenance));
  Value::List references;
  for (const ResourceId& target : stored.references) {
    references.emplace_back(target.address());
  }
  value.Set("references", std::move(references));
  value.Set("settled", stored.settled);
  value.Set("status", live.status);
  Value::List edges;
  for (const Timestamp at : stored.time_edges) edges.emplace_back(Micros(at));
  value.Set("timeEdges", std::move(edges));
  value.Set("uid", live.uid);
  return CanonicalJson(value);
}

Result<StoredResource> ResourceFromJson(std::string_view json) {
  const Value value = TRY(ParseJson(json));
  if (!value.IsMap()) return Damaged();
  StoredResource stored;
  engine::LiveResource& live = stored.live;
  live.id = TRY(AddressOf(value.FindString("address")));
  if (value.Find("parent") != nullptr) {
    live.parent = TRY(AddressOf(value.FindString("parent")));
  }
  if (value.Find("owner") != nullptr) live.owner = TextAt(value, "owner");
  if (value.Find("changedAt") != nullptr) {
    live.changed_at = FromMicros(IntegerAt(value, "changedAt"));
  }
  live.applied = TextAt(value, "applied");
  live.changed_by = TextAt(value, "changedBy");
  live.content = TextAt(value, "content");
  live.content_digest = TRY(DigestOf(value, "contentDigest"));
  live.desired_digest = TRY(DigestOf(value, "desiredDigest"));
  live.forget_on_delete = BooleanAt(value, "forgetOnDelete");
  live.generation = IntegerAt(value, "generation");
  live.implied = BooleanAt(value, "implied");
  live.protect = BooleanAt(value, "protect");
  live.provenance = ProvenanceFromValue(value.Find("provenance"));
  live.status = TextAt(value, "status");
  live.uid = TextAt(value, "uid");
  stored.file = TextAt(value, "file");
  stored.settled = BooleanAt(value, "settled");
  TRY(ReadLists(value, stored));
  return stored;
}

}  // namespace writ::reconciler
