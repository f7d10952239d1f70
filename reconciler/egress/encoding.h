// How bytes are written in headers, URLs and bodies. Results may hold what
// went in; whoever passes a secret wipes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace writ::reconciler {

// With padding, the alphabet of RFC 4648, section 4.
std::string Base64(std::string_view bytes);
// Takes that form alone: no white space, right padding.
std::optional<std::string> ParseBase64(std::string_view text);
std::string HexLower(std::string_view bytes);
// All but letters, digits and -._~ as %XX, so that it's safe in any part of a
// URL.
std::string PercentEncode(std::string_view bytes);

}  // namespace writ::reconciler
