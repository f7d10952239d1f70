// The tables as text for people: one field or kind on a terminal, and the whole
// reference in Markdown (docs/manifests.md).
//
// Pure; the same text each time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace writ {

// "App", "Token.rotation", "Token.spec.rotation", "App.metadata.labels",
// "NotificationRule.actions.destination": what it is, what it takes, its
// members. Lines are at most `width` columns where words allow, but for
// examples. Empty: there is no such kind or field.
std::optional<std::string> ExplainField(std::string_view path, int width);

// What may have been meant where there is no such kind or field: `did you mean
// "Token.rotation"?`. Empty: nothing is near.
std::string SuggestField(std::string_view path);

// docs/manifests.md
std::string ManifestReference();

}  // namespace writ
