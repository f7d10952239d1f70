#include "engine/policy/match.h"

#include <algorithm>

#include "engine/policy/fact_values.h"
#include "schema/text_list.h"

namespace writ::engine {
namespace {

bool Takes(const std::vector<std::string>& list, std::string_view text) {
  return list.empty() ||
         std::find(list.begin(), list.end(), text) != list.end();
}

bool TakesPattern(const std::vector<std::string>& patterns,
                  std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) {
                       return MatchesWildcard(pattern, text);
                     });
}

bool HasLabel(const Value* content, const std::string& key,
              const std::string& value) {
  const Value* labels = LabelsOf(content);
  return labels != nullptr && labels->FindString(key) == value &&
         labels->Find(key) != nullptr;
}

}  // namespace

bool Match::TakesKind(std::string_view kind) const {
  return Takes(kinds, kind);
}
bool Match::TakesAction(std::string_view action) const {
  return Takes(actions, action);
}
bool Match::TakesEnvironment(std::string_view environment) const {
  return Takes(environments, environment);
}

bool Match::TakesResource(const ChangeFacts& change) const {
  const ResourceId& before = change.moved_from ? *change.moved_from : change.id;
  if (!names.empty() && !TakesPattern(names, change.id.name()) &&
      !TakesPattern(names, before.name())) {
    return false;
  }
  if (!parents.empty() && !TakesPattern(parents, change.id.parent()) &&
      !TakesPattern(parents, before.parent())) {
    return false;
  }
  return std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
    return HasLabel(change.before.get(), label.first, label.second) ||
           HasLabel(change.after.get(), label.first, label.second);
  });
}

Match ReadMatch(const Value* match) {
  Match read;
  if (match == nullptr) return read;
  read.kinds = TextsOf(match->Find("kinds"));
  read.actions = TextsOf(match->Find("actions"));
  read.environments = TextsOf(match->Find("environments"));
  read.parents = TextsOf(match->Find("parents"));
  read.names = TextsOf(match->Find("names"));
  const Value* labels = match->Find("labels");
  if (labels == nullptr || !labels->IsMap()) return read;
  for (const Value::Entry& label : labels->AsMap()) {
    if (label.value.IsString()) {
      read.labels.emplace_back(label.key, label.value.AsString());
    }
  }
  return read;
}

bool MatchesWildcard(std::string_view pattern, std::string_view text) {
  // Goes back to the last * alone: those before have matched as early as they
  // could, and nothing is gained by moving them.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace writ::engine
