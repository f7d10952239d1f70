// The part of FieldWalker that is about references.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/field_walk.h"
#include "schema/format_check.h"
#include "schema/resource_id.h"

namespace writ {
namespace {

std::string ExampleAddress(std::string_view kind_name) {
  const Kind* kind = FindKind(kind_name);
  const bool parent = !kind->parent_fields.empty() && kind->parent_in_address;
  std::string text(kind_name);
  if (parent) text.append("/").append(kind->parent_fields.front());
  return text.append("/name");
}

std::string ListedKinds(const std::vector<std::string_view>& kinds) {
  return Listed({kinds.begin(), kinds.end()});
}

}  // namespace

void FieldWalker::AddReference(const Field& field, const Value& value,
                               std::string text, bool is_secret) {
  Reference reference;
  reference.path = path_.Text();
  reference.text = std::move(text);
  reference.kinds = &field.reference.kinds;
  reference.edge = field.reference.edge;
  const std::vector<std::string>& parents = kind_.parent_fields;
  reference.is_parent =
      path_.depth() == 2 &&
      std::find(parents.begin(), parents.end(), field.name) != parents.end();
  reference.is_secret = is_secret;
  reference.range = value.range();
  references_.push_back(std::move(reference));
}

void FieldWalker::WalkReference(const Field& field, const Value& value) {
  const std::string& text = value.AsString();
  const std::vector<std::string_view>& kinds = field.reference.kinds;
  if (text.find('/') != std::string::npos) {
    const std::optional<ResourceId> id = ResourceId::Parse(text);
    if (!id || !MatchesFormat(Format::kAddress, text)) {
      return Say("bad-reference", value.range(), "is not an address",
                 "write it like " + ExampleAddress(kinds.front()));
    }
    if (std::find(kinds.begin(), kinds.end(), id->kind()) == kinds.end()) {
      return Say("bad-reference", value.range(),
                 "refers to " + WithArticle(id->kind()) + ", not to " +
                     WithArticle(ListedKinds(kinds)));
    }
    return AddReference(field, value, text, false);
  }
  if (kinds.size() > 1) {
    return Say("bad-reference", value.range(),
               "is a name, where an address is wanted",
               "write it like " + ExampleAddress(kinds.front()));
  }
  if (field.format == Format::kEventName) {
    if (!MatchesFormat(Format::kEventName, text)) {
      return SayFormat(Format::kEventName, value);
    }
    if (text.find('*') != std::string::npos) return;
    return AddReference(field, value, text, false);
  }
  const Format format = FindKind(kinds.front())->name_format;
  if (!MatchesFormat(format, text)) return SayFormat(format, value);
  AddReference(field, value, text, false);
}

void FieldWalker::WalkSecretRef(const Field& field, const Value& value) {
  WalkObject(field, value);
  const std::string_view project = value.FindString("project");
  const std::string_view key = value.FindString("key");
  if (!MatchesFormat(Format::kName, project)) return;
  if (!MatchesFormat(Format::kSecretKey, key)) return;
  AddReference(field, *value.Find("key"),
               ResourceId("Secret", project, key).address(), true);
}

}  // namespace writ
