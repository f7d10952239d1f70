// Who wrote something, where that is told: names may go on, addresses of
// clients may not (T-06).
//
// Pure.
#pragma once

#include <string_view>

namespace writ::reconciler {

// True where some word of the text is an IP address.
bool NamesAnIpAddress(std::string_view text);

}  // namespace writ::reconciler
