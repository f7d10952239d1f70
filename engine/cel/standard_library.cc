#include <array>
#include <string>
#include <utility>

#include "engine/cel/conversions.h"
#include "engine/cel/library.h"
#include "engine/cel/operator_table.h"
#include "engine/cel/regex.h"
#include "engine/cel/standard_macros.h"
#include "engine/cel/time_functions.h"
#include "schema/utf8.h"

namespace writ::engine::cel {
namespace {

using Arguments = std::span<Value>;

Value Size(std::size_t size) {
  return Value::Int(static_cast<std::int64_t>(size));
}

Value SizeOfString(Evaluation& evaluation, Arguments arguments) {
  const std::string_view text = arguments[0].text();
  if (!evaluation.ChargeBytes(text.size())) return Evaluation::Spent();
  return Size(CountCodePoints(text));
}

Value SizeOfBytes(Evaluation&, Arguments arguments) {
  return Size(arguments[0].text().size());
}

Value SizeOfList(Evaluation&, Arguments arguments) {
  return Size(arguments[0].ListSize());
}

Value SizeOfMap(Evaluation&, Arguments arguments) {
  return Size(arguments[0].MapSize());
}

Value ContainsText(Evaluation& evaluation, Arguments arguments) {
  const std::string_view text = arguments[0].text();
  const std::string_view part = arguments[1].text();
  // A search may start over at every character.
  if (text.size() > 64 && !evaluation.ChargeBytes(text.size())) {
    return Evaluation::Spent();
  }
  if (part.size() > 64 &&
      !evaluation.Charge(text.size() * (part.size() / 64))) {
    return Evaluation::Spent();
  }
  return Value::Bool(text.find(part) != std::string_view::npos);
}

Value StartsWith(Evaluation&, Arguments arguments) {
  return Value::Bool(arguments[0].text().starts_with(arguments[1].text()));
}

Value EndsWith(Evaluation&, Arguments arguments) {
  return Value::Bool(arguments[0].text().ends_with(arguments[1].text()));
}

// Where the pattern is constant the plan compiles it once instead.
Value Matches(Evaluation& evaluation, Arguments arguments) {
  const std::string_view text = arguments[0].text();
  const std::string_view pattern = arguments[1].text();
  constexpr std::size_t kStepsPerByteCompiled = 16;
  if (!evaluation.ChargeBytes(text.size()) ||
      !evaluation.Charge(pattern.size() * kStepsPerByteCompiled)) {
    return Evaluation::Spent();
  }
  std::string mistake;
  const auto regex = Regex::Compile(pattern, RegexUse::kOnce, mistake);
  if (!regex) return Value::Error("not a regular expression: " + mistake);
  return Value::Bool(regex->Matches(text));
}

constexpr std::array kTexts = {
    FunctionRow{"size", Style::kFunction, "string", "int", SizeOfString},
    FunctionRow{"size", Style::kFunction, "bytes", "int", SizeOfBytes},
    FunctionRow{"size", Style::kFunction, "list(T)", "int", SizeOfList},
    FunctionRow{"size", Style::kFunction, "map(K, V)", "int", SizeOfMap},
    FunctionRow{"size", Style::kMethod, "string", "int", SizeOfString},
    FunctionRow{"size", Style::kMethod, "bytes", "int", SizeOfBytes},
    FunctionRow{"size", Style::kMethod, "list(T)", "int", SizeOfList},
    FunctionRow{"size", Style::kMethod, "map(K, V)", "int", SizeOfMap},
    FunctionRow{"contains", Style::kMethod, "string, string", "bool",
                ContainsText},
    FunctionRow{"startsWith", Style::kMethod, "string, string", "bool",
                StartsWith},
    FunctionRow{"endsWith", Style::kMethod, "string, string", "bool", EndsWith},
    FunctionRow{"matches", Style::kMethod, "string, string", "bool", Matches},
    FunctionRow{"matches", Style::kFunction, "string, string", "bool", Matches},
};

constexpr std::array<std::string_view, 12> kStandardTypes = {
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
};

std::vector<FunctionRow> AllRows() {
  std::vector<FunctionRow> rows;
  for (const auto& part :
       {OperatorFunctions(), ConversionFunctions(), TimeFunctions(),
        std::span<const FunctionRow>(kTexts)}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace

const Library& StandardLibrary() {
  static const std::vector<FunctionRow> kRows = AllRows();
  static const Library kLibrary = {"standard", kRows, StandardMacros(),
                                   kStandardTypes};
  return kLibrary;
}

}  // namespace writ::engine::cel
