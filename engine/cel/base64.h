// Bytes as text, RFC 4648, section 4. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace writ::engine::cel {

std::string EncodeBase64(std::string_view bytes);

// Padding may be left out, but not in part; empty where it is no base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace writ::engine::cel
