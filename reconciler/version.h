// The version of this build, as `writ version` prints it and plans record it.
#pragma once

#include <string_view>

namespace writ::reconciler {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace writ::reconciler
