// Variables of writ.yaml in manifests and patches: `${vars.name}`.
//   - A text that is nothing but a reference takes the variable's type; inside
//     a longer text the value is printed (not a list).
//   - `$${` stands for `${`. Every other `${` is an error, so that a mistyped
//     reference never reaches the live state as text.
//   - Keys are left alone.
//   - What comes together may be no credential (S-08).
// The repository's variables, then the environment's over them, then --var.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/result.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

// The variables of one environment, as a map. An override must name a declared
// variable and be readable as its type: true or false, a number, a text, or a
// list as `a,b` or `["a","b"]`, and be no credential. kInvalidArgument where it
// isn't so; the message shows no credential.
Result<Value> ResolveVariables(
    const Value& repository, const Value& environment,
    const std::vector<std::pair<std::string, std::string>>& overrides);

// Whether any text of the tree holds a reference or an escape.
bool MentionsVariables(const Value& tree);

// Replaces the references in every text of the tree. True where something was
// replaced or an escape removed.
bool Interpolate(Value& tree, const Value& variables, Reporter& reporter);

}  // namespace writ::manifests
