#include "manifests/yaml_scalar.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace writ::manifests {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool OneOf(std::string_view text, std::string_view lower,
           std::string_view title, std::string_view upper) {
  return text == lower || text == title || text == upper;
}

bool IsNullText(std::string_view text) {
  return text.empty() || text == "~" || OneOf(text, "null", "Null", "NULL");
}

std::size_t SkipDigits(std::string_view text, std::size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

// [-+]? [0-9]+
bool IsDecimal(std::string_view text) {
  const std::size_t begin = text[0] == '-' || text[0] == '+' ? 1 : 0;
  return begin < text.size() && SkipDigits(text, begin) == text.size();
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool IsFloat(std::string_view text) {
  std::size_t at = text[0] == '-' || text[0] == '+' ? 1 : 0;
  const std::size_t whole = SkipDigits(text, at) - at;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = SkipDigits(text, at + 1) - (at + 1);
    if (whole + fraction == 0) return false;
    at += 1 + fraction;
  } else if (whole == 0) {
    return false;
  }
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  return at < text.size() && SkipDigits(text, at) == text.size();
}

bool IsInfiniteOrNan(std::string_view text) {
  if (OneOf(text, ".nan", ".NaN", ".NAN")) return true;
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  return OneOf(text, ".inf", ".Inf", ".INF");
}

TypedScalar Refuse(std::string summary, std::string hint) {
  return {{}, ScalarFault{std::move(summary), std::move(hint)}};
}

TypedScalar Integer(std::string_view digits, int base) {
  if (digits[0] == '+') digits.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(
      digits.data(), digits.data() + digits.size(), value, base);
  if (error == std::errc::result_out_of_range) {
    return Refuse("the integer is beyond 64 bits",
                  "put it in quotes if it is a text");
  }
  return {Value(value), std::nullopt};
}

TypedScalar Number(std::string_view text) {
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) {
    return Refuse("the number is beyond what a double holds",
                  "put it in quotes if it is a text");
  }
  return {Value(value), std::nullopt};
}

bool IsRadix(std::string_view text, char letter, std::string_view digits) {
  return text.size() > 2 && text[0] == '0' && text[1] == letter &&
         text.find_first_not_of(digits, 2) == std::string_view::npos;
}

std::optional<TypedScalar> TypeNumber(std::string_view text) {
  // Most texts end here: a number starts with one of these.
  const char first = text[0];
  if (!IsDigit(first) && first != '-' && first != '+' && first != '.') {
    return std::nullopt;
  }
  if (IsDecimal(text)) return Integer(text, 10);
  if (IsRadix(text, 'o', "01234567")) return Integer(text.substr(2), 8);
  if (IsRadix(text, 'x', "0123456789abcdefABCDEF")) {
    return Integer(text.substr(2), 16);
  }
  if (IsFloat(text)) return Number(text);
  if (IsInfiniteOrNan(text)) {
    return Refuse("infinity and not-a-number have no place in a manifest",
                  "put it in quotes if it is a text");
  }
  return std::nullopt;
}

std::optional<bool> TypeBoolean(std::string_view text) {
  if (OneOf(text, "true", "True", "TRUE")) return true;
  if (OneOf(text, "false", "False", "FALSE")) return false;
  return std::nullopt;
}

}  // namespace

TypedScalar TypePlainScalar(std::string_view text) {
  if (IsNullText(text)) return {};
  if (const auto boolean = TypeBoolean(text)) return {Value(*boolean), {}};
  if (auto number = TypeNumber(text)) return *std::move(number);
  return {Value(text), std::nullopt};
}

TypedScalar TypeTaggedScalar(std::string_view tag, std::string_view text) {
  if (tag.substr(0, kTagPrefix.size()) != kTagPrefix) {
    return Refuse("the tag " + std::string(tag) + " is not supported",
                  "remove it; a manifest is plain data");
  }
  const std::string_view type = tag.substr(kTagPrefix.size());
  if (type == "str") return {Value(text), std::nullopt};
  TypedScalar typed = TypePlainScalar(text);
  if (typed.fault) return typed;
  if (type == "null" && typed.value.IsNull()) return typed;
  if (type == "bool" && typed.value.IsBoolean()) return typed;
  if (type == "int" && typed.value.IsInteger()) return typed;
  if (type == "float" && typed.value.IsNumber()) return typed;
  if (type == "float" && typed.value.IsInteger()) {
    return {Value(static_cast<double>(typed.value.AsInteger())), {}};
  }
  const std::string written = "!!" + std::string(type);
  if (type == "null" || type == "bool" || type == "int" || type == "float") {
    return Refuse("the value is not what its tag " + written + " says", "");
  }
  return Refuse("the tag " + written + " is not supported",
                "use !!str, !!int, !!float, !!bool, !!null, or none");
}

}  // namespace writ::manifests
