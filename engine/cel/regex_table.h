// A regular expression as a table: for each state and character the next
// state. Made for patterns of plain syntax whose table is small; asked about
// ASCII texts it takes two loads a character.
//
// What it knows of RE2's syntax: characters, escapes of punctuation and
// \d \w \s \D \W \S \t \n \r \f \v, classes, the dot, groups, alternatives,
// ^ $ * + ? {n} {n,} {n,m}. Flags, names, Unicode and boundaries are RE2's.
//
// Immutable; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace writ::engine::cel {

class RegexTable {
 public:
  // Empty where the pattern has more to it, or would need a large table.
  // REQUIRES: a pattern that RE2 accepts.
  static std::optional<RegexTable> Make(std::string_view pattern);

  // Whether any part of the text matches; empty where a character isn't ASCII.
  std::optional<bool> Matches(std::string_view text) const;

 private:
  friend class RegexTableBuilder;
  using State = std::uint16_t;
  // These end a run; from kFirstRow on a state is where its row begins.
  static constexpr State kFailed = 0;
  static constexpr State kMatched = 1;
  static constexpr State kForeign = 2;
  static constexpr State kFirstRow = 3;
  // Characters that no part of the pattern tells apart share a column.
  static constexpr std::uint8_t kForeignColumn = 0;
  static constexpr std::uint8_t kEndColumn = 1;  // of the text
  static constexpr std::uint8_t kFirstColumn = 2;

  std::array<std::uint8_t, 256> columns_{};  // of each byte
  std::vector<State> next_;  // by state plus column, less kFirstRow
  State start_ = kFirstRow;
};

}  // namespace writ::engine::cel
