#include "manifests/source/ref_names.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace writ::manifests::git {
namespace {

// Enough for any suggestion; keeps a repository of a million refs quick.
constexpr std::size_t kMaxNames = 10'000;
constexpr std::size_t kMaxSuggestions = 3;

using NameIterator =
    Handle<git_reference_iterator, git_reference_iterator_free>;

std::string_view Shorthand(std::string_view name) {
  for (std::string_view prefix :
       {"refs/heads/", "refs/tags/", "refs/remotes/", "refs/"}) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  return name;
}

std::vector<std::string> ShortNames(const Repository& repository) {
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_new(&raw, repository.get()) != 0) return {};
  const NameIterator iterator(raw);
  std::vector<std::string> names;
  const char* name = nullptr;
  while (names.size() < kMaxNames &&
         git_reference_next_name(&name, iterator.get()) == 0) {
    const std::string_view shorthand = Shorthand(name);
    if (!shorthand.ends_with("/HEAD")) names.emplace_back(shorthand);
  }
  return names;
}

// Levenshtein's distance.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// A clone made by CI often has "origin/main" but no "main".
std::size_t DistanceOfRef(std::string_view written, std::string_view name) {
  const std::size_t slash = name.find('/');
  std::size_t distance = Distance(written, name);
  if (slash != std::string_view::npos) {
    distance = std::min(distance, Distance(written, name.substr(slash + 1)));
  }
  return distance;
}

}  // namespace

std::string SuggestRefs(const Repository& repository, const std::string& ref) {
  const std::string_view written = Shorthand(ref);
  const std::size_t near = (written.size() + 2) / 3;
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (std::string& name : ShortNames(repository)) {
    const std::size_t distance = DistanceOfRef(written, name);
    if (distance <= near) ranked.emplace_back(distance, std::move(name));
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
  if (ranked.size() > kMaxSuggestions) ranked.resize(kMaxSuggestions);
  std::string text;
  for (const auto& [distance, name] : ranked) {
    text += text.empty() ? "did you mean " : " or ";
    text += "\"" + name + "\"";
  }
  return text.empty() ? text : text + "?";
}

}  // namespace writ::manifests::git
