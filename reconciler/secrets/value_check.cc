#include "reconciler/secrets/value_check.h"

#include <string>

#include "schema/format_check.h"
#include "schema/utf8.h"

namespace writ::reconciler {
namespace {

constexpr int kMaxJsonDepth = 64;

// Walks over JSON without keeping any of it: what a parser would build lies in
// memory that nothing wipes.
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text) : rest_(text) {}

  bool Document() {
    Space();
    if (!Any(0)) return false;
    Space();
    return rest_.empty();
  }
  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      return Digits();
    }
    return true;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  bool Any(int depth) {
    if (depth > kMaxJsonDepth || rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return Members('{', '}', depth);
      case '[':
        return Members('[', ']', depth);
      case '"':
        return Text();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  bool Members(char open, char close, int depth) {
    Take(open);
    Space();
    if (Take(close)) return true;
    do {
      Space();
      if (open == '{' && !Key()) return false;
      if (!Any(depth + 1)) return false;
      Space();
    } while (Take(','));
    return Take(close);
  }

  bool Key() {
    if (rest_.empty() || rest_.front() != '"' || !Text()) return false;
    Space();
    if (!Take(':')) return false;
    Space();
    return true;
  }

  bool Text() {
    Take('"');
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !Escape()) return false;
    }
    return false;
  }

  bool Escape() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != rest_.npos;
    for (int i = 0; i < 4; ++i) {
      if (rest_.empty() || !IsHex(rest_.front())) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  static bool IsHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
  }
  bool Word(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool Digits() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      rest_.remove_prefix(1);
    }
    return rest_.size() < before;
  }
  void Space() {
    while (!rest_.empty() &&
           std::string_view(" \t\r\n").find(rest_.front()) != rest_.npos) {
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
};

}  // namespace

Status CheckSecretKey(std::string_view key) {
  if (key.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "Secret key is required");
  }
  if (MatchesFormat(Format::kSecretKey, key)) return {};
  // Not repeated: people write KEY=VALUE.
  return Fail(ErrorCode::kInvalidArgument, "that is no key of a secret",
              std::string(RowOf(Format::kSecretKey).expectation));
}

Status CheckSecretValue(SecretType type, const SecretValue& value) {
  const std::string_view text = value.Reveal();
  if (text.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "Secret value is required");
  }
  if (text.size() > kMaxSecretSize) {
    return Fail(ErrorCode::kLimit,
                "the value has " + std::to_string(text.size()) +
                    " bytes, more than the 65536 that platforms take");
  }
  if (text.find('\0') != text.npos || !IsValidUtf8(text)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the value is no UTF-8 text without NUL bytes",
                "write binary values in base64");
  }
  const auto want = [](bool holds, const char* what) -> Status {
    if (holds) return {};
    return Fail(ErrorCode::kInvalidArgument,
                std::string("the value is not what its type says: ") + what);
  };
  switch (type) {
    case SecretType::kString:
      return {};
    case SecretType::kBoolean:
      return want(text == "true" || text == "false",
                  "a boolean is true or false");
    case SecretType::kNumber:
      return want(IsJsonNumber(text), "a number is like 42 or -1.5e3");
    case SecretType::kJson:
      return want(IsJson(text), "it must be one JSON document");
  }
  return {};
}

bool IsJson(std::string_view text) { return JsonWalk(text).Document(); }

bool IsJsonNumber(std::string_view text) {
  JsonWalk walk(text);
  return walk.Number() && walk.at_end();
}

}  // namespace writ::reconciler
