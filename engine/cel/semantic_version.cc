#include "engine/cel/semantic_version.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace writ::engine::cel {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// [0-9A-Za-z-]+
bool IsIdentifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-';
  });
}

bool HasLeadingZero(std::string_view text) {
  return text.size() > 1 && text.front() == '0';
}

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  if (!IsNumber(text) || HasLeadingZero(text)) return std::nullopt;
  std::int64_t number = 0;
  const auto code =
      std::from_chars(text.data(), text.data() + text.size(), number).ec;
  if (code != std::errc()) return std::nullopt;
  return number;
}

std::vector<std::string_view> SplitAtDots(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

std::strong_ordering CompareIdentifiers(std::string_view a,
                                        std::string_view b) {
  const bool a_number = IsNumber(a);
  const bool b_number = IsNumber(b);
  if (a_number != b_number) {
    return a_number ? std::strong_ordering::less
                    : std::strong_ordering::greater;
  }
  // Without leading zeros the longer number is the larger.
  if (a_number && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

// Major, minor, and patch with all that follows it.
std::vector<std::string> SplitInThree(std::string_view text) {
  std::vector<std::string> parts;
  while (parts.size() < 2) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) break;
    parts.emplace_back(text.substr(0, dot));
    text.remove_prefix(dot + 1);
  }
  parts.emplace_back(text);
  return parts;
}

void StripLeadingZeros(std::string& text) {
  std::size_t zeros = 0;
  while (zeros + 1 < text.size() && text[zeros] == '0' &&
         IsDigit(text[zeros + 1])) {
    ++zeros;
  }
  text.erase(0, zeros);
}

}  // namespace

std::string SemanticVersion::ToText() const {
  std::string text = std::to_string(major) + "." + std::to_string(minor) + "." +
                     std::to_string(patch);
  for (std::size_t i = 0; i < pre_release.size(); ++i) {
    text += (i == 0 ? "-" : ".") + pre_release[i];
  }
  if (!build.empty()) text += "+" + build;
  return text;
}

std::strong_ordering ComparePrecedence(const SemanticVersion& a,
                                       const SemanticVersion& b) {
  if (const auto order = a.major <=> b.major; order != 0) return order;
  if (const auto order = a.minor <=> b.minor; order != 0) return order;
  if (const auto order = a.patch <=> b.patch; order != 0) return order;
  if (a.pre_release.empty() != b.pre_release.empty()) {
    return a.pre_release.empty() ? std::strong_ordering::greater
                                 : std::strong_ordering::less;
  }
  const std::size_t size = std::min(a.pre_release.size(), b.pre_release.size());
  for (std::size_t i = 0; i < size; ++i) {
    const auto order = CompareIdentifiers(a.pre_release[i], b.pre_release[i]);
    if (order != 0) return order;
  }
  return a.pre_release.size() <=> b.pre_release.size();
}

std::optional<SemanticVersion> ParseSemanticVersion(std::string_view text) {
  SemanticVersion version;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    const std::string_view build = text.substr(plus + 1);
    for (const std::string_view part : SplitAtDots(build)) {
      if (!IsIdentifier(part)) return std::nullopt;
    }
    version.build = build;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    for (const std::string_view part : SplitAtDots(text.substr(dash + 1))) {
      if (!IsIdentifier(part)) return std::nullopt;
      if (IsNumber(part) && HasLeadingZero(part)) return std::nullopt;
      version.pre_release.emplace_back(part);
    }
    text = text.substr(0, dash);
  }
  const std::vector<std::string_view> numbers = SplitAtDots(text);
  if (numbers.size() != 3) return std::nullopt;
  const std::array<std::int64_t*, 3> fields = {&version.major, &version.minor,
                                               &version.patch};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::optional<std::int64_t> number = ParseNumber(numbers[i]);
    if (!number) return std::nullopt;
    *fields[i] = *number;
  }
  return version;
}

std::optional<SemanticVersion> ParseLooseVersion(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  std::vector<std::string> parts = SplitInThree(text);
  // A short version with a pre-release would be ambiguous.
  if (parts.size() < 3 &&
      parts.back().find_first_of("+-") != std::string::npos) {
    return std::nullopt;
  }
  for (std::string& part : parts) StripLeadingZeros(part);
  parts.resize(3, "0");
  return ParseSemanticVersion(parts[0] + "." + parts[1] + "." + parts[2]);
}

}  // namespace writ::engine::cel
