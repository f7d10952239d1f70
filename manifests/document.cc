#include "manifests/document.h"

#include <cstddef>

namespace writ::manifests {
namespace {

// A parent is written as a name, or as an address whose last part it is.
std::string_view NameIn(std::string_view reference) {
  const std::size_t slash = reference.rfind('/');
  return slash == std::string_view::npos ? reference
                                         : reference.substr(slash + 1);
}

std::string_view ParentOf(const Kind& kind, const Value& document) {
  const Value* spec = document.Find("spec");
  if (spec == nullptr) return {};
  for (const std::string& field : kind.parent_fields) {
    const std::string_view parent = spec->FindString(field);
    if (!parent.empty()) return NameIn(parent);
  }
  return {};
}

}  // namespace

const Kind* KindOf(const Value& document) {
  return FindKind(document.FindString("kind"));
}

std::string AddressOf(const Value& document) {
  const Kind* kind = KindOf(document);
  const Value* metadata = document.Find("metadata");
  if (kind == nullptr || metadata == nullptr) return {};
  const std::string_view name = metadata->FindString("name");
  if (name.empty()) return {};
  if (kind->parent_fields.empty() || !kind->parent_in_address) {
    return ResourceId(kind->name, name).address();
  }
  const std::string_view parent = ParentOf(*kind, document);
  if (parent.empty()) return {};
  return ResourceId(kind->name, parent, name).address();
}

std::vector<IdentityField> IdentityOf(const Value& document) {
  std::vector<IdentityField> fields;
  const auto add = [&](std::string path) {
    const Value* value = document.FindPath(path);
    fields.push_back({std::move(path), value});
  };
  add("apiVersion");
  add("kind");
  add("metadata.name");
  if (const Kind* kind = KindOf(document)) {
    for (const std::string& field : kind->parent_fields) add("spec." + field);
  }
  return fields;
}

}  // namespace writ::manifests
