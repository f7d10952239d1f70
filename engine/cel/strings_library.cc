#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engine/cel/extension_libraries.h"
#include "engine/cel/string_format.h"
#include "schema/utf8.h"

namespace writ::engine::cel {
namespace {

Value OutOfRange(std::int64_t index) {
  return Value::Error("index out of range: " + std::to_string(index));
}

// Where the code point of that number begins; the end of the text where it has
// just so many; npos where it has fewer. REQUIRES: valid UTF-8.
std::size_t OffsetOf(std::string_view text, std::int64_t index) {
  if (index < 0) return std::string_view::npos;
  // Never more code points than bytes.
  if (static_cast<std::uint64_t>(index) > text.size()) {
    return std::string_view::npos;
  }
  std::size_t offset = 0;
  for (; index > 0; --index) {
    if (offset >= text.size()) return std::string_view::npos;
    offset += DecodeUtf8(text, offset).size;
  }
  return offset;
}

std::int64_t IndexOf(std::string_view text, std::size_t offset) {
  return static_cast<std::int64_t>(CountCodePoints(text.substr(0, offset)));
}

Value CharAt(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  const std::size_t offset = OffsetOf(text, arguments[1].AsInt());
  if (offset == std::string_view::npos) {
    return OutOfRange(arguments[1].AsInt());
  }
  if (offset == text.size()) return Value::BorrowString("");
  return Value::String(text.substr(offset, DecodeUtf8(text, offset).size));
}

// Searching compares at each byte of the text.
bool ChargeSearch(Evaluation& evaluation, std::string_view text,
                  std::string_view wanted) {
  return evaluation.ChargeBytes(text.size()) &&
         evaluation.Charge(text.size() / 16 * (wanted.size() / 16));
}

Value FirstIndex(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::string_view wanted = arguments[1].text();
  if (!ChargeSearch(evaluation, text, wanted)) return Evaluation::Spent();
  std::size_t from = 0;
  if (arguments.size() == 3) {
    if (arguments[2].AsInt() < 0) return OutOfRange(arguments[2].AsInt());
    from = OffsetOf(text, arguments[2].AsInt());
    if (from == std::string_view::npos) return Value::Int(-1);
  }
  const std::size_t at = text.find(wanted, from);
  if (at == std::string_view::npos) return Value::Int(-1);
  return Value::Int(IndexOf(text, at));
}

Value LastIndex(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::string_view wanted = arguments[1].text();
  if (!ChargeSearch(evaluation, text, wanted)) return Evaluation::Spent();
  std::size_t from = std::string_view::npos;
  if (arguments.size() == 3) {
    if (arguments[2].AsInt() < 0) return OutOfRange(arguments[2].AsInt());
    from = OffsetOf(text, arguments[2].AsInt());
    if (from == std::string_view::npos) return Value::Int(-1);
    // Beyond the last character only the empty text is found.
    if (from == text.size() && !wanted.empty()) return Value::Int(-1);
  }
  const std::size_t at = text.rfind(wanted, from);
  if (at == std::string_view::npos) return Value::Int(-1);
  return Value::Int(IndexOf(text, at));
}

template <char kFrom, char kTo, char kOffset>
Value AsciiCase(Evaluation& evaluation, std::span<Value> arguments) {
  std::string text(arguments[0].text());
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  for (char& c : text) {
    if (c >= kFrom && c <= kTo) c = static_cast<char>(c + kOffset);
  }
  return Value::String(text);
}

// Negative: without a limit.
std::uint64_t LimitOf(std::span<const Value> arguments, std::size_t at) {
  if (arguments.size() <= at || arguments[at].AsInt() < 0) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  return static_cast<std::uint64_t>(arguments[at].AsInt());
}

// Where the next match begins: before any character and at the end for an
// empty text. `from` is where the last one ended.
std::size_t NextMatch(std::string_view text, std::string_view wanted,
                      std::size_t from, bool first) {
  if (!wanted.empty() || first) return text.find(wanted, from);
  if (from >= text.size()) return std::string_view::npos;
  return from + DecodeUtf8(text, from).size;
}

Value Replace(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::string_view wanted = arguments[1].text();
  const std::string_view by = arguments[2].text();
  const std::uint64_t limit = LimitOf(arguments, 3);
  if (!ChargeSearch(evaluation, text, wanted)) return Evaluation::Spent();
  std::string result;
  std::size_t copied = 0;
  for (std::uint64_t count = 0; count < limit; ++count) {
    const std::size_t at = NextMatch(text, wanted, copied, count == 0);
    if (at == std::string_view::npos) break;
    if (!evaluation.ChargeBytes(by.size())) return Evaluation::Spent();
    result.append(text, copied, at - copied);
    result += by;
    copied = at + wanted.size();
  }
  result.append(text, copied);
  return Value::String(result);
}

// The text in pieces of one character; what is left of it is the last piece.
std::vector<Value> SplitCharacters(std::string_view text, std::uint64_t limit) {
  std::vector<Value> parts;
  std::size_t offset = 0;
  while (offset < text.size() && parts.size() + 1 < limit) {
    const std::size_t size = DecodeUtf8(text, offset).size;
    parts.push_back(Value::String(text.substr(offset, size)));
    offset += size;
  }
  if (offset < text.size()) {
    parts.push_back(Value::String(text.substr(offset)));
  }
  return parts;
}

Value Split(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::string_view by = arguments[1].text();
  const std::uint64_t limit = LimitOf(arguments, 2);
  if (limit == 0) return Value::List({});
  if (!ChargeSearch(evaluation, text, by)) return Evaluation::Spent();
  if (by.empty()) {
    if (!evaluation.Charge(text.size())) return Evaluation::Spent();
    return Value::List(SplitCharacters(text, limit));
  }
  std::vector<Value> parts;
  std::size_t begin = 0;
  while (parts.size() + 1 < limit) {
    const std::size_t at = text.find(by, begin);
    if (at == std::string_view::npos) break;
    if (!evaluation.Charge()) return Evaluation::Spent();
    parts.push_back(Value::String(text.substr(begin, at - begin)));
    begin = at + by.size();
  }
  parts.push_back(Value::String(text.substr(begin)));
  return Value::List(std::move(parts));
}

Value Substring(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  const std::size_t begin = OffsetOf(text, arguments[1].AsInt());
  if (begin == std::string_view::npos) return OutOfRange(arguments[1].AsInt());
  if (arguments.size() == 2) return Value::String(text.substr(begin));
  const std::size_t end = OffsetOf(text, arguments[2].AsInt());
  if (end == std::string_view::npos) return OutOfRange(arguments[2].AsInt());
  if (begin > end) {
    return Value::Error(
        "invalid substring range: " + std::to_string(arguments[1].AsInt()) +
        " to " + std::to_string(arguments[2].AsInt()));
  }
  return Value::String(text.substr(begin, end - begin));
}

// The characters with Unicode's property White_Space.
bool IsSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

Value Trim(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    if (!IsSpace(c.value)) {
      begin = std::min(begin, i);
      end = i + c.size;
    }
    i += c.size;
  }
  if (begin >= end) return Value::BorrowString("");
  return Value::String(text.substr(begin, end - begin));
}

Value Join(Evaluation& evaluation, std::span<Value> arguments) {
  const Value& list = arguments[0];
  const std::string_view separator =
      arguments.size() == 2 ? arguments[1].text() : std::string_view();
  std::string result;
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    const Value item = list.ListAt(i);
    if (!item.Is(Kind::kString)) {
      return Value::Error("no such overload: an element of type " +
                          std::string(TypeName(item)) + " can't be joined");
    }
    if (!evaluation.ChargeBytes(item.text().size() + separator.size())) {
      return Evaluation::Spent();
    }
    if (i > 0) result += separator;
    result += item.text();
  }
  return Value::String(result);
}

