#include "engine/cel/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "schema/utf8.h"

namespace writ::engine::cel {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool StartsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Keyword {
  std::string_view word;
  Token token;
};

constexpr std::array kKeywords = {
    Keyword{"false", Token::kFalse},
    Keyword{"in", Token::kIn},
    Keyword{"null", Token::kNull},
    Keyword{"true", Token::kTrue},
    Keyword{"as", Token::kReserved},
    Keyword{"break", Token::kReserved},
    Keyword{"const", Token::kReserved},
    Keyword{"continue", Token::kReserved},
    Keyword{"else", Token::kReserved},
    Keyword{"for", Token::kReserved},
    Keyword{"function", Token::kReserved},
    Keyword{"if", Token::kReserved},
    Keyword{"import", Token::kReserved},
    Keyword{"let", Token::kReserved},
    Keyword{"loop", Token::kReserved},
    Keyword{"package", Token::kReserved},
    Keyword{"namespace", Token::kReserved},
    Keyword{"return", Token::kReserved},
    Keyword{"var", Token::kReserved},
    Keyword{"void", Token::kReserved},
    Keyword{"while", Token::kReserved},
};

struct Simple {
  char sign;
  Token token;
};

constexpr std::array kSimple = {
    Simple{'.', Token::kDot},
    Simple{',', Token::kComma},
    Simple{':', Token::kColon},
    Simple{'?', Token::kQuestion},
    Simple{'(', Token::kOpenParenthesis},
    Simple{')', Token::kCloseParenthesis},
    Simple{'[', Token::kOpenBracket},
    Simple{']', Token::kCloseBracket},
    Simple{'{', Token::kOpenBrace},
    Simple{'}', Token::kCloseBrace},
    Simple{'-', Token::kMinus},
    Simple{'+', Token::kPlus},
    Simple{'*', Token::kTimes},
    Simple{'/', Token::kDivide},
    Simple{'%', Token::kModulo},
};

constexpr std::string_view kEscapes = "abfnrtv\\?\"'`";
constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\?\"'`";

}  // namespace

Token Lexer::Next() {
  SkipSpace();
  begin_ = at_;
  if (at_ >= source_.size()) return Token::kEnd;
  const char c = Peek();
  if (StartsWord(c)) return Word();
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return Number();
  if (c == '"' || c == '\'') return String(false, false);
  if (c == '`') return Quoted();
  return Operator();
}

void Lexer::SkipSpace() {
  while (at_ < source_.size()) {
    const char c = source_[at_];
    if (c == '/' && Peek(1) == '/') {
      at_ = static_cast<std::uint32_t>(
          std::min(source_.find('\n', at_), source_.size()));
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else {
      return;
    }
  }
}

Token Lexer::Mistake(std::string what) {
  text_ = std::move(what);
  return Token::kMistake;
}

Token Lexer::Word() {
  // A prefix of a string: r, b, br, in either case.
  const auto is_quote = [](char c) { return c == '"' || c == '\''; };
  const bool bytes = Peek() == 'b' || Peek() == 'B';
  const std::uint32_t after = bytes ? 1 : 0;
  const bool raw = Peek(after) == 'r' || Peek(after) == 'R';
  if ((bytes || raw) && is_quote(Peek(after + (raw ? 1 : 0)))) {
    at_ += after + (raw ? 1 : 0);
    return String(raw, bytes);
  }
  while (StartsWord(Peek()) || IsDigit(Peek())) ++at_;
  text_ = source_.substr(begin_, at_ - begin_);
  for (const Keyword& keyword : kKeywords) {
    if (keyword.word == text_) return keyword.token;
  }
  return Token::kIdentifier;
}

Token Lexer::Quoted() {
  const std::size_t close = source_.find('`', at_ + 1);
  if (close == std::string_view::npos) {
    return Mistake("a quoted field has no closing `");
  }
  text_ = source_.substr(at_ + 1, close - at_ - 1);
  const bool plain = std::all_of(text_.begin(), text_.end(), [](char c) {
    return StartsWord(c) || IsDigit(c) || c == '.' || c == '-' || c == '/' ||
           c == ' ';
  });
  if (!plain || text_.empty()) {
    return Mistake(
        "a quoted field holds letters, digits, and _ . - / or spaces alone");
  }
  at_ = static_cast<std::uint32_t>(close + 1);
  return Token::kQuoted;
}

Token Lexer::Number() {
  if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X')) {
    return Hexadecimal();
  }
  while (IsDigit(Peek())) ++at_;
  bool real = false;
  if (Peek() == '.' && IsDigit(Peek(1))) {
    real = true;
    ++at_;
    while (IsDigit(Peek())) ++at_;
  }
  if (Peek() == 'e' || Peek() == 'E') {
    const std::uint32_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if (IsDigit(Peek(1 + sign))) {
      real = true;
      at_ += 2 + sign;
      while (IsDigit(Peek())) ++at_;
    }
  }
  const std::string_view digits = source_.substr(begin_, at_ - begin_);
  return real ? Real(digits) : Whole(digits, 10);
}

