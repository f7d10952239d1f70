#include "manifests/format/scalar_style.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "schema/ascii_case.h"
#include "schema/utf8.h"

namespace writ::manifests::format {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return LowerCase(c) >= 'a' && LowerCase(c) <= 'z'; }

bool IsWordOfAType(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords = {
      "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"};
  return std::find(kWords.begin(), kWords.end(), LowerCased(text)) !=
         kWords.end();
}

// Wider than any reader's numbers and dates: a duration ("90d") is among them
// and keeps the quotes that it has.
bool IsLikeANumber(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    text.remove_prefix(1);
  }
  if (text.starts_with('.')) return true;
  if (text.empty() || !IsDigit(text[0])) return false;
  constexpr std::string_view kOthers = "abcdefxotz_+-.:, ";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return IsDigit(c) || kOthers.find(LowerCase(c)) != std::string_view::npos;
  });
}

// Letters of any script that every reader prints and none takes for a break,
// a blank or a mark of direction.
bool IsOrdinary(const CodePoint& point) {
  const char32_t c = point.value;
  if (!point.valid || c < 0xA1 || c == 0xAD || c == 0xFEFF) return false;
  if (c >= 0x2000 && c <= 0x206F) return false;
  if (c >= 0xFFF0 && c <= 0xFFFF) return false;
  return c != 0x3000 && c != 0x1680 && c < 0xE0000;
}

// Stricter than YAML: text with any sign that means something in YAML
// somewhere, or that people quote by habit ("inbox:read", "**/*.yaml"), keeps
// its quotes.
bool MayBePlain(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  if (MayBeTyped(text)) return false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    const char c = text[at];
    const bool word = point.value < 0x80 ? IsLetter(c) || IsDigit(c) || c == '_'
                                         : IsOrdinary(point);
    const bool inner = c == ' ' || c == '.' || c == '/' || c == '-';
    if (!word && !(at > 0 && inner)) return false;
    at += point.size;
  }
  return true;
}

// Without a double quote, a backslash or anything invisible.
bool MayBeDoubleQuoted(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    const char c = text[at];
    const bool printable =
        point.value < 0x80 ? c >= ' ' && c < 0x7F : IsOrdinary(point);
    if (!printable || c == '"' || c == '\\') return false;
    at += point.size;
  }
  return true;
}

}  // namespace

bool MayBeTyped(std::string_view plain) {
  return plain.empty() || IsWordOfAType(plain) || IsLikeANumber(plain) ||
         plain == "<<" || plain == "=";
}

std::optional<std::string> DecodeQuoted(std::string_view quoted) {
  const std::string_view inner = quoted.substr(1, quoted.size() - 2);
  if (quoted.front() == '"') {
    if (inner.find('\\') != std::string_view::npos) return std::nullopt;
    return std::string(inner);
  }
  std::string text;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    text += inner[i];
    if (inner[i] == '\'') ++i;
  }
  return text;
}

std::string PreferredForm(std::string_view quoted) {
  const auto text = DecodeQuoted(quoted);
  if (!text) return std::string(quoted);
  if (MayBePlain(*text)) return *text;
  if (MayBeDoubleQuoted(*text)) return "\"" + *text + "\"";
  return std::string(quoted);
}

}  // namespace writ::manifests::format
