// Checks one expression against declared variables and all libraries, and
// tells its type, or what is wrong with it, as a line of text.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/cel/checker.h"
#include "engine/cel/environment.h"
#include "engine/cel/parser.h"
#include "schema/check.h"

namespace writ::engine::cel {

// Variables by name, with their types as text.
using Declared = std::vector<std::pair<std::string, std::string>>;

inline Environment EnvironmentOf(const Declared& declared,
                                 std::string container = {}) {
  Environment environment(AllLibraries(), std::move(container));
  for (const auto& [name, type] : declared) {
    auto parsed = ParseType(type);
    CHECK(parsed.has_value());
    environment.AddVariable(name, *std::move(parsed));
  }
  return environment;
}

// "list(int)", or "1:3: what is wrong (hint)", a line for each issue.
inline std::string DeduceIn(const Environment& environment,
                            const std::string& expression) {
  const auto ast = Parse(expression, environment);
  if (!ast) return Describe(ast.error());
  const auto checked = Check(*ast, environment);
  if (!checked) return Describe(checked.error());
  return checked->result.ToText();
}

inline std::string Deduce(const std::string& expression,
                          const Declared& declared = {}) {
  return DeduceIn(EnvironmentOf(declared), expression);
}

}  // namespace writ::engine::cel
