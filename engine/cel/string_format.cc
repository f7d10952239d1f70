#include "engine/cel/string_format.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/cel/scalar_text.h"
#include "engine/cel/time_value.h"
#include "schema/utf8.h"

namespace writ::engine::cel {
namespace {

// What isn't UTF-8 becomes U+FFFD, once for all adjacent bytes of it.
void AppendBytes(std::string_view bytes, std::string& text) {
  bool replaced = false;
  for (std::size_t i = 0; i < bytes.size();) {
    const CodePoint c = DecodeUtf8(bytes, i);
    if (c.valid) {
      text.append(bytes, i, c.size);
    } else if (!replaced) {
      text += "\xef\xbf\xbd";
    }
    replaced = !c.valid;
    i += c.size;
  }
}

void AppendHex(std::string_view bytes, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
}

class Formatter {
 public:
  explicit Formatter(Evaluation& evaluation) : evaluation_(evaluation) {}

  Value Run(std::string_view format, const Value& values);

 private:
  using Clause = FormatClause;

  // All that append return false after Fail.
  bool AppendClause(const Clause& clause, const Value& value,
                    std::string& text);
  bool AppendDecimal(const Value& value, std::string& text);
  bool AppendFloating(const Clause& clause, const Value& value,
                      std::string& text);
  bool AppendBase(const Clause& clause, int base, const Value& value,
                  std::string& text);
  bool AppendValue(const Value& value, std::string& text);
  bool AppendList(const Value& list, std::string& text);
  bool AppendMap(const Value& map, std::string& text);

  bool Mismatch(char conversion, const Value& value) {
    error_ = Value::Error(FormatMismatch(conversion, TypeName(value)));
    return false;
  }

  Evaluation& evaluation_;
  Value error_;
};

bool Formatter::AppendDecimal(const Value& value, std::string& text) {
  if (value.Is(Kind::kInt)) {
    AppendInt(value.AsInt(), 10, text);
  } else if (value.Is(Kind::kUint)) {
    AppendUint(value.AsUint(), 10, text);
  } else if (value.Is(Kind::kDouble)) {
    AppendShortest(value.AsDouble(), text);
  } else {
    return Mismatch('d', value);
  }
  return true;
}

bool Formatter::AppendFloating(const Clause& clause, const Value& value,
                               std::string& text) {
  double number = 0;
  if (value.Is(Kind::kDouble)) {
    number = value.AsDouble();
  } else if (value.Is(Kind::kInt)) {
    number = static_cast<double>(value.AsInt());
  } else if (value.Is(Kind::kUint)) {
    number = static_cast<double>(value.AsUint());
  } else {
    return Mismatch(clause.conversion, value);
  }
  if (clause.conversion == 'f') {
    AppendFixed(number, clause.precision, text);
  } else {
    AppendScientific(number, clause.precision, text);
  }
  return true;
}

bool Formatter::AppendBase(const Clause& clause, int base, const Value& value,
                           std::string& text) {
  if (value.Is(Kind::kInt)) {
    AppendInt(value.AsInt(), base, text);
  } else if (value.Is(Kind::kUint)) {
    AppendUint(value.AsUint(), base, text);
  } else if (base == 2 && value.Is(Kind::kBool)) {
    text += value.AsBool() ? '1' : '0';
  } else if (base == 16 &&
             (value.Is(Kind::kString) || value.Is(Kind::kBytes))) {
    if (!evaluation_.ChargeBytes(2 * value.text().size())) return false;
    AppendHex(value.text(), text);
  } else {
    return Mismatch(clause.conversion, value);
  }
  if (clause.conversion == 'X') {
    for (char& c : text) {
      if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
  }
  return true;
}

bool Formatter::AppendList(const Value& list, std::string& text) {
  text += '[';
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    if (i > 0) text += ", ";
    if (!AppendValue(list.ListAt(i), text)) return false;
  }
  text += ']';
  return true;
}

bool Formatter::AppendMap(const Value& map, std::string& text) {
  std::vector<std::pair<std::string, std::string>> entries(map.MapSize());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Value::Entry entry = map.MapAt(i);
    if (!AppendValue(entry.key, entries[i].first) ||
        !AppendValue(entry.value, entries[i].second)) {
      return false;
    }
    const std::size_t size = entries[i].first.size() + entries[i].second.size();
    if (!evaluation_.ChargeBytes(size)) return false;
  }
  std::sort(entries.begin(), entries.end());
  text += '{';
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) text += ", ";
    text += entries[i].first + ": " + entries[i].second;
  }
  text += '}';
  return true;
}

