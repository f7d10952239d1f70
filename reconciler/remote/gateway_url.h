// Where a gateway is: "https://writ.example.org", with a path before its own
// where a proxy put one there. Plain http is for the loopback alone, where
// nobody listens in.
//
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "schema/result.h"

namespace writ::reconciler {

// True for what begins like a URL of HTTP's.
bool IsGatewayUrl(std::string_view location);

// Without a slash at its end. kInvalidArgument for http beyond the loopback,
// and where a user, a query or a fragment is in it.
Result<std::string> CheckGatewayUrl(const std::string& url);

}  // namespace writ::reconciler
