#include "manifests/overlay.h"

#include <algorithm>

#include "manifests/document.h"
#include "schema/kind.h"

namespace writ::manifests {
namespace {

const Field* ItemOf(const Field* field) {
  return field == nullptr ? nullptr : field->item.get();
}

const Field* MemberOf(const Field* field, const std::string& name) {
  if (field == nullptr) return nullptr;
  if (field->type == FieldType::kObject) return field->Find(name);
  if (field->type == FieldType::kMap) return ItemOf(field);
  return nullptr;
}

const Field* SectionOf(const Kind& kind, const std::string& name) {
  if (name == "metadata") return &MetadataField();
  if (name == "lifecycle") return &LifecycleField();
  return name == "spec" ? &kind.spec : nullptr;
}

// False where the target was replaced as a whole.
bool Merge(Value& target, const Value& patch, const Field* field);

void MergeKeyed(Value::List& target, const Value::List& patch,
                const Field& field) {
  for (const Value& item : patch) {
    const std::string_view key = item.FindString(field.key);
    const auto same =
        std::find_if(target.begin(), target.end(), [&](const Value& candidate) {
          return !key.empty() && candidate.FindString(field.key) == key;
        });
    if (same == target.end()) {
      target.emplace_back();
      Merge(target.back(), item, ItemOf(&field));
    } else {
      Merge(*same, item, ItemOf(&field));
    }
  }
}

void MergeEntry(Value& target, const Value::Entry& entry, const Field* field) {
  if (entry.value.IsNull()) {
    target.Erase(entry.key);
    return;
  }
  Value::Map& map = target.MutableMap();
  auto present =
      std::find_if(map.begin(), map.end(),
                   [&](const Value::Entry& e) { return e.key == entry.key; });
  if (present == map.end()) {
    map.push_back({entry.key, entry.key_range, Value()});
    present = std::prev(map.end());
  }
  if (!Merge(present->value, entry.value, field)) {
    present->key_range = entry.key_range;
  }
}

bool Merge(Value& target, const Value& patch, const Field* field) {
  if (patch.IsList() && target.IsList() && field != nullptr &&
      field->list_style == ListStyle::kKeyed) {
    MergeKeyed(target.MutableList(), patch.AsList(), *field);
    return true;
  }
  if (!patch.IsMap()) {
    target = patch;
    return false;
  }
  const bool goes_on = target.IsMap();
  if (!goes_on) {
    target = Value(Value::Map{});
    target.set_range(patch.range());
  }
  for (const Value::Entry& entry : patch.AsMap()) {
    MergeEntry(target, entry, MemberOf(field, entry.key));
  }
  return goes_on;
}

void MergeDocument(Value& document, const Value& patch) {
  const Kind* kind = KindOf(document);
  if (!patch.IsMap() || !document.IsMap()) return;
  for (const Value::Entry& entry : patch.AsMap()) {
    MergeEntry(document, entry,
               kind == nullptr ? nullptr : SectionOf(*kind, entry.key));
  }
}

void ReadTarget(const Value& target, Patch& patch) {
  patch.target_range = target.range();
  if (const Value* address = target.Find("address")) {
    patch.target_range = address->range();
  }
  patch.address = target.FindString("address");
  patch.kind = target.FindString("kind");
  const Value* labels = target.Find("labels");
  if (labels == nullptr || !labels->IsMap()) return;
  for (const Value::Entry& label : labels->AsMap()) {
    patch.labels.emplace_back(label.key, label.value.IsString()
                                             ? label.value.AsString()
                                             : std::string());
  }
}

bool SameValue(const Value* a, const Value* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

struct Identity {
  std::string path;
  std::optional<Value> value;
};

// Copies: patching moves what IdentityOf points to.
std::vector<Identity> TakeIdentity(const Value& document) {
  std::vector<Identity> identity;
  for (const IdentityField& field : IdentityOf(document)) {
    identity.push_back({field.path, std::nullopt});
    if (field.value != nullptr) identity.back().value = *field.value;
  }
  return identity;
}

bool CheckIdentity(const Patch& patch, const std::vector<Identity>& before,
                   const Value& document, Reporter& reporter) {
  for (const Identity& field : before) {
    const Value* now = document.FindPath(field.path);
    const Value* then = field.value ? &*field.value : nullptr;
    if (SameValue(then, now)) continue;
    const bool written = now != nullptr && now->range().line != 0 &&
                         now->range().file == patch.range.file;
    reporter.Error("patch-identity", written ? now->range() : patch.range,
                   "a patch can't change " + field.path,
                   "it is what makes the resource the one it is");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Patch> ReadPatch(const Value& document, Reporter& reporter) {
  Patch patch;
  if (const Value* name = document.FindPath("metadata.name")) {
    patch.name = document.Find("metadata")->FindString("name");
    patch.range = name->range();
  }
  const Value* spec = document.Find("spec");
  if (spec == nullptr) return std::nullopt;
  if (const Value* target = spec->Find("target")) ReadTarget(*target, patch);
  if (const Value* merge = spec->Find("merge")) patch.merge = *merge;
  const Value* operations = spec->Find("json");
  if (operations == nullptr || !operations->IsList()) return patch;
  bool readable = true;
  for (const Value& written : operations->AsList()) {
    auto operation = ReadOperation(written, reporter);
    readable = readable && operation.has_value();
    if (operation) patch.operations.push_back(*std::move(operation));
  }
  if (!readable) return std::nullopt;
  return patch;
}

bool Means(const Patch& patch, const Value& document,
           const std::string& address) {
  if (!patch.address.empty()) return patch.address == address;
  if (document.FindString("kind") != patch.kind) return false;
  const Value* labels = document.FindPath("metadata.labels");
  return std::all_of(
      patch.labels.begin(), patch.labels.end(), [&](const auto& label) {
        const Value* value =
            labels == nullptr ? nullptr : labels->Find(label.first);
        return value != nullptr && value->IsString() &&
               value->AsString() == label.second;
      });
}

bool ApplyPatch(const Patch& patch, Value& document, Reporter& reporter) {
  const std::vector<Identity> before = TakeIdentity(document);
  if (patch.merge) MergeDocument(document, *patch.merge);
  for (const PatchOperation& operation : patch.operations) {
    if (!ApplyOperation(operation, document, reporter)) return false;
  }
  return CheckIdentity(patch, before, document, reporter);
}

}  // namespace writ::manifests
