#include "manifests/glob.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "schema/utf8.h"

namespace writ::manifests {
namespace {

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

struct ClassMatch {
  bool matches = false;
  std::size_t end = 0;  // behind the closing bracket
};

// The class that opens at `begin`; nullopt where nothing closes it, and then
// the bracket stands for itself.
std::optional<ClassMatch> MatchClass(std::string_view pattern,
                                     std::size_t begin, char32_t character) {
  std::size_t at = begin + 1;
  const bool negated =
      at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  // A bracket right behind the opening one is a member.
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first)
      return ClassMatch{found != negated, at + 1};
    const CodePoint low = DecodeUtf8(pattern, at);
    at += low.size;
    char32_t high = low.value;
    if (at + 1 < pattern.size() && pattern[at] == '-' &&
        pattern[at + 1] != ']') {
      const CodePoint end = DecodeUtf8(pattern, at + 1);
      high = end.value;
      at += 1u + end.size;
    }
    found = found || (low.value <= character && character <= high);
  }
  return std::nullopt;
}

// Where the pattern goes on when its piece at `at` (no star) takes the
// character; nullopt where it doesn't.
std::optional<std::size_t> Take(std::string_view pattern, std::size_t at,
                                const CodePoint& character) {
  if (pattern[at] == '?') return at + 1;
  if (pattern[at] == '[') {
    if (const auto match = MatchClass(pattern, at, character.value)) {
      if (match->matches) return match->end;
      return std::nullopt;
    }
  }
  const CodePoint literal = DecodeUtf8(pattern, at);
  if (literal.value != character.value) return std::nullopt;
  return at + literal.size;
}

// Only the last star is ever taken back, which keeps the cost at the product.
bool MatchPart(std::string_view pattern, std::string_view text) {
  if (!text.empty() && text[0] == '.' &&
      (pattern.empty() || pattern[0] != '.')) {
    return false;
  }
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::size_t> star;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    const CodePoint character = DecodeUtf8(text, t);
    if (p < pattern.size()) {
      if (const auto next = Take(pattern, p, character)) {
        p = *next;
        t += character.size;
        continue;
      }
    }
    if (!star) return false;
    p = *star;
    star_text += DecodeUtf8(text, star_text).size;
    t = star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool IsHidden(std::string_view part) { return !part.empty() && part[0] == '.'; }

}  // namespace

Glob::Glob(std::string_view pattern) {
  while (pattern.substr(0, 2) == "./") pattern.remove_prefix(2);
  for (const std::string_view part : Split(pattern)) parts_.emplace_back(part);
  if (parts_.size() > 1 && parts_.back().empty()) parts_.back() = "**";
}

bool Glob::Matches(std::string_view path) const {
  const std::vector<std::string_view> parts = Split(path);
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::size_t> star;
  std::size_t star_part = 0;
  while (t < parts.size()) {
    if (p < parts_.size() && parts_[p] == "**") {
      star = ++p;
      star_part = t;
      continue;
    }
    if (p < parts_.size() && MatchPart(parts_[p], parts[t])) {
      ++p;
      ++t;
      continue;
    }
    if (!star || IsHidden(parts[star_part])) return false;
    p = *star;
    t = ++star_part;
  }
  while (p < parts_.size() && parts_[p] == "**") ++p;
  return p == parts_.size();
}

bool MatchesAny(const std::vector<Glob>& globs, std::string_view path) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const Glob& glob) { return glob.Matches(path); });
}

}  // namespace writ::manifests
