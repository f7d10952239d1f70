// The path of a request as its segments, decoded once. One way to read a path
// and no other: what two programs could read differently is refused (T-08).
//
// Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/result.h"

namespace writ::reconciler::gateway {

// "/v1/apps/my%20app" → {"v1", "apps", "my app"}; "/" → {}. A slash at the end
// is an empty last segment.
//
// Nothing where the path doesn't begin with a slash, or holds "//", a segment
// "." or ".." in any encoding, a backslash, a ';', an encoded slash, backslash
// or percent sign, a '%' without two hexadecimal digits, control characters,
// bytes beyond ASCII that aren't encoded, or invalid UTF-8 once decoded.
std::optional<std::vector<std::string>> SplitPath(std::string_view path);

// Percent-decodes once; '+' stays. Nothing for a '%' without its two digits.
std::optional<std::string> PercentDecode(std::string_view text);

// The parameters of a query, decoded, in their order. kInvalidArgument where
// one isn't encoded properly or stands twice.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;
Result<QueryParameters> ReadQuery(std::string_view query);

}  // namespace writ::reconciler::gateway
