// The text of one expression, and places in it. Offsets count bytes; lines and
// columns count from 1, columns by code point, so that a place can be mapped
// into the file that the expression was written in.
//
// Immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace writ::engine::cel {

struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend bool operator==(const Position&, const Position&) = default;
};

// What an expression covers, [begin, end), and where a caret for it goes: at
// the operator, the field or the function's name.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t at = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

class Source {
 public:
  explicit Source(std::string text) : text_(std::move(text)) {}

  std::string_view text() const { return text_; }
  std::string_view TextOf(const Span& span) const {
    return std::string_view(text_).substr(span.begin, span.end - span.begin);
  }
  // Linear in the offset: for messages, never on the hot path.
  Position PositionOf(std::uint32_t offset) const;

 private:
  std::string text_;
};

}  // namespace writ::engine::cel
