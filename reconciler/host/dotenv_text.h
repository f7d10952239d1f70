// The text of a .env file: one variable found or set, every other byte as it
// was. A variable is a line
//
//   [export] NAME = value [# comment]
//
// whose value is bare, or in quotes and then may hold line ends. Parsers agree
// on bare values of plain characters and on single quotes; what needs more is
// refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// Nothing where the variable isn't there; kInvalidArgument where it's there
// twice, since readers take either, or where a quote is never closed.
Result<std::optional<SecretValue>> ReadVariable(std::string_view text,
                                                std::string_view name);
// The names of all variables, in the file's order, each once; kInvalidArgument
// where a quote is never closed.
Result<std::vector<std::string>> VariableNames(std::string_view text);
// In place, or as a new last line. kInvalidArgument for a value that can't be
// written in a way that all parsers read the same.
Result<SecretValue> WithVariable(std::string_view text, std::string_view name,
                                 const SecretValue& value);
// Without the variable's line.
Result<SecretValue> WithoutVariable(std::string_view text,
                                    std::string_view name);

}  // namespace writ::reconciler
