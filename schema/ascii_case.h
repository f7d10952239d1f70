// Letters of ASCII without regard to case, whatever the locale: names in HTTP,
// hosts, people's addresses. Other bytes are left as they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace writ {

constexpr char LowerCase(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, LowerCase, LowerCase);
}

inline std::string LowerCased(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), LowerCase);
  return lower;
}

}  // namespace writ
