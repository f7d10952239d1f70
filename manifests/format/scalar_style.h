// When a scalar needs quotes, and which. Internal to manifests/format.
//
// Pure, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace writ::manifests::format {

// True when some reader of YAML 1.1 or 1.2 takes the plain text for something
// other than a string: null, a boolean ("no", "on", "y"), a number ("010",
// "1_000", "12:30:45", ".inf"), a date, the merge key.
bool MayBeTyped(std::string_view plain);

// What a quoted scalar that stands on one line says; nullopt where it has
// escapes other than ''.
std::optional<std::string> DecodeQuoted(std::string_view quoted);

// The preferred form of a quoted scalar that stands on one line: plain, double
// quoted, or as it is.
std::string PreferredForm(std::string_view quoted);

}  // namespace writ::manifests::format
