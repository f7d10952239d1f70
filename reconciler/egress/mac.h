// HMAC-SHA256, for signing requests.
#pragma once

#include <string>
#include <string_view>

namespace writ::reconciler {

// The raw 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view text);

}  // namespace writ::reconciler
