// A time as HTTP writes it (RFC 9110, section 5.6.7), in the form that is to be
// sent and in the two old ones that are to be understood:
//
//   Sun, 06 Nov 1994 08:49:37 GMT
//   Sunday, 06-Nov-94 08:49:37 GMT
//   Sun Nov  6 08:49:37 1994
//
// Pure; safe from any thread.
#pragma once

#include <optional>
#include <string_view>

#include "schema/time.h"

namespace writ::reconciler {

// Nothing for what is none of them. A year of two digits is the one that is at
// most 50 years after `now`'s.
std::optional<Timestamp> ParseHttpDate(std::string_view text, Timestamp now);

}  // namespace writ::reconciler
