#include "engine/cel/conversions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "engine/cel/scalar_text.h"
#include "engine/cel/time_value.h"
#include "schema/utf8.h"

namespace writ::engine::cel {
namespace {

constexpr double kPastInt = 9223372036854775808.0;
constexpr double kPastUint = 18446744073709551616.0;
constexpr auto kMaxInt = std::numeric_limits<std::int64_t>::max();

using Arguments = std::span<Value>;

Value OutOfRange(const char* type) {
  return Value::Error(std::string("out of range of ") + type);
}

Value Unreadable(const char* type) {
  return Value::Error(std::string("the text is no ") + type);
}

Value Identity(Evaluation&, Arguments arguments) {
  return std::move(arguments[0]);
}

Value IntOfUint(Evaluation&, Arguments arguments) {
  const std::uint64_t number = arguments[0].AsUint();
  if (number > static_cast<std::uint64_t>(kMaxInt)) return OutOfRange("int");
  return Value::Int(static_cast<std::int64_t>(number));
}

Value IntOfDouble(Evaluation&, Arguments arguments) {
  const double number = arguments[0].AsDouble();
  // Both ends are out, as the specification's tests have it; so is NaN.
  if (!(number > -kPastInt && number < kPastInt)) return OutOfRange("int");
  return Value::Int(static_cast<std::int64_t>(number));
}

template <typename Number>
bool ReadWhole(std::string_view text, Number& number) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') {
    text.remove_prefix(1);
  }
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

Value IntOfString(Evaluation&, Arguments arguments) {
  std::int64_t number = 0;
  if (!ReadWhole(arguments[0].text(), number)) return Unreadable("int");
  return Value::Int(number);
}

Value IntOfTimestamp(Evaluation&, Arguments arguments) {
  return Value::Int(arguments[0].seconds());
}

Value UintOfInt(Evaluation&, Arguments arguments) {
  if (arguments[0].AsInt() < 0) return OutOfRange("uint");
  return Value::Uint(arguments[0].AsUint());
}

Value UintOfDouble(Evaluation&, Arguments arguments) {
  const double number = arguments[0].AsDouble();
  if (!(number >= 0 && number < kPastUint)) return OutOfRange("uint");
  return Value::Uint(static_cast<std::uint64_t>(number));
}

Value UintOfString(Evaluation&, Arguments arguments) {
  std::uint64_t number = 0;
  if (!ReadWhole(arguments[0].text(), number)) return Unreadable("uint");
  return Value::Uint(number);
}

Value DoubleOfInt(Evaluation&, Arguments arguments) {
  return Value::Double(static_cast<double>(arguments[0].AsInt()));
}

Value DoubleOfUint(Evaluation&, Arguments arguments) {
  return Value::Double(static_cast<double>(arguments[0].AsUint()));
}

Value DoubleOfString(Evaluation&, Arguments arguments) {
  std::string_view text = arguments[0].text();
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') {
    text.remove_prefix(1);
  }
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) {
    return Unreadable("double");
  }
  if (read.ec == std::errc()) return Value::Double(number);
  // Too small is zero.
  const std::size_t exponent = text.find_first_of("eE");
  const bool small = exponent != std::string_view::npos
                         ? text.substr(exponent + 1).starts_with('-')
                         : text.starts_with("0.") || text.starts_with("-0.");
  if (!small) return OutOfRange("double");
  return Value::Double(text.starts_with('-') ? -0.0 : 0.0);
}

Value BoolOfString(Evaluation&, Arguments arguments) {
  constexpr std::array<std::string_view, 6> kTrue = {"1",    "t",    "T",
                                                     "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> kFalse = {
      "0", "f", "F", "false", "FALSE", "False"};
  const std::string_view text = arguments[0].text();
  if (std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end()) {
    return Value::Bool(true);
  }
  if (std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) {
    return Value::Bool(false);
  }
  return Unreadable("bool");
}

Value StringOfBool(Evaluation&, Arguments arguments) {
  return Value::BorrowString(arguments[0].AsBool() ? "true" : "false");
}

template <typename Number>
Value StringOfNumber(Number number) {
  std::array<char, 24> room;
  const auto end =
      std::to_chars(room.data(), room.data() + room.size(), number).ptr;
  return Value::String({room.data(), end});
}

Value StringOfInt(Evaluation&, Arguments arguments) {
  return StringOfNumber(arguments[0].AsInt());
}

Value StringOfUint(Evaluation&, Arguments arguments) {
  return StringOfNumber(arguments[0].AsUint());
}