Token Lexer::Hexadecimal() {
  at_ += 2;
  const std::uint32_t first = at_;
  while (HexDigit(Peek()) >= 0) ++at_;
  if (at_ == first) return Mistake("0x wants hexadecimal digits behind it");
  return Whole(source_.substr(first, at_ - first), 16);
}

Token Lexer::Whole(std::string_view digits, int base) {
  const auto read = std::from_chars(
      digits.data(), digits.data() + digits.size(), number_, base);
  if (read.ec != std::errc()) return Mistake("the number exceeds 64 bits");
  if (Take('u') || Take('U')) return Token::kUint;
  // One more is read where a minus stands before it.
  constexpr std::uint64_t kMostNegative = std::uint64_t{1} << 63U;
  if (number_ > kMostNegative) {
    return Mistake("the number exceeds the range of int");
  }
  return Token::kInt;
}

Token Lexer::Real(std::string_view digits) {
  const auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), real_);
  if (read.ec == std::errc()) return Token::kDouble;
  // Too small is zero, too large a mistake.
  if (digits.find("e-") == std::string_view::npos &&
      digits.find("E-") == std::string_view::npos) {
    return Mistake("the number exceeds the range of double");
  }
  real_ = 0;
  return Token::kDouble;
}

Token Lexer::String(bool raw, bool bytes) {
  const char quote = Peek();
  const bool triple = Peek(1) == quote && Peek(2) == quote;
  at_ += triple ? 3 : 1;
  text_.clear();
  while (at_ < source_.size()) {
    const char c = source_[at_];
    if (c == quote && (!triple || (Peek(1) == quote && Peek(2) == quote))) {
      at_ += triple ? 3 : 1;
      return bytes ? Token::kBytes : Token::kString;
    }
    if (!triple && (c == '\n' || c == '\r')) break;
    ++at_;
    if (c != '\\' || raw) {
      text_ += c;
    } else if (!Escape(bytes)) {
      begin_ = at_ - 1;
      return Mistake("no such escape in a string");
    }
  }
  return Mistake("a string has no closing quote");
}

// Behind the backslash.
bool Lexer::Escape(bool bytes) {
  if (at_ >= source_.size()) return false;
  const char c = source_[at_++];
  const std::size_t simple = kEscapes.find(c);
  if (simple != std::string_view::npos) {
    text_ += kEscaped[simple];
    return true;
  }
  switch (c) {
    case 'x':
    case 'X':
      return CodePointEscape(2, bytes);
    case 'u':
      return !bytes && CodePointEscape(4, bytes);
    case 'U':
      return !bytes && CodePointEscape(8, bytes);
    case '0':
    case '1':
    case '2':
    case '3':
      return OctalEscape(c, bytes);
    default:
      return false;
  }
}

bool Lexer::CodePointEscape(int digits, bool bytes) {
  std::uint32_t point = 0;
  for (int i = 0; i < digits; ++i) {
    const int digit = HexDigit(Peek());
    if (digit < 0) return false;
    point = point * 16 + static_cast<std::uint32_t>(digit);
    ++at_;
  }
  if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
  if (bytes) {
    text_ += static_cast<char>(static_cast<unsigned char>(point));
  } else {
    AppendUtf8(point, text_);
  }
  return true;
}

bool Lexer::OctalEscape(char first, bool bytes) {
  auto point = static_cast<std::uint32_t>(first - '0');
  for (int i = 0; i < 2; ++i) {
    const char c = Peek();
    if (c < '0' || c > '7') return false;
    point = point * 8 + static_cast<std::uint32_t>(c - '0');
    ++at_;
  }
  if (bytes) {
    text_ += static_cast<char>(static_cast<unsigned char>(point));
  } else {
    AppendUtf8(point, text_);
  }
  return true;
}

Token Lexer::Operator() {
  const char c = source_[at_++];
  for (const Simple& simple : kSimple) {
    if (simple.sign == c) return simple.token;
  }
  switch (c) {
    case '!':
      return Take('=') ? Token::kNotEqual : Token::kNot;
    case '<':
      return Take('=') ? Token::kLessEqual : Token::kLess;
    case '>':
      return Take('=') ? Token::kGreaterEqual : Token::kGreater;
    case '=':
      if (Take('=')) return Token::kEqual;
      return Mistake("= is no operator; equality is ==");
    case '&':
      if (Take('&')) return Token::kAnd;
      return Mistake("& is no operator; a conjunction is &&");
    case '|':
      if (Take('|')) return Token::kOr;
      return Mistake("| is no operator; a disjunction is ||");
    default:
      return Mistake("a character that begins nothing");
  }
}

}  // namespace writ::engine::cel
