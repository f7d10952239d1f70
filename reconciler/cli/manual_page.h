// The manual page writ(1) in the man macros, made of the commands' outlines.
#pragma once

#include <string>

#include "reconciler/cli/command_outline.h"

namespace writ::reconciler {

std::string ManualPage(const CommandOutline& outline);

}  // namespace writ::reconciler