Value StringOfDouble(Evaluation&, Arguments arguments) {
  std::string text;
  AppendGeneral(arguments[0].AsDouble(), text);
  return Value::String(text);
}

Value StringOfBytes(Evaluation& evaluation, Arguments arguments) {
  const std::string_view bytes = arguments[0].text();
  if (!evaluation.ChargeBytes(bytes.size())) return Evaluation::Spent();
  if (!IsValidUtf8(bytes)) return Value::Error("the bytes are no valid UTF-8");
  return Value::String(bytes);
}

Value StringOfTimestamp(Evaluation&, Arguments arguments) {
  return Value::String(FormatTimestampText(arguments[0]));
}

Value StringOfDuration(Evaluation&, Arguments arguments) {
  return Value::String(FormatDurationText(arguments[0].AsDuration()));
}

Value BytesOfString(Evaluation& evaluation, Arguments arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  return Value::Bytes(text);
}

Value TimestampOfString(Evaluation&, Arguments arguments) {
  return ParseTimestampText(arguments[0].text());
}

Value TimestampOfInt(Evaluation&, Arguments arguments) {
  return TimestampOf(arguments[0].AsInt());
}

Value DurationOfString(Evaluation& evaluation, Arguments arguments) {
  if (!evaluation.ChargeBytes(arguments[0].text().size())) {
    return Evaluation::Spent();
  }
  return ParseDurationText(arguments[0].text());
}

Value TypeOf(Evaluation&, Arguments arguments) {
  return Value::TypeNamed(TypeName(arguments[0]));
}

constexpr Style kFunction = Style::kFunction;
constexpr std::string_view kTimestamp = "google.protobuf.Timestamp";
constexpr std::string_view kDuration = "google.protobuf.Duration";

constexpr std::array kRows = {
    FunctionRow{"int", kFunction, "int", "int", Identity},
    FunctionRow{"int", kFunction, "uint", "int", IntOfUint},
    FunctionRow{"int", kFunction, "double", "int", IntOfDouble},
    FunctionRow{"int", kFunction, "string", "int", IntOfString},
    FunctionRow{"int", kFunction, kTimestamp, "int", IntOfTimestamp},
    FunctionRow{"uint", kFunction, "uint", "uint", Identity},
    FunctionRow{"uint", kFunction, "int", "uint", UintOfInt},
    FunctionRow{"uint", kFunction, "double", "uint", UintOfDouble},
    FunctionRow{"uint", kFunction, "string", "uint", UintOfString},
    FunctionRow{"double", kFunction, "double", "double", Identity},
    FunctionRow{"double", kFunction, "int", "double", DoubleOfInt},
    FunctionRow{"double", kFunction, "uint", "double", DoubleOfUint},
    FunctionRow{"double", kFunction, "string", "double", DoubleOfString},
    FunctionRow{"bool", kFunction, "bool", "bool", Identity},
    FunctionRow{"bool", kFunction, "string", "bool", BoolOfString},
    FunctionRow{"string", kFunction, "string", "string", Identity},
    FunctionRow{"string", kFunction, "bool", "string", StringOfBool},
    FunctionRow{"string", kFunction, "int", "string", StringOfInt},
    FunctionRow{"string", kFunction, "uint", "string", StringOfUint},
    FunctionRow{"string", kFunction, "double", "string", StringOfDouble},
    FunctionRow{"string", kFunction, "bytes", "string", StringOfBytes},
    FunctionRow{"string", kFunction, kTimestamp, "string", StringOfTimestamp},
    FunctionRow{"string", kFunction, kDuration, "string", StringOfDuration},
    FunctionRow{"bytes", kFunction, "bytes", "bytes", Identity},
    FunctionRow{"bytes", kFunction, "string", "bytes", BytesOfString},
    FunctionRow{"timestamp", kFunction, kTimestamp, kTimestamp, Identity},
    FunctionRow{"timestamp", kFunction, "string", kTimestamp,
                TimestampOfString},
    FunctionRow{"timestamp", kFunction, "int", kTimestamp, TimestampOfInt},
    FunctionRow{"duration", kFunction, kDuration, kDuration, Identity},
    FunctionRow{"duration", kFunction, "string", kDuration, DurationOfString},
    FunctionRow{"type", kFunction, "T", "type(T)", TypeOf},
    FunctionRow{"dyn", kFunction, "T", "dyn", Identity},
};

}  // namespace

std::span<const FunctionRow> ConversionFunctions() { return kRows; }

}  // namespace writ::engine::cel