bool Formatter::AppendValue(const Value& value, std::string& text) {
  if (!evaluation_.Charge()) return false;
  switch (value.kind()) {
    case Kind::kNull:
      text += "null";
      return true;
    case Kind::kBool:
      text += value.AsBool() ? "true" : "false";
      return true;
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
      return AppendDecimal(value, text);
    case Kind::kString:
    case Kind::kType:
      if (!evaluation_.ChargeBytes(value.text().size())) return false;
      text += value.text();
      return true;
    case Kind::kBytes:
      if (!evaluation_.ChargeBytes(value.text().size())) return false;
      AppendBytes(value.text(), text);
      return true;
    case Kind::kTimestamp:
      text += FormatTimestampText(value);
      return true;
    case Kind::kDuration:
      text += FormatRoundedDurationText(value.AsDuration());
      return true;
    case Kind::kList:
      return AppendList(value, text);
    case Kind::kMap:
      return AppendMap(value, text);
    case Kind::kOptional:
    case Kind::kOpaque:
    case Kind::kError:
      break;
  }
  return Mismatch('s', value);
}

bool Formatter::AppendClause(const Clause& clause, const Value& value,
                             std::string& text) {
  switch (clause.conversion) {
    case 's':
      return AppendValue(value, text);
    case 'd':
      return AppendDecimal(value, text);
    case 'f':
    case 'e':
      return AppendFloating(clause, value, text);
    case 'x':
    case 'X':
      return AppendBase(clause, 16, value, text);
    case 'o':
      return AppendBase(clause, 8, value, text);
    default:
      return AppendBase(clause, 2, value, text);
  }
}

Value Formatter::Run(std::string_view format, const Value& values) {
  std::string result;
  std::size_t used = 0;
  if (!evaluation_.ChargeBytes(format.size())) return Evaluation::Spent();
  while (!format.empty()) {
    const std::size_t percent = std::min(format.find('%'), format.size());
    result += format.substr(0, percent);
    format.remove_prefix(percent);
    if (format.starts_with("%%")) {
      result += '%';
      format.remove_prefix(2);
      continue;
    }
    if (format.empty()) break;
    const auto clause = ParseFormatClause(format);
    if (!clause) return Value::Error(clause.error());
    if (used == values.ListSize())
      return Value::Error(TooFewFormatValues(used));
    std::string text;
    const bool done = AppendClause(*clause, values.ListAt(used), text);
    if (evaluation_.meter().exhausted() ||
        !evaluation_.ChargeBytes(text.size())) {
      return Evaluation::Spent();
    }
    if (!done) return error_;
    result += text;
    ++used;
    format.remove_prefix(clause->size);
  }
  return Value::String(result);
}

}  // namespace

tl::expected<FormatClause, std::string> ParseFormatClause(
    std::string_view text) {
  FormatClause clause;
  std::size_t at = 1;
  if (text.substr(at).starts_with('.')) {
    const char* begin = text.data() + at + 1;
    const char* text_end = text.data() + text.size();
    const auto [end, code] = std::from_chars(begin, text_end, clause.precision);
    // A sign is no digit.
    if (code != std::errc() || clause.precision > kMaxPrecision ||
        *begin == '-') {
      return tl::unexpected("the precision must be a number from 0 to " +
                            std::to_string(kMaxPrecision));
    }
    at = static_cast<std::size_t>(end - text.data());
  }
  if (at >= text.size()) {
    return tl::unexpected<std::string>("a formatting clause has no end");
  }
  clause.conversion = text[at];
  clause.size = at + 1;
  if (std::string_view("sdfexXob").find(clause.conversion) ==
      std::string_view::npos) {
    return tl::unexpected<std::string>(
        "a formatting clause ends in one of s d f e x X o b");
  }
  return clause;
}

std::string FormatMismatch(char conversion, std::string_view type) {
  std::string_view clause;
  switch (conversion) {
    case 's':
      clause = "string";
      break;
    case 'd':
      clause = "decimal";
      break;
    case 'f':
      clause = "fixed-point";
      break;
    case 'e':
      clause = "scientific";
      break;
    case 'o':
      clause = "octal";
      break;
    case 'b':
      clause = "binary";
      break;
    default:
      clause = "hexadecimal";
  }
  return "the " + std::string(clause) + " clause can't be used on " +
         std::string(type);
}

std::string TooFewFormatValues(std::size_t values) {
  return "format has more clauses than values, of which it has " +
         std::to_string(values);
}

Value FormatString(Evaluation& evaluation, std::string_view format,
                   const Value& values) {
  return Formatter(evaluation).Run(format, values);
}

}  // namespace writ::engine::cel
