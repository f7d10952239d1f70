// The plain part of a regular expression as a graph of characters (Thompson's):
// for RegexTable.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace writ::engine::cel {

using AsciiSet = std::bitset<128>;

struct RegexGraph {
  enum class Kind : std::uint8_t { kCharacter, kFork, kBegin, kEnd, kMatch };
  struct Node {
    Kind kind = Kind::kMatch;
    std::uint32_t next = 0;
    std::uint32_t other = 0;  // of a fork
    AsciiSet set;             // of a character
  };

  std::vector<Node> nodes;
  std::uint32_t start = 0;
};

// Empty where the pattern has syntax that isn't plain, or is large.
// REQUIRES: a pattern that RE2 accepts.
std::optional<RegexGraph> ParsePlainRegex(std::string_view pattern);

}  // namespace writ::engine::cel
