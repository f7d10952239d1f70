// Names of environment variables that change how programs run rather than what
// they know (T-25): LD_PRELOAD, PATH, BASH_ENV, NODE_OPTIONS and their like.
// A secret under such a name would be code, so none is written to a .env file
// or given to a program that writ runs.
#pragma once

#include <string_view>

namespace writ::reconciler {

// Whatever the case, since some readers ignore it.
bool ChangesPrograms(std::string_view name);

}  // namespace writ::reconciler
