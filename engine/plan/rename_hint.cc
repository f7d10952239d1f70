#include "engine/plan/rename_hint.h"

#include <map>
#include <string_view>
#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

constexpr std::size_t kMostCompared = 500;

// Defaults repeat the resource's own name (Token.label, App.slug).
void HideName(Value& value, std::string_view name) {
  if (value.IsString() && value.AsString() == name) {
    value.MutableString() = "\x01name";
  } else if (value.IsList()) {
    for (Value& item : value.MutableList()) HideName(item, name);
  } else if (value.IsMap()) {
    for (Value::Entry& entry : value.MutableMap()) HideName(entry.value, name);
  }
}

std::string Likeness(const ResourceId& id, const Value& content) {
  Value hidden = content;
  HideName(hidden, id.name());
  return std::string(id.kind()) + "/" + std::string(id.parent()) + "\n" +
         CanonicalJson(hidden);
}

std::vector<const Change*> OfAction(const std::vector<Change>& changes,
                                    Action action) {
  std::vector<const Change*> found;
  for (const Change& change : changes) {
    if (change.action == action) found.push_back(&change);
  }
  return found;
}

}  // namespace

std::vector<std::string> FindRenames(const std::vector<Change>& changes) {
  std::vector<std::string> sentences;
  const auto deleted = OfAction(changes, Action::kDelete);
  const auto created = OfAction(changes, Action::kCreate);
  if (deleted.empty() || created.empty() || deleted.size() > kMostCompared ||
      created.size() > kMostCompared) {
    return sentences;
  }
  std::multimap<std::string, const Change*> by_likeness;
  for (const Change* change : created) {
    by_likeness.emplace(Likeness(change->id, *change->after), change);
  }
  for (const Change* change : deleted) {
    const auto twin = by_likeness.find(Likeness(change->id, *change->before));
    if (twin == by_likeness.end()) continue;
    sentences.push_back(twin->second->id.address() + " looks like " +
                        change->id.address() +
                        " under a new name; to keep what it is, add "
                        "lifecycle.moved: [" +
                        change->id.address() + "]");
    by_likeness.erase(twin);
  }
  return sentences;
}

}  // namespace writ::engine