Value Reverse(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  std::string result(text.size(), '\0');
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = DecodeUtf8(text, i).size;
    text.copy(result.data() + (text.size() - i - size), size, i);
    i += size;
  }
  return Value::String(result);
}

Value Quote(Evaluation& evaluation, std::span<Value> arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  std::string result = "\"";
  for (const char c : text) {
    const std::size_t at = kEscaped.find(c);
    if (at == std::string_view::npos) {
      result += c;
    } else {
      result += '\\';
      result += kLetters[at];
    }
  }
  result += '"';
  return Value::String(result);
}

Value Format(Evaluation& evaluation, std::span<Value> arguments) {
  return FormatString(evaluation, arguments[0].text(), arguments[1]);
}

constexpr Style kStringsM = Style::kMethod;
constexpr FunctionRow kStringsFunctions[] = {
    {"charAt", kStringsM, "string, int", "string", CharAt},
    {"indexOf", kStringsM, "string, string", "int", FirstIndex},
    {"indexOf", kStringsM, "string, string, int", "int", FirstIndex},
    {"lastIndexOf", kStringsM, "string, string", "int", LastIndex},
    {"lastIndexOf", kStringsM, "string, string, int", "int", LastIndex},
    {"lowerAscii", kStringsM, "string", "string",
     AsciiCase<'A', 'Z', 'a' - 'A'>},
    {"upperAscii", kStringsM, "string", "string",
     AsciiCase<'a', 'z', 'A' - 'a'>},
    {"replace", kStringsM, "string, string, string", "string", Replace},
    {"replace", kStringsM, "string, string, string, int", "string", Replace},
    {"split", kStringsM, "string, string", "list(string)", Split},
    {"split", kStringsM, "string, string, int", "list(string)", Split},
    {"substring", kStringsM, "string, int", "string", Substring},
    {"substring", kStringsM, "string, int, int", "string", Substring},
    {"trim", kStringsM, "string", "string", Trim},
    {"join", kStringsM, "list(string)", "string", Join},
    {"join", kStringsM, "list(string), string", "string", Join},
    {"reverse", kStringsM, "string", "string", Reverse},
    {"strings.quote", Style::kFunction, "string", "string", Quote},
    {"format", kStringsM, "string, list(dyn)", "string", Format},
};

}  // namespace

const Library& StringsLibrary() {
  static constexpr Library kLibrary = {"strings", kStringsFunctions, {}, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
