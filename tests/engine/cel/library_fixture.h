// Runs an expression with all libraries and tells what comes out as a line of
// text, in which each type looks different: 1, 1u, 1.0, 'a', b'a', [1], {1: 2},
// optional(1), type(int), duration(1.5s), net.IP(::1), error: …, refused: ….
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/program.h"
#include "engine/cel/scalar_text.h"
#include "engine/cel/time_value.h"

namespace writ::engine::cel {

inline std::string Show(const Value& value);

inline std::string ShowDouble(double value) {
  std::string text;
  AppendShortest(value, text);
  const bool plain = text.find_first_not_of("-0123456789") == text.npos;
  return plain ? text + ".0" : text;
}

inline std::string ShowList(const Value& list) {
  std::string text = "[";
  for (std::size_t i = 0; i < list.ListSize(); ++i) {
    text += (i > 0 ? ", " : "") + Show(list.ListAt(i));
  }
  return text + "]";
}

inline std::string ShowMap(const Value& map) {
  std::string text = "{";
  for (std::size_t i = 0; i < map.MapSize(); ++i) {
    const Value::Entry entry = map.MapAt(i);
    text += (i > 0 ? ", " : "") + Show(entry.key) + ": " + Show(entry.value);
  }
  return text + "}";
}

inline std::string Show(const Value& value) {
  switch (value.kind()) {
    case Kind::kError:
      return "error: " + value.error().message;
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.AsBool() ? "true" : "false";
    case Kind::kInt:
      return std::to_string(value.AsInt());
    case Kind::kUint:
      return std::to_string(value.AsUint()) + "u";
    case Kind::kDouble:
      return ShowDouble(value.AsDouble());
    case Kind::kString:
      return "'" + std::string(value.text()) + "'";
    case Kind::kBytes:
      return "b'" + std::string(value.text()) + "'";
    case Kind::kTimestamp:
      return "timestamp(" + FormatTimestampText(value) + ")";
    case Kind::kDuration:
      return "duration(" + FormatDurationText(value.AsDuration()) + ")";
    case Kind::kType:
      return "type(" + std::string(value.text()) + ")";
    case Kind::kList:
      return ShowList(value);
    case Kind::kMap:
      return ShowMap(value);
    case Kind::kOptional:
      return value.HasValue() ? "optional(" + Show(value.OptionalValue()) + ")"
                              : "optional()";
    case Kind::kOpaque:
      return std::string(value.opaque().type_name()) + "(" +
             value.opaque().ToText() + ")";
  }
  return "";
}

// Variables that nothing knows before the run.
struct LibraryVariables {
  Environment environment;
  Slot thousand = environment.AddVariable("thousand", Type::Kind::kInt);
  // A text of that many characters.
  Slot text = environment.AddVariable("text", Type::Kind::kString);
};

inline std::string Outcome(const std::string& expression,
                           const CompileOptions& options = {},
                           std::uint64_t steps = kDefaultSteps) {
  static const LibraryVariables variables;
  const Environment& environment = variables.environment;
  const auto program = Program::Compile(expression, environment, options);
  if (!program) return "refused: " + Describe(program.error());
  Bindings bindings(environment);
  bindings.Set(variables.thousand, Value::Int(1'000));
  bindings.Set(variables.text, Value::String(std::string(1'000, 'x')));
  return Show(program->Evaluate(bindings, steps));
}

struct LibraryCase {
  std::string expression;
  std::string want;
};

inline void ExpectOutcomes(const std::vector<LibraryCase>& cases) {
  for (const LibraryCase& c : cases) {
    EXPECT_EQ(Outcome(c.expression), c.want) << c.expression;
  }
}

// Each is an error, whether found by the checker or not.
inline void ExpectErrors(const std::vector<std::string>& expressions) {
  for (const std::string& expression : expressions) {
    const std::string checked = Outcome(expression);
    EXPECT_TRUE(checked.starts_with("error: ") ||
                checked.starts_with("refused: "))
        << expression << " is " << checked;
    const std::string unchecked = Outcome(expression, {.check = false});
    EXPECT_TRUE(unchecked.starts_with("error: ") ||
                unchecked.starts_with("refused: "))
        << expression << " is " << unchecked;
  }
}

// The checker finds nothing wrong, the evaluation does.
inline void ExpectRunTimeErrors(const std::vector<std::string>& expressions) {
  for (const std::string& expression : expressions) {
    EXPECT_TRUE(Outcome(expression).starts_with("error: "))
        << expression << " is " << Outcome(expression);
  }
}

// Ends within that many steps, done or not, and does not do with fewer.
inline void ExpectSteps(const std::string& expression, std::uint64_t least,
                        std::uint64_t most) {
  EXPECT_EQ(Outcome(expression, {}, least), "error: step budget exhausted")
      << expression;
  EXPECT_FALSE(Outcome(expression, {}, most).starts_with("error: "))
      << expression;
}

}  // namespace writ::engine::cel
