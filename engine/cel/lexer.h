// Text → tokens, one at a time. Literals come out decoded: escapes resolved,
// numbers read.
//
// Belongs to one parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/cel/source.h"

namespace writ::engine::cel {

enum class Token : std::uint8_t {
  kEnd,
  kMistake,  // text() says what is wrong
  kIdentifier,
  kReserved,  // a word that is no identifier, but may name a field
  kQuoted,    // `a field's name`
  kTrue,
  kFalse,
  kNull,
  kIn,
  kInt,  // number() is its size; the sign is an operator
  kUint,
  kDouble,
  kString,
  kBytes,
  kDot,
  kComma,
  kColon,
  kQuestion,
  kOpenParenthesis,
  kCloseParenthesis,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kNot,
  kMinus,
  kPlus,
  kTimes,
  kDivide,
  kModulo,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
};

class Lexer {
 public:
  // REQUIRES: valid UTF-8 that outlives the lexer.
  explicit Lexer(std::string_view source) : source_(source) {}

  // Reads the next token. After kEnd and kMistake it stays there.
  Token Next();

  std::uint32_t begin() const { return begin_; }
  std::uint32_t end() const { return at_; }
  // The name, the decoded characters of a string, or what is wrong.
  const std::string& text() const { return text_; }
  std::uint64_t number() const { return number_; }
  double real() const { return real_; }

 private:
  char Peek(std::uint32_t ahead = 0) const {
    const std::size_t at = std::size_t{at_} + ahead;
    return at < source_.size() ? source_[at] : '\0';
  }
  bool Take(char wanted) {
    if (Peek() != wanted || at_ >= source_.size()) return false;
    ++at_;
    return true;
  }
  void SkipSpace();
  Token Mistake(std::string what);
  Token Word();
  Token Quoted();
  Token Number();
  Token Hexadecimal();
  Token Whole(std::string_view digits, int base);
  Token Real(std::string_view digits);
  Token String(bool raw, bool bytes);
  bool Escape(bool bytes);
  bool CodePointEscape(int digits, bool bytes);
  bool OctalEscape(char first, bool bytes);
  Token Operator();

  std::string_view source_;
  std::uint32_t begin_ = 0;
  std::uint32_t at_ = 0;
  std::string text_;
  std::uint64_t number_ = 0;
  double real_ = 0;
};

}  // namespace writ::engine::cel
